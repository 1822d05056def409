"""Figures of groups agree with statsmodels, scipy and plain arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact, ttest_ind
from sklearn.metrics import f1_score, log_loss, mean_absolute_error, recall_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from mlqa_widgets.evaluate.figures import Measure, adjusted, compared
from mlqa_widgets.evaluate.metrics import METRICS, Outcomes
from mlqa_widgets.models.model import Task

_ROWS = 3000


@pytest.fixture(scope="module")
def groups():
    return np.random.default_rng(1).choice(4, _ROWS, p=[0.6, 0.3, 0.09, 0.01])


@pytest.fixture(scope="module")
def binary():
    random = np.random.default_rng(0)
    actual = (random.random(_ROWS) < 0.3).astype(int)
    second = np.clip(0.3 * actual + random.random(_ROWS) * 0.7, 0.01, 0.99)
    return Outcomes(Task.BINARY, ("no", "yes"), actual, np.column_stack([1 - second, second]))


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(0)
    actual = random.normal(10, 3, _ROWS)
    return Outcomes(Task.REGRESSION, (), actual, (actual + random.standard_t(4, _ROWS))[:, None])


def _table(metric, outcomes, groups):
    measure = Measure.of(METRICS[metric], outcomes)
    return compared(measure.sums(groups, 4), measure.total, shares=measure.shares)


@pytest.mark.parametrize(("metric", "peer"), [("recall", recall_score), ("f1", f1_score)])
def test_each_group_has_the_figure_scikit_learn_gives_it(binary, groups, metric, peer):
    table = _table(metric, binary, groups)
    for group, line in table.iterrows():
        here = groups == group
        assert line["value"] == pytest.approx(peer(binary.actual[here], binary.predicted[here]))
        assert line["rest"] == pytest.approx(peer(binary.actual[~here], binary.predicted[~here]))


def test_shares_have_the_intervals_of_wilson_and_newcombe(binary, groups):
    table = _table("error_rate", binary, groups)
    wrong = binary.predicted != binary.actual
    for group, line in table.iterrows():
        here, there = wrong[groups == group], wrong[groups != group]
        wilson = proportion_confint(here.sum(), len(here), method="wilson")
        newcombe = confint_proportions_2indep(here.sum(), len(here), there.sum(), len(there), method="newcomb")
        assert line[["low", "high"]].tolist() == pytest.approx(wilson)
        assert line[["difference_low", "difference_high"]].tolist() == pytest.approx(newcombe, abs=1e-6)


def test_shares_are_tested_as_two_proportions_or_exactly_when_few_are_expected(binary, groups):
    table = _table("error_rate", binary, groups)
    wrong = binary.predicted != binary.actual
    hits = [(wrong[groups == g].sum(), wrong[groups != g].sum()) for g in range(4)]
    sizes = [((groups == g).sum(), (groups != g).sum()) for g in range(4)]
    assert table["p"].iloc[:3].tolist() == pytest.approx([proportions_ztest(hits[g], sizes[g])[1] for g in range(3)])
    measure = Measure.of(METRICS["error_rate"], binary)
    few = np.where(np.arange(_ROWS) < 6, 0, 1)
    exact = fisher_exact([[wrong[:6].sum(), (~wrong[:6]).sum()], [wrong[6:].sum(), (~wrong[6:]).sum()]])
    assert compared(measure.sums(few, 2), measure.total, shares=True)["p"][0] == pytest.approx(exact.pvalue)


@pytest.mark.parametrize("metric", ["mae", "bias"])
def test_means_have_welchs_interval_and_the_larger_p_of_welch_and_student(values, groups, metric):
    table = _table(metric, values, groups)
    loss = METRICS[metric].terms(values)[0]
    assert table["difference_low"].isna().tolist() == [False, False, False, True]
    for group, line in table.iloc[:3].iterrows():
        peer = ttest_ind(loss[groups == group], loss[groups != group], equal_var=False)
        student = ttest_ind(loss[groups == group], loss[groups != group])
        assert line["p"] == pytest.approx(max(peer.pvalue, student.pvalue))
        assert line[["difference_low", "difference_high"]].tolist() == pytest.approx(list(peer.confidence_interval()))


def test_means_agree_with_scikit_learn(binary, values, groups):
    here = groups == 1
    assert _table("mae", values, groups)["value"][1] == pytest.approx(
        mean_absolute_error(values.actual[here], values.predicted[here])
    )
    assert _table("log_loss", binary, groups)["value"][1] == pytest.approx(
        log_loss(binary.actual[here], binary.prediction[here])
    )


def test_a_few_rows_without_a_large_loss_prove_nothing():
    random = np.random.default_rng(0)
    loss = np.where(random.random(_ROWS) < 0.02, 50.0, random.random(_ROWS))
    few = np.flatnonzero(loss < 1)[:40]
    measure = Measure(METRICS["mae"], loss, np.ones(_ROWS))
    assert measure.of_rows(few)["p"][0] > 0.3


def test_the_interval_of_a_ratio_is_what_the_bootstrap_finds(binary, groups):
    line = _table("f1", binary, groups).loc[1]
    rows, random = np.flatnonzero(groups == 1), np.random.default_rng(0)
    drawn = [random.choice(rows, len(rows)) for _ in range(2000)]
    low, high = np.quantile([f1_score(binary.actual[r], binary.predicted[r]) for r in drawn], [0.025, 0.975])
    assert line[["low", "high"]].tolist() == pytest.approx([low, high], abs=0.012)


def test_groups_too_small_to_say_anything_say_nothing(values):
    measure = Measure.of(METRICS["mae"], values)
    small = np.where(np.arange(_ROWS) < 5, 0, 1)
    line = compared(measure.sums(small, 3), measure.total, shares=False)
    assert line["value"][0] == pytest.approx(measure.top[:5].mean())
    assert line.loc[0, ["low", "difference_low", "p"]].isna().all()
    assert line.loc[2, ["value", "p"]].isna().all()


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_any_shares_stay_in_their_bounds(rows):
    group, actual, predicted = (np.array(part, dtype=int) for part in zip(*rows, strict=True))
    outcomes = Outcomes(Task.BINARY, (0, 1), actual, np.column_stack([1 - predicted, predicted]).astype(float))
    for metric in ("error_rate", "recall", "precision"):
        measure = Measure.of(METRICS[metric], outcomes)
        table = compared(measure.sums(group, 3), measure.total, shares=True)
        known = table.dropna(subset=["value"])
        assert (known["low"] <= known["value"] + 1e-12).all()
        assert (known["value"] <= known["high"] + 1e-12).all()
        assert table["p"].dropna().between(0, 1 + 1e-12).all()


def test_multiplicity_is_controlled_over_all_that_was_tested():
    from statsmodels.stats.multitest import multipletests

    p = np.array([0.001, np.nan, 0.02, 0.03, 0.8])
    q = adjusted(p)
    assert np.isnan(q[1])
    assert q[[0, 2, 3, 4]] == pytest.approx(multipletests(p[[0, 2, 3, 4]], method="fdr_bh")[1])


def test_a_table_of_no_tests_is_no_error():
    assert np.isnan(adjusted(np.array([np.nan]))).all()
    assert isinstance(adjusted(pd.Series([], dtype=float).to_numpy()), np.ndarray)
