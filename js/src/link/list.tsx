import { useEffect, useId, useRef } from "preact/hooks";
import { percent } from "../components/figures";
import { VisibleText } from "../components/visible-text";
import type { PairItem } from "./messages";
import type { Linking } from "./state";

/** The open pairs, the most telling first, and below them those decided; one stop for Tab. */
export function PairList({ shared }: { shared: Linking }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const chosen = shared.pair.value;
  const groups = [
    { label: "To decide, the most telling first", items: shared.queue.value },
    { label: "Decided, the latest first", items: shared.decided.value },
  ];
  const listed = groups.some(({ items }) => items.some(({ pair }) => pair === chosen));
  // Keeps the chosen pair in sight without moving the notebook around the list.
  useEffect(() => {
    const option = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (!list.current || !option) return;
    const { top, bottom } = option.getBoundingClientRect();
    const frame = list.current.getBoundingClientRect();
    if (top < frame.top) list.current.scrollTop += top - frame.top;
    else if (bottom > frame.bottom) list.current.scrollTop += bottom - frame.bottom;
  }, [chosen, shared.queue.value]);
  return (
    <div
      class="mq-link-list"
      role="listbox"
      aria-label="Pairs"
      aria-activedescendant={listed ? `${id}-${chosen}` : undefined}
      tabIndex={0}
      ref={list}
    >
      {groups.map(
        ({ label, items }) =>
          items.length > 0 && (
            // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
            <div role="group" aria-label={label} key={label}>
              <div class="mq-link-group" aria-hidden="true">
                {label}
              </div>
              {items.map((item) => (
                <Option
                  key={item.pair}
                  id={`${id}-${item.pair}`}
                  item={item}
                  chosen={item.pair === chosen}
                  onChoose={() => {
                    shared.choose(item.pair);
                    // The option goes where its pair is decided, and would take the keys with it.
                    list.current?.focus({ preventScroll: true });
                  }}
                />
              ))}
            </div>
          ),
      )}
    </div>
  );
}

interface OptionProps {
  id: string;
  item: PairItem;
  chosen: boolean;
  onChoose: () => void;
}

function Option({
  id,
  item: { left, right, probability, decision, doubtful },
  chosen,
  onChoose,
}: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the view takes the keys
    <div
      id={id}
      class="mq-link-item"
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      data-decision={decision || undefined}
      onClick={onChoose}
    >
      <span class="mq-link-rows">
        <VisibleText text={left} /> <span class="mq-quiet">and</span> <VisibleText text={right} />
      </span>
      <span class={doubtful || decision ? "mq-link-told" : "mq-link-told mq-quiet"}>
        {decision || percent(probability)}
      </span>
    </div>
  );
}
