import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { count, integer, percent } from "../components/figures";
import { QueueList } from "../components/queue/list";
import { VisibleText } from "../components/visible-text";
import { Card, Value } from "./card";
import { TONES } from "./list";
import type { AlikeLine, AlikeView, AloneItem, LinkView } from "./messages";
import { isRow, type Linking } from "./state";

/** The rows that have no link, and for the one on screen those it could be: each can be decided here. */
export function Alone({ shared, view }: { shared: Linking; view: LinkView }) {
  const items = shared.alone.value;
  const row = shared.row.value;
  const alike = shared.alike.value;
  const paired = alike?.alike.some(({ pair }) => pair === shared.pair.value);
  if (items?.flat().length === 0) return <p class="mq-empty">Every row has a partner.</p>;
  return (
    <div class="mq-queue">
      <div class="mq-queue-side">
        <Rows items={items ?? []} view={view} shared={shared} />
      </div>
      <div class="mq-link-alone">
        <Failure reason={shared.aloneError.value} onRetry={() => void shared.retryAlone()} />
        {alike && isRow(alike, row) ? (
          <Alike alike={alike} view={view} shared={shared} />
        ) : (
          !shared.aloneError.value && <p class="mq-skeleton">…</p>
        )}
        {paired && <Card shared={shared} view={view} />}
      </div>
    </div>
  );
}

function Rows({ items, view, shared }: { items: AloneItem[][]; view: LinkView; shared: Linking }) {
  const listed = items.flat();
  return (
    <QueueList
      label="Rows without a partner"
      groups={items.map((rows, source) => ({
        label: groupOf(rows.length, view.alone[source] ?? 0, nameOf(view, source)),
        lines: rows.map(({ label, probability }, place) => ({
          item: place + (source ? (items[0]?.length ?? 0) : 0),
          body: (
            <>
              <span class="mq-queue-label">
                <VisibleText text={label} titled />
              </span>
              <span class="mq-queue-said mq-quiet">{probability === null ? "" : percent(probability)}</span>
            </>
          ),
        })),
      }))}
      chosen={listed.findIndex((item) => isRow(item, shared.row.value))}
      onChoose={(place) => void shared.see(listed[place] ?? null)}
    />
  );
}

function groupOf(shown: number, all: number, name: string): string {
  return shown < all ? `${name}: ${integer(shown)} of ${count(all, "row")}` : `${name}: ${count(all, "row")}`;
}

function nameOf(view: LinkView, source: number): string {
  return source === 0 ? view.left.name : view.right.name;
}

/** A row above those it could be; a click, or its number, puts one beside it. */
function Alike({ alike, view, shared }: { alike: AlikeView; view: LinkView; shared: Linking }) {
  const other = nameOf(view, view.within ? 0 : 1 - alike.source);
  return (
    <section class="mq-link-alike" aria-label="Rows it could be">
      <h3>
        {nameOf(view, alike.source)} <VisibleText text={alike.label} /> has no partner
        <span class="mq-quiet"> · of all rows of {other} these are the most like it</span>
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by key */}
      <section class="mq-link-alike-table" tabIndex={0} aria-label="The most alike rows">
        <table>
          <thead>
            <tr>
              <th scope="col">row</th>
              <th scope="col">likely the same</th>
              {alike.columns.map((column) => (
                <th scope="col" key={column}>
                  <VisibleText text={column} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr class="mq-link-sum">
              <th scope="row">
                <VisibleText text={alike.label} />
              </th>
              <td />
              {alike.cells.map((cell, place) => (
                <Value key={alike.columns[place]} text={cell} other={cell} side={0} />
              ))}
            </tr>
            {alike.alike.map((line, place) => (
              <Line key={line.pair} line={line} place={place} alike={alike} shared={shared} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

interface LineProps {
  line: AlikeLine;
  place: number;
  alike: AlikeView;
  shared: Linking;
}

function Line({ line: { pair, label, probability, decision, cells }, place, alike, shared }: LineProps) {
  const verdict = shared.judging.said(pair).verdict || decision;
  const chosen = pair === shared.pair.value;
  return (
    <tr data-tone={verdict ? TONES[verdict] : undefined} data-chosen={chosen}>
      <th scope="row">
        <Button
          class="mq-link"
          aria-pressed={chosen}
          aria-keyshortcuts={String(place + 1)}
          onClick={() => shared.choose(pair)}
        >
          <span class="mq-key">{place + 1}</span> <VisibleText text={label} />
        </Button>
      </th>
      <td>{verdict ? <span class="mq-queue-said">{verdict}</span> : percent(probability)}</td>
      {cells.map((cell, column) => (
        <Value
          key={alike.columns[column]}
          text={cell}
          other={chosen ? (alike.cells[column] ?? null) : cell}
          side={1}
        />
      ))}
    </tr>
  );
}
