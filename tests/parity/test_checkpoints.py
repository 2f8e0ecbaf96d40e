"""Checkpoints cross over: torch.load opens ours, load opens PyTorch's, bit for bit."""
from __future__ import annotations

import io
from typing import Any

import pytest
import torch

import cytorch

DTYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8",
          "bool"]
LAYOUTS = {
    "plain": lambda x: x, "transposed": lambda x: x.t(), "strided": lambda x: x[1:, ::2],
    "0-dim": lambda x: x[1, 1], "empty": lambda x: x[:0], "expanded": lambda x: x[:1].expand(3, 4)}


def make(library: Any, dtype: str, layout: str) -> Any:
    x = library.arange(12).view(3, 4).to(getattr(library, dtype))
    return LAYOUTS[layout](x)


def through(saver: Any, loader: Any, obj: Any) -> Any:
    stream = io.BytesIO()
    saver.save(obj, stream)
    stream.seek(0)
    return loader.load(stream, weights_only=True)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_dtype_and_layout_both_ways(dtype: str, layout: str) -> None:
    for saver, loader in ((cytorch, torch), (torch, cytorch)):
        expected = make(loader, dtype, layout)
        loaded = through(saver, loader, {"x": make(saver, dtype, layout)})["x"]
        assert loaded.dtype == expected.dtype
        assert tuple(loaded.shape) == tuple(expected.shape)
        assert loaded.tolist() == expected.tolist()


def state(library: Any) -> Any:
    """A model and its optimizer after one step, from fixed numbers."""
    model = library.nn.Sequential(library.nn.Linear(3, 4), library.nn.Tanh(),
                                  library.nn.Linear(4, 2))
    with library.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(library.arange(parameter.numel()).view(parameter.shape) * 0.1 + number)
    optimizer = library.optim.Adam(model.parameters(), lr=0.1)
    model(library.ones(2, 3)).sum().backward()
    optimizer.step()
    return {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3,
            "history": [0.5, 0.25], "dtype": library.float32, "size": library.Size([2, 3]),
            "device": library.device("cpu"), "bytes": b"\x00\xff", "set": {1, 2},
            "shared": [library.ones(3)] * 2}


def test_training_states_both_ways() -> None:
    for saver, loader in ((cytorch, torch), (torch, cytorch)):
        saved = state(saver)
        loaded = through(saver, loader, saved)
        assert list(loaded["model"]) == list(saved["model"])
        assert loaded["model"]._metadata == saved["model"]._metadata
        for name, tensor in saved["model"].items():
            assert loaded["model"][name].tolist() == tensor.tolist()
        moments = loaded["optimizer"]["state"][0]
        assert moments["exp_avg"].tolist() == saved["optimizer"]["state"][0]["exp_avg"].tolist()
        assert loaded["dtype"] == loader.float32
        assert loaded["size"] == loader.Size([2, 3])
        assert loaded["device"] == loader.device("cpu")
        assert (loaded["bytes"], loaded["set"]) == (b"\x00\xff", {1, 2})
        assert loaded["shared"][0] is loaded["shared"][1]


def test_load_state_dict_across_libraries() -> None:
    for saver, loader in ((cytorch, torch), (torch, cytorch)):
        model = loader.nn.Linear(3, 4)
        source = saver.nn.Linear(3, 4)
        model.load_state_dict(through(saver, loader, source.state_dict()))
        assert model.weight.tolist() == source.weight.tolist()


def test_parameters_and_sharing() -> None:
    for saver, loader in ((cytorch, torch), (torch, cytorch)):
        base = saver.arange(10.0)
        saved = {"p": saver.nn.Parameter(saver.ones(2)), "a": base[2:8], "b": base[6:]}
        loaded = through(saver, loader, saved)
        assert type(loaded["p"]) is loader.nn.Parameter
        loaded["a"][4] = -1
        assert loaded["b"].tolist() == [-1, 7, 8, 9]


def test_a_pickled_module_of_pytorch_is_refused() -> None:
    stream = io.BytesIO()
    torch.save(torch.nn.Linear(2, 2), stream)
    stream.seek(0)
    with pytest.raises(cytorch.errors.CheckpointError, match=r"torch\.nn\.modules\.linear\.Linear"):
        cytorch.load(stream)


def test_an_old_file_of_pytorch_is_named() -> None:
    stream = io.BytesIO()
    torch.save({"x": torch.ones(2)}, stream, _use_new_zipfile_serialization=False)
    stream.seek(0)
    with pytest.raises(cytorch.errors.CheckpointError, match=r"1\.6"):
        cytorch.load(stream)
