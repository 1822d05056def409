import { useSignal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useId, useRef } from "preact/hooks";
import { attempt } from "../components/attempt";
import { Button } from "../components/button";
import { CopyButton } from "../components/copy-button";
import { DataTable } from "../components/data-table";
import { Failure } from "../components/failure";
import { PythonCode } from "../components/python-code";
import { Section } from "../components/section";
import { TabPanel, Tabs } from "../components/tabs";
import { VisibleText } from "../components/visible-text";
import { useScan } from "./context";
import type { ChangeView, FixView } from "./messages";

/** The repairs on offer, one at a time. */
export function Fixes({
  finding,
  fixes,
  heading,
}: {
  finding: number;
  fixes: FixView[];
  heading: RefObject<HTMLHeadingElement | null>;
}) {
  const id = useId();
  const chosen = useSignal(0);
  const fix = fixes[chosen.value] ?? fixes[0];
  if (!fix) return null;
  return (
    <Section
      title={fixes.length === 1 ? "Fix" : "Fixes"}
      heading={heading}
      beside={!fix.refused && <ToPlan finding={finding} fix={chosen.value} />}
    >
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
    </Section>
  );
}

/** Puts the fix into the plan, or takes it out. */
function ToPlan({ finding, fix }: { finding: number; fix: number }) {
  const { synced } = useScan();
  const refused = useSignal("");
  const planned = synced.view.value?.planned.filter((one) => one.finding === finding) ?? [];
  const inPlan = planned.some((one) => one.fix === fix);
  if (synced.exported) return null;
  return (
    <>
      <Button
        class="mq-button"
        aria-pressed={inPlan}
        onClick={() => attempt(synced.chooseFix(finding, fix, inPlan ? "unchoose" : "choose"), refused)}
      >
        {inPlan ? "✓ In the plan" : planned.length > 0 ? "Use this fix in the plan" : "Add to plan"}
      </Button>
      <Failure reason={refused.value} />
    </>
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
      {fix.preview.length > 0 && (
        <DataTable headers={["row", "column", "before", "after"]} lines={fix.preview.map(changed)} />
      )}
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

function changed({ row, column, before, after, dropped }: ChangeView): ComponentChildren[] {
  const cell = (text: string | null) =>
    text === null ? <span class="mq-missing">missing</span> : <VisibleText text={text} ends titled />;
  return [
    row,
    column,
    cell(before),
    <>
      <span class="mq-arrow" aria-hidden="true">
        →
      </span>
      {dropped ? <em>the {column ? "column" : "row"} goes</em> : cell(after)}
    </>,
  ];
}
