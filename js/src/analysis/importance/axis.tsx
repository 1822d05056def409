import { numberText } from "./packed";
import { ticks } from "./scale";

/** Pixels at either end of a horizontal scale. */
export const PAD = 8;

interface AxisProps {
  low: number;
  high: number;
  label: string;
  /** Pixels at the right that do not belong to the scale. */
  beside?: number;
  text?: (value: number) => string;
  /** What stands in the place beside. */
  besideText?: string;
}

/** Where a share of a horizontal scale stands. */
export function leftOf(share: number, beside = 0): string {
  return `calc(${PAD}px + (100% - ${2 * PAD + beside}px) * ${share})`;
}

/** A horizontal axis: round numbers and what they are. */
export function Axis({ low, high, label, beside = 0, text = numberText, besideText }: AxisProps) {
  return (
    <div class="mq-axis mq-small" aria-hidden="true">
      {ticks(low, high, 5).map((tick) => (
        <span key={tick} style={{ left: leftOf((tick - low) / (high - low || 1), beside) }}>
          {text(tick)}
        </span>
      ))}
      {besideText && <span style={{ left: `calc(100% - ${beside / 2}px)` }}>{besideText}</span>}
      <p>{label}</p>
    </div>
  );
}

/** A vertical axis beside a plot: round numbers with lines across it. */
export function Rise({ low, high }: { low: number; high: number }) {
  return (
    <div class="mq-rise mq-small" aria-hidden="true">
      {ticks(low, high, 4).map((tick) => (
        <span key={tick} style={{ bottom: `${(100 * (tick - low)) / (high - low || 1)}%` }}>
          {numberText(tick)}
        </span>
      ))}
    </div>
  );
}
