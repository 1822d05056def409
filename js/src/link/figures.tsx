import { Chart } from "../components/chart";
import { Failure } from "../components/failure";
import { count, integer, percent } from "../components/figures";
import { Reviewers } from "../components/queue/reviewers";
import { Section } from "../components/section";
import { VisibleText } from "../components/visible-text";
import type { CalibrationLine, LinkView } from "./messages";
import type { Linking } from "./state";

/** How far the estimates can be trusted, and how they were made. */
export function Figures({ shared, view }: { shared: Linking; view: LinkView }) {
  const figures = shared.figures.value;
  if (!figures)
    return (
      <div class="mq-link-figures">
        <Failure reason={shared.figuresError.value} onRetry={() => void shared.retryFigures()} />
        {!shared.figuresError.value && <p class="mq-skeleton">…</p>}
      </div>
    );
  const decided = figures.steps.filter((step) => step.decided > 0);
  return (
    <div class="mq-link-figures">
      <Section title="Match weights of all pairs" beside={<span class="mq-small">bars of square roots</span>}>
        <Chart
          spec={figures.weights}
          title="Histogram of match weights: open pairs, links, decided pairs"
          vega={() => shared.vega()}
          picked={null}
          onPick={undefined}
        />
      </Section>
      <Section
        title="Estimates against decisions"
        beside={<span class="mq-small">with 95 % intervals; as shown before each decision</span>}
      >
        {decided.length === 0 ? (
          <p class="mq-quiet">
            Nothing is decided yet. Each decision is set against the probability the pair was shown with.
          </p>
        ) : (
          <>
            <Chart
              spec={figures.calibration}
              title="Estimated probability against the share decided to be the same"
              vega={() => shared.vega()}
              picked={null}
              onPick={undefined}
            />
            <Steps steps={decided} />
          </>
        )}
      </Section>
      <Section title="What was compared">
        <ul class="mq-link-lines">
          {figures.columns.map(({ column, form, why }) => (
            <li key={column} class={form ? "" : "mq-quiet"}>
              <strong>
                <VisibleText text={column} />
              </strong>{" "}
              {form ? why : `left out: ${why}`}
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Which pairs were looked at">
        <ul class="mq-link-lines">
          {figures.rules.map(({ rule, pairs }) => (
            <li key={rule}>
              {rule} <span class="mq-quiet">{count(pairs, "pair")}</span>
            </li>
          ))}
        </ul>
        {view.notes.map((note) => (
          <p class="mq-small" key={note}>
            {note}
          </p>
        ))}
      </Section>
      <Section title="Between reviewers">
        <Reviewers
          reviewers={figures.reviewers}
          what="decision"
          item="pair"
          file="their.mlqa-links.sqlite"
          merge={(path) => shared.ask<string>("merge", { path })}
          onShow={(pair) => {
            shared.tab.value = "pairs";
            shared.choose(pair);
          }}
        />
      </Section>
    </div>
  );
}

function Steps({ steps }: { steps: CalibrationLine[] }) {
  return (
    <table class="mq-link-steps">
      <thead>
        <tr>
          <th scope="col">estimated</th>
          <th scope="col">decided</th>
          <th scope="col">the same</th>
          <th scope="col">interval</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ low, high, decided, same, same_low, same_high }) => (
          <tr key={low}>
            <th scope="row">
              {percent(low)} to {percent(high)}
            </th>
            <td>{integer(decided)}</td>
            <td>{same === null ? "" : percent(same)}</td>
            <td>
              {same_low === null || same_high === null ? "" : `${percent(same_low)} to ${percent(same_high)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
