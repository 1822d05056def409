import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import { signal } from "@preact/signals";
import { type ComponentType, render as draw } from "preact";
import type { Answering, AnsweringTraits } from "./answering";
import { Frame } from "./components/frame";
import { Progress } from "./components/progress";
import { hideStaticView } from "./static-view";
import { isDark, onThemeChange } from "./theme";

interface AnsweringView<V, T extends AnsweringTraits<V>, S extends Answering<V, T>> {
  /** What the view is: "Importance". */
  label: string;
  /** What runs while it is computed, as a noun. */
  what: string;
  connect: (model: AnyModel<T>, host: Host, abort: AbortSignal) => S;
  /** Draws the view; it is there. */
  App: ComponentType<{ shared: S; view: V }>;
  /** A key pressed anywhere in the view but in a field; true when it was used. */
  onKey?: ((event: KeyboardEvent, root: HTMLElement, shared: S) => boolean) | undefined;
}

/** The widget module of one view. */
export function answeringView<V, T extends AnsweringTraits<V>, S extends Answering<V, T>>(
  options: AnsweringView<V, T, S>,
) {
  const { label, what, connect, App, onKey } = options;
  return {
    render({ model, el, host, signal: abort }: RenderProps<T>) {
      const shared = connect(model, host, abort);
      const dark = signal(isDark(el));
      onThemeChange(() => {
        dark.value = isDark(el);
      }, abort);
      const Whole = () => {
        const view = shared.view.value;
        return (
          <Frame
            label={label}
            dark={dark.value}
            error={shared.error.value}
            onKey={(event, root) => onKey?.(event, root, shared) ?? false}
          >
            <Progress what={what} progress={shared.progress.value} onCancel={() => shared.cancel()} />
            {view && <App shared={shared} view={view} />}
          </Frame>
        );
      };
      draw(<Whole />, el);
      hideStaticView(model.get("uid"), abort);
      abort.addEventListener("abort", () => draw(null, el));
    },
  };
}
