"""How long a person waits: for the first view of a model, and for each answer after it; against shapash and explainerdashboard.

Run ``python -m benchmarks.first_view``. The rows are the flights of :mod:`benchmarks.flights_model` (21 features), the model is
LightGBM. First view: from the call with model, rows and outcomes to the first picture a person can read: ours the importance
from a sample with its intervals, beside it performance and slices; shapash the features' importance after ``compile``;
explainerdashboard its page. Imports are not counted. The peers are run by ``uv`` in environments of their own (a package registry is needed the first
time). The answers afterwards are medians of ten on all rows: why for one row, another value of one column, rows selected
with the figures and the first page of rows that two linked views then ask for.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ALL = 336_776
SIZES = (10_000, 100_000, ALL)
PEERS = {"shapash": 100_000, "explainerdashboard": 10_000}
"""Rows up to which a peer is run: beyond it takes minutes or does not end."""
ANSWERS = ("LightGBM", "XGBoost", "CatBoost", "HistGradientBoosting", "RandomForest")


def main() -> None:
    """Print the figures as Markdown tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--measure", nargs=3, metavar=("CONTENDER", "FOLDER", "ROWS"), help="run one of them")
    arguments = parser.parse_args()
    if arguments.measure:
        contender, folder, rows = arguments.measure
        warnings.simplefilter("ignore")
        print(json.dumps(MEASURES[contender](Path(folder), rows)))
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write(folder)
        print(
            f"| rows | importance | performance | slices | {' | '.join(PEERS)} |\n| --- "
            + "| --- " * (3 + len(PEERS))
            + "|"
        )
        for rows in SIZES:
            ours = [_run(view, folder, rows)["seconds"] for view in ("importance", "performance", "slices")]
            peers = [
                "" if arguments.without_peers or rows > most else _written(_run(peer, folder, rows).get("seconds"))
                for peer, most in PEERS.items()
            ]
            print(f"| {rows:,} | " + " | ".join([*map(_written, ours), *peers]) + " |", flush=True)
        print("\n| milliseconds, all rows | why | what if | selection in two views |\n| --- | --- | --- | --- |")
        for family in ANSWERS:
            found = _run("answers", folder, family)
            print(f"| {family} | {found['why']:.0f} | {found['what_if']:.0f} | {found['select']:.0f} |", flush=True)


def _written(seconds: float | None) -> str:
    return "did not finish" if seconds is None else f"{seconds:.2f} s"


def _write(folder: Path) -> None:
    """Write the rows, what came and the models."""
    from benchmarks.flights_model import fitted, flights

    rows, late = flights()
    for family in ANSWERS:
        fitted(family, folder)
    fitted("LightGBM", folder).booster_.save_model(folder / "model.txt")
    rows.to_parquet(folder / "rows.parquet")
    np.save(folder / "late.npy", late.to_numpy())


def _run(contender: str, folder: Path, rows: int | str) -> dict[str, Any]:
    command = [sys.executable]
    if contender in PEERS:
        needed = [argument for package in (contender, "lightgbm", "pyarrow") for argument in ("--with", package)]
        command = ["uv", "run", "--no-project", "--quiet", "--python", sys.executable, *needed, "python"]
    command += ["-W", "ignore", __file__, "--measure", contender, str(folder), str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return {}
    figures: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def _drawn(folder: Path, rows: int) -> tuple[Any, Any]:
    import pandas as pd

    X, late = pd.read_parquet(folder / "rows.parquet"), np.load(folder / "late.npy")
    chosen = np.sort(np.random.default_rng(0).permutation(len(X))[:rows])
    return X.iloc[chosen].reset_index(drop=True), pd.Series(late[chosen].astype(int), name="late")


def _ours(view: str) -> Callable[[Path, str], dict[str, float]]:
    def measure(folder: Path, rows: str) -> dict[str, float]:
        import pickle

        import scipy.stats  # noqa: F401 - its import is not the view
        import sklearn.metrics  # noqa: F401

        import mlqa_widgets as mq
        from mlqa_widgets.widgets.performance import PerformanceWidget
        from mlqa_widgets.widgets.slices import SlicesWidget

        X, late = _drawn(folder, int(rows))
        model = pickle.loads((folder / "LightGBM.pickle").read_bytes())  # noqa: S301 - written above
        started = time.perf_counter()
        analysis = mq.analyze(model, X, late)
        if view == "importance":
            _first_importance(analysis)
        elif view == "performance":
            PerformanceWidget(analysis.performance())
        else:
            SlicesWidget(analysis.slices())
        return {"seconds": time.perf_counter() - started}

    return measure


def _first_importance(analysis: Any) -> None:
    """Wait for the first version, as a notebook does."""
    from mlqa_widgets import work

    work.may_block = lambda: False
    work._PATIENCE = 0.0
    _ = analysis.importance().work.first


def _answers(folder: Path, family: str) -> dict[str, float]:
    import pickle

    import mlqa_widgets as mq

    X, late = _drawn(folder, ALL)
    model = pickle.loads((folder / f"{family}.pickle").read_bytes())  # noqa: S301 - written above
    analysis = mq.analyze(model, X, late)
    widgets = [view.widget() for view in (analysis.performance(), analysis.slices())]
    page = {"type": "rows", "order_by": None, "descending": False, "start": 0, "stop": 60}
    explained = analysis.explain(position=1)
    masks = [(X["month"] == month).to_numpy() for month in range(1, 13)]

    def why(place: int) -> None:
        _ = analysis.explain(position=place).sentence

    def what_if(place: int) -> None:
        explained.what_if({"distance": 100.0 + place})

    def select(place: int) -> None:
        """Select, and answer what the views then ask: the figures of these rows, and the first page of them."""
        analysis.select(masks[place], f"month {place + 1}")
        widgets[0]._value({"type": "selected"})
        for widget in widgets:
            widget._value(page)

    return {name: _median(ask) for name, ask in (("why", why), ("what_if", what_if), ("select", select))}


def _median(ask: Callable[[int], None]) -> float:
    seconds = []
    for place in range(11):
        started = time.perf_counter()
        ask(place)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds[1:]))


def _sklearn_like(folder: Path, X: Any, late: Any) -> Any:
    """Return the model as the peers take it: fitted anew where its pickle is of another version."""
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=100, verbose=-1, random_state=0).fit(X, late)


def _shapash(folder: Path, rows: str) -> dict[str, float]:
    from shapash import SmartExplainer

    X, late = _drawn(folder, int(rows))
    model = _sklearn_like(folder, X, late)
    started = time.perf_counter()
    explainer = SmartExplainer(model=model)
    explainer.compile(x=X, y_target=late.to_frame())
    explainer.plot.features_importance()
    return {"seconds": time.perf_counter() - started}


def _explainerdashboard(folder: Path, rows: str) -> dict[str, float]:
    from explainerdashboard import ClassifierExplainer, ExplainerDashboard

    X, late = _drawn(folder, int(rows))
    model = _sklearn_like(folder, X, late)
    started = time.perf_counter()
    ExplainerDashboard(ClassifierExplainer(model, X, late))
    return {"seconds": time.perf_counter() - started}


MEASURES: dict[str, Callable[[Path, str], dict[str, float]]] = {
    **{view: _ours(view) for view in ("importance", "performance", "slices")},
    "answers": _answers,
    "shapash": _shapash,
    "explainerdashboard": _explainerdashboard,
}


if __name__ == "__main__":
    main()
