"""What one can ask of a comparison."""

from __future__ import annotations

import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets import InputError


def test_files_and_frames_are_compared_alike(tmp_path, people) -> None:
    changed = people.assign(weight=people["weight"].where(people.index > 9, people["weight"] + 1.7))
    people.to_parquet(tmp_path / "people.parquet")
    changed.to_csv(tmp_path / "changed.csv", index=False)
    expected = mq.compare(people, changed, "id").conflicts.set_index("column")["conflicts"]
    for left in (people, tmp_path / "people.parquet"):
        for right in (changed, tmp_path / "changed.csv"):
            found = mq.compare(left, right, "id")
            assert found.conflicts.set_index("column")["conflicts"].to_dict() == expected.to_dict()
            assert len(found.rows(0)) == 10


def test_names_are_those_of_variables_and_files(tmp_path, people) -> None:
    people.to_csv(tmp_path / "other.csv", index=False)
    assert mq.compare(people, tmp_path / "other.csv", "id").names == ("people", "other")
    same = people
    assert mq.compare(same, tmp_path / "other.csv", "id", names=("a", "a")).names == ("a (left)", "a (right)")


def test_findings_are_a_frame_and_a_text(people) -> None:
    comparison = mq.compare(people, people.assign(weight=people["weight"] * 2), "id", names=("a", "b"))
    assert comparison.findings.columns.tolist() == ["check", "columns", "severity", "rows", "share", "message"]
    assert repr(comparison).startswith("<Comparison of a and b in ")
    assert "right = 2 × left" in repr(comparison)


def test_the_join_and_the_evidence_are_drawn(people) -> None:
    comparison = mq.compare(people, people.iloc[:400].assign(weight=people["weight"] * 2), "id")
    assert comparison.chart().to_dict()["mark"]["type"] == "bar"
    with pytest.raises(InputError, match="there is no difference 99"):
        comparison.difference(99)


def test_other_names_of_columns_are_given(people) -> None:
    right = people.rename(columns={"weight": "kilos"}).assign(kilos=people["weight"] + 5)
    comparison = mq.compare(people, right, "id", columns={"weight": "kilos"})
    assert comparison.conflicts.set_index("column").loc["weight = kilos", "conflicts"] == len(people)


@pytest.mark.parametrize("frame", [pd.DataFrame({"a": []}), pd.DataFrame({"a": [None, None]}), pd.DataFrame()])
def test_empty_tables_pass_through(frame, people) -> None:
    for left, right in ((frame, people), (people, frame), (frame, frame.copy())):
        assert mq.compare(left, right).findings is not None


def test_nested_cells_infinities_and_large_numbers_pass_through() -> None:
    left = pd.DataFrame(
        {"id": [1, 2, 3], "x": [[1], {"a": 2}, None], "y": [float("inf"), -1.0, 2.0], "z": [2**70, 1, 2]}
    )
    right = left.copy()
    right["z"] = right["z"].where(right["id"] != 2, 5)
    found = mq.compare(left, right, "id").conflicts.set_index("column")
    assert found["conflicts"].to_dict() == {"x": 0, "y": 0, "z": 1}


def test_the_sources_are_not_changed(people) -> None:
    before = people.copy()
    mq.compare(people, people.iloc[:50], "id")
    pd.testing.assert_frame_equal(people, before)


def test_more_than_two_sources_are_compared_each_with_each(people) -> None:
    half = people.iloc[:250]
    heavier = people.assign(weight=people["weight"] + 1)
    matrix = mq.compare([people, half, heavier], on="id")
    assert matrix.names == ("people", "half", "heavier")
    assert matrix.matched.loc["people", "half"] == 0.5
    assert matrix.matched.loc["half", "people"] == 1.0
    pairs = matrix.pairs.set_index(["left", "right"])
    assert pairs["conflicts"].tolist() == [0, 1, 1]
    assert matrix.comparison("heavier", "half").names == ("half", "heavier")
    assert {"left", "right", "check"} <= set(matrix.findings.columns)
    with pytest.raises(InputError, match="Did you mean 'half'"):
        matrix.comparison("people", "haf")
    with pytest.raises(InputError, match="as many different names"):
        mq.compare([people, half], names=["a", "a"])
