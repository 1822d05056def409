import { useRef } from "preact/hooks";
import { answeringView } from "../answering-view";
import { count } from "../components/figures";
import { VisibleText } from "../components/visible-text";
import { TableDetail } from "./detail";
import { TableList, Tools } from "./list";
import type { DatabaseView } from "./messages";
import { Catalogue, type DatabaseTraits } from "./state";

/** The whole view of a database: its tables on top, the chosen one below. */
function App({ shared, view }: { shared: Catalogue; view: DatabaseView }) {
  const anchor = useRef<HTMLElement>(null);
  const card = shared.card.value;
  const views = view.tables.filter(({ kind }) => kind.endsWith("view")).length;
  return (
    <>
      <header class="mq-database-head">
        <h2>
          <VisibleText text={view.place} titled />
        </h2>
        <p class="mq-quiet">
          {count(view.tables.length - views, "table")}
          {views > 0 && `, ${count(views, "view")}`} · {view.how} · read {view.read_at}
        </p>
      </header>
      {view.tables.length === 0 ? (
        <p class="mq-empty">There is no table that this account may see.</p>
      ) : (
        <>
          <Tools shared={shared} view={view} />
          <TableList shared={shared} view={view} onEnter={() => anchor.current?.focus()} />
          {card ? (
            <TableDetail key={card.name} shared={shared} card={card} anchor={anchor} />
          ) : (
            <p class="mq-empty">Choose a table to see its columns and rows, and to scan it.</p>
          )}
        </>
      )}
    </>
  );
}

export default answeringView<DatabaseView, DatabaseTraits, Catalogue>({
  label: "Tables of a database",
  what: "catalogue",
  connect: (model, host, abort) => new Catalogue(model, host, abort),
  App,
});
