import type { ComponentChildren } from "preact";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import type { Asked } from "./asked";

interface AnsweredProps<A> {
  asked: Asked<A>;
  /** Stops what takes long. */
  stop?: () => Promise<unknown>;
  children: (answer: A) => ComponentChildren;
}

/** What was asked for, when it is there. */
export function Answered<A>({ asked: { answer, error }, stop, children }: AnsweredProps<A>) {
  if (error) return <Failure reason={error} />;
  if (answer !== null) return <>{children(answer)}</>;
  return (
    <div class="mq-evidence-waiting" role="status" aria-label="Computing">
      <span class="mq-skeleton">…</span>
      <span class="mq-skeleton">…</span>
      <span class="mq-skeleton">…</span>
      {stop && (
        <Button class="mq-button" onClick={() => void stop()}>
          Cancel
        </Button>
      )}
    </div>
  );
}
