import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import { useChosenInSight } from "../scroll";

/** How a verdict is coloured. */
export type Tone = "good" | "bad" | "notable" | "open";

/** A line of the list; without a tone nothing was said of it. */
export interface QueueLine {
  item: number;
  tone?: Tone | undefined;
  body: ComponentChildren;
}

interface QueueListProps {
  label: string;
  /** Lines under a heading each, or one group without. */
  groups: { label?: string; lines: QueueLine[] }[];
  chosen: number | null;
  onChoose: (item: number) => void;
  /** Shown below the lines. */
  children?: ComponentChildren;
}

/** What is to be judged: one stop for Tab; the arrow keys move, as they do everywhere in the view. */
export function QueueList({ label, groups, chosen, onChoose, children }: QueueListProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  useChosenInSight(list, chosen, groups.map(({ lines }) => lines.map(({ item }) => item)).join());
  const listed = groups.some(({ lines }) => lines.some(({ item }) => item === chosen));
  const choose = (item: number) => {
    onChoose(item);
    // A line may go where it is chosen, and would take the keys with it.
    list.current?.focus({ preventScroll: true });
  };
  return (
    <div
      class="mq-queue-list"
      role="listbox"
      aria-label={label}
      aria-activedescendant={listed ? `${id}-${chosen}` : undefined}
      tabIndex={0}
      ref={list}
    >
      {groups.map(({ label: heading, lines }) => {
        const options = lines.map(({ item, tone, body }) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the view takes the keys
          <div
            key={item}
            id={`${id}-${item}`}
            class="mq-queue-item"
            role="option"
            tabIndex={-1}
            aria-selected={item === chosen}
            data-tone={tone}
            onClick={() => choose(item)}
          >
            {body}
          </div>
        ));
        if (heading === undefined) return options;
        return (
          lines.length > 0 && (
            // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
            <div role="group" aria-label={heading} key={heading}>
              <div class="mq-queue-group" aria-hidden="true">
                {heading}
              </div>
              {options}
            </div>
          )
        );
      })}
      {children}
    </div>
  );
}
