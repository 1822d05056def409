"""The profile as a pandas frame, one row per column of the table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile

_TOP = 3


def profile_frame(profile: Profile) -> pd.DataFrame:
    """Return one row per column.

    Columns: ``column``, ``kind``, ``why_kind``, ``type``, ``missing``, ``missing_share``, ``distinct``, ``top``
    (most frequent values with their rows), ``minimum``, ``q25``, ``median``, ``q75``, ``maximum``, ``mean``,
    ``std``, ``shapes`` (number of character shapes), ``shortest`` and ``longest`` (characters), ``numbers_in_text``
    and ``dates_in_text`` (shares of the rows with a value), ``exact`` (whether every distinct value was read),
    ``description``.
    """
    said = {one.name: one.description for one in profile.roles.dictionary}
    return pd.DataFrame([_line(column, said.get(column.name, "")) for column in profile.columns], columns=_COLUMNS)


_COLUMNS = [
    "column",
    "kind",
    "why_kind",
    "type",
    "missing",
    "missing_share",
    "distinct",
    "top",
    "minimum",
    "q25",
    "median",
    "q75",
    "maximum",
    "mean",
    "std",
    "shapes",
    "shortest",
    "longest",
    "numbers_in_text",
    "dates_in_text",
    "exact",
    "description",
]


def _line(column: ColumnProfile, description: str) -> dict[str, Any]:
    line: dict[str, Any] = {
        "column": column.name,
        "kind": column.kind.value,
        "why_kind": column.kind_reason,
        "type": column.column.source_type,
        "missing": column.nulls,
        "missing_share": column.nulls / column.rows if column.rows else 0.0,
        "distinct": column.distinct,
        "top": column.value_rows(_TOP),
        "exact": column.complete,
        "description": description or column.column.comment,
    }
    if (summary := column.numeric) is not None:
        quartiles = summary.quantile([0.25, 0.5, 0.75])
        line |= {
            "minimum": summary.minimum,
            "q25": float(quartiles[0]),
            "median": float(quartiles[1]),
            "q75": float(quartiles[2]),
            "maximum": summary.maximum,
            "mean": summary.mean,
            "std": summary.std,
        }
    if column.is_text and column.distinct:
        shortest, longest = column.length_range
        line |= {
            "shapes": len(column.shape_rows),
            "shortest": shortest,
            "longest": longest,
            "numbers_in_text": column.number_reading.share,
            "dates_in_text": column.date_reading.share,
        }
    return line
