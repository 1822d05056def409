import { Button } from "../../components/button";
import { count, integer } from "../../components/figures";
import { VisibleText } from "../../components/visible-text";
import { Forest, Legend, scaleOf } from "./forest";
import type { SliceLine } from "./messages";

interface LinesProps {
  label: string;
  lines: SliceLine[];
  /** What they are measured by. */
  metric: string;
  /** Whether the metric runs from 0 to 1. */
  share: boolean;
  /** The words of the slice on screen. */
  chosen: (line: SliceLine) => boolean;
  onChoose: (place: number) => void;
  /** Words above the figures, for slices of several conditions; else beside them. */
  stacked?: boolean;
}

/** Slices as lines of a forest plot to choose from; the arrow keys go from one to the next. */
export function Lines({ label, lines, metric, share, chosen, onChoose, stacked = false }: LinesProps) {
  const scale = scaleOf(
    lines.map(({ figures }) => figures),
    share,
  );
  const move = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !(event.currentTarget instanceof HTMLElement)) return;
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const next = buttons[buttons.indexOf(event.target as HTMLButtonElement) + by];
    event.preventDefault();
    next?.focus();
  };
  return (
    <>
      <Legend metric={metric} />
      <ul class={`mq-slice-lines${stacked ? " mq-stacked" : ""}`} aria-label={label} onKeyDown={move}>
        {lines.map((line, place) => (
          <li key={line.label}>
            <Button class="mq-slice-line" aria-pressed={chosen(line)} onClick={() => onChoose(place)}>
              <span class={`mq-slice-words${line.label === "missing" ? " mq-missing" : ""}`}>
                <VisibleText text={line.label} titled />
              </span>
              <span class="mq-slice-value">
                {line.figures.value_text}
                <span class="mq-hidden">
                  {" "}
                  against {line.figures.rest_text} for the rest, {line.figures.difference_text},{" "}
                </span>
              </span>
              <Forest figures={line.figures} scale={scale} worse={line.worse} />
              <span class="mq-small mq-slice-rows">
                {stacked ? count(line.rows, "row") : integer(line.rows)}
                {line.confirmed === true && <span class="mq-slice-confirmed"> ✓ confirmed</span>}
                {line.confirmed === false && " · not confirmed"}
                {stacked && line.confirmed === null && ` · ${line.figures.chance}`}
              </span>
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
