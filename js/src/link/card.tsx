import { useEffect, useRef } from "preact/hooks";
import { Marked } from "../compare/marked";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { percent } from "../components/figures";
import { titleOf, VisibleText } from "../components/visible-text";
import type { EvidenceLine, LinkView, PairCard } from "./messages";
import type { Decision, Linking } from "./state";

const DECISIONS: { decision: Decision; key: string; label: string }[] = [
  { decision: "same", key: "s", label: "Same" },
  { decision: "different", key: "d", label: "Different" },
  { decision: "unsure", key: "u", label: "Unsure" },
];

/** One pair: both rows side by side, what each column says, and the decision. */
export function Card({ shared, view }: { shared: Linking; view: LinkView }) {
  const article = useRef<HTMLElement>(null);
  const pair = shared.pair.value;
  const card = shared.card.value;
  useEffect(() => {
    if (article.current) article.current.scrollTop = 0;
  }, [pair]);
  return (
    <article class="mq-link-card" aria-label={`Pair ${pair}`} tabIndex={-1} ref={article}>
      <header class="mq-link-card-head">
        <h3>{card ? <Estimate card={card} /> : <span class="mq-skeleton">…</span>}</h3>
        <span class="mq-space" />
        <Button class="mq-button mq-plain" aria-keyshortcuts="z" onClick={() => void shared.undo()}>
          Undo <span class="mq-key">z</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="ArrowUp ArrowLeft k"
          onClick={() => shared.move(-1)}
        >
          Previous <span class="mq-key">↑</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="ArrowDown ArrowRight j"
          onClick={() => shared.move(1)}
        >
          Next <span class="mq-key">↓</span>
        </Button>
      </header>
      <Decisions shared={shared} onDone={() => article.current?.focus({ preventScroll: true })} />
      <Failure reason={shared.cardError.value} onRetry={() => void shared.retryCard()} />
      {card && <Evidence card={card} view={view} />}
    </article>
  );
}

/** What is held of the pair, in words. */
function Estimate({ card }: { card: PairCard }) {
  const { probability, contested, estimated, decision } = card;
  const rivals = Math.abs(probability - contested) >= 0.005;
  if (decision && decision !== "unsure")
    return (
      <>
        Decided: {decision}
        <span class="mq-quiet"> · the model alone says {percent(estimated)}</span>
      </>
    );
  return (
    <>
      {percent(probability)} likely the same
      <span class="mq-quiet">
        {decision === "unsure" && " · you were unsure"}
        {rivals && ` by itself · ${percent(contested)} beside other pairs that claim one of these rows`}
      </span>
    </>
  );
}

/** Same, different, unsure: a key each, and a note. */
function Decisions({ shared, onDone }: { shared: Linking; onDone: () => void }) {
  const pair = shared.pair.value;
  const said = shared.said(pair);
  return (
    <section class="mq-link-decide" aria-label="Decision">
      {DECISIONS.map(({ decision, key, label }) => (
        <Button
          key={decision}
          class="mq-button"
          aria-pressed={decision === said}
          aria-keyshortcuts={`${key} ${key.toUpperCase()}`}
          data-decision={decision}
          onClick={() => shared.decide(decision)}
        >
          <span class="mq-key">{key}</span> {label}
        </Button>
      ))}
      <div class="mq-search">
        <input
          type="text"
          aria-label="Note"
          placeholder="Note: why?"
          aria-keyshortcuts="n"
          value={shared.note(pair)}
          onInput={({ currentTarget }) => shared.write(pair, currentTarget.value)}
          onBlur={() => shared.keepNote(pair)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== "Escape") return;
            event.preventDefault();
            onDone();
          }}
        />
        <span class="mq-key">n</span>
      </div>
    </section>
  );
}

/** Both rows, column by column, with what differs marked and what it says; the sum is the pair's weight. */
function Evidence({ card, view }: { card: PairCard; view: LinkView }) {
  const widest = Math.max(1, ...card.evidence.map(({ weight }) => Math.abs(weight)), Math.abs(card.prior));
  const names: [string, string] = view.within
    ? [`row ${card.left}`, `row ${card.right}`]
    : [`${view.left.name} ${card.left}`, `${view.right.name} ${card.right}`];
  return (
    <div class="mq-link-evidence">
      <table>
        <thead>
          <tr>
            <th scope="col">column</th>
            {names.map((name) => (
              <th scope="col" key={name} title={titleOf(name)}>
                <VisibleText text={name} />
              </th>
            ))}
            <th scope="col">how alike</th>
            <th scope="col" class="mq-link-says">
              what it says
            </th>
          </tr>
        </thead>
        <tbody>
          <tr class="mq-link-start">
            <th scope="row" colSpan={4}>
              {card.start}
            </th>
            <td>
              <Bar weight={card.prior} widest={widest} />
            </td>
          </tr>
          {card.evidence.map((line) => (
            <Line key={line.column} line={line} widest={widest} />
          ))}
          <tr class="mq-link-sum">
            <th scope="row" colSpan={4}>
              Together: {percent(card.estimated)} likely the same
            </th>
            <td>
              <Bar weight={card.weight} widest={Math.max(widest, Math.abs(card.weight))} />
            </td>
          </tr>
          {card.others.map(({ column, left, right }) => (
            <tr class="mq-link-other" key={column}>
              <th scope="row">
                <VisibleText text={column} />
              </th>
              <Value text={left} other={left} side={0} />
              <Value text={right} other={right} side={1} />
              <td colSpan={2} class="mq-quiet">
                not compared
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ line, widest }: { line: EvidenceLine; widest: number }) {
  const { column, left, right, level, weight, says } = line;
  return (
    <tr>
      <th scope="row">
        <VisibleText text={column} />
      </th>
      <Value text={left} other={right} side={0} />
      <Value text={right} other={left} side={1} />
      <td>{level}</td>
      <td class="mq-link-says">
        <Bar weight={weight} widest={widest} />
        <span>{says}</span>
      </td>
    </tr>
  );
}

function Value({ text, other, side }: { text: string | null; other: string | null; side: number }) {
  if (text === null)
    return (
      <td>
        <span class="mq-missing">missing</span>
      </td>
    );
  return (
    <td title={titleOf(text)}>
      {other !== null && text !== other ? (
        <Marked text={text} other={other} side={side} />
      ) : (
        <VisibleText text={text} />
      )}
    </td>
  );
}

/** How much speaks for one thing, to the right, or for two, to the left. */
function Bar({ weight, widest }: { weight: number; widest: number }) {
  const width = (50 * Math.min(1, Math.abs(weight) / widest)).toFixed(1);
  const place = weight >= 0 ? { left: "50%", width: `${width}%` } : { right: "50%", width: `${width}%` };
  return (
    <span class="mq-link-bar" data-for={weight >= 0} aria-hidden="true">
      <span style={place} />
    </span>
  );
}
