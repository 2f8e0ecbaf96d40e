"""Random numbers in datasets: the same for any number of workers, new in every epoch."""
from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import cytorch
from cytorch.utils.data import DataLoader, Dataset
from support.scripts import run_script


class Noise(Dataset[Any]):
    def __len__(self) -> int:
        return 12

    def __getitem__(self, index: int) -> Any:
        return cytorch.rand(2), random.random(), np.random.rand()


def epochs(workers: int, count: int = 2, **options: Any) -> list[Any]:
    cytorch.manual_seed(7)
    loader = DataLoader(Noise(), batch_size=3, num_workers=workers, shuffle=True,
                        reproducible=True, **options)
    return [[[part.tolist() for part in batch] for batch in loader] for _ in range(count)]


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_same_batches_for_any_number_of_workers(workers: int) -> None:
    state, array_state = random.getstate(), np.random.get_state()
    try:
        assert epochs(workers) == epochs(0)
    finally:
        random.setstate(state)
        np.random.set_state(array_state)


def test_same_batches_with_persistent_workers_and_new_ones_each_epoch() -> None:
    first, second = epochs(2, persistent_workers=True)
    assert [first, second] == epochs(2)
    assert first != second


def test_the_main_process_keeps_its_own_stream() -> None:
    cytorch.manual_seed(1)
    random.seed(1)
    loader = DataLoader(Noise(), num_workers=0)
    iterator = iter(loader)
    before = cytorch.get_rng_state().tolist()
    expected = random.Random(1)
    for _ in range(3):
        assert next(iterator)[1].item() == expected.random()
    assert cytorch.get_rng_state().tolist() == before


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_same_batches_for_other_start_methods(tmp_path: Any, method: str) -> None:
    output, _ = run_script(tmp_path, f"""
        import cytorch
        from cytorch.utils.data import DataLoader, Dataset

        class Noise(Dataset):
            def __len__(self):
                return 6

            def __getitem__(self, index):
                return cytorch.rand(2)

        def epoch(**options):
            cytorch.manual_seed(3)
            return [batch.tolist() for batch in DataLoader(Noise(), batch_size=2, **options)]

        if __name__ == "__main__":
            spawned = epoch(num_workers=2, multiprocessing_context="{method}")
            assert spawned == epoch() == epoch(num_workers=1)
            print("same")
    """)
    assert output == "same\n"
