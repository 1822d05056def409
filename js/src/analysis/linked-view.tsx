import type { RenderProps } from "@anywidget/types";
import { signal } from "@preact/signals";
import { type ComponentType, render as draw } from "preact";
import { Frame } from "../components/frame";
import { Progress } from "../components/progress";
import { hideStaticView } from "../static-view";
import { isDark, onThemeChange } from "../theme";
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
  return {
    render({ model, el, host, signal: abort }: RenderProps<LinkedTraits<V>>) {
      const linked = new Linked<V>(model, host, abort);
      const dark = signal(isDark(el));
      onThemeChange(() => {
        dark.value = isDark(el);
      }, abort);
      const Whole = () => {
        const view = linked.view.value;
        return (
          <Frame
            label={label}
            dark={dark.value}
            error={linked.error.value}
            onKey={(event, root) => onKey?.(event, root, linked) ?? false}
          >
            <Progress what={what} progress={linked.progress.value} onCancel={() => linked.cancel()} />
            {view && <App linked={linked} view={view} />}
          </Frame>
        );
      };
      draw(<Whole />, el);
      hideStaticView(model.get("uid"), abort);
      abort.addEventListener("abort", () => draw(null, el));
    },
  };
}
