import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Failure } from "../../components/failure";
import { TabPanel, Tabs } from "../../components/tabs";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "../explain/answered";
import { type Asked, useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import { linkedView } from "../linked-view";
import { SelectedRows } from "../selected-rows";
import { Beeswarm } from "./beeswarm";
import { Feature } from "./feature";
import { Lines } from "./lines";
import type { Choice, ImportanceView, RelianceView } from "./messages";

type Tab = "measures" | "points";

/** The widget module of importance: what the model relies on. */
export default linkedView<ImportanceView>({ label: "Importance", what: "importance", App });

interface AppProps {
  linked: Linked<ImportanceView>;
  view: ImportanceView;
}

function App({ linked, view }: AppProps) {
  const id = useId();
  const tab = useSignal<Tab>("measures");
  const opened = useSignal(view.opened);
  const { rows, version } = linked.selection.value;
  const here = useAsked<RelianceView | null>(rows ? `${version} ${view.output}` : "", () =>
    rows ? linked.ask("selected", {}, 60_000) : Promise.resolve(null),
  );
  const open = (place: number) => {
    opened.value = opened.value === place ? -1 : place;
  };
  const first = view.lines.find(({ place }) => place >= 0)?.place ?? -1;
  const shown = opened.value >= 0 ? opened.value : first;
  return (
    <>
      <Head linked={linked} view={view} />
      {rows > 0 && <Here here={here} linked={linked} />}
      <div class="mq-importance">
        <div class="mq-importance-side">
          <Tabs<Tab>
            id={id}
            label="Ways to look at importance"
            choices={[
              { value: "measures", label: "Measures" },
              { value: "points", label: "Contributions of each row" },
            ]}
            chosen={tab.value}
            onChoose={(chosen) => {
              tab.value = chosen;
            }}
          />
          <TabPanel id={id} chosen={tab.value === "measures" ? 0 : 1} class="mq-importance-list">
            {tab.value === "measures" ? (
              <Lines view={view} here={here.answer} opened={shown} onOpen={open} />
            ) : (
              <Beeswarm linked={linked} view={view} here={here.answer} opened={shown} onOpen={open} />
            )}
          </TabPanel>
        </div>
        {shown >= 0 && view.drawn > 0 && (
          <Feature key={shown} linked={linked} view={view} place={shown} here={here.answer} />
        )}
      </div>
      <div class="mq-importance-rows">
        <SelectedRows linked={linked} />
      </div>
    </>
  );
}

/** What was found, what it is measured by, and from how many rows. */
function Head({ linked, view }: AppProps) {
  const refused = useSignal("");
  const pick = (type: string, value: string) =>
    void attempt(linked.ask(type, { [type]: value }, 60_000), refused);
  return (
    <header class="mq-importance-head">
      <p class="mq-importance-sentence" aria-live="polite">
        {view.sentence}
      </p>
      {view.without_outcomes && <p class="mq-quiet">{view.without_outcomes}</p>}
      <div class="mq-importance-controls">
        {view.metric !== null && (
          <Choose
            label="Permutation by"
            chosen={view.metric}
            choices={view.metrics}
            onChoose={(metric) => pick("metric", metric)}
          />
        )}
        {view.outputs.length > 0 && (
          <Choose
            label="Class"
            chosen={view.output}
            choices={view.outputs}
            onChoose={(output) => pick("output", output)}
          />
        )}
        <span class="mq-small">{view.progress_text}</span>
      </div>
      <Failure reason={refused.value} />
      <details class="mq-small">
        <summary>How it is measured</summary>
        {view.method}
      </details>
    </header>
  );
}

interface ChooseProps {
  label: string;
  chosen: string;
  choices: Choice[];
  onChoose: (id: string) => void;
}

function Choose({ label, chosen, choices, onChoose }: ChooseProps) {
  return (
    <label>
      {label}{" "}
      <select
        class="mq-select"
        value={chosen}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {choices.map(({ id, label }) => (
          <option key={id} value={id}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the model relies on for the rows selected in any view. */
function Here({ here, linked }: { here: Asked<RelianceView | null>; linked: Linked<ImportanceView> }) {
  return (
    <section class="mq-importance-here" aria-label="The selected rows">
      <Answered asked={here} stop={() => linked.ask("stop")}>
        {(found) =>
          found && (
            <p>
              <i class="mq-legend-selected" /> <VisibleText text={linked.selection.value.label} />:{" "}
              {found.sentence} <span class="mq-small">{found.note}</span>
            </p>
          )
        }
      </Answered>
    </section>
  );
}
