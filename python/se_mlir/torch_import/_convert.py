# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From a graph to a cell, operation by operation."""

from types import BuiltinFunctionType
from typing import Any

import torch
import torch.fx

from .._native import Error
from ..builder import Cell, Model, Value
from ._aliases import Aliases
from ._graph import VIEWS, Graph, Node, Operation, describe, get_path
from ._module import Prepared, first_line
from ._ops_shape import set_elements
from ._table import HANDLERS, Context, Unsupported
from ._trace import call_node

#: With zeros as a factor, or beside what comes in, these compute with a state that is
#: always new.
_READS_STATE = {
    "mul", "linear", "matmul", "mm", "mv", "addmm", "addmv", "bmm", "baddbmm", "cat", "lerp",
    "einsum", "dot", "addcmul", "bilinear", "inner", "hstack", "concat",
}  # fmt: skip
#: Of these some arguments are summands.
_FACTORS = {
    "linear": (0, 1), "addmm": (1, 3), "addmv": (1, 3), "baddbmm": (1, 3), "addcmul": (1, 3),
    "bilinear": (0, 2),
}  # fmt: skip
_FACTORIES = {
    "zeros",
    "zeros_like",
    "new_zeros",
    "full",
    "full_like",
    "new_full",
    "tensor",
}
_FACTORIES |= {"empty_like", "new_empty"}


_NO_OPERATION = "this operation is not supported"


class _Unknown:
    """What an operation that is not supported would have computed."""


class Converter:
    def __init__(
        self, prepared: Prepared, graph: Graph, states: dict[int, int], name: str = ""
    ) -> None:
        self._prepared = prepared
        self._graph = graph
        self._states = states
        self._cell = Cell(name or _to_name(prepared.kind))
        self._context = Context(self._cell, graph, states)
        self._values: dict[Node, Any] = {}
        #: Tensors of zeros that forward makes, or that the module has and never changes.
        self._fresh: set[Node] = set()
        self._aliases = Aliases()
        self._problems: list[tuple[str, str, str]] = []
        #: Names in the network of the outputs that it has.
        self.outputs = self._name_outputs()

    def convert(self) -> Model:
        inputs: list[Value] = []
        for i, (name, leaf) in enumerate(
            zip(self._prepared.names, self._prepared.leaves)
        ):
            make = self._cell.state if i in self._states else self._cell.input
            inputs.append(make(name, tuple(leaf.shape)))
        for node, i in self._graph.inputs.items():
            self._values[node] = inputs[i]
            self._aliases.add_root(node, inputs[i])
        for node, tensor in self._graph.tensors.items():
            # Packed weights of quantized layers are something else.
            if isinstance(tensor, torch.Tensor):
                self._values[node] = tensor.detach()
                is_state = not isinstance(tensor, torch.nn.Parameter) and _is_zero(
                    tensor
                )
                self._fresh |= {node} if is_state else set()
        for node in self._graph.nodes:
            self._convert_node(node)
        self._report()
        outputs = [self._get(output) for output in self._graph.outputs]
        for i, o in self._states.items():
            self._cell.next(inputs[i], self._to_operand(outputs[o]))
        self._context.finish_states()
        for o, name in self.outputs.items():
            self._cell.output(name, self._to_operand(outputs[o]))
        return self._cell.network()

    def _name_outputs(self) -> dict[int, str]:
        """A state is no output, unless there is no other."""
        count = len(self._prepared.outputs)
        states = set(self._states.values())
        kept = [o for o in range(count) if o not in states] or list(
            range(min(count, 1))
        )
        if len(kept) == 1:
            name = self._prepared.output_names[kept[0]]
            return {kept[0]: name if not name.replace(".", "").isdigit() else "y"}
        return {
            o: name
            if not (name := self._prepared.output_names[o])[0].isdigit()
            else f"y{name}"
            for o in kept
        }

    def _get(self, output: Any) -> Any:
        return self._values[output] if isinstance(output, torch.fx.Node) else output

    def _get_value(self, node: Node) -> Any:
        # A graph within the graph (torch.cond) has none.
        return self._values.get(node, _Unknown())

    def _to_operand(self, value: Any) -> Any:
        return value.numpy() if isinstance(value, torch.Tensor) else value

    # --- one node --------------------------------------------------------------------

    def _convert_node(self, node: Node) -> None:
        operation = describe(node)
        args, kwargs = torch.fx.node.map_arg((node.args, node.kwargs), self._get_value)
        found = _find_kinds((args, kwargs))
        if _Unknown in found:
            if operation.name not in HANDLERS and not operation.name.startswith("sym_"):
                self._fail(node, operation, _NO_OPERATION)
            self._values[node] = _Unknown()
            return
        try:
            if operation.is_in_place and node.args[0] in self._graph.tensors:
                raise Unsupported("it changes a tensor of the module")
            self._refuse_fresh(node, operation)
            if Value not in found:
                self._values[node] = self._evaluate(node, args, kwargs)
                if operation.is_in_place:
                    self._fresh.discard(self._aliases.get_root(node.args[0]))
                else:
                    self._aliases.add(node, operation)
                    self._aliases.add_root(node, self._values[node])
                if operation.name in _FACTORIES and _is_zero(self._values[node]):
                    self._fresh.add(node)
                elif operation.name in VIEWS | {"clone"}:
                    inputs = node.all_input_nodes
                    self._fresh |= (
                        {node} if self._fresh.issuperset(inputs) and inputs else set()
                    )
                return
            with self._cell.layer(get_path(node) or operation.name):
                result = self._apply(node, operation, args, kwargs)
            if operation.name in _FACTORIES:
                # Of the shape of a value, as zeros_like.
                result = torch.as_tensor(result)
                self._fresh |= {node} if _is_zero(result) else set()
        except (Unsupported, Error) as error:
            self._fail(node, operation, first_line(error))
            self._values[node] = _Unknown()
            return
        self._values[node] = result
        if operation.is_in_place:
            self._replace(node, operation, result)
        else:
            self._aliases.add(node, operation)
            self._aliases.add_root(node, result)

    def _evaluate(self, node: Node, args: Any, kwargs: Any) -> Any:
        """What is the same in every frame."""
        try:
            value = call_node(node, args, kwargs)
            # What is not set is 0.
            return value.zero_() if "empty" in describe(node).name else value
        except Exception as error:
            raise Unsupported(first_line(error)) from error

    def _apply(self, node: Node, operation: Operation, args: Any, kwargs: Any) -> Any:
        name = operation.name
        # torch.batch_norm has other parameters than that of torch.nn.functional.
        is_aten = self._graph.is_aten or isinstance(node.target, BuiltinFunctionType)
        handler = HANDLERS.get(f"aten.{name}" if is_aten else name)
        handler = handler or HANDLERS.get(name)
        if handler is None:
            raise Unsupported(_NO_OPERATION)
        if node.target is getattr:
            args = args[:1]
        kwargs = {
            key: value
            for key, value in kwargs.items()
            if key not in ("inplace", "generator")
        }
        if kwargs.pop("out", None) is not None:
            raise Unsupported("out= is not supported")
        self._context.node = node
        try:
            operands = _to_arrays((args, kwargs))
            return handler(self._context, *operands[0], **operands[1])
        except (Unsupported, Error):
            raise
        except Exception as error:
            # Arguments of a kind that the handler does not know.
            raise Unsupported(f"with these arguments: {first_line(error)}") from error

    def _fail(self, node: Node, operation: Operation, reason: str) -> None:
        entry = get_path(node), str(operation), reason
        if entry not in self._problems:
            self._problems.append(entry)

    def _report(self) -> None:
        if not self._problems:
            return
        lines = [
            f"'{path or self._prepared.kind}': {operation}: {reason}"
            for path, operation, reason in self._problems
        ]
        if len(lines) == 1:
            raise Error(f"from_torch: {lines[0]}; see docs/pytorch.md")
        raise Error(
            f"from_torch: {len(lines)} errors; see docs/pytorch.md\n  "
            + "\n  ".join(lines)
        )

    # --- states that get lost ----------------------------------------------------------

    def _refuse_fresh(self, node: Node, operation: Operation) -> None:
        if operation.name not in _READS_STATE:
            return
        first, last = _FACTORS.get(operation.name, (0, None))
        factors: list[Node] = []
        torch.fx.node.map_arg(node.args[first:last], factors.append)
        if not self._fresh.isdisjoint(factors):
            raise Unsupported(
                "it computes with zeros that forward makes or the module keeps: a state that "
                "starts anew in every frame is lost; take it as an argument and return its "
                "next value"
            )

    # --- in place ------------------------------------------------------------------------

    def _replace(self, node: Node, operation: Operation, result: Any) -> None:
        """What an operation in place has changed, by all its names."""
        target = node.args[0]
        before = self._values[target]
        if tuple(before.shape) != tuple(result.shape):
            self._fail(node, operation, "changes the shape in place")
            return
        root = self._aliases.get_root(target)
        self._values[target] = result
        if root is not target:
            places = self._aliases.get_places(target)
            whole = _to_arrays(self._values[root])
            self._values[root] = set_elements(self._cell, whole, places, result)
        self._fresh -= {root, *self._aliases.get_views(root)}
        if operation.name != "setitem":
            self._aliases.add_name(node, target)
        for other in self._aliases.get_views(root):
            if other is target:
                continue
            name = self._aliases.get_name_of(other)
            if name is not None:
                self._values[other] = self._values[name]
            else:
                self._convert_node(other)


def _to_name(kind: str) -> str:
    return kind if kind.isidentifier() and kind.isascii() else "module"


def _is_zero(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.ndim > 0 and not bool(value.any())


def _find_kinds(tree: Any) -> set[type]:
    if isinstance(tree, (tuple, list)):
        return set().union(*map(_find_kinds, tree))
    if isinstance(tree, dict):
        return _find_kinds(list(tree.values()))
    if isinstance(tree, slice):
        return _find_kinds([tree.start, tree.stop, tree.step])
    return {type(tree)}


def _to_arrays(tree: Any) -> Any:
    """Tensors as NumPy's."""
    if isinstance(tree, torch.Tensor):
        tensor = tree.detach()
        return (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    if isinstance(tree, dict):
        return {key: _to_arrays(entry) for key, entry in tree.items()}
    if isinstance(tree, (tuple, list)):
        entries = [_to_arrays(entry) for entry in tree]
        return entries if isinstance(tree, list) else tuple(entries)
    return tree
