import type { AnyModel, Host } from "@anywidget/types";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../answering";
import type { DatabaseView, HeadPage, ReferenceLines, TableCard, TableDetail } from "./messages";

/** Counting a large table takes its time. */
const PATIENCE = 600_000;

/** The traits of the Python widget. */
export interface DatabaseTraits extends AnsweringTraits<DatabaseView> {
  table: string;
  child: string | null;
}

/** What the list is sorted by. */
export type SortKey = "name" | "rows" | "bytes" | "newest" | "references" | "inactive";

export interface Sorting {
  key: SortKey;
  descending: boolean;
}

/** Which tables are listed. */
export type Shown = "all" | "tables" | "views" | "inactive";

/** Something asked of Python for the chosen table: what came, or why it did not. */
export class Asked<A> {
  readonly value = signal<A | null>(null);
  readonly error = signal("");
  readonly waiting = signal(false);
  #turn = 0;

  clear(): void {
    this.#turn++;
    this.value.value = null;
    this.error.value = "";
    this.waiting.value = false;
  }

  async take(question: Promise<A>): Promise<void> {
    this.clear();
    const turn = this.#turn;
    this.waiting.value = true;
    try {
      const answer = await question;
      if (turn === this.#turn) this.value.value = answer;
    } catch (reason) {
      if (turn === this.#turn) this.error.value = (reason as Error).message;
    } finally {
      if (turn === this.#turn) this.waiting.value = false;
    }
  }
}

/** What the view of a database shares with Python, and what was fetched of the chosen table. */
export class Catalogue extends Answering<DatabaseView, DatabaseTraits> {
  readonly table: Signal<string>;
  readonly child: Signal<string | null>;
  readonly search = signal("");
  readonly shown = signal<Shown>("all");
  readonly sorting = signal<Sorting>({ key: "name", descending: false });
  readonly card: ReadonlySignal<TableCard | null>;
  /** The tables of the list, as they are filtered and sorted. */
  readonly listed: ReadonlySignal<TableCard[]>;
  readonly detail = new Asked<TableDetail>();
  readonly head = new Asked<HeadPage>();
  readonly counted = new Asked<number>();
  readonly broken = new Asked<ReferenceLines>();
  readonly scanning = new Asked<null>();

  constructor(model: AnyModel<DatabaseTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.table = this.trait("table");
    this.child = this.trait("child");
    const tables = computed(() => this.view.value?.tables ?? []);
    this.card = computed(() => tables.value.find(({ name }) => name === this.table.value) ?? null);
    this.listed = computed(() =>
      arranged(tables.value, this.search.value, this.shown.value, this.sorting.value),
    );
    const stop = effect(() => {
      const card = this.card.value;
      for (const asked of [this.detail, this.head, this.counted, this.broken, this.scanning]) asked.clear();
      if (card) this.fetch(card);
    });
    abort.addEventListener("abort", stop);
  }

  choose(table: string): void {
    this.table.value = table;
  }

  fetch({ name: table }: TableCard): void {
    void this.detail.take(this.ask("detail", { table }));
    void this.head.take(this.ask("head", { table }, PATIENCE));
  }

  count({ name: table }: TableCard): void {
    void this.counted.take(this.ask("count", { table }, PATIENCE));
  }

  lookAtReferences({ name: table }: TableCard): void {
    void this.broken.take(this.ask("broken", { table }, PATIENCE));
  }

  scan({ name: table }: TableCard): void {
    void this.scanning.take(this.ask("scan", { table }));
  }

  close(): void {
    void this.scanning.take(this.ask("close"));
  }

  sortBy(key: SortKey): void {
    const now = this.sorting.peek();
    // Figures are of interest from the largest, names from the first.
    const first = key !== "name";
    this.sorting.value = { key, descending: now.key === key ? !now.descending : first };
  }
}

const MEASURES: Record<Exclude<SortKey, "name">, (card: TableCard) => number | string> = {
  rows: ({ rows }) => rows ?? -1,
  bytes: ({ bytes }) => bytes ?? -1,
  newest: ({ newest }) => newest,
  references: ({ refers_to, referred_by }) => refers_to.length + referred_by.length,
  inactive: ({ inactive }) => inactive.length,
};

/** Tables filtered by a text in name or comment and by kind, and sorted; alike ones stay in their order. */
export function arranged(tables: TableCard[], search: string, shown: Shown, sorting: Sorting): TableCard[] {
  const wanted = search.trim().toLowerCase();
  const found = tables.filter(
    ({ name, comment, kind, inactive }) =>
      `${name}\n${comment}`.toLowerCase().includes(wanted) &&
      {
        all: true,
        tables: !kind.endsWith("view"),
        views: kind.endsWith("view"),
        inactive: inactive.length > 0,
      }[shown],
  );
  const { key, descending } = sorting;
  const measure = key === "name" ? null : MEASURES[key];
  const compared = (a: TableCard, b: TableCard) => {
    if (!measure) return descending ? tables.indexOf(b) - tables.indexOf(a) : 0;
    const [x, y] = [measure(a), measure(b)];
    return (x < y ? -1 : x > y ? 1 : 0) * (descending ? -1 : 1);
  };
  return measure || descending ? [...found].sort(compared) : found;
}
