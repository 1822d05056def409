import { count, integer, percent } from "../../components/figures";
import type { CalibrationView, CountsView, ScoresView } from "./messages";
import type { Picking } from "./picking";
import { lineThrough, Parts, Plot, type Scales, shares } from "./plot";
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

function rocAt(counts: CountsView, at: number): [number, number] {
  const { truePositive, falsePositive } = outcomesAt(counts, at);
  return [rate(falsePositive, counts.negatives), rate(truePositive, counts.positives)];
}

function precisionRecallAt(counts: CountsView, at: number): [number, number] | null {
  const { truePositive, falsePositive } = outcomesAt(counts, at);
  const said = truePositive + falsePositive;
  return said > 0 ? [rate(truePositive, counts.positives), truePositive / said] : null;
}

function Curve({
  points,
  scales,
  class: name,
}: {
  points: [number, number][];
  scales: Scales;
  class: string;
}) {
  const drawn = points.map(([x, y]): [number, number] => [scales.x(x), scales.y(y)]);
  return <path class={name} d={lineThrough(drawn)} />;
}

function Marker({ point, scales }: { point: [number, number] | null; scales: Scales }) {
  return point && <circle class="mq-now" cx={scales.x(point[0])} cy={scales.y(point[1])} r="5.5" />;
}

/** Recall against false alarms, for every threshold. */
export function Roc({ counts, selected, at }: RanksProps) {
  const points = (of: CountsView) => counts.threshold.map((_, place) => rocAt(of, place)).concat([[0, 0]]);
  const now = at === null ? null : rocAt(counts, at);
  const label = `ROC curve${now ? `; now recall ${percent(now[1])}, false alarms ${percent(now[0])}` : ""}`;
  return (
    <Plot
      label={label}
      height={HEIGHT}
      x={shares("false alarms, of all that did not come")}
      y={shares("recall, of all that came")}
    >
      {(scales) => (
        <>
          <Curve
            points={[
              [0, 0],
              [1, 1],
            ]}
            scales={scales}
            class="mq-chance"
          />
          {selected && <Curve points={points(selected)} scales={scales} class="mq-of-selected" />}
          <Curve points={points(counts)} scales={scales} class="mq-curve" />
          <Marker point={now} scales={scales} />
        </>
      )}
    </Plot>
  );
}

/** Precision against recall, for every threshold. */
export function PrecisionRecall({ counts, selected, at }: RanksProps) {
  const points = (of: CountsView) =>
    counts.threshold.flatMap((_, place) => {
      const point = precisionRecallAt(of, place);
      return point ? [point] : [];
    });
  const now = at === null ? null : precisionRecallAt(counts, at);
  const share = rate(counts.positives, counts.positives + counts.negatives);
  const label = `Precision against recall${now ? `; now precision ${percent(now[1])}, recall ${percent(now[0])}` : ""}`;
  return (
    <Plot label={label} height={HEIGHT} x={shares("recall")} y={shares("precision")}>
      {(scales) => (
        <>
          <Curve
            points={[
              [0, share],
              [1, share],
            ]}
            scales={scales}
            class="mq-chance"
          />
          {selected && <Curve points={points(selected)} scales={scales} class="mq-of-selected" />}
          <Curve points={points(counts)} scales={scales} class="mq-curve" />
          <Marker point={now} scales={scales} />
        </>
      )}
    </Plot>
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
          <Curve
            points={[
              [0, 0],
              [1, 1],
            ]}
            scales={scales}
            class="mq-chance"
          />
          <Parts
            label="Groups of rows"
            parts={found.rows.map((rows, place) => {
              const [said = 0, came = 0] = [found.said[place], found.came[place]];
              const [low = 0, high = 0] = [found.came_low[place], found.came_high[place]];
              const part = `calibration ${output} ${place}`;
              return {
                label: `${count(rows, "row")} given ${percent(said)} on average: ${percent(came)} came, 95 % interval ${percent(low)} to ${percent(high)}`,
                picked: picking.holds(part),
                onPick: () => picking.pick(part, "part", { of: "calibration", output, came: null, place }),
                shape: (
                  <>
                    <line
                      class="mq-interval"
                      x1={scales.x(said)}
                      x2={scales.x(said)}
                      y1={scales.y(low)}
                      y2={scales.y(high)}
                    />
                    <circle cx={scales.x(said)} cy={scales.y(came)} r="4.5" />
                    <circle class="mq-reach" cx={scales.x(said)} cy={scales.y(came)} r="10" />
                  </>
                ),
              };
            })}
          />
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

/** Rows by the probability given, the class above and all others below; each bar can be chosen. */
export function Scores({ scores: { edges, rows, others }, name, output, threshold, picking }: ScoresProps) {
  const [all, allOthers] = [rows, others].map((counts) => counts.reduce((sum, one) => sum + one, 0));
  const top = Math.max(...rows.map((one) => rate(one, all ?? 0)));
  const bottom = Math.max(...others.map((one) => rate(one, allOthers ?? 0)));
  const bars = (counts: number[], whole: number, came: boolean) =>
    counts.flatMap((one, place) => {
      const [low = 0, high = 0] = [edges[place], edges[place + 1]];
      if (one === 0) return [];
      const wrong = threshold !== null && (low + high) / 2 >= threshold !== came;
      const part = `scores ${output} ${came} ${place}`;
      return [{ one, place, low, high, wrong, part, share: rate(one, whole), came }];
    });
  const found = [...bars(rows, all ?? 0, true), ...bars(others, allOthers ?? 0, false)];
  return (
    <Plot
      label={`Rows by probability of ${name}`}
      height={170}
      x={{ ...shares(`probability of ${name}`), text: (value) => String(value) }}
      y={{ from: -bottom || -1, to: top || 1, ticks: [0], text: () => "", title: "rows of either class" }}
      parts
    >
      {(scales) => (
        <>
          <Parts
            label="Bars of rows"
            parts={found.map(({ one, place, low, high, wrong, part, share, came }) => ({
              label: `${count(one, "row")} ${came ? "" : "not "}${name}, probability ${low.toFixed(2)} to ${high.toFixed(2)}${wrong ? ", predicted wrongly" : ""}`,
              picked: picking.holds(part),
              onPick: () => picking.pick(part, "part", { of: "scores", output, came, place }),
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
