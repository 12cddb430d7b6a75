# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products. Parameters are torch's."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import ops
from ..builder import Value
from ._graph import describe
from ._table import Context, Unsupported, handles

Operand = Any


def _shape(x: Operand) -> tuple[int, ...]:
    return x.shape if isinstance(x, Value) else np.shape(x)


@handles("linear")
def _linear(_: Context, x: Operand, weight: Operand, bias: Operand = None) -> Value:
    if isinstance(x, Value) and x.ndim >= 1:
        return ops.linear(weight, x, bias)
    y = ops.matmul(x, weight.T if weight.ndim == 2 else weight)
    return y if bias is None else y + bias


@handles("matmul", "mm", "mv", "bmm")
def _matmul(_: Context, a: Operand, b: Operand) -> Value:
    return ops.matmul(a, b)


@handles("dot", "linalg_vecdot", "vdot")
def _dot(_: Context, a: Operand, b: Operand, dim: int = -1) -> Value:
    return ops.sum(a * b, dim)


@handles("inner")
def _inner(_: Context, a: Operand, b: Operand) -> Value:
    if len(_shape(a)) == 1 and len(_shape(b)) == 1:
        return ops.sum(a * b, -1)
    return ops.matmul(a, b.T)


@handles("outer")
def _outer(_: Context, a: Operand, b: Operand) -> Value:
    return ops.outer(a, b)


@handles("addmm", "addmv", "addbmm", "baddbmm")
def _addmm(
    context: Context, x: Operand, a: Operand, b: Operand, beta: Any = 1, alpha: Any = 1
) -> Value:
    product = ops.matmul(a, b)
    if describe(context.node).name == "addbmm":
        product = ops.sum(product, 0)
    product = product if alpha == 1 else product * alpha
    if beta == 0:
        return product
    return product + (x if beta == 1 else x * beta)


@handles("addr")
def _addr(
    _: Context, x: Operand, a: Operand, b: Operand, beta: Any = 1, alpha: Any = 1
) -> Value:
    return x * beta + ops.outer(a, b) * alpha


@handles("bilinear")
def _bilinear(
    _: Context, x: Operand, y: Operand, weight: Operand, bias: Operand = None
) -> Value:
    # weight [out, n, k]
    out, n, k = _shape(weight)
    turned = ops.linear(np.asarray(weight).reshape(out * n, k), y)
    turned = ops.reshape(turned, (*_shape(y)[:-1], out, n))
    rows = x.reshape(*_shape(x)[:-1], 1, n)
    result = ops.sum(turned * rows, -1)
    return result if bias is None else result + bias


@handles("einsum")
def _einsum(_: Context, equation: str, *operands: Any, path: Any = None) -> Value:
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    if not isinstance(equation, str):
        raise Unsupported("only with a text as equation")
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    factors = left.split(",")
    if "." in text:
        factors, right = _name_others(
            factors, right, [len(_shape(x)) for x in operands]
        )
        left = ",".join(factors)
    if len(factors) != len(operands):
        raise Unsupported(f"{len(factors)} factors and {len(operands)} operands")
    if not arrow:
        right = "".join(sorted(c for c in set(left) - {","} if left.count(c) == 1))
    if any(len(set(factor)) != len(factor) for factor in factors):
        raise Unsupported("an index twice in one factor")
    value, letters = operands[0], factors[0]
    for i in range(1, len(operands)):
        # What later factors or the result still need.
        needed = set(right).union(*factors[i + 1 :])
        value, letters = _contract(value, letters, operands[i], factors[i], needed)
    return _arrange(value, letters, right)


def _name_others(
    factors: Sequence[str], right: str, ranks: Sequence[int]
) -> tuple[list[str], str]:
    """With capital letters for what `...` stands for."""
    counts = [rank - len(f) + 3 for f, rank in zip(factors, ranks) if "..." in f]
    if any(f.isupper() for f in factors) or not counts or max(counts) > 8:
        raise Unsupported("'...' in this equation")
    letters = "ABCDEFGH"
    named = [
        f.replace("...", letters[8 - (rank - len(f) + 3) :])
        for f, rank in zip(factors, ranks)
    ]
    return named, right.replace("...", letters[8 - max(counts) :])


def _sum_over(x: Operand, letters: str, dropped: set[str]) -> tuple[Operand, str]:
    axes = [i for i, c in enumerate(letters) if c in dropped]
    if not axes:
        return x, letters
    x = ops.sum(x, axes) if isinstance(x, Value) else np.asarray(x).sum(tuple(axes))
    return x, "".join(c for c in letters if c not in dropped)


def _arrange(x: Operand, letters: str, wanted: str) -> Operand:
    x, letters = _sum_over(x, letters, set(letters) - set(wanted))
    order = [letters.index(c) for c in wanted]
    return ops.transpose(x, order) if isinstance(x, Value) else np.transpose(x, order)


def _contract(
    a: Operand, left: str, b: Operand, right: str, needed: set[str]
) -> tuple[Operand, str]:
    """One product: a batch of products of matrices."""
    a, left = _sum_over(a, left, set(left) - set(right) - needed)
    b, right = _sum_over(b, right, set(right) - set(left) - needed)
    both = [c for c in left if c in right]
    batch = [c for c in both if c in needed]
    inner = [c for c in both if c not in needed]
    rows = [c for c in left if c not in right]
    columns = [c for c in right if c not in left]
    sizes = dict(zip(left, _shape(a))) | dict(zip(right, _shape(b)))
    if not inner:
        # Elements times elements.
        letters = "".join(batch + rows + columns)
        wide_a = _arrange(a, left, "".join(batch + rows)).reshape(
            *[sizes[c] for c in batch + rows], *[1] * len(columns)
        )
        wide_b = _arrange(b, right, "".join(batch + columns)).reshape(
            *[sizes[c] for c in batch], *[1] * len(rows), *[sizes[c] for c in columns]
        )
        return wide_a * wide_b, letters

    def count(names: Sequence[str]) -> int:
        return prod(sizes[c] for c in names)

    shape = [count(batch)] if batch else []
    x = _arrange(a, left, "".join(batch + rows + inner))
    x = x.reshape(*shape, count(rows), count(inner))
    y = _arrange(b, right, "".join(batch + inner + columns))
    y = y.reshape(*shape, count(inner), count(columns))
    is_constant = not isinstance(x, Value) and not isinstance(y, Value)
    result = np.matmul(x, y) if is_constant else ops.matmul(x, y)
    letters = "".join(batch + rows + columns)
    return result.reshape(*[sizes[c] for c in letters]), letters


@handles("scaled_dot_product_attention")
def _attention(
    context: Context,
    query: Operand,
    key: Operand,
    value: Operand,
    attn_mask: Operand = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Any:
    if dropout_p or enable_gqa:
        raise Unsupported("dropout, or groups of queries")
    rank, rows, columns = len(_shape(query)), _shape(query)[-2], _shape(key)[-2]
    factor = _shape(query)[-1] ** -0.5 if scale is None else scale
    turned = (
        key.swapaxes(-1, -2) if isinstance(key, np.ndarray) else ops.swap(key, -2, -1)
    )
    scores = ops.matmul(query, turned) * factor
    if is_causal:
        attn_mask = np.tril(np.ones((rows, columns), np.bool_))
    if attn_mask is not None:
        is_bool = (
            attn_mask.is_bool
            if isinstance(attn_mask, Value)
            else attn_mask.dtype == np.bool_
        )
        if is_bool:
            scores = ops.where(attn_mask, scores, -np.inf)
        else:
            scores = scores + attn_mask
    weights = ops.softmax(scores, rank - 1)
    result = ops.matmul(weights, value)
    # Torch 1.13 gives the weights, too.
    return (result, weights) if is_old(context) else result


def is_old(context: Context) -> bool:
    return getattr(context.node.target, "__name__", "").startswith("_scaled")


@handles("pairwise_distance")
def _pairwise_distance(
    _: Context,
    a: Operand,
    b: Operand,
    p: float = 2.0,
    eps: float = 1e-6,
    keepdim: bool = False,
) -> Value:
    if p != 2:
        raise Unsupported("only of order 2")
    difference = a - b + eps
    return ops.sqrt(ops.sum(difference * difference, -1, keepdim))


@handles("tensordot")
def _tensordot(_: Context, a: Operand, b: Operand, dims: Any = 2, *more: Any) -> Value:
    names = "abcdefghijklmnopqrstuvwxyz"
    if isinstance(dims, int):
        rank = len(_shape(a))
        dims = [list(range(rank - dims, rank)), list(range(dims))]
    elif more:
        dims = [dims, more[0]]
    left = names[: len(_shape(a))]
    right = list(names[len(left) : len(left) + len(_shape(b))])
    for i, j in zip(*dims):
        right[j] = left[i]
    result = [c for c in left if c not in right] + [c for c in right if c not in left]
    return _einsum(_, f"{left},{''.join(right)}->{''.join(result)}", a, b)


@handles("conv1d")
def _conv1d(
    _: Context, x: Value, weight: Operand, bias: Operand = None, stride: Any = 1,
    padding: Any = 0, dilation: Any = 1, groups: int = 1,
) -> Value:  # fmt: skip
    """[batch, channels, positions]: a product for each position, of what its kernel sees."""
    stride, dilation = (int(np.atleast_1d(v)[0]) for v in (stride, dilation))
    if isinstance(padding, str):
        if padding != "valid":
            raise Unsupported(f"padding '{padding}'")
        padding = 0
    if isinstance(weight, Value):
        raise Unsupported("weights that depend on data")
    pad = int(np.atleast_1d(padding)[0])
    is_batched = x.ndim == 3
    x = x if is_batched else ops.expand_dims(x, 0)
    if x.shape[0] != 1:
        raise Unsupported(f"a batch of {x.shape[0]}")
    x = ops.pad(x, [0, 0, pad], [0, 0, pad]) if pad else x
    out, inner, kernel = weight.shape
    positions = (x.shape[2] - dilation * (kernel - 1) - 1) // stride + 1
    parts = []
    for p in range(positions):
        window = ops.take(x, [p * stride + dilation * k for k in range(kernel)], 2)
        window = ops.reshape(window, (groups, inner * kernel))
        size = out // groups
        columns = []
        for g in range(groups):
            row = ops.reshape(ops.narrow(window, 0, g, 1), (inner * kernel,))
            part = weight[g * size : (g + 1) * size].reshape(size, -1)
            piece = None if bias is None else bias[g * size : (g + 1) * size]
            columns.append(ops.linear(part, row, piece))
        parts.append(ops.reshape(ops.concat(columns), (1, out, 1)))
    y = ops.concat(parts, 2)
    return y if is_batched else ops.squeeze(y, 0)
