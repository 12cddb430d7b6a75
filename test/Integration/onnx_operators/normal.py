# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reductions, normalizations and pools."""

import numpy as np

from . import case

MICROSOFT = "com.microsoft"


def reduction(op, since=13, positive=False):
    def build(g):
        x = g.input(2, 5, 3)
        if positive:
            x = g.node("Abs", x)

        def reduce(x, axes=None, **attributes):
            old = g.opset < (13 if op == "ReduceSum" else 18)
            if old and axes is not None:
                return g.node(op, x, axes=axes, **attributes)
            return g.node(op, x, *([g.ints(*axes)] if axes else []), **attributes)

        results = [reduce(x, [1]), reduce(x, [-1], keepdims=0), reduce(x, [0, 2], keepdims=0),
                   reduce(x, keepdims=0), reduce(x)]
        return [g.finite(r) for r in results]

    build.__name__ = op
    case("reductions", since)(build)


for op in ("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
           "ReduceSumSquare", "ReduceProd", "ReduceLogSumExp"):
    reduction(op)
reduction("ReduceLogSum", positive=True)


@case("reductions", since=18)
def reduction_of_nothing(g):
    x = g.input(2, 3)
    return [g.node(op, x, noop_with_empty_axes=1) for op in ("ReduceSum", "ReduceMax")]


@case("reductions")
def log_sum_exp_of_large_numbers(g):
    x = g.input(1, 8, scale=100.0)
    none = g.node("Log", g.node("Mul", g.node("Abs", x), g.const(0.0)))
    return [g.node("ReduceLogSumExp", x), g.finite(g.node("ReduceLogSumExp", none))]


@case("norms")
def softmaxes(g):
    x = g.input(2, 3, 4, scale=3.0)
    return [g.node(op, x, axis=axis) for op in ("Softmax", "LogSoftmax") for axis in (-1, 1)]


@case("norms", since=17)
def layer_norm(g):
    x = g.input(2, 3, 4)
    return [g.node("LayerNormalization", x, g.rand(4), g.rand(4)),
            g.node("LayerNormalization", x, g.rand(3, 4), axis=1, epsilon=0.01)]


@case("norms", since=23)
def rms_norm(g):
    x = g.input(2, 3, 4)
    return [g.node("RMSNormalization", x, g.rand(4)),
            g.node("RMSNormalization", x, g.rand(3, 4), axis=-2, epsilon=0.01)]


@case("norms")
def rms_norm_spelled_out(g):
    x = g.input(1, 16)
    mean = g.node("ReduceMean", g.node("Pow", x, g.const(2.0)),
                  *([g.ints(-1)] if g.opset >= 18 else []),
                  **({} if g.opset >= 18 else {"axes": [-1]}))
    root = g.node("Sqrt", g.node("Add", mean, g.const(1e-5)))
    return g.node("Mul", x, g.node("Reciprocal", root))


@case("norms")
def instance_norm(g):
    return [g.node("InstanceNormalization", g.input(1, 4, 8), g.rand(4), g.rand(4)),
            g.node("InstanceNormalization", g.input(1, 2, 3, 5), g.rand(2), g.rand(2),
                   epsilon=0.1)]


@case("norms", since=21)
def group_norm(g):
    return [g.node("GroupNormalization", g.input(1, 4, 8), g.rand(4), g.rand(4), num_groups=2),
            g.node("GroupNormalization", g.input(1, 6, 1, 5), g.rand(6), g.rand(6),
                   num_groups=3, epsilon=0.1)]


@case("norms")
def lp_norm(g):
    """Also of nothing but zeros, which stay."""
    x = g.input(2, 5)
    return [g.node("LpNormalization", x, axis=axis, p=p) for axis in (-1, 0) for p in (1, 2)]


@case("norms")
def mean_variance_norm(g):
    x = g.input(1, 3, 2, 4)
    shifted = g.node("Add", x, g.rand(1, 3, 2, 4))
    return [g.node("MeanVarianceNormalization", shifted),
            g.node("MeanVarianceNormalization", shifted, axes=[0, 1, 2, 3])]


@case("norms")
def batch_norm(g):
    return g.node("BatchNormalization", g.input(1, 4, 6), g.rand(4), g.rand(4), g.rand(4),
                  g.const([0.5, 1.0, 2.0, 0.1]))


@case("fused_norms", since=17)
def skip_layer_norm(g):
    """What ONNX Runtime's optimizer writes."""
    x, skip = g.input(1, 2, 8), g.input(1, 2, 8)
    gamma, beta, bias = g.rand(8), g.rand(8), g.rand(8)
    y = g.node("SkipLayerNormalization", x, skip, gamma, beta, bias, domain=MICROSOFT,
               epsilon=1e-5)
    simple = g.node("SkipSimplifiedLayerNormalization", x, skip, gamma, domain=MICROSOFT,
                    epsilon=1e-5)
    return [y, simple]


@case("fused_norms", since=17)
def simplified_layer_norm(g):
    return g.node("SimplifiedLayerNormalization", g.input(1, 2, 8), g.rand(8), axis=-1,
                  epsilon=1e-5)


@case("pools")
def global_pools(g):
    x = g.input(1, 4, 2, 8)
    return [g.node("GlobalAveragePool", x), g.node("GlobalMaxPool", x)]


def pool(name, shape, since=13, **attributes):
    def build(g):
        x = g.input(*shape)
        average = g.node("AveragePool", x, **attributes)
        with_pads = g.node("AveragePool", x, count_include_pad=1, **attributes)
        return [g.node("MaxPool", x, **attributes), average, with_pads]

    build.__name__ = name
    case("pools", since)(build)


pool("pool_halves", (1, 4, 1, 8), kernel_shape=[1, 2], strides=[1, 2])
pool("pool_overlap", (1, 2, 9), kernel_shape=[3], strides=[2])
pool("pool_padded", (1, 2, 9), kernel_shape=[3], strides=[1], pads=[1, 1])
pool("pool_uneven", (1, 2, 8), kernel_shape=[4], strides=[3], pads=[0, 2])
pool("pool_two_dimensions", (1, 2, 4, 6), kernel_shape=[2, 3], strides=[2, 3])
pool("pool_two_overlap", (1, 2, 4, 6), kernel_shape=[3, 3], strides=[1, 2], pads=[1, 1, 1, 1])
pool("pool_same", (1, 2, 7), kernel_shape=[3], strides=[2], auto_pad="SAME_UPPER")
pool("pool_same_lower", (1, 2, 8), kernel_shape=[4], strides=[3], auto_pad="SAME_LOWER")
pool("pool_ceil", (1, 2, 8), since=22, kernel_shape=[3], strides=[2], ceil_mode=1)
pool("pool_dilated", (1, 2, 9), since=19, kernel_shape=[2], strides=[1], dilations=[3])


@case("pools")
def max_pool_dilated(g):
    return g.node("MaxPool", g.input(1, 2, 9), kernel_shape=[3], dilations=[2], pads=[2, 2])
