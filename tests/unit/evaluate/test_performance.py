"""How good a model is: figures as scikit-learn gives them, intervals that hold, thresholds counted exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

import mlqa_widgets as mq
from mlqa_widgets.evaluate.calibration import calibration
from mlqa_widgets.evaluate.cells import confusion, interval, macro_f1, matthews
from mlqa_widgets.evaluate.ranking import roc_auc
from mlqa_widgets.evaluate.residuals import residual_spread
from mlqa_widgets.evaluate.thresholds import Costs, counts_at_thresholds, payoff_at_thresholds

_ROWS = 3000


@pytest.fixture(scope="module")
def spam():
    random = np.random.default_rng(0)
    score = random.beta(2, 3, _ROWS).round(3)
    X = pd.DataFrame(
        {
            "score": score,
            "day": pd.date_range("2024-01-01", periods=_ROWS, freq="h"),
            "box": random.choice(["a", "b"], _ROWS),
        }
    )
    y = pd.Series(np.where(random.random(_ROWS) < score, "spam", "ham"), name="mail")
    return X, y


@pytest.fixture
def analysis(spam):
    X, y = spam
    return mq.analyze(lambda rows: rows["score"], X, y, classes=["ham", "spam"], time="day")


@pytest.fixture(scope="module")
def kinds():
    random = np.random.default_rng(1)
    X = pd.DataFrame(random.dirichlet([2, 1, 1], _ROWS), columns=["p", "q", "r"])
    y = pd.Series([random.choice(list("pqr"), p=line) for line in X.to_numpy()])
    return mq.analyze(lambda rows: rows.to_numpy(), X, y, classes=list("pqr"))


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(2)
    X = pd.DataFrame({"x": random.gamma(3, 10, _ROWS)})
    return mq.analyze(lambda rows: rows["x"], X, X["x"] + random.standard_t(5, _ROWS) + 5)


def _calibration_error(came, score):
    """Return the error in ten bins of about as many rows each."""
    bins = pd.qcut(score, 10, labels=False, duplicates="drop")
    both = pd.DataFrame({"came": came, "score": score}).groupby(bins).agg(["mean", "size"])
    apart = (both["came", "mean"] - both["score", "mean"]).abs()
    return pytest.approx((apart * both["came", "size"]).sum() / len(came), abs=2e-3)


def test_figures_of_two_classes_are_those_of_scikit_learn(analysis, spam):
    frame, (X, y) = analysis.performance().frame["value"], spam
    said, came = np.where(X["score"] >= 0.5, "spam", "ham"), y == "spam"
    assert frame.to_dict() == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(y, said),
            "balanced_accuracy": metrics.balanced_accuracy_score(y, said),
            "precision": metrics.precision_score(y, said, pos_label="spam"),
            "recall": metrics.recall_score(y, said, pos_label="spam"),
            "specificity": metrics.recall_score(y, said, pos_label="ham"),
            "f1": metrics.f1_score(y, said, pos_label="spam"),
            "matthews": metrics.matthews_corrcoef(y, said),
            "roc_auc": metrics.roc_auc_score(came, X["score"]),
            "average_precision": metrics.average_precision_score(came, X["score"]),
            "log_loss": metrics.log_loss(came, X["score"]),
            "brier": metrics.brier_score_loss(came, X["score"]),
            "ece": _calibration_error(came, X["score"]),
        }
    )


def test_figures_of_several_classes_are_those_of_scikit_learn(kinds):
    frame, actual, said = kinds.performance().frame["value"], kinds.outcomes.actual, kinds.outcomes.predicted
    assert frame.to_dict() == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(actual, said),
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, said),
            "macro_precision": metrics.precision_score(actual, said, average="macro"),
            "weighted_precision": metrics.precision_score(actual, said, average="weighted"),
            "macro_f1": metrics.f1_score(actual, said, average="macro"),
            "weighted_f1": metrics.f1_score(actual, said, average="weighted"),
            "matthews": metrics.matthews_corrcoef(actual, said),
            "roc_auc": metrics.roc_auc_score(actual, kinds.prediction, multi_class="ovr"),
            "log_loss": metrics.log_loss(actual, kinds.prediction),
            "ece": _calibration_error(said == actual, kinds.prediction.max(axis=1)),
        }
    )
    of_q = kinds.performance().of_classes.loc["q", "value"]
    assert of_q["precision"] == pytest.approx(metrics.precision_score(actual == 1, said == 1))
    assert of_q["roc_auc"] == pytest.approx(metrics.roc_auc_score(actual == 1, kinds.prediction[:, 1]))


def test_figures_of_values_are_those_of_scikit_learn(values):
    frame, actual, said = values.performance().frame["value"], values.outcomes.actual, values.outcomes.predicted
    assert frame.to_dict() == pytest.approx(
        {
            "mae": metrics.mean_absolute_error(actual, said),
            "rmse": metrics.root_mean_squared_error(actual, said),
            "median_absolute_error": metrics.median_absolute_error(actual, said),
            "bias": (said - actual).mean(),
            "r2": metrics.r2_score(actual, said),
            "mape": metrics.mean_absolute_percentage_error(actual, said),
        }
    )


def test_shares_have_wilsons_interval(analysis):
    line = analysis.performance().frame.loc["recall"]
    (_, _), (missed, hit) = analysis.performance().confusion.to_numpy()
    assert [line["low"], line["high"]] == pytest.approx(proportion_confint(hit, hit + missed, method="wilson"))


def test_intervals_hold_the_truth_as_often_as_they_say(values):
    """Small data sets drawn from a large one: 95 % intervals hold the figure of the large one in about 95 %."""
    random = np.random.default_rng(3)
    score = random.beta(2, 3, 100_000)
    X, y = pd.DataFrame({"score": score}), pd.Series(random.random(len(score)) < score)
    rows = pd.DataFrame({"x": values.X["x"], "y": values.outcomes.actual})
    whole = mq.analyze(lambda rows: rows["score"], X, y, classes=[False, True]).performance().frame
    whole = pd.concat([whole, values.performance().frame])
    held = pd.Series(0.0, index=whole.index)
    draws = 200
    for _ in range(draws):
        some = random.integers(0, len(X), 400)
        few = mq.analyze(lambda rows: rows["score"], X.iloc[some], y.iloc[some], classes=[False, True]).performance()
        again = rows.iloc[random.integers(0, len(rows), 400)]
        other = mq.analyze(lambda rows: rows["x"], again[["x"]], again["y"]).performance()
        found = pd.concat([few.frame, other.frame])
        held += ((found["low"] <= whole["value"]) & (whole["value"] <= found["high"])) / draws
    assert held.min() > 0.90
    assert held.max() <= 1.0


def test_the_interval_of_a_mean_over_classes_is_what_the_bootstrap_finds(kinds):
    actual, said = kinds.outcomes.actual, kinds.prediction
    random = np.random.default_rng(0)
    draws = [random.integers(0, _ROWS, _ROWS) for _ in range(400)]
    areas = [metrics.roc_auc_score(actual[rows], said[rows], multi_class="ovr") for rows in draws]
    line = kinds.performance().frame.loc["roc_auc"]
    assert line["high"] - line["low"] == pytest.approx(2 * 1.96 * np.std(areas), rel=0.15)


def test_labels_alone_have_no_curves(spam):
    X, y = spam
    performance = mq.analyze(lambda rows: rows["score"] > 0.4, X, y, classes=["ham", "spam"]).performance()
    assert {"accuracy", "f1"} < set(performance.frame.index)
    assert not {"roc_auc", "log_loss", "ece"} & set(performance.frame.index)
    assert "all 0 or 1" in performance.without_probabilities
    for asked in ("thresholds", "best_threshold"):
        with pytest.raises(mq.InputError, match="all 0 or 1"):
            getattr(performance, asked)
    with pytest.raises(mq.InputError, match="all 0 or 1"):
        performance.calibration()


def test_delong_is_the_golden_interval():
    """Value and interval of pROC's `ci.auc` (method "delong") on the ten rows below."""
    came = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.3, 0.65, 0.5, 0.4, 0.2, 0.1])
    value, low, high = roc_auc(came, score)
    beaten = np.array([[(a > b) + (a == b) / 2 for b in score[~came]] for a in score[came]])
    variance = beaten.mean(axis=1).var(ddof=1) / 5 + beaten.mean(axis=0).var(ddof=1) / 5
    assert value == pytest.approx(beaten.mean())
    assert high == 1.0
    assert low == pytest.approx(value - 1.959964 * variance**0.5)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=1, max_size=60), st.integers(0, 20))
def test_every_threshold_is_counted_exactly(rows, also):
    came, score = np.array([one for one, _ in rows]), np.array([number / 20 for _, number in rows])
    table = counts_at_thresholds(came, score, (also / 20,))
    assert also / 20 in table["threshold"].tolist()
    for line in table.itertuples():
        reached = score >= line.threshold
        assert (line.true_positive, line.false_positive) == ((reached & came).sum(), (reached & ~came).sum())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 10)), min_size=1, max_size=40),
    st.tuples(*[st.integers(-5, 5)] * 4),
)
def test_the_best_threshold_earns_the_most(rows, worth):
    came, score = np.array([one for one, _ in rows]), np.array([number / 10 for _, number in rows])
    tp, fp, fn, tn = worth
    table = payoff_at_thresholds(
        counts_at_thresholds(came, score), int(came.sum()), int((~came).sum()), Costs(tp, fp, fn, tn)
    )
    assert table["best"].sum() == 1
    assert table.loc[table["best"], "as_good"].all()
    earned = [
        np.where(came, np.where(score >= t, tp, fn), np.where(score >= t, fp, tn)).mean() for t in table["threshold"]
    ]
    assert table["payoff"].to_numpy() == pytest.approx(earned)
    assert table.loc[table["best"], "payoff"].iloc[0] == pytest.approx(max(earned))


def test_the_range_as_good_as_the_best_holds_the_true_best():
    """Probabilities that are right: the best threshold is where gain and harm balance."""
    random = np.random.default_rng(0)
    held = 0
    for _ in range(100):
        score = random.beta(1, 1, 500)
        table = counts_at_thresholds(random.random(500) < score, score, (0.25,))
        came = int(table["true_positive"].iloc[0])
        payoff = payoff_at_thresholds(table, came, 500 - came, Costs(3, -1, 0, 0))
        held += bool(payoff.loc[table["threshold"] == 0.25, "as_good"].iloc[0])
    assert held >= 92


def test_another_threshold_moves_every_figure(analysis):
    performance = analysis.performance(costs={"true_positive": 10, "false_positive": -1})
    recall = performance.frame.loc["recall", "value"]
    analysis.set_threshold(performance.best_threshold)
    assert performance.best_threshold < 0.2
    assert performance.frame.loc["recall", "value"] > recall
    assert performance.frame.loc["roc_auc", "value"] == analysis.performance().frame.loc["roc_auc", "value"]
    assert analysis.frame["prediction"].eq("spam").mean() == (analysis.prediction[:, 1] >= analysis.threshold).mean()
    performance.costs = {"false_positive": -1}
    assert performance.best_threshold > 0.5


def test_right_probabilities_are_calibrated_and_wrong_ones_are_not():
    random = np.random.default_rng(0)
    said = random.random(20_000)
    right, wrong = calibration(random.random(20_000) < said, said), calibration(random.random(20_000) < said**2, said)
    assert right.error < 1.5 * right.error_by_chance
    assert wrong.error > 10 * wrong.error_by_chance
    table = right.table
    assert ((table["came_low"] <= table["said"]) & (table["said"] <= table["came_high"])).mean() >= 0.8
    assert table["rows"].sum() == 20_000
    assert np.bincount(right.bins).tolist() == table["rows"].tolist()


@given(st.lists(st.integers(0, 5), min_size=1, max_size=80))
def test_bins_of_ties_are_never_empty(numbers):
    said = np.array(numbers) / 5
    found = calibration(said > 0.5, said)
    assert (found.table["rows"] > 0).all()
    assert found.table["rows"].sum() == len(said)
    for place, line in found.table.iterrows():
        inside = said[found.bins == place]
        assert (inside.min(), inside.max()) == (line["low"], line["high"])


def test_residuals_along_the_prediction(values):
    found = values.performance().residuals
    residual = values.outcomes.predicted - values.outcomes.actual
    first = found.spans == 0
    assert found.table.loc[0, "rows"] == first.sum()
    assert found.table.loc[0, "median"] == pytest.approx(np.median(residual[first]))
    assert found.table["actual"].iloc[3] == pytest.approx(values.outcomes.actual[found.spans == 3].mean())
    assert np.bincount(found.bars, minlength=40).sum() == _ROWS


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50))
def test_any_values_can_be_drawn(predicted):
    found = residual_spread(np.zeros(len(predicted)), np.array(predicted))
    assert found.table["rows"].sum() == len(predicted)
    assert found.bars.max() < len(found.edges) - 1


def test_over_time_and_by_category(analysis):
    table = analysis.performance().over_time("accuracy")
    assert table["start"].iloc[0] == pd.Timestamp("2024-01-01")
    assert table["rows"].sum() == _ROWS
    assert len(table) <= 60
    by_box = analysis.performance().by("box", "accuracy")
    here = analysis.X["box"] == by_box["category"][0]
    assert by_box["value"][0] == pytest.approx((analysis.predicted == analysis.outcomes.actual)[here].mean())


def test_the_sentence_names_the_classes_confused_most():
    X = pd.DataFrame({"x": [0, 1, 2] * 30})
    came = X["x"].map({0: "a", 1: "b", 2: "c"}).where(X.index >= 6, "a")
    found = mq.analyze(lambda rows: np.eye(3)[rows["x"]], X, came, classes=["a", "b", "c"]).performance()
    assert found.sentence.endswith("Most often a is taken for b: 2 rows.")


def test_a_column_is_compared_by_its_own_name_whatever_its_type():
    X = pd.DataFrame({0: np.arange(200) % 2, "for": pd.to_timedelta(np.arange(200) % 3, "h")})
    found = mq.analyze(lambda rows: (rows[0] > 0) * 0.8 + 0.1, X, X[0] > 0, classes=[False, True]).performance()
    assert found.by(0)["category"].tolist() == ["0", "1"]
    assert found.by("for").equals(found.by("for (seconds)"))


def test_what_cannot_be_asked_is_said(kinds, values, analysis):
    with pytest.raises(mq.InputError, match=r"^y: .* Pass y to analyze\(\)"):
        mq.analyze(lambda rows: rows["x"], values.X).performance()
    with pytest.raises(mq.InputError, match=r"^time: name the column that says when"):
        kinds.performance().over_time()
    with pytest.raises(mq.InputError, match=r"^threshold: only a model of two classes has one"):
        kinds.set_threshold(0.4)
    with pytest.raises(mq.InputError, match=r"^threshold: 1\.5 is not between 0 and 1"):
        analysis.set_threshold(1.5)
    with pytest.raises(mq.InputError, match=r"^costs: 'hit' is no outcome"):
        analysis.performance(costs={"hit": 1})
    with pytest.raises(mq.InputError, match=r"^costs: .* this one is of regression outcomes"):
        values.performance(costs={"true_positive": 1})
    with pytest.raises(mq.InputError, match="has no classes to confuse"):
        _ = values.performance().confusion
    with pytest.raises(mq.InputError, match="gives no probabilities"):
        values.performance().calibration()
    soon = mq.analyze(lambda rows: rows["x"], values.X.assign(when="soon"), values.outcomes.actual, time="when")
    with pytest.raises(mq.InputError, match=r"^time: 'when' holds str values such as 'soon'"):
        soon.performance().over_time()


@pytest.mark.parametrize("kind", ["analysis", "kinds", "values"])
def test_every_picture_is_drawn(kind, request):
    performance = request.getfixturevalue(kind).performance()
    with pytest.raises(mq.InputError, match=r"^what: there is no picture 'rok'") as refused:
        performance.chart("rok")
    names = {
        "analysis": ["roc", "precision_recall", "calibration", "scores", "payoff", "confusion", "time"],
        "kinds": ["confusion"],
        "values": ["predicted_actual", "residuals", "histogram"],
    }[kind]
    assert names[0] in str(refused.value)
    for name in names:
        assert performance.chart(name).to_dict()["$schema"].endswith(".json")
    assert performance.chart().to_json() == performance.chart(names[0]).to_json()


def test_outcomes_that_are_all_alike_have_figures_where_there_are_some():
    X = pd.DataFrame({"p": np.linspace(0, 1, 50)})
    performance = mq.analyze(lambda rows: rows["p"], X, np.ones(50, dtype=bool), classes=[False, True]).performance()
    assert performance.frame.loc["recall", "value"] == 0.5
    assert performance.frame.loc[["roc_auc", "average_precision"], "value"].isna().all()
    assert "ROC AUC" not in performance.sentence
    constant = mq.analyze(lambda rows: np.zeros(len(rows)), X, np.zeros(50)).performance()
    assert constant.frame["value"].isna()["r2"]


def test_a_matrix_without_faults_has_no_interval_by_the_delta_method():
    matrix = confusion(np.array([0, 1, 1]), np.array([0, 1, 1]), 2)
    assert matthews(matrix) == 1
    assert np.isnan(interval(matthews, matrix)).all()
    assert not np.isnan(interval(macro_f1, matrix + 1)).any()
