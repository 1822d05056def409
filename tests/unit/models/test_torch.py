"""PyTorch modules: tables and sequences, and what their outputs are taken for."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.special import expit, softmax
from torch import nn

from mlqa_widgets.errors import InputError
from mlqa_widgets.models.adapt import adapt_model
from mlqa_widgets.models.labels import rows_as_frame
from mlqa_widgets.models.model import Family, Task
from tests.unit.models.rows import MIXED, NUMBERS

_SEQUENCES = np.random.default_rng(5).normal(size=(30, 6, 2)).astype(np.float32)


def _net(outputs, *last):
    torch.manual_seed(1)
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, outputs), *last)


def _own(module, frame):
    module.eval()
    with torch.no_grad():
        return module(torch.tensor(frame.to_numpy(), dtype=torch.float32)).numpy().astype(np.float64)


class _Forecast(nn.Module):  # type: ignore[misc, unused-ignore]
    def __init__(self):
        super().__init__()
        self.memory = nn.LSTM(2, 4, batch_first=True)
        self.ahead = nn.Linear(4, 1)

    def forward(self, steps):
        return self.ahead(self.memory(steps)[0][:, -1])


def test_one_output_is_a_value():
    module = _net(1)
    adapted = adapt_model(module, NUMBERS)
    assert (adapted.family, adapted.task, adapted.raw_space) == (Family.TORCH, Task.REGRESSION, "value")
    np.testing.assert_allclose(adapted.predict(NUMBERS), _own(module, NUMBERS))
    assert adapted.description == "Sequential, 33 weights in Linear layers"


def test_one_output_for_two_classes_is_a_logit():
    module = _net(1)
    with torch.no_grad():
        module[3].weight *= 20
    adapted = adapt_model(module, NUMBERS, classes=["no", "yes"])
    assert (adapted.task, adapted.classes, adapted.raw_space) == (Task.BINARY, ("no", "yes"), "log-odds")
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 1], expit(_own(module, NUMBERS)[:, 0]))
    np.testing.assert_allclose(adapted.raw(NUMBERS), _own(module, NUMBERS))


def test_one_output_between_0_and_1_for_two_classes_is_the_probability_of_the_second():
    module = _net(1, nn.Sigmoid())
    adapted = adapt_model(module, NUMBERS, classes=["no", "yes"])
    assert adapted.raw_space == "probability"
    np.testing.assert_allclose(adapted.predict(NUMBERS)[:, 1], _own(module, NUMBERS)[:, 0])
    assert adapt_model(module, NUMBERS).task is Task.REGRESSION


def test_an_output_that_leaves_0_to_1_on_later_rows_is_not_passed_on():
    module = nn.Linear(1, 1)
    with torch.no_grad():
        module.weight.fill_(1)
        module.bias.fill_(0)
    rows = pd.DataFrame({"a": [0.5] * 100 + [7.0]})
    adapted = adapt_model(module, rows, classes=["no", "yes"])
    with pytest.raises(InputError, match=r"outside 0 and 1 for its classes.* ends in a sigmoid"):
        adapted.predict(rows)


@pytest.mark.parametrize("classes", [None, ["a", "b", "c"]])
def test_outputs_that_sum_to_1_are_probabilities(classes):
    module = _net(3, nn.Softmax(1))
    adapted = adapt_model(module, NUMBERS, classes=classes)
    assert (adapted.task, adapted.raw_space) == (Task.MULTICLASS, "probability")
    assert adapted.classes == (tuple(classes) if classes else (0, 1, 2))
    np.testing.assert_allclose(adapted.predict(NUMBERS), _own(module, NUMBERS))


def test_other_outputs_of_classes_are_logits():
    module = _net(3)
    adapted = adapt_model(module, NUMBERS, classes=["a", "b", "c"])
    assert adapted.raw_space == "score"
    np.testing.assert_allclose(adapted.predict(NUMBERS), softmax(_own(module, NUMBERS), axis=1))
    np.testing.assert_allclose(adapted.raw(NUMBERS), _own(module, NUMBERS))


def test_several_values_are_not_guessed_to_be_classes():
    with pytest.raises(InputError, match=r"3 values a row that are no probabilities\. Pass classes="):
        adapt_model(_net(3), NUMBERS)


def test_another_number_of_classes_is_refused():
    with pytest.raises(InputError, match="classes: 2 labels, and Sequential returns 3 outputs"):
        adapt_model(_net(3), NUMBERS, classes=["a", "b"])


def test_sequences_keep_their_shape():
    frame = rows_as_frame(_SEQUENCES, "X")
    module = _Forecast()
    adapted = adapt_model(module, frame)
    assert adapted.encoding.transform(frame).shape == (30, 6, 2)
    with torch.no_grad():
        expected = module(torch.tensor(_SEQUENCES)).numpy()
    np.testing.assert_allclose(adapted.predict(frame), expected, rtol=1e-6)
    np.testing.assert_allclose(adapted.predict(frame.iloc[[3, 4]]), expected[3:5], rtol=1e-6)
    # The tensor, laid flat, has the user's columns in their order.
    flat = adapted.encoding.transform(frame).reshape(30, -1).numpy()
    np.testing.assert_array_equal(flat[:, adapted.encoding.origin], frame.to_numpy())


def test_the_module_is_left_as_it_was():
    module = _net(1)
    module.train()
    module[0].eval()
    before = [part.training for part in module.modules()]
    adapted = adapt_model(module, NUMBERS)
    np.testing.assert_array_equal(adapted.predict(NUMBERS), adapted.predict(NUMBERS))
    assert [part.training for part in module.modules()] == before
    assert all(weight.grad is None for weight in module.parameters())


def test_threads_do_not_take_each_others_mode_for_the_modules_own():
    module = _net(1)
    module.train()
    adapted = adapt_model(module, NUMBERS)
    expected = adapted.predict(NUMBERS)
    with ThreadPoolExecutor(4) as threads:
        for predicted in threads.map(lambda _: adapted.predict(NUMBERS), range(40)):
            np.testing.assert_array_equal(predicted, expected)
    assert all(part.training for part in module.modules())


def test_weights_of_double_precision_get_their_kind_of_numbers():
    module = _net(1).double()
    adapted = adapt_model(module, NUMBERS)
    assert adapted.encoding.transform(NUMBERS).dtype == torch.float64


def test_many_rows_are_predicted_in_batches():
    module = _net(1)
    rows = pd.concat([NUMBERS] * 40, ignore_index=True)
    np.testing.assert_allclose(adapt_model(module, NUMBERS).predict(rows), _own(module, rows), rtol=1e-5)


def test_more_than_one_tensor_is_refused():
    with pytest.raises(InputError, match="LSTM returns a tuple, not one tensor"):
        adapt_model(nn.LSTM(2, 4, batch_first=True), rows_as_frame(_SEQUENCES, "X"))


def test_a_value_for_each_step_and_feature_is_refused():
    with pytest.raises(InputError, match=r"returned shape \(30, 6, 3\) for 30 rows"):
        adapt_model(nn.Linear(2, 3), rows_as_frame(_SEQUENCES, "X"))


def test_words_are_named():
    with pytest.raises(InputError, match=r"'job' \(category\)"):
        adapt_model(_net(1), MIXED)


def test_another_number_of_columns_says_what_the_module_said():
    with pytest.raises(InputError, match=r"cannot predict 100 rows.* mat1 and mat2"):
        adapt_model(_net(1), NUMBERS.assign(more=1.0))


def test_a_function_may_return_a_tensor():
    def predict(frame):
        return torch.tensor(frame["age"].to_numpy(), requires_grad=True)

    np.testing.assert_array_equal(adapt_model(predict, NUMBERS).predict(NUMBERS)[:, 0], NUMBERS["age"])


def test_rows_with_missing_values_do_not_turn_probabilities_into_logits():
    module = _net(1, nn.Sigmoid())
    rows = NUMBERS.assign(age=NUMBERS["age"].mask(NUMBERS["age"] > 60))
    adapted = adapt_model(module, rows, classes=["no", "yes"])
    assert adapted.raw_space == "probability"
    assert np.isnan(adapted.predict(rows)[:, 1]).sum() == rows["age"].isna().sum()


def test_rows_may_be_tensors():
    assert rows_as_frame(torch.zeros(2, 3, requires_grad=True), "X").columns.tolist() == ["x0", "x1", "x2"]
