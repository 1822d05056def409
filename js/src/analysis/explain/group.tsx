import { count } from "../../components/figures";
import { VisibleText } from "../../components/visible-text";
import { signed } from "./contribution";
import type { GroupView } from "./messages";

/** Some rows against the rest: the mean contributions that differ most, with their intervals. */
export function Group({ group }: { group: GroupView }) {
  const { sentence, columns, more, method } = group;
  const low = Math.min(0, ...columns.map((one) => one.low));
  const span = Math.max(0, ...columns.map((one) => one.high)) - low || 1;
  const at = (value: number) => (100 * (value - low)) / span;
  return (
    <>
      <p class="mq-explained-sentence">{sentence}</p>
      <div class="mq-side-by-side mq-group">
        <table>
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">these rows</th>
              <th scope="col">the rest</th>
              <th scope="col" colSpan={2}>
                difference of mean contributions, with interval
              </th>
            </tr>
          </thead>
          <tbody>
            {columns.map((one) => (
              <tr key={one.label} class={one.low <= 0 && one.high >= 0 ? "mq-quiet" : ""}>
                <th scope="row">
                  <VisibleText text={one.label} titled />
                </th>
                <td>{one.here}</td>
                <td>{one.there}</td>
                <td class="mq-middle">
                  <span class="mq-forest">
                    <u style={{ left: `${at(0)}%` }} />
                    <i style={{ left: `${at(one.low)}%`, width: `${at(one.high) - at(one.low)}%` }} />
                    <b style={{ left: `${at(one.difference)}%` }} />
                  </span>
                </td>
                <td class="mq-numeric">
                  {signed(one.difference)}{" "}
                  <span class="mq-small">
                    {signed(one.low)} to {signed(one.high)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="mq-small">
        {more > 0 && `${count(more, "further column")} differ less. `}Contributions {method.join("; ")}.
      </p>
    </>
  );
}
