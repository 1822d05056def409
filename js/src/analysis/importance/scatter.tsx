import { useCallback, useMemo } from "preact/hooks";
import { Axis, leftOf, PAD, Rise } from "./axis";
import { describe } from "./beeswarm";
import { coloursOf } from "./colours";
import type { SpreadView } from "./messages";
import { type Column, valueText } from "./packed";
import { type Places, Points } from "./points";
import { scale, ticks } from "./scale";

export interface DrawnProps {
  column: Column;
  other: Column | null;
  labels: string[];
  space: string;
  focused: number;
  chosen: ReadonlySet<number> | null;
  spread: SpreadView;
  onPick: (point: number) => void;
  onSpan: (low: number, high: number) => void;
}

const HEIGHT = 210;
/** Pixels for what is missing, at the right. */
export const BESIDE = 54;

/** Contributions of a feature of numbers over its values: a point per row, and below where rows lie. */
export function Scatter(props: DrawnProps & { errors: Float32Array | null }) {
  const { column, other, errors, labels, space, focused, chosen, spread, onPick, onSpan } = props;
  const colours = useMemo(() => pointColours(column, other), [column, other]);
  const [low, high] = useMemo(() => endsOf(column.contributions, errors), [column, errors]);
  const [first, last] = [spread.edges[0] ?? 0, spread.edges[spread.edges.length - 1] ?? 1];
  const beside = spread.missing > 0 ? BESIDE : 0;
  const place = useCallback(
    (width: number): Places => {
      const across = scale(first, last, PAD, width - PAD - beside);
      const up = scale(low, high, HEIGHT, 0);
      return {
        x: column.values.map((value, point) =>
          Number.isNaN(value)
            ? width - beside / 2 + jitter(point) * 12
            : across(Math.min(last, Math.max(first, value))),
        ),
        y: column.contributions.map(up),
      };
    },
    [column, first, last, low, high, beside],
  );
  const halves = useMemo(
    () => errors?.map((error) => (2 * error * HEIGHT) / (high - low || 1)) ?? null,
    [errors, low, high],
  );
  const words = (point: number) => {
    const interacting = other
      ? `; ${other.name} = ${valueText(other, other.values[point] ?? Number.NaN)}`
      : "";
    return describe(column, point, labels[point] ?? "") + interacting;
  };
  return (
    <>
      <p class="mq-small mq-rise-label">
        contribution, {space}
        {errors ? "; bars are two standard errors" : ""}
      </p>
      <div class="mq-plot">
        <Rise low={low} high={high} />
        <div>
          <Points
            label={`Contributions of ${column.name} over its values`}
            height={HEIGHT}
            place={place}
            colours={colours}
            describe={words}
            focused={focused}
            chosen={chosen}
            errors={halves}
            onPick={onPick}
            onSpan={(from, to, width) => {
              const { at } = scale(first, last, PAD, width - PAD - beside);
              onSpan(at(from), at(to));
            }}
          >
            <Lines low={low} high={high} />
          </Points>
          <Density spread={spread} beside={beside} />
          <Axis
            low={first}
            high={last}
            label={column.name}
            beside={beside}
            text={(value) => valueText(column, value)}
            {...(beside ? { besideText: "missing" } : {})}
          />
        </div>
      </div>
    </>
  );
}

/** Lines across a plot at round numbers; the one at zero stands out. */
export function Lines({ low, high }: { low: number; high: number }) {
  return (
    <>
      {ticks(low, high, 4).map((tick) => (
        <span
          key={tick}
          class="mq-across"
          data-zero={tick === 0}
          style={{ bottom: `${(100 * (tick - low)) / (high - low || 1)}%` }}
        />
      ))}
    </>
  );
}

/** How many rows lie where: where there are few, a curve says little. */
export function Density({
  spread: { edges, counts, missing, outside },
  beside,
}: {
  spread: SpreadView;
  beside: number;
}) {
  const highest = Math.max(1, ...counts, missing);
  const [first = 0, last = 1] = [edges[0], edges[edges.length - 1]];
  const at = (edge = 0) => (edge - first) / (last - first || 1);
  return (
    <div class="mq-density" title={`Where rows lie${outside ? `; ${outside} lie beyond these ends` : ""}`}>
      {counts.map((rows, bin) => (
        <i
          key={edges[bin]}
          style={{
            left: leftOf(at(edges[bin]), beside),
            width: `calc((100% - ${2 * PAD + beside}px) * ${at(edges[bin + 1]) - at(edges[bin])} - 1px)`,
            height: `${(100 * rows) / highest}%`,
          }}
        />
      ))}
      {beside > 0 && (
        <i
          style={{
            left: `calc(100% - ${beside / 2 + 8}px)`,
            width: "16px",
            height: `${(100 * missing) / highest}%`,
          }}
        />
      )}
    </div>
  );
}

/** Points in the colours of another feature, else of one colour. */
export function pointColours(column: Column, other: Column | null): string[] {
  return other ? coloursOf(other) : Array.from(column.values, () => "#4a7ec4");
}

/** The ends of contributions with their errors and a little room. */
export function endsOf(contributions: Float32Array, errors: Float32Array | null = null): [number, number] {
  let [low, high] = [0, 0];
  contributions.forEach((value, point) => {
    const half = 2 * (errors?.[point] ?? 0);
    low = Math.min(low, value - half);
    high = Math.max(high, value + half);
  });
  const room = (high - low || 1) * 0.05;
  return [low - room, high + room];
}

/** A number from -1 to 1 that is always the same for a point. */
function jitter(point: number): number {
  return ((point * 0.618034) % 1) * 2 - 1;
}
