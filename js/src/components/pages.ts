import { type Signal, signal } from "@preact/signals";
import type { RowsPage, RowView } from "../messages";

/** Rows asked for at a time. */
export const PAGE = 100;
/** Pages kept per selection and order: the nearest to what is on screen. */
const KEPT = 40;
/** Wait for a scrolling hand to rest before asking for rows it is flying past. */
const REST_MS = 60;

export type AskRows = (start: number, stop: number) => Promise<RowsPage>;

/** A column that rows are sorted by. */
export interface Order {
  column: number;
  descending: boolean;
}

/** Some rows of a table, as narrowed and sorted: fetched by pages as they come into sight. */
export class RowPages {
  /** How many rows there are: first what the finding says, then what Python counted. */
  readonly total: Signal<number>;
  /** Positions of the columns in the order of the cells; null until the first page. */
  readonly columns = signal<number[] | null>(null);
  readonly error = signal("");
  /** Grows with every page that arrives. */
  readonly arrived = signal(0);
  readonly #ask: AskRows;
  readonly #pages = new Map<number, RowView[]>();
  readonly #asked = new Map<number, Promise<void>>();
  #sight: [first: number, last: number] = [0, 0];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #notBefore: number;

  /** `hold`: milliseconds to wait before the first question. */
  constructor(ask: AskRows, expected: number, hold = 0) {
    this.#ask = ask;
    this.total = signal(expected);
    this.#notBefore = performance.now() + hold;
  }

  row(index: number): RowView | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Rows `first` to `last` (exclusive) are in sight: ask for those that are missing, then for the next page. */
  show(first: number, last: number): void {
    this.#sight = [first, last];
    if (this.#missing().length === 0) {
      this.#prefetch();
      return;
    }
    clearTimeout(this.#timer);
    const opening = this.columns.value === null && this.#asked.size === 0;
    const wait = opening ? this.#notBefore - performance.now() : REST_MS;
    if (wait <= 0) this.#fetchSight();
    else this.#timer = setTimeout(() => this.#fetchSight(), wait);
  }

  /** Ask again for what failed. */
  retry(): void {
    this.error.value = "";
    this.#fetchSight();
  }

  /** Rows `first` to `last` (exclusive), fetched where needed. */
  async between(first: number, last: number): Promise<RowView[]> {
    await Promise.all(this.#missing(first, last).map((page) => this.#fetch(page)));
    return Array.from({ length: last - first }, (_, i) => this.row(first + i)).filter(
      (row) => row !== undefined,
    );
  }

  /** No longer on screen: stop waiting for the hand to rest. */
  rest(): void {
    clearTimeout(this.#timer);
  }

  /** The pages of these rows, or of those in sight, that are not here. */
  #missing(first = this.#sight[0], last = this.#sight[1]): number[] {
    const missing: number[] = [];
    for (let page = Math.floor(first / PAGE); page * PAGE < Math.min(last, this.total.value); page++) {
      if (!this.#pages.has(page)) missing.push(page);
    }
    return missing;
  }

  #fetchSight(): void {
    for (const page of this.#missing()) {
      this.#fetch(page).then(
        () => this.#prefetch(),
        (reason: Error) => {
          if (this.#missing().includes(page)) this.error.value = reason.message;
        },
      );
    }
  }

  #prefetch(): void {
    const next = Math.floor(Math.max(0, this.#sight[1] - 1) / PAGE) + 1;
    if (next * PAGE >= this.total.value || this.#pages.has(next)) return;
    // A page that nobody looks at yet may fail in silence: it is asked for again when it comes into sight.
    this.#fetch(next).catch(() => undefined);
  }

  #fetch(page: number): Promise<void> {
    const asked = this.#asked.get(page);
    if (asked) return asked;
    const answer = this.#ask(page * PAGE, (page + 1) * PAGE)
      .then(({ total, columns, rows }) => {
        this.#pages.set(page, rows);
        this.#forget();
        this.total.value = total;
        this.columns.value ??= columns;
        this.error.value = "";
        this.arrived.value++;
      })
      .finally(() => this.#asked.delete(page));
    this.#asked.set(page, answer);
    return answer;
  }

  #forget(): void {
    if (this.#pages.size <= KEPT) return;
    const here = this.#sight[0] / PAGE;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - here) - Math.abs(a - here));
    for (const page of far.slice(0, this.#pages.size - KEPT)) this.#pages.delete(page);
  }
}
