"""JSON and NDJSON: records of any shape, each cell as it is."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Predicate, Table


def stored(folder: Path, text: str, name: str = "data.json") -> Table:
    (folder / name).write_text(text, encoding="utf-8")
    return read_table(folder / name)


def given_back(table: Table) -> list[dict[str, Any]]:
    """Return the records of a table, without the keys that are missing."""
    records = table.frame().astype(object).to_dict("records")
    return [
        {str(name): cell for name, cell in record.items() if isinstance(cell, (list, dict)) or not pd.isna(cell)}
        for record in records
    ]


@pytest.mark.parametrize(
    ("values", "storage", "cells"),
    [
        ([1, None, -5], "integer", [1, None, -5]),
        ([2**63 - 1], "integer", [2**63 - 1]),
        ([2**63, 1], "number", [float(2**63), 1.0]),
        ([2**70, 2**70 + 1], "text", [str(2**70), str(2**70 + 1)]),
        ([1, 2.5], "number", [1.0, 2.5]),
        ([-(2**63), 5], "integer", [-(2**63), 5]),
        ([1.0, math.nan, math.inf], "number", [1.0, None, math.inf]),
        ([True, None], "boolean", [True, None]),
        (["x", "", "2020-01-01", "00123"], "text", ["x", "", "2020-01-01", "00123"]),
        (["<script>", '"; DROP TABLE t; --', "é\x00😀"], "text", ["<script>", '"; DROP TABLE t; --', "é\x00😀"]),
        ([[1, 2], None, []], "nested", ["[1,2]", None, "[]"]),
        ([{"z": [1]}, [2]], "nested", ['{"z":[1]}', "[2]"]),
        ([None, None], "text", [None, None]),
    ],
)
@pytest.mark.parametrize("name", ["data.json", "data.ndjson"])
def test_keys_of_one_type_have_that_type(
    tmp_path: Path, values: list[Any], storage: str, cells: list[Any], name: str
) -> None:
    records = [{"id": i, "a": value} for i, value in enumerate(values)]
    text = json.dumps(records) if name == "data.json" else "\n".join(map(json.dumps, records))
    table = stored(tmp_path, text, name)
    column = table.columns[1]
    assert (column.label, column.storage, column.has_types) == ("a", storage, False)
    assert table.query("SELECT c1 FROM t ORDER BY pos")["c1"].to_pylist() == cells


def test_keys_of_several_types_keep_each_cells_own(tmp_path: Path) -> None:
    values = [1, "x", True, None, 1.5, [1], {"a": 1}, 2**70]
    table = stored(tmp_path, json.dumps([{"a": value} for value in values] + [{"b": 1}]))
    assert table.columns[0].source_type == "array or boolean or number or object or string"
    assert table.query("SELECT c0, k0 FROM t ORDER BY pos").to_pylist() == [
        {"c0": "1", "k0": "int"},
        {"c0": "x", "k0": "str"},
        {"c0": "true", "k0": "bool"},
        {"c0": None, "k0": None},
        {"c0": "1.5", "k0": "float"},
        {"c0": "[1]", "k0": "list"},
        {"c0": '{"a":1}', "k0": "dict"},
        {"c0": str(2**70), "k0": "int"},
        {"c0": None, "k0": None},
    ]
    assert table.take(np.array([7, 6, 5, 2, 1, 0]))["a"].tolist() == [2**70, {"a": 1}, [1], True, "x", 1]


@pytest.mark.parametrize("values", [[2**53 + 1, 2.5], [10**40, 1], [-(2**70), 0.5, 2**70]])
def test_numbers_that_no_type_holds_keep_each_cells_own(tmp_path: Path, values: list[Any]) -> None:
    table = stored(tmp_path, json.dumps([{"a": value} for value in values]))
    assert table.columns[0].has_types
    assert table.frame()["a"].tolist() == values


def test_missing_keys_are_missing_and_keys_keep_their_order(tmp_path: Path) -> None:
    table = stored(tmp_path, '[{"b": 1}, {"c": 2, "a": 3}, {"b": 4, "a": 5}]')
    assert [column.label for column in table.columns] == ["b", "c", "a"]
    assert table.count(Predicate("c0 IS NULL")) == 1


def test_odd_keys_are_kept(tmp_path: Path) -> None:
    record = {"a'b\"c.d": 1, "": 2, "A": 3, "a": 4, "c0": 5, "pos": 6, "x/y~z": 7, "$.a": 8, "é": 9, "[0]": 10}
    table = stored(tmp_path, json.dumps([record, {}]))
    assert given_back(table) == [record, {}]


JSON_CELLS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(st.characters(codec="utf-8"), max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=1), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(st.dictionaries(st.text("ab\"'/~. ", max_size=2), JSON_CELLS, max_size=3), min_size=2, max_size=5)
)
def test_records_are_given_back(records: list[dict[str, Any]], tmp_path_factory: Any) -> None:
    if not any(records):
        return
    table = stored(tmp_path_factory.mktemp("json"), json.dumps(records))
    present = [{key: value for key, value in record.items() if value is not None} for record in records]
    assert given_back(table) == present


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": 1, "b": 2}', ["holds one object", "'a', 'b'", "orient='records'"]),
        ('{"data": [{"a": 1}]}', ["holds one object", "'data'"]),
        ("[1, 2, 3]", ["3 values that are no records"]),
        ('[{"a": 1}, 5]', ["1 value that is no record"]),
        ("[]", ["holds no records"]),
        ("", ["holds no records"]),
        ("[{}, {}]", ["all empty"]),
        ('[{"a": 1}, {"a":', ["could not be read", "Malformed JSON"]),
    ],
)
def test_what_is_no_list_of_records_is_refused(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(InputError, match=r"^data: .*'data.json'") as refused:
        stored(tmp_path, text)
    for word in words:
        assert word in str(refused.value)


def test_one_record_on_one_line_is_a_table(tmp_path: Path) -> None:
    assert stored(tmp_path, '{"a": 1}\n', "data.ndjson").row_count == 1


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"'data.ndjson' .* line"):
        stored(tmp_path, '{"a": 1}\n{"a": }\n{"a": 3}\n', "data.ndjson")
