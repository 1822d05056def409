import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Button } from "../../components/button";
import { Picker } from "../../components/picker";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { Answered } from "./answered";
import { useAsked } from "./asked";
import type { ChangesView, ContrastView, ExplainedRow, ExplainView } from "./messages";
import { Value, Waterfall } from "./waterfall";

interface ContrastProps {
  linked: Linked<ExplainView>;
  view: ExplainView;
  row: ExplainedRow;
  of: string;
  /** Positions of the columns that may not change; kept from row to row. */
  fixed: Signal<number[]>;
  onFocus: (position: number) => void;
  onCompare: (position: number) => void;
}

/** What it would take for another prediction, and the nearest row that has one. */
export function Contrast(props: ContrastProps) {
  const { linked, row, of, onFocus, onCompare } = props;
  const asked = useAsked(of, () => linked.ask<ContrastView>("contrast", {}, 60_000));
  return (
    <>
      <SmallestChange {...props} />
      <Section title="The nearest row with another outcome">
        <Answered asked={asked}>
          {({ sentence, position, label, waterfall }) => (
            <>
              <p>{sentence}</p>
              {position !== null && (
                <p class="mq-buttons">
                  <Button class="mq-button" onClick={() => onCompare(position)}>
                    Compare both
                  </Button>
                  <Button class="mq-button mq-plain" onClick={() => onFocus(position)}>
                    Explain row <VisibleText text={label} />
                  </Button>
                </p>
              )}
              {waterfall && <Waterfall waterfall={waterfall} from={`row ${label}`} to={`row ${row.label}`} />}
            </>
          )}
        </Answered>
      </Section>
    </>
  );
}

function SmallestChange({ linked, view, of, fixed }: ContrastProps) {
  const target = useSignal("");
  const name = view.classes[view.settings.output];
  const id = useId();
  const asked = useAsked(`${of} ${target.value} ${fixed.value.join()}`, () =>
    linked.ask<ChangesView>("changes", { fixed: fixed.value, target: target.value }, 60_000),
  );
  const toggle = (column: number, may: boolean) => {
    fixed.value = may
      ? fixed.value.filter((one) => one !== column)
      : [...fixed.value, column].sort((a, b) => a - b);
  };
  return (
    <Section title="The smallest change for another prediction">
      <div class="mq-form-line">
        {view.classes.length > 2 && (
          <Picker
            label="Prediction to reach"
            none="any other class"
            value={target.value}
            choices={view.classes.map((name, place) => [String(place), name])}
            onPick={(name) => {
              target.value = name;
            }}
          />
        )}
        {view.classes.length === 0 && (
          <label for={id}>
            Value to reach{" "}
            <input
              id={id}
              type="text"
              inputMode="decimal"
              class="mq-input mq-short"
              placeholder="far away"
              onChange={({ currentTarget }) => {
                target.value = currentTarget.value;
              }}
            />
          </label>
        )}
        <details class="mq-fixed">
          <summary>
            {fixed.value.length === 0
              ? "All columns may change"
              : `${view.columns.length - fixed.value.length} of ${view.columns.length} columns may change`}
          </summary>
          <div class="mq-ticks">
            {view.columns.map((name, column) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={!fixed.value.includes(column)}
                  onChange={({ currentTarget }) => toggle(column, currentTarget.checked)}
                />{" "}
                <VisibleText text={name} />
              </label>
            ))}
          </div>
        </details>
      </div>
      <Answered asked={asked}>
        {({ sentence, changes }) =>
          changes.length === 0 ? (
            <p>{sentence}</p>
          ) : (
            <ol class="mq-changes">
              {changes.map((change) => (
                <li key={change.sentence}>
                  {change.moves.map(({ column, label, before, after }, place) => (
                    <span key={column}>
                      {place > 0 && ", "}
                      <VisibleText text={label} /> <Value text={after} />{" "}
                      <span class="mq-quiet">instead of {before}</span>
                    </span>
                  ))}{" "}
                  <span>
                    → <strong>{change.said}</strong>
                    {name !== undefined && <> for {name}</>}
                    {!change.plausible && <span class="mq-small"> (an unusual row)</span>}
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Answered>
      <p class="mq-small">
        Found from real rows: values of training rows only, fewest columns first, then the least distance. It
        says what the model would say, not what would come.
      </p>
    </Section>
  );
}
