"""CatBoost: its own class and its scikit-learn interface."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mlqa_widgets.models.fitted import Fitted, columnwise
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count

_LOG_LINK = ("Poisson", "Tweedie")


def read_catboost(model: Any) -> Fitted:
    """Read a fitted CatBoost model; categories and text go in as the frame has them."""
    names = tuple(model.feature_names_)
    classes = tuple(model.classes_)
    named = names != tuple(str(i) for i in range(len(names)))
    loss = str(model.get_all_params().get("loss_function", ""))

    def predict(matrix: Any) -> Any:
        kind = "Probability" if classes else "Exponent" if loss.startswith(_LOG_LINK) else "RawFormulaVal"
        return columnwise(model.predict(matrix, prediction_type=kind))

    def raw(matrix: Any) -> Any:
        return columnwise(model.predict(matrix, prediction_type="RawFormulaVal"))

    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.set_axis(list(names), axis=1)

    return Fitted(
        model,
        Family.CATBOOST,
        classes,
        predict,
        raw,
        names=names if named else None,
        names_from="model.feature_names_",
        width=len(names),
        categorical=model.get_cat_feature_indices(),
        feed=renamed,
        description=f"CatBoost, {count(model.tree_count_, 'tree')}",
    )
