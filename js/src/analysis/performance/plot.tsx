import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { DotView } from "./messages";

/** One side of a plot. */
export interface Axis {
  from: number;
  to: number;
  ticks: number[];
  text: (value: number) => string;
  title: string;
}

/** Where values lie on the drawing, in pixels. */
export interface Scales {
  x: (value: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface PlotProps {
  /** What it shows, for those who do not see it. */
  label: string;
  height: number;
  x: Axis;
  y: Axis;
  /** Whether parts of it can be chosen. */
  parts?: boolean;
  children: (scales: Scales) => ComponentChildren;
}

/** Pixels that the axes take. */
export const MARGIN = { left: 58, right: 20, top: 8, bottom: 36 };
const WIDTH = 320;

/** Two axes in the host's colours, and what is drawn between them; as wide as there is room. */
export function Plot({ label, height, x, y, parts = false, children }: PlotProps) {
  const target = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(WIDTH);
  useEffect(() => {
    const element = target.current;
    if (!element) return undefined;
    const resized = new ResizeObserver(() => setWidth(Math.max(160, element.clientWidth || WIDTH)));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const scales: Scales = {
    x: (value) => left + ((value - x.from) / (x.to - x.from || 1)) * (right - left),
    y: (value) => bottom - ((value - y.from) / (y.to - y.from || 1)) * (bottom - top),
    left,
    right,
    top,
    bottom,
  };
  return (
    <div class="mq-plot" ref={target}>
      <svg width={width} height={height} role={parts ? "group" : "img"} aria-label={label}>
        {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it can be focused */}
        <g class="mq-axes" aria-hidden="true">
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={left} x2={right} y1={scales.y(tick)} y2={scales.y(tick)} />
              <text x={left - 6} y={scales.y(tick)} dy="0.32em" text-anchor="end">
                {y.text(tick)}
              </text>
            </g>
          ))}
          {x.ticks.map((tick) => (
            <text key={tick} x={scales.x(tick)} y={bottom + 14} text-anchor="middle">
              {x.text(tick)}
            </text>
          ))}
          <line class="mq-base" x1={left} x2={right} y1={bottom} y2={bottom} />
          <text class="mq-axis-title" x={(left + right) / 2} y={height - 5} text-anchor="middle">
            {x.title}
          </text>
          <text
            class="mq-axis-title"
            transform={`translate(10 ${(top + bottom) / 2}) rotate(-90)`}
            text-anchor="middle"
          >
            {y.title}
          </text>
        </g>
        {children(scales)}
      </svg>
    </div>
  );
}

/** Three to seven round numbers between two ends. */
export function ticksOf(from: number, to: number, wanted = 4): number[] {
  const rough = (to - from) / wanted;
  if (!(rough > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** An axis of round numbers that holds all of these. */
export function axisOf(values: number[], title: string, text: (value: number) => string): Axis {
  const known = values.filter(Number.isFinite);
  let [from, to] = [Math.min(...known), Math.max(...known)];
  if (!(to > from)) [from, to] = [from - (Math.abs(from) || 1) / 2, to + (Math.abs(to) || 1) / 2];
  const margin = (to - from) * 0.03;
  const ticks = ticksOf(from, to);
  return { from: from - margin, to: to + margin, ticks, text, title };
}

/** The axis of shares, 0 to 100 %. */
export const shares = (title: string): Axis => ({
  from: 0,
  to: 1,
  ticks: [0, 0.25, 0.5, 0.75, 1],
  text: (value) => `${Math.round(100 * value)} %`,
  title,
});

export type Point = [x: number, y: number];

/** A line through points. */
export function lineThrough(points: Point[], { x, y }: Scales): string {
  return points
    .map((point, at) => `${at ? "L" : "M"}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`)
    .join("");
}

interface Part {
  label: string;
  picked: boolean;
  shape: ComponentChildren;
  onPick: () => void;
}

/** Parts of a picture to choose from: one stop for Tab, the arrow keys go from one to the next. */
export function Parts({ label, parts }: { label: string; parts: Part[] }) {
  const [active, setActive] = useState(0);
  const stop = Math.min(active, parts.length - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(event.currentTarget as Element).querySelectorAll<SVGElement>("[role=button]")];
    const at = buttons.indexOf(event.target as SVGElement);
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (by !== undefined) buttons[at + by]?.focus();
    else if (event.key === "Enter" || event.key === " ") parts[at]?.onPick();
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: there is no fieldset in a drawing
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it is not interactive, its parts are
    <g
      role="group"
      aria-label={label}
      class={parts.some(({ picked }) => picked) ? "mq-parts mq-some-picked" : "mq-parts"}
      onKeyDown={onKeyDown}
    >
      {parts.map(({ label, picked, shape, onPick }, at) => (
        // biome-ignore lint/a11y/useSemanticElements: there is no button in a drawing
        <g
          key={label}
          role="button"
          class="mq-part"
          tabindex={at === stop ? 0 : -1}
          aria-label={label}
          aria-pressed={picked}
          onFocus={() => setActive(at)}
          onClick={onPick}
        >
          <title>{label}</title>
          {shape}
        </g>
      ))}
    </g>
  );
}

type Dot = DotView & Omit<Part, "shape">;

/** All numbers that a scale of dots must hold. */
export const endsOf = (dots: DotView[], others: (number | null)[]) =>
  [...others, ...dots.flatMap(({ value, low, high }) => [value, low, high])].filter((one) => one !== null);

/** Dots with intervals to choose from, from left to right; all that is nearest across belongs to a dot. */
export function Dots({ label, dots, scales }: { label: string; dots: Dot[]; scales: Scales }) {
  const middle = (a: number, b: number) => (scales.x(a) + scales.x(b)) / 2;
  const parts = dots.map(({ at, value, low, high, ...part }, place) => {
    const [before, after] = [dots[place - 1], dots[place + 1]];
    const from = before ? middle(before.at, at) : scales.left;
    const to = after ? middle(at, after.at) : scales.right;
    const x = scales.x(at);
    const shape = (
      <>
        <rect
          class="mq-reach"
          x={from}
          width={to - from}
          y={scales.top}
          height={scales.bottom - scales.top}
        />
        {low !== null && high !== null && (
          <line class="mq-interval" x1={x} x2={x} y1={scales.y(low)} y2={scales.y(high)} />
        )}
        {value !== null && <circle cx={x} cy={scales.y(value)} r="4" />}
      </>
    );
    return { ...part, shape };
  });
  return <Parts label={label} parts={parts} />;
}

/** A straight dashed line between two points: what chance or no error would give. */
export function Chance({ scales, from, to }: { scales: Scales; from: Point; to: Point }) {
  return <path class="mq-chance" d={lineThrough([from, to], scales)} />;
}
