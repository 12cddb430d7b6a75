# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Operators that move, pick, repeat and replace elements."""

import numpy as np

from . import case


@case("moves")
def tiles(g):
    return [g.node("Tile", g.input(1, 5), g.ints(1, 3)),
            g.node("Tile", g.input(2, 1, 3), g.ints(2, 4, 2)),
            g.node("Tile", g.input(3), g.ints(1))]


@case("moves")
def blocks(g):
    deep, wide = g.input(1, 8, 2, 3), g.input(1, 2, 4, 6)
    return [g.node("DepthToSpace", deep, blocksize=2),
            g.node("DepthToSpace", deep, blocksize=2, mode="CRD"),
            g.node("SpaceToDepth", wide, blocksize=2)]


@case("moves")
def gathers(g):
    x = g.input(1, 12, 2)
    lists = {
        "interleave": [k // 2 + 6 * (k % 2) for k in range(12)],
        "deinterleave": [*range(0, 12, 2), *range(1, 12, 2)],
        "three": [k // 3 + 4 * (k % 3) for k in range(12)],
        "stepped": [1, 5, 9, 3, 7, 11],
        "backwards": [*range(11, -1, -1)],
        "repeated": [0, 0, 3, 3, 3, 3, 5, 5],
        "any": [4, 4, -1, 0, 7, 2, 3, 4],
        "twice": [0, 1, 2, 0, 1, 2],
    }
    return [g.node("Gather", x, g.ints(*indices), axis=1) for indices in lists.values()] + [
        g.node("Gather", x, g.const([[1, 0], [-1, 1]], np.int64), axis=-1)]


@case("moves")
def slices(g):
    x = g.input(2, 9)
    return [g.node("Slice", x, g.ints(7), g.ints(-100), g.ints(1), g.ints(-2)),
            g.node("Slice", x, g.ints(-1, 1), g.ints(-100, 8), g.ints(0, 1), g.ints(-1, 3))]


@case("moves")
def gathers_of_elements(g):
    x = g.input(3, 4)
    return [g.node("GatherElements", x, g.const([[0, 2, 1, -1], [2, 0, 0, 1]], np.int64)),
            g.node("GatherElements", x, g.const([[3, 0], [1, 1], [-1, -2]], np.int64), axis=1)]


@case("moves")
def gathers_of_tuples(g):
    x = g.input(2, 3, 4)
    return [g.node("GatherND", x, g.const([[0, 1], [1, -1]], np.int64)),
            g.node("GatherND", x, g.const([[[1]], [[0]]], np.int64)),
            g.node("GatherND", x, g.const([[0, 1, 2], [1, 2, 3], [1, 0, 0]], np.int64)),
            g.node("GatherND", g.input(1, 5, 2), g.const([[[3], [0]]], np.int64), batch_dims=1)]


@case("moves")
def scatters(g):
    x = g.input(3, 4)
    return [g.node("ScatterND", x, g.const([[2], [0]], np.int64), g.input(2, 4)),
            g.node("ScatterND", x, g.const([[0, 1], [2, 3], [1, -4]], np.int64), g.input(3)),
            g.node("ScatterND", g.rand(3, 4), g.const([[1]], np.int64), g.input(1, 4)),
            g.node("ScatterElements", x, g.const([[1, 0, 2, 1]], np.int64), g.input(1, 4)),
            g.node("ScatterElements", x, g.const([[3], [1], [-1]], np.int64), g.input(3, 1),
                   axis=1)]


@case("moves", since=18)
def scatters_with_reduction(g):
    x = g.input(3, 4)
    indices = g.const([[2], [0]], np.int64)
    return [g.node("ScatterND", x, indices, g.input(2, 4), reduction=r)
            for r in ("add", "mul", "max", "min")] + [
        g.node("ScatterElements", x, g.const([[1, 0, 2, 1]], np.int64), g.input(1, 4),
               reduction="add")]


@case("moves")
def cache_by_scatter(g):
    """A ring of rows of which one is replaced; the mean is given out."""
    x, cache = g.input(1, 8), g.state(3, 8)
    shifted = g.node("Slice", cache, g.ints(1), g.ints(3), g.ints(0))
    longer = g.node("Concat", shifted, g.node("Slice", cache, g.ints(0), g.ints(1), g.ints(0)),
                    axis=0)
    new = g.node("ScatterND", longer, g.const([[2]], np.int64), x)
    g.next(cache, new)
    return g.node("GlobalAveragePool", g.node("Reshape", new, g.ints(1, 3, 8)))


@case("moves", since=14)
def triangles(g):
    x = g.input(2, 4, 5)
    return [g.node("Trilu", x), g.node("Trilu", x, g.const(1, np.int64), upper=0),
            g.node("Trilu", x, g.const(-2, np.int64)),
            g.node("MatMul", g.input(1, 6), g.node("Trilu", g.const(np.ones((6, 6)))))]


@case("moves", since=14)
def triangle_of_infinities(g):
    x = g.node("Div", g.input(3, 3), g.const(np.triu(np.ones((3, 3)))))
    return g.node("Trilu", x)


@case("moves")
def running_sums(g):
    x = g.input(2, 13)
    axis = g.const(1, np.int64)
    return [g.node("CumSum", x, axis), g.node("CumSum", x, axis, exclusive=1),
            g.node("CumSum", x, axis, reverse=1),
            g.node("CumSum", x, axis, reverse=1, exclusive=1),
            g.node("CumSum", x, g.const(-2, np.int64)),
            g.node("CumSum", g.input(3, 1), axis, exclusive=1)]


@case("moves", since=26)
def running_products(g):
    x = g.input(2, 7)
    return [g.node("CumProd", x, g.const(1, np.int64)),
            g.node("CumProd", x, g.const(1, np.int64), exclusive=1, reverse=1)]


@case("moves")
def resizes(g):
    x = g.input(1, 2, 3, 4)

    def resize(scales=None, sizes=None, **attributes):
        return g.node("Resize", x, None, scales and g.const(scales),
                      sizes and g.ints(*sizes), mode="nearest", **attributes)

    return [resize([1, 1, 2, 3], coordinate_transformation_mode="asymmetric",
                   nearest_mode="floor"),
            resize([1, 1, 2, 2]), resize([1, 1, 1, 0.5]), resize(sizes=[1, 2, 5, 7]),
            resize([1, 1, 1, 2], coordinate_transformation_mode="align_corners"),
            resize([1, 1, 3, 1], nearest_mode="ceil",
                   coordinate_transformation_mode="pytorch_half_pixel"),
            resize(sizes=[1, 2, 3, 9], nearest_mode="round_prefer_ceil")]


@case("moves")
def eye(g):
    return g.node("MatMul", g.input(1, 4), g.node("EyeLike", g.rand(4, 6), k=1))


@case("moves")
def pads(g):
    x = g.input(2, 5)
    around = g.ints(0, 2, 1, 3)
    return [g.node("Pad", x, around), g.node("Pad", x, around, g.const(1.5)),
            g.node("Pad", x, g.ints(0, -1, 0, 2)), g.node("Pad", x, around, mode="edge"),
            g.node("Pad", x, around, mode="reflect")]


@case("moves", since=19)
def pad_around(g):
    return g.node("Pad", g.input(2, 5), g.ints(0, 2, 1, 3), mode="wrap")
