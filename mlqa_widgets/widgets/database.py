"""The widget of a database: its tables, who refers to whom, the chosen table and its scan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import anywidget
import traitlets
from pandas.api.types import infer_dtype

from mlqa_widgets.databases.catalogue import CatalogueTable
from mlqa_widgets.databases.database import Database
from mlqa_widgets.databases.inactive import Reason, day, inactive
from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.messages.database import DatabaseView, HeadPage, ReferenceLines, TableCard, TableDetail
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.rows import cell_text
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, visible
from mlqa_widgets.work import Work

_ROWS = 50
_NUMBERS = frozenset({"integer", "floating", "mixed-integer-float", "decimal"})
_COLUMNS = 60
_STATIC = 100
_STATIC_COLUMNS = 60


class DatabaseWidget(AnsweringWidget):
    """Shows a database and knows what is on screen.

    Attributes
    ----------
    table
        Name of the table on screen, empty for none. Assign to it to show another.
    child
        The widget of the scan on screen, or None.
    """

    _esm = module_path("database.js")
    _css = module_path("database.css")

    table = traitlets.Unicode().tag(sync=True)
    child = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, database: Database, table: str) -> None:
        super().__init__(table=table)
        self._database = database
        self._scans: dict[str, Scan] = {}
        self.observe(self._show_scan, names=["table"])
        self._show_step()
        follow(database.work, self._show_step, self._show)

    # ------------------------------------------------------------------ what Python reads

    @property
    def scan(self) -> Scan | None:
        """The scan on screen; None where none is."""
        return self._scans.get(self.table)

    # ------------------------------------------------------------------ what the browser sees

    def static_html(self) -> str:
        """Return the static twin: the list, the chosen table, and its scan where it is on screen."""
        return static_database(self._database, self.table) + ("" if self.child is None else self.child.static_html())

    def _show_step(self) -> None:
        self.progress = progress_view(self._database.work)

    def _show(self) -> None:
        self._show_step()
        if self._database.error is not None:
            self.error = str(self._database.error)
            self.publish_static()
            return
        with self.hold_sync():
            self.view = database_view(self._database)
            if self.table not in self._database:
                self.table = ""

    def _show_scan(self, _change: Any) -> None:
        scan = self._scans.get(self.table)
        self.child = None if scan is None else scan.widget()
        if self.child is not None:
            self.child.observe(self._publish_again, names=["view"])
        self.publish_static()

    def _publish_again(self, _change: Any) -> None:
        self.publish_static()

    # ------------------------------------------------------------------ requests

    def _detail(self, request: dict[str, Any]) -> TableDetail:
        return table_detail(self._database, request["table"])

    def _head(self, request: dict[str, Any]) -> Work[HeadPage]:
        return _begun("page of rows", lambda: head_page(self._database, request["table"]))

    def _count(self, request: dict[str, Any]) -> Work[int]:
        return _begun("count", lambda: self._database.count(request["table"]))

    def _broken(self, request: dict[str, Any]) -> Work[ReferenceLines]:
        return _begun("look at references", lambda: reference_lines(self._database, request["table"]))

    def _scan(self, request: dict[str, Any]) -> None:
        self._scans[request["table"]] = self._database.scan(request["table"])
        self._show_scan(None)

    def _close(self, _request: dict[str, Any]) -> None:
        closed = self._scans.pop(self.table, None)
        if closed is not None and not closed.done:
            closed.cancel()
        self._show_scan(None)

    def _cancel(self, _request: dict[str, Any]) -> None:
        self._database.cancel()

    answers: ClassVar[Mapping[str, Answer]] = {
        "detail": _detail,
        "head": _head,
        "count": _count,
        "broken": _broken,
        "scan": _scan,
        "close": _close,
        "cancel": _cancel,
    }


def _begun(what: str, ask: Any) -> Work[Any]:
    work: Work[Any] = Work(what, lambda _progress, _publish: ask())
    work.start()
    return work


def database_view(database: Database) -> DatabaseView:
    """Return what is shown before a table is chosen."""
    catalogue = database.catalogue
    why = inactive(catalogue)
    return {
        "place": visible(database.place),
        "kind": database.kind,
        "how": catalogue.how,
        "read_at": f"{catalogue.read_at:%Y-%m-%d %H:%M} UTC",
        "tables": [_card(database, one, why.get(one.name, ())) for one in catalogue.tables],
    }


def _card(database: Database, one: CatalogueTable, why: tuple[Reason, ...]) -> TableCard:
    catalogue = database.catalogue
    newest = one.newest
    return {
        "name": one.name,
        "kind": one.kind,
        "rows": one.rows,
        "counted": one.counted,
        "bytes": one.bytes,
        "newest": f"{newest.at:%Y-%m-%d %H:%M}".removesuffix(" 00:00") if newest.at else "",
        "newest_in": visible(newest.column or newest.unknown),
        "refers_to": list(dict.fromkeys(each.to for each in catalogue.references_of(one.name))),
        "referred_by": list(dict.fromkeys(each.table for each in catalogue.references_to(one.name))),
        "comment": visible(one.comment),
        "inactive": [{"word": reason.word, "why": visible(reason.why)} for reason in why],
        "columns": len(one.columns),
    }


def table_detail(database: Database, table: str) -> TableDetail:
    """Return what is shown of the chosen table besides its card."""
    lines = database.columns(table).to_dict("records")
    return {
        "columns": [
            {
                "name": visible(line["name"]),
                "type": visible(line["type"]),
                "nullable": bool(line["nullable"]),
                "key": bool(line["key"]),
                "refers_to": visible(line["refers_to"]),
                "comment": visible(line["comment"]),
            }
            for line in lines
        ],
        "facts": _facts(database.catalogue.by_name[table]),
    }


def _facts(one: CatalogueTable) -> list[str]:
    use = one.use
    said = []
    if one.counted == "estimate":
        made = f" of {day(use.analysed)}" if use.analysed else ""
        said.append(f"Rows are the database's estimate{made}.")
    elif use.analysed:
        said.append(f"The database last made its statistics on {day(use.analysed)}.")
    if use.reads is not None:
        since = f" since {day(use.since)}" if use.since else ""
        last = f", last on {day(use.last_read)}" if use.last_read else ""
        said.append(f"It counted {count(use.reads, 'read')} of it{since}{last}.")
    if use.writes is not None:
        said.append(f"It counted {count(use.writes, 'row')} written.")
    if not one.readable:
        said.append("This account may not read it.")
    return said


def head_page(database: Database, table: str) -> HeadPage:
    """Return the first rows of a table as text."""
    frame = database.head(table, _ROWS)
    shown = frame.iloc[:, :_COLUMNS]
    cells = [[cell_text(value) for value in shown.iloc[:, i]] for i in range(shown.shape[1])]
    return {
        "columns": [visible(str(name)) for name in shown.columns],
        "numeric": [i for i in range(shown.shape[1]) if infer_dtype(shown.iloc[:, i], skipna=True) in _NUMBERS],
        "hidden": frame.shape[1] - shown.shape[1],
        "rows": [{"cells": list(row)} for row in zip(*cells, strict=True)],
    }


def reference_lines(database: Database, table: str) -> ReferenceLines:
    """Count what refers to nothing, one line per foreign key."""
    lines = database.broken_references(table).to_dict("records")
    return {
        "lines": [
            {
                "columns": [visible(name) for name in line["columns"]],
                "to": visible(line["to"]),
                "enforced": line["enforced"],
                "broken": int(line["broken"]),
                "code": f"mq.compare(db[{table!r}], db[{line['to']!r}], "
                f"{dict(zip(line['columns'], line['to_columns'], strict=True))!r})",
            }
            for line in lines
        ]
    }


# ---------------------------------------------------------------------- the static twin


def static_database(database: Database, chosen: str) -> str:
    """Return a database as HTML that survives a sanitiser."""
    if not database.done or database.error is not None:
        return template("database.html").render(database=database, view=None)
    view = database_view(database)
    detail = table_detail(database, chosen) if chosen else None
    return template("database.html").render(
        view=view,
        shown=view["tables"][:_STATIC],
        more=max(0, len(view["tables"]) - _STATIC),
        quiet_ones=sum(bool(one["inactive"]) for one in view["tables"]),
        chosen=next((one for one in view["tables"] if one["name"] == chosen), None),
        columns=detail["columns"][:_STATIC_COLUMNS] if detail else [],
        values=options.static_values,
    )
