import { useSignal } from "@preact/signals";
import { percent } from "../../components/figures";
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
import { axisOf, Chance, Dots, endsOf, lineThrough, Plot, type Point } from "./plot";

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
              The view of slices compares all columns at once and searches for the worst combinations.
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
  const { metric, start, rows, overall, share } = found;
  const text = (one: number) => (share ? percent(one) : number(one));
  const most = Math.max(...rows);
  const wanted = Math.max(1, Math.ceil(start.length / 5));
  const x = {
    from: -0.5,
    to: start.length - 0.5,
    ticks: start.map((_, place) => place).filter((place) => place % wanted === 0),
    text: (place: number) => start[place] ?? "",
    title: view.period,
  };
  const dots = found.dots.map((dot, place) => ({ ...dot, ...picking.part({ of: "time", place }) }));
  return (
    <Plot
      label={`${metric} by ${view.period}`}
      height={230}
      x={x}
      y={axisOf(endsOf(found.dots, [overall]), metric, text)}
      parts
    >
      {(scales) => {
        const points = found.dots.flatMap(({ at, value }): Point[] => (value === null ? [] : [[at, value]]));
        const half = 0.4 * (scales.x(1) - scales.x(0));
        const height = (size: number) => (34 * size) / most;
        return (
          <>
            {rows.map((size, place) => (
              <rect
                key={start[place]}
                class="mq-period-rows"
                x={scales.x(place) - half}
                width={2 * half}
                y={scales.bottom - height(size)}
                height={height(size)}
              />
            ))}
            {overall !== null && <Chance scales={scales} from={[x.from, overall]} to={[x.to, overall]} />}
            <path class="mq-curve mq-thin" d={lineThrough(points, scales)} />
            <Dots label="Periods" dots={dots} scales={scales} />
          </>
        );
      }}
    </Plot>
  );
}
