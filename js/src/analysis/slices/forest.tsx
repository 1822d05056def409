import type { FiguresView } from "./messages";

/** Where on a common scale a figure stands, 0 to 100. */
export type Scale = (value: number) => number;

/** The scale of several lines of a forest plot, from the lowest to the highest end of an interval. */
export function scaleOf(lines: FiguresView[], share: boolean): Scale {
  const values = lines
    .flatMap(({ value, low, high, rest }) => [value, low, high, rest])
    .filter((value) => value !== null);
  let from = Math.min(...values);
  let to = Math.max(...values);
  const margin = (to - from || Math.abs(to) || 1) * 0.04;
  from = share ? Math.max(0, from - margin) : from - margin;
  to = share ? Math.min(1, to + margin) : to + margin;
  return (value) => (100 * (value - from)) / (to - from);
}

/** What the marks of a forest plot stand for. */
export function Legend({ metric }: { metric: string }) {
  return (
    <p class="mq-forest-legend mq-small">
      <span>
        <span class="mq-forest" aria-hidden="true">
          <i style={{ left: "0", width: "100%" }} />
          <b style={{ left: "50%" }} />
        </span>
        {metric}, 95 % interval
      </span>
      <span>
        <span class="mq-forest" aria-hidden="true">
          <u style={{ left: "0" }} />
        </span>
        the rest
      </span>
    </p>
  );
}

interface ForestProps {
  figures: FiguresView;
  scale: Scale;
  worse: boolean;
}

/** One line of a forest plot: the figure as a dot, its interval as a line, the rest as a tick. */
export function Forest({ figures: { value, low, high, rest }, scale, worse }: ForestProps) {
  return (
    <span class="mq-forest" data-worse={worse} aria-hidden="true">
      {rest !== null && <u style={{ left: `${scale(rest)}%` }} />}
      {low !== null && high !== null && (
        <i style={{ left: `${scale(low)}%`, width: `${scale(high) - scale(low)}%` }} />
      )}
      {value !== null && <b style={{ left: `${scale(value)}%` }} />}
    </span>
  );
}
