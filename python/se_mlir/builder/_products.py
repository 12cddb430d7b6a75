# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products of matrices and vectors."""

from math import prod

import numpy as np

from .._native import Error
from ._elementwise import broadcast_to, find_cell, multiply, to_float
from ._movement import concat, expand_dims, narrow, reshape, swap
from ._reductions import sum as sum_
from ._text import broadcast_shapes, format_shape, format_type
from ._value import Operand, Value


def linear(weight: Operand, x: Operand, bias: Operand | None = None) -> Value:
    """`weight` [n, k] times each vector [..., k], plus `bias` [n]."""
    cell = find_cell(weight, x)
    w, v = to_float(cell.take(weight)), to_float(cell.take(x))
    if w.ndim != 2 or not v.shape or w.shape[1] != v.shape[-1]:
        raise Error(
            f"a product of a matrix {format_shape(w.shape)} and vectors "
            f"{format_shape(v.shape)}"
        )
    shape = (*v.shape[:-1], w.shape[0])
    types = f"{format_type(w.shape)}, {format_type(v.shape)}"
    result = f" -> {format_type(shape)}"
    if bias is None:
        return cell.emit(f"rnn.matvec {w.text}, {v.text}", types + result, shape)
    b = to_float(cell.take(bias))
    if b.shape != (w.shape[0],):
        raise Error(f"a bias {format_shape(b.shape)} of {w.shape[0]} outputs")
    operation = f"rnn.linear {w.text}, {v.text}, {b.text}"
    return cell.emit(operation, f"{types}, {format_type(b.shape)}{result}", shape)


def matmul(a: Operand, b: Operand) -> Value:
    """NumPy's `a @ b`. One of the two may be an array of weights."""
    cell = find_cell(a, b)
    shape_a, shape_b = (
        np.shape(a) if not isinstance(a, Value) else a.shape,
        (np.shape(b) if not isinstance(b, Value) else b.shape),
    )
    inner = shape_b[-2] if len(shape_b) > 1 else shape_b[-1] if shape_b else 0
    if not shape_a or not shape_b or shape_a[-1] != inner:
        raise Error(
            f"a product of {format_shape(tuple(shape_a))} and {format_shape(tuple(shape_b))}"
        )
    if len(shape_b) == 1:
        if len(shape_a) == 1:
            return sum_(multiply(a, b))
        if len(shape_a) == 2:
            return linear(a, b)
        if not isinstance(b, Value):
            # A constant vector is a matrix of one row.
            return reshape(linear(np.asarray(b)[None], a), shape_a[:-1])
        return reshape(matmul(a, reshape(b, (inner, 1))), shape_a[:-1])
    if len(shape_b) == 2:
        # A matrix for all vectors of a.
        turned = swap(b, 0, 1) if isinstance(b, Value) else np.asarray(b).T
        if len(shape_a) <= 2 and not isinstance(a, Value):
            # The constant is the matrix.
            columns = linear(np.atleast_2d(np.asarray(a)), turned)
            turned_back = swap(columns, 0, 1)
            return (
                turned_back
                if len(shape_a) == 2
                else reshape(turned_back, (shape_b[1],))
            )
        return linear(turned, a)
    return _multiply_batches(cell.take(a), cell.take(b))


def _multiply_batches(a: Value, b: Value) -> Value:
    """A matrix for each element of the batch: one product after the other."""
    if a.ndim == 1:
        result = _multiply_batches(reshape(a, (1, a.shape[0])), b)
        return reshape(result, (*result.shape[:-2], result.shape[-1]))
    batch = broadcast_shapes(a.shape[:-2], b.shape[:-2])
    if batch is None:
        raise Error(f"a product of {format_shape(a.shape)} and {format_shape(b.shape)}")
    count = prod(batch)
    a = reshape(broadcast_to(a, (*batch, *a.shape[-2:])), (count, *a.shape[-2:]))
    b = reshape(broadcast_to(b, (*batch, *b.shape[-2:])), (count, *b.shape[-2:]))
    parts = []
    for i in range(count):
        one = reshape(narrow(a, 0, i, 1), a.shape[1:])
        other = reshape(narrow(b, 0, i, 1), b.shape[1:])
        parts.append(expand_dims(matmul(one, other), 0))
    return reshape(concat(parts), (*batch, a.shape[1], b.shape[2]))


def outer(a: Operand, b: Operand) -> Value:
    """`a` [n] times `b` [k]: [n, k]."""
    cell = find_cell(a, b)
    a, b = cell.take(a), cell.take(b)
    if a.ndim != 1 or b.ndim != 1:
        raise Error("outer: expected two vectors")
    return multiply(reshape(a, (a.shape[0], 1)), b)
