import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { attempt } from "../components/attempt";
import { Button } from "../components/button";
import { count, integer, percent } from "../components/figures";
import { KeptInput } from "../components/kept-input";
import { useScrollBack } from "../components/scroll";
import { SmallHistogram } from "../components/small-histogram";
import { titleOf, VisibleText } from "../components/visible-text";
import { windowOf } from "../components/window";
import { useScan } from "./context";
import { DeclaredEditor, declaredLine } from "./declared";
import { SearchBox } from "./filters";
import type { ColumnCard, ScanView } from "./messages";

/** Above this many columns only those in sight are drawn. */
const DRAW_ALL = 100;

const HEADINGS = ["Column", "Values", "Missing", "Distinct", "Range", "Findings", "Dictionary"];
const UNDECLARED = "Type, unit, range…";

/** Every column of the table, with what it holds and what it means. */
export function ColumnsTab({ view }: { view: ScanView }) {
  const { synced, state } = useScan();
  const scroller = useRef<HTMLDivElement>(null);
  const scrollTop = useSignal(0);
  // Measured: both depend on the host's fonts and on how wide the view is.
  const row = useSignal(46);
  const sight = useSignal(480);
  useScrollBack(scroller, scrollTop);
  const words = state.columnSearch.value.toLowerCase().split(/\s+/).filter(Boolean);
  const columns = view.columns.filter((column) => {
    const text = [
      column.name,
      column.kind,
      column.type,
      column.description,
      column.comment,
      declaredLine(column.declared),
    ]
      .join("\n")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const all = columns.length <= DRAW_ALL;
  // The column being edited is taller: what is above the sight counts from where it would be without the editor.
  const open = columns.findIndex(({ position }) => position === state.editedColumn.value);
  const editor = useSignal(0);
  const over = open < 0 ? 0 : Math.max(0, Math.min(editor.value, scrollTop.value - (open + 1) * row.value));
  const { first, last, above, below } = all
    ? { first: 0, last: columns.length, above: 0, below: 0 }
    : windowOf(scrollTop.value - over, sight.value, columns.length, row.value);
  const left = !all && open >= 0 ? editor.value : 0;

  useLayoutEffect(() => {
    const edited = scroller.current?.querySelector<HTMLElement>(".mq-edited");
    if (edited) editor.value = edited.offsetHeight;
    row.value = scroller.current?.querySelector<HTMLElement>("tbody > tr")?.offsetHeight || row.value;
    sight.value = scroller.current?.clientHeight || sight.value;
  });

  const findings = new Map<number, number>();
  for (const card of view.findings) {
    if (card.dismissed) continue;
    for (const position of card.columns) findings.set(position, (findings.get(position) ?? 0) + 1);
  }
  return (
    <div class="mq-columns">
      <div class="mq-filters">
        <SearchBox
          label="Search columns"
          value={state.columnSearch.value}
          onInput={(text) => {
            state.columnSearch.value = text;
            scrollTop.value = 0;
            if (scroller.current) scroller.current.scrollTop = 0;
          }}
        />
        <span class="mq-quiet" role="status">
          {columns.length < view.columns.length
            ? `${integer(columns.length)} of ${count(view.columns.length, "column")}`
            : count(columns.length, "column")}
        </span>
        <span class="mq-space" />
        {!synced.exported && <Export />}
      </div>
      {columns.length === 0 ? (
        <div class="mq-empty">
          <p>{view.columns.length === 0 ? "The table has no columns." : "No column matches."}</p>
        </div>
      ) : (
        <div
          class="mq-column-scroll"
          ref={scroller}
          onScroll={({ currentTarget }) => {
            scrollTop.value = currentTarget.scrollTop;
          }}
        >
          <table class="mq-column-table" aria-label="Columns" aria-rowcount={columns.length + 1}>
            <thead>
              <tr aria-rowindex={1}>
                {HEADINGS.map((heading) => (
                  <th scope="col">{heading}</th>
                ))}
              </tr>
            </thead>
            <tbody
              style={{
                "--above": `${above + (open >= 0 && open < first ? left : 0)}px`,
                "--below": `${below + (open >= last ? left : 0)}px`,
              }}
            >
              {columns.slice(first, last).map((column, place) => (
                <Column
                  key={column.position}
                  column={column}
                  rowIndex={first + place + 2}
                  findings={findings.get(column.position) ?? 0}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

interface ColumnProps {
  column: ColumnCard;
  rowIndex: number;
  findings: number;
}

function Column({ column, rowIndex, findings }: ColumnProps) {
  const { synced, state } = useScan();
  const opener = useRef<HTMLButtonElement>(null);
  const editing = state.editedColumn.value === column.position;
  const declared = declaredLine(column.declared);
  const showFindings = () => {
    state.filters.clear();
    state.filters.column.value = String(column.position);
    synced.tab.value = "findings";
  };
  return (
    <>
      <tr aria-rowindex={rowIndex}>
        <th scope="row" class="mq-column-name">
          <strong title={titleOf(column.name)}>
            <VisibleText text={column.name} />
          </strong>
          <span class="mq-small">
            <span class="mq-chip" title={column.kind_reason}>
              {column.kind}
            </span>
            <code title={column.type}>{column.type}</code>
          </span>
        </th>
        <td class="mq-column-values">
          <SmallHistogram heights={column.heights} labels={column.labels} />
        </td>
        <td class="mq-column-missing">
          <span class="mq-meter" aria-hidden="true">
            <span style={{ width: `${100 * column.missing}%` }} />
          </span>
          <span class={column.missing === 0 ? "mq-quiet" : undefined}>
            {column.missing === 0 ? "none" : percent(column.missing)}
          </span>
        </td>
        <td class="mq-column-distinct">{integer(column.distinct)}</td>
        <td class="mq-column-range" title={titleOf(column.range)}>
          {column.range && <VisibleText text={column.range} />}
        </td>
        <td class="mq-column-findings">
          {findings > 0 ? (
            <Button class="mq-link" title={`Findings about ${column.name}`} onClick={showFindings}>
              {integer(findings)}
            </Button>
          ) : (
            <span class="mq-quiet">–</span>
          )}
        </td>
        <td class="mq-column-description">
          {synced.exported ? (
            <>
              <span>{column.description || column.comment}</span>
              <span class="mq-quiet">{declared}</span>
            </>
          ) : (
            <>
              <KeptInput
                class="mq-quiet-input"
                label={`Description of ${column.name}`}
                value={column.description}
                placeholder={column.comment || "Add a description"}
                title={column.comment && `From the source: ${titleOf(column.comment)}`}
                onKeep={(text) => synced.describe(column.position, text)}
              />
              <Button
                class="mq-link mq-declares"
                aria-expanded={editing}
                aria-label={`${declared || UNDECLARED}: edit what ${column.name} may hold`}
                title={declared}
                ref={opener}
                onClick={() => {
                  state.editedColumn.value = editing ? -1 : column.position;
                }}
              >
                {declared || UNDECLARED}
              </Button>
            </>
          )}
        </td>
      </tr>
      {editing && (
        <tr class="mq-edited">
          <td colSpan={HEADINGS.length}>
            <DeclaredEditor
              column={column}
              onClose={() => {
                state.editedColumn.value = -1;
                opener.current?.focus({ preventScroll: true });
              }}
            />
          </td>
        </tr>
      )}
    </>
  );
}

/** Writes the dictionary beside the notebook, and says where. */
function Export() {
  const { synced } = useScan();
  const written = useSignal("");
  const refused = useSignal("");
  return (
    <>
      <span class={refused.value ? "mq-failure" : "mq-quiet"} role="status">
        {refused.value || (written.value && `Written to ${written.value}`)}
      </span>
      <Button
        class="mq-button"
        title="As a Frictionless Table Schema, beside the notebook"
        onClick={() =>
          attempt(
            synced.exportDictionary().then((name) => {
              written.value = name;
            }),
            refused,
          )
        }
      >
        Export dictionary
      </Button>
    </>
  );
}
