/**
 * A map of places: land, graticule, points to click, a box to drag over several.
 *
 * Degrees are drawn as they are, with longitudes as wide as they are in the middle of the view: so the map is true there,
 * and a box on the screen is a box of degrees.
 */
import land from "../../mlqa_widgets/charts/land.txt";

/** `map_spec` of `mlqa_widgets/charts/maps.py`. */
export interface MapSpec {
  map: {
    latitude: number[];
    longitude: number[];
    rows: number[];
    /** How many places, from the first, offend. */
    flagged: number;
    tracks: [number, number][][];
    /** West, south, east, north: of all places, and of where most are. */
    all: Box;
    most: Box | null;
    note: string;
  };
  height: number;
  params: { name: string; value?: { item: number }[] }[];
}

type Box = [number, number, number, number];
type Listener = (event: unknown, mark: { datum: { item: number; area?: Box } } | null) => void;

/** The part of a Vega view that a chart needs. */
export interface MapView {
  addEventListener(type: "click", listener: Listener): void;
  runAsync(): Promise<void>;
  signal(name: string): { item: number[] };
}

const SVG = "http://www.w3.org/2000/svg";
const UNITS_PER_DEGREE = 20;
const KM_PER_DEGREE = 111.195;
/** How near a point a click must be, in pixels. */
const NEAR = 10;
const DRAGGED = 4;
const SPAN = 0.01;
const STEPS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];

const STYLE = `
.mq-map { position: relative; user-select: none; color: var(--text); font-size: 11px }
.mq-map svg { display: block; width: 100%; border: 1px solid var(--line); border-radius: 4px; cursor: crosshair; touch-action: pan-y }
.mq-map .land { fill: var(--text); fill-opacity: 0.09; stroke: var(--text); stroke-opacity: 0.35; stroke-width: 0.6; fill-rule: evenodd }
.mq-map .grid { stroke: var(--text); stroke-opacity: 0.13; stroke-width: 1; fill: none; shape-rendering: crispEdges }
.mq-map .beyond { fill: var(--ground); fill-opacity: 0.8 }
.mq-map text { fill: var(--muted); font-size: 10px; paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round }
.mq-map .points { fill: none; stroke: #5b86bd; stroke-width: 5px; stroke-linecap: round; stroke-opacity: 0.7 }
.mq-map .edge { fill: none; stroke: var(--ground); stroke-width: 10px; stroke-linecap: round }
.mq-map .flagged { fill: none; stroke: #d1495b; stroke-width: 8px; stroke-linecap: round }
.mq-map .track { fill: none; stroke: #d1495b; stroke-width: 1.2; stroke-dasharray: 5 3; stroke-opacity: 0.8 }
.mq-map .ring { fill: none; stroke: var(--strong); stroke-width: 2 }
.mq-map .box { fill: var(--accent); fill-opacity: 0.12; stroke: var(--accent); stroke-width: 1 }
.mq-map .scale { fill: none; stroke: var(--muted); stroke-width: 1.5 }
.mq-map .zoom { display: flex; gap: 4px }
.mq-map .zoom button { min-width: 24px; height: 24px; padding: 0 7px; border: 1px solid var(--field); border-radius: 4px; background: var(--ground); color: var(--text); font-size: 12px; line-height: 1 }
.mq-map .zoom button:hover { background: var(--tint) }
.mq-map .zoom button:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.mq-map .told { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; padding: 4px 1px 0; color: var(--muted) }
.mq-map .told i { display: inline-block; width: 8px; height: 8px; margin: 0 4px 0 10px; border-radius: 50% }
.mq-map .told i:first-child { margin-left: 0 }
.mq-map .told .under { flex: 1 1 18em; min-height: 18px }
.mq-map .told b { color: var(--text); font-weight: 500 }
`;

interface Look {
  longitude: number;
  latitude: number;
  perDegree: number;
  /** How wide a degree of longitude is, against one of latitude. */
  along: number;
}

/** What a place on the page shows now: it is drawn again when the theme, the width or the choice changes. */
const kept = new WeakMap<HTMLElement, { of: MapSpec["map"]; look: Look | null; brushed: Box | null }>();

/** Whether a chart is to be drawn as a map. */
export function isMap(spec: unknown): spec is MapSpec {
  return typeof spec === "object" && spec !== null && "map" in spec;
}

/** Draw a map in `target`, in place of what is there. */
export function drawMap(target: HTMLElement, spec: MapSpec): { view: MapView; finalize(): void } {
  const { latitude, longitude, rows, flagged, tracks, all, most, note } = spec.map;
  const listeners: Listener[] = [];
  let picked = spec.params.find(({ name }) => name === "pick")?.value?.[0]?.item ?? null;
  const before = kept.get(target);
  const own = before?.of === spec.map ? before : { of: spec.map, look: null, brushed: null };
  kept.set(target, own);
  if (picked !== -1) own.brushed = null;

  const root = document.createElement("div");
  root.className = "mq-map";
  const style = document.createElement("style");
  style.textContent = STYLE;
  const svg = node("svg", { height: String(spec.height) });
  const shapes = {
    land: node("g", { class: "land" }, svg),
    grid: node("path", { class: "grid" }, svg),
    beyond: node("path", { class: "beyond" }, svg),
    tracks: node("path", { class: "track" }, svg),
    points: node("path", { class: "points" }, svg),
    edge: node("path", { class: "edge" }, svg),
    flagged: node("path", { class: "flagged" }, svg),
    labels: node("g", {}, svg),
    scale: node("g", {}, svg),
    ring: node("circle", { class: "ring", r: "8", visibility: "hidden" }, svg),
    box: node("rect", { class: "box", visibility: "hidden" }, svg),
  };
  for (const turn of [-360, 0, 360]) {
    node(
      "path",
      {
        d: land,
        "vector-effect": "non-scaling-stroke",
        transform: `translate(${turn * UNITS_PER_DEGREE} 0)`,
      },
      shapes.land,
    );
  }
  const zoom = document.createElement("div");
  zoom.className = "zoom";
  const told = document.createElement("div");
  told.className = "told";
  const legend = document.createElement("span");
  const under = document.createElement("span");
  under.className = "under";
  under.setAttribute("aria-live", "polite");
  told.append(legend, under, zoom);
  root.append(style, svg, told);
  target.replaceChildren(root);
  // A picture holds nothing to press.
  target.setAttribute("role", "group");
  const key = (color: string, words: string) => {
    const dot = document.createElement("i");
    dot.style.background = color;
    legend.append(dot, words);
  };
  if (flagged > 0) key("#d1495b", "offending");
  if (flagged < latitude.length) key("#5b86bd", "others");
  if (note) legend.append(` (${note})`);

  const wide = () => svg.clientWidth || root.clientWidth || 600;
  const view: Look = { longitude: 0, latitude: 0, perDegree: 1, along: 1 };
  const frame = ([west, south, east, north]: Box) => {
    view.longitude = (west + east) / 2;
    view.latitude = Math.max(-75, Math.min(75, (south + north) / 2));
    view.along = Math.cos((view.latitude * Math.PI) / 180);
    const across = Math.max(east - west, SPAN) * view.along;
    const up = Math.max(north - south, SPAN);
    view.perDegree = Math.min((wide() - 60) / across, (spec.height - 60) / up);
    clamp();
  };
  const clamp = () => {
    const least = Math.min(wide() / 360, spec.height / 180);
    view.perDegree = Math.max(least, Math.min(view.perDegree, 40_000));
    view.along = Math.cos((view.latitude * Math.PI) / 180);
  };
  const turned = (lon: number) => around(lon - view.longitude);
  const x = (lon: number) => wide() / 2 + turned(lon) * view.perDegree * view.along;
  const y = (lat: number) => spec.height / 2 - (lat - view.latitude) * view.perDegree;
  const placeAt = (px: number, py: number): [number, number] => [
    view.longitude + (px - wide() / 2) / (view.perDegree * view.along),
    Math.max(-90, Math.min(90, view.latitude - (py - spec.height / 2) / view.perDegree)),
  ];

  const dots = (from: number, to: number) => {
    let d = "";
    for (let i = from; i < to; i++) {
      const [px, py] = [x(longitude[i] ?? 0), y(latitude[i] ?? 0)];
      if (px > -9 && px < wide() + 9 && py > -9 && py < spec.height + 9)
        d += `M${px.toFixed(1)} ${py.toFixed(1)}h0`;
    }
    return d;
  };

  const draw = () => {
    const width = wide();
    const [kx, ky] = [(view.perDegree * view.along) / UNITS_PER_DEGREE, view.perDegree / UNITS_PER_DEGREE];
    const [left, top] = [
      width / 2 - view.longitude * view.perDegree * view.along,
      spec.height / 2 + view.latitude * view.perDegree,
    ];
    shapes.land.setAttribute("transform", `translate(${left} ${top}) scale(${kx} ${-ky})`);
    drawGrid();
    drawScale();
    const side = Math.max(0, width / 2 - 180 * view.perDegree * view.along);
    shapes.beyond.setAttribute(
      "d",
      `M0 0H${side}V${spec.height}H0zM${width} 0H${width - side}V${spec.height}H${width}z`,
    );
    shapes.points.setAttribute("d", dots(flagged, latitude.length));
    const offending = dots(0, flagged);
    shapes.edge.setAttribute("d", offending);
    shapes.flagged.setAttribute("d", offending);
    shapes.tracks.setAttribute("d", tracks.map(line).join(""));
    drawChosen();
  };
  const line = (track: [number, number][]) => {
    let before: number | null = null;
    return track
      .map(([lat, lon]) => {
        const px = x(lon);
        const broken = before === null || Math.abs(px - before) > 180 * view.perDegree * view.along;
        before = px;
        return `${broken ? "M" : "L"}${px.toFixed(1)} ${y(lat).toFixed(1)}`;
      })
      .join("");
  };
  const drawGrid = () => {
    const width = wide();
    const step = STEPS.find((one) => one * view.perDegree * view.along >= 75) ?? 60;
    const [west, north] = placeAt(0, 0);
    const [east, south] = placeAt(width, spec.height);
    const digits = Math.max(0, Math.ceil(-Math.log10(step)));
    let d = "";
    shapes.labels.replaceChildren();
    for (let lon = Math.ceil(west / step) * step; lon <= east; lon += step) {
      const px = width / 2 + (lon - view.longitude) * view.perDegree * view.along;
      d += `M${px.toFixed(1)} 0V${spec.height}`;
      const onGlobe = Math.abs(lon - view.longitude) <= 180;
      if (onGlobe && px > 90 && px < width - 24) {
        label(px, spec.height - 5, "middle", degrees(around(lon), digits, "E", "W"));
      }
    }
    for (let lat = Math.ceil(south / step) * step; lat <= north; lat += step) {
      const py = y(lat);
      d += `M0 ${py.toFixed(1)}H${width}`;
      if (py > 10 && py < spec.height - 34) label(4, py + 3, "start", degrees(lat, digits, "N", "S"));
    }
    shapes.grid.setAttribute("d", d);
  };
  const label = (px: number, py: number, anchor: string, text: string) => {
    node("text", { x: px.toFixed(1), y: py.toFixed(1), "text-anchor": anchor }, shapes.labels).textContent =
      text;
  };
  const drawScale = () => {
    const km = (110 / view.perDegree) * KM_PER_DEGREE;
    const power = 10 ** Math.floor(Math.log10(km));
    const nice = [5, 2, 1].find((one) => one * power <= km) ?? 1;
    const length = (nice * power * view.perDegree) / KM_PER_DEGREE;
    const words =
      nice * power >= 1
        ? `${(nice * power).toLocaleString("en")} km`
        : `${Math.round(nice * power * 1000)} m`;
    const base = spec.height - 8;
    shapes.scale.replaceChildren();
    node("path", { class: "scale", d: `M8 ${base - 4}v4h${length.toFixed(1)}v-4` }, shapes.scale);
    node("text", { x: "8", y: String(base - 7) }, shapes.scale).textContent = words;
  };
  const drawChosen = () => {
    const shown = picked !== null && picked >= 0;
    shapes.ring.setAttribute("visibility", shown ? "visible" : "hidden");
    if (shown)
      place(shapes.ring, { cx: x(longitude[picked as number] ?? 0), cy: y(latitude[picked as number] ?? 0) });
    shapes.box.setAttribute("visibility", own.brushed ? "visible" : "hidden");
    if (own.brushed) {
      const [west, south, east, north] = own.brushed;
      const [px, py] = [x(west), y(north)];
      const across = ((east - west + 360) % 360) * view.perDegree * view.along;
      place(shapes.box, { x: px, y: py, width: across, height: y(south) - py });
    }
  };

  const nearest = (px: number, py: number): number | null => {
    let best = NEAR;
    let found: number | null = null;
    for (let i = 0; i < latitude.length; i++) {
      const away = Math.hypot(x(longitude[i] ?? 0) - px, y(latitude[i] ?? 0) - py) - (i < flagged ? 3 : 0);
      if (away < best) [best, found] = [away, i];
    }
    return found;
  };
  const say = (item: number | null) => {
    under.replaceChildren();
    if (item === null) {
      if (listeners.length > 0) under.textContent = "Click a place, or drag over several.";
      return;
    }
    const strong = document.createElement("b");
    strong.textContent = `${degrees(latitude[item] ?? 0, 5, "N", "S")}, ${degrees(longitude[item] ?? 0, 5, "E", "W")}`;
    const many = rows[item] ?? 0;
    under.append(strong, ` · ${many.toLocaleString("en")} ${many === 1 ? "row" : "rows"}`);
  };
  const tell = (item: number | null, area?: Box) => {
    for (const listener of listeners) {
      listener({}, item === null ? null : { datum: { item, ...(area ? { area } : {}) } });
    }
  };

  let from: [number, number] | null = null;
  let moved: { longitude: number; latitude: number } | null = null;
  const at = (event: PointerEvent): [number, number] => {
    const { left, top } = svg.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };
  const boxOf = ([ax, ay]: [number, number], [bx, by]: [number, number]): Box => {
    const [west, north] = placeAt(Math.min(ax, bx), Math.min(ay, by));
    const [east, south] = placeAt(Math.max(ax, bx), Math.max(ay, by));
    return east - west >= 360 ? [-180, south, 180, north] : [around(west), south, around(east), north];
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    from = at(event);
    moved = event.shiftKey ? { longitude: view.longitude, latitude: view.latitude } : null;
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    const now = at(event);
    if (!from) {
      say(nearest(...now));
      return;
    }
    if (moved) {
      view.longitude = moved.longitude - (now[0] - from[0]) / (view.perDegree * view.along);
      view.latitude = Math.max(-85, Math.min(85, moved.latitude + (now[1] - from[1]) / view.perDegree));
      clamp();
      own.look = view;
      draw();
    } else if (Math.hypot(now[0] - from[0], now[1] - from[1]) > DRAGGED) {
      own.brushed = boxOf(from, now);
      drawChosen();
    }
  });
  svg.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [start, end] = [from, at(event)];
    from = null;
    if (moved) return;
    if (Math.hypot(end[0] - start[0], end[1] - start[1]) > DRAGGED) {
      own.brushed = boxOf(start, end);
      picked = -1;
      drawChosen();
      tell(-1, own.brushed);
      return;
    }
    const item = nearest(...end);
    own.brushed = null;
    picked = item === picked ? null : item;
    drawChosen();
    tell(item);
  });
  svg.addEventListener("pointercancel", () => {
    from = null;
  });
  svg.addEventListener("pointerleave", () => say(null));

  const scaled = (factor: number) => () => {
    view.perDegree *= factor;
    clamp();
    own.look = view;
    draw();
  };
  const shown = (box: Box) => () => {
    frame(box);
    own.look = box === all ? null : view;
    draw();
  };
  const choices: [string, string, () => void][] = [
    ["+", "Zoom in", () => (own.brushed ? shown(unwrapped(own.brushed))() : scaled(2)())],
    ["−", "Zoom out", scaled(0.5)],
    ["All", "Show all places", shown(all)],
  ];
  if (most) choices.push(["Most", "Show where most places are", shown(most)]);
  for (const [words, title, act] of choices) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = words;
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
    zoom.append(button);
  }

  if (own.look) Object.assign(view, own.look);
  else frame(all);
  draw();
  say(null);
  return {
    view: {
      addEventListener: (_type, listener) => {
        listeners.push(listener);
        say(null);
      },
      runAsync: () => Promise.resolve(),
      signal: () => ({ item: picked === null ? [] : [picked] }),
    },
    finalize: () => root.remove(),
  };
}

function unwrapped([west, south, east, north]: Box): Box {
  return [west, south, east < west ? east + 360 : east, north];
}

function around(longitude: number): number {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

function degrees(value: number, digits: number, positive: string, negative: string): string {
  const size = Number(Math.abs(value).toFixed(digits));
  return `${digits > 3 ? size : size.toFixed(digits)}°${size === 0 ? "" : ` ${value > 0 ? positive : negative}`}`;
}

function node<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
  parent?: Element,
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  parent?.append(made);
  return made;
}

function place(shape: Element, figures: Record<string, number>): void {
  for (const [name, value] of Object.entries(figures)) shape.setAttribute(name, value.toFixed(1));
}
