"""state_dict and load_state_dict."""
from __future__ import annotations

from collections import OrderedDict

import pytest

import cytorch
from cytorch import nn
from cytorch.errors import CheckpointError


def model():
    return nn.Sequential(OrderedDict(fc=nn.Linear(2, 3), norm=nn.BatchNorm1d(3)))


def test_keys_and_sharing():
    module = model()
    state = module.state_dict()
    assert list(state) == ["fc.weight", "fc.bias", "norm.weight", "norm.bias",
                           "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"]
    assert not state["fc.weight"].requires_grad
    state["fc.bias"].zero_()
    assert module.fc.bias.tolist() == [0.0, 0.0, 0.0]
    assert module.state_dict(keep_vars=True)["fc.bias"] is module.fc.bias
    assert list(module.fc.state_dict(prefix="p.")) == ["p.weight", "p.bias"]
    assert state._metadata["norm"] == {"version": 2}


def test_round_trip():
    first, second = model(), model()
    report = second.load_state_dict(first.state_dict())
    assert repr(report) == "<All keys matched successfully>"
    x = cytorch.ones(2, 2)
    assert cytorch.equal(first(x), second(x))


def test_one_error_lists_everything_and_nothing_changes():
    module = model()
    before = {key: value.clone() for key, value in module.state_dict().items()}
    bad = module.state_dict()
    bad["fc.weight"] = cytorch.zeros(3, 2)
    bad["fc.bias"] = cytorch.zeros(4)
    bad["norm.weight"] = cytorch.zeros(1)
    del bad["norm.running_var"]
    bad["norm.surprise"] = cytorch.zeros(1)
    with pytest.raises(CheckpointError) as caught:
        module.load_state_dict(bad)
    text = str(caught.value)
    assert isinstance(caught.value, RuntimeError)
    for part in ('Missing key(s) in state_dict: "norm.running_var"',
                 'Unexpected key(s) in state_dict: "norm.surprise"',
                 "size mismatch for fc.bias", "(4,)", "(3,)", "size mismatch for norm.weight"):
        assert part in text
    for key, value in module.state_dict().items():
        assert cytorch.equal(value, before[key])


def test_not_strict_reports():
    module = model()
    report = module.load_state_dict({"fc.bias": cytorch.ones(3), "x": cytorch.ones(1)},
                                    strict=False)
    assert module.fc.bias.tolist() == [1.0, 1.0, 1.0]
    assert "fc.weight" in report.missing_keys
    assert report.unexpected_keys == ["x"]
    with pytest.raises(CheckpointError, match="size mismatch"):
        module.load_state_dict({"fc.bias": cytorch.ones(2)}, strict=False)


def test_values_of_another_dtype_are_cast():
    module = nn.Linear(1, 1)
    module.load_state_dict({"weight": cytorch.ones(1, 1, dtype=cytorch.float64),
                            "bias": cytorch.ones(1, dtype=cytorch.int64)})
    assert module.weight.dtype is cytorch.float32
    assert module.weight.item() == 1.0


def test_assign():
    module = nn.Linear(2, 2, device="meta")
    state = nn.Linear(2, 2).state_dict()
    module.load_state_dict(state, assign=True)
    assert isinstance(module.weight, nn.Parameter)
    assert module.weight.data_ptr() == state["weight"].data_ptr()


def test_extra_state():
    class Counted(nn.Module):
        def __init__(self, count):
            super().__init__()
            self.count = count

        def get_extra_state(self):
            return {"count": self.count}

        def set_extra_state(self, state):
            self.count = state["count"]

    module = nn.Sequential(Counted(3))
    state = module.state_dict()
    assert state["0._extra_state"] == {"count": 3}
    other = nn.Sequential(Counted(0))
    other.load_state_dict(state)
    assert other[0].count == 3
    with pytest.raises(CheckpointError, match="Missing"):
        other.load_state_dict({})


def test_files_without_num_batches_tracked():
    norm = nn.BatchNorm1d(2)
    state = dict(norm.state_dict())
    del state["num_batches_tracked"]
    norm.load_state_dict(state)
    assert norm.num_batches_tracked.item() == 0


def test_not_a_mapping():
    with pytest.raises(TypeError, match="dict-like, got list"):
        model().load_state_dict([])


def test_values_that_are_no_tensors():
    with pytest.raises(CheckpointError, match="expected a Tensor from the checkpoint but received"):
        nn.Linear(1, 1).load_state_dict({"weight": [[1.0]], "bias": cytorch.ones(1)})
