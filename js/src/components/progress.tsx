import { useSignal } from "@preact/signals";
import type { ProgressView } from "../messages";
import { attempt } from "./attempt";
import { Button } from "./button";
import { Failure } from "./failure";

interface ProgressProps {
  /** What runs, as a noun: "scan". */
  what: string;
  progress: ProgressView;
  onCancel: () => Promise<unknown>;
}

/** Where running work is, and the way to stop it. */
export function Progress({ what, progress: { running, step, share }, onCancel }: ProgressProps) {
  const asked = useSignal(false);
  const refused = useSignal("");
  if (!running) return null;
  const at = Math.round(100 * Math.min(1, Math.max(0, share)));
  const cancel = async () => {
    asked.value = true;
    asked.value = await attempt(onCancel(), refused);
  };
  return (
    <section class="mq-progress" aria-label={`Running ${what}`}>
      <div class="mq-progress-line">
        <span aria-live="polite">{asked.value ? "Stopping…" : step || "Starting…"}</span>
        <span class="mq-quiet">{at} %</span>
        <Button class="mq-button" disabled={asked.value} onClick={cancel}>
          Cancel
        </Button>
      </div>
      <div class="mq-progress-bar" role="progressbar" aria-label={what} aria-valuenow={at}>
        <div style={{ width: `${at}%` }} />
      </div>
      <Failure reason={refused.value} />
    </section>
  );
}
