# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A module made ready: a copy for inference in float32, its arguments as a flat list, and
what it does on an example."""

import copy
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from .._native import Error


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# --- nested arguments and results ----------------------------------------------------


def iterate(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The leaves of tuples, lists and dictionaries, with a path as name."""
    entries: list[tuple[Any, Any]]
    if isinstance(tree, Mapping):
        entries = list(tree.items())
    elif isinstance(tree, (tuple, list)):
        names = getattr(tree, "_fields", None) or range(len(tree))
        entries = list(zip(names, tree))
    else:
        yield name, tree
        return
    for key, entry in entries:
        yield from iterate(entry, f"{name}.{key}" if name else str(key))


def rebuild(tree: Any, leaves: Iterator[Any]) -> Any:
    """The same nesting with other leaves."""
    if isinstance(tree, Mapping):
        return {key: rebuild(entry, leaves) for key, entry in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(entry, leaves) for entry in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(rebuild(entry, leaves) for entry in tree)
    return next(leaves)


class Flat(nn.Module):
    """Takes one tuple of tensors and returns one tuple of tensors."""

    def __init__(self, module: nn.Module, arguments: Any) -> None:
        super().__init__()
        self.module = module
        self._tree = arguments

    def forward(self, leaves: Any) -> Any:
        arguments = rebuild(self._tree, iter(leaves))
        if isinstance(arguments, dict):
            result = self.module(**arguments)
        else:
            result = self.module(*arguments)
        return tuple(leaf for _, leaf in iterate(result, "") if leaf is not None)


def strip(path: str) -> str:
    """Of a path in `Flat`, that in the user's module."""
    return path.removeprefix("module").removeprefix(".")


# --- the module ------------------------------------------------------------------------


class Prepared:
    """A user's module, and what is known of it before it is a graph."""

    def __init__(self, module: Any, example: Any) -> None:
        if not isinstance(module, nn.Module):
            raise Error(
                f"from_torch: expected an nn.Module, found {type(module).__name__}"
            )
        # What torch.compile has made holds the module itself.
        module = getattr(module, "_orig_mod", module)
        self.kind = type(module).__name__
        self.copy = _copy(module)
        self.arguments = _bind(module, example)
        #: Names and values of the tensors that go in, in the order of the signature.
        self.names: list[str] = []
        self.leaves: list[torch.Tensor] = []
        #: Whether each stands in a tuple, list or dictionary.
        self.nested: list[bool] = []
        arguments = (
            self.arguments
            if isinstance(self.arguments, dict)
            else dict(zip(_get_parameters(module), self.arguments))
        )
        for argument, tree in arguments.items():
            is_nested = isinstance(tree, (tuple, list, Mapping))
            for name, leaf in iterate(tree, argument):
                self.names.append(name)
                self.leaves.append(_check_input(name, leaf))
                self.nested.append(is_nested)
        if not self.leaves:
            raise Error("from_torch: the example holds no tensor")
        self.missing = [p for p in _get_parameters(module) if p not in arguments]
        self.flat = Flat(self.copy, self.arguments).eval()
        _refuse_sequences(self.copy)
        self._run()

    def _run(self) -> None:
        """On the example, several times: nothing may be kept but states."""
        before = _take_snapshot(self.copy)
        results = []
        for _ in range(3):
            leaves = [leaf.clone() for leaf in self.leaves]
            try:
                with torch.no_grad():
                    outputs = self.flat(tuple(leaves))
                    arguments = rebuild(
                        self.arguments, (leaf.clone() for leaf in self.leaves)
                    )
                    tree = (
                        self.copy(**arguments)
                        if isinstance(arguments, dict)
                        else self.copy(*arguments)
                    )
            except Exception as error:
                raise Error(
                    f"from_torch: {self.kind} does not run on the example: {first_line(error)}"
                ) from error
            results.append([output.clone() for output in _check_outputs(outputs)])
            changed = _find_change(before, _take_snapshot(self.copy))
            if changed:
                raise Error(
                    f"from_torch: {self.kind} keeps a state of its own: forward changes "
                    f"'{changed}', and this would be lost between frames; let forward take "
                    "the state as an argument and return the next one"
                )
        #: Names of outputs: paths in what forward returns.
        self.output_names = [n for n, leaf in iterate(tree, "") if leaf is not None]
        if self.output_names == [""]:
            self.output_names = ["y"]
        self.outputs: list[torch.Tensor] = results[0]
        for other in results[1:]:
            if not all(map(_are_same, results[0], other)):
                raise Error(
                    f"from_torch: {self.kind} gives other results for the same frame (random "
                    "numbers, or a state that it keeps)"
                )


def _copy(module: nn.Module) -> nn.Module:
    for name, child in module.named_modules():
        if isinstance(child, torch.jit.ScriptModule):
            place = f"'{name}'" if name else "the module"
            raise Error(
                f"from_torch: {place} is scripted, and cannot be read; give the plain module"
            )
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        if isinstance(tensor, nn.parameter.UninitializedTensorMixin):
            raise Error(
                f"from_torch: '{name}' of a lazy module has no shape yet; run it once before"
            )
        if tensor.is_complex():
            raise Error(
                f"from_torch: '{name}' is complex; split it into real and imaginary part"
            )
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            warnings.warn(
                f"'{name}' holds numbers that are infinite or NaN", stacklevel=4
            )
    try:
        # What hooks have computed (weight_norm) has a history, which cannot be copied.
        computed = {
            id(value): value.detach().clone()
            for child in module.modules()
            for value in vars(child).values()
            if isinstance(value, torch.Tensor) and not value.is_leaf
        }
        result = copy.deepcopy(module, computed).eval().float().cpu()
    except Exception as error:
        raise Error(
            f"from_torch: {type(module).__name__} cannot be copied: {first_line(error)}"
        ) from error
    depends = [
        name or type(m).__name__
        for name, m in module.named_modules()
        if m.training
        and isinstance(
            m, (nn.modules.batchnorm._NormBase, nn.modules.dropout._DropoutNd)
        )
    ]
    if depends:
        warnings.warn(
            f"{type(module).__name__} is in training mode; it is converted as in eval() "
            f"({', '.join(depends[:4])})",
            stacklevel=4,
        )
    return result


def _get_parameters(module: nn.Module) -> list[str]:
    """Of forward. What stands for any number of arguments gets numbers."""
    names = []
    for parameter in inspect.signature(module.forward).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}.{i}" for i in range(16)]
        elif parameter.kind is not parameter.VAR_KEYWORD:
            names.append(parameter.name)
    return names


def _bind(module: nn.Module, example: Any) -> Any:
    """The example as arguments: a tuple, or a dictionary by names."""
    arguments: Any
    if isinstance(example, Mapping):
        arguments = dict(example)
    else:
        arguments = tuple(example) if isinstance(example, (tuple, list)) else (example,)
        # None at the end is what is left out.
        while len(arguments) > 1 and arguments[-1] is None:
            arguments = arguments[:-1]
    try:
        if isinstance(arguments, dict):
            inspect.signature(module.forward).bind(**arguments)
        else:
            inspect.signature(module.forward).bind(*arguments)
    except TypeError as error:
        names = ", ".join(_get_parameters(module)[:8])
        raise Error(
            f"from_torch: the example does not fit forward({names}): {first_line(error)}; give a "
            "tensor, a tuple of all arguments, or a dictionary of them"
        ) from None
    if isinstance(arguments, dict):
        order = _get_parameters(module)
        arguments = dict(
            sorted(arguments.items(), key=lambda item: order.index(item[0]))
        )
    leaves = []
    for _, leaf in iterate(arguments, ""):
        leaf = torch.from_numpy(leaf) if isinstance(leaf, np.ndarray) else leaf
        if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
            leaf = leaf.detach().float().cpu().contiguous()
        leaves.append(leaf)
    return rebuild(arguments, iter(leaves))


def _check_input(name: str, leaf: Any) -> torch.Tensor:
    if not isinstance(leaf, torch.Tensor):
        raise Error(
            f"from_torch: argument '{name}' of the example is no tensor but "
            f"{'None' if leaf is None else type(leaf).__name__}; leave it out, or wrap the module "
            "in one that fixes it"
        )
    if not leaf.is_floating_point():
        raise Error(
            f"from_torch: argument '{name}' of the example is {str(leaf.dtype).split('.')[1]}; "
            "inputs and states are floats"
        )
    if not leaf.numel():
        raise Error(f"from_torch: argument '{name}' of the example has no elements")
    return leaf


def _check_outputs(outputs: Any) -> list[torch.Tensor]:
    if not outputs:
        raise Error("from_torch: forward returns no tensor")
    for output in outputs:
        if not isinstance(output, torch.Tensor):
            raise Error(
                f"from_torch: forward returns {type(output).__name__}; tensors in tuples, lists "
                "and dictionaries are understood"
            )
    return list(outputs)


def _refuse_sequences(module: nn.Module) -> None:
    for name, child in module.named_modules():
        if isinstance(child, nn.RNNBase) and child.bidirectional:
            raise Error(
                f"from_torch: '{name or type(child).__name__}' ({type(child).__name__}) is "
                "bidirectional: it needs future frames, so it cannot stream"
            )


# --- what forward must not change ------------------------------------------------------


def _take_snapshot(module: nn.Module) -> dict[str, Any]:
    """All that a module holds, by name."""
    found: dict[str, Any] = {}
    for path, child in module.named_modules():
        kept = {"_parameters", "_buffers", "_modules"}
        own = {key: value for key, value in vars(child).items() if key not in kept}
        own |= {**child._parameters, **child._buffers}
        for key, value in own.items():
            found[f"{path}.{key}" if path else key] = _freeze(value)
    return found


def _freeze(value: Any, depth: int = 0) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return (
            torch.from_numpy(value.copy()) if value.dtype.kind in "fiub" else id(value)
        )
    if isinstance(value, (int, float, bool, str, type(None))):
        return value
    if depth > 3:
        return id(value)
    if isinstance(value, Mapping):
        return {key: _freeze(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        return [_freeze(entry, depth + 1) for entry in value]
    # Another object: what it holds.
    inside = getattr(value, "__dict__", None)
    if isinstance(inside, dict) and not isinstance(value, (type, nn.Module, Callable)):
        return {key: _freeze(entry, depth + 1) for key, entry in inside.items()}
    return id(value)


def _are_same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        same = a.shape == b.shape and a.dtype == b.dtype
        return same and bool(((a == b) | ((a != a) & (b != b))).all())
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(_are_same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(_are_same(a[key], b[key]) for key in a)
    return bool(a == b)


def _find_change(before: dict[str, Any], after: dict[str, Any]) -> str:
    for key in [*before, *(key for key in after if key not in before)]:
        if (
            key not in before
            or key not in after
            or not _are_same(before[key], after[key])
        ):
            return key
    return ""
