"""Settings that hold for every view of this session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Options:
    """Settings; assign to ``mlqa_widgets.options``.

    Attributes
    ----------
    static_view
        Whether a static view is saved with the notebook beside the live one, for readers without a kernel.
    static_values
        Whether the static view and exported pages may show values from the data in their evidence. With false they
        carry the names of checks and columns, and figures.
    alert_budget
        How many errors and warnings a scan shows at first, the worst ones; the rest is one click away, counted, and
        in ``scan.findings`` all the same. None shows all at once.
    """

    static_view: bool = True
    static_values: bool = True
    alert_budget: int | None = 10


options = Options()
