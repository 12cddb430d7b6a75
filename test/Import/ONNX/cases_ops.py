# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models of one operator each."""

import numpy as np
from make import *

# --- elementwise ---------------------------------------------------------------


@case
def arithmetic():
    nodes = [
        node("Add", "x b", "a"),
        node("Sub", "a x", "s"),
        node("Mul", "s k", "m"),
        node("Div", "m b", "d"),
        node("Max", "d x", "hi"),
        node("Min", "hi k x", "lo"),
        node("Neg", "lo", "n"),
        node("Abs", "n", "y"),
    ]
    weights = {"b": rand(3, 8) + 5, "k": np.float32(0.5)}
    return model(nodes, {"x": [1, 3, 8]}, {"y": [1, 3, 8]}, weights)


@case
def broadcast_both():
    """Two values of the network, each repeated along a dimension of the other."""
    return model(
        [node("Add", "x z", "y")], {"x": [4, 1], "z": [3]}, {"y": [4, 3]}
    )


@case
def powers():
    nodes = [
        node("Abs", "x", "p"),
        node("Pow", "x two", "a"),
        node("Pow", "p half", "b"),
        node("Pow", "x three", "c"),
        node("Pow", "p minus", "d"),
        node("Pow", "p odd", "e"),
        node("Sum", "a b c d e", "y"),
    ]
    weights = {
        "two": np.float32(2),
        "half": np.float32(0.5),
        "three": ints(3)[0],
        "minus": np.float32(-1),
        "odd": np.float32(0.7),
    }
    return model(nodes, {"x": [4]}, {"y": [4]}, weights)


@case
def roots():
    nodes = [
        node("Exp", "x", "a"),
        node("Log", "a", "b"),
        node("Sqrt", "a", "c"),
        node("Reciprocal", "c", "d"),
        node("Mean", "b c d", "y"),
    ]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def activations():
    nodes = [
        node("Relu", "x", "a"),
        node("Sigmoid", "x", "b"),
        node("Tanh", "x", "c"),
        node("HardSigmoid", "x", "d", alpha=0.25, beta=0.4),
        node("LeakyRelu", "x", "e", alpha=0.1),
        node("Elu", "x", "f"),
        node("Softplus", "x", "g"),
        node("Softsign", "x", "h"),
        node("ThresholdedRelu", "x", "i", alpha=0.3),
        node("HardSwish", "x", "j"),
        node("Concat", "a b c d e f g h i j", "y", axis=0),
    ]
    return model(nodes, {"x": [4]}, {"y": [40]})


@case
def prelu():
    nodes = [node("PRelu", "x one", "a"), node("PRelu", "a each", "y")]
    weights = {"one": np.float32([0.25]), "each": rand(3, 1)}
    return model(nodes, {"x": [1, 3, 4]}, {"y": [1, 3, 4]}, weights)


@case
def clip_attributes():
    return unary("Clip", opset=9, min=-0.5, max=0.5)


@case
def clip_inputs():
    return unary("Clip", extra="lo -", weights={"lo": np.float32(-0.25)})


@case
def half_cast():
    """A network in float16: imported as float32."""
    w = rand(4, 4).astype(np.float16)
    nodes = [
        node("Cast", "x", "a", to=TensorProto.FLOAT16),
        node("MatMul", "a w", "b"),
        node("Cast", "b", "y", to=FLOAT),
    ]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]}, {"w": w})


# --- data movement -------------------------------------------------------------


@case
def reshapes():
    nodes = [
        node("Reshape", "x s", "a"),
        node("Unsqueeze", "a two", "b"),
        node("Squeeze", "b two", "c"),
        node("Flatten", "c", "d", axis=-1),
        node("Identity", "d", "e"),
        node("Dropout", "e", "y"),
    ]
    weights = {"s": ints(0, -1, 4), "two": ints(2)}
    return model(nodes, {"x": [1, 2, 6]}, {"y": [3, 4]}, weights)


@case
def reshapes_old():
    nodes = [
        node("Unsqueeze", "x", "a", axes=[0, -1]),
        node("Squeeze", "a", "b", axes=[-1]),
        node("Squeeze", "b", "c"),
        node("Dropout", "c", "y", ratio=0.5),
    ]
    return model(nodes, {"x": [1, 6]}, {"y": [6]}, opset=11)


@case
def transposes():
    nodes = [
        node("Transpose", "x", "a", perm=[0, 2, 1]),
        node("Transpose", "a", "y"),
    ]
    return model(nodes, {"x": [1, 2, 3]}, {"y": [2, 3, 1]})


@case
def slices():
    nodes = [
        node("Slice", "x starts ends axes steps", "a"),
        node("Slice", "a from to", "y"),
    ]
    weights = {
        "starts": ints(-100, 7),
        "ends": ints(2**63 - 1, -1),
        "axes": ints(-2, 2),
        "steps": ints(1, 2),
        "from": ints(0, -2),
        "to": ints(1, 9),
    }
    return model(nodes, {"x": [1, 3, 12]}, {"y": [1, 2, 2]}, weights)


@case
def slice_attributes():
    return unary("Slice", opset=9, out=(1, 2), starts=[1], ends=[3], axes=[1])


@case
def gathers():
    nodes = [
        node("Gather", "x last", "a", axis=1),
        node("Gather", "a every", "b", axis=1),
        node("Gather", "b mixed", "y", axis=1),
    ]
    weights = {
        "last": np.array(-1, np.int64),
        "every": ints(0, 2, 4, 6),
        "mixed": np.array([[3, 0], [1, 2]], np.int64),
    }
    return model(nodes, {"x": [1, 3, 8]}, {"y": [1, 2, 2]}, weights)


@case
def splits():
    nodes = [
        node("Split", "x sizes", "a b", axis=1),
        node("Split", "b", "c d", axis=1),
        node("Concat", "d a c", "y", axis=-1),
    ]
    weights = {"sizes": ints(2, 6)}
    return model(nodes, {"x": [1, 8]}, {"y": [1, 8]}, weights)


@case
def split_old():
    nodes = [
        node("Split", "x", "a b", axis=1, split=[3, 5]),
        node("Concat", "b a", "y", axis=1),
    ]
    return model(nodes, {"x": [1, 8]}, {"y": [1, 8]}, opset=11)


@case
def split_uneven():
    nodes = [
        node("Split", "x", "a b c", axis=1, num_outputs=3),
        node("Concat", "c b a", "y", axis=1),
    ]
    return model(nodes, {"x": [1, 8]}, {"y": [1, 8]}, opset=18)


@case
def pads():
    nodes = [node("Pad", "x p v", "y")]
    weights = {"p": ints(0, 2, 0, -1), "v": np.float32(0.5)}
    return model(nodes, {"x": [1, 4]}, {"y": [1, 5]}, weights)


@case
def pad_attributes():
    return unary("Pad", opset=10, out=(1, 6), pads=[0, 1, 0, 1], mode="constant")


@case
def expands():
    nodes = [node("Expand", "x s", "y")]
    return model(nodes, {"x": [3, 1]}, {"y": [2, 3, 4]}, {"s": ints(2, 1, 4)})


# --- products ------------------------------------------------------------------


@case
def gemm():
    """Integers, so that the transposition can be read."""
    w = np.array([[1, 2, 3], [4, 5, 6]], np.float32)
    nodes = [node("Gemm", "x w b", "y")]
    return model(nodes, {"x": [1, 2]}, {"y": [1, 3]}, {"w": w, "b": rand(3)})


@case
def gemm_scaled():
    nodes = [node("Gemm", "x w b", "y", alpha=2.0, beta=0.5, transB=1)]
    w = np.array([[1, 2], [3, 4], [5, 6]], np.float32)
    b = np.array([[2, 4, 6]], np.float32)
    return model(nodes, {"x": [1, 2]}, {"y": [1, 3]}, {"w": w, "b": b})


@case
def gemm_left():
    """The constant side is the left one, and x is transposed."""
    nodes = [node("Gemm", "w x b", "y", transA=1, transB=1)]
    weights = {"w": rand(5, 6), "b": rand(6, 1)}
    return model(nodes, {"x": [2, 5]}, {"y": [6, 2]}, weights)


@case
def gemm_trans_a():
    nodes = [node("Gemm", "x w z", "y", transA=1)]
    return model(
        nodes, {"x": [5, 1], "z": [1, 6]}, {"y": [1, 6]}, {"w": rand(5, 6)}
    )


@case
def matmul():
    nodes = [node("MatMul", "x w", "a"), node("MatMul", "v a", "y")]
    weights = {"w": rand(5, 6), "v": rand(7, 3)}
    return model(nodes, {"x": [2, 3, 5]}, {"y": [2, 7, 6]}, weights)


@case
def matmul_vectors():
    nodes = [
        node("MatMul", "x w", "a"),
        node("MatMul", "a v", "b"),
        node("MatMul", "u x", "c"),
        node("Add", "b c", "y"),
    ]
    weights = {"w": rand(1, 5, 6), "v": rand(6), "u": rand(1, 4, 5)}
    return model(nodes, {"x": [5]}, {"y": [1, 4]}, weights)


@case
def conv_pointwise():
    nodes = [node("Conv", "x w b", "y", kernel_shape=[1])]
    weights = {"w": rand(6, 5, 1), "b": rand(6)}
    return model(nodes, {"x": [1, 5, 9]}, {"y": [1, 6, 9]}, weights)


@case
def conv_single():
    """One position: a matvec without transposition."""
    nodes = [node("Conv", "x w", "y", auto_pad="SAME_UPPER")]
    return model(nodes, {"x": [1, 5, 1]}, {"y": [1, 6, 1]}, {"w": rand(6, 5, 1)})


@case
def conv_whole():
    """The past frames are a state, the kernel covers them and the new one."""
    nodes = [
        node("Concat", "cache_in x", "window", axis=2),
        node("Conv", "window w b", "y"),
        node("Slice", "window one end two", "cache_out"),
    ]
    weights = {
        "w": rand(6, 4, 3),
        "b": rand(6),
        "one": ints(1),
        "end": ints(3),
        "two": ints(2),
    }
    return model(
        nodes,
        {"x": [1, 4, 1], "cache_in": [1, 4, 2]},
        {"y": [1, 6, 1], "cache_out": [1, 4, 2]},
        weights,
    )


# --- reductions and normalizations ---------------------------------------------


@case
def reductions():
    nodes = [
        node("ReduceMean", "x", "a", axes=[-1]),
        node("ReduceSum", "x last", "b", keepdims=0),
        node("ReduceMax", "x", "c", axes=[1, 2]),
        node("ReduceMin", "x", "d"),
        node("ReduceL2", "x", "e", axes=[2], keepdims=0),
        node("ReduceL1", "x", "f", axes=[2]),
        node("ReduceSumSquare", "x", "g", axes=[2]),
        node("Add", "b e", "h"),
        node("Sum", "a c d f g", "i"),
        node("Add", "h i", "y"),
    ]
    return model(nodes, {"x": [1, 3, 8]}, {"y": [1, 3, 3]}, {"last": ints(-1)})


@case
def reduce_inputs():
    nodes = [
        node("ReduceMean", "x last", "a"),
        node("ReduceSum", "x -", "b", noop_with_empty_axes=1),
        node("Sub", "b a", "y"),
    ]
    return model(nodes, {"x": [2, 8]}, {"y": [2, 8]}, {"last": ints(1)}, opset=18)


@case
def softmax():
    nodes = [node("Softmax", "x", "a", axis=1), node("LogSoftmax", "a", "y")]
    return model(nodes, {"x": [2, 3, 4]}, {"y": [2, 3, 4]})


@case
def softmax_old():
    return unary("Softmax", opset=11, shape=(2, 3, 4))


@case
def layer_normalization():
    nodes = [node("LayerNormalization", "x s b", "y", epsilon=1e-3)]
    return model(nodes, {"x": [1, 8]}, {"y": [1, 8]}, {"s": rand(8), "b": rand(8)})


@case
def batch_normalization():
    nodes = [node("BatchNormalization", "x s b m v", "y", epsilon=1e-3)]
    weights = {"s": rand(3), "b": rand(1, 3)[0], "m": rand(2, 3)[0], "v": rand(3) ** 2}
    return model(nodes, {"x": [1, 3, 2]}, {"y": [1, 3, 2]}, weights)
