import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { attempt } from "../attempt";

/** What was said of an item, and why. */
export interface Said<V extends string> {
  verdict: V;
  note: string;
}

/** What is painted and not yet stored; `error` says why storing it failed. */
interface Pending<V extends string> extends Said<V> {
  error: string;
}

/** What a queue knows and does besides: items are numbers. */
interface Behind<V extends string> {
  /** What Python holds of an item, if anything was said. */
  held: (item: number) => Said<V | ""> | undefined;
  store: (item: number, verdict: V, note: string) => Promise<unknown>;
  /** Take back the latest that is stored; answered with its item, or null. */
  undo: () => Promise<number | null>;
  choose: (item: number) => void;
}

/** What is said of the items of a queue: painted at once, kept until it is stored, taken back. */
export class Judging<V extends string> {
  readonly refused = signal("");
  readonly pending = signal<ReadonlyMap<number, Pending<V>>>(new Map());
  readonly unstored: ReadonlySignal<[number, Pending<V>][]>;
  /** Notes as they are written, before a verdict carries them. */
  readonly #drafts = signal<ReadonlyMap<number, string>>(new Map());
  readonly #behind: Behind<V>;

  constructor(behind: Behind<V>) {
    this.#behind = behind;
    this.unstored = computed(() => [...this.pending.value].filter(([, { error }]) => error));
  }

  /** What was said of an item, stored or not. */
  said(item: number): Said<V | ""> {
    return this.pending.value.get(item) ?? this.#behind.held(item) ?? { verdict: "", note: "" };
  }

  note(item: number): string {
    return this.#drafts.value.get(item) ?? this.said(item).note;
  }

  write(item: number, note: string): void {
    this.#drafts.value = new Map(this.#drafts.value).set(item, note);
  }

  /** Keep the note of an item of which something was said already. */
  keepNote(item: number): void {
    const { verdict, note } = this.said(item);
    const written = this.note(item).trim();
    if (verdict && written !== note) void this.#store(item, verdict, written);
  }

  say(item: number, verdict: V): void {
    void this.#store(item, verdict, this.note(item));
  }

  /** Try again what could not be stored. */
  storeAgain(): void {
    for (const [item, { verdict, note }] of this.unstored.value) void this.#store(item, verdict, note);
  }

  async #store(item: number, verdict: V, note: string): Promise<void> {
    const said = { verdict, note, error: "" };
    this.#set(item, said);
    try {
      await this.#behind.store(item, verdict, note);
      if (this.pending.value.get(item) !== said) return;
      this.#set(item, null);
      const drafts = new Map(this.#drafts.value);
      drafts.delete(item);
      this.#drafts.value = drafts;
    } catch (reason) {
      if (this.pending.value.get(item) === said)
        this.#set(item, { ...said, error: (reason as Error).message });
    }
  }

  #set(item: number, said: Pending<V> | null): void {
    const pending = new Map(this.pending.value);
    pending.delete(item);
    if (said) pending.set(item, said);
    this.pending.value = pending;
  }

  /** Take back the latest verdict and show its item. */
  async undo(): Promise<void> {
    const unstored = this.unstored.value.at(-1);
    if (unstored) {
      this.#set(unstored[0], null);
      this.#behind.choose(unstored[0]);
      return;
    }
    await attempt(
      this.#behind.undo().then((item) => {
        if (item !== null) this.#behind.choose(item);
      }),
      this.refused,
    );
  }
}
