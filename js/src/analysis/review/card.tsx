import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { integer, percent } from "../../components/figures";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import type { CardView, ReviewView } from "./messages";
import { Contrast, Why } from "./reasons";
import type { ReviewState } from "./state";
import { Verdicts } from "./verdicts";

interface CardProps {
  row: number;
  view: ReviewView;
  state: ReviewState;
}

/** One row to be judged: why it is odd, what was predicted, the verdict, and what it was predicted from. */
export function Card({ row, view, state }: CardProps) {
  const article = useRef<HTMLElement>(null);
  const { answer, error } = state.card(row).value;
  const reasons = state.reasons(row).value;
  const place = state.listed.value.findIndex((item) => item.row === row);
  const label = answer?.label ?? state.item?.label ?? "";
  useEffect(() => {
    if (reasons.answer || reasons.error) state.prepareNext();
  }, [reasons, view.queue]);
  useEffect(() => {
    if (article.current) article.current.scrollTop = 0;
  }, [row]);
  return (
    <article class="mq-review-card" aria-label={`Row ${label}`} tabIndex={-1} ref={article}>
      <header class="mq-review-card-head">
        <h3>
          Row <VisibleText text={label} />
        </h3>
        {place >= 0 && (
          <span class="mq-small">
            {integer(place + 1)} of {integer(state.listed.value.length)}
          </span>
        )}
        <span class="mq-space" />
        <Button class="mq-button mq-plain" aria-keyshortcuts="u" onClick={() => void state.undo()}>
          Undo <span class="mq-key">u</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="k ArrowUp ArrowLeft"
          disabled={place === 0}
          onClick={() => state.move(-1)}
        >
          Previous <span class="mq-key">k</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="j ArrowDown ArrowRight"
          disabled={place === state.listed.value.length - 1}
          onClick={() => state.move(1)}
        >
          Next <span class="mq-key">j</span>
        </Button>
      </header>
      <Failure reason={error ?? ""} />
      {answer ? (
        <>
          <p class="mq-review-card-sentence">{answer.sentence}</p>
          <Outcome card={answer} />
        </>
      ) : (
        !error && <Waiting />
      )}
      <Verdicts row={row} state={state} onDone={() => article.current?.focus({ preventScroll: true })} />
      {answer && (
        <div class="mq-review-card-evidence">
          <Oddness card={answer} />
          <Why card={answer} reasons={reasons} />
          <Contrast card={answer} reasons={reasons} />
        </div>
      )}
    </article>
  );
}

function Outcome({ card: { prediction, actual, target } }: { card: CardView }) {
  return (
    <dl class="mq-review-outcome">
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
