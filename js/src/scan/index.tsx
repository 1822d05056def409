import type { RenderProps } from "@anywidget/types";
import { render as draw } from "preact";

export default {
  render({ el, signal }: RenderProps) {
    draw(<p>mlqa_widgets</p>, el);
    signal.addEventListener("abort", () => draw(null, el));
  },
};
