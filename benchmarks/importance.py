"""Importance against scikit-learn's permutation importance and shap: each cell in a fresh process, in one run.

Run ``python -m benchmarks.importance``. Models and rows are those of :mod:`benchmarks.flights_model`: the flights of the
last three months, which the models have not seen, drawn at random. Neither the import of the contender nor the reading of
data and model is counted. Ours measures more: groups of columns that go together, contributions, and intervals; its
permutation part and its contributions are timed alone against those of the contender, with as many rows and repeats, in
seconds of all cores together, which other work on the machine hardly moves.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.flights_model import FAMILIES, FITTED_MONTHS, fitted, flights

ROWS = 20_000
REPEATS = 5
FIRST, ALL = "first picture", "all measures"
OURS, SKLEARN = "permutation", "sklearn permutation"
CONTRIBUTIONS, SHAP = "contributions", "shap"
_PART = {(SHAP, "RandomForest"): 200, (CONTRIBUTIONS, "RandomForest"): 2_000}
"""Rows that are run of what takes a fixed time for each; the rest is extrapolated (marked ~)."""


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--families", nargs="*", default=list(FAMILIES))
    parser.add_argument("--rows", type=int, default=ROWS)
    arguments = parser.parse_args()
    print(
        f"{arguments.rows:,} rows, {REPEATS} repeats; seconds for the first two, CPU seconds for the others; x says how many times ours the contender takes\n"
    )
    print(f"| | {FIRST} (rows) | {ALL} (rows) | {OURS} | {SKLEARN} | x | largest gap | {CONTRIBUTIONS} | {SHAP} | x |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for family in arguments.families:
            fitted(family, Path(folder))
            print_line(family, arguments.rows, Path(folder))


def print_line(family: str, rows: int, folder: Path) -> None:
    """Print seconds of each contender."""
    whole = run(ALL, family, rows, folder)
    ours, theirs = (run(contender, family, rows, folder) for contender in (OURS, SKLEARN))
    mine, shap = (run(contender, family, rows, folder) for contender in (CONTRIBUTIONS, SHAP))
    gap = np.abs(np.subtract(ours["importance"], theirs["importance"])).max() / max(theirs["importance"])
    cells = [
        family,
        f"{whole['first']:.1f} ({whole['first_rows']:,})",
        f"{whole['seconds']:.1f} ({whole['last_rows']:,})",
        written(ours),
        written(theirs),
        f"{theirs['seconds'] / ours['seconds']:.1f}",
        f"{100 * gap:.1f} %",
        written(mine),
        written(shap),
        f"{shap['seconds'] / mine['seconds']:.1f}",
    ]
    print(f"| {' | '.join(cells)} |", flush=True)


def written(figures: dict[str, Any]) -> str:
    """Return seconds, with a mark where extrapolated."""
    return f"{'~' if figures['extrapolated'] else ''}{figures['seconds']:.1f}"


def run(contender: str, family: str, rows: int, folder: Path) -> dict[str, Any]:
    """Return the figures of one contender in a fresh process."""
    part = min(rows, _PART.get((contender, family), rows))
    code = f"from benchmarks.importance import measure; measure({contender!r}, {family!r}, {part}, {str(folder)!r})"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures | {"seconds": figures["seconds"] * rows / part, "extrapolated": part < rows}


def measure(contender: str, family: str, rows: int, folder: str) -> None:
    """Time one contender and print its figures as a line of JSON."""
    warnings.simplefilter("ignore")
    features, late = flights()
    model = fitted(family, Path(folder))
    unseen = np.flatnonzero(features["month"] > FITTED_MONTHS)
    drawn = np.sort(np.random.default_rng(0).permutation(unseen)[:rows])
    X, y = features.iloc[drawn].reset_index(drop=True), late.iloc[drawn].astype(int).reset_index(drop=True)
    train = features[features["month"] <= FITTED_MONTHS]
    compute = {ALL: _all, OURS: _ours, SKLEARN: _sklearn, CONTRIBUTIONS: _contributions, SHAP: _shap}[contender]
    print(json.dumps(compute(model, X, y, train)))


def _all(model: Any, X: Any, y: Any, train: Any) -> dict[str, Any]:
    import mlqa_widgets as mq
    from mlqa_widgets.importance.importance import Importance
    from mlqa_widgets.work import Work

    analysis = mq.analyze(model, X, y, train=train)
    first: list[float] = []
    rows: list[int] = []

    class Watched(Work[Any]):
        def start(self) -> None:
            self.listen(self.note)
            super().start()

        def note(self) -> None:
            measured = self.first.measured
            if measured.permuted is not None and measured.explanation is not None and not first:
                first.append(time.perf_counter() - started)
                rows.append(min(measured.permuted.rows, len(measured.positions)))

    sys.modules[Importance.__module__].Work = Watched  # type: ignore[attr-defined]
    started = time.perf_counter()
    found = analysis.importance()
    measured = found.work.result.measured
    return {
        "seconds": time.perf_counter() - started,
        "first": first[0],
        "first_rows": rows[0],
        "last_rows": min(measured.permuted.rows, len(measured.positions)),
    }


def _ours(model: Any, X: Any, y: Any, train: Any) -> dict[str, Any]:
    import mlqa_widgets as mq
    from mlqa_widgets.evaluate.metrics import METRICS
    from mlqa_widgets.importance.permutation import permute

    analysis = mq.analyze(model, X, y, train=train)
    columns = [(place,) for place in range(X.shape[1])]
    started = time.process_time()
    found = permute(analysis.model, X, analysis.outcomes, columns, METRICS["log_loss"], repeats=REPEATS)
    return {"seconds": time.process_time() - started, "importance": found.table()["importance"].tolist()}


def _sklearn(model: Any, X: Any, y: Any, train: Any) -> dict[str, Any]:
    from sklearn.inspection import permutation_importance

    started = time.process_time()
    found = permutation_importance(model, X, y, scoring="neg_log_loss", n_repeats=REPEATS, random_state=0)
    return {"seconds": time.process_time() - started, "importance": found.importances_mean.tolist()}


def _contributions(model: Any, X: Any, y: Any, train: Any) -> dict[str, Any]:
    import mlqa_widgets as mq
    from mlqa_widgets.explain.contributions import contributions

    analysis = mq.analyze(model, X, y, train=train)
    started = time.process_time()
    contributions(analysis, np.arange(len(X)))
    return {"seconds": time.process_time() - started}


def _shap(model: Any, X: Any, y: Any, train: Any) -> dict[str, Any]:
    import shap

    started = time.process_time()
    shap.TreeExplainer(model).shap_values(X)
    return {"seconds": time.process_time() - started}


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"({time.perf_counter() - began:.0f} s, {threading.active_count()} thread)", file=sys.stderr)
