# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recurrent models, states, dynamic dimensions, constants."""

import numpy as np
from make import *

IN, HID = 3, 5


def weights_for(gates, bias=True, peepholes=False):
    weights = {"W": rand(1, gates * HID, IN) / 2, "R": rand(1, gates * HID, HID) / 2}
    if bias:
        weights["B"] = rand(1, 2 * gates * HID)
    if peepholes:
        weights["P"] = rand(1, 3 * HID)
    return weights


# --- LSTM, GRU, RNN ------------------------------------------------------------


@case
def lstm():
    nodes = [node("LSTM", "x W R B - h_in c_in", "y h_out c_out", hidden_size=HID)]
    state = [1, 1, HID]
    return model(
        nodes,
        {"x": [1, 1, IN], "h_in": state, "c_in": state},
        {"y": [1, 1, 1, HID], "h_out": state, "c_out": state},
        weights_for(4),
    )


@case
def lstm_everything():
    nodes = [
        node(
            "LSTM",
            "x W R B len h_in c_in P",
            "- h_out c_out",
            hidden_size=HID,
            activations=["HardSigmoid", "LeakyRelu", "affine"],
            activation_alpha=[0.25, 0.1, 2.0],
            activation_beta=[0.4, 0.5],
            clip=1.5,
            input_forget=1,
            direction="forward",
        ),
        node("Squeeze", "h_out axes", "y"),
    ]
    weights = weights_for(4, peepholes=True)
    weights["len"] = np.array([1], np.int32)
    weights["axes"] = ints(0, 1)
    state = [1, 1, HID]
    return model(
        nodes,
        {"x": [1, 1, IN], "h_in": state, "c_in": state},
        {"y": [HID], "h_out": state, "c_out": state},
        weights,
    )


@case
def lstm_peepholes():
    """No initial state: the network keeps it. Any number of frames."""
    nodes = [node("LSTM", "x W R B - - - P", "y", hidden_size=HID)]
    return model(
        nodes,
        {"x": ["T", "N", IN]},
        {"y": ["T", 1, "N", HID]},
        weights_for(4, peepholes=True),
    )


@case
def lstm_constant_state():
    nodes = [node("LSTM", "x W R - - h0 c0", "- y", hidden_size=HID, name="")]
    weights = weights_for(4, bias=False)
    weights["h0"] = np.ones((1, 1, HID), np.float32)
    weights["c0"] = np.zeros((1, 1, HID), np.float32)
    return model(nodes, {"x": ["T", 1, IN]}, {"y": [1, 1, HID]}, weights)


@case
def lstm_zero_state():
    """PyTorch: zeros whose batch is taken from the input."""
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s one", "batch", axis=0),
        node("Unsqueeze", "batch zero", "b"),
        node("Concat", "direction b hidden", "shape", axis=0),
        node("Expand", "nought shape", "h0"),
        node("LSTM", "x W R B - h0 h0", "y", hidden_size=HID),
    ]
    weights = weights_for(4)
    weights.update(
        one=np.array(1, np.int64),
        zero=ints(0),
        direction=ints(1),
        hidden=ints(HID),
        nought=np.zeros(1, np.float32),
    )
    return model(nodes, {"x": ["T", "N", IN]}, {"y": ["T", 1, "N", HID]}, weights)


@case
def lstm_layout():
    nodes = [
        node("LSTM", "x W R B - h0 c0", "y hn cn", hidden_size=HID, layout=1),
    ]
    state = [1, 1, HID]
    return model(
        nodes,
        {"x": [1, "T", IN], "h0": state, "c0": state},
        {"y": [1, "T", 1, HID], "hn": state, "cn": state},
        weights_for(4),
    )


@case
def gru():
    nodes = [node("GRU", "x W R B - h_in", "y h_out", hidden_size=HID)]
    state = [1, 1, HID]
    return model(
        nodes,
        {"x": [1, 1, IN], "h_in": state},
        {"y": [1, 1, 1, HID], "h_out": state},
        weights_for(3),
    )


@case
def gru_linear_before_reset():
    nodes = [
        node(
            "GRU",
            "x W R B",
            "y",
            hidden_size=HID,
            linear_before_reset=1,
            clip=0.75,
            activations=["Sigmoid", "Relu"],
        )
    ]
    return model(nodes, {"x": ["T", 1, IN]}, {"y": ["T", 1, 1, HID]}, weights_for(3))


@case
def rnn():
    nodes = [node("RNN", "x W R B", "y", hidden_size=HID, clip=2.0)]
    return model(nodes, {"x": ["T", 1, IN]}, {"y": ["T", 1, 1, HID]}, weights_for(1))


@case
def stacked():
    """tf2onnx: batch first, transposed, two layers, a dense layer."""
    weights = weights_for(3)
    weights["W2"], weights["R2"] = rand(1, 15, 5), rand(1, 15, 5) / 2
    weights.update(one=ints(1), dense=rand(5, 4), bias=rand(4))
    nodes = [
        node("Transpose", "x", "t", perm=[1, 0, 2]),
        node("GRU", "t W R B", "a", hidden_size=HID, linear_before_reset=1),
        node("Squeeze", "a one", "b"),
        node("GRU", "b W2 R2", "c", hidden_size=HID),
        node("Squeeze", "c one", "d"),
        node("Transpose", "d", "e", perm=[1, 0, 2]),
        node("MatMul", "e dense", "f"),
        node("Add", "f bias", "y"),
    ]
    return model(nodes, {"x": ["N", "T", IN]}, {"y": ["N", "T", 4]}, weights)


@case
def last_frame():
    """Only the last output: for each frame, the output of this frame."""
    weights = weights_for(3)
    weights["last"] = np.array(-1, np.int64)
    nodes = [
        node("GRU", "x W R B", "a", hidden_size=HID),
        node("Gather", "a last", "y", axis=0),
    ]
    return model(nodes, {"x": ["T", 1, IN]}, {"y": [1, 1, HID]}, weights)


# --- states --------------------------------------------------------------------


def accumulators(pairs, extra=(), shape=(1, 4), frame=(1, 2)):
    """A frame x to y, and states that each add 1 and the sum of x."""
    nodes = [node("Identity", "x", "y"), node("ReduceSum", "x", "sum", keepdims=0)]
    inputs, outputs = {"x": list(frame)}, {"y": list(frame)}
    for i, o in pairs:
        nodes.append(node("Add", f"{i} sum", o))
        inputs[i] = outputs[o] = list(shape)
    nodes += extra
    return model(nodes, inputs, outputs)


@case
def states_by_name():
    return accumulators(
        [
            ("rnn1.h_in", "rnn1.h_out"),
            ("state", "stateN"),
            ("cache_in_0", "cache_out_0"),
            ("prev_f", "next_f"),
            ("conv_cache", "conv_cache_out"),
            ("h0", "hn"),
        ]
    )


@case
def states_by_recurrence():
    """The frame comes last, and all shapes are one: only the graph tells."""
    nodes = [node("GRU", "x W R - - p", "y q", hidden_size=3)]
    weights = {"W": rand(1, 9, 3), "R": rand(1, 9, 3)}
    shape = [1, 1, 3]
    return model(
        nodes, {"p": shape, "x": shape}, {"q": shape, "y": [1, 1, 1, 3]}, weights
    )


@case
def states_by_place():
    return accumulators([("left", "right")])


@case
def states_ambiguous():
    return accumulators([("left", "right")], shape=(1, 2))


@case
def states_two_names():
    extra = [node("Add", "h_in sum", "h_next")]
    made = accumulators([("h_in", "h_out")], extra)
    made.graph.output.append(value("h_next", [1, 4]))
    return made


@case
def states_two_shapes():
    nodes = [
        node("Identity", "x", "y"),
        node("Concat", "cell_prev cell_prev", "cell_next", axis=1),
    ]
    return model(
        nodes,
        {"x": [1, 2], "cell_prev": [1, 4]},
        {"y": [1, 2], "cell_next": [1, 8]},
    )


@case
def states_lost():
    """The initial state is an input, the final one is no output."""
    nodes = [node("GRU", "x W R B - start", "y", hidden_size=HID)]
    return model(
        nodes,
        {"x": ["T", 1, IN], "start": [1, 1, HID]},
        {"y": ["T", 1, 1, HID]},
        weights_for(3),
    )


@case
def state_is_output():
    """The state is all that the graph gives out."""
    nodes = [node("GRU", "x W R B - h", "- h_out", hidden_size=HID)]
    return model(
        nodes, {"x": [1, 1, IN], "h": [1, 1, HID]}, {"h_out": [1, 1, HID]}, weights_for(3)
    )


# --- constants -----------------------------------------------------------------


@case
def computed_constants():
    """All of this is known at import: what is left is one multiplication."""
    nodes = [
        node("Constant", "", "k", value_ints=[1, 4]),
        node("ConstantOfShape", "k", "c", value=helper.make_tensor("v", FLOAT, [1], [2.0])),
        node("Shape", "x", "s"),
        node("Slice", "s one two", "n"),
        node("Mul", "n n", "nn"),
        node("Sub", "nn n", "t"),
        node("Div", "t n", "u"),
        node("Concat", "one u", "v", axis=0),
        node("Cast", "v", "w", to=FLOAT),
        node("Range", "r0 r4 r1", "range"),
        node("Cast", "range", "ramp", to=FLOAT),
        node("Equal", "v w3", "eq"),
        node("Where", "eq v w3", "where"),
        node("Reshape", "c minus", "flat"),
        node("Add", "flat ramp", "factor"),
        node("Mul", "x factor", "a"),
        node("Reshape", "a where", "y"),
    ]
    weights = dict(
        one=ints(1),
        two=ints(2),
        minus=ints(-1),
        w3=ints(1, 4),
        r0=np.array(0, np.int64),
        r4=np.array(4, np.int64),
        r1=np.array(1, np.int64),
    )
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]}, weights)


@case
def constant_forms():
    nodes = [
        node("Constant", "", "a", value_float=1.5),
        node("Constant", "", "b", value_floats=[1.0, 2.0]),
        node("Constant", "", "c", value=helper.make_tensor("t", DOUBLE, [2], [3.0, 4.0])),
        node("Cast", "c", "d", to=FLOAT),
        node("Sum", "x a b d", "y"),
    ]
    return model(nodes, {"x": [2]}, {"y": [2]})


@case
def weights_are_shared():
    """One weight of two nodes is stored once; a large one is a blob."""
    nodes = [node("MatMul", "x w", "a"), node("MatMul", "a w", "y")]
    return model(nodes, {"x": [1, 8]}, {"y": [1, 8]}, {"w": rand(8, 8)})


@case
def initializer_is_input():
    """Before ir_version 4 initializers are inputs as well."""
    made = model([node("Mul", "x k", "y")], {"x": [4]}, {"y": [4]}, {"k": rand(4)})
    made.graph.input.append(value("k", [4]))
    return made


@case
def odd_names():
    return model(
        [node("Relu", "in/put", "out:0", name="layer 1/relu")],
        {"in/put": [4]},
        {"out:0": [4]},
        name="2nd net-work",
    )


@case
def nan_weights():
    w = rand(4, 5)
    w[1, 2] = w[3, 3] = np.nan
    return model([node("MatMul", "x w", "y")], {"x": [1, 4]}, {"y": [1, 5]}, {"w": w})


@case
def frames_stay_apart():
    """Elementwise, matvec and normalization over features of open time."""
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "t", axis=0),
        node("Gather", "s one", "u", axis=0),
        node("Concat", "t u six", "shape", axis=0),
        node("MatMul", "x w", "a"),
        node("Reshape", "a minus", "b"),
        node("Softmax", "b", "c"),
        node("Reshape", "c shape", "y"),
    ]
    weights = dict(
        zero=ints(0), one=ints(1), six=ints(6), w=rand(4, 6), minus=ints(-1, 6)
    )
    return model(nodes, {"x": ["N", "T", 4]}, {"y": ["N", "T", 6]}, weights)
