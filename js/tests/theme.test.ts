import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isDark, onThemeChange, vegaConfig } from "../src/theme";

let element: HTMLElement;

function systemPrefersDark(dark: boolean): void {
  const query = Object.assign(new EventTarget(), { matches: dark });
  vi.stubGlobal("matchMedia", () => query);
}

beforeEach(() => {
  element = document.body.appendChild(document.createElement("div"));
  systemPrefersDark(false);
});

afterEach(() => {
  for (const name of document.body.getAttributeNames()) document.body.removeAttribute(name);
  element.remove();
  vi.unstubAllGlobals();
});

test.each([
  ["vscode-light", false],
  ["vscode-dark", true],
  ["vscode-high-contrast", true],
  ["vscode-high-contrast-light", false],
])("VS Code's %s is believed first", (kind, dark) => {
  document.body.dataset.vscodeThemeKind = kind;
  document.body.dataset.jpThemeLight = String(dark);
  expect(isDark(element)).toBe(dark);
});

test("JupyterLab's own word comes before the text colour and the system", () => {
  document.body.dataset.jpThemeLight = "false";
  element.style.color = "rgb(0, 0, 0)";
  expect(isDark(element)).toBe(true);
});

test("in an unknown host light text means a dark ground, and dark text a light one", () => {
  element.style.color = "rgb(240, 240, 240)";
  expect(isDark(element)).toBe(true);
  systemPrefersDark(true);
  element.style.color = "rgb(20, 20, 20)";
  expect(isDark(element)).toBe(false);
});

test("text of middling brightness leaves it to the system", () => {
  element.style.color = "rgb(128, 128, 128)";
  expect(isDark(element)).toBe(false);
  systemPrefersDark(true);
  expect(isDark(element)).toBe(true);
});

test("charts take the notebook's colours and fonts", () => {
  element.style.setProperty("--jp-content-font-color1", "rgb(1, 2, 3)");
  element.style.setProperty("--jp-brand-color1", "rgb(4, 5, 6)");
  element.style.setProperty("--jp-ui-font-family", "Atkinson");
  expect(vegaConfig(element)).toMatchObject({
    background: "transparent",
    font: "Atkinson",
    axis: { labelColor: "rgb(1, 2, 3)" },
    mark: { color: "rgb(4, 5, 6)" },
  });
});

test("outside JupyterLab charts are drawn light on dark when the host is dark", () => {
  document.body.dataset.vscodeThemeKind = "vscode-dark";
  const dark = vegaConfig(element);
  document.body.dataset.vscodeThemeKind = "vscode-light";
  const light = vegaConfig(element);
  expect(dark.title).not.toEqual(light.title);
});

test("a change of theme asks for a redraw, until abort", async () => {
  const controller = new AbortController();
  const redraw = vi.fn();
  onThemeChange(redraw, controller.signal);
  document.body.dataset.jpThemeLight = "false";
  await vi.waitFor(() => expect(redraw).toHaveBeenCalledTimes(1));
  matchMedia("").dispatchEvent(new Event("change"));
  expect(redraw).toHaveBeenCalledTimes(2);
  controller.abort();
  document.body.dataset.jpThemeLight = "true";
  matchMedia("").dispatchEvent(new Event("change"));
  await new Promise((resolve) => setTimeout(resolve));
  expect(redraw).toHaveBeenCalledTimes(2);
});
