import type { ReadonlySignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { TabPanel, Tabs } from "../components/tabs";
import { ColumnsTab } from "./columns-tab";
import { useScan } from "./context";
import { FindingsTab } from "./findings-tab";
import { Progress } from "./progress";
import { Summary } from "./summary";
import type { Tab } from "./synced";

/** The whole view of a scan. */
export function App({ dark }: { dark: ReadonlySignal<boolean> }) {
  const { synced } = useScan();
  const id = useId();
  const root = useRef<HTMLElement>(null);
  const view = synced.view.value;
  const error = synced.error.value;
  const tab = synced.tab.value;

  const onKeyDown = (event: KeyboardEvent) => {
    const { key, target } = event;
    const typing = target instanceof HTMLInputElement && target.type !== "checkbox";
    const chord = event.ctrlKey || event.metaKey || event.altKey;
    if (key === "/" && !typing && !chord) {
      const search = root.current?.querySelector<HTMLInputElement>("[data-mq-search]");
      if (search) {
        event.preventDefault();
        search.focus({ preventScroll: true });
        search.select();
      }
    }
    // A plain key pressed here is meant for this view: the notebook's own shortcuts would delete the cell on "dd"
    // and leave it on an arrow. Shift+Enter runs the cell and Escape leaves it, as everywhere.
    const notebook =
      chord || (key === "Enter" && event.shiftKey) || (key === "Escape" && !event.defaultPrevented);
    if (!notebook) event.stopPropagation();
  };

  const tabs: Tab[] = ["findings", "columns"];
  return (
    <section
      class="mlqa"
      aria-label="Data quality scan"
      data-dark={dark.value}
      data-jp-suppress-context-menu
      ref={root}
      onKeyDown={onKeyDown}
    >
      {error && (
        <p class="mq-alert" role="alert">
          {error}
        </p>
      )}
      <Progress />
      {view && (
        <>
          <Summary view={view} />
          <Tabs<Tab>
            id={id}
            label="Parts of the scan"
            choices={[
              {
                value: "findings",
                label: "Findings",
                figure: view.findings.filter(({ dismissed }) => !dismissed).length,
              },
              { value: "columns", label: "Columns", figure: view.table.columns },
            ]}
            chosen={tab}
            onChoose={(value) => {
              synced.tab.value = value;
            }}
          />
          <TabPanel id={id} chosen={tabs.indexOf(tab)} class="mq-panel">
            {tab === "findings" ? <FindingsTab view={view} /> : <ColumnsTab view={view} />}
          </TabPanel>
        </>
      )}
    </section>
  );
}
