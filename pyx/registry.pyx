"""Kernels by name and dtype.

Every family module (`kernels/*.pyx`) exports `register()`, which hands its function pointers to
`register_kernel`. `load_kernels` imports the families of the best instruction set that this
processor has, or of the one that the environment variable CYTORCH_ISA names.
"""
import importlib
import os

from cytorch._C.dtype_ids cimport DTYPE_COUNT

cdef extern from *:
    """
    static int cpu_level(void) {
      __builtin_cpu_init();
      if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
          __builtin_cpu_supports("avx512cd")) return 2;
      if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
          __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("f16c")) return 1;
      return 0;
    }
    """
    int cpu_level() nogil

ISA_NAMES = ("base", "avx2", "avx512")

cdef dict kernel_ids = {}
cdef void* kernel_table[2048][DTYPE_COUNT]
loaded_isa = None


cdef int register_kernel(str name, int dtype, void* function) except -1:
    cdef int index = kernel_ids.setdefault(name, len(kernel_ids))
    if index >= 2048:
        raise RuntimeError("kernel table is full: raise its size in pyx/registry.pyx")
    kernel_table[index][dtype] = function
    return 0


cdef void* find_kernel(str name, int dtype) noexcept:
    cdef object index = kernel_ids.get(name)
    if index is None:
        return NULL
    return kernel_table[<int>index][dtype]


def kernel_names():
    """Names of all registered kernels."""
    return sorted(kernel_ids)


def has_kernel(str name, int dtype):
    """Whether a kernel of this name exists for this dtype id."""
    return find_kernel(name, dtype) != NULL


def load_kernels(families):
    """Import and register `families` for one instruction set; returns the set's name."""
    global loaded_isa
    level = cpu_level()
    wanted = os.environ.get("CYTORCH_ISA")
    if wanted:
        if wanted not in ISA_NAMES:
            raise ImportError(f"CYTORCH_ISA={wanted!r}: expected one of {', '.join(ISA_NAMES)}")
        if ISA_NAMES.index(wanted) > level:
            raise ImportError(f"CYTORCH_ISA={wanted}: this processor does not support it")
        level = ISA_NAMES.index(wanted)
    loaded_isa = ISA_NAMES[level]
    for family in families:
        importlib.import_module(f"cytorch._C.isa_{loaded_isa}.{family}").register()
    return loaded_isa
