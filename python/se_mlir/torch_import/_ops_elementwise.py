# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arithmetic, comparisons and activations. Parameters are torch's."""

from math import pi, sqrt
from typing import Any

import numpy as np

from .. import ops
from ..builder import Value
from ._graph import describe
from ._table import Context, Unsupported, handles

Operand = Any


def _scale(x: Operand, factor: Any) -> Operand:
    return x if isinstance(factor, (int, float)) and factor == 1 else x * factor


# --- arithmetic ------------------------------------------------------------------------


@handles("add")
def _add(_: Context, x: Operand, y: Operand, alpha: Any = 1) -> Value:
    return ops.add(x, _scale(y, alpha))


@handles("sub")
def _sub(_: Context, x: Operand, y: Operand, alpha: Any = 1) -> Value:
    return ops.subtract(x, _scale(y, alpha))


@handles("rsub")
def _rsub(_: Context, x: Operand, y: Operand, alpha: Any = 1) -> Value:
    return ops.subtract(y, _scale(x, alpha))


@handles("mul")
def _mul(_: Context, x: Operand, y: Operand) -> Value:
    return ops.multiply(x, y)


@handles("div")
def _div(_: Context, x: Operand, y: Operand, rounding_mode: str | None = None) -> Value:
    # Torch divides by a number as by a tensor.
    quotient = ops.divide(x, y)
    if rounding_mode is None:
        return quotient
    return (
        ops.floor(quotient) if rounding_mode == "floor" else ops.math("trunc", quotient)
    )


@handles("floor_divide")
def _floor_divide(_: Context, x: Operand, y: Operand) -> Value:
    return ops.floor(ops.divide(x, y))


@handles("reciprocal")
def _reciprocal(_: Context, x: Value) -> Value:
    return ops.divide(1.0, x)


for _name, _function in {
    "remainder": ops.remainder, "fmod": ops.fmod, "atan2": ops.atan2, "copysign": ops.copysign,
    "maximum": ops.maximum, "minimum": ops.minimum, "pow": ops.power, "float_power": ops.power,
    "logical_and": ops.logical_and, "logical_or": ops.logical_or,
    "logical_xor": ops.logical_xor,
}.items():  # fmt: skip

    def _binary(_: Context, x: Operand, y: Operand, function: Any = _function) -> Value:
        return function(x, y)

    handles(_name)(_binary)

for _name, _predicate in {
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
}.items():  # fmt: skip

    def _compare(
        _: Context, x: Operand, y: Operand, predicate: str = _predicate
    ) -> Value:
        return ops.compare(predicate, x, y)

    handles(_name)(_compare)

for _name, _function in {
    "neg": ops.negative, "abs": ops.absolute, "exp": ops.exp, "log": ops.log,
    "sqrt": ops.sqrt, "rsqrt": ops.rsqrt, "floor": ops.floor, "sigmoid": ops.sigmoid,
    "tanh": ops.tanh, "logical_not": ops.logical_not, "isnan": ops.isnan,
}.items():  # fmt: skip

    def _unary(_: Context, x: Value, function: Any = _function) -> Value:
        return function(x)

    handles(_name)(_unary)

for _name in (
    "acos acosh asin asinh atan atanh ceil cos cosh erf erfc exp2 expm1 log10 log1p log2 "
    "sin sinh tan trunc"
).split():

    def _math(_: Context, x: Value, name: str = _name) -> Value:
        return ops.math(name, x)

    handles(_name)(_math)


@handles("round")
def _round(_: Context, x: Value, decimals: int = 0) -> Value:
    if decimals:
        raise Unsupported("decimals are not supported")
    return ops.math("roundeven", x)


@handles("square")
def _square(_: Context, x: Value) -> Value:
    return x * x


@handles("frac")
def _frac(_: Context, x: Value) -> Value:
    return x - ops.math("trunc", x)


@handles("sign", "sgn")
def _sign(_: Context, x: Value) -> Value:
    return ops.where(x > 0.0, 1.0, ops.where(x < 0.0, -1.0, 0.0 * ops.to_float(x)))


@handles("isinf")
def _isinf(_: Context, x: Value) -> Value:
    return ops.absolute(x) == np.inf


@handles("isfinite")
def _isfinite(_: Context, x: Value) -> Value:
    return ops.absolute(x) < np.inf


@handles("lerp")
def _lerp(_: Context, x: Operand, end: Operand, weight: Operand) -> Value:
    return x + weight * (end - x)


@handles("addcmul")
def _addcmul(_: Context, x: Operand, a: Operand, b: Operand, value: Any = 1) -> Value:
    return x + _scale(ops.multiply(a, b), value)


@handles("addcdiv")
def _addcdiv(_: Context, x: Operand, a: Operand, b: Operand, value: Any = 1) -> Value:
    return x + _scale(ops.divide(a, b), value)


@handles("hypot")
def _hypot(_: Context, x: Operand, y: Operand) -> Value:
    return ops.sqrt(x * x + y * y)


@handles("logaddexp")
def _logaddexp(_: Context, x: Operand, y: Operand) -> Value:
    return ops.maximum(x, y) + ops.math("log1p", ops.exp(-abs(ops.subtract(x, y))))


@handles("logit")
def _logit(_: Context, x: Value, eps: float | None = None) -> Value:
    x = x if eps is None else ops.clip(x, eps, 1 - eps)
    return ops.log(x / (1.0 - x))


@handles("deg2rad")
def _deg2rad(_: Context, x: Value) -> Value:
    return x * (pi / 180)


@handles("heaviside")
def _heaviside(_: Context, x: Operand, values: Operand) -> Value:
    return ops.where(x == 0.0, values, ops.where(x > 0.0, 1.0, 0.0))


@handles("where")
def _where(_: Context, condition: Value, x: Operand = None, y: Operand = None) -> Value:
    if x is None or y is None:
        raise Unsupported("without values it gives indices, which depend on data")
    return ops.where(condition, x, y)


@handles("masked_fill")
def _masked_fill(_: Context, x: Operand, mask: Operand, value: Operand) -> Value:
    return ops.where(mask, value, x)


@handles("clamp")
def _clamp(_: Context, x: Value, min: Operand = None, max: Operand = None) -> Value:
    return ops.clip(x, min, max)


@handles("clamp_min")
def _clamp_min(_: Context, x: Value, min: Operand) -> Value:
    return ops.maximum(x, min)


@handles("clamp_max")
def _clamp_max(_: Context, x: Value, max: Operand) -> Value:
    return ops.minimum(x, max)


@handles("nan_to_num")
def _nan_to_num(
    _: Context,
    x: Value,
    nan: float | None = None,
    posinf: Any = None,
    neginf: Any = None,
) -> Value:
    most = float(np.finfo(np.float32).max)
    high = most if posinf is None else posinf
    low = -most if neginf is None else neginf
    x = ops.where(x == np.inf, high, ops.where(x == -np.inf, low, x))
    return ops.where(ops.isnan(x), nan or 0.0, x)


# --- what changes nothing ----------------------------------------------------------------


@handles("clone", "contiguous", "detach", "positive", "alias", "data", "lift_fresh_copy",
         "requires_grad", "cpu", "real", "conj", "resolve_conj", "identity", "lift_fresh",
         "detach_copy")  # fmt: skip
def _identity(_: Context, x: Value, *args: Any, memory_format: Any = None) -> Value:
    return x


_FLOATS = {"torch.float32", "torch.float64", "torch.FloatTensor", "torch.DoubleTensor"}


def _cast(x: Value, kind: Any) -> Value:
    name = str(kind)
    if name in _FLOATS:
        return ops.to_float(x)
    if name == "torch.bool":
        return x if x.is_bool else x != 0.0
    if name in ("torch.int64", "torch.int32", "torch.int16"):
        # Whole numbers in f32, exact up to 2^24.
        return ops.to_float(x) if x.is_bool else ops.math("trunc", x)
    raise Unsupported(
        f"numbers of {name} are not supported (precision is chosen by compile)"
    )


@handles("to", "type", "_to_copy")
def _to(_: Context, x: Value, *args: Any, dtype: Any = None, **options: Any) -> Value:
    for argument in args:
        if isinstance(argument, Value):
            return _cast(x, "torch.bool" if argument.is_bool else "torch.float32")
        if str(argument).startswith("torch.") and "format" not in str(argument):
            dtype = argument
    return x if dtype is None else _cast(x, dtype)


@handles("type_as")
def _type_as(_: Context, x: Value, other: Operand) -> Value:
    is_bool = other.is_bool if isinstance(other, Value) else other.dtype == np.bool_
    return _cast(x, "torch.bool" if is_bool else "torch.float32")


@handles("float", "double")
def _float(_: Context, x: Value) -> Value:
    return ops.to_float(x)


@handles("half", "bfloat16")
def _half(context: Context, x: Value) -> Value:
    name = describe(context.node).name
    return _cast(x, "torch.float16" if name == "half" else f"torch.{name}")


@handles("int", "long")
def _int(_: Context, x: Value) -> Value:
    return _cast(x, "torch.int64")


@handles("bool")
def _bool(_: Context, x: Value) -> Value:
    return _cast(x, "torch.bool")


@handles("dropout")
def _dropout(
    _: Context,
    x: Value,
    p: float = 0.5,
    training: bool = True,
    *args: Any,
    **options: Any,
) -> Value:
    training = options.get("train", training)
    if training and p:
        raise Unsupported("dropout at inference: its training argument is true")
    return x


# --- activations -----------------------------------------------------------------------


@handles("relu")
def _relu(_: Context, x: Value) -> Value:
    return ops.relu(x)


@handles("relu6")
def _relu6(_: Context, x: Value) -> Value:
    return ops.clip(x, 0.0, 6.0)


@handles("hardtanh")
def _hardtanh(
    _: Context, x: Value, min_val: float = -1.0, max_val: float = 1.0
) -> Value:
    return ops.clip(x, min_val, max_val)


@handles("hardsigmoid")
def _hardsigmoid(_: Context, x: Value) -> Value:
    return ops.activation("hard_sigmoid", x, 1 / 6, 0.5)


@handles("hardswish")
def _hardswish(_: Context, x: Value) -> Value:
    return x * ops.activation("hard_sigmoid", x, 1 / 6, 0.5)


@handles("silu")
def _silu(_: Context, x: Value) -> Value:
    return x * ops.sigmoid(x)


@handles("mish")
def _mish(_: Context, x: Value) -> Value:
    return x * ops.tanh(ops.softplus(x))


@handles("gelu")
def _gelu(_: Context, x: Value, approximate: str = "none") -> Value:
    if approximate == "tanh":
        return 0.5 * x * (1.0 + ops.tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)))
    return 0.5 * x * (1.0 + ops.math("erf", x * sqrt(0.5)))


@handles("elu")
def _elu(
    _: Context, x: Value, alpha: float = 1.0, scale: Any = 1, input_scale: Any = 1
) -> Value:
    return _scale(ops.activation("elu", _scale(x, input_scale), alpha), scale)


@handles("selu")
def _selu(_: Context, x: Value) -> Value:
    return ops.activation("elu", x, 1.6732632423543772) * 1.0507009873554805


@handles("celu")
def _celu(_: Context, x: Value, alpha: float = 1.0) -> Value:
    if alpha == 1:
        return ops.activation("elu", x)
    return ops.activation("elu", x * (1 / alpha), 1.0) * alpha


@handles("leaky_relu")
def _leaky_relu(_: Context, x: Value, negative_slope: float = 0.01) -> Value:
    return ops.activation("leaky_relu", x, negative_slope)


@handles("rrelu")
def _rrelu(
    _: Context,
    x: Value,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    training: bool = False,
) -> Value:
    if training:
        raise Unsupported("random slopes: its training argument is true")
    return ops.activation("leaky_relu", x, (lower + upper) / 2)


@handles("prelu")
def _prelu(_: Context, x: Value, weight: Operand) -> Value:
    shape = np.shape(weight) if not isinstance(weight, Value) else weight.shape
    if np.prod(shape) != 1:
        # One slope for each channel, dimension 1.
        axis = 1 if x.ndim > 1 else 0
        weight = weight.reshape([-1 if d == axis else 1 for d in range(x.ndim)])
    return ops.where(x > 0.0, x, x * weight)


@handles("softplus")
def _softplus(
    _: Context, x: Value, beta: float = 1.0, threshold: float = 20.0
) -> Value:
    if beta == 1:
        y = ops.softplus(x)
    else:
        y = ops.softplus(x * beta) * (1 / beta)
    # From 15 on both are the same in float32.
    return y if threshold >= 15 else ops.where(_scale(x, beta) > threshold, x, y)


@handles("log_sigmoid")
def _log_sigmoid(_: Context, x: Value) -> Value:
    return -ops.softplus(-x)


@handles("softsign")
def _softsign(_: Context, x: Value) -> Value:
    return ops.activation("softsign", x)


@handles("tanhshrink")
def _tanhshrink(_: Context, x: Value) -> Value:
    return x - ops.tanh(x)


@handles("softshrink")
def _softshrink(_: Context, x: Value, lambd: float = 0.5) -> Value:
    return x - ops.clip(x, -lambd, lambd)


@handles("hardshrink")
def _hardshrink(_: Context, x: Value, lambd: float = 0.5) -> Value:
    return ops.where((x > lambd) | (x < -lambd), x, 0.0)


@handles("threshold")
def _threshold(_: Context, x: Value, threshold: float, value: float) -> Value:
    return ops.where(x > threshold, x, value)


@handles("glu")
def _glu(_: Context, x: Value, dim: int = -1) -> Value:
    a, b = ops.split(x, 2, dim)
    return a * ops.sigmoid(b)


@handles("xlogy")
def _xlogy(_: Context, x: Operand, y: Operand) -> Value:
    return ops.where(
        x == 0.0, 0.0, x * (ops.log(y) if isinstance(y, Value) else np.log(y))
    )
