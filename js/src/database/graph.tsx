import { Button } from "../components/button";
import { integer } from "../components/figures";
import { Hidden } from "../components/hidden";
import { VisibleText } from "../components/visible-text";

const LINE = 28;
/** More than this on one side scroll. */
const IN_SIGHT = 8;

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
  const tallest = Math.max(referred.length, refers.length, 1) * LINE;
  return (
    <div class="mq-graph" style={{ maxHeight: `${IN_SIGHT * LINE + 26}px` }}>
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
      <ul class="mq-graph-names" style={{ height: `${tallest}px` }}>
        {names.map((name) => (
          <li key={name} style={{ height: `${LINE}px` }}>
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
  const first = (tallest - ends * LINE) / 2 + LINE / 2;
  return (
    <svg class="mq-graph-lines" width="56" height={tallest} viewBox={`0 0 56 ${tallest}`} aria-hidden="true">
      {Array.from({ length: ends }, (_, i) => {
        const at = first + i * LINE;
        const [from, to] = inwards ? [at, middle] : [middle, at];
        return <path d={`M2 ${from}C28 ${from} 28 ${to} 50 ${to}m-5 -3.5 5 3.5 -5 3.5`} />;
      })}
    </svg>
  );
}
