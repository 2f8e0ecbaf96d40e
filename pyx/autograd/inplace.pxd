"""In-place ops and views under autograd."""
from cytorch._C.node cimport Node
from cytorch._C.tensor cimport Tensor

cdef int check_inplace(Tensor self, str op_name, bint recording) except -1
cdef int rebase(Tensor self, Node node) except -1
cdef void make_view(Tensor view, Tensor source, int creation) noexcept
