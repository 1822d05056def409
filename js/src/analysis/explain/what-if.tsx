import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { Hidden } from "../../components/hidden";
import { Picker } from "../../components/picker";
import { VisibleText } from "../../components/visible-text";
import type { Linked } from "../linked";
import { Answered } from "./answered";
import { useAsked } from "./asked";
import type { CurveView, ExplainedRow, ExplainView, OfferView, TriedChange, WhatIfView } from "./messages";

const SHOWN = 8;
/** Milliseconds a moved slider rests before the model is asked. */
const REST = 40;

interface WhatIfProps {
  linked: Linked<ExplainView>;
  view: ExplainView;
  row: ExplainedRow;
  of: string;
}

/** Other values for the row, and what the model would say of them. */
export function WhatIf({ linked, view, row, of }: WhatIfProps) {
  const added = useSignal<number[]>([]);
  const main = row.waterfall.bars.flatMap(({ column }) => (column === null ? [] : [column])).slice(0, SHOWN);
  const shown = [...main, ...added.value.filter((column) => !main.includes(column))];
  const offers = useAsked(`${of} ${shown.join()}`, () =>
    linked.ask<OfferView[]>("offers", { columns: shown }),
  );
  const known = useRef<{ of: string; offers: OfferView[] } | null>(null);
  if (offers.answer) known.current = { of, offers: offers.answer };
  const kept =
    known.current?.of === of && !offers.error ? { answer: known.current.offers, error: "" } : offers;
  return (
    <Answered asked={kept}>
      {(answer) => (
        <Trial key={of} linked={linked} view={view} row={row} offers={answer}>
          <Picker
            label="Another column to change"
            none="Change another column…"
            value=""
            choices={view.columns.flatMap((name, column): [string, string][] =>
              shown.includes(column) ? [] : [[String(column), name]],
            )}
            onPick={(column) => {
              if (column) added.value = [...added.value, Number(column)];
            }}
          />
        </Trial>
      )}
    </Answered>
  );
}

interface TrialProps extends Omit<WhatIfProps, "of"> {
  offers: OfferView[];
  children: ComponentChildren;
}

function Trial({ linked, view, row, offers, children }: TrialProps) {
  const changes = useSignal<TriedChange[]>([]);
  const found = useSignal<WhatIfView | null>(null);
  const refused = useSignal("");
  const asking = useRef({ timer: 0, latest: 0 });
  useEffect(() => () => clearTimeout(asking.current.timer), []);

  const ask = async (curve: number | null) => {
    asking.current.latest += 1;
    const mine = asking.current.latest;
    try {
      const answer = await linked.ask<WhatIfView>("what_if", { changes: changes.value, curve });
      if (mine !== asking.current.latest) return;
      found.value = answer;
      refused.value = "";
    } catch (reason) {
      if (mine === asking.current.latest) refused.value = (reason as Error).message;
    }
  };
  const change = (column: number, next: TriedChange | null, curve: number | null) => {
    const others = changes.value.filter((one) => one.column !== column);
    changes.value = next === null ? others : [...others, next];
    clearTimeout(asking.current.timer);
    asking.current.timer = window.setTimeout(() => void ask(curve), REST);
  };
  const reset = () => {
    changes.value = [];
    found.value = null;
    refused.value = "";
    asking.current.latest += 1;
  };
  const name = view.classes[view.settings.output];
  const now = found.value;
  return (
    <div class="mq-what-if">
      <p class="mq-verdict-line" role="status">
        {now && changes.value.length > 0 ? (
          <span>
            The model would say <strong>{now.after_words}</strong>
            {name !== undefined && <> for {name}</>}, instead of {now.before_words}
            {now.changed && (
              <>
                : another prediction, <strong>{now.predicted}</strong>
              </>
            )}
            .
          </span>
        ) : (
          <span>
            The model says <strong>{row.said}</strong>
            {name !== undefined && <> for {name}</>}. Change a value and see.
          </span>
        )}
        {changes.value.length > 0 && (
          <Button class="mq-button" onClick={reset}>
            As it was
          </Button>
        )}
      </p>
      <Failure reason={refused.value} />
      <ul class="mq-offers">
        {offers.map((offer) => (
          <Offer
            key={offer.column}
            name={view.columns[offer.column] ?? ""}
            offer={offer}
            changed={changes.value.find(({ column }) => column === offer.column) ?? null}
            curve={now?.curve?.column === offer.column ? now.curve : null}
            probable={view.classes.length > 0}
            onChange={(next) => change(offer.column, next, offer.column)}
            onLook={() => {
              if (now?.curve?.column !== offer.column) void ask(offer.column);
            }}
          />
        ))}
      </ul>
      {children}
      <p class="mq-small">
        Values on offer are those of training rows; numbers go by quantiles. Bars over a value: what the model
        would say with it, the other changes in place. It says what the model would say, not what would come.
      </p>
    </div>
  );
}

interface OfferProps {
  name: string;
  offer: OfferView;
  changed: TriedChange | null;
  curve: CurveView | null;
  probable: boolean;
  onChange: (next: TriedChange | null) => void;
  onLook: () => void;
}

function Offer({ name, offer, changed, curve, probable, onChange, onLook }: OfferProps) {
  const { column, own, own_words } = offer;
  const words =
    changed === null
      ? own_words
      : changed.choice === null
        ? String(changed.number)
        : (offer.values[changed.choice] ?? "");
  const choose = (choice: number) => onChange(choice === own ? null : { column, choice, number: null });
  return (
    <li data-changed={changed !== null}>
      <span class="mq-offer-name">
        <VisibleText text={name} titled />
      </span>
      <span class="mq-offer-control" onFocusCapture={onLook}>
        {curve && <Curve curve={curve} offer={offer} changed={changed} probable={probable} />}
        {offer.numbers ? (
          <Slider name={name} offer={offer} words={words} changed={changed} onChoose={choose} />
        ) : (
          <Choice name={name} offer={offer} changed={changed} onChoose={choose} />
        )}
      </span>
      <span class="mq-offer-value">
        {offer.numbers && offer.own_number !== null ? (
          <Typed name={name} offer={offer} words={words} onChange={onChange} />
        ) : (
          offer.numbers && words
        )}
        {offer.numbers && offer.missing && (
          <label class="mq-small">
            <input
              type="checkbox"
              checked={
                changed?.choice === offer.values.length - 1 ||
                (changed === null && own === offer.values.length - 1)
              }
              onChange={({ currentTarget }) =>
                currentTarget.checked ? choose(offer.values.length - 1) : onChange(null)
              }
            />{" "}
            missing
          </label>
        )}
        {changed && (
          <Button class="mq-link mq-small" onClick={() => onChange(null)}>
            <Hidden>{name} </Hidden>back to {own_words}
          </Button>
        )}
      </span>
    </li>
  );
}

interface ControlProps {
  name: string;
  offer: OfferView;
  changed: TriedChange | null;
  onChoose: (choice: number) => void;
}

/** A number among those that training rows have; the slider goes by quantiles. */
function Slider({ name, offer, words, changed, onChoose }: ControlProps & { words: string }) {
  const numbers = offer.numbers ?? [];
  const place = changed?.choice ?? placeOf(numbers, changed?.number ?? offer.own_number);
  return (
    <input
      type="range"
      aria-label={name}
      aria-valuetext={words}
      min={0}
      max={numbers.length - 1}
      value={Math.min(place, numbers.length - 1)}
      onInput={({ currentTarget }) => onChoose(Number(currentTarget.value))}
    />
  );
}

/** The place of the number on offer nearest to `value`. */
function placeOf(numbers: number[], value: number | null): number {
  if (value === null) return 0;
  const above = numbers.findIndex((number) => number >= value);
  if (above < 0) return numbers.length - 1;
  const below = Math.max(0, above - 1);
  return value - (numbers[below] ?? value) < (numbers[above] ?? value) - value ? below : above;
}

function Choice({ name, offer: { values, own, own_words }, changed, onChoose }: ControlProps) {
  return (
    <select
      class="mq-select"
      aria-label={name}
      data-set={changed !== null}
      value={changed?.choice ?? own}
      onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}
    >
      {own < 0 && <option value={-1}>{own_words}</option>}
      {values.map((value, place) => (
        <option key={value} value={place}>
          {value}
          {place === own ? " (as it is)" : ""}
        </option>
      ))}
    </select>
  );
}

interface TypedProps {
  name: string;
  offer: OfferView;
  words: string;
  onChange: (next: TriedChange | null) => void;
}

/** The same number, to type. */
function Typed({ name, offer: { column, own_number }, words, onChange }: TypedProps) {
  const field = useRef<HTMLInputElement>(null);
  const shown = words.replaceAll(",", "");
  useEffect(() => {
    if (field.current && field.current !== field.current.ownerDocument.activeElement)
      field.current.value = shown;
  }, [shown]);
  return (
    <input
      ref={field}
      type="text"
      inputMode="decimal"
      class="mq-input"
      aria-label={`${name}, exact value`}
      defaultValue={shown}
      onChange={({ currentTarget }) => {
        const number = Number(currentTarget.value);
        const usable = currentTarget.value.trim() !== "" && Number.isFinite(number);
        if (!usable) currentTarget.value = shown;
        else onChange(number === own_number ? null : { column, choice: null, number });
      }}
    />
  );
}

interface CurveProps {
  curve: CurveView;
  offer: OfferView;
  changed: TriedChange | null;
  probable: boolean;
}

/** What the model would say for each value on offer: over the slider, in step with it. */
function Curve({ curve: { predictions }, offer, changed, probable }: CurveProps) {
  const low = probable ? 0 : Math.min(...predictions);
  const high = probable ? 1 : Math.max(...predictions);
  const drawn = offer.numbers ? predictions.slice(0, offer.numbers.length) : predictions;
  const now = changed === null ? offer.own : changed.choice;
  const words = (value: number) =>
    probable ? `${(100 * value).toFixed(1)} %` : String(Number(value.toPrecision(4)));
  const first = words(drawn[0] ?? 0);
  const last = words(drawn.at(-1) ?? 0);
  return (
    <span
      class="mq-curve"
      role="img"
      aria-label={`From ${offer.values[0]} (${first}) to ${offer.values[drawn.length - 1]} (${last})`}
    >
      {drawn.map((prediction, place) => (
        <span title={`${offer.values[place]}: ${words(prediction)}`} data-now={place === now}>
          <i style={{ height: `max(1px, ${(100 * (prediction - low)) / (high - low || 1)}%)` }} />
        </span>
      ))}
    </span>
  );
}
