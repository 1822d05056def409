"""Whether the columns that the user named can be what they were named for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlqa_widgets.errors import InputError
from mlqa_widgets.profile.clock import LEAST_READABLE, holds_times
from mlqa_widgets.wording import percent

if TYPE_CHECKING:
    from mlqa_widgets.profile.column import ColumnProfile
    from mlqa_widgets.profile.profile import Profile


def require_fit_roles(profile: Profile) -> None:
    """Refuse a time that is none, and coordinates that are no numbers; columns without any value pass.

    Raises
    ------
    InputError
        Naming the argument and the column, and what would work.
    """
    roles = profile.roles
    if roles.time is not None:
        _require_time(profile, profile.columns[roles.time])
    for position in roles.location or ():
        column = profile.columns[position]
        if column.present and not column.is_numeric:
            msg = (
                f"location: column {column.name!r} holds no numbers. Pass the columns of latitude and longitude in "
                "decimal degrees, latitude first."
            )
            raise InputError(msg)


def _require_time(profile: Profile, column: ColumnProfile) -> None:
    if not column.present or holds_times(profile.table, column):
        return
    if column.is_text and column.complete and column.date_reading.share > 0:
        how = (
            f"only {percent(column.date_reading.share)} of the values of {column.name!r} read as dates, and "
            f"{percent(LEAST_READABLE)} are needed to follow it"
        )
    else:
        how = f"column {column.name!r} holds no times"
    msg = (
        f"time: {how}. Pass a column of timestamps, of dates as text, of years, or of seconds since 1970; or scan "
        "without time to see which values are no dates."
    )
    raise InputError(msg)
