# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Comparisons, truth values, integers of data."""

import numpy as np
from onnx import TensorProto as TP

from . import case


def comparison(op, since=13):
    def build(g):
        x, y = g.input(1, 8), g.input(3, 1)
        truth = g.node(op, x, y)
        with_weight = g.node(op, x, g.const(0.0))
        return [g.cast(truth), g.node("Where", with_weight, x, g.const(-3.0)),
                g.cast(g.node("Not", with_weight))]

    build.__name__ = op.lower()
    case("comparisons", since)(build)


for op in ("Greater", "Less", "Equal"):
    comparison(op)
for op in ("GreaterOrEqual", "LessOrEqual"):
    comparison(op, since=16)


@case("comparisons")
def logic(g):
    x = g.input(2, 6)
    a, b = g.node("Greater", x, g.const(0.2)), g.node("Less", x, g.const(0.7))
    column = g.node("Greater", g.input(2, 1), g.const(0.0))
    return [g.cast(g.node(op, a, c)) for op in ("And", "Or", "Xor", "Equal")
            for c in (b, column)]


@case("comparisons")
def where_shapes(g):
    x, y, c = g.input(2, 1, 4), g.input(3, 1), g.input(4)
    mask = g.node("Greater", c, g.const(0.0))
    return [g.node("Where", mask, x, y), g.node("Where", mask, g.const(1.0), g.const(0.0)),
            g.node("Where", mask, g.rand(2, 3, 4), y)]


@case("comparisons")
def where_by_weights(g):
    mask = g.const([True, False, True, True], np.bool_)
    return [g.node("Where", mask, g.input(2, 4), g.input(4)),
            g.node("Where", g.const(False, np.bool_), g.input(3), g.input(2, 1))]


@case("comparisons")
def where_hides_nan(g):
    """What is not chosen may be NaN or infinite."""
    x = g.input(1, 8)
    positive = g.node("Greater", x, g.const(0.0))
    return [g.node("Where", positive, g.node("Log", x), g.const(-5.0)),
            g.node("Where", g.node("Equal", x, g.const(0.0)), g.const(0.0),
                   g.node("Div", g.const(1.0), x))]


@case("comparisons")
def compared_with_nan(g):
    """Every comparison with NaN is false."""
    x = g.input(1, 6, frames=[-1.0, 2.0, 0.0, -3.0, 5.0, 1.0])
    nan = g.node("Sqrt", x)
    return [g.cast(g.node(op, nan, g.const(1.0))) for op in ("Greater", "Less", "Equal")]


@case("comparisons")
def infinities(g):
    x = g.node("Div", g.const(1.0), g.input(1, 6, frames=[0.0, -0.0, 2.0, 0.0, -4.0, 1.0]))
    return [g.cast(g.node("IsInf", x)), g.cast(g.node("IsInf", x, detect_negative=0)),
            g.cast(g.node("IsInf", x, detect_positive=0)), g.cast(g.node("IsNaN", x))]


@case("comparisons")
def masks_move(g):
    """Truth values through operators that move elements."""
    x = g.input(1, 2, 6)
    mask = g.node("Greater", x, g.const(0.0))
    turned = g.node("Transpose", mask, perm=[0, 2, 1])
    flat = g.node("Reshape", mask, g.ints(12))
    part = g.node("Slice", flat, g.ints(1), g.ints(11), g.ints(0), g.ints(3))
    joined = g.node("Concat", part, flat, axis=0)
    wide = g.node("Expand", part, g.ints(3, 4))
    return [g.cast(m) for m in (turned, flat, part, joined, wide)]


@case("comparisons")
def choice_of_masks(g):
    x = g.input(1, 6)
    a, b = g.node("Greater", x, g.const(0.5)), g.node("Less", x, g.const(-0.5))
    c = g.node("Greater", g.input(1, 6), g.const(0.0))
    return g.cast(g.node("Or", g.node("And", c, a), g.node("And", g.node("Not", c), b)))


@case("comparisons")
def counter(g):
    """A state that counts loud frames."""
    x, n = g.input(1, 1), g.state(1, 1)
    loud = g.cast(g.node("Greater", g.node("Abs", x), g.const(0.5)))
    total = g.node("Add", n, loud)
    g.next(n, total)
    return total


@case("integers")
def truncation(g):
    x = g.input(1, 12, scale=4.0)
    whole = g.cast(x, TP.INT32)
    shifted = g.node("Add", whole, g.const(3, np.int32))
    return [g.cast(whole), g.cast(g.node("Mul", shifted, whole)),
            g.cast(g.node("Div", shifted, g.const(2, np.int32))),
            g.cast(g.node("Greater", whole, g.const(1, np.int32))),
            g.cast(g.node("Mod", shifted, g.const(3, np.int32))),
            g.cast(g.node("Neg", whole)), g.cast(g.node("Abs", whole))]


@case("integers")
def casts_of_truth(g):
    x = g.input(1, 8)
    return [g.cast(g.cast(x, TP.BOOL)), g.cast(g.cast(g.cast(x, TP.BOOL), TP.INT64)),
            g.cast(g.cast(g.node("Greater", x, g.const(0.5)), TP.INT32))]


@case("integers", since=19)
def cast_like(g):
    x = g.input(1, 8, scale=3.0)
    whole = g.node("CastLike", x, g.ints(1))
    return g.node("CastLike", whole, x)


@case("integers")
def positions_of_extremes(g):
    x = g.input(2, 5, 3)
    results = [g.node(op, x, axis=axis, keepdims=keep, select_last_index=last)
               for op in ("ArgMax", "ArgMin") for axis, keep, last in
               ((1, 1, 0), (-1, 0, 1), (0, 0, 0))]
    return [g.cast(r) for r in results]


@case("integers")
def position_as_output(g):
    return g.node("ArgMax", g.input(1, 9), axis=1, keepdims=0)


@case("integers")
def sizes_reduced(g):
    """The number of elements, as exporters compute it, and sums of integers."""
    x = g.input(2, 6)
    keep = {"keepdims": 1}
    count = g.node("ReduceProd", g.node("Shape", x), **keep)
    whole = g.cast(g.input(2, 3, scale=3.0), TP.INT64)
    axes = [g.ints(1)] if g.opset >= 18 else []
    return [g.node("Reshape", x, count),
            g.cast(g.node("ReduceSum", whole, g.ints(1), **keep)),
            g.cast(g.node("ReduceMax", whole, *axes, keepdims=0,
                          **({} if axes else {"axes": [1]})))]
