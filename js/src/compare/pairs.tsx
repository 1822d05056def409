import { useSignal } from "@preact/signals";
import { useId, useRef } from "preact/hooks";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { count, integer, percent } from "../components/figures";
import { Hidden } from "../components/hidden";
import { Removable } from "../components/removable";
import { Section } from "../components/section";
import { titleOf, VisibleText } from "../components/visible-text";
import { itemLabel } from "../scan/view-state";
import { Marked } from "./marked";
import type { CompareCard, CompareView, PairRow } from "./messages";
import type { Comparison } from "./state";

/** The rows of a difference: pairs one above the other with what differs marked, or rows of one source. */
export function Pairs({ shared, view, card }: { shared: Comparison; view: CompareView; card: CompareCard }) {
  const page = shared.page.value;
  const narrowing = shared.narrowing.value;
  const evidence = narrowing && shared.detail.value?.evidence[narrowing.evidence];
  const ticked = shared.ticked.value;
  if (!card.side) return null;
  const whose = card.side === "both" ? "pair" : "row";
  const total = page?.total ?? card.rows;
  return (
    <Section
      title={narrowing ? count(total, whose) : `${count(total, whose)}, ${percent(card.share)}`}
      beside={
        <>
          {narrowing && (
            <Removable title="Show all rows again" onRemove={() => shared.narrow(null)}>
              narrowed to “{evidence && <VisibleText text={itemLabel(evidence, narrowing.item)} />}”
            </Removable>
          )}
          {ticked.length > 0 && (
            <Removable
              title="Untick all rows"
              onRemove={() => {
                shared.ticked.value = [];
              }}
            >
              {integer(ticked.length)} ticked
            </Removable>
          )}
        </>
      }
    >
      <Failure reason={shared.pageError.value} onRetry={() => void shared.more()} />
      {page ? <Grid shared={shared} view={view} card={card} /> : <p class="mq-skeleton">…</p>}
    </Section>
  );
}

function Grid({ shared, view, card }: { shared: Comparison; view: CompareView; card: CompareCard }) {
  const id = useId();
  const active = useSignal(0);
  const scroller = useRef<HTMLDivElement>(null);
  const page = shared.page.value;
  if (!page) return null;
  const { columns, own, rows, total } = page;
  const both = card.side === "both";
  const ticked = new Set(shared.ticked.value);

  const moveTo = (to: number) => {
    active.value = Math.min(Math.max(0, to), rows.length - 1);
    scroller.current
      ?.querySelector(`[id="${id}-${active.value}"]`)
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -rows.length, End: rows.length }[
      event.key
    ];
    const row = rows[active.value];
    if (step !== undefined) moveTo(active.value + step);
    else if (event.key === " " && row) shared.tick(row);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <div class="mq-pairs" ref={scroller}>
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: rows to move through and tick make a grid
          role="grid"
          tabIndex={0}
          aria-label={`Rows: ${card.message}`}
          aria-rowcount={total + 1}
          aria-multiselectable
          aria-activedescendant={rows.length > 0 ? `${id}-${active.value}` : undefined}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <th scope="col" class="mq-tick">
                <Hidden>Ticked</Hidden>
              </th>
              <th scope="col">{both ? "source and row" : "row"}</th>
              {columns.map((name, place) => (
                <th scope="col" class={place < own ? "mq-offends" : undefined}>
                  <VisibleText text={name} />
                </th>
              ))}
            </tr>
          </thead>
          {rows.map((row, index) => (
            <Pair
              key={row.number}
              id={`${id}-${index}`}
              row={row}
              own={own}
              both={both}
              names={[view.left.name, view.right.name]}
              active={index === active.value}
              ticked={ticked.has(row.number)}
              onTick={() => {
                active.value = index;
                shared.tick(row);
              }}
            />
          ))}
        </table>
      </div>
      {rows.length < total && (
        <Button class="mq-button" disabled={shared.asking.value} onClick={() => void shared.more()}>
          Show {integer(Math.min(50, total - rows.length))} more of {integer(total - rows.length)}
        </Button>
      )}
    </>
  );
}

interface PairProps {
  id: string;
  row: PairRow;
  own: number;
  both: boolean;
  names: [string, string];
  active: boolean;
  ticked: boolean;
  onTick: () => void;
}

/** One row of each source, or a row of one: a body of its own, so that it is one thing to move to and to tick. */
function Pair({ id, row, own, both, names, active, ticked, onTick }: PairProps) {
  const sides = [
    { name: names[0], label: row.left_label, cells: row.left_cells, other: row.right_cells, at: row.left },
    { name: names[1], label: row.right_label, cells: row.right_cells, other: row.left_cells, at: row.right },
  ].filter(({ at }) => at >= 0);
  return (
    <tbody class={`${active ? "mq-active" : ""} ${ticked ? "mq-ticked" : ""}`}>
      {sides.map(({ name, label, cells, other }, side) => (
        <tr id={side === 0 ? id : undefined} aria-selected={ticked}>
          {side === 0 && (
            <td class="mq-tick" rowSpan={sides.length}>
              <input
                type="checkbox"
                tabIndex={-1}
                checked={ticked}
                aria-label={`Tick row ${label}`}
                onClick={onTick}
              />
            </td>
          )}
          <th scope="row" class="mq-label" title={titleOf(label)}>
            {both && <span class="mq-side-name">{name}</span>} <span class="mq-quiet">{label}</span>
          </th>
          {cells.map((cell, place) => (
            <Cell
              text={cell}
              other={both ? (other[place] ?? null) : cell}
              side={side}
              compared={both}
              own={place < own}
            />
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Cell(props: {
  text: string | null;
  other: string | null;
  side: number;
  compared: boolean;
  own: boolean;
}) {
  const { text, other, side, compared, own } = props;
  const unlike = compared && text !== other;
  const kind = `${own ? "mq-offends" : ""} ${unlike ? "mq-unlike" : ""}`;
  if (text === null)
    return (
      <td class={kind}>
        <span class="mq-missing">missing</span>
      </td>
    );
  return (
    <td class={kind} title={titleOf(text)}>
      {unlike && other !== null ? (
        <Marked text={text} other={other} side={side} />
      ) : (
        <VisibleText text={text} ends={unlike} />
      )}
    </td>
  );
}
