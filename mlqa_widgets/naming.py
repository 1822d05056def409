"""What is meant by a name, and what a mistyped one was meant to be."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError

_Name = TypeVar("_Name", bound=StrEnum)


def nearest(name: object, known: Iterable[object]) -> str:
    """Return a sentence naming the known names closest to ``name``, or the first few of them.

    Examples
    --------
    >>> nearest("tim", ["time", "place"])
    "Did you mean 'time'?"
    """
    names = [str(one) for one in known]
    close = difflib.get_close_matches(str(name), names, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(map(repr, close))}?"
    if not names:
        return "There is none."
    shown = ", ".join(map(repr, names[:10]))
    return f"There is: {shown}{f' and {len(names) - 10:,} more' if len(names) > 10 else ''}."


def named(text: str, kind: type[_Name], what: str) -> _Name:
    """Return the member of ``kind`` that is called so.

    Raises
    ------
    InputError
        When there is none; ``what`` says where it was given.
    """
    if text not in list(kind):
        msg = f"{what}: {text!r} is none. {nearest(text, list(kind))}"
        raise InputError(msg)
    return kind(text)


def positions_of_label(labels: pd.Index, label: object) -> np.ndarray:
    """Return where a label stands: several places where it repeats, none where there is no such label."""
    try:
        return np.atleast_1d(np.arange(len(labels))[labels.get_loc(label)])
    except (KeyError, TypeError):
        return np.empty(0, dtype=np.int64)


def variable_names(values: Iterable[object], depth: int) -> list[str | None]:
    """Return what the code ``depth`` calls above calls each of ``values``; None for one that has no name there."""
    frame = sys._getframe(depth)  # noqa: SLF001
    known = [(name, value) for names in (frame.f_locals, frame.f_globals) for name, value in list(names.items())]
    return [next((name for name, value in known if value is one and not name.startswith("_")), None) for one in values]
