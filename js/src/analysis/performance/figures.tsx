import { percent } from "../../components/figures";
import { Section } from "../../components/section";
import { minus } from "../explain/contribution";
import type { FigureView } from "./messages";

/** A number to four digits. */
export function number(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return minus(value.toExponential(1));
  return minus(Number(value.toPrecision(4)).toLocaleString("en-US", { maximumSignificantDigits: 4 }));
}

/** Figures that run from 0 to 1 without being shares of rows. */
const UNIT = ["roc_auc", "average_precision", "matthews", "brier"];

/** Shares without an upper end. */
const OPEN = ["mape"];

const textOf = ({ share }: FigureView, value: number) => (share ? percent(value) : number(value));

/** The interval of a figure in words; empty where there is none. */
export function intervalOf(figure: FigureView): string {
  const { low, high } = figure;
  return low === null || high === null ? "" : `${textOf(figure, low)} to ${textOf(figure, high)}`;
}

/** A figure in words. */
export const textOfValue = (figure: FigureView) =>
  figure.value === null ? "–" : textOf(figure, figure.value);

/** Figures with their intervals, drawn from 0 to 1 where they lie there. */
export function Figures({ title, figures }: { title: string; figures: FigureView[] }) {
  const drawn = figures.some(liesOnScale);
  const methods = [...new Set(figures.filter(({ low }) => low !== null).map(({ method }) => method))];
  return (
    <Section title={title}>
      <table class="mq-performance-figures" aria-label={title}>
        <thead class="mq-hidden">
          <tr>
            <th scope="col">figure</th>
            <th scope="col">value</th>
            {drawn && <td />}
            <th scope="col">95 % interval</th>
          </tr>
        </thead>
        <tbody>
          {figures.map((figure) => (
            <tr key={figure.id} data-figure={figure.id}>
              <th scope="row">{figure.label}</th>
              <td>{textOfValue(figure)}</td>
              {drawn && (
                <td class="mq-performance-bar">
                  <Interval figure={figure} />
                </td>
              )}
              <td class="mq-small" title={`By: ${figure.method}`}>
                {intervalOf(figure)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {methods.length > 0 && (
        <p class="mq-small">Intervals are 95 %, each for itself, by: {methods.join(", ")}.</p>
      )}
    </Section>
  );
}

function liesOnScale(figure: FigureView): figure is FigureView & { value: number } {
  const { id, share, value } = figure;
  return value !== null && value >= 0 && (UNIT.includes(id) || (share && !OPEN.includes(id)));
}

function Interval({ figure }: { figure: FigureView }) {
  if (!liesOnScale(figure)) return null;
  const { value, low, high } = figure;
  return (
    <span class="mq-forest" aria-hidden="true">
      {low !== null && high !== null && (
        <i style={{ left: `${100 * Math.max(0, low)}%`, width: `${100 * (high - Math.max(0, low))}%` }} />
      )}
      <b style={{ left: `${100 * value}%` }} />
    </span>
  );
}
