# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random small networks of several kinds, as files: stacks of layers and LSTMs with
peepholes and limits, which are ONNX, and those of se_mlir.generate.

They are small so that little of a frame is inner loops: what a stage has around them,
and the instruction caches, decide how long it takes.
"""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from se_mlir import generate
from se_mlir.generate import choose_size

PRECISIONS = ("fp32", "fp16", "mixed", "int8")


@dataclasses.dataclass
class Network:
    path: object
    inputs: int  # elements of the input x

    def frames(self, count, seed=0):
        random = np.random.default_rng(seed)
        return random.standard_normal((count, self.inputs)).astype(np.float32)


def write_text(network, folder):
    path = folder / "net.mlir"
    path.write_text(network.text)
    return Network(path, *network.inputs["x"])


class Stack:
    """A network of layers, each of which reads what the one before gave."""

    def __init__(self, random, inputs):
        self.random, self.width, self.count = random, inputs, 0
        self.nodes, self.constants = [], []
        self.inputs = [self.value("x", [1, 1, inputs])]
        self.outputs = []
        self.now = "x"

    @staticmethod
    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def weights(self, *shape, fan):
        values = self.random.uniform(-1, 1, shape) / np.sqrt(fan)
        name = f"w{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def add(self, kind, operands, results=1, **attributes):
        names = [f"v{self.count}_{i}" for i in range(results)]
        self.nodes.append(helper.make_node(kind, operands, names, f"n{self.count}",
                                           **attributes))
        self.count += 1
        return names

    def linear(self, outputs, activation=None, **attributes):
        weights = self.weights(self.width, outputs, fan=self.width)
        [self.now] = self.add("MatMul", [self.now, weights])
        [self.now] = self.add("Add", [self.now, self.weights(outputs, fan=4)])
        self.width = outputs
        if activation:
            [self.now] = self.add(activation, [self.now], **attributes)

    def recurrent(self, kind, hidden, peepholes=False, **attributes):
        gates = {"LSTM": 4, "GRU": 3}[kind]
        prefix = f"s{self.count}"
        operands = [self.now, self.weights(1, gates * hidden, self.width, fan=self.width),
                    self.weights(1, gates * hidden, hidden, fan=hidden),
                    self.weights(1, 2 * gates * hidden, fan=4), ""]
        kinds = "hc" if kind == "LSTM" else "h"
        for state in kinds:
            operands.append(f"{prefix}_{state}_in")
            self.inputs.append(self.value(operands[-1], [1, 1, hidden]))
        if peepholes:
            operands.append(self.weights(1, 3 * hidden, fan=4))
        results = self.add(kind, operands, 1 + len(kinds), hidden_size=hidden,
                           **attributes)
        for state, name in zip(kinds, results[1:]):
            self.nodes[-1].output[results.index(name)] = f"{prefix}_{state}_out"
            self.outputs.append(self.value(f"{prefix}_{state}_out", [1, 1, hidden]))
        axes = f"axes{self.count}"
        self.constants.append(numpy_helper.from_array(np.array([1]), axes))
        [self.now] = self.add("Squeeze", [results[0], axes])
        self.width = hidden

    def write(self, path):
        self.nodes.append(helper.make_node("Identity", [self.now], ["y"]))
        outputs = [self.value("y", [1, 1, self.width])] + self.outputs
        graph = helper.make_graph(self.nodes, "net", self.inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                                  ir_version=8)
        onnx.checker.check_model(model)
        path.write_bytes(model.SerializeToString())
        return path


def write_stack(random, folder, most=40):
    """Layers of any kind and a few units each."""
    inputs = choose_size(random, most)
    stack = Stack(random, inputs)
    for _ in range(random.integers(3, 8)):
        kind = random.choice(["LSTM", "GRU", "GRU1", "linear"])
        units = choose_size(random, most, 2)
        if kind == "linear":
            stack.linear(units, str(random.choice(["Relu", "Tanh", "Sigmoid", "Softplus",
                                                   "LeakyRelu", "Elu"])))
        elif kind == "GRU1":
            stack.recurrent("GRU", units, linear_before_reset=1)
        else:
            stack.recurrent(str(kind), units)
    if random.random() < 0.7:
        stack.linear(choose_size(random, 3 * most, 2),
                     random.choice([None, "Softplus", "Sigmoid", "Tanh"]))
    return Network(stack.write(folder / "net.onnx"), inputs)


def write_peepholes(random, folder, most=64):
    """LSTMs with peepholes, limits and coupled gates, one on top of the other."""
    inputs = choose_size(random, most)
    stack = Stack(random, inputs)
    for _ in range(random.integers(1, 4)):
        attributes = {}
        if random.random() < 0.6:
            attributes["clip"] = float(random.choice([0.5, 0.9, 3.0]))
        if random.random() < 0.3:
            attributes["input_forget"] = 1
        stack.recurrent("LSTM", choose_size(random, most, 2),
                        peepholes=bool(random.random() < 0.7), **attributes)
    if random.random() < 0.7:
        stack.linear(choose_size(random, most), random.choice([None, "Tanh", "Sigmoid"]))
    return Network(stack.write(folder / "net.onnx"), inputs)


class Cell(generate.Text):
    """A network of single operations."""

    def write(self, path, y, following):
        return write_text(self.finish({"y": y}, following), path.parent)


KINDS = {
    "stack": write_stack,
    "peepholes": write_peepholes,
    "state_space": lambda random, folder: write_text(generate.state_space(random), folder),
    "rotation": lambda random, folder: write_text(generate.rotation(random), folder),
    "matrix_state": lambda random, folder: write_text(generate.matrix_state(random), folder),
    "elementwise": lambda random, folder: write_text(generate.elementwise(random), folder),
}


def write(kind, seed, folder):
    """The network of a kind with this seed."""
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    return KINDS[kind](random, folder)
