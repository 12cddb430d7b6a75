# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shapes and parts of values."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .._native import Error
from ._elementwise import broadcast_to, find_cell, to_float
from ._text import format_shape, format_type, to_physical
from ._value import Operand, Value


def to_axis(axis: int, rank: int) -> int:
    if not -max(rank, 1) <= axis < max(rank, 1):
        raise Error(f"axis {axis} of a value with {rank} dimensions")
    return int(axis) % max(rank, 1)


def reshape(x: Value, shape: int | Sequence[int]) -> Value:
    """The same elements in row-major order; one size may be -1."""
    if len(shape := (shape,) if isinstance(shape, int) else tuple(shape)) == 1:
        # reshape((2, 3)) as well as reshape(2, 3).
        shape = tuple(shape[0]) if isinstance(shape[0], (tuple, list)) else shape
    known = prod(n for n in shape if n != -1)
    if -1 in shape and known and prod(x.shape) % known == 0:
        shape = tuple(prod(x.shape) // known if n == -1 else n for n in shape)
    if prod(shape) != prod(x.shape) or any(n < 1 for n in shape):
        raise Error(
            f"reshape: {format_shape(x.shape)} has no shape {format_shape(shape)}"
        )
    if to_physical(x.shape) == to_physical(shape):
        return Value(x.cell, x.text, shape, x.is_bool)
    types = f"{format_type(x.shape, x.element)} -> {format_type(shape, x.element)}"
    return x.cell.emit(f"rnn.reshape {x.text}", types, shape, x.is_bool)


def transpose(x: Value, axes: Sequence[int] | None = None) -> Value:
    """Dimension i of the result is `axes[i]` of x; by default in reverse order."""
    order = [
        to_axis(a, x.ndim) for a in (axes if axes is not None else range(x.ndim)[::-1])
    ]
    if sorted(order) != list(range(x.ndim)):
        raise Error(f"transpose: {order} is no order of {x.ndim} dimensions")
    shape = tuple(x.shape[a] for a in order)
    moved = [a for a in order if x.shape[a] != 1]
    if moved == sorted(moved):
        return reshape(x, shape)
    types = f"{format_type(x.shape, x.element)} -> {format_type(shape, x.element)}"
    return x.cell.emit(f"rnn.transpose {x.text} {order}", types, shape, x.is_bool)


def swap(x: Value, a: int, b: int) -> Value:
    """Two dimensions for each other."""
    order = list(range(x.ndim))
    a, b = to_axis(a, x.ndim), to_axis(b, x.ndim)
    order[a], order[b] = order[b], order[a]
    return transpose(x, order) if order else x


def narrow(x: Value, axis: int, start: int, size: int) -> Value:
    """`size` elements of a dimension from `start` on."""
    axis = to_axis(axis, x.ndim)
    if not (0 <= start and 0 < size and start + size <= x.shape[axis]):
        raise Error(
            f"elements {start} to {start + size} of dimension {axis} of "
            f"{format_shape(x.shape)}: there are none"
        )
    if size == x.shape[axis]:
        return x
    offsets = [start if d == axis else 0 for d in range(x.ndim)]
    shape = tuple(size if d == axis else n for d, n in enumerate(x.shape))
    operation = f"tensor.extract_slice {x.text}{offsets} {list(shape)} {[1] * x.ndim}"
    types = f"{format_type(x.shape, x.element)} to {format_type(shape, x.element)}"
    return x.cell.emit(operation, types, shape, x.is_bool)


def take(x: Value, indices: Sequence[int], axis: int = 0) -> Value:
    """Elements of a dimension by constant indices."""
    axis = to_axis(axis, x.ndim)
    size = x.shape[axis]
    if any(not -size <= i < size for i in indices) or not len(indices):
        raise Error(f"take: indices {list(indices)} of a dimension of {size}")
    wanted = [int(i) % size for i in indices]
    step = wanted[1] - wanted[0] if len(wanted) > 1 else 1
    regular = all(b - a == step for a, b in zip(wanted, wanted[1:]))
    if regular and step > 1 and wanted[0] // step * step + len(wanted) * step <= size:
        return _take_interleaved(x, axis, wanted[0], step, len(wanted))
    parts, first = [], 0
    for i in range(1, len(wanted) + 1):
        if i == len(wanted) or wanted[i] != wanted[i - 1] + 1:
            parts.append(narrow(x, axis, wanted[first], i - first))
            first = i
    return concat(parts, axis)


def _take_interleaved(x: Value, axis: int, start: int, step: int, count: int) -> Value:
    """Every `step`-th element, as a column of rows of `step`."""
    begin = start // step * step
    rows = narrow(x, axis, begin, count * step)
    before, after = x.shape[:axis], x.shape[axis + 1 :]
    rows = reshape(rows, (*before, count, step, *after))
    return reshape(narrow(rows, axis + 1, start - begin, 1), (*before, count, *after))


def concat(values: Sequence[Operand], axis: int = 0) -> Value:
    """One value behind the other along a dimension."""
    cell = find_cell(*values)
    taken = [cell.take(value) for value in values]
    if not all(value.is_bool for value in taken):
        taken = [to_float(value) for value in taken]
    if not taken[0].shape:
        raise Error("concat: numbers have no dimensions; use stack")
    axis = to_axis(axis, taken[0].ndim)
    others = {value.shape[:axis] + value.shape[axis + 1 :] for value in taken}
    if len(others) > 1 or len({value.ndim for value in taken}) > 1:
        shapes = ", ".join(format_shape(value.shape) for value in taken)
        raise Error(f"concat along {axis}: shapes {shapes} do not agree")
    if len(taken) == 1:
        return taken[0]
    shape = list(taken[0].shape)
    shape[axis] = sum(value.shape[axis] for value in taken)
    kind = taken[0].element
    types = ", ".join(format_type(value.shape, kind) for value in taken)
    return cell.emit(
        f"tensor.concat dim({axis}) {', '.join(value.text for value in taken)}",
        f"({types}) -> {format_type(tuple(shape), kind)}",
        tuple(shape),
        taken[0].is_bool,
    )


def stack(values: Sequence[Operand], axis: int = 0) -> Value:
    """Values side by side along a new dimension."""
    cell = find_cell(*values)
    return concat([expand_dims(cell.take(value), axis) for value in values], axis)


def expand_dims(x: Value, axis: int) -> Value:
    axis = to_axis(axis, x.ndim + 1)
    return reshape(x, (*x.shape[:axis], 1, *x.shape[axis:]))


def squeeze(x: Value, axis: int | Sequence[int] | None = None) -> Value:
    """Without dimensions of size 1; `axis` of another size is left."""
    if axis is None:
        return reshape(x, tuple(n for n in x.shape if n != 1))
    axes = {to_axis(a, x.ndim) for a in ([axis] if isinstance(axis, int) else axis)}
    return reshape(
        x, tuple(n for d, n in enumerate(x.shape) if n != 1 or d not in axes)
    )


def split(x: Value, parts: int | Sequence[int], axis: int = 0) -> list[Value]:
    """Into so many equal parts, or parts of these sizes."""
    size = x.shape[to_axis(axis, x.ndim)] if x.shape else 0
    if isinstance(parts, (int, np.integer)):
        if parts < 1 or size % parts:
            raise Error(f"split: a dimension of {size} has no {parts} equal parts")
        parts = [size // parts] * int(parts)
    if sum(parts) != size:
        raise Error(f"split: a dimension of {size} has no parts of {list(parts)}")
    values, start = [], 0
    for part in parts:
        values.append(narrow(x, axis, start, part))
        start += part
    return values


def pad(
    x: Value, before: Sequence[int], after: Sequence[int], value: float = 0.0
) -> Value:
    """A border of `value`, so many elements of each dimension."""
    for axis, (left, right) in enumerate(zip(before, after, strict=True)):
        parts: list[Operand] = [x]
        for size, place in ((left, 0), (right, 2)):
            if size:
                shape = [size if d == axis else n for d, n in enumerate(x.shape)]
                parts.insert(place, np.full(shape, value, np.float32))
        x = concat(parts, axis)
    return x


def get_item(x: Value, index: Any) -> Value:
    """NumPy's `x[index]`: numbers, slices, `...`, None, and one list of numbers."""
    entries = list(index) if isinstance(index, tuple) else [index]
    used = sum(entry is not None and entry is not Ellipsis for entry in entries)
    if used > x.ndim:
        raise Error(f"{used} indices of a value of shape {format_shape(x.shape)}")
    if sum(entry is Ellipsis for entry in entries) > 1:
        raise Error("more than one ... in an index")
    if Ellipsis in [entry for entry in entries if entry is Ellipsis]:
        place = next(i for i, entry in enumerate(entries) if entry is Ellipsis)
        entries[place : place + 1] = [slice(None)] * (x.ndim - used)
    else:
        entries += [slice(None)] * (x.ndim - used)
    axis, shape, lists = 0, [], 0
    for entry in entries:
        if entry is None:
            shape.append(1)
            continue
        size = x.shape[axis]
        if isinstance(entry, slice):
            chosen: Sequence[int] = range(size)[entry]
        elif isinstance(entry, (int, np.integer)) and not isinstance(entry, bool):
            if not -size <= entry < size:
                raise Error(f"index {entry} of a dimension of {size}")
            chosen = range(entry % size, entry % size + 1)
        elif (
            isinstance(entry, (list, np.ndarray))
            and np.asarray(entry).dtype.kind in "iu"
        ):
            chosen, lists = list(np.asarray(entry).reshape(-1)), lists + 1
        else:
            raise Error(
                f"an index is a number, a slice, None, ... or a list of numbers, found "
                f"{type(entry).__name__}"
            )
        if not len(chosen):
            raise Error(f"an empty part of a dimension of {size}")
        if lists > 1:
            raise Error("more than one list in an index")
        x = take(x, chosen, axis)
        if not isinstance(entry, (int, np.integer)):
            shape.append(len(chosen))
        axis += 1
    return reshape(x, tuple(shape))


__all__ = [
    "broadcast_to", "concat", "expand_dims", "get_item", "narrow", "pad", "reshape",
    "split", "squeeze", "stack", "swap", "take", "transpose",
]  # fmt: skip
