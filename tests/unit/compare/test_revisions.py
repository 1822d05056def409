"""Two reads of one source: what of the past was changed, removed or filled in later; growth is no difference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mlqa_widgets as mq
from mlqa_widgets import InputError


@pytest.fixture
def air() -> pd.DataFrame:
    """Forty days of three stations, hour by hour."""
    at = pd.date_range("2024-03-01", periods=24 * 40, freq="h")
    frame = pd.DataFrame([(t, s) for t in at for s in ("A", "B", "C")], columns=["at", "station"])
    rng = np.random.default_rng(0)
    return frame.assign(no2=rng.gamma(3, 8, len(frame)).round(1), o3=rng.normal(40, 9, len(frame)).round(1))


_END = pd.Timestamp("2024-04-05")


def _told(comparison: mq.Comparison) -> list[str]:
    """Each difference is held to its word: it has as many rows as it counts."""
    for i, line in comparison.findings.iterrows():
        if line["rows"]:
            assert len(comparison.rows(int(str(i)))) == line["rows"], line["message"]
    return comparison.findings["message"].tolist()


def test_growth_is_no_difference(air: pd.DataFrame) -> None:
    comparison = mq.compare(air[air["at"] < _END], air, revisions=True)
    assert comparison.on == ("at", "station")
    assert _told(comparison) == []
    found = comparison.revisions
    assert (found.rows, found.grown, found.newest) == (2520, 360, pd.Timestamp("2024-04-04 23:00"))
    assert found.says == (
        "Of 2,520 rows up to 2024-04-04 23:00, none was changed, removed or filled in later; 360 new rows after it."
    )
    assert found.frame.empty


def test_values_changed_in_the_past_are_told_by_column_period_and_pattern(air: pd.DataFrame) -> None:
    later = air.copy()
    days = later["at"].between("2024-03-20", "2024-03-21 23:00")
    later.loc[days, "no2"] = (later.loc[days, "no2"] * 1.88).round(2)
    comparison = mq.compare(air[air["at"] < _END], later, revisions=True)
    (message,) = _told(comparison)
    assert message == (
        "no2 was changed in 144 rows of 2,520 that were there before (5.7 %), of 2024-03-20 to 2024-03-21 23:00: "
        "later = 1.88 × earlier."
    )
    assert comparison.findings.loc[0, ["check", "severity"]].tolist() == ["revised_past", "error"]
    found = comparison.revisions
    assert found.grain == "day"
    assert found.frame.to_dict("list") == {
        "period": [pd.Timestamp("2024-03-20"), pd.Timestamp("2024-03-21")],
        "change": ["changed", "changed"],
        "column": ["no2", "no2"],
        "rows": [72, 72],
        "of": [72, 72],
        "share": [1.0, 1.0],
    }
    by_day = comparison.difference(0).evidence[0]
    assert [bar.label for bar in by_day.bars] == ["2024-03-20", "2024-03-21"]
    one_day = comparison.positions(0, among=by_day.bars[1].predicate)
    assert len(one_day[0]) == 72


def test_rows_that_are_gone_and_rows_that_came_late_are_told_apart_from_growth(air: pd.DataFrame) -> None:
    early = air[(air["at"] < _END) & ~((air["station"] == "B") & air["at"].between("2024-04-01", "2024-04-04 23:00"))]
    later = air.drop(index=air.index[[30, 31]])
    comparison = mq.compare(early, later, revisions=True)
    found = comparison.revisions
    assert (found.changed, found.removed, found.back_filled, found.grown) == (0, 2, 95, 361)
    assert (found.lag, found.longest_lag) == (pd.Timedelta("48 hours"), pd.Timedelta("95 hours"))
    messages = _told(comparison)
    assert messages[1].endswith("(< 0.1 %) are no longer there, of 2024-03-01 10:00.")
    assert messages[0] == (
        "95 rows from before the newest of the earlier read (2024-04-04 23:00) came in later: at least 2 days late at "
        "the median, 4 days the latest."
    )
    lags = comparison.difference(0).evidence[0]
    assert [(bar.label, bar.rows) for bar in lags.bars] == [
        ("up to an hour", 1),
        ("up to a day", 23),
        ("up to a week", 71),
    ]


def test_cells_emptied_and_cells_filled_in_later_are_told(air: pd.DataFrame) -> None:
    early = air[air["at"] < _END].copy()
    early.loc[early.index[-60:], "o3"] = np.nan
    later = air.copy()
    later.loc[later.index[:9], "no2"] = np.nan
    messages = _told(mq.compare(early, later, revisions=True))
    assert messages[0].startswith("o3 was filled in later in 60 rows of 2,520")
    assert messages[1].startswith("no2 was emptied in 9 rows of 2,520")


def test_what_changes_at_the_newest_time_alone_is_worth_knowing_only(air: pd.DataFrame) -> None:
    early = air[air["at"] < _END].copy()
    early.loc[early["at"] == early["at"].max(), "no2"] += 1.0
    comparison = mq.compare(early, air, revisions=True)
    assert "all of the newest time, which may not have been complete" in _told(comparison)[0]
    assert comparison.findings["severity"].tolist() == ["info"]


def test_a_window_that_moves_on_removes_nothing(air: pd.DataFrame) -> None:
    later = air[air["at"] >= pd.Timestamp("2024-03-10")]
    comparison = mq.compare(air[air["at"] < _END], later, revisions=True)
    found = comparison.revisions
    assert (found.removed, found.left_behind, found.rows) == (0, 648, 1872)
    assert comparison.findings["severity"].tolist() == ["info"]
    assert "a window that moves on" in _told(comparison)[0]
    reached = mq.compare(later, air, revisions=True).revisions
    assert (reached.reached_back, reached.back_filled) == (648, 0)


def test_records_written_again_are_told(air: pd.DataFrame) -> None:
    comparison = mq.compare(air, pd.concat([air, air.iloc[:4]]), ["at", "station"], revisions=True)
    assert comparison.revisions.copies == (4, 0)
    assert _told(comparison)[0] == "4 rows more of keys that both reads have: records were written again."


def test_without_a_clock_new_rows_may_be_of_any_time() -> None:
    rng = np.random.default_rng(0)
    early = pd.DataFrame({"code": [f"K{i:04}" for i in range(300)], "price": rng.gamma(2, 9, 300).round(2)})
    later = pd.concat([early.iloc[2:], pd.DataFrame({"code": ["N1", "N2"], "price": [1.0, 2.0]})])
    found = mq.compare(early, later, "code", revisions=True).revisions
    assert (found.newest, found.removed, found.grown, found.back_filled) == (None, 2, 2, 0)
    assert found.says.endswith("2 removed; 2 new rows, which may be of any time.")


def test_rows_without_a_key_are_not_followed_and_said_so(air: pd.DataFrame) -> None:
    frame = air.assign(station=air["station"].mask(air.index < 5))
    found = mq.compare(frame, frame, ["at", "station"], revisions=True).revisions
    assert found.keyless == (5, 5)
    assert found.says.endswith("5 and 5 rows without a key, not followed.")


def test_keys_that_repeat_in_both_are_said_not_to_be_compared(air: pd.DataFrame) -> None:
    frame = pd.concat([air, air.iloc[:4]])
    found = mq.compare(frame, frame.assign(no2=0.0), ["at", "station"], revisions=True).revisions
    assert (found.repeated, found.changed) == (4, 2876)
    assert found.says.endswith("; 4 keys that stand several times in both, not compared.")


def test_a_column_that_names_no_record_is_not_taken_for_the_key() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"station": ["A", "B", "C"] * 100, "no2": rng.choice([1.5, 2.5, 3.5, 4.5], 300)})
    comparison = mq.compare(frame, frame.assign(no2=frame["no2"] + 1), revisions=True)
    assert comparison.on == ()
    with pytest.raises(InputError, match="on: no key was found"):
        _ = comparison.revisions


def test_a_column_that_came_or_went_is_told(air: pd.DataFrame) -> None:
    checks = mq.compare(air, air.drop(columns="o3"), revisions=True).findings["check"].tolist()
    assert checks == ["schema_differences"]


def test_the_summary_and_the_text_say_it_all(air: pd.DataFrame) -> None:
    comparison = mq.compare(air[air["at"] < _END], air, revisions=True)
    assert "by at and station: Of 2,520 rows up to 2024-04-04 23:00, none was changed" in repr(comparison)


def test_revisions_must_be_asked_for(air: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="revisions: say that the two are reads of one source"):
        _ = mq.compare(air, air).revisions
    with pytest.raises(InputError, match="revisions: pass two reads of one source"):
        mq.compare([air, air], revisions=True)  # type: ignore[call-overload]


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pd.DataFrame({"a": [None, None]}), pd.DataFrame()])
def test_empty_reads_pass_through(frame: pd.DataFrame, air: pd.DataFrame) -> None:
    for left, right in ((frame, air), (air, frame), (frame, frame.copy())):
        assert mq.compare(left, right, revisions=True).findings is not None


_ROW = st.tuples(st.integers(0, 11), st.integers(0, 2), st.one_of(st.none(), st.integers(0, 3)))


@given(
    st.lists(_ROW, min_size=1, max_size=25, unique_by=lambda row: row[:2]),
    st.lists(_ROW, min_size=1, max_size=25, unique_by=lambda row: row[:2]),
)
@settings(max_examples=25)
def test_the_figures_are_those_of_counting_by_hand(
    early: list[tuple[int, int, int | None]], later: list[tuple[int, int, int | None]]
) -> None:
    start = pd.Timestamp("2024-01-01")

    def frame(rows: list[tuple[int, int, int | None]]) -> pd.DataFrame:
        made = pd.DataFrame(rows, columns=["day", "place", "value"]).astype({"value": "Int64"})
        return made.assign(day=start + pd.to_timedelta(made["day"], unit="D"), place="P" + made["place"].astype(str))

    found = mq.compare(frame(early), frame(later), ["day", "place"], time="day", revisions=True).revisions
    old, new = ({row[:2]: row[2] for row in rows} for rows in (early, later))
    newest, oldest, begins = max(day for day, _ in old), min(day for day, _ in old), min(day for day, _ in new)
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    assert found.changed == sum(old[key] != new[key] for key in old.keys() & new.keys())
    assert found.removed == sum(day >= begins for day, _ in gone)
    assert found.left_behind == sum(day < begins for day, _ in gone)
    assert found.back_filled == sum(oldest <= day < newest for day, _ in come)
    assert found.reached_back == sum(day < oldest for day, _ in come)
    assert found.grown == sum(day >= newest for day, _ in come)
    assert found.rows == len(old) - found.left_behind
    assert found.frame.groupby("change")["rows"].sum().get("back-filled", 0) == found.back_filled
    assert found.frame.groupby("change")["rows"].sum().get("changed", 0) == found.changed


def test_it_is_the_same_of_files(air: pd.DataFrame, tmp_path: Path) -> None:
    later = air.copy()
    later.loc[40, "no2"] = 500.0
    air[air["at"] < _END].to_csv(tmp_path / "early.csv", index=False)
    later.to_parquet(tmp_path / "later.parquet")
    found = mq.compare(tmp_path / "early.csv", tmp_path / "later.parquet", ["at", "station"], revisions=True).revisions
    assert (found.changed, found.grown) == (1, 360)


def test_more_columns_than_one_statement_takes_are_followed(air: pd.DataFrame) -> None:
    more = pd.DataFrame(np.arange(130)[None, :].repeat(60, axis=0), columns=[f"x{i}" for i in range(130)])
    many = pd.concat([air.head(60), more], axis=1)
    later = many.assign(x3=9, x120=many["x120"].where(many.index > 1, 7))
    found = mq.compare(many, later, ["at", "station"], revisions=True).revisions
    assert found.changed == 60
