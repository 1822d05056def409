import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { DataTable } from "../../components/data-table";
import { Failure } from "../../components/failure";
import { count, integer, percent } from "../../components/figures";
import { Picker } from "../../components/picker";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import type { AgreementLine, CountLine, DisagreementLine, ReviewView, SummaryView } from "./messages";
import type { ReviewState } from "./state";

interface SummaryProps {
  linked: Linked<ReviewView>;
  view: ReviewView;
  state: ReviewState;
}

/** What all reviewers said: how often they held the model right, where, and where they differ. */
export function Summary({ linked, view, state }: SummaryProps) {
  const by = useSignal("");
  const found = useSignal<SummaryView | null>(null);
  const refused = useSignal("");
  useEffect(() => {
    let shown = true;
    const asked = linked
      .ask<SummaryView>("summary", { by: by.value === "" ? null : Number(by.value) })
      .then((answer) => {
        if (shown) found.value = answer;
      });
    void attempt(asked, refused);
    return () => {
      shown = false;
    };
  }, [view, by.value]);
  const summary = found.value;
  return (
    <div class="mq-review-summary">
      <Failure reason={refused.value} />
      {summary && (
        <>
          <Agreement total={summary.total} counts={summary.counts} />
          <Section
            title="By column"
            beside={
              <Picker
                label="Agreement by"
                none="choose a column"
                value={by.value}
                choices={view.columns.map((name, place) => [String(place), name])}
                onPick={(value) => {
                  by.value = value;
                }}
              />
            }
          >
            {summary.lines.length > 0 && <Lines lines={summary.lines} />}
          </Section>
          <Section title="Between reviewers">
            <Between summary={summary} state={state} />
            <Merge linked={linked} />
          </Section>
        </>
      )}
    </div>
  );
}

function Agreement({ total, counts }: { total: AgreementLine | null; counts: CountLine[] }) {
  const most = Math.max(1, ...counts.map(({ rows }) => rows));
  return (
    <Section title="Was the model right?">
      {total === null || total.agreement === null ? (
        <p>No row is judged yet as right or wrong of the model.</p>
      ) : (
        <p class="mq-review-agreement">
          <strong>{percent(total.agreement)}</strong> of {count(total.judged, "judged row")}: the reviewers
          held the model right on {integer(total.agreed)} (95 % interval {percent(total.low ?? 0)} to{" "}
          {percent(total.high ?? 1)})
          {total.contested > 0 && `; they differ on ${count(total.contested, "more row", "more rows")}`}.
        </p>
      )}
      <p class="mq-small">
        “Makes sense” holds the model right, “model is wrong” does not; “label is wrong” does where the model
        predicted another class. The other verdicts speak of the data and do not count. These are the oddest
        rows, not a fair draw: the figure says nothing of rows nobody looked at.
      </p>
      <ul class="mq-bars mq-review-verdict-counts">
        {counts.map(({ verdict, rows }) => (
          <li key={verdict}>
            <span class="mq-bar">
              <span class="mq-bar-label">{verdict}</span>
              <span class="mq-bar-track">
                <span style={{ width: `${(100 * rows) / most}%` }} />
              </span>
              <span class="mq-bar-rows">{integer(rows)}</span>
              <span />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Lines({ lines }: { lines: AgreementLine[] }) {
  return (
    <>
      <ul class="mq-review-intervals">
        {lines.map(({ group, judged, agreed, agreement, low, high }) => (
          <li key={group}>
            <VisibleText text={group} titled />
            <span class="mq-review-interval">
              {agreement !== null && (
                <>
                  <i
                    style={{ left: `${100 * (low ?? 0)}%`, width: `${100 * ((high ?? 1) - (low ?? 0))}%` }}
                  />
                  <b style={{ left: `${100 * agreement}%` }} />
                </>
              )}
            </span>
            <span class="mq-review-figure">{agreement === null ? "–" : percent(agreement)}</span>
            <span class="mq-small">
              {integer(agreed)} of {integer(judged)}
            </span>
          </li>
        ))}
      </ul>
      <p class="mq-small">
        Share of judged rows on which the model was held right, each with its own 95 % interval.
      </p>
    </>
  );
}

function Between({ summary: { pairs, disagreements }, state }: { summary: SummaryView; state: ReviewState }) {
  if (pairs.length === 0) return <p class="mq-quiet">One reviewer so far, or none saw the same rows.</p>;
  return (
    <>
      <DataTable
        headers={["reviewers", "rows both saw", "same verdict", "Cohen's kappa"]}
        lines={pairs.map(({ reviewer, other, rows, same, kappa }) => [
          `${reviewer} and ${other}`,
          integer(rows),
          percent(same),
          kappa === null ? "–" : kappa.toFixed(2),
        ])}
      />
      {disagreements.length > 0 && (
        <>
          <p>They differ on {count(disagreements.length, "row")}:</p>
          <DataTable
            headers={["row", "verdicts"]}
            lines={disagreements.map((line) => [<Row line={line} state={state} />, <Said line={line} />])}
          />
        </>
      )}
    </>
  );
}

function Row({ line: { row, label }, state }: { line: DisagreementLine; state: ReviewState }) {
  return (
    <Button
      class="mq-link"
      onClick={() => {
        state.tab.value = "queue";
        state.choose(row);
      }}
    >
      <VisibleText text={label} />
    </Button>
  );
}

const Said = ({ line }: { line: DisagreementLine }) => (
  <>
    {line.said.map(({ reviewer, verdict, note }, place) => (
      <>
        {place > 0 && "; "}
        {reviewer}: {verdict}
        {note && (
          <>
            {" "}
            (<VisibleText text={note} />)
          </>
        )}
      </>
    ))}
  </>
);

/** Takes in another reviewer's file. */
function Merge({ linked }: { linked: Linked<ReviewView> }) {
  const id = useId();
  const path = useRef<HTMLInputElement>(null);
  const done = useSignal("");
  const refused = useSignal("");
  const submit = (event: Event) => {
    event.preventDefault();
    done.value = "";
    const asked = linked.ask<string>("merge", { path: path.current?.value ?? "" }).then((sentence) => {
      done.value = sentence;
    });
    void attempt(asked, refused);
  };
  return (
    <form class="mq-form mq-review-merge" onSubmit={submit}>
      <label for={id}>Another reviewer's file of verdicts</label>
      <div class="mq-form-line">
        <input
          id={id}
          ref={path}
          type="text"
          class="mq-input"
          placeholder="their.mlqa-reviews.sqlite"
          required
        />
        <button type="submit" class="mq-button">
          Merge
        </button>
      </div>
      <p role="status">{done.value}</p>
      <Failure reason={refused.value} />
    </form>
  );
}
