"""Columns that nobody described."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mlqa_widgets.checks.registry import table_check
from mlqa_widgets.evidence import Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.profile.kinds import Kind
from mlqa_widgets.tables.table import NO_ROW
from mlqa_widgets.wording import count, listing, shortened, value_text, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile

_SHOWN: Final = 20
_SAYS_NOTHING: Final = re.compile(
    r"|[a-z]|none|nan|index|level_\d+|unnamed.*"
    r"|(?:[a-z]|col|column|colonne|var|variable|field|champ|feature|feat|attr|attribute|value|data|pc|q)?[\s_.:#-]*\d+",
    re.IGNORECASE,
)


@table_check("undocumented_columns", issue="maintainability.undocumented_data")
def undocumented_columns(profile: Profile) -> Iterator[Finding]:
    """Find columns without a description, in the data dictionary or in the source itself.

    A warning where a dictionary says in words what columns mean and leaves some out; one info for the whole table
    where there is none, or one of types only. Stays silent when every column is described, and on columns that the dictionary has no place for, which
    are conflicts with it.
    """
    described = {one.name for one in profile.roles.dictionary if one.description or one.title}
    missing = [c for c in profile.columns if c.name not in described and not c.column.comment]
    if not profile.roles.dictionary.allows_more_columns:
        missing = [c for c in missing if c.name in profile.roles.dictionary]
    if not missing:
        return
    names = listing([shortened(c.name) for c in missing], 5)
    left_out = profile.roles.has_dictionary and bool(described)
    if left_out:
        message = f"The dictionary does not describe {count(len(missing), 'column')}: {names}."
    elif len(missing) < len(profile.columns):
        message = f"{count(len(missing), 'column')} of {len(profile.columns):,} have no description: {names}."
    elif profile.roles.has_dictionary:
        message = f"The dictionary describes none of the {count(len(missing), 'column')} in words."
    else:
        message = f"No dictionary describes the {count(len(missing), 'column')}."
    if nameless := [c for c in missing if _SAYS_NOTHING.fullmatch(c.name.strip())]:
        which = listing([f"{shortened(c.name)!r}" for c in nameless], 4)
        message += (
            f" The {'name' if len(nameless) == 1 else 'names'} {which} say{'s' if len(nameless) == 1 else ''} nothing."
        )
    yield Finding(
        columns=tuple(c.position for c in missing),
        severity=Severity.WARNING if left_out else Severity.INFO,
        rows=0,
        message=message,
        predicate=NO_ROW,
        evidence=(_what_is_known([*nameless, *(c for c in missing if c not in nameless)]),),
        why="What a column means, in which unit, and what its codes stand for is known to few and lost with them; "
        "a column misread is a wrong result nobody notices.",
        confidence=0.6 if left_out else 0.05,
    )


def _what_is_known(columns: list[ColumnProfile]) -> Examples:
    lines = tuple(
        (
            shortened(c.name),
            "code without a legend" if c.kind is Kind.CODE else c.kind.value.replace("_", " "),
            ", ".join(shortened(visible(value_text(value)), 20) for value, _ in c.value_rows(4)),
        )
        for c in columns[:_SHOWN]
    )
    return Examples("Columns to describe", ("column", "holds", "for example"), lines)
