import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { attempt } from "../components/attempt";
import { Button } from "../components/button";
import { Failure } from "../components/failure";
import { KeptInput } from "../components/kept-input";
import { useScan } from "./context";
import type { ColumnCard, DeclaredView, DeclareRequest } from "./messages";

type Name = DeclareRequest["name"];

const TYPES = [
  "string",
  "integer",
  "number",
  "boolean",
  "date",
  "datetime",
  "time",
  "year",
  "yearmonth",
  "duration",
  "object",
  "array",
  "list",
  "geopoint",
  "geojson",
  "any",
];

const TEXTS: [name: "unit" | "minimum" | "maximum" | "enum" | "pattern", label: string, hint: string][] = [
  ["unit", "Unit", "such as m/s"],
  ["minimum", "Least", ""],
  ["maximum", "Greatest", ""],
  ["enum", "Allowed values", "separated by commas"],
  ["pattern", "Pattern", "such as [A-Z]{2}[0-9]+"],
];
const TICKS: [name: "required" | "unique", label: string][] = [
  ["required", "Never missing"],
  ["unique", "Never repeated"],
];

/** What is declared of a column, in a line; empty where nothing is. */
export function declaredLine(declared: DeclaredView): string {
  const { minimum, maximum } = declared;
  const range =
    minimum && maximum
      ? `${minimum} to ${maximum}`
      : minimum
        ? `at least ${minimum}`
        : maximum && `at most ${maximum}`;
  return [
    declared.type,
    declared.unit,
    range,
    declared.enum && `one of ${declared.enum}`,
    declared.pattern && `like ${declared.pattern}`,
    declared.required && "never missing",
    declared.unique && "never repeated",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Edits what the data dictionary says of a column; each field is kept, and checked, as soon as it is left. */
export function DeclaredEditor({ column, onClose }: { column: ColumnCard; onClose: () => void }) {
  const { synced } = useScan();
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const draft = useSignal<DeclaredView | null>(null);
  const refused = useSignal("");
  const { declared } = column;

  useEffect(() => {
    form.current?.querySelector<HTMLElement>("select")?.focus({ preventScroll: true });
    synced.draft(column.position).then(
      (proposed) => {
        draft.value = proposed;
      },
      () => undefined,
    );
  }, []);

  const keep = (name: Name, text: string) => synced.declare(column.position, name, text);
  const proposed = draft.value;
  const left = proposed && declaredLine(undeclared(proposed, declared));
  return (
    <form
      class="mq-declared"
      aria-label={`What ${column.name} may hold`}
      ref={form}
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.preventDefault();
        onClose();
      }}
    >
      <label class="mq-declared-field">
        <span>Type</span>
        <select
          class="mq-select"
          aria-label={`Type of ${column.name}`}
          value={declared.type}
          onChange={({ currentTarget }) => attempt(keep("type", currentTarget.value), refused)}
        >
          <option value="">not declared</option>
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {type}
            </option>
          ))}
        </select>
      </label>
      {TEXTS.map(([name, label, hint]) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the input is within, and names itself
        <label key={name} class={`mq-declared-field mq-declared-${name}`}>
          <span>{label}</span>
          <KeptInput
            label={`${label} of ${column.name}`}
            value={declared[name]}
            placeholder={proposed?.[name] ? `${proposed[name]}?` : hint}
            onKeep={(text) => keep(name, text)}
          />
        </label>
      ))}
      <div class="mq-declared-ticks">
        {TICKS.map(([name, label]) => (
          <label key={name} class="mq-declared-tick">
            <input
              type="checkbox"
              checked={declared[name]}
              onChange={({ currentTarget }) =>
                attempt(keep(name, currentTarget.checked ? "true" : ""), refused)
              }
            />
            {label}
          </label>
        ))}
      </div>
      <div class="mq-declared-foot">
        {left && (
          <Button
            class="mq-button"
            aria-describedby={`${id}-draft`}
            onClick={() => attempt(synced.accept(column.position), refused)}
          >
            Declare what was seen
          </Button>
        )}
        {left && (
          <span id={`${id}-draft`} class="mq-quiet">
            {left}
          </span>
        )}
        <span class="mq-space" />
        <Button class="mq-button mq-plain" onClick={onClose}>
          Close
        </Button>
      </div>
      <Failure reason={refused.value} />
    </form>
  );
}

/** The part of a proposal that nobody declared yet. */
function undeclared(proposed: DeclaredView, declared: DeclaredView): DeclaredView {
  return Object.fromEntries(
    Object.entries(proposed).map(([name, value]) => [
      name,
      declared[name as keyof DeclaredView] ? (typeof value === "string" ? "" : false) : value,
    ]),
  ) as unknown as DeclaredView;
}
