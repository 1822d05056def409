"""A source that others own: who, under which licence, how fresh, and what each read of it found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from mlqa_widgets.checkpoints.store import FOLDER, write_parquet, write_whole
from mlqa_widgets.errors import InputError
from mlqa_widgets.findings import Severity
from mlqa_widgets.notebook import kernel
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import resolve_roles
from mlqa_widgets.scan import Scan
from mlqa_widgets.sources.address import cleaned, without_secrets
from mlqa_widgets.sources.cadence import Cadence, cadence, promise
from mlqa_widgets.sources.file import FACTS, Kept, SourceFile
from mlqa_widgets.sources.metadata import PACKAGE, file_facts, package_facts
from mlqa_widgets.sources.reads import LARGE, Read, Records, content_of_rows, records_of
from mlqa_widgets.tables.read import read_table
from mlqa_widgets.tables.table import Table
from mlqa_widgets.wording import count, listing, visible

if TYPE_CHECKING:
    from mlqa_widgets.compare.comparison import Comparison

_ASKED: Final = ("owner", "contact", "licence", "promised")
"""What a reader of any source should know."""
_DEFECTS: Final = 10


def source(
    name: str,
    *,
    owner: str | None = None,
    contact: str | None = None,
    licence: str | None = None,
    url: str | None = None,
    promised: str | dt.timedelta | None = None,
    contributors: str | Iterable[str] | None = None,
    time: str | None = None,
    about: str | None = None,
    folder: str | Path | None = None,
) -> SourceCard:
    """Return the card of a source: what is known of it, and every read of it.

    It is kept in ``<name>.mlqa-source.toml`` beside the notebook and found again by the name alone. What is given is
    put into it; what is not given stays as it is; an empty text takes away what was said. What nobody said is filled
    from a ``datapackage.json`` that lies beside a file that is read.

    Parameters
    ----------
    name
        What to call the source.
    owner, contact
        Who answers for it, and how to reach them.
    licence
        Under which it may be used.
    url
        Where it is from. Kept without user, password and tokens; nothing is ever fetched.
    promised
        How often it is refreshed, as its owner says: ``"1 day"``, ``"6 hours"``, ``"weekly"``, ``"P1M"``.
    contributors
        Who puts data into it: names, or a text such as ``"volunteers"``.
    time
        The column that tells when a record is of; found if not given.
    about
        Anything else a reader should know.
    folder
        Where the card is kept; the working directory if not given.

    Returns
    -------
    SourceCard
        ``.read(data)`` notes a read, ``.reads`` is their history, ``.cadence`` how often it is refreshed,
        ``.compare()`` what was changed in its past. Shown as a card when it is the last expression of a cell.

    Raises
    ------
    InputError
        When an argument is not usable, or the file of the card cannot be understood.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> import mlqa_widgets as mq
    >>> folder = tempfile.mkdtemp()
    >>> card = mq.source("air", owner="City", url="https://anna:secret@example.org/air.csv", folder=folder)
    >>> card.url
    'https://example.org/air.csv'
    >>> air = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=48, freq="h"), "no2": range(48)})
    >>> card.read(air, at="2024-03-03 06:00")
    <Read 1 of 2024-03-03 06:00: 48 rows, 2 columns, newest record 2024-03-02 23:00>
    >>> mq.source("air", folder=folder).unknown
    ['contact', 'licence', 'promised']
    """
    if not name.strip():
        msg = "name: say what to call the source, such as 'air-quality'."
        raise InputError(msg)
    card = SourceCard(name.strip(), Path(folder) if folder is not None else Path.cwd())
    given = {
        "about": about,
        "owner": owner,
        "contact": contact,
        "licence": licence,
        "url": url,
        "promised": promised,
        "contributors": contributors,
        "time": time,
    }
    if facts := {name: _checked(name, value) for name, value in given.items() if value is not None}:
        card.file.say(facts)
    card.kept()
    return card


def _checked(name: str, value: Any) -> str | list[str]:
    """Return a fact as the file holds it.

    Raises
    ------
    InputError
        When it is none.
    """
    if name == "promised":
        said = str(pd.Timedelta(value)) if isinstance(value, dt.timedelta) else _text(name, value)
        if said:
            promise(said)
        return said
    if name == "contributors" and not isinstance(value, str):
        if not isinstance(value, Iterable):
            msg = f"contributors: pass names or a text, not {type(value).__name__}."
            raise InputError(msg)
        return [_text(name, one) for one in value]
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        msg = f"{name}: pass a text, not {type(value).__name__}."
        raise InputError(msg)
    return without_secrets(value) if name == "url" else cleaned(value)


class SourceCard:
    """What is known of a source. See :func:`source`.

    Attributes
    ----------
    name
        What it is called.
    file
        Where it is kept.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.file = SourceFile(name, folder)
        self._rows = folder / FOLDER / self.file.path.name.removesuffix(".mlqa-source.toml")

    def kept(self) -> Kept:
        """Return what the file holds now: another notebook may have noted a read."""
        return self.file.read()

    # ------------------------------------------------------------------ what is known

    @property
    def facts(self) -> pd.DataFrame:
        """One row per fact known: ``fact``, ``value`` (text), ``said_by`` (``you``, or ``datapackage.json``)."""
        kept = self.kept()
        lines = [
            {"fact": name, "value": _shown(said[name]), "said_by": who}
            for name in (*FACTS, "title", "version", "created", "unread")
            for who, said in (("you", kept.said), (PACKAGE, kept.package))
            if said.get(name) and (who == "you" or not kept.said.get(name))
        ]
        return pd.DataFrame(lines, columns=["fact", "value", "said_by"])

    @property
    def unknown(self) -> list[str]:
        """Which of owner, contact, licence and promised cadence nobody has said."""
        return [name for name in _ASKED if not self._fact(name)]

    @property
    def owner(self) -> str:
        """Who answers for it; empty where nobody said."""
        return self._fact("owner")

    @property
    def contact(self) -> str:
        """How to reach the owner."""
        return self._fact("contact")

    @property
    def licence(self) -> str:
        """Under which it may be used."""
        return self._fact("licence")

    @property
    def url(self) -> str:
        """Where it is from, without user, password and tokens."""
        return self._fact("url")

    @property
    def contributors(self) -> str:
        """Who puts data into it."""
        return self._fact("contributors")

    @property
    def promised(self) -> pd.Timedelta | None:
        """How often it is refreshed, as its owner says; None where nobody said in a way that is one."""
        try:
            return promise(said) if (said := self._fact("promised")) else None
        except InputError:  # a word of the Data Package, "irregular" for one
            return None

    def _fact(self, name: str) -> str:
        kept = self.kept()
        return _shown(kept.said.get(name) or kept.package.get(name) or "")

    # ------------------------------------------------------------------ reads

    def read(
        self, data: Any, *, table: str | None = None, at: str | dt.datetime | None = None, keep_data: bool = False
    ) -> Read:
        """Note a read of the source: when, a hash of its content, its rows and columns, its newest record.

        Parameters
        ----------
        data
            What was read: whatever :func:`scan` takes, or a :class:`Scan`, whose findings are then known defects of the
            source (which checks, in which columns; no values). Read it the same way each time: the content hash covers
            the types too.
        table
            Which table of a database file, or which sheet of a workbook.
        at
            When it was read, in local time; now if not given. Reads are noted in order.
        keep_data
            Whether to keep the rows as Parquet in ``mlqa_checkpoints/<name>``, to compare reads later. The same content is
            kept once; more than five million rows are not kept.

        Returns
        -------
        Read
            Its number, and whether the content is new (``times`` is 1) or the same as of the read before.

        Raises
        ------
        InputError
            When the data cannot be read or kept, are an address (nothing is fetched), or the read is older than the last.
        """
        if isinstance(data, str) and "//" in data.replace("\\", "/"):
            msg = f"data: {without_secrets(data)!r} is an address, and nothing is fetched here. Pass the file, or the frame you read."
            raise InputError(msg)
        moment = _moment(at)
        scanned = data if isinstance(data, Scan) else None
        kept = self.kept()
        time = kept.said.get("time") or None
        if scanned is not None:
            read, profile = scanned.table, scanned.result.profile
            if time is not None:
                profile = profile.under(replace(profile.roles, time=resolve_roles(read, time=time).time))
        else:
            read = read_table(data, table=table, name=self.name)
            profile = profile_table(read, resolve_roles(read, time=time))
        records = records_of(profile, time)
        if keep_data and read.row_count > LARGE:
            msg = f"keep_data: {count(read.row_count, 'row')} are too many to keep. Keep the file, and pass the files of two reads to card.compare(old, new)."
            raise InputError(msg)
        path = None if read.source.path is None else Path(read.source.path)
        found = Read(
            number=0,
            first=moment,
            last=moment,
            times=1,
            content=content_of_rows(read),
            rows=read.row_count,
            columns=len(read.columns),
            newest=None if records is None else records.newest,
            of=read.source.kind,
            facts={} if path is None else {"name": path.name, **file_facts(path)},
            **_defects(scanned),
        )
        noted = self.file.note(found, records, kept.package if path is None else package_facts(path))
        if keep_data:
            self._keep(read, noted)
        return noted

    def _keep(self, table: Table, read: Read) -> None:
        place = self._place(read)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            write_whole(place, lambda path: write_parquet(_storable(table.frame()), path))

    def _place(self, read: Read) -> Path:
        return self._rows / f"{read.content[:24]}.parquet"

    @property
    def history(self) -> tuple[Read, ...]:
        """The reads, the oldest first; reads in a row that found the same content are one."""
        return self.kept().reads

    @property
    def records(self) -> Records | None:
        """The times of its records at the last read; None where no column tells them."""
        return self.kept().records

    @property
    def reads(self) -> pd.DataFrame:
        """One row per content, the index is its number.

        Columns: ``first``, ``last`` (when it was found so), ``times`` (how often in a row), ``content`` (hash), ``same_as``
        (number of an earlier read with the same content, or missing), ``rows``, ``columns``, ``newest``, ``age`` (of the newest
        record when it was first read), ``of``, ``errors``, ``warnings``, ``kept`` (whether its rows are).
        """
        kept = self.kept()
        earlier: dict[str, int] = {}
        lines = []
        for one in kept.reads:
            ages = one.ages(kept.records)
            lines.append(
                {
                    "read": one.number,
                    "first": pd.Timestamp(one.first),
                    "last": pd.Timestamp(one.last),
                    "times": one.times,
                    "content": one.content,
                    "same_as": earlier.get(one.content),
                    "rows": one.rows,
                    "columns": one.columns,
                    "newest": pd.NaT if one.newest is None else one.newest,
                    "age": ages[0] if ages else pd.NaT,
                    "of": one.of,
                    "errors": one.errors,
                    "warnings": one.warnings,
                    "kept": self.keeps(one),
                }
            )
            earlier.setdefault(one.content, one.number)
        names = "read first last times content same_as rows columns newest age of errors warnings kept".split()
        return pd.DataFrame(lines, columns=names).set_index("read")

    @property
    def refreshed(self) -> dt.datetime | None:
        """When its content was last found changed; None where it was read once or never."""
        reads = self.history
        return reads[-1].first if len(reads) > 1 else None

    @property
    def newest(self) -> pd.Timestamp | None:
        """The time of its newest record at the last read; None where it is not known."""
        reads = self.history
        return reads[-1].newest if reads else None

    @property
    def cadence(self) -> Cadence:
        """How often it is refreshed: promised, and kept as its reads and its records show."""
        kept = self.kept()
        return cadence(self.promised, kept.reads, kept.records)

    def keeps(self, read: Read) -> bool:
        """Return whether the rows of a read are kept."""
        return self._place(read).exists()

    def open(self, number: int) -> pd.DataFrame:
        """Return the rows of a read as they were.

        Raises
        ------
        InputError
            When there is no such read, or its rows were not kept.
        """
        place = self._place(self._numbered(number))
        if not place.exists():
            msg = f"number: the rows of read {number} were not kept. Note reads with keep_data=True."
            raise InputError(msg)
        return pd.read_parquet(place)

    def compare(self, old: Any = None, new: Any = None, on: Any = None, *, time: Any = None) -> Comparison:
        """Say what of the past of the source was changed between two reads.

        Parameters
        ----------
        old, new
            Numbers of reads whose rows were kept, or the data of a read. If not given: the last two reads that were kept
            with different content; given ``old`` or ``new`` alone, the other is the last kept (before ``new``).
        on, time
            The key and the time column, as for :func:`compare`; found if not given.

        Returns
        -------
        Comparison
            ``.revisions`` has the figures, ``.findings`` what was changed, removed or filled in later, ``.rows(i)`` the rows.

        Raises
        ------
        InputError
            When there are not two such reads.

        Examples
        --------
        >>> import tempfile
        >>> import pandas as pd
        >>> import mlqa_widgets as mq
        >>> card = mq.source("air", folder=tempfile.mkdtemp())
        >>> air = pd.DataFrame({"at": pd.date_range("2024-03-01", periods=60), "no2": range(60)})
        >>> _ = card.read(air, at="2024-05-01", keep_data=True)
        >>> _ = card.read(air.drop(index=[3, 4]), at="2024-05-02", keep_data=True)
        >>> card.compare(on="at").findings.loc[0, "message"]
        '2 rows of 60 that were there before (3.3 %) are no longer there, of 2024-03-04 to 2024-03-05.'
        """
        from mlqa_widgets.compare.comparison import compare

        kept = [one.number for one in self.history if self.keeps(one)]
        if new is None:
            new = next((one for one in reversed(kept) if one != old), None)
        if old is None:
            before = new if isinstance(new, int) else len(self.history) + 1
            content = self._numbered(new).content if isinstance(new, int) else ""
            old = next((n for n in reversed(kept) if n < before and self._numbered(n).content != content), None)
        if old is None or new is None:
            msg = f"{self.name} has not two reads whose rows were kept. Note reads with card.read(data, keep_data=True), or pass the data of both."
            raise InputError(msg)
        frames = [self.open(one) if isinstance(one, int) else one for one in (old, new)]
        names = [
            f"read {one}, {self._numbered(one).first:%Y-%m-%d}" if isinstance(one, int) else default
            for one, default in ((old, "earlier read"), (new, "later read"))
        ]
        named = self.kept().said.get("time") or None
        return compare(frames[0], frames[1], on, time=time or named, names=names, revisions=True)

    def _numbered(self, number: int) -> Read:
        reads = self.history
        if not 1 <= number <= len(reads):
            msg = f"number: there is no read {number!r}; card.reads has {count(len(reads), 'read')}, counted from 1."
            raise InputError(msg)
        return reads[number - 1]

    # ------------------------------------------------------------------ showing

    def _ipython_display_(self) -> None:
        if kernel() is None:
            print(self)  # noqa: T201 - what a terminal can show
        else:
            from IPython.display import HTML, display

            display(HTML(self._repr_html_()))

    def _repr_html_(self) -> str:
        from mlqa_widgets.widgets.source import static_source

        return static_source(self)

    def __repr__(self) -> str:
        facts = self.facts
        lines = [f"<Source {self.name}: {count(sum(one.times for one in self.history), 'read')}>"]
        lines += [f"  {line.fact}: {visible(str(line.value))}" for line in facts.itertuples()]
        if self.unknown:
            lines.append(f"  not known: {listing(self.unknown, 4)}")
        lines += [f"  {sentence}" for sentence in self.cadence.says]
        return "\n".join(lines)


def _moment(at: str | dt.datetime | None) -> dt.datetime:
    """Return when a read was made, to the second, with the offset of local time."""
    try:
        moment = dt.datetime.now() if at is None else pd.Timestamp(at).to_pydatetime()  # noqa: DTZ005 - made local below
        return moment.astimezone().replace(microsecond=0)
    except (ValueError, TypeError, OverflowError, AttributeError) as error:
        msg = f"at: {at!r} is no time. Pass one such as '2026-03-14 09:00', or leave it out for now."
        raise InputError(msg) from error


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _defects(scanned: Scan | None) -> dict[str, Any]:
    """Return what a scan found that was not dismissed, without a value from the data."""
    if scanned is None:
        return {}
    found = [
        one for one in scanned.result.findings if scanned.dismissal(one) is None and one.severity is not Severity.INFO
    ]
    told = [
        f"{one.check.replace('_', ' ')}: {listing(scanned.names(one), 4)}"
        if one.columns
        else one.check.replace("_", " ")
        for one in found
    ]
    errors = sum(one.severity is Severity.ERROR for one in found)
    return {"errors": errors, "warnings": len(found) - errors, "defects": tuple(map(visible, told[:_DEFECTS]))}


def _storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with text in place of cells of several types in one column (a workbook), which Parquet cannot hold."""
    mixed = [
        i
        for i, dtype in enumerate(frame.dtypes)
        if pd.api.types.is_object_dtype(dtype)
        and pd.api.types.infer_dtype(frame.iloc[:, i], skipna=True).startswith("mixed")
    ]
    if not mixed:
        return frame
    frame = frame.copy()
    for i in mixed:
        cells = frame.iloc[:, i]
        frame.isetitem(i, cells.astype(str).where(cells.notna(), None).array)
    return frame
