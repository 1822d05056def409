import type { NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Panel } from "@lumino/widgets";

/** Present in the output that holds a live view; its content is empty, its presence selects this renderer. */
export const MIME_TYPE = "application/vnd.mlqa.widget+json";

const WIDGET_VIEW = "application/vnd.jupyter.widget-view+json";

/**
 * Shows the live view of a widget when, and only when, there is one.
 *
 * Every widget leaves two outputs: its static view, then this. With no kernel, or a new one, the stock renderer would
 * print "Error displaying widget: model not found" under a static view that says all there is to say; here it stays
 * hidden until it holds a view.
 */
export class LiveOrStatic extends Panel implements IRenderMime.IRenderer {
  readonly #notebook: NotebookPanel;

  constructor(notebook: NotebookPanel) {
    super();
    this.#notebook = notebook;
    this.addClass("mlqa-LiveOrStatic");
    this.hide();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // ipywidgets swaps its placeholder factory for one with a manager when the session becomes ready, in a handler
    // of the same promise: a renderer made before that says "Loading widget..." for ever.
    const { context, sessionContext, content } = this.#notebook;
    await Promise.all([context.ready, sessionContext.ready]);
    await Promise.resolve();
    if (this.isDisposed) return;

    const live = content.rendermime.createRenderer(WIDGET_VIEW);
    for (const earlier of [...this.widgets]) earlier.dispose();
    this.addWidget(live);
    // Until a view is attached the stock renderer holds only text: "Loading widget...", an error.
    const settle = () => this.setHidden(live.node.childElementCount === 0);
    const watch = new MutationObserver(settle);
    watch.observe(live.node, { childList: true });
    live.disposed.connect(() => watch.disconnect());
    await live.renderModel(model);
    settle();
  }
}
