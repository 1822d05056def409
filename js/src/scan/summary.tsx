import { useSignal } from "@preact/signals";
import { Button } from "../components/button";
import { count, integer, seconds } from "../components/figures";
import { SeverityIcon } from "../components/icons";
import { VisibleText } from "../components/visible-text";
import type { ScanView } from "./messages";
import { SEVERITY_NAMES } from "./severity";
import { SEVERITIES } from "./view-state";

/** What was scanned, how, and how it fared, in one line. */
export function Summary({ view }: { view: ScanView }) {
  const { table, failures } = view;
  const standing = view.findings.filter(({ dismissed }) => !dismissed);
  const dismissed = view.findings.length - standing.length;
  return (
    <header class="mq-summary">
      <h2 class="mq-name">
        <VisibleText text={table.name || "table"} />
      </h2>
      <Source kind={table.source} facts={table.facts} />
      <p class="mq-facts">
        <span>
          {count(table.rows, "row")} × {count(table.columns, "column")}
        </span>
        <span>{seconds(table.seconds)}</span>
        <span>{table.engine}</span>
        <span class="mq-read" title={table.read}>
          {table.read}
        </span>
      </p>
      <ul class="mq-counts" aria-label="Findings by severity">
        {SEVERITIES.map((severity) => {
          const found = standing.filter((card) => card.severity === severity).length;
          return (
            <li class={found === 0 ? "mq-quiet" : undefined}>
              <SeverityIcon severity={severity} />
              {integer(found)} {SEVERITY_NAMES[severity][found === 1 ? 0 : 1]}
            </li>
          );
        })}
        {dismissed > 0 && <li class="mq-quiet">{integer(dismissed)} dismissed</li>}
      </ul>
      {failures.length > 0 && (
        <details class="mq-failures">
          <summary>{count(failures.length, "check")} could not be run</summary>
          <ul>
            {failures.map((failure) => (
              <li>{failure}</li>
            ))}
          </ul>
        </details>
      )}
    </header>
  );
}

/** How the table was read: a chip, and behind it what was found out about the source. */
function Source({ kind, facts }: { kind: string; facts: Record<string, string> }) {
  const open = useSignal(false);
  const known = Object.entries(facts);
  return (
    <>
      <Button
        class="mq-chip"
        aria-expanded={open.value}
        disabled={known.length === 0}
        title={known.map(([name, value]) => `${name}: ${value}`).join("\n")}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {kind}
      </Button>
      {open.value && (
        <dl class="mq-source">
          {known.map(([name, value]) => (
            <div>
              <dt>{name}</dt>
              <dd>
                <VisibleText text={value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
