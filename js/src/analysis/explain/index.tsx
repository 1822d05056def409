import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { count, integer } from "../../components/figures";
import { Section } from "../../components/section";
import { type TabChoice, TabPanel, Tabs } from "../../components/tabs";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { linkedView } from "../linked-view";
import { Answered } from "./answered";
import { useAsked } from "./asked";
import { Compare } from "./compare";
import { Contrast } from "./contrast";
import { Group } from "./group";
import type { ExplainedRow, ExplainView, GroupView, LightView, SimilarView } from "./messages";
import { Path } from "./path";
import { Similar } from "./similar";
import { Trust } from "./trust";
import { Waterfall } from "./waterfall";
import { WhatIf } from "./what-if";

type Tab = "what-if" | "similar" | "contrast" | "compare" | "path" | "group";

/** The widget module of one row's explanation. */
export default linkedView<ExplainView>({ label: "Explanation of a row", what: "explanation", App, onKey });

/** Whatever has a key says so to those who do not see the page, and is found by it. */
function onKey(event: KeyboardEvent, root: HTMLElement): boolean {
  if (event.defaultPrevented || event.target instanceof HTMLSelectElement) return false;
  const found = root.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(event.key)}"]`);
  found?.click();
  return found !== null;
}

interface AppProps {
  linked: Linked<ExplainView>;
  view: ExplainView;
}

function App({ linked, view }: AppProps) {
  const refused = useSignal("");
  const beside: Beside = {
    tab: useSignal<Tab>("what-if"),
    other: useSignal<number | string | null>(null),
    fixed: useSignal<number[]>([]),
  };
  return (
    <>
      <Head linked={linked} view={view} refused={refused} />
      <Failure reason={refused.value} />
      {view.group && (
        <div class="mq-explained">
          <Group group={view.group} />
        </div>
      )}
      {view.row && <Row linked={linked} view={view} row={view.row} beside={beside} refused={refused} />}
    </>
  );
}

/** What stays from row to row. */
interface Beside {
  tab: Signal<Tab>;
  other: Signal<number | string | null>;
  fixed: Signal<number[]>;
}

/** Which row, which class, against what. */
function Head({ linked, view, refused }: AppProps & { refused: Signal<string> }) {
  const { row, group, classes, settings, rows } = view;
  const { rows: selected, label } = linked.selection.value;
  const step = (by: number) => void attempt(linked.ask("step", { by }), refused);
  const set = (change: Partial<typeof settings>) =>
    void attempt(linked.ask("settings", { ...settings, ...change }, 60_000), refused);
  const spaces: [string, string][] = [
    ["raw", view.raw_space],
    ["probability", "probability"],
  ];
  return (
    <header class="mq-explain-head">
      <form
        class="mq-row-picker"
        onSubmit={(event) => {
          event.preventDefault();
          const text = new FormData(event.currentTarget).get("label");
          void attempt(linked.ask("find", { label: String(text ?? "").trim() }), refused);
        }}
      >
        <Button
          class="mq-button"
          aria-label="Previous row"
          title="Previous row (p)"
          aria-keyshortcuts="p"
          onClick={() => step(-1)}
        >
          ‹
        </Button>
        <label>
          Row{" "}
          <input
            key={row?.label ?? ""}
            name="label"
            type="text"
            class="mq-input mq-short"
            style={{ width: `${Math.min(28, Math.max(12, (row?.label ?? "").length + 3))}ch` }}
            defaultValue={row?.label ?? ""}
            placeholder={group ? "label" : ""}
            title="Label of a row; Enter explains it"
          />
        </label>
        <Button
          class="mq-button"
          aria-label="Next row"
          title="Next row (n)"
          aria-keyshortcuts="n"
          onClick={() => step(1)}
        >
          ›
        </Button>
        <span class="mq-small">
          {selected > 1 ? (
            <>
              of {count(selected, "selected row")}: <VisibleText text={label} />
            </>
          ) : (
            `of ${integer(rows)}`
          )}
        </span>
      </form>
      {row && <Outcome row={row} view={view} />}
      <span class="mq-space" />
      <div class="mq-settings">
        {classes.length > 1 && (
          <label class="mq-small">
            Explain{" "}
            <select
              class="mq-select"
              value={settings.output}
              onChange={({ currentTarget }) => set({ output: Number(currentTarget.value) })}
            >
              {classes.map((name, place) => (
                <option key={name} value={place}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label class="mq-small">
          against{" "}
          <select
            class="mq-select"
            value={settings.against}
            onChange={({ currentTarget }) => set({ against: currentTarget.value })}
          >
            <option value="training">what the model learned from</option>
            <option value="background">rows drawn at random</option>
            {settings.against === "rows" && <option value="rows">the rows given</option>}
          </select>
        </label>
        {view.probable && (
          <label class="mq-small">
            in{" "}
            <select
              class="mq-select"
              value={settings.space}
              onChange={({ currentTarget }) => set({ space: currentTarget.value })}
            >
              {spaces.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </header>
  );
}

/** What was predicted and what came. */
function Outcome({
  row: { predicted, said, actual, right },
  view,
}: {
  row: ExplainedRow;
  view: ExplainView;
}) {
  const { classes, settings, target } = view;
  const name = classes[settings.output];
  return (
    <p class="mq-outcome">
      <span>
        predicted <strong>{predicted}</strong>
        {name !== undefined && (
          <span class="mq-quiet">
            {" "}
            ({said} for {name})
          </span>
        )}
      </span>
      {actual !== null && (
        <span>
          <VisibleText text={target} /> <strong>{actual}</strong>
          {right !== null && (
            <span class={right ? "mq-right" : "mq-wrong"}>{right ? " ✓ right" : " ✕ wrong"}</span>
          )}
        </span>
      )}
    </p>
  );
}

interface RowProps extends AppProps {
  row: ExplainedRow;
  beside: Beside;
  refused: Signal<string>;
}

function Row({ linked, view, row, beside, refused }: RowProps) {
  const id = useId();
  const { settings } = view;
  const of = [row.position, settings.output, settings.against, settings.space].join("/");
  const trust = useAsked(of, () => linked.ask<LightView[]>("trust", {}, 120_000));
  const selected = linked.selection.value.rows;
  const choices: TabChoice<Tab>[] = [
    { value: "what-if", label: "What if" },
    { value: "similar", label: "Similar rows" },
    { value: "contrast", label: "Contrast" },
    { value: "compare", label: "Compare" },
  ];
  if (row.path) choices.push({ value: "path", label: "Path" });
  if (selected > 1 && selected < view.rows - 1)
    choices.push({ value: "group", label: "Selected", figure: selected });
  const chosen = choices.some(({ value }) => value === beside.tab.value) ? beside.tab.value : "what-if";
  const focus = (position: number) => void attempt(linked.focus(position), refused);
  const compare = (position: number) => {
    beside.other.value = position;
    beside.tab.value = "compare";
  };
  return (
    <div class="mq-explained">
      <p class="mq-explained-sentence" aria-live="polite">
        {row.sentence}
      </p>
      <div class="mq-explained-parts">
        <div class="mq-explained-why">
          <Section title="What the columns contribute">
            <Waterfall waterfall={row.waterfall} from="starts at" to="the model says" />
          </Section>
          <Trust asked={trust} />
        </div>
        <div class="mq-explained-beside">
          <Tabs<Tab>
            id={id}
            label="Beside the explanation"
            choices={choices}
            chosen={chosen}
            onChoose={(tab) => {
              beside.tab.value = tab;
            }}
          />
          <TabPanel
            id={id}
            chosen={choices.findIndex(({ value }) => value === chosen)}
            class="mq-explained-panel"
          >
            {chosen === "what-if" && <WhatIf linked={linked} view={view} row={row} of={of} />}
            {chosen === "similar" && (
              <SimilarTab linked={linked} view={view} row={row} of={of} onFocus={focus} onCompare={compare} />
            )}
            {chosen === "contrast" && (
              <Contrast
                linked={linked}
                view={view}
                row={row}
                of={of}
                fixed={beside.fixed}
                onFocus={focus}
                onCompare={compare}
              />
            )}
            {chosen === "compare" && (
              <Compare linked={linked} view={view} row={row} of={of} other={beside.other} />
            )}
            {chosen === "path" && row.path && <Path steps={row.path} name={view.classes[settings.output]} />}
            {chosen === "group" && <Selected linked={linked} of={of} />}
          </TabPanel>
        </div>
      </div>
    </div>
  );
}

interface SimilarTabProps {
  linked: Linked<ExplainView>;
  view: ExplainView;
  row: ExplainedRow;
  of: string;
  onFocus: (position: number) => void;
  onCompare: (position: number) => void;
}

function SimilarTab({ linked, of, ...shown }: SimilarTabProps) {
  return <Similar {...shown} asked={useAsked(of, () => linked.ask<SimilarView>("similar"))} />;
}

/** The selected rows against the rest. */
function Selected({ linked, of }: { linked: Linked<ExplainView>; of: string }) {
  const { version } = linked.selection.value;
  const asked = useAsked(`${of} ${version}`, () => linked.ask<GroupView>("group", {}, 120_000));
  return <Answered asked={asked}>{(group) => <Group group={group} />}</Answered>;
}
