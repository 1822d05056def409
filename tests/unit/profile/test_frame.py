"""The profile as a frame: what pandas says of each column, beside what pandas does not say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa_widgets.dictionary import Dictionary
from mlqa_widgets.profile.frame import profile_frame
from mlqa_widgets.profile.plan import profile_table
from mlqa_widgets.profile.roles import Roles
from mlqa_widgets.tables.frames import from_pandas
from tests.unit.profile.drawn_columns import WAYS, counted

every_way = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
def visits() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "height": [1.5, 1.75, None, 1.6, 1.75, 1.8, 1.65, 2.0],
            "code": ["A-1", "A-2", "B-10", "B-11", "B-11", None, "C-1", "Ä-1"],
            "seen": pd.to_datetime(["2024-01-31", "NaT"] + ["2024-02-01"] * 6),
        },
        index=pd.Index(list("stuvwxyz")),
    )


@every_way
def test_numbers_are_described_as_pandas_describes_them(visits: pd.DataFrame, way: str) -> None:
    with counted(way):
        line = profile_frame(profile_table(from_pandas(visits))).iloc[0]
    described = visits["height"].describe()
    names = {
        "minimum": "min",
        "q25": "25%",
        "median": "50%",
        "q75": "75%",
        "maximum": "max",
        "mean": "mean",
        "std": "std",
    }
    exact = names if way != "a part" else {k: v for k, v in names.items() if not k.startswith(("q", "median"))}
    assert {k: line[k] for k in exact} == pytest.approx({k: described[v] for k, v in exact.items()})
    assert (line["missing"], line["missing_share"], line["distinct"]) == (1, 1 / 8, visits["height"].nunique())


@every_way
def test_text_is_described_by_its_shapes_and_lengths(visits: pd.DataFrame, way: str) -> None:
    with counted(way):
        frame = profile_frame(profile_table(from_pandas(visits)))
    line = frame.iloc[1]
    assert (line["shapes"], line["shortest"], line["longest"]) == (2, 3, 4)
    assert line["top"][0] == ("B-11", 2)
    assert frame.loc[[0, 2], "shapes"].isna().all()


def test_the_frame_says_whether_every_value_was_looked_at(visits: pd.DataFrame) -> None:
    table = from_pandas(visits)
    assert profile_frame(profile_table(table))["exact"].all()
    with counted("a part"):
        assert profile_frame(profile_table(table))["exact"].tolist()[::2] == [False, True]


def test_descriptions_come_by_name_and_else_from_the_source(visits: pd.DataFrame) -> None:
    roles = Roles(dictionary=Dictionary.read({"code": "where"}))
    assert profile_frame(profile_table(from_pandas(visits), roles))["description"].tolist() == ["", "where", ""]


def test_a_frame_has_the_same_columns_for_every_table() -> None:
    empty = profile_frame(profile_table(from_pandas(pd.DataFrame())))
    odd = pd.DataFrame({"a": [[1], {"b": 2}], "b": [np.nan, np.nan], "c": [2**70, 1]})
    frame = profile_frame(profile_table(from_pandas(odd)))
    assert empty.columns.tolist() == frame.columns.tolist()
    assert (len(empty), len(frame)) == (0, 3)
