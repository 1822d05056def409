import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { attempt } from "../components/attempt";
import { Failure } from "../components/failure";
import { count } from "../components/figures";
import type { Order } from "../components/pages";
import { Removable } from "../components/removable";
import { RowTable } from "../components/row-table";
import { Section } from "../components/section";
import type { Linked } from "./linked";

/** The rows selected in any view of the analysis; choosing one puts it into focus everywhere. */
export function SelectedRows<V>({ linked }: { linked: Linked<V> }) {
  const order = useSignal<Order | null>(null);
  const refused = useSignal("");
  const pages = useMemo(() => linked.pages(order), [linked]);
  const { label, rows, row } = linked.selection.value;
  const shown = pages.value;
  useEffect(() => () => shown?.rest(), [shown]);
  if (!shown) return null;
  const { columns } = linked.rowsHead.value;
  return (
    <Section
      title={count(rows, "row")}
      beside={
        <Removable title="Select nothing" onRemove={() => void attempt(linked.clear(), refused)}>
          {label}
        </Removable>
      }
    >
      <Failure reason={refused.value} />
      <RowTable
        label={`Rows: ${label}`}
        pages={shown}
        tallest={rows}
        columnAt={(position) => columns[position] ?? { name: "", numeric: false }}
        offending={[]}
        order={order.value}
        onOrder={(next) => {
          order.value = next;
        }}
        selected={[]}
        focused={row}
        onFocus={(position) => void attempt(linked.focus(position), refused)}
      />
    </Section>
  );
}
