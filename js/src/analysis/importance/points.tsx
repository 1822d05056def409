import { useEffect, useMemo, useRef, useState } from "preact/hooks";

/** Where each point stands, in pixels; NaN for one that is not drawn. */
export interface Places {
  x: Float32Array;
  y: Float32Array;
}

interface PointsProps {
  /** What the points are, for those who do not see them. */
  label: string;
  height: number;
  /** Where the points stand in a width; stable as long as they are the same. */
  place: (width: number) => Places;
  colours: string[];
  /** A point in words. */
  describe: (point: number) => string;
  /** The point in focus; -1 for none. */
  focused: number;
  /** The points selected; null where nothing is. */
  chosen: ReadonlySet<number> | null;
  onPick: (point: number) => void;
  /** A stretch was chosen, from and to a place in pixels of a width. */
  onSpan?: ((from: number, to: number, width: number) => void) | undefined;
  /** Half the length of a line through each point, in pixels. */
  errors?: Float32Array | null;
  /** What is drawn behind. */
  children?: preact.ComponentChildren;
}

const RADIUS = 2.4;
const REACH = 9;
const DRAG = 5;

/**
 * Many points: a click takes one, a drag a stretch of them.
 *
 * By keyboard the arrows go from point to point from left to right, with Shift they stretch, Enter takes.
 */
export function Points(props: PointsProps) {
  const { label, height, place, colours, describe, focused, chosen, onPick, onSpan, errors, children } =
    props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [cursor, setCursor] = useState(-1);
  const [pointed, setPointed] = useState(-1);
  const [span, setSpan] = useState<[number, number] | null>(null);
  const places = useMemo(() => (width > 0 ? place(width) : null), [place, width]);
  const order = useMemo(() => (places ? leftToRight(places) : []), [places]);

  useEffect(() => {
    const element = canvas.current?.parentElement;
    if (!element) return undefined;
    const measure = () => setWidth(Math.floor(element.clientWidth));
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    measure();
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    if (canvas.current && places)
      draw(canvas.current, width, height, places, colours, focused, chosen, errors);
  }, [places, colours, focused, chosen, height, errors, width]);

  const near = (event: { clientX: number; clientY: number }) => {
    const box = canvas.current?.getBoundingClientRect();
    return places && box ? nearest(places, event.clientX - box.left, event.clientY - box.top) : -1;
  };
  const left = (event: { clientX: number }) => {
    const box = canvas.current?.getBoundingClientRect();
    return box ? Math.min(width, Math.max(0, event.clientX - box.left)) : 0;
  };
  const start = useRef<number | null>(null);
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    start.current = left(event);
    canvas.current?.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent) => {
    const from = start.current;
    if (from !== null && onSpan && Math.abs(left(event) - from) > DRAG) setSpan([from, left(event)]);
    else setPointed(near(event));
  };
  const up = (event: PointerEvent) => {
    if (start.current === null) return;
    start.current = null;
    const found = near(event);
    if (span) onSpan?.(Math.min(...span), Math.max(...span), width);
    else if (found >= 0) onPick(found);
    setSpan(null);
  };

  const stretch = useRef(-1);
  const key = (event: KeyboardEvent) => {
    const at = order.indexOf(cursor);
    const last = order.length - 1;
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      PageDown: at + 50,
      PageUp: at - 50,
      Home: 0,
      End: last,
    }[event.key];
    if (to !== undefined) {
      const next = order[Math.min(last, Math.max(0, to))] ?? -1;
      if (event.shiftKey && onSpan && places) {
        if (stretch.current < 0) stretch.current = cursor < 0 ? next : cursor;
        setSpan([places.x[stretch.current] ?? 0, places.x[next] ?? 0]);
      } else {
        stretch.current = -1;
        setSpan(null);
      }
      setCursor(next);
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey && cursor >= 0) {
      if (span) onSpan?.(Math.min(...span) - 0.01, Math.max(...span) + 0.01, width);
      else onPick(cursor);
      stretch.current = -1;
      setSpan(null);
      event.preventDefault();
    } else if (event.key === "Escape" && span) {
      stretch.current = -1;
      setSpan(null);
      event.preventDefault();
    }
  };

  const shown = pointed >= 0 ? pointed : cursor;
  const x = shown >= 0 && places ? (places.x[shown] ?? 0) : 0;
  const y = shown >= 0 && places ? (places.y[shown] ?? 0) : 0;
  return (
    <div class="mq-points" style={{ height: `${height}px` }}>
      {children}
      <canvas
        ref={canvas}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={1}
        aria-valuemax={Math.max(1, order.length)}
        aria-valuenow={Math.max(1, order.indexOf(cursor) + 1)}
        aria-valuetext={cursor >= 0 ? describe(cursor) : "no point"}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerLeave={() => setPointed(-1)}
        onKeyDown={key}
        onBlur={() => {
          setCursor(-1);
          setSpan(null);
        }}
      />
      {span && (
        <span
          class="mq-points-span"
          style={{ left: `${Math.min(...span)}px`, width: `${Math.abs(span[1] - span[0])}px` }}
        />
      )}
      {shown >= 0 && (
        <>
          <span class="mq-points-ring" style={{ left: `${x}px`, top: `${y}px` }} />
          <span
            class="mq-points-words"
            data-left={x > width / 2}
            style={
              x > width / 2
                ? { right: `${width - x + 8}px`, top: `${y}px` }
                : { left: `${x + 8}px`, top: `${y}px` }
            }
          >
            {describe(shown)}
          </span>
        </>
      )}
    </div>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  { x, y }: Places,
  colours: string[],
  focused: number,
  chosen: ReadonlySet<number> | null,
  errors: Float32Array | null | undefined,
) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  context.scale(ratio, ratio);
  const dot = (point: number, radius: number) => {
    context.beginPath();
    context.arc(x[point] ?? 0, y[point] ?? 0, radius, 0, 2 * Math.PI);
    context.fill();
  };
  if (errors) {
    context.globalAlpha = 0.18;
    for (let point = 0; point < x.length; point++) {
      context.fillStyle = colours[point] ?? "";
      const half = errors[point] ?? 0;
      context.fillRect((x[point] ?? 0) - 1, (y[point] ?? 0) - half, 2, 2 * half);
    }
  }
  for (let point = 0; point < x.length; point++) {
    if (Number.isNaN(x[point]) || chosen?.has(point)) continue;
    context.globalAlpha = chosen ? 0.15 : 0.75;
    context.fillStyle = colours[point] ?? "";
    dot(point, RADIUS);
  }
  context.globalAlpha = 1;
  for (const point of chosen ?? []) {
    context.fillStyle = colours[point] ?? "";
    dot(point, RADIUS + 0.3);
  }
  if (focused >= 0 && !Number.isNaN(x[focused])) {
    context.fillStyle = colours[focused] ?? "";
    dot(focused, RADIUS + 1.5);
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

function nearest({ x, y }: Places, left: number, top: number): number {
  let [found, closest] = [-1, REACH * REACH];
  for (let point = 0; point < x.length; point++) {
    const apart = ((x[point] ?? 0) - left) ** 2 + ((y[point] ?? 0) - top) ** 2;
    if (apart < closest) [found, closest] = [point, apart];
  }
  return found;
}

function leftToRight({ x }: Places): number[] {
  return Array.from(x, (_, point) => point)
    .filter((point) => !Number.isNaN(x[point]))
    .sort((one, other) => (x[one] ?? 0) - (x[other] ?? 0));
}

/** Points of a swarm: each at its number, beside those that stand there already. */
export function swarm(numbers: Float32Array, at: (number: number) => number, height: number): Places {
  const x = new Float32Array(numbers.length).fill(Number.NaN);
  const y = new Float32Array(numbers.length).fill(height / 2);
  const heaps = new Map<number, number[]>();
  numbers.forEach((number, point) => {
    if (Number.isNaN(number)) return;
    const place = at(number);
    x[point] = place;
    const heap = Math.round(place / 3);
    const inside = heaps.get(heap);
    if (inside) inside.push(point);
    else heaps.set(heap, [point]);
  });
  const room = height / 2 - RADIUS - 1;
  for (const heap of heaps.values()) {
    const step = Math.min(2.6, (2 * room) / Math.max(1, heap.length));
    heap.forEach((point, turn) => {
      const side = turn % 2 ? 1 : -1;
      y[point] = height / 2 + side * Math.ceil(turn / 2) * step;
    });
  }
  return { x, y };
}
