# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models of operators that become several operations."""

import numpy as np
from make import *

MICROSOFT = "com.microsoft"


def fused(op, inputs, outputs, **attributes):
    made = node(op, inputs, outputs, **attributes)
    made.domain = MICROSOFT
    return made


# --- truth values and integers -------------------------------------------------


@case
def where_greater():
    nodes = [node("Greater", "x t", "c"), node("Where", "c x z", "y")]
    weights = {"t": np.float32(0.5), "z": np.float32(0)}
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]}, weights)


@case
def where_constant():
    """A mask of one value needs no selection."""
    return model(
        [node("Where", "c x z", "y")], {"x": [4], "z": [4]}, {"y": [4]}, {"c": np.array([True])}
    )


@case
def mask_logic():
    nodes = [
        node("Less", "x z", "a"),
        node("Not", "a", "b"),
        node("GreaterOrEqual", "x k", "c"),
        node("And", "b c", "d"),
        node("Cast", "d", "y", to=FLOAT),
    ]
    return model(nodes, {"x": [4], "z": [4]}, {"y": [4]}, {"k": np.float32(0.5)})


@case
def mask_where():
    """Truth values are chosen by truth values."""
    nodes = [
        node("Less", "x a", "p"),
        node("Less", "x b", "q"),
        node("Less", "x c", "r"),
        node("Where", "p q r", "m"),
        node("Cast", "m", "y", to=FLOAT),
    ]
    weights = {"a": np.float32(1), "b": np.float32(2), "c": np.float32(3)}
    return model(nodes, {"x": [4]}, {"y": [4]}, weights)


@case
def mask_output():
    nodes = [node("Less", "x z", "y")]
    return model(nodes, {"x": [4], "z": [4]}, {"y": (TensorProto.BOOL, [4])})


@case
def data_integers():
    nodes = [
        node("Cast", "x", "i", to=INT64),
        node("Add", "i two", "j"),
        node("Div", "j two", "y"),
    ]
    return model(nodes, {"x": [4]}, {"y": (INT64, [4])}, {"two": ints(2)[0]})


@case
def argmax():
    return model([node("ArgMax", "x", "y", axis=1, keepdims=0)], {"x": [1, 4]}, {"y": (INT64, [1])})


# --- movement --------------------------------------------------------------------


@case
def gather_interleaved():
    return unary("Gather", shape=(1, 6), extra="i", weights={"i": ints(0, 3, 1, 4, 2, 5)}, axis=1)


@case
def gather_repeated():
    return unary(
        "Gather", shape=(1, 3), extra="i", out=(1, 6), weights={"i": ints(0, 0, 1, 1, 2, 2)}, axis=1
    )


@case
def scatter_row():
    nodes = [node("ScatterND", "c i x", "y")]
    return model(nodes, {"x": [1, 4], "c": [3, 4]}, {"y": [3, 4]}, {"i": ints(1).reshape(1, 1)})


@case
def tile():
    return unary("Tile", shape=(1, 4), extra="r", out=(1, 12), weights={"r": ints(1, 3)})


@case
def cumulative_sum():
    return unary("CumSum", shape=(1, 3), extra="a", weights={"a": ints(1)[0]})


@case
def pool_halves():
    return unary("MaxPool", shape=(1, 2, 6), out=(1, 2, 3), kernel_shape=[2], strides=[2])


# --- products --------------------------------------------------------------------


@case
def grouped_linear():
    nodes = [node("Einsum", "x w", "y", equation="bgi,gih->bgh")]
    return model(nodes, {"x": [1, 2, 3]}, {"y": [1, 2, 4]}, {"w": rand(2, 3, 4)})


@case
def matmul_values():
    return model([node("MatMul", "x z", "y")], {"x": [2, 3], "z": [3, 4]}, {"y": [2, 4]})


@case
def fused_gemm():
    nodes = [fused("FusedGemm", "x w b", "y", transB=1, activation="Relu")]
    return model(
        nodes, {"x": [1, 3]}, {"y": [1, 4]}, {"w": rand(4, 3), "b": rand(4)}, domains=[MICROSOFT]
    )


# --- quantized -------------------------------------------------------------------


@case
def dequantized_weights():
    w = np.array([[1, 2], [3, 4], [5, 6]], np.int8)
    weights = {"w": w, "s": np.float32([0.5, 2]), "z": np.array([1, 0], np.int8)}
    nodes = [node("DequantizeLinear", "w s z", "d"), node("MatMul", "x d", "y")]
    return model(nodes, {"x": [1, 3]}, {"y": [1, 2]}, weights)


@case
def quantized_activations():
    weights = {"s": np.float32(0.5), "z": np.int8(3)}
    nodes = [node("QuantizeLinear", "x s z", "q"), node("DequantizeLinear", "q s z", "y")]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]}, weights)


@case
def dynamic_matmul():
    """As quantize_dynamic writes it; the scale goes to the weights."""
    w = np.array([[1, 2], [3, 4], [5, 6]], np.int8)
    nodes = [
        node("DynamicQuantizeLinear", "x", "q s z"),
        node("MatMulInteger", "q w z wz", "i"),
        node("Cast", "i", "f", to=FLOAT),
        node("Mul", "s ws", "sw"),
        node("Mul", "f sw", "y"),
    ]
    weights = {"w": w, "wz": np.int8(0), "ws": np.float32(0.5)}
    return model(nodes, {"x": [1, 3]}, {"y": [1, 2]}, weights)


@case
def dynamic_lstm():
    rand8 = lambda *shape: (rand(*shape) * 30).astype(np.int8)
    nodes = [
        fused("DynamicQuantizeLSTM", "x w r - - - - - ws wz rs rz", "y", hidden_size=2),
    ]
    weights = {
        "w": rand8(1, 3, 8),
        "r": rand8(1, 2, 8),
        "ws": np.float32([0.01]),
        "wz": np.int8([0]),
        "rs": np.float32([0.02]),
        "rz": np.int8([0]),
    }
    return model(
        nodes, {"x": [1, 1, 3]}, {"y": [1, 1, 1, 2]}, weights, domains=[MICROSOFT]
    )


# --- what is refused -------------------------------------------------------------


@case
def bad_einsum():
    return unary("Einsum", equation="i->i")


@case
def bad_einsum_diagonal():
    return unary("Einsum", shape=(4, 4), out=(4,), equation="ii->i")


@case
def bad_scale():
    weights = {"w": np.zeros((3, 2), np.int8), "s": np.float32([1, 2, 3])}
    nodes = [node("DequantizeLinear", "w s", "d"), node("MatMul", "x d", "y")]
    return model(nodes, {"x": [1, 3]}, {"y": [1, 2]}, weights)


@case
def bad_quantized_output():
    return model([node("DynamicQuantizeLinear", "x", "y s z")], {"x": [4]}, {"y": [4]})


@case
def bad_quantized_type():
    nodes = [node("QuantizeLinear", "x s z", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"s": np.float32(1), "z": np.int32(0)})


@case
def bad_layout():
    made = unary("Conv")
    made.graph.node[0].domain = "com.microsoft.nchwc"
    return made


@case
def bad_fused_activation():
    nodes = [fused("FusedGemm", "x w", "y", activation="Gelu")]
    return model(nodes, {"x": [1, 3]}, {"y": [1, 4]}, {"w": rand(3, 4)})


@case
def bad_resize():
    weights = {"s": np.float32([1, 1, 2])}
    return unary("Resize", shape=(1, 1, 4), out=(1, 1, 8), extra="- s", weights=weights, mode="linear")


@case
def bad_pool_indices():
    nodes = [node("MaxPool", "x", "y i", kernel_shape=[2])]
    return model(nodes, {"x": [1, 1, 4]}, {"y": [1, 1, 3]})


@case
def bad_pool_window():
    return unary("MaxPool", shape=(1, 1, 4), kernel_shape=[5])


@case
def bad_pool_time():
    return unary("AveragePool", shape=(1, 2, None), kernel_shape=[3])


@case
def bad_scatter_twice():
    nodes = [node("ScatterND", "x i u", "y", reduction="add")]
    weights = {"i": ints(1, 1).reshape(2, 1)}
    return model(nodes, {"x": [3, 2], "u": [2, 2]}, {"y": [3, 2]}, weights, opset=18)


@case
def bad_scatter_updates():
    nodes = [node("ScatterND", "x i u", "y")]
    return model(nodes, {"x": [3, 2], "u": [2]}, {"y": [3, 2]}, {"i": ints(1).reshape(1, 1)})


@case
def bad_gather_elements():
    return unary("GatherElements", extra="i", weights={"i": ints(0, 9).reshape(1, 2)}, axis=1)


@case
def bad_tile():
    return unary("Tile", extra="r", weights={"r": ints(2)})


@case
def bad_depth():
    return unary("DepthToSpace", shape=(1, 6, 2, 2), blocksize=2)


@case
def bad_groups():
    weights = {"s": rand(6), "b": rand(6)}
    return unary(
        "GroupNormalization", opset=21, shape=(1, 6, 4), extra="s b", weights=weights, num_groups=4
    )


@case
def bad_cumsum_time():
    return unary("CumSum", shape=(None, 4), extra="a", weights={"a": ints(0)[0]})
