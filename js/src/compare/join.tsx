import { count, integer, percent, seconds } from "../components/figures";
import { SeverityIcon } from "../components/icons";
import { VisibleText } from "../components/visible-text";
import { SEVERITY_NAMES } from "../scan/severity";
import { SEVERITIES } from "../scan/view-state";
import type { CompareView, JoinCard, KeyLine, PastCard, SourceCard } from "./messages";

/** Which sources, by what key, and how many differences of which severity. */
export function Summary({ view }: { view: CompareView }) {
  const { left, right, join } = view;
  return (
    <header class="mq-summary">
      <h2 class="mq-name">
        <VisibleText text={left.name} /> <span class="mq-quiet">and</span> <VisibleText text={right.name} />
      </h2>
      <p class="mq-facts">
        {join && (
          <span>
            by {join.on.join(", ")} ({join.relation})
          </span>
        )}
        <span>{seconds(view.seconds)}</span>
        <span class="mq-read" title={view.read}>
          {view.read}
        </span>
      </p>
      <ul class="mq-counts" aria-label="Differences by severity">
        {SEVERITIES.map((severity) => {
          const found = view.findings.filter((card) => card.severity === severity).length;
          return (
            <li class={found === 0 ? "mq-quiet" : undefined}>
              <SeverityIcon severity={severity} />
              {integer(found)} {SEVERITY_NAMES[severity][found === 1 ? 0 : 1]}
            </li>
          );
        })}
      </ul>
    </header>
  );
}

/** The join before it is made: what meets of each source, and what each type of join returns, or became of the past. */
export function JoinPanel({ view }: { view: CompareView }) {
  const { left, right, join, past, keys } = view;
  if (!join) return <NoKey keys={keys} />;
  return (
    <section class="mq-join" aria-label={past ? "What became of the past" : "The join before it is made"}>
      <div class="mq-join-sources">
        {[left, right].map((source) => (past ? <Named source={source} /> : <Meets source={source} />))}
        {past && <p>{past.says}</p>}
        <p class="mq-join-key">
          {join.ignoring.length > 0 && <span>Ignoring {join.ignoring.join(", ")} in the key. </span>}
          {join.left_out > 0 && (
            <span>Values of {count(join.left_out, "key")} that repeat in both are not compared. </span>
          )}
        </p>
        <Rescues join={join} left={left} right={right} />
        <Keys keys={keys} />
      </div>
      {past ? <Past past={past} /> : <Returns join={join} left={left} right={right} />}
    </section>
  );
}

/** The rows of one source as a bar: with a partner, with a key the other does not have, without a key. */
function Meets({ source }: { source: SourceCard }) {
  const parts: [kind: string, rows: number, says: string][] = [
    ["met", source.matched, "with a partner"],
    ["orphan", source.orphans, "with a key the other lacks"],
    ["keyless", source.keyless, "without a key"],
  ];
  const shown = parts.filter(([, rows]) => rows > 0);
  return (
    <div class="mq-meets">
      <Named source={source} />
      <div class="mq-meets-bar" aria-hidden="true">
        {shown.map(([kind, rows]) => (
          <span class={`mq-${kind}`} style={{ flexGrow: rows }} />
        ))}
      </div>
      <ul class="mq-meets-told">
        {shown.map(([kind, rows, says]) => (
          <li>
            <span class={`mq-swatch mq-${kind}`} aria-hidden="true" />
            {integer(rows)} {says} <span class="mq-quiet">({percent(rows / Math.max(1, source.rows))})</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Named({ source }: { source: SourceCard }) {
  return (
    <div class="mq-meets-name">
      <strong>
        <VisibleText text={source.name} />
      </strong>
      <span class="mq-quiet">
        {count(source.rows, "row")} × {count(source.columns, "column")}, {source.kind}
      </span>
    </div>
  );
}

function Returns({ join, left, right }: { join: JoinCard; left: SourceCard; right: SourceCard }) {
  const said = (dropped: number, unfilled: number) =>
    dropped > 0 ? `${integer(dropped)} dropped` : unfilled > 0 ? `${integer(unfilled)} kept` : "";
  return (
    <table class="mq-returns" aria-label="Rows of each type of join">
      <thead>
        <tr>
          <th scope="col">Join</th>
          <th scope="col" class="mq-numeric">
            Rows out
          </th>
          <th scope="col" class="mq-numeric">
            <VisibleText text={left.name} /> alone
          </th>
          <th scope="col" class="mq-numeric">
            <VisibleText text={right.name} /> alone
          </th>
        </tr>
      </thead>
      <tbody>
        {join.lines.map((line) => (
          <tr>
            <th scope="row">{line.join}</th>
            <td class="mq-numeric">{integer(line.rows)}</td>
            <td class="mq-numeric mq-quiet">{said(line.left_dropped, line.left_unfilled)}</td>
            <td class="mq-numeric mq-quiet">{said(line.right_dropped, line.right_unfilled)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Rows of the earlier read by what became of them, and those of the later read that are from before its newest. */
function Past({ past }: { past: PastCard }) {
  const lines: [what: string, rows: number][] = [
    ["As they were", past.rows - past.changed - past.removed],
    ["Changed", past.changed],
    ["Removed", past.removed],
    ["Filled in later", past.back_filled],
    ["New", past.grown],
  ];
  return (
    <table class="mq-returns" aria-label="Rows by what became of them">
      <thead>
        <tr>
          <th scope="col">The past</th>
          <th scope="col" class="mq-numeric">
            Rows
          </th>
          <th scope="col" class="mq-numeric">
            Of those before
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(([what, rows], place) => (
          <tr class={rows === 0 ? "mq-quiet" : undefined}>
            <th scope="row">{what}</th>
            <td class="mq-numeric">{integer(rows)}</td>
            <td class="mq-numeric mq-quiet">{place < 3 ? percent(rows / Math.max(1, past.rows)) : ""}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Rescues({ join, left, right }: { join: JoinCard; left: SourceCard; right: SourceCard }) {
  if (join.rescues.length === 0) return null;
  return (
    <details class="mq-join-more">
      <summary>What normalised keys would bring together ({integer(join.rescues.length)})</summary>
      <ul>
        {join.rescues.map(({ ignoring, left_rows, right_rows, merged, example }) => (
          <li>
            Ignoring {ignoring}: {count(left_rows, "row")} of {left.name} and {count(right_rows, "row")} of{" "}
            {right.name} would meet, as <VisibleText text={example[0] ?? ""} ends /> and{" "}
            <VisibleText text={example[1] ?? ""} ends />
            {merged > 0 && `; ${count(merged, "different key")} of one source would become one`}.
          </li>
        ))}
      </ul>
    </details>
  );
}

function Keys({ keys }: { keys: KeyLine[] }) {
  if (keys.length === 0) return null;
  return (
    <details class="mq-join-more">
      <summary>{count(keys.length, "key")} proposed</summary>
      <ul>
        {keys.map(({ evidence, code, used }) => (
          <li>
            {evidence} {used ? <span class="mq-quiet">Used here.</span> : <code>on={code}</code>}
          </li>
        ))}
      </ul>
    </details>
  );
}

function NoKey({ keys }: { keys: KeyLine[] }) {
  return (
    <section class="mq-join" aria-label="The join before it is made">
      <div class="mq-join-sources">
        <p>No key was found that brings the sources together. Name one with on=.</p>
        <Keys keys={keys} />
      </div>
    </section>
  );
}
