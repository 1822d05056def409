"""Ways in for files. Cells are read raw first and typed second: typed readers destroy the evidence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mlqa_widgets.errors import InputError
from mlqa_widgets.naming import nearest
from mlqa_widgets.tables.table import Table

_Reader = Callable[[Path, str | None, str], Table]


def from_path(path: Path, *, table: str | None = None, name: str | None = None) -> Table:
    """Read the file at ``path`` by its ending.

    Raises
    ------
    InputError
        When there is no such file, its ending is not known, or ``table`` does not fit.
    """
    path = path.expanduser()
    if not path.exists():
        folder = path.parent
        beside = [p.name for p in folder.iterdir()] if folder.is_dir() else []
        empty = (
            f"Its folder, {str(folder.resolve())!r}, is empty."
            if folder.is_dir()
            else f"There is no folder {str(folder)!r}."
        )
        msg = f"data: there is no file {str(path)!r}. {nearest(path.name, beside) if beside else empty}"
        raise InputError(msg)
    endings = [ending.lower() for ending in path.suffixes]
    if endings and endings[-1] in _COMPRESSED:
        del endings[-1]
    ending = endings[-1] if endings else ""
    reader = _parquet if path.is_dir() else _READERS.get(ending)
    if reader is None:
        msg = (
            f"data: cannot tell what {path.name!r} is by its ending. Known endings: {', '.join(_READERS)}; "
            f"text and JSON also with {' or '.join(_COMPRESSED)} behind."
        )
        raise InputError(msg)
    if path.suffix.lower() in _COMPRESSED and reader not in (_csv, _json):
        msg = f"data: {path.name!r} is compressed, which {ending} files cannot be. Unpack it first."
        raise InputError(msg)
    if table is not None and reader not in (_excel, _sqlite, _duckdb):
        msg = f"table: {path.name!r} holds one table only. Leave the argument out."
        raise InputError(msg)
    return reader(path, table, name or path.name.split(".")[0] or path.name)


def _csv(path: Path, _table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.csv import from_csv

    return from_csv(path, name)


def _parquet(path: Path, _table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.parquet import from_parquet

    return from_parquet(path, name)


def _json(path: Path, _table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.json import from_json

    return from_json(path, name)


def _excel(path: Path, table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.workbooks import from_workbook

    return from_workbook(path, table, name)


def _sqlite(path: Path, table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.sqlite import from_sqlite

    return from_sqlite(path, table, name)


def _duckdb(path: Path, table: str | None, name: str) -> Table:
    from mlqa_widgets.tables.duckdb import from_duckdb

    return from_duckdb(path, table, name)


_COMPRESSED = (".gz", ".bz2", ".zst")
_READERS: dict[str, _Reader] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".txt": _csv,
    ".parquet": _parquet,
    ".pq": _parquet,
    ".json": _json,
    ".ndjson": _json,
    ".jsonl": _json,
    ".xlsx": _excel,
    ".xlsm": _excel,
    ".xls": _excel,
    ".xlsb": _excel,
    ".ods": _excel,
    ".sqlite": _sqlite,
    ".sqlite3": _sqlite,
    ".db": _sqlite,
    ".duckdb": _duckdb,
}
