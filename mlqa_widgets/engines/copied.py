"""Rows that come out of PostgreSQL by COPY, as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv

_BLOCK: Final = 8 * 2**20
"""Bytes of CSV that are read at a time."""


def parsed_parts(copy: Any, types: Sequence[pa.DataType]) -> Iterator[pa.Table]:
    """Yield what comes through a COPY as CSV as tables of columns ``c0, c1, ...``; a part ends where a row does."""
    text = bytearray()
    for part in copy:
        text += part
        if len(text) >= _BLOCK:
            yield _parsed(text, types)
            text = bytearray()
    if text:
        yield _parsed(text, types)


def _parsed(text: bytearray, types: Sequence[pa.DataType]) -> pa.Table:
    names = [f"c{i}" for i in range(len(types))]
    return pa_csv.read_csv(
        pa.BufferReader(text),
        # One block: a row may be longer than any smaller one.
        pa_csv.ReadOptions(column_names=names, block_size=len(text) + 1),
        pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pa_csv.ConvertOptions(
            column_types=dict(zip(names, types, strict=True)),
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
