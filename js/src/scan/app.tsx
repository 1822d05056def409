import type { ReadonlySignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { Frame } from "../components/frame";
import { Progress } from "../components/progress";
import { TabPanel, Tabs } from "../components/tabs";
import { ColumnsTab } from "./columns-tab";
import { useScan } from "./context";
import { FindingsTab } from "./findings-tab";
import { Summary } from "./summary";
import type { Tab } from "./synced";

/** The whole view of a scan. */
export function App({ dark }: { dark: ReadonlySignal<boolean> }) {
  const { synced } = useScan();
  const id = useId();
  const view = synced.view.value;
  const tab = synced.tab.value;

  const onKey = ({ key }: KeyboardEvent, root: HTMLElement) => {
    const search = key === "/" ? root.querySelector<HTMLInputElement>("[data-mq-search]") : null;
    search?.focus({ preventScroll: true });
    search?.select();
    return search !== null;
  };

  const tabs: Tab[] = ["findings", "columns", "plan"];
  return (
    <Frame label="Data quality scan" dark={dark.value} error={synced.error.value} onKey={onKey}>
      <Progress what="scan" progress={synced.progress.value} onCancel={() => synced.cancel()} />
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
              ...(synced.exported
                ? []
                : [{ value: "plan" as const, label: "Plan", figure: view.planned.length }]),
            ]}
            chosen={tab}
            onChoose={(value) => {
              synced.tab.value = value;
            }}
          />
          <TabPanel id={id} chosen={tabs.indexOf(tab)} class="mq-panel">
            {tab === "findings" ? (
              <FindingsTab view={view} />
            ) : tab === "columns" ? (
              <ColumnsTab view={view} />
            ) : (
              <PlanTab />
            )}
          </TabPanel>
        </>
      )}
    </Frame>
  );
}

/** The plan is a widget of its own, drawn here: most scans never need it. */
function PlanTab() {
  const { synced } = useScan();
  const place = useRef<HTMLDivElement>(null);
  const plan = synced.plan.value;
  useEffect(() => {
    const abort = new AbortController();
    if (plan && place.current) void synced.drawPlan(plan, place.current, abort.signal);
    return () => abort.abort();
  }, [plan]);
  return <div class="mq-plan-place" ref={place} />;
}
