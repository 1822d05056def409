import type { ComponentChildren, Ref } from "preact";
import { Button } from "../components/button";
import { Child } from "../components/child";
import { DataTable } from "../components/data-table";
import { Failure } from "../components/failure";
import { count, integer } from "../components/figures";
import { SeverityIcon } from "../components/icons";
import { Section } from "../components/section";
import { VisibleText } from "../components/visible-text";
import { bytes } from "./figures";
import { ReferenceGraph } from "./graph";
import type { ColumnLine, TableCard } from "./messages";
import type { Catalogue } from "./state";

/** The chosen table: what is known of it, its neighbours, columns and first rows, and its scan. */
export function TableDetail(props: { shared: Catalogue; card: TableCard; anchor: Ref<HTMLElement> }) {
  const { shared, card, anchor } = props;
  const child = shared.child.value;
  const linked = card.refers_to.length + card.referred_by.length > 0;
  const detail = shared.detail.value.value;
  return (
    <section class="mq-chosen" aria-label={`Table ${card.name}`} tabIndex={-1} ref={anchor}>
      <header class="mq-chosen-head">
        <div class="mq-chosen-title">
          <h3>
            <VisibleText text={card.name} />
          </h3>
          {card.kind !== "table" && <span class="mq-chip">{card.kind}</span>}
          <span class="mq-space" />
          {child ? (
            <Button class="mq-button" onClick={() => shared.close()}>
              Close the scan
            </Button>
          ) : (
            <Button
              class="mq-button mq-primary"
              disabled={shared.scanning.waiting.value}
              onClick={() => shared.scan(card)}
            >
              {shared.scanning.waiting.value ? "Starting…" : "Scan this table"}
            </Button>
          )}
        </div>
        {card.comment && (
          <p>
            <VisibleText text={card.comment} />
          </p>
        )}
        <Rows shared={shared} card={card} />
        {card.inactive.length > 0 && (
          <ul class="mq-reasons" aria-label="Why it looks inactive">
            {card.inactive.map(({ why }) => (
              <li>
                <SeverityIcon severity="warning" /> {why}
              </li>
            ))}
          </ul>
        )}
        <Failure reason={shared.scanning.error.value} />
      </header>
      {child && (
        <div class="mq-scan-here">
          <Child key={child} reference={child} host={shared.host} />
        </div>
      )}
      {linked && (
        <Section title="References">
          <ReferenceGraph
            table={card.name}
            referred={card.referred_by}
            refers={card.refers_to}
            onChoose={(table) => shared.choose(table)}
          />
          {card.refers_to.length > 0 && <Broken shared={shared} card={card} />}
        </Section>
      )}
      <Section title={count(card.columns, "column")}>
        <Failure reason={shared.detail.error.value} onRetry={() => shared.fetch(card)} />
        {detail ? <Columns columns={detail.columns} /> : <p class="mq-skeleton" />}
      </Section>
      <Head shared={shared} card={card} />
    </section>
  );
}

function Rows({ shared, card }: { shared: Catalogue; card: TableCard }) {
  const { value, error, waiting } = shared.counted;
  const rows =
    value.value !== null
      ? `${count(value.value, "row")}, counted now`
      : card.rows === null
        ? "rows not counted"
        : `${card.counted === "estimate" ? "about " : ""}${count(card.rows, "row")}`;
  const exact = card.counted === "exact" || value.value !== null;
  return (
    <>
      <p class="mq-meta">
        <span>{rows}</span>
        {!exact && (
          <Button class="mq-link" disabled={waiting.value} onClick={() => shared.count(card)}>
            {waiting.value ? "Counting…" : "Count them"}
          </Button>
        )}
        {card.bytes !== null && <span>{bytes(card.bytes)} with indexes</span>}
        <span>
          {card.newest
            ? `newest record ${card.newest} UTC, by ${card.newest_in}`
            : `newest record: ${card.newest_in}`}
        </span>
        {shared.detail.value.value?.facts.map((fact) => (
          <span>{fact}</span>
        ))}
      </p>
      <Failure reason={error.value} onRetry={() => shared.count(card)} />
    </>
  );
}

/** Which rows refer to nothing: asked for, since the whole table is read for it. */
function Broken({ shared, card }: { shared: Catalogue; card: TableCard }) {
  const { value, error, waiting } = shared.broken;
  if (!value.value) {
    return (
      <>
        <Button class="mq-button" disabled={waiting.value} onClick={() => shared.lookAtReferences(card)}>
          {waiting.value ? "Looking…" : "Look for rows that refer to nothing"}
        </Button>
        <Failure reason={error.value} />
      </>
    );
  }
  const { lines } = value.value;
  const enforced = [...new Set(lines.map((line) => line.enforced))];
  return (
    <ul class="mq-broken" aria-label="Rows that refer to nothing">
      {lines.map(({ columns, to, broken, code }) => (
        <li>
          {broken > 0 && <SeverityIcon severity="warning" />}
          <span>
            {columns.join(", ")} → {to}:{" "}
            {broken > 0
              ? `${count(broken, "row")} ${broken === 1 ? "refers" : "refer"} to nothing. `
              : "every row meets its partner."}
            {broken > 0 && (
              <>
                {" "}
                <code>{code}</code>
              </>
            )}
          </span>
        </li>
      ))}
      <li class="mq-small">References are {enforced.join(" or ")}.</li>
    </ul>
  );
}

function Columns({ columns }: { columns: ColumnLine[] }) {
  const keyed = columns.filter(({ key }) => key).length;
  const hasComments = columns.some(({ comment }) => comment);
  const hasReferences = columns.some(({ refers_to }) => refers_to);
  const headers = ["Column", "Type", "Key", ...(hasReferences ? ["Refers to"] : []), "Empty"];
  return (
    <Scrolled label="Columns">
      <DataTable
        headers={[...headers, ...(hasComments ? ["Comment"] : [])]}
        lines={columns.map((column) => [
          <VisibleText text={column.name} titled />,
          <code>{column.type}</code>,
          column.key ? (keyed > 1 ? "part of the key" : "key") : "",
          ...(hasReferences ? [column.refers_to] : []),
          column.nullable ? "allowed" : "never",
          ...(hasComments ? [<span title={column.comment}>{column.comment}</span>] : []),
        ])}
      />
    </Scrolled>
  );
}

/** A table that scrolls within its frame, by the keyboard as well. */
function Scrolled({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard
    <section class="mq-scrolled" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

function Head({ shared, card }: { shared: Catalogue; card: TableCard }) {
  const { value, error } = shared.head;
  const page = value.value;
  return (
    <Section
      title={page ? `First ${count(page.rows.length, "row")}` : "First rows"}
      beside={
        page && page.hidden > 0 ? (
          <span class="mq-small">{integer(page.hidden)} more columns not shown</span>
        ) : undefined
      }
    >
      <Failure reason={error.value} onRetry={() => shared.fetch(card)} />
      {page ? (
        page.rows.length === 0 ? (
          <p class="mq-quiet">It has no rows.</p>
        ) : (
          <Scrolled label="Rows">
            <DataTable
              headers={page.columns}
              numeric={page.numeric}
              lines={page.rows.map(({ cells }) =>
                cells.map((cell) =>
                  cell === null ? (
                    <span class="mq-missing">missing</span>
                  ) : (
                    <VisibleText text={cell} titled />
                  ),
                ),
              )}
            />
          </Scrolled>
        )
      ) : (
        !error.value && <p class="mq-skeleton" />
      )}
    </Section>
  );
}
