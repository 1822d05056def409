import { useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import { CopyButton } from "../components/copy-button";
import { PythonCode } from "../components/python-code";
import { TabPanel, Tabs } from "../components/tabs";
import { titleOf, VisibleText } from "../components/visible-text";
import type { ChangeView, FixView } from "./messages";

/** The repairs on offer, one at a time. */
export function Fixes({
  fixes,
  heading,
}: {
  fixes: FixView[];
  heading: RefObject<HTMLHeadingElement | null>;
}) {
  const id = useId();
  const chosen = useSignal(0);
  const fix = fixes[chosen.value] ?? fixes[0];
  if (!fix) return null;
  return (
    <section class="mq-section" aria-label="Fixes">
      <div class="mq-section-head">
        <h4 ref={heading} tabIndex={-1}>
          {fixes.length === 1 ? "Fix" : "Fixes"}
        </h4>
      </div>
      <Tabs
        id={id}
        label="Fixes"
        choices={fixes.map(({ title }, value) => ({ value, label: title }))}
        chosen={chosen.value}
        onChoose={(place) => {
          chosen.value = place;
        }}
      />
      <TabPanel id={id} chosen={chosen.value}>
        <Fix fix={fix} />
      </TabPanel>
    </section>
  );
}

function Fix({ fix }: { fix: FixView }) {
  const code = useRef<HTMLPreElement>(null);
  return (
    <div class="mq-fix">
      {fix.note && <p>{fix.note}</p>}
      {fix.refused && (
        <p class="mq-banner">
          <span>
            <strong>Not offered for this table:</strong> {fix.refused}
          </span>
        </p>
      )}
      {fix.preview.length > 0 && <Preview changes={fix.preview} />}
      <div class="mq-code">
        <CopyButton source={code} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code scrolls, and the keyboard must reach it */}
        <pre tabIndex={0} ref={code}>
          <PythonCode code={fix.code} />
        </pre>
      </div>
    </div>
  );
}

function Preview({ changes }: { changes: ChangeView[] }) {
  return (
    <div class="mq-examples">
      <table>
        <thead>
          <tr>
            <th scope="col">row</th>
            <th scope="col">column</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ row, column, before, after }, place) => (
            <tr key={place}>
              <td class="mq-quiet">{row}</td>
              <td class="mq-quiet">{column}</td>
              <td class="mq-before" title={titleOf(before)}>
                <VisibleText text={before} ends />
              </td>
              <td class="mq-after" title={titleOf(after ?? "")}>
                <span class="mq-arrow" aria-hidden="true">
                  →
                </span>{" "}
                {after === null ? <em>the row goes</em> : <VisibleText text={after} ends />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
