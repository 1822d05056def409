"""broken_dependencies: a column that decides another in nearly all rows, and the cells that depart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa_widgets.checks.columns import _dependencies, dependencies
from mlqa_widgets.checks.columns._dependencies import DRAWN, find_dependencies, judge
from mlqa_widgets.evidence import Bars, Groups
from mlqa_widgets.findings import Finding, Severity
from mlqa_widgets.fixes.apply import apply_fix
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.conftest import profile_of

Find = Callable[..., list[Finding]]

TOWNS = np.array(["Aarau", "Baden", "Chur", "Davos", "Emmen", "Flums", "Gossau", "Horgen"])


def shops(rows: int = 600, seed: int = 3) -> pd.DataFrame:
    """Make shops of 24 postcodes in eight towns."""
    draw = np.random.default_rng(seed)
    place = draw.integers(0, 24, rows)
    return pd.DataFrame(
        {
            "zip": [f"{5000 + 7 * p}" for p in place],
            "town": TOWNS[place % 8],
            "staff": draw.integers(1, 40, rows),
            "opened": draw.integers(1950, 2020, rows),
        }
    )


def wrong(frame: pd.DataFrame, column: str, rows: list[int]) -> pd.DataFrame:
    """Put another value of the column in some rows."""
    broken = frame.copy()
    values = sorted(frame[column].unique())
    for row in rows:
        broken.loc[row, column] = values[(values.index(frame[column][row]) + 3) % len(values)]
    return broken


def flagged(finding: Finding, frame: pd.DataFrame) -> dict[str, list[int]]:
    """Return the rows said to be wrong, per column."""
    table = from_pandas(frame)
    return {table.columns[i].name: table.positions(where).tolist() for i, where in finding.wrong_cells}


ROWS = [4, 77, 300, 301, 599]


def test_names_the_cells_that_depart_and_what_stands_everywhere_else(findings_of: Find) -> None:
    frame = wrong(shops(), "town", ROWS)
    (finding,) = findings_of("broken_dependencies", frame)
    assert finding.severity is Severity.WARNING
    assert flagged(finding, frame) == {"town": ROWS}
    assert finding.columns == (1, 0)
    assert finding.message.startswith("town contradicts zip in 5 rows (0.8 %)")
    groups, deciding = finding.evidence
    assert isinstance(groups, Groups)
    assert isinstance(deciding, Bars)
    assert all(group[0].rows > 3 and not group[0].flagged and group[1].flagged for group in groups.groups)
    assert [bar.label for bar in deciding.bars] == ["zip"]


def test_fix_writes_the_usual_value_and_nothing_else(findings_of: Find) -> None:
    right = shops().set_axis(["a", "b", "a", "d"], axis=1).set_axis([f"r{i % 200}" for i in range(600)])
    broken = wrong(shops(), "town", ROWS).set_axis(right.columns, axis=1).set_axis(right.index)
    (finding,) = findings_of("broken_dependencies", broken)
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(broken)), right)


@pytest.mark.parametrize("dtype", ["category", "object", "Int64", "int64", "float64"])
def test_fix_keeps_the_type_of_the_column(findings_of: Find, dtype: str) -> None:
    right, broken = shops(), wrong(shops(), "town", ROWS)
    if "64" in dtype:
        number = {town: i for i, town in enumerate(TOWNS)}
        right, broken = (frame.assign(town=frame["town"].map(number)) for frame in (right, broken))
    right, broken = right.astype({"town": dtype}), broken.astype({"town": dtype})
    (finding,) = findings_of("broken_dependencies", broken)
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(broken)), right)


def test_a_date_may_decide(findings_of: Find) -> None:
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.random.default_rng(0).integers(0, 40, 600), unit="D")
    right = pd.DataFrame({"day": days, "name": days.day_name()})
    broken = wrong(right, "name", ROWS)
    (finding,) = findings_of("broken_dependencies", broken)
    assert flagged(finding, broken) == {"name": ROWS}
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(broken)), right)


def test_two_columns_may_decide_together(findings_of: Find) -> None:
    draw = np.random.default_rng(2)
    shop, item = draw.integers(0, 9, 900), draw.integers(0, 9, 900)
    frame = pd.DataFrame({"shop": "S" + pd.Series(shop).astype(str), "item": "I" + pd.Series(item).astype(str)})
    frame["price"] = 10 + shop * 2 + item * item
    broken = wrong(frame, "price", ROWS)
    (finding,) = findings_of("broken_dependencies", broken)
    assert "contradicts shop and item" in finding.message
    assert flagged(finding, broken) == {"price": ROWS}
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(broken)), frame)


def test_the_wrong_side_is_named_where_other_columns_tell(findings_of: Find) -> None:
    right = shops()
    right["area"] = right["zip"].map({z: f"area {i}" for i, z in enumerate(sorted(right["zip"].unique()))})
    right["phone code"] = right["area"].str.replace("area ", "0")
    broken = wrong(right, "zip", ROWS)
    (finding,) = findings_of("broken_dependencies", broken)
    assert flagged(finding, broken) == {"zip": ROWS}
    pd.testing.assert_frame_equal(apply_fix(finding.fixes[0], from_pandas(broken)), right)


def test_two_columns_that_name_each_other_accuse_a_cell_once(findings_of: Find) -> None:
    right = shops()
    right = pd.DataFrame({"code": right["zip"], "label": "place " + right["zip"]})
    found = findings_of("broken_dependencies", wrong(right, "label", ROWS))
    assert sum(finding.rows for finding in found) == len(ROWS)


def test_rows_without_a_value_break_nothing(findings_of: Find) -> None:
    frame = shops()
    frame.loc[ROWS, "town"] = None
    frame.loc[[8, 9], "zip"] = "N/A"
    assert findings_of("broken_dependencies", frame) == []


def test_stays_silent_on_what_holds_by_chance(findings_of: Find) -> None:
    draw = np.random.default_rng(7)
    chance = pd.DataFrame(
        {
            "ticket": draw.integers(0, 280, 600).astype(str),
            "seat": draw.integers(0, 200, 600).astype(str),
            "rare": np.where(np.arange(600) < 12, "yes", "no"),
            "colour": draw.choice(list("rgb"), 600),
        }
    )
    assert findings_of("broken_dependencies", chance) == []


def test_stays_silent_on_left_values_with_two_truths(findings_of: Find) -> None:
    frame = shops()
    twice = frame["zip"] == frame["zip"][0]
    frame.loc[twice & (np.arange(600) % 3 == 0), "town"] = "Zug"
    assert findings_of("broken_dependencies", frame) == []


def test_stays_silent_on_exceptions_that_another_column_explains(findings_of: Find) -> None:
    day = np.arange(700)
    frame = pd.DataFrame({"weekday": np.array(list("abcdefg"))[day % 7], "holiday": (day % 97 == 40).astype(int)})
    frame["open"] = np.where((day % 7 > 4) | (frame["holiday"] == 1), "no", "yes")
    assert findings_of("broken_dependencies", frame) == []


def test_stays_silent_on_another_country_with_values_of_its_own(findings_of: Find) -> None:
    frame = shops().assign(country="CH")
    frame.loc[[3, 90, 200, 410, 555], "country"] = "LI"
    frame.loc[[3, 90, 200, 410, 555], "town"] = ["Balzers", "Eschen", "Ruggell", "Schaan", "Vaduz"]
    assert findings_of("broken_dependencies", frame) == []


def test_spelling_is_told_by_another_check(findings_of: Find) -> None:
    frame = shops()
    frame.loc[4, "town"] = frame["town"][4].upper()
    assert findings_of("broken_dependencies", frame) == []


@pytest.mark.parametrize("rows", [0, 1, 10])
def test_small_tables_pass(findings_of: Find, rows: int) -> None:
    assert findings_of("broken_dependencies", shops().head(rows)) == []
    assert findings_of("broken_dependencies", pd.DataFrame({"a": [None] * rows, "b": [[1]] * rows})) == []


def test_a_large_table_is_compared_by_a_draw_and_judged_by_all_rows(findings_of: Find) -> None:
    rows = [0, 1, 45_000, 119_999]
    frame = wrong(shops(6 * DRAWN), "town", rows)
    (finding,) = findings_of("broken_dependencies", frame)
    assert flagged(finding, frame) == {"town": rows}


def test_what_the_bounds_leave_out_is_said(findings_of: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_dependencies, "MOST_COLUMNS", 3)
    frame = wrong(shops(), "town", ROWS).assign(more=shops(600, 9)["zip"], yet=shops(600, 11)["zip"])
    (finding,) = findings_of("broken_dependencies", frame)
    assert finding.why.endswith("Only 3 columns were compared.")


def test_strength_is_the_share_beyond_a_shuffled_right_side() -> None:
    frame = wrong(shops(), "town", ROWS)
    (dependency,) = find_dependencies(profile_of(frame)).dependencies
    counts = frame.value_counts(["zip", "town"])
    agree = (counts**2 / counts.groupby("zip").transform("sum")).sum() / 600
    draw = np.random.default_rng(0)
    shuffled = []
    for _ in range(200):
        other = frame.assign(town=draw.permutation(frame["town"])).value_counts(["zip", "town"])
        shuffled.append((other**2 / other.groupby("zip").transform("sum")).sum() / 600)
    assert dependency.strength == pytest.approx(1 - (1 - agree) / (1 - np.mean(shuffled)), abs=0.002)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), max_size=40))
def test_every_row_is_judged_by_the_rows_of_its_left_value(pairs: list[tuple[int, int]]) -> None:
    x, y = (np.array([pair[i] for pair in pairs], dtype=np.int64) for i in (0, 1))
    judged = judge(x, y)
    for row in range(len(pairs)):
        group = y[(x == x[row]) & (y >= 0)] if x[row] >= 0 and y[row] >= 0 else np.empty(0, dtype=int)
        times = np.bincount(group, minlength=5)
        most, own = times.max(), times[y[row]] if len(group) else 0
        departs = most >= 3 and len(group) - most <= len(group) / 4 and own < most and own <= max(1, most / 10)
        assert judged.departs[row] == departs
        assert judged.holds[row] == (len(group) > 1 and own == most and own > len(group) / 2)
        assert not (judged.departs[row] and judged.split[row])
        if departs:
            assert times[y[judged.usual[row]]] == most
            assert x[judged.usual[row]] == x[row]


def test_the_largest_findings_are_kept(findings_of: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "_MOST_FINDINGS", 1)
    frame = shops().assign(region=lambda f: "region of " + f["zip"])
    broken = wrong(wrong(frame, "town", ROWS), "region", [10, 11])
    (finding,) = findings_of("broken_dependencies", broken)
    assert finding.rows == len(ROWS)
