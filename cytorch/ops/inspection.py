"""What can be asked about a tensor without looking at its elements."""
from .spec import call, compiled, op

op("size(Tensor input, int? dim=None) -> any", kernel=compiled(), forms="method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(2, 3), -1)],
   doc="""The shape, or the size of one dimension.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).size(1)
    3
    """)
op("stride(Tensor input, int? dim=None) -> any", kernel=compiled(), forms="method",
   samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(2, 3), 0)],
   doc="""Elements between neighbours along each dimension, or along one.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).stride()
    (3, 1)
    """)

# (names, what it is, its value for zeros(2, 3) where that is always the same)
for _names, _doc, _value in (
        (("numel", "nelement"), "Number of elements.", "6"),
        (("dim", "ndimension"), "Number of dimensions.", "2"),
        (("storage_offset",), "Elements before the first one in the storage.", "0"),
        (("data_ptr",), "Address of the first element.", ""),
        (("element_size",), "Bytes of one element.", "4"),
        (("is_floating_point",), "Whether the dtype is floating.", "True"),
        (("is_complex",), "Whether the dtype is complex.", "False"),
        (("is_inference",), "Whether it was made in inference mode.", "False"),
        (("_is_shared",), "Whether the storage came in shared memory.", "False"),
        (("_storage_key",), "A number that tensors of one storage share.", ""),
        (("_storage_nbytes",), "Bytes of the whole storage.", "24")):
    for _name in _names:
        _example = f"cytorch.zeros(2, 3).{_name}()"
        _shown = f"{_example}\n    {_value}" if _value else f"address = {_example}"
        op(f"{_name}(Tensor input) -> any", kernel=compiled(_names[0].lstrip("_")),
           forms="function method" if _name in ("numel", "is_floating_point", "is_complex",
                                                "is_inference") else "method",
           samples=lambda s: [call(s.tensor(2, 3))], extra={} if _value else {"random": True},
           doc=f"""{_doc}

    >>> import cytorch
    >>> {_shown}
    """)

op("is_contiguous(Tensor input, *, any memory_format=None) -> any", kernel=compiled(),
   forms="method", samples=lambda s: [call(s.tensor(2, 3)), call(s.tensor(2, 3).t())],
   doc="""Whether the elements lie in row-major order without gaps.

    >>> import cytorch
    >>> cytorch.zeros(2, 3).t().is_contiguous()
    False
    """)

op("_first_other_dtype(Tensor[] tensors) -> any", kernel=compiled(), forms="function",
   samples=lambda s: [call([s.tensor(2), s.ints(2)]), call([s.tensor(2), s.tensor(3)])],
   doc="Position of the first tensor whose dtype is not the first one's, or -1.")
op("_first_other_shape(Tensor[] tensors, int free_dim=-1) -> any", kernel=compiled(),
   forms="function",
   samples=lambda s: [call([s.tensor(2), s.tensor(3)]), call([s.tensor(2), s.tensor(3)], 0)],
   doc="Position of the first tensor whose shape, `free_dim` aside, is not the first one's, or -1.")
