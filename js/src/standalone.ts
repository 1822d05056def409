/**
 * The script of a page exported by `Scan.to_html`: the notebook's view of a scan, without a kernel.
 *
 * The page holds, in this order:
 *
 *     <meta name="color-scheme" content="light dark">
 *     <style>                                             static/scan.css
 *     <div id="mlqa">                                     the static view, for readers without scripts; replaced
 *     <script type="application/json" id="mlqa-scan">     {"view", "details", "rows"}, as below
 *     <script type="text/plain" id="mlqa-vega">           static/vega-runtime.js; may be left out where no detail
 *                                                         has a chart
 *     <script type="module">                              static/standalone.js
 *
 * In the JSON every `<` is written `\u003c`; in the two scripts every `</script` is written `<\/script` and every
 * `<!--` is written `<\!--`, which mean the same inside the strings they stand in.
 */
import { mount } from "./host";
import scan from "./scan";
import { answersFrom, type ExportedScan, exportedTraits } from "./scan/exported";

function contents(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

/** Loaded when the first chart is drawn. A page opened from a disk can import from nowhere but a blob. */
async function vega() {
  const url = URL.createObjectURL(new Blob([contents("mlqa-vega")], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const page: ExportedScan = JSON.parse(contents("mlqa-scan"));
const target = document.getElementById("mlqa");
if (!target) throw new Error("The page has no element #mlqa to draw in.");
target.replaceChildren();
await mount(scan as never, exportedTraits(page), target, {
  send: answersFrom(page),
  widgets: contents("mlqa-vega") ? { vega } : {},
});
