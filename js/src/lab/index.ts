import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import { INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";
import { LiveOrStatic, MIME_TYPE } from "./live-or-static";

/** Before the ipywidgets renderer, whose rank is -10. */
const RANK = -20;

const liveOrStatic: JupyterFrontEndPlugin<void> = {
  id: "mlqa_widgets:live-or-static",
  description:
    "Shows the live view of a widget while its model exists, and leaves the static view alone otherwise.",
  autoStart: true,
  optional: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, notebooks: INotebookTracker | null) => {
    const register = (panel: NotebookPanel) => {
      panel.content.rendermime.addFactory(
        { safe: false, mimeTypes: [MIME_TYPE], createRenderer: () => new LiveOrStatic(panel) },
        RANK,
      );
    };
    notebooks?.forEach(register);
    notebooks?.widgetAdded.connect((_tracker, panel) => register(panel));
  },
};

export default [liveOrStatic];
