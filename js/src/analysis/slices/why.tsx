import { count } from "../../components/figures";
import { VisibleText } from "../../components/visible-text";
import { signed } from "../explain/contribution";
import type { WhyView } from "./messages";

/** The columns whose contributions differ most between the slice and the rest. */
export function Why({ why: { sentence, lines, others, method } }: { why: WhyView }) {
  const from = Math.min(0, ...lines.map(({ low }) => low));
  const span = Math.max(0, ...lines.map(({ high }) => high)) - from || 1;
  const at = (value: number) => (100 * (value - from)) / span;
  return (
    <>
      <p class="mq-why-sentence">{sentence}</p>
      <table class="mq-why">
        <thead>
          <tr>
            <th scope="col">column</th>
            <th scope="col" colSpan={2}>
              contribution here less that on the rest
            </th>
            <th scope="col">here</th>
            <th scope="col">the rest</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.column} data-clear={line.low > 0 || line.high < 0}>
              <th scope="row">
                <VisibleText text={line.column} titled />
              </th>
              <td class="mq-why-bar">
                <span class="mq-forest" aria-hidden="true">
                  <u style={{ left: `${at(0)}%` }} />
                  <i style={{ left: `${at(line.low)}%`, width: `${at(line.high) - at(line.low)}%` }} />
                  <b style={{ left: `${at(line.difference)}%` }} />
                </span>
              </td>
              <td class="mq-figure" title={`${signed(line.low)} to ${signed(line.high)}`}>
                {signed(line.difference)}
              </td>
              <td>
                <VisibleText text={line.typical_here} titled />
              </td>
              <td>
                <VisibleText text={line.typical_there} titled />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="mq-small">
        {others > 0 && `${count(others, "further column")} differ less. `}
        {method}
      </p>
    </>
  );
}
