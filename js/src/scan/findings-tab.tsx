import { useRef } from "preact/hooks";
import { Button } from "../components/button";
import { count } from "../components/figures";
import { useScan } from "./context";
import { FilterBar } from "./filters";
import { FindingDetail } from "./finding-detail";
import { Beyond, FindingList } from "./finding-list";
import type { ScanView } from "./messages";

/** The findings at the left, the chosen one at the right. */
export function FindingsTab({ view }: { view: ScanView }) {
  const { state } = useScan();
  const detail = useRef<HTMLElement>(null);
  if (view.findings.length === 0) return <NothingFound view={view} />;
  return (
    <div class="mq-findings">
      <div class="mq-side">
        <FilterBar />
        {state.listed.value.length > 0 ? (
          <>
            <FindingList onEnter={() => detail.current?.focus({ preventScroll: true })} />
            <Beyond />
          </>
        ) : (
          <div class="mq-empty">
            <p>No finding matches these filters.</p>
            <Button class="mq-button" onClick={() => state.filters.clear()}>
              Clear filters
            </Button>
          </div>
        )}
      </div>
      <section class="mq-detail" aria-label="Chosen finding" tabIndex={-1} ref={detail}>
        <Chosen />
      </section>
    </div>
  );
}

/** Apart from the list, which need not be drawn again when another finding is chosen. */
function Chosen() {
  const { state } = useScan();
  const card = state.card.value;
  if (card) return <FindingDetail key={state.cardKey.value} card={card} />;
  return (
    <div class="mq-empty">
      <p>Choose a finding to see its evidence, its rows and how to fix it.</p>
    </div>
  );
}

function NothingFound({ view: { table, checks } }: { view: ScanView }) {
  return (
    <div class="mq-empty mq-nothing">
      <span class="mq-nothing-mark" aria-hidden="true">
        ✓
      </span>
      <strong>Nothing found.</strong>
      <p>
        {count(checks.length, "check")} looked at {count(table.columns, "column")} of{" "}
        {count(table.rows, "row")} ({table.read}) and raised nothing.
      </p>
      <p class="mq-small">{checks.join(", ")}</p>
    </div>
  );
}
