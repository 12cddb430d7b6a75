# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How data flows from states to their next values."""

import operator
from typing import Any

import torch.fx

from ._graph import Graph, Node, describe

#: Only moves elements.
_MOVES = {
    "getitem", "select", "slice", "squeeze", "unsqueeze", "view", "reshape", "transpose",
    "permute", "contiguous", "split", "chunk", "stack", "cat", "clone", "unbind", "expand",
    "flatten", "unflatten", "t", "T", "mT", "movedim", "roll", "narrow", "detach", "to", "float",
    "type_as", "vstack", "hstack", "flip", "setitem", "tensor_split",
}  # fmt: skip
#: Elements live on in the result.
_CARRIES = _MOVES | {
    "add", "sub", "rsub", "mul", "div", "neg", "where", "lerp", "addcmul", "clamp",
    "masked_fill", "maximum", "minimum",
}  # fmt: skip
_LAYERS = {"lstm", "gru", "rnn_tanh", "rnn_relu"}


def _is_cell(name: str) -> bool:
    return name.endswith("_cell")


def _get_nodes(argument: Any) -> list[Node]:
    found: list[Node] = []
    torch.fx.node.map_arg(argument, found.append)
    return found


def _get_initial(node: Node) -> list[Node]:
    """Of a recurrent operation, its states."""
    return _get_nodes(node.args[1] if len(node.args) > 1 else node.kwargs.get("hx"))


def has_layers(graph: Graph) -> bool:
    """Whether there are recurrent layers, which may bring their states along."""
    return any(describe(node).name in _LAYERS for node in graph.nodes)


def find_initial(graph: Graph) -> set[int]:
    """Inputs that reach the initial state of a recurrent layer, only moved."""
    found: set[int] = set()
    seen: set[Node] = set()
    stack = [
        entry
        for node in graph.nodes
        if (name := describe(node).name) in _LAYERS or _is_cell(name)
        for entry in _get_initial(node)
    ]
    while stack:
        entry = stack.pop()
        if entry in seen:
            continue
        seen.add(entry)
        if entry in graph.inputs:
            found.add(graph.inputs[entry])
        elif entry.op.startswith("call_") and describe(entry).name in _MOVES:
            stack += entry.all_input_nodes
    return found


def count_carried(graph: Graph, pairs: dict[int, int]) -> int:
    """How many inputs live on, moved or multiplied, in the outputs they are paired with."""
    count = 0
    for i, o in pairs.items():
        output = graph.outputs[o]
        if isinstance(output, torch.fx.Node):
            count += i in _find_carried(graph, output)
    return count


def _find_carried(graph: Graph, output: Node) -> set[int]:
    found: set[int] = set()
    seen: set[Node] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in graph.inputs:
            found.add(graph.inputs[node])
            continue
        if not node.op.startswith("call_"):
            continue
        name = describe(node).name
        layer = _find_layer(node)
        if layer is not None:
            stack += layer
        elif _is_cell(name):
            stack += _get_initial(node)
        elif name in _CARRIES:
            stack += node.all_input_nodes
    return found


def _find_layer(node: Node) -> list[Node] | None:
    """Of an element of a recurrent operation's result: the states that it continues."""
    first = 0
    while node.target is operator.getitem:
        index = node.args[1]
        if isinstance(index, slice):
            first += index.start or 0
        elif isinstance(index, int):
            first += index
        else:
            return None
        node = node.args[0]
        if not node.op.startswith("call_"):
            return None
        name = describe(node).name
        initial = _get_initial(node) if name in _LAYERS or name == "lstm_cell" else []
        if name in _LAYERS:
            # The sequence comes first; h, c are computed from all of it.
            return [initial[first - 1]] if 0 < first <= len(initial) else []
        if name == "lstm_cell":
            return [initial[first]] if first < len(initial) else []
    return None
