# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that must be refused with one line each: files and values."""

import numpy as np
from make import *


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
    return unary("Relu", opset=29)


@case
def bad_op():
    return unary("Hardmax")


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


@case
def bad_external_range():
    made = bad_external()
    made.graph.initializer[0].external_data[0].value = "bad_external_range.onnx"
    made.graph.initializer[0].external_data.add(key="length", value="99999")
    return made


@case
def bad_external_entry():
    made = bad_external()
    made.graph.initializer[0].external_data.add(key="offset", value="-1")
    return made


@case
def bad_segment():
    made = small()
    made.graph.initializer[0].segment.end = 4
    return made


@case
def bad_rank():
    made = small()
    made.graph.initializer[0].dims[:] = [1] * 17
    return made


@case
def bad_sparse():
    made = small()
    made.graph.sparse_initializer.add()
    return made


@case
def bad_input_name():
    return model([node("Relu", "x", "y")], {"x": [4], "": [4]}, {"y": [4]})


@case
def bad_output_twice():
    made = unary("Relu")
    made.graph.output.append(made.graph.output[0])
    return made


@case
def bad_name_with_newline():
    made = unary("Hardmax")
    made.graph.node[0].name = "two\nlines"
    return made


@case
def bad_integer_output():
    nodes = [node("Shape", "x", "y")]
    return model(nodes, {"x": [4]}, {"y": (INT64, [1])})


@case
def bad_constant():
    return model([node("Constant", "", "c", value_string="k"), node("Add", "x c", "y")],
                 {"x": [4]}, {"y": [4]})


@case
def bad_constant_tensor():
    tensor = helper.make_tensor("t", FLOAT, [2], [1.0, 2.0])
    tensor.dims[0] = 3
    return model([node("Constant", "", "c", value=tensor), node("Add", "x c", "y")],
                 {"x": [4]}, {"y": [4]})


@case
def bad_constant_of_shape():
    return model([node("ConstantOfShape", "x", "y")], {"x": [4]}, {"y": [4]})


@case
def bad_fill_value():
    fill = helper.make_tensor("v", FLOAT, [2], [1.0, 2.0])
    nodes = [node("ConstantOfShape", "s", "c", value=fill), node("Add", "x c", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"s": ints(4)})


@case
def bad_cast_type():
    return unary("Cast", to=TensorProto.STRING)


@case
def bad_cast_indices():
    """A number of the network picks an element."""
    nodes = [node("Cast", "i", "k", to=INT64), node("Gather", "x k", "y")]
    return model(nodes, {"x": [4], "i": [1]}, {"y": [1]})


@case
def bad_cast_nan():
    nodes = [node("Cast", "k", "s", to=INT64), node("Reshape", "x s", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"k": np.array([np.nan], np.float32)})


@case
def bad_range():
    nodes = [node("Range", "a b c", "r"), node("Gather", "x r", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"a": ints(0), "b": ints(9), "c": ints(0)})


@case
def bad_range_size():
    nodes = [node("Range", "a b c", "r"), node("Gather", "x r", "y")]
    weights = {"a": ints(0), "b": ints(2**30), "c": ints(1)}
    return model(nodes, {"x": [4]}, {"y": [4]}, weights)


@case
def bad_range_floats():
    nodes = [node("Range", "a a a", "r"), node("Add", "x r", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"a": rand(1)})


@case
def bad_where():
    return model([node("Where", "c x x", "y")], {"x": [4], "c": [4]}, {"y": [4]})


@case
def bad_where_types():
    nodes = [node("Where", "k k k", "w"), node("Reshape", "x w", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"k": ints(4)})


@case
def bad_compare():
    nodes = [node("Less", "x x", "a"), node("Less", "a a", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_logic():
    return model([node("And", "x x", "y")], {"x": [4]}, {"y": [4]})


@case
def bad_truth():
    nodes = [node("Less", "x x", "a"), node("Exp", "a", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_truth_vector():
    """Truth values where the network computes with floats."""
    nodes = [node("Less", "x x", "a"), node("Sigmoid", "a", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]})


@case
def bad_floor():
    nodes = [node("Floor", "k", "n"), node("Reshape", "x n", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"k": ints(4)})


@case
def bad_not():
    nodes = [node("Not", "k", "n"), node("Add", "x n", "y")]
    return model(nodes, {"x": [4]}, {"y": [4]}, {"k": rand(4)})


@case
def bad_prelu():
    return model([node("PRelu", "x s", "y")], {"x": [4]}, {"y": [4]}, {"s": ints(1, 2, 3, 4)})


@case
def bad_training():
    return unary("Dropout", extra="r t", weights={"r": rand(1)[0], "t": np.array(True)})
