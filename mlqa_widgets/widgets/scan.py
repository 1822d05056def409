"""The scan's widget: traits, answers to the browser's requests, and what Python reads back."""

from __future__ import annotations

from typing import Any

import anywidget
import numpy as np
import pandas as pd
import traitlets

from mlqa_widgets.errors import MlqaError
from mlqa_widgets.profile.draft import draft_field
from mlqa_widgets.scan import Scan, ScanResult
from mlqa_widgets.widgets.declared import declared_view, read_declared
from mlqa_widgets.widgets.display import TwoOutputWidget
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.plan import PlanWidget
from mlqa_widgets.widgets.runtime import VegaRuntime
from mlqa_widgets.widgets.static import static_scan
from mlqa_widgets.widgets.view import RowPages, detail, scan_view


class ScanWidget(TwoOutputWidget):
    """Shows a scan and knows what is on screen.

    Attributes
    ----------
    finding
        Index of the finding on screen (as in ``scan.findings``), -1 for none. Assign to it to show another.
    tab
        ``findings``, ``columns`` or ``plan``.
    narrowing
        The clicked part of the evidence, or None.
    selected
        Positions of the rows ticked in the table.
    """

    _esm = module_path("scan.js")
    _css = module_path("scan.css")

    view: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    progress: Any = traitlets.Dict().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    finding = traitlets.Int(-1).tag(sync=True)
    tab = traitlets.Enum(["findings", "columns", "plan"], default_value="findings").tag(sync=True)
    narrowing: Any = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    selected = traitlets.List(traitlets.Int()).tag(sync=True)
    runtime = anywidget.WidgetTrait().tag(sync=True)
    plan = anywidget.WidgetTrait().tag(sync=True)

    def __init__(self, scan: Scan) -> None:
        super().__init__(runtime=VegaRuntime.shared())
        self._scan = scan
        self._version = scan
        self._pages = RowPages(scan)
        self._shown: ScanResult | None = None
        self._show_step()
        self.on_msg(self._answer)
        self.observe(lambda _: self.publish_static(), names=["finding", "view"])
        self.observe(self._clear_selection, names=["finding", "narrowing"])
        self.observe(lambda _: self._show_plan(), names=["tab"])
        scan.on_decision(self._show_decisions)
        follow(scan.work, self._show_step, self._show)

    # ------------------------------------------------------------------ what Python reads

    @property
    def selection(self) -> pd.Index:
        """Labels of the rows selected on screen: the ticked ones, or else all that are shown."""
        return self._version.table.labels(self._selected_positions())

    @property
    def selected_rows(self) -> pd.DataFrame:
        """The rows selected on screen, as they are in the data."""
        return self._version.table.take(self._selected_positions())

    def _selected_positions(self) -> np.ndarray:
        if self.selected:
            return np.asarray(self.selected, dtype=np.int64)
        if self.finding < 0 or self._shown is None:
            return np.array([], dtype=np.int64)
        return self._pages.positions(self.finding, self.narrowing)

    # ------------------------------------------------------------------ what the browser sees

    def static_html(self) -> str:
        """Return the static twin."""
        return static_scan(self._scan, self.finding)

    def _show_step(self) -> None:
        self.progress = progress_view(self._scan.work)

    def _show(self) -> None:
        self._show_step()
        if self._scan.error is not None:
            self.error = str(self._scan.error)
            self.publish_static()
            return
        with self.hold_sync():
            self._version = self._scan.so_far
            self._follow_finding()
            self.view = scan_view(self._version)
            if self.finding < 0 and self.view["findings"]:
                self.finding = 0

    def _show_decisions(self) -> None:
        with self.hold_sync():
            self.view = scan_view(self._version)
            self._follow_finding()
        self._show_plan()

    def _follow_finding(self) -> None:
        """Stay on the finding on screen where findings were found anew, which may have moved it."""
        if self._version.result is self._shown:
            return
        before, self._shown = self._shown, self._version.result
        self._pages = RowPages(self._version)
        if before is None or self.finding < 0:
            return
        chosen = before.findings[self.finding]
        after = self._shown.findings
        self.finding = next(
            (i for i, one in enumerate(after) if (one.identity, one.columns) == (chosen.identity, chosen.columns)),
            0 if after else -1,
        )

    def _show_plan(self) -> None:
        """Show the fixes chosen by now. The panel is made when it is first looked at: most scans never need it."""
        if self.tab != "plan" or not self._scan.done:
            return
        chosen = self._scan.plan(self._scan.chosen) if not self._scan.chosen else self._scan.plan()
        if self.plan is None:
            self.plan = PlanWidget(chosen, self._scan, self._open_finding)
        else:
            self.plan.show(chosen)

    def _open_finding(self, finding: int) -> None:
        with self.hold_sync():
            self.tab = "findings"
            self.finding = finding

    def _clear_selection(self, change: dict[str, Any]) -> None:
        with self.hold_sync():
            self.selected = []
            if change["name"] == "finding":
                self.narrowing = None

    def _answer(self, _widget: Any, request: dict[str, Any], _buffers: list[memoryview]) -> None:
        identity = request.get("id")
        try:
            value = self._value(request)
        except MlqaError as error:
            self.send({"id": identity, "ok": False, "error": str(error)})
        except Exception as error:  # noqa: BLE001 - an exception here would vanish; the view shows it
            self.send({"id": identity, "ok": False, "error": f"That did not work: {type(error).__name__}: {error}"})
        else:
            self.send({"id": identity, "ok": True, "value": value})

    def _value(self, request: dict[str, Any]) -> Any:
        scan, version = self._scan, self._version
        match request["type"]:
            case "rows":
                return self._pages.page(request)  # type: ignore[arg-type]
            case "detail":
                return detail(version, request["finding"])
            case "dismiss":
                version.dismiss(request["finding"], request.get("reason", ""))
            case "restore":
                version.restore(request["finding"])
            case "describe":
                scan.describe(scan.table.columns[request["column"]].name, request["text"])
            case "declare":
                column = scan.result.profile.columns[request["column"]]
                field, name = scan.dictionary.get(column.name), request["name"]
                scan.declare(column.name, **{name: read_declared(name, request["text"], field, column.column.storage)})
            case "draft":
                return declared_view(draft_field(scan.result.profile.columns[request["column"]]))
            case "accept":
                scan.accept_draft(scan.table.columns[request["column"]].name)
            case "export":
                return scan.export_dictionary().name
            case "choose" | "unchoose" as wish:
                one = (request["finding"], request["fix"])
                left = [choice for choice in version.chosen if choice[0] != one[0]]
                version.choose([*left, one] if wish == "choose" else left)
            case "cancel":
                scan.cancel()
            case unknown:
                msg = f"There is no request {unknown!r}."
                raise MlqaError(msg)
        return None
