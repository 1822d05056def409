"""Pages of offending rows: in table order or sorted, the first of them or the last, narrowed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets.scan import Scan
from mlqa_widgets.tables.frames import from_pandas
from mlqa_widgets.widgets import view
from mlqa_widgets.widgets.rows import rows_page
from mlqa_widgets.widgets.view import RowPages, detail
from tests.unit.profile.drawn_columns import as_read, columns


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@given(series=columns(), data=st.data(), descending=st.booleans())
@settings(max_examples=60, deadline=None)
def test_rows_are_sorted_as_pandas_sorts_them(series: pd.Series, data: st.DataObject, descending: bool) -> None:
    table = from_pandas(series.to_frame())
    flags = data.draw(st.lists(st.booleans(), min_size=len(series), max_size=len(series)))
    positions = np.flatnonzero(np.array(flags, dtype=bool))
    limit = data.draw(st.integers(1, 50))
    cells = as_read(series)[positions]
    keys = [cell.encode() if isinstance(cell, str) else cell for cell in cells]
    rank = {key: place for place, key in enumerate(sorted({key for key in keys if key is not None}))}
    ranks = pd.Series([rank.get(key) for key in keys], index=positions, dtype="Float64")
    expected = ranks.sort_values(ascending=not descending, kind="stable", na_position="last")
    found = table.sort(positions, table.columns[0], descending=descending, limit=limit)
    assert found.tolist() == expected.index[:limit].tolist()


@pytest.fixture
def scan() -> Scan:
    rows = 3000
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"street": random.choice(["Main", "", "Elm", "  "], rows), "n": random.integers(0, 99, rows)})
    frame.loc[::7, "n"] = -1
    return mq.scan(frame, checks=["blank_strings"], name="visits")


def request(**changes: Any) -> Any:
    asked = {"type": "rows", "id": 1, "finding": 0, "narrowing": None, "order_by": None, "descending": False}
    return asked | {"start": 0, "stop": 100} | changes


def test_pages_together_are_all_offending_rows_in_table_order(scan: Scan) -> None:
    pages = RowPages(scan)
    total = pages.page(request())["total"]
    seen = [
        row["position"]
        for start in range(0, total, 100)
        for row in pages.page(request(start=start, stop=start + 100))["rows"]
    ]
    assert seen == np.flatnonzero(scan.table.frame()["street"].str.strip() == "").tolist()


@pytest.mark.parametrize("descending", [False, True])
def test_the_first_pages_of_an_order_are_those_of_the_whole_order(scan: Scan, descending: bool) -> None:
    def ordered(first_rows: int) -> list[int]:
        with mock.patch.object(view, "_FIRST_ROWS", first_rows):
            page = RowPages(scan).page(request(order_by=1, descending=descending, stop=400))
        return [row["position"] for row in page["rows"]]

    assert ordered(400) == ordered(1)
    n = scan.table.frame()["n"].to_numpy()[ordered(400)]
    assert (np.diff(n) <= 0).all() if descending else (np.diff(n) >= 0).all()


def test_the_last_page_of_an_order_ends_with_the_last_row(scan: Scan) -> None:
    pages = RowPages(scan)
    total = pages.page(request())["total"]
    last = pages.page(request(order_by=1, start=total - 5, stop=total + 95))
    assert len(last["rows"]) == 5
    assert last["total"] == total
    assert last["rows"][-1]["cells"][1] == str(scan.rows(0)["n"].max())


def test_a_narrowed_page_counts_only_its_part(scan: Scan) -> None:
    bars: Any = detail(scan, 0)["evidence"][0]
    for item, bar in enumerate(bars["bars"]):
        page = RowPages(scan).page(request(narrowing={"evidence": 0, "item": item}))
        assert page["total"] == bar["rows"]


def test_rows_of_very_many_columns_carry_the_cells_a_reader_can_see() -> None:
    frame = pd.DataFrame({f"n{i}": range(5) for i in range(150)})
    frame["last"] = ["a", " ", "", "b", "c"]
    page = RowPages(mq.scan(frame, checks=["blank_strings"], name="wide")).page(request())
    assert page["columns"][0] == 150
    assert len(page["columns"]) == 151
    assert [row["cells"][0] for row in page["rows"]] == [" ", ""]
    assert all(len(row["cells"]) == 100 for row in page["rows"])


def test_data_stands_in_full_and_what_was_worked_out_to_six_digits() -> None:
    frame = pd.DataFrame({"weighed": [2 / 3, None], "probability": [2 / 3, None], "known": [True, False]})
    page = rows_page(frame, np.array([4, 9]), [1, 0, 2], 2, figures=[1, 2])
    assert [row["cells"] for row in page["rows"]] == [
        ["0.666667", "0.666666666666667", "True"],
        [None, None, "False"],
    ]
