import { type Signal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Answering, type AnsweringTraits } from "../answering";
import { answeringView } from "../answering-view";
import { attempt } from "../components/attempt";
import { Button } from "../components/button";
import { CopyButton } from "../components/copy-button";
import { Failure } from "../components/failure";
import { count, integer, percent } from "../components/figures";
import { type Order, RowPages } from "../components/pages";
import { PythonCode } from "../components/python-code";
import { RowTable } from "../components/row-table";
import { Section } from "../components/section";
import type { RowsPage } from "../messages";
import { SeverityMark } from "../scan/severity";
import type { ChangeDetail, ColumnChange, HistoryView, StepCard, StepNote } from "./messages";

interface HistoryTraits extends AnsweringTraits<HistoryView> {
  selected: number[];
}

class Shared extends Answering<HistoryView, HistoryTraits> {
  /** Numbers of the steps compared: before (0 for nothing) and after. */
  readonly selected: Signal<number[]> = this.trait("selected");
}

/** The widget module of a history: the steps as cards, and what happened between any two of them. */
export default answeringView<HistoryView, HistoryTraits, Shared>({
  label: "History of steps",
  what: "history",
  connect: (model, host, abort) => new Shared(model, host, abort),
  App,
});

function App({ shared, view }: { shared: Shared; view: HistoryView }) {
  if (view.steps.length === 0) {
    return (
      <div class="mq-empty">
        <strong>No steps are kept in {view.folder} yet.</strong>
        <p>
          Take one with <code>mq.checkpoint(df, "what was done")</code>.
        </p>
      </div>
    );
  }
  const [before = 0, after = 0] = shared.selected.value;
  return (
    <div class="mq-history">
      <Steps view={view} selected={shared.selected} />
      <Change key={`${before}-${after}`} shared={shared} view={view} before={before} after={after} />
    </div>
  );
}

/** The cards, oldest first: one is looked at, against the one before it or any other. */
function Steps({ view, selected }: { view: HistoryView; selected: Signal<number[]> }) {
  const [before = 0, after = 0] = selected.value;
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const card = list.current?.querySelector<HTMLElement>("[aria-current=true]");
    if (!list.current || !card) return;
    const below = card.offsetTop + card.offsetHeight - list.current.clientHeight;
    list.current.scrollTop = Math.max(0, below);
  }, []);
  return (
    <ol class="mq-steps" ref={list} aria-label="Steps">
      {view.steps.map((step) => (
        <li
          key={step.number}
          class={step.number === after ? "mq-step-after" : step.number === before ? "mq-step-before" : ""}
          aria-current={step.number === after}
        >
          <Button
            class="mq-step"
            aria-pressed={step.number === after}
            onClick={() => {
              selected.value = [step.number - 1, step.number];
            }}
          >
            <Card step={step} />
          </Button>
          {step.number === before && <span class="mq-step-role">compared with</span>}
          {step.number !== after && step.number !== before && (
            <Button
              class="mq-button mq-plain mq-step-role"
              aria-label={`Compare with ${step.number}. ${step.name}`}
              onClick={() => {
                selected.value = [Math.min(step.number, after), Math.max(step.number, after)];
              }}
            >
              Compare
            </Button>
          )}
        </li>
      ))}
    </ol>
  );
}

function Card({ step }: { step: StepCard }) {
  return (
    <>
      <span class="mq-step-title">
        <strong>
          {step.number}. {step.name}
        </strong>
      </span>
      <span class="mq-small">{step.at}</span>
      <span>
        {count(step.rows, "row")} × {count(step.columns, "column")}
      </span>
      {!step.first && (
        <span class="mq-step-delta">
          {step.same && <span class="mq-quiet">nothing changed</span>}
          <Delta gained={step.gained} lost={step.lost} noun="row" />
          <Delta gained={step.columns_gained} lost={step.columns_lost} noun="column" />
        </span>
      )}
      {step.findings.map(({ severity, message }) => (
        <span class="mq-step-finding">
          <SeverityMark severity={severity} /> {message}
        </span>
      ))}
      <span class="mq-small">
        {[
          step.errors > 0 && count(step.errors, "error"),
          step.warnings > 0 && count(step.warnings, "warning"),
          step.kept && "rows kept",
        ]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </>
  );
}

function Delta({ gained, lost, noun }: { gained: number; lost: number; noun: string }) {
  if (gained === 0 && lost === 0) return null;
  return (
    <span>
      {lost > 0 && <b class="mq-lost">−{integer(lost)}</b>}{" "}
      {gained > 0 && <b class="mq-gained">+{integer(gained)}</b>} {gained + lost === 1 ? noun : `${noun}s`}
    </span>
  );
}

interface ChangeProps {
  shared: Shared;
  view: HistoryView;
  before: number;
  after: number;
}

/** What happened between the two steps. */
function Change({ shared, view, before, after }: ChangeProps) {
  const detail = useSignal<ChangeDetail | null>(null);
  const refused = useSignal("");
  const ask = () => {
    const asked = shared.ask<ChangeDetail>("change", { before, after }, 120_000);
    void attempt(
      asked.then((value) => {
        detail.value = value;
      }),
      refused,
    );
  };
  useEffect(ask, []);
  const known = detail.value;
  const earlier = view.steps.find(({ number }) => number === before);
  return (
    <section class="mq-change" aria-label="What changed">
      {known && (
        <>
          <header>
            <h3>
              {known.title}
              {earlier && <span class="mq-quiet"> against {earlier.name}</span>}
            </h3>
            <p>{known.rows}</p>
          </header>
          <Notes notes={known.findings} />
          {known.notes.map((note) => (
            <p>{note}</p>
          ))}
          {known.added.length > 0 && (
            <p>
              {known.added.length === 1 ? "New column" : "New columns"}: {known.added.join(", ")}.
            </p>
          )}
          <Lost shared={shared} detail={known} />
          <Columns detail={known} />
          <Findings title={before ? "Findings that appeared" : "Findings"} notes={known.appeared} />
          <Findings title="Findings that went" notes={known.went} />
          <Reopen code={known.code} />
        </>
      )}
      {!known && !refused.value && <p class="mq-skeleton" />}
      <Failure reason={refused.value} onRetry={ask} />
    </section>
  );
}

function Notes({ notes }: { notes: StepNote[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="mq-notes">
      {notes.map(({ severity, message }) => (
        <li>
          <SeverityMark severity={severity} /> {message}
        </li>
      ))}
    </ul>
  );
}

function Findings({ title, notes }: { title: string; notes: StepNote[] }) {
  if (notes.length === 0) return null;
  return (
    <Section title={`${title}: ${integer(notes.length)}`}>
      <Notes notes={notes} />
    </Section>
  );
}

/** The rows that were lost: what they have in common, and the rows themselves. */
function Lost({ shared, detail }: { shared: Shared; detail: ChangeDetail }) {
  const order = useMemo(() => signal<Order | null>(null), []);
  const { column = null, descending = false } = order.value ?? {};
  const pages = useMemo(
    () =>
      new RowPages(
        (start, stop) =>
          shared.ask<RowsPage>("rows", {
            before: detail.before,
            after: detail.after,
            order_by: column,
            descending,
            start,
            stop,
          }),
        detail.lost,
      ),
    [column, descending],
  );
  useEffect(() => () => pages.rest(), [pages]);
  if (detail.lost === 0) return null;
  return (
    <Section title={`Lost rows: ${integer(detail.lost)}`}>
      {detail.unknown ? (
        <p class="mq-quiet">{detail.unknown}</p>
      ) : (
        <div class="mq-lost-rows">
          {detail.pattern.map((sentence) => (
            <p>{sentence}</p>
          ))}
          <RowTable
            label="Lost rows"
            pages={pages}
            tallest={Math.min(detail.lost, 6)}
            columnAt={(position) => ({ name: detail.names[position] ?? "", numeric: false })}
            offending={[]}
            order={order.value}
            onOrder={(chosen) => {
              order.value = chosen;
            }}
            selected={[]}
          />
        </div>
      )}
    </Section>
  );
}

/** The columns that changed, the farthest moved first. */
function Columns({ detail: { columns, unchanged, before } }: { detail: ChangeDetail }) {
  const all = useSignal(false);
  if (before === 0) return null;
  const shown = all.value ? columns : columns.slice(0, 8);
  return (
    <Section
      title={columns.length === 0 ? "No column changed" : `Columns that changed: ${integer(columns.length)}`}
    >
      {columns.length > 0 && (
        <div class="mq-changed">
          <table>
            <thead>
              <tr>
                <th scope="col">column</th>
                <th scope="col">
                  <span class="mq-key-before">before</span> and <span class="mq-key-after">after</span>
                </th>
                <th scope="col" title="The largest difference between the shares of rows up to a value">
                  moved by
                </th>
                <th scope="col">figures</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((column) => (
                <ColumnLine key={column.name} column={column} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {columns.length > shown.length && (
        <Button
          class="mq-link"
          onClick={() => {
            all.value = true;
          }}
        >
          Show all {integer(columns.length)}
        </Button>
      )}
      {unchanged > 0 && columns.length > 0 && <p class="mq-quiet">{count(unchanged, "column")} as before.</p>}
    </Section>
  );
}

function ColumnLine({ column }: { column: ColumnChange }) {
  const figures = column.figures.filter(({ before, after }) => before !== after);
  return (
    <tr>
      <th scope="row" title={column.name}>
        {column.name}
      </th>
      <td>{column.labels.length > 0 && <Twin column={column} />}</td>
      <td>{column.shift === null ? "" : percent(column.shift)}</td>
      <td>
        {figures.map(({ figure, before, after }) => (
          <span class="mq-figure">
            {figure} {before || "none"} → {after || "none"}
          </span>
        ))}
      </td>
    </tr>
  );
}

/** Two histograms on one scale: before as an outline behind, after filled. */
function Twin({ column: { name, labels, before, after } }: { column: ColumnChange }) {
  const peak = Math.max(...before, ...after, 1e-9);
  const height = (share: number) => (share > 0 ? `max(1px, ${(100 * share) / peak}%)` : "0");
  return (
    <div class="mq-twin" role="img" aria-label={`Values of ${name} before and after`}>
      {labels.map((label, place) => (
        <span title={`${label}: ${percent(before[place] ?? 0)} before, ${percent(after[place] ?? 0)} after`}>
          <i class="mq-was" style={{ height: height(before[place] ?? 0) }} />
          <i class="mq-is" style={{ height: height(after[place] ?? 0) }} />
        </span>
      ))}
    </div>
  );
}

function Reopen({ code }: { code: string }) {
  const text = useRef<HTMLPreElement>(null);
  return (
    <Section title="In Python">
      <div class="mq-code">
        <CopyButton source={text} />
        <pre ref={text}>
          <PythonCode code={code} />
        </pre>
      </div>
    </Section>
  );
}
