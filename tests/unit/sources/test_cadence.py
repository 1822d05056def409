"""How often a source is refreshed: nothing is said that the reads do not show."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets import InputError
from mlqa_widgets.sources.cadence import Cadence, cadence, promise
from mlqa_widgets.sources.reads import Read, Records

_START = pd.Timestamp("2024-03-01 09:00").to_pydatetime().astimezone()


def _reads(*days: tuple[float, str], newest: float | None = None) -> list[Read]:
    """Return reads on these days with this content; the newest record so many hours before the first of each."""
    reads: list[Read] = []
    for day, content in days:
        at = _START + dt.timedelta(days=day)
        if reads and reads[-1].content == content:
            old = reads[-1]
            reads[-1] = Read(old.number, old.first, at, old.times + 1, content, 1, 1, old.newest, "frame", {})
        else:
            record = None if newest is None else pd.Timestamp(at.replace(tzinfo=None)) - pd.Timedelta(hours=newest)
            reads.append(Read(len(reads) + 1, at, at, 1, content, 1, 1, record, "frame", {}))
    return reads


def _of(*days: tuple[float, str], promised: str | None = "1 day", records: Records | None = None) -> Cadence:
    return cadence(None if promised is None else promise(promised), _reads(*days), records)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("1 day", 1),
        ("daily", 1),
        ("6 hours", 0.25),
        ("every 2 weeks", 14),
        ("every week", 7),
        ("monthly", 30.4375),
        ("R/P1M", 30.4375),
        ("P1Y", 365.25),
        ("R/PT15M", 15 / 1440),
        ("quarterly", 91.3125),
        ("90min", 90 / 1440),
    ],
)
def test_promises_are_read_as_people_and_catalogues_write_them(said: str, days: float) -> None:
    assert promise(said) == pd.Timedelta(days=days)


@pytest.mark.parametrize("said", ["often", "irregular", "-1 day", "0 hours", "P", "NaT", "", "1e99 days", "day day"])
def test_what_is_no_length_of_time_is_refused(said: str) -> None:
    with pytest.raises(InputError, match=r"promised: .* is no length of time"):
        promise(said)


def test_one_read_says_nothing_of_how_often() -> None:
    assert _of().says == ["Not read yet."]
    assert _of((0, "a")).says == ["Read once so far: nothing can be said of how often it changes."]


def test_few_changes_are_too_few() -> None:
    found = _of((0, "a"), (1, "b"), (2, "c"), promised=None)
    assert found.says == ["Its content changed 2 times in 3 reads: too few to say how often it is refreshed."]


def test_daily_content_in_daily_reads_keeps_a_daily_promise() -> None:
    found = _of(*((day, str(day)) for day in range(6)))
    assert (found.kept, found.broken, found.unsettled) == (5, 0, 0)
    assert found.every == pd.Timedelta("1 day")
    assert found.says == [
        "Its content changed 5 times in 6 reads, every day at the median as far as the reads show.",
        "Promised every day: kept 5 times, surely late 0 times.",
    ]


def test_content_that_stays_longer_than_promised_is_late() -> None:
    found = _of((0, "a"), (1, "a"), (2, "a"), (3, "b"), (4, "b"), (6, "b"))
    assert (found.kept, found.broken, found.unsettled) == (0, 2, 0)


def test_reads_that_lie_too_far_apart_settle_nothing() -> None:
    found = _of((0, "a"), (7, "b"), (14, "c"), (21, "d"))
    assert (found.kept, found.broken, found.unsettled) == (0, 0, 3)
    assert found.says[1].endswith("3 times it cannot be told, as it was read less often.")


def test_the_age_of_the_newest_record_is_held_against_the_promise_and_one_step() -> None:
    records = Records("at", "", pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-03"), pd.Timedelta("1 hour"), 100, ())
    reads = _reads((0, "a"), (1, "b"), (3, "b"), newest=2)
    found = cadence(pd.Timedelta("1 day"), reads, records)
    assert [age / pd.Timedelta("1 hour") for age in found.ages] == [2, 2, 50]
    assert found.late == 1
    assert (
        "2 hours old at the median of 3 reads and 50 hours at most; older than promised in 1 of them." in found.says[2]
    )


def test_holes_between_records_are_counted_against_the_promise() -> None:
    holes = (
        (pd.Timestamp("2024-02-01"), pd.Timestamp("2024-02-01 12:00")),
        (pd.Timestamp("2024-02-10"), pd.Timestamp("2024-02-13")),
    )
    records = Records(
        "at", "", pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-01"), pd.Timedelta("1 hour"), 900, holes
    )
    found = _of((0, "a"), records=records)
    assert (found.holes, found.longest) == (1, pd.Timedelta("3 days"))
    assert (
        found.says[-1]
        == "Its records lie 1 hour apart (median of 899 intervals); 1 interval longer than promised, the longest 3 days."
    )
    assert "2 intervals longer than three steps" in _of((0, "a"), promised=None, records=records).says[-1]
    assert "further than the promised 30 minutes" in _of((0, "a"), promised="30min", records=records).says[-1]


@given(st.lists(st.tuples(st.floats(0.01, 9), st.sampled_from("ab")), max_size=12), st.floats(0.1, 5))
def test_every_interval_is_told_once(steps: list[tuple[float, str]], promised: float) -> None:
    day = 0.0
    days = []
    for step, content in steps:
        day += step
        days.append((day, content))
    found = cadence(pd.Timedelta(days=promised), _reads(*days), None)
    assert found.reads == len(days)
    assert found.changes <= found.kept + found.broken + found.unsettled <= found.changes + 1
    assert all(sentence.endswith(".") for sentence in found.says)
