# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions and normalizations. Parameters are torch's."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from .. import ops
from ..builder import Value
from ..builder._movement import to_axis
from ._graph import describe
from ._table import Context, Unsupported, handles

Operand = Any
Axes = Any


def _axes(dim: Axes) -> Axes:
    return None if dim is None or dim == [] or dim == () else dim


def _check_dtype(dtype: Any) -> None:
    if dtype is not None and str(dtype) not in ("torch.float32", "torch.float64"):
        raise Unsupported(f"numbers of {dtype} are not supported")


@handles("sum")
def _sum(
    _: Context, x: Value, dim: Axes = None, keepdim: bool = False, dtype: Any = None
) -> Value:
    _check_dtype(dtype)
    return ops.sum(x, _axes(dim), keepdim)


@handles("mean")
def _mean(
    _: Context, x: Value, dim: Axes = None, keepdim: bool = False, dtype: Any = None
) -> Value:
    _check_dtype(dtype)
    return ops.mean(x, _axes(dim), keepdim)


@handles("amax")
def _amax(_: Context, x: Value, dim: Axes = None, keepdim: bool = False) -> Value:
    return ops.max(x, _axes(dim), keepdim)


@handles("amin")
def _amin(_: Context, x: Value, dim: Axes = None, keepdim: bool = False) -> Value:
    return ops.min(x, _axes(dim), keepdim)


def _extreme(kind: str, x: Value, dim: Any, keepdim: bool) -> Any:
    if isinstance(dim, (Value, np.ndarray)):
        return ops.maximum(x, dim) if kind == "max" else ops.minimum(x, dim)
    if dim is None:
        return ops.reduce(kind, x)
    return ops.reduce(kind, x, dim, keepdim), _place(kind, x, dim, keepdim)


@handles("max")
def _max(_: Context, x: Value, dim: Any = None, keepdim: bool = False) -> Any:
    return _extreme("max", x, dim, keepdim)


@handles("min")
def _min(_: Context, x: Value, dim: Any = None, keepdim: bool = False) -> Any:
    return _extreme("min", x, dim, keepdim)


def _place(kind: str, x: Value, dim: int | None, keepdim: bool) -> Value:
    """The number of the first element that is the largest or smallest, as a float."""
    if dim is None:
        shape = (1,) * x.ndim if keepdim else ()
        return ops.reshape(_place(kind, ops.reshape(x, (-1,)), 0, False), shape)
    axis = to_axis(dim, x.ndim)
    size = x.shape[axis] if x.shape else 1
    numbers = np.arange(size, dtype=np.float32)
    numbers = numbers.reshape([-1 if d == axis else 1 for d in range(x.ndim)])
    is_it = x == ops.reduce(kind, x, axis, keepdims=True)
    return ops.min(ops.where(is_it, numbers, float(size)), axis, keepdim)


@handles("argmax")
def _argmax(
    _: Context, x: Value, dim: int | None = None, keepdim: bool = False
) -> Value:
    return _place("max", x, dim, keepdim)


@handles("argmin")
def _argmin(
    _: Context, x: Value, dim: int | None = None, keepdim: bool = False
) -> Value:
    return _place("min", x, dim, keepdim)


@handles("any")
def _any(_: Context, x: Value, dim: Axes = None, keepdim: bool = False) -> Value:
    return (
        ops.max(ops.to_float(x if x.is_bool else x != 0.0), _axes(dim), keepdim) > 0.5
    )


@handles("all")
def _all(_: Context, x: Value, dim: Axes = None, keepdim: bool = False) -> Value:
    return (
        ops.min(ops.to_float(x if x.is_bool else x != 0.0), _axes(dim), keepdim) > 0.5
    )


def _variance(
    x: Value, dim: Axes, unbiased: Any, correction: Any, keepdim: bool
) -> Value:
    axes = (
        range(x.ndim)
        if dim is None
        else [to_axis(d, x.ndim) for d in np.atleast_1d(dim)]
    )
    count = prod(x.shape[d] for d in axes)
    if correction is None:
        correction = 1 if unbiased in (None, True) else 0
    if count <= correction:
        raise Unsupported("the variance of one element")
    list_of = [int(d) for d in axes]
    centered = x - ops.mean(x, list_of, keepdims=True)
    return ops.sum(centered * centered, list_of, keepdim) * (1 / (count - correction))


def _spread(args: Sequence[Any], options: dict[str, Any]) -> tuple[Any, Any, Any, bool]:
    """`dim, unbiased, keepdim` or `unbiased`, in all of torch's ways."""
    names = ["dim", "unbiased", "keepdim"]
    if args and isinstance(args[0], bool):
        names = ["unbiased"]
    given = {**dict(zip(names, args)), **options}
    dim = _axes(given.get("dim"))
    return (
        dim,
        given.get("unbiased"),
        given.get("correction"),
        bool(given.get("keepdim")),
    )


@handles("var")
def _var(_: Context, x: Value, *args: Any, **options: Any) -> Value:
    return _variance(x, *_spread(args, options))


@handles("std")
def _std(_: Context, x: Value, *args: Any, **options: Any) -> Value:
    return ops.sqrt(_variance(x, *_spread(args, options)))


@handles("var_mean")
def _var_mean(_: Context, x: Value, *args: Any, **options: Any) -> tuple[Value, Value]:
    dim, unbiased, correction, keepdim = _spread(args, options)
    return _variance(x, dim, unbiased, correction, keepdim), ops.mean(x, dim, keepdim)


@handles("std_mean")
def _std_mean(_: Context, x: Value, *args: Any, **options: Any) -> tuple[Value, Value]:
    variance, mean = _var_mean(_, x, *args, **options)
    return ops.sqrt(variance), mean


@handles("norm")
def _norm(
    _: Context, x: Value, p: Any = 2, dim: Axes = None, keepdim: bool = False, dtype: Any = None,
    ord: Any = None,
) -> Value:  # fmt: skip
    _check_dtype(dtype)
    order = p if ord is None else ord
    order = 2 if order in (None, "fro") else order
    axes = _axes(dim)
    if order == 2:
        return ops.sqrt(ops.sum(x * x, axes, keepdim))
    size = abs(x)
    if order == 1:
        return ops.sum(size, axes, keepdim)
    if order in (float("inf"), "inf"):
        return ops.max(size, axes, keepdim)
    if not isinstance(order, (int, float)) or order <= 0:
        raise Unsupported(f"the norm of order {order}")
    return ops.power(ops.sum(ops.power(size, order), axes, keepdim), 1 / order)


@handles("logsumexp")
def _logsumexp(_: Context, x: Value, dim: Axes, keepdim: bool = False) -> Value:
    return ops.logsumexp(x, dim, keepdim)


def _default_axis(x: Value) -> int:
    return 0 if x.ndim in (0, 1, 3) else 1


@handles("softmax")
def _softmax(
    _: Context,
    x: Value,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Value:
    return ops.softmax(x, _default_axis(x) if dim is None else dim)


@handles("softmin")
def _softmin(
    _: Context,
    x: Value,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Value:
    return ops.softmax(-x, _default_axis(x) if dim is None else dim)


@handles("log_softmax")
def _log_softmax(
    _: Context,
    x: Value,
    dim: int | None = None,
    _stacklevel: Any = 3,
    dtype: Any = None,
) -> Value:
    return ops.log_softmax(x, _default_axis(x) if dim is None else dim)


@handles("diff")
def _diff(_: Context, x: Value, n: int = 1, dim: int = -1) -> Value:
    axis = to_axis(dim, x.ndim)
    for _i in range(n):
        size = x.shape[axis] - 1
        x = ops.narrow(x, axis, 1, size) - ops.narrow(x, axis, 0, size)
    return x


@handles("cumsum", "cumprod")
def _cumsum(context: Context, x: Value, dim: int, dtype: Any = None) -> Value:
    _check_dtype(dtype)
    is_sum = describe(context.node).name == "cumsum"
    axis = to_axis(dim, x.ndim)
    size = x.shape[axis] if x.shape else 1
    if size > 64:
        raise Unsupported(f"over {size} elements, more than 64")
    parts = [ops.narrow(x, axis, 0, 1)]
    for i in range(1, size):
        part = ops.narrow(x, axis, i, 1)
        parts.append(parts[-1] + part if is_sum else parts[-1] * part)
    return ops.concat(parts, axis)


@handles("prod")
def _prod(
    _: Context, x: Value, dim: Any = None, keepdim: bool = False, dtype: Any = None
) -> Value:
    _check_dtype(dtype)
    if dim is None:
        x, dim = ops.reshape(x, (-1,)), 0
    axis = to_axis(dim, x.ndim)
    # Halves by halves.
    while x.shape[axis] > 1:
        size = x.shape[axis]
        product = ops.narrow(x, axis, 0, size // 2) * ops.narrow(
            x, axis, size // 2, size // 2
        )
        rest = [ops.narrow(x, axis, size - 1, 1)] if size % 2 else []
        x = ops.concat([product, *rest], axis)
    return x if keepdim else ops.squeeze(x, axis)


# --- pools -----------------------------------------------------------------------------------


def _pool(kind: str, x: Value, starts: Sequence[int], ends: Sequence[int]) -> Value:
    """Of the last dimension, from each start to its end."""
    parts = [
        ops.reduce(kind, ops.narrow(x, -1, a, b - a), -1, keepdims=True)
        for a, b in zip(starts, ends)
    ]
    return ops.concat(parts, -1)


def _one(value: Any, default: int | None = None) -> int:
    if value is None or value == []:
        return int(default)
    return int(np.atleast_1d(value)[0])


def _pool_windows(
    kind: str,
    x: Value,
    kernel: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    border: float,
) -> Value:
    size, step, pad = _one(kernel), _one(stride, _one(kernel)), _one(padding)
    if ceil_mode:
        raise Unsupported("ceil_mode")
    if pad:
        widths = [0] * (x.ndim - 1) + [pad]
        x = ops.pad(x, widths, widths, border)
    starts = range(0, x.shape[-1] - size + 1, step)
    return _pool(kind, x, starts, [a + size for a in starts])


@handles("avg_pool1d")
def _avg_pool1d(
    _: Context,
    x: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Value:
    if _one(padding) and not count_include_pad:
        raise Unsupported("count_include_pad is False")
    return _pool_windows("mean", x, kernel_size, stride, padding, ceil_mode, 0.0)


@handles("max_pool1d")
def _max_pool1d(
    _: Context,
    x: Value,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Value:
    if _one(dilation) != 1 or return_indices:
        raise Unsupported("dilation, or indices")
    return _pool_windows("max", x, kernel_size, stride, padding, ceil_mode, -np.inf)


def _adapt(kind: str, x: Value, output_size: Any) -> Value:
    size, count = x.shape[-1], _one(output_size)
    starts = [i * size // count for i in range(count)]
    ends = [-(-(i + 1) * size // count) for i in range(count)]
    return _pool(kind, x, starts, ends)


@handles("adaptive_avg_pool1d")
def _adaptive_avg_pool1d(_: Context, x: Value, output_size: Any) -> Value:
    return _adapt("mean", x, output_size)


# --- normalizations --------------------------------------------------------------------------


def _scale_channels(x: Value, weight: Operand, bias: Operand) -> Value:
    """Dimension 1 has the channels, or dimension 0 of a vector."""
    axis = 1 if x.ndim > 1 else 0
    shape = [-1 if d == axis else 1 for d in range(x.ndim)]
    if weight is not None:
        x = x * weight.reshape(shape)
    return x if bias is None else x + bias.reshape(shape)


@handles("layer_norm")
def _layer_norm(
    _: Context, x: Value, normalized_shape: Sequence[int], weight: Operand = None,
    bias: Operand = None, eps: float = 1e-5, cudnn_enable: bool = False,
) -> Value:  # fmt: skip
    rank = len(normalized_shape)
    y = ops.normalize(x, list(range(x.ndim - rank, x.ndim)), eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


@handles("rms_norm")
def _rms_norm(
    _: Context, x: Value, normalized_shape: Sequence[int], weight: Operand = None,
    eps: float | None = None,
) -> Value:  # fmt: skip
    axes = list(range(x.ndim - len(normalized_shape), x.ndim))
    eps = float(np.finfo(np.float32).eps) if eps is None else eps
    y = x * ops.rsqrt(ops.mean(x * x, axes, keepdims=True) + eps)
    return y if weight is None else y * weight


@handles("batch_norm")
def _batch_norm(
    _: Context, x: Value, running_mean: Operand, running_var: Operand, weight: Operand = None,
    bias: Operand = None, training: bool = False, momentum: float = 0.1, eps: float = 1e-5,
) -> Value:  # fmt: skip
    if training or running_mean is None:
        raise Unsupported(
            "it normalizes by statistics of the batch (track_running_stats=False), and a frame "
            "is one sample"
        )
    if isinstance(running_var, Value):
        raise Unsupported("statistics that depend on data")
    variance = np.asarray(running_var, np.float64) + eps
    scale = (1.0 if weight is None else np.asarray(weight, np.float64)) / np.sqrt(
        variance
    )
    shift = (
        0.0 if bias is None else np.asarray(bias, np.float64)
    ) - running_mean * scale
    return _scale_channels(x, scale.astype(np.float32), shift.astype(np.float32))


@handles("aten.batch_norm")
def _aten_batch_norm(
    context: Context, x: Value, weight: Operand, bias: Operand, running_mean: Operand,
    running_var: Operand, training: bool, momentum: float, eps: float, cudnn: bool = False,
) -> Value:  # fmt: skip
    return _batch_norm(
        context, x, running_mean, running_var, weight, bias, training, momentum, eps
    )


@handles("group_norm")
def _group_norm(
    _: Context, x: Value, num_groups: int, weight: Operand = None, bias: Operand = None,
    eps: float = 1e-5, cudnn_enabled: bool = False,
) -> Value:  # fmt: skip
    if x.ndim < 2:
        raise Unsupported(f"of the shape {list(x.shape)}")
    batch, channels = x.shape[:2]
    groups = ops.reshape(x, (batch, num_groups, prod(x.shape[1:]) // num_groups))
    y = ops.reshape(ops.normalize(groups, 2, eps), x.shape)
    return _scale_channels(y, weight, bias)


def _instance_norm(
    x: Value, mean: Operand, variance: Operand, weight: Operand, bias: Operand, by_input: bool,
    eps: float,
) -> Value:  # fmt: skip
    if by_input:
        raise Unsupported(
            "it normalizes each channel over time (or by what is no more than a frame), so it "
            "needs other frames; use LayerNorm, or track_running_stats"
        )
    scale = 1 / np.sqrt(np.asarray(variance, np.float64) + eps)
    scale = scale * (1.0 if weight is None else weight)
    shift = (0.0 if bias is None else bias) - mean * scale
    return _scale_channels(x, scale.astype(np.float32), shift.astype(np.float32))


@handles("instance_norm")
def _functional_instance_norm(
    _: Context, x: Value, running_mean: Operand = None, running_var: Operand = None,
    weight: Operand = None, bias: Operand = None, use_input_stats: bool = True,
    momentum: float = 0.1, eps: float = 1e-5,
) -> Value:  # fmt: skip
    return _instance_norm(
        x, running_mean, running_var, weight, bias, use_input_stats, eps
    )


@handles("aten.instance_norm")
def _aten_instance_norm(
    _: Context, x: Value, weight: Operand, bias: Operand, running_mean: Operand,
    running_var: Operand, use_input_stats: bool, momentum: float, eps: float, cudnn: bool,
) -> Value:  # fmt: skip
    return _instance_norm(
        x, running_mean, running_var, weight, bias, use_input_stats, eps
    )


@handles("normalize")
def _normalize(
    _: Context, x: Value, p: float = 2.0, dim: int = 1, eps: float = 1e-12
) -> Value:
    return x / ops.maximum(_norm(_, x, p, dim, True), eps)


@handles("cosine_similarity")
def _cosine_similarity(
    _: Context, x: Operand, y: Operand, dim: int = 1, eps: float = 1e-8
) -> Value:
    def size(v: Operand) -> Any:
        if isinstance(v, Value):
            return ops.maximum(ops.sqrt(ops.sum(v * v, dim, keepdims=True)), eps)
        return np.maximum(np.sqrt((v * v).sum(dim, keepdims=True)), eps)

    return ops.sum((x / size(x)) * (y / size(y)), dim)
