import { count } from "../../components/figures";
import { number } from "./figures";
import type { SelectedView, SpreadView } from "./messages";
import type { Picking } from "./picking";
import { axisOf, Parts, Plot } from "./plot";

interface SpreadProps {
  spread: SpreadView;
  picking: Picking;
}

const HEIGHT = 280;

const known = (values: (number | null)[]) => values.filter((value) => value !== null);

/** What came against what was predicted: means of groups of rows, and some rows drawn at random. */
export function PredictedActual({ spread, picking, target }: SpreadProps & { target: string }) {
  const { rows, predicted, actual, actual_low, actual_high, drawn_predicted, drawn_actual } = spread;
  const text = number;
  const x = axisOf([...predicted, ...drawn_predicted], "predicted", text);
  const y = axisOf([...actual, ...known(actual_low), ...known(actual_high), ...drawn_actual], target, text);
  const ends = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
  return (
    <Plot label={`${target} against predictions`} height={HEIGHT} x={x} y={y} parts>
      {(scales) => (
        <>
          <g class="mq-drawn">
            {drawn_predicted.map((value, at) => (
              <circle
                key={`${at} ${value}`}
                cx={scales.x(value)}
                cy={scales.y(drawn_actual[at] ?? 0)}
                r="1.8"
              />
            ))}
          </g>
          <line
            class="mq-chance"
            x1={scales.x(ends[0] ?? 0)}
            x2={scales.x(ends[1] ?? 0)}
            y1={scales.y(ends[0] ?? 0)}
            y2={scales.y(ends[1] ?? 0)}
          />
          <Parts
            label="Groups of rows"
            parts={rows.map((size, place) => {
              const [mean = 0, came = 0] = [predicted[place], actual[place]];
              const [low, high] = [actual_low[place] ?? null, actual_high[place] ?? null];
              const part = `spread ${place}`;
              const interval =
                low === null || high === null ? "" : `, 95 % interval ${text(low)} to ${text(high)}`;
              return {
                label: `${count(size, "row")} predicted ${text(mean)} on average: ${text(came)} came${interval}`,
                picked: picking.holds(part),
                onPick: () => picking.pick(part, "part", { of: "spread", output: 0, came: null, place }),
                shape: (
                  <>
                    {low !== null && high !== null && (
                      <line
                        class="mq-interval"
                        x1={scales.x(mean)}
                        x2={scales.x(mean)}
                        y1={scales.y(low)}
                        y2={scales.y(high)}
                      />
                    )}
                    <circle cx={scales.x(mean)} cy={scales.y(came)} r="4.5" />
                    <circle class="mq-reach" cx={scales.x(mean)} cy={scales.y(came)} r="10" />
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

/** Quantiles of the residual along the prediction; each group of rows can be chosen. */
export function AlongPrediction({ spread, picking }: SpreadProps) {
  const { low, high, rows, q05, q25, median, q75, q95 } = spread;
  const x = axisOf([...low, ...high], "predicted", number);
  const y = axisOf([...q05, ...q95, 0], "predicted − actual", number);
  return (
    <Plot label="Residuals along the prediction" height={HEIGHT} x={x} y={y} parts>
      {(scales) => (
        <>
          <Parts
            label="Groups of rows"
            parts={rows.map((size, place) => {
              const [from, to] = [scales.x(low[place] ?? 0), scales.x(high[place] ?? 0)];
              const width = Math.max(2, to - from - 1);
              const height = (bottom = 0, top = 0) => Math.max(1, scales.y(bottom) - scales.y(top));
              const part = `spread ${place}`;
              return {
                label: `${count(size, "row")} predicted ${number(low[place] ?? 0)} to ${number(high[place] ?? 0)}: half of the residuals from ${number(q25[place] ?? 0)} to ${number(q75[place] ?? 0)}, median ${number(median[place] ?? 0)}`,
                picked: picking.holds(part),
                onPick: () => picking.pick(part, "part", { of: "spread", output: 0, came: null, place }),
                shape: (
                  <>
                    <rect
                      class="mq-outer"
                      x={from}
                      width={width}
                      y={scales.y(q95[place] ?? 0)}
                      height={height(q05[place], q95[place])}
                    />
                    <rect
                      class="mq-inner"
                      x={from}
                      width={width}
                      y={scales.y(q75[place] ?? 0)}
                      height={height(q25[place], q75[place])}
                    />
                    <line
                      class="mq-median"
                      x1={from}
                      x2={from + width}
                      y1={scales.y(median[place] ?? 0)}
                      y2={scales.y(median[place] ?? 0)}
                    />
                  </>
                ),
              };
            })}
          />
          <line class="mq-chance" x1={scales.left} x2={scales.right} y1={scales.y(0)} y2={scales.y(0)} />
        </>
      )}
    </Plot>
  );
}

/** How residuals are spread; the rows selected as outlines. Each bar can be chosen. */
export function Residuals({ spread, picking, selected }: SpreadProps & { selected: SelectedView | null }) {
  const { edges, bars } = spread;
  const all = bars.reduce((sum, one) => sum + one, 0);
  const chosen = selected?.bars ?? null;
  const some = chosen?.reduce((sum, one) => sum + one, 0) ?? 0;
  const share = (place: number) => (bars[place] ?? 0) / all;
  const among = (place: number) => (some ? (chosen?.[place] ?? 0) / some : 0);
  const top = Math.max(...bars.map((_, place) => Math.max(share(place), among(place))));
  const y = axisOf([0, top], "share of rows", (value) => `${Number((100 * value).toPrecision(3))} %`);
  const [first = 0, last = 1] = [edges[0], edges.at(-1)];
  return (
    <Plot
      label="Histogram of residuals"
      height={HEIGHT}
      x={axisOf([first, last], "predicted − actual; the outer bars hold all beyond", number)}
      y={{ ...y, from: 0 }}
      parts
    >
      {(scales) => (
        <>
          <Parts
            label="Bars of rows"
            parts={bars.map((rows, place) => {
              const [from = 0, to = 0] = [edges[place], edges[place + 1]];
              const part = `residuals ${place}`;
              return {
                label: `${count(rows, "row")}, predicted − actual ${number(from)} to ${number(to)}`,
                picked: picking.holds(part),
                onPick: () => picking.pick(part, "part", { of: "residuals", output: 0, came: null, place }),
                shape: (
                  <>
                    <rect
                      class="mq-not-came"
                      x={scales.x(from) + 0.5}
                      width={Math.max(1, scales.x(to) - scales.x(from) - 1)}
                      y={scales.y(share(place))}
                      height={scales.bottom - scales.y(share(place))}
                    />
                    {some > 0 && (
                      <line
                        class="mq-of-selected"
                        x1={scales.x(from)}
                        x2={scales.x(to)}
                        y1={scales.y(among(place))}
                        y2={scales.y(among(place))}
                      />
                    )}
                  </>
                ),
              };
            })}
          />
          <line class="mq-chance" x1={scales.x(0)} x2={scales.x(0)} y1={scales.top} y2={scales.bottom} />
        </>
      )}
    </Plot>
  );
}
