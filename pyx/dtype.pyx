"""Dtypes as Python objects, promotion, and the default floating dtype.

Promotion is PyTorch's table: the category decides first (bool < integral < floating < complex),
then the width; uint8 with a signed type of its width gives the next wider signed type.
"""
from libc.stdint cimport uint8_t

from cytorch._C.dtype_ids cimport (
    DTYPE_BFLOAT16, DTYPE_BOOL, DTYPE_COMPLEX64, DTYPE_COMPLEX128, DTYPE_COUNT, DTYPE_FLOAT16,
    DTYPE_FLOAT32, DTYPE_FLOAT64, DTYPE_INT8, DTYPE_INT16, DTYPE_UINT8, dtype_is_complex,
    dtype_is_floating, dtype_itemsize)

cdef tuple NAMES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16",
                    "float32", "float64", "complex64", "complex128")
cdef dict ALIASES = {"short": "int16", "int": "int32", "long": "int64", "half": "float16",
                     "float": "float32", "double": "float64", "cfloat": "complex64",
                     "cdouble": "complex128"}
cdef list dtypes = []
cdef dict by_name = {}
cdef uint8_t promotion[DTYPE_COUNT][DTYPE_COUNT]
cdef int current_default = DTYPE_FLOAT32


cdef class DType:
    """Type of the elements of a tensor.

    >>> import cytorch
    >>> cytorch.float32
    torch.float32
    >>> cytorch.float32.itemsize
    4
    """

    def __init__(self):
        raise TypeError("dtypes cannot be made: use cytorch.float32, cytorch.int64, ...")

    def __repr__(self):
        return "torch." + self.name

    def __reduce__(self):
        return _dtype_by_name, (self.name,)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def to_complex(self):
        """The complex dtype whose parts have this precision."""
        if self.id in (DTYPE_FLOAT64, DTYPE_COMPLEX128):
            return dtypes[DTYPE_COMPLEX128]
        return dtypes[DTYPE_COMPLEX64]

    def to_real(self):
        """The dtype of the real part."""
        if not self.is_complex:
            return self
        return dtypes[DTYPE_FLOAT64 if self.id == DTYPE_COMPLEX128 else DTYPE_FLOAT32]


def _dtype_by_name(str name):
    return by_name[name]


cdef int promote_ids(int a, int b):
    if a == b:
        return a
    if a > b:
        a, b = b, a
    if a == DTYPE_UINT8 and b == DTYPE_INT8:
        return DTYPE_INT16
    if a == DTYPE_FLOAT16 and b == DTYPE_BFLOAT16:
        return DTYPE_FLOAT32
    if a == DTYPE_FLOAT64 and b == DTYPE_COMPLEX64:
        return DTYPE_COMPLEX128
    return b


cdef void build():
    cdef int a, b
    cdef DType item
    for a, name in enumerate(NAMES):
        item = DType.__new__(DType)
        item.name = name
        item.id = a
        item.itemsize = dtype_itemsize[a]
        item.is_floating_point = dtype_is_floating(a)
        item.is_complex = dtype_is_complex(a)
        item.is_signed = a >= DTYPE_INT8
        dtypes.append(item)
        by_name[name] = item
        for b in range(DTYPE_COUNT):
            promotion[a][b] = promote_ids(a, b)
    for alias, name in ALIASES.items():
        by_name[alias] = by_name[name]


build()


cdef DType dtype_of(int dtype):
    return <DType>dtypes[dtype]


cdef int dtype_id(object dtype, str op_name) except -1:
    if type(dtype) is DType:
        return (<DType>dtype).id
    if dtype is float:
        return DTYPE_FLOAT64
    if dtype is bool:
        return DTYPE_BOOL
    if dtype is int:
        return by_name["int64"].id
    if dtype is complex:
        return DTYPE_COMPLEX128
    if isinstance(dtype, str) and dtype in by_name:
        return (<DType>by_name[dtype]).id
    raise TypeError(f"{op_name}: expected a dtype, got {dtype!r}")


cdef int promote(int a, int b) noexcept:
    return promotion[a][b]


cdef int default_dtype() noexcept:
    return current_default


def get_default_dtype():
    """The floating dtype that Python floats get: float32 unless `set_default_dtype` changed it."""
    return dtypes[current_default]


def set_default_dtype(DType dtype not None):
    """Make `dtype` (a floating dtype) the one that Python floats get.

    Raises TypeError for a dtype that is not floating.
    """
    global current_default
    if not dtype.is_floating_point:
        raise TypeError(f"set_default_dtype: only floating dtypes can be the default, "
                        f"got {dtype!r}")
    current_default = dtype.id


def promote_types(DType a not None, DType b not None):
    """The smallest dtype that holds both.

    >>> import cytorch
    >>> cytorch.promote_types(cytorch.int32, cytorch.float32)
    torch.float32
    """
    return dtypes[promotion[a.id][b.id]]


def can_cast(DType source not None, DType target not None):
    """Whether PyTorch's rules allow an implicit cast: never from a higher category to a lower."""
    def category(DType dtype):
        if dtype.is_complex:
            return 3
        if dtype.is_floating_point:
            return 2
        return 0 if dtype.id == DTYPE_BOOL else 1
    return category(source) <= category(target)


def all_dtypes():
    """All dtypes by name, aliases such as `double` included."""
    return dict(by_name)
