import { useRef } from "preact/hooks";
import { answeringView } from "../answering-view";
import { count } from "../components/figures";
import { DifferenceDetail } from "./detail";
import { JoinPanel, Summary } from "./join";
import { DifferenceList } from "./list";
import type { CompareView } from "./messages";
import { type CompareTraits, Comparison } from "./state";

/** The whole view of a comparison: the join on top, the differences at the left, the chosen one at the right. */
function App({ shared, view }: { shared: Comparison; view: CompareView }) {
  const detail = useRef<HTMLElement>(null);
  const card = shared.card.value;
  return (
    <>
      <Summary view={view} />
      <JoinPanel view={view} />
      <div class="mq-panel">
        {view.findings.length === 0 ? (
          <NothingFound view={view} />
        ) : (
          <div class="mq-findings">
            <div class="mq-side">
              <DifferenceList
                shared={shared}
                cards={view.findings}
                onEnter={() => detail.current?.focus({ preventScroll: true })}
              />
            </div>
            <section class="mq-detail" aria-label="Chosen difference" tabIndex={-1} ref={detail}>
              {card ? (
                <DifferenceDetail key={card.index} shared={shared} view={view} card={card} />
              ) : (
                <p class="mq-empty">Choose a difference to see its evidence and its rows.</p>
              )}
            </section>
          </div>
        )}
      </div>
    </>
  );
}

function NothingFound({ view }: { view: CompareView }) {
  return (
    <div class="mq-empty mq-nothing">
      <span class="mq-nothing-mark" aria-hidden="true">
        ✓
      </span>
      <strong>{view.past ? "Nothing of the past was changed." : "No difference found."}</strong>
      <p>
        {count(view.compared, "column")} compared in {count(view.left.matched, "row")} that meet
        {view.past
          ? `; ${count(view.past.grown, "new row")}.`
          : "; keys, columns, clocks and definitions agree."}
      </p>
    </div>
  );
}

export default answeringView<CompareView, CompareTraits, Comparison>({
  label: "Comparison of two sources",
  what: "comparison",
  connect: (model, host, abort) => new Comparison(model, host, abort),
  App,
});
