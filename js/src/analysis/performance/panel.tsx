import { type Signal, useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { integer } from "../../components/figures";
import type { Linked } from "../linked";
import { Scores } from "./curves";
import { number } from "./figures";
import type { CostsView, CurvesView, PerformanceView } from "./messages";
import type { Picking } from "./picking";
import { axisOf, lineThrough, MARGIN, Plot, type Point } from "./plot";
import { nearest, type Payoff, spans } from "./threshold";

/** Half the width of the slider's thumb, which keeps inside its track. */
const THUMB = 8;
const LEAP = 10;

const SLIDER = {
  marginInlineStart: `${MARGIN.left - THUMB}px`,
  width: `calc(100% - ${MARGIN.left + MARGIN.right - 2 * THUMB}px)`,
};

interface PanelProps {
  linked: Linked<PerformanceView>;
  view: PerformanceView;
  curves: CurvesView;
  /** The place of the threshold on screen. */
  at: Signal<number>;
  payoff: Payoff;
  picking: Picking;
}

/** The threshold: what is given which probability, the slider, and what each threshold brings. */
export function ThresholdPanel({ linked, view, curves, at, payoff, picking }: PanelProps) {
  const refused = useSignal("");
  const id = useId();
  const { threshold } = curves.counts;
  const now = threshold[at.value] ?? 0;
  const best = threshold[payoff.best] ?? 0;
  const name = view.classes[1] ?? "";
  const move = (place: number) => {
    at.value = Math.min(threshold.length - 1, Math.max(0, place));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const last = threshold.length - 1;
    const to = {
      ArrowRight: at.value + 1,
      ArrowUp: at.value + 1,
      ArrowLeft: at.value - 1,
      ArrowDown: at.value - 1,
      PageUp: at.value + LEAP,
      PageDown: at.value - LEAP,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  const used = now === view.threshold;
  return (
    <>
      <div class="mq-threshold-line">
        <label for={`${id}-slider`}>
          Predict {name} from <strong>{number(now)}</strong> on
        </label>
        <Button
          class="mq-button mq-primary"
          disabled={used || now <= 0 || now >= 1}
          onClick={() => void attempt(linked.ask("threshold", { threshold: now }), refused)}
        >
          Use this threshold
        </Button>
        {at.value !== payoff.best && (
          <Button class="mq-button" onClick={() => move(payoff.best)}>
            Go to the best, {number(best)}
          </Button>
        )}
        {view.threshold !== null && !used && (
          <Button class="mq-button" onClick={() => move(nearest(threshold, view.threshold ?? 0))}>
            Back to {number(view.threshold)}
          </Button>
        )}
      </div>
      <Failure reason={refused.value} />
      <p class="mq-small">In red what is predicted wrongly. Choose a bar for its rows.</p>
      <Scores scores={curves.scores} name={name} output={1} threshold={now} picking={picking} />
      <input
        id={`${id}-slider`}
        class="mq-threshold-slider"
        style={SLIDER}
        type="range"
        min="0"
        max="1"
        step="any"
        value={now}
        aria-valuetext={number(now)}
        onKeyDown={onKeyDown}
        onInput={({ currentTarget }) => {
          move(nearest(threshold, Number(currentTarget.value)));
          currentTarget.value = String(threshold[at.value]);
        }}
      />
      <PayoffPlot threshold={threshold} payoff={payoff} at={at.value} />
      <PayoffWords view={view} threshold={threshold} payoff={payoff} at={at.value} />
    </>
  );
}

interface PayoffProps {
  threshold: number[];
  payoff: Payoff;
  at: number;
}

function PayoffPlot({ threshold, payoff: { perRow, best, asGood }, at }: PayoffProps) {
  const unit = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], text: String, title: "threshold" };
  const point = (place: number): Point => [threshold[place] ?? 0, perRow[place] ?? 0];
  return (
    <Plot
      label={`Payoff per row at each threshold; now ${number(perRow[at] ?? 0)}, at best ${number(perRow[best] ?? 0)}`}
      height={160}
      x={unit}
      y={axisOf(perRow, "payoff per row", number)}
    >
      {(scales) => {
        const [bestX, bestY] = point(best);
        const [nowX, nowY] = point(at);
        return (
          <>
            {spans(asGood).map(([first, last]) => {
              const [from, to] = [scales.x(threshold[first] ?? 0), scales.x(threshold[last] ?? 0)];
              return (
                <rect
                  key={first}
                  class="mq-as-good"
                  x={from - 1}
                  width={to - from + 2}
                  y={scales.top}
                  height={scales.bottom - scales.top}
                />
              );
            })}
            <path
              class="mq-curve"
              d={lineThrough(
                perRow.map((_, place) => point(place)),
                scales,
              )}
            />
            <line
              class="mq-threshold"
              x1={scales.x(nowX)}
              x2={scales.x(nowX)}
              y1={scales.top}
              y2={scales.bottom}
            />
            <circle class="mq-best" cx={scales.x(bestX)} cy={scales.y(bestY)} r="5.5" />
            <circle class="mq-now" cx={scales.x(nowX)} cy={scales.y(nowY)} r="4" />
          </>
        );
      }}
    </Plot>
  );
}

function PayoffWords({ view, threshold, payoff, at }: PayoffProps & { view: PerformanceView }) {
  const { perRow, best, asGood } = payoff;
  const [now = 0, most = 0] = [perRow[at], perRow[best]];
  const good = threshold.filter((_, place) => asGood[place]);
  const [from = 0, to = 0] = [good[0], good.at(-1)];
  return (
    <p class="mq-payoff-words" role="status">
      <strong>{number(now)}</strong> per row at {number(threshold[at] ?? 0)}, {number(now * view.rows)} over
      all {integer(view.rows)}. Best: <strong>{number(most)}</strong> at {number(threshold[best] ?? 0)};{" "}
      {from === to
        ? "every other threshold does clearly worse."
        : `from ${number(from)} to ${number(to)} (shaded) none can be told from it on these rows.`}
    </p>
  );
}

/** Each outcome: what came and what is predicted, by place of the class. */
const OUTCOMES: [keyof CostsView, number, number][] = [
  ["true_negative", 0, 0],
  ["false_positive", 0, 1],
  ["false_negative", 1, 0],
  ["true_positive", 1, 1],
];

interface CostsProps {
  linked: Linked<PerformanceView>;
  view: PerformanceView;
  costs: Signal<CostsView>;
}

/** What one row of each outcome brings, to be changed. */
export function Costs({ linked, view, costs }: CostsProps) {
  const refused = useSignal("");
  const change = (outcome: keyof CostsView, typed: string) => {
    const value = Number(typed);
    if (typed.trim() === "" || !Number.isFinite(value)) {
      refused.value = "Type a number.";
      return;
    }
    costs.value = { ...costs.value, [outcome]: value };
    void attempt(linked.ask("costs", { costs: costs.value }), refused);
  };
  return (
    <fieldset class="mq-costs">
      <legend>What one row brings; a cost is below 0</legend>
      {OUTCOMES.map(([outcome, came, said]) => (
        <label key={outcome}>
          <span>
            {view.classes[came]} predicted {view.classes[said]}
          </span>
          <input
            class="mq-input"
            type="number"
            step="any"
            value={costs.value[outcome]}
            onChange={({ currentTarget }) => change(outcome, currentTarget.value)}
          />
        </label>
      ))}
      <Failure reason={refused.value} />
    </fieldset>
  );
}
