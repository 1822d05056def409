import type { ComponentChildren } from "preact";
import { Button } from "./button";

/** A state that can be taken back: a label with a cross. */
export function Removable(props: { title: string; onRemove: () => void; children: ComponentChildren }) {
  return (
    <span class="mq-removable">
      <span>{props.children}</span>
      <Button title={props.title} aria-label={props.title} onClick={props.onRemove}>
        ×
      </Button>
    </span>
  );
}
