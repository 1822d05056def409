"""Whether what is said of models is so: known errors and features, planted slices, and noise.

Run ``python -m benchmarks.model_truth FOLDER``: FOLDER holds one folder per data set with its ``truth.json``, whose
``model_reference`` says how a plain model errs on each category. Printed are: how our errors per category agree with
these, and how the importance of features agrees with its; whether planted slices are found first; in how many of 100 draws of permuted errors anything is declared; and whether
December and the rows without pressure are found among the flights of the months that the model did not see.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import mlqa_widgets as mq
from benchmarks.flights_model import FITTED_MONTHS, fitted, flights
from mlqa_widgets.analysis import ModelAnalysis
from mlqa_widgets.slices.slices import Slices

DRAWS = 100
SETS = {
    "adult": ("adult.csv", "income", []),
    "bike_sharing": ("hour.csv", "cnt", ["instant", "dteday", "casual", "registered"]),
}
"""File, target and columns that are left out of each set with a reference."""


def main() -> None:
    """Print all parts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--draws", type=int, default=DRAWS)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for name in SETS:
        print_reference(arguments.folder / name, name)
        print_features(arguments.folder / name, name)
    print_planted()
    print_flights(arguments.draws)


# ---------------------------------------------------------------------- known errors


def print_reference(folder: Path, name: str) -> None:
    """Compare errors per category with those of the reference: the same kind of model, folds of its own."""
    truth = json.loads((folder / "truth.json").read_text())["model_reference"]
    analysis = out_of_fold(folder, name, truth["task"])
    slices = analysis.slices()
    pairs = [(one["error"], reference_slice(slices, analysis, one), one) for one in truth["slices"]]
    known = [(error, ours, one) for error, ours, one in pairs if ours is not None]
    theirs, ours = (np.array(side) for side in zip(*[(error, found[0]) for error, found, _ in known], strict=True))
    inside = np.mean([low <= error <= high for error, (_, low, high), _ in known])
    print(f"\n### {name}: error of {len(known)} of {len(pairs)} reference categories\n")
    print(f"overall {slices.yardstick.scale.overall:.4f} (reference {truth['overall']:.4f})")
    print(f"rank correlation {pd.Series(theirs).corr(pd.Series(ours), method='spearman'):.3f}")
    print(
        f"median difference {np.median(np.abs(theirs - ours) / theirs):.1%}, largest {np.max(np.abs(theirs - ours) / theirs):.1%}"
    )
    print(f"reference inside our 95 % interval: {inside:.0%}")
    print(slices.sentence)
    print(slices.worst[["slice", "rows", "value", "rest", "confirmed"]].head(6).to_string())


def print_features(folder: Path, name: str) -> None:
    """Compare permutation importance on a fifth of the rows, of a model fitted on the others, with that of the reference."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import train_test_split

    truth = json.loads((folder / "truth.json").read_text())["model_reference"]
    X, y = rows_of(folder, name, truth["task"])
    # As the model of the reference read them: categories as numbers.
    X = X.apply(lambda column: column.cat.codes if isinstance(column.dtype, pd.CategoricalDtype) else column)
    seen, unseen, y_seen, y_unseen = train_test_split(X, y, test_size=0.2, random_state=0)
    kind = HistGradientBoostingClassifier if truth["task"] == "clf" else HistGradientBoostingRegressor
    analysis = mq.analyze(kind(random_state=0).fit(seen, y_seen), unseen, y_unseen, train=seen)
    metric = "accuracy" if truth["task"] == "clf" else "mse"
    frame = analysis.importance(metric).frame.set_index("feature")
    reference = pd.Series(dict(truth["importance"]))
    both = frame.join(reference.rename("reference"), how="inner").sort_values("permutation", ascending=False)
    print(
        f"\nfeatures by permutation ({metric}): {', '.join(both.index[:3])}; reference: {', '.join(reference.index[:3])}; ",
        end="",
    )
    print(f"rank correlation of {len(both)}: {both['permutation'].corr(both['reference'], method='spearman'):.3f}")
    print(f"by mean contribution: {', '.join(both.sort_values('shap', ascending=False).index[:3])}")


def rows_of(folder: Path, name: str, task: str) -> tuple[pd.DataFrame, pd.Series]:
    """Return the columns a model may read, text as categories, and what came."""
    file, target, left_out = SETS[name]
    table = pd.read_csv(folder / file, skipinitialspace=True)
    y, X = table[target], table.drop(columns=[target, *left_out])
    text = X.columns[[not pd.api.types.is_numeric_dtype(dtype) for dtype in X.dtypes]]
    X[text] = X[text].astype("category")
    return X, y == y[y.str.startswith(">")].iloc[0] if task == "clf" else y


def out_of_fold(folder: Path, name: str, task: str) -> ModelAnalysis:
    """Return an analysis of predictions for rows that the model was not fitted on."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.model_selection import KFold, cross_val_predict

    X, y = rows_of(folder, name, task)
    folds = KFold(5, shuffle=True, random_state=0)
    if task == "clf":
        kept = cross_val_predict(
            HistGradientBoostingClassifier(random_state=0), X, y, cv=folds, method="predict_proba"
        )[:, 1]
        return mq.analyze(lambda rows: kept[rows.index], X, y, classes=[False, True])
    kept = cross_val_predict(HistGradientBoostingRegressor(random_state=0), X, y, cv=folds)
    return mq.analyze(lambda rows: kept[rows.index], X, y)


def reference_slice(slices: Slices, analysis: ModelAnalysis, one: dict[str, Any]) -> tuple[float, float, float] | None:
    """Return our error, with its interval, on a category of the reference; None where it is another set of rows."""
    column, value = analysis.X[one["column"]], one["value"]
    if value[:1] in "([":
        low, high = (float(end) for end in value[1:-1].split(","))
        rows = (column > low) & (column <= high)
    else:
        rows = column.astype(str) == value
    if abs(rows.sum() - one["n"]) > 0.01 * one["n"]:
        return None
    figures = slices.where(rows.to_numpy()).figures
    return figures.value, figures.low, figures.high


# ---------------------------------------------------------------------- planted slices


def print_planted(draws: int = 20) -> None:
    """Plant slices of one to three conditions among 12 columns, and count how often they are found first and exactly."""
    print(
        "\n### Planted among 20,000 rows x 12 columns, error 0.1 elsewhere\n\n| conditions | error | first, exactly | declared beside it |"
    )
    print("| --- | --- | --- | --- |")
    for conditions in (1, 2, 3):
        for rate in (0.2, 0.3, 0.5):
            first, beside = 0, 0
            for seed in range(draws):
                slices, planted = planted_slices(seed, conditions, rate)
                found = slices.worst[slices.worst["confirmed"]]["slice"]
                first += bool(len(found)) and set(found.iloc[0].split(" and ")) == planted
                beside += max(0, len(found) - 1)
            print(f"| {conditions} | {rate} | {first} of {draws} | {beside / draws:.1f} a draw |", flush=True)


def planted_slices(seed: int, conditions: int, rate: float) -> tuple[Slices, set[str]]:
    """Return the slices of rows with one planted slice, and its conditions in words."""
    random = np.random.default_rng(seed)
    rows = 20_000
    X = pd.DataFrame({f"c{i}": random.integers(0, 4, rows) for i in range(6)})
    X = X.join(
        pd.DataFrame({f"n{i}": np.where(random.random(rows) < 0.3, np.nan, random.normal(size=rows)) for i in range(3)})
    )
    X = X.join(pd.DataFrame({f"t{i}": random.choice(["a", "b", "c"], rows) for i in range(3)}))
    inside = [X["c1"] == 3, X["n1"].isna(), X["t2"] == "b"][:conditions]
    wrong = random.random(rows) < np.where(np.logical_and.reduce(inside), rate, 0.1)
    analysis = mq.analyze(lambda X: np.zeros(len(X)), X, wrong, classes=[False, True])
    return analysis.slices(), set(["c1 is 3", "n1 is missing", "t2 is b"][:conditions])


# ---------------------------------------------------------------------- flights


def print_flights(draws: int) -> None:
    """Look at the months the model did not see: what is there, and what is declared when errors are permuted."""
    rows, late = flights()
    unseen = (rows["month"] > FITTED_MONTHS).to_numpy()
    X, came = rows[unseen], late[unseen].astype(int)
    with tempfile.TemporaryDirectory() as folder:
        model = fitted("LightGBM", Path(folder))
    analysis = mq.analyze(model, X, came)
    slices = analysis.slices()
    print(f"\n### Flights of unseen months ({len(X):,})\n\n{slices.sentence}\n")
    print(
        slices.worst[["slice", "rows", "value", "rest", "difference_low", "difference_high", "confirmed"]].to_string()
    )
    for column, category in (("month", "12"), ("pressure", "missing"), ("temp", "missing"), ("plane_year", "missing")):
        line = slices.frame.query("column == @column and category == @category").iloc[0]
        print(
            f"{column} {category}: {line['value']:.3f} against {line['rest']:.3f}, q {line['q']:.1e}, n {line['rows']:,}"
        )
    given = analysis.prediction[np.arange(len(X)), came]
    losses = {
        "error rate": (analysis.predicted != came.to_numpy()).astype(float),
        "log loss": -np.log(np.clip(given, 1e-15, 1)),
    }
    print(
        f"\n| permuted | draws with a slice declared | draws with a category at q < 0.05 | of {draws} |\n| --- | --- | --- | --- |"
    )
    for name, loss in losses.items():
        slice_draws, category_draws = 0, 0
        for seed in range(draws):
            shuffled = np.random.default_rng(seed).permutation(loss)
            classes = [0.0, 1.0] if name == "error rate" else None
            noise = mq.analyze(lambda X: np.zeros(len(X)), X, shuffled, classes=classes).slices()
            slice_draws += bool(noise.worst["confirmed"].any())
            category_draws += bool((noise.frame["q"] < 0.05).any())
        print(f"| {name} | {slice_draws} | {category_draws} | {draws} |", flush=True)


if __name__ == "__main__":
    main()
