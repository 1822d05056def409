import { useSignal } from "@preact/signals";
import { count } from "../../components/figures";
import { VisibleText } from "../../components/visible-text";
import { Axis, leftOf, PAD, Rise } from "./axis";
import type { PartialView, SpreadView } from "./messages";
import { numberText } from "./packed";
import { BESIDE, Density, Lines } from "./scatter";

interface PartialProps {
  partial: PartialView;
  spread: SpreadView;
  name: string;
}

/** Predictions with the feature set to values: the mean with its interval, and behind it some single rows. */
export function Partial({ partial, spread, name }: PartialProps) {
  const { numbers, rows, label, words, centre } = partial;
  const ofNumbers = spread.edges.length > 0;
  const asked = useSignal<boolean | null>(null);
  const centred = asked.value ?? !ofNumbers;
  return (
    <>
      <label class="mq-small mq-check">
        <input
          type="checkbox"
          checked={centred}
          onChange={({ currentTarget }) => {
            asked.value = currentTarget.checked;
          }}
        />{" "}
        as the difference from {name} = {words[centre]}
      </label>
      {ofNumbers ? (
        <Curves partial={partial} spread={spread} centred={centred} name={name} />
      ) : (
        <Bars partial={partial} centred={centred} />
      )}
      <p class="mq-small">
        {label}, mean of {count(rows, "row")} with {name} set to {count(numbers.length, "value")}
        {ofNumbers ? `; thin lines are ${partial.curves.length} single rows` : ""}; 95 % intervals of the
        mean.
      </p>
    </>
  );
}

interface Mean {
  mean: number[];
  low: number[];
  high: number[];
}

function meanOf(partial: PartialView, centred: boolean): Mean {
  return centred
    ? { mean: partial.centred_mean, low: partial.centred_low, high: partial.centred_high }
    : { mean: partial.mean, low: partial.low, high: partial.high };
}

const HEIGHT = 180;

function Curves({ partial, spread, centred, name }: PartialProps & { centred: boolean }) {
  const { numbers, curves, centre, words } = partial;
  const { mean, low, high } = meanOf(partial, centred);
  const known = numbers.flatMap((number, place) => (number === null ? [] : [place]));
  const missing = numbers.indexOf(null);
  const lines = curves.map((curve) => curve.map((value) => value - (centred ? (curve[centre] ?? 0) : 0)));
  const every = [...lines.flat(), ...low, ...high];
  const room = (Math.max(...every) - Math.min(...every) || 1) * 0.04;
  const [bottom, top] = [Math.min(...every) - room, Math.max(...every) + room];
  const [first, last] = [spread.edges[0] ?? 0, spread.edges[spread.edges.length - 1] ?? 1];
  const x = (place: number) => (100 * ((numbers[place] ?? 0) - first)) / (last - first || 1);
  const y = (value = 0) => (100 * (top - value)) / (top - bottom);
  const path = (values: number[]) =>
    known
      .map((place, turn) => `${turn ? "L" : "M"}${x(place).toFixed(2)} ${y(values[place]).toFixed(2)}`)
      .join("");
  const band = `${path(high)}${known
    .slice()
    .reverse()
    .map((place) => `L${x(place).toFixed(2)} ${y(low[place]).toFixed(2)}`)
    .join("")}Z`;
  const beside = spread.missing > 0 && missing >= 0 ? BESIDE : 0;
  const said = known.map((place) => `${words[place]}: ${numberText(mean[place] ?? 0)}`);
  return (
    <div class="mq-plot">
      <Rise low={bottom} high={top} />
      <div>
        <div
          class="mq-curves"
          style={{ height: `${HEIGHT}px` }}
          role="img"
          aria-label={`Partial dependence on ${name}. ${said.join(", ")}`}
        >
          <Lines low={bottom} high={top} />
          <svg
            viewBox="0 0 100 100"
            preserveAspectRatio="none"
            style={{ left: `${PAD}px`, width: `calc(100% - ${2 * PAD + beside}px)` }}
            aria-hidden="true"
          >
            {lines.map((line, place) => (
              <path key={place} class="mq-single" d={path(line)} />
            ))}
            <path class="mq-band" d={band} />
            <path class="mq-average" d={path(mean)} />
          </svg>
          {beside > 0 && (
            <span
              class="mq-curve-missing"
              title={`missing: ${numberText(mean[missing] ?? 0)}`}
              style={{
                left: `calc(100% - ${beside / 2}px)`,
                top: `${y(high[missing])}%`,
                height: `${y(low[missing]) - y(high[missing])}%`,
              }}
            >
              <i
                style={{
                  top: `${(100 * (y(mean[missing]) - y(high[missing]))) / (y(low[missing]) - y(high[missing]) || 1)}%`,
                }}
              />
            </span>
          )}
        </div>
        <Density spread={spread} beside={beside} />
        <Axis
          low={first}
          high={last}
          label={name}
          beside={beside}
          {...(beside ? { besideText: "missing" } : {})}
        />
      </div>
    </div>
  );
}

const BARS = 20;

function Bars({ partial, centred }: { partial: PartialView; centred: boolean }) {
  const { words, numbers } = partial;
  const { mean, low, high } = meanOf(partial, centred);
  const shown = words.slice(0, BARS);
  const from = Math.min(0, ...low);
  const to = Math.max(1e-12, ...high);
  const share = (value = 0) => (value - from) / (to - from || 1);
  return (
    <div class="mq-swarm">
      {shown.map((word, place) => (
        <div class="mq-swarm-line" key={word}>
          <span class={`mq-swarm-name${numbers[place] === null ? " mq-missing" : ""}`}>
            <VisibleText text={word} titled />
          </span>
          <span class="mq-partial-bar">
            <i
              style={{
                left: leftOf(Math.min(share(0), share(mean[place]))),
                width: `calc((100% - ${2 * PAD}px) * ${Math.abs(share(mean[place]) - share(0))})`,
              }}
            />
            <b
              style={{
                left: leftOf(share(low[place])),
                width: `calc((100% - ${2 * PAD}px) * ${share(high[place]) - share(low[place])})`,
              }}
            />
            <span class="mq-hidden">{numberText(mean[place] ?? 0)}</span>
          </span>
        </div>
      ))}
      <div class="mq-swarm-line">
        <span />
        <Axis low={from} high={to} label={centred ? `difference of the ${partial.label}` : partial.label} />
      </div>
      {words.length > BARS && (
        <p class="mq-small">{words.length - BARS} less frequent values are not drawn.</p>
      )}
    </div>
  );
}
