"""`analysis.slices()`: who the model errs for, how sure that is, and which rows they are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, f1_score

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError
from mlqa_widgets.slices.custom import CustomMetric
from mlqa_widgets.slices.outcome import Confusion, Residuals

_ROWS = 6000


def _people(seed=0):
    random = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "age": random.integers(18, 90, _ROWS),
            "hours per week": random.normal(40, 8, _ROWS).round(1),
            "town": random.choice(["north", "south", "east"], _ROWS),
            "sex": random.choice(["F", "M"], _ROWS),
            "income": np.where(random.random(_ROWS) < 0.1, np.nan, random.lognormal(10, 1, _ROWS).round()),
        },
        index=[f"p{i}" for i in range(_ROWS)],
    )
    sure = frame["age"] > 50
    odd = (frame["town"] == "south") & frame["income"].isna()
    wrong = random.random(_ROWS) < np.where(odd, 0.6, 0.1)
    return frame, (sure ^ wrong).rename("retired")


def _by_age(X):
    return np.where(X["age"] > 50, 0.9, 0.1)


@pytest.fixture(scope="module")
def analysis():
    frame, y = _people()
    return mq.analyze(_by_age, frame, y, classes=[False, True])


@pytest.fixture(scope="module")
def slices(analysis):
    return analysis.slices()


@pytest.fixture(scope="module")
def prices():
    frame, _ = _people()
    price = frame["age"] * 2.0 + np.random.default_rng(1).normal(0, 1, _ROWS) + np.where(frame["age"] > 80, 20, 0)
    return mq.analyze(lambda X: X["age"] * 2.0, frame, price)


def test_the_planted_slice_is_found_first_and_confirmed(slices):
    first = slices.worst.iloc[0]
    assert first["slice"] == "town is south and income is missing"
    assert first["expression"] == "town == 'south' and income.isna()"
    assert first["confirmed"]
    assert first["difference_low"] < 0.5 < first["difference_high"]
    assert slices.sentence.startswith("The error rate is worst where town is south and income is missing: ")


def test_the_figures_shown_are_of_rows_that_did_not_choose_the_slice(analysis, slices):
    one = slices.found[0]
    searched = analysis.sample(_ROWS // 2)
    held_out = np.setdiff1d(one.positions, searched)
    wrong = analysis.predicted != analysis.actual
    assert one.held_out.counted == len(held_out)
    assert one.held_out.value == pytest.approx(wrong[held_out].mean())
    assert one.figures.value == pytest.approx(wrong[one.positions].mean())


def test_every_slice_is_a_query_that_selects_exactly_its_rows(analysis, slices):
    for one in slices.found:
        analysis.select(one.expression)
        assert analysis.selection.positions.tolist() == one.positions.tolist()
        assert len(one) == len(one.positions)


def test_every_category_has_its_line_what_is_missing_among_them(analysis, slices):
    table = slices.frame
    assert table.groupby("column", sort=False)["rows"].sum().eq(_ROWS).all()
    line = table[(table["column"] == "income") & (table["category"] == "missing")].iloc[0]
    wrong = analysis.predicted != analysis.actual
    gone = analysis.X["income"].isna().to_numpy()
    assert line["rows"] == gone.sum()
    assert line["value"] == pytest.approx(wrong[gone].mean())
    assert line["rest"] == pytest.approx(wrong[~gone].mean())
    assert line["expression"] == "income.isna()"
    assert (table["q"] >= table["p"]).all()


def test_a_category_is_a_slice_too(analysis, slices):
    one = slices.category("town", "south")
    assert one.words == "town is south"
    slices.select(one)
    assert analysis.selection.source == "slices"
    assert (analysis.selection.rows["town"] == "south").all()
    with pytest.raises(InputError, match=r"no category 'sout'. Did you mean 'south'"):
        slices.category("town", "sout")
    with pytest.raises(InputError, match="Did you mean 'town'"):
        slices.category("twon", "south")


def test_a_slice_can_be_typed(analysis, slices):
    one = slices.where("age > 60 and sex == 'F'")
    inside = ((analysis.X["age"] > 60) & (analysis.X["sex"] == "F")).to_numpy()
    assert one.positions.tolist() == np.flatnonzero(inside).tolist()
    assert one.figures.value == pytest.approx((analysis.predicted != analysis.actual)[inside].mean())
    assert "not searched for" in one.origin
    assert one.held_out is None
    assert slices.where(inside, "old women").words == "old women"


@pytest.mark.parametrize(
    ("query", "message"),
    [("age >", "cannot be read"), ("age > 900", "No row satisfies"), ("age > 0", "Every row satisfies")],
)
def test_a_typed_slice_that_says_nothing_is_refused(slices, query, message):
    with pytest.raises(InputError, match=message):
        slices.where(query)


@pytest.mark.parametrize("metric", ["accuracy", "precision", "recall", "specificity", "f1", "log_loss", "brier"])
def test_any_metric_can_be_asked_for(analysis, slices, metric):
    other = slices.by(metric)
    assert other.yardstick.id == metric
    assert other.frame["value"].notna().any()
    assert all(other.yardstick.worse(one.shown.difference) for one in other.found if one.confirmed)


def test_values_have_metrics_of_their_own(prices):
    by_size = prices.slices()
    assert by_size.yardstick.id == "mae"
    assert by_size.found[0].words.startswith("age is 8")
    bias = prices.slices("bias")
    assert bias.found[0].shown.difference < 0
    assert isinstance(by_size.outcome(by_size.found[0]), Residuals)
    with pytest.raises(InputError, match="'recall' is no metric of a regression model"):
        prices.slices("recall")


def test_a_function_of_ones_own_is_compared_but_not_searched(analysis):
    slices = analysis.slices(f1_score)
    peer = analysis.slices("f1").frame
    table = slices.frame
    assert table["value"].to_numpy() == pytest.approx(peer["value"].to_numpy())
    assert table["low"].to_numpy() == pytest.approx(peer["low"].to_numpy(), abs=0.05)
    assert slices.worst.empty
    assert "not searched" in slices.sentence
    assert slices.where("age > 60").figures.value == pytest.approx(
        f1_score(analysis.actual[analysis.X["age"] > 60], analysis.predicted[analysis.X["age"] > 60])
    )


def test_a_function_without_a_meaning_for_some_rows_leaves_them_out():
    actual = np.array(["a", "b"] * 50)

    def fails(y_true, _):
        if len(y_true) < 60:
            raise ValueError
        return float((y_true == "a").mean())

    metric = CustomMetric(fails, actual, actual)
    line = metric.of_rows(np.arange(10)).iloc[0]
    assert np.isnan(line["value"])
    assert line["rest"] == pytest.approx(0.5)


def test_the_jackknife_agrees_with_the_spread_of_a_mean():
    random = np.random.default_rng(0)
    values = random.normal(size=3000)
    metric = CustomMetric(lambda _, predicted: predicted.mean(), values, values)
    low, high = metric.of_rows(np.arange(2000))[["low", "high"]].iloc[0]
    assert (high - low) / 2 == pytest.approx(2.09 * values[:2000].std() / np.sqrt(2000), rel=0.4)


def test_a_function_that_fails_is_refused(analysis):
    def broken(_actual, _predicted):
        return 1 / 0

    with pytest.raises(InputError, match=r"broken.*ZeroDivisionError"):
        analysis.slices(broken)


def test_a_slice_says_how_the_model_errs_there(analysis, slices):
    one = slices.found[0]
    found = slices.outcome(one)
    assert isinstance(found, Confusion)
    inside = np.isin(np.arange(_ROWS), one.positions)
    peer = pd.crosstab(analysis.actual[inside], analysis.predicted[inside])
    assert found.here.to_numpy().tolist() == peer.to_numpy().tolist()
    assert (found.here + found.rest).to_numpy().sum() == _ROWS


def test_residuals_are_spread_over_all_rows_of_either_side(prices):
    by_size = prices.slices(conditions=1)
    found = by_size.outcome(by_size.where("age > 80"))
    assert found.here.sum() == pytest.approx(1)
    assert found.rest.sum() == pytest.approx(1)
    residual = prices.predicted - prices.actual
    assert found.mean_here == pytest.approx(residual[prices.X["age"] > 80].mean())


def test_why_here_compares_contributions_with_the_rest():
    frame, y = _people()
    X = frame[["age", "hours per week"]]
    analysis = mq.analyze(LogisticRegression().fit(X, y), X, y)
    slices = analysis.slices(conditions=1)
    why = slices.why(slices.where("age > 80"))
    assert why.table["column"][0] == "age"
    assert why.table["difference"][0] > 0


def test_noise_has_no_worst_slice_and_says_so():
    frame, _ = _people()
    found = 0
    for seed in range(20):
        y = np.random.default_rng(seed).random(_ROWS) < 0.2
        slices = mq.analyze(lambda X: np.zeros(len(X)), frame, y, classes=[False, True]).slices()
        found += bool(slices.worst["confirmed"].any())
        assert slices.sentence.startswith("No slice was found") or slices.worst["confirmed"].any()
    assert found <= 2


def test_too_few_rows_are_not_searched_into():
    frame, y = _people()
    few = mq.analyze(_by_age, frame.head(60), y.head(60), classes=[False, True]).slices()
    assert not few.worst["confirmed"].any()
    assert few.sentence.startswith("No slice could be tried: none holds at least 50 rows and leaves out as many.")


def test_support_and_conditions_bound_the_search(analysis):
    slices = analysis.slices(conditions=1, support=1000)
    assert all(len(one) >= 1000 * 0.9 for one in slices.found)
    assert not any(" and " in words for words in slices.worst["slice"])
    assert "1,000 rows" in slices.method


def test_numbers_can_be_cut_where_a_tree_tells_errors_apart(prices):
    first = prices.slices(bins="tree").found[0]
    assert first.words == "age is 81 or more"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "acuracy"}, "Did you mean 'accuracy'"),
        ({"conditions": 4}, "conditions: 4 is not 1, 2 or 3"),
        ({"support": 1}, "support: 1 is no number of rows"),
        ({"bins": "fifths"}, "bins: 'fifths'"),
        ({"bins": "tree", "metric": balanced_accuracy_score}, "bins: 'tree' needs a metric"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(analysis, arguments, message):
    with pytest.raises(InputError, match=message):
        analysis.slices(**arguments)


def test_without_what_came_there_are_no_errors_to_slice():
    frame, _ = _people()
    with pytest.raises(InputError, match="Pass y"):
        mq.analyze(_by_age, frame, classes=[False, True]).slices()


def test_forest_plots_are_charts(slices):
    assert slices.chart().to_dict()["layer"]
    assert slices.chart("town").to_dict()["layer"]
    with pytest.raises(InputError, match="Did you mean 'town'"):
        slices.chart("twon")


def test_columns_need_no_text_for_a_name():
    frame, y = _people()
    frame = frame.rename(columns={"town": 3, "income": 4})
    slices = mq.analyze(_by_age, frame, y, classes=[False, True]).slices()
    assert slices.worst["slice"][0] == "3 is south and 4 is missing"
    assert slices.worst["expression"][0] is None
    assert len(slices.found[0].positions) > 100
