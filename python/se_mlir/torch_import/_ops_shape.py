# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Shapes and parts of tensors. Parameters are torch's."""

from collections.abc import Sequence
from math import ceil, prod
from typing import Any

import numpy as np

from .. import ops
from ..builder import Value
from ..builder._movement import to_axis
from ._graph import describe
from ._table import Context, Unsupported, handles

Operand = Any


def _sizes(args: Sequence[Any]) -> tuple[int, ...]:
    """`f(2, 3)` as well as `f((2, 3))`."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = args[0]
    return tuple(int(n) for n in args)


@handles("view", "reshape", "_unsafe_view")
def _reshape(_: Context, x: Value, *sizes: Any, **named: Any) -> Value:
    sizes = sizes or tuple(named.values())
    return ops.reshape(x, _sizes(sizes))


@handles("view_as", "reshape_as")
def _reshape_as(_: Context, x: Value, other: Operand) -> Value:
    return ops.reshape(x, other.shape)


@handles("flatten", "ravel")
def _flatten(_: Context, x: Value, start_dim: int = 0, end_dim: int = -1) -> Value:
    if not x.shape:
        return ops.reshape(x, (1,))
    a, b = to_axis(start_dim, x.ndim), to_axis(end_dim, x.ndim)
    return ops.reshape(x, (*x.shape[:a], prod(x.shape[a : b + 1]), *x.shape[b + 1 :]))


@handles("unflatten")
def _unflatten(_: Context, x: Value, dim: int, sizes: Sequence[int]) -> Value:
    axis = to_axis(dim, x.ndim)
    known = -prod(sizes) if -1 in sizes else 1
    sizes = [x.shape[axis] // known if n == -1 else n for n in sizes]
    return ops.reshape(x, (*x.shape[:axis], *sizes, *x.shape[axis + 1 :]))


@handles("squeeze")
def _squeeze(_: Context, x: Value, dim: Any = None) -> Value:
    return ops.squeeze(x, dim)


@handles("unsqueeze")
def _unsqueeze(_: Context, x: Value, dim: int) -> Value:
    return ops.expand_dims(x, dim)


@handles("transpose")
def _transpose(_: Context, x: Value, dim0: int, dim1: int) -> Value:
    return ops.swap(x, dim0, dim1)


@handles("t", "T")
def _t(_: Context, x: Value) -> Value:
    return ops.transpose(x)


@handles("mT", "adjoint")
def _mt(_: Context, x: Value) -> Value:
    return ops.swap(x, -2, -1)


@handles("permute")
def _permute(_: Context, x: Value, *dims: Any, **named: Any) -> Value:
    return ops.transpose(x, _sizes(dims or tuple(named.values())))


@handles("movedim")
def _movedim(_: Context, x: Value, source: Any, destination: Any) -> Value:
    sources = [to_axis(d, x.ndim) for d in np.atleast_1d(source)]
    places = [to_axis(d, x.ndim) for d in np.atleast_1d(destination)]
    order = [d for d in range(x.ndim) if d not in sources]
    for place, axis in sorted(zip(places, sources)):
        order.insert(place, axis)
    return ops.transpose(x, order)


@handles("expand", "broadcast_to")
def _expand(_: Context, x: Operand, *sizes: Any, implicit: bool = False) -> Value:
    wanted = _sizes(sizes)
    missing = len(wanted) - x.ndim
    shape = tuple(x.shape[d - missing] if n == -1 else n for d, n in enumerate(wanted))
    return ops.broadcast_to(x, shape)


@handles("expand_as")
def _expand_as(context: Context, x: Operand, other: Operand) -> Value:
    # The shape of a value, with numbers that are the same in every frame.
    return ops.broadcast_to(x, other.shape, context.cell)


@handles("repeat", "tile")
def _repeat(_: Context, x: Value, *sizes: Any) -> Value:
    counts = _sizes(sizes)
    counts = (1,) * (x.ndim - len(counts)) + counts
    x = ops.reshape(x, (1,) * (len(counts) - x.ndim) + x.shape)
    for axis, count in enumerate(counts):
        if count < 1:
            raise Unsupported("an empty result")
        x = ops.concat([x] * count, axis) if count > 1 else x
    return x


@handles("repeat_interleave")
def _repeat_interleave(
    _: Context, x: Value, repeats: int, dim: int | None = None
) -> Value:
    if not isinstance(repeats, int):
        raise Unsupported("a tensor of repeats is not supported")
    x, axis = (ops.reshape(x, (-1,)), 0) if dim is None else (x, to_axis(dim, x.ndim))
    wide = ops.expand_dims(x, axis + 1)
    wide = ops.broadcast_to(wide, (*x.shape[: axis + 1], repeats, *x.shape[axis + 1 :]))
    return ops.reshape(
        wide, (*x.shape[:axis], x.shape[axis] * repeats, *x.shape[axis + 1 :])
    )


# --- joining -------------------------------------------------------------------------------


@handles("cat")
def _cat(_: Context, tensors: Sequence[Operand], dim: int = 0) -> Value:
    kept = [t for t in tensors if not (isinstance(t, np.ndarray) and t.size == 0)]
    return ops.concat(kept, dim)


@handles("stack")
def _stack(_: Context, tensors: Sequence[Operand], dim: int = 0) -> Value:
    return ops.stack(tensors, dim)


@handles("hstack")
def _hstack(_: Context, tensors: Sequence[Operand]) -> Value:
    return ops.concat(tensors, 0 if tensors[0].ndim == 1 else 1)


@handles("column_stack")
def _column_stack(_: Context, tensors: Sequence[Operand]) -> Value:
    columns = [t if t.ndim > 1 else t.reshape(-1, 1) for t in tensors]
    return ops.concat(columns, 1)


@handles("vstack")
def _vstack(_: Context, tensors: Sequence[Operand]) -> Value:
    rows = [t if t.ndim > 1 else t.reshape(1, -1) for t in tensors]
    return ops.concat(rows, 0)


@handles("pad", "constant_pad_nd")
def _pad(
    _: Context, x: Value, pad: Sequence[int], mode: Any = "constant", value: Any = None
) -> Value:
    if not isinstance(mode, str):
        # constant_pad_nd(x, pad, value)
        mode, value = "constant", mode
    if mode != "constant":
        return _pad_by_copies(x, pad, mode)
    before, after = [0] * x.ndim, [0] * x.ndim
    for i in range(len(pad) // 2):
        axis = x.ndim - 1 - i
        left, right = pad[2 * i], pad[2 * i + 1]
        x = ops.narrow(
            x, axis, max(-left, 0), x.shape[axis] - max(-left, 0) - max(-right, 0)
        )
        before[axis], after[axis] = max(left, 0), max(right, 0)
    return ops.pad(x, before, after, value or 0.0)


_PAD_MODES: dict[str, Any] = {
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def _pad_by_copies(x: Value, pad: Sequence[int], mode: str) -> Value:
    if mode not in _PAD_MODES:
        raise Unsupported(f"mode '{mode}'")
    for i in range(len(pad) // 2):
        axis = x.ndim - 1 - i
        places = np.arange(x.shape[axis])
        places = np.pad(places, (pad[2 * i], pad[2 * i + 1]), mode=_PAD_MODES[mode])
        x = ops.take(x, places.tolist(), axis)
    return x


@handles("reflection_pad1d")
def _reflection_pad1d(_: Context, x: Value, padding: Sequence[int]) -> Value:
    return _pad_by_copies(x, padding, "reflect")


@handles("replication_pad1d")
def _replication_pad1d(_: Context, x: Value, padding: Sequence[int]) -> Value:
    return _pad_by_copies(x, padding, "replicate")


# --- parts ---------------------------------------------------------------------------------


@handles("chunk")
def _chunk(_: Context, x: Value, chunks: int, dim: int = 0) -> tuple[Value, ...]:
    return _split_by(x, ceil(x.shape[to_axis(dim, x.ndim)] / chunks), dim)


@handles("split")
def _split(
    _: Context, x: Value, split_size_or_sections: Any = None, dim: int = 0, **named: Any
) -> tuple[Value, ...]:
    sizes = split_size_or_sections
    for other in ("split_size", "split_sizes"):
        sizes = named.pop(other, sizes)
    if isinstance(sizes, int):
        return _split_by(x, sizes, dim)
    return tuple(ops.split(x, [int(n) for n in sizes], dim))


def _split_by(x: Value, size: int, dim: int) -> tuple[Value, ...]:
    axis = to_axis(dim, x.ndim)
    whole = x.shape[axis]
    starts = range(0, whole, size)
    return tuple(ops.split(x, [min(size, whole - s) for s in starts], axis))


@handles("tensor_split")
def _tensor_split(
    _: Context, x: Value, sections: Any, dim: int = 0
) -> tuple[Value, ...]:
    whole = x.shape[to_axis(dim, x.ndim)]
    if isinstance(sections, int):
        small, more = divmod(whole, sections)
        return tuple(ops.split(x, [small + (i < more) for i in range(sections)], dim))
    ends = [0, *sections, whole]
    return tuple(ops.split(x, [b - a for a, b in zip(ends, ends[1:])], dim))


@handles("unbind")
def _unbind(_: Context, x: Value, dim: int = 0) -> tuple[Value, ...]:
    axis = to_axis(dim, x.ndim)
    return tuple(_select(_, x, axis, i) for i in range(x.shape[axis]))


@handles("narrow")
def _narrow(_: Context, x: Value, dim: int, start: int, length: int) -> Value:
    axis = to_axis(dim, x.ndim)
    return ops.narrow(x, axis, int(start) % x.shape[axis], int(length))


@handles("select")
def _select(_: Context, x: Value, dim: int, index: int) -> Value:
    axis = to_axis(dim, x.ndim)
    return ops.get_item(x, (slice(None),) * axis + (int(index),))


@handles("slice")
def _slice(
    _: Context,
    x: Value,
    dim: int = 0,
    start: Any = None,
    end: Any = None,
    step: int = 1,
) -> Value:
    axis = to_axis(dim, x.ndim)
    return ops.get_item(x, (slice(None),) * axis + (slice(start, end, step),))


@handles("getitem")
def _getitem(_: Context, x: Any, index: Any) -> Any:
    if not isinstance(x, Value):
        return x[index]
    entries = index if isinstance(index, tuple) else (index,)
    if any(isinstance(entry, Value) for entry in entries):
        raise Unsupported("an index that depends on data; use torch.where")
    if sum(isinstance(entry, (list, np.ndarray)) for entry in entries) > 1:
        raise Unsupported("more than one list of indices")
    return ops.get_item(x, _to_index(x, entries))


def _to_index(x: Value, entries: Sequence[Any]) -> tuple[Any, ...]:
    index, axis = [], 0
    for entry in entries:
        if isinstance(entry, np.ndarray) and entry.dtype == np.bool_:
            entry = list(np.flatnonzero(entry)) if entry.ndim == 1 else entry
        elif isinstance(entry, np.ndarray) and entry.ndim == 0:
            entry = int(entry)
        if isinstance(entry, np.ndarray) and entry.ndim > 1:
            raise Unsupported("a list of indices with several dimensions")
        index.append(entry)
        axis += entry is not None
    return tuple(index)


@handles("index")
def _index(_: Context, x: Value, indices: Sequence[Any]) -> Value:
    return _getitem(_, x, tuple(slice(None) if i is None else i for i in indices))


@handles("index_select")
def _index_select(_: Context, x: Value, dim: int, index: Any) -> Value:
    if isinstance(index, Value):
        raise Unsupported("an index that depends on data")
    return ops.take(x, [int(i) for i in np.atleast_1d(index)], dim)


@handles("gather", "take_along_dim")
def _gather(
    context: Context, x: Value, dim: Any, index: Any = None, sparse_grad: bool = False
) -> Value:
    if describe(context.node).name == "take_along_dim":
        dim, index = index, dim
    if isinstance(index, Value):
        raise Unsupported("an index that depends on data")
    axis = to_axis(dim, x.ndim)
    places = np.arange(prod(x.shape)).reshape(x.shape)
    inside = tuple(
        slice(0, n) if d != axis else slice(None) for d, n in enumerate(index.shape)
    )
    chosen = np.take_along_axis(places[inside], np.asarray(index), axis)
    flat = ops.take(ops.reshape(x, (-1,)), chosen.reshape(-1).tolist())
    return ops.reshape(flat, chosen.shape)


@handles("unfold")
def _unfold(_: Context, x: Value, dimension: int, size: int, step: int) -> Value:
    axis = to_axis(dimension, x.ndim)
    starts = range(0, x.shape[axis] - size + 1, step)
    windows = ops.stack([ops.narrow(x, axis, start, size) for start in starts], axis)
    # The window is the last dimension.
    order = [d for d in range(windows.ndim) if d != axis + 1] + [axis + 1]
    return ops.transpose(windows, order)


@handles("atleast_1d")
def _atleast_1d(_: Context, x: Value) -> Value:
    return x if x.ndim else ops.reshape(x, (1,))


@handles("atleast_2d")
def _atleast_2d(_: Context, x: Value) -> Value:
    return x if x.ndim > 1 else ops.reshape(x, (1, -1))


@handles("flip")
def _flip(_: Context, x: Value, *dims: Any) -> Value:
    for dim in _sizes(dims):
        x = ops.take(x, list(range(x.shape[to_axis(dim, x.ndim)]))[::-1], dim)
    return x


@handles("roll")
def _roll(_: Context, x: Value, shifts: Any, dims: Any = None) -> Value:
    if dims is None or dims == () or dims == []:
        return ops.reshape(_roll(_, ops.reshape(x, (-1,)), shifts, 0), x.shape)
    pairs = zip(np.atleast_1d(shifts), np.atleast_1d(dims), strict=True)
    for shift, dim in pairs:
        axis = to_axis(int(dim), x.ndim)
        size = x.shape[axis]
        first = (size - int(shift)) % size
        x = ops.take(x, [(first + i) % size for i in range(size)], axis)
    return x


@handles("tril", "triu")
def _triangle(context: Context, x: Value, diagonal: int = 0) -> Value:
    ones = np.ones(x.shape[-2:], np.bool_)
    is_lower = describe(context.node).name == "tril"
    return ops.where((np.tril if is_lower else np.triu)(ones, diagonal), x, 0.0)


@handles("diagonal", "diag")
def _diagonal(
    _: Context, x: Value, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Value:
    if x.ndim == 1 and not offset:
        return ops.where(np.eye(x.shape[0], dtype=np.bool_), x, 0.0)
    if x.ndim != 2 or (dim1, dim2) != (0, 1):
        raise Unsupported("only of a matrix")
    rows, columns = x.shape
    places = [
        i * columns + i + offset for i in range(rows) if 0 <= i + offset < columns
    ]
    return ops.take(ops.reshape(x, (-1,)), places)


# --- in place --------------------------------------------------------------------------------


@handles("setitem")
def _setitem(context: Context, x: Operand, index: Any, value: Operand) -> Value:
    """The tensor with a part replaced."""
    cell = context.cell
    entries = index if isinstance(index, tuple) else (index,)
    if any(isinstance(entry, Value) for entry in entries):
        if len(entries) == 1 and entries[0].is_bool:
            return ops.where(entries[0], value, x)
        raise Unsupported("an index that depends on data; use torch.where")
    # Which elements the index means, told by their numbers.
    places = np.arange(prod(x.shape)).reshape(x.shape)[tuple(entries)]
    return set_elements(cell, x, places, value)


def set_elements(cell: Any, x: Operand, places: Any, value: Operand) -> Value:
    """`x` with other elements at these places in row-major order."""
    shape = tuple(x.shape)
    given = ops.reshape(ops.broadcast_to(cell.take(value), places.shape), (-1,))
    flat = ops.reshape(cell.take(x), (-1,))
    if len(set(places.reshape(-1).tolist())) != places.size:
        raise Unsupported("an element is set twice")
    source = {int(n): prod(shape) + i for i, n in enumerate(places.reshape(-1))}
    both = ops.concat([flat, given])
    return ops.reshape(
        ops.take(both, [source.get(n, n) for n in range(prod(shape))]), shape
    )


@handles("index_put")
def _index_put(
    context: Context,
    x: Operand,
    indices: Sequence[Any],
    value: Operand,
    accumulate: bool = False,
) -> Value:
    if accumulate:
        raise Unsupported("accumulate")
    index = tuple(slice(None) if i is None else i for i in indices)
    return _setitem(context, x, index if len(index) > 1 else index[0], value)


@handles("sym_size")
def _sym_size(_: Context, x: Value, dim: int) -> int:
    return x.shape[dim]


@handles("copy")
def _copy(
    context: Context, x: Operand, source: Operand, non_blocking: bool = False
) -> Value:
    return ops.broadcast_to(source, x.shape, context.cell)


@handles("fill")
def _fill(context: Context, x: Value, value: Operand) -> Value:
    return ops.broadcast_to(value, x.shape, context.cell)


@handles("zero")
def _zero(context: Context, x: Value) -> Value:
    return ops.broadcast_to(0.0, x.shape, context.cell)


# --- of the shape of a value --------------------------------------------------------------


@handles("zeros_like", "empty_like")
def _zeros_like(_: Context, x: Value, **options: Any) -> Any:
    return np.zeros(x.shape, np.float32)


@handles("ones_like")
def _ones_like(_: Context, x: Value, **options: Any) -> Any:
    return np.ones(x.shape, np.float32)


@handles("full_like")
def _full_like(_: Context, x: Value, fill_value: float, **options: Any) -> Any:
    return np.full(x.shape, fill_value, np.float32)


@handles("new_zeros", "new_empty")
def _new_zeros(_: Context, x: Value, *size: Any, **options: Any) -> Any:
    return np.zeros(_sizes(size), np.float32)


@handles("new_ones")
def _new_ones(_: Context, x: Value, *size: Any, **options: Any) -> Any:
    return np.ones(_sizes(size), np.float32)


@handles("new_full")
def _new_full(
    _: Context, x: Value, size: Any, fill_value: float, **options: Any
) -> Any:
    return np.full(_sizes([size]), fill_value, np.float32)
