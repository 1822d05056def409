"""Settings that hold for every view of this session."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from mlqa_widgets.errors import InputError

_UNITS: Final = {"MB": 10**6, "MIB": 2**20, "GB": 10**9, "GIB": 2**30, "TB": 10**12, "TIB": 2**40}
_MOST_ROWS: Final = 5_000_000
_BYTES_PER_ROW: Final = 400
"""What a row looked at takes in memory at the worst moment of a scan: a dozen arrays of times, codes and numbers."""
_ORDERED: Final = 40
"""A number alone takes so many times less."""


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
    memory_limit
        How much memory a scan or a comparison may take beside what is in memory already, such as ``"4GB"`` or
        ``"500MB"``: one half for the engine, which puts on disk what does not fit, one for what is worked out beside
        it. Holds for tables read after it was set; below 500 MB it is kept only about, as the libraries themselves take
        some 60 MB. None: the engine takes up to four fifths of the machine's memory.
    row_budget
        How many rows are looked at one by one where a check has to see them so: times in order, neighbours, places,
        relations of columns. Of a larger table so many are drawn, stretches of neighbours or whole series, and the
        scan and each finding made of them say so; what can be counted is counted in all rows all the same. A table of
        PostgreSQL with more rows is scanned on the server, a smaller one from a copy; one on Spark is counted by Spark,
        a smaller one looked at whole by one of its workers. None: 5 million, or fewer where
        ``memory_limit`` asks for it.
    """

    static_view: bool = True
    static_values: bool = True
    alert_budget: int | None = 10
    memory_limit: str | None = None
    row_budget: int | None = None

    @property
    def memory_bytes(self) -> int | None:
        """The memory limit as bytes; None where there is none.

        Raises
        ------
        InputError
            When it is not a number with a unit.
        """
        if self.memory_limit is None:
            return None
        found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([MGT]I?B)\s*", str(self.memory_limit).upper())
        if found is None:
            msg = f"options.memory_limit: {self.memory_limit!r} is no size. Write it like '4GB' or '500MB'."
            raise InputError(msg)
        return int(float(found[1]) * _UNITS[found[2]])

    @property
    def rows_looked_at(self) -> int:
        """How many rows of a table are looked at one by one, at most."""
        if self.row_budget is not None:
            return max(1, self.row_budget)
        limit = self.memory_bytes
        return _MOST_ROWS if limit is None else min(_MOST_ROWS, limit // 2 // _BYTES_PER_ROW)

    @property
    def rows_ordered(self) -> int:
        """How many rows are put in order in memory, by a number each, at most: the engine does it beyond, on disk."""
        return _ORDERED * self.rows_looked_at


options = Options()
