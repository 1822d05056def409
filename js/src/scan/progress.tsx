import { useSignal } from "@preact/signals";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { attempt } from "./attempt";
import { useScan } from "./context";

/** Where a running scan is, and the way to stop it. */
export function Progress() {
  const { synced } = useScan();
  const { running, step, share } = synced.progress.value;
  const asked = useSignal(false);
  const refused = useSignal("");
  if (!running) return null;
  const at = Math.round(100 * Math.min(1, Math.max(0, share)));
  const cancel = async () => {
    asked.value = true;
    asked.value = await attempt(synced.cancel(), refused);
  };
  return (
    <section class="mq-progress" aria-label="Running scan">
      <div class="mq-progress-line">
        <span aria-live="polite">{asked.value ? "Stopping…" : step || "Starting…"}</span>
        <span class="mq-quiet">{at} %</span>
        <Button class="mq-button" disabled={asked.value} onClick={cancel}>
          Cancel
        </Button>
      </div>
      <div class="mq-progress-bar" role="progressbar" aria-label="Scan" aria-valuenow={at}>
        <div style={{ width: `${at}%` }} />
      </div>
      <Failure reason={refused.value} />
    </section>
  );
}
