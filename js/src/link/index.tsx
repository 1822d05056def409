import { useId } from "preact/hooks";
import { answeringView } from "../answering-view";
import { count, integer } from "../components/figures";
import { Unstored } from "../components/queue/unstored";
import { pressShortcut } from "../components/shortcuts";
import { TabPanel, Tabs } from "../components/tabs";
import { VisibleText } from "../components/visible-text";
import { Alone } from "./alone";
import { Card } from "./card";
import { Figures } from "./figures";
import { PairList } from "./list";
import type { EstimateLine, LinkView } from "./messages";
import { Linking, type LinkTraits, type Tab } from "./state";

const TABS: Tab[] = ["pairs", "alone", "figures"];

/** The whole view of a linkage: doubtful pairs one by one, and how far the estimates can be trusted. */
function App({ shared, view }: { shared: Linking; view: LinkView }) {
  const id = useId();
  const tab = shared.tab.value;
  return (
    <>
      <Head shared={shared} view={view} />
      <Tabs<Tab>
        id={id}
        label="Parts of the linkage"
        choices={[
          { value: "pairs", label: "Doubtful pairs", figure: view.now.doubtful },
          {
            value: "alone",
            label: "Without a partner",
            figure: view.alone.reduce((sum, rows) => sum + rows, 0),
          },
          { value: "figures", label: "Estimates" },
        ]}
        chosen={tab}
        onChoose={(chosen) => {
          shared.tab.value = chosen;
        }}
      />
      <TabPanel id={id} chosen={TABS.indexOf(tab)} class="mq-linkage">
        {tab === "alone" && <Alone shared={shared} view={view} />}
        {tab === "figures" && <Figures shared={shared} view={view} />}
        {tab === "pairs" && (
          <div class="mq-queue">
            <PairList shared={shared} />
            {shared.pair.value < 0 ? (
              <p class="mq-empty">There is no pair to look at.</p>
            ) : (
              <Card shared={shared} view={view} />
            )}
          </div>
        )}
      </TabPanel>
    </>
  );
}

/** What was linked, how far the decisions are, and what they changed. */
function Head({ shared, view }: { shared: Linking; view: LinkView }) {
  const { left, right, within, now, before, decisions, reviewer, file, pairs } = view;
  return (
    <header class="mq-link-head">
      <p>
        <strong>
          <VisibleText text={left.name} />
        </strong>{" "}
        <span class="mq-small">{count(left.rows, "row")}</span>{" "}
        {within ? (
          "with itself"
        ) : (
          <>
            and{" "}
            <strong>
              <VisibleText text={right.name} />
            </strong>{" "}
            <span class="mq-small">{count(right.rows, "row")}</span>
          </>
        )}
        : {count(now.links, "link")} among {count(pairs, "pair")} worth a look
      </p>
      <p class="mq-small" aria-live="polite">
        <span class="mq-link-done">
          {integer(decisions)} decided, {integer(now.doubtful)} doubtful left
        </span>{" "}
        · by {reviewer}, kept in <code>{file}</code>
      </p>
      <Effect before={before} now={now} decisions={decisions} />
      <Unstored judging={shared.judging} what="decision" />
    </header>
  );
}

/** What the estimates were before any decision, and what they are now. */
function Effect({ before, now, decisions }: { before: EstimateLine; now: EstimateLine; decisions: number }) {
  const figures: [string, number, number, (value: number) => string][] = [
    ["links", before.links, now.links, integer],
    ["expected wrong", before.wrong, now.wrong, tenths],
    ["expected missed", before.missed, now.missed, tenths],
    ["doubtful", before.doubtful, now.doubtful, integer],
  ];
  return (
    <dl class="mq-told mq-link-effect">
      {figures.map(([label, was, is, told]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {decisions > 0 && told(was) !== told(is) && (
              <>
                <span class="mq-quiet">{told(was)} →</span>{" "}
              </>
            )}
            {told(is)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function tenths(value: number): string {
  return value > 0 && value < 0.05 ? "< 0.1" : value.toFixed(1);
}

export default answeringView<LinkView, LinkTraits, Linking>({
  label: "Linked records",
  what: "linking",
  connect: (model, host, abort) => new Linking(model, host, abort),
  App,
  onKey: (event, root) => pressShortcut(event, root),
});
