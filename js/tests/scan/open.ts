import type { Host } from "@anywidget/types";
import { onTestFinished } from "vitest";
import { kernellessModel } from "../../src/host";
import scan from "../../src/scan";
import type { ScanTraits } from "../../src/scan/synced";
import { FakePython, traits } from "./fixture";

const noHost = { getWidget: () => Promise.reject(new Error("no runtime")) } as unknown as Host;

/** A scan on the page, used as a person uses it. */
export class OpenScan {
  readonly model;
  readonly #abort: AbortController[] = [];

  constructor(
    change: Partial<ScanTraits> = {},
    readonly python = new FakePython(change.view ?? undefined),
    readonly host: Host = noHost,
  ) {
    const state = traits(change);
    this.model = kernellessModel(state, python.send);
    python.serve(this.model);
    onTestFinished(() => this.close());
  }

  /** Show one more view of the model, and wait until it is drawn. */
  async view(): Promise<View> {
    const el = document.body.appendChild(document.createElement("div"));
    const abort = new AbortController();
    this.#abort.push(abort);
    scan.render({ model: this.model, el, host: this.host, signal: abort.signal, experimental: {} } as never);
    const view = new View(el);
    await view.settled();
    return view;
  }

  get<K extends keyof ScanTraits & string>(name: K): ScanTraits[K] {
    return this.model.get(name);
  }

  /** What was asked of Python, of one kind. */
  asked<T extends string>(type: T) {
    return this.python.asked.filter((request) => request.type === type) as Extract<
      (typeof this.python.asked)[number],
      { type: T }
    >[];
  }

  close(): void {
    for (const abort of this.#abort.splice(0)) abort.abort();
    for (const el of [...document.body.children]) el.remove();
  }
}

/** One view of a scan: found by what a person reads, worked by click and key. */
export class View {
  constructor(readonly el: HTMLElement) {}

  /** Waits until nothing more happens. */
  async settled(): Promise<void> {
    for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setTimeout(resolve));
  }

  all(selector: string): HTMLElement[] {
    return [...this.el.querySelectorAll<HTMLElement>(selector)];
  }

  one<E extends HTMLElement = HTMLElement>(selector: string): E {
    const [found, ...others] = this.all(selector);
    if (!found || others.length > 0)
      throw new Error(`${others.length + (found ? 1 : 0)} elements match ${selector}`);
    return found as E;
  }

  text(selector: string): string {
    return this.one(selector).textContent?.replace(/\s+/g, " ").trim() ?? "";
  }

  /** The button, tab or option that says `text`. */
  named(text: string): HTMLElement {
    const words = (el: HTMLElement) =>
      el.getAttribute("aria-label") ?? el.textContent?.replace(/\s+/g, " ").trim();
    const candidates = this.all("button, [role=option], [role=tab], summary");
    const found = candidates.filter((el) => words(el) === text);
    const close = found.length > 0 ? found : candidates.filter((el) => words(el)?.includes(text));
    if (close.length === 0) throw new Error(`Nothing says "${text}": ${candidates.map(words).join(" | ")}`);
    return close[0] as HTMLElement;
  }

  async click(target: string | HTMLElement, init: MouseEventInit = {}): Promise<void> {
    const el = typeof target === "string" ? this.named(target) : target;
    el.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    await this.settled();
  }

  async press(key: string, target: HTMLElement, init: KeyboardEventInit = {}): Promise<KeyboardEvent> {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...init });
    target.dispatchEvent(event);
    await this.settled();
    return event;
  }

  async type(text: string, into: HTMLInputElement): Promise<void> {
    into.value = text;
    into.dispatchEvent(new Event("input", { bubbles: true }));
    await this.settled();
  }

  async pick(value: string, select: HTMLSelectElement): Promise<void> {
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
    await this.settled();
  }

  get list(): HTMLElement {
    return this.one("[role=listbox]");
  }

  get options(): HTMLElement[] {
    return this.all("[role=option]");
  }

  get chosen(): string {
    return this.all("[role=option][aria-selected=true]")
      .map((option) => option.textContent ?? "")
      .join();
  }

  get grid(): HTMLElement {
    return this.one("[role=grid]");
  }

  /** What stands over the rows. */
  get rowsTitle(): string | undefined {
    return this.all("h4")
      .map((title) => title.textContent ?? "")
      .find((title) => /^[\d,]+ rows?\b/.test(title));
  }

  get rowLabels(): string[] {
    return this.all("[role=grid] tbody th").map((label) => label.textContent ?? "");
  }
}
