"""Clocks: cadence, offset, freshness, and putting both sources on one grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets import InputError


def series(start, periods, freq, seed=0, level=20.0):
    times = pd.date_range(start, periods=periods, freq=freq)
    steps = np.random.default_rng(seed).normal(size=periods).cumsum()
    return pd.DataFrame({"time": times, "reading": (level + steps).round(2)})


def checks_of(comparison):
    return set(comparison.findings["check"]) & {"cadence_mismatch", "time_offset", "freshness_lag"}


def test_other_cadences_are_told_with_their_ratio() -> None:
    comparison = mq.compare(series("2024-01-01", 24 * 20, "h"), series("2024-01-01", 80, "6h"), names=("fine", "rough"))
    found = comparison.findings[comparison.findings["check"] == "cadence_mismatch"].iloc[0]
    assert "fine reports every hour, rough every 6 hours: 6 readings" in found["message"]
    assert comparison.clocks["step"].tolist() == [pd.Timedelta(hours=1), pd.Timedelta(hours=6)]


def test_a_clock_ahead_is_found_by_what_both_measure() -> None:
    left = series("2024-01-01", 600, "h")
    right = left.assign(time=left["time"] + pd.Timedelta(hours=5), reading=left["reading"] + 0.01)
    comparison = mq.compare(left, right, [("time", "time")], names=("ours", "theirs"))
    found = comparison.findings[comparison.findings["check"] == "time_offset"].iloc[0]
    assert "The clock of theirs is 5 hours ahead" in found["message"]


def test_times_of_the_same_thing_apart_by_one_amount_are_an_offset() -> None:
    left = pd.DataFrame({"id": range(100), "sent": pd.date_range("2024-01-01", periods=100, freq="37min")})
    right = left.assign(sent=left["sent"] + pd.Timedelta(hours=2))
    found = mq.compare(left, right, "id").findings
    assert found.loc[0, "check"] == "time_offset"
    assert "the right is 2 hours later in 100 %" in found.loc[0, "message"]
    assert "value_conflicts" not in set(found["check"])


def test_a_source_that_ends_early_is_told_with_how_long() -> None:
    left = series("2024-01-01", 600, "h")
    found = mq.compare(left, left.iloc[:500], names=("full", "short")).findings
    lag = found[found["check"] == "freshness_lag"].iloc[0]
    assert lag["message"].startswith("short ends 2024-01-21 19:00, 4.2 days before full")


def test_one_station_that_ends_early_is_named() -> None:
    left = pd.concat([series("2024-01-01", 300, "h", seed).assign(station=f"s{seed}") for seed in range(4)])
    late = (left["station"] == "s2") & (left["time"] > "2024-01-08")
    found = mq.compare(left, left[~late], ["station", "time"], names=("full", "short")).findings
    lag = found[found["check"] == "freshness_lag"].iloc[0]
    assert "1 of 4 keys are behind in one source: s2 ends 5.5 days earlier in short" in lag["message"]


def test_the_same_clock_is_silent() -> None:
    left = series("2024-01-01", 600, "h")
    assert not checks_of(mq.compare(left, left.sample(frac=1, random_state=0)))
    noisy = left.assign(reading=left["reading"] + np.random.default_rng(1).normal(0, 0.1, 600))
    assert not checks_of(mq.compare(left, noisy, "time"))


def test_other_quantities_show_no_offset() -> None:
    assert "time_offset" not in checks_of(
        mq.compare(series("2024-01-01", 600, "h"), series("2024-01-01", 600, "h", seed=5), "time")
    )


@pytest.mark.parametrize(("fill", "invented"), [("none", 0), ("hold", 50), ("linear", 45)])
def test_alignment_counts_what_it_invents(fill, invented) -> None:
    left, right = series("2024-01-01", 60, "h"), series("2024-01-01", 10, "6h")
    aligned = mq.compare(left, right, "time", names=("fine", "rough")).align("1h", fill)
    account = aligned.account.set_index("source")
    assert len(aligned.frame) == 60
    assert account.loc["rough", ["measured", "averaged", "invented"]].tolist() == [10, 0, invented]
    assert account.loc["fine", "invented"] == 0
    assert ("invented" in aligned.says) == (invented > 0)


def test_alignment_to_the_coarser_grid_averages() -> None:
    left, right = series("2024-01-01", 60, "h"), series("2024-01-01", 10, "6h")
    aligned = mq.compare(left, right, "time", names=("fine", "rough")).align()
    assert aligned.frame[("fine", "reading")].iloc[0] == pytest.approx(left["reading"].iloc[:6].mean())
    assert aligned.account.set_index("source").loc["fine", "averaged"] == 10


def test_alignment_without_a_clock_says_what_to_pass() -> None:
    frame = pd.DataFrame({"id": range(5)})
    with pytest.raises(InputError, match="time= of compare"):
        mq.compare(frame, frame.copy(), "id").align()
