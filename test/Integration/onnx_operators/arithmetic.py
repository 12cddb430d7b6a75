# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of one number, and of two."""

import numpy as np

from . import case


def unary(group, op, shape=(1, 16), since=13, scale=1.0, offset=0.0, name=None,
          tolerance=None, **attributes):
    def build(g):
        return g.node(op, g.input(*shape, scale=scale, offset=offset), **attributes)

    build.__name__ = name or op.lower()
    case(group, since, tolerance=tolerance)(build)


for op in ("Floor", "Ceil", "Round", "Sign", "Neg", "Abs"):
    unary("rounding", op, scale=3.0)
unary("rounding", "Round", name="round_ties", scale=0.0, offset=2.5)
for op in ("Exp", "Erf", "Sin", "Cos", "Atan", "Sinh", "Cosh", "Asinh"):
    unary("functions", op)
unary("functions", "Sin", name="sin_far", scale=20.0)
unary("functions", "Cos", name="cos_far", scale=20.0)
unary("functions", "Tan", scale=0.4)
unary("functions", "Asin", scale=0.2)
unary("functions", "Acos", scale=0.2)
unary("functions", "Atanh", scale=0.2)
unary("functions", "Acosh", scale=0.2, offset=3.0)
unary("functions", "Atan", name="atan_far", scale=100.0)


@case("functions")
def log_and_root_of_nothing(g):
    x = g.input(1, 6, frames=[0.0, -1.0, 4.0, 0.25, 1e-30, -0.0])
    return [g.finite(g.node(op, x)) for op in ("Log", "Sqrt", "Reciprocal")]


@case("functions")
def log_of_silence(g):
    power = g.node("Mul", *[g.input(1, 8, scale=0.001)] * 2)
    return g.node("Log", g.node("Add", power, g.const(1e-8)))


unary("activations", "Gelu", since=20)
unary("activations", "Gelu", since=20, name="gelu_tanh", approximate="tanh")
unary("activations", "Mish", since=18, scale=4.0)
unary("activations", "Selu")
unary("activations", "Selu", name="selu_parameters", alpha=1.2, gamma=0.7)
unary("activations", "Celu")
unary("activations", "Celu", name="celu_alpha", alpha=0.4)
unary("activations", "Shrink", lambd=0.7, bias=0.2)
unary("activations", "Softplus", scale=20.0)
unary("activations", "Softsign")
unary("activations", "HardSwish", since=14, scale=3.0)
unary("activations", "HardSigmoid", scale=3.0)
unary("activations", "Elu", alpha=0.6)
unary("activations", "LeakyRelu", alpha=0.3)
unary("activations", "ThresholdedRelu", alpha=0.4)
unary("activations", "Swish", since=24)
unary("activations", "Swish", since=24, name="swish_alpha", alpha=1.7)


@case("activations")
def gelu_spelled_out(g):
    x = g.input(1, 16)
    y = g.node("Erf", g.node("Div", x, g.const(np.sqrt(2.0))))
    return g.node("Mul", g.node("Mul", x, g.node("Add", y, g.const(1.0))), g.const(0.5))


@case("activations")
def softplus_spelled_out(g):
    """log(1 + exp(x)), and with a threshold as PyTorch's exporter writes it."""
    x = g.input(1, 16, scale=3.0)
    plain = g.node("Log", g.node("Add", g.node("Exp", x), g.const(1.0)))
    soft = g.node("Softplus", g.node("Mul", x, g.const(2.0)))
    return [plain, g.node("Where", g.node("Greater", x, g.const(5.0)), x,
                          g.node("Div", soft, g.const(2.0)))]


@case("activations")
def mish_spelled_out(g):
    x = g.input(2, 8)
    return g.node("Mul", x, g.node("Tanh", g.node("Softplus", x)))


@case("activations")
def prelu_channels(g):
    return [g.node("PRelu", g.input(1, 4, 1, 8), g.rand(4, 1, 1)),
            g.node("PRelu", g.input(1, 4), g.const([0.3])),
            g.node("PRelu", g.input(1, 4), g.input(4))]


@case("activations")
def clips(g):
    x = g.input(2, 6, scale=2.0)
    lowest = g.node("ReduceMean", x, keepdims=0) if g.opset < 18 else g.node(
        "ReduceMean", x, None, keepdims=0)
    return [g.node("Clip", x, g.const(-0.5), g.const(1.0)),
            g.node("Clip", x, None, g.const(0.25)),
            g.node("Clip", x, lowest),
            g.node("Clip", x, g.const(1.0), g.const(-1.0))]


@case("functions")
def remainders(g):
    x, y = g.input(1, 12, scale=5.0), g.input(12, offset=6.0, scale=0.3)
    return [g.node("Mod", x, g.const(1.5), fmod=1), g.node("Mod", x, y, fmod=1)]


@case("functions", since=28)
def remainder_of_the_divisors_sign(g):
    return g.node("Mod", g.input(1, 12, scale=5.0), g.const(-1.5))


@case("functions")
def powers(g):
    x = g.input(1, 8)
    positive = g.node("Add", g.node("Abs", x), g.const(0.1))
    return [g.node("Pow", x, g.const(2.0)), g.node("Pow", x, g.const(3, np.int64)),
            g.node("Pow", positive, g.const(0.3)), g.node("Pow", positive, x)]


@case("broadcasts")
def both_sides(g):
    a, b = g.input(4, 1, 3), g.input(5, 1)
    return [g.node(op, a, b) for op in ("Add", "Sub", "Mul", "Max", "Min")]


@case("broadcasts")
def with_weights(g):
    x = g.input(1, 3, 4)
    return [g.node("Add", x, g.rand(3, 1)), g.node("Sub", g.rand(2, 3, 4), x),
            g.node("Mul", g.rand(), x), g.node("Div", x, g.const([[2.0], [3.0], [-4.0]]))]


@case("broadcasts")
def sums_of_many(g):
    x = g.input(2, 4)
    return [g.node(op, x, g.rand(4), g.input(2, 1), g.rand(1))
            for op in ("Sum", "Mean", "Max", "Min")]


@case("functions")
def double_inside(g):
    return g.cast(g.node("Exp", g.cast(g.input(1, 8), 11)))
