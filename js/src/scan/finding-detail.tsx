import { useRef } from "preact/hooks";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { count, integer, percent } from "../components/figures";
import { Removable } from "../components/removable";
import { RowTable } from "../components/row-table";
import { Section } from "../components/section";
import { VisibleText } from "../components/visible-text";
import { useScan } from "./context";
import { Dismissal } from "./dismissal";
import { Evidence } from "./evidence";
import { Fixes } from "./fixes";
import type { FindingCard } from "./messages";
import { SEVERITY_NAMES, SeverityMark } from "./severity";
import { itemLabel } from "./view-state";

/** One finding: the sentence, why it matters, what it rests on, the rows, the repairs. */
export function FindingDetail({ card }: { card: FindingCard }) {
  const { state } = useScan();
  const fixes = useRef<HTMLHeadingElement>(null);
  const detail = state.detail.value;
  const error = state.detailError.value;
  const waiting = !detail && !error;
  const columns = state.namesOf(card);
  const toFixes = () => {
    const heading = fixes.current;
    const pane = heading?.closest(".mq-detail");
    if (!heading || !pane) return;
    pane.scrollTop += heading.getBoundingClientRect().top - pane.getBoundingClientRect().top - 8;
    heading.focus({ preventScroll: true });
  };
  return (
    <article class={`mq-finding mq-is-${card.severity}`}>
      <header class="mq-finding-head">
        <div class="mq-meta">
          <SeverityMark severity={card.severity} />
          <span>{SEVERITY_NAMES[card.severity][0]}</span>
          <code>{card.check}</code>
          {columns.slice(0, 6).map((name) => (
            <span class="mq-chip mq-column-chip" title={name}>
              <VisibleText text={name} />
            </span>
          ))}
          {columns.length > 6 && <span class="mq-quiet">+{integer(columns.length - 6)} columns</span>}
          <span class="mq-space" />
          {detail && detail.fixes.length > 0 && (
            <Button class="mq-button mq-plain" onClick={toFixes}>
              {detail.fixes.length === 1 ? "See the fix" : `See ${integer(detail.fixes.length)} fixes`}
            </Button>
          )}
          <Dismissal card={card} />
        </div>
        <h3>{card.message}</h3>
        {waiting && <p class="mq-why mq-skeleton" />}
        {detail?.why && (
          <p class="mq-why">
            <strong>Why it matters.</strong> {detail.why}
          </p>
        )}
        {card.folded.length > 0 && (
          <details class="mq-folded">
            <summary>Same cause: {count(card.folded.length, "more finding")}</summary>
            <ul>
              {card.folded.map((message) => (
                <li>{message}</li>
              ))}
            </ul>
          </details>
        )}
      </header>

      {waiting && (
        <div class="mq-evidence-waiting" aria-hidden="true">
          <p class="mq-skeleton" />
          <p class="mq-skeleton" />
          <p class="mq-skeleton" />
        </div>
      )}
      <Failure reason={error} onRetry={() => state.retryDetail()} />
      {detail && detail.evidence.length > 0 && (
        <div class="mq-evidence">
          {detail.evidence.map((evidence, place) => (
            <Evidence evidence={evidence} place={place} />
          ))}
        </div>
      )}
      <Rows card={card} />
      {detail && detail.fixes.length > 0 && (
        <Fixes finding={card.index} fixes={detail.fixes} heading={fixes} />
      )}
    </article>
  );
}

/** The offending rows: how many, narrowed to what, how many of them ticked. */
function Rows({ card }: { card: FindingCard }) {
  const { synced, state } = useScan();
  const pages = state.rows.value;
  if (card.rows === 0 || !pages) return null;
  const narrowing = synced.narrowing.value;
  const evidence = narrowing && state.detail.value?.evidence[narrowing.evidence];
  const selected = synced.selected.value;
  const total = pages.total.value;
  const tallest = synced.exported ? total : card.rows;
  return (
    <Section
      title={
        (narrowing ? count(total, "row") : `${count(card.rows, "row")}, ${percent(card.share)}`) +
        (synced.exported && total < card.rows ? `; ${integer(total)} of them on this page` : "")
      }
      beside={
        <>
          {narrowing && (
            <Removable title="Show all rows again" onRemove={() => synced.narrow(null)}>
              narrowed to “{evidence && <VisibleText text={itemLabel(evidence, narrowing.item)} />}”
            </Removable>
          )}
          {selected.length > 0 && (
            <Removable
              title="Untick all rows"
              onRemove={() => {
                synced.selected.value = [];
              }}
            >
              {integer(selected.length)} ticked
            </Removable>
          )}
        </>
      }
    >
      {tallest > 0 && (
        <RowTable
          label={`Rows: ${card.message}`}
          pages={pages}
          tallest={tallest}
          columnAt={(position) => {
            const column = state.columns.value.get(position);
            return {
              name: column?.name ?? "",
              numeric: /int|float|double|decimal|numeric/i.test(column?.type ?? ""),
            };
          }}
          offending={card.columns}
          order={state.order.value}
          onOrder={(order) => {
            state.order.value = order;
          }}
          selected={selected}
          onSelect={
            synced.exported
              ? undefined
              : (positions) => {
                  synced.selected.value = positions;
                }
          }
        />
      )}
    </Section>
  );
}
