"""How this build was made."""
import cytorch


def show() -> str:
    """The version and the instruction set of the kernels, as text."""
    from cytorch.backends.cpu import get_cpu_capability

    return f"cytorch {cytorch.__version__}\n  - CPU capability usage: {get_cpu_capability()}\n"


def parallel_info() -> str:
    """The number of threads, as text."""
    return f"own thread pool: get_num_threads() : {cytorch.get_num_threads()}\n"
