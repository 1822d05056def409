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
    """

    static_view: bool = True
    static_values: bool = True


options = Options()
