"""Workers that die, stop or outlive: each case in a process of its own, with a time limit."""
from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from support.scripts import is_running, run_script, start_script

# They measure how long things take, and crash on purpose.
pytestmark = pytest.mark.no_asan

# A dataset whose sample 6 runs `action`, and a loop that says how it ended.
PROGRAM = """
    import os, signal, sys, time
    from cytorch.utils.data import DataLoader, Dataset

    class Numbers(Dataset):
        def __len__(self):
            return 12

        def __getitem__(self, index):
            if index == 6:
                print("at", time.monotonic(), flush=True)
                ACTION
            return index

    def main():
        try:
            for batch in DataLoader(Numbers(), batch_size=2, num_workers=2, OPTIONS):
                pass
        except Exception as error:
            print("caught", time.monotonic(), type(error).__name__, error)
        print("children", open(f"/proc/self/task/{os.getpid()}/children").read())

    if __name__ == "__main__":
        main()
"""


def program(action: str, options: str = "") -> str:
    return PROGRAM.replace("ACTION", action).replace("OPTIONS", options)


def delay_of(output: str) -> float:
    """Seconds between the sample's last sign of life and the error."""
    times = {line.split()[0]: float(line.split()[1]) for line in output.splitlines()
             if line.startswith(("at ", "caught "))}
    return times["caught"] - times["at"]


@pytest.mark.parametrize(("action", "text"), [
    ("os.kill(os.getpid(), signal.SIGKILL)", "killed by signal SIGKILL"),
    ("os.kill(os.getpid(), signal.SIGTERM)", "killed by signal SIGTERM"),
    ("sys.exit(0)", "exit 0 before finishing"),
    ("os._exit(0)", "exit 0 before finishing"),
    ("os._exit(3)", "exit 3 before finishing"),
    ("os.abort()", "killed by signal SIGABRT"),
])
def test_a_dead_worker_is_named_at_once(tmp_path: Path, action: str, text: str) -> None:
    output, _ = run_script(tmp_path, program(action), timeout=20)
    assert "WorkerDied DataLoader worker 1 (pid" in output
    assert text in output
    assert "[6, 7]" in output
    assert "children \n" in output
    assert delay_of(output) < 0.3


def test_a_crash_shows_where_it_was(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, program("import ctypes; ctypes.string_at(0)"), timeout=20)
    assert "SIGSEGV" in output
    assert "Segmentation fault" in output
    assert "in __getitem__" in output


def test_timeout_ends_a_stopped_worker(tmp_path: Path) -> None:
    begin = time.monotonic()
    output, _ = run_script(tmp_path, program("os.kill(os.getpid(), signal.SIGSTOP)", "timeout=1"),
                           timeout=20)
    assert time.monotonic() - begin < 8
    assert "LoaderTimeout" in output
    assert "worker 1 (pid" in output
    assert "[6, 7]" in output
    assert "children \n" in output


def test_an_error_held_in_a_traceback_does_not_block_the_exit(tmp_path: Path) -> None:
    _, errors = run_script(tmp_path, """
        import time
        from cytorch.utils.data import DataLoader

        class Slow(list):
            def __getitem__(self, index):
                if index > 2:
                    time.sleep(60)
                return index

        for batch in DataLoader(Slow(range(20)), num_workers=2):
            raise LookupError("in the loop")
    """, timeout=20, status=1)
    assert errors.count("Traceback") == 1
    assert "LookupError: in the loop" in errors


def test_leaving_the_loop_ends_the_workers(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, """
        import os, time
        from cytorch.utils.data import DataLoader

        def children():
            return open(f"/proc/self/task/{os.getpid()}/children").read().split()

        for batch in DataLoader(range(1000), num_workers=2, batch_size=2):
            assert len(children()) == 2
            break
        begin = time.monotonic()
        del batch
        while children() and time.monotonic() - begin < 5:
            time.sleep(0.01)
        print(time.monotonic() - begin)
        iterator = iter(DataLoader(range(1000), num_workers=2))
        next(iterator)
        begin = time.monotonic()
        del iterator
        assert not children()
        print(time.monotonic() - begin)
    """, timeout=20)
    assert all(float(line) < 0.5 for line in output.splitlines())


def test_no_worker_outlives_a_killed_parent(tmp_path: Path) -> None:
    process = start_script(tmp_path, """
        import os, time
        from cytorch.utils.data import DataLoader, Dataset

        class Slow(Dataset):
            def __len__(self):
                return 100

            def __getitem__(self, index):
                print(os.getpid(), flush=True)
                time.sleep(60)

        list(DataLoader(Slow(), num_workers=2))
    """)
    assert process.stdout is not None
    pids = {int(process.stdout.readline()) for _ in range(2)}
    process.kill()
    process.wait()
    deadline = time.monotonic() + 2
    while any(is_running(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not [pid for pid in pids if is_running(pid)]
    process.communicate()


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.2, 0.35])
def test_one_interrupt_ends_everything_with_one_traceback(tmp_path: Path, delay: float) -> None:
    process = start_script(tmp_path, """
        import os, signal, time
        from cytorch.utils.data import DataLoader, Dataset

        # A test run in the background of a shell ignores interrupts, and its children too.
        signal.signal(signal.SIGINT, signal.default_int_handler)

        class Numbers(Dataset):
            def __len__(self):
                return 40

            def __getitem__(self, index):
                time.sleep(0.002)
                return index

        print("started", flush=True)
        while True:
            for batch in DataLoader(Numbers(), num_workers=2, batch_size=4):
                time.sleep(0.001)
    """)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.1 + delay)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert time.monotonic() - begin < 1.5
    assert process.returncode in (-signal.SIGINT, 130)
    assert errors.count("KeyboardInterrupt") == 1, errors
    assert errors.count("Traceback") == 1, errors
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_a_loader_inside_a_worker_says_what_to_do(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, program("list(DataLoader(range(3), num_workers=1))"),
                           timeout=20)
    assert "RuntimeError" in output
    assert "use num_workers=0 there" in output


def test_threads_may_each_have_a_loader(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, """
        import threading
        from cytorch.utils.data import DataLoader

        totals = []

        def work():
            for _ in range(3):
                loader = DataLoader(range(50), 5, num_workers=2)
                totals.append(sum(int(batch.sum()) for batch in loader))

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(*totals)
    """, timeout=40)
    assert output.split() == ["1225"] * 9


def test_unguarded_main_of_a_spawned_worker(tmp_path: Path) -> None:
    _, errors = run_script(tmp_path, """
        from cytorch.utils.data import DataLoader

        list(DataLoader(range(4), num_workers=1, multiprocessing_context="spawn"))
    """, timeout=40, status=1)
    assert 'if __name__ == "__main__":' in errors


def test_few_file_descriptors_are_enough(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, """
        import os, resource
        import cytorch
        from cytorch.utils.data import DataLoader, Dataset

        class Images(Dataset):
            def __len__(self):
                return 600

            def __getitem__(self, index):
                return cytorch.full((3, 8, 8), float(index))

        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
        kept, counts = [], []
        for batch in DataLoader(Images(), num_workers=2, batch_size=2):
            kept.append(batch)
            counts.append(len(os.listdir("/proc/self/fd")))
        assert all(float(batch[1, 0, 0, 0]) == 2 * i + 1 for i, batch in enumerate(kept))
        print(len(kept), len(set(counts[20:])))
    """, timeout=40)
    assert output.split() == ["300", "1"]


def test_workers_that_cannot_be_started(tmp_path: Path) -> None:
    output, _ = run_script(tmp_path, """
        import errno, os
        import cytorch
        from cytorch.utils.data import DataLoader

        fork, count = os.fork, 0

        def failing_fork():
            global count
            count += 1
            if count == 3:
                raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
            return fork()

        os.fork = failing_fork
        try:
            iter(DataLoader(range(4), num_workers=4))
        except OSError as error:
            print(error)
        print("children", open(f"/proc/self/task/{os.getpid()}/children").read())
    """, timeout=20)
    assert "worker 2 of num_workers=4 could not be started" in output
    assert "children \n" in output
