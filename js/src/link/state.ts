import type { AnyModel, Host } from "@anywidget/types";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import { attempt } from "../components/attempt";
import { Judging } from "../components/queue/judging";
import type { VegaRuntime } from "../vega-runtime";
import type { AlikeView, AloneItem, AloneView, LinkFigures, LinkView, PairCard, PairItem } from "./messages";

export type Decision = "same" | "different" | "unsure";
export type Tab = "pairs" | "alone" | "figures";

/** The traits of the Python widget. */
export interface LinkTraits extends AnsweringTraits<LinkView> {
  pair: number;
  runtime: string;
}

/** Where a row stands. */
type Place = Pick<AloneItem, "source" | "position">;

export const isRow = (one: Place | null, other: Place | null): boolean =>
  one?.source === other?.source && one?.position === other?.position;

/** What a view of a linkage shares with Python: the pair on screen, what was decided, and what is on its way. */
export class Linking extends Answering<LinkView, LinkTraits> {
  readonly pair: Signal<number>;
  readonly tab = signal<Tab>("pairs");
  /** Null until it is here. */
  readonly card = signal<PairCard | null>(null);
  readonly cardError = signal("");
  readonly figures = signal<LinkFigures | null>(null);
  readonly figuresError = signal("");
  /** Rows without a link, null until they are here; the one on screen, and those it could be. */
  readonly alone = signal<AloneItem[][] | null>(null);
  readonly row = signal<AloneItem | null>(null);
  readonly alike = signal<AlikeView | null>(null);
  readonly aloneError = signal("");
  readonly judging: Judging<Decision>;
  /** The open pairs and the decided ones, with what is not stored yet. */
  readonly queue: ReadonlySignal<PairItem[]>;
  readonly decided: ReadonlySignal<PairItem[]>;

  constructor(model: AnyModel<LinkTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.pair = this.trait("pair");
    this.judging = new Judging<Decision>({
      held: (pair) => this.#held(pair),
      store: (pair, decision, note) => this.ask("decide", { pair, decision, note }, 60_000),
      undo: () => this.ask<number | null>("undo"),
      choose: (pair) => this.choose(pair),
    });
    const pending = this.judging.pending;
    this.queue = computed(() =>
      (this.view.value?.queue ?? []).filter(({ pair }) => !pending.value.has(pair)),
    );
    this.decided = computed(() => {
      const { queue = [], decided = [] } = this.view.value ?? {};
      const painted = [...pending.value].reverse().flatMap(([pair, { verdict, note }]) => {
        const item = [...queue, ...decided].find((item) => item.pair === pair);
        return item ? [{ ...item, decision: verdict, note }] : [];
      });
      return [...painted, ...decided.filter(({ pair }) => !pending.value.has(pair))];
    });
    const stops = [
      effect(() => {
        this.view.value;
        this.pair.value;
        void this.retryCard();
      }),
      effect(() => {
        this.view.value;
        if (this.tab.value === "figures") void this.retryFigures();
        if (this.tab.value === "alone") void this.retryAlone();
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

  /** Ask for the rows without a link; where the one on screen has one by now, the next takes its place. */
  async retryAlone(): Promise<void> {
    const before = this.alone.peek()?.flat() ?? [];
    await attempt(
      this.ask<AloneView>("alone", {}, 60_000).then(({ items }) => {
        this.alone.value = items;
        const listed = items.flat();
        const row = this.row.peek();
        const at = before.findIndex((item) => isRow(item, row));
        const again = listed.find((item) => isRow(item, row));
        return this.see(again ?? listed[Math.min(Math.max(0, at), listed.length - 1)] ?? null);
      }),
      this.aloneError,
    );
  }

  /** Show a row without a link, those it could be, and the likeliest of them that is open. */
  async see(row: AloneItem | null): Promise<void> {
    this.row.value = row;
    if (!isRow(this.alike.peek(), row)) this.alike.value = null;
    if (!row) return;
    const { source, position } = row;
    const asked = this.ask<AlikeView>("alike", { source, position }, 120_000).then((alike) => {
      if (!isRow(alike, this.row.peek())) return;
      this.alike.value = alike;
      const shown = alike.alike.some(({ pair, decision }) => pair === this.pair.peek() && !decision);
      const open = alike.alike.find(({ decision }) => !decision) ?? alike.alike[0];
      if (!shown && open && this.tab.peek() === "alone") this.choose(open.pair);
    });
    await attempt(asked, this.aloneError);
  }

  choose(pair: number): void {
    this.pair.value = pair;
  }

  /** What Python holds of a pair. */
  #held(pair: number): { verdict: Decision | ""; note: string } | undefined {
    const item = this.view.value?.decided.find((item) => item.pair === pair);
    const card = this.card.value;
    const held = item ?? (card?.pair === pair ? card : undefined);
    return held && { verdict: held.decision, note: held.note };
  }

  /** Show the pair so many places further: through the queue, and before it through what was decided. */
  move(by: number): void {
    if (this.tab.peek() === "alone") {
      const rows = this.alone.peek()?.flat() ?? [];
      const to = rows[rows.findIndex((item) => isRow(item, this.row.peek())) + by];
      if (to) void this.see(to);
      return;
    }
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
    this.judging.say(pair, decision);
    // Beside a row without a link, what comes next is known when Python has learned from the decision.
    if (next && this.tab.peek() === "pairs") this.choose(next.pair);
  }
}
