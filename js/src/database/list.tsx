import { useEffect, useId, useRef } from "preact/hooks";
import { Button } from "../components/button";
import { count, integer } from "../components/figures";
import { Hidden } from "../components/hidden";
import { SearchIcon, SeverityIcon } from "../components/icons";
import { VisibleText } from "../components/visible-text";
import { bytes } from "./figures";
import type { DatabaseView, TableCard } from "./messages";
import type { Catalogue, Shown, SortKey } from "./state";

const HEADS: [key: SortKey, label: string, numeric: boolean][] = [
  ["name", "Table", false],
  ["rows", "Rows", true],
  ["bytes", "Size", true],
  ["newest", "Newest record", false],
  ["references", "References", false],
  ["inactive", "Looks inactive", false],
];
const SIGNS = { ascending: "↑", descending: "↓", none: "↕" };

/** The tables: one stop for Tab, the arrow keys move and choose, Enter goes on to the chosen one. */
export function TableList({
  shared,
  view,
  onEnter,
}: {
  shared: Catalogue;
  view: DatabaseView;
  onEnter: () => void;
}) {
  const id = useId();
  const grid = useRef<HTMLTableElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const chosen = shared.table.value;
  const listed = shared.listed.value;
  const sorting = shared.sorting.value;
  const most = Math.max(1, ...view.tables.map(({ rows }) => rows ?? 0));
  const largest = Math.max(1, ...view.tables.map((one) => one.bytes ?? 0));
  const hasBytes = view.tables.some((one) => one.bytes !== null);
  const heads = HEADS.filter(([key]) => key !== "bytes" || hasBytes);

  useEffect(() => {
    const row = grid.current?.querySelector<HTMLElement>("tr[aria-selected=true]");
    const frame = scroller.current;
    const head = grid.current?.tHead?.offsetHeight ?? 0;
    if (!row || !frame) return;
    const { top, bottom } = row.getBoundingClientRect();
    const within = frame.getBoundingClientRect();
    if (top < within.top + head) frame.scrollTop += top - within.top - head;
    else if (bottom > within.bottom) frame.scrollTop += bottom - within.bottom;
  }, [chosen]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== grid.current) return;
    const last = listed.length - 1;
    const at = listed.findIndex(({ name }) => name === shared.table.peek());
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[
      event.key
    ];
    const card = to === undefined ? undefined : listed[to];
    if (card) {
      event.preventDefault();
      shared.choose(card.name);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      onEnter();
    }
  };
  const place = listed.findIndex(({ name }) => name === chosen);
  return (
    <div class="mq-tables" ref={scroller}>
      <table
        ref={grid}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows to move through and choose make a grid
        role="grid"
        tabIndex={0}
        aria-label="Tables"
        aria-activedescendant={place < 0 ? undefined : `${id}-${place}`}
        onKeyDown={onKeyDown}
      >
        <thead>
          <tr>
            {heads.map(([key, label, numeric]) => {
              const sorted = sorting.key !== key ? "none" : sorting.descending ? "descending" : "ascending";
              return (
                <th
                  key={key}
                  scope="col"
                  aria-sort={sorted}
                  class={`${numeric ? "mq-numeric" : ""} mq-of-${key}`}
                >
                  <Button onClick={() => shared.sortBy(key)} title={`Sort by ${label.toLowerCase()}`}>
                    {label}{" "}
                    <span class="mq-sort" aria-hidden="true">
                      {SIGNS[sorted]}
                    </span>
                  </Button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {listed.map((card, index) => (
            <tr
              key={card.name}
              id={`${id}-${index}`}
              aria-selected={card.name === chosen}
              class={card.inactive.length > 0 ? "mq-inactive" : undefined}
              onClick={() => {
                shared.choose(card.name);
                grid.current?.focus({ preventScroll: true });
              }}
            >
              <th scope="row">
                <span class="mq-table-name">
                  <VisibleText text={card.name} titled />
                </span>
                {card.kind !== "table" && <span class="mq-chip">{card.kind}</span>}
                {card.comment && (
                  <span class="mq-small mq-line" title={card.comment}>
                    {card.comment}
                  </span>
                )}
              </th>
              <Measure value={card.rows} most={most}>
                {card.rows === null ? (
                  <span class="mq-quiet mq-wraps">not counted</span>
                ) : (
                  <>
                    {card.counted === "estimate" && <span class="mq-quiet">about </span>}
                    {integer(card.rows)}
                  </>
                )}
              </Measure>
              {hasBytes && (
                <Measure value={card.bytes} most={largest}>
                  {card.bytes === null ? "" : bytes(card.bytes)}
                </Measure>
              )}
              <td>
                {card.newest && <span class="mq-newest">{card.newest} </span>}
                <span class="mq-small mq-line" title={card.newest_in}>
                  {card.newest_in}
                </span>
              </td>
              <td class="mq-linked">
                <References card={card} />
              </td>
              <td class="mq-why-inactive">
                {card.inactive.length > 0 && (
                  <span class="mq-state" title={card.inactive.map(({ why }) => why).join(" ")}>
                    <SeverityIcon severity="warning" />
                    <span>{card.inactive.map(({ word }) => word).join(", ")}</span>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {listed.length === 0 && (
        <p class="mq-empty">
          No table is like this.{" "}
          <Button
            class="mq-link"
            onClick={() => {
              shared.search.value = "";
              shared.shown.value = "all";
            }}
          >
            Show all tables
          </Button>
        </p>
      )}
    </div>
  );
}

function Measure(props: { value: number | null; most: number; children: preact.ComponentChildren }) {
  const { value, most, children } = props;
  return (
    <td class="mq-numeric">
      {children}
      <span class="mq-measure" aria-hidden="true">
        {value ? <span style={{ width: `${Math.max(1, (100 * value) / most)}%` }} /> : null}
      </span>
    </td>
  );
}

function References({ card: { refers_to, referred_by } }: { card: TableCard }) {
  const named = (names: string[]) => names.join(", ");
  return (
    <>
      {refers_to.length > 0 && (
        <span class="mq-line" title={`Refers to ${named(refers_to)}`}>
          <span aria-hidden="true">→ </span>
          <Hidden>refers to </Hidden>
          {named(refers_to)}
        </span>
      )}
      {referred_by.length > 0 && (
        <span class="mq-line" title={`Referred to by ${named(referred_by)}`}>
          <span aria-hidden="true">← </span>
          <Hidden>referred to by </Hidden>
          {named(referred_by)}
        </span>
      )}
    </>
  );
}

/** What is listed: a search, and which kind of tables. */
export function Tools({ shared, view }: { shared: Catalogue; view: DatabaseView }) {
  const { tables } = view;
  const views = tables.filter(({ kind }) => kind.endsWith("view")).length;
  const inactive = tables.filter((one) => one.inactive.length > 0).length;
  const choices: [Shown, string, number][] = [
    ["all", "All", tables.length],
    ["tables", "Tables", tables.length - views],
    ["views", "Views", views],
    ["inactive", "Look inactive", inactive],
  ];
  const listed = shared.listed.value.length;
  return (
    <div class="mq-tools">
      <label class="mq-search">
        <SearchIcon />
        <input
          type="search"
          placeholder="Name or comment"
          aria-label="Search tables by name or comment"
          value={shared.search.value}
          onInput={(event) => {
            shared.search.value = event.currentTarget.value;
          }}
        />
      </label>
      <fieldset class="mq-choices">
        <legend class="mq-hidden">Which tables</legend>
        {choices
          .filter(([value, , figure]) => figure > 0 || value === "all")
          .map(([value, label, figure]) => (
            <Button
              key={value}
              class="mq-button"
              aria-pressed={shared.shown.value === value}
              onClick={() => {
                shared.shown.value = value;
              }}
            >
              {label} <span class="mq-quiet">{integer(figure)}</span>
            </Button>
          ))}
      </fieldset>
      <span class="mq-small" aria-live="polite">
        {listed < tables.length && `${count(listed, "table")} listed`}
      </span>
    </div>
  );
}
