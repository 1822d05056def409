"""The profile of a table: one :class:`ColumnProfile` per column, what spans columns, and the roles the user named."""

from __future__ import annotations

from copy import copy
from functools import cached_property

from mlqa_widgets.profile.column import ColumnProfile
from mlqa_widgets.profile.copies import RowCopies, find_copies
from mlqa_widgets.profile.places import Places, find_places
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.profile.series import SeriesSet, find_series
from mlqa_widgets.tables.table import Table


class Profile:
    """Everything the checks read of a table."""

    def __init__(self, table: Table, columns: tuple[ColumnProfile, ...], roles: Roles) -> None:
        self.table = table
        self.columns = columns
        self.roles = roles

    def under(self, roles: Roles) -> Profile:
        """Return this profile with another dictionary in its roles, and what was worked out so far."""
        other = copy(self)
        other.roles = roles
        return other

    def over(self, table: Table) -> Profile:
        """Return the profile of these columns over a draw of their table: what is counted stays that of the whole."""
        return self if table is self.table else Profile(table, self.columns, self.roles)

    @property
    def draw(self) -> Profile:
        """The profile over the rows that are looked at one by one: all of them, or of a large table a draw."""
        return self if self.table.draw is self.table else self._draw

    @cached_property
    def _draw(self) -> Profile:
        return self.over(self.table.draw)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.table.row_count

    @cached_property
    def complete(self) -> bool:
        """Whether every column's distinct values were all looked at."""
        return all(column.complete for column in self.columns)

    @cached_property
    def copies(self) -> RowCopies:
        """The rows that are exact copies of others."""
        if any(column.distinct == self.rows for column in self.columns):
            return RowCopies.none(self.table)
        return find_copies(self.table)

    @cached_property
    def places(self) -> tuple[Places, ...]:
        """The pairs of columns that hold latitude and longitude: as the user said, or as found."""
        return find_places(self)

    @cached_property
    def series(self) -> SeriesSet | None:
        """The rows as series over time, where the table has a time; None where it has not."""
        return find_series(self)
