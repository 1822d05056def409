import { count } from "../../components/figures";
import { number } from "./figures";
import type { SelectedView, SpreadView } from "./messages";
import type { Picking } from "./picking";
import { axisOf, Chance, Dots, endsOf, Parts, Plot, type Point } from "./plot";

interface SpreadProps {
  spread: SpreadView;
  picking: Picking;
}

const HEIGHT = 280;

/** What came against what was predicted: means of groups of rows, and some rows drawn at random. */
export function PredictedActual({ spread, picking, target }: SpreadProps & { target: string }) {
  const dots = spread.dots.map((dot, place) => ({ ...dot, ...picking.part({ of: "spread", place }) }));
  const drawn = spread.drawn as Point[];
  const x = axisOf([...dots.map(({ at }) => at), ...drawn.map(([said]) => said)], "predicted", number);
  const y = axisOf(
    endsOf(
      dots,
      drawn.map(([, came]) => came),
    ),
    target,
    number,
  );
  const [from, to] = [Math.max(x.from, y.from), Math.min(x.to, y.to)];
  return (
    <Plot label={`${target} against predictions`} height={HEIGHT} x={x} y={y} parts>
      {(scales) => (
        <>
          <g class="mq-drawn">
            {drawn.map(([said, came], at) => (
              <circle key={at} cx={scales.x(said)} cy={scales.y(came)} r="1.8" />
            ))}
          </g>
          <Chance scales={scales} from={[from, from]} to={[to, to]} />
          <Dots label="Groups of rows" dots={dots} scales={scales} />
        </>
      )}
    </Plot>
  );
}

/** Quantiles of the residual along the prediction; each group of rows can be chosen. */
export function AlongPrediction({ spread: { boxes }, picking }: SpreadProps) {
  const x = axisOf(
    boxes.flatMap(({ low, high }) => [low, high]),
    "predicted",
    number,
  );
  const y = axisOf([0, ...boxes.flatMap(({ q05, q95 }) => [q05, q95])], "predicted − actual", number);
  return (
    <Plot label="Residuals along the prediction" height={HEIGHT} x={x} y={y} parts>
      {(scales) => (
        <>
          <Parts
            label="Groups of rows"
            parts={boxes.map(({ label, low, high, q05, q25, median, q75, q95 }, place) => {
              const left = scales.x(low);
              const width = Math.max(2, scales.x(high) - left - 1);
              const bar = (name: string, from: number, to: number, least = 1) => (
                <rect
                  class={name}
                  x={left}
                  width={width}
                  y={scales.y(to)}
                  height={Math.max(least, scales.y(from) - scales.y(to))}
                />
              );
              return {
                label,
                ...picking.part({ of: "spread", place }),
                shape: (
                  <>
                    {bar("mq-outer", q05, q95)}
                    {bar("mq-inner", q25, q75)}
                    {bar("mq-median", median, median, 2)}
                  </>
                ),
              };
            })}
          />
          <Chance scales={scales} from={[x.from, 0]} to={[x.to, 0]} />
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
              return {
                label: `${count(rows, "row")}, predicted − actual ${number(from)} to ${number(to)}`,
                ...picking.part({ of: "residuals", place }),
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
          <Chance scales={scales} from={[0, 0]} to={[0, y.to]} />
        </>
      )}
    </Plot>
  );
}
