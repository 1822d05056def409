import type { ComponentChildren } from "preact";

interface DataTableProps {
  headers: string[];
  lines: ComponentChildren[][];
  /** Places of the columns whose figures line up at the right. */
  numeric?: number[];
}

/** A small table of values. */
export function DataTable({ headers, lines, numeric = [] }: DataTableProps) {
  const of = headers.map((_, place) => (numeric.includes(place) ? "mq-right" : undefined));
  return (
    <div class="mq-examples">
      <table>
        <thead>
          <tr>
            {headers.map((header, place) =>
              header ? (
                <th scope="col" class={of[place]}>
                  {header}
                </th>
              ) : (
                <td />
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr>
              {line.map((cell, place) => (
                <td class={of[place]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
