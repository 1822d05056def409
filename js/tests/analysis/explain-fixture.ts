import type { AnyWidget, Host } from "@anywidget/types";
import { onTestFinished } from "vitest";
import explain from "../../src/analysis/explain";
import type {
  ExplainedRow,
  ExplainView,
  GroupView,
  OfferView,
  WhatIfView,
} from "../../src/analysis/explain/messages";
import { kernellessModel } from "../../src/host";
import { View } from "../scan/open";

/** Two people, and a model that says whether they are rich. */
export function row(position = 7): ExplainedRow {
  return {
    position,
    label: `p${position}`,
    predicted: "rich",
    said: "83 %",
    actual: "poor",
    right: false,
    sentence: `The model gives 83 % for rich, where 24 % is usual. This is row p${position}.`,
    waterfall: {
      base: -1,
      output: 1.5,
      begins: "-1 (26.9 %)",
      ends: "1.5 (81.8 %)",
      space: "log-odds",
      bars: [
        { column: 1, label: "education", value: "Doctorate", contribution: 3, error: 0, start: -1, end: 2 },
        { column: 0, label: "age", value: "missing", contribution: -1, error: 0.2, start: 2, end: 1 },
        {
          column: null,
          label: "2 other columns",
          value: "",
          contribution: 0.5,
          error: 0,
          start: 1,
          end: 1.5,
        },
      ],
      others: [
        {
          column: 2,
          label: "<b>note</b>",
          value: "<img src=x>",
          contribution: 0.4,
          error: 0,
          start: 0,
          end: 0.4,
        },
        { column: 3, label: "debt", value: "3", contribution: 0.1, error: 0, start: 0, end: 0.1 },
      ],
      method: ["in log-odds", "by LightGBM's own", "against the training rows", "nothing left over"],
      notes: [],
    },
    path: null,
  };
}

export function group(): GroupView {
  return {
    label: "age > 60",
    rows: 20,
    rest: 280,
    sentence: "The model gives 60 % for rich on average for these 20 rows, and 21 % for the rest.",
    columns: [
      { label: "age", here: "median 66", there: "median 40", difference: 1.2, low: 1, high: 1.4 },
      { label: "debt", here: "median 3", there: "median 3", difference: 0.1, low: -0.1, high: 0.3 },
    ],
    more: 2,
    space: "log-odds",
    method: ["in log-odds"],
  };
}

export function view(change: Partial<ExplainView> = {}): ExplainView {
  return {
    rows: 300,
    target: "wealth",
    classes: ["poor", "rich"],
    probable: true,
    raw_space: "log-odds",
    columns: ["age", "education", "<b>note</b>", "debt"],
    settings: { output: 1, against: "training", space: "raw" },
    row: row(),
    group: null,
    ...change,
  };
}

const OFFERS: OfferView[] = [
  {
    column: 0,
    values: ["20", "30", "40", "50", "missing"],
    numbers: [20, 30, 40, 50],
    own: 1,
    own_words: "30",
    own_number: 30,
    missing: true,
  },
  {
    column: 1,
    values: ["Primary", "Doctorate"],
    numbers: null,
    own: 1,
    own_words: "Doctorate",
    own_number: null,
    missing: false,
  },
];

interface Asked extends Record<string, unknown> {
  id: number;
  type: string;
}

/** An explanation on the page, with somebody who answers as Python does. */
export class OpenExplanation {
  readonly asked: Asked[] = [];
  readonly held: (() => void)[] = [];
  hold = false;
  readonly model;

  constructor(shown: ExplainView = view()) {
    const state: Record<string, unknown> = {
      view: shown,
      progress: { running: false, step: "", share: 0 },
      error: "",
      selection: { label: "", rows: 0, source: "", row: null, row_label: "", version: 0 },
      rows_head: { columns: [], outcome: [] },
      uid: "mlqa-1",
      runtime: "",
    };
    this.model = kernellessModel(state, (content, reply) => {
      const request = content as Asked;
      this.asked.push(request);
      const answer = this.#answer(request);
      const send = () => reply({ id: request.id, ...answer });
      if (this.hold) this.held.push(send);
      else setTimeout(send);
    });
  }

  async view(): Promise<View> {
    const el = document.body.appendChild(document.createElement("div"));
    const abort = new AbortController();
    onTestFinished(() => {
      abort.abort();
      el.remove();
    });
    const host = { getWidget: () => Promise.reject(new Error("none")) } as unknown as Host;
    const module = explain as unknown as AnyWidget & { render: (props: never) => void };
    module.render({ model: this.model, el, host, signal: abort.signal, experimental: {} } as never);
    const found = new View(el);
    await found.settled();
    return found;
  }

  set(name: string, value: unknown): void {
    this.model.set(name, value);
  }

  of(type: string): Asked[] {
    return this.asked.filter((one) => one.type === type);
  }

  #answer(request: Asked): { ok: true; value: unknown } | { ok: false; error: string } {
    const value = ANSWERS[request.type]?.(request) ?? null;
    return request.type === "find" ? { ok: false, error: "No row has the label 'x'." } : { ok: true, value };
  }
}

const ANSWERS: Record<string, (request: Asked) => unknown> = {
  offers: ({ columns }) => OFFERS.filter(({ column }) => (columns as number[]).includes(column)),
  what_if: ({ changes, curve }): WhatIfView => ({
    before: 0.83,
    after: 0.2,
    before_words: "83 %",
    after_words: `${(changes as unknown[]).length}0 %`,
    predicted: "poor",
    changed: true,
    curve: curve === null ? null : { column: curve as number, predictions: [0.1, 0.2, 0.3, 0.4, 0.5] },
  }),
  trust: () => [
    {
      id: "distance",
      label: "Familiar",
      level: "caution",
      figure: "farther than 97 % of training rows",
      meaning: "Few rows like this one.",
      thresholds: "Caution above 95 %.",
    },
  ],
  similar: () => ({
    sentence: "Of the 1 nearest row 1 came out rich.",
    distance: "Distance: ranks.",
    columns: ["age"],
    own: ["30"],
    same: [[false]],
    rows: [
      {
        position: 9,
        label: "p9",
        distance: 0.1,
        said: "70 %",
        predicted: "rich",
        actual: "rich",
        cells: ["31"],
      },
    ],
  }),
  contrast: () => ({ sentence: "The nearest row is p9.", position: 9, label: "p9", waterfall: null }),
  changes: ({ fixed }) =>
    (fixed as number[]).includes(0)
      ? { sentence: "No change was found.", changes: [] }
      : {
          sentence: "With age = 20.",
          changes: [
            {
              moves: [{ column: 0, label: "age", before: "30", after: "20" }],
              said: "20 %",
              plausible: false,
              sentence: "With age = 20.",
            },
          ],
        },
  compare: ({ position }) => ({
    position,
    label: "p9",
    said: "70 %",
    predicted: "rich",
    actual: "rich",
    columns: [
      {
        label: "age",
        value: "30",
        other: "31",
        same: false,
        contribution: 1,
        other_contribution: 0.5,
        difference: 0.5,
      },
    ],
    space: "log-odds",
  }),
  group: () => group(),
};
