import type { Config } from "vega-lite";

/** Where each host says which theme it shows; the names are theirs. */
const HOST_ATTRIBUTES = [
  "data-jp-theme-light",
  "data-jp-theme-name",
  "data-vscode-theme-kind",
  "data-theme",
  "class",
  "style",
];

const PALETTE = {
  light: { text: "#1f1f1f", line: "#d0d0d0", mark: "#1976d2" },
  dark: { text: "#e8e8e8", line: "#5a5a5a", mark: "#64b5f6" },
};

/**
 * Whether the host shows `element` on a dark ground.
 *
 * Asks, in this order, what VS Code says, what JupyterLab says, the brightness of the text colour that `element`
 * inherits, and the system's preference, which is not the notebook's and so comes last.
 */
export function isDark(element: Element): boolean {
  const { vscodeThemeKind, jpThemeLight } = document.body.dataset;
  if (vscodeThemeKind) return !vscodeThemeKind.endsWith("light");
  if (jpThemeLight) return jpThemeLight === "false";
  const brightness = luma(getComputedStyle(element).color);
  if (brightness !== undefined && brightness > 180) return true;
  if (brightness !== undefined && brightness < 75) return false;
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Rec. 601 luma, 0 to 255, of a computed `rgb(…)` colour. */
function luma(color: string): number | undefined {
  const channels = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(color);
  if (!channels) return undefined;
  const [red, green, blue] = channels.slice(1).map(Number) as [number, number, number];
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** A Vega-Lite config in the host's own colours and fonts, read from its `--jp-*` properties. */
export function vegaConfig(element: Element): Config {
  const style = getComputedStyle(element);
  const property = (name: string, otherwise: string) => style.getPropertyValue(name).trim() || otherwise;
  const palette = isDark(element) ? PALETTE.dark : PALETTE.light;
  const text = property("--jp-content-font-color1", palette.text);
  const line = property("--jp-border-color2", palette.line);
  return {
    background: "transparent",
    font: property("--jp-ui-font-family", "system-ui, sans-serif"),
    view: { stroke: "transparent" },
    mark: { color: property("--jp-brand-color1", palette.mark) },
    axis: { labelColor: text, titleColor: text, domainColor: line, tickColor: line, gridColor: line },
    legend: { labelColor: text, titleColor: text },
    header: { labelColor: text, titleColor: text },
    title: { color: text },
  };
}

/** Call `redraw` whenever the host or the system switches theme, until `abort`. */
export function onThemeChange(redraw: () => void, abort: AbortSignal): void {
  const watch = new MutationObserver(redraw);
  for (const element of [document.documentElement, document.body]) {
    watch.observe(element, { attributes: true, attributeFilter: HOST_ATTRIBUTES });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw, { signal: abort });
  abort.addEventListener("abort", () => watch.disconnect());
}
