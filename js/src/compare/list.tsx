import { useId, useRef } from "preact/hooks";
import { count, percent } from "../components/figures";
import { useChosenInSight } from "../components/scroll";
import { SeverityMark } from "../scan/severity";
import type { CompareCard } from "./messages";
import type { Comparison } from "./state";

/** The differences: one stop for Tab, the arrow keys move and choose. */
export function DifferenceList({
  shared,
  cards,
  onEnter,
}: {
  shared: Comparison;
  cards: CompareCard[];
  onEnter: () => void;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const chosen = shared.finding.value;
  useChosenInSight(list, chosen);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = cards.length - 1;
    const at = cards.findIndex(({ index }) => index === shared.finding.peek());
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[
      event.key
    ];
    const card = to === undefined ? undefined : cards[to];
    if (card) {
      event.preventDefault();
      shared.choose(card.index);
    } else if (event.key === "Enter") {
      event.preventDefault();
      onEnter();
    }
  };
  return (
    <div
      class="mq-list"
      role="listbox"
      aria-label="Differences"
      aria-activedescendant={chosen < 0 ? undefined : `${id}-${chosen}`}
      tabIndex={0}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {cards.map((card) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox takes the keys
        <div
          key={card.index}
          id={`${id}-${card.index}`}
          class="mq-option"
          role="option"
          tabIndex={-1}
          aria-selected={card.index === chosen}
          onClick={() => {
            shared.choose(card.index);
            list.current?.focus({ preventScroll: true });
          }}
        >
          <SeverityMark severity={card.severity} />
          <div class="mq-option-text">
            <div class="mq-sentence" title={card.message}>
              {card.message}
            </div>
            <div class="mq-small">
              <code>{card.check}</code>
              {card.rows > 0 && <span>{count(card.rows, "row")}</span>}
              {card.rows > 0 && <span>{percent(card.share)}</span>}
            </div>
          </div>
        </div>
      ))}
    </div>
  );
}
