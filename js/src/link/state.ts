import type { AnyModel, Host } from "@anywidget/types";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import { attempt } from "../components/attempt";
import type { VegaRuntime } from "../vega-runtime";
import type { LinkFigures, LinkView, PairCard, PairItem } from "./messages";

export type Decision = "same" | "different" | "unsure";
export type Tab = "pairs" | "figures";

/** The traits of the Python widget. */
export interface LinkTraits extends AnsweringTraits<LinkView> {
  pair: number;
  runtime: string;
}

/** A decision that is painted and not yet stored; `error` says why storing it failed. */
interface Pending {
  decision: Decision;
  note: string;
  error: string;
}

/** What a view of a linkage shares with Python: the pair on screen, what was decided, and what is on its way. */
export class Linking extends Answering<LinkView, LinkTraits> {
  readonly pair: Signal<number>;
  readonly tab = signal<Tab>("pairs");
  /** Null until it is here. */
  readonly card = signal<PairCard | null>(null);
  readonly cardError = signal("");
  readonly figures = signal<LinkFigures | null>(null);
  readonly figuresError = signal("");
  readonly refused = signal("");
  /** Notes as they are written, before a decision carries them. */
  readonly drafts = signal<ReadonlyMap<number, string>>(new Map());
  /** The open pairs and the decided ones, with what is not stored yet. */
  readonly queue: ReadonlySignal<PairItem[]>;
  readonly decided: ReadonlySignal<PairItem[]>;
  readonly unstored: ReadonlySignal<[number, Pending][]>;
  readonly #pending = signal<ReadonlyMap<number, Pending>>(new Map());

  constructor(model: AnyModel<LinkTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.pair = this.trait("pair");
    this.queue = computed(() =>
      (this.view.value?.queue ?? []).filter(({ pair }) => !this.#pending.value.has(pair)),
    );
    this.decided = computed(() => {
      const { queue = [], decided = [] } = this.view.value ?? {};
      const pending = [...this.#pending.value].reverse();
      const painted = pending.flatMap(([pair, { decision, note }]) => {
        const item = [...queue, ...decided].find((item) => item.pair === pair);
        return item ? [{ ...item, decision, note }] : [];
      });
      return [...painted, ...decided.filter(({ pair }) => !this.#pending.value.has(pair))];
    });
    this.unstored = computed(() => [...this.#pending.value].filter(([, { error }]) => error));
    const stops = [
      effect(() => {
        this.view.value;
        this.pair.value;
        void this.retryCard();
      }),
      effect(() => {
        this.view.value;
        if (this.tab.value === "figures") void this.retryFigures();
      }),
    ];
    abort.addEventListener("abort", () => {
      for (const stop of stops) stop();
    });
  }

  async vega(): Promise<VegaRuntime> {
    const { exports } = await this.host.getWidget<VegaRuntime>(this.model.get("runtime"));
    return exports;
  }

  /** Ask for the pair on screen; what is known of it stays until the answer is here. */
  async retryCard(): Promise<void> {
    const pair = this.pair.peek();
    if (this.card.peek()?.pair !== pair) this.card.value = null;
    this.cardError.value = "";
    if (pair < 0 || !this.view.peek()) return;
    try {
      const card = await this.ask<PairCard>("card", { pair });
      if (this.pair.peek() === pair) this.card.value = card;
    } catch (reason) {
      if (this.pair.peek() === pair) this.cardError.value = (reason as Error).message;
    }
  }

  async retryFigures(): Promise<void> {
    await attempt(
      this.ask<LinkFigures>("figures", {}, 60_000).then((figures) => {
        this.figures.value = figures;
      }),
      this.figuresError,
    );
  }

  choose(pair: number): void {
    this.pair.value = pair;
  }

  /** What was said of a pair, stored or not. */
  said(pair: number): Decision | "" {
    const pending = this.#pending.value.get(pair)?.decision;
    return pending ?? this.decided.value.find((item) => item.pair === pair)?.decision ?? "";
  }

  note(pair: number): string {
    const card = this.card.value;
    return this.drafts.value.get(pair) ?? (card?.pair === pair ? card.note : "");
  }

  write(pair: number, note: string): void {
    this.drafts.value = new Map(this.drafts.value).set(pair, note);
  }

  /** Show the pair so many places further: through the queue, and before it through what was decided. */
  move(by: number): void {
    const listed = [...this.queue.peek(), ...this.decided.peek()];
    const at = listed.findIndex(({ pair }) => pair === this.pair.peek());
    const to = listed[at < 0 ? 0 : Math.min(Math.max(0, at + by), listed.length - 1)];
    if (to) this.choose(to.pair);
  }

  /** Say what the pair on screen is, and go on to the most telling one that is open. */
  decide(decision: Decision): void {
    const pair = this.pair.peek();
    if (pair < 0) return;
    const next = this.queue.peek().find((item) => item.pair !== pair);
    void this.#store(pair, decision, this.note(pair));
    if (next) this.choose(next.pair);
  }

  /** Keep the note of a pair that is decided already. */
  keepNote(pair: number): void {
    const decision = this.said(pair);
    const draft = this.drafts.peek().get(pair);
    if (decision && draft !== undefined && draft.trim() !== this.card.peek()?.note)
      void this.#store(pair, decision, draft);
  }

  /** Try again what could not be stored. */
  storeAgain(): void {
    for (const [pair, { decision, note }] of this.unstored.value) void this.#store(pair, decision, note);
  }

  async #store(pair: number, decision: Decision, note: string): Promise<void> {
    const said = { decision, note, error: "" };
    this.#set(pair, said);
    try {
      await this.ask("decide", { pair, decision, note }, 60_000);
      if (this.#pending.value.get(pair) !== said) return;
      this.#set(pair, null);
      const drafts = new Map(this.drafts.value);
      drafts.delete(pair);
      this.drafts.value = drafts;
    } catch (reason) {
      if (this.#pending.value.get(pair) === said)
        this.#set(pair, { ...said, error: (reason as Error).message });
    }
  }

  #set(pair: number, said: Pending | null): void {
    const pending = new Map(this.#pending.value);
    pending.delete(pair);
    if (said) pending.set(pair, said);
    this.#pending.value = pending;
  }

  /** Take back the latest decision and show its pair. */
  async undo(): Promise<void> {
    const unstored = this.unstored.value.at(-1);
    if (unstored) {
      this.#set(unstored[0], null);
      this.choose(unstored[0]);
      return;
    }
    await attempt(
      this.ask<number | null>("undo").then((pair) => {
        if (pair !== null) this.choose(pair);
      }),
      this.refused,
    );
  }
}
