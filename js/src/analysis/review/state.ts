import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { attempt } from "../../components/attempt";
import type { Choice } from "../../components/queue/card";
import { Judging } from "../../components/queue/judging";
import type { Linked } from "../linked";
import type { CardView, QueueItem, ReasonsView, ReviewView } from "./messages";

/** What a reviewer can say of a prediction. */
export const CHOICES: Choice<string>[] = [
  { verdict: "makes sense", key: "1", tone: "good" },
  { verdict: "model is wrong", key: "2", tone: "bad" },
  { verdict: "data is wrong", key: "3", tone: "bad" },
  { verdict: "label is wrong", key: "4", tone: "bad" },
  { verdict: "true outlier", key: "5", tone: "notable" },
  { verdict: "unsure", key: "6", tone: "open" },
];

export type Tab = "queue" | "summary";

/** What was asked for: an answer, or why there is none; neither while it is on its way. */
export interface Asked<A> {
  answer?: A;
  error?: string;
}

/** What one view of a review knows beyond what Python holds: the row on screen, notes being written. */
export class ReviewState {
  readonly tab = signal<Tab>("queue");
  readonly row = signal<number | null>(null);
  readonly onlyUnreviewed = signal(false);
  readonly judging: Judging<string>;
  /** The queue with what was said of it, stored or not. */
  readonly items: ReadonlySignal<QueueItem[]>;
  readonly listed: ReadonlySignal<QueueItem[]>;
  readonly #view: Signal<ReviewView | null>;
  readonly #linked: Linked<ReviewView>;
  readonly #cards = new Map<string, Signal<Asked<unknown>>>();
  /** Rows put into focus from here of which Python has not told back yet. */
  readonly #focused: number[] = [];

  constructor(linked: Linked<ReviewView>) {
    this.#linked = linked;
    this.#view = linked.view;
    this.judging = new Judging<string>({
      held: (row) => this.#view.value?.queue.find((item) => item.row === row),
      store: (row, verdict, note) => linked.ask("judge", { row, verdict, note }),
      undo: () => linked.ask<number | null>("undo"),
      choose: (row) => this.choose(row),
    });
    this.items = computed(() =>
      (this.#view.value?.queue ?? []).map((item) => {
        const { verdict, note } = this.judging.said(item.row);
        return { ...item, verdict, note };
      }),
    );
    this.listed = computed(() =>
      this.onlyUnreviewed.value
        ? this.items.value.filter(({ verdict, row }) => !verdict || row === this.row.value)
        : this.items.value,
    );
  }

  /** Follow Python for as long as the view is shown. */
  follow(): () => void {
    const { selection } = this.#linked;
    let seen: number | null = null;
    const stops = [
      effect(() => {
        const { row } = selection.value;
        // What this view put into focus itself comes back late: the reviewer may be further by then.
        const own = row === null ? -1 : this.#focused.indexOf(row);
        if (own >= 0) this.#focused.splice(0, own + 1);
        else if (row !== null && row !== seen && this.#has(row)) this.row.value = row;
        seen = row;
      }),
      effect(() => {
        const queue = this.#view.value?.queue ?? [];
        if (this.row.peek() === null) {
          const first = queue.find(({ verdict }) => !verdict) ?? queue[0];
          this.row.value = first?.row ?? null;
        }
      }),
      effect(() => {
        // Parts of oddness that were not known before.
        this.#view.value?.known;
        for (const key of this.#cards.keys()) if (key.startsWith("card")) this.#cards.delete(key);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }

  get item(): QueueItem | undefined {
    return this.items.value.find(({ row }) => row === this.row.value);
  }

  card(row: number): ReadonlySignal<Asked<CardView>> {
    // Asked again when more is known of oddness.
    return this.#asked(`card ${this.#view.value?.known}`, "card", row);
  }

  reasons(row: number): ReadonlySignal<Asked<ReasonsView>> {
    return this.#asked("reasons", "reasons", row);
  }

  #asked<A>(kind: string, type: string, row: number): ReadonlySignal<Asked<A>> {
    const key = `${kind} ${row}`;
    let found = this.#cards.get(key) as Signal<Asked<A>> | undefined;
    if (!found) {
      const made = signal<Asked<A>>({});
      found = made;
      this.#cards.set(key, made as Signal<Asked<unknown>>);
      this.#linked.ask<A>(type, { row }, 120_000).then(
        (answer) => {
          made.value = { answer };
        },
        (reason: Error) => {
          made.value = { error: reason.message };
          this.#cards.delete(key);
        },
      );
    }
    return found;
  }

  /** Show a row here, and put it into focus in every view. */
  choose(row: number): void {
    this.row.value = row;
    this.#focused.push(row);
    void attempt(this.#linked.focus(row), this.judging.refused).then((told) => {
      if (!told) this.#focused.length = 0;
    });
  }

  /** Show the row so many places further in the list. */
  move(by: number): void {
    const to = this.#beside(by);
    if (to) this.choose(to.row);
  }

  /** Ask for what the next row needs before it is looked at. */
  prepareNext(): void {
    const next = this.#beside(1);
    if (!next) return;
    this.card(next.row);
    this.reasons(next.row);
  }

  #beside(by: number): QueueItem | undefined {
    const listed = this.listed.peek();
    const at = listed.findIndex(({ row }) => row === this.row.peek());
    return listed[at < 0 ? 0 : at + by];
  }

  #has(row: number): boolean {
    return this.#view.peek()?.queue.some((item) => item.row === row) ?? false;
  }

  /** Say what is to be held of the row on screen and go on to the next that is not reviewed. */
  judge(verdict: string): void {
    const row = this.row.peek();
    if (row === null) return;
    const listed = this.listed.peek();
    const at = listed.findIndex((item) => item.row === row);
    const open = ({ verdict, row: other }: QueueItem) => !verdict && other !== row;
    const next = listed.slice(at + 1).find(open) ?? listed.find(open);
    this.judging.say(row, verdict);
    if (next) this.choose(next.row);
  }

  /** Queue the rows selected elsewhere, the one in focus there, or all rows again. */
  async only(rows: "selected" | "focused" | "all"): Promise<void> {
    // The new queue may come after the answer, which names its first row.
    const asked = this.#linked.ask<number | null>("only", { rows }, 60_000).then((first) => {
      if (first !== null) this.choose(first);
    });
    await attempt(asked, this.judging.refused);
  }
}
