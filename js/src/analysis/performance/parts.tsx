import { useSignal } from "@preact/signals";
import { count, percent } from "../../components/figures";
import { Picker } from "../../components/picker";
import { Section } from "../../components/section";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import { Lines } from "../slices/lines";
import type { SliceLine } from "../slices/messages";
import { number } from "./figures";
import type { PerformanceView, TimeView } from "./messages";
import type { Picking } from "./picking";
import { axisOf, lineThrough, Parts, Plot } from "./plot";

interface PartsProps {
  linked: Linked<PerformanceView>;
  view: PerformanceView;
  picking: Picking;
}

/** A metric in parts of the rows: the categories of a column, and calendar periods. */
export function ByPart({ linked, view, picking }: PartsProps) {
  const metric = useSignal(view.metric);
  const column = useSignal(0);
  const share = (id: string) => !["log_loss", "brier", "mae", "mse", "bias"].includes(id);
  const of = `${view.threshold} ${metric.value}`;
  const name = view.columns[column.value] ?? "";
  const lines = useAsked<SliceLine[]>(`${of} ${column.value}`, () =>
    linked.ask("column", { column: column.value, metric: metric.value }, 60_000),
  );
  const time = useAsked<TimeView | null>(of, () =>
    view.period ? linked.ask("time", { metric: metric.value }, 60_000) : Promise.resolve(null),
  );
  const measured = view.metrics.find(({ id }) => id === metric.value)?.label ?? "";
  return (
    <>
      <div class="mq-performance-controls">
        <label>
          In parts of the rows, by{" "}
          <select
            class="mq-select"
            value={metric.value}
            onChange={({ currentTarget }) => {
              metric.value = currentTarget.value;
            }}
          >
            {view.metrics.map(({ id, label }) => (
              <option key={id} value={id}>
                {label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="mq-performance-parts">
        {view.period && (
          <Section title={`Over time, by ${view.period}`}>
            <Answered asked={time}>
              {(found) => found && <OverTime found={found} view={view} picking={picking} />}
            </Answered>
          </Section>
        )}
        {view.columns.length > 0 && (
          <Section
            title="By column"
            beside={
              <Picker
                label="Column"
                none=""
                value={String(column.value)}
                choices={view.columns.map((name, place): [string, string] => [String(place), name])}
                onPick={(value) => {
                  column.value = Number(value);
                }}
              />
            }
          >
            <div class="mq-performance-categories">
              <Answered asked={lines}>
                {(found) => (
                  <Lines
                    label={`Categories of ${name}`}
                    lines={found}
                    metric={measured}
                    share={share(metric.value)}
                    chosen={(line) => picking.holds(`category ${column.value} ${found.indexOf(line)}`)}
                    onChoose={(place) =>
                      picking.pick(`category ${column.value} ${place}`, "category", {
                        column: column.value,
                        place,
                      })
                    }
                  />
                )}
              </Answered>
            </div>
            <p class="mq-small">
              Every column at once, and the worst of up to three conditions: the view of slices.
            </p>
          </Section>
        )}
      </div>
    </>
  );
}

interface OverTimeProps {
  found: TimeView;
  view: PerformanceView;
  picking: Picking;
}

function OverTime({ found, view, picking }: OverTimeProps) {
  const { start, rows, value, low, high, overall, label, share } = found;
  const text = (one: number) => (share ? percent(one) : number(one));
  const ends = [...value, ...low, ...high, overall].filter((one) => one !== null);
  const most = Math.max(...rows);
  const wanted = Math.max(1, Math.ceil(start.length / 5));
  const x = {
    from: -0.5,
    to: start.length - 0.5,
    ticks: start.map((_, place) => place).filter((place) => place % wanted === 0),
    text: (place: number) => start[place] ?? "",
    title: view.period,
  };
  return (
    <Plot label={`${label} by ${view.period}`} height={230} x={x} y={axisOf(ends, label, text)} parts>
      {(scales) => {
        const points = value.flatMap((one, place): [number, number][] =>
          one === null ? [] : [[scales.x(place), scales.y(one)]],
        );
        const half = (scales.x(1) - scales.x(0)) / 2;
        return (
          <>
            {overall !== null && (
              <line
                class="mq-chance"
                x1={scales.left}
                x2={scales.right}
                y1={scales.y(overall)}
                y2={scales.y(overall)}
              />
            )}
            <path class="mq-curve mq-thin" d={lineThrough(points)} />
            <Parts
              label="Periods"
              parts={start.map((period, place) => {
                const [one, from, to] = [value[place] ?? null, low[place] ?? null, high[place] ?? null];
                const part = `time ${place}`;
                const interval =
                  from === null || to === null ? "" : `, 95 % interval ${text(from)} to ${text(to)}`;
                const size = (34 * (rows[place] ?? 0)) / most;
                return {
                  label: `${period}: ${label} ${one === null ? "not known" : text(one)}${interval}, ${count(rows[place] ?? 0, "row")}`,
                  picked: picking.holds(part),
                  onPick: () => picking.pick(part, "part", { of: "time", output: 0, came: null, place }),
                  shape: (
                    <>
                      <rect
                        class="mq-reach"
                        x={scales.x(place) - half}
                        width={2 * half}
                        y={scales.top}
                        height={scales.bottom - scales.top}
                      />
                      <rect
                        class="mq-period-rows"
                        x={scales.x(place) - 0.8 * half}
                        width={1.6 * half}
                        y={scales.bottom - size}
                        height={size}
                      />
                      {from !== null && to !== null && (
                        <line
                          class="mq-interval"
                          x1={scales.x(place)}
                          x2={scales.x(place)}
                          y1={scales.y(from)}
                          y2={scales.y(to)}
                        />
                      )}
                      {one !== null && <circle cx={scales.x(place)} cy={scales.y(one)} r="3.5" />}
                    </>
                  ),
                };
              })}
            />
          </>
        );
      }}
    </Plot>
  );
}
