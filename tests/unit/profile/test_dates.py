"""Dates in text: which format, which day, what is doubtful; and what is no date."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel

from mlqa_widgets.profile.dates import (
    STRPTIME_CENTURY,
    DateFormat,
    DateReading,
    excel_serial_to_datetime,
    read_dates,
)

TODAY = dt.date(2026, 6, 30)

FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "YYYY-MM-DD hh:mm": "%Y-%m-%d %H:%M",
    "YYYY-MM-DDThh:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "YYYY-MM-DD hh:mm:ss.fff": "%Y-%m-%d %H:%M:%S.%f",
    "YYYY/MM/DD": "%Y/%m/%d",
    "DD/MM/YYYY": "%d/%m/%Y",
    "DD/MM/YYYY hh:mm:ss": "%d/%m/%Y %H:%M:%S",
    "MM/DD/YYYY": "%m/%d/%Y",
    "MM/DD/YYYY hh:mm AM/PM": "%m/%d/%Y %I:%M %p",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD-MM-YYYY": "%d-%m-%Y",
    "DD.MM.YY": "%d.%m.%y",
    "MM/DD/YY": "%m/%d/%y",
    "DD-Mon-YY": "%d-%b-%y",
    "DD Mon YYYY": "%d %b %Y",
    "DD Month YYYY": "%d %B %Y",
    "Mon DD, YYYY": "%b %d, %Y",
    "Month DD, YYYY": "%B %d, %Y",
    "Mon DD, YYYY at hh:mmAM/PM": "%b %d, %Y at %I:%M%p",
    "YYYY-Mon-DD": "%Y-%b-%d",
    "DDMonYYYY": "%d%b%Y",
    "Dddd, Month DD, YYYY": "%A, %B %d, %Y",
    "Ddd, DD Mon YYYY hh:mm:ss": "%a, %d %b %Y %H:%M:%S",
    "Ddd Mon DD hh:mm:ss UTC YYYY": "%a %b %d %H:%M:%S UTC %Y",
    "YYYYMMDD": "%Y%m%d",
    "YYYYMMDDThhmmss": "%Y%m%dT%H%M%S",
}
HAS_TIME = re.compile("%[HI]")

moments = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2025, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
days = st.dates(dt.date(1970, 1, 1), dt.date(2025, 12, 31))
words = st.from_regex(r"[A-Za-zÀ-ÿ]{1,12}([ '-][A-Za-zÀ-ÿ]{1,12}){0,4}", fullmatch=True)


def read(values: Sequence[str], counts: Sequence[int] | None = None) -> DateReading:
    rows = np.array(counts or [1] * len(values), dtype=np.int64)
    return read_dates(pa.array(values, type=pa.string()), rows, as_of=TODAY)


def read_days(values: Sequence[str]) -> list[str]:
    return read(values).parsed.astype("M8[D]").astype(str).tolist()


def names(reading: DateReading) -> list[str]:
    return [one.name for one in reading.formats]


def read_by_pandas(values: Sequence[str], one: DateFormat) -> np.ndarray:
    """Read values with pandas, by the directive and the replacements of their format, as wall-clock times."""
    texts = pd.Series(values, dtype="str")
    for pattern, replacement in one.replacements:
        texts = texts.str.replace(pattern, replacement, regex=True)
    found = pd.to_datetime(texts, format=one.directive)
    return found.dt.tz_localize(None).to_numpy().astype("M8[us]")


# ---------------------------------------------------------------------- reading


@given(st.sampled_from(sorted(FORMATS)), st.lists(moments, min_size=3, max_size=40, unique=True))
def test_what_a_format_writes_is_read_back(name: str, written: list[dt.datetime]) -> None:
    decisive = dt.datetime(2012, 12, 25, 13, 14, 15)  # noqa: DTZ001
    directive = FORMATS[name]
    values = list(dict.fromkeys(at.strftime(directive) for at in [decisive, *written]))
    reading = read(values)
    assert names(reading) == [name]
    assert reading.parsed.tolist() == [dt.datetime.strptime(value, directive) for value in values]  # noqa: DTZ007
    assert reading.has_time.all() == bool(HAS_TIME.search(directive))
    assert reading.share == 1


@pytest.mark.parametrize(
    ("value", "name", "moment"),
    [
        ("2012-3-7", "YYYY-MM-DD", "2012-03-07"),
        (" 2018-04-20 06:27:59", "YYYY-MM-DD hh:mm:ss", "2018-04-20T06:27:59"),
        ("2017-03-23T09:49:57.000Z", "YYYY-MM-DDThh:mm:ss.fffZ", "2017-03-23T09:49:57"),
        ("2018-03-06T06:28:11.842-05:00", "YYYY-MM-DDThh:mm:ss.fff±hh:mm", "2018-03-06T06:28:11.842"),
        ("2012-01-01 10:00:00+02", "YYYY-MM-DD hh:mm:ss±hh:mm", "2012-01-01T10:00:00"),
        ("2012-01-01T10:00:00.123456789", "YYYY-MM-DDThh:mm:ss.fff", "2012-01-01T10:00:00.123456"),
        ("2017/08/08 5:03:51 PM AST", "YYYY/MM/DD hh:mm:ss AM/PM AST", "2017-08-08T17:03:51"),
        ("25/3/2012  5:03", "DD/MM/YYYY hh:mm", "2012-03-25T05:03:00"),
        ("12/25/2012 12:00 a.m.", "MM/DD/YYYY hh:mm AM/PM", "2012-12-25T00:00:00"),
        ("12/25/2012, 12:30 PM", "MM/DD/YYYY, hh:mm AM/PM", "2012-12-25T12:30:00"),
        ("12 Jun 1998 - 14:30", "DD Mon YYYY - hh:mm", "1998-06-12T14:30:00"),
        ("17-NOV-16", "DD-Mon-YY", "2016-11-17"),
        ("7. March 1995", "DD. Month YYYY", "1995-03-07"),
        ("7th March 1995", "DD Month YYYY", "1995-03-07"),
        ("March 7th, 1995", "Month DD, YYYY", "1995-03-07"),
        ("Apr. 14, 2016", "Mon DD, YYYY", "2016-04-14"),
        ("Sept 3, 2016", "Mon DD, YYYY", "2016-09-03"),
        ("07MAR1995", "DDMonYYYY", "1995-03-07"),
        ("1er mars 1995", "DD Mon YYYY", "1995-03-01"),
        ("3 août 1995", "DD Mon YYYY", "1995-08-03"),
        ("12 févr. 1995", "DD Mon YYYY", "1995-02-12"),
        ("12 décembre 1995", "DD Mon YYYY", "1995-12-12"),
        ("mardi 7 mars 1995", "Ddd DD Mon YYYY", "1995-03-07"),
        ("7 mars 1995 14:05", "DD Mon YYYY hh:mm", "1995-03-07T14:05:00"),
        ("Tue, 07 Mar 1995 10:00:00 +0000", "Ddd, DD Mon YYYY hh:mm:ss ±hh:mm", "1995-03-07T10:00:00"),
        ("7\N{NO-BREAK SPACE}Mar 1995", "DD Mon YYYY", "1995-03-07"),
        ("2012-05", "YYYY-MM", "2012-05-01"),
        ("05/2012", "MM/YYYY", "2012-05-01"),
        ("Mar 1995", "Mon YYYY", "1995-03-01"),
        ("mars 1995", "Mon YYYY", "1995-03-01"),
        ("Mar-95", "Mon-YY", "1995-03-01"),
        ("1995 March", "YYYY Month", "1995-03-01"),
        ("0001-01-01 00:00:01", "YYYY-MM-DD hh:mm:ss", "0001-01-01T00:00:01"),
        ("9999-12-31", "YYYY-MM-DD", "9999-12-31"),
    ],
)
def test_a_date_is_read_and_pandas_reads_it_by_the_directive_given(value: str, name: str, moment: str) -> None:
    reading = read([value])
    assert names(reading) == [name]
    assert reading.parsed[0] == np.datetime64(moment, "us")
    if not moment.startswith(("0001", "9999")):
        assert read_by_pandas([value], reading.formats[0]).tolist() == reading.parsed.tolist()


@given(st.lists(st.sampled_from(sorted(FORMATS)), min_size=1, max_size=5), st.lists(moments, min_size=5, max_size=30))
def test_every_format_of_a_mixture_has_a_directive_and_a_guard_that_fit(
    kinds: list[str], written: list[dt.datetime]
) -> None:
    values = list(dict.fromkeys(at.strftime(FORMATS[kinds[i % len(kinds)]]) for i, at in enumerate(written)))
    reading = read(values)
    for number, one in enumerate(reading.formats):
        members = [value for value, code in zip(values, reading.format, strict=True) if code == number]
        assert all(re.fullmatch(one.guard, value) for value in members)
        assert pc.match_substring_regex(pa.array(members), one.guard).to_pylist() == [True] * len(members)
        parsed = reading.parsed[reading.format == number]
        if not np.isnat(parsed).any():
            assert read_by_pandas(members, one).tolist() == parsed.tolist()


@pytest.mark.parametrize(
    ("value", "kind"),
    [("2012-03-07", "date"), ("2012-03-07 10:00", "datetime"), ("2012-03", "month"), ("10:00", "time")],
)
def test_the_kind_of_a_format_is_said(value: str, kind: str) -> None:
    assert read([value]).formats[0].kind == kind


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "n/a", "2012", "201203", "19970314", "May", "Monday", "12/13", "5-10", "1.5", "3.14159", "12:99:99"),
        *(
            "Abc 12, 2012",
            "12 Foo 2012",
            "R-12-2012",
            "555-1234",
            "123-45-6789",
            "192.168.1.10",
            "2012-",
            "-2012-01-01",
        ),
        *(
            "Q1 2012",
            "2012-W05",
            "5 oz",
            "12 Mar",
            "2012-01-01x",
            "2012/01-01",
            "1/2/3",
            "1/2/345",
            "Mar 2012 12",
            "17Xyz2016",
        ),
        *(
            "10:00 xm",
            "2012-01-01X10:00",
            "2012-01-01 10:00 ABC",
            "7 mai mars 1995",
            "\uff12\uff10\uff11\uff12-01-01",
            "2012-01-01\x00",
        ),
    ],
)
def test_what_only_resembles_a_date_is_none(value: str) -> None:
    reading = read([value])
    assert np.isnat(reading.parsed[0])
    assert reading.share == 0


@given(st.lists(words, min_size=1, max_size=40, unique=True))
def test_words_are_not_dates(texts: list[str]) -> None:
    assert read(texts).share == 0


@given(st.lists(st.integers(0, 10**9), min_size=30, max_size=80, unique=True))
def test_numbers_are_not_dates(numbers: list[int]) -> None:
    assert read([str(number) for number in numbers]).share == 0


def test_nine_formats_with_junk_are_read_without_a_mistake() -> None:
    random = np.random.default_rng(7)
    nine = (
        "%Y-%m-%d",
        "%Y-%m-%dT%H:%M:%S",
        "%d/%m/%Y",
        "%d.%m.%Y",
        "%d-%m-%y",
        "%d %b %Y",
        "%B %d, %Y",
        "%d-%b-%y",
        "%Y%m%d",
    )
    start = dt.datetime(1970, 1, 1)  # noqa: DTZ001
    meant: dict[str, dt.datetime | None] = {}
    for number in range(5000):
        at = start + dt.timedelta(seconds=int(random.integers(50 * 365 * 86400)))
        directive = nine[number % 9]
        whole_day = at.replace(hour=0, minute=0, second=0)
        meant.setdefault(at.strftime(directive), at if "%H" in directive else whole_day)
    letters = np.array(list("abcdefXYZ0123456789 -/.:"))
    while sum(value is None for value in meant.values()) < 250:
        junk = "".join(random.choice(letters, random.integers(1, 12)))
        if not re.fullmatch(r"\s*\d{1,4}([-/.])\d{1,2}\1\d{1,4}.*|\s*(19|20)\d{6}\s*|\d{1,2}:\d\d.*", junk):
            meant.setdefault(junk, None)
    for junk in ("31/31/31", "99.99.9999", "2012-13-45", "n/a", "unknown", "12/13", "May", "Monday", "2012"):
        meant[junk] = None
    reading = read(list(meant))
    assert reading.parsed.tolist() == list(meant.values())
    nine_names = ["YYYY-MM-DD", "YYYY-MM-DDThh:mm:ss", "DD/MM/YYYY", "DD.MM.YYYY", "DD-MM-YY", "DD Mon YYYY"]
    nine_names += ["Month DD, YYYY", "DD-Mon-YY", "YYYYMMDD"]
    assert sorted(one.name for one in reading.formats if one.values > 1) == sorted(nine_names)


# ---------------------------------------------------------------------- day or month first


@given(
    st.lists(days, min_size=10, max_size=60, unique=True), st.sampled_from(["%d/%m/%Y", "%d-%m-%y", "%d.%m.%Y %H:%M"])
)
def test_a_day_first_column_is_never_called_month_first(written: list[dt.date], directive: str) -> None:
    values = list(dict.fromkeys(day.strftime(directive) for day in written))
    reading = read(values)
    assert reading.order.verdict != "MDY"
    if sum(day.day > 12 for day in written) > 1:
        assert reading.order.verdict == "DMY"
        wanted = [dt.datetime.strptime(value, directive).date() for value in values]  # noqa: DTZ007
        assert reading.parsed.astype("M8[D]").tolist() == wanted


def test_a_day_above_twelve_decides_for_all() -> None:
    reading = read(["25/12/2012", "03/04/2012", "05/05/2012"], [4, 2, 1])
    order = reading.order
    assert read_days(["25/12/2012", "03/04/2012"]) == ["2012-12-25", "2012-04-03"]
    assert (order.verdict, order.day_first_rows, order.month_first_rows, order.undecided_rows) == ("DMY", 4, 0, 2)
    assert reading.ambiguous.tolist() == [False, True, False]
    assert reading.alternative.astype("M8[D]").astype(str).tolist() == ["NaT", "2012-03-04", "NaT"]
    assert "4 rows" in order.sentence


def test_month_first_is_decided_likewise() -> None:
    reading = read(["12/25/2012", "03/04/2012"])
    assert (reading.order.verdict, names(reading)) == ("MDY", ["MM/DD/YYYY"])
    assert reading.parsed.astype("M8[D]").astype(str).tolist() == ["2012-12-25", "2012-03-04"]


def test_nothing_decides_and_both_orders_are_named() -> None:
    reading = read([f"{day:02}/{month:02}/2012" for day in range(1, 12) for month in range(1, 12)])
    assert (reading.order.verdict, reading.order.confidence) == ("ambiguous", 0.5)
    assert names(reading) == ["DD/MM/YYYY or MM/DD/YYYY"]
    assert not reading.impossible.any()


def test_first_days_of_months_decide_without_a_day_above_twelve() -> None:
    monthly = [f"{month}/1/{year}" for year in (92, 93) for month in range(1, 13)]
    reading = read(monthly)
    assert (reading.order.verdict, names(reading)) == ("MDY", ["MM/DD/YY"])
    assert read([f"01/{month:02}/2012" for month in (1, 4, 7, 10)]).order.verdict == "DMY"
    assert read(["01/02/2012", "01/03/2012", "01/04/2012"]).order.verdict == "ambiguous"
    assert read([f"6/{day}/2018" for day in range(1, 13)]).order.verdict == "ambiguous"


def test_the_confidence_in_a_series_of_months_is_that_no_dozen_of_days_looks_like_it() -> None:
    order = read([f"{month}/1/2012" for month in range(1, 13)]).order
    assert order.confidence == pytest.approx(1 - (12 * 12 / 365.2425) ** 12)


def test_the_same_day_both_ways_needs_no_order() -> None:
    order = read(["1/1/1990", "1/1/1991", "2/2/1992"]).order
    assert (order.verdict, order.undecided_rows) == ("not applicable", 0)


def test_two_orders_in_one_column_are_a_mixture() -> None:
    values = [f"{day}/03/2012" for day in range(13, 23)] + [f"03/{day}/2012" for day in range(13, 18)] + ["03/04/2012"]
    reading = read(values)
    assert (reading.order.verdict, reading.order.day_first_rows, reading.order.month_first_rows) == ("mixed", 10, 5)
    assert reading.mixed
    assert not reading.odd.any()
    assert reading.parsed.astype("M8[M]").tolist()[:-1] == [dt.date(2012, 3, 1)] * 15
    assert reading.order.confidence > 0.999


def test_a_format_names_the_order_it_follows() -> None:
    reading = read(["25/12/2012", "26/12/2012", "12-25-2012", "12-26-2012", "2012-12-25"])
    verdicts = {one.name: reading.orders[one.order].verdict if one.order >= 0 else None for one in reading.formats}
    assert verdicts == {"DD/MM/YYYY": "DMY", "MM-DD-YYYY": "MDY", "YYYY-MM-DD": None}


def test_a_lone_typo_is_listed_and_no_mixture() -> None:
    reading = read([f"{day}/03/2012" for day in range(13, 29)] + ["03/25/2012"])
    assert reading.order.verdict == "DMY"
    assert not reading.mixed
    assert reading.odd.tolist() == [False] * 16 + [True]
    assert reading.parsed[-1] == np.datetime64("2012-03-25")


def test_what_nothing_decides_follows_the_others_of_the_column() -> None:
    reading = read(["15/03/2000", "27/08/2002", "10/5/12", "2/9/14"])
    assert [order.verdict for order in reading.orders] == ["DMY", "DMY"]
    assert reading.parsed[2] == np.datetime64("2012-05-10")


@pytest.mark.parametrize(("values", "least"), [(10, 0.9999), (5, 0.99), (1, 0.99)])
def test_confidence_grows_with_the_evidence(values: int, least: float) -> None:
    confidence = read([f"{13 + day}/03/2012" for day in range(values)]).order.confidence
    assert least <= confidence <= 1


# ---------------------------------------------------------------------- what is doubtful


@pytest.mark.parametrize(
    "value",
    [
        "2012-02-30",
        "2012-13-01",
        "0000-00-00",
        "31/02/2012",
        "32/12/2012",
        "13/13/2012",
        "30 Feb 2012",
        "2012-01-01 25:00",
        "2012-01-01 10:00:61",
    ],
)
def test_a_day_that_does_not_exist_is_impossible(value: str) -> None:
    reading = read(["25/12/2012", "2012-01-31", "1 Mar 2012", "2012-01-31 10:00", value])
    assert reading.impossible.tolist() == [False] * 4 + [True]
    assert np.isnat(reading.parsed[-1])
    assert reading.format[-1] >= 0
    assert reading.date_rows == 4


def test_leap_days_exist_in_leap_years_alone() -> None:
    values = ["2012-02-29", "2000-02-29", "1900-02-29", "2013-02-29", "2012-01-31"]
    assert read(values).impossible.tolist() == [False, False, True, True, False]


def test_codes_with_the_shape_of_dates_are_no_dates() -> None:
    assert read(["99-88-77", "12-45-01", "20-45-53", "45-13-22"]).formats == ()
    assert read(["99/88/7777", "45/13/2222", "13/45/2012"]).formats == ()


def test_midnight_and_times_are_told() -> None:
    reading = read(["2012-01-01 00:00:00", "2012-01-01 00:00:01", "2012-01-01", "2012-01-01T00:00:00+02:00"])
    assert reading.midnight.tolist() == [True, False, False, True]
    assert reading.has_time.tolist() == [True, True, False, True]


def test_zones_are_kept_and_not_applied() -> None:
    reading = read(["2012-01-01T10:00:00Z", "2012-01-01T10:00:00+02:00", "2012-01-01T10:00:00"])
    assert [reading.zones[zone] for zone in reading.zone] == ["Z", "+02:00", ""]
    assert set(reading.parsed.tolist()) == {dt.datetime(2012, 1, 1, 10)}  # noqa: DTZ001


def test_iso_with_and_without_time_fraction_and_zone_is_one_convention() -> None:
    values = ["2012-01-01", "2012-01-02T10:00:00", "2012-01-02 10:00:00.5", "2012-01-02T10:00:00Z"]
    reading = read(values)
    assert len(reading.formats) == 4
    assert [convention.name for convention in reading.conventions] == ["YYYY-MM-DD"]
    assert not reading.mixed
    directive = reading.conventions[0].directive
    assert directive == "ISO8601"
    found = pd.to_datetime(pd.Series(values), format=directive, utc=True)
    assert found.dt.tz_localize(None).to_numpy().astype("M8[us]").tolist() == reading.parsed.tolist()


def test_conventions_that_differ_are_a_mixture_with_their_shares() -> None:
    reading = read(
        ["1997/10/11", "1998/10/12", "18.09.96", "19.09.96", "Mar 07, 1995", "Mar 08, 1995"], [6, 6, 3, 3, 1, 1]
    )
    assert reading.mixed
    assert [(one.name, one.rows, one.share) for one in reading.conventions] == [
        ("YYYY/MM/DD", 12, 0.6),
        ("DD.MM.YY", 6, 0.3),
        ("Mon DD YYYY", 2, 0.1),
    ]


def test_a_single_value_in_another_format_is_odd() -> None:
    reading = read([f"2012-03-{day:02}" for day in range(1, 29)] + ["Mar 07, 1995"])
    assert not reading.mixed
    assert reading.odd.sum() == 1


def test_times_alone_are_no_dates() -> None:
    reading = read(["8:00 PM", "8:45 PM", "07:30", "25:00", *(f"{hour:02}:15" for hour in range(10))])
    assert (reading.share, reading.time_share) == (0, 13 / 14)
    assert reading.impossible.sum() == 1


# ---------------------------------------------------------------------- what the column must bear out


@given(st.lists(days, min_size=3, max_size=30, unique=True))
def test_eight_digits_are_dates_where_all_are_days(written: list[dt.date]) -> None:
    reading = read([day.strftime("%Y%m%d") for day in written])
    assert names(reading) == ["YYYYMMDD"]
    assert reading.parsed.astype("M8[D]").tolist() == written


def test_eight_digits_are_numbers_where_some_are_no_days() -> None:
    assert read([str(number) for number in range(20120101, 20120201)]).share == 0
    assert read(["20120101", "20120102"]).share == 0
    assert not re.fullmatch(read(["20120101", "20120102", "20120103"]).formats[0].guard, "2012103")
    assert read([*("20120101", "20120102", "20120103"), *(f"R-{number}" for number in range(10))]).share == 0


def test_financial_years_are_no_months() -> None:
    assert read(["2009/10", "2010/11", "2011/12"]).share == 0
    assert read(["2010-11", "2010-12", "2011-01"]).share == 1


def test_versions_are_no_dates() -> None:
    assert read(["1.10.11", "1.10.12", "1.10.2", "1.10.10.1", "1.9.7"]).share == 0


def test_years_stand_first_where_nothing_else_reads() -> None:
    reading = read(["99-03-14", "02-12-31", "98-11-30"])
    assert (names(reading), read_days(["99-03-14"] * 1)) == (["YY-MM-DD"], ["1999-03-14"])


# ---------------------------------------------------------------------- two-digit years


@given(st.lists(days, min_size=1, max_size=40, unique=True))
def test_two_digit_years_of_the_past_agree_with_strptime(written: list[dt.date]) -> None:
    reading = read([day.strftime("%d-%b-%y") for day in written])
    assert reading.century == STRPTIME_CENTURY
    assert reading.two_digit_year.all()
    assert reading.parsed.astype("M8[D]").tolist() == written


@given(st.lists(st.integers(0, 99), min_size=1, max_size=60, unique=True))
def test_two_digit_years_are_never_a_century_off(years: list[int]) -> None:
    reading = read([f"25-Dec-{year:02}" for year in years])
    found = reading.parsed.astype("M8[Y]").astype(int) + 1970
    assert (found % 100).tolist() == years
    assert found.max() - found.min() < 100
    assert found.max() <= TODAY.year + 15 or reading.century == STRPTIME_CENTURY
    assert found.max() <= TODAY.year + 15


def test_a_series_from_before_1969_is_not_put_into_the_future() -> None:
    years = [*range(44, 100), *range(19)]
    reading = read([f"{year % 12 + 1}/13/{year:02}" for year in years])
    found = reading.parsed.astype("M8[Y]").astype(int) + 1970
    assert found.tolist() == [1944 + place for place in range(75)]
    assert reading.century != STRPTIME_CENTURY


def test_a_near_future_stays_the_future() -> None:
    assert read_days(["25.12.24", "25.12.31"]) == ["2024-12-25", "2031-12-25"]


# ---------------------------------------------------------------------- arrays, rows, serial numbers


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_kind_of_string_array_and_slice_is_read(kind: pa.DataType) -> None:
    values = pa.array(["x", "2012-01-02", "3 août 1995", "y"], type=kind).slice(1, 2)
    reading = read_dates(values, np.array([1, 1]), as_of=TODAY)
    assert reading.parsed.astype("M8[D]").astype(str).tolist() == ["2012-01-02", "1995-08-03"]


def test_shares_are_of_rows() -> None:
    reading = read(["2012-01-01", "31/12/2012", "n/a"], [6, 2, 2])
    assert (reading.share, reading.date_rows, reading.rows) == (0.8, 8, 10)
    assert [(one.values, one.rows, one.share) for one in reading.formats] == [(1, 6, 0.6), (1, 2, 0.2)]


def test_an_empty_column_has_no_dates() -> None:
    reading = read([])
    assert (len(reading.parsed), reading.formats, reading.share, reading.order.verdict) == (0, (), 0, "not applicable")


def test_very_long_cells_are_no_dates() -> None:
    assert read(["2012-01-01" + " " * 1_000_000, "9" * 1_000_000]).share == 0


@given(st.lists(st.floats(61, 2_958_465, allow_nan=False), max_size=20))
def test_excel_serial_numbers_agree_with_openpyxl(serials: list[float]) -> None:
    found = excel_serial_to_datetime(np.array(serials, dtype=float))
    wanted = np.array([from_excel(serial) for serial in serials], dtype="M8[us]")
    assert (np.abs(found - wanted) <= np.timedelta64(1, "ms")).all()


def test_excel_serial_numbers_out_of_range_are_no_dates() -> None:
    found = excel_serial_to_datetime(np.array([1, 59, 60, 61, 0.5, -1, 3e6, np.nan, np.inf]))
    assert found.astype("M8[D]").astype(str).tolist() == ["1900-01-01", "1900-02-28", "NaT", "1900-03-01"] + ["NaT"] * 5
