"""PyTorch modules: rows become a tensor, outputs probabilities or values by a stated rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any

import numpy as np
import pandas as pd

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.callables import probable
from mlqa_widgets.models.fitted import Fitted, both_classes
from mlqa_widgets.models.labels import SHAPE
from mlqa_widgets.models.model import Family
from mlqa_widgets.wording import count, listing

_BATCH = 4_096
_EVALUATING = RLock()


@contextmanager
def evaluating(module: Any) -> Iterator[None]:
    """Switch dropout and batch statistics off, and leave each part of the module as it was.

    One thread at a time: another would take the switched mode for the module's own.
    """
    with _EVALUATING:
        modes = [(part, part.training) for part in module.modules()]
        module.eval()
        try:
            yield
        finally:
            for part, training in modes:
                part.training = training


def read_torch(module: Any, name: str, probe: pd.DataFrame, classes: Any) -> Fitted:
    """Read a module by what it returns for a few rows.

    Outputs between 0 and 1 that sum to 1 in each row are probabilities of the classes. With ``classes``, one output
    between 0 and 1 on all of these rows is the probability of the second class; all other outputs are logits, which a sigmoid
    (one output) or a softmax makes probabilities. Without ``classes`` one output is a value.

    Raw scores are what the module returns.

    Raises
    ------
    InputError
        When it returns several values a row that are neither probabilities nor, by ``classes``, logits.
    """
    tensor = _tensor_of(module, probe.attrs.get(SHAPE))

    def raw(rows: Any) -> np.ndarray:
        return _outputs(module, rows, name)

    found = raw(tensor(probe))
    outputs = found.shape[1]
    probabilities = probable(found) and (outputs > 1 or classes is not None)
    if outputs > 1 and classes is None and not probabilities:
        msg = (
            f"model: {name} returns {count(outputs, 'value')} a row that are no probabilities. Pass classes= if they are "
            "the logits of classes; otherwise look at one of them: pass a module or function that returns it."
        )
        raise InputError(msg)
    labels = () if classes is None and outputs == 1 else tuple(range(outputs) if classes is None else classes)
    if labels and len(labels) != max(outputs, 2):
        msg = (
            f"classes: {count(len(labels), 'label')}, and {name} returns {count(outputs, 'output')}. Name one class for "
            "each; one output is for two classes."
        )
        raise InputError(msg)
    return Fitted(
        module,
        Family.TORCH,
        labels,
        _link(raw, outputs, given=probabilities) if labels else raw,
        raw,
        feed=tensor,
        description=_description(module, name),
    )


def _tensor_of(module: Any, shape: tuple[int, int] | None) -> Callable[[pd.DataFrame], Any]:
    """Return what turns rows into the module's tensor: its kind of numbers, its device, steps by features."""
    import torch

    weight = next((p for p in module.parameters() if p.is_floating_point()), torch.empty(0))

    def tensor(frame: pd.DataFrame) -> Any:
        numbers = torch.as_tensor(frame.to_numpy(dtype=np.float64, copy=True)).to(weight.device, weight.dtype)
        return numbers if shape is None else numbers.reshape(len(frame), *shape)

    return tensor


def _outputs(module: Any, rows: Any, name: str) -> np.ndarray:
    import torch

    parts = []
    with evaluating(module), torch.no_grad():
        for batch in rows.split(_BATCH):
            part = module(batch)
            if not isinstance(part, torch.Tensor):
                msg = (
                    f"model: {name} returns a {type(part).__name__}, not one tensor. Pass a module, or a function of a "
                    "frame, that returns the one to look at."
                )
                raise InputError(msg)
            parts.append(part.double().cpu())
    found = torch.cat(parts).numpy()
    wide = [size for size in found.shape[1:] if size != 1]
    if len(wide) > 1 or len(found) != len(rows):
        msg = (
            f"model: {name} returned shape {found.shape} for {count(len(rows), 'row')}. It must return one value a row, "
            "or one per class: pass a module that picks the step to look at."
        )
        raise InputError(msg)
    return found.reshape(len(found), -1)


def _link(raw: Callable[[Any], np.ndarray], outputs: int, *, given: bool) -> Callable[[Any], np.ndarray]:
    """Return probabilities of all classes from the module's outputs."""
    from scipy.special import expit, softmax

    if outputs == 1:
        return (lambda rows: both_classes(raw(rows))) if given else (lambda rows: both_classes(expit(raw(rows))))
    return raw if given else (lambda rows: softmax(raw(rows), axis=1))


def _description(module: Any, name: str) -> str:
    weights = sum(p.numel() for p in module.parameters())
    kinds = dict.fromkeys(
        type(part).__name__ for part in module.modules() if next(part.parameters(False), None) is not None
    )
    return f"{name}, {count(weights, 'weight')}" + (f" in {listing(list(kinds), 4)} layers" if kinds else "")
