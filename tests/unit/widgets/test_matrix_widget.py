"""Several sources on one screen: each pair once, seen from both sides; the chosen pair below."""

from __future__ import annotations

import pandas as pd
import pytest

import mlqa_widgets as mq

STOCK = pd.DataFrame({"item": [f"A-{i:03d}" for i in range(100)], "weight": [1.5 + i for i in range(100)]})
SUPPLIER = STOCK.head(80).assign(weight=lambda frame: frame["weight"] * 2.20462262)
LINES = pd.concat([STOCK.head(50)] * 2, ignore_index=True)
NAMES = ["stock", "supplier", "<b>lines</b>"]


@pytest.fixture
def widget():
    return mq.compare([STOCK, SUPPLIER, LINES], on="item", names=NAMES).widget()


def test_each_pair_is_seen_from_both_of_its_sources(widget) -> None:
    cells = {(cell["first"], cell["second"]): cell for cell in widget.view["cells"]}
    assert len(cells) == 6
    assert (cells[0, 1]["matched"], cells[1, 0]["matched"]) == (0.8, 1.0)
    assert cells[0, 1]["conflicts"] == cells[1, 0]["conflicts"] == 1
    assert (cells[0, 2]["relation"], cells[2, 0]["relation"]) == ("1:n", "n:1")
    assert [source["rows"] for source in widget.view["sources"]] == [100, 80, 100]


def test_a_pair_chosen_brings_its_own_comparison(widget) -> None:
    assert widget.child is None
    widget.pair = [0, 1]
    assert widget.child.view["left"]["name"] == "stock"
    assert widget.child.view["right"]["name"] == "supplier"
    widget.pair = []
    assert widget.child is None


def test_the_static_twin_is_the_matrix_with_every_name_escaped(widget) -> None:
    widget.pair = [0, 1]
    page = widget.static_html()
    assert "80 %<br>1 column differs" in page
    assert "&lt;b&gt;lines&lt;/b&gt;" in page
    assert "<b>lines" not in page
    assert "weight differs" in page


def test_a_third_source_passed_as_the_key_is_refused_in_words() -> None:
    with pytest.raises(mq.InputError, match=r"on: pass the name of a column.*pass a list of them as `left`"):
        mq.compare(STOCK, SUPPLIER, LINES)


def test_a_list_beside_another_source_is_refused_in_words() -> None:
    with pytest.raises(mq.InputError, match=r"left: several sources are passed as one list"):
        mq.compare([STOCK, SUPPLIER], "item")
