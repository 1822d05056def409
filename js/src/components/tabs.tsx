import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "./button";
import { integer } from "./figures";

export interface TabChoice<T> {
  value: T;
  label: string;
  /** How many things there are to see. */
  figure?: number;
}

interface TabsProps<T> {
  /** What the tabs choose between, for those who do not see them. */
  label: string;
  choices: TabChoice<T>[];
  chosen: T;
  onChoose: (value: T) => void;
  /** The element whose content the tabs choose has the id `${id}-panel`. */
  id: string;
}

/** A row of tabs: one stop for Tab, the arrow keys move and choose. */
export function Tabs<T>({ label, choices, chosen, onChoose, id }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null);
  const at = choices.findIndex(({ value }) => value === chosen);
  const move = (event: KeyboardEvent) => {
    const last = choices.length - 1;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    const next = to === undefined ? undefined : choices[(to + choices.length) % choices.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.value);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[choices.indexOf(next)]?.focus();
  };
  return (
    <div class="mq-tabs" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
      {choices.map(({ value, label, figure }, place) => (
        <Button
          key={String(value)}
          role="tab"
          id={`${id}-tab-${place}`}
          aria-selected={value === chosen}
          aria-controls={`${id}-panel`}
          tabIndex={value === chosen ? 0 : -1}
          onClick={() => onChoose(value)}
        >
          {label} {figure !== undefined && <span class="mq-tab-figure">{integer(figure)}</span>}
        </Button>
      ))}
    </div>
  );
}

/** What a row of tabs chooses. */
export function TabPanel(props: { id: string; chosen: number; class?: string; children: ComponentChildren }) {
  const { id, chosen, children } = props;
  return (
    <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-tab-${chosen}`} class={props.class}>
      {children}
    </div>
  );
}
