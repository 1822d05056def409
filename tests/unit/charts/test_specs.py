"""Evidence as Vega-Lite: valid by its schema, every part once, the offending share of a bar apart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.charts.evidence import chart
from mlqa_widgets.charts.specs import chart_spec, item_labels
from mlqa_widgets.evidence import Histogram, Strip

ages = Histogram("Ages", "age", (0.0, 10.0, 20.0, 30.0), (5, 0, 400), (1.0, 0.0, 0.01), (None, None, None))
missing = Strip("Where it is missing", ("a", "b"), (0, 10), ((0.1, 0.0), (0.0, 1.0)))


def bars_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return list(spec["layer"][0]["data"]["values"])


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("temporal", [False, True])
@pytest.mark.parametrize("marks", [(), ((12.0, "fence"),)])
def test_a_histogram_is_valid_vega_lite(
    logarithmic: bool, temporal: bool, marks: tuple[tuple[float, str], ...]
) -> None:
    drawn = Histogram(
        "t",
        "x",
        (1.0, 2.0, 4.0),
        (3, 4),
        (0.0, 0.5),
        (None, None),
        logarithmic=logarithmic,
        temporal=temporal,
        marks=marks,
    )
    assert chart(drawn).to_dict()["params"][0]["name"] == "pick"


def test_a_strip_is_valid_vega_lite() -> None:
    assert chart(missing).to_dict()["params"][0]["name"] == "pick"


@given(lanes=st.integers(1, 30), blocks=st.integers(1, 60))
def test_a_strip_has_every_block_of_every_lane(lanes: int, blocks: int) -> None:
    shares = tuple((0.5,) * blocks for _ in range(lanes))
    drawn = Strip("t", tuple(f"c{i}" for i in range(lanes)), tuple(range(0, 7 * blocks, 7)), shares)
    parts = chart_spec(drawn)["data"]["values"]
    assert {(part["lane"], part["item"]) for part in parts} == {
        (lane, item) for lane in drawn.lanes for item in range(blocks)
    }
    assert len(parts) == lanes * blocks


@given(rows=st.lists(st.tuples(st.integers(0, 10**9), st.floats(0, 1)), min_size=1, max_size=40))
def test_the_bars_add_up_to_the_rows_of_their_bin(rows: list[tuple[int, float]]) -> None:
    counts, flagged = zip(*rows, strict=True)
    edges = tuple(float(edge) for edge in range(len(rows) + 1))
    spec = chart_spec(Histogram("t", "x", edges, counts, flagged, (None,) * len(rows)))
    for item, count in enumerate(counts):
        assert sum(bar["to"] - bar["from"] for bar in bars_of(spec) if bar["item"] == item) == count


def test_the_offending_part_of_a_bar_is_drawn_apart() -> None:
    parts = [(bar["item"], bar["part"], bar["to"] - bar["from"]) for bar in bars_of(chart_spec(ages))]
    assert parts == [(0, "offending", 5), (2, "offending", 4), (2, "others", 396)]


def test_offending_bars_too_small_to_see_are_drawn_on_a_square_root_scale() -> None:
    y = chart_spec(ages)["layer"][0]["encoding"]["y"]
    assert (y["scale"], y["title"]) == ({"type": "sqrt"}, "rows (square-root scale)")


def test_every_part_has_words_for_those_who_do_not_point() -> None:
    assert item_labels(ages)[2] == ("20 to 30", 400)
    assert [label for label, _ in item_labels(missing)] == ["rows 0 to 9", "rows 10 to the end"]


def test_nothing_of_a_value_is_more_than_text() -> None:
    hostile = "<script>alert(1)</script>"
    spec = chart_spec(Strip(hostile, (hostile,), (0,), ((1.0,),)))
    assert [bar["lane"] for bar in spec["data"]["values"]] == [hostile]
    assert spec["encoding"]["y"]["sort"] == [hostile]
