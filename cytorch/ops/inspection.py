"""What can be asked about a tensor without looking at its elements."""
from .spec import call, compiled, op

op("size(Tensor input, int? dim=None) -> any", kernel=compiled(), forms="method",
   doc="""The shape, or the size of one dimension.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).size(1)
    3
    """)
op("stride(Tensor input, int? dim=None) -> any", kernel=compiled(), forms="method",
   doc="""Elements between neighbours along each dimension, or along one.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).stride()
    (3, 1)
    """)

for _names, _kernel, _doc in (
        (("numel", "nelement"), "numel", "Number of elements."),
        (("dim", "ndimension"), "dim", "Number of dimensions."),
        (("storage_offset",), "storage_offset", "Elements before the first one in the storage."),
        (("data_ptr",), "data_ptr", "Address of the first element."),
        (("element_size",), "element_size", "Bytes of one element."),
        (("is_floating_point",), "is_floating_point", "Whether the dtype is floating."),
        (("is_complex",), "is_complex", "Whether the dtype is complex."),
        (("is_inference",), "is_inference", "Whether it was made in inference mode."),
        (("is_shared",), "is_shared", "Whether the storage is shared between processes."),
        (("_storage_key",), "storage_key", "A number that tensors of one storage share."),
        (("_storage_nbytes",), "storage_nbytes", "Bytes of the whole storage.")):
    for _name in _names:
        op(f"{_name}(Tensor input) -> any", kernel=compiled(_kernel),
           forms="function method" if _name in ("numel", "is_floating_point", "is_complex",
                                                "is_inference") else "method",
           samples=(lambda s: [call(s.tensor(2, 3))]) if _name in ("numel", "dim") else None,
           doc=_doc)

op("is_contiguous(Tensor input, *, any memory_format=None) -> any", kernel=compiled(),
   forms="method", doc="""Whether the elements lie in row-major order without gaps.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).t().is_contiguous()
    False
    """)
