# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks that lost a state at their export, or may have."""

import numpy as np
from cases_networks import HID, IN, weights_for
from make import *

STATE = [1, 1, HID]


@case
def lost_final_states():
    """One frame; h and c go in, and only y comes out."""
    nodes = [node("LSTM", "x W R B - p q", "y", hidden_size=HID)]
    inputs = {"x": [1, 1, IN], "p": STATE, "q": STATE}
    return model(nodes, inputs, {"y": [1, 1, 1, HID]}, weights_for(4))


@case
def lost_packed_states():
    """Four states, of which one output holds all."""
    weights = weights_for(4)
    weights["W2"], weights["axis"] = rand(1, 4 * HID, HID), ints(1)
    nodes = [
        node("LSTM", "x W R B - s0 s1", "a h1 c1", hidden_size=HID),
        node("Squeeze", "a axis", "b"),
        node("LSTM", "b W2 R B - s2 s3", "y h2 c2", hidden_size=HID),
        node("Concat", "h1 c1 h2 c2", "all", axis=0),
    ]
    inputs = {"x": [1, 1, IN], "s0": STATE, "s1": STATE, "s2": STATE, "s3": STATE}
    return model(nodes, inputs, {"y": [1, 1, 1, HID], "all": [4, 1, HID]}, weights)


def spelled_rnn(state, outputs=None, inputs=None, weights=None):
    """h' = tanh(W x + R h) with a name for h, or without h."""
    nodes = [node("Gemm", "x rnn.weight_ih rnn.bias_ih", "a", transB=1)]
    if state:
        nodes += [node("Gemm", f"{state} rnn.weight_hh b", "b2", transB=1), node("Add", "a b2", "s")]
    else:
        nodes += [node("Add", "a b", "s")]
    nodes += [node("Tanh", "s", "h"), node("Identity", "h", "hn"), node("MatMul", "h V", "y")]
    constants = {
        "rnn.weight_ih": rand(HID, IN),
        "rnn.bias_ih": rand(HID),
        "b": rand(HID),
        "V": rand(HID, 2),
        **({"rnn.weight_hh": rand(HID, HID)} if state else {}),
        **(weights or {}),
    }
    return model(
        nodes,
        {"x": [1, IN], **(inputs or {})},
        {"y": [1, 2], **(outputs or {})},
        constants,
    )


@case
def lost_in_zeros():
    """The initial state of zero has become a constant, the rest is still there."""
    return spelled_rnn("zeros", weights={"zeros": np.zeros((1, HID), np.float32)})


@case
def lost_without_trace():
    """Even R is gone: only a name says that there was a recurrence."""
    return spelled_rnn("")


def rename(made, *words):
    """Takes words out of the names of constants."""
    for count, word in enumerate(words):
        for tensor in made.graph.initializer:
            tensor.name = tensor.name.replace(word, f"w{count}.")
        for n in made.graph.node:
            n.input[:] = [i.replace(word, f"w{count}.") for i in n.input]
    return made


@case
def lost_weight_name():
    """The matrix was transposed at the export, and has another name."""
    return rename(spelled_rnn(""), "rnn.weight_")


@case
def lost_module():
    """Only a note at a node says which module it was."""
    made = rename(spelled_rnn(""), "rnn.weight_", "rnn.bias_")
    tanh = next(n for n in made.graph.node if n.op_type == "Tanh")
    note = tanh.metadata_props.add()
    note.key = "pkg.torch.onnx.class_hierarchy"
    note.value = "['Net', 'torch.nn.modules.rnn.RNN', 'aten.tanh.default']"
    return made


@case
def lost_but_given_out():
    return rename(spelled_rnn("", {"hn": [1, HID]}), "rnn.weight_", "rnn.bias_")


@case
def lost_other_shape():
    """The next state has a dimension more."""
    made = spelled_rnn("h0", {"hn3": STATE}, {"h0": [1, HID]}, {"at": ints(0)})
    made.graph.node.append(node("Unsqueeze", "hn at", "hn3"))
    return made


@case
def lost_nothing():
    """A frame that is named after the layer, a state with the layer's own value."""
    nodes = [node("LSTM", "lstm_input W R B", "lstm_out h_n", hidden_size=HID)]
    return model(
        nodes, {"lstm_input": [1, 1, IN]}, {"lstm_out": [1, 1, 1, HID], "h_n": STATE}, weights_for(4)
    )


@case
def lost_order():
    """Names say h and c, the values are c and h."""
    nodes = [node("LSTM", "x W R B - h_in c_in", "y c_out h_out", hidden_size=HID)]
    return model(
        nodes,
        {"x": [1, 1, IN], "h_in": STATE, "c_in": STATE},
        {"y": [1, 1, 1, HID], "h_out": STATE, "c_out": STATE},
        weights_for(4),
    )


@case
def lost_unread():
    """c has gone, but its name goes in and out."""
    nodes = [node("GRU", "x W R B - h_in", "y h_out", hidden_size=HID), node("Tanh", "h_out", "c_out")]
    return model(
        nodes,
        {"x": [1, 1, IN], "h_in": STATE, "c_in": STATE},
        {"y": [1, 1, 1, HID], "h_out": STATE, "c_out": STATE},
        weights_for(3),
    )
