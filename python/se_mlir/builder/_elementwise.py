# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of values, element by element."""

from typing import Any

import numpy as np

from .._native import Error
from ._cell import Cell, to_array
from ._text import broadcast_shapes, format_float, format_shape, format_type
from ._value import Operand, Value


def find_cell(*operands: Operand) -> Cell:
    for operand in operands:
        if isinstance(operand, Value):
            return operand.cell
    raise Error("expected a value of a cell, found only numbers and arrays")


def to_float(x: Value) -> Value:
    """Truth values as 0 and 1."""
    if not x.is_bool:
        return x
    types = f"{format_type(x.shape, 'i1')} to {format_type(x.shape)}"
    return x.cell.emit(f"arith.uitofp {x.text}", types, x.shape)


def to_bool(x: Value) -> Value:
    """Whether elements are not 0."""
    return x if x.is_bool else compare("!=", x, 0.0)


def broadcast_to(x: Operand, shape: tuple[int, ...], cell: Cell | None = None) -> Value:
    """Repeats along dimensions, as NumPy does."""
    cell = cell or find_cell(x)
    if not isinstance(x, Value):
        array = to_array(x)
        if array.size == 1 and array.ndim <= len(shape):
            # A number needs no copies.
            return cell.constant(np.broadcast_to(array, shape))
    x = cell.take(x)
    if x.shape == shape:
        return x
    if broadcast_shapes(x.shape, shape) != shape:
        raise Error(
            f"broadcast_to: {format_shape(x.shape)} cannot be repeated to "
            f"{format_shape(shape)}"
        )
    if len(x.shape) == len(shape) == 0 or (x.shape or (1,)) == shape:
        # A number and a vector of one element are the same in the text.
        return Value(cell, x.text, shape, x.is_bool)
    types = f"{format_type(x.shape, x.element)} -> {format_type(shape, x.element)}"
    return cell.emit(f"rnn.broadcast {x.text}", types, shape, x.is_bool)


def meet(what: str, *operands: Operand) -> list[Value]:
    """The operands in one shape."""
    cell = find_cell(*operands)
    shapes = [x.shape if isinstance(x, Value) else np.shape(x) for x in operands]
    shape: tuple[int, ...] | None = ()
    for other in shapes:
        shape = broadcast_shapes(shape, other) if shape is not None else None
    if shape is None:
        raise Error(
            f"{what}: shapes {', '.join(map(format_shape, shapes))} do not agree"
        )
    return [broadcast_to(x, shape, cell) for x in operands]


def _floats(what: str, *operands: Operand) -> list[Value]:
    return [to_float(x) for x in meet(what, *operands)]


def _binary(operation: str, what: str, a: Operand, b: Operand) -> Value:
    x, y = _floats(what, a, b)
    return x.cell.emit(f"{operation} {x.text}, {y.text}", format_type(x.shape), x.shape)


def add(a: Operand, b: Operand) -> Value:
    return _binary("arith.addf", "+", a, b)


def subtract(a: Operand, b: Operand) -> Value:
    return _binary("arith.subf", "-", a, b)


def multiply(a: Operand, b: Operand) -> Value:
    return _binary("arith.mulf", "*", a, b)


def divide(a: Operand, b: Operand) -> Value:
    return _binary("arith.divf", "/", a, b)


def maximum(a: Operand, b: Operand) -> Value:
    return _binary("arith.maximumf", "maximum", a, b)


def minimum(a: Operand, b: Operand) -> Value:
    return _binary("arith.minimumf", "minimum", a, b)


def remainder(a: Operand, b: Operand) -> Value:
    """With the sign of b, as Python's %."""
    return a - floor(divide(a, b)) * b


def fmod(a: Operand, b: Operand) -> Value:
    """With the sign of a."""
    return _binary("arith.remf", "fmod", a, b)


def atan2(a: Operand, b: Operand) -> Value:
    return _binary("math.atan2", "atan2", a, b)


def copysign(a: Operand, b: Operand) -> Value:
    return _binary("math.copysign", "copysign", a, b)


def power(a: Operand, b: Operand) -> Value:
    """By products, square roots and a division where the exponent is a number for which
    there are such."""
    if isinstance(a, Value) and not isinstance(b, Value) and np.size(b) == 1:
        exponent = float(np.asarray(b).reshape(()))
        whole = abs(exponent) == int(abs(exponent)) and abs(exponent) <= 8
        if exponent == 0.5:
            return sqrt(a)
        if exponent == -0.5:
            return rsqrt(a)
        if whole and exponent:
            power_ = _multiply_out(a, int(abs(exponent)))
            return power_ if exponent > 0 else divide(1.0, power_)
    return _binary("math.powf", "**", a, b)


def _multiply_out(x: Value, exponent: int) -> Value:
    if exponent == 1:
        return to_float(x)
    half = _multiply_out(x, exponent // 2)
    square = multiply(half, half)
    return multiply(square, x) if exponent % 2 else square


# --- of one operand ------------------------------------------------------------------


def _unary(operation: str, x: Value) -> Value:
    x = to_float(find_cell(x).take(x))
    return x.cell.emit(f"{operation} {x.text}", format_type(x.shape), x.shape)


def negative(x: Value) -> Value:
    return _unary("arith.negf", x)


def absolute(x: Value) -> Value:
    return _unary("math.absf", x)


def exp(x: Value) -> Value:
    return _unary("math.exp", x)


def log(x: Value) -> Value:
    return _unary("math.log", x)


def sqrt(x: Value) -> Value:
    return _unary("math.sqrt", x)


def rsqrt(x: Value) -> Value:
    return _unary("math.rsqrt", x)


def floor(x: Value) -> Value:
    return _unary("math.floor", x)


#: Functions of the dialect `math` that have no name of their own here.
MATH = (
    "acos acosh asin asinh atan atanh ceil cos cosh erf erfc exp2 expm1 log10 log1p log2 "
    "roundeven sin sinh tan trunc"
).split()


def math(name: str, x: Value) -> Value:
    """A function of the dialect `math`, by its name: ``ops.math("erf", x)``."""
    if name not in MATH:
        raise Error(f"math: no function '{name}', only {', '.join(MATH)}")
    return _unary(f"math.{name}", x)


_PARAMETERS = {
    "affine": 2, "leaky_relu": 1, "thresholded_relu": 1, "scaled_tanh": 2,
    "hard_sigmoid": 2, "elu": 1, "sigmoid": 0, "tanh": 0, "relu": 0, "softsign": 0,
    "softplus": 0,
}  # fmt: skip


def format_activation(kind: str, alpha: float | None, beta: float | None) -> str:
    if kind not in _PARAMETERS:
        raise Error(f"activation: no function '{kind}', only {', '.join(_PARAMETERS)}")
    parameters = ""
    for number, (name, value) in enumerate((("alpha", alpha), ("beta", beta))):
        if value is None:
            continue
        if number >= _PARAMETERS[kind]:
            raise Error(f"activation: {kind} has no parameter {name}")
        parameters += f", {name} = {format_float(value)} : f32"
    return f"<{kind}{parameters}>"


def activation(
    kind: str, x: Value, alpha: float | None = None, beta: float | None = None
) -> Value:
    """A function of `#rnn.act`, such as ``leaky_relu`` with `alpha`."""
    x = to_float(find_cell(x).take(x))
    kind = format_activation(kind, alpha, beta)
    types = f"{format_type(x.shape)} -> {format_type(x.shape)}"
    return x.cell.emit(f"rnn.activation {kind} {x.text}", types, x.shape)


def sigmoid(x: Value) -> Value:
    return activation("sigmoid", x)


def tanh(x: Value) -> Value:
    return activation("tanh", x)


def relu(x: Value) -> Value:
    return activation("relu", x)


def softplus(x: Value) -> Value:
    return activation("softplus", x)


# --- truth values ----------------------------------------------------------------------

_PREDICATES = {
    "<": "olt",
    "<=": "ole",
    ">": "ogt",
    ">=": "oge",
    "==": "oeq",
    "!=": "une",
}


def compare(predicate: str, a: Operand, b: Operand) -> Value:
    """``<``, ``<=``, ``>``, ``>=``, ``==``, ``!=``; with NaN only the last one is true."""
    x, y = _floats(predicate, a, b)
    operation = f"arith.cmpf {_PREDICATES[predicate]}, {x.text}, {y.text}"
    return x.cell.emit(operation, format_type(x.shape), x.shape, is_bool=True)


def isnan(x: Value) -> Value:
    return compare("!=", x, x)


def _logical(operation: str, what: str, a: Operand, b: Operand) -> Value:
    x, y = (to_bool(operand) for operand in meet(what, a, b))
    types = format_type(x.shape, "i1")
    return x.cell.emit(f"{operation} {x.text}, {y.text}", types, x.shape, is_bool=True)


def logical_and(a: Operand, b: Operand) -> Value:
    return _logical("arith.andi", "&", a, b)


def logical_or(a: Operand, b: Operand) -> Value:
    return _logical("arith.ori", "|", a, b)


def logical_xor(a: Operand, b: Operand) -> Value:
    return _logical("arith.xori", "^", a, b)


def logical_not(x: Value) -> Value:
    return logical_xor(x, True)


def where(condition: Operand, a: Operand, b: Operand) -> Value:
    """Elements of `a` where the condition holds, else of `b`."""
    c, x, y = meet("where", condition, a, b)
    c = to_bool(c)
    is_bool = x.is_bool and y.is_bool
    if not is_bool:
        x, y = to_float(x), to_float(y)
    types = f"{format_type(c.shape, 'i1')}, {format_type(c.shape, x.element)}"
    operation = f"arith.select {c.text}, {x.text}, {y.text}"
    return c.cell.emit(operation, types, c.shape, is_bool)


def clip(x: Value, low: Any = None, high: Any = None) -> Value:
    """Limits to [low, high]; None: no limit."""
    if low is not None:
        x = maximum(x, low)
    return x if high is None else minimum(x, high)
