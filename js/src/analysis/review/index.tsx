import { useEffect, useId, useMemo } from "preact/hooks";
import { Button } from "../../components/button";
import { count, integer } from "../../components/figures";
import { Unstored } from "../../components/queue/unstored";
import { Removable } from "../../components/removable";
import { pressShortcut } from "../../components/shortcuts";
import { TabPanel, Tabs } from "../../components/tabs";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { linkedView } from "../linked-view";
import type { ReviewView } from "./messages";
import { Queue } from "./queue";
import { ReviewState, type Tab } from "./state";
import { Summary } from "./summary";

/** The widget module of a review: odd predictions one by one, and what reviewers said of them. */
export default linkedView<ReviewView>({
  label: "Review of odd predictions",
  what: "search for odd predictions",
  App,
  onKey: pressShortcut,
});

function App({ linked, view }: { linked: Linked<ReviewView>; view: ReviewView }) {
  const state = useMemo(() => new ReviewState(linked), [linked]);
  useEffect(() => state.follow(), [state]);
  const id = useId();
  const tab = state.tab.value;
  const tabs: Tab[] = ["queue", "summary"];
  const left = state.items.value.filter(({ verdict }) => !verdict).length;
  return (
    <>
      <Head linked={linked} view={view} state={state} reviewed={view.queue.length - left} />
      <Tabs<Tab>
        id={id}
        label="Parts of the review"
        choices={[
          { value: "queue", label: "To review", figure: left },
          { value: "summary", label: "Summary" },
        ]}
        chosen={tab}
        onChoose={(chosen) => {
          state.tab.value = chosen;
        }}
      />
      <TabPanel id={id} chosen={tabs.indexOf(tab)} class="mq-review">
        {tab === "queue" ? (
          <Queue view={view} state={state} />
        ) : (
          <Summary linked={linked} view={view} state={state} />
        )}
      </TabPanel>
    </>
  );
}

interface HeadProps {
  linked: Linked<ReviewView>;
  view: ReviewView;
  state: ReviewState;
  reviewed: number;
}

/** How far the review is, and what it is of. */
function Head({ linked, view, state, reviewed }: HeadProps) {
  const { queue, reviewer, file, narrowed, method } = view;
  const { rows, label, row, row_label } = linked.selection.value;
  const beyond = row !== null && !queue.some((item) => item.row === row);
  return (
    <header class="mq-review-head">
      <strong aria-live="polite">
        {integer(reviewed)} of {integer(queue.length)} reviewed
      </strong>
      <span class="mq-meter" aria-hidden="true">
        <span style={{ width: `${(100 * reviewed) / Math.max(1, queue.length)}%` }} />
      </span>
      <span class="mq-small">
        by {reviewer}, kept in <code>{file}</code>
      </span>
      <span class="mq-space" />
      {narrowed !== null && (
        <Removable title="Review the oddest of all rows" onRemove={() => void state.only("all")}>
          Only {narrowed}
        </Removable>
      )}
      {rows > 0 && label !== narrowed && (
        <Button class="mq-button" onClick={() => void state.only("selected")}>
          Review {count(rows, "selected row")}: <VisibleText text={label} />
        </Button>
      )}
      {beyond && (
        <Button class="mq-button" onClick={() => void state.only("focused")}>
          Review row <VisibleText text={row_label} />
        </Button>
      )}
      <details class="mq-review-method mq-small">
        <summary>How rows are chosen</summary>
        {method}
      </details>
      <Unstored judging={state.judging} what="verdict" />
    </header>
  );
}
