import type { RenderProps } from "@anywidget/types";
import { signal } from "@preact/signals";
import { render as draw } from "preact";
import { hideStaticView } from "../static-view";
import { isDark, onThemeChange } from "../theme";
import { App } from "./app";
import { EvidenceContext, ScanContext } from "./context";
import { type ScanTraits, Synced } from "./synced";
import { ViewState } from "./view-state";

export default {
  render({ model, el, host, signal: abort }: RenderProps<ScanTraits>) {
    const synced = new Synced(model, host, abort);
    const state = new ViewState(synced, abort);
    const dark = signal(isDark(el));
    onThemeChange(() => {
      dark.value = isDark(el);
    }, abort);
    draw(
      <ScanContext.Provider value={{ synced, state }}>
        <EvidenceContext.Provider value={synced}>
          <App dark={dark} />
        </EvidenceContext.Provider>
      </ScanContext.Provider>,
      el,
    );
    hideStaticView(model.get("uid"), abort);
    abort.addEventListener("abort", () => draw(null, el));
  },
};
