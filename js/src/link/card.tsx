import { Marked } from "../compare/marked";
import { Failure } from "../components/failure";
import { percent } from "../components/figures";
import { type Choice, JudgeCard } from "../components/queue/card";
import { titleOf, VisibleText } from "../components/visible-text";
import { TONES } from "./list";
import type { EvidenceLine, LinkView, PairCard } from "./messages";
import type { Decision, Linking } from "./state";

const CHOICES: Choice<Decision>[] = [
  { verdict: "same", key: "s", tone: TONES.same },
  { verdict: "different", key: "d", tone: TONES.different },
  { verdict: "unsure", key: "u", tone: TONES.unsure },
];

/** One pair: both rows side by side, what each column says, and the decision. */
export function Card({ shared, view }: { shared: Linking; view: LinkView }) {
  const pair = shared.pair.value;
  const card = shared.card.value;
  return (
    <JudgeCard
      item={pair}
      label={`Pair ${pair}`}
      title={<h3>{card ? <Estimate card={card} /> : <span class="mq-skeleton">…</span>}</h3>}
      choices={CHOICES}
      judging={shared.judging}
      onSay={(decision) => shared.decide(decision)}
      onMove={(by) => shared.move(by)}
    >
      <Failure reason={shared.cardError.value} onRetry={() => void shared.retryCard()} />
      {card && <Evidence card={card} view={view} />}
    </JudgeCard>
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

/** A value with what the other one does not have marked; `side` is 0 for the left source. */
export function Value({ text, other, side }: { text: string | null; other: string | null; side: number }) {
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
