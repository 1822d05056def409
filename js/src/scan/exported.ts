import type { SendHook } from "../host";
import type { RowsPage, RowView } from "../messages";
import type { Detail, Request, ScanView } from "./messages";
import type { ScanTraits } from "./synced";

/** What an exported page knows of a scan. */
export interface ExportedScan {
  view: ScanView;
  /** By index of the finding; a finding without is shown by its sentence alone. */
  details: Record<string, Detail>;
  /** By index of the finding: the first of its rows, in table order, and how many it has in all. */
  rows: Record<string, RowsPage>;
}

const NO_DETAIL: Detail = { why: "", evidence: [], fixes: [] };
const NO_ROWS: RowsPage = { total: 0, columns: [], rows: [] };

export function exportedTraits({ view }: ExportedScan): ScanTraits {
  return {
    view,
    progress: { running: false, step: "", share: 1 },
    error: "",
    finding: view.findings.find(({ dismissed }) => !dismissed)?.index ?? -1,
    tab: "findings",
    narrowing: null,
    selected: [],
    uid: "",
    runtime: "vega",
    plan: null,
    exported: true,
  };
}

/** Answers the view from what the page holds, in Python's place. The view offers nothing else. */
export function answersFrom(page: ExportedScan): SendHook {
  return (content, reply) => {
    const request = content as Request;
    switch (request.type) {
      case "detail":
        return reply({ id: request.id, ok: true, value: page.details[request.finding] ?? NO_DETAIL });
      case "rows": {
        const { columns, rows } = page.rows[request.finding] ?? NO_ROWS;
        const place = request.order_by === null ? -1 : columns.indexOf(request.order_by);
        const ordered = place < 0 ? rows : inOrder(rows, place, request.descending);
        const value = { total: rows.length, columns, rows: ordered.slice(request.start, request.stop) };
        return reply({ id: request.id, ok: true, value });
      }
      default:
        return reply({
          id: request.id,
          ok: false,
          error: "This needs the notebook that the page was made in.",
        });
    }
  };
}

/** Rows by the cells of one column: numbers as numbers, missing ones last either way. */
function inOrder(rows: RowView[], place: number, descending: boolean): RowView[] {
  const collator = new Intl.Collator("en", { numeric: true });
  return [...rows].sort((one, other) => {
    const [a = null, b = null] = [one.cells[place], other.cells[place]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const [x, y] = [Number(a), Number(b)];
    const order = Number.isNaN(x) || Number.isNaN(y) ? collator.compare(a, b) : x - y;
    return descending ? -order : order;
  });
}
