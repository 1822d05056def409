import { useEffect, useId, useRef } from "preact/hooks";
import { VisibleText } from "../../components/visible-text";
import { Card } from "./card";
import type { QueueItem, ReviewView } from "./messages";
import { type ReviewState, VERDICTS } from "./state";

/** The rows to be reviewed at the left, one of them at the right. */
export function Queue({ view, state }: { view: ReviewView; state: ReviewState }) {
  const row = state.row.value;
  return (
    <div class="mq-queue">
      <div class="mq-queue-side">
        <label class="mq-queue-filter">
          <input
            type="checkbox"
            checked={state.onlyUnreviewed.value}
            aria-keyshortcuts="f"
            onClick={({ currentTarget }) => {
              state.onlyUnreviewed.value = currentTarget.checked;
            }}
          />{" "}
          Only unreviewed
        </label>
        <QueueList state={state} />
      </div>
      {row === null ? (
        <p class="mq-empty">There is nothing to review.</p>
      ) : (
        <Card row={row} view={view} state={state} />
      )}
    </div>
  );
}

/** One stop for Tab; the arrow keys move, as they do everywhere in the view. */
function QueueList({ state }: { state: ReviewState }) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const listed = state.listed.value;
  const row = state.row.value;
  // Keeps the chosen row in sight without moving the notebook around the list.
  useEffect(() => {
    const option = list.current?.querySelector<HTMLElement>("[aria-selected=true]");
    if (!list.current || !option) return;
    const { top, bottom } = option.getBoundingClientRect();
    const frame = list.current.getBoundingClientRect();
    if (top < frame.top) list.current.scrollTop += top - frame.top;
    else if (bottom > frame.bottom) list.current.scrollTop += bottom - frame.bottom;
  }, [row, listed]);
  return (
    <div
      class="mq-queue-list"
      role="listbox"
      aria-label="Rows to review"
      aria-activedescendant={listed.some((item) => item.row === row) ? `${id}-${row}` : undefined}
      tabIndex={0}
      ref={list}
    >
      {listed.map((item) => (
        <Option
          key={item.row}
          id={`${id}-${item.row}`}
          item={item}
          chosen={item.row === row}
          onChoose={() => state.choose(item.row)}
        />
      ))}
      {listed.length === 0 && <p class="mq-quiet">All are reviewed.</p>}
    </div>
  );
}

interface OptionProps {
  id: string;
  item: QueueItem;
  chosen: boolean;
  onChoose: () => void;
}

function Option({ id, item: { label, prediction, actual, verdict }, chosen, onChoose }: OptionProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the view takes the keys
    <div
      id={id}
      class="mq-queue-item"
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      data-verdict={VERDICTS.indexOf(verdict) + 1 || undefined}
      onClick={onChoose}
    >
      <span class="mq-queue-label">
        <VisibleText text={label} titled />
      </span>
      <span class="mq-small">
        {prediction}
        {actual !== null && <>, came {actual}</>}
      </span>
      {verdict && <span class="mq-queue-verdict">{verdict}</span>}
    </div>
  );
}
