import type { AnyWidget } from "@anywidget/types";
import type { SendHook } from "../../src/host";
import type { RowsPage, RowView } from "../../src/messages";
import type {
  ColumnCard,
  DeclaredView,
  Detail,
  FindingCard,
  Narrowing,
  Request,
  ScanView,
} from "../../src/scan/messages";
import type { ScanTraits } from "../../src/scan/synced";

/** A made-up table of food inspections: 12,480 rows, 22 columns, 30 findings. */
const ROWS = 12_480;

type ColumnLine = [
  name: string,
  kind: string,
  type: string,
  missing: number,
  distinct: number,
  range: string,
];

const COLUMNS: ColumnLine[] = [
  ["inspection_id", "identifier", "int64", 0, 12_466, "100,012 to 298,771"],
  ["establishment", "name", "object", 0, 3_912, ""],
  ["borough", "category", "object", 0.012, 41, ""],
  ["address", "sentence", "object", 0.0004, 3_871, ""],
  ["postal_code", "postcode", "object", 0.034, 1_204, ""],
  ["phone", "phone", "object", 0.21, 3_055, ""],
  ["email", "email", "object", 0.44, 2_010, ""],
  ["inspection_date", "date as text", "object", 0, 1_402, "2019-01-03 to 2026-11-02"],
  ["reported_at", "datetime", "datetime64[us]", 0.0811, 9_871, "2019-01-03 to 2199-01-01"],
  ["inspector", "category", "object", 0, 38, ""],
  ["category", "category", "object", 0.002, 24, ""],
  ["risk", "category", "object", 0, 4, ""],
  ["score", "numeric", "int64", 0, 96, "-999 to 100"],
  ["fine_amount", "number inside text", "object", 0.61, 402, ""],
  ["temperature_c", "numeric", "float64", 0.0032, 731, "-4.1 to 139.8"],
  ["latitude", "numeric", "float64", 0.006, 3_640, "0 to 45.7"],
  ["longitude", "numeric", "float64", 0.006, 3_644, "-73.9 to 0"],
  ["comments", "sentence", "object", 0.38, 6_904, ""],
  ["status", "category", "object", 0, 3, ""],
  ["country", "constant", "object", 0, 1, ""],
  ["batch", "identifier", "object", 0, 12_480, ""],
  ["website", "URL", "object", 0.72, 1_100, ""],
];

type FindingLine = [
  severity: FindingCard["severity"],
  check: string,
  columns: number[],
  rows: number,
  message: string,
  more?: Partial<FindingCard>,
];

const FINDINGS: FindingLine[] = [
  [
    "error",
    "mixed_date_formats",
    [7],
    5_241,
    "inspection_date holds 3 date formats: 58 % YYYY-MM-DD, 33 % DD.MM.YY and 9 % MM/DD/YYYY.",
  ],
  [
    "error",
    "duplicate_keys",
    [0],
    28,
    "inspection_id repeats in 28 rows (14 keys), and the repeated rows differ.",
  ],
  [
    "error",
    "placeholders",
    [12],
    312,
    "score is -999 in 312 rows (2.5 %), far below all other values: it stands for missing.",
    { folded: ["score has 312 outliers below 0.", "score is negative in 312 rows."] },
  ],
  [
    "error",
    "mixed_units",
    [14],
    418,
    "temperature_c holds two units: 418 rows (3.3 %) read as °F, 1.8 × + 32 of the rest.",
  ],
  ["error", "impossible_dates", [8], 9, "reported_at lies in the future in 9 rows, up to 2199-01-01."],
  [
    "warning",
    "spelling_variants",
    [2],
    702,
    "borough is written several ways: 17 variants of 6 names in 702 rows (5.6 %).",
  ],
  ["warning", "null_island", [15, 16], 75, "latitude and longitude are both 0 in 75 rows (0.6 %)."],
  [
    "warning",
    "numbers_as_text",
    [13],
    4_867,
    "fine_amount is a number written as text, with a decimal comma in 4,102 rows and a point in 765.",
  ],
  [
    "warning",
    "ambiguous_dates",
    [7],
    1_123,
    "inspection_date reads as day/month and as month/day in 1,123 rows (9 %); the column's other rows favour month first.",
  ],
  [
    "warning",
    "missing_values",
    [13, 17, 21],
    4_742,
    "fine_amount, comments and website are missing together in 4,742 rows (38 %).",
  ],
  [
    "warning",
    "encoding_errors",
    [1, 3],
    233,
    "establishment and address hold garbled accents (“CÃ´te-des-Neiges”) in 233 rows (1.9 %).",
  ],
  ["warning", "blank_strings", [17], 96, "comments is blank text, not missing, in 96 rows (0.8 %)."],
  [
    "warning",
    "invalid_phones",
    [5],
    181,
    "phone is not a possible number in 181 rows: 120 too short, 61 all one digit.",
  ],
  ["warning", "invalid_postcodes", [4], 64, "postal_code is not a Canadian postcode in 64 rows."],
  ["warning", "rare_patterns", [20], 12, "batch departs from its usual form AA-9999 in 12 rows."],
  ["warning", "outliers", [14], 31, "temperature_c is far outside its usual range in 31 rows, up to 139.8."],
  ["warning", "duplicate_rows", [], 40, "20 rows are exact copies of another row."],
  ["warning", "constant_column", [19], 0, "country is always “Canada”."],
  ["warning", "midnight_only_times", [8], 11_460, "reported_at has a time, and it is always midnight."],
  ["warning", "duplicate_columns", [0, 20], 0, "batch repeats inspection_id in another form."],
  ["info", "high_cardinality", [1], 0, "establishment has 3,912 levels over 12,480 rows."],
  ["info", "class_imbalance", [18], 0, "status is “closed” in 97.1 % of rows."],
  ["info", "missing_values", [5], 2_620, "phone is missing in 2,620 rows (21 %), spread evenly."],
  ["info", "missing_values", [6], 5_491, "email is missing in 5,491 rows (44 %), more often before 2021."],
  [
    "info",
    "id_like_column",
    [20],
    0,
    "batch is different in every row: it identifies rows and predicts nothing.",
  ],
  [
    "info",
    "coarse_coordinates",
    [15, 16],
    2_031,
    "latitude and longitude have two decimals or fewer in 2,031 rows.",
  ],
  ["info", "undocumented_columns", [2, 9, 10], 0, "19 columns have no description."],
  ["info", "low_quantity", [11], 0, "risk “low” has 12 rows: too few to learn from."],
  [
    "warning",
    "invalid_emails",
    [6],
    17,
    "email is not an address in 17 rows.",
    { dismissed: { reason: "test accounts, filtered out downstream", on: "2026-10-02" } },
  ],
  [
    "info",
    "nearly_constant_column",
    [11],
    0,
    "risk is “medium” in 96.4 % of rows.",
    { dismissed: { reason: "known, the programme only covers medium risk", on: "2026-10-02" } },
  ],
];

function heights(seed: number): number[] {
  return Array.from({ length: 20 }, (_, i) =>
    Math.round(900 * Math.exp(-((i - (seed % 17)) ** 2) / (8 + (seed % 5) * 9))),
  );
}

const MEANINGS: Record<string, string> = {
  score: "Points out of 100 given by the inspector",
  fine_amount: "Fine in Canadian dollars",
};

export const UNDECLARED: DeclaredView = {
  type: "",
  unit: "",
  enum: "",
  minimum: "",
  maximum: "",
  pattern: "",
  required: false,
  unique: false,
};

/** What is proposed of every column. */
export const DRAFT: DeclaredView = { ...UNDECLARED, type: "integer", required: true };

export function scanView(): ScanView {
  return {
    table: {
      name: "inspections.csv",
      rows: ROWS,
      columns: COLUMNS.length,
      seconds: 1.83,
      engine: "DuckDB",
      read: "all rows read",
      source: "CSV",
      facts: {
        path: "data/inspections.csv",
        delimiter: "semicolon",
        encoding: "Windows-1252",
        header: "line 1",
        quoting: '"',
      },
    },
    findings: FINDINGS.map(([severity, check, columns, rows, message, more], index) => ({
      index,
      check,
      severity,
      columns,
      rows,
      share: rows / ROWS,
      message,
      dismissed: null,
      folded: [],
      within_budget: true,
      ranked_lower: "",
      ...more,
    })),
    columns: COLUMNS.map(
      ([name, kind, type, missing, distinct, range], position): ColumnCard => ({
        position,
        name,
        kind,
        kind_reason: `${distinct.toLocaleString("en-US")} distinct values and how they are written`,
        type,
        missing,
        distinct,
        heights:
          kind === "constant"
            ? [ROWS]
            : kind === "category"
              ? [5_100, 3_200, 1_900, 800, 60]
              : heights(position * 7),
        labels: Array.from({ length: 20 }, (_, i) => `${name} ${i * 5} to ${i * 5 + 5}`),
        range,
        description: MEANINGS[name] ?? "",
        comment: name === "risk" ? "Risk class from the licence" : "",
        declared: { ...UNDECLARED, ...(name === "score" ? { type: "integer", minimum: "0" } : {}) },
      }),
    ),
    failures: [],
    planned: [],
    checks: [...new Set(FINDINGS.map(([, check]) => check))].sort(),
  };
}

/** A view of a table in which nothing is wrong. */
export function cleanView(): ScanView {
  return { ...scanView(), findings: [], failures: [] };
}

function histogram(): Record<string, unknown> {
  const values = Array.from({ length: 32 }, (_, item) => {
    const rows = Math.round(1_900 * Math.exp(-((item - 5) ** 2) / 6)) + (item > 20 && item < 28 ? 60 : 1);
    return { item, low: item * 4 - 5, high: item * 4 - 1, rows, part: item > 18 ? "offending" : "others" };
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container",
    height: 150,
    data: { values },
    params: [{ name: "pick", select: { type: "point", fields: ["item"], toggle: false } }],
    mark: { type: "bar", binSpacing: 0.5, cursor: "pointer" },
    encoding: {
      x: { field: "low", type: "quantitative", title: "temperature_c", scale: { zero: false } },
      x2: { field: "high" },
      y2: { datum: 0 },
      y: { field: "rows", type: "quantitative", title: "rows", axis: { tickCount: 4 } },
      color: {
        field: "part",
        type: "nominal",
        legend: null,
        scale: { domain: ["offending", "others"], range: ["#d1495b", "#7a9cc6"] },
      },
      opacity: { condition: { param: "pick", value: 1 }, value: 0.35 },
    },
  };
}

function bar(label: string, rows: number, flagged: boolean, note = "", clickable = true) {
  return { label, rows, flagged, note, clickable };
}

export function detailOf(finding: number): Detail {
  const check = FINDINGS[finding]?.[1];
  const why =
    "Read as one format, part of the dates is wrong without an error: a model sees months that never happened.";
  const parse = [
    "dates = df['inspection_date'].astype('string')",
    "df = df.assign(inspection_date=(",
    "    pd.to_datetime(dates, format='%Y-%m-%d', errors='coerce')",
    "    .fillna(pd.to_datetime(dates, format='%d.%m.%y', errors='coerce'))  # 33 % of rows",
    "    .fillna(pd.to_datetime(dates, format='%m/%d/%Y', errors='coerce'))",
    "))",
  ].join("\n");
  const fix = {
    title: "Parse each value by its own format",
    code: parse,
    note: "Rows that fit two formats are read month first, as the rest of the column is.",
    preview: [
      { row: "17", column: "inspection_date", before: "03.11.21", after: "2021-11-03", dropped: false },
      { row: "24", column: "inspection_date", before: "11/03/2021", after: "2021-11-03", dropped: false },
      { row: "31", column: "inspection_date", before: "2021-11-03", after: "2021-11-03", dropped: false },
    ],
    refused: "",
  };
  const drop = {
    title: "Drop the rows of the two rarer formats",
    code: "df = df[df['inspection_date'].str.match(r'\\d{4}-\\d{2}-\\d{2}$')]",
    note: "",
    preview: [{ row: "17", column: "", before: "03.11.21", after: null, dropped: true }],
    refused: "",
  };
  switch (check) {
    case "mixed_date_formats":
      return {
        why,
        evidence: [
          {
            kind: "bars",
            title: "Date formats",
            bars: [
              bar("YYYY-MM-DD", 7_239, false, "2021-11-03"),
              bar("DD.MM.YY", 4_118, true, "03.11.21"),
              bar("MM/DD/YYYY", 1_123, true, "11/03/2021"),
            ],
            more: 2,
            more_rows: 7,
          },
        ],
        fixes: [fix, drop],
      };
    case "spelling_variants":
      return {
        why: "Each spelling counts as a borough of its own.",
        evidence: [
          {
            kind: "groups",
            title: "Variants, and the form to keep",
            groups: [
              [
                bar("Montréal-Nord", 904, false),
                bar("Montreal-Nord", 120, true),
                bar("MONTRÉAL-NORD", 88, true),
                bar("Montréal-Nord ", 40, true),
              ],
              [
                bar("Côte-des-Neiges", 1_204, false),
                bar("CÃ´te-des-Neiges", 61, true),
                bar("Cote des Neiges", 33, true),
              ],
              [
                bar("Saint-Laurent", 820, false),
                bar("St-Laurent", 190, true),
                bar("St. Laurent", 14, true),
                bar("saint laurent", 9, true),
              ],
            ],
            more: 3,
          },
        ],
        fixes: [
          {
            ...fix,
            title: "Write each name one way",
            refused: "“St-Laurent” and “Saint-Laurent” both occur more than 100 times.",
          },
        ],
      };
    case "mixed_units":
    case "outliers":
      return {
        why: "A mean over two units is neither; a split learned from it is noise.",
        evidence: [
          {
            kind: "chart",
            title: "temperature_c, with the second group marked",
            spec: histogram(),
            items: Array.from({ length: 32 }, (_, item) => ({
              item,
              label: `${item * 4 - 5} to ${item * 4 - 1}`,
              rows: 60,
            })),
          },
        ],
        fixes: [fix],
      };
    case "ambiguous_dates":
      return {
        why,
        evidence: [
          {
            kind: "examples",
            title: "How a value reads",
            headers: ["", "month first", "day first"],
            lines: [
              ["03/04/2021", "4 March 2021", "3 April 2021"],
              ["11/12/2020", "12 November 2020", "11 December 2020"],
            ],
          },
        ],
        fixes: [fix],
      };
    default:
      return {
        why,
        evidence: [
          {
            kind: "bars",
            title: "Most frequent values",
            bars: [bar("  ", 60, true), bar("\t", 20, true), bar("", 16, true)],
            more: 0,
            more_rows: 0,
          },
        ],
        fixes: [fix],
      };
  }
}

const BOROUGHS = [
  "Ville-Marie",
  "Montreal-Nord",
  "CÃ´te-des-Neiges",
  " Verdun",
  "St-Laurent ",
  "Lachine",
  "Le Sud-Ouest",
];
const DATES = ["03.11.21", "11/03/2021", "2021-11-03", "14.02.19", "07/19/2022"];

function cell(column: number, row: number): string | null {
  const missing = COLUMNS[column]?.[3] ?? 0;
  if ((row * 31 + column * 17) % 100 < missing * 100) return null;
  switch (COLUMNS[column]?.[0]) {
    case "inspection_id":
      return String(100_000 + row * 13);
    case "establishment":
      return (
        ["Café Olimpico", "DÃ©panneur du Coin", "La Banquise", "St-Viateur Bagel", "Épicerie Ông Ba"][
          row % 5
        ] ?? ""
      );
    case "borough":
      return BOROUGHS[row % BOROUGHS.length] ?? "";
    case "address":
      return `${100 + (row % 900)} rue Saint-Denis`;
    case "inspection_date":
      return DATES[row % DATES.length] ?? "";
    case "score":
      return row % 40 === 0 ? "-999" : String(60 + (row % 40));
    case "fine_amount":
      return `${row % 900},50 $`;
    case "temperature_c":
      return (row % 30 === 0 ? 41 + (row % 9) : 3 + (row % 5) + 0.2).toFixed(1);
    case "comments":
      return row % 9 === 0
        ? "Cold room at 9 °C.\nDoor seal torn; owner told, second visit in 14 days. ".repeat(3)
        : "Nothing to report\u200b";
    case "status":
      return "closed";
    default:
      return `${COLUMNS[column]?.[0]} ${row % 97}`;
  }
}

export function rowsOf(request: {
  finding: number;
  narrowing: Narrowing | null;
  order_by: number | null;
  descending: boolean;
  start: number;
  stop: number;
}): RowsPage {
  const own = FINDINGS[request.finding]?.[2] ?? [];
  const all = FINDINGS[request.finding]?.[3] ?? 0;
  const total = request.narrowing ? Math.ceil(all / 3) : all;
  const columns = [
    ...own,
    ...COLUMNS.map((_, position) => position).filter((position) => !own.includes(position)),
  ];
  const rows: RowView[] = [];
  for (let at = request.start; at < Math.min(request.stop, total); at++) {
    const place = request.descending ? total - 1 - at : at;
    const position = place * 2 + 7;
    rows.push({ position, label: String(position), cells: columns.map((column) => cell(column, position)) });
  }
  return { total, columns, rows };
}

/** Python as the widget sees it: answers after `delay` ms, and keeps dismissals and descriptions in `view`. */
export class FakePython {
  readonly asked: Request[] = [];
  /** Set to make the next question of a kind fail. */
  readonly refuse = new Map<Request["type"], string>();
  /** A kernel that is busy for good. */
  silent = false;
  /** Rows each finding has, where the made-up number will not do. */
  total: number | undefined;
  rows = rowsOf;
  view: ScanView;
  #model: { set(name: string, value: unknown): void } | undefined;

  constructor(
    view: ScanView = scanView(),
    readonly delay = 0,
  ) {
    this.view = view;
  }

  /** The model whose `view` follows what is told. */
  serve(model: { set(name: string, value: unknown): void }): void {
    this.#model = model;
  }

  readonly send: SendHook = (content, reply) => {
    const request = content as Request;
    this.asked.push(request);
    if (this.silent) return;
    const answer = () => {
      const refusal = this.refuse.get(request.type);
      this.refuse.delete(request.type);
      if (refusal !== undefined) reply({ id: request.id, ok: false, error: refusal });
      else reply({ id: request.id, ok: true, value: this.#value(request) });
    };
    if (this.delay > 0) setTimeout(answer, this.delay);
    else queueMicrotask(answer);
  };

  #value(request: Request): unknown {
    switch (request.type) {
      case "rows":
        return { ...this.rows(request), ...(this.total !== undefined && { total: this.total }) };
      case "detail":
        return detailOf(request.finding);
      case "dismiss":
      case "restore": {
        const dismissed =
          request.type === "dismiss" ? { reason: request.reason ?? "", on: "2026-11-21" } : null;
        this.#show({
          findings: this.view.findings.map((card) =>
            card.index === request.finding ? { ...card, dismissed } : card,
          ),
        });
        return null;
      }
      case "describe":
        this.#show({
          columns: this.view.columns.map((column) =>
            column.position === request.column ? { ...column, description: request.text } : column,
          ),
        });
        return null;
      case "choose":
      case "unchoose": {
        const { finding, fix } = request;
        const others = this.view.planned.filter((one) => one.finding !== finding);
        this.#show({ planned: request.type === "choose" ? [...others, { finding, fix }] : others });
        return null;
      }
      case "declare": {
        const { column, name, text } = request;
        this.#declare(column, { [name]: name === "required" || name === "unique" ? text === "true" : text });
        return null;
      }
      case "draft":
        return DRAFT;
      case "accept":
        this.#declare(request.column, DRAFT);
        return null;
      case "export":
        return "inspections.schema.json";
      case "cancel":
        return null;
    }
  }

  #declare(position: number, said: Partial<DeclaredView>): void {
    this.#show({
      columns: this.view.columns.map((column) =>
        column.position === position ? { ...column, declared: { ...column.declared, ...said } } : column,
      ),
    });
  }

  #show(change: Partial<ScanView>): void {
    this.view = { ...this.view, ...change };
    this.#model?.set("view", this.view);
  }
}

export function traits(change: Partial<ScanTraits> = {}): ScanTraits {
  return {
    view: scanView(),
    progress: { running: false, step: "", share: 1 },
    error: "",
    finding: 0,
    tab: "findings",
    narrowing: null,
    selected: [],
    uid: "fixture",
    runtime: "runtime",
    plan: null,
    ...change,
  };
}

/** A scan module as the kernel-less host takes it. */
export const asWidget = (module: unknown): AnyWidget => module as AnyWidget;
