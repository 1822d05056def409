"""Delimited text: encoding, delimiter and header are found and stated; no cell is lost without a word.

The text is read by the rules of RFC 4180, every cell as text. Lines that do not follow them, or do not have as many
cells as the table has columns, are kept as rows where that is possible, and told in any case.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import tempfile
from array import array
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv

from mlqa_widgets.engines.duckdb import DuckDB
from mlqa_widgets.errors import InputError
from mlqa_widgets.options import options
from mlqa_widgets.tables.encodings import PlainText, plain_text
from mlqa_widgets.tables.headers import column_names, is_header
from mlqa_widgets.tables.stored import STAGED, RowKey, stored_table
from mlqa_widgets.tables.table import Doubt, Predicate, Problem, Source, Table

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "~": "tilde", "^": "caret"}
_NO_DELIMITER = "\x1f"
_SNIFFED_CHARACTERS = 50_000
_SAMPLED_CHARACTERS = 1 << 20
_SAMPLED_RECORDS = 1_000
_LARGEST_CELL = 1 << 24
_LARGEST_ROW = 1 << 25
_SMALLEST_BLOCK = 1 << 20
_PLACES = 100
_PLACE_LENGTH = 500
_DOUBTS = "staged.doubts"


@dataclass(frozen=True)
class _Dialect:
    """How cells are told apart."""

    delimiter: str
    quote: str = '"'
    escape: str | None = None
    """What stands before a quote within a quoted cell; None where the quote is doubled."""
    spaced: bool = False
    """Spaces after the delimiter belong to it."""

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """Return the records in ``lines``; raises ``csv.Error`` for a stray quote."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=self.escape is None,
            escapechar=self.escape,
            skipinitialspace=self.spaced,
            strict=True,
        )

    def arrow(self) -> pyarrow.csv.ParseOptions:
        """Return the same rules for Arrow's reader."""
        return pyarrow.csv.ParseOptions(
            delimiter=self.delimiter,
            quote_char=self.quote,
            double_quote=self.escape is None,
            escape_char=self.escape or False,
            newlines_in_values=True,
        )


_MENDED = _Dialect(",")


class _Record(NamedTuple):
    """One line of cells, or several where a quoted cell goes over lines."""

    line: int
    """The number of its first line, from 1."""
    lines: list[str]
    cells: list[str]
    stray_quote: bool = False
    """A quote is not where one belongs, so the line was cut at every delimiter and its quotes left as they are."""

    @property
    def is_blank(self) -> bool:
        return not self.cells or (len(self.cells) == 1 and not self.cells[0].strip())


class _Lines:
    """The lines of a text; those of the last record can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        return line

    def give_back_all_but_first(self) -> None:
        """Let the lines taken be read again, the first one excepted."""
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


@dataclass(frozen=True)
class _Layout:
    """Where the table is in the text."""

    dialect: _Dialect
    width: int
    header: list[str] | None
    header_line: int
    """The number of the line with the header, or of the first row without one."""
    body_line: int

    @property
    def labels(self) -> list[str]:
        return column_names(self.header or (), self.width)


def from_csv(path: Path, name: str) -> Table:
    """Read a delimited text file.

    Raises
    ------
    InputError
        When the file holds no table, or is no text.
    """
    # The limit is the whole process's, so it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
    engine = DuckDB.staging()
    with tempfile.TemporaryDirectory(prefix="mlqa-text-") as folder:
        try:
            text = plain_text(path, Path(folder))
        except OSError as error:
            msg = f"data: {path.name!r} could not be read: {error}"
            raise InputError(msg) from error
        layout = _find_layout(text.path)
        if layout is None:
            msg = f"data: {path.name!r} is empty: there is no table in it."
            raise InputError(msg)
        with engine.reading(path, "delimited text"):
            doubts = _load(engine, path, text, layout, Path(folder))
    if layout.header is None:
        first = f"columns are called {layout.labels[0]!r} and so on"
        doubts.append(Doubt("no header", layout.width, ((f"line {layout.body_line}", first),)))
    facts = {
        "delimiter": _DELIMITERS.get(layout.dialect.delimiter, "none"),
        "encoding": text.encoding,
        "header": "none" if layout.header is None else f"line {layout.header_line}",
    }
    if layout.header_line > 1:
        facts["lines above the table"] = str(layout.header_line - 1)
    if layout.dialect.spaced:
        facts["spaces after the delimiter"] = "left out"
    facts |= {_FACTS[doubt.problem]: _told(doubt) for doubt in doubts if doubt.problem in _FACTS}
    kind = "TSV file" if layout.dialect.delimiter == "\t" else "CSV file"
    source = Source(kind, facts, str(path), tuple(doubts))
    return stored_table(engine, STAGED, RowKey(), name, source, untyped=True, labels=layout.labels)


_FACTS: dict[Problem, str] = {
    "too many cells": "lines left out",
    "too few cells": "lines with too few cells",
    "stray quote": "lines with a stray quote",
    "undecodable bytes": "lines with undecodable bytes",
}


def _told(doubt: Doubt) -> str:
    shown = ", ".join(place.removeprefix("line ") for place, _ in doubt.places[:5])
    return f"{doubt.total:,} (line {shown}{', ...' if doubt.total > 5 else ''})"


# ---------------------------------------------------------------------- finding the table


def _opened(path: Path) -> Any:
    return path.open(encoding="utf-8-sig", newline="")


def _find_layout(path: Path) -> _Layout | None:
    """Return where the table is, judged by the first part of the text; None if there is nothing in it."""
    with _opened(path) as file:
        start = file.read(_SAMPLED_CHARACTERS)
    dialect, skipped = _find_dialect(start)
    records = _sample(start, dialect, skipped)
    if not records:
        return None
    if any(re.match(f" +{dialect.quote}", cell) for record in records for cell in record.cells):
        spaced = replace(dialect, spaced=True)
        respaced = _sample(start, spaced, skipped)
        if _irregular(respaced) <= _irregular(records):
            dialect, records = spaced, respaced
    top = _top_of_table(records)
    body = [record.cells for record in records[top + 1 :] if not record.stray_quote]
    width = _usual_width([record for record in records[top:] if not record.stray_quote] or records[top:])
    first = records[top]
    if not is_header(first.cells, body):
        return _Layout(dialect, width, None, first.line, first.line)
    header = first.cells
    if len(header) == width - 1 and any(cells[-1] for cells in body if len(cells) == width):
        header = ["", *header]
    return _Layout(dialect, max(width, len(header)), header, first.line, first.line + len(first.lines))


def _sample(start: str, dialect: _Dialect, skipped: int) -> list[_Record]:
    """Return the first records, without blank lines and without the last one if it may be cut."""
    found = itertools.islice(_records(io.StringIO(start, newline=""), dialect), _SAMPLED_RECORDS)
    records = [record for record in found if not record.is_blank and record.line > skipped]
    return records[:-1] if len(start) == _SAMPLED_CHARACTERS and len(records) > 1 else records


def _irregular(records: Sequence[_Record]) -> int:
    width = _usual_width(records)
    return sum(len(record.cells) != width or record.stray_quote for record in records)


def _find_dialect(start: str) -> tuple[_Dialect, int]:
    """Return the dialect, and how many lines at the top only announce it (``sep=;``)."""
    announced = re.match(r"sep=(.)\r?\n", start)
    if announced:
        return _Dialect(announced[1]), 1
    from clevercsv.detect import Detector

    found = Detector().detect(start[:_SNIFFED_CHARACTERS].replace("\0", ""), delimiters=list(_DELIMITERS))
    if found is None:
        return _Dialect(","), 0
    return _Dialect(found.delimiter or _NO_DELIMITER, found.quotechar or '"', found.escapechar or None), 0


def _usual_width(records: Sequence[_Record]) -> int:
    widths = Counter(len(record.cells) for record in records)
    return max(widths, key=lambda width: (widths[width], width))


def _top_of_table(records: Sequence[_Record]) -> int:
    """Return the place of the table's first record: titles above it have fewer cells than its rows."""
    width = _usual_width(records)
    if 2 * sum(len(record.cells) == width for record in records) <= len(records):
        return 0
    top = next(i for i, record in enumerate(records) if len(record.cells) >= width)
    short_header = top > 0 and width > 2 and len(records[top - 1].cells) == width - 1
    if short_header and not is_header(records[top].cells, [record.cells for record in records[top + 1 :]]):
        return top - 1
    return top


# ---------------------------------------------------------------------- reading


def _records(lines: Iterable[str], dialect: _Dialect) -> Iterator[_Record]:
    source = _Lines(lines)
    reader = dialect.reader(source)
    line = 1
    while True:
        source.taken = []
        try:
            record = _Record(line, source.taken, next(reader))
        except StopIteration:
            return
        except csv.Error:
            source.give_back_all_but_first()
            cells = source.taken[0].rstrip("\r\n").split(dialect.delimiter)
            record = _Record(line, source.taken, cells, stray_quote=True)
        yield record
        line += len(record.lines)


def _load(engine: DuckDB, path: Path, text: PlainText, layout: _Layout, folder: Path) -> list[Doubt]:
    """Load the rows of a text; return the doubts about its lines.

    Raises
    ------
    InputError
        When a row is too large to be read.
    """
    if not text.strange_lines and not layout.dialect.spaced:
        rows = _count_regular(text.path, layout)
        if rows is not None and rows == _load_regular(
            engine, text.path, layout.dialect, layout.width, layout.body_line - 1, _block()
        ):
            return []
    mended = folder / "mended.csv"
    engine.execute(f"DROP TABLE IF EXISTS {STAGED}")
    rows, doubts = _mend(engine, text, layout, mended)
    if rows != _load_regular(engine, mended, _MENDED, layout.width):
        msg = f"data: {path.name!r} has a row of more than {_LARGEST_ROW:,} bytes, which is too large to be read."
        raise InputError(msg)
    return doubts


def _count_regular(path: Path, layout: _Layout) -> int | None:
    """Return the number of rows, or None if a line is not as it should be."""
    rows = 0
    with _opened(path) as file:
        try:
            for cells in layout.dialect.reader(itertools.islice(file, layout.body_line - 1, None)):
                if len(cells) == layout.width:
                    rows += 1
                elif cells or layout.width == 1:
                    return None
        except csv.Error:
            return None
    return rows


def _block() -> int:
    """Return how many bytes are read at once: as the memory limit allows, several of them being under way."""
    limit = options.memory_bytes
    return _LARGEST_ROW if limit is None else min(_LARGEST_ROW, max(_SMALLEST_BLOCK, limit // 64))


def _load_regular(
    engine: DuckDB, path: Path, dialect: _Dialect, width: int, skipped: int = 0, block: int | None = None
) -> int:
    """Load a text without irregular lines; return the number of rows, up to the first that is too large if any is.

    Parameters
    ----------
    skipped
        Number of lines above the rows.
    block
        Bytes read at once, and the size of the largest row that is read; by default that of any row.
    """
    names = [f"c{i}" for i in range(width)]
    engine.execute(f"CREATE TABLE {STAGED} ({', '.join(f'{name} VARCHAR' for name in names)})")
    reading = pyarrow.csv.ReadOptions(skip_rows=skipped, column_names=names, block_size=block or _LARGEST_ROW)
    typing = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
    )
    rows = 0
    try:
        with pyarrow.csv.open_csv(path, reading, dialect.arrow(), typing) as batches:
            for batch in batches:
                engine.append(STAGED, pa.table(batch))
                rows += batch.num_rows
    except pa.ArrowInvalid:
        # There are no rows, or one is larger than Arrow was told to expect.
        return rows
    return rows


@dataclass
class _Irregular:
    """The lines of one problem, as they are met."""

    total: int = 0
    places: list[tuple[str, str]] = field(default_factory=list)
    positions: array[int] = field(default_factory=lambda: array("q"))

    def add(self, record: _Record, position: int | None) -> None:
        self.total += 1
        if len(self.places) < _PLACES:
            text = "".join(record.lines).rstrip("\r\n")
            shown = text if len(text) <= _PLACE_LENGTH else text[:_PLACE_LENGTH] + "…"
            self.places.append((f"line {record.line}", shown))
        if position is not None:
            self.positions.append(position)

    def doubt(self, engine: DuckDB, problem: Problem) -> Doubt:
        if not self.positions:
            return Doubt(problem, self.total, tuple(self.places), None)
        positions = pa.array(self.positions)
        engine.append(_DOUBTS, pa.table({"problem": pa.repeat(problem, len(positions)), "pos": positions}))
        rows = Predicate(f"pos IN (SELECT d.pos FROM {_DOUBTS} AS d WHERE d.problem = ?)", (problem,))
        return Doubt(problem, self.total, tuple(self.places), rows)


def _mend(engine: DuckDB, text: PlainText, layout: _Layout, target: Path) -> tuple[int, list[Doubt]]:
    """Write the rows of a text anew, each with a cell for each column; return their number, and what was not so."""
    irregular: dict[Problem, _Irregular] = {}
    position = blank_rows = 0
    with _opened(text.path) as file, target.open("w", encoding="utf-8", newline="") as mended:
        # Cells with a character of the line's end are quoted, so both belong to it.
        write = csv.writer(mended, lineterminator="\r\n")
        for record in _records(file, layout.dialect):
            if record.line < layout.body_line:
                continue
            if record.is_blank and (not record.cells or layout.width > 1):
                blank_rows += layout.width == 1
                continue
            for _ in range(blank_rows):
                write.writerow([""])
            position, blank_rows = position + blank_rows, 0
            surplus = record.cells[layout.width :]
            if any(surplus):
                irregular.setdefault("too many cells", _Irregular()).add(record, None)
                continue
            for problem in _problems(record, layout.width, text):
                irregular.setdefault(problem, _Irregular()).add(record, position)
            write.writerow((record.cells + [""] * layout.width)[: layout.width])
            position += 1
    engine.execute(f"CREATE TABLE {_DOUBTS} (problem VARCHAR, pos BIGINT)")
    return position, [found.doubt(engine, problem) for problem, found in irregular.items()]


def _problems(record: _Record, width: int, text: PlainText) -> Iterator[Problem]:
    """Yield what is wrong with a record that becomes a row all the same."""
    if len(record.cells) < width:
        yield "too few cells"
    if record.stray_quote:
        yield "stray quote"
    if not text.strange_lines.isdisjoint(range(record.line, record.line + len(record.lines))):
        yield "undecodable bytes"
