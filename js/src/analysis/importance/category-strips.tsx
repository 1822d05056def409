import { useCallback, useMemo } from "preact/hooks";
import { VisibleText } from "../../components/visible-text";
import { Axis, leftOf, PAD } from "./axis";
import { describe } from "./beeswarm";
import type { Column } from "./packed";
import { valueText } from "./packed";
import { Points, swarm } from "./points";
import { scale } from "./scale";
import { type DrawnProps, endsOf, pointColours } from "./scatter";

const SHOWN = 12;
const HEIGHT = 30;

/** Contributions of a feature of categories: a strip of points per category, its mean marked. */
export function CategoryStrips(props: DrawnProps) {
  const { column, other, labels, space, focused, chosen, spread, onPick, onSpan } = props;
  const colours = useMemo(() => pointColours(column, other), [column, other]);
  const [low, high] = useMemo(() => endsOf(column.contributions), [column]);
  const names = [
    ...(column.categories ?? []).slice(0, SHOWN).keys(),
    ...(spread.missing ? [Number.NaN] : []),
  ];
  const words = (point: number) => {
    const interacting = other
      ? `; ${other.name} = ${valueText(other, other.values[point] ?? Number.NaN)}`
      : "";
    return describe(column, point, labels[point] ?? "") + interacting;
  };
  const hidden = (column.categories?.length ?? 0) - SHOWN;
  return (
    <div class="mq-swarm">
      {names.map((category) => (
        <div class="mq-swarm-line" key={category}>
          <span class={`mq-swarm-name${Number.isNaN(category) ? " mq-missing" : ""}`}>
            <VisibleText text={valueText(column, category)} titled />
          </span>
          <Strip
            column={column}
            category={category}
            low={low}
            high={high}
            colours={colours}
            describe={words}
            focused={focused}
            chosen={chosen}
            onPick={onPick}
            onSpan={onSpan}
          />
        </div>
      ))}
      <div class="mq-swarm-line">
        <span />
        <Axis low={low} high={high} label={`contribution, ${space}; the mark is the mean`} />
      </div>
      {hidden > 0 && <p class="mq-small">{hidden} less frequent categories are not drawn.</p>}
    </div>
  );
}

interface StripProps {
  column: Column;
  category: number;
  low: number;
  high: number;
  colours: string[];
  describe: (point: number) => string;
  focused: number;
  chosen: ReadonlySet<number> | null;
  onPick: (point: number) => void;
  onSpan: (low: number, high: number) => void;
}

function Strip({ column, category, low, high, onSpan, ...rest }: StripProps) {
  const own = useMemo(() => {
    const belongs = (value: number) => value === category || (Number.isNaN(value) && Number.isNaN(category));
    return column.contributions.map((value, point) =>
      belongs(column.values[point] ?? Number.NaN) ? value : Number.NaN,
    );
  }, [column, category]);
  const place = useCallback(
    (width: number) => swarm(own, scale(low, high, PAD, width - PAD), HEIGHT),
    [own, low, high],
  );
  const known = own.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / (known.length || 1);
  const share = (value: number) => leftOf((value - low) / (high - low || 1));
  return (
    <Points
      {...rest}
      label={`Contributions where ${column.name} is ${valueText(column, category)}`}
      height={HEIGHT}
      place={place}
      onSpan={(from, to, width) => {
        const { at } = scale(low, high, PAD, width - PAD);
        onSpan(at(from), at(to));
      }}
    >
      <span class="mq-zero" style={{ left: share(0) }} />
      {known.length > 0 && <span class="mq-mean" style={{ left: share(mean) }} />}
    </Points>
  );
}
