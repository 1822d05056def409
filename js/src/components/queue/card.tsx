import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { Judging } from "./judging";
import type { Tone } from "./list";

/** Something that can be said, by a key. */
export interface Choice<V extends string> {
  verdict: V;
  key: string;
  tone: Tone;
}

interface JudgeCardProps<V extends string> {
  item: number;
  /** What the item is called by those who do not see the page. */
  label: string;
  title: ComponentChildren;
  choices: Choice<V>[];
  judging: Judging<V>;
  /** Say it, and go on. */
  onSay: (verdict: V) => void;
  onMove: (by: number) => void;
  /** Whether there is none before, or after. */
  first?: boolean;
  last?: boolean;
  /** Between the title and the choices. */
  lead?: ComponentChildren;
  /** Beneath the choices, beside the note. */
  others?: ComponentChildren;
  children: ComponentChildren;
}

/** One item of a queue: what it is, what can be said of it, and what that stands on. */
export function JudgeCard<V extends string>(props: JudgeCardProps<V>) {
  const { item, label, title, judging, onMove, first = false, last = false, lead, children } = props;
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    if (article.current) article.current.scrollTop = 0;
  }, [item]);
  return (
    <article class="mq-queue-card" aria-label={label} tabIndex={-1} ref={article}>
      <header class="mq-queue-card-head">
        {title}
        <span class="mq-space" />
        <Button class="mq-button mq-plain" aria-keyshortcuts="z" onClick={() => void judging.undo()}>
          Undo <span class="mq-key">z</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="ArrowUp ArrowLeft k"
          disabled={first}
          onClick={() => onMove(-1)}
        >
          Previous <span class="mq-key">↑</span>
        </Button>
        <Button
          class="mq-button mq-plain"
          aria-keyshortcuts="ArrowDown ArrowRight j"
          disabled={last}
          onClick={() => onMove(1)}
        >
          Next <span class="mq-key">↓</span>
        </Button>
      </header>
      {lead}
      <Verdicts {...props} onDone={() => article.current?.focus({ preventScroll: true })} />
      {children}
    </article>
  );
}

/** What can be said: a key each, and a note. */
function Verdicts<V extends string>({
  item,
  choices,
  judging,
  onSay,
  others,
  onDone,
}: JudgeCardProps<V> & { onDone: () => void }) {
  const { verdict: said } = judging.said(item);
  return (
    <section class="mq-verdicts" aria-label="Verdict">
      {choices.map(({ verdict, key, tone }) => (
        <Button
          key={verdict}
          class="mq-button"
          aria-pressed={verdict === said}
          aria-keyshortcuts={[...new Set([key, key.toUpperCase()])].join(" ")}
          data-tone={tone}
          onClick={() => onSay(verdict)}
        >
          <span class="mq-key">{key}</span> {verdict.charAt(0).toUpperCase() + verdict.slice(1)}
        </Button>
      ))}
      <div class="mq-search">
        <input
          type="text"
          aria-label="Note"
          placeholder="Note: why?"
          aria-keyshortcuts="n"
          value={judging.note(item)}
          onInput={({ currentTarget }) => judging.write(item, currentTarget.value)}
          onBlur={() => judging.keepNote(item)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== "Escape") return;
            event.preventDefault();
            onDone();
          }}
        />
        <span class="mq-key">n</span>
      </div>
      {others}
    </section>
  );
}
