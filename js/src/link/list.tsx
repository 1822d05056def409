import { percent } from "../components/figures";
import { QueueList, type Tone } from "../components/queue/list";
import { VisibleText } from "../components/visible-text";
import type { PairItem } from "./messages";
import type { Decision, Linking } from "./state";

export const TONES: Record<Decision, Tone> = { same: "good", different: "bad", unsure: "open" };

/** The open pairs, the most telling first, and below them those decided. */
export function PairList({ shared }: { shared: Linking }) {
  const groups = [
    { label: "To decide, the most telling first", items: shared.queue.value },
    { label: "Decided, the latest first", items: shared.decided.value },
  ];
  return (
    <div class="mq-queue-side">
      <QueueList
        label="Pairs"
        groups={groups.map(({ label, items }) => ({ label, lines: items.map(lineOf) }))}
        chosen={shared.pair.value}
        onChoose={(pair) => shared.choose(pair)}
      />
    </div>
  );
}

function lineOf({ pair, left, right, probability, decision, doubtful }: PairItem) {
  return {
    item: pair,
    tone: decision ? TONES[decision] : undefined,
    body: (
      <>
        <span class="mq-queue-label">
          <VisibleText text={left} /> <span class="mq-quiet">and</span> <VisibleText text={right} />
        </span>
        <span class={doubtful || decision ? "mq-queue-said" : "mq-queue-said mq-quiet"}>
          {decision || percent(probability)}
        </span>
      </>
    ),
  };
}
