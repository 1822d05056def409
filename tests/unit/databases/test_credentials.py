"""A password is used to connect and reaches nothing that is shown, raised, logged or kept."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from urllib.parse import quote, quote_plus

import pytest

import mlqa_widgets as mq
from mlqa_widgets.databases.address import Address, address_of
from mlqa_widgets.progress import Progress
from mlqa_widgets.tables.table import EVERY_ROW
from tests.postgres import Postgres


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGHOST", "PGUSER"):
        monkeypatch.delenv(name, raising=False)


def _holds(text: str, password: str) -> bool:
    written = {password, quote(password), quote(password, safe=""), quote_plus(password), repr(password)[1:-1]}
    # Parts of it are as bad: errors cut at a character that means something to a URL.
    return any(form in text for form in written) or password.split("/")[1][:16] in text


def _told(error: BaseException | None) -> str:
    """Return all that an error could show: its chain, with the locals of each frame but those of this file."""
    told: list[str] = []
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        told += [str(error), repr(error), repr(error.args), repr(vars(error))]
        told += [
            f"{name} = {value!r} {vars(value) if hasattr(value, '__dict__') else ''}"
            for frame, _ in traceback.walk_tb(error.__traceback__)
            if frame.f_code.co_filename != __file__
            for name, value in _locals(frame).items()
        ]
        error = error.__cause__ or error.__context__
    return "\n".join(told)


def _address(url: str) -> Address:
    address = address_of(url)
    assert isinstance(address, Address)
    return address


def _locals(frame: FrameType) -> dict[str, object]:
    return dict(frame.f_locals)


def test_a_database_and_all_it_tells_is_without_the_password(postgres: Postgres, shop: str):
    db = mq.database(shop)
    table = db["orders"]
    scan = db.scan("orders")
    told = [repr(db), db.address, db.place, repr(table), repr(vars(db)), repr(vars(table)), db.tables.to_string()]
    told += [repr(scan), repr(scan.table.source), repr(vars(scan)), repr(vars(db._source)), repr(db.catalogue)]
    assert not any(_holds(one, postgres.password) for one in told)


@pytest.mark.parametrize("change", ["password", "host", "port", "database"])
def test_an_error_is_without_the_password(postgres: Postgres, shop: str, change: str):
    url = {
        "password": lambda: shop.replace(quote(postgres.password, safe=""), quote(f"p:w/{'f' * 16}@%?#", safe="")),
        "host": lambda: shop.replace("127.0.0.1", "nowhere.invalid"),
        "port": lambda: shop.replace(f":{postgres.port}/", ":1/"),
        "database": lambda: shop.replace("/shop", "/shoop"),
    }[change]()
    password = f"p:w/{'f' * 16}@%?#" if change == "password" else postgres.password
    with pytest.raises(mq.InputError) as caught:
        mq.database(url)
    assert not _holds(_told(caught.value), password)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    reason = {"password": "pgpass", "host": "nowhere.invalid", "port": "refused", "database": "shoop"}[change]
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:p:w/ffffffffffffffff@%?#@127.0.0.1:1/x",
        "postgresql://ann:p:w/ffffffffffffffff@127.0.0.1:port/x",
        "nonsense://ann:p:w/ffffffffffffffff@127.0.0.1/x",
        "postgresql+nonsense://ann:p:w/ffffffffffffffff@127.0.0.1:1/x",
        "postgresql://ann@127.0.0.1:1/x?password=p:w/ffffffffffffffff",
        "oracle+oracledb://ann:p:w/ffffffffffffffff@127.0.0.1:1/x",
        "mysql://ann:p:w/ffffffffffffffff@127.0.0.1:1/x",
    ],
)
def test_a_url_that_does_not_work_is_refused_without_it(url: str):
    with pytest.raises(mq.MlqaError) as caught:
        mq.database(url)
    assert not _holds(_told(caught.value), "p:w/ffffffffffffffff")


def test_a_driver_that_tells_it_is_not_repeated():
    address = _address("postgresql://ann:p%3Aw%2Fffffffffffffffff@host/x")

    def fail() -> None:
        msg = "cannot connect with p:w/ffffffffffffffff (p%3Aw%2Fffffffffffffffff)"
        raise RuntimeError(msg)

    with pytest.raises(mq.InputError, match=r"cannot connect with \*\*\* \(\*\*\*\)") as caught:
        address.asking("opened", fail)
    assert not _holds(_told(caught.value), "p:w/ffffffffffffffff")


def test_an_interrupt_leaves_no_frame_of_the_driver():
    address = _address("postgresql://ann:p%3Aw%2Fffffffffffffffff@host/x")

    def interrupted() -> None:
        given = address.postgres()
        raise KeyboardInterrupt(given["password"])

    with pytest.raises(KeyboardInterrupt) as caught:
        address.asking("opened", interrupted)
    assert not _holds(_told(caught.value), "p:w/ffffffffffffffff")


def test_later_errors_are_without_it(postgres: Postgres, shop: str):
    db = mq.database(shop)
    with postgres.connect("shop") as connection:
        connection.execute("CREATE VIEW broken AS SELECT 1 / (id - id) AS a FROM orders")
        broken = mq.database(shop)
        connection.execute("DROP VIEW broken")
    for ask in (lambda: db.scan("nothing"), lambda: broken.head("broken"), lambda: broken.scan("broken")):
        with pytest.raises(mq.InputError) as caught:
            ask()
        assert not _holds(_told(caught.value), postgres.password)


def test_a_table_that_stays_on_the_server_tells_nothing_of_it(
    postgres: Postgres, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(mq.options, "row_budget", 100)
    scan = mq.database(shop).scan("orders")
    assert scan.table.engine.is_remote
    told = [repr(vars(one)) for one in (scan, scan.table, scan.table.engine, scan.table.own_rows)]
    scan.to_html(tmp_path / "scan.html")
    told += [repr(scan), repr(scan.table.source), (tmp_path / "scan.html").read_text()]
    with pytest.raises(mq.InputError, match="out of range") as caught:
        scan.table.query("SELECT sum(c0 * 1e300 * 1e300) AS too_large FROM t")
    told.append(_told(caught.value))
    with postgres.connect("shop") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mlqa_widgets'"
        )
    with pytest.raises(mq.InputError, match="Scan the table again") as caught:
        scan.table.count(EVERY_ROW)
    assert not any(_holds(one, postgres.password) for one in [*told, _told(caught.value), caplog.text])


def test_the_log_is_without_it(postgres: Postgres, shop: str, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy", "psycopg"):
        caplog.set_level(logging.DEBUG, logger=name)
    db = mq.database(shop)
    db.scan("orders")
    db.head("orders")
    assert not _holds(caplog.text, postgres.password)


@pytest.mark.parametrize("kept", [pickle.dumps, copy.deepcopy])
def test_neither_a_database_nor_its_tables_are_saved_or_copied(shop: str, kept: Callable[[object], object]):
    db = mq.database(shop)
    for one in (db, db["orders"], db._source.address, db._source):
        with pytest.raises(TypeError, match="may hold a password"):
            kept(one)


def test_nothing_that_is_kept_on_disk_holds_it(postgres: Postgres, shop: str, tmp_path: Path):
    db = mq.database(shop)
    scan = db.scan("orders")
    scan.dismiss(0, "It is a promise for all.")
    scan.describe("id", "The order")
    scan.to_html(tmp_path / "scan.html")
    scan.to_suite().write(tmp_path / "suite.toml")
    scan.export_dictionary()
    mq.checkpoint(scan.table.frame(), "read")
    comparison = mq.compare(db["orders"], db["customers"], {"customer_id": "id"})
    comparison.widget().static_html()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 5
    assert not any(_holds(path.read_bytes().decode(errors="replace"), postgres.password) for path in files)
    table = db["orders"].read(Progress())
    staged = table.engine.query("SELECT path FROM duckdb_databases() WHERE database_name = 'staged'")["path"][0].as_py()
    assert not _holds(Path(staged).read_bytes().decode(errors="replace"), postgres.password)


# ---------------------------------------------------------------------- the ways that need none in the URL


def test_the_password_is_found_in_the_environment(postgres: Postgres, shop: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    assert "orders" in mq.database(f"postgresql://owner@127.0.0.1:{postgres.port}/shop")


def test_the_password_is_found_in_a_password_file(
    postgres: Postgres, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:*:*:owner:{postgres.password.replace(':', chr(92) + ':')}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert "orders" in mq.database(f"postgres://owner@127.0.0.1:{postgres.port}/shop")


def test_all_is_found_in_a_service_file(postgres: Postgres, shop: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "services"
    file.write_text(
        f"[till]\nhost=127.0.0.1\nport={postgres.port}\nuser=owner\ndbname=shop\npassword={postgres.password}\n"
    )
    monkeypatch.setenv("PGSERVICEFILE", str(file))
    db = mq.database("postgresql:///?service=till")
    assert "orders" in db
    assert db.address == "postgresql:///?service=till"
