# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""If, Loop and Scan, and inputs that are constants."""

import numpy as np
from cases_networks import HID, IN, weights_for
from make import *

BOOL = TensorProto.BOOL


def graph(nodes, inputs, outputs, name="body"):
    return helper.make_graph(
        nodes,
        name,
        [value(n, s) for n, s in inputs.items()],
        [value(n, s) for n, s in outputs.items()],
    )


def step():
    """h' = tanh(x W + h R), with the names of a Scan's body."""
    return [
        node("MatMul", "xt Wx", "a"),
        node("MatMul", "h Wh", "b"),
        node("Add", "a b", "s"),
        node("Tanh", "s", "hn"),
        node("Identity", "hn", "yt"),
    ]


def step_weights(**more):
    return {"Wx": rand(IN, HID), "Wh": rand(HID, HID) / 3, **more}


def zeros():
    return np.zeros((1, HID), np.float32)


# --- Scan ----------------------------------------------------------------------


@case
def scan():
    body = graph(step(), {"h": [1, HID], "xt": [1, IN]}, {"hn": [1, HID], "yt": [1, HID]})
    nodes = [node("Scan", "h0 x", "hT y", name="scan", body=body, num_scan_inputs=1)]
    return model(nodes, {"x": ["T", 1, IN]}, {"y": ["T", 1, HID]}, step_weights(h0=zeros()))


@case
def scan_state_input():
    """The state is an input and an output; time is the second axis."""
    body = graph(step(), {"h": [1, HID], "xt": [1, IN]}, {"hn": [1, HID], "yt": [1, HID]})
    nodes = [
        node(
            "Scan",
            "p x",
            "q y",
            name="scan",
            body=body,
            num_scan_inputs=1,
            scan_input_axes=[1],
            scan_output_axes=[1],
        )
    ]
    return model(
        nodes,
        {"x": [1, "T", IN], "p": [1, HID]},
        {"y": [1, "T", HID], "q": [1, HID]},
        step_weights(),
    )


@case
def scan_initial_value():
    """Twice, from other numbers than zero; the names inside are the same."""
    shapes = {"h": [1, HID], "xt": [1, IN]}, {"hn": [1, HID], "yt": [1, HID]}
    first = graph(step(), *shapes)
    second = graph([node("Add", "h xt", "hn"), node("Relu", "hn", "yt")], *shapes)
    nodes = [
        node("Scan", "h0 x", "- y1", name="first", body=first, num_scan_inputs=1),
        node("Scan", "h0 y1", "- y", name="second", body=second, num_scan_inputs=1),
    ]
    weights = step_weights(h0=rand(1, HID))
    return model(nodes, {"x": [1, 1, IN]}, {"y": [1, 1, HID]}, weights)


# --- Loop ----------------------------------------------------------------------


def loop_body(pick):
    """Picks the frame of its step."""
    return graph(
        [*pick, *step(), node("Identity", "go", "on")],
        {"i": (INT64, []), "go": (BOOL, []), "h": [1, HID]},
        {"on": (BOOL, []), "hn": [1, HID], "yt": [1, HID]},
    )


def loop_over_time(pick, x=("T", 1, IN), weights=None):
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "steps", axis=0),
        node("Loop", "steps true h0", "hT y", name="loop", body=loop_body(pick)),
    ]
    constants = step_weights(
        h0=zeros(), zero=np.array(0, np.int64), true=np.array(True), one=ints(1), ax=ints(0)
    )
    constants.update(weights or {})
    return model(nodes, {"x": list(x)}, {"y": ["T", 1, HID]}, constants)


@case
def loop():
    return loop_over_time([node("Gather", "x i", "xt", axis=0)])


@case
def loop_slice():
    """The exporter's other way: x[i:i+1]."""
    return loop_over_time(
        [
            node("Unsqueeze", "i ax", "from"),
            node("Add", "from one", "to"),
            node("Slice", "x from to ax", "sliced"),
            node("Squeeze", "sliced ax", "xt"),
        ]
    )


@case
def loop_once():
    """Exported with one frame; a weight goes through the loop as it is."""
    body = graph(
        [
            node("Gather", "x i", "xt", axis=0),
            node("MatMul", "xt Wx", "a"),
            node("MatMul", "h Win", "b"),
            node("Add", "a b", "hn"),
            node("Identity", "Win", "Wout"),
            node("Identity", "go", "on"),
        ],
        {"i": (INT64, []), "go": (BOOL, []), "h": [1, HID], "Win": [HID, HID]},
        {"on": (BOOL, []), "hn": [1, HID], "Wout": [HID, HID]},
    )
    nodes = [node("Loop", "one - p Wh", "q -", name="loop", body=body)]
    weights = step_weights(one=np.array(1, np.int64))
    return model(nodes, {"x": [1, 1, IN], "p": [1, HID]}, {"q": [1, HID]}, weights)


# --- If and constant inputs ------------------------------------------------------


def branches(first="Relu", second="Tanh"):
    return dict(
        then_branch=graph([node(first, "x", "t")], {}, {"t": [1, 4]}),
        else_branch=graph([node(second, "x", "t")], {}, {"t": [1, 4]}),
    )


@case
def if_constant():
    """A branch that is not taken may hold anything."""
    nodes = [
        node("Shape", "x", "shape"),
        node("Size", "shape", "rank"),
        node("Equal", "rank two", "is_matrix"),
        node("If", "is_matrix", "y", **branches(second="Hardmax")),
    ]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]}, {"two": np.array(2, np.int64)})


@case
def sample_rate():
    """The rate says which branch is meant, and is added as a number."""
    nodes = [
        node("Equal", "sr rate", "is_16k"),
        node("If", "is_16k", "a", **branches()),
        node("Mul", "sr zero", "nought"),
        node("Cast", "nought", "offset", to=FLOAT),
        node("Add", "a offset", "b"),
        node("Mul", "b gain", "y"),
    ]
    constants = {"rate": np.array(16000, np.int64), "zero": np.array(0, np.int64)}
    return model(
        nodes, {"x": [1, 4], "sr": (INT64, []), "gain": [4]}, {"y": [1, 4]}, constants
    )


# --- refused -------------------------------------------------------------------


@case
def bad_if_data():
    nodes = [node("If", "x", "y", **branches())]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_if_frames():
    nodes = [
        node("Shape", "x", "s"),
        node("Gather", "s zero", "n", axis=0),
        node("Equal", "n one", "c"),
        node("If", "c", "y", **branches()),
    ]
    constants = {"zero": np.array(0, np.int64), "one": np.array(1, np.int64)}
    return model(nodes, {"x": ["T", 4]}, {"y": ["T", 4]}, constants)


@case
def bad_if_output():
    made = if_constant()
    for attribute in made.graph.node[3].attribute:
        if attribute.name == "then_branch":
            attribute.g.output[0].name = "z"
    return made


@case
def bad_scan_steps():
    made = scan()
    made.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 33
    return made


@case
def bad_scan_reverse():
    made = scan()
    made.graph.node[0].attribute.append(helper.make_attribute("scan_input_directions", [1]))
    return made


@case
def bad_scan_shape():
    made = scan()
    made.graph.initializer[2].CopyFrom(numpy_helper.from_array(rand(HID), "h0"))
    return made


@case
def bad_scan_body():
    made = scan()
    made.graph.node[0].attribute[0].g.node[3].op_type = "Hardmax"
    return made


@case
def bad_loop_steps():
    return loop_over_time([node("Gather", "x i", "xt", axis=0)], x=(10, 1, IN))


@case
def bad_loop_other_frame():
    """Reads the frame before."""
    return loop_over_time([node("Sub", "i i1", "j"), node("Gather", "x j", "xt", axis=0)],
                          weights={"i1": np.array(1, np.int64)})


@case
def bad_loop_number():
    """Multiplies with the number of the frame."""
    return loop_over_time(
        [node("Gather", "x i", "x0", axis=0), node("Cast", "i", "f", to=FLOAT),
         node("Mul", "x0 f", "xt")]
    )


@case
def bad_loop_condition():
    made = loop()
    body = made.graph.node[2].attribute[0].g
    body.node[-1].CopyFrom(node("Less", "i two", "on"))
    made.graph.initializer.append(numpy_helper.from_array(np.array(2, np.int64), "two"))
    return made


@case
def bad_sequence_use():
    nodes = [node("SequenceConstruct", "x x", "s"), node("Relu", "s", "y")]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_sequence_output():
    return model([node("SequenceConstruct", "x x", "y")], {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_sequence_input():
    return model([node("SequenceInsert", "x x", "y")], {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_sequence_empty():
    nodes = [node("SequenceEmpty", "", "s"), node("ConcatFromSequence", "s", "y", axis=0)]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]})


@case
def bad_sequence_shapes():
    nodes = [node("SequenceConstruct", "x z", "s"), node("ConcatFromSequence", "s", "y", axis=0)]
    return model(nodes, {"x": [1, 4], "z": [1, 3]}, {"y": [2, 4]})


@case
def bad_sequence_first():
    """The first frame's result, as that of each frame."""
    body = graph(
        [node("Gather", "x i", "xt", axis=0), node("SequenceInsert", "l xt", "m"), node("Identity", "go", "on")],
        {"i": (INT64, []), "go": (BOOL, []), "l": []},
        {"on": (BOOL, []), "m": []},
    )
    nodes = [
        node("Shape", "x", "shape"),
        node("Gather", "shape zero", "steps", axis=0),
        node("SequenceEmpty", "", "none"),
        node("Loop", "steps true none", "s", body=body),
        node("SequenceAt", "s zero", "y"),
    ]
    constants = {"zero": np.array(0, np.int64), "true": np.array(True)}
    return model(nodes, {"x": ["T", 4]}, {"y": [4]}, constants)


@case
def bad_several():
    """All that is not supported is told at once, but not what follows from it."""
    nodes = [
        node("Hardmax", "x", "a", equation="ij->ij"),
        node("Relu", "a", "b"),
        node("Hardmax", "x", "c", equation="ij->ji"),
        node("LpPool", "x", "d"),
        node("Elu", "x", "e", slope=0.5),
        node("Sum", "b c d e", "y"),
    ]
    return model(nodes, {"x": [1, 4]}, {"y": [1, 4]})
