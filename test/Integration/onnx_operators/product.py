# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products of weights and of computed values, and what is fused with them."""

import numpy as np

from . import case

MICROSOFT = "com.microsoft"


@case("products")
def matmul_of_two_values(g):
    a, b = g.input(4, 5), g.input(5, 3)
    return [g.node("MatMul", a, b), g.node("MatMul", g.input(5), b),
            g.node("MatMul", a, g.input(5)), g.node("MatMul", g.input(3), g.input(3)),
            g.node("MatMul", g.input(2, 1, 4, 5), g.input(3, 5, 2))]


@case("products")
def attention(g):
    q, k, v = (g.input(1, 2, 3, 4) for _ in range(3))
    scores = g.node("MatMul", q, g.node("Transpose", k, perm=[0, 1, 3, 2]))
    return g.node("MatMul", g.node("Softmax", scores), v)


@case("products")
def covariance(g):
    """A value with itself."""
    x = g.node("Reshape", g.input(1, 12), g.ints(4, 3))
    return g.node("MatMul", x, g.node("Transpose", x))


@case("products")
def matmul_in_groups(g):
    return [g.node("MatMul", g.input(1, 3, 1, 5), g.rand(3, 5, 2)),
            g.node("MatMul", g.rand(3, 2, 5), g.input(1, 3, 5, 2)),
            g.node("MatMul", g.input(1, 2, 5), g.rand(3, 5, 2)),
            g.node("MatMul", g.input(20, 1, 3), g.rand(20, 3, 2))]


@case("products")
def matmul_of_weights(g):
    """A matrix of low rank is multiplied at import."""
    low = g.node("MatMul", g.rand(6, 2), g.rand(2, 5))
    return g.node("MatMul", g.input(1, 6), low)


@case("products")
def gemms(g):
    a, b = g.input(2, 3), g.input(4, 3)
    return [g.node("Gemm", a, b, transB=1), g.node("Gemm", a, b, g.input(4), transB=1, alpha=0.5,
                                                  beta=2.0),
            g.node("Gemm", a, g.rand(3, 4), g.rand(4), alpha=0.5)]


def einsum(name, equation, *shapes, weights=()):
    def build(g):
        operands = [g.rand(*s) if i in weights else g.input(*s) for i, s in enumerate(shapes)]
        return g.node("Einsum", *operands, equation=equation)

    build.__name__ = name
    case("einsum")(build)


einsum("grouped_linear", "btgi,gih->btgh", (1, 1, 8, 8), (8, 8, 4), weights=[1])
einsum("grouped_linear_many", "btgi,gih->btgh", (1, 1, 20, 3), (20, 3, 4), weights=[1])
einsum("grouped_left", "gih,gi->gh", (3, 4, 5), (3, 4), weights=[0])
einsum("plain_linear", "...i,oi->...o", (1, 2, 6), (4, 6), weights=[1])
einsum("plain_product", "ij,jk->ik", (3, 4), (4, 5))
einsum("implicit", "ij,jk", (3, 4), (4, 5))
einsum("implicit_order", "ba", (3, 4))
einsum("scores", "bhqd,bhkd->bhqk", (1, 2, 3, 4), (1, 2, 5, 4))
einsum("elementwise", "bi,bi->bi", (2, 5), (2, 5))
einsum("inner", "i,i->", (7,), (7,))
einsum("outer", "i, j -> j i", (3,), (4,))
einsum("transpose", "abc->cab", (2, 3, 4))
einsum("sum_over", "abc->b", (2, 3, 4))
einsum("three_factors", "bi,ij,jk->bk", (1, 4), (4, 3), (3, 5), weights=[1, 2])
einsum("sum_and_product", "bij,k->bk", (1, 3, 4), (5,))
einsum("filter_bank", "bft,fm->bmt", (1, 9, 1), (9, 4), weights=[1])
einsum("ellipsis_both", "...ij,...jk->...ik", (2, 3, 4), (2, 4, 5))
einsum("ellipsis_broadcast", "...ij,...jk->...ik", (2, 1, 3, 4), (1, 3, 4, 5))
einsum("deep_filter", "bofi,bofi->bfi", (1, 5, 4, 2), (1, 5, 4, 2))


@case("fused")
def fused_gemm(g):
    x = g.input(1, 6)
    w, b = g.rand(4, 6), g.rand(4)
    return [g.node("FusedGemm", x, w, b, transB=1, activation=a, domain=MICROSOFT, **extra)
            for a, extra in (("Relu", {}), ("Tanh", {}), ("Sigmoid", {}),
                             ("LeakyRelu", {"activation_alpha": 0.2}))]


@case("fused")
def fused_matmul(g):
    x = g.input(1, 6)
    return [g.node("FusedMatMul", x, g.rand(4, 6), transB=1, alpha=0.5, domain=MICROSOFT),
            g.node("FusedMatMul", g.input(2, 6, 3), g.input(2, 4, 6), transA=1, transB=1,
                   alpha=0.3, domain=MICROSOFT)]


@case("fused")
def fused_conv(g):
    x, w, b = g.input(1, 4, 8), g.rand(3, 4, 1), g.rand(3)
    return [g.node("FusedConv", x, w, b, activation=a, domain=MICROSOFT, **extra)
            for a, extra in (("Relu", {}), ("LeakyRelu", {"activation_params": [0.1]}),
                             ("Clip", {"activation_params": [-0.5, 0.5]}))]


@case("fused")
def fused_gelus(g):
    x = g.input(1, 8)
    return [g.node("Gelu", x, domain=MICROSOFT), g.node("FastGelu", x, domain=MICROSOFT),
            g.node("FastGelu", x, g.rand(8), domain=MICROSOFT),
            g.node("BiasGelu", x, g.rand(8), domain=MICROSOFT),
            g.node("QuickGelu", x, alpha=1.3, domain=MICROSOFT)]
