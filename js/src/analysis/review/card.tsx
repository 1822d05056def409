import { useEffect } from "preact/hooks";
import { Failure } from "../../components/failure";
import { integer, percent } from "../../components/figures";
import { JudgeCard } from "../../components/queue/card";
import type { SaidView } from "../../components/queue/messages";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { CardView, ReviewView } from "./messages";
import { Contrast, Why } from "./reasons";
import { CHOICES, type ReviewState } from "./state";

interface CardProps {
  row: number;
  view: ReviewView;
  state: ReviewState;
}

/** One row to be judged: why it is odd, what was predicted, the verdict, and what it was predicted from. */
export function Card({ row, view, state }: CardProps) {
  const { answer, error } = state.card(row).value;
  const reasons = state.reasons(row).value;
  const place = state.listed.value.findIndex((item) => item.row === row);
  const label = answer?.label ?? state.item?.label ?? "";
  useEffect(() => {
    if (reasons.answer || reasons.error) state.prepareNext();
  }, [reasons, view.queue]);
  return (
    <JudgeCard
      item={row}
      label={`Row ${label}`}
      title={
        <>
          <h3>
            Row <VisibleText text={label} />
          </h3>
          {place >= 0 && (
            <span class="mq-small">
              {integer(place + 1)} of {integer(state.listed.value.length)}
            </span>
          )}
        </>
      }
      choices={CHOICES}
      judging={state.judging}
      onSay={(verdict) => state.judge(verdict)}
      onMove={(by) => state.move(by)}
      first={place === 0}
      last={place === state.listed.value.length - 1}
      lead={
        <>
          <Failure reason={error ?? ""} />
          {answer ? (
            <>
              <p class="mq-review-card-sentence">{answer.sentence}</p>
              <Outcome card={answer} />
            </>
          ) : (
            !error && <Waiting />
          )}
        </>
      }
      others={state.item?.verdict && <Others said={state.item.others} />}
    >
      {answer && (
        <div class="mq-review-card-evidence">
          <Oddness card={answer} />
          <Why card={answer} reasons={reasons} />
          <Contrast card={answer} reasons={reasons} />
        </div>
      )}
    </JudgeCard>
  );
}

/** What other reviewers said, for who has said something already. */
function Others({ said }: { said: SaidView[] }) {
  if (said.length === 0) return null;
  return (
    <ul class="mq-small mq-review-others">
      {said.map(({ reviewer, verdict, note }) => (
        <li key={reviewer}>
          {reviewer}: <strong>{verdict}</strong> {note && <VisibleText text={note} />}
        </li>
      ))}
    </ul>
  );
}

function Outcome({ card: { prediction, actual, target } }: { card: CardView }) {
  return (
    <dl class="mq-told mq-review-outcome">
      <div>
        <dt>The model says</dt>
        <dd>
          <VisibleText text={prediction} />
        </dd>
      </div>
      {actual !== null && (
        <div>
          <dt>What came ({target})</dt>
          <dd>
            <VisibleText text={actual} />
          </dd>
        </div>
      )}
    </dl>
  );
}

/** The parts of oddness as bars; each in words for who wants to know. */
function Oddness({ card: { parts, oddness } }: { card: CardView }) {
  return (
    <Section title="What is odd" beside={<span class="mq-small">odder than … of rows</span>}>
      <ul class="mq-review-oddness">
        {[...parts, { label: "mix", rank: oddness, sentence: "" }].map(({ label, rank, sentence }) => (
          <li key={label} title={sentence} data-strong={rank >= 0.9} data-mix={label === "mix"}>
            <span>{label}</span>
            <span class="mq-review-oddness-track">
              <span style={{ width: `${100 * rank}%` }} />
            </span>
            <span class="mq-review-figure">{label === "mix" ? percent(oddness) : percent(rank)}</span>
          </li>
        ))}
      </ul>
      <details class="mq-small">
        <summary>In words</summary>
        <ul>
          {parts.map(({ label, sentence }) => (
            <li key={label}>{sentence}</li>
          ))}
        </ul>
      </details>
    </Section>
  );
}

const Waiting = () => (
  <p class="mq-review-card-sentence">
    <span class="mq-skeleton">…</span>
  </p>
);
