"""A finding: one sentence, its severity, a predicate for its rows, the evidence to draw, why it matters, the fixes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mlqa_widgets.evidence import Evidence
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.tables.table import EVERY_ROW, NO_ROW, Predicate


class Severity(StrEnum):
    """How bad a finding is for whoever uses the table."""

    ERROR = "error"
    """Values are wrong, or will be read wrongly, and nothing downstream will notice."""
    WARNING = "warning"
    """Probably wrong, or certainly in the way of an analysis."""
    INFO = "info"
    """Worth knowing; often right as it is."""

    @property
    def level(self) -> int:
        """0 for info, 1 for warning, 2 for error."""
        return ("info", "warning", "error").index(self.value)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a table.

    Attributes
    ----------
    columns
        Positions of the columns it concerns; empty when it concerns whole rows.
    rows
        Number of offending rows: exactly the rows that satisfy ``predicate``.
    message
        One plain sentence with figures. Text, never markup.
    predicate
        Which rows. For a finding about a column as a whole (a constant column), every row or none.
    evidence
        What to draw, most telling first.
    why
        Why it matters for an analysis or a model, one or two sentences.
    fixes
        Repairs on offer, the recommended one first.
    confidence
        How sure the check is that this is a defect, 0 to 1; with severity and share it decides the rank.
    part
        Which one it is, where a check has several findings about the same columns (``range``).
    cause
        Findings of the same cause share this text; only the strongest stays, the others are folded into it.
    cells
        Which cells it says are wrong, where these are not every column in every offending row: columns with the
        rows of each. Empty where it speaks of columns as a whole, or cannot tell which cell of a row it is.
    looked_at
        Of a very large table, how many rows were looked at for it: its rows are counted among them. None for all.
    check, issue
        Filled in by the registry: the public id of the check and the catalogue issue it serves.
    """

    columns: tuple[int, ...]
    severity: Severity
    rows: int
    message: str
    predicate: Predicate
    evidence: tuple[Evidence, ...] = ()
    why: str = ""
    fixes: tuple[Fix, ...] = ()
    confidence: float = 0.9
    part: str = ""
    cause: str = ""
    cells: tuple[tuple[int, Predicate], ...] | None = None
    looked_at: int | None = None
    check: str = ""
    issue: str = ""
    folded: tuple[Finding, ...] = field(default=(), repr=False)

    @property
    def wrong_cells(self) -> tuple[tuple[int, Predicate], ...]:
        """The cells it says are wrong, as columns with the rows of each: none for an info, none for a whole column."""
        if self.severity is Severity.INFO or self.predicate in (EVERY_ROW, NO_ROW):
            return ()
        return tuple((column, self.predicate) for column in self.columns) if self.cells is None else self.cells

    def share(self, rows: int) -> float:
        """Return its part, 0 to 1, of a table's rows, or of those that were looked at."""
        looked_at = self.looked_at or rows
        return self.rows / looked_at if looked_at else 0.0

    @property
    def identity(self) -> str:
        """What a decision about the finding is kept under, beside its columns: the check, and the part if it has one."""
        return f"{self.check}.{self.part}" if self.part else self.check
