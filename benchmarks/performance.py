"""What a look at performance costs on all flights, against scikit-learn computing the same plain metrics.

Run ``python -m benchmarks.performance``. The rows are the flights of :mod:`benchmarks.flights_model` (336,776) with the
probabilities of the LightGBM model; all in one process, best of the runs. Ours gives every figure with its interval, the counts
at every threshold and the calibration; scikit-learn's side the same figures without intervals, and its own ROC,
precision-recall and calibration curves.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np


def main() -> None:
    """Print the figures as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--runs", type=int, default=3, help="the best is kept")
    runs = parser.parse_args().runs

    import mlqa_widgets as mq
    from benchmarks.flights_model import fitted, flights

    rows, late = flights()
    with tempfile.TemporaryDirectory() as folder:
        given = fitted("LightGBM", Path(folder)).predict_proba(rows)[:, 1]
    analysis = mq.analyze(lambda X: given[X.index], rows, late, classes=[False, True])

    def look() -> None:
        performance = analysis.performance()
        assert len(performance.frame) == 12
        assert performance.best_threshold > 0
        performance.calibration()

    plain, ours = best(runs, lambda: scikit_learn(late.to_numpy(), given)), best(runs, look)
    shown = best(runs, lambda: analysis.performance().widget().close())
    print("| 336,776 rows | seconds | of scikit-learn's |\n| --- | --- | --- |")
    for what, seconds in (
        ("scikit-learn, no intervals", plain),
        ("ours, with intervals and costs", ours),
        ("ours, with what the view is sent", shown),
    ):
        print(f"| {what} | {seconds:.2f} | {seconds / plain:.2f} |")


def best(runs: int, work: Callable[[], None]) -> float:
    """Return the seconds of the fastest run, after one that is not counted."""
    work()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        found.append(time.perf_counter() - started)
    return min(found)


def scikit_learn(came: np.ndarray, given: np.ndarray) -> None:
    """Compute the plain metrics and curves."""
    from sklearn import metrics
    from sklearn.calibration import calibration_curve

    said = given >= 0.5
    for of_labels in (
        metrics.accuracy_score,
        metrics.balanced_accuracy_score,
        metrics.precision_score,
        metrics.recall_score,
        metrics.f1_score,
        metrics.matthews_corrcoef,
    ):
        of_labels(came, said)
    metrics.recall_score(came, said, pos_label=False)
    for of_scores in (
        metrics.roc_auc_score,
        metrics.average_precision_score,
        metrics.log_loss,
        metrics.brier_score_loss,
        metrics.roc_curve,
        metrics.precision_recall_curve,
    ):
        of_scores(came, given)
    calibration_curve(came, given, n_bins=20, strategy="quantile")


if __name__ == "__main__":
    main()
