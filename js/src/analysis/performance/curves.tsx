import { count, integer, percent } from "../../components/figures";
import type { CalibrationView, CountsView, ScoresView } from "./messages";
import type { Picking } from "./picking";
import { type Axis, Chance, Dots, lineThrough, Parts, Plot, type Point, shares } from "./plot";
import { outcomesAt } from "./threshold";

interface RanksProps {
  counts: CountsView;
  /** The same of the rows selected. */
  selected: CountsView | null;
  /** The place of the threshold on screen; null where there is none. */
  at: number | null;
}

const HEIGHT = 250;

const rate = (part: number, whole: number) => (whole > 0 ? part / whole : 0);

function rocAt(counts: CountsView, at: number): Point {
  const [tp, fp] = outcomesAt(counts, at);
  return [rate(fp, counts.negatives), rate(tp, counts.positives)];
}

function precisionRecallAt(counts: CountsView, at: number): Point | null {
  const [tp, fp] = outcomesAt(counts, at);
  return tp + fp > 0 ? [rate(tp, counts.positives), tp / (tp + fp)] : null;
}

interface RankingProps extends RanksProps {
  label: string;
  x: Axis;
  y: Axis;
  /** Where a threshold stands; null where nothing is predicted. */
  pointAt: (counts: CountsView, at: number) => Point | null;
  /** Ends of the line that chance would give. */
  chance: [Point, Point];
}

function Ranking({ label, x, y, counts, selected, at, pointAt, chance }: RankingProps) {
  const points = (of: CountsView) =>
    of.true_positive.map((_, place) => pointAt(of, place)).filter((point) => point !== null);
  const now = at === null ? null : pointAt(counts, at);
  const compared = selected && selected.positives > 0 && selected.negatives > 0 ? selected : null;
  const words = now ? `; now ${y.title} ${percent(now[1])}, ${x.title} ${percent(now[0])}` : "";
  return (
    <Plot label={`${label}${words}`} height={HEIGHT} x={x} y={y}>
      {(scales) => (
        <>
          <Chance scales={scales} from={chance[0]} to={chance[1]} />
          {compared && <path class="mq-of-selected" d={lineThrough(points(compared), scales)} />}
          <path class="mq-curve" d={lineThrough(points(counts), scales)} />
          {now && <circle class="mq-now" cx={scales.x(now[0])} cy={scales.y(now[1])} r="5.5" />}
        </>
      )}
    </Plot>
  );
}

/** Recall against false alarms, for every threshold. */
export function Roc(ranks: RanksProps) {
  return (
    <Ranking
      {...ranks}
      label="ROC curve"
      x={shares("false alarms, of all that did not come")}
      y={shares("recall")}
      pointAt={rocAt}
      chance={[
        [0, 0],
        [1, 1],
      ]}
    />
  );
}

/** Precision against recall, for every threshold. */
export function PrecisionRecall(ranks: RanksProps) {
  const { positives, negatives } = ranks.counts;
  const share = rate(positives, positives + negatives);
  return (
    <Ranking
      {...ranks}
      label="Precision against recall"
      x={shares("recall")}
      y={shares("precision")}
      pointAt={precisionRecallAt}
      chance={[
        [0, share],
        [1, share],
      ]}
    />
  );
}

interface CalibrationProps {
  found: CalibrationView;
  name: string;
  output: number;
  picking: Picking;
}

/** How often what was given a probability came; each group of rows can be chosen. */
export function Calibration({ found, name, output, picking }: CalibrationProps) {
  const dots = found.dots.map((dot, place) => ({
    ...dot,
    ...picking.part({ of: "calibration", output, place }),
  }));
  return (
    <Plot
      label={`Calibration. ${found.sentence}`}
      height={HEIGHT}
      x={shares(`mean probability of ${name}`)}
      y={shares(`came ${name}`)}
      parts
    >
      {(scales) => (
        <>
          <Chance scales={scales} from={[0, 0]} to={[1, 1]} />
          <Dots label="Groups of rows" dots={dots} scales={scales} />
        </>
      )}
    </Plot>
  );
}

interface ScoresProps {
  scores: ScoresView;
  name: string;
  output: number;
  /** From which probability the class is predicted; null where another rule decides. */
  threshold: number | null;
  picking: Picking;
}

/** Height left free for the name of each class, as a share of the bars'. */
const NAME_SHARE = 0.17;

/** Rows by the probability given, the class above and all others below; each bar can be chosen. */
export function Scores({ scores: { edges, rows, others }, name, output, threshold, picking }: ScoresProps) {
  const [all, allOthers] = [rows, others].map((counts) => counts.reduce((sum, one) => sum + one, 0));
  const top = Math.max(...rows.map((one) => rate(one, all ?? 0)));
  const bottom = Math.max(...others.map((one) => rate(one, allOthers ?? 0)));
  const room = NAME_SHARE * (top + bottom || 1);
  const bars = (counts: number[], whole: number, came: boolean) =>
    counts.flatMap((one, place) => {
      const [low = 0, high = 0] = [edges[place], edges[place + 1]];
      if (one === 0) return [];
      const wrong = threshold !== null && (low + high) / 2 >= threshold !== came;
      return [{ one, place, low, high, wrong, share: rate(one, whole), came }];
    });
  const found = [...bars(rows, all ?? 0, true), ...bars(others, allOthers ?? 0, false)];
  return (
    <Plot
      label={`Rows by probability of ${name}`}
      height={170}
      x={{ ...shares(`probability of ${name}`), text: (value) => String(value) }}
      y={{ from: -bottom - room, to: top + room, ticks: [0], text: () => "", title: "rows of either class" }}
      parts
    >
      {(scales) => (
        <>
          <Parts
            label="Bars of rows"
            parts={found.map(({ one, place, low, high, wrong, share, came }) => ({
              label: `${count(one, "row")} ${came ? "" : "not "}${name}, probability ${low.toFixed(2)} to ${high.toFixed(2)}${wrong ? ", predicted wrongly" : ""}`,
              ...picking.part({ of: "scores", output, came, place }),
              shape: (
                <rect
                  class={wrong ? "mq-wrong" : came ? "mq-came" : "mq-not-came"}
                  x={scales.x(low) + 0.5}
                  width={Math.max(1, scales.x(high) - scales.x(low) - 1)}
                  y={came ? scales.y(Math.max(share, 1e-9)) : scales.y(0)}
                  height={Math.max(1, Math.abs(scales.y(share) - scales.y(0)))}
                />
              ),
            }))}
          />
          <text class="mq-side-name" x={scales.right} y={scales.top + 10} text-anchor="end">
            {`${name} (${integer(all ?? 0)})`}
          </text>
          <text class="mq-side-name" x={scales.right} y={scales.bottom - 4} text-anchor="end">
            {`not ${name} (${integer(allOthers ?? 0)})`}
          </text>
          {threshold !== null && (
            <line
              class="mq-threshold"
              x1={scales.x(threshold)}
              x2={scales.x(threshold)}
              y1={scales.top}
              y2={scales.bottom}
            />
          )}
        </>
      )}
    </Plot>
  );
}
