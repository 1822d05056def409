import { useSignal } from "@preact/signals";
import { Failure } from "../components/failure";
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
    refused.value = "";
    try {
      await synced.cancel();
    } catch (reason) {
      asked.value = false;
      refused.value = (reason as Error).message;
    }
  };
  return (
    <section class="mq-progress" aria-label="Running scan">
      <div class="mq-progress-line">
        <span aria-live="polite">{asked.value ? "Stopping…" : step || "Starting…"}</span>
        <span class="mq-quiet">{at} %</span>
        <button type="button" class="mq-button" disabled={asked.value} onClick={cancel}>
          Cancel
        </button>
      </div>
      <div class="mq-progress-bar" role="progressbar" aria-label="Scan" aria-valuenow={at}>
        <div style={{ width: `${at}%` }} />
      </div>
      <Failure reason={refused.value} />
    </section>
  );
}
