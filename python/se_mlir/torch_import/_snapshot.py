# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a module holds, to see what forward changes."""

import weakref
from collections import deque
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import numpy as np
import torch
from torch import nn


class _Object:
    """Something that holds no numbers that we know."""

    def __init__(self, value: Any) -> None:
        self.value = value


def take_snapshot(module: nn.Module) -> dict[str, Any]:
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
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        return torch.from_numpy(value.copy())
    if isinstance(value, (int, float, bool, str, type(None))):
        return value
    if isinstance(value, weakref.ref):
        # Layers' lists of weights.
        return None
    if depth > 3:
        return _Object(value)
    if isinstance(value, Mapping):
        return {key: _freeze(entry, depth + 1) for key, entry in value.items()}
    if isinstance(value, (list, tuple, deque)):
        return [_freeze(entry, depth + 1) for entry in value]
    # Another object: what it holds.
    inside = getattr(value, "__dict__", None)
    if isinstance(inside, dict) and not isinstance(
        value, (type, nn.Module, FunctionType)
    ):
        return {key: _freeze(entry, depth + 1) for key, entry in inside.items()}
    return _Object(value)


def are_same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        same = a.shape == b.shape and a.dtype == b.dtype
        return same and bool(((a == b) | ((a != a) & (b != b))).all())
    if type(a) is not type(b):
        return False
    if isinstance(a, _Object):
        # A copy holds others.
        return a.value is b.value or type(a.value) is type(b.value)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(are_same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(are_same(a[key], b[key]) for key in a)
    return bool(a == b)


def find_change(before: dict[str, Any], after: dict[str, Any]) -> str:
    for key in [*before, *(key for key in after if key not in before)]:
        if (
            key not in before
            or key not in after
            or not are_same(before[key], after[key])
        ):
            return key
    return ""
