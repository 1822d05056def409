import { Button } from "../components/button";
import { integer } from "../components/figures";
import { Hidden } from "../components/hidden";
import { VisibleText } from "../components/visible-text";

const LINE = 28;
/** More than this on one side stand as a group with one line. */
const DRAWN = 8;

/**
 * Who refers to a table, the table, and whom it refers to: three columns with lines between them.
 *
 * Only the neighbours of one table, so it reads as well among two hundred tables as among five.
 */
export function ReferenceGraph(props: {
  table: string;
  referred: string[];
  refers: string[];
  onChoose: (table: string) => void;
}) {
  const { table, referred, refers, onChoose } = props;
  const tallest = Math.max(1, ...[referred, refers].map(({ length }) => Math.min(length, DRAWN))) * LINE;
  return (
    <div class="mq-graph">
      <Side
        title={`Referred to by ${integer(referred.length)}`}
        names={referred}
        tallest={tallest}
        onChoose={onChoose}
      />
      <Lines ends={referred.length} tallest={tallest} inwards />
      <div class="mq-graph-side">
        <span class="mq-small">This table</span>
        <div class="mq-graph-names" style={{ height: `${tallest}px` }}>
          <strong>
            <VisibleText text={table} titled />
          </strong>
        </div>
      </div>
      <Lines ends={refers.length} tallest={tallest} />
      <Side
        title={`Refers to ${integer(refers.length)}`}
        names={refers}
        tallest={tallest}
        onChoose={onChoose}
      />
    </div>
  );
}

function Side(props: { title: string; names: string[]; tallest: number; onChoose: (table: string) => void }) {
  const { title, names, tallest, onChoose } = props;
  return (
    <div class="mq-graph-side">
      <span class="mq-small">{title}</span>
      <ul
        class={names.length > DRAWN ? "mq-graph-names mq-many" : "mq-graph-names"}
        style={{ height: `${tallest}px` }}
      >
        {names.map((name) => (
          <li key={name}>
            <Button class="mq-button" title={name} onClick={() => onChoose(name)}>
              <Hidden>Show </Hidden>
              <VisibleText text={name} />
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Lines from each name of a side to the middle, with a head at the table that is referred to. */
function Lines({ ends, tallest, inwards = false }: { ends: number; tallest: number; inwards?: boolean }) {
  const middle = tallest / 2;
  const lines = ends > DRAWN ? 1 : ends;
  const first = (tallest - lines * LINE) / 2 + LINE / 2;
  return (
    <svg class="mq-graph-lines" width="56" height={tallest} viewBox={`0 0 56 ${tallest}`} aria-hidden="true">
      {Array.from({ length: lines }, (_, i) => {
        const at = first + i * LINE;
        const [from, to] = inwards ? [at, middle] : [middle, at];
        return <path d={`M2 ${from}C28 ${from} 28 ${to} 50 ${to}m-5 -3.5 5 3.5 -5 3.5`} />;
      })}
    </svg>
  );
}
