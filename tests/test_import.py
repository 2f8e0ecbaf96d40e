"""What `import cytorch` loads, and what it must not."""
from support.subprocesses import run_python

FORBIDDEN = ("numpy", "multiprocessing", "cupy", "matplotlib", "torch", "concurrent.futures",
             "asyncio", "unittest", "ctypes")


def test_import_is_small() -> None:
    loaded = run_python("import sys, cytorch; print(*sorted(sys.modules))").split()
    assert not set(FORBIDDEN) & set(loaded)


def test_lazy_modules_load_on_first_use() -> None:
    program = """
        import sys, cytorch
        lazy = ["nn", "optim", "utils"]
        before = [name for name in lazy if f"cytorch.{name}" in sys.modules]
        for name in lazy:
            getattr(cytorch, name)
        after = [name for name in lazy if f"cytorch.{name}" in sys.modules]
        print(before, after)
    """
    assert run_python(program).strip() == "[] ['nn', 'optim', 'utils']"


def test_importing_the_source_tree_says_what_to_do() -> None:
    """A checkout without the compiled core is not a puzzle."""
    program = """
        import sys
        sys.modules["cytorch._C"] = None  # makes the import of the compiled core fail
        try:
            import cytorch
        except ImportError as error:
            print(error)
    """
    assert "pip install -e ." in run_python(program)


def test_forced_instruction_set_is_named_when_wrong() -> None:
    program = """
        import os
        os.environ["CYTORCH_ISA"] = "sse9"
        try:
            import cytorch
        except ImportError as error:
            print(error)
    """
    assert "base, avx2, avx512" in run_python(program)


def test_every_public_name_exists() -> None:
    """`dir(cytorch)` promises nothing that fails on access."""
    program = """
        import cytorch
        names = [name for name in dir(cytorch) if not name.startswith("_")]
        for name in names:
            getattr(cytorch, name)
        print(len(names))
    """
    assert int(run_python(program)) > 100
