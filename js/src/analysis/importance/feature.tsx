import { useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Failure } from "../../components/failure";
import { count } from "../../components/figures";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import { CategoryStrips } from "./category-strips";
import { Legend } from "./legend";
import type { FeatureView, ImportanceView, PartialView, RelianceView } from "./messages";
import { columnOf, unpacked } from "./packed";
import { Partial } from "./partial";
import { Scatter } from "./scatter";

interface FeatureProps {
  linked: Linked<ImportanceView>;
  view: ImportanceView;
  place: number;
  here: RelianceView | null;
}

/** One feature: its measures as in the list and why they differ, its contributions over its values, its partial dependence. */
export function Feature({ linked, view, place, here }: FeatureProps) {
  const other = useSignal(-1);
  const of = `${place} ${other.value} ${view.drawn} ${view.output} ${view.metric}`;
  const asked = useAsked<FeatureView>(of, () =>
    linked.ask("feature", { feature: place, other: other.value }, 60_000),
  );
  const partial = useAsked<PartialView>(`${place} ${view.output}`, () =>
    linked.ask("partial", { feature: place }, 120_000),
  );
  const line = view.lines.find((one) => one.place === place);
  const name = line?.name ?? "";
  return (
    <article class="mq-feature" aria-label={`Feature: ${name}`}>
      <h3>
        <VisibleText text={name} />
      </h3>
      <ul class="mq-feature-facts">
        {line?.facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
      {line?.why && <p class="mq-feature-why">{line.why}</p>}
      <Answered asked={asked}>
        {(found) => (
          <Opened
            linked={linked}
            view={view}
            found={found}
            here={here}
            onColour={(chosen) => {
              other.value = chosen;
            }}
          />
        )}
      </Answered>
      <Section title="Partial dependence">
        {asked.answer?.caution && <p class="mq-caution">{asked.answer.caution}</p>}
        <Answered asked={partial} stop={() => linked.ask("stop")}>
          {(found) => asked.answer && <Partial partial={found} spread={asked.answer.spread} name={name} />}
        </Answered>
      </Section>
    </article>
  );
}

interface OpenedProps {
  linked: Linked<ImportanceView>;
  view: ImportanceView;
  found: FeatureView;
  here: RelianceView | null;
  onColour: (place: number) => void;
}

function Opened({ linked, view, found, here, onColour }: OpenedProps) {
  const refused = useSignal("");
  const column = useMemo(() => columnOf(found.swarm), [found]);
  const other = useMemo(() => found.other && columnOf(found.other), [found]);
  const errors = useMemo(() => (found.errors ? unpacked(found.errors) : null), [found]);
  const chosen = useMemo(() => (here ? new Set(here.places) : null), [here]);
  const row = linked.selection.value.row;
  const shared = {
    column,
    other,
    labels: found.labels,
    space: view.space,
    focused: row === null ? -1 : found.positions.indexOf(row),
    chosen,
    onPick: (point: number) => void attempt(linked.focus(found.positions[point] ?? null), refused),
  };
  const span = (by: "value" | "contribution") => (low: number, high: number) =>
    void attempt(linked.ask("span", { feature: found.place, by, low, high }), refused);
  return (
    <Section
      title="Contributions over its values"
      beside={
        <label class="mq-small">
          coloured by{" "}
          <select
            class="mq-select"
            title={found.interaction_method}
            value={String(found.other?.place ?? -1)}
            onChange={({ currentTarget }) => onColour(Number(currentTarget.value))}
          >
            {!found.other && <option value="-1">nothing: no interaction stands out</option>}
            {found.interactions.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      }
    >
      <Failure reason={refused.value} />
      {other && <Legend column={other} />}
      {column.categories ? (
        <CategoryStrips {...shared} spread={found.spread} onSpan={span("contribution")} />
      ) : (
        <Scatter {...shared} errors={errors} spread={found.spread} onSpan={span("value")} />
      )}
      <p class="mq-small">
        {count(found.positions.length, "row")} drawn at random. In brackets: {found.interaction_method}. Click
        a point to look at its row, drag to select.
      </p>
    </Section>
  );
}
