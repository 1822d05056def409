"""More than two sources: each against each, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.naming import nearest
from mlqa_widgets.notebook import Shown
from mlqa_widgets.wording import listing

if TYPE_CHECKING:
    from mlqa_widgets.compare.comparison import Comparison
    from mlqa_widgets.widgets.matrix import MatrixWidget


class ComparisonMatrix(Shown):
    """The result of :func:`compare` for more than two sources: a comparison of each with each.

    Parameters
    ----------
    names
        What the sources are called, in order.
    comparisons
        By the names of left and right: each pair once, in the order of ``names``.
    """

    def __init__(self, names: Sequence[str], comparisons: Mapping[tuple[str, str], Comparison]) -> None:
        self.names = tuple(names)
        self._comparisons = dict(comparisons)
        self._widget: MatrixWidget | None = None

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Each pair's comparison, in the order of ``names``."""
        return tuple(self._comparisons.values())

    def comparison(self, left: str, right: str) -> Comparison:
        """Return the comparison of two sources; which of them is the left one is as given to :func:`compare`.

        Raises
        ------
        InputError
            When there is no such source, or both are the same.
        """
        for name in (left, right):
            if name not in self.names:
                msg = f"There is no source {name!r}. {nearest(name, self.names)}"
                raise InputError(msg)
        found = self._comparisons.get((left, right)) or self._comparisons.get((right, left))
        if found is None:
            msg = f"{left!r} is not compared with itself; pass two sources."
            raise InputError(msg)
        return found

    @property
    def matched(self) -> pd.DataFrame:
        """Share of the rows of the source in the line that find a partner in the source in the column."""
        table = pd.DataFrame(1.0, index=list(self.names), columns=list(self.names))
        for (left, right), one in self._comparisons.items():
            preview = one.result.preview
            shares = (0.0, 0.0)
            if preview is not None:
                met, rows = preview.matched_rows, preview.rows
                shares = (met[0] / max(1, rows[0]), met[1] / max(1, rows[1]))
            table.loc[left, right], table.loc[right, left] = shares
        return table

    @property
    def pairs(self) -> pd.DataFrame:
        """One row per pair of sources.

        Columns: ``left``, ``right``, ``on`` (the key used), ``relation``, ``left_matched``, ``right_matched`` (share of
        the rows), ``conflicts`` (columns in which rows of the same key differ), ``error``, ``warning``, ``info``
        (differences of each severity).
        """
        lines = []
        for (left, right), one in self._comparisons.items():
            found = [difference.severity for difference in one.result.differences]
            preview = one.result.preview
            lines.append(
                {
                    "left": left,
                    "right": right,
                    "on": one.on,
                    "relation": preview.relation if preview else None,
                    "left_matched": self.matched.loc[left, right],
                    "right_matched": self.matched.loc[right, left],
                    "conflicts": sum(conflict.rows > 0 for conflict in one.result.conflicts.columns),
                    **{severity.value: found.count(severity) for severity in Severity},
                }
            )
        return pd.DataFrame(lines)

    @property
    def findings(self) -> pd.DataFrame:
        """The findings of every pair, one below the other, with ``left`` and ``right`` in front."""
        frames = []
        for (left, right), one in self._comparisons.items():
            frame = one.findings
            frame.insert(0, "left", left)
            frame.insert(1, "right", right)
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def widget(self) -> MatrixWidget:
        """Return the widget of these comparisons: what a notebook shows, and what knows the pair on screen."""
        if self._widget is None:
            from mlqa_widgets.widgets.matrix import MatrixWidget

            self._widget = MatrixWidget(self)
        return self._widget

    def __repr__(self) -> str:
        return f"<ComparisonMatrix of {listing(self.names, 8)}>\n{self.pairs.to_string(index=False)}"


def each_with_each(
    sources: Sequence[Any], names: Sequence[str], on: Any, arguments: Mapping[str, Any]
) -> ComparisonMatrix:
    """Compare each of several sources with each of the others; one key, if given, for all.

    Raises
    ------
    InputError
        When there are fewer than two sources, or names do not tell them apart.
    """
    from mlqa_widgets.compare.comparison import compare

    if len(sources) < 2 or len(set(names)) != len(sources):
        msg = f"names: {len(sources)} sources need as many different names, two or more; there are {list(names)}."
        raise InputError(msg)
    pairs = list(combinations(range(len(sources)), 2))
    return ComparisonMatrix(
        names,
        {
            (names[i], names[j]): compare(sources[i], sources[j], on, names=(names[i], names[j]), **arguments)
            for i, j in pairs
        },
    )
