"""Which table of a file that holds several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest


def choose_table(path: Path, table: str | None, listed: Sequence[str], noun: str) -> str:
    """Return the table asked for, or the only one.

    Parameters
    ----------
    noun
        What the file calls its tables: ``table``, ``sheet``.

    Raises
    ------
    InputError
        When there are several and none was named, or none has that name.
    """
    if not listed:
        msg = f"data: {path.name!r} holds no {noun}."
        raise InputError(msg)
    if table is None and len(listed) == 1:
        return listed[0]
    if table is None:
        shown = ", ".join(map(repr, listed[:20])) + (", ..." if len(listed) > 20 else "")
        msg = f"table: {path.name!r} holds {len(listed)} {noun}s; pass one of {shown}."
        raise InputError(msg)
    if table not in listed:
        msg = f"table: {path.name!r} has no {noun} {table!r}. {nearest(table, listed)}"
        raise InputError(msg)
    return table
