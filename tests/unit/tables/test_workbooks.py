"""Workbooks: every cell keeps its type, the table is found in the sheet, and what is doubtful is told."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.chart import BarChart, Reference

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables import workbooks
from mlqa_widgets.tables.frames import CellError
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Doubt, Predicate, Table

# In the .xls file: rows 1, 2, 3.5 of id, when, day, err, flag, code; made with xlwt, which writes cells in error.
OLD = Path(__file__).parent / "data" / "errors.xls"

Sheet = Callable[..., Table]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Write the lines of a sheet and read them."""

    def read(
        lines: Sequence[Iterable[Any]], *, merged: Sequence[str] = (), change: Callable[[Any], None] | None = None
    ) -> Table:
        book = openpyxl.Workbook()
        page = book.active
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line, start=1):
                cell = page.cell(row, column)
                cell.value = value
                if isinstance(value, CellError):
                    cell.data_type = "e"
                if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                    cell.number_format = "dd/mm/yyyy"
        for area in merged:
            page.merge_cells(area)
        if change:
            change(page)
        book.save(tmp_path / "book.xlsx")
        return read_table(tmp_path / "book.xlsx")

    return read


def column(table: Table, label: str) -> tuple[str, list[Any]]:
    """Return how a column is held, and its cells with their types where they have any."""
    (found,) = (one for one in table.columns if one.label == label)
    selected = f"{found.sql}, {found.type_sql}" if found.has_types else found.sql
    answer = table.query(f"SELECT {selected} FROM t ORDER BY pos").to_pylist()
    return found.storage, [tuple(line.values()) if found.has_types else line[found.sql] for line in answer]


def doubts(table: Table) -> dict[str, Doubt]:
    return {doubt.problem: doubt for doubt in table.source.doubts}


DAY, MOMENT = dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4)  # noqa: DTZ001


# ---------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cells", "storage", "expected"),
    [
        ([1, 2, None], "integer", [1, 2, None]),
        ([1, 2.5], "number", [1.0, 2.5]),
        ([1.0, 2.0], "integer", [1, 2]),
        (["00123", " x ", "1e5"], "text", ["00123", " x ", "1e5"]),
        ([True, False], "boolean", [True, False]),
        ([DAY, None], "datetime", [dt.datetime(2020, 1, 2), None]),  # noqa: DTZ001
        ([DAY, MOMENT], "datetime", [dt.datetime(2020, 1, 2), MOMENT]),  # noqa: DTZ001
        ([dt.time(9, 30)], "text", ["09:30:00"]),
        ([dt.timedelta(hours=30)], "number", [108_000.0]),
        (
            [MOMENT, DAY, "02/01/2020", 43832, 2020, 0.5, True, CellError("#N/A"), None],
            "text",
            [
                ("2020-01-02 03:04:00", "datetime"),
                ("2020-01-02", "date"),
                ("02/01/2020", "str"),
                ("43832", "int"),
                ("2020", "int"),
                ("0.5", "float"),
                ("True", "bool"),
                ("#N/A", "error"),
                (None, None),
            ],
        ),
        ([CellError("#DIV/0!"), 3], "text", [("#DIV/0!", "error"), ("3", "int")]),
        ([CellError("#DIV/0!"), CellError("#REF!")], "text", ["#DIV/0!", "#REF!"]),
        (["=1+1"], "text", [None]),
    ],
)
def test_cells_keep_their_types(sheet: Sheet, cells: list[Any], storage: str, expected: list[Any]) -> None:
    table = sheet([["id", "what"], *([i, cell] for i, cell in enumerate(cells))])
    assert column(table, "what") == (storage, expected)
    assert {one.source_type for one in table.columns} == {"cells"}


def test_cells_come_back_as_they_are(sheet: Sheet) -> None:
    cells = [MOMENT, DAY, "02/01/2020", 43832, CellError("#N/A")]
    table = sheet([["what"], *([cell] for cell in cells)])
    taken = table.take(table.positions(Predicate("k0 <> 'str'")))
    assert taken["what"].tolist() == [MOMENT, DAY, 43832, "#N/A"]


def test_old_workbooks_keep_errors_and_dates_too() -> None:
    table = read_table(OLD)
    assert column(table, "id") == ("number", [1.0, 2.0, 3.5])
    assert column(table, "when")[1] == [
        ("2020-01-02 03:04:00", "datetime"),
        ("2020-01-03 00:00:00", "datetime"),
        ("2020-01-04", "str"),
    ]
    assert column(table, "day")[1] == [("2020-01-02", "date"), ("2020-01-03", "date"), ("43834", "int")]
    assert column(table, "err")[1] == [("#N/A", "error"), ("#DIV/0!", "error"), ("7", "int")]
    assert column(table, "flag") == ("boolean", [True, False, None])
    assert column(table, "code") == ("text", ["00123", "x", " y "])


def test_beyond_some_size_a_faster_reader_is_used_and_errors_are_said_to_be_missing(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbooks, "_PATIENT_CELLS", 10)
    table = sheet([["id", "what"], [1, DAY], [2, MOMENT], [3, "x"], [4, 1.5], [5, CellError("#N/A")], [6, True]])
    assert column(table, "what")[1] == [
        ("2020-01-02", "date"),
        ("2020-01-02 03:04:00", "datetime"),
        ("x", "str"),
        ("1.5", "float"),
        (None, None),
        ("True", "bool"),
    ]
    assert table.source.facts["cells in error"] == "read as missing"


def test_a_date_out_of_range_is_an_error_without_a_warning(sheet: Sheet) -> None:
    def change(page: Any) -> None:
        page["A3"].number_format = "yyyy-mm-dd"

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = sheet([["when"], [DAY], [99_999_999], [DAY]], change=change)
    assert [kind for _, kind in column(table, "when")[1]] == ["date", "error", "date"]


# ---------------------------------------------------------------------- the table in the sheet


@pytest.mark.parametrize(
    ("lines", "header", "names", "rows"),
    [
        ([["a", "b"], [1, 2]], "row 1", ["a", "b"], 1),
        ([["Report"], [], ["a", "b", "c"], [1, 2, 3]], "row 3", ["a", "b", "c"], 1),
        (
            [["Sales by month"], ["Source: us", "2020"], ["a", "b", "c", "d"], [1, 2, 3, 4]],
            "row 3",
            ["a", "b", "c", "d"],
            1,
        ),
        ([[], [], [None, None, "a", "b"], [None, None, 1, 2]], "row 3", ["a", "b"], 1),
        ([["a", None, "c"], [1, 2, 3], [4, 5, 6]], "row 1", ["a", "column 2", "c"], 2),
        ([["a", None, None, "d"], [1, 2, 3, 4], [5, 6, 7, 8]], "row 1", ["a", "column 2", "column 3", "d"], 2),
        ([["country", 2019, 2020], ["FR", 1.5, 2.5]], "row 1", ["country", "2019", "2020"], 1),
        ([["a", "a", "a"], [1, 2, 3]], "row 1", ["a", "a", "a"], 1),
        ([[1, "x"], [2, "y"], [3, "x"]], "none", ["column 1", "column 2"], 3),
        ([["a", "b"]], "row 1", ["a", "b"], 0),
        ([["a", "b"], [1, 2], [], [3, 4], [], []], "row 1", ["a", "b"], 3),
        ([["name", "town"], ["Ann", "Rome"], ["Bob", "Bonn"]], "row 1", ["name", "town"], 2),
    ],
)
def test_the_header_is_found_below_titles_or_said_to_be_none(
    sheet: Sheet, lines: list[list[Any]], header: str, names: list[str], rows: int
) -> None:
    table = sheet(lines)
    assert table.source.facts["header"] == header
    assert [one.label for one in table.columns] == names
    assert table.row_count == rows
    assert ("no header" in doubts(table)) == (header == "none")


def test_rows_above_the_table_are_counted(sheet: Sheet) -> None:
    assert sheet([["Report"], [], ["a", "b"], [1, 2]]).source.facts["rows above the table"] == "2"


SPECIES = ["date", "plot", "weight"]


def test_tables_side_by_side_are_told(sheet: Sheet) -> None:
    table = sheet(
        [
            ["Species: A", None, None, None, "Species: B"],
            [*SPECIES, None, *SPECIES],
            [DAY, 1, 2.5, None, DAY, 3, 4.5],
            [DAY, 2, 3.5, None, DAY, 4, 5.5],
            [DAY, 5, 6.5],
        ]
    )
    doubt = doubts(table)["several tables"]
    assert doubt.total == 2
    assert doubt.places == (("A2:C5", "date, plot, weight"), ("E2:G4", "date, plot, weight"))
    assert table.source.facts["several tables"] == "2"
    assert [one.name for one in table.columns] == [*SPECIES, *(f"{name} (2)" for name in SPECIES)]


def test_tables_below_each_other_are_told_with_their_rows(sheet: Sheet) -> None:
    table = sheet([SPECIES, [DAY, 1, 2.5], [DAY, 2, 3.5], [], SPECIES, [DAY, 3, 4.5]])
    doubt = doubts(table)["several tables"]
    assert doubt.places == (("A1:C4", "date, plot, weight"), ("A5:C6", "date, plot, weight"))
    assert doubt.rows is not None
    assert table.positions(doubt.rows).tolist() == [3, 4]


@pytest.mark.parametrize(
    "lines",
    [
        [["a", "b", None, "c", "d"], [1, 2, None, 3, 4], [5, 6, None, 7, 8]],
        [["a", "b"], [1, 2], [], [3, 4]],
        [["a", "b"], [1, 2], [3, 4], [], ["Total", 6]],
        [["a", "b"], [1, 2], [3, 4], [], ["Source: the office"]],
        [["a", "b", None, "note"], [1, 2, None, "x"], [3, 4]],
    ],
)
def test_an_empty_column_or_row_makes_no_second_table(sheet: Sheet, lines: list[list[Any]]) -> None:
    assert sheet(lines).source.doubts == ()


def test_merged_cells_are_told_with_the_rows_they_leave_empty(sheet: Sheet) -> None:
    table = sheet(
        [["Title", None], ["town", "n"], ["Rome", 1], [None, 2], [None, 3], ["Bonn", 4], ["both", None]],
        merged=["A1:B1", "A3:A5", "A7:B7"],
    )
    doubt = doubts(table)["merged cells"]
    assert (doubt.total, set(doubt.places)) == (2, {("A3:A5", "Rome"), ("A7:B7", "both")})
    assert doubt.rows is not None
    assert table.positions(doubt.rows).tolist() == [1, 2, 4]


# ---------------------------------------------------------------------- which sheet


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Write a workbook of many kinds of sheets."""
    workbook = openpyxl.Workbook()
    workbook.active.title = "cover"
    hidden = workbook.create_sheet("hidden")
    hidden.append(["h"])
    hidden.sheet_state = "hidden"
    page = workbook.create_sheet('it\'s "odd"')
    for line in (["a", "b"], [1, 2], [3, 4]):
        page.append(line)
    chart = BarChart()
    chart.add_data(Reference(page, min_col=1, min_row=1, max_row=3))
    workbook.create_chartsheet("drawing").add_chart(chart)
    workbook.create_sheet("more").append(["x", "y"])
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def test_the_first_sheet_that_is_shown_and_not_empty_is_read(book: Path) -> None:
    table = read_table(book)
    assert table.source.facts["sheet"] == 'it\'s "odd"'
    assert table.source.facts["sheets"] == 'cover, hidden, it\'s "odd", more'
    assert table.frame().to_numpy().tolist() == [[1, 2], [3, 4]]


def test_any_sheet_can_be_named(book: Path) -> None:
    assert read_table(book, table="hidden").source.facts["sheet"] == "hidden"
    assert [one.label for one in read_table(book, table="more").columns] == ["x", "y"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("hiden", ["has no sheet 'hiden'", "Did you mean 'hidden'?"]),
        ("drawing", ["has no sheet 'drawing'"]),
        ("cover", ["the sheet 'cover'", "is empty", "'more'"]),
    ],
)
def test_a_sheet_without_a_table_is_refused(book: Path, name: str, words: list[str]) -> None:
    with pytest.raises(InputError, match=r"^table: ") as refused:
        read_table(book, table=name)
    for word in words:
        assert word in str(refused.value)


def test_a_workbook_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(InputError, match=r"^data: 'empty.xlsx' holds no sheet with anything in it"):
        read_table(tmp_path / "empty.xlsx")


def test_what_pandas_writes_is_read_back(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "n": [1, 2],
            "x": [0.5, None],
            "s": ["a", None],
            "d": pd.DatetimeIndex(["2020-01-02", None]),
            "b": [True, False],
        }
    )
    frame.to_excel(tmp_path / "frame.xlsx", index=False)
    table = read_table(tmp_path / "frame.xlsx")
    assert [one.storage for one in table.columns] == ["integer", "number", "text", "datetime", "boolean"]
    assert table.frame().isna().to_numpy().tolist() == frame.isna().to_numpy().tolist()
