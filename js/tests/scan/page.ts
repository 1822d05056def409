/**
 * The page that shows the view on made-up data, for looking at it and for axe: `page.html?state=…&delay=…`.
 * Built and opened by `tests/browser/test_scan_view.py`.
 */
import { mount } from "../../src/host";
import scan from "../../src/scan";
import type { ScanTraits } from "../../src/scan/synced";
import vega from "../../src/vega-runtime";
import { asWidget, cleanView, FakePython, scanView, traits } from "./fixture";

const asked = new URLSearchParams(location.search);

const STATES: Record<string, () => Partial<ScanTraits>> = {
  findings: () => ({}),
  none: () => ({ finding: -1 }),
  columns: () => ({ tab: "columns" }),
  empty: () => ({ view: cleanView(), finding: -1 }),
  running: () => ({
    view: null,
    progress: { running: true, step: "Counting the values of inspection_date", share: 0.42 },
  }),
  error: () => ({
    view: null,
    error: "data/inspections.csv could not be read: it is not UTF-8, and no other encoding fits.",
  }),
  many: () => {
    const view = scanView();
    const wide = Array.from({ length: 5_000 }, (_, i) => ({
      ...view.columns[i % 22],
      position: i,
      name: `c${i}`,
    }));
    return { view: { ...view, columns: wide as typeof view.columns }, tab: "columns" };
  },
};

const state = traits(STATES[asked.get("state") ?? "findings"]?.());
if (asked.has("finding")) state.finding = Number(asked.get("finding"));
const python = new FakePython(state.view ?? scanView(), Number(asked.get("delay") ?? 0));
const target = document.getElementById("mlqa") as HTMLElement;
const widgets: Record<string, ReturnType<typeof asWidget>> = asked.has("no-vega")
  ? {}
  : { runtime: asWidget(vega) };
const { model } = await mount(asWidget(scan), state, target, { send: python.send, widgets });
python.serve(model);
