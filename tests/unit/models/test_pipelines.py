"""Which user column each encoded column is made of: read from the transformers, checked by changing one column."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    QuantileTransformer,
    RobustScaler,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.model import Family
from mlqa_widgets.models.pipelines import lineage

_random = np.random.default_rng(3)
_ROWS = 120
ROWS = pd.DataFrame(
    {
        "age": np.where(_random.random(_ROWS) < 0.1, np.nan, _random.normal(40, 10, _ROWS)),
        "city": _random.choice(["Graz", "Linz", "Wels", "Bruck"], _ROWS, p=[0.5, 0.3, 0.15, 0.05]),
        "fare": _random.gamma(2, 10, _ROWS),
        "sex": _random.choice(["f", "m"], _ROWS),
        "zone": _random.integers(1, 5, _ROWS),
    }
)
BINARY = (ROWS["fare"] + 10 * (ROWS["sex"] == "f") > 22).astype(int)
THREE = np.digitize(ROWS["fare"], [10, 25])

_NUMERIC = {
    "scaled": StandardScaler(),
    "range": MinMaxScaler(),
    "robust": RobustScaler(),
    "quantiles": QuantileTransformer(n_quantiles=20),
    "imputed": SimpleImputer(),
    "imputed and marked": SimpleImputer(add_indicator=True),
    "by a constant": SimpleImputer(strategy="constant", fill_value=-1, add_indicator=True),
    "marked": MissingIndicator(features="all"),
    "bins": make_pipeline(SimpleImputer(), KBinsDiscretizer(4, encode="onehot", strategy="uniform")),
    "bin numbers": make_pipeline(SimpleImputer(), KBinsDiscretizer(3, encode="ordinal", strategy="uniform")),
    "splines": make_pipeline(SimpleImputer(), SplineTransformer(4)),
    "square roots": make_pipeline(SimpleImputer(), FunctionTransformer(np.abs), FunctionTransformer(np.sqrt)),
    "selected": make_pipeline(SimpleImputer(), VarianceThreshold(2), StandardScaler()),
    "best": make_pipeline(SimpleImputer(add_indicator=True), SelectKBest(k=2)),
    "both": FeatureUnion([("a", SimpleImputer()), ("b", MissingIndicator(features="all"))]),
    "as they are": "passthrough",
    "left out": "drop",
}
_WORDS = {
    "one-hot": OneHotEncoder(),
    "one-hot, dense": OneHotEncoder(sparse_output=False, handle_unknown="ignore"),
    "one-hot without the first": OneHotEncoder(drop="first"),
    "one-hot for two": OneHotEncoder(drop="if_binary"),
    "one-hot with the rare together": OneHotEncoder(min_frequency=0.2, handle_unknown="infrequent_if_exist"),
    "one-hot, rare together, first dropped": OneHotEncoder(max_categories=2, drop="first"),
    "numbered": OrdinalEncoder(),
    "by target": TargetEncoder(),
    "one-hot after filling": make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder()),
    "left out": "drop",
}
_COLUMNS = {
    "names": (["fare", "age", "zone"], ["sex", "city"]),
    "positions": ([2, 0, 4], [3, 1]),
    "mask": ([True, False, True, False, True], [False, True, False, True, False]),
    "selector": (make_column_selector(dtype_include=np.number), make_column_selector(dtype_exclude=np.number)),
}


@settings(max_examples=60)
@given(
    numeric=st.sampled_from(sorted(_NUMERIC)),
    words=st.sampled_from(sorted(_WORDS)),
    columns=st.sampled_from(sorted(_COLUMNS)),
    multiclass=st.booleans(),
    swapped=st.booleans(),
    frames=st.booleans(),
)
def test_changing_one_column_changes_only_what_is_made_of_it(numeric, words, columns, multiclass, swapped, frames):
    if numeric == words == "left out":
        return
    of_numbers, of_words = _COLUMNS[columns]
    parts = [("numbers", _NUMERIC[numeric], of_numbers), ("words", _WORDS[words], of_words)]
    transformer = ColumnTransformer(parts[::-1] if swapped else parts, sparse_threshold=0 if frames else 0.3)
    if frames and _in_frames(numeric, words):
        transformer.set_output(transform="pandas")
    transformer.fit(ROWS, THREE if multiclass else BINARY)
    matrix = transformer.transform(ROWS)

    origin = lineage([transformer], ROWS.shape[1])
    assert origin is not None
    assert len(origin) == matrix.shape[1]
    before = _dense(matrix)
    for position, column in enumerate(ROWS.columns):
        changed = ROWS.assign(**{column: ROWS[column].to_numpy()[::-1]})
        after = _dense(transformer.transform(changed))
        differs = ~np.all((before == after) | (np.isnan(before) & np.isnan(after)), axis=0)
        assert set(np.flatnonzero(differs)) <= set(np.flatnonzero(origin == position)), column


def _in_frames(numeric, words):
    return "one-hot" not in words.removesuffix(", dense") and numeric not in {
        "bins",
        "square roots",
        "selected",
        "best",
    }


def _dense(matrix):
    return np.asarray(matrix.todense() if scipy.sparse.issparse(matrix) else matrix, dtype=np.float64)


def _model(**options):
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["fare", "age"]),
            ("words", OneHotEncoder(drop="if_binary"), ["city", "sex"]),
        ],
        **options,
    )


def test_the_estimator_is_fed_as_the_pipeline_feeds_it():
    pipeline = make_pipeline(_model(remainder="passthrough"), LogisticRegression(max_iter=2000)).fit(ROWS, BINARY)
    adapted = adapt_model(pipeline, ROWS)
    assert adapted.family is Family.LINEAR
    assert adapted.estimator is pipeline[-1]
    assert adapted.columns == tuple(ROWS.columns)
    assert [ROWS.columns[i] for i in adapted.encoding.origin] == [
        "fare", "age", "age", "city", "city", "city", "city", "sex", "zone",
    ]  # fmt: skip
    assert adapted.encoding.names[:4] == (
        "numbers__fare", "numbers__age", "numbers__missingindicator_age", "words__city_Bruck",
    )  # fmt: skip
    np.testing.assert_array_equal(
        pipeline[-1].predict_proba(adapted.encoding.transform(ROWS)), pipeline.predict_proba(ROWS)
    )
    np.testing.assert_array_equal(adapted.predict(ROWS), pipeline.predict_proba(ROWS))


def test_frames_and_sparse_matrices_stay_what_they_are():
    sparse = make_pipeline(_model(sparse_threshold=1), LogisticRegression(max_iter=2000)).fit(ROWS, BINARY)
    assert scipy.sparse.issparse(adapt_model(sparse, ROWS).encoding.transform(ROWS))
    numbered = ColumnTransformer([("words", OrdinalEncoder(), ["city", "sex"])], remainder="passthrough")
    framed = make_pipeline(
        numbered.set_output(transform="pandas"),
        HistGradientBoostingClassifier(max_iter=3, categorical_features=["words__city"]),
    ).fit(ROWS, BINARY)
    adapted = adapt_model(framed, ROWS)
    assert list(adapted.encoding.transform(ROWS).columns) == list(adapted.encoding.names)
    assert adapted.categorical == ("city",)


def test_columns_left_out_lead_nowhere():
    transformer = ColumnTransformer([("n", "passthrough", ["fare"]), ("gone", "drop", ["age"]), ("none", PCA(), [])])
    adapted = adapt_model(make_pipeline(transformer, LogisticRegression()).fit(ROWS, BINARY), ROWS)
    assert adapted.encoding.origin.tolist() == [2]


@pytest.mark.filterwarnings("ignore:Skipping features")
@pytest.mark.parametrize("kept", [False, True])
def test_a_column_without_any_value_may_be_dropped_by_its_imputer(kept):
    rows = ROWS[["age", "fare", "zone"]].assign(fare=np.nan)
    imputer = SimpleImputer(keep_empty_features=kept, add_indicator=True)
    adapted = adapt_model(make_pipeline(imputer, LogisticRegression(max_iter=2000)).fit(rows, BINARY), rows)
    assert adapted.encoding.origin.tolist() == ([0, 1, 2, 0, 1] if kept else [0, 2, 0, 1])


def test_nested_pipelines_and_searches_are_laid_flat():
    inner = Pipeline([("scale", StandardScaler()), ("nothing", "passthrough"), ("model", LogisticRegression())])
    search = GridSearchCV(inner, {"model__C": [0.1, 1]}, cv=2)
    outer = make_pipeline(_model(), search).fit(ROWS, BINARY)
    adapted = adapt_model(outer, ROWS)
    assert adapted.estimator is search.best_estimator_[-1] or adapted.estimator is outer[-1].best_estimator_[-1]
    assert adapted.family is Family.LINEAR
    np.testing.assert_allclose(adapted.predict(ROWS), outer.predict_proba(ROWS))


@pytest.mark.parametrize(
    "mixing",
    [
        PCA(2),
        PolynomialFeatures(),
        Normalizer(),
        KNNImputer(),
        FunctionTransformer(lambda rows: rows / rows.sum(axis=1).reshape(-1, 1), feature_names_out="one-to-one"),
    ],
    ids=lambda step: type(step).__name__,
)
def test_where_columns_are_mixed_the_whole_is_a_callable(mixing):
    rows = ROWS[["fare", "zone"]]
    pipeline = make_pipeline(StandardScaler(), mixing, LogisticRegression()).fit(rows.to_numpy(), BINARY)
    adapted = adapt_model(pipeline, rows)
    assert adapted.family is Family.CALLABLE
    assert adapted.encoding is None
    assert adapted.estimator is pipeline
    np.testing.assert_allclose(adapted.raw(rows), pipeline.predict_proba(rows.to_numpy()))


def test_a_transformer_of_the_users_own_is_not_trusted_to_keep_columns_apart():
    class Shifted(StandardScaler):  # type: ignore[misc]
        def transform(self, X, copy=None):
            return np.roll(super().transform(X, copy), 1, axis=1)

    rows = ROWS[["fare", "zone"]]
    adapted = adapt_model(make_pipeline(Shifted(), LogisticRegression()).fit(rows, BINARY), rows)
    assert adapted.family is Family.CALLABLE


def test_encoded_columns_get_names_of_the_users_where_a_step_has_none():
    rows = ROWS[["fare", "zone"]]
    steps = FeatureUnion([("a", FunctionTransformer(np.log)), ("b", StandardScaler())])
    adapted = adapt_model(make_pipeline(steps, LogisticRegression()).fit(rows, BINARY), rows)
    assert adapted.encoding.names == ("fare[0]", "zone[0]", "fare[1]", "zone[1]")
