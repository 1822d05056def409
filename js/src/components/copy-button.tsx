import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button } from "./button";

/** Copy the text of an element to the clipboard and say so. */
export function CopyButton({ source }: { source: RefObject<HTMLElement | null> }) {
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setOutcome(""), 3000);
    return () => clearTimeout(timer);
  }, [outcome]);
  return (
    <Button
      class="mq-button mq-copy"
      onClick={async () => {
        if (source.current) setOutcome((await copy(source.current)) ? "Copied" : "Selected: press Ctrl+C");
      }}
    >
      <span aria-live="polite">{outcome || "Copy"}</span>
    </Button>
  );
}

async function copy(element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return true;
  } catch {
    // No clipboard without https, nor in some frames: the old way copies what is selected.
    getSelection()?.selectAllChildren(element);
    return document.execCommand("copy");
  }
}
