import { useRef } from "preact/hooks";
import { CopyButton } from "../../components/copy-button";
import { count, percent } from "../../components/figures";
import { Section } from "../../components/section";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import type { SliceCard, SlicesView, WhyView } from "./messages";
import { Cells, Residuals } from "./outcome";
import { Why } from "./why";

interface CardProps {
  linked: Linked<SlicesView>;
  view: SlicesView;
  card: SliceCard;
}

/** The slice on screen: its figures, how the model errs there, and what it looks at. */
export function Card({ linked, view, card }: CardProps) {
  const { figures, cells, residuals, variants, expression } = card;
  const query = useRef<HTMLElement>(null);
  const why = useAsked<WhyView>(String(card.number), () => linked.ask("why", {}, 120_000));
  return (
    <article class="mq-slice-card" aria-label={`Slice: ${card.words}`} key={card.number}>
      <h3>
        <VisibleText text={card.words} />
      </h3>
      <p class="mq-small">
        {count(card.rows, "row")}, {percent(card.share)} of all
        {card.confirmed === true && <span class="mq-slice-confirmed"> · ✓ confirmed</span>}
        {card.confirmed === false && " · not confirmed"}
      </p>
      <dl class="mq-slice-figures">
        <div data-worse={card.worse}>
          <dt>{view.label} here</dt>
          <dd>{figures.value_text}</dd>
        </div>
        <div>
          <dt>on the rest</dt>
          <dd>{figures.rest_text}</dd>
        </div>
        <div>
          <dt>difference</dt>
          <dd>
            {figures.difference_text}
            {figures.interval_text && <span class="mq-small"> 95 % interval {figures.interval_text}</span>}
          </dd>
        </div>
      </dl>
      <p class="mq-small">
        {count(figures.counted, "row")} compared, {figures.chance}. {card.origin} {card.all_rows}
      </p>
      {expression !== null && (
        <div class="mq-slice-query">
          <code ref={query}>{expression}</code>
          <CopyButton source={query} />
        </div>
      )}
      {variants.length > 0 && (
        <details class="mq-small">
          <summary>
            {count(variants.length, "other slice stands", "other slices stand")} out by these rows only
          </summary>
          <ul>
            {variants.map((words) => (
              <li key={words}>
                <VisibleText text={words} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <Section title="How the model errs here">
        {cells && <Cells cells={cells} />}
        {residuals && <Residuals residuals={residuals} />}
      </Section>
      <Section title="Why here: what the model looks at">
        <Answered asked={why}>{(found) => <Why why={found} />}</Answered>
      </Section>
    </article>
  );
}
