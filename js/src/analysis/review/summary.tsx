import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Failure } from "../../components/failure";
import { count, integer, percent } from "../../components/figures";
import { Picker } from "../../components/picker";
import { Reviewers } from "../../components/queue/reviewers";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import type { AgreementLine, CountLine, ReviewView, SummaryView } from "./messages";
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
            <Reviewers
              reviewers={summary.reviewers}
              what="verdict"
              item="row"
              file="their.mlqa-reviews.sqlite"
              merge={(path) => linked.ask<string>("merge", { path })}
              onShow={(row) => {
                state.tab.value = "queue";
                state.choose(row);
              }}
            />
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
