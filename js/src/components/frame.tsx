import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";

interface FrameProps {
  /** What the view is, for those who do not see it. */
  label: string;
  dark: boolean;
  /** What ended the work early, or empty. */
  error: string;
  /** A key pressed anywhere in the view but in a field; true when it was used. */
  onKey?: (event: KeyboardEvent, root: HTMLElement) => boolean;
  children: ComponentChildren;
}

/** Around every view: its name, its theme, its error, and the keys it keeps from the notebook. */
export function Frame({ label, dark, error, onKey, children }: FrameProps) {
  const root = useRef<HTMLElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target } = event;
    const typing =
      (target instanceof HTMLInputElement && !["checkbox", "radio", "range"].includes(target.type)) ||
      target instanceof HTMLTextAreaElement;
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (!typing && !chord && root.current && onKey?.(event, root.current)) event.preventDefault();
    // A plain key pressed here is meant for this view: the notebook's own shortcuts would delete the cell on "dd"
    // and leave it on an arrow. Shift+Enter runs the cell and Escape leaves it, as everywhere.
    const notebook =
      chord || (key === "Enter" && event.shiftKey) || (key === "Escape" && !event.defaultPrevented);
    if (!notebook) event.stopPropagation();
  };
  return (
    <section
      class="mlqa"
      aria-label={label}
      data-dark={dark}
      data-jp-suppress-context-menu
      ref={root}
      onKeyDown={onKeyDown}
    >
      {error && (
        <p class="mq-alert" role="alert">
          {error}
        </p>
      )}
      {children}
    </section>
  );
}
