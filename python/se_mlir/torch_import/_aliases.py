# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which tensors are parts of one in the same memory, for what is changed in place."""

from typing import Any

import torch
import torch.fx

from ..builder import Value
from ._graph import VIEWS, Node, Operation
from ._trace import call_node


class Aliases:
    """Follows views by numbers of elements: each view is applied to the numbers of its
    tensor's elements as well, and torch tells whether it has copied them."""

    def __init__(self) -> None:
        self._roots: dict[Node, Node] = {}
        #: Of views, and of tensors that have some: a tensor of numbers, or a tuple.
        self._places: dict[Node, Any] = {}
        self._views: dict[Node, list[Node]] = {}
        #: What an operation in place gives is its operand by another name.
        self._names: dict[Node, Node] = {}

    def add(self, node: Node, operation: Operation) -> None:
        """After a node was converted."""
        if (
            operation.name not in VIEWS
            or not node.all_input_nodes
            or node in self._roots
        ):
            return
        base = node.args[0]
        if not isinstance(base, torch.fx.Node):
            return
        places = self._places.get(base)
        if places is None:
            return
        replace = {base: places}
        try:
            args, kwargs = torch.fx.node.map_arg(
                (node.args, node.kwargs), replace.__getitem__
            )
            found = call_node(node, args, kwargs)
        except Exception:
            # With operands that are no numbers: not a view.
            return
        if _find_memory(found) == _find_memory(places):
            self._places[node] = found
            self._roots[node] = self.get_root(base)
            self._views.setdefault(self._roots[node], []).append(node)

    def add_root(self, node: Node, value: Any) -> None:
        """A node whose elements others may be parts of."""
        shape = value.shape if isinstance(value, (Value, torch.Tensor)) else None
        if shape is not None and node not in self._roots:
            count = 1
            for size in shape:
                count *= size
            self._places.setdefault(node, torch.arange(count).reshape(tuple(shape)))

    def add_name(self, node: Node, target: Node) -> None:
        root = self.get_root(target)
        self._roots[node] = root
        self._names[node] = target
        self._places[node] = self._places[target]
        self._views.setdefault(root, []).append(node)

    def get_name_of(self, node: Node) -> Node | None:
        return self._names.get(node)

    def get_root(self, node: Any) -> Any:
        return self._roots.get(node, node)

    def get_places(self, node: Node) -> Any:
        return self._places[node].numpy()

    def get_views(self, root: Node) -> list[Node]:
        return list(self._views.get(root, ()))


def _find_memory(value: Any) -> int:
    while isinstance(value, (tuple, list)):
        value = value[0]
    # Torch 1.13 has only typed ones.
    storage = (
        value.untyped_storage()
        if hasattr(value, "untyped_storage")
        else value.storage()
    )
    return storage.data_ptr()
