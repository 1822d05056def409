import { useSignal } from "@preact/signals";
import { Button } from "../../components/button";
import { VisibleText } from "../../components/visible-text";
import type { ImportanceLine, ImportanceView, MeasureView, RelianceView } from "./messages";

type Measure = "permutation" | "shap" | "own";

interface LinesProps {
  view: ImportanceView;
  /** What the model relies on for the selected rows. */
  here: RelianceView | null;
  /** Position of the feature on screen. */
  opened: number;
  onOpen: (place: number) => void;
}

const FIRST = 30;

/** Features and groups with their measures side by side; a feature is opened by a click, the arrow keys go along. */
export function Lines({ view, here, opened, onOpen }: LinesProps) {
  const all = useSignal(false);
  const by = useSignal<Measure | null>(null);
  const measures = (["permutation", "shap", "own"] as const).filter((name) =>
    view.lines.some((line) => line[name]),
  );
  const lines = by.value ? sorted(view.lines, by.value) : view.lines;
  const shown = all.value ? lines : lines.slice(0, FIRST);
  const scales = Object.fromEntries(measures.map((name) => [name, scaleOf(view.lines, name, here)]));
  return (
    <div class="mq-measures" style={{ "--measures": measures.length }}>
      <div class="mq-measure-heads">
        <span class="mq-small">feature</span>
        {measures.map((name) => (
          <Button
            key={name}
            class="mq-measure-head"
            aria-pressed={name === (by.value ?? measures[0])}
            title={`Order by ${HEADS[name]}`}
            onClick={() => {
              by.value = name;
            }}
          >
            <b>{HEADS[name]}</b>
            <span class="mq-small">{unit(view, name)}</span>
          </Button>
        ))}
      </div>
      <ul aria-label="Features" onKeyDown={along}>
        {shown.map((line) => (
          <li key={line.place < 0 ? line.name : line.place} data-group={line.place < 0}>
            <Line line={line} view={view} opened={opened} onOpen={onOpen}>
              {measures.map((name) => (
                <Bar
                  key={name}
                  measure={line[name]}
                  scale={scales[name] ?? [0, 1]}
                  dot={name === "permutation"}
                  here={name === "shap" ? here?.lines[line.place] : undefined}
                />
              ))}
            </Line>
          </li>
        ))}
      </ul>
      {lines.length > shown.length && (
        <Button
          class="mq-button mq-more"
          onClick={() => {
            all.value = true;
          }}
        >
          Show {lines.length - shown.length} more
        </Button>
      )}
      {view.own_missing && <p class="mq-small mq-measure-note">{view.own_missing}</p>}
      {lines.some((line) => line.permutation && !line.permutation.clear) && (
        <p class="mq-small mq-measure-note">Grey: not told from zero.</p>
      )}
    </div>
  );
}

const HEADS = { permutation: "Permutation", shap: "Contributions", own: "Its own" };

function unit(view: ImportanceView, measure: Measure): string {
  if (measure === "permutation") return `${view.metric_label} worsens by`;
  return measure === "shap" ? `mean size, ${view.space}` : view.own_label;
}

interface LineProps {
  line: ImportanceLine;
  view: ImportanceView;
  opened: number;
  onOpen: (place: number) => void;
  children: preact.ComponentChildren;
}

function Line({ line, opened, onOpen, children }: LineProps) {
  const unclear = line.permutation !== null && !line.permutation.clear;
  if (line.place < 0) {
    return (
      <div class="mq-measure-line" data-unclear={unclear}>
        <span class="mq-measure-name" title={line.name}>
          <VisibleText text={line.name} /> <span class="mq-small">{line.note}</span>
        </span>
        {children}
      </div>
    );
  }
  return (
    <Button
      class="mq-measure-line"
      data-unclear={unclear}
      data-member={line.group >= 0}
      aria-pressed={line.place === opened}
      title={line.why || undefined}
      onClick={() => onOpen(line.place)}
    >
      <span class="mq-measure-name">
        <VisibleText text={line.name} titled />
        {line.why && line.group < 0 && (
          <span class="mq-measure-differs" title={line.why}>
            {" "}
            ≠<span class="mq-hidden"> measures differ</span>
          </span>
        )}
      </span>
      {children}
    </Button>
  );
}

interface BarProps {
  measure: MeasureView | null;
  scale: [number, number];
  /** A dot on its interval in place of a bar. */
  dot: boolean;
  here: { value: number; low: number; high: number; text: string } | undefined;
}

function Bar({ measure, scale: [low, high], dot, here }: BarProps) {
  if (!measure) return <span class="mq-small">…</span>;
  const at = (value: number) => (100 * (value - low)) / (high - low || 1);
  const from = Math.min(at(0), at(measure.value));
  const bar = { left: `${from}%`, width: `${Math.abs(at(measure.value) - at(0))}%` };
  return (
    <span class="mq-measure">
      <span class="mq-measure-bar" data-dot={dot} data-clear={measure.clear} aria-hidden="true">
        {low < 0 && <u style={{ left: `${at(0)}%` }} />}
        <i style={bar} />
        {measure.low !== null && measure.high !== null && (
          <b style={{ left: `${at(measure.low)}%`, width: `${at(measure.high) - at(measure.low)}%` }} />
        )}
        {here && (
          <s
            title={`selected rows: ${here.text}`}
            style={{ left: `${at(here.low)}%`, width: `${at(here.high) - at(here.low)}%` }}
          />
        )}
      </span>
      <span
        class="mq-measure-text"
        title={`${measure.rank_text}${measure.interval_text ? `; 95 % interval ${measure.interval_text}` : ""}`}
      >
        {measure.text}
        {!measure.clear && <span class="mq-hidden"> not told from zero</span>}
        {here && <span class="mq-hidden"> selected rows: {here.text}</span>}
      </span>
    </span>
  );
}

function scaleOf(lines: ImportanceLine[], measure: Measure, here: RelianceView | null): [number, number] {
  const ends = lines.flatMap((line) => {
    const found = line[measure];
    return found ? [found.value, found.low ?? found.value, found.high ?? found.value] : [];
  });
  if (measure === "shap") ends.push(...(here?.lines.map(({ high }) => high) ?? []));
  return [Math.min(0, ...ends), Math.max(1e-12, ...ends)];
}

/** Lines by one measure, members of a group after it. */
function sorted(lines: ImportanceLine[], measure: Measure): ImportanceLine[] {
  const value = (line: ImportanceLine) => line[measure]?.value ?? Number.NEGATIVE_INFINITY;
  const heads = lines.filter(({ place, group }) => place < 0 || group < 0);
  const byValue = (one: ImportanceLine, other: ImportanceLine) => value(other) - value(one);
  return heads
    .sort(byValue)
    .flatMap((head) =>
      head.place < 0
        ? [head, ...lines.filter(({ place, group }) => place >= 0 && group === head.group).sort(byValue)]
        : [head],
    );
}

function along(event: KeyboardEvent) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !(event.currentTarget instanceof HTMLElement)) return;
  const buttons = [...event.currentTarget.querySelectorAll("button")];
  event.preventDefault();
  buttons[buttons.indexOf(event.target as HTMLButtonElement) + by]?.focus();
}
