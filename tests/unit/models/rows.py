"""Rows and outcomes that the tests of models share."""

from __future__ import annotations

import numpy as np
import pandas as pd

_ROWS = 240
_random = np.random.default_rng(7)

NUMBERS = pd.DataFrame({"age": _random.normal(40, 12, _ROWS), "hours": _random.normal(38, 9, _ROWS)})
MIXED = NUMBERS.assign(job=pd.Categorical(_random.choice(["clerk", "nurse", "smith"], _ROWS)))
BINARY = pd.Series(((NUMBERS["age"] + 10 * (MIXED["job"] == "nurse")) > 42).astype(int), name="income")
THREE = pd.Series(np.digitize(NUMBERS["age"], [35, 46]), name="band")
AMOUNT = pd.Series(np.exp(NUMBERS["age"] / 20) + _random.normal(0, 0.1, _ROWS), name="amount")
COUNTS = AMOUNT.round().clip(lower=0)
