"""Which nodes lead to the inputs of `grad`."""
from libc.stdint cimport uint64_t

from cytorch._C.node cimport Node


cdef set nodes_leading_to(list roots, dict captures):
    """Ids of the nodes from which a captured node or leaf can be reached; iterative."""
    cdef dict matters = {}
    cdef list stack = []
    cdef Node node
    cdef uint64_t key
    cdef int i
    for root in roots:
        if root is not None:
            stack.append((root, -1))      # -1: not looked at yet
    while stack:
        node, i = stack.pop()
        key = <uint64_t><void*>node
        if i < 0:
            if key in matters:
                continue
            matters[key] = key in captures
            i = 0
        while i < node.n_edges:
            if node.edges[i].target == NULL:
                i += 1
                continue
            target = <uint64_t><void*>node.edges[i].target
            if node.edges[i].leaf:
                if target in captures:
                    matters[key] = True
            elif target not in matters:
                stack.append((node, i))
                stack.append((<object>node.edges[i].target, -1))
                break
            elif matters[target]:
                matters[key] = True
            i += 1
    return {key for key, value in matters.items() if value}
