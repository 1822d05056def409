"""Excel and OpenDocument workbooks: every cell keeps the type it has in the sheet."""

from __future__ import annotations

import datetime as dt
import itertools
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import python_calamine as calamine

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.choice import choose_table
from mlqa_widgets.tables.frames import CellError, from_pandas
from mlqa_widgets.tables.headers import column_names, header_evidence, is_header
from mlqa_widgets.tables.table import NO_ROW, Doubt, Predicate, Source, Table

_PATIENT_CELLS = 2_000_000
"""Cells up to which the slow reader is used, which keeps errors and number formats (130,000 cells a second)."""

_TITLE_ROWS = 20
_HEADER_SHARE = 0.6
_WHOLE_NUMBERS = 2.0**53
_MIDNIGHT = dt.time()
_PLACES = 100

Line = Sequence[Any]


@dataclass(frozen=True)
class _Area:
    """A rectangle of cells; rows and columns from 0, the last ones within it."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        from openpyxl.utils import get_column_letter

        first = f"{get_column_letter(self.left + 1)}{self.top + 1}"
        return f"{first}:{get_column_letter(self.right + 1)}{self.bottom + 1}"


@dataclass(frozen=True)
class _Sheet:
    """The cells of a sheet from its first row and column on; None where empty."""

    lines: list[Line]
    merged: list[_Area]
    keeps_errors: bool
    """Whether cells in error are told from empty ones."""

    def texts(self, rows: Iterable[int], columns: Sequence[int]) -> list[list[str]]:
        """Return cells as text."""
        return [
            ["" if line[i] is None else str(line[i]) for i in columns] for line in map(self.lines.__getitem__, rows)
        ]


@dataclass(frozen=True)
class _Layout:
    """Where the table is in the sheet."""

    columns: list[int]
    """The columns with anything in them."""
    top: int
    """The row of the header, or of the first row without one."""
    has_header: bool
    bottom: int
    """The last row with anything in it."""

    @property
    def body(self) -> int:
        return self.top + self.has_header


def from_workbook(path: Path, sheet: str | None, name: str) -> Table:
    """Read one sheet: the one named, or the first that is shown and not empty. The others are listed in the facts.

    Errors (``#N/A``) are kept in ``.xlsx`` files of up to two million cells and in ``.xls``; in other formats they
    read as missing, which is stated.

    Raises
    ------
    InputError
        When the file is no workbook, has no such sheet, or the sheet is empty.
    """
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        chosen, listed = _choose_sheet(path, book, sheet)
        read = _read(path, book, chosen)
    except InputError:
        raise
    except Exception as error:
        # Three libraries read workbooks here, each with its own exceptions for the many ways one can be broken.
        msg = f"data: {path.name!r} could not be read as a workbook: {error}"
        raise InputError(msg) from error
    layout = _find_layout(read)
    if layout is None:
        msg = f"table: the sheet {chosen!r} of {path.name!r} is empty. Its sheets are {', '.join(map(repr, listed))}."
        raise InputError(msg)
    doubts = tuple(_doubts(read, layout))
    facts = {
        "sheet": chosen,
        "sheets": ", ".join(listed),
        "header": f"row {layout.top + 1}" if layout.has_header else "none",
    }
    if layout.top:
        facts["rows above the table"] = str(layout.top)
    facts |= {doubt.problem: str(doubt.total) for doubt in doubts if doubt.problem != "no header"}
    if not read.keeps_errors:
        facts["cells in error"] = "read as missing"
    source = Source("Excel workbook", facts, str(path), doubts)
    return from_pandas(_frame(read, layout), name, source=source, source_type="cells")


def _choose_sheet(path: Path, book: calamine.CalamineWorkbook, sheet: str | None) -> tuple[str, list[str]]:
    sheets = [one for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    listed = [one.name for one in sheets]
    if sheet is not None:
        return choose_table(path, sheet, listed, "sheet"), listed
    hidden_last = sorted(sheets, key=lambda one: one.visible != calamine.SheetVisibleEnum.Visible)
    filled = next((one.name for one in hidden_last if book.get_sheet_by_name(one.name).height), None)
    if filled is None:
        msg = f"data: {path.name!r} holds no sheet with anything in it."
        raise InputError(msg)
    return filled, listed


# ---------------------------------------------------------------------- reading cells


def _read(path: Path, book: calamine.CalamineWorkbook, name: str) -> _Sheet:
    sheet = book.get_sheet_by_name(name)
    merged = [_Area(*first, *last) for first, last in sheet.merged_cell_ranges or ()]
    if sheet.end is None:
        return _Sheet([], merged, keeps_errors=True)
    height, width = sheet.end[0] + 1, sheet.end[1] + 1
    kind = path.suffix.lower()
    if kind == ".xls":
        return _Sheet(_xls_lines(path, name, height, width), merged, keeps_errors=True)
    if kind in (".xlsx", ".xlsm") and height * width <= _PATIENT_CELLS:
        return _Sheet(_xlsx_lines(path, name, height, width), merged, keeps_errors=True)
    lines = sheet.to_python(skip_empty_area=False)
    return _Sheet([[_cell(cell) for cell in line] for line in lines], merged, keeps_errors=False)


def _xlsx_lines(path: Path, name: str, height: int, width: int) -> list[Line]:
    import openpyxl

    def value(cell: Any) -> Any:
        if cell.data_type == "e":
            return CellError(cell.value)
        return _cell(cell.value, cell.number_format if cell.data_type == "d" else None)

    with warnings.catch_warnings():
        # It warns of extensions that hold no cells, and of dates out of range, which it gives as errors.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            rows = book[name].iter_rows(max_row=height, max_col=width)
            return [[None if cell.value is None else value(cell) for cell in row] for row in rows]
        finally:
            book.close()


def _xls_lines(path: Path, name: str, height: int, width: int) -> list[Line]:
    import xlrd  # type: ignore[import-untyped]

    book = xlrd.open_workbook(str(path), formatting_info=True, on_demand=True)
    sheet = book.sheet_by_name(name)

    def value(row: int, column: int) -> Any:
        cell = sheet.cell(row, column)
        match cell.ctype:
            case xlrd.XL_CELL_ERROR:
                return CellError(xlrd.error_text_from_code.get(cell.value, "#ERROR"))
            case xlrd.XL_CELL_BOOLEAN:
                return bool(cell.value)
            case xlrd.XL_CELL_DATE:
                shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                try:
                    return _cell(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode), shown)
                except (xlrd.xldate.XLDateError, OverflowError):
                    return _cell(cell.value)
        return _cell(cell.value)

    rows, columns = min(height, sheet.nrows), min(width, sheet.ncols)
    return [[value(i, j) for j in range(columns)] for i in range(rows)]


def _cell(value: Any, shown_as: str | None = None) -> Any:
    """Return a cell's value: None where empty, whole numbers as int, midnights shown without a time as dates."""
    match value:
        case "":
            return None
        case float() if value.is_integer() and abs(value) < _WHOLE_NUMBERS:
            return int(value)
        case dt.datetime() if value.time() == _MIDNIGHT and shown_as is not None and _is_date_only(shown_as):
            return value.date()
    return value


@lru_cache
def _is_date_only(number_format: str) -> bool:
    from openpyxl.styles.numbers import is_datetime

    return is_datetime(number_format) == "date"


# ---------------------------------------------------------------------- finding the table


def _find_layout(sheet: _Sheet) -> _Layout | None:
    """Return where the table is: below titles, without empty rows and columns around it; None in an empty sheet."""
    filled_rows = [i for i, line in enumerate(sheet.lines) if any(cell is not None for cell in line)]
    if not filled_rows:
        return None
    bottom = filled_rows[-1]
    columns = _filled_columns(sheet, filled_rows[0])
    wide = (i for i in filled_rows[:_TITLE_ROWS] if _filled(sheet.lines[i]) >= _HEADER_SHARE * len(columns))
    top = next(wide, filled_rows[0])
    above = top - 1
    if not _names_columns(sheet, top, columns) and above in filled_rows and _filled(sheet.lines[above]) > 1:
        names, *body = sheet.texts(range(above, min(top + _TITLE_ROWS, bottom + 1)), columns)
        named, alike = header_evidence(names, body)
        top = above if named and not alike else top
    columns = _filled_columns(sheet, top)
    return _Layout(columns, top, _names_columns(sheet, top, columns), bottom)


def _names_columns(sheet: _Sheet, row: int, columns: Sequence[int]) -> bool:
    (names,) = sheet.texts([row], columns)
    return is_header(names, sheet.texts(range(row + 1, min(row + 1_001, len(sheet.lines))), columns))


def _filled(line: Line) -> int:
    return sum(cell is not None for cell in line)


def _filled_columns(sheet: _Sheet, top: int) -> list[int]:
    filled: set[int] = set()
    for line in sheet.lines[top:]:
        filled.update(i for i, cell in enumerate(line) if cell is not None)
    return sorted(filled)


def _frame(sheet: _Sheet, layout: _Layout) -> pd.DataFrame:
    body = sheet.lines[layout.body : layout.bottom + 1]
    series = [_series([line[column] for line in body]) for column in layout.columns]
    (header,) = sheet.texts([layout.top], layout.columns) if layout.has_header else ([],)
    frame = pd.concat(series, axis=1)
    frame.columns = pd.Index(column_names(header, len(layout.columns)), dtype=object)
    return frame


def _series(cells: list[Any]) -> pd.Series[Any]:
    """Return a column: typed where its cells are of one type, otherwise of the cells as they are."""
    types = set(map(type, cells)) - {type(None)}
    if types == {dt.date, dt.datetime}:
        cells = [dt.datetime.combine(cell, _MIDNIGHT) if type(cell) is dt.date else cell for cell in cells]
        types = {dt.datetime}
    series = pd.Series(cells, dtype=object)
    alike = len(types) == 1 and CellError not in types
    # Whole numbers with some missing would become fractions.
    return series.infer_objects() if alike and not (int in types and None in cells) else series


# ---------------------------------------------------------------------- what is doubtful


def _doubts(sheet: _Sheet, layout: _Layout) -> Iterator[Doubt]:
    if not layout.has_header:
        yield Doubt("no header", len(layout.columns), ((f"row {layout.top + 1}", "columns are numbered"),))
    beside, below = _tables_beside(sheet, layout), _tables_below(sheet, layout)
    if beside or below:
        areas = beside or [_Area(layout.top, layout.columns[0], below[0].top - 1, layout.columns[-1])]
        places = tuple((str(area), _headline(sheet, area)) for area in (*areas, *below))
        rows = Predicate("pos >= ?", (below[0].top - layout.body,)) if below else NO_ROW
        yield Doubt("several tables", len(places), places[:_PLACES], rows)
    emptied = {area: within for area in sheet.merged if (within := _emptied_rows(area, layout))}
    if emptied:
        places = tuple((str(area), str(sheet.lines[area.top][area.left] or "")) for area in emptied)
        positions = sorted({row - layout.body for within in emptied.values() for row in within})
        yield Doubt(
            "merged cells", len(emptied), places[:_PLACES], Predicate("pos IN (SELECT unnest(?))", (positions,))
        )


def _emptied_rows(area: _Area, layout: _Layout) -> range:
    """Return the rows of the table that have a cell within ``area`` other than the one with its value."""
    first = area.top + 1 if area.left == area.right else area.top
    return range(max(first, layout.body), min(area.bottom, layout.bottom) + 1)


def _tables_beside(sheet: _Sheet, layout: _Layout) -> list[_Area]:
    """Return the tables that stand side by side, parted by empty columns, if they do.

    They do if names recur in their headers, or if they are not of one length.
    """
    groups: list[list[int]] = []
    for _, run in itertools.groupby(enumerate(layout.columns), key=lambda pair: pair[1] - pair[0]):
        groups.append([column for _, column in run])
    groups = [group for group in groups if len(group) > 1]
    if len(groups) < 2:
        return []
    headers = [set(sheet.texts([layout.top], group)[0]) - {""} for group in groups]
    bottoms = [_last_row(sheet, group, layout.bottom) for group in groups]
    recurring = any(one & other for one, other in itertools.combinations(headers, 2))
    if not recurring and len(set(bottoms)) == 1:
        return []
    return [_Area(layout.top, group[0], last, group[-1]) for group, last in zip(groups, bottoms, strict=True)]


def _tables_below(sheet: _Sheet, layout: _Layout) -> list[_Area]:
    """Return the tables that follow the first one in the sheet: an empty row, then one that names columns anew."""
    (header,) = sheet.texts([layout.top], layout.columns)
    starts = []
    for row in range(layout.body + 1, layout.bottom):
        if _filled(sheet.lines[row - 1]) or not _filled(sheet.lines[row]):
            continue
        line = sheet.lines[row]
        (names,) = sheet.texts([row], layout.columns)
        if _filled(line) > 1 and all(isinstance(cell, str) for cell in line if cell is not None):
            above = sheet.texts(range(layout.body, row), layout.columns)
            named, alike = header_evidence(names, above)
            if names == header or (named and not alike):
                starts.append(row)
    left, right = layout.columns[0], layout.columns[-1]
    return [_Area(start, left, end - 1, right) for start, end in itertools.pairwise([*starts, layout.bottom + 1])]


def _last_row(sheet: _Sheet, columns: Sequence[int], bottom: int) -> int:
    return next(row for row in range(bottom, -1, -1) if any(sheet.lines[row][i] is not None for i in columns))


def _headline(sheet: _Sheet, area: _Area) -> str:
    (names,) = sheet.texts([area.top], range(area.left, area.right + 1))
    return ", ".join(name for name in names if name)
