import { computed } from "@preact/signals";
import { useId, useMemo, useRef } from "preact/hooks";
import { Button } from "../components/button";
import { count, integer, percent } from "../components/figures";
import { useChosenInSight } from "../components/scroll";
import { useScan } from "./context";
import type { FindingCard } from "./messages";
import { SEVERITY_NAMES, SeverityMark } from "./severity";
import { SEVERITIES } from "./view-state";

/** The findings that pass the filters: one stop for Tab, the arrow keys move and choose. */
export function FindingList({ onEnter }: { onEnter: () => void }) {
  const { synced, state } = useScan();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const listed = state.listed.value;
  const chosen = synced.finding.value;
  // Read when asked: keys may come faster than the list is drawn.
  const place = () => listed.findIndex(({ index }) => index === synced.finding.peek());
  const standing = listed.filter(({ dismissed }) => !dismissed).length;

  useChosenInSight(list, chosen, listed);
  const onKeyDown = (event: KeyboardEvent) => {
    const last = listed.length - 1;
    const at = place();
    list.current?.focus({ preventScroll: true });
    const to = { ArrowDown: Math.min(at + 1, last), ArrowUp: Math.max(at - 1, 0), Home: 0, End: last }[
      event.key
    ];
    if (to !== undefined) {
      const card = listed[to];
      event.preventDefault();
      if (card) state.choose(card.index);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (at < 0 && listed[0]) state.choose(listed[0].index);
      onEnter();
    }
  };
  // Drawn once for a list: of thousands, only the option left and the option reached are drawn again.
  const options = useMemo(
    () =>
      listed.map((card) => (
        <Option
          key={card.index}
          id={`${id}-${card.index}`}
          card={card}
          heldLike={state.heldLike.value.get(card) ?? 0}
          onChoose={() => {
            state.choose(card.index);
            list.current?.focus({ preventScroll: true });
          }}
        />
      )),
    [listed],
  );
  return (
    <div
      class="mq-list"
      role="listbox"
      aria-label="Findings"
      aria-activedescendant={place() < 0 ? undefined : `${id}-${chosen}`}
      tabIndex={0}
      ref={list}
      onKeyDown={onKeyDown}
    >
      {options.slice(0, standing)}
      {standing < listed.length && (
        <div class="mq-list-heading" role="presentation">
          Dismissed ({integer(listed.length - standing)})
        </div>
      )}
      {options.slice(standing)}
    </div>
  );
}

/** What the alert budget holds back: counted, and one click away. */
export function Beyond() {
  const { synced, state } = useScan();
  const held = state.held.value;
  const past = (synced.view.value?.findings ?? []).filter((card) => !card.dismissed && !card.within_budget);
  if (past.length === 0 || state.filters.active.value) return null;
  const figures = SEVERITIES.map((severity) => {
    const found = past.filter((card) => card.severity === severity).length;
    return found > 0 ? `${integer(found)} ${SEVERITY_NAMES[severity][found === 1 ? 0 : 1]}` : "";
  }).filter(Boolean);
  return (
    <Button
      class="mq-button mq-beyond"
      aria-expanded={held.length === 0}
      onClick={() => {
        const first = synced.view.value?.findings.find((card) => !card.dismissed)?.index ?? -1;
        if (held.length === 0 && past.some(({ index }) => index === synced.finding.peek()))
          state.choose(first);
        state.beyond.value = held.length > 0;
      }}
    >
      {held.length > 0 ? `Show ${figures.join(", ")} more` : "Show the worst only"}
    </Button>
  );
}

interface OptionProps {
  id: string;
  card: FindingCard;
  /** Findings of the same check that are not listed. */
  heldLike: number;
  onChoose: () => void;
}

function Option({ id, card, heldLike, onChoose }: OptionProps) {
  const { synced } = useScan();
  const chosen = useMemo(() => computed(() => synced.finding.value === card.index), []);
  const { severity, message, check, rows, share, dismissed, folded, ranked_lower } = card;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox takes the keys
    <div
      id={id}
      class={dismissed ? "mq-option mq-dismissed" : "mq-option"}
      role="option"
      tabIndex={-1}
      aria-selected={chosen.value}
      onClick={onChoose}
    >
      <SeverityMark severity={severity} />
      <div class="mq-option-text">
        <div class="mq-sentence" title={message}>
          {message}
        </div>
        {dismissed && <div class="mq-reason">Dismissed: {dismissed.reason}</div>}
        {ranked_lower && <div class="mq-reason">{ranked_lower}</div>}
        {heldLike > 0 && (
          <div class="mq-reason">
            and {integer(heldLike)} more of {check}, not listed
          </div>
        )}
        <div class="mq-small">
          <code>{check}</code>
          {rows > 0 && <span>{count(rows, "row")}</span>}
          {rows > 0 && <span>{percent(share)}</span>}
          {folded.length > 0 && <span>+{integer(folded.length)} of the same cause</span>}
        </div>
      </div>
    </div>
  );
}
