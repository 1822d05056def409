import type { Signal } from "@preact/signals";
import { Picker } from "../../components/picker";
import { Answered } from "../explain/answered";
import { useAsked } from "../explain/asked";
import type { Linked } from "../linked";
import { Lines } from "./lines";
import type { SliceLine, SlicesView } from "./messages";

interface ColumnsProps {
  linked: Linked<SlicesView>;
  view: SlicesView;
  /** The column on screen, by its place; null for the one that tells most. */
  column: Signal<number | null>;
  share: boolean;
  onChoose: (column: number, place: number) => void;
}

/** One column's categories as a forest plot. */
export function Columns({ linked, view, column, share, onChoose }: ColumnsProps) {
  const most = view.columns.reduce(
    (best, { worse }, at, all) => (worse > (all[best]?.worse ?? 0) ? at : best),
    0,
  );
  const at = column.value ?? most;
  const asked = useAsked<SliceLine[]>(`${view.metric} ${at}`, () => linked.ask("column", { column: at }));
  const { of, column: cut, place = -1 } = view.card?.chosen ?? {};
  const name = view.columns[at]?.name ?? "";
  return (
    <>
      <div class="mq-slice-picker">
        <Picker
          label="Column"
          none=""
          value={String(at)}
          choices={view.columns.map(({ name, categories, worse }, place) => [
            String(place),
            `${name} (${categories}${worse ? `, ${worse} worse` : ""})`,
          ])}
          onPick={(value) => {
            column.value = Number(value);
          }}
        />
      </div>
      <Answered asked={asked}>
        {(lines) => (
          <Lines
            label={`Categories of ${name}`}
            lines={lines}
            metric={view.label}
            share={share}
            chosen={(line) => of === "column" && cut === at && lines[place] === line}
            onChoose={(place) => onChoose(at, place)}
          />
        )}
      </Answered>
    </>
  );
}
