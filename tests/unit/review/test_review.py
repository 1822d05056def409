"""A review: the oddest predictions, why each is odd, and the verdicts on them."""

from __future__ import annotations

import getpass

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

import mlqa_widgets as mq
from mlqa_widgets.errors import InputError, MlqaError
from mlqa_widgets.progress import Progress
from mlqa_widgets.review import oddness
from mlqa_widgets.review.extremes import Extremes
from mlqa_widgets.review.oddness import Surroundings, candidates
from mlqa_widgets.review.second_opinion import second_opinion


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def people(rows=400, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {"age": rng.normal(50, 10, rows), "size": rng.normal(0, 1, rows), "sex": rng.choice(["f", "m"], rows)},
        index=[f"p{i}" for i in range(rows)],
    )
    y = pd.Series(np.where(X["age"] + 3 * rng.normal(size=rows) > 50, "ill", "well"), index=X.index, name="state")
    return X, y


class ByAge:
    """Says ill by age alone."""

    classes_ = ("ill", "well")

    def predict_proba(self, X):
        ill = 1 / (1 + np.exp((50 - X["age"].to_numpy()) / 2))
        return np.column_stack([ill, 1 - ill])


@pytest.fixture
def analysis():
    X, y = people()
    y.iloc[7] = "well" if X["age"].iloc[7] > 50 else "ill"
    X.iloc[7, 0] = 75.0 if y.iloc[7] == "well" else 25.0
    return mq.analyze(ByAge(), X, y)


@pytest.fixture
def review(analysis):
    return analysis.review(reviewer="ann")


def test_the_queue_says_why_each_row_is_there(review):
    queue = review.queue
    parts = ["loss", "neighbours", "distance", "value", "out_of_fold"]
    assert queue.columns.tolist() == ["position", "oddness", *parts, "prediction", "actual", "verdict"]
    assert len(queue) == 50
    assert queue["oddness"].is_monotonic_decreasing
    assert queue[parts].to_numpy().min() >= 0
    assert queue[parts].to_numpy().max() <= 1
    assert queue.index[0] == "p7"
    assert queue["verdict"].isna().all()


def test_oddness_is_the_stated_mix_of_its_parts(analysis):
    weights = {"loss": 3.0, "distance": 1.0, "neighbours": 0, "value": 0, "out_of_fold": 0}
    queue = analysis.review(weights=weights).queue
    rarer = np.clip(1 - queue[["loss", "distance"]], 0.5 / 2000, 1)
    expected = 1 - (rarer["loss"] ** 3 * rarer["distance"]) ** 0.25
    assert queue["oddness"].tolist() == pytest.approx(expected.tolist())
    assert "neighbours" not in queue


def test_a_part_is_the_share_of_rows_that_are_less_odd(analysis):
    parts = analysis.review().work.result.parts
    loss = -np.log(analysis.prediction[np.arange(400), analysis.actual])
    expected = [((loss < one).sum() + (loss <= one).sum()) / 800 for one in loss]
    assert parts.loc[np.arange(400), "loss"].tolist() == pytest.approx(expected)


def test_neighbours_are_the_other_rows_and_what_came_for_them(analysis):
    near, distances = Surroundings(analysis).nearest(np.arange(50), 5)
    assert not (near == np.arange(50)[:, None]).any()
    assert (np.diff(distances, axis=1) >= 0).all()
    measures = {m.id: m for m in Surroundings(analysis).measures()}
    twenty = Surroundings(analysis).nearest(np.array([3]), 20)[0][0]
    ill = (analysis.actual[twenty] == 0).mean()
    assert measures["neighbours"].of(np.array([3]))[0] == pytest.approx(abs(analysis.prediction[3, 0] - ill))


def test_distance_is_counted_from_the_training_rows_where_they_are_known():
    X, y = people()
    train = X.iloc[:300].copy()
    train["sex"] = "f"
    far = mq.analyze(ByAge(), X, y, train=train)
    measures = {m.id: m for m in Surroundings(far).measures()}
    distance = measures["distance"].of(np.arange(400))
    men = (X["sex"] == "m").to_numpy()
    assert distance[men].min() > distance[~men].max()
    assert "training rows" in measures["distance"].sentence(int(np.flatnonzero(men)[0]), 0.9)
    assert "most in sex" in measures["distance"].sentence(int(np.flatnonzero(men)[0]), 0.9)


def test_planted_errors_come_first():
    X, y = people(3000)
    rng = np.random.default_rng(1)
    flipped = rng.choice(3000, 15, replace=False)
    sure = np.abs(X["age"].iloc[flipped] - 50) > 6
    flipped = flipped[sure.to_numpy()]
    y.iloc[flipped] = np.where(y.iloc[flipped] == "ill", "well", "ill")
    X.iloc[5, 1] = 999.0
    analysis = mq.analyze(ByAge(), X, y)
    review = analysis.review()
    assert np.isin(flipped, review.queue["position"]).mean() > 0.8
    by_value = dict.fromkeys(["loss", "neighbours", "distance", "out_of_fold"], 0) | {"value": 1}
    assert analysis.review(weights=by_value).queue["position"].iloc[0] == 5
    assert review.card(position=5).sentence.startswith("size is 999, ")


def test_the_second_opinion_is_sklearns_out_of_fold_prediction():
    X, y = people(200)
    model = LogisticRegression().fit(X[["age", "size"]], y)
    analysis = mq.analyze(model, X[["age", "size"]], y)
    opinion = second_opinion(analysis, Progress())
    assert opinion.made_of == "LogisticRegression, fitted on 200 rows of X in 5 folds, each without one"
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    peer = cross_val_predict(
        LogisticRegression(), X[["age", "size"]], analysis.actual, cv=folds, method="predict_proba"
    )
    assert opinion.predict(np.arange(200)) == pytest.approx(peer)


def test_a_model_that_cannot_be_fitted_again_is_stood_in_for(analysis):
    opinion = second_opinion(analysis, Progress())
    assert opinion.made_of.startswith("histogram gradient boosting, fitted on 400 rows")
    assert opinion.predict(np.arange(400)).sum(axis=1) == pytest.approx(1.0)


def test_rows_beyond_those_fitted_on_are_asked_of_every_fold(analysis, monkeypatch):
    monkeypatch.setattr("mlqa_widgets.review.second_opinion.ROWS", 100)
    opinion = second_opinion(analysis, Progress())
    assert (opinion._fold >= 0).sum() == 100
    others = np.flatnonzero(opinion._fold < 0)[:3]
    each = [model.predict_proba(opinion._features(others)) for model in opinion._models]
    assert opinion.predict(others) == pytest.approx(np.mean(each, axis=0))


def test_of_many_rows_those_that_can_be_odd_are_examined(analysis, monkeypatch):
    monkeypatch.setattr(oddness, "SAMPLE", 50)
    monkeypatch.setattr(oddness, "_WORST", 20)
    monkeypatch.setattr(oddness, "_FARTHEST", 10)
    extremes = Extremes(analysis.X, analysis.X)
    positions, said = candidates(analysis, np.arange(400), extremes)
    assert 50 <= len(positions) <= 80
    worst = np.argsort(oddness.losses(analysis))[-20:]
    assert np.isin(worst, positions).all()
    assert np.isin(np.argsort(extremes.farthest)[-10:], positions).all()
    assert said.startswith(f"{len(positions)} of 400 rows: 50 drawn at random, the 20 of the greatest loss and the 10")


def test_without_outcomes_what_can_be_told_is_told():
    X, _ = people()
    review = mq.analyze(ByAge(), X).review()
    assert review.queue.columns.tolist() == [
        "position", "oddness", "neighbours", "distance", "value", "prediction", "verdict",
    ]  # fmt: skip
    assert "its 20 nearest rows get" in review.card(position=0).sentences["neighbours"]
    with pytest.raises(InputError, match="'loss' can only be told when what came is known"):
        mq.analyze(ByAge(), X).review(weights={"loss": 1})


def test_values_are_reviewed_as_classes_are():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"area": rng.uniform(20, 200, 300), "floor": rng.integers(0, 9, 300)})
    y = 10 * X["area"] + rng.normal(0, 20, 300)
    y.iloc[4] += 900
    model = LinearRegression().fit(X, y)
    review = mq.analyze(model, X, y).review()
    assert 4 in review.queue["position"].iloc[:3].tolist()
    card = review.card(position=4)
    assert card.sentences["loss"].startswith(f"The model says {round(model.predict(X)[4]):,}")
    contrast = review.contrast(position=4)
    prediction = model.predict(X)
    assert abs(prediction[contrast] - prediction[4]) >= prediction.std()


@pytest.mark.parametrize("rows", [2, 3, 12])
def test_few_rows_are_enough(rows):
    X, y = people(rows)
    review = mq.analyze(ByAge(), X, y).review()
    assert len(review.queue) == rows
    assert review.card(position=0).sentence


def test_odd_columns_are_no_obstacle():
    X, y = people(60)
    X["empty"] = np.nan
    X["constant"] = 1
    X["when"] = pd.date_range("2024-01-01", periods=60)
    X["list"] = [[i] for i in range(60)]
    X["flag"] = pd.array([True, None] * 30, dtype="boolean")
    X["many"] = [f"<b>{i}" for i in range(60)]
    X.loc["p3", ["age", "sex", "when"]] = [50.0, None, pd.NaT]
    review = mq.analyze(ByAge(), X, y).review()
    assert len(review.queue) == 50
    assert all(review.card(position=row).sentences for row in range(60))


# ---------------------------------------------------------------------- the card


def test_a_card_says_what_stands_out_in_sentences(review):
    card = review.card(position=7)
    assert card.parts["loss"] > 0.99
    assert card.sentences["loss"].startswith("The model gave < 0.1 % to ")
    assert card.sentences["loss"].split(":")[0] in card.sentence
    usual = review.card(position=int(review.work.result.parts["oddness"].idxmin()))
    assert usual.sentence.startswith("Nothing sets this row apart")


def test_the_contrast_is_the_nearest_row_rightly_predicted_otherwise(analysis, review):
    contrast = review.contrast(position=7)
    predicted, actual = analysis.predicted, analysis.actual
    assert predicted[contrast] != predicted[7]
    assert predicted[contrast] == actual[contrast]
    near, _ = review.surroundings.nearest(np.array([7]), 399)
    before = near[0][: near[0].tolist().index(contrast)]
    assert not ((predicted[before] != predicted[7]) & (predicted[before] == actual[before])).any()


def test_reasons_are_counted_as_usual_and_against_the_contrast(analysis, review):
    found = review.reasons(position=7)
    assert found.output == analysis.predicted[7]
    assert found.contrast == review.contrast(position=7)
    here, there = (analysis.prediction[row, found.output] for row in (7, found.contrast))
    assert found.usual.base + found.usual.values.sum() == pytest.approx(here)
    assert found.against_contrast.base == pytest.approx(there)
    assert found.against_contrast.values.sum() == pytest.approx(here - there)


def test_where_all_is_predicted_alike_there_is_no_contrast():
    X, y = people(50)
    X["age"] = 80.0
    review = mq.analyze(ByAge(), X, y).review()
    assert review.contrast(position=0) is None
    assert review.reasons(position=0).against_contrast is None


# ---------------------------------------------------------------------- verdicts


def test_a_verdict_is_kept_beside_the_notebook_and_found_again(analysis, review, tmp_path):
    review.judge("p7", "label is wrong", "asked the clinic")
    assert (tmp_path / "ByAge.mlqa-reviews.sqlite").exists()
    again = analysis.review(reviewer="ann")
    line = again.verdicts.loc["p7"]
    assert line[["position", "verdict", "note", "reviewer"]].tolist() == [
        7,
        "label is wrong",
        "asked the clinic",
        "ann",
    ]
    assert line["prediction"] != line["actual"]
    assert line["at"].tzinfo is not None
    assert again.queue.loc["p7", "verdict"] == "label is wrong"


def test_reordered_rows_keep_their_verdicts_and_other_models_and_data_have_none(review):
    review.judge(None, "unsure", position=7)
    X, y = review.analysis.X, review.analysis.frame["state"]
    turned = np.random.default_rng(0).permutation(len(X))
    same = mq.analyze(ByAge(), X.iloc[turned], y.iloc[turned]).review(reviewer="ann")
    assert same.verdicts.index.tolist() == ["p7"]
    assert same.verdicts["position"].tolist() == [turned.tolist().index(7)]
    changed = X.copy()
    changed.iloc[0, 1] += 1
    assert mq.analyze(ByAge(), changed, y).review().verdicts.empty
    other = LogisticRegression().fit(X[["age", "size"]], y)
    assert mq.analyze(other, X[["age", "size"]], y).review(name="ByAge").verdicts.empty


def test_undo_takes_back_the_latest_verdict_of_this_reviewer(analysis, review):
    analysis.review(reviewer="bob").judge(None, "unsure", position=2)
    review.judge(None, "makes sense", position=1)
    review.judge(None, "model is wrong", position=1)
    assert review.undo() == 1
    assert review.verdicts.loc["p1", "verdict"] == "makes sense"
    assert review.undo() == 1
    assert review.undo() is None
    assert review.verdicts["reviewer"].tolist() == ["bob"]


def test_the_reviewer_is_the_user_of_the_hub_or_of_the_machine(analysis, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr(getpass, "getuser", lambda: "me")
    assert analysis.review().reviewer == "me"
    monkeypatch.setenv("JUPYTERHUB_USER", "hub-me")
    assert analysis.review().reviewer == "hub-me"


def test_merging_another_reviewers_file_lists_where_they_differ(analysis, review, tmp_path):
    bob = analysis.review(reviewer="bob", name="bob")
    for row, (mine, theirs) in enumerate([("makes sense", "makes sense"), ("unsure", "model is wrong")]):
        review.judge(None, mine, position=row)
        bob.judge(None, theirs, position=row)
    bob.judge(None, "true outlier", position=3)
    merge = review.merge(tmp_path / "bob.mlqa-reviews.sqlite")
    assert (merge.added, merge.known, merge.foreign) == (3, 0, 0)
    assert merge.disagreements.loc["p1"].tolist() == ["unsure", "model is wrong"]
    assert len(merge.disagreements) == 1
    assert len(review.verdicts) == 5
    assert review.merge("bob.mlqa-reviews.sqlite").added == 0
    assert review.kappa[["reviewer", "other", "rows", "same"]].to_numpy().tolist() == [["ann", "bob", 2, 0.5]]


def test_a_summary_says_how_often_reviewers_held_the_model_right(review):
    for row, verdict in enumerate(["makes sense", "makes sense", "model is wrong", "unsure"]):
        review.judge(None, verdict, position=row)
    line = review.summary().loc["all rows"]
    assert (line["reviewed"], line["judged"], line["agreed"]) == (4, 3, 2)
    assert line["low"] < 2 / 3 < line["high"]
    by_sex = review.summary("sex")
    assert by_sex.index.name == "sex"
    assert by_sex["reviewed"].sum() == 4
    assert review.summary("reviewer").index.tolist() == ["ann"]
    with pytest.raises(InputError, match=r"X has no column 'sax'.*Did you mean 'sex'"):
        review.summary("sax")


def test_before_any_verdict_there_is_nothing_to_sum_up(review):
    assert review.verdicts.empty
    assert review.summary().empty
    assert review.kappa.empty
    assert review.disagreements.empty
    assert repr(review) == "<Review by ann: 0 reviewed, kept in ByAge.mlqa-reviews.sqlite>"


def test_listeners_hear_of_verdicts(review):
    heard = []
    review.on_change(lambda: heard.append(len(review.verdicts)))
    review.judge(None, "unsure", position=0)
    review.undo()
    assert heard == [1, 0]


def test_a_verdict_that_cannot_be_stored_is_an_error(review, tmp_path):
    review.file.path.mkdir()
    with pytest.raises(MlqaError, match="not stored"):
        review.judge(None, "unsure", position=0)


# ---------------------------------------------------------------------- which rows


def test_rows_chosen_are_queued_and_all_rows_again(analysis, review):
    chosen = analysis.review("age > 65")
    assert (chosen.queue["position"].isin(np.flatnonzero(analysis.X["age"] > 65))).all()
    assert chosen.narrowed_to == "age > 65"
    whole = review.queue.index.tolist()
    review.only([1, 2], "two")
    assert sorted(review.queue["position"]) == [1, 2]
    assert review.narrowed_to == "two"
    review.only(None)
    assert review.queue.index.tolist() == whole


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"size": 0}, "size: 0"),
        ({"rows": []}, "rows: there are none"),
        ({"rows": [999]}, "there is none at 999"),
        ({"weights": {"los": 1}}, "Did you mean 'loss'"),
        ({"weights": {"loss": -1}}, "no weight"),
        ({"weights": dict.fromkeys(oddness.PARTS, 0)}, "all are 0"),
        ({"reviewer": " "}, "say who judges"),
    ],
)
def test_wrong_input_is_named_with_what_would_work(analysis, arguments, words):
    with pytest.raises(InputError, match=words):
        analysis.review(**arguments)


def test_verdicts_and_rows_that_do_not_exist_are_refused(review):
    with pytest.raises(InputError, match="there is none at 400"):
        review.judge(None, "unsure", position=400)
    with pytest.raises(InputError, match="Did you mean 'unsure'"):
        review.judge(None, "unsur", position=0)
    assert review.verdicts.empty


def test_a_row_is_meant_by_its_label_or_by_its_position(review):
    assert review.card("p7").position == 7
    assert review.contrast("p7") == review.contrast(position=7)
    with pytest.raises(InputError, match="no row of X has the label 7; for the row at a place pass position="):
        review.judge(7, "unsure")
    with pytest.raises(InputError, match="pass one of them"):
        review.judge("p7", "unsure", position=7)
    X, y = people(10)
    twice = mq.analyze(ByAge(), X.set_axis(["a"] * 10), y.set_axis(["a"] * 10)).review()
    with pytest.raises(InputError, match="10 rows of X have the label 'a'"):
        twice.judge("a", "unsure")


def test_the_chart_draws_the_parts_of_the_oddest(review):
    spec = review.chart().to_dict()
    assert len(spec["layer"]) == 2


def test_a_refitted_boosting_is_the_users_own_kind():
    X, y = people(200)
    X["sex"] = X["sex"].astype("category")
    model = HistGradientBoostingClassifier(max_iter=5, categorical_features="from_dtype").fit(X, y)
    review = mq.analyze(model, X, y).review()
    assert len(review.queue) == 50
    assert "HistGradientBoostingClassifier, fitted on 200 rows" in review.method
