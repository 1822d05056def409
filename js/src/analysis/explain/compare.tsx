import { type Signal, useSignal } from "@preact/signals";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { Answered } from "./answered";
import { useAsked } from "./asked";
import { signed } from "./contribution";
import type { ComparisonView, ExplainedRow, ExplainView } from "./messages";
import { Value } from "./waterfall";

interface CompareProps {
  linked: Linked<ExplainView>;
  view: ExplainView;
  row: ExplainedRow;
  of: string;
  /** The other row: its position, or what was typed as its label; null for none yet. */
  other: Signal<number | string | null>;
}

/** Two rows side by side, with what each column makes of the difference. */
export function Compare(props: CompareProps) {
  const { row, other } = props;
  const typed = useSignal("");
  return (
    <>
      <form
        class="mq-form-line"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.value.trim()) other.value = typed.value.trim();
        }}
      >
        <input
          type="text"
          class="mq-input mq-short"
          aria-label="Label of the row to compare with"
          placeholder="label of a row"
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
          }}
        />
        <button type="submit" class="mq-button">
          Compare with row <VisibleText text={row.label} />
        </button>
      </form>
      {other.value === null ? (
        <p class="mq-quiet">
          Type a row's label, or press “compare” among the similar rows or “compare both” at the contrast.
        </p>
      ) : (
        <Compared {...props} other={other.value} />
      )}
    </>
  );
}

function Compared({
  linked,
  view,
  row,
  of,
  other,
}: Omit<CompareProps, "other"> & { other: number | string }) {
  const asked = useAsked(`${of} ${typeof other} ${other}`, () =>
    linked.ask<ComparisonView>("compare", {
      position: typeof other === "number" ? other : null,
      label: String(other),
    }),
  );
  return (
    <Answered asked={asked}>
      {({ label, said, predicted, actual, columns, space }) => {
        const widest = Math.max(...columns.map(({ difference }) => Math.abs(difference)), 1e-12);
        const outcome = (one: { predicted: string; said: string; actual: string | null }) => (
          <>
            {one.predicted} {view.classes.length > 0 && <span class="mq-quiet">{one.said}</span>}
            {one.actual !== null && (
              <span class="mq-quiet">
                ; {view.target} {one.actual}
              </span>
            )}
          </>
        );
        return (
          <>
            <div class="mq-side-by-side">
              <table>
                <thead>
                  <tr>
                    <td />
                    <th scope="col">
                      row <VisibleText text={row.label} />
                    </th>
                    <th scope="col">
                      row <VisibleText text={label} />
                    </th>
                    <th scope="col" colSpan={2}>
                      difference
                    </th>
                  </tr>
                </thead>
                <tbody>
                  <tr class="mq-own">
                    <th scope="row">the model says</th>
                    <td>{outcome(row)}</td>
                    <td>{outcome({ said, predicted, actual })}</td>
                    <td colSpan={2} />
                  </tr>
                  {columns.map((one) => (
                    <tr key={one.label}>
                      <th scope="row">
                        <VisibleText text={one.label} titled />
                      </th>
                      <td class={one.same ? "mq-quiet" : ""}>
                        {one.same ? one.value : <Value text={one.value} />}{" "}
                        <span class="mq-small">{signed(one.contribution)}</span>
                      </td>
                      <td class={one.same ? "mq-quiet" : ""}>
                        {one.same ? one.other : <Value text={one.other} />}{" "}
                        <span class="mq-small">{signed(one.other_contribution)}</span>
                      </td>
                      <td class="mq-middle">
                        <Middle value={one.difference} widest={widest} />
                      </td>
                      <td class="mq-numeric">{signed(one.difference)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <p class="mq-small">
              Both rows are explained against the same; the differences sum to the difference of what the
              model says, in {space}.
            </p>
          </>
        );
      }}
    </Answered>
  );
}

/** A bar from the middle, to the right where it adds. */
function Middle({ value, widest }: { value: number; widest: number }) {
  const half = (50 * Math.abs(value)) / widest;
  return (
    <span class="mq-waterfall-track" data-middle data-adds={value >= 0}>
      <span style={{ left: `${value >= 0 ? 50 : 50 - half}%`, width: `${half}%` }} />
    </span>
  );
}
