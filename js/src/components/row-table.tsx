import { useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RowView } from "../messages";
import { attempt } from "./attempt";
import { Button } from "./button";
import { Failure } from "./failure";
import { integer } from "./figures";
import { Hidden } from "./hidden";
import type { Order, RowPages } from "./pages";
import { useScrollBack } from "./scroll";
import { titleOf, VisibleText } from "./visible-text";
import { scrollTo, windowOf } from "./window";

const ROW = 26;
const HEAD = 30;
/** Room for a scrollbar along the bottom, taken whether it shows or not. */
const BAR = 14;
const ROWS_IN_SIGHT = 9;
/** A row of thousands of cells is no use to a reader and slow to draw. */
const COLUMNS_SHOWN = 100;
/** The longest run of rows ticked in one go: the positions travel to Python. */
const LONGEST_RUN = 10_000;

export interface RowColumn {
  name: string;
  /** Figures line up at the right. */
  numeric: boolean;
}

interface RowTableProps {
  label: string;
  pages: RowPages;
  /** Rows there are before they are narrowed: the height the table keeps. */
  tallest: number;
  columnAt: (position: number) => RowColumn;
  /** Positions of the columns whose cells offend. */
  offending: number[];
  order: Order | null;
  onOrder: (order: Order | null) => void;
  selected: number[];
  /** Absent where nobody can be told which rows are ticked. */
  onSelect?: ((positions: number[]) => void) | undefined;
  /** Position of the row that stands for the others; choosing a row (click, Enter) makes it this one. */
  focused?: number | null;
  onFocus?: (position: number) => void;
}

interface Shape {
  columns: number[];
  widths: number[];
  label: number;
  hidden: number;
}

/** Rows of a table: only those in sight exist, the scrollbar covers them all. */
export function RowTable(props: RowTableProps) {
  const { pages, columnAt, offending, order, onOrder, selected, onSelect, focused, onFocus } = props;
  const id = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const scrollTop = useSignal(0);
  const active = useSignal(0);
  const anchor = useRef(0);
  const refused = useSignal("");

  useScrollBack(scroller, scrollTop);
  pages.arrived.value;
  const total = pages.total.value;
  const shape = useShape(pages, columnAt, offending);
  const inSight = Math.min(props.tallest, ROWS_IN_SIGHT);
  const sight = inSight * ROW;
  const { first, last, above, below } = windowOf(scrollTop.value, sight, total, ROW);

  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
    scrollTop.value = 0;
    active.value = 0;
    refused.value = "";
  }, [pages]);
  useEffect(() => pages.show(first, last), [pages, first, last, total]);

  const moveTo = (index: number) => {
    const to = Math.min(Math.max(0, index), total - 1);
    active.value = to;
    if (!scroller.current) return;
    scroller.current.scrollTop = scrollTo(to, scroller.current.scrollTop, sight, total, ROW);
    scrollTop.value = scroller.current.scrollTop;
  };

  const ticked = new Set(selected);
  const tickAll = (positions: Iterable<number>) => onSelect?.([...positions].sort((a, b) => a - b));
  const tick = ({ position }: RowView) => {
    if (!ticked.delete(position)) ticked.add(position);
    tickAll(ticked);
  };
  const tickRun = async (to: number) => {
    const [from, until] = [Math.min(anchor.current, to), Math.max(anchor.current, to) + 1];
    if (until - from > LONGEST_RUN) {
      refused.value = `At most ${integer(LONGEST_RUN)} rows can be ticked in one go.`;
      return;
    }
    const run = async () => {
      for (const { position } of await pages.between(from, until)) ticked.add(position);
    };
    if (await attempt(run(), refused)) tickAll(ticked);
  };
  const tickAt = (index: number, run: boolean) => {
    const row = pages.row(index);
    if (!onSelect || !row) return;
    active.value = index;
    if (run) void tickRun(index);
    else tick(row);
    anchor.current = index;
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== table.current) return;
    const page = Math.max(1, inSight - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[
      event.key
    ];
    if (step !== undefined) {
      event.preventDefault();
      moveTo(active.value + step);
      if (event.shiftKey && onSelect) void tickRun(active.value);
      else anchor.current = active.value;
    } else if (event.key === "Enter" && onFocus && !event.shiftKey) {
      event.preventDefault();
      const row = pages.row(active.value);
      if (row) onFocus(row.position);
    } else if (event.key === " ") {
      event.preventDefault();
      tickAt(active.value, event.shiftKey);
    }
  };

  const sort = (column: number) => {
    if (order?.column !== column) onOrder({ column, descending: false });
    else onOrder(order.descending ? null : { column, descending: true });
  };

  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  const width = shape.widths.reduce((sum, one) => sum + one, shape.label + (onSelect ? 30 : 0));
  return (
    <>
      <Failure reason={pages.error.value} onRetry={() => pages.retry()} />
      <Failure reason={refused.value} />
      <div
        class="mq-rows"
        ref={scroller}
        style={{ height: `${HEAD + sight + BAR}px` }}
        onScroll={(event) => {
          scrollTop.value = event.currentTarget.scrollTop;
        }}
      >
        <table
          ref={table}
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows to move through and tick make a grid
          role="grid"
          tabIndex={0}
          aria-label={props.label}
          aria-rowcount={total + 1}
          aria-multiselectable={onSelect ? true : undefined}
          aria-activedescendant={total > 0 ? `${id}-${active.value}` : undefined}
          style={{ width: `max(100%, ${width}px)` }}
          onKeyDown={onKeyDown}
        >
          <colgroup>
            {onSelect && <col style={{ width: "30px" }} />}
            <col style={{ width: `${shape.label}px` }} />
            {shape.columns.map((position, place) => (
              <col key={position} style={{ width: `${shape.widths[place]}px` }} />
            ))}
            <col />
          </colgroup>
          <thead>
            <tr aria-rowindex={1} style={{ height: `${HEAD}px` }}>
              {onSelect && (
                <th scope="col" class="mq-tick">
                  <Hidden>Ticked</Hidden>
                </th>
              )}
              <th scope="col" class="mq-label">
                row
              </th>
              {shape.columns.map((position) => (
                <ColumnHead
                  key={position}
                  column={columnAt(position)}
                  offends={offending.includes(position)}
                  sorted={order?.column !== position ? "none" : order.descending ? "descending" : "ascending"}
                  onSort={() => sort(position)}
                />
              ))}
              <td class="mq-filler">{shape.hidden > 0 && `+ ${integer(shape.hidden)} columns`}</td>
            </tr>
          </thead>
          <tbody style={{ "--above": `${above}px`, "--below": `${below}px` }}>
            {shown.map((index) => {
              const row = pages.row(index);
              return (
                <tr
                  key={index}
                  id={`${id}-${index}`}
                  aria-rowindex={index + 2}
                  aria-selected={onSelect ? row !== undefined && ticked.has(row.position) : undefined}
                  class={`${index === active.value ? "mq-active" : ""} ${row && row.position === focused ? "mq-focused" : ""} ${onFocus ? "mq-focusable" : ""}`}
                  aria-current={onFocus && row?.position === focused ? true : undefined}
                  style={{ height: `${ROW}px` }}
                  onClick={() => {
                    active.value = index;
                    if (row) onFocus?.(row.position);
                  }}
                >
                  {onSelect && (
                    <td class="mq-tick">
                      <input
                        type="checkbox"
                        tabIndex={-1}
                        disabled={!row}
                        checked={row !== undefined && ticked.has(row.position)}
                        aria-label={`Tick row ${row?.label ?? ""}`}
                        onClick={(event) => {
                          event.stopPropagation();
                          tickAt(index, event.shiftKey);
                        }}
                      />
                    </td>
                  )}
                  <th scope="row" class="mq-label" title={row && titleOf(row.label)}>
                    {row ? <VisibleText text={row.label} /> : <Waiting />}
                  </th>
                  {shape.columns.map((position, place) => (
                    <Cell
                      key={position}
                      text={row?.cells[place]}
                      class={classOf(offending.includes(position), columnAt(position).numeric)}
                      ends={offending.includes(position)}
                    />
                  ))}
                  <td class="mq-filler" />
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

const SORT_SIGNS = { ascending: "↑", descending: "↓", none: "↕" };

function ColumnHead(props: {
  column: RowColumn;
  offends: boolean;
  sorted: "ascending" | "descending" | "none";
  onSort: () => void;
}) {
  const { column, offends, sorted, onSort } = props;
  return (
    <th scope="col" aria-sort={sorted} class={classOf(offends, column.numeric)}>
      <Button title={`${titleOf(column.name)}: sort`} onClick={onSort}>
        <span>
          <VisibleText text={column.name} />
          {offends && <Hidden> (offending)</Hidden>}
        </span>
        <span class="mq-sort" aria-hidden="true">
          {SORT_SIGNS[sorted]}
        </span>
      </Button>
    </th>
  );
}

/** A cell; without a text as long as its row is on the way. */
function Cell(props: { text: string | null | undefined; class: string; ends: boolean }) {
  const { text } = props;
  return (
    <td class={props.class} title={titleOf(text ?? "")}>
      {text === undefined ? (
        <Waiting />
      ) : text === null ? (
        <span class="mq-missing">missing</span>
      ) : (
        <VisibleText text={text} ends={props.ends} />
      )}
    </td>
  );
}

function classOf(offends: boolean, numeric: boolean): string {
  return `${offends ? "mq-offends" : ""} ${numeric ? "mq-numeric" : ""}`;
}

function Waiting() {
  return <span class="mq-skeleton">…</span>;
}

/** Columns and widths as the first page has them; they stay as they are while the rows are narrowed and sorted. */
function useShape(pages: RowPages, columnAt: (position: number) => RowColumn, offending: number[]): Shape {
  const [shape, setShape] = useState<Shape | null>(null);
  const columns = pages.columns.value;
  useLayoutEffect(() => {
    if (!columns || shape) return;
    const rows = Array.from({ length: Math.min(pages.total.value, 100) }, (_, i) => pages.row(i));
    setShape({
      columns: columns.slice(0, COLUMNS_SHOWN),
      widths: columns.slice(0, COLUMNS_SHOWN).map((position, place) =>
        Math.max(
          widthOf([columnAt(position).name], 48, 190),
          widthOf(
            rows.map((row) => row?.cells[place] ?? "missing"),
            20,
            260,
          ),
        ),
      ),
      label: widthOf(["row", ...rows.map((row) => row?.label ?? "")], 20, 150),
      hidden: Math.max(0, columns.length - COLUMNS_SHOWN),
    });
  }, [columns, shape]);
  return (
    shape ?? {
      columns: offending,
      widths: offending.map(() => 150),
      label: 70,
      hidden: 0,
    }
  );
}

/** Pixels that the longest of `texts` takes, within reason. */
function widthOf(texts: string[], padding: number, most: number): number {
  const longest = texts.reduce((most, text) => Math.max(most, pixels(text)), 0);
  return Math.round(Math.min(most, Math.max(54, longest + padding)));
}

/** About what a text takes in the table's font, in which figures and capitals are wider. */
function pixels(text: string): number {
  return 6.9 * text.length + 1.4 * (text.match(/[\p{Lu}\d]/gu)?.length ?? 0);
}
