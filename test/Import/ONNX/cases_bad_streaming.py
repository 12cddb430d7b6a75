# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that must be refused with one line each: products, frames that would
be mixed, recurrent operators."""

import numpy as np
from cases_networks import HID, IN, weights_for
from make import *


def recurrent(op="LSTM", x=(1, 1, IN), inputs="x W R B", weights=None, **attributes):
    """One LSTM or GRU with something wrong."""
    gates = {"LSTM": 4, "GRU": 3}[op]
    attributes.setdefault("hidden_size", HID)
    return model(
        [node(op, inputs, "y", name="cell", **attributes)],
        {"x": list(x)},
        {"y": [1, 1, 1, HID]},
        {**weights_for(gates, peepholes=True), **(weights or {})},
    )


# --- products ------------------------------------------------------------------


@case
def bad_matmul():
    return model([node("MatMul", "x w", "y")], {"x": [1, 4]}, {"y": [1, 2]}, {"w": rand(3, 2)})


@case
def bad_gemm_bias():
    return model(
        [node("Gemm", "x w b", "y")],
        {"x": [1, 4]},
        {"y": [1, 2]},
        {"w": rand(4, 2), "b": rand(3)},
    )


@case
def bad_conv_kernel():
    return unary("Conv", shape=(1, 2, 9), extra="w", weights={"w": rand(3, 2, 5)}, pads=[2, 2])


@case
def bad_conv_group():
    return unary("Conv", shape=(1, 2, 9), extra="w", weights={"w": rand(2, 1, 1)}, group=2)


@case
def bad_conv_weights():
    return model(
        [node("Conv", "x w", "y")], {"x": [1, 2, 3], "w": [2, 2, 1]}, {"y": [1, 2, 3]}
    )


@case
def bad_conv_shapes():
    return unary("Conv", shape=(1, 2, 9), extra="w", weights={"w": rand(3, 4, 1)})


@case
def bad_conv_kernel_shape():
    return unary(
        "Conv", shape=(1, 2, 9), extra="w", weights={"w": rand(3, 2, 1)}, kernel_shape=[3]
    )


@case
def bad_conv_lengths():
    return unary("Conv", shape=(1, 2, 9), extra="w", weights={"w": rand(3, 2, 1)}, strides=[1, 1])


@case
def bad_conv_bias():
    weights = {"w": rand(3, 2, 1), "b": rand(2)}
    return unary("Conv", shape=(1, 2, 9), extra="w b", weights=weights)


@case
def bad_gemm_output():
    return model(
        [node("Gemm", "x w b", "y")],
        {"x": [1, 4]},
        {"y": [3, 2]},
        {"w": rand(4, 2), "b": rand(3, 2)},
    )


# --- frames --------------------------------------------------------------------


@case
def bad_conv_time():
    return unary("Conv", shape=(1, 2, "T"), extra="w", weights={"w": rand(3, 2, 3)}, pads=[1, 1])


@case
def bad_reduce_time():
    return unary("ReduceMean", shape=("T", 4), axes=[0])


@case
def bad_softmax_time():
    return unary("Softmax", shape=(4, "T"))


@case
def bad_concat_time():
    return model(
        [node("Concat", "w x", "y", axis=0)], {"x": ["T", 4]}, {"y": ["T", 4]}, {"w": rand(2, 4)}
    )


@case
def bad_pad_time():
    return unary("Pad", shape=("T", 4), extra="p", weights={"p": ints(1, 0, 0, 0)})


@case
def bad_slice_time():
    return unary("Slice", shape=("T", 4), extra="a b", weights={"a": ints(1), "b": ints(9)})


@case
def bad_gather_time():
    return unary("Gather", shape=("T", 4), extra="i", weights={"i": ints(0)})


@case
def bad_flatten_time():
    return unary("Flatten", shape=("T", 4), axis=0)


@case
def bad_reshape_time():
    return unary("Reshape", shape=("T", 4), extra="s", weights={"s": ints(-1)})


@case
def bad_matmul_time():
    return unary("MatMul", shape=(4, "T"), extra="w", weights={"w": rand(1, 2)})


@case
def bad_broadcast_time():
    return unary("Add", shape=("T", 4), extra="w", weights={"w": rand(3, 4)})


@case
def bad_count_frames():
    """Divides by the number of frames."""
    nodes = [
        node("Shape", "x", "s"),
        node("Cast", "s", "n", to=FLOAT),
        node("Div", "x n", "y"),
    ]
    return model(nodes, {"x": ["T", 2]}, {"y": ["T", 2]})


# --- recurrent -----------------------------------------------------------------


@case
def bad_bidirectional():
    return recurrent(direction="bidirectional")


@case
def bad_reverse():
    return recurrent("GRU", direction="reverse")


@case
def bad_sequence():
    return recurrent(x=(10, 1, IN))


@case
def bad_bands():
    """Along the bands of one frame both directions are possible."""
    return recurrent("GRU", x=(33, 1, IN), direction="bidirectional")


@case
def bad_batch():
    return recurrent(x=(1, 16, IN))


@case
def bad_features_open():
    return recurrent(x=(1, 1, "F"), weights={"W": rand(1, 20, 1)})


@case
def bad_x():
    return recurrent(x=(1, IN))


@case
def bad_r():
    return recurrent(weights={"R": rand(20, HID)})


@case
def bad_b():
    return recurrent("GRU", weights={"B": rand(1, 3 * HID)})


@case
def bad_w():
    return recurrent(weights={"W": rand(1, 20, IN + 1)})


@case
def bad_hidden_size():
    return recurrent(hidden_size=HID + 1)


@case
def bad_lstm_weights():
    """Weights that are not constant."""
    made = recurrent()
    made.graph.input.append(value("W", [1, 20, IN]))
    del made.graph.initializer[0]
    return made


@case
def bad_lengths():
    return recurrent(inputs="x W R B n", weights={"n": np.array([3], np.int32)})


@case
def bad_initial():
    return recurrent(inputs="x W R B - h", weights={"h": rand(1, 2, HID)})


@case
def bad_activation():
    return recurrent("GRU", activations=["Sigmoid", "Swish"])


@case
def bad_activation_count():
    return recurrent(activations=["Sigmoid"])


@case
def bad_clip():
    return recurrent(clip=-1.0)


@case
def bad_peepholes():
    return recurrent(inputs="x W R B - - - P", weights={"P": rand(1, HID)})
