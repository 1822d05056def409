import { Button } from "../../components/button";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "./answered";
import type { Asked } from "./asked";
import type { ExplainedRow, ExplainView, SimilarView } from "./messages";
import { Value } from "./waterfall";

interface SimilarProps {
  view: ExplainView;
  row: ExplainedRow;
  asked: Asked<SimilarView>;
  onFocus: (position: number) => void;
  onCompare: (position: number) => void;
}

/** The nearest rows with what came for them. */
export function Similar({ view, row, asked, onFocus, onCompare }: SimilarProps) {
  const known = row.actual !== null;
  return (
    <Answered asked={asked}>
      {({ sentence, distance, columns, own, same, rows }) => (
        <>
          <p>{sentence}</p>
          <div class="mq-side-by-side">
            <table>
              <thead>
                <tr>
                  <th scope="col">row</th>
                  <th scope="col">distance</th>
                  {known && <th scope="col">{view.target}</th>}
                  <th scope="col">predicted</th>
                  {columns.map((name) => (
                    <th scope="col">
                      <VisibleText text={name} titled />
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                <tr class="mq-own">
                  <th scope="row">this row</th>
                  <td />
                  {known && <td>{row.actual}</td>}
                  <td>
                    {row.predicted} <Said view={view} said={row.said} />
                  </td>
                  {own.map((value) => (
                    <td>
                      <VisibleText text={value ?? ""} />
                    </td>
                  ))}
                </tr>
                {rows.map((one, line) => (
                  <tr key={one.position}>
                    <th scope="row">
                      <Button class="mq-link" title="Explain this row" onClick={() => onFocus(one.position)}>
                        <VisibleText text={one.label} />
                      </Button>{" "}
                      <Button
                        class="mq-link mq-small"
                        aria-label={`Compare with row ${one.label}`}
                        onClick={() => onCompare(one.position)}
                      >
                        compare
                      </Button>
                    </th>
                    <td class="mq-numeric">{one.distance.toFixed(3)}</td>
                    {known && <td data-differs={one.actual !== row.actual}>{one.actual}</td>}
                    <td data-differs={view.classes.length > 0 && one.predicted !== row.predicted}>
                      {one.predicted} <Said view={view} said={one.said} />
                    </td>
                    {one.cells.map((value, place) => (
                      <td class={same[line]?.[place] ? "mq-quiet" : ""}>
                        {same[line]?.[place] ? <VisibleText text={value ?? ""} /> : <Value text={value} />}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <p class="mq-small">{distance} In bold: other than in this row.</p>
        </>
      )}
    </Answered>
  );
}

/** The probability beside the class predicted; a value has said it all. */
const Said = ({ view, said }: { view: ExplainView; said: string }) =>
  view.classes.length > 0 ? <span class="mq-quiet">{said}</span> : null;
