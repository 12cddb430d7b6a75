# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A module made ready: a copy for inference in float32, its arguments as a flat list, and
what it does on an example."""

import copy
import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from .._native import Error
from ._snapshot import are_same, find_change, take_snapshot


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
    """The same nesting with other tensors."""
    if isinstance(tree, Mapping):
        return {key: rebuild(entry, leaves) for key, entry in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(rebuild(entry, leaves) for entry in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(rebuild(entry, leaves) for entry in tree)
    return next(leaves) if isinstance(tree, torch.Tensor) else tree


class Flat(nn.Module):
    """Takes one tuple of tensors and returns one tuple of tensors."""

    def __init__(self, module: nn.Module, arguments: Any) -> None:
        super().__init__()
        self.module = module
        self._tree = arguments
        self.output_names: list[str] = []

    def forward(self, leaves: Any) -> Any:
        arguments = rebuild(self._tree, iter(leaves))
        if isinstance(arguments, dict):
            result = self.module(**arguments)
        else:
            result = self.module(*arguments)
        found = [entry for entry in iterate(result, "") if entry[1] is not None]
        self.output_names = [name for name, _ in found]
        return tuple(leaf for _, leaf in found)


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
                if isinstance(leaf, (int, float, str, type(None))):
                    # The same in every frame.
                    continue
                self.names.append(name)
                self.leaves.append(_check_input(name, leaf))
                self.nested.append(is_nested)
        if not self.leaves:
            raise Error("from_torch: the example holds no tensor")
        #: Arguments that the example does not give.
        self.missing = [p for p in _get_parameters(module) if arguments.get(p) is None]
        self.flat = Flat(self.copy, self.arguments).eval()
        _refuse_sequences(self.copy)
        self._run()

    def _run(self) -> None:
        """Several times: nothing may be kept but states. What the first call makes, such as
        a table, may be kept if it does not depend on the frame."""
        other = [
            torch.randn_like(leaf) * (float(leaf.abs().max()) or 1.0)
            for leaf in self.leaves
        ]
        second = Flat(copy.deepcopy(self.copy), self.arguments)
        self._call(second, other)
        results = [self._call(self.flat, self.leaves)]
        self._refuse_change(take_snapshot(second.module), take_snapshot(self.copy))
        before = take_snapshot(self.copy)
        for leaves in (other, self.leaves):
            results.append(self._call(self.flat, leaves))
            self._refuse_change(before, take_snapshot(self.copy))
        # Names of outputs: paths in what forward returns.
        names = self.flat.output_names
        self.output_names = names if names != [""] else ["y"]
        self.outputs: list[torch.Tensor] = results[0]
        if not all(map(are_same, results[0], results[2])):
            raise Error(
                f"from_torch: {self.kind} gives other results for the same frame (random "
                "numbers, or a state that it keeps)"
            )

    def _call(self, flat: Flat, leaves: list[torch.Tensor]) -> list[torch.Tensor]:
        try:
            with torch.no_grad():
                outputs = flat(tuple(leaf.clone() for leaf in leaves))
        except Exception as error:
            raise Error(
                f"from_torch: {self.kind} does not run on the example: {first_line(error)}"
            ) from error
        return [output.clone() for output in _check_outputs(outputs)]

    def _refuse_change(self, before: dict[str, Any], after: dict[str, Any]) -> None:
        changed = find_change(before, after)
        if changed:
            raise Error(
                f"from_torch: {self.kind} keeps a state of its own: forward changes "
                f"'{changed}', and this would be lost between frames; let forward take the "
                "state as an argument and return the next one"
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
        if tensor.is_meta:
            raise Error(f"from_torch: '{name}' has no data, its device is meta")
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
        order = [name for name in _get_parameters(module) if name in arguments]
        order += [name for name in arguments if name not in order]
        arguments = {name: arguments[name] for name in order}
    return _to_tensors(arguments)


def _to_tensors(tree: Any) -> Any:
    if isinstance(tree, Mapping):
        return {key: _to_tensors(entry) for key, entry in tree.items()}
    if isinstance(tree, (tuple, list)):
        entries = [_to_tensors(entry) for entry in tree]
        return type(tree)(*entries) if hasattr(tree, "_fields") else type(tree)(entries)
    leaf = torch.from_numpy(tree) if isinstance(tree, np.ndarray) else tree
    if isinstance(leaf, torch.Tensor) and leaf.is_floating_point():
        return leaf.detach().float().cpu().contiguous()
    return leaf


def _check_input(name: str, leaf: Any) -> torch.Tensor:
    if not isinstance(leaf, torch.Tensor):
        raise Error(
            f"from_torch: argument '{name}' of the example is no tensor but "
            f"{type(leaf).__name__}"
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
