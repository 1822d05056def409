import { expect, test } from "vitest";
import { bytes } from "../../src/database/figures";
import type { TableCard } from "../../src/database/messages";
import { arranged, type Shown, type SortKey } from "../../src/database/state";

function card(name: string, more: Partial<TableCard> = {}): TableCard {
  return {
    name,
    kind: "table",
    rows: 10,
    counted: "exact",
    bytes: null,
    newest: "",
    newest_in: "no column of dates or times",
    refers_to: [],
    referred_by: [],
    comment: "",
    inactive: [],
    columns: 3,
    ...more,
  };
}

const TABLES = [
  card("customers", { rows: 40, referred_by: ["orders"], newest: "2024-06-02" }),
  card("late_orders", { kind: "view", rows: null, counted: "not counted" }),
  card("orders", { rows: 300, comment: "One row per order", refers_to: ["customers"], newest: "2024-05-30" }),
  card("rates", { rows: 0, inactive: [{ word: "empty", why: "It has no rows." }] }),
];

function names(search: string, shown: Shown, key: SortKey, descending: boolean): string[] {
  return arranged(TABLES, search, shown, { key, descending }).map(({ name }) => name);
}

test("tables stand as the database lists them, and the other way round", () => {
  expect(names("", "all", "name", false)).toEqual(["customers", "late_orders", "orders", "rates"]);
  expect(names("", "all", "name", true)).toEqual(["rates", "orders", "late_orders", "customers"]);
});

test("figures sort by their size, what is not known last", () => {
  expect(names("", "all", "rows", true)).toEqual(["orders", "customers", "rates", "late_orders"]);
  expect(names("", "all", "newest", true).slice(0, 2)).toEqual(["customers", "orders"]);
  expect(names("", "all", "inactive", true)[0]).toBe("rates");
});

test("tables are found by name and by comment", () => {
  expect(names("ORDER", "all", "name", false)).toEqual(["late_orders", "orders"]);
  expect(names(" one row ", "all", "name", false)).toEqual(["orders"]);
});

test("tables, views and what looks inactive are listed alone", () => {
  expect(names("", "tables", "name", false)).toEqual(["customers", "orders", "rates"]);
  expect(names("", "views", "name", false)).toEqual(["late_orders"]);
  expect(names("", "inactive", "name", false)).toEqual(["rates"]);
});

test("bytes are told in the unit they fill", () => {
  expect([0, 1023, 1024, 50_036_736, 5e12].map(bytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KB",
    "47.7 MB",
    "4.5 TB",
  ]);
});
