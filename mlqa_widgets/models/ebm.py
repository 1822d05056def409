"""Explainable boosting machines of interpret: a sum of terms, each of one column or a pair."""

from __future__ import annotations

import re
from typing import Any

from mlqa_widgets.models.fitted import Fitted, columnwise, nameless, whole
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count


def read_ebm(model: Any) -> Fitted:
    """Read a fitted EBM."""
    names = tuple(model.feature_names_in_)
    named = not all(re.fullmatch(r"feature_\d+", name) for name in names)
    classes = tuple(getattr(model, "classes_", ()))

    def raw(matrix: Any) -> Any:
        return columnwise(model.intercept_ + model.eval_terms(matrix).sum(axis=1))

    return Fitted(
        model,
        Family.EBM,
        classes,
        model.predict_proba if classes else lambda matrix: columnwise(model.predict(matrix)),
        raw,
        names=names if named else None,
        width=len(names),
        categorical=[i for i, kind in enumerate(model.feature_types_in_) if kind in {"nominal", "ordinal"}],
        feed=whole if named else nameless,
        description=f"explainable boosting machine, {count(len(model.term_names_), 'term')}",
    )
