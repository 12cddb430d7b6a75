# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that must be refused with one line each: shapes and indices."""

import numpy as np
from make import *

# --- shapes --------------------------------------------------------------------


@case
def bad_broadcast():
    return model([node("Add", "x w", "y")], {"x": [4]}, {"y": [4]}, {"w": rand(3)})


@case
def bad_reshape():
    return unary("Reshape", extra="s", weights={"s": ints(3, -1)})


@case
def bad_reshape_value():
    made = model([node("Reshape", "x s", "y")], {"x": [4], "s": [1]}, {"y": [4]})
    return made


@case
def bad_transpose():
    return unary("Transpose", perm=[0, 0])


@case
def bad_squeeze():
    return unary("Squeeze", extra="a", weights={"a": ints(1)})


@case
def bad_concat():
    return model(
        [node("Concat", "x w", "y", axis=0)], {"x": [1, 4]}, {"y": [2, 4]}, {"w": rand(1, 3)}
    )


@case
def bad_slice():
    return unary("Slice", extra="a b", weights={"a": ints(0, 3), "b": ints(1, 2)})


@case
def bad_gather():
    return unary("Gather", extra="i", weights={"i": ints(4)}, axis=1)


@case
def bad_split():
    return model(
        [node("Split", "x s", "y z", axis=1)], {"x": [1, 4]}, {"y": [1, 4]}, {"s": ints(1, 2)}
    )


@case
def bad_axis():
    return unary("Softmax", axis=2)


@case
def bad_pad_mode():
    return unary("Pad", extra="p", weights={"p": ints(0, 1, 0, 1)}, mode="mirror")


@case
def bad_huge_constant():
    nodes = [
        node("ConstantOfShape", "s", "c"),
        node("Add", "x c", "y"),
    ]
    return model(nodes, {"x": [1]}, {"y": [1]}, {"s": ints(2**40)})


@case
def bad_doubling():
    """Each node doubles a constant: only the budget ends it."""
    nodes = [node("Concat", f"c{i} c{i}", f"c{i + 1}", axis=0) for i in range(60)]
    nodes.append(node("Add", "x c60", "y"))
    return model(nodes, {"x": [1]}, {"y": [1]}, {"c0": rand(1)})


@case
def bad_division():
    nodes = [node("Div", "a a", "s"), node("Reshape", "x s", "y")]
    return model(nodes, {"x": [1]}, {"y": [1]}, {"a": ints(0)})


@case
def bad_reshape_twice():
    return unary("Reshape", extra="s", weights={"s": ints(-1, -1)})


@case
def bad_flatten():
    return unary("Flatten", axis=3)


@case
def bad_axes_twice():
    return unary("Unsqueeze", extra="a", weights={"a": ints(0, 0)})


@case
def bad_axes_missing():
    return unary("Unsqueeze")


@case
def bad_axes_value():
    return model([node("Squeeze", "x a", "y")], {"x": [1, 4], "a": [1]}, {"y": [4]})


@case
def bad_expand():
    return unary("Expand", extra="s", weights={"s": ints(3, 5)})


@case
def bad_expand_negative():
    return unary("Expand", extra="s", weights={"s": ints(-2)})


@case
def bad_expand_frames():
    nodes = [
        node("Shape", "x", "s"),
        node("Mul", "s k", "t"),
        node("Expand", "x t", "y"),
    ]
    return model(nodes, {"x": ["T", 4]}, {"y": ["T", 4]}, {"k": ints(2, 1)})


@case
def bad_reshape_frames():
    nodes = [
        node("Shape", "x", "s"),
        node("Mul", "s k", "t"),
        node("Reshape", "x t", "y"),
    ]
    return model(nodes, {"x": ["T", 4, 2]}, {"y": ["T", 2, 4]}, {"k": ints(2, 1, 1)})


@case
def bad_slice_missing():
    return unary("Slice")


@case
def bad_slice_lengths():
    return unary("Slice", extra="a b", weights={"a": ints(0), "b": ints(1, 1)})


@case
def bad_slice_twice():
    weights = {"a": ints(0, 0), "b": ints(1, 1), "d": ints(1, 1)}
    return unary("Slice", extra="a b d", weights=weights)


@case
def bad_slice_zero():
    weights = {"a": ints(0), "b": ints(1), "d": ints(1), "s": ints(0)}
    return unary("Slice", extra="a b d s", weights=weights)


@case
def bad_slice_value():
    return model([node("Slice", "x a a", "y")], {"x": [4], "a": [1]}, {"y": [4]})


@case
def bad_slice_frames():
    """The first T features."""
    nodes = [
        node("Shape", "x", "s"),
        node("Slice", "s zero one", "t"),
        node("Slice", "x zero t one", "y"),
    ]
    return model(nodes, {"x": ["T", 4]}, {"y": ["T", "T"]}, {"zero": ints(0), "one": ints(1)})


@case
def bad_slice_start_frames():
    nodes = [
        node("Shape", "x", "s"),
        node("Slice", "s zero one", "t"),
        node("Slice", "x t end one", "y"),
    ]
    weights = {"zero": ints(0), "one": ints(1), "end": ints(4)}
    return model(nodes, {"x": ["T", 4]}, {"y": ["T", "T"]}, weights)


@case
def bad_gather_value():
    return model([node("Gather", "x i", "y")], {"x": [4], "i": [1]}, {"y": [1]})


@case
def bad_gather_empty():
    return unary("Gather", extra="i", weights={"i": np.zeros((0,), np.int64)}, axis=1)


@case
def bad_gather_frames():
    nodes = [node("Shape", "x", "s"), node("Gather", "x s", "y", axis=1)]
    return model(nodes, {"x": ["T", 9]}, {"y": ["T", 2]})


@case
def bad_split_equal():
    return model([node("Split", "x", "y z a", axis=1)], {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_split_count():
    return model([node("Split", "x", "y z", axis=1, num_outputs=3)], {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_split_part():
    return model(
        [node("Split", "x s", "y z", axis=1)], {"x": [1, 4]}, {"y": [1, 4]}, {"s": ints(-1, 5)}
    )


@case
def bad_split_time():
    return model(
        [node("Split", "x s", "y z", axis=1)], {"x": [1, "T"]}, {"y": [1, 1]}, {"s": ints(1, 0)}
    )


@case
def bad_pad_count():
    return unary("Pad", extra="p", weights={"p": ints(0, 1)})


@case
def bad_pad_value():
    return model(
        [node("Pad", "x p v", "y")], {"x": [1], "v": []}, {"y": [2]}, {"p": ints(0, 1)}
    )


@case
def bad_pad_cut():
    return unary("Pad", extra="p", weights={"p": ints(0, -2, 0, -2)})


@case
def bad_pad_size():
    return unary("Pad", extra="p", weights={"p": ints(0, 2**28, 0, 0)})


@case
def bad_pad_twice():
    weights = {"p": ints(1, 1, 1, 1), "a": ints(1, -1)}
    return unary("Pad", opset=18, extra="p - a", weights=weights)


@case
def bad_reduce_integers():
    nodes = [node("ReduceL2", "k -", "s"), node("Reshape", "x s", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"k": ints(4)})


@case
def bad_softmax_scalar():
    return unary("Softmax", shape=())


@case
def bad_layer_normalization():
    return unary("LayerNormalization", extra="s", weights={"s": rand(3)})


@case
def bad_batch_normalization():
    weights = {"s": rand(3)}
    return unary("BatchNormalization", shape=(1, 4, 2), extra="s s s s", weights=weights)


@case
def bad_batch_training():
    weights = {"s": rand(4)}
    return unary("BatchNormalization", extra="s s s s", weights=weights, training_mode=1)
