import type { ComponentType } from "preact";
import { answeringView } from "../answering-view";
import { Linked, type LinkedTraits } from "./linked";

interface LinkedView<V> {
  /** What the view is: "Importance". */
  label: string;
  /** What runs while it is computed, as a noun. */
  what: string;
  /** Draws the view; it is there. */
  App: ComponentType<{ linked: Linked<V>; view: V }>;
  /** A key pressed anywhere in the view but in a field; true when it was used. */
  onKey?: (event: KeyboardEvent, root: HTMLElement, linked: Linked<V>) => boolean;
}

/** The widget module of one view of an analysis. */
export function linkedView<V>({ label, what, App, onKey }: LinkedView<V>) {
  return answeringView<V, LinkedTraits<V>, Linked<V>>({
    label,
    what,
    connect: (model, host, abort) => new Linked<V>(model, host, abort),
    App: ({ shared, view }) => (
      <>
        <h3 class="mq-hidden">{label}</h3>
        <App linked={shared} view={view} />
      </>
    ),
    onKey,
  });
}
