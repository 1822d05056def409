"""`analysis.impact(scan)`: what the defects of a table do to the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError

_ROWS = 3000


@pytest.fixture(scope="module")
def frame():
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": random.integers(18, 90, _ROWS),
            "pressure": np.where(random.random(_ROWS) < 0.15, np.nan, random.normal(1013, 8, _ROWS)),
            "town": random.choice(["north", "south", "N/A"], _ROWS, p=[0.5, 0.4, 0.1]),
        },
        index=np.arange(_ROWS) * 2,
    )


@pytest.fixture(scope="module")
def analysis(frame):
    wrong = np.random.default_rng(1).random(_ROWS) < np.where(frame["pressure"].isna(), 0.4, 0.1)
    return mq.analyze(lambda X: np.zeros(len(X)), frame, wrong, classes=[False, True])


@pytest.fixture(scope="module")
def scan(frame):
    return mq.scan(frame, checks=["missing_values", "placeholders"])


@pytest.fixture(scope="module")
def impact(analysis, scan):
    return analysis.impact(scan)


def test_every_finding_is_compared_the_most_harmful_first(impact, scan, analysis):
    table = impact.frame
    assert set(table["check"]) == {"missing_values", "placeholders"}
    first = table.iloc[0]
    assert first["columns"] == ("pressure",)
    wrong = (analysis.predicted != analysis.actual).astype(float)
    gone = analysis.X["pressure"].isna().to_numpy()
    assert first["value"] == pytest.approx(wrong[gone].mean())
    assert first["rest"] == pytest.approx(wrong[~gone].mean())
    assert first["difference_low"] > 0.2
    assert first["message"] == scan.finding(first["finding"]).message


def test_harm_beyond_chance_is_said_and_no_more(impact):
    assert impact.sentence.startswith("Of 2 findings, 1 has rows where the error rate is worse, beyond chance. Most: ")
    assert impact.frame["q"].iloc[1] > 0.05
    assert "the cause" in impact.method


def test_the_rows_of_a_finding_can_be_selected(impact, analysis, scan):
    one = impact.found[0]
    impact.select(one)
    rows = scan.rows(impact.frame["finding"].iloc[0])
    assert analysis.selection.index.tolist() == rows.index.tolist()


def test_another_metric_looks_at_the_same_findings(impact):
    other = impact.by("log_loss")
    assert len(other.frame) == len(impact.frame)
    assert other.yardstick.label == "log loss"


def test_harmless_findings_are_said_to_be_harmless(frame, scan):
    y = np.random.default_rng(3).random(_ROWS) < 0.2
    impact = mq.analyze(lambda X: np.zeros(len(X)), frame, y, classes=[False, True]).impact(scan)
    assert "none has rows where the error rate is worse" in impact.sentence


def test_a_scan_of_other_rows_is_refused(analysis, frame):
    with pytest.raises(InputError, match="it is of 100 rows, the analysis of 3,000"):
        analysis.impact(mq.scan(frame.head(100)))
    with pytest.raises(InputError, match="row 1 is 1 in the scan and 2 in X"):
        analysis.impact(mq.scan(frame.reset_index(drop=True)))


def test_a_clean_table_has_nothing_to_compare(analysis, frame):
    impact = analysis.impact(mq.scan(frame[["age"]], checks=["missing_values"]))
    assert impact.frame.empty
    assert impact.sentence.startswith("No finding")
    with pytest.raises(InputError, match="nothing to compare"):
        impact.chart()


def test_it_is_drawn_as_a_forest_plot(impact):
    assert impact.chart().to_dict()["layer"]
