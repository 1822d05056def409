"""The DuckDB engine: values are bound, threads are safe, a statement can be stopped, nothing is left on disk."""

from __future__ import annotations

import datetime as dt
import gc
import subprocess
import sys
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from mlqa_widgets.engines.duckdb import DuckDB, identifier, text
from mlqa_widgets.errors import Cancelled, InputError

ODD_NAMES = ["a'b", 'a"b', "a; DROP TABLE t; --", "sélect *", "a\nb", "?", "$1", "\\"]
ENDLESS = "SELECT count(*) AS n FROM range(1000000000000) AS r(x) WHERE x % 7 = hash(x) % 11"


@pytest.mark.parametrize(
    "value",
    [
        "it's",
        3,
        2.5,
        True,
        None,
        2**70,
        dt.datetime(2020, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001
        np.int64(7),
        np.float32(0.5),
        np.str_("x"),
        np.bool_(True),
    ],
)
def test_a_parameter_comes_back_as_it_is(value: Any) -> None:
    answer = DuckDB().query("SELECT ? AS v", (value,))["v"][0].as_py()
    assert answer == value


@pytest.mark.parametrize(
    "values",
    [
        [1, 2],
        ["a", "it's"],
        [0.5, float("inf")],
        [dt.datetime(2020, 1, 1)],  # noqa: DTZ001
        [np.int8(1), np.int8(2)],
        [],
    ],
)
def test_a_list_is_one_parameter(values: list[Any]) -> None:
    answer = DuckDB().query("SELECT unnest(?) AS v", (values,))["v"].to_pylist()
    assert answer == values


@pytest.mark.parametrize("name", ODD_NAMES)
def test_quoted_names_are_names_and_quoted_text_is_text(name: str) -> None:
    engine = DuckDB()
    engine.execute(f"CREATE TABLE {identifier(name)} AS SELECT {text(name)} AS v")
    assert engine.query(f"SELECT v FROM {identifier(name)}")["v"].to_pylist() == [name]


def test_threads_share_one_engine() -> None:
    engine = DuckDB()
    engine.register("t", pa.table({"x": range(10_000)}))

    def ask(i: int) -> list[Any]:
        engine.execute(f"CREATE TEMP TABLE made_{i} AS SELECT x + {i} AS y FROM t")
        joined = engine.join(f"SELECT y FROM made_{i} JOIN wanted ON y = w", pa.table({"w": [i]}))
        return [*engine.query("SELECT sum(x) AS s FROM t")["s"].to_pylist(), *joined["y"].to_pylist()]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [[49_995_000, i] for i in range(40)]


def test_interrupt_stops_a_running_statement_and_the_engine_goes_on() -> None:
    engine = DuckDB()
    stopped: list[BaseException] = []

    def run() -> None:
        try:
            engine.query(ENDLESS)
        except Cancelled as error:
            stopped.append(error)

    worker = threading.Thread(target=run)
    worker.start()
    while worker.is_alive():
        engine.interrupt()
        worker.join(0.05)
    assert len(stopped) == 1
    assert engine.query("SELECT 1 AS one")["one"].to_pylist() == [1]


def test_interrupting_an_idle_engine_does_nothing() -> None:
    engine = DuckDB()
    engine.interrupt()
    assert engine.query("SELECT 1 AS one")["one"].to_pylist() == [1]


def test_a_lent_table_is_given_back_even_when_the_statement_fails() -> None:
    engine = DuckDB()
    lent = pa.table({"x": [1]})
    with pytest.raises(Exception, match="missing_column"):
        engine.join("SELECT missing_column FROM wanted", lent)
    with pytest.raises(Exception, match="wanted"):
        engine.query("SELECT * FROM wanted")


def test_python_variables_are_no_tables() -> None:
    frame = pa.table({"x": [1]})
    with pytest.raises(Exception, match="frame"):
        DuckDB().query("SELECT * FROM frame")
    assert frame.num_rows == 1


def test_an_unreadable_file_is_named_with_the_reason() -> None:
    engine = DuckDB()
    named = r"data: 'no.parquet' could not be read as a Parquet file: .*no.parquet"
    with pytest.raises(InputError, match=named), engine.reading(Path("some/no.parquet"), "a Parquet file"):
        engine.query("SELECT * FROM read_parquet('some/no.parquet')")


def test_a_staged_database_goes_with_its_engine(temporary: Path) -> None:
    engine = DuckDB.staging()
    engine.execute("CREATE TABLE staged.rows AS SELECT range AS x FROM range(100000)")
    (folder,) = temporary.iterdir()
    assert (folder / "staged.duckdb").exists()
    gone = weakref.ref(engine)
    del engine
    gc.collect()
    assert gone() is None
    assert list(temporary.iterdir()) == []


def test_a_staged_database_goes_when_closed_and_closing_twice_is_fine(temporary: Path) -> None:
    engine = DuckDB.staging()
    engine.close()
    engine.close()
    assert list(temporary.iterdir()) == []


def test_a_staged_database_goes_with_the_interpreter(temporary: Path) -> None:
    program = (
        "from mlqa_widgets.engines.duckdb import DuckDB\n"
        "engine = DuckDB.staging()\n"
        "engine.execute('CREATE TABLE staged.rows AS SELECT 1 AS x')\n"
        "in_a_cycle = {'engine': engine}; in_a_cycle['itself'] = in_a_cycle\n"
        "raise SystemExit(0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(temporary.iterdir()) == []


def test_what_does_not_fit_into_memory_goes_to_the_temporary_folder(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = tmp_path / "notebook"
    notebook.mkdir()
    monkeypatch.chdir(notebook)
    engine = DuckDB()
    engine.execute("SET memory_limit = '60MB'")
    engine.execute("CREATE TEMP TABLE big AS SELECT range AS a, hash(range) AS b FROM range(5000000)")
    assert len(list(temporary.iterdir())) == 1
    assert list(notebook.iterdir()) == []
    assert engine.query("SELECT count(*) AS n FROM big")["n"].to_pylist() == [5_000_000]
    engine.close()
    assert list(temporary.iterdir()) == []
