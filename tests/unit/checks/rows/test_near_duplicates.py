"""near_duplicate_rows: the same record written twice, not quite alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.checks.rows import _near, near_duplicates
from mlqa_widgets.evidence import Bars, Examples
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas

Find = Callable[..., list[Finding]]

FIRST = "Anna Bruno Carla David Elena Fabio Greta Hanna Ivano Julia Karin Laura Maria Nadia Oskar Paolo".split()
LAST = "Ackermann Baumgartner Christen Dubois Eberhard Favre Gerber Hofstetter Imhof Jaquet Keller Lehmann".split()
STREETS = "Ahornweg Birkenstrasse Chemin des Cèdres|Dorfplatz|Eichenallee|Feldweg|Gartenstrasse|Haldenweg".split("|")


@pytest.fixture
def people() -> pd.DataFrame:
    """Make 400 people."""
    draw = np.random.default_rng(12)
    first, last = draw.choice(FIRST, 400), draw.choice(LAST, 400)
    syllables = ["".join(draw.choice(list("bdfgklmnprst"), 3)) for _ in range(400)]
    return pd.DataFrame(
        {
            "name": [f"{a} {b}{c}" for a, b, c in zip(first, last, syllables, strict=True)],
            "address": [f"{draw.choice(STREETS)} {n}" for n in draw.integers(1, 300, 400)],
            "town": draw.choice(["Aarau", "Baden", "Chur", "Davos"], 400),
            "born": pd.Timestamp("1940-01-01") + pd.to_timedelta(draw.integers(0, 25_000, 400), unit="D"),
            "weight": draw.normal(75, 12, 400).round(1),
        }
    )


def with_copies(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[int]]:
    """Write three of the people again: with a slip, in capitals, with a missing cell and a slip."""
    again = frame.iloc[[5, 60, 200]].copy()
    name = frame["name"][5]
    again.iloc[0, 0] = name[:4] + name[5:]
    again.iloc[1, 1] = frame["address"][60].upper()
    again.iloc[2, 1] = None
    again.iloc[2, 0] = frame["name"][200] + "s"
    return pd.concat([frame, again], ignore_index=True), [5, 60, 200, 400, 401, 402]


def test_finds_both_rows_of_each_record(findings_of: Find, people: pd.DataFrame) -> None:
    frame, rows = with_copies(people)
    (finding,) = findings_of("near_duplicate_rows", frame)
    assert finding.severity is Severity.WARNING
    assert finding.columns == (0, 1)
    assert finding.wrong_cells == ()
    assert from_pandas(frame).positions(finding.predicate).tolist() == rows
    assert finding.message == (
        "6 rows (1.5 %) look like 3 records written more than once with small differences, "
        "most of them in name and address."
    )
    beside, columns = finding.evidence
    assert isinstance(beside, Examples)
    assert isinstance(columns, Bars)
    assert beside.lines[0][0] == "name"
    assert [(bar.label, bar.rows) for bar in columns.bars] == [("name", 4), ("address", 4)]


def test_fixes_number_the_records_or_keep_the_first(findings_of: Find, people: pd.DataFrame) -> None:
    frame, rows = with_copies(people)
    frame = frame.set_axis(["a", "a", "b", "c", "d"], axis=1).set_index(pd.Index(np.arange(403) % 50))
    (finding,) = findings_of("near_duplicate_rows", frame)
    numbered, kept = (apply_fix(fix, from_pandas(frame)) for fix in finding.fixes)
    assert numbered["same_record"].dropna().tolist() == [1, 2, 3, 1, 2, 3]
    assert np.flatnonzero(numbered["same_record"].notna()).tolist() == rows
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), people.set_axis(["a", "a", "b", "c", "d"], axis=1))


def test_a_copy_under_another_number_is_one(findings_of: Find, people: pd.DataFrame) -> None:
    frame = pd.concat([people, people.iloc[[7]]], ignore_index=True)
    assert findings_of("near_duplicate_rows", frame) == []
    numbered = frame.assign(person_id=[f"P-{i:06d}" for i in range(401)])
    (finding,) = findings_of("near_duplicate_rows", numbered)
    assert from_pandas(numbered).positions(finding.predicate).tolist() == [7, 400]
    assert "in what numbers them alone" in finding.message


def test_stays_silent_on_close_numbers_and_on_events(findings_of: Find) -> None:
    draw = np.random.default_rng(0)
    numbers = pd.DataFrame(draw.normal(0, 1, (500, 6)).round(2), columns=list("abcdef"))
    close = pd.concat([numbers, numbers + 0.01], ignore_index=True)
    assert findings_of("near_duplicate_rows", close) == []
    assert findings_of("near_duplicate_rows", close.assign(sort=draw.choice(["x", "y"], 1000))) == []


def test_stays_silent_on_different_things_of_like_names(findings_of: Find, people: pd.DataFrame) -> None:
    again = people.iloc[:40].copy()
    again["address"] = again["address"].str.replace(r"\d+", lambda m: str(int(m[0]) + 1), regex=True)
    again["born"] += pd.Timedelta(days=900)
    again["name"] = "Otto " + again["name"].str.split().str[1]
    assert findings_of("near_duplicate_rows", pd.concat([people, again], ignore_index=True)) == []


def test_stays_silent_on_one_customer_with_several_orders(findings_of: Find, people: pd.DataFrame) -> None:
    draw = np.random.default_rng(4)
    buyers = people[["name", "address", "town"]].iloc[np.arange(400) % 200].reset_index(drop=True)
    orders = buyers.assign(
        at=pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 500_000, 400), unit="min"),
        amount=draw.gamma(2, 40, 400).round(2),
    )
    orders.loc[300, "name"] += "n"
    assert findings_of("near_duplicate_rows", orders) == []


def test_larger_tables_are_compared_in_part_and_it_is_said(
    findings_of: Find, people: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame, _ = with_copies(people)
    frame = pd.concat([frame.iloc[[5, 400, 60]], frame.drop(index=[5, 400, 60])], ignore_index=True)
    for module in (_near, near_duplicates):
        monkeypatch.setattr(module, "MOST_ROWS", 100)
    (finding,) = findings_of("near_duplicate_rows", frame)
    assert finding.rows == 2
    assert finding.message.endswith(" rows looked at.")
    assert finding.looked_at == 100


def test_odd_tables_pass(findings_of: Find, people: pd.DataFrame) -> None:
    for frame in (people.head(0), people.head(1), people.head(2), people.iloc[:, :2], people.assign(name=None)):
        assert findings_of("near_duplicate_rows", frame) == []
    long = people.assign(text=["x" * 100_000 + str(i) for i in range(400)], cells=pd.Series([[1]] * 400, dtype=object))
    assert findings_of("near_duplicate_rows", long) == []


def test_stays_silent_on_the_same_things_at_another_time(findings_of: Find, people: pd.DataFrame) -> None:
    later = people.assign(weight=people["weight"] + 0.5, town="Erlach")
    years = pd.concat([people.assign(year=1992), later.assign(year=1993)], ignore_index=True)
    assert findings_of("near_duplicate_rows", years, time="year") == []
