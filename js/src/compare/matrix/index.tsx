import type { AnyModel, Host } from "@anywidget/types";
import type { Signal } from "@preact/signals";
import { Answering, type AnsweringTraits } from "../../answering";
import { answeringView } from "../../answering-view";
import { Button } from "../../components/button";
import { Child } from "../../components/child";
import { count, percent } from "../../components/figures";
import { SeverityIcon } from "../../components/icons";
import { VisibleText } from "../../components/visible-text";
import type { MatrixCell, MatrixView } from "./messages";

interface MatrixTraits extends AnsweringTraits<MatrixView> {
  pair: number[];
  child: string | null;
}

class Comparisons extends Answering<MatrixView, MatrixTraits> {
  readonly pair: Signal<number[]>;
  readonly child: Signal<string | null>;

  constructor(model: AnyModel<MatrixTraits>, host: Host, abort: AbortSignal) {
    super(model, host, abort);
    this.pair = this.trait("pair");
    this.child = this.trait("child");
  }
}

/** Each source against each other; a click shows the pair's own comparison below. */
function App({ shared, view: { sources, cells } }: { shared: Comparisons; view: MatrixView }) {
  const [first, second] = shared.pair.value;
  const child = shared.child.value;
  return (
    <>
      <div class="mq-sources">
        <table>
          <caption>Share of the rows of a source (line) that find a partner in another (column)</caption>
          <thead>
            <tr>
              <td />
              {sources.map(({ name }) => (
                <th key={name} scope="col">
                  <VisibleText text={name} titled />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map(({ name, rows, columns }, line) => (
              <tr key={name}>
                <th scope="row">
                  <VisibleText text={name} titled />
                  {columns > 0 && (
                    <span class="mq-small">
                      {count(rows, "row")} × {columns}
                    </span>
                  )}
                </th>
                {sources.map((other, place) => (
                  <Cell
                    key={other.name}
                    cell={cells.find((one) => one.first === line && one.second === place)}
                    names={[name, other.name]}
                    self={line === place}
                    chosen={
                      [first, second].includes(line) && [first, second].includes(place) && line !== place
                    }
                    onChoose={() => {
                      shared.pair.value = [Math.min(line, place), Math.max(line, place)];
                    }}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {child ? (
        <Child key={child} reference={child} host={shared.host} />
      ) : (
        <p class="mq-empty">Choose a pair to see its join, its differences and their rows.</p>
      )}
    </>
  );
}

interface CellProps {
  cell: MatrixCell | undefined;
  names: [string, string];
  self: boolean;
  chosen: boolean;
  onChoose: () => void;
}

function Cell({ cell, names: [name, other], self, chosen, onChoose }: CellProps) {
  if (self) return <td class="mq-self" aria-label="the same source" />;
  if (!cell) return <td class="mq-small">…</td>;
  const { matched, failed, on, relation, conflicts, errors, warnings } = cell;
  const met = failed ? "failed" : matched === null ? "no key" : percent(matched);
  const keys = on.length > 0 ? `by ${on.join(", ")} (${relation})` : "";
  const differ = conflicts > 0 ? count(conflicts, "column differs", "columns differ") : "";
  const worst = errors ? "error" : warnings ? "warning" : null;
  return (
    <td style={{ "--share": `${Math.round(46 * (matched ?? 0))}%` }}>
      <Button
        aria-pressed={chosen}
        aria-label={`${name} in ${other}: ${[met, keys, differ].filter(Boolean).join(", ")}`}
        title={failed || keys}
        onClick={onChoose}
      >
        <strong>{met}</strong>
        <span class="mq-small">
          {worst && <SeverityIcon severity={worst} />} {differ || relation}
        </span>
      </Button>
    </td>
  );
}

export default answeringView<MatrixView, MatrixTraits, Comparisons>({
  label: "Comparison of several sources",
  what: "comparisons",
  connect: (model, host, abort) => new Comparisons(model, host, abort),
  App,
});
