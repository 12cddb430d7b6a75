# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One form of a graph, whatever made it: torch.fx or torch.export."""

import operator
import re
import warnings
from dataclasses import dataclass
from typing import Any

import torch
import torch.fx

from ._module import Prepared, strip
from ._trace import trace

Node = torch.fx.Node

#: Python's and torch's other names of operations.
_NAMES = {
    "pos": "positive", "truediv": "div", "true_divide": "div", "divide": "div", "multiply": "mul",
    "subtract": "sub", "negative": "neg", "absolute": "abs", "and_": "logical_and",
    "or_": "logical_or", "xor": "logical_xor", "bitwise_and": "logical_and",
    "bitwise_or": "logical_or", "bitwise_xor": "logical_xor", "invert": "logical_not",
    "bitwise_not": "logical_not", "greater": "gt", "greater_equal": "ge", "less": "lt",
    "less_equal": "le", "not_equal": "ne", "floordiv": "floor_divide", "mod": "remainder",
    "arctan2": "atan2", "arccos": "acos", "arccosh": "acosh", "arcsin": "asin",
    "arcsinh": "asinh", "arctan": "atan", "arctanh": "atanh", "clip": "clamp", "fix": "trunc",
    "concat": "cat", "concatenate": "cat", "swapaxes": "transpose", "swapdims": "transpose",
    "moveaxis": "movedim", "split_with_sizes": "split", "special_expit": "sigmoid",
    "special_softmax": "softmax", "special_log_softmax": "log_softmax",
    "special_erf": "erf", "special_exp2": "exp2", "special_expm1": "expm1",
    "special_log1p": "log1p", "logsigmoid": "log_sigmoid", "dropout1d": "dropout",
    "dropout2d": "dropout", "dropout3d": "dropout", "feature_dropout": "dropout",
    "alpha_dropout": "dropout", "feature_alpha_dropout": "dropout", "numpy_T": "T",
    "matrix_H": "mT", "H": "T", "ger": "outer",
    "_threshold": "threshold", "_softmax": "softmax", "_log_softmax": "log_softmax",
    "vecdot": "linalg_vecdot", "linalg_matmul": "matmul", "linalg_norm": "norm",
    "linalg_vector_norm": "norm", "_scaled_dot_product_attention": "scaled_dot_product_attention",
}  # fmt: skip

_IN_PLACE = {
    "iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div", "ipow": "pow",
    "iand": "logical_and", "ior": "logical_or", "ixor": "logical_xor", "setitem": "setitem",
}  # fmt: skip

#: Results that are parts of an operand, in the same memory.
VIEWS = {
    "getitem", "select", "slice", "squeeze", "unsqueeze", "view", "reshape", "transpose",
    "permute", "split", "chunk", "unbind", "expand", "flatten", "unflatten", "t", "T", "mT",
    "movedim", "narrow", "detach", "view_as", "reshape_as", "expand_as", "diagonal", "data",
    "tensor_split", "contiguous", "to", "float", "positive", "dropout", "identity",
}  # fmt: skip


@dataclass
class Graph:
    """Nodes in the order of execution."""

    nodes: list[Node]
    #: Numbers of the flat inputs.
    inputs: dict[Node, int]
    #: Parameters, buffers and other tensors of the module.
    tensors: dict[Node, torch.Tensor]
    #: Flat: a node, or a tensor that is always the same.
    outputs: list[Any]
    is_aten: bool
    #: What operations in place make of tensors besides the nodes that these are.
    _written: dict[Node, list[Node]] | None = None

    def get_sources(self, node: Node) -> list[Node]:
        """What a value is computed from, at the end of all."""
        if self._written is None:
            self._written = {}
            for writer in self.nodes:
                target = writer.args[0] if writer.args else None
                if not describe(writer).is_in_place:
                    continue
                while isinstance(target, torch.fx.Node):
                    self._written.setdefault(target, []).extend(writer.all_input_nodes)
                    is_part = (
                        target.op.startswith("call_") and describe(target).name in VIEWS
                    )
                    target = target.args[0] if is_part else None
        return [*node.all_input_nodes, *self._written.get(node, ())]


@dataclass(frozen=True)
class Operation:
    """What a node does."""

    name: str
    is_in_place: bool

    def __str__(self) -> str:
        return self.name + "_" * self.is_in_place


def describe(node: Node) -> Operation:
    """The name that all ways of writing an operation have in common."""
    if node.op == "call_method":
        name = str(node.target)
    elif isinstance(node.target, torch._ops.OpOverload):
        name = node.target._schema.name.split("::")[-1]
    elif node.target is getattr:
        name = str(node.args[1])
    else:
        name = getattr(node.target, "__name__", str(node.target))
    if name in _IN_PLACE:
        return Operation(_IN_PLACE[name], True)
    # and_ and or_ are Python's names of operators.
    is_in_place = bool(node.kwargs.get("inplace"))
    if (
        name.endswith("_")
        and not name.startswith("_")
        and (node.op == "call_method" or name not in _NAMES)
    ):
        name, is_in_place = name[:-1], True
    if name.startswith("__") and name.endswith("__"):
        name = name.strip("_")
        name = {"and": "and_", "or": "or_"}.get(name, name)
    return Operation(get_common_name(name), is_in_place)


def get_common_name(name: str) -> str:
    return _NAMES.get(name, name)


def get_path(node: Node) -> str:
    return node.meta.get("path", "")


def capture(prepared: Prepared) -> Graph:
    """By torch.export where it keeps layers whole (since 2.6). By torch.fx before that, and
    for what torch.export does not follow: Python code that reads parameters, for example."""
    version = re.match(r"(\d+)\.(\d+)", torch.__version__)
    if version and tuple(map(int, version.groups())) >= (2, 6):
        program = _export(prepared)
        if program is not None:
            return _read_program(program)
    return _trace(prepared)


def _trace(prepared: Prepared) -> Graph:
    root, graph = trace(prepared)
    placeholder = next(node for node in graph.nodes if node.op == "placeholder")
    inputs: dict[Node, int] = {}
    tensors: dict[Node, torch.Tensor] = {}
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.op == "get_attr":
            value: Any = root
            for part in node.target.split("."):
                value = getattr(value, part)
            tensors[node] = value
        elif node.target is operator.getitem and node.args[0] is placeholder:
            inputs[node] = node.args[1]
        elif node.op in ("call_function", "call_method"):
            nodes.append(node)
    (output,) = (node for node in graph.nodes if node.op == "output")
    return Graph(nodes, inputs, tensors, list(output.args[0]), False)


def _export(prepared: Prepared) -> Any:
    leaves = tuple(leaf.clone() for leaf in prepared.leaves)
    try:
        # Of layers' lists of weights it warns without a reason.
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            return torch.export.export(prepared.flat, (leaves,))
    except Exception:
        return None


def _read_program(program: Any) -> Graph:
    signature = program.graph_signature
    held = {**program.state_dict, **program.constants}
    names = {
        **signature.inputs_to_parameters,
        **signature.inputs_to_buffers,
        **signature.inputs_to_lifted_tensor_constants,
    }
    inputs: dict[Node, int] = {}
    tensors: dict[Node, torch.Tensor] = {}
    nodes: list[Node] = []
    for node in program.graph.nodes:
        if node.op == "placeholder" and node.name in names:
            tensors[node] = held[names[node.name]]
        elif node.op == "placeholder":
            inputs[node] = len(inputs)
        elif node.op == "get_attr":
            value = getattr(program.graph_module, str(node.target))
            if isinstance(value, torch.Tensor):
                tensors[node] = value
        elif node.op == "call_function":
            stack = list((node.meta.get("nn_module_stack") or {}).values())
            node.meta["path"] = (
                strip(stack[-1][0].replace("L['self'].", "")) if stack else ""
            )
            # What only checks has no result.
            if not describe(node).name.startswith(("_assert", "sym_constrain")):
                nodes.append(node)
    (output,) = (node for node in program.graph.nodes if node.op == "output")
    return Graph(nodes, inputs, tensors, list(output.args[0]), True)
