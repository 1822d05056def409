"""Where a database is, and the one place that knows its password."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote, quote_plus

import sqlalchemy as sa

from mlqa_widgets.errors import InputError, MissingPackage, MlqaError

T = TypeVar("T")

_SCHEME = re.compile(r"^[a-z][a-z0-9_]*(\+[a-z0-9_]+)?:", re.IGNORECASE)
_SECRET = re.compile(r"pass|pwd|secret|token|key|auth|cred|sig", re.IGNORECASE)
_SQLITE = b"SQLite format 3\0"
_HOW = (
    "Better than a password in the URL: leave it out and let the driver find it: postgresql://user@host/database with "
    "a line in ~/.pgpass or the variable PGPASSWORD, or postgresql:///?service=name with a section of "
    "~/.pg_service.conf."
)


def address_of(url: Any) -> Address | InputError:
    """Return where a database is, or why what was given does not say so.

    An error is returned and not raised: the frames of its traceback would show the password.

    Parameters
    ----------
    url
        ``postgresql://user@host:5432/database``, ``sqlite:///path``, ``duckdb:///path``, any URL of SQLAlchemy, or
        the path of a SQLite or DuckDB file.

    Examples
    --------
    >>> address_of("postgresql://ann:secret@db.example:5433/shop")
    postgresql://db.example:5433/shop
    """
    parsed = _parsed(url)
    return InputError(f"url: {parsed}") if isinstance(parsed, str) else Address(parsed)


class Address:
    """Where a database is.

    Its text and its attributes show neither user nor password: only the driver is given those, when a connection is
    made. It can be neither copied nor pickled, so that nothing saved holds it.
    """

    __slots__ = ("_secrets", "_url", "path", "shown")

    def __init__(self, url: sa.URL) -> None:
        self._url = url
        self._secrets = _secrets(url)
        self.path = _path(url)
        host = url.host or ""
        port = f":{url.port}" if url.port else ""
        self.shown = f"{self.backend}:///{self.path}" if self.path else f"{self.backend}://{host}{port}/{self.database}"
        if not self.path and not host and "service" in url.query:
            self.shown = f"{self.backend}:///?service={url.query['service']}"

    @property
    def backend(self) -> str:
        """Which kind of database: ``postgresql``, ``sqlite``, ``duckdb``, ``mysql`` and so on."""
        return self._url.get_backend_name()

    @property
    def database(self) -> str:
        """The name of the database; empty where the driver knows it."""
        return self._url.database or ""

    @property
    def place(self) -> str:
        """Where it is, in a few words."""
        if self.path:
            return str(self.path)
        return f"{self.database or 'the database'} on {self._url.host or 'this machine'}"

    def engine(self, **options: Any) -> sa.Engine:
        """Return an engine of SQLAlchemy that connects with what the URL says."""
        return sa.create_engine(self._url, **options)

    def postgres(self) -> dict[str, Any]:
        """Return what the PostgreSQL driver is given; what is missing it finds itself, as ``psql`` does."""
        url = self._url
        given = {
            "host": url.host,
            "port": url.port,
            "user": url.username,
            "password": url.password,
            "dbname": url.database,
        }
        return {name: value for name, value in {**given, **url.query}.items() if value not in (None, "")}

    def hide(self, text: str) -> str:
        """Return ``text`` without the password in any of the ways it can be written."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def asking(self, what: str, ask: Callable[[], T], *, argument: str = "url") -> T:
        """Return what ``ask`` returns; what a driver says of its failure is told without the password.

        The driver's own error is not kept: the frames of its traceback hold the password.

        Raises
        ------
        InputError
            With the driver's reason.
        MissingPackage
            When there is no driver.
        """
        stopped: type[BaseException] | None = None
        missing = reason = ""
        try:
            return ask()
        except MlqaError:
            raise
        except ImportError as error:
            missing = error.name or self.hide(str(error))
        except Exception as error:  # noqa: BLE001 - drivers have exceptions of their own
            reason = self.hide(_reason(error))
        except BaseException as error:  # noqa: BLE001 - raised again below, without the driver's frames
            stopped = type(error)
        if stopped is not None:
            raise stopped
        if missing:
            raise self._no_driver(missing)
        hint = f" {_HOW}" if re.search(r"password|authentication", reason, re.IGNORECASE) else ""
        msg = f"{argument}: {self.place} could not be {what}: {reason}{hint}"
        raise InputError(msg)

    def _no_driver(self, missing: str) -> MissingPackage:
        if self.backend == "postgresql":
            return MissingPackage(
                f"url: reading PostgreSQL needs {missing}. Install it: pip install 'mlqa_widgets[postgres]'"
            )
        return MissingPackage(
            f"url: reading {self.backend} needs {missing}. Install it; SQLAlchemy's documentation names the drivers."
        )

    def __repr__(self) -> str:
        return self.shown

    def __reduce__(self) -> NoReturn:
        msg = (
            "The address of a database is not saved or copied, because it may hold a password. Open the database again."
        )
        raise TypeError(msg)


def _reason(error: Exception) -> str:
    own = getattr(error, "orig", None) or error
    lines = [line.strip() for line in str(own).splitlines() if line.strip()]
    said = " ".join(line for line in lines if not line.startswith("Multiple connection attempts")) or type(own).__name__
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _parsed(url: Any) -> sa.URL | str:
    """Return a URL, or why there is none."""
    if not isinstance(url, (str, Path)):
        return f"expected a connection string or the path of a file, not {type(url).__name__}."
    if isinstance(url, Path) or not _SCHEME.match(url):
        return _of_file(Path(url).expanduser())
    if url.count("@") > 1:
        return (
            "there is more than one @, so it is not clear where the password ends. Write a password in a URL as "
            f"urllib.parse.quote(password, safe='') does. {_HOW}"
        )
    try:
        parsed = sa.make_url(re.sub(r"^postgres(?=[:+])", "postgresql", url, flags=re.IGNORECASE))
        backend = parsed.get_backend_name()
    except Exception:  # noqa: BLE001 - whatever is wrong with it, what it says is not to be repeated
        return (
            "not a connection string. Pass postgresql://user@host:5432/database, sqlite:///file.db, "
            "duckdb:///file.duckdb, another URL of SQLAlchemy, or the path of a SQLite or DuckDB file."
        )
    return _of_file(Path(parsed.database or "").expanduser(), backend) if backend in ("sqlite", "duckdb") else parsed


def _of_file(path: Path, backend: str = "") -> sa.URL | str:
    if str(path) in ("", ".", ":memory:"):
        return "a database in memory belongs to the connection that made it. Pass the path of a file."
    if not path.is_file():
        return f"there is no file {str(path)!r}."
    with path.open("rb") as file:
        start = file.read(16)
    found = "sqlite" if start == _SQLITE else "duckdb" if start[8:12] == b"DUCK" else ""
    if not found or backend not in ("", found):
        expected = {"sqlite": "SQLite", "duckdb": "DuckDB"}.get(backend, "SQLite or DuckDB")
        return f"{path.name!r} is no {expected} database."
    return sa.URL.create(found, database=str(path))


def _path(url: sa.URL) -> Path | None:
    return Path(url.database) if url.get_backend_name() in ("sqlite", "duckdb") and url.database else None


def _secrets(url: sa.URL) -> tuple[str, ...]:
    """Return what must not be shown, longest first: the password and tokens, as they are and as URLs write them."""
    plain = {str(url.password)} if url.password else set()
    for name, value in url.query.items():
        if _SECRET.search(name):
            plain |= {value} if isinstance(value, str) else set(value)
    written = {form(one) for one in plain if one for form in (str, quote, quote_plus, _fully_quoted, repr)}
    written |= {form[1:-1] for form in written if form[:1] == form[-1:] == "'"}
    return tuple(sorted(written - {""}, key=len, reverse=True))


def _fully_quoted(text: str) -> str:
    return quote(text, safe="")
