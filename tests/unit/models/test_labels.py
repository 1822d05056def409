"""Rows and outcomes of any kind become a frame, and class positions or values in its order."""

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st

from mlqa_widgets.errors import InputError, MissingPackage
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.labels import SHAPE, encode_labels, rows_as_frame

X = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [0, 1, 0, 1]}, index=[10, 11, 12, 13])


def _classifier(*classes):
    return adapt_model(lambda frame: np.full((len(frame), len(classes)), 1 / len(classes)), X, classes=classes)


VALUES = adapt_model(lambda frame: frame["a"], X)


class TestRows:
    def test_a_frame_is_taken_as_it_is(self):
        assert rows_as_frame(X, "X") is X

    @pytest.mark.parametrize(
        "given",
        [
            pl.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
            pl.LazyFrame({"a": [1, 2], "b": ["x", "y"]}),
            pa.table({"a": [1, 2], "b": ["x", "y"]}),
            [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
            {"a": [1, 2], "b": ["x", "y"]},
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_frames_of_other_libraries_are_converted(self, given):
        frame = rows_as_frame(given, "X")
        assert frame.columns.tolist() == ["a", "b"]
        assert frame.iloc[1].tolist() == [2, "y"]

    @pytest.mark.parametrize("given", [np.eye(3), np.eye(3).tolist(), scipy.sparse.eye_array(3, format="csr")])
    def test_an_array_gets_names(self, given):
        frame = rows_as_frame(given, "X")
        assert frame.columns.tolist() == ["x0", "x1", "x2"]
        np.testing.assert_array_equal(frame, np.eye(3))

    @pytest.mark.parametrize("given", [[[1, "x"], [2, "y"]], np.array([[1, "x"], [2, "y"]], dtype=object)])
    def test_each_column_keeps_its_type(self, given):
        frame = rows_as_frame(given, "X")
        assert frame["x0"].dtype == np.int64
        assert frame["x1"].tolist() == ["x", "y"]

    def test_an_array_beside_a_frame_gets_its_names(self):
        assert rows_as_frame(np.zeros((2, 2)), "train", like=X).columns.tolist() == ["a", "b"]

    @given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
    def test_steps_are_laid_side_by_side(self, rows, steps, features):
        array = np.arange(rows * steps * features).reshape(rows, steps, features)
        frame = rows_as_frame(array, "X")
        assert frame.attrs[SHAPE] == (steps, features)
        for step in range(steps):
            for feature in range(features):
                np.testing.assert_array_equal(frame[f"x{feature}[{step}]"], array[:, step, feature])

    def test_an_array_takes_the_names_it_is_given(self):
        assert rows_as_frame(np.zeros((2, 2)), "X", features=["a", "b"]).columns.tolist() == ["a", "b"]
        X = rows_as_frame(np.zeros((5, 2, 2)), "X", features=["temp", "wind"])
        assert X.columns.tolist() == ["temp[0]", "wind[0]", "temp[1]", "wind[1]"]
        assert rows_as_frame(np.zeros((5, 2, 2)), "train", like=X).columns.tolist() == X.columns.tolist()

    def test_names_that_do_not_fit_are_refused(self):
        with pytest.raises(InputError, match=r"^features: 1 name for 2 features of X\."):
            rows_as_frame(np.zeros((2, 2)), "X", features=["a"])
        with pytest.raises(InputError, match=r"^features: X has column names of its own"):
            rows_as_frame(X, "X", features=["a", "b"])

    def test_columns_are_put_in_the_order_of_x(self):
        train = pd.DataFrame({"target": [1], "b": [2], "a": [3]})
        assert rows_as_frame(train, "train", like=X).columns.tolist() == ["a", "b"]

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            (X.iloc[:0], "there are no rows"),
            (pd.DataFrame(index=[1, 2]), "there are no columns"),
            (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a' names more than one column"),
            (X["a"], r"a Series. Pass X.to_frame\(\)"),
            (np.zeros(3), "this ndarray has 1 dimension"),
            (np.zeros((2, 2, 2, 2)), "4 dimensions"),
            (5, "this int has 0 dimensions"),
            ([[1, 2], [3]], "different lengths"),
        ],
    )
    def test_what_is_no_rows_is_refused(self, given, message):
        with pytest.raises(InputError, match=f"^X: .*{message}"):
            rows_as_frame(given, "X")

    def test_columns_of_x_that_lack_are_named(self):
        with pytest.raises(InputError, match="train: its columns are not those of X; it lacks 'b'"):
            rows_as_frame(X[["a"]], "train", like=X)

    def test_a_conversion_that_needs_a_package_names_it(self):
        class Frame:
            def to_pandas(self):
                raise ModuleNotFoundError(name="pyarrow")

        with pytest.raises(MissingPackage, match="by pyarrow, which is not installed"):
            rows_as_frame(Frame(), "X")


class TestClasses:
    @pytest.mark.parametrize(
        "y",
        [
            ["no", "yes", "yes", "no"],
            np.array(["no", "yes", "yes", "no"]),
            np.array([["no"], ["yes"], ["yes"], ["no"]], dtype=object),
            pd.Series(["no", "yes", "yes", "no"], index=X.index),
            pd.Series(["no", "yes", "yes", "no"], index=X.index, dtype="category"),
            pd.DataFrame({"y": ["no", "yes", "yes", "no"]}, index=X.index),
            pd.Index(["no", "yes", "yes", "no"]),
            pl.Series(["no", "yes", "yes", "no"]),
            pa.chunked_array([["no", "yes"], ["yes", "no"]]),
        ],
        ids=lambda y: type(y).__name__,
    )
    def test_labels_become_positions(self, y):
        codes = encode_labels(y, _classifier("no", "yes"), X)
        assert codes.dtype == np.int64
        assert codes.tolist() == [0, 1, 1, 0]

    @pytest.mark.parametrize("classes", [(0, 1), (False, True), (0.0, 1.0)])
    @pytest.mark.parametrize("y", [[False, True, True, False], [0, 1, 1, 0], [0.0, 1.0, 1.0, 0.0]])
    def test_yes_and_no_may_be_written_as_numbers(self, classes, y):
        assert encode_labels(y, _classifier(*classes), X).tolist() == [0, 1, 1, 0]
        assert encode_labels(pd.Series(y, index=X.index), _classifier(*classes), X).tolist() == [0, 1, 1, 0]

    @given(st.lists(st.sampled_from(["x", "y", "z"]), min_size=4, max_size=4))
    def test_positions_lead_back_to_the_labels(self, y):
        model = _classifier("z", "x", "y")
        assert [model.classes[code] for code in encode_labels(y, model, X)] == y

    def test_a_label_that_is_no_class_is_named(self):
        with pytest.raises(InputError, match="'maybe' is no class of the model, whose classes are 'no' and 'yes'"):
            encode_labels(["no", "yes", "maybe", "no"], _classifier("no", "yes"), X)

    def test_words_for_numbered_classes(self):
        with pytest.raises(InputError, match=r"encoder.transform\(y\), or .* classes=encoder.classes_"):
            encode_labels(["no", "yes", "yes", "no"], _classifier(0, 1), X)

    def test_numbers_for_classes_with_names(self):
        with pytest.raises(InputError, match=r"encoder.inverse_transform\(y\)"):
            encode_labels([0, 1, 1, 0], _classifier("no", "yes"), X)


class TestValues:
    @pytest.mark.parametrize(
        "y",
        [
            [1, 2, 3, 4],
            pd.Series([1, 2, 3, 4], index=X.index, dtype="Int64"),
            pd.Series([1, 2, 3, 4], index=X.index, dtype="category"),
            [Decimal(1), Decimal(2), Decimal(3), Decimal(4)],
            pl.Series([1, 2, 3, 4]),
        ],
        ids=lambda y: type(y).__name__,
    )
    def test_numbers_become_float64(self, y):
        values = encode_labels(y, VALUES, X)
        assert values.dtype == np.float64
        assert values.tolist() == [1, 2, 3, 4]

    @pytest.mark.parametrize("y", [["no", "yes", "yes", "no"], ["1", "2", "3", "4"], pd.date_range("2026", periods=4)])
    def test_what_is_no_number_is_refused(self, y):
        with pytest.raises(InputError, match=r"predicts numbers, and y holds .*name the classes"):
            encode_labels(y, VALUES, X)

    def test_infinite_values_are_refused(self):
        with pytest.raises(InputError, match="y: 1 value infinite"):
            encode_labels([1.0, 2.0, np.inf, 3.0], VALUES, X)


class TestOrder:
    def test_another_length(self):
        with pytest.raises(InputError, match="y: 3 values for 4 rows of X"):
            encode_labels([0, 1, 0], VALUES, X)

    def test_the_same_labels_in_another_order(self):
        y = pd.Series([1.0, 2.0, 3.0, 4.0], index=X.index[::-1])
        with pytest.raises(InputError, match=r"another order: pass y.loc\[X.index\]"):
            encode_labels(y, VALUES, X)
        assert encode_labels(y.loc[X.index], VALUES, X).tolist() == [4, 3, 2, 1]

    def test_other_labels(self):
        with pytest.raises(InputError, match=r"in the same order, pass y.to_numpy\(\)"):
            encode_labels(pd.Series([1.0, 2.0, 3.0, 4.0]), VALUES, X)

    def test_labels_of_rows_may_occur_twice(self):
        twice = X.set_axis([1, 1, 2, 2])
        assert encode_labels(pd.Series([1.0, 2.0, 3.0, 4.0], index=twice.index), VALUES, twice).tolist() == [1, 2, 3, 4]
        with pytest.raises(InputError, match=r"y.to_numpy\(\)"):
            encode_labels(pd.Series([1.0, 2.0, 3.0, 4.0], index=[1, 2, 1, 2]), VALUES, twice)

    @pytest.mark.parametrize("gap", [None, np.nan, pd.NA, pd.NaT])
    def test_missing_outcomes(self, gap):
        with pytest.raises(InputError, match=r"y: 1 value missing. Drop these rows: keep = y.notna\(\)"):
            encode_labels(["no", "yes", gap, "no"], _classifier("no", "yes"), X)

    @pytest.mark.parametrize(
        ("y", "message"),
        [
            (pd.DataFrame({"a": [1] * 4, "b": [1] * 4}), "2 columns, 'a' and 'b'. Pass one of them"),
            (np.eye(4), r"shape \(4, 4\).*y.argmax\(axis=1\)"),
            ("income", r"pass the values, not their name: X\['income'\]"),
            (5, r"shape \(\)"),
        ],
    )
    def test_what_is_not_one_outcome_a_row(self, y, message):
        with pytest.raises(InputError, match=message):
            encode_labels(y, VALUES, X)
