"""Text that is there and says nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow.compute as pc

from mlqa_widgets.checks._draw import value_bars
from mlqa_widgets.checks.registry import column_check
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.code import assign_column, read_column
from mlqa_widgets.fixes.fix import Fix
from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.profile import Profile
from mlqa_widgets.wording import count, percent


@column_check("blank_strings")
def blank_strings(column: ColumnProfile, profile: Profile) -> Iterator[Finding]:
    """Find empty or whitespace-only text.

    Stays silent on missing values proper, and on text that holds anything visible.
    """
    if not column.is_text:
        return
    blank = pc.match_substring_regex(column.strings, r"^\s*$").to_numpy(zero_copy_only=False)
    if not blank.any():
        return
    rows, where = column.rows_of(blank), column.where(blank)
    read = read_column(profile.table, column.column)
    yield Finding(
        columns=(column.position,),
        severity=Severity.WARNING,
        rows=rows,
        message=f"{column.name} is blank text, not missing, in {count(rows, 'row')} ({percent(rows / column.rows)}).",
        predicate=where,
        evidence=(value_bars(column, blank, "Blank values"),),
        why="Blank text counts as a value of its own: missing-value counts are too low and a model learns it as a category.",
        fixes=(
            Fix(
                "Turn blank text into missing",
                assign_column(profile.table, column.column, f'{read}.replace(r"^\\s*$", None, regex=True)'),
                changes=(column.position,),
                empties=where,
            ),
        ),
        confidence=0.95,
    )
