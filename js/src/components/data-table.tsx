import type { ComponentChildren } from "preact";

/** A small table of values. */
export function DataTable({ headers, lines }: { headers: string[]; lines: ComponentChildren[][] }) {
  return (
    <div class="mq-examples">
      <table>
        <thead>
          <tr>{headers.map((header) => (header ? <th scope="col">{header}</th> : <td />))}</tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr>
              {line.map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
