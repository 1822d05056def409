"""What a reviewer can say of a prediction."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a reviewer can say of a prediction."""

    MAKES_SENSE = "makes sense"
    MODEL_WRONG = "model is wrong"
    DATA_WRONG = "data is wrong"
    LABEL_WRONG = "label is wrong"
    TRUE_OUTLIER = "true outlier"
    UNSURE = "unsure"
