import { useSignal } from "@preact/signals";
import { useCallback, useMemo } from "preact/hooks";
import { attempt } from "../../components/attempt";
import { Button } from "../../components/button";
import { Failure } from "../../components/failure";
import { VisibleText } from "../../components/visible-text";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import { signed } from "../explain/contribution";
import type { Linked } from "../linked";
import { Axis, PAD } from "./axis";
import { coloursOf } from "./colours";
import { Legend } from "./legend";
import type { ImportanceView, RelianceView, SwarmView } from "./messages";
import { type Column, columnOf, valueText } from "./packed";
import { Points, swarm } from "./points";
import { scale } from "./scale";

interface BeeswarmProps {
  linked: Linked<ImportanceView>;
  view: ImportanceView;
  here: RelianceView | null;
  opened: number;
  onOpen: (place: number) => void;
}

const PAGE = 15;
const HEIGHT = 38;

/** Every feature as a strip of points, one per row drawn, where its contribution to that row stands. */
export function Beeswarm({ linked, view, here, opened, onOpen }: BeeswarmProps) {
  const pages = useSignal(1);
  const refused = useSignal("");
  const places = view.lines.filter(({ place }) => place >= 0).map(({ place }) => place);
  const features = places.slice(0, PAGE * pages.value);
  const asked = useAsked<SwarmView>(`${view.drawn} ${view.output} ${view.metric} ${pages.value}`, () =>
    linked.ask("swarm", { features }, 60_000),
  );
  if (view.drawn === 0) return <p class="mq-empty">The contributions are being computed.</p>;
  return (
    <>
      <Failure reason={refused.value} />
      <Answered asked={asked}>
        {(found) => (
          <Swarm
            linked={linked}
            view={view}
            found={found}
            here={here}
            opened={opened}
            onOpen={onOpen}
            onSpan={(feature, low, high) =>
              void attempt(linked.ask("span", { feature, by: "contribution", low, high }), refused)
            }
          />
        )}
      </Answered>
      {places.length > features.length && (
        <Button
          class="mq-button mq-more"
          onClick={() => {
            pages.value += 1;
          }}
        >
          Show {Math.min(PAGE, places.length - features.length)} more
        </Button>
      )}
    </>
  );
}

interface SwarmProps extends BeeswarmProps {
  found: SwarmView;
  onSpan: (feature: number, low: number, high: number) => void;
}

function Swarm({ linked, view, found, here, opened, onOpen, onSpan }: SwarmProps) {
  const { low, high, labels, positions, features } = found;
  const columns = useMemo(() => features.map(columnOf), [features]);
  const chosen = useMemo(() => (here ? new Set(here.places) : null), [here]);
  const row = linked.selection.value.row;
  const focused = row === null ? -1 : positions.indexOf(row);
  return (
    <div class="mq-swarm">
      <Legend column={null} />
      {columns.map((column) => (
        <div class="mq-swarm-line" key={column.place}>
          <Button
            class="mq-swarm-name"
            aria-pressed={column.place === opened}
            onClick={() => onOpen(column.place)}
          >
            <VisibleText text={column.name} titled />
          </Button>
          <Strip
            column={column}
            low={low}
            high={high}
            describe={(point) => describe(column, point, labels[point] ?? "")}
            focused={focused}
            chosen={chosen}
            onPick={(point) => void linked.focus(positions[point] ?? null)}
            onSpan={(from, to) => onSpan(column.place, from, to)}
          />
        </div>
      ))}
      <div class="mq-swarm-line">
        <span />
        <Axis low={low} high={high} label={`contribution, ${view.space}`} />
      </div>
    </div>
  );
}

/** A point in words: the row, its value and what that contributes. */
export function describe(column: Column, point: number, label: string): string {
  const value = valueText(column, column.values[point] ?? Number.NaN);
  return `row ${label}: ${column.name} = ${value}, ${signed(column.contributions[point] ?? 0)}`;
}

interface StripProps {
  column: Column;
  low: number;
  high: number;
  describe: (point: number) => string;
  focused: number;
  chosen: ReadonlySet<number> | null;
  onPick: (point: number) => void;
  onSpan: (low: number, high: number) => void;
}

function Strip({ column, low, high, describe, focused, chosen, onPick, onSpan }: StripProps) {
  const colours = useMemo(() => coloursOf(column), [column]);
  const place = useCallback(
    (width: number) => swarm(column.contributions, scale(low, high, PAD, width - PAD), HEIGHT),
    [column, low, high],
  );
  return (
    <Points
      label={`Contributions of ${column.name}`}
      height={HEIGHT}
      place={place}
      colours={colours}
      describe={describe}
      focused={focused}
      chosen={chosen}
      onPick={onPick}
      onSpan={(from, to, width) => {
        const { at } = scale(low, high, PAD, width - PAD);
        onSpan(at(from), at(to));
      }}
    >
      <span
        class="mq-zero"
        style={{ left: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${-low / (high - low || 1)})` }}
      />
    </Points>
  );
}
