"""Two sources to compare."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import mlqa_widgets as mq


@pytest.fixture
def people() -> pd.DataFrame:
    """Five hundred people: names, measures, times, places."""
    rng = np.random.default_rng(0)
    n = 500
    born = pd.Timestamp("1960-01-01") + pd.to_timedelta(rng.integers(0, 15_000, n), unit="D")
    return pd.DataFrame(
        {
            "id": np.arange(n) + 1000,
            "name": [f"Person {a}-{b}" for a, b in zip(rng.integers(0, 900, n), rng.integers(10, 99, n), strict=True)],
            "first": rng.choice(["Anna", "Bob", "Chloé", "Dieter", "Eve", "Frank"], n),
            "last": rng.choice(["Adams", "Brown", "Castle", "Dupont", "Evans"], n),
            "weight": rng.normal(75, 12, n).round(1),
            "height": rng.normal(171, 9, n).round(2),
            "income": rng.gamma(2, 20_000, n).round(4),
            "temperature": rng.normal(15, 8, n).round(1),
            "seen": born + pd.to_timedelta(rng.integers(0, 86_400, n), unit="s"),
            "sex": rng.choice(["M", "F"], n),
            "lat": rng.uniform(45, 46, n),
            "lon": rng.uniform(-74, -73, n),
        }
    )


@pytest.fixture
def pattern_of(people: pd.DataFrame) -> Callable[..., dict[str, object]]:
    """Change a column of the right source and return the line of ``.conflicts`` about it."""

    def compare(column: str, changed: pd.Series) -> dict[str, object]:
        right = people.copy()
        right[column] = changed
        comparison = mq.compare(people, right.sample(frac=1, random_state=1), "id")
        lines = comparison.conflicts.set_index("column")
        others = lines.drop(index=column)
        assert not others["conflicts"].any()
        for i, line in comparison.findings.iterrows():
            rows = comparison.rows(int(str(i)))
            assert len(rows) == line["rows"], line["message"]
        return dict(lines.loc[column])

    return compare
