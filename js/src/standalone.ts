import type { AnyWidget } from "@anywidget/types";
import { mount, type State } from "./host";

/**
 * The entry of an exported page. The page carries, each in a script element that the browser does not run:
 *
 * - `type="text/plain" data-mlqa-module="scan"`: the text of a widget module, under the name it is referred to by;
 * - `type="application/json" id="mlqa-state"`: `{ widget, traits, buffers }`, the name of the module to show, its
 *   traits, and its binary traits in base64;
 *
 * and the element `id="mlqa"` to draw in.
 */
interface PageState {
  widget: string;
  traits: State;
  buffers: Record<string, string>;
}

function text(selector: string): string {
  const element = document.querySelector(selector);
  if (!element?.textContent) throw new Error(`The page lacks ${selector}.`);
  return element.textContent;
}

function decode(base64: string): DataView {
  return new DataView(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer);
}

async function load(source: string): Promise<AnyWidget> {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const { widget, traits, buffers } = JSON.parse(text("#mlqa-state")) as PageState;
const state = { ...traits };
for (const [name, base64] of Object.entries(buffers)) state[name] = decode(base64);

const widgets: Record<string, AnyWidget> = {};
for (const script of document.querySelectorAll<HTMLScriptElement>("script[data-mlqa-module]")) {
  const name = script.dataset.mlqaModule ?? "";
  const source = script.textContent ?? "";
  // Loaded when asked for: a page that draws no chart does not start Vega.
  widgets[name] = () => load(source).then((module) => (typeof module === "function" ? module() : module));
}

const shown = widgets[widget];
const target = document.getElementById("mlqa");
if (!shown || !target) throw new Error(`The page lacks the module "${widget}" or the element #mlqa.`);
await mount(shown, state, target, { widgets });
