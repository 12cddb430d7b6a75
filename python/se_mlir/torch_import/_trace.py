# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A graph by torch.fx, for versions whose torch.export does not keep layers. Each proxy
knows the value on the example, so Python code that looks at shapes runs as it is."""

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any

import torch
import torch.fx
import torch.nn.functional as F
from torch.nn.utils.rnn import PackedSequence
from torch.overrides import TorchFunctionMode

from .._native import Error
from ._module import Prepared, first_line, strip

#: Methods that tell what does not depend on data.
_FACTS = {
    "dim", "ndimension", "size", "numel", "nelement", "stride", "is_contiguous", "element_size",
    "is_floating_point", "is_complex", "get_device", "is_signed", "data_ptr", "storage_offset",
}  # fmt: skip

#: Functions that make a tensor of no other's data.
_FACTORIES = {
    "zeros", "zeros_like", "new_zeros", "ones", "ones_like", "new_ones", "full", "full_like",
    "new_full", "empty", "empty_like", "new_empty", "eye", "arange", "tensor", "linspace",
    "as_tensor", "scalar_tensor",
}  # fmt: skip


class ReadsDataError(Exception):
    """Python code wants to know a number that each frame has another of."""


class _Proxy(torch.fx.Proxy):
    tracer: "_Tracer"

    @property
    def _value(self) -> Any:
        return self.tracer.values[self.node]

    def __getattr__(self, name: str) -> Any:
        value = self._value
        if isinstance(value, torch.Tensor):
            found = getattr(value, name)
            if name in _FACTS:
                return found
            if callable(found) and not isinstance(found, torch.Tensor):
                return lambda *args, **kwargs: self.tracer.create_proxy(
                    "call_method", name, (self, *args), kwargs
                )
            if isinstance(found, torch.Tensor):
                return self.tracer.create_proxy(
                    "call_function", getattr, (self, name), {}
                )
            return found
        return getattr(value, name)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self._value)))

    def __len__(self) -> int:
        return len(self._value)

    def __bool__(self) -> bool:
        return bool(self.tracer.read(self))

    def __float__(self) -> float:
        return float(self.tracer.read(self))

    def __int__(self) -> int:
        return int(self.tracer.read(self))

    def __index__(self) -> int:
        return operator.index(self.tracer.read(self))

    def __contains__(self, item: Any) -> bool:
        return item in self.tracer.read(self)

    def __array__(self, *args: Any) -> Any:
        return self.tracer.read(self).__array__(*args)

    @classmethod
    def __torch_function__(
        cls, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        # What is written in Python and has no handler is followed inside.
        is_python = isinstance(function, FunctionType)
        if is_python and function.__module__ == F.__name__ and not is_known(function):
            with _follow_functions():
                return function(*args, **(kwargs or {}))
        return super().__torch_function__(function, types, args, kwargs)

    def __abs__(self) -> Any:
        return self.tracer.create_proxy("call_function", torch.abs, (self,), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.create_proxy(
            "call_function", operator.setitem, (self, index, value), {}
        )


def is_known(function: Any) -> bool:
    """Whether there is a handler for a function of torch."""
    from ._graph import get_common_name
    from ._table import HANDLERS

    return get_common_name(function.__name__) in HANDLERS


@contextmanager
def _follow_functions() -> Iterator[None]:
    """Functions of torch.nn.functional compute, instead of telling that they are called."""
    names = [name for name in vars(F) if name.startswith("has_torch_function")]
    before = {name: getattr(F, name) for name in names}
    for name in names:
        setattr(F, name, lambda *args: False)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(F, name, value)


def _make_operator(function: Callable[..., Any]) -> Callable[..., Any]:
    def apply(self: _Proxy, other: Any) -> Any:
        return self.tracer.create_proxy("call_function", function, (self, other), {})

    return apply


for _name in ("iadd", "isub", "imul", "itruediv", "ipow", "iand", "ior", "ixor"):
    setattr(_Proxy, f"__{_name}__", _make_operator(getattr(operator, _name)))


class _Recorder(TorchFunctionMode):
    """Records what makes tensors of nothing, so that it is known that forward made them."""

    def __init__(self, tracer: "_Tracer") -> None:
        super().__init__()
        self._tracer = tracer

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(function, "__name__", "")
        if self._tracer.evaluating or name not in _FACTORIES:
            return function(*args, **kwargs)
        if name.startswith("new_") or isinstance(function, type(torch.Tensor.add)):
            return self._tracer.create_proxy("call_method", name, args, kwargs)
        return self._tracer.create_proxy("call_function", function, args, kwargs)


class _Tracer(torch.fx.Tracer):
    proxy_buffer_attributes = True

    def __init__(self, leaves: tuple[torch.Tensor, ...]) -> None:
        super().__init__()
        self.values: dict[torch.fx.Node, Any] = {}
        #: Nodes that are the same in every frame.
        self.constants: set[torch.fx.Node] = set()
        self.evaluating = False
        self._leaves = leaves
        self._path: list[str] = []
        #: The module in which tracing failed.
        self.failed = ""

    def is_leaf_module(self, m: torch.nn.Module, path: str) -> bool:
        return False

    def proxy(self, node: torch.fx.Node) -> _Proxy:
        return _Proxy(node, self)

    def getattr(
        self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]
    ) -> Any:
        if self.evaluating:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def call_module(
        self, m: torch.nn.Module, forward: Callable[..., Any], args: Any, kwargs: Any
    ) -> Any:
        if self.evaluating:
            return forward(*args, **kwargs)
        if any(isinstance(a, PackedSequence) for a in args):
            raise Error(
                f"from_torch: '{strip(self.path_of_module(m))}': packed sequences are not "
                "supported; a frame is one step"
            )
        self._path.append(self.path_of_module(m))
        try:
            return forward(*args, **kwargs)
        except BaseException:
            self.failed = self.failed or strip(self._path[-1])
            raise
        finally:
            self._path.pop()

    def create_arg(self, a: Any) -> Any:
        if isinstance(a, (torch.Size, range)):
            a = tuple(a)
        if isinstance(
            a, (torch.dtype, torch.device, torch.memory_format, torch.layout)
        ):
            return a
        if isinstance(a, type(torch.FloatTensor)):
            # torch.FloatTensor itself, an old way to name a type.
            return f"{a.__module__}.{a.__name__}"
        return super().create_arg(a)

    def create_node(self, *args: Any, **kwargs: Any) -> torch.fx.Node:
        node = super().create_node(*args, **kwargs)
        node.meta["path"] = strip(self._path[-1]) if self._path else ""
        return node

    def create_proxy(
        self, kind: str, target: Any, args: Any, kwargs: Any, *more: Any, **options: Any
    ) -> Any:
        evaluating, self.evaluating = self.evaluating, True
        try:
            proxy = super().create_proxy(kind, target, args, kwargs, *more, **options)
            value = self._evaluate(proxy.node)
        finally:
            self.evaluating = evaluating
        node = proxy.node
        self.values[node] = value
        inputs = node.all_input_nodes
        if kind == "get_attr" or (
            kind != "placeholder" and self.constants.issuperset(inputs)
        ):
            self.constants.add(node)
        if isinstance(value, (tuple, list)) and _holds_tensors(value):
            # Elements one by one, as Python takes them; torch's tuples have names.
            parts = [
                super(_Tracer, self).create_proxy(
                    "call_function", operator.getitem, (proxy, i), {}
                )
                for i in range(len(value))
            ]
            for part, element in zip(parts, value):
                self.values[part.node] = element
                self.constants |= {part.node} if node in self.constants else set()
            return parts if isinstance(value, list) else type(value)(parts)
        if _holds_tensors(value):
            return proxy
        # A number or a shape: Python may go on with it, if it is always the same.
        if node not in self.constants and not _is_fact(target):
            raise ReadsDataError(
                f"{_get_name(target)} gives {type(value).__name__}; only what torch computes of "
                "tensors is converted (choose by torch.where)"
            )
        self.graph.erase_node(node)
        return value

    def _evaluate(self, node: torch.fx.Node) -> Any:
        if node.op == "placeholder":
            return self._leaves
        if node.op == "get_attr":
            value: Any = self.root
            for part in node.target.split("."):
                value = getattr(value, part)
            return value
        args = torch.fx.node.map_arg(node.args, self._get_value)
        kwargs = torch.fx.node.map_arg(node.kwargs, self._get_value)
        return call_node(node, args, kwargs)

    def _get_value(self, node: torch.fx.Node) -> Any:
        # Tensors among arguments become nodes without a proxy.
        if node not in self.values and node.op == "get_attr":
            self.values[node] = self._evaluate(node)
            self.constants.add(node)
        return self.values[node]

    def read(self, proxy: _Proxy) -> Any:
        if proxy.node not in self.constants:
            raise ReadsDataError(
                "Python code (if, while, float(...)) asks for the data of a tensor; each frame "
                "takes the same way, choose by torch.where"
            )
        return self.values[proxy.node]


def call_node(node: torch.fx.Node, args: Any, kwargs: Any) -> Any:
    """What an operation gives on these operands."""
    with torch.no_grad():
        if node.op == "call_method":
            return getattr(args[0], node.target)(*args[1:], **kwargs)
        return node.target(*args, **kwargs)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return any(map(_holds_tensors, value))
    return isinstance(value, torch.Tensor) or value is None


def _get_name(target: Any) -> str:
    return (
        target if isinstance(target, str) else getattr(target, "__name__", str(target))
    )


def _is_fact(target: Any) -> bool:
    return _get_name(target) in _FACTS | {
        "is_tensor",
        "__get__",
        "result_type",
        "getattr",
    }


def name_place(prepared: Prepared, path: str) -> str:
    return f"{prepared.kind}, '{path}'" if path else prepared.kind


def trace(prepared: Prepared) -> tuple[torch.nn.Module, torch.fx.Graph]:
    """The graph of the flat module, with paths of modules in `meta`."""
    tracer = _Tracer(tuple(leaf.clone() for leaf in prepared.leaves))
    try:
        with _Recorder(tracer):
            graph = tracer.trace(prepared.flat)
    except ReadsDataError as error:
        raise Error(
            f"from_torch: {name_place(prepared, tracer.failed)}: {error}"
        ) from error
    except Error:
        raise
    except Exception as error:
        raise Error(
            f"from_torch: {name_place(prepared, tracer.failed)}: no graph of what "
            f"forward computes: {first_line(error)}"
        ) from error
    return tracer.root, graph
