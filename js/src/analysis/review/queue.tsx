import { QueueList } from "../../components/queue/list";
import { VisibleText } from "../../components/visible-text";
import { Card } from "./card";
import type { QueueItem, ReviewView } from "./messages";
import { CHOICES, type ReviewState } from "./state";

/** The rows to be reviewed at the left, one of them at the right. */
export function Queue({ view, state }: { view: ReviewView; state: ReviewState }) {
  const row = state.row.value;
  const listed = state.listed.value;
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
        <QueueList
          label="Rows to review"
          groups={[{ lines: listed.map(lineOf) }]}
          chosen={row}
          onChoose={(row) => state.choose(row)}
        >
          {listed.length === 0 && <p class="mq-quiet">All are reviewed.</p>}
        </QueueList>
      </div>
      {row === null ? (
        <p class="mq-empty">There is nothing to review.</p>
      ) : (
        <Card row={row} view={view} state={state} />
      )}
    </div>
  );
}

function lineOf({ row, label, prediction, actual, verdict }: QueueItem) {
  return {
    item: row,
    tone: CHOICES.find((choice) => choice.verdict === verdict)?.tone,
    body: (
      <>
        <span class="mq-queue-label">
          <VisibleText text={label} titled />
        </span>
        <span class="mq-small">
          {prediction}
          {actual !== null && <>, came {actual}</>}
        </span>
        {verdict && <span class="mq-queue-said">{verdict}</span>}
      </>
    ),
  };
}
