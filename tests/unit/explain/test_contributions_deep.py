"""PyTorch modules: by DeepLIFT or gradients where they add up, by switching columns where not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

import mlqa_widgets as mq
from mlqa_widgets.explain.contributions import contributions

_COLUMNS = 7
_random = np.random.default_rng(11)
_ROWS = pd.DataFrame(_random.normal(size=(120, _COLUMNS)), columns=[f"x{i}" for i in range(_COLUMNS)])


@pytest.fixture(autouse=True)
def _same_weights():
    torch.manual_seed(0)


def test_a_plain_network_is_explained_by_deeplift_checked_for_completeness():
    layers = [nn.Linear(_COLUMNS, 12), nn.ReLU(), nn.Linear(12, 3)]
    analysis = mq.analyze(nn.Sequential(*layers), _ROWS, classes=["a", "b", "c"])
    for output in range(3):
        found = contributions(analysis, np.arange(5), output=output)
        assert found.engine == "DeepLIFT of shap"
        assert found.residual == pytest.approx(0, abs=1e-5)
        assert found.notes == ("It approximates Shapley values where columns interact.",)


def test_a_network_that_deeplift_does_not_complete_is_explained_by_permutations():
    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Linear(_COLUMNS, 1)

        def forward(self, rows):
            return torch.relu(self.inner(rows)) * torch.sigmoid(rows[:, :1])

    analysis = mq.analyze(Gated(), _ROWS)
    found = contributions(analysis, np.arange(5))
    assert found.engine == "all coalitions of columns"
    assert "The route 'DeepLIFT of shap' was dropped: its sums missed" in found.notes[0]
    assert found.residual == pytest.approx(0, abs=1e-5)


def test_a_network_over_many_steps_is_explained_by_gradients_that_add_up():
    class Series(nn.Module):
        def __init__(self):
            super().__init__()
            self.cells = nn.GRU(3, 4, batch_first=True)
            self.last = nn.Linear(4, 1)

        def forward(self, rows):
            return self.last(self.cells(rows)[0][:, -1])[:, 0]

    analysis = mq.analyze(Series(), _random.normal(size=(40, 24, 3)))
    found = contributions(analysis, np.arange(2), against=analysis.X.tail(5))
    assert found.engine == "integrated gradients"
    assert found.values.shape == (2, 72)
    assert found.residual == pytest.approx(0, abs=1e-5)
