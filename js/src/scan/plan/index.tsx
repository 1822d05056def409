import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Answering } from "../../answering";
import { answeringView } from "../../answering-view";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { CopyButton } from "../../components/copy-button";
import { Failure } from "../../components/failure";
import { count } from "../../components/figures";
import { PythonCode } from "../../components/python-code";
import type { EditRequest, PlanRequest, PlanStep, PlanView } from "./messages";

/** The widget module of a plan: the chosen fixes in order, what each does, and the function they make. */
export default answeringView({
  label: "Plan of fixes",
  what: "trial of the plan",
  connect: (model, host, abort) => new Answering<PlanView>(model, host, abort),
  App,
});

const PARTS = { rows: "Rows dropped first", cells: "Cells changed", columns: "Columns removed last" };

type Wish = (EditRequest | PlanRequest)["type"];

function App({ shared, view }: { shared: Answering<PlanView>; view: PlanView }) {
  const refused = useSignal("");
  const root = useRef<HTMLDivElement>(null);
  const moved = useRef("");
  const ask = (type: Wish, step?: PlanStep) => {
    moved.current = step && type !== "remove" ? `${step.finding}-${step.fix}-${type}` : "";
    void attempt(shared.ask(type, step && { finding: step.finding, fix: step.fix }), refused);
  };
  // A step that moved takes its button along, and the keyboard with it.
  useEffect(() => {
    if (moved.current) root.current?.querySelector<HTMLElement>(`[data-move="${moved.current}"]`)?.focus();
  }, [view]);
  if (view.steps.length === 0) return <Empty view={view} ask={ask} refused={refused.value} />;
  const left = view.steps.filter((step) => !step.refused);
  return (
    <div class="mq-plan" ref={root}>
      <header class="mq-plan-head">
        <p aria-live="polite">
          <strong>
            {count(view.steps.length, "fix", "fixes")} {view.chosen_by}
          </strong>
          <span class="mq-quiet">
            {view.before}
            {view.tried && view.after !== view.before && ` → ${view.after}`}
          </span>
        </p>
        <span class="mq-space" />
        {!view.tried && !shared.progress.value.running && (
          <Button class="mq-button" onClick={() => ask("try")}>
            Try it on the table
          </Button>
        )}
        {view.editable && (
          <>
            <Recommend view={view} ask={ask} />
            <Button class="mq-button mq-plain" onClick={() => ask("clear")}>
              Remove all
            </Button>
          </>
        )}
        <Failure reason={refused.value} />
      </header>
      <div class="mq-plan-steps">
        {(["rows", "cells", "columns"] as const).map((part) => (
          <Part part={part} steps={left.filter((step) => step.part === part)} view={view} ask={ask} />
        ))}
        <LeftOut steps={view.steps.filter((step) => step.refused)} view={view} ask={ask} />
      </div>
      <Code code={view.code} />
    </div>
  );
}

interface PartProps {
  view: PlanView;
  ask: (type: Wish, step?: PlanStep) => void;
}

function Recommend({ view: { recommended }, ask }: PartProps) {
  if (recommended === 0) return null;
  return (
    <Button class="mq-button" onClick={() => ask("recommend")}>
      Add the {recommended === 1 ? "" : `${recommended} `}recommended
    </Button>
  );
}

function Empty({ view, ask, refused }: PartProps & { refused: string }) {
  return (
    <div class="mq-empty">
      <strong>No fix is in the plan yet.</strong>
      {view.editable && (
        <>
          <p>
            Fixes that you add beside a finding stand here as one function, with what each of them does to the
            table.
          </p>
          {view.recommended > 0 && (
            <Button class="mq-button" onClick={() => ask("recommend")}>
              Add the recommended fix of {count(view.recommended, "error or warning", "errors and warnings")}
            </Button>
          )}
        </>
      )}
      <Failure reason={refused} />
    </div>
  );
}

/** Fixes of one kind: they can change places among themselves. */
function Part({ part, steps, view, ask }: PartProps & { part: PlanStep["part"]; steps: PlanStep[] }) {
  if (steps.length === 0) return null;
  const before = view.steps.filter((step) => !step.refused).indexOf(steps[0] as PlanStep);
  return (
    <section class="mq-section">
      <h3>{PARTS[part]}</h3>
      <ol start={before + 1}>
        {steps.map((step, place) => (
          <li key={`${step.finding}-${step.fix}-${step.title}`}>
            <span class="mq-plan-number" aria-hidden="true">
              {before + place + 1}
            </span>
            <Words step={step} view={view} ask={ask} />
            {view.editable && (
              <span class="mq-plan-buttons">
                {(["up", "down"] as const).map((way) => (
                  <Button
                    class="mq-icon-button"
                    data-move={`${step.finding}-${step.fix}-${way}`}
                    title={`Move ${way}`}
                    aria-label={`Move ${way}: ${step.title}`}
                    aria-disabled={way === "up" ? place === 0 : place === steps.length - 1}
                    onClick={() => ask(way, step)}
                  >
                    {way === "up" ? "↑" : "↓"}
                  </Button>
                ))}
                <Remove step={step} ask={ask} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Words({ step, view, ask }: PartProps & { step: PlanStep }) {
  return (
    <div class="mq-plan-words">
      <strong>{step.title}</strong>
      {view.editable ? (
        <Button class="mq-plan-finding" title="Show the finding" onClick={() => ask("open", step)}>
          {step.message}
        </Button>
      ) : (
        <span class="mq-plan-finding">{step.message}</span>
      )}
      {step.did.length > 0 && <span class="mq-plan-did">{step.did.join("; ")}</span>}
    </div>
  );
}

function Remove({ step, ask }: { step: PlanStep; ask: PartProps["ask"] }) {
  return (
    <Button
      class="mq-icon-button"
      title="Remove from the plan"
      aria-label={`Remove from the plan: ${step.title}`}
      onClick={() => ask("remove", step)}
    >
      ×
    </Button>
  );
}

/** Fixes that the account refused, with the reason; the function goes without them. */
function LeftOut({ steps, view, ask }: PartProps & { steps: PlanStep[] }) {
  if (steps.length === 0) return null;
  return (
    <section class="mq-section mq-plan-refused">
      <h3>Left out</h3>
      <ul>
        {steps.map((step) => (
          <li key={`${step.finding}-${step.fix}-${step.title}`}>
            <span class="mq-plan-number mq-warning" aria-hidden="true">
              !
            </span>
            <div>
              <Words step={step} view={view} ask={ask} />
              <p>{step.refused}</p>
            </div>
            {view.editable && (
              <span class="mq-plan-buttons">
                <Remove step={step} ask={ask} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Code({ code }: { code: string }) {
  const text = useRef<HTMLPreElement>(null);
  return (
    <div class="mq-code mq-plan-code">
      <CopyButton source={text} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long code scrolls, and the keyboard must reach it */}
      <pre tabIndex={0} ref={text}>
        <PythonCode code={code} />
      </pre>
    </div>
  );
}
