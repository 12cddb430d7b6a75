# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sums and the like over dimensions, and what is made of them."""

from collections.abc import Sequence

from ._elementwise import (
    add,
    divide,
    exp,
    find_cell,
    log,
    multiply,
    rsqrt,
    subtract,
    to_float,
)
from ._movement import reshape, to_axis
from ._text import format_type
from ._value import Operand, Value

Axes = int | Sequence[int] | None


def _to_axes(axis: Axes, rank: int) -> list[int]:
    if axis is None:
        return list(range(rank))
    entries = [axis] if isinstance(axis, int) else list(axis)
    return sorted({to_axis(entry, rank) for entry in entries})


def reduce(kind: str, x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """`sum`, `mean`, `max` or `min` over dimensions, by default all."""
    x = to_float(find_cell(x).take(x))
    axes = _to_axes(axis, x.ndim)
    if not x.shape:
        return x
    kept = tuple(1 if d in axes else n for d, n in enumerate(x.shape))
    types = f"{format_type(x.shape)} -> {format_type(kept)}"
    y = x.cell.emit(f"rnn.reduce <{kind}> {x.text} axes {axes}", types, kept)
    if keepdims:
        return y
    return reshape(y, tuple(n for d, n in enumerate(x.shape) if d not in axes))


def sum(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    return reduce("sum", x, axis, keepdims)


def mean(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    return reduce("mean", x, axis, keepdims)


def max(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    return reduce("max", x, axis, keepdims)


def min(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    return reduce("min", x, axis, keepdims)


def softmax(x: Value, axis: int = -1) -> Value:
    powers = exp(subtract(x, max(x, axis, keepdims=True)))
    return divide(powers, sum(powers, axis, keepdims=True))


def log_softmax(x: Value, axis: int = -1) -> Value:
    shifted = subtract(x, max(x, axis, keepdims=True))
    return subtract(shifted, log(sum(exp(shifted), axis, keepdims=True)))


def logsumexp(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    most = max(x, axis, keepdims=True)
    result = add(log(sum(exp(subtract(x, most)), axis, keepdims=True)), most)
    axes = _to_axes(axis, x.ndim)
    if keepdims:
        return result
    return reshape(result, tuple(n for d, n in enumerate(x.shape) if d not in axes))


def normalize(x: Value, axis: Axes, epsilon: float) -> Value:
    """Mean 0 and variance 1 over dimensions, as in layer norm."""
    centered = subtract(x, mean(x, axis, keepdims=True))
    variance = mean(multiply(centered, centered), axis, keepdims=True)
    return multiply(centered, rsqrt(add(variance, epsilon)))


def layer_norm(
    x: Value,
    gain: Operand | None = None,
    bias: Operand | None = None,
    epsilon: float = 1e-5,
) -> Value:
    """Over the last dimension."""
    y = normalize(x, -1, epsilon)
    y = y if gain is None else multiply(y, gain)
    return y if bias is None else add(y, bias)
