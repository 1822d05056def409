import { count } from "../../components/figures";
import type { StepView } from "./messages";
import { Value } from "./waterfall";

interface PathProps {
  steps: StepView[];
  /** Of what the shares are, or nothing for values. */
  name: string | undefined;
}

/** The way of the row through the tree, from the root to its leaf, beside the branches it did not take. */
export function Path({ steps, name }: PathProps) {
  const most = steps[0]?.rows ?? 1;
  const shares = steps.flatMap(({ share, other_share }) => [share, other_share]);
  const low = name === undefined ? Math.min(...shares) : 0;
  const span = (name === undefined ? Math.max(...shares) : 1) - low || 1;
  return (
    <ol class="mq-path">
      {steps.map(({ test, value, rows, share, said, other_rows, other_said }, place) => (
        <li key={test}>
          <div class="mq-node" data-leaf={test === ""}>
            <span class="mq-node-said">
              <strong>{said}</strong>
              {name !== undefined && ` ${name}`}
            </span>
            <span class="mq-meter">
              <span style={{ width: `${(100 * (share - low)) / span}%` }} />
            </span>
            <span class="mq-small">
              {count(rows, "training row")} ({((100 * rows) / most).toFixed(rows === most ? 0 : 1)} %)
            </span>
          </div>
          {test !== "" && (
            <div class="mq-branch">
              <span class="mq-taken">
                ↓ {test}{" "}
                {value !== "" && !test.includes("missing") && (
                  <>
                    (here <Value text={value} />)
                  </>
                )}
              </span>
              <span class="mq-small">
                else: {count(other_rows, "row")}, {other_said}
                {name !== undefined && ` ${name}`}
              </span>
            </div>
          )}
          {test === "" && place === 0 && <p class="mq-small">The tree asks nothing.</p>}
        </li>
      ))}
    </ol>
  );
}
