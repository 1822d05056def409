"""One row, or some rows against the rest: from the base to the output, in the user's words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier, LGBMRegressor
from scipy.special import expit
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import mlqa_widgets as mq
from mlqa_widgets.explain.local import BARS, GroupExplanation, RowExplanation, ends_in_words


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{i}": rng.normal(size=300) for i in range(12)}, index=[f"p{i}" for i in range(300)])
    frame["town"] = pd.Categorical(rng.choice(["Bern", "Zug"], 300))
    frame.loc[frame.index[::10], "x3"] = np.nan
    return frame


@pytest.fixture(scope="module")
def rich(people):
    others = people.filter(regex="^x[1-9]").fillna(0).sum(axis=1) / 4
    return (people["x0"] + others + (people["town"] == "Zug") > 0.5).map({True: "rich", False: "poor"}).rename("wealth")


@pytest.fixture(scope="module")
def analysis(people, rich):
    return mq.analyze(LGBMClassifier(n_estimators=30, verbose=-1, n_jobs=1).fit(people, rich), people, rich)


@pytest.fixture(autouse=True)
def _nothing_selected(analysis):
    analysis.select(None)
    analysis.focus(None)


def test_bars_run_from_the_base_to_the_output(analysis):
    found = analysis.explain("p7")
    waterfall = found.waterfall
    assert waterfall.bars[0].start == waterfall.base
    for one, following in zip(waterfall.bars, waterfall.bars[1:], strict=False):
        assert one.end == following.start
    assert waterfall.bars[-1].end == pytest.approx(waterfall.output)
    assert len(waterfall.bars) == BARS + 1
    assert waterfall.bars[-1].label == "3 other columns"
    sizes = [abs(bar.contribution) for bar in waterfall.bars[:-1]]
    assert sizes == sorted(sizes, reverse=True)


def test_columns_without_a_contribution_have_no_bar_of_their_own(people):
    X = people[["x0", "x1", "x2"]].fillna(0)
    bars = mq.analyze(LinearRegression().fit(X, X["x0"]), X).explain("p7", against=X.iloc[[8]]).waterfall.bars
    assert [bar.label for bar in bars] == ["x0", "2 other columns"]


def test_log_odds_are_told_as_probabilities_too(analysis):
    waterfall = analysis.explain("p7").waterfall
    assert waterfall.space == "log-odds"
    assert waterfall.base_natural == pytest.approx(expit(waterfall.base))
    assert waterfall.output_natural == pytest.approx(expit(waterfall.output))
    begins, ends = ends_in_words(waterfall, analysis.model.task)
    assert "%" in begins
    assert "%" in ends


def test_the_space_of_probability_starts_at_a_probability(analysis):
    found = analysis.explain("p7", space="probability")
    assert found.waterfall.base_natural is None
    assert found.waterfall.output == pytest.approx(found.prediction)


def test_values_are_in_the_users_words(analysis):
    bars = {bar.label: bar.value for bar in analysis.explain("p0").waterfall.bars}
    assert bars["town"] in {"Bern", "Zug"}
    table = analysis.explain("p0").contributions
    assert pd.isna(table.set_index("column").loc["x3", "value"])
    assert "p0" not in repr(analysis.explain("p0").contributions)


def test_the_sentence_is_of_the_second_class(analysis, people):
    found = analysis.explain("p7")
    assert found.prediction == pytest.approx(analysis.prediction[7, 1])
    assert found.sentence.startswith("The model gives ")
    assert "for rich" in found.sentence
    assert "for poor" in analysis.explain("p7", output="poor").sentence


def test_classes_that_are_no_words_are_told_with_what_they_are_of(people):
    X = people[["x0", "x1"]]
    late = (X["x0"] > 0).rename("late")
    analysis = mq.analyze(LogisticRegression().fit(X, late), X, late)
    assert "% for late = True" in analysis.explain("p7").sentence
    assert "late = " in analysis.explain("p7").contrast().sentence


def test_the_other_class_has_the_same_bars_turned(analysis):
    assert np.allclose(
        analysis.explain("p7").explanation.values, -analysis.explain("p7", output="poor").explanation.values
    )


@pytest.mark.parametrize("asked", [{"row": "p7"}, {"position": 7}, {"row": ["p7"]}, {"row": "index == 'p7'"}])
def test_a_row_is_named_by_label_position_or_query(analysis, asked):
    if asked.get("row") == "index == 'p7'":
        asked = {"row": f"x0 == {float(analysis.X['x0'].iloc[7])!r}"}
    found = analysis.explain(**asked)
    assert isinstance(found, RowExplanation)
    assert (found.position, found.label) == (7, "p7")


def test_without_a_name_the_row_in_focus_then_the_selected_ones_are_explained(analysis):
    assert analysis.explain().position == 0
    analysis.select("x0 > 1")
    assert isinstance(analysis.explain(), GroupExplanation)
    analysis.focus(9)
    assert analysis.explain().position == 9


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"row": 7}, "no row of X has the label 7. Labels are those of X.index, first .*pass position="),
        ({"row": "x0 > 99"}, "no row has x0 > 99"),
        ({"row": []}, "no rows"),
        ({"row": "p7", "position": 7}, "pass one of them"),
        ({"position": 300}, "X has 300 rows"),
        ({"row": "p7", "output": "famous"}, "'famous' is no class of the model"),
    ],
)
def test_rows_and_classes_that_do_not_exist_are_refused(analysis, asked, message):
    with pytest.raises(mq.InputError, match=message):
        analysis.explain(**asked)


def test_labels_that_occur_twice_mean_a_group(people, rich):
    twice = people.set_axis(["same", "same", *people.index[2:]])
    analysis = mq.analyze(LogisticRegression().fit(twice[["x0"]], rich), twice[["x0"]])
    assert analysis.explain("same").positions.tolist() == [0, 1]


def test_of_several_classes_the_predicted_one_is_explained(people):
    y = pd.cut(people["x0"], [-9, -0.5, 0.5, 9], labels=["low", "mid", "high"]).astype(str)
    X = people[["x0", "x1"]]
    analysis = mq.analyze(DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y), X, y)
    for position in (0, 1, 2, 3):
        assert analysis.explain(position=position).class_name == str(y.iloc[position])


def test_values_have_no_percentages(people):
    X = people[["x0", "x1"]]
    analysis = mq.analyze(LinearRegression().fit(X, 100 * X["x0"]), X, 100 * X["x0"])
    found = analysis.explain("p7")
    assert "%" not in found.sentence
    assert found.class_name is None
    assert found.actual_words == found.predicted_words


def test_sampled_contributions_carry_their_error(people):
    X = people.drop(columns="town").fillna(0)
    analysis = mq.analyze(lambda rows: np.exp(rows.to_numpy()[:, :4].sum(axis=1)), X)
    found = analysis.explain("p7")
    assert found.waterfall.bars[0].standard_error > 0
    assert len(found.contributions) == 12


def test_two_rows_are_compared_column_by_column(analysis):
    table = analysis.explain("p7").compare("p8")
    outputs = [analysis.explain(label).explanation.output[0] for label in ("p7", "p8")]
    assert table["difference"].sum() == pytest.approx(outputs[0] - outputs[1])
    assert table["difference"].abs().is_monotonic_decreasing
    with pytest.raises(mq.InputError, match="name one"):
        analysis.explain("p7").compare(["p1", "p2"])


def test_against_its_contrast_a_row_starts_there(analysis):
    found = analysis.explain("p7")
    contrast = found.contrast()
    assert analysis.predicted[contrast.position] != analysis.predicted[7]
    against = found.against_row(contrast.position)
    theirs = analysis.model.raw(analysis.X.iloc[[contrast.position]])[0, 0]
    assert against.explanation.base == pytest.approx(theirs, abs=1e-6)


def test_the_contrast_is_the_nearest_of_those_rightly_predicted(analysis):
    contrast = analysis.explain("p7").contrast()
    others = np.flatnonzero((analysis.predicted != analysis.predicted[7]) & (analysis.predicted == analysis.actual))
    nearest = analysis.explain("p7").similar(299)
    order = [p for p in nearest.positions if p in set(others)]
    assert contrast.position == order[0]
    assert "that came true" in contrast.sentence


def test_where_all_are_predicted_alike_there_is_no_contrast(people):
    analysis = mq.analyze(lambda rows: rows["x0"] * 0 + 0.9, people[["x0"]], classes=["no", "yes"])
    found = analysis.explain("p7").contrast()
    assert found.position is None
    assert found.sentence == "No row of X has a prediction of no."


def test_similar_rows_come_with_what_came(analysis):
    found = analysis.explain("p7").similar(5)
    assert 7 not in found.positions
    assert list(found.rows.columns[:1]) == ["distance"]
    assert found.rows["distance"].is_monotonic_increasing
    came = (analysis.actual[found.positions] == 1).sum()
    assert found.sentence.startswith(f"Of the 5 nearest rows {came} came out rich")


def test_without_outcomes_similar_rows_come_with_what_is_predicted(people):
    analysis = mq.analyze(lambda rows: rows["x0"] * 0 + 0.25, people[["x0"]], classes=["no", "yes"])
    assert analysis.explain("p7").similar(5).sentence == "The model gives the 5 nearest rows 25 % for yes on average."
    values = mq.analyze(lambda rows: rows["x0"] * 0 + 3, people[["x0"]])
    assert values.explain("p7").similar(5).sentence == "Of the 5 nearest rows the model says 3 on average."


def test_of_a_group_the_columns_that_set_it_apart_are_named(analysis):
    found = analysis.explain("x0 > 0.8")
    table = found.group.table
    assert table["column"].iloc[0] == "x0"
    assert table["low"].iloc[0] > 0
    assert "those of x0 (median" in found.sentence
    assert found.group.rows + found.group.rest == 300


def test_of_rows_drawn_at_random_nothing_is_said(analysis):
    random = np.random.default_rng(3)
    said = [analysis.explain(random.random(300) < 0.5).sentence for _ in range(10)]
    assert sum("No column's contribution differs" in sentence for sentence in said) >= 8


def test_a_group_needs_others(analysis):
    with pytest.raises(mq.InputError, match="two on either side"):
        analysis.explain(np.ones(300, dtype=bool))


def test_explanations_are_drawn_and_printed(analysis):
    for found in (analysis.explain("p7"), analysis.explain("x0 > 0.8")):
        assert found.chart().to_dict()["layer"]
        assert found.sentence in repr(found)


def test_a_log_link_is_told_as_values(people):
    X = people[["x0", "x1"]]
    model = LGBMRegressor(objective="poisson", n_estimators=20, verbose=-1, n_jobs=1).fit(X, np.exp(X["x0"]))
    waterfall = mq.analyze(model, X).explain("p7").waterfall
    if waterfall.space == "log of the value":
        assert waterfall.output_natural == pytest.approx(np.exp(waterfall.output))


def test_where_all_rows_are_selected_the_first_is_explained():
    X = pd.DataFrame({"x": np.arange(20.0), "z": np.arange(20) % 3})
    analysis = mq.analyze(lambda rows: rows["x"] + rows["z"], X)
    analysis.select(np.arange(20))
    assert analysis.explain().position == 0
    analysis.select([3, 4])
    assert analysis.explain().positions.tolist() == [3, 4]


def test_what_is_usual_is_where_the_waterfall_starts_in_the_unit_of_the_prediction():
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=300)})
    explained = mq.analyze(lambda rows: expit(3 * rows["x"]), X, classes=["no", "yes"]).explain(position=0)
    assert explained.explanation.space == "probability"
    assert explained.usual == pytest.approx(explained.waterfall.base)
