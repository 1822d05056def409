"""One thing in which two sources differ: a sentence, its severity, the rows on one side or on both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mlqa_widgets.evidence import Evidence
from mlqa_widgets.findings import Severity
from mlqa_widgets.tables.table import Predicate

Check = Literal[
    "schema_differences",
    "orphans",
    "multiplied_rows",
    "value_conflicts",
    "cadence_mismatch",
    "time_offset",
    "freshness_lag",
    "definition_differences",
    "revised_past",
]
CHECKS: tuple[Check, ...] = Check.__args__  # type: ignore[attr-defined]
"""What is looked for, in the order of the catalogue."""


@dataclass(frozen=True)
class Difference:
    """One difference between two sources.

    Attributes
    ----------
    check
        Its public id.
    columns
        Names of the columns it concerns.
    severity
        How bad it is for whoever joins the sources.
    rows, share
        Rows concerned, and their share of those it could concern (0 to 1); of differences of columns as a whole, none.
    message
        One plain sentence with figures. Text, never markup.
    why
        Why it matters for an analysis or a model.
    evidence
        What to draw, most telling first; the predicates in it are over ``relation``.
    relation
        Where its rows are: ``l``, ``r``, or a relation of pairs with ``lpos`` and ``rpos``; empty where there are none.
    predicate
        Which rows of ``relation``.
    places
        Positions of its columns, left and right.
    confidence
        0 to 1; with severity and share it decides the order.
    """

    check: Check
    columns: tuple[str, ...]
    severity: Severity
    message: str
    why: str
    rows: int = 0
    share: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    relation: str = ""
    predicate: Predicate | None = None
    places: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    confidence: float = 0.9

    @property
    def paired(self) -> bool:
        """Whether its rows are pairs: one row of each source."""
        return self.relation not in ("", "l", "r")


def ranked(differences: Sequence[Difference]) -> list[Difference]:
    """Return what to look at first on top: by severity, then by confidence and share."""

    def order(one: Difference) -> tuple[float, float, int, tuple[str, ...]]:
        harm = one.confidence * (0.3 + 0.7 * one.share**0.25 if one.rows else 0.5)
        return -one.severity.level, -round(harm, 6), CHECKS.index(one.check), one.columns

    return sorted(differences, key=order)
