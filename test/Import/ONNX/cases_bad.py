# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that must be refused with one line each."""

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


def small():
    return model([node("MatMul", "x w", "y")], {"x": [1, 4]}, {"y": [1, 2]}, {"w": rand(4, 2)})


# --- the file ------------------------------------------------------------------


@case
def bad_empty():
    return b""


@case
def bad_text():
    return b"this is no protobuf\n"


@case
def bad_no_graph():
    return onnx.ModelProto(ir_version=8, opset_import=[helper.make_opsetid("", 17)])


@case
def bad_no_opset():
    made = small()
    del made.opset_import[:]
    return made


@case
def bad_opset():
    return unary("Relu", opset=8)


@case
def bad_new_opset():
    return unary("Relu", opset=22)


@case
def bad_op():
    return unary("Einsum", equation="ij->ij")


@case
def bad_domain():
    made = unary("Relu")
    made.graph.node[0].domain = "com.microsoft"
    return made


@case
def bad_attribute():
    return unary("Relu", slope=0.5)


@case
def bad_attribute_type():
    return unary("LeakyRelu", alpha="steep")


@case
def bad_missing_input():
    return model([node("Add", "x -", "y")], {"x": [4]}, {"y": [4]})


@case
def bad_many_inputs():
    return model([node("Relu", "x x x", "y")], {"x": [4]}, {"y": [4]})


@case
def bad_unknown_value():
    return model([node("Add", "x w", "y")], {"x": [4]}, {"y": [4]})


@case
def bad_order():
    nodes = [node("Relu", "a", "y"), node("Tanh", "x", "a")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_cycle():
    nodes = [node("Add", "x y", "a"), node("Tanh", "a", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_twice():
    nodes = [node("Relu", "x", "y"), node("Tanh", "x", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_output():
    return model([node("Relu", "x", "y")], {"x": [4]}, {"z": [4]})


@case
def bad_node_output():
    return model([node("Dropout", "x", "y mask")], {"x": [4]}, {"y": [4]})


@case
def bad_no_outputs():
    return model([node("Relu", "x", "y")], {"x": [4]}, {})


# --- inputs and initializers ---------------------------------------------------


@case
def bad_input_type():
    return model([node("Relu", "x", "y")], {"x": (INT64, [4])}, {"y": [4]})


@case
def bad_input_shape():
    made = unary("Relu")
    made.graph.input[0].type.tensor_type.ClearField("shape")
    return made


@case
def bad_input_dim():
    return unary("Relu", shape=(1, -4))


@case
def bad_input_size():
    return unary("Relu", shape=(2**40, 2**40))


@case
def bad_weight_size():
    made = small()
    made.graph.initializer[0].raw_data = made.graph.initializer[0].raw_data[:-4]
    return made


@case
def bad_weight_dims():
    made = small()
    made.graph.initializer[0].dims[:] = [2**40, 2**40]
    return made


@case
def bad_weight_type():
    made = small()
    made.graph.initializer[0].data_type = TensorProto.STRING
    return made


@case
def bad_external():
    made = small()
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="nowhere.bin")
    return made


@case
def bad_external_path():
    made = bad_external()
    made.graph.initializer[0].external_data[0].value = "../../secret"
    return made


@case
def bad_integers():
    return model([node("Add", "x k", "y")], {"x": [4]}, {"y": [4]}, {"k": ints(1)})


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
def bad_slice_step():
    weights = {"a": ints(3), "b": ints(-9), "d": ints(1), "s": ints(-1)}
    return unary("Slice", extra="a b d s", weights=weights)


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
    return unary("Pad", extra="p", weights={"p": ints(0, 1, 0, 1)}, mode="reflect")


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


# --- products ------------------------------------------------------------------


@case
def bad_matmul():
    return model([node("MatMul", "x w", "y")], {"x": [1, 4]}, {"y": [1, 2]}, {"w": rand(3, 2)})


@case
def bad_matmul_values():
    return model([node("MatMul", "x z", "y")], {"x": [1, 4], "z": [4, 2]}, {"y": [1, 2]})


@case
def bad_matmul_batch():
    return model(
        [node("MatMul", "x w", "y")], {"x": [2, 1, 4]}, {"y": [2, 1, 2]}, {"w": rand(2, 4, 2)}
    )


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
def bad_batch():
    return recurrent(x=(1, 16, IN))


@case
def bad_features_open():
    return recurrent(x=(1, 1, "F"), weights={"W": rand(1, 20, 1)})


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
