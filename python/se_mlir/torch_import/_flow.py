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
_PRODUCTS = {
    "linear", "matmul", "mm", "mv", "addmm", "addmv", "bmm", "baddbmm", "einsum", "conv1d",
    "bilinear", "dot", "inner", "tensordot",
}  # fmt: skip
_LAYERS = {"lstm", "gru", "rnn_tanh", "rnn_relu"}


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


def _is_recurrent(node: Node) -> bool:
    if not node.op.startswith("call_"):
        return False
    name = describe(node).name
    return name in _LAYERS or name.endswith("_cell")


def _find_moved(graph: Graph, node: Node) -> set[int]:
    """The inputs that a value is moved from."""
    found: set[int] = set()
    seen: set[Node] = set()
    stack = [node]
    while stack:
        entry = stack.pop()
        if entry in seen:
            continue
        seen.add(entry)
        if entry in graph.inputs:
            found.add(graph.inputs[entry])
        elif entry.op.startswith("call_") and describe(entry).name in _MOVES:
            stack += graph.get_sources(entry)
    return found


def find_initial(graph: Graph) -> set[int]:
    """Inputs that reach the initial state of a recurrent layer, only moved."""
    entries = (
        entry
        for node in graph.nodes
        if _is_recurrent(node)
        for entry in _get_initial(node)
    )
    return set().union(*(_find_moved(graph, entry) for entry in entries))


def find_layer_states(graph: Graph) -> dict[int, int]:
    """Inputs that are states of recurrent layers, and outputs that are what these make of
    them, both only moved."""
    before = _find_slots(graph)
    result: dict[int, int] = {}
    # A layer's output of one step is its state as well, but is taken for one only if no
    # other is.
    for with_sequence in (False, True):
        for o, output in enumerate(graph.outputs):
            if not isinstance(output, torch.fx.Node):
                continue
            after = _find_final(graph, output, with_sequence)
            fitting = [i for i, slots in before.items() if after and slots == after]
            if (
                len(fitting) == 1
                and fitting[0] not in result
                and o not in result.values()
            ):
                result[fitting[0]] = o
    return result


def _find_slots(graph: Graph) -> dict[int, set[tuple[Node, int]]]:
    """Of inputs that are initial states of recurrent layers: of which, and where there."""
    found: dict[int, set[tuple[Node, int]]] = {}
    for node in graph.nodes:
        if _is_recurrent(node):
            for slot, entry in enumerate(_get_initial(node)):
                for i in _find_moved(graph, entry):
                    found.setdefault(i, set()).add((node, slot))
    return found


def _find_final(
    graph: Graph, output: Node, with_sequence: bool
) -> set[tuple[Node, int]]:
    """The states of recurrent layers that a value is moved from; empty if it is computed."""
    found: set[tuple[Node, int]] = set()
    seen: set[Node] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        layer = _find_layer(node, with_sequence)
        if layer is not None:
            found.add(layer)
        elif node.op.startswith("call_") and describe(node).name in _MOVES:
            stack += graph.get_sources(node)
        else:
            return set()
    return found


def find_possible(graph: Graph) -> dict[int, set[int]]:
    """For inputs that are initial states of recurrent layers, the outputs that are made of
    the layer's next state without another product."""
    result: dict[int, set[int]] = {}
    for i, slots in _find_slots(graph).items():
        result[i] = {
            o
            for o, output in enumerate(graph.outputs)
            if isinstance(output, torch.fx.Node) and _is_made_of(graph, output, slots)
        }
    return result


def _is_made_of(graph: Graph, output: Node, slots: set[tuple[Node, int]]) -> bool:
    seen: set[Node] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        layer = _find_layer(node, True)
        if layer in slots:
            return True
        if layer is None and node.op.startswith("call_") and not _is_recurrent(node):
            if describe(node).name not in _PRODUCTS:
                stack += graph.get_sources(node)
    return False


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
            stack.append(_get_initial(layer[0])[layer[1]])
        elif name in _CARRIES:
            stack += graph.get_sources(node)
    return found


#: Of one state alone these are linear.
_LINEAR = (
    _MOVES
    | _PRODUCTS
    | {"add", "sub", "rsub", "neg", "mul", "div", "sum", "mean", "dropout"}
)


def is_read_out(graph: Graph, i: int, output: Node) -> bool:
    """Whether an output looks like what is made of a state that is not given back: a product
    with a function of the input, and nothing of it lives on."""
    if i in _find_carried(graph, output):
        return False
    products: list[Node] = []
    seen: set[Node] = set()
    stack = [output]
    while stack:
        node = stack.pop()
        if node in seen or not node.op.startswith("call_"):
            continue
        seen.add(node)
        if describe(node).name in _PRODUCTS:
            products.append(node)
        else:
            stack += graph.get_sources(node)
    return any(_depends_by_function(graph, product, i) for product in products)


def _depends_by_function(graph: Graph, product: Node, i: int) -> bool:
    seen: set[tuple[Node, bool]] = set()
    stack = [(node, False) for node in product.all_input_nodes]
    while stack:
        node, is_function = entry = stack.pop()
        if entry in seen:
            continue
        seen.add(entry)
        if graph.inputs.get(node) == i and is_function:
            return True
        if node.op.startswith("call_"):
            is_function = is_function or describe(node).name not in _LINEAR
            stack += [(source, is_function) for source in graph.get_sources(node)]
    return False


def _find_layer(node: Node, with_sequence: bool = False) -> tuple[Node, int] | None:
    """The recurrent operation whose next state this is, and the number of the state;
    also of its sequence if that is one state."""
    first = 0
    while node.target is operator.getitem:
        index, base = node.args[1], node.args[0]
        if isinstance(index, slice):
            first += index.start or 0
        elif isinstance(index, int):
            first += index
        else:
            return None
        if not isinstance(base, torch.fx.Node) or not base.op.startswith("call_"):
            return None
        node = base
        if _is_recurrent(node):
            # The sequence comes before the states, unless it is a cell.
            slot = first - (describe(node).name in _LAYERS)
            if slot < 0 and with_sequence and node.args[4] == 1:
                slot = 0
            return (node, slot) if 0 <= slot < len(_get_initial(node)) else None
    is_one = _is_recurrent(node) and describe(node).name not in {*_LAYERS, "lstm_cell"}
    return (node, 0) if is_one else None
