"""Contributions against shap.TreeExplainer and each library's own: seconds, each cell in a fresh process, in one run.

Run ``python -m benchmarks.explanations``. The models are those of :mod:`benchmarks.flights_model`. Neither the import of
the contender nor the reading of data and model is counted; what it builds of the model is. Where all rows would take
longer than a few minutes, a part is run and the whole extrapolated (marked ~). One row is the median of ten after a first.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.flights_model import FAMILIES, FITTED_MONTHS, fitted, flights

ALL = 336_776
SIZES = (1, 10_000, 100_000, ALL)
OURS, BACKGROUND, SHAP, OWN = "mlqa_widgets", "mlqa_widgets, background", "shap.TreeExplainer", "its own"
_OWN_FAMILIES = ("LightGBM", "XGBoost", "CatBoost")
_PART = {
    (OURS, "RandomForest"): 4_000,
    (BACKGROUND, "RandomForest"): 1_000,
    (SHAP, "RandomForest"): 300,
    (SHAP, "LightGBM"): 100_000,
    (SHAP, "XGBoost"): 100_000,
    (SHAP, "HistGradientBoosting"): 100_000,
}
"""Rows that are run of a contender that takes a fixed time for each."""


def main() -> None:
    """Print the figures as a Markdown table per size."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", nargs="*", default=list(FAMILIES))
    parser.add_argument("--sizes", nargs="*", type=int, default=list(SIZES))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for family in arguments.families:
            fitted(family, Path(folder))
        for size in arguments.sizes:
            title = "one row, milliseconds" if size == 1 else f"{size:,} rows, seconds"
            print(f"### {title}\n\n| | {OURS} | {SHAP} | x | its own | x | against 100 rows | largest residual |")
            print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
            for family in arguments.families:
                print_line(family, size, Path(folder))
            print()


def print_line(family: str, size: int, folder: Path) -> None:
    """Print seconds of each contender and how many times ours they are."""
    contenders = (OURS, SHAP, *([OWN] if family in _OWN_FAMILIES else []), BACKGROUND)
    found = {contender: run(contender, family, size, folder) for contender in contenders}
    ours = found[OURS]["seconds"]
    cells = [written(found[OURS], size)]
    for contender in (SHAP, OWN):
        cells += (
            [written(found[contender], size), f"{found[contender]['seconds'] / ours:.1f}"]
            if contender in found
            else [""] * 2
        )
    cells += [written(found[BACKGROUND], size), f"{found[OURS]['residual']:.0e}"]
    print(f"| {family} ({found[OURS]['engine']}) | " + " | ".join(cells) + " |", flush=True)


def written(figures: dict[str, Any], size: int) -> str:
    """Return seconds, or milliseconds of one row, with a mark where extrapolated."""
    mark = "~" if figures["rows"] < size else ""
    return f"{mark}{figures['seconds'] * 1000:.0f}" if size == 1 else f"{mark}{figures['seconds']:.1f}"


def run(contender: str, family: str, size: int, folder: Path) -> dict[str, Any]:
    """Return the figures of one contender in a fresh process."""
    rows = min(size, _PART.get((contender, family), size))
    code = f"from benchmarks.explanations import measure; measure({contender!r}, {family!r}, {rows}, {str(folder)!r})"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    figures["seconds"] *= size / rows
    return figures


def measure(contender: str, family: str, rows: int, folder: str) -> None:
    """Time one contender and print its figures as a line of JSON."""
    warnings.simplefilter("ignore")
    features, _ = flights()
    model = fitted(family, Path(folder))
    drawn = features.iloc[np.sort(np.random.default_rng(0).permutation(len(features))[:rows])]
    train = features[features["month"] <= FITTED_MONTHS]
    explain = {OURS: _ours, BACKGROUND: _ours, SHAP: _shap, OWN: _own}[contender]
    figures: dict[str, Any] = {"rows": rows}
    compute = explain(
        model, features if rows == 1 else drawn, train, "background" if contender == BACKGROUND else "training"
    )
    if rows == 1:
        compute(np.array([0]))
        seconds = [_timed(compute, np.array([i]), figures) for i in range(1, 11)]
        figures["seconds"] = float(np.median(seconds))
    else:
        figures["seconds"] = _timed(compute, np.arange(rows), figures)
    print(json.dumps(figures))


def _timed(compute: Any, positions: np.ndarray, figures: dict[str, Any]) -> float:
    started = time.perf_counter()
    figures.update(compute(positions) or {})
    return time.perf_counter() - started


def _ours(model: Any, rows: Any, train: Any, against: Any) -> Any:
    import mlqa_widgets as mq
    from mlqa_widgets.explain.contributions import contributions

    analysis = mq.analyze(model, rows, train=train)

    def compute(positions: np.ndarray) -> dict[str, Any]:
        found = contributions(analysis, positions, against=against)
        return {"engine": found.engine, "residual": float(np.abs(found.residual).max())}

    return compute


def _shap(model: Any, rows: Any, train: Any, against: str) -> Any:
    import shap

    kept: list[Any] = []

    def compute(positions: np.ndarray) -> None:
        kept[:] = kept or [shap.TreeExplainer(model)]
        kept[0].shap_values(rows.iloc[positions])

    return compute


def _own(model: Any, rows: Any, train: Any, against: str) -> Any:
    if hasattr(model, "booster_"):
        return lambda positions: model.booster_.predict(rows.iloc[positions], pred_contrib=True) is None or None
    if hasattr(model, "get_booster"):
        import xgboost

        booster = model.get_booster()
        return lambda positions: (
            booster.predict(xgboost.DMatrix(rows.iloc[positions]), pred_contribs=True) is None or None
        )
    from catboost import Pool

    return lambda positions: model.get_feature_importance(Pool(rows.iloc[positions]), type="ShapValues") is None or None


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    print(f"({time.perf_counter() - started:.0f} s)", file=sys.stderr)
