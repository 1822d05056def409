import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { count } from "../../components/figures";
import { TabPanel, Tabs } from "../../components/tabs";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { linkedView } from "../linked-view";
import { SelectedRows } from "../selected-rows";
import { Card } from "./card";
import { Columns } from "./columns";
import { Lines } from "./lines";
import type { SlicePlace, SlicesView } from "./messages";

type Tab = "found" | "columns";

/** The widget module of slices: for whom the model errs. */
export default linkedView<SlicesView>({ label: "Slices", what: "search for slices", App });

interface AppProps {
  linked: Linked<SlicesView>;
  view: SlicesView;
}

function App({ linked, view }: AppProps) {
  const refused = useSignal("");
  const choose = (place: SlicePlace) => void attempt(linked.ask("choose", { ...place }, 60_000), refused);
  return (
    <>
      <Head linked={linked} view={view} />
      <Failure reason={refused.value} />
      {(view.columns.length > 0 || view.found?.length !== 0 || view.card) && (
        <div class="mq-slices">
          <Lists linked={linked} view={view} onChoose={choose} />
          {view.card ? (
            <Card linked={linked} view={view} card={view.card} />
          ) : (
            <p class="mq-empty">
              Choose a slice to see how the model errs there, what it looks at, and its rows.
            </p>
          )}
        </div>
      )}
      <div class="mq-slice-table">
        <SelectedRows linked={linked} />
      </div>
    </>
  );
}

/** What was found, what it is measured by, and the place to type a slice. */
function Head({ linked, view }: AppProps) {
  const id = useId();
  const refused = useSignal("");
  const typed = useSignal("");
  const { rows, label, source } = linked.selection.value;
  const where = (event: Event) => {
    event.preventDefault();
    if (typed.value.trim()) void attempt(linked.ask("where", { expression: typed.value }, 60_000), refused);
  };
  return (
    <header class="mq-slices-head">
      <p class="mq-slices-sentence" aria-live="polite">
        {view.sentence || "Searching for the worst slices…"}
      </p>
      <div class="mq-slices-controls">
        <label>
          Measured by{" "}
          <select
            class="mq-select"
            value={view.metric}
            onChange={({ currentTarget }) =>
              void attempt(linked.ask("metric", { metric: currentTarget.value }), refused)
            }
          >
            {view.metrics.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <span class="mq-small">
          {view.overall_text} on all {count(view.rows, "row")}
        </span>
        <form class="mq-form-line" onSubmit={where}>
          <input
            class="mq-input"
            aria-label="Rows of a slice, as an expression"
            aria-invalid={refused.value !== ""}
            aria-describedby={`${id}-refused`}
            placeholder="age > 60 and sex == 'F'"
            spellcheck={false}
            value={typed.value}
            onInput={({ currentTarget }) => {
              typed.value = currentTarget.value;
            }}
          />
          <button type="submit" class="mq-button">
            Compare
          </button>
        </form>
        {rows > 0 && source !== "slices" && (
          <Button
            class="mq-button"
            onClick={() => void attempt(linked.ask("choose", SELECTED, 60_000), refused)}
          >
            Compare {count(rows, "selected row")}:{" "}
            <span class="mq-cut">
              <VisibleText text={label} titled />
            </span>
          </Button>
        )}
      </div>
      <Failure reason={refused.value} id={`${id}-refused`} />
      {view.method && (
        <details class="mq-small">
          <summary>How slices are compared</summary>
          {view.method}
        </details>
      )}
    </header>
  );
}

const SELECTED = { of: "selected", column: -1, place: -1 };

interface ListsProps extends AppProps {
  onChoose: (place: SlicePlace) => void;
}

function Lists({ linked, view, onChoose }: ListsProps) {
  const id = useId();
  const picked = useSignal<Tab | null>(null);
  const column = useSignal<number | null>(null);
  const { found, columns, card, share } = view;
  const tab = columns.length === 0 ? "found" : (picked.value ?? (found?.length === 0 ? "columns" : "found"));
  const isFinding = view.kind === "impact";
  return (
    <div class="mq-slices-side">
      {columns.length > 0 && (
        <Tabs<Tab>
          id={id}
          label="Lists of slices"
          choices={[
            found ? { value: "found", label: "Worst slices", figure: found.length } : SEARCHING,
            { value: "columns", label: "By column", figure: columns.length },
          ]}
          chosen={tab}
          onChoose={(chosen) => {
            picked.value = chosen;
          }}
        />
      )}
      <TabPanel id={id} chosen={tab === "found" ? 0 : 1} class="mq-slices-list">
        {tab === "columns" ? (
          <Columns
            linked={linked}
            view={view}
            column={column}
            share={share}
            onChoose={(column, place) => onChoose({ of: "column", column, place })}
          />
        ) : found && found.length > 0 ? (
          <Lines
            label={isFinding ? "Findings" : "Worst slices"}
            lines={found}
            metric={view.label}
            share={share}
            stacked
            chosen={(line) => card?.chosen.of === "found" && found[card.chosen.place] === line}
            onChoose={(place) => onChoose({ of: "found", column: -1, place })}
          />
        ) : (
          <p class="mq-quiet mq-slices-none">{found ? view.sentence : "Still searching…"}</p>
        )}
      </TabPanel>
    </div>
  );
}

const SEARCHING = { value: "found" as const, label: "Worst slices" };
