"""mixed_date_formats: several ways of writing, both orders in one column, and what settles the rows in doubt."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.evidence import Bars, Examples, Strip
from mlqa_widgets.findings import Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.profile import value_counts
from mlqa_widgets.tables.frames import from_pandas

from .dated import days, early_days, findings_of_file, labels, rows_of, written

CHECK = "mixed_date_formats"


def test_three_formats_are_told_with_their_shares_and_rows(findings_of):
    dates = days(300)
    seen = written(dates, "%Y/%m/%d", "%Y/%m/%d", "%Y/%m/%d", "%d.%m.%y", "%b %d, %Y")
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith("seen writes dates in 3 ways: YYYY/MM/DD (60 %), ")
    assert "DD.MM.YY (20 %)" in finding.message
    assert "Mon DD, YYYY (20 %)" in finding.message
    assert rows_of(finding, pd.DataFrame({"seen": seen})) == [i for i in range(300) if i % 5 > 2]


def test_its_evidence_counts_each_way_with_an_example_and_says_where(findings_of):
    frame = pd.DataFrame({"seen": written(days(200), "%Y-%m-%d", "%d %b %Y")})
    (finding,) = findings_of(CHECK, frame)
    bars, strip, *_ = finding.evidence
    assert isinstance(bars, Bars)
    assert {bar.label: bar.rows for bar in bars.bars} == {"YYYY-MM-DD": 100, "DD Mon YYYY": 100}
    assert [bar.flagged for bar in bars.bars] == [False, True]
    assert all(bar.note.startswith("such as '") and bar.predicate is not None for bar in bars.bars)
    assert isinstance(strip, Strip)
    assert strip.lanes == tuple(labels(bars.bars))


FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%b %d, %Y", "%d-%b-%y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S"]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(FORMATS), min_size=2, max_size=4, unique=True),
    st.lists(st.dates(dt.date(1972, 1, 1), dt.date(2024, 12, 31)), min_size=12, max_size=40, unique=True),
)
def test_the_fix_reads_every_value_as_it_was_meant(formats, written_days):
    decisive = [dt.date(2001, 1, 25 + place) for place in range(len(formats))]
    dates = pd.Series([*decisive, *written_days]).astype("datetime64[us]")
    frame = pd.DataFrame({"seen": written(dates, *formats)})
    for finding in findings_of_file(CHECK, frame):
        repaired = apply_fix(finding.fixes[0], from_pandas(frame))["seen"]
        assert repaired.tolist() == dates.tolist()


@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_the_fix_works_on_any_frame(findings_of, dtype):
    dates = days(60)
    frame = pd.DataFrame({"seen": written(dates, "%Y-%m-%d", "%d.%m.%Y").astype(dtype)})
    frame["other"] = range(60)
    frame.columns = pd.Index(["seen", "seen"])
    frame.index = pd.Index([7] * 60)
    finding = findings_of(CHECK, frame)[0]
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired.iloc[:, 0].tolist() == dates.tolist()
    assert repaired.index.tolist() == frame.index.tolist()
    namespace = {"df": frame.copy(), "pd": pd, "np": np}
    exec(finding.fixes[0].code, namespace)  # noqa: S102 - as the user pastes it, on labels that repeat
    assert namespace["df"].iloc[:, 0].tolist() == dates.tolist()


# ---------------------------------------------------------------------- both orders


def both_orders(rows: int = 400) -> tuple[pd.Series, pd.Series]:
    dates = days(rows)
    return dates, pd.Series(np.where(np.arange(rows) % 4 == 0, written(dates, "%m/%d/%Y"), written(dates, "%d/%m/%Y")))


def test_two_orders_are_counted_and_the_undecidable_with_them(findings_of):
    dates, seen = both_orders()
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    late = dates.dt.day > 12
    month_first = np.arange(len(dates)) % 4 == 0
    either = (~late & (dates.dt.day != dates.dt.month)).sum()
    assert finding.message == (
        f"seen mixes day-first ({(late & ~month_first).sum()} rows) and month-first dates "
        f"({(late & month_first).sum()}); {either} rows can be read both ways."
    )
    assert finding.rows == (late & month_first).sum() + either
    assert any(isinstance(each, Examples) and each.title == "One text, two days" for each in finding.evidence)


def test_the_first_fix_leaves_the_undecidable_missing_and_declares_it(findings_of):
    dates, seen = both_orders()
    frame = pd.DataFrame({"seen": seen})
    (finding,) = findings_of(CHECK, frame)
    missing, as_usual, other_way = (apply_fix(fix, from_pandas(frame))["seen"] for fix in finding.fixes)
    either = (dates.dt.day <= 12) & (dates.dt.day != dates.dt.month)
    assert missing.isna().tolist() == either.tolist()
    assert (missing[~either] == dates[~either]).all()
    by_day = np.arange(len(dates)) % 4 > 0
    assert (as_usual[by_day] == dates[by_day]).all()
    assert (other_way[~by_day] == dates[~by_day]).all()


def test_a_column_that_decides_who_writes_how_settles_every_row(findings_of):
    dates, seen = both_orders()
    office = np.where(np.arange(len(dates)) % 4 == 0, "Boston", np.where(np.arange(len(dates)) % 2, "Lyon", "Berlin"))
    frame = pd.DataFrame({"seen": seen, "office": office})
    (finding,) = findings_of(CHECK, frame)
    assert finding.message.endswith("month first where it is 'Boston'.")
    assert apply_fix(finding.fixes[0], from_pandas(frame))["seen"].tolist() == dates.tolist()


def test_a_column_that_decides_nothing_settles_nothing(findings_of):
    _, seen = both_orders()
    frame = pd.DataFrame({"seen": seen, "office": np.random.default_rng(1).choice(["a", "b", "c"], len(seen))})
    (finding,) = findings_of(CHECK, frame)
    assert [fix.title for fix in finding.fixes if "office" in fix.title] == []


@pytest.mark.parametrize("as_text", [False, True])
def test_another_date_of_the_row_settles_the_undecidable(findings_of, as_text):
    dates, seen = both_orders()
    filed = dates + pd.to_timedelta(np.arange(len(dates)) % 9, unit="D")
    frame = pd.DataFrame({"seen": seen, "filed": written(filed, "%Y-%m-%d") if as_text else filed})
    (finding,) = findings_of(CHECK, frame)
    assert "filed settles" in finding.message
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))["seen"]
    known = repaired.notna()
    assert (repaired[known] == dates[known]).all()
    assert known.mean() > 0.95


def test_one_slip_among_many_is_a_warning_with_its_row(findings_of):
    seen = written(days(200), "%d/%m/%Y")
    seen[17] = "03/25/2020"
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert (finding.severity, finding.rows) == (Severity.WARNING, 1)
    assert "'03/25/2020'" in finding.message


def test_rows_are_counted_exactly_where_only_a_part_of_the_values_is_kept(findings_of, monkeypatch):
    monkeypatch.setattr(value_counts, "COMPLETE_LIMIT", 500)
    dates = days(4000, span=2000) + pd.to_timedelta(np.arange(4000), unit="s")
    month_first = np.arange(4000) % 4 == 0
    text = [written(dates, layout) for layout in ("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")]
    (orders,) = findings_of(CHECK, pd.DataFrame({"seen": np.where(month_first, text[0], text[1])}))
    either = (dates.dt.day <= 12) & (dates.dt.day != dates.dt.month)
    assert orders.rows == (either | (month_first & (dates.dt.day > 12))).sum()
    (formats,) = findings_of(CHECK, pd.DataFrame({"seen": np.where(month_first, text[2], text[1])}))
    assert formats.rows == month_first.sum()


# ---------------------------------------------------------------------- cells with types of their own


def a_workbook_column() -> pd.DataFrame:
    dates = days(200, first="1995-01-01")
    cells: list[object] = [date.to_pydatetime() for date in dates]
    for i in range(0, 200, 10):
        cells[i] = dates[i].strftime("%d.%m.%Y")
        cells[i + 1] = dates[i].strftime("%m/%d/%Y")
        cells[i + 2] = (dates[i] - pd.Timestamp("1899-12-30")).days
        cells[i + 3] = dates[i].to_pydatetime() + dt.timedelta(hours=9, minutes=5)
    cells[4], cells[14], cells[24] = dates[4].year, dates[14].year, None
    return pd.DataFrame({"seen on": pd.Series(cells, dtype=object), "checked on": dates})


def test_the_kinds_of_cells_of_a_workbook_are_told_apart(findings_of):
    frame = a_workbook_column()
    (finding,) = findings_of(CHECK, frame)
    bars = finding.evidence[0]
    assert isinstance(bars, Bars)
    assert {bar.label: bar.rows for bar in bars.bars} == {
        "true date": 117,
        "text DD.MM.YYYY": 20,
        "text MM/DD/YYYY": 20,
        "day count of a spreadsheet": 20,
        "true date with a time": 20,
        "year alone": 2,
    }
    assert finding.rows == 82
    assert finding.columns == (0,)


def test_the_fix_converts_day_counts_and_leaves_years_missing(findings_of):
    frame = a_workbook_column()
    (finding,) = findings_of(CHECK, frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    expected = frame["checked on"].tolist()
    for i in range(0, 200, 10):
        expected[i + 1] = expected[i + 2] = expected[i]
        expected[i + 3] = expected[i] + pd.Timedelta(hours=9, minutes=5)
    expected[4] = expected[14] = expected[24] = pd.NaT
    assert repaired["seen on"].isna().tolist() == [pd.isna(each) for each in expected]
    assert repaired["seen on"].dropna().tolist() == [each for each in expected if not pd.isna(each)]


def test_numbers_in_a_text_column_of_dates_are_day_counts_when_they_fall_among_them(findings_of):
    dates = days(100)
    seen = written(dates, "%Y-%m-%d")
    seen[3], seen[4], seen[5] = "43800", "43900", "12"
    (finding,) = findings_of(CHECK, pd.DataFrame({"seen": seen}))
    assert rows_of(finding, pd.DataFrame({"seen": seen})) == [3, 4]


# ---------------------------------------------------------------------- silence


@pytest.mark.parametrize(
    "layout", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%y", "%d %B %Y", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%b %Y", "%d-%b-%y"]
)
def test_silent_on_one_format_throughout(findings_of, layout):
    assert findings_of(CHECK, pd.DataFrame({"seen": written(days(100), layout)})) == []
    assert findings_of(CHECK, pd.DataFrame({"seen": written(early_days(100), layout)})) == []


def test_padding_is_no_other_format(findings_of):
    seen = pd.Series([f"{date.day}/{date.month}/{date.year}" for date in days(100)], dtype="str")
    assert findings_of(CHECK, pd.DataFrame({"seen": seen})) == []


def test_silent_on_true_dates_and_on_what_is_no_date(findings_of):
    mixed = pd.Series([*days(20), "n/a", None], dtype=object)
    codes = pd.Series(["A-12", "B-13", "2012", "12/13"] * 20)
    frame = pd.DataFrame({"dates": days(88), "codes": [*codes, *["x"] * 8], "numbers": range(88)})
    assert findings_of(CHECK, frame) == []
    assert findings_of(CHECK, pd.DataFrame({"dates": mixed})) == []


@pytest.mark.parametrize(
    ("layouts", "shown"),
    [
        (("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"), "YYYY-MM-DD"),
        (("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.%f"), "YYYY-MM-DDThh:mm:ss.fff"),
        (("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"), "YYYY-MM-DDThh:mm:ssZ"),
    ],
)
def test_iso_with_and_without_a_part_is_an_info(findings_of, layouts, shown):
    frame = pd.DataFrame({"seen": written(days(90) + pd.Timedelta(hours=5), *layouts, layouts[0])})
    (finding,) = findings_of(CHECK, frame)
    assert (finding.severity, finding.rows) == (Severity.INFO, 30)
    assert shown in finding.message
    assert apply_fix(finding.fixes[0], from_pandas(frame))["seen"].notna().all()


def test_hostile_text_is_neither_code_nor_a_date(findings_of):
    seen = written(days(50), "%Y-%m-%d", "%d.%m.%Y")
    seen[0] = '"; import os; os.remove("x") #\n<script>'
    frame = pd.DataFrame({'a"b\n': seen})
    (finding,) = findings_of(CHECK, frame)
    repaired = apply_fix(finding.fixes[0], from_pandas(frame))
    assert repaired.iloc[:, 0].isna().sum() == 1
