"""einsum: an equation over labelled dimensions, run as a chain of (batched) matrix products."""
from __future__ import annotations

from typing import Any

from .spec import argument_error, call, op, ops, shape_error

# Labels of the dimensions that an ellipsis stands for; an equation cannot contain them.
_ELLIPSIS = [f"...{i}" for i in range(64)]


def _split_equation(equation: str, count: int) -> tuple[list[str], str | None]:
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if len(terms) != count:
        raise argument_error(f"einsum: the equation {equation!r} has {len(terms)} operands, but "
                             f"{count} were given")
    for term in [*terms, right]:
        rest = term.replace("...", "", 1)
        if rest and not rest.isalpha():
            raise argument_error(f"einsum: {term!r} in {equation!r}: expected letters and at most "
                                 "one '...'")
    return terms, right if arrow else None


def _labels(term: str, ndim: int, equation: str, shape: tuple[int, ...]) -> list[str]:
    """One label for each dimension of an operand."""
    before, dots, after = term.partition("...")
    hidden = ndim - len(before) - len(after)
    if hidden < 0 or (hidden > 0 and not dots):
        raise shape_error(f"einsum: {term!r} in {equation!r} does not fit an operand of shape "
                          f"{shape}")
    # Right-aligned, as broadcasting is.
    return [*before, *_ELLIPSIS[64 - hidden:], *after]


def _output_labels(right: str | None, operands: list[list[str]], equation: str) -> list[str]:
    used = [label for labels in operands for label in labels]
    hidden = [label for label in _ELLIPSIS if label in used]
    if right is None:
        return hidden + sorted(label for label in set(used)
                               if used.count(label) == 1 and label not in hidden)
    before, dots, after = right.partition("...")
    labels = [*before, *(hidden if dots else []), *after]
    for label in labels:
        if label not in used or labels.count(label) > 1:
            raise argument_error(f"einsum: output label {label!r} of {equation!r} must stand once "
                                 "in the output and at least once in an operand")
    return labels


def _take_diagonals(tensor: Any, labels: list[str], equation: str) -> tuple[Any, list[str]]:
    """A label that an operand repeats means the diagonal of those dimensions."""
    for label in dict.fromkeys(labels):
        while labels.count(label) > 1:
            first = labels.index(label)
            second = labels.index(label, first + 1)
            if tensor.shape[first] != tensor.shape[second]:
                raise shape_error(f"einsum: the sizes of the repeated label {label!r} of "
                                  f"{equation!r} differ: {tensor.shape[first]} != "
                                  f"{tensor.shape[second]}")
            tensor = tensor.diagonal(0, first, second)
            labels = [*labels[:first], *labels[first + 1:second], *labels[second + 1:], label]
    return tensor, labels


def _check_sizes(tensors: list[Any], operands: list[list[str]], equation: str) -> None:
    sizes: dict[str, int] = {}
    for tensor, labels in zip(tensors, operands):
        for label, size in zip(labels, tensor.shape):
            if size != 1 and sizes.setdefault(label, size) != size:
                raise shape_error(f"einsum: label {label!r} of {equation!r} has the sizes "
                                  f"{sizes[label]} and {size} in operands of shapes "
                                  f"{[tuple(t.shape) for t in tensors]}")


def _sum_out(tensor: Any, labels: list[str], drop: list[str]) -> tuple[Any, list[str]]:
    if not drop:
        return tensor, labels
    return (tensor.sum([labels.index(label) for label in drop]),
            [label for label in labels if label not in drop])


def _arrange(tensor: Any, labels: list[str], groups: list[list[str]]) -> Any:
    """Permute to the labels of the groups, in order; missing ones become size 1."""
    wanted = [label for group in groups for label in group]
    tensor = tensor.permute([labels.index(label) for label in wanted if label in labels])
    for place, label in enumerate(wanted):
        if label not in labels:
            tensor = tensor.unsqueeze(place)
    return tensor


def _joined(sizes: Any) -> int:
    total = 1
    for size in sizes:
        total *= size
    return total


def _multiply(a: Any, a_labels: list[str], b: Any, b_labels: list[str],
              keep: set[str]) -> tuple[Any, list[str]]:
    """Product of two operands, summed over the labels that nothing else needs."""
    shared = [label for label in a_labels if label in b_labels]
    summed = [label for label in shared if label not in keep]
    # A summed label of size 1 on one side is a factor of the sum over the other side.
    for label in list(summed):
        left, right = a.shape[a_labels.index(label)], b.shape[b_labels.index(label)]
        if left != right:
            a, a_labels = _sum_out(a, a_labels, [label])
            b, b_labels = _sum_out(b, b_labels, [label])
            summed.remove(label)
            shared.remove(label)
    a, a_labels = _sum_out(a, a_labels, [x for x in a_labels if x not in keep and x not in shared])
    b, b_labels = _sum_out(b, b_labels, [x for x in b_labels if x not in keep and x not in shared])
    batch = [label for label in shared if label in keep]
    rows = [label for label in a_labels if label not in shared]
    columns = [label for label in b_labels if label not in shared]
    result = batch + rows + columns
    if not summed:
        return _arrange(a, a_labels, [result]) * _arrange(b, b_labels, [result]), result
    left, right = _arrange(a, a_labels, [batch, rows, summed]), \
        _arrange(b, b_labels, [batch, summed, columns])
    n = len(batch)
    row_sizes = left.shape[n:n + len(rows)]
    column_sizes = right.shape[n + len(summed):]
    depth = _joined(left.shape[n + len(rows):])
    # matmul broadcasts the batch dimensions; only other groups of several labels are joined.
    if len(rows) != 1 or len(summed) != 1:
        left = left.reshape((*left.shape[:n], _joined(row_sizes), depth))
    if len(columns) != 1 or len(summed) != 1:
        right = right.reshape((*right.shape[:n], depth, _joined(column_sizes)))
    product = ops.matmul(left, right)
    if len(rows) != 1 or len(columns) != 1:
        product = product.reshape((*product.shape[:-2], *row_sizes, *column_sizes))
    return product, result


def _einsum(equation: str, operands: Any) -> Any:
    if not operands:
        raise argument_error("einsum: expected at least one operand")
    tensors = list(operands)
    terms, right = _split_equation(equation, len(tensors))
    labelled = [_labels(term, tensor.ndim, equation, tuple(tensor.shape))
                for term, tensor in zip(terms, tensors)]
    output = _output_labels(right, labelled, equation)
    for place, tensor in enumerate(tensors):
        tensors[place], labelled[place] = _take_diagonals(tensor, labelled[place], equation)
    _check_sizes(tensors, labelled, equation)
    result, labels = tensors[0], labelled[0]
    for place in range(1, len(tensors)):
        keep = set(output).union(*labelled[place + 1:])
        result, labels = _multiply(result, labels, tensors[place], labelled[place], keep)
    result, labels = _sum_out(result, labels, [label for label in labels if label not in output])
    return _arrange(result, labels, [output])


op("einsum(str equation, Tensor[] operands) -> Tensor", body=_einsum, forms="function out",
   extra={"spreads_tensors": True},
   samples=lambda s: [
       call("ij,jk->ik", s.tensor(2, 3), s.tensor(3, 4)), call("ij,jk", s.tensor(2, 3),
                                                               s.tensor(3, 4)),
       call("bhqd,bhkd->bhqk", s.tensor(2, 3, 4, 5), s.tensor(2, 3, 6, 5)),
       call("ii->i", s.tensor(3, 3)), call("ii", s.tensor(3, 3)), call("ij->ji", s.tensor(2, 3)),
       call("i,j->ij", s.tensor(2), s.tensor(3)), call("...ij->...ji", s.tensor(2, 3, 4)),
       call("...ij,...jk->...ik", s.tensor(5, 2, 3), s.tensor(3, 4)),
       call("bn,anm,bm->ba", s.tensor(2, 3), s.tensor(5, 3, 4), s.tensor(2, 4)),
       call("i,i->", s.tensor(3), s.tensor(3)), call("ij,ij->ij", s.tensor(2, 3), s.tensor(1, 3)),
       call("ij->", s.tensor(2, 3)), call("abc,acd->bd", s.tensor(2, 3, 4), s.tensor(2, 4, 5))],
   ref=lambda equation, *operands: __import__("numpy").einsum(equation, *operands),
   errors=lambda s: [
       (call("ij,jk", s.tensor(2, 3), s.tensor(4, 5)), "ShapeError", "einsum: label 'j'.*3 and 4"),
       (call("ij", s.tensor(2, 3), s.tensor(4, 5)), "ArgumentError", "1 operands"),
       (call("ijk", s.tensor(2, 3)), "ShapeError", "einsum.*'ijk'"),
       (call("ij->ik", s.tensor(2, 3)), "ArgumentError", "output label 'k'")],
   doc="""Sums of products, written as an equation over labelled dimensions.

    Every operand has one letter for each dimension; letters that the output (after "->") lacks
    are summed over. A letter twice in one operand takes the diagonal, "..." stands for any leading
    dimensions and broadcasts. Without "->" the output has the letters that occur once, sorted.

    >>> import cytorch
    >>> cytorch.einsum("ij,kj->ik", cytorch.ones(2, 3), cytorch.ones(4, 3)).shape
    torch.Size([2, 4])
    """)
