"""The only fused types. `word` means "any element of this width", for kernels that move data."""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

ctypedef fused floating:
    float
    double

ctypedef fused integral:
    uint8_t
    int8_t
    int16_t
    int32_t
    int64_t

ctypedef fused real:
    uint8_t
    int8_t
    int16_t
    int32_t
    int64_t
    float
    double

ctypedef struct word128:
    uint64_t low
    uint64_t high

ctypedef fused word:
    uint8_t
    uint16_t
    uint32_t
    uint64_t
    word128
