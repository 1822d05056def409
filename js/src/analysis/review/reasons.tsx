import { useSignal } from "@preact/signals";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { count } from "../../components/figures";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { CardView, ContributionView, ExplanationView, ReasonsView } from "./messages";
import type { Asked } from "./state";

interface ReasonsProps {
  card: CardView;
  reasons: Asked<ReasonsView>;
}

/** What the columns contribute to the prediction: to the right towards it, to the left away from it. */
export function Why({ card, reasons: { answer, error } }: ReasonsProps) {
  return (
    <Section title={`Why the model says ${card.prediction.replace(/ \([^()]*\)$/, "")}`}>
      <Failure reason={error ?? ""} />
      {answer ? <Contributions explanation={answer.usual} /> : !error && <Waiting />}
    </Section>
  );
}

function Contributions({
  explanation: { bars, others, rest, base, output, method, notes },
}: {
  explanation: ExplanationView;
}) {
  const widest = Math.max(...bars.map(({ contribution }) => Math.abs(contribution)), Math.abs(rest), 1e-12);
  return (
    <>
      <ul class="mq-review-contributions">
        {bars.map((bar) => (
          <li key={bar.column} title={errorOf(bar)}>
            <span class="mq-review-contribution-label">
              <VisibleText text={bar.column} titled /> <Value text={bar.value} />
            </span>
            <Bar value={bar.contribution} widest={widest} />
          </li>
        ))}
        {others > 0 && (
          <li class="mq-quiet">
            <span class="mq-review-contribution-label">{count(others, "other column")}</span>
            <Bar value={rest} widest={widest} />
          </li>
        )}
      </ul>
      <p class="mq-small">
        From {figure(base)} to {figure(output)}: {method}.{notes.length > 0 && ` ${notes.join(" ")}`}
      </p>
    </>
  );
}

function errorOf({ contribution, error }: ContributionView): string {
  return error === null
    ? signed(contribution)
    : `${signed(contribution)} ± ${figure(error)} (standard error)`;
}

/** A bar from the middle, to the right where it adds. */
function Bar({ value, widest }: { value: number; widest: number }) {
  const half = (50 * Math.abs(value)) / widest;
  return (
    <>
      <span class="mq-review-contribution-track" data-adds={value >= 0}>
        <span style={{ left: `${value >= 0 ? 50 : 50 - half}%`, width: `${half}%` }} />
      </span>
      <span class="mq-review-figure">{signed(value)}</span>
    </>
  );
}

/** The nearest row with the other outcome, value by value. */
export function Contrast({ card, reasons: { answer } }: ReasonsProps) {
  const all = useSignal(false);
  const { contrast, cells } = card;
  if (contrast === null) {
    return (
      <Section title="Compared with">
        <p class="mq-quiet">No row nearby has another outcome.</p>
      </Section>
    );
  }
  const made = new Map(answer?.contrast?.bars.map((bar) => [bar.column, bar.contribution]));
  const widest = Math.max(...[...made.values()].map(Math.abs), 1e-12);
  const weight = (column: string) => Math.abs(made.get(column) ?? 0);
  const differing = cells.filter(({ same }) => !same).sort((a, b) => weight(b.column) - weight(a.column));
  const same = cells.length - differing.length;
  return (
    <Section
      title="The nearest row with another outcome"
      beside={
        <span class="mq-small">
          {contrast.prediction}
          {contrast.actual !== null && <>, came {contrast.actual}</>}
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key */}
      <section class="mq-review-contrast" aria-label="Both rows" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <td />
              <th scope="col">
                <VisibleText text={card.label} />
              </th>
              <th scope="col">
                <VisibleText text={contrast.label} />
              </th>
              <th scope="col" colSpan={2}>
                what the difference makes
              </th>
            </tr>
          </thead>
          <tbody>
            {(all.value ? [...differing, ...cells.filter((cell) => cell.same)] : differing).map((cell) => (
              <tr key={cell.column} data-same={cell.same}>
                <th scope="row">
                  <VisibleText text={cell.column} titled />
                </th>
                <td>
                  <Value text={cell.value} />
                </td>
                <td>
                  <Value text={cell.other} />
                </td>
                <td class="mq-review-made" colSpan={2}>
                  {made.has(cell.column) && (
                    <span class="mq-review-made-bar">
                      <Bar value={made.get(cell.column) ?? 0} widest={widest} />
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {same > 0 && (
        <Button
          class="mq-link"
          onClick={() => {
            all.value = !all.value;
          }}
        >
          {all.value ? "Hide" : "Show"} {count(same, "column that is the same", "columns that are the same")}
        </Button>
      )}
    </Section>
  );
}

function Value({ text }: { text: string | null }) {
  return text === null ? (
    <span class="mq-missing">missing</span>
  ) : (
    <VisibleText text={shortNumber(text)} titled />
  );
}

/** A number to six digits; all else as it is. */
function shortNumber(text: string): string {
  const value = Number(text);
  return /^-?\d+\.\d{5,}/.test(text) && Number.isFinite(value) ? String(Number(value.toPrecision(6))) : text;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}

function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

const Waiting = () => (
  <div class="mq-evidence-waiting" role="status" aria-label="Computing">
    <span class="mq-skeleton">…</span>
    <span class="mq-skeleton">…</span>
  </div>
);
