"""Agreement: what counts as holding the model right, with its interval, and between reviewers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.proportion import proportion_confint

from mlqa_widgets.review.agreement import agreement, groups, judgements
from mlqa_widgets.verdicts.reviewers import kappas


def test_only_verdicts_on_the_model_count_for_or_against_it():
    verdicts = pd.DataFrame(
        [
            ("makes sense", "yes", "yes"),
            ("model is wrong", "yes", "no"),
            ("label is wrong", "yes", "no"),
            ("label is wrong", "yes", "yes"),
            ("data is wrong", "yes", "no"),
            ("true outlier", "yes", "no"),
            ("unsure", "yes", "no"),
        ],
        columns=["verdict", "prediction", "actual"],
    )
    missing = [None] * 4
    assert judgements(verdicts, classes=True).astype(object).where(lambda s: s.notna(), None).tolist() == [
        True,
        False,
        True,
        *missing,
    ]
    assert judgements(verdicts, classes=False).isna().sum() == 5


def judged(*values):
    return pd.Series(values, dtype="boolean")


def test_the_interval_is_wilsons():
    votes = judged(*[True] * 7, *[False] * 3, *[None] * 2)
    line = agreement(votes, pd.Series(range(12)), pd.Series("all", index=range(12))).loc["all"]
    assert (line["reviewed"], line["judged"], line["agreed"], line["contested"]) == (12, 10, 7, 0)
    low, high = proportion_confint(7, 10, method="wilson")
    assert line[["agreement", "low", "high"]].tolist() == pytest.approx([0.7, low, high])


def test_a_row_counts_once_and_not_at_all_where_reviewers_differ():
    votes = judged(True, True, True, False, None, False)
    line = agreement(votes, pd.Series([0, 0, 1, 1, 2, 3]), pd.Series("all", index=range(6))).loc["all"]
    assert (line["reviewed"], line["judged"], line["agreed"], line["contested"]) == (4, 2, 1, 1)


def test_where_nothing_was_judged_there_is_no_figure():
    line = agreement(judged(None), pd.Series([0]), pd.Series(["a"])).loc["a"]
    assert line["judged"] == 0
    assert line[["agreement", "low", "high"]].isna().all()
    assert agreement(judged(), pd.Series(dtype=int), pd.Series(dtype=object)).empty


def test_numbers_of_many_values_are_grouped_by_their_quarters_and_missing_is_a_group():
    values = pd.Series([*range(100), None], dtype="Float64")
    assert groups(values).value_counts().to_dict() == {
        "0 to 24.75": 25,
        "24.75 to 49.5": 25,
        "49.5 to 74.25": 25,
        "74.25 to 99": 25,
        "missing": 1,
    }
    assert groups(pd.Series([1, 2, None])).tolist() == ["1", "2", "missing"]
    assert groups(pd.Series([True, False])).tolist() == ["True", "False"]
    assert groups(pd.Series(["a", None], dtype="category")).tolist() == ["a", "missing"]
    mostly_zero = pd.Series([0] * 90 + list(range(1, 20)))
    assert groups(mostly_zero).nunique() == 1


def test_kappa_is_sklearns_over_the_rows_both_saw():
    rng = np.random.default_rng(0)
    ann, bob = rng.choice(["makes sense", "unsure", "model is wrong"], (2, 40))
    verdicts = pd.DataFrame(
        {
            "row": [*range(40), *range(20, 60)],
            "reviewer": ["ann"] * 40 + ["bob"] * 40,
            "verdict": [*ann, *bob],
        }
    )
    line = kappas(verdicts, ["ann", "bob"]).iloc[0]
    assert line["rows"] == 20
    assert line["same"] == pytest.approx((ann[20:] == bob[:20]).mean())
    assert line["kappa"] == pytest.approx(cohen_kappa_score(ann[20:], bob[:20]))


def test_kappa_is_missing_where_only_one_verdict_was_given_and_left_out_where_no_row_is_shared():
    verdicts = pd.DataFrame(
        {"row": [0, 0, 1], "reviewer": ["ann", "bob", "cat"], "verdict": ["unsure", "unsure", "unsure"]}
    )
    found = kappas(verdicts, ["ann", "bob", "cat"])
    assert found[["reviewer", "other", "rows", "same"]].to_numpy().tolist() == [["ann", "bob", 1, 1.0]]
    assert found["kappa"].isna().all()
