import { Button } from "./button";

/** Why something did not work, in a sentence, and the way to try again. */
export function Failure({ reason, onRetry, id }: { reason: string; onRetry?: () => void; id?: string }) {
  if (!reason) return null;
  return (
    <p class="mq-failure" role="alert" id={id}>
      {reason}{" "}
      {onRetry && (
        <Button class="mq-link" onClick={onRetry}>
          Try again
        </Button>
      )}
    </p>
  );
}
