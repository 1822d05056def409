"""The plan's widget: the chosen fixes in order, what each does, and the function they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from mlqa_widgets.errors import Cancelled
from mlqa_widgets.fixes.plan import Plan, account_phrases
from mlqa_widgets.options import options
from mlqa_widgets.scan import Scan
from mlqa_widgets.widgets.answering import Answer, AnsweringWidget
from mlqa_widgets.widgets.following import follow, progress_view
from mlqa_widgets.widgets.messages.plan import PlanStep, PlanView
from mlqa_widgets.widgets.modules import module_path
from mlqa_widgets.widgets.static import template
from mlqa_widgets.wording import count, visible


class PlanWidget(AnsweringWidget):
    """Shows a plan. In a scan's view the plan can be changed, and each change makes another plan.

    Parameters
    ----------
    plan
        What is shown first.
    scan
        Whose choice of fixes is changed on screen; none for a plan that stands alone.
    open_finding
        Shows a finding of that scan.
    """

    _esm = module_path("plan.js")
    _css = module_path("plan.css")

    def __init__(self, plan: Plan, scan: Scan | None = None, open_finding: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self._scan = scan
        self._open_finding = open_finding
        self._plan = plan
        self.show(plan)

    def show(self, plan: Plan) -> None:
        """Show a plan, and try it in the background."""
        if plan is not self._plan and not self._plan.trial.done:
            self._plan.trial.cancel()
        self._plan = plan
        plan.start()
        self._show_plan(plan)
        follow(plan.trial, lambda: self._show_step(plan), lambda: self._show_plan(plan))

    def _show_step(self, plan: Plan) -> None:
        if plan is self._plan:
            self.progress = progress_view(plan.trial)

    def _show_plan(self, plan: Plan) -> None:
        if plan is not self._plan:
            return
        self._show_step(plan)
        error = plan.trial.error
        self.error = "" if error is None or isinstance(error, Cancelled) else str(error)
        self.view = _plan_view(plan, self._scan)

    # ------------------------------------------------------------------ what the browser asks

    def _edit(self, request: dict[str, Any]) -> None:
        one = (request["finding"], request["fix"])
        scan = self._scan
        if scan is None or one not in scan.chosen:
            return
        left = [choice for choice in scan.chosen if choice != one]
        if request["type"] != "remove":
            left.insert(max(0, scan.chosen.index(one) + (1 if request["type"] == "down" else -1)), one)
        scan.choose(left)

    def _recommend(self, _request: dict[str, Any]) -> None:
        if self._scan is not None:
            self._scan.choose([*self._scan.chosen, *_to_recommend(self._scan)])

    def _clear(self, _request: dict[str, Any]) -> None:
        if self._scan is not None:
            self._scan.choose([])

    def _open(self, request: dict[str, Any]) -> None:
        if self._open_finding is not None:
            self._open_finding(request["finding"])

    def _try(self, _request: dict[str, Any]) -> None:
        self.show(self._plan.again())

    def _cancel(self, _request: dict[str, Any]) -> None:
        self._plan.trial.cancel()

    answers: ClassVar[Mapping[str, Answer]] = {
        "remove": _edit,
        "up": _edit,
        "down": _edit,
        "open": _open,
        "recommend": _recommend,
        "clear": _clear,
        "try": _try,
        "cancel": _cancel,
    }

    def static_html(self) -> str:
        """Return the static twin: the steps with what they did, and the function."""
        return template("plan.html").render(view=self.view, values=options.static_values)


def _plan_view(plan: Plan, scan: Scan | None) -> PlanView:
    table, tried = plan.table, plan.tried
    choices = scan.chosen if scan is not None else [(-1, -1)] * len(plan.chosen)
    return {
        "chosen_by": plan.chosen_by,
        "editable": scan is not None,
        "tried": tried is not None,
        "recommended": 0 if scan is None else len(_to_recommend(scan)),
        "before": _shape(table.row_count, len(table.columns)),
        "after": "" if tried is None else _shape(tried.rows, tried.columns),
        "steps": _steps(plan, choices),
        "code": plan.draft,
    }


def _shape(rows: int, columns: int) -> str:
    return f"{count(rows, 'row')} × {count(columns, 'column')}"


def _steps(plan: Plan, choices: list[tuple[int, int]]) -> list[PlanStep]:
    tried = plan.tried
    did = {} if tried is None else {place: account_phrases(account) for place, account in tried.done}
    refused = {} if tried is None else dict(tried.refused)
    return [
        {
            "finding": finding,
            "fix": fix,
            "title": visible(step.fix.title),
            "message": visible(step.finding.message),
            "part": step.part,
            "did": did.get(place, []),
            "refused": visible(refused.get(place, "")),
        }
        for place, (step, (finding, fix)) in enumerate(zip(plan.chosen, choices, strict=True))
    ]


def _to_recommend(scan: Scan) -> list[tuple[int, int]]:
    taken = {finding for finding, _ in scan.chosen}
    return [choice for choice in scan.recommended if choice[0] not in taken]
