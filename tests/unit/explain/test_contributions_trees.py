"""Every route for trees gives the Shapley values that the definition gives: each class, missing values, ties, categories."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest
from catboost import CatBoostClassifier, CatBoostRegressor
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from threadpoolctl import threadpool_limits
from xgboost import XGBClassifier, XGBRegressor

import mlqa_widgets as mq
from mlqa_widgets.explain.contributions import ROUTES, contributions
from mlqa_widgets.explain.question import Question
from mlqa_widgets.progress import Progress
from tests.unit.explain import brute_force

_ROWS, _EXPLAINED, _BACKGROUND = 240, 8, 6
_random = np.random.default_rng(3)
_NUMBERS = pd.DataFrame({name: _random.normal(size=_ROWS).round(2) for name in "abcd"})
_NUMBERS["d"] = _NUMBERS["d"].round(0)
_MISSING = _NUMBERS.mask(_random.random(_NUMBERS.shape) < 0.15)
_MIXED = _MISSING.assign(kind=pd.Categorical(_random.choice(list("uvwxyz"), _ROWS)).set_categories(list("uvwxyz")))
_MIXED.loc[::17, "kind"] = np.nan
_SCORE = (
    _NUMBERS["a"] + _NUMBERS["b"] * _NUMBERS["c"] + 2 * _MIXED["kind"].isin(["u", "x"]) * (_NUMBERS["d"] + 1)
).to_numpy()
_TWO = np.where(_SCORE > 0.5, "yes", "no")
_CODES = (_SCORE > 0.5).astype(int)
_THREE = np.digitize(_SCORE, [-0.5, 1.5])
_SMALL: dict[str, Any] = {"n_estimators": 6, "random_state": 0}
_LIGHTGBM: dict[str, Any] = {**_SMALL, "num_leaves": 8, "min_child_samples": 5, "verbose": -1, "n_jobs": 1}
_LIGHTGBM |= {"min_data_per_group": 5, "cat_smooth": 1}
_XGBOOST: dict[str, Any] = {**_SMALL, "max_depth": 3, "n_jobs": 1, "enable_categorical": True, "max_cat_to_onehot": 1}
_CATBOOST: dict[str, Any] = {"iterations": 6, "depth": 3, "verbose": 0, "allow_writing_files": False, "random_seed": 0}
_HIST: dict[str, Any] = {"max_iter": 6, "max_leaf_nodes": 8, "min_samples_leaf": 5, "early_stopping": False}
_FOREST: dict[str, Any] = {**_SMALL, "max_depth": 5}

_CASES = {
    "LightGBM, two classes": (LGBMClassifier(**_LIGHTGBM), _MIXED, _TWO),
    "LightGBM, three classes": (LGBMClassifier(**_LIGHTGBM), _MIXED, _THREE),
    "LightGBM, values": (LGBMRegressor(**_LIGHTGBM), _MISSING, _SCORE),
    "LightGBM, no missing values": (LGBMRegressor(**_LIGHTGBM), _NUMBERS, _SCORE),
    "LightGBM, its forest": (
        LGBMClassifier(**_LIGHTGBM, boosting_type="rf", bagging_freq=1, bagging_fraction=0.7),
        _MISSING,
        _TWO,
    ),
    "XGBoost, two classes": (XGBClassifier(**_XGBOOST), _MIXED, _CODES),
    "XGBoost, three classes": (XGBClassifier(**_XGBOOST), _MIXED, _THREE),
    "XGBoost, values": (XGBRegressor(**_XGBOOST), _MISSING, _SCORE),
    "CatBoost, two classes": (CatBoostClassifier(**_CATBOOST), _MISSING, _TWO),
    "CatBoost, three classes": (CatBoostClassifier(**_CATBOOST), _MISSING, _THREE),
    "CatBoost, values": (CatBoostRegressor(**_CATBOOST), _MISSING, _SCORE),
    "HistGradientBoosting, two classes": (HistGradientBoostingClassifier(**_HIST), _MIXED, _TWO),
    "HistGradientBoosting, three classes": (HistGradientBoostingClassifier(**_HIST), _MIXED, _THREE),
    "HistGradientBoosting, values": (HistGradientBoostingRegressor(**_HIST), _MISSING, _SCORE),
    "forest, two classes": (RandomForestClassifier(**_FOREST), _MISSING, _TWO),
    "forest, three classes": (RandomForestClassifier(**_FOREST), _NUMBERS, _THREE),
    "forest, values": (RandomForestRegressor(**_FOREST), _MISSING, _SCORE),
    "extra trees": (ExtraTreesClassifier(**_FOREST), _MISSING, _THREE),
    "tree, two classes": (DecisionTreeClassifier(max_depth=5, random_state=0), _MISSING, _TWO),
    "tree, values": (DecisionTreeRegressor(max_depth=5, random_state=0), _NUMBERS, _SCORE),
    "boosted, two classes": (GradientBoostingClassifier(**_SMALL), _NUMBERS, _TWO),
    "boosted, three classes": (GradientBoostingClassifier(**_SMALL), _NUMBERS, _THREE),
    "boosted, values": (GradientBoostingRegressor(**_SMALL), _NUMBERS, _SCORE),
}


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    with threadpool_limits(1):
        yield


def _analysis(name: str) -> mq.ModelAnalysis:
    model, rows, outcome = _CASES[name]
    return mq.analyze(model.fit(rows, outcome), rows)


def _answers(question: Question, rows: pd.DataFrame):
    """Yield what each route that takes the question answers."""
    for route in ROUTES:
        if route.takes(question, 10**9):
            yield route, route.compute(question, rows, Progress())


def _limit(analysis: mq.ModelAnalysis) -> float:
    return 1e-5 * float(np.ptp(analysis.model.raw(analysis.X), axis=0).max())


@pytest.mark.parametrize("name", _CASES)
def test_against_background_rows_every_route_gives_the_values_of_the_definition(name):
    analysis = _analysis(name)
    # The last background rows repeat cells of the rows explained: ties, and columns that do not differ.
    background = pd.concat([analysis.X.tail(_BACKGROUND), analysis.X.head(2)])
    rows = analysis.X.head(_EXPLAINED)
    for output in range(analysis.model.outputs):
        question = Question(analysis.model, output, background, analysis.train)
        base, values = brute_force.interventional(question.score, rows, background)
        answers = dict(_answers(question, rows))
        assert len(answers) >= 2
        for route, answer in answers.items():
            assert answer.values == pytest.approx(values, abs=_limit(analysis)), route.engine
            assert answer.base == pytest.approx(base[0], abs=_limit(analysis)), route.engine


def _written_trees(analysis: mq.ModelAnalysis, output: int) -> tuple[list[brute_force.Node], np.ndarray, float]:
    """Return the trees of an output as the library writes them, the matrix they split, and the sign of the class."""
    model, rows = analysis.model.estimator, analysis.X.head(_EXPLAINED)
    codes = rows.apply(
        lambda column: column.cat.codes.where(column.notna()) if column.dtype == "category" else column
    ).to_numpy(dtype=np.float64)
    columns = list(rows.columns)
    several = len(analysis.model.classes) > 2
    sign = -1.0 if len(analysis.model.classes) == 2 and output == 0 else 1.0
    module = type(model).__module__.split(".")[0]
    if module == "lightgbm":
        frame = model.booster_.trees_to_dataframe()
        trees = [brute_force.lightgbm_tree(part, columns) for _, part in frame.groupby("tree_index")]
        return trees[output::3] if several else trees, codes, sign
    if module == "xgboost":
        frame = model.get_booster().trees_to_dataframe()
        trees = [brute_force.xgboost_tree(part, columns) for _, part in frame.groupby("Tree")]
        return trees[output::3] if several else trees, codes, sign
    if hasattr(model, "_predictors"):
        order = (
            np.arange(len(columns))
            if model.is_categorical_ is None
            else np.argsort(~model.is_categorical_, kind="stable")
        )
        stages = [stage[output if several else 0] for stage in model._predictors]
        return [brute_force.hist_tree(stage, order) for stage in stages], codes, sign
    if isinstance(model, (GradientBoostingClassifier, GradientBoostingRegressor)):
        members = model.estimators_[:, output if several else 0]
        return [brute_force.sklearn_tree(member, 0, model.learning_rate) for member in members], codes, sign
    members = getattr(model, "estimators_", [model])
    return [brute_force.sklearn_tree(member, output, 1 / len(members)) for member in members], codes, 1.0


@pytest.mark.parametrize("name", [name for name in _CASES if not name.startswith("CatBoost")])
def test_against_the_training_rows_every_route_gives_the_values_of_the_definition(name):
    analysis = _analysis(name)
    rows = analysis.X.head(_EXPLAINED)
    for output in range(analysis.model.outputs):
        question = Question(analysis.model, output, None, analysis.train)
        trees, matrix, sign = _written_trees(analysis, output)
        _, values = brute_force.path_dependent(trees, matrix)
        answers = dict(_answers(question, rows))
        assert answers
        for route, answer in answers.items():
            assert answer.values == pytest.approx(sign * values, abs=_limit(analysis)), route.engine
            complete = answer.base + answer.values.sum(axis=1)
            assert complete == pytest.approx(question.score(rows), abs=_limit(analysis)), route.engine


@pytest.mark.parametrize("name", [name for name in _CASES if name.startswith("CatBoost")])
def test_the_training_rows_of_catboost_are_counted_by_its_own_route_alone(name):
    analysis = _analysis(name)
    for output in range(analysis.model.outputs):
        found = contributions(analysis, np.arange(len(analysis.X)), output=output)
        assert found.engine == "CatBoost's own, path-dependent"
        assert found.residual == pytest.approx(0, abs=_limit(analysis))


@pytest.mark.parametrize("name", _CASES)
def test_all_rows_are_shown_complete_by_a_route_that_passed_its_checks(name):
    analysis = _analysis(name)
    many = np.resize(np.arange(len(analysis.X)), 6_000)
    for against in ("training", "background"):
        few, all_rows = (contributions(analysis, p, against=against) for p in (many[:5], many))
        assert all_rows.residual == pytest.approx(0, abs=_limit(analysis))
        assert all_rows.values[:5] == pytest.approx(few.values, abs=_limit(analysis))
        assert (few.notes, all_rows.notes) == ((), ())


def test_cells_on_a_threshold_go_the_way_that_single_precision_says():
    steps = np.arange(400) / 10 + 1e-9
    rows = pd.DataFrame({"a": steps, "b": steps[::-1], "c": _random.permutation(steps)})
    model = RandomForestClassifier(10, random_state=0).fit(rows, (rows["a"] * rows["c"] > 300))
    ties = pd.DataFrame({name: model.estimators_[0].tree_.threshold[:30].clip(0) for name in "abc"})
    analysis = mq.analyze(model, ties, train=rows)
    background = ties.tail(8)
    found = contributions(analysis, np.arange(10), against=background)
    base, values = brute_force.interventional(lambda frame: model.predict_proba(frame)[:, 1], ties.head(10), background)
    assert found.values == pytest.approx(values, abs=1e-9)
    assert found.base == pytest.approx(base[0], abs=1e-9)


def test_in_a_pipeline_a_column_is_switched_whole_against_a_background():
    encoder = make_column_transformer((OneHotEncoder(), ["kind"]), remainder="passthrough")
    model = make_pipeline(encoder, RandomForestClassifier(**_FOREST)).fit(_MIXED, _THREE)
    analysis = mq.analyze(model, _MIXED)
    rows, background = _MIXED.head(_EXPLAINED), _MIXED.tail(_BACKGROUND)
    found = contributions(analysis, np.arange(_EXPLAINED), output=2, against=background)
    base, values = brute_force.interventional(lambda frame: model.predict_proba(frame)[:, 2], rows, background)
    assert found.engine == "exact over leaves, interventional"
    assert found.values == pytest.approx(values, abs=1e-9)
    assert found.base == pytest.approx(base[0])


def test_in_a_pipeline_contributions_of_encoded_columns_are_summed_path_dependent():
    encoder = make_column_transformer((OneHotEncoder(sparse_output=False), ["kind"]), remainder="passthrough")
    model = make_pipeline(encoder, LGBMClassifier(**_LIGHTGBM)).fit(_MIXED, _TWO)
    analysis = mq.analyze(model, _MIXED)
    found = contributions(analysis, np.arange(_EXPLAINED))
    own = model[-1].booster_.predict(model[:-1].transform(_MIXED.head(_EXPLAINED)), pred_contrib=True)
    kinds = own.shape[1] - 1 - len(_NUMBERS.columns)
    assert found.values[:, :-1] == pytest.approx(own[:, kinds:-1])
    assert found.values[:, -1] == pytest.approx(own[:, :kinds].sum(axis=1))


def test_what_no_reader_of_trees_takes_is_explained_by_switching_columns():
    linear_leaves = LGBMRegressor(**_LIGHTGBM, linear_tree=True).fit(_NUMBERS, _SCORE)
    found = contributions(mq.analyze(linear_leaves, _NUMBERS), np.arange(4), against="background")
    assert found.engine == "all coalitions of columns"
    assert found.residual == pytest.approx(0, abs=1e-9)


def test_trees_of_one_leaf_and_of_one_split_are_explained():
    outcome = (_NUMBERS["a"] > 0).astype(float)
    model = GradientBoostingRegressor(n_estimators=3, learning_rate=1.0, max_depth=1)
    analysis = mq.analyze(model.fit(_NUMBERS[["a", "b"]], outcome), _NUMBERS[["a", "b"]])
    assert [stage[0].get_n_leaves() for stage in model.estimators_] == [2, 1, 1]
    cases: list[tuple[int | None, Literal["training", "background"]]] = [(None, "training"), (0, "background")]
    for output, against in cases:
        many = contributions(analysis, np.resize(np.arange(_ROWS), 6_000), output=output, against=against)
        assert many.engine.startswith("woodelf")
        few = contributions(analysis, np.arange(20), output=output, against=against)
        assert many.values[:20] == pytest.approx(few.values, abs=1e-6)
