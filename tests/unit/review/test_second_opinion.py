"""The second opinion: models fitted again without the rows they are asked about."""

from __future__ import annotations

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier

import mlqa_widgets as mq


def test_where_one_class_came_there_is_no_second_opinion(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X = pd.DataFrame({"x": np.arange(100.0)})
    model = LGBMClassifier(n_estimators=3, verbose=-1, n_jobs=1).fit(X, X["x"] > 50)
    queue = mq.analyze(model, X, pd.Series(True, index=X.index)).review().queue
    assert len(queue)
