import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { type Order, RowPages } from "../components/pages";
import type { ColumnCard, Detail, EvidenceView, FindingCard, ScanView } from "./messages";
import type { Synced } from "./synced";

export type Severity = FindingCard["severity"];
export const SEVERITIES: Severity[] = ["error", "warning", "info"];

/** A finding chosen so soon after another is passed by: its rows are asked for when the hand rests. */
const PASSING_MS = 150;
/** Selections and orders whose rows are kept. */
const KEPT = 8;

/** Which findings the list shows. */
export class Filters {
  readonly severities = signal<ReadonlySet<Severity>>(new Set());
  /** The position of a column, or empty for any. */
  readonly column = signal("");
  /** A check, or empty for any. */
  readonly check = signal("");
  readonly search = signal("");

  readonly active = computed(
    () => this.severities.value.size > 0 || `${this.column}${this.check}${this.search}`.trim() !== "",
  );

  toggle(severity: Severity): void {
    const shown = new Set(this.severities.value);
    if (!shown.delete(severity)) shown.add(severity);
    this.severities.value = shown;
  }

  clear(): void {
    this.severities.value = new Set();
    this.column.value = "";
    this.check.value = "";
    this.search.value = "";
  }

  /** Whether the list shows a finding; `names` are the names of its columns. */
  admits(card: FindingCard, names: string[], severity = true): boolean {
    const severities = this.severities.value;
    if (severity && severities.size > 0 && !severities.has(card.severity)) return false;
    if (this.column.value && !card.columns.includes(Number(this.column.value))) return false;
    if (this.check.value && card.check !== this.check.value) return false;
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return true;
    const text = [card.message, card.check, ...names, ...card.folded].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  }
}

/** What only the screen knows: filters, order, and what has been fetched of the chosen finding. */
export class ViewState {
  readonly filters = new Filters();
  readonly columnSearch = signal("");
  /** The position of the column whose dictionary entry is being edited, or -1. */
  readonly editedColumn = signal(-1);
  /** What the row table is sorted by; null for the order of the table. */
  readonly order = signal<Order | null>(null);
  /** The evidence and the fixes of the chosen finding; null until they are here. */
  readonly detail = signal<Detail | null>(null);
  /** Why they cannot be had. */
  readonly detailError = signal("");
  readonly rows = signal<RowPages | null>(null);
  readonly card: ReadonlySignal<FindingCard | null>;
  /** Changes when another finding is shown, or the same one of another scan. */
  readonly cardKey: ReadonlySignal<string>;
  /** Whether findings past the alert budget are listed too. */
  readonly beyond = signal(false);
  /** The findings that pass the filters: as ranked, dismissed ones last. */
  readonly listed: ReadonlySignal<FindingCard[]>;
  /** Findings that are not listed only because they are past the alert budget. */
  readonly held: ReadonlySignal<FindingCard[]>;
  /** How many findings of the same check are held, by the last listed one of it. */
  readonly heldLike: ReadonlySignal<Map<FindingCard, number>>;
  readonly columns: ReadonlySignal<Map<number, ColumnCard>>;
  readonly #synced: Synced;
  readonly #details = new Map<string, Detail>();
  readonly #pages = new Map<string, RowPages>();
  #lastCard = "";
  #chosenAt = Number.NEGATIVE_INFINITY;
  #passedBy = false;

  constructor(synced: Synced, abort: AbortSignal) {
    this.#synced = synced;
    const { view, finding, narrowing } = synced;
    this.columns = computed(() => new Map(view.value?.columns.map((column) => [column.position, column])));
    this.card = computed(() => view.value?.findings.find(({ index }) => index === finding.value) ?? null);
    this.cardKey = computed(() => (this.card.value ? keyOf(view.value as ScanView, this.card.value) : ""));
    // Who looks for something is shown all there is of it.
    this.held = computed(() => {
      const past = (view.value?.findings ?? []).filter((card) => !card.dismissed && !card.within_budget);
      const chosen = past.some(({ index }) => index === finding.value);
      return this.beyond.value || this.filters.active.value || chosen ? [] : past;
    });
    this.listed = computed(() => {
      const admitted = (view.value?.findings ?? []).filter((card) => this.admits(card));
      const held = new Set(this.held.value);
      const standing = admitted.filter((card) => !card.dismissed && !held.has(card));
      return [...standing, ...admitted.filter((card) => card.dismissed)];
    });
    this.heldLike = computed(() => {
      const last = new Map(
        this.listed.value.filter(({ dismissed }) => !dismissed).map((card) => [card.check, card]),
      );
      const like = new Map<FindingCard, number>();
      for (const { check } of this.held.value) {
        const card = last.get(check);
        if (card) like.set(card, (like.get(card) ?? 0) + 1);
      }
      return like;
    });
    const asked = computed(() => [this.cardKey.value, JSON.stringify(narrowing.value)].join("\n"));
    const stops = [
      effect(() => {
        const key = this.cardKey.value;
        this.order.value = null;
        return this.#loadDetail(key);
      }),
      effect(() => {
        const question = `${asked.value}\n${JSON.stringify(this.order.value)}`;
        this.#loadRows(question);
      }),
    ];
    abort.addEventListener("abort", () => {
      for (const stop of stops) stop();
      this.rows.peek()?.rest();
    });
  }

  admits(card: FindingCard, severity = true): boolean {
    return this.filters.admits(card, this.namesOf(card), severity);
  }

  namesOf(card: FindingCard): string[] {
    return card.columns.map((position) => this.columns.value.get(position)?.name ?? "");
  }

  /** Show a finding and paint it at once. */
  choose(index: number): void {
    this.#synced.choose(index);
  }

  retryDetail(): void {
    this.#loadDetail(this.cardKey.value);
  }

  #loadDetail(key: string): (() => void) | undefined {
    const card = this.card.peek();
    const known = this.#details.get(key);
    this.detail.value = known ?? null;
    this.detailError.value = "";
    if (!card || known) return undefined;
    const ask = () =>
      this.#synced.detail(card.index).then(
        (value) => {
          this.#details.set(key, value);
          if (this.cardKey.value === key) this.detail.value = value;
        },
        (reason: Error) => {
          if (this.cardKey.value === key) this.detailError.value = reason.message;
        },
      );
    const wait = this.#passing();
    if (wait === 0) {
      void ask();
      return undefined;
    }
    const timer = setTimeout(ask, wait);
    return () => clearTimeout(timer);
  }

  #loadRows(question: string): void {
    this.rows.peek()?.rest();
    const card = this.card.peek();
    if (!card) {
      this.rows.value = null;
      return;
    }
    const narrowing = this.#synced.narrowing.peek();
    const order = this.order.peek();
    const known = this.#pages.get(question);
    this.#pages.delete(question);
    const pages =
      known ??
      new RowPages(
        (start, stop) =>
          this.#synced.rows({
            finding: card.index,
            narrowing,
            order_by: order?.column ?? null,
            descending: order?.descending ?? false,
            start,
            stop,
          }),
        card.rows,
        this.#passing(),
      );
    this.#pages.set(question, pages);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > KEPT && oldest !== undefined) this.#pages.delete(oldest);
    this.rows.value = pages;
  }

  /** How long to wait before asking about the finding just chosen. */
  #passing(): number {
    const card = this.cardKey.peek();
    if (card !== this.#lastCard) {
      const now = performance.now();
      this.#passedBy = now - this.#chosenAt < PASSING_MS;
      this.#chosenAt = now;
      this.#lastCard = card;
    }
    return this.#passedBy ? PASSING_MS : 0;
  }
}

/** Names a finding of a scan: a dismissal or a description leaves it as it is, another scan does not. */
function keyOf(view: ScanView, card: FindingCard): string {
  return JSON.stringify([view.table, card.index, card.check, card.message, card.rows]);
}

/** What the parts of a piece of evidence that can be clicked are called. */
export function itemLabel(evidence: EvidenceView, item: number): string {
  switch (evidence.kind) {
    case "bars":
      return evidence.bars[item]?.label ?? "";
    case "groups":
      return evidence.groups.flat()[item]?.label ?? "";
    case "chart":
      return evidence.items.find((one) => one.item === item)?.label ?? "box on the map";
    default:
      return "";
  }
}
