import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { Answering, type AnsweringTraits } from "../answering";
import { answeringView } from "../answering-view";
import { Button } from "../components/button";
import { count, integer } from "../components/figures";
import { type Order, RowPages } from "../components/pages";
import { RowTable } from "../components/row-table";
import { Section } from "../components/section";
import type { RowsPage } from "../messages";
import { SeverityMark } from "../scan/severity";
import type { CheckLine, FailedFinding, SuiteView } from "./messages";

interface SuiteTraits extends AnsweringTraits<SuiteView> {
  finding: number;
}

class Shared extends Answering<SuiteView, SuiteTraits> {
  /** Index of the finding on screen, -1 for none. */
  readonly finding: Signal<number> = this.trait("finding");
}

/** The widget module of a suite's result: pass or fail per check, with the rows one click away. */
export default answeringView<SuiteView, SuiteTraits, Shared>({
  label: "Result of a suite",
  what: "suite",
  connect: (model, host, abort) => new Shared(model, host, abort),
  App,
});

function App({ shared, view }: { shared: Shared; view: SuiteView }) {
  const failed = view.checks.filter(({ status }) => status !== "pass");
  const passed = view.checks.filter(({ status }) => status === "pass");
  const found = failed.flatMap((line) => line.found);
  const chosen = found.find(({ index }) => index === shared.finding.value);
  return (
    <div class="mq-suite">
      <header class={view.passed ? "mq-suite-head mq-passed" : "mq-suite-head mq-failed"}>
        <strong>
          {view.passed
            ? `✓ ${count(passed.length, "check")} passed`
            : `✗ ${integer(failed.length)} of ${count(view.checks.length, "check")} failed`}
        </strong>
        <span>
          {view.table}, {count(view.rows, "row")}
        </span>
        <span class="mq-quiet">
          suite of {view.suite}, fails at {view.fail_at}
          {view.fail_at !== "error" && " and worse"}
        </span>
      </header>
      {failed.length > 0 && (
        <div class="mq-suite-body">
          <ul class="mq-suite-checks" aria-label="Checks that failed">
            {failed.map((line) => (
              <Check key={line.check} line={line} finding={shared.finding} />
            ))}
          </ul>
          <section class="mq-suite-rows" aria-label="Rows of the chosen finding">
            {chosen ? (
              <Rows key={chosen.index} shared={shared} view={view} finding={chosen} />
            ) : (
              <p class="mq-quiet">Nothing to show the rows of.</p>
            )}
          </section>
        </div>
      )}
      <details class="mq-suite-passed" open={view.passed}>
        <summary>{view.passed ? "Which" : `${count(passed.length, "check")} passed`}</summary>
        <p>
          {passed.map(({ check }) => (
            <code>{check}</code>
          ))}
        </p>
      </details>
    </div>
  );
}

/** One check that failed: its findings to choose between, or why it could not be run. */
function Check({ line, finding }: { line: CheckLine; finding: Signal<number> }) {
  return (
    <li>
      <div class="mq-small">
        <code>{line.check}</code> {line.status === "error" && "could not be run"}
      </div>
      {line.found.length === 0 && <p class="mq-failure">{line.message}</p>}
      {line.found.map((found) => (
        <Button
          key={found.index}
          class="mq-suite-finding"
          aria-pressed={finding.value === found.index}
          onClick={() => {
            finding.value = found.index;
          }}
        >
          <SeverityMark severity={found.severity} />
          <span>{found.message}</span>
        </Button>
      ))}
    </li>
  );
}

function Rows({ shared, view, finding }: { shared: Shared; view: SuiteView; finding: FailedFinding }) {
  const order = useMemo(() => signal<Order | null>(null), []);
  const { column = null, descending = false } = order.value ?? {};
  const pages = useMemo(
    () =>
      new RowPages(
        (start, stop) =>
          shared.ask<RowsPage>("rows", { finding: finding.index, order_by: column, descending, start, stop }),
        finding.rows,
      ),
    [column, descending],
  );
  useEffect(() => () => pages.rest(), [pages]);
  return (
    <Section title={finding.message}>
      {finding.rows === 0 ? (
        <p class="mq-quiet">It is about the column as a whole: no row is worse than another.</p>
      ) : (
        <RowTable
          label={`Rows: ${finding.message}`}
          pages={pages}
          tallest={finding.rows}
          columnAt={(position) => view.columns[position] ?? { name: "", numeric: false }}
          offending={finding.columns}
          order={order.value}
          onOrder={(chosen) => {
            order.value = chosen;
          }}
          selected={[]}
        />
      )}
    </Section>
  );
}
