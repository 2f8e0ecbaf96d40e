"""Order-preserving unsigned keys, and the stable radix sort of (key, position) records.

A smaller key sorts earlier. NaN gets the largest key and -0.0 that of 0.0, so equal numbers stay
in the order of their positions. Keys of up to 32 bits share one 64-bit word with the position.
"""
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memset

ctypedef struct WideRecord:
    uint64_t key
    int64_t position

ctypedef fused sortable:
    uint8_t
    int8_t
    int16_t
    int32_t
    int64_t
    float
    double

ctypedef fused record:
    uint64_t
    WideRecord

cdef enum:
    RUN = 16                    # records sorted by insertion
    MERGE_LIMIT = 256           # up to here merging beats counting digits
    SMALL_K = 32                # topk: up to here the best are kept in order at all times
    LONG_DIGITS_FROM = 16384    # records from which 11-bit digits beat 8-bit ones


cdef inline uint64_t sort_key(sortable value) noexcept nogil:
    cdef uint32_t narrow
    cdef uint64_t wide
    if sortable is float:
        value = value + 0.0
        narrow = (<uint32_t*>&value)[0]
        narrow ^= <uint32_t>(-<int32_t>(narrow >> 31)) | 0x80000000u
        return narrow if value == value else 0xFFFFFFFFu
    elif sortable is double:
        value = value + 0.0
        wide = (<uint64_t*>&value)[0]
        wide ^= <uint64_t>(-<int64_t>(wide >> 63)) | 0x8000000000000000u
        return wide if value == value else 0xFFFFFFFFFFFFFFFFu
    elif sortable is int64_t:
        return <uint64_t>value ^ 0x8000000000000000u
    else:
        return <uint32_t><int32_t>value ^ 0x80000000u


cdef inline uint64_t key_mask(sortable value) noexcept nogil:
    """All bits that keys of this type may have; a key xor this sorts in descending order."""
    if sortable is double or sortable is int64_t:
        return 0xFFFFFFFFFFFFFFFFu
    else:
        return 0xFFFFFFFFu


cdef inline void set_record(record* to, uint64_t key, int64_t position) noexcept nogil:
    if record is uint64_t:
        to[0] = (key << 32) | <uint64_t>position
    else:
        to.key = key
        to.position = position


cdef inline uint64_t record_key(const record* from_) noexcept nogil:
    if record is uint64_t:
        return from_[0] >> 32
    else:
        return from_.key


cdef inline int64_t record_position(const record* from_) noexcept nogil:
    if record is uint64_t:
        return <int64_t>(from_[0] & 0xFFFFFFFFu)
    else:
        return from_.position


cdef inline void sink(record* records, int64_t last) noexcept nogil:
    """Move the last record to its place among the sorted ones before it."""
    cdef record moved = records[last]
    cdef uint64_t key = record_key(&moved)
    while last > 0 and record_key(&records[last - 1]) > key:
        records[last] = records[last - 1]
        last -= 1
    records[last] = moved


cdef inline void insertion_sort(record* records, int64_t n) noexcept nogil:
    cdef int64_t i
    for i in range(1, n):
        sink(records, i)


cdef inline void merge(const record* left, const record* right, const record* end,
                       record* to) noexcept nogil:
    """Merge [left, right) and [right, end); of equal keys the left one comes first."""
    cdef const record* stop = right
    cdef bint second
    while left < stop and right < end:
        second = record_key(right) < record_key(left)
        to[0] = right[0] if second else left[0]
        right += second
        left += not second
        to += 1
    while left < stop:
        to[0] = left[0]
        left += 1
        to += 1
    while right < end:
        to[0] = right[0]
        right += 1
        to += 1


cdef inline void merge_sort(record* records, record* scratch, int64_t n) noexcept nogil:
    cdef int64_t i = 0, width = RUN
    cdef record* source = records
    cdef record* to = scratch
    while i < n:
        insertion_sort(records + i, min(<int64_t>RUN, n - i))
        i += RUN
    while width < n:
        i = 0
        while i < n:
            merge(source + i, source + min(i + width, n), source + min(i + 2 * width, n), to + i)
            i += 2 * width
        source, to = to, source
        width *= 2
    if source != records:
        for i in range(n):
            records[i] = source[i]


cdef inline void radix_sort(record* records, record* scratch, int64_t n) noexcept nogil:
    """Stable; the result is in `records`. A digit that all keys share costs no pass."""
    cdef int64_t counts[8 * 2048]
    cdef int bits = 8 if n < LONG_DIGITS_FROM else 11
    cdef int key_bits = 32 if record is uint64_t else 64
    cdef int digits = (key_bits + bits - 1) // bits, d, shift
    cdef int64_t buckets = (<int64_t>1) << bits, i, total, kept
    cdef int64_t* count
    cdef uint64_t key, mask = <uint64_t>(buckets - 1)
    cdef record* source = records
    cdef record* to = scratch
    if n <= MERGE_LIMIT:
        merge_sort(records, scratch, n)
        return
    memset(counts, 0, <size_t>(digits * buckets) * sizeof(int64_t))
    for i in range(n):
        key = record_key(&records[i])
        for d in range(digits):
            counts[d * buckets + <int64_t>((key >> (d * bits)) & mask)] += 1
    for d in range(digits):
        shift = d * bits
        count = counts + d * buckets
        if count[<int64_t>((record_key(source) >> shift) & mask)] == n:
            continue
        total = 0
        for i in range(buckets):
            kept = count[i]
            count[i] = total
            total += kept
        for i in range(n):
            key = (record_key(&source[i]) >> shift) & mask
            to[count[<int64_t>key]] = source[i]
            count[<int64_t>key] += 1
        source, to = to, source
    if source != records:
        for i in range(n):
            records[i] = source[i]


# The k smallest records so far, and candidates for them.
ctypedef struct Best:
    int64_t k
    int64_t count
    bint full              # threshold and worst are valid
    uint64_t threshold     # a candidate's key must be smaller
    int64_t worst          # position of the record that has it


cdef inline int64_t room_for(int64_t k) noexcept nogil:
    return k if k <= SMALL_K else 2 * k


cdef inline void offer(record* records, Best* best, uint64_t key,
                       int64_t position) noexcept nogil:
    """A few best are kept in order; many are collected, and a full buffer is cut to the best."""
    cdef int64_t k = best.k
    if k <= SMALL_K:
        best.count = min(best.count, k - 1)
        set_record(&records[best.count], key, position)
        sink(records, best.count)
        best.count += 1
        best.full = best.count == k
    else:
        set_record(&records[best.count], key, position)
        best.count += 1
        if best.count < 2 * k:
            return
        radix_sort(records, records + 2 * k, best.count)
        best.count = k
        best.full = True
    best.threshold = record_key(&records[best.count - 1])
    best.worst = record_position(&records[best.count - 1])
