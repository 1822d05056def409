import { Failure } from "../components/failure";
import { VisibleText } from "../components/visible-text";
import { EvidenceContext } from "../scan/context";
import { Evidence } from "../scan/evidence";
import { SEVERITY_NAMES, SeverityMark } from "../scan/severity";
import type { CompareCard, CompareView } from "./messages";
import { Pairs } from "./pairs";
import type { Comparison } from "./state";

/** One difference: the sentence, why it matters, what it rests on, the rows of both sides. */
export function DifferenceDetail({
  shared,
  view,
  card,
}: {
  shared: Comparison;
  view: CompareView;
  card: CompareCard;
}) {
  const detail = shared.detail.value;
  const error = shared.detailError.value;
  return (
    <article class={`mq-finding mq-is-${card.severity}`}>
      <header class="mq-finding-head">
        <div class="mq-meta">
          <SeverityMark severity={card.severity} />
          <span>{SEVERITY_NAMES[card.severity][0]}</span>
          <code>{card.check}</code>
          {card.columns.slice(0, 6).map((name) => (
            <span class="mq-chip mq-column-chip" title={name}>
              <VisibleText text={name} />
            </span>
          ))}
          {card.columns.length > 6 && <span class="mq-quiet">+{card.columns.length - 6} columns</span>}
        </div>
        <h3>{card.message}</h3>
        {detail ? (
          <p class="mq-why">
            <strong>Why it matters.</strong> {detail.why}
          </p>
        ) : (
          !error && <p class="mq-why mq-skeleton" />
        )}
      </header>
      <Failure reason={error} onRetry={() => shared.retryDetail()} />
      {detail && detail.evidence.length > 0 && (
        <EvidenceContext.Provider value={shared}>
          <div class="mq-evidence">
            {detail.evidence.map((evidence, place) => (
              <Evidence evidence={evidence} place={place} />
            ))}
          </div>
        </EvidenceContext.Provider>
      )}
      <Pairs shared={shared} view={view} card={card} />
    </article>
  );
}
