import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { attempt } from "../attempt";
import { Button } from "../button";
import { DataTable } from "../data-table";
import { Failure } from "../failure";
import { count, integer, percent } from "../figures";
import { VisibleText } from "../visible-text";
import type { DisagreementLine, ReviewersView } from "./messages";

interface ReviewersProps {
  reviewers: ReviewersView;
  /** What is said: "verdict"; of what: "row"; and what a file of it may be called. */
  what: string;
  item: string;
  file: string;
  /** Take in another reviewer's file; answered with a sentence. */
  merge: (path: string) => Promise<string>;
  onShow: (item: number) => void;
}

/** How far reviewers agree, where they do not, and a place to take in another's file. */
export function Reviewers({
  reviewers: { pairs, disagreements },
  what,
  item,
  file,
  merge,
  onShow,
}: ReviewersProps) {
  return (
    <>
      {pairs.length === 0 ? (
        <p class="mq-quiet">One reviewer so far, or none saw the same {item}s.</p>
      ) : (
        <DataTable
          headers={["reviewers", `${item}s both saw`, `same ${what}`, "Cohen's kappa"]}
          lines={pairs.map(({ reviewer, other, rows, same, kappa }) => [
            `${reviewer} and ${other}`,
            integer(rows),
            percent(same),
            kappa === null ? "–" : kappa.toFixed(2),
          ])}
        />
      )}
      {disagreements.length > 0 && (
        <>
          <p>They differ on {count(disagreements.length, item)}:</p>
          <DataTable
            headers={[item, `${what}s`]}
            lines={disagreements.map((line) => [
              <Button class="mq-link" onClick={() => onShow(line.item)}>
                <VisibleText text={line.label} />
              </Button>,
              <Said line={line} />,
            ])}
          />
        </>
      )}
      <Merge what={what} file={file} merge={merge} />
    </>
  );
}

const Said = ({ line }: { line: DisagreementLine }) => (
  <>
    {line.said.map(({ reviewer, verdict, note }, place) => (
      <>
        {place > 0 && "; "}
        {reviewer}: {verdict}
        {note && (
          <>
            {" "}
            (<VisibleText text={note} />)
          </>
        )}
      </>
    ))}
  </>
);

function Merge({ what, file, merge }: Pick<ReviewersProps, "what" | "file" | "merge">) {
  const id = useId();
  const path = useRef<HTMLInputElement>(null);
  const done = useSignal("");
  const refused = useSignal("");
  const submit = (event: Event) => {
    event.preventDefault();
    done.value = "";
    const asked = merge(path.current?.value ?? "").then((sentence) => {
      done.value = sentence;
    });
    void attempt(asked, refused);
  };
  return (
    <form class="mq-form mq-merge" onSubmit={submit}>
      <label for={id}>Another reviewer's file of {what}s</label>
      <div class="mq-form-line">
        <input id={id} ref={path} type="text" class="mq-input" placeholder={file} required />
        <button type="submit" class="mq-button">
          Merge
        </button>
      </div>
      <p role="status">{done.value}</p>
      <Failure reason={refused.value} />
    </form>
  );
}
