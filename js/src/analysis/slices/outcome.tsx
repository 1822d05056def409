import { percent } from "../../components/figures";
import { minus } from "../explain/contribution";
import { Matrix } from "../matrix";
import type { CellsView, ResidualsView } from "./messages";

/** The confusion matrix of the slice beside that of the rest; shares are of what came. */
export function Cells({ cells: { classes, here, rest } }: { cells: CellsView }) {
  return (
    <div class="mq-side">
      <Matrix title="This slice" classes={classes} counts={here} />
      <Matrix title="The rest" classes={classes} counts={rest} />
    </div>
  );
}

/** How residuals are spread: the slice as bars, the rest as outlines. */
export function Residuals({
  residuals: { edges, here, rest, mean_here, mean_rest },
}: {
  residuals: ResidualsView;
}) {
  const highest = Math.max(...here, ...rest, 1e-12);
  const height = (share: number) => `${(100 * share) / highest}%`;
  const text = (value = 0) => minus(Number(value.toPrecision(3)).toLocaleString("en-US"));
  return (
    <>
      <div
        class="mq-residuals"
        role="img"
        aria-label={`Predicted less actual: ${mean_here} on average in this slice, ${mean_rest} on the rest`}
      >
        {here.map((share, at) => (
          <span
            key={edges[at]}
            title={`${text(edges[at])} to ${text(edges[at + 1])}: ${percent(share)} here, ${percent(rest[at] ?? 0)} of the rest`}
          >
            <i style={{ height: height(share) }} />
            <b style={{ height: height(rest[at] ?? 0) }} />
          </span>
        ))}
      </div>
      <div class="mq-residual-ends mq-small" aria-hidden="true">
        <span>≤ {text(edges[1])}</span>
        <span>predicted − actual</span>
        <span>≥ {text(edges[edges.length - 2])}</span>
      </div>
      <p class="mq-small">
        <span class="mq-legend-here" /> this slice, {mean_here} on average · <span class="mq-legend-rest" />{" "}
        the rest, {mean_rest}
      </p>
    </>
  );
}
