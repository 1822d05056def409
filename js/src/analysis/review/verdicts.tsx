import { Button } from "../../components/button";
import { VisibleText } from "../../components/visible-text";
import { type ReviewState, VERDICTS } from "./state";

interface VerdictsProps {
  row: number;
  state: ReviewState;
  /** The note is written; the keys are the view's again. */
  onDone: () => void;
}

/** What the reviewer says of a row: a key each, and a note. */
export function Verdicts({ row, state, onDone }: VerdictsProps) {
  const item = state.item;
  const said = item?.verdict ?? "";
  return (
    <section class="mq-review-verdicts" aria-label="Verdict">
      <div class="mq-review-verdict-buttons">
        {VERDICTS.map((verdict, place) => (
          <Button
            key={verdict}
            class="mq-button"
            aria-pressed={verdict === said}
            aria-keyshortcuts={String(place + 1)}
            data-verdict={place + 1}
            onClick={() => state.judge(verdict)}
          >
            <span class="mq-key">{place + 1}</span> {verdict}
          </Button>
        ))}
      </div>
      <div class="mq-search mq-review-note">
        <input
          type="text"
          aria-label="Note"
          placeholder="Note: why?"
          aria-keyshortcuts="n"
          value={state.note(row)}
          onInput={({ currentTarget }) => state.write(row, currentTarget.value)}
          onBlur={() => state.keepNote(row)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== "Escape") return;
            event.preventDefault();
            onDone();
          }}
        />
        <span class="mq-key">n</span>
      </div>
      {said && item && item.others.length > 0 && (
        <ul class="mq-small mq-review-others">
          {item.others.map(({ reviewer, verdict, note }) => (
            <li key={reviewer}>
              {reviewer}: <strong>{verdict}</strong> {note && <VisibleText text={note} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
