import { Button } from "../components/button";
import { integer, percent } from "../components/figures";
import { VisibleText } from "../components/visible-text";

/** What the share of a cell is of: its line, its column, or everything. */
export type MatrixShare = "came" | "predicted" | "all";

interface MatrixProps {
  title: string;
  classes: string[];
  /** What came (lines) against what was predicted. */
  counts: number[][];
  of?: MatrixShare;
  /** Choose the rows of a cell; the counts are only read if not given. */
  onPick?: (came: number, predicted: number) => void;
  /** Whether the rows of a cell are those selected. */
  picked?: (came: number, predicted: number) => boolean;
}

/** A confusion matrix; shares are of what came if not said otherwise. */
export function Matrix({ title, classes, counts, of = "came", onPick, picked }: MatrixProps) {
  const sum = (cells: number[]) => cells.reduce((all, cell) => all + cell, 0);
  const whole = (line: number[], predicted: number) =>
    sum(
      of === "came" ? line : of === "predicted" ? counts.map((one) => one[predicted] ?? 0) : counts.map(sum),
    );
  return (
    <div class="mq-matrix">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <td class="mq-small">came ↓ predicted →</td>
            {classes.map((name) => (
              <th scope="col" key={name}>
                <VisibleText text={name} titled />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((line, came) => {
            return (
              <tr key={classes[came]}>
                <th scope="row">
                  <VisibleText text={classes[came] ?? ""} titled />
                </th>
                {line.map((cell, predicted) => {
                  const total = whole(line, predicted);
                  const share = total ? cell / total : 0;
                  const figures = (
                    <>
                      {total ? percent(share) : "–"}
                      <span class="mq-small">{integer(cell)}</span>
                    </>
                  );
                  return (
                    <td
                      key={classes[predicted]}
                      data-right={came === predicted}
                      style={{ "--share": `${Math.round(46 * share)}%` }}
                      title={`${integer(cell)} of ${integer(total)}`}
                    >
                      {onPick ? (
                        <Button
                          aria-label={`${integer(cell)} rows: came ${classes[came]}, predicted ${classes[predicted]}`}
                          aria-pressed={picked?.(came, predicted) ?? false}
                          onClick={() => onPick(came, predicted)}
                        >
                          {figures}
                        </Button>
                      ) : (
                        figures
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
