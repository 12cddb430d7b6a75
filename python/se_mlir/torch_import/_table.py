# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of operations, and what their handlers know."""

from collections.abc import Callable
from typing import Any

from ..builder import Cell, Value
from ._graph import Graph, Node, get_path

Handler = Callable[..., Any]

#: By name, with torch's parameters. Names that begin with `aten.` are of torch.export,
#: where its parameters are others.
HANDLERS: dict[str, Handler] = {}


class Unsupported(Exception):
    """Why an operation cannot be converted."""


def handles(*names: str) -> Callable[[Handler], Handler]:
    def add(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return add


class Context:
    """What handlers need besides their operands."""

    def __init__(self, cell: Cell, graph: Graph, states: dict[int, int]) -> None:
        self.cell = cell
        self.graph = graph
        #: The node that is converted.
        self.node: Node = None
        self._state_inputs = {node for node, i in graph.inputs.items() if i in states}
        self._own: list[tuple[Value, Value]] = []
        self._names: set[str] = {name for name in (*cell._inputs, *cell._states)}

    @property
    def path(self) -> str:
        return get_path(self.node)

    def make_state(self, name: str, shape: tuple[int, ...]) -> Value:
        """A state that a layer brings along."""
        taken = {*self.cell._inputs, *self.cell._states}
        unique, number = name, 1
        while unique in taken:
            number += 1
            unique = f"{name}{number}"
        return self.cell.state(unique, shape)

    def keep(self, state: Value, value: Value) -> None:
        self._own.append((state, value))

    def finish_states(self) -> None:
        for state, value in self._own:
            self.cell.next(state, value)

    def depends_on_state(self, node: Node) -> bool:
        """Whether a value is computed from a state of the network."""
        stack, seen = [node], set()
        while stack:
            entry = stack.pop()
            if entry in self._state_inputs:
                return True
            if entry not in seen:
                seen.add(entry)
                stack += self.graph.get_sources(entry)
        return False


# The handlers enter themselves.
from . import (  # noqa: E402, F401
    _ops_elementwise,
    _ops_products,
    _ops_recurrent,
    _ops_reductions,
    _ops_shape,
)
