import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { attempt } from "../components/attempt";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { useScan } from "./context";
import type { FindingCard } from "./messages";

/** Saying that a finding is not a problem here, with the reason, and taking it back. */
export function Dismissal({ card: { index, dismissed } }: { card: FindingCard }) {
  const { synced } = useScan();
  const id = useId();
  const open = useSignal(false);
  const waiting = useSignal(false);
  const refused = useSignal("");
  const input = useRef<HTMLInputElement>(null);
  const opener = useRef<HTMLButtonElement>(null);

  useEffect(() => input.current?.focus({ preventScroll: true }), [open.value]);

  const tell = async (asked: Promise<null>) => {
    waiting.value = true;
    if (await attempt(asked, refused)) open.value = false;
    waiting.value = false;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const reason = input.current?.value.trim();
    if (reason) void tell(synced.dismiss(index, reason));
    else {
      refused.value = "Say why: the reason is kept with the finding.";
      input.current?.focus({ preventScroll: true });
    }
  };

  if (dismissed) {
    return (
      <div class="mq-banner">
        <p>
          <strong>Not a problem here:</strong> {dismissed.reason} <span class="mq-quiet">{dismissed.on}</span>
        </p>
        {!synced.exported && (
          <Button class="mq-button" disabled={waiting.value} onClick={() => tell(synced.restore(index))}>
            Restore
          </Button>
        )}
        <Failure reason={refused.value} />
      </div>
    );
  }
  if (synced.exported) return null;
  return (
    <>
      <Button
        class="mq-button"
        aria-expanded={open.value}
        ref={opener}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        Not a problem here
      </Button>
      {open.value && (
        <form
          class="mq-form"
          noValidate
          onSubmit={submit}
          onKeyDown={(event) => {
            if (event.key !== "Escape") return;
            event.preventDefault();
            open.value = false;
            opener.current?.focus({ preventScroll: true });
          }}
        >
          <label for={id}>The reason why this is not a problem here</label>
          <div class="mq-form-line">
            <input
              id={id}
              ref={input}
              type="text"
              class="mq-input"
              required
              aria-invalid={refused.value !== ""}
              aria-describedby={`${id}-refused`}
            />
            <button type="submit" class="mq-button mq-primary" disabled={waiting.value}>
              Dismiss
            </button>
          </div>
          <Failure reason={refused.value} id={`${id}-refused`} />
        </form>
      )}
    </>
  );
}
