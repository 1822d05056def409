"""Contributions: which route answers, what it counts against, and that nothing is shown that fails its check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from lightgbm import LGBMClassifier
from scipy.special import expit
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import mlqa_widgets as mq
from mlqa_widgets.errors import Cancelled, InputError
from mlqa_widgets.explain import contributions as routes
from mlqa_widgets.explain.contributions import ROUTES, Route, contributions, estimate_seconds, refine
from mlqa_widgets.explain.question import Answer
from mlqa_widgets.models.model import Family
from mlqa_widgets.progress import Progress
from tests.unit.explain import brute_force

_random = np.random.default_rng(5)
_NUMBERS = pd.DataFrame(_random.normal(size=(400, 4)), columns=list("abcd"))
_MIXED = _NUMBERS.assign(town=_random.choice(["Bern", "Chur", "Zug"], 400))
_RICH = (_MIXED["a"] + _MIXED["b"] * _MIXED["c"] + (_MIXED["town"] == "Zug") > 0.3).map({True: "rich", False: "poor"})
_FIRST = np.arange(10)


@pytest.fixture(scope="module")
def boosted():
    model = LGBMClassifier(n_estimators=20, verbose=-1, n_jobs=1).fit(_NUMBERS, _RICH)
    return mq.analyze(model, _NUMBERS, _RICH)


def _logistic():
    encoder = make_column_transformer((OneHotEncoder(), ["town"]), (StandardScaler(), list("abcd")))
    return make_pipeline(encoder, LogisticRegression())


# ---------------------------------------------------------------------- what is asked


def test_the_second_of_two_classes_is_explained_unless_asked_otherwise(boosted):
    found, first = contributions(boosted, _FIRST), contributions(boosted, _FIRST, output=0)
    assert found.space == "log-odds"
    assert expit(found.output) == pytest.approx(boosted.prediction[_FIRST, 1])
    assert first.values == pytest.approx(-found.values)
    assert first.output == pytest.approx(-found.output)


def test_of_several_classes_the_one_predicted_most_often():
    bands = np.digitize(_NUMBERS["a"], [-1, 0.1])
    analysis = mq.analyze(LogisticRegression().fit(_NUMBERS, bands), _NUMBERS)
    often = int(np.bincount(analysis.predicted).argmax())
    assert contributions(analysis, _FIRST).output == pytest.approx(contributions(analysis, _FIRST, output=often).output)


def test_contributions_to_a_probability_are_computed_not_rescaled(boosted):
    rows, background = _NUMBERS.head(4), _NUMBERS.tail(10)
    found = contributions(boosted, np.arange(4), space="probability", against=background)
    model = boosted.model.original
    _, values = brute_force.interventional(lambda frame: model.predict_proba(frame)[:, 1], rows, background)
    assert found.space == "probability"
    assert found.values == pytest.approx(values)
    assert found.output == pytest.approx(boosted.prediction[:4, 1])


def test_against_one_row_only_what_differs_from_it_contributes(boosted):
    other = _NUMBERS.iloc[[0]].assign(b=2.0)
    found = contributions(boosted, np.array([0]), against=other)
    assert found.background == "1 row"
    assert (found.values[0, [0, 2, 3]] == 0).all()
    assert found.values[0, 1] == pytest.approx(found.output[0] - found.base)


def test_the_background_is_named(boosted):
    assert contributions(boosted, _FIRST).background == "the training rows that reached each leaf"
    assert contributions(boosted, _FIRST, against="background").background == "100 rows drawn from X"
    given = mq.analyze(boosted.model.original, _NUMBERS.head(50), train=_NUMBERS.tail(300))
    assert contributions(given, _FIRST, against="background").background == "100 rows drawn from the training rows"


def test_no_rows_have_no_contributions(boosted):
    assert contributions(boosted, np.array([], dtype=int)).values.shape == (0, 4)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"output": 2}, "output: 2 is no position of 2 classes"),
        ({"space": "odds"}, "space: 'odds' is neither"),
        ({"against": "test"}, "against: 'test' is neither"),
        ({"against": _NUMBERS[["a"]]}, "against: its columns are not those of X; it lacks"),
    ],
)
def test_what_cannot_be_asked_is_refused(boosted, asked, said):
    with pytest.raises(InputError, match=said):
        contributions(boosted, _FIRST, **asked)


def test_values_have_no_probability():
    analysis = mq.analyze(LinearRegression().fit(_NUMBERS, _NUMBERS["a"]), _NUMBERS)
    with pytest.raises(InputError, match="predicts values, not probabilities"):
        contributions(analysis, _FIRST, space="probability")


# ---------------------------------------------------------------------- additive models


@pytest.mark.parametrize("outcome", [_RICH, pd.Series(np.digitize(_NUMBERS["a"], [-1, 1]))])
def test_a_linear_model_behind_one_hot_and_scaling_is_explained_in_closed_form(outcome):
    analysis = mq.analyze(_logistic().fit(_MIXED, outcome), _MIXED)
    rows, background = _MIXED.head(6), _MIXED.tail(12)
    for output in range(analysis.model.outputs):
        found = contributions(analysis, np.arange(6), output=output, against=background)

        def score(frame, output=output):
            raw = analysis.model.raw(frame)
            return raw[:, output] if raw.shape[1] > 1 else raw[:, 0] * (1 if output else -1)

        base, values = brute_force.interventional(score, rows, background)
        assert found.engine == "closed form"
        assert found.values == pytest.approx(values)
        assert found.base == pytest.approx(base[0])
        learned = contributions(analysis, np.arange(6), output=output)
        assert learned.background == "the mean of the training rows"
        assert learned.residual == pytest.approx(0)


@pytest.mark.parametrize("interactions", [0, 2])
def test_an_ebm_is_explained_by_its_own_terms(interactions):
    glassbox = pytest.importorskip("interpret.glassbox")
    model = glassbox.ExplainableBoostingClassifier(max_rounds=40, outer_bags=2, interactions=interactions, n_jobs=1)
    analysis = mq.analyze(model.fit(_NUMBERS, _RICH), _NUMBERS)
    found = contributions(analysis, _FIRST)
    assert found.engine == "its own terms"
    assert found.residual == pytest.approx(0)
    assert any("half to each" in note for note in found.notes) == bool(interactions)
    background = contributions(analysis, _FIRST, against="background")
    assert background.residual == pytest.approx(0)


# ---------------------------------------------------------------------- checks at run time


def _with(monkeypatch, *more: Route):
    monkeypatch.setattr(routes, "ROUTES", (*more, *ROUTES))


def _fresh(analysis):
    return mq.analyze(analysis.model.original, analysis.X)


def _broken(change) -> Route:
    """Return a route that answers as LightGBM does, but for a change."""
    own = next(route for route in ROUTES if route.engine.startswith("LightGBM"))

    def compute(question, frame, progress):
        return change(own.compute(question, frame, progress))

    return replace(own, engine="broken engine", compute=compute, compared=True)


def _unequal(answer: Answer) -> Answer:
    return replace(answer, values=answer.values + np.array([0.1, -0.1, 0, 0]))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda answer: replace(answer, base=answer.base + 0.01), "its sums missed the model's output by up to 0.01"),
        (lambda answer: replace(answer, values=answer.values * np.nan), "it returned missing values"),
        (_unequal, 'its values differed by up to 0.1 from those of "LightGBM\'s own, path-dependent"'),
        (lambda answer: 1 / 0, "it failed with ZeroDivisionError"),
    ],
)
def test_a_route_that_fails_its_check_is_dropped_and_the_explanation_says_so(boosted, monkeypatch, change, said):
    right = contributions(boosted, _FIRST)
    _with(monkeypatch, _broken(change))
    analysis = _fresh(boosted)
    for _ in range(2):
        found = contributions(analysis, _FIRST)
        assert found.engine == "LightGBM's own, path-dependent"
        assert found.values == pytest.approx(right.values)
        assert len(found.notes) == 1
        assert found.notes[0].startswith(f"The route 'broken engine' was dropped: {said}")


def test_a_route_that_is_wrong_in_few_rows_of_many_is_dropped(boosted, monkeypatch):
    def one_row(answer: Answer) -> Answer:
        values = answer.values.copy()
        values[201, 0] += 1e-3
        return replace(answer, values=values)

    _with(monkeypatch, _broken(one_row))
    assert "sums missed" in contributions(_fresh(boosted), np.arange(400)).notes[0]


def test_where_every_route_fails_there_is_no_explanation(boosted, monkeypatch):
    wrong = _broken(lambda answer: replace(answer, base=9.0))
    monkeypatch.setattr(routes, "ROUTES", (wrong,))
    with pytest.raises(InputError, match="cannot be explained"):
        contributions(_fresh(boosted), _FIRST)


def test_the_families_of_the_table_all_have_a_route():
    assert {family for route in ROUTES for family in route.families or Family} == set(Family)


# ---------------------------------------------------------------------- long work


def test_work_stops_soon_after_it_is_cancelled(boosted):
    progress = Progress(what="explanation")
    progress.listen(lambda step, share: progress.cancel() if share > 0.2 else None)
    with pytest.raises(Cancelled, match="The explanation was cancelled"):
        contributions(boosted, np.resize(_FIRST, 20_000), progress=progress)


def test_a_first_part_of_the_rows_comes_before_all(boosted):
    many = np.resize(np.arange(400), 7_000)
    steps: list[float] = []
    versions = list(refine(boosted, many, progress=Progress(lambda step, share: steps.append(share))))
    sizes = [len(positions) for positions, _ in versions]
    assert sizes[0] <= 2_000 < sizes[-1] == 7_000
    positions, found = versions[-1]
    assert found.values[:20] == pytest.approx(contributions(boosted, positions[:20]).values, abs=1e-4)
    assert found.residual == pytest.approx(0, abs=1e-4)
    assert steps == sorted(steps)


def test_the_time_is_estimated_in_proportion_to_the_rows(boosted):
    analysis = _fresh(boosted)
    assert 0 < estimate_seconds(analysis, 10) < estimate_seconds(analysis, 50)
    assert estimate_seconds(analysis, 10, against="background") > 0
