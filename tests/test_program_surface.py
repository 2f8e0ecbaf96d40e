"""What programs touch besides tensors: backends, compile, jit, profiler, hub, refusals."""
from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

import cytorch
from cytorch.accepted import IGNORED
from cytorch.refused import REFUSED, refused


def test_backends_answer_truthfully() -> None:
    backends = cytorch.backends
    for module in (backends.cudnn, backends.mps, backends.mkl, backends.mkldnn, backends.openmp,
                   backends.opt_einsum):
        assert module.is_available() is False
    assert backends.cuda.is_built() is False
    assert backends.cudnn.version() is None
    assert backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2", "AVX512")


def test_backend_switches_are_kept_and_restored() -> None:
    cudnn = cytorch.backends.cudnn
    with cudnn.flags(enabled=True, benchmark=True, deterministic=True, allow_tf32=False):
        assert cudnn.benchmark
        assert cudnn.deterministic
    assert not cudnn.benchmark
    assert not cudnn.deterministic
    with cytorch.backends.cuda.sdp_kernel(enable_flash=False):
        assert not cytorch.backends.cuda.flash_sdp_enabled()
    assert cytorch.backends.cuda.flash_sdp_enabled()
    with cytorch.backends.opt_einsum.flags(strategy="greedy"):
        assert cytorch.backends.opt_einsum.strategy == "greedy"


def test_compile_gives_the_function_itself() -> None:
    layer = cytorch.nn.Linear(2, 1)
    assert cytorch.compile(layer, mode="max-autotune", fullgraph=True) is layer
    assert cytorch.compile(dynamic=False)(len) is len
    assert cytorch.compiler.disable(len) is len
    assert not cytorch.compiler.is_compiling()
    with pytest.raises(TypeError, match="int"):
        cytorch.compile(3)
    cytorch._dynamo.reset()
    cytorch._dynamo.config.cache_size_limit = 64


def test_jit_passes_through() -> None:
    jit = cytorch.jit
    layer = cytorch.nn.Linear(2, 1)
    assert jit.script(layer) is layer
    assert jit.trace(layer, cytorch.ones(1, 2)) is layer
    assert jit.ignore(len) is len
    assert jit.ignore(drop=True)(len) is len
    assert jit.export(len) is len
    assert jit.unused(len) is len
    assert jit.script_method(len) is len
    assert not jit.is_scripting()
    assert not jit.is_tracing()
    assert jit.annotate(int, 3) == 3
    assert jit.isinstance(3, int)
    assert issubclass(jit.ScriptModule, cytorch.nn.Module)
    assert jit.annotations.List
    with pytest.raises(RuntimeError, match="linear"):
        jit.trace(layer, cytorch.ones(1, 3))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_refusals_name_the_alternative(name: str) -> None:
    place: Any = cytorch
    for part in name.split("."):
        place = getattr(place, part)
    if callable(place):
        with pytest.raises(NotImplementedError, match=name.replace(".", r"\.")):
            place(1)
    assert len(REFUSED[name].split()) >= 2


def test_a_refused_class_can_stand_in_annotations_but_not_be_subclassed() -> None:
    tracer = refused("fx.Tracer")
    assert not isinstance(3, tracer)
    with pytest.raises(NotImplementedError, match=r"fx\.Tracer"):
        type("Mine", (tracer,), {})


def test_ignored_names_exist_and_have_reasons() -> None:
    for name, reason in IGNORED.items():
        assert len(reason.split()) >= 4, name
    for name in IGNORED:
        if name.startswith("_C."):
            assert getattr(cytorch._C, name[3:])(False) is False


def test_accelerator_is_absent() -> None:
    accelerator = cytorch.accelerator
    assert not accelerator.is_available()
    assert accelerator.device_count() == 0
    assert accelerator.current_accelerator() is None
    with accelerator.device_index(None):
        pass
    for function in (accelerator.set_device_index, accelerator.synchronize):
        with pytest.raises(RuntimeError, match="available"):
            function(0)


@pytest.mark.parametrize("name", ["FloatTensor", "get_device_properties", "Stream",
                                  "current_stream", "mem_get_info"])
def test_cuda_needs_a_device(name: str) -> None:
    with pytest.raises(RuntimeError, match=f"cuda.{name}"):
        getattr(cytorch.cuda, name)(0)


def test_cuda_questions() -> None:
    cuda = cytorch.cuda
    assert cuda.memory_allocated() == cuda.memory_reserved() == 0
    assert cuda.random.get_rng_state_all() == []
    assert not cuda.is_bf16_supported()
    with cuda.device(None), cuda.stream(None):
        pass


def test_profiler_times_ranges(tmp_path: Path) -> None:
    profiler = cytorch.profiler
    handler = profiler.tensorboard_trace_handler(str(tmp_path))
    with profiler.profile(activities=[profiler.ProfilerActivity.CPU],
                          on_trace_ready=handler) as profile:
        for _ in range(2):
            with profiler.record_function("step"):
                cytorch.ones(3)
    (event,) = profile.key_averages()
    assert event.key == "step"
    assert event.count == 2
    assert event.cpu_time_total > 0
    assert "step" in profile.key_averages().table()
    assert len(list(tmp_path.iterdir())) == 1


def test_profiler_schedule() -> None:
    plan = cytorch.profiler.schedule(wait=1, warmup=1, active=2, repeat=1, skip_first=1)
    assert [plan(step).name for step in range(6)] == [
        "NONE", "NONE", "WARMUP", "RECORD", "RECORD_AND_SAVE", "NONE"]


def test_hub_fetches_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    source = tmp_path / "weights.pth"
    cytorch.save({"w": cytorch.ones(2)}, source)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:8]
    named = source.rename(tmp_path / f"weights-{digest}.pth")
    state = cytorch.hub.load_state_dict_from_url(named.as_uri(), check_hash=True)
    assert state["w"].tolist() == [1.0, 1.0]
    assert cytorch.hub.get_dir() == str(tmp_path / "home" / "hub")
    named.unlink()
    again = cytorch.hub.load_state_dict_from_url(named.as_uri(), check_hash=True)
    assert again["w"].tolist() == [1.0, 1.0]


def test_hub_refuses_other_data(tmp_path: Path) -> None:
    source = tmp_path / "data"
    source.write_bytes(b"text")
    with pytest.raises(RuntimeError, match="invalid hash"):
        cytorch.hub.download_url_to_file(source.as_uri(), str(tmp_path / "copy"), "00")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]


def test_settings() -> None:
    cytorch.set_deterministic_debug_mode("warn")
    assert cytorch.get_deterministic_debug_mode() == 1
    cytorch.set_deterministic_debug_mode(0)
    cytorch.use_deterministic_algorithms(True, warn_only=True)
    assert cytorch.is_deterministic_algorithms_warn_only_enabled()
    cytorch.use_deterministic_algorithms(False)
    assert cytorch.set_flush_denormal(True) is False
    with pytest.raises(ValueError, match="often"):
        cytorch.set_deterministic_debug_mode("often")
    assert cytorch.get_device_module("cpu") is cytorch.backends.cpu
    assert cytorch.version.cuda is None
    assert "cytorch" in cytorch.__config__.show()


def test_shapes_and_places() -> None:
    assert cytorch.broadcast_shapes((3, 1), (2,), 1) == (3, 2)
    with pytest.raises(ValueError, match=r"\(2,\)"):
        cytorch.broadcast_shapes((3,), (2,))
    rows, columns = cytorch.unravel_index(cytorch.tensor([1, 5]), (2, 3))
    assert rows.tolist() == [0, 1]
    assert columns.tolist() == [1, 2]
    with pytest.raises(IndexError, match="6"):
        cytorch.unravel_index(cytorch.tensor([6]), (2, 3))
    with pytest.raises(AssertionError, match="no"):
        cytorch._assert(cytorch.tensor(False), "no")


def test_assert_allclose() -> None:
    with pytest.warns(FutureWarning, match="deprecated"):
        cytorch.testing.assert_allclose(cytorch.tensor([1.0]), [1.0 + 1e-6])
    with pytest.warns(FutureWarning), pytest.raises(AssertionError):
        cytorch.testing.assert_allclose(cytorch.tensor([1.0]), [2.0])


def test_aten_names() -> None:
    aten = cytorch.ops.aten
    assert aten.add(cytorch.ones(1), 2).tolist() == [3.0]
    assert aten.add.Tensor(cytorch.ones(1), cytorch.ones(1)).tolist() == [2.0]
    with pytest.raises(NotImplementedError, match="no_such_op"):
        aten.no_such_op()


def fill_rank(rank: int, tensor: Any) -> None:
    tensor[rank] = rank + 1


def fail(rank: int) -> None:
    raise ValueError(f"rank {rank}")


def test_multiprocessing_shares_with_forked_processes() -> None:
    x = cytorch.zeros(2).share_memory_()
    cytorch.multiprocessing.start_processes(fill_rank, (x,), nprocs=2, start_method="fork")
    assert x.tolist() == [1.0, 2.0]


def test_multiprocessing_reports_what_failed() -> None:
    with pytest.raises(RuntimeError, match="rank 0"):
        cytorch.multiprocessing.start_processes(fail, nprocs=1, start_method="fork")
