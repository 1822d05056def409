import { useSignal } from "@preact/signals";
import { Button } from "../../components/button";
import { count } from "../../components/figures";
import { VisibleText } from "../../components/visible-text";
import { minus, signed } from "./contribution";
import type { BarView, WaterfallView } from "./messages";

interface WaterfallProps {
  waterfall: WaterfallView;
  /** What stands at the beginning and at the end. */
  from: string;
  to: string;
}

/** From what is usual to what is said of the row: a bar for each column. */
export function Waterfall({ waterfall, from, to }: WaterfallProps) {
  const { base, output, begins, ends, bars, others, method, notes } = waterfall;
  const all = useSignal(false);
  const reach = (bar: BarView) => [bar.end - 2 * bar.error, bar.end + 2 * bar.error];
  const places = [base, output, ...bars.flatMap(({ start, end }) => [start, end]), ...bars.flatMap(reach)];
  const low = Math.min(...places);
  const span = Math.max(...places) - low || 1;
  const at = (value: number) => (100 * (value - low)) / span;
  const rest = bars.at(-1);
  return (
    <>
      <ul class="mq-waterfall">
        <End label={from} words={begins} at={at(base)} />
        {bars.map((bar) => (
          <Line key={bar.column} bar={bar} at={at} />
        ))}
        {all.value &&
          rest &&
          others.map((bar) => (
            <Line
              key={bar.column}
              bar={{ ...bar, start: rest.start, end: rest.start + bar.contribution }}
              at={at}
              small
            />
          ))}
        <End label={to} words={ends} at={at(output)} />
      </ul>
      {others.length > 0 && (
        <Button
          class="mq-link mq-small"
          aria-expanded={all.value}
          onClick={() => {
            all.value = !all.value;
          }}
        >
          {all.value ? "Hide" : "Show"} {count(others.length, "other column")}
        </Button>
      )}
      <p class="mq-small mq-method">
        Contributions {method.join("; ")}.{" "}
        {bars.some(({ error }) => error > 0) && "Thin lines: two standard errors. "}
        {notes.join(" ")}
      </p>
    </>
  );
}

function End({ label, words, at }: { label: string; words: string; at: number }) {
  return (
    <li class="mq-waterfall-end">
      <span class="mq-waterfall-label">{label}</span>
      <span class="mq-waterfall-track">
        <i style={{ left: `${at}%` }} />
        <em style={at > 50 ? { right: `${100 - at}%` } : { left: `${at}%` }}>{minus(words)}</em>
      </span>
    </li>
  );
}

function Line({ bar, at, small = false }: { bar: BarView; at: (value: number) => number; small?: boolean }) {
  const { column, label, value, contribution, error, start, end } = bar;
  const [left, right] = [Math.min(at(start), at(end)), Math.max(at(start), at(end))];
  const exact = error === 0;
  return (
    <li
      class={small || column === null ? "mq-quiet" : ""}
      title={exact ? undefined : `${signed(contribution)} ± ${signed(error).slice(1)} (standard error)`}
    >
      <span class="mq-waterfall-label">
        <VisibleText text={label} titled /> {value && <Value text={value} />}
      </span>
      <span class="mq-waterfall-track" data-adds={contribution >= 0}>
        <span style={{ left: `${left}%`, width: `${right - left}%` }} />
        {!exact && (
          <b
            style={{
              left: `${at(end - 2 * error)}%`,
              width: `${at(end + 2 * error) - at(end - 2 * error)}%`,
            }}
          />
        )}
      </span>
      <span class="mq-figure">{signed(contribution)}</span>
    </li>
  );
}

/** A value in the user's words; one that is missing stands apart. */
export function Value({ text }: { text: string | null }) {
  if (text === null || text === "missing") return <span class="mq-missing">missing</span>;
  return (
    <strong>
      <VisibleText text={text} titled />
    </strong>
  );
}
