"""Files by their ending: what is read by which reader, and what is refused with what would work."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from mlqa_widgets.errors import InputError
from mlqa_widgets.tables.read import read_table

FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", None]})


def written(folder: Path, name: str) -> Path:
    """Write ``FRAME`` to a file of this name."""
    path = folder / name
    match path.name.split(".", 1)[1].lower():
        case "csv" | "txt" | "csv.gz" | "csv.zst" | "csv.bz2":
            FRAME.to_csv(path, index=False)
        case "tsv":
            FRAME.to_csv(path, index=False, sep="\t")
        case "parquet" | "pq":
            FRAME.to_parquet(path)
        case "json" | "json.gz":
            FRAME.to_json(path, orient="records")
        case "ndjson" | "jsonl":
            FRAME.to_json(path, orient="records", lines=True)
        case "xlsx":
            FRAME.to_excel(path, index=False)
        case "sqlite" | "sqlite3" | "db":
            connection = sqlite3.connect(path)
            FRAME.to_sql("things", connection, index=False)
            connection.close()
        case "duckdb":
            with duckdb.connect(str(path)) as database:
                database.register("frame", FRAME)
                database.execute("CREATE TABLE things AS SELECT * FROM frame")
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plain.csv", "CSV file"),
        ("plain.txt", "CSV file"),
        ("PLAIN.CSV", "CSV file"),
        ("packed.csv.gz", "CSV file"),
        ("packed.csv.bz2", "CSV file"),
        ("plain.tsv", "TSV file"),
        ("plain.parquet", "Parquet file"),
        ("plain.pq", "Parquet file"),
        ("plain.json", "JSON file"),
        ("packed.json.gz", "JSON file"),
        ("plain.ndjson", "JSON file"),
        ("plain.jsonl", "JSON file"),
        ("plain.xlsx", "Excel workbook"),
        ("plain.sqlite", "SQLite file"),
        ("plain.db", "SQLite file"),
        ("plain.duckdb", "DuckDB file"),
        ('it\'s "odd"; DROP TABLE t --.csv', "CSV file"),
        ('it\'s "odd".parquet', "Parquet file"),
        ('it\'s "odd".json', "JSON file"),
        ('it\'s "odd".xlsx', "Excel workbook"),
        ('it\'s "odd" ?#%20.db', "SQLite file"),
        ('it\'s "odd".duckdb', "DuckDB file"),
        ("a[b]*?.csv", "CSV file"),
        ("a[b]*?.json", "JSON file"),
        ("a[b]*?.parquet", "Parquet file"),
        ("a[b]*?.duckdb", "DuckDB file"),
    ],
)
@pytest.mark.parametrize("as_path", [True, False])
def test_a_file_is_read_by_its_ending(tmp_path: Path, name: str, kind: str, as_path: bool) -> None:
    path = written(tmp_path, name)
    table = read_table(path if as_path else str(path))
    assert (table.name, table.source.kind, table.source.path) == (path.name.split(".", maxsplit=1)[0], kind, str(path))
    assert [column.label for column in table.columns] == ["a", "b"]
    assert table.frame()["a"].astype(int).tolist() == [1, 2, 3]
    assert table.frame()["b"].isna().tolist() == [False, False, True]
    assert read_table(path, name="called").name == "called"


def test_the_home_folder_may_be_shortened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    written(tmp_path, "plain.csv")
    assert read_table("~/plain.csv").row_count == 3


def refusal(data: object, table: str | None = None) -> str:
    with pytest.raises(InputError) as refused:
        read_table(data, table=table)
    return str(refused.value)


def test_a_missing_file_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    written(tmp_path, "visits.csv")
    message = refusal(tmp_path / "vists.csv")
    assert message.startswith("data: there is no file")
    assert "Did you mean 'visits.csv'?" in message


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(tmp_path / "nowhere" / "visits.csv")


@pytest.mark.parametrize("name", ["data.docx", "data", "data.gz"])
def test_an_unknown_ending_is_refused_with_those_known(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x")
    message = refusal(tmp_path / name)
    assert message.startswith("data: cannot tell what")
    for ending in (".csv", ".parquet", ".xlsx", ".gz"):
        assert ending in message


def test_a_packed_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data.xlsx.gz").write_text("x")
    assert "Unpack it first" in refusal(tmp_path / "data.xlsx.gz")


@pytest.mark.parametrize("name", ["plain.csv", "plain.parquet", "plain.json"])
def test_naming_a_table_in_a_file_of_one_is_refused(tmp_path: Path, name: str) -> None:
    message = refusal(written(tmp_path, name), table="only")
    assert message == f"table: {name!r} holds one table only. Leave the argument out."


@pytest.mark.parametrize("ending", ["parquet", "json", "xlsx", "xls", "ods", "sqlite", "duckdb"])
@pytest.mark.parametrize("content", [b"", b"this is no such thing\n" * 99, bytes(range(256)) * 40])
def test_a_file_that_is_not_what_its_ending_says_is_refused(tmp_path: Path, ending: str, content: bytes) -> None:
    path = tmp_path / f"odd.{ending}"
    path.write_bytes(content)
    assert refusal(path).startswith(("data: 'odd.", "table: 'odd."))


@pytest.mark.parametrize("name", ["plain.xlsx", "plain.sqlite", "plain.duckdb"])
def test_a_table_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path, name: str) -> None:
    message = refusal(written(tmp_path, name), table="thigns")
    assert message.startswith(f"table: {name!r} has no ")
    assert "'things'" in message or "'Sheet1'" in message
