"""What the processor offers."""


def get_cpu_capability() -> str:
    """The instruction set of the kernels that were loaded: "DEFAULT", "AVX2" or "AVX512"."""
    from cytorch._C import registry

    chosen = str(registry.loaded_isa).upper()
    return "DEFAULT" if chosen == "BASE" else chosen
