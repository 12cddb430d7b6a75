# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX networks of any number of nodes, inputs, outputs, states or constants."""

import resource
from subprocess import TimeoutExpired  # noqa: F401

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import se

SIZE = 4


class Graph:
    def __init__(self):
        self.nodes, self.inputs, self.outputs, self.constants = [], [], [], []
        self.random = np.random.default_rng(0)

    def add(self, op, inputs, name, **attributes):
        self.nodes.append(helper.make_node(op, inputs, [name], name=f"node_{name}", **attributes))
        return name

    def add_input(self, name, shape=(SIZE,)):
        self.inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def add_output(self, name, shape=(SIZE,)):
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def add_constant(self, name, shape=(SIZE,)):
        values = self.random.uniform(-0.5, 0.5, shape).astype(np.float32)
        self.constants.append(numpy_helper.from_array(values, name))
        return name

    def add_integers(self, name, values):
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def write(self, path):
        graph = helper.make_graph(self.nodes, "large", self.inputs, self.outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.save(model, path)


def elementwise(g, n):
    """A chain of nodes of elementwise arithmetic."""
    c = g.add_constant("c")
    value = g.add_input("x")
    for i in range(n):
        value = (g.add("Tanh", [value], f"v{i}") if i % 3 == 0 else
                 g.add("Add" if i % 3 == 1 else "Mul", [value, c], f"v{i}"))
    g.add_output(value)


def inputs(g, n):
    """That many inputs of the graph, joined."""
    names = [g.add_input(f"x{i}", (1,)) for i in range(n)]
    g.add_output(g.add("Concat", names, "y", axis=0), (n,))


def added_inputs(g, n):
    """That many inputs of the graph, added up one by one; each sum is an output."""
    total = g.add_input("x0", (1,))
    for i in range(1, n):
        value = g.add("Add", [total, g.add_input(f"x{i}", (1,))], f"sum{i}")
        total = g.add("Mul", [value, value], f"square{i}")
    g.add_output(g.add("Expand", [total, g.add_integers("shape", [2])], "y"), (2,))


def outputs(g, n):
    """That many outputs, each computed from the one before."""
    value = g.add_input("x")
    for i in range(n):
        value = g.add("Tanh", [value], f"y{i}")
        g.add_output(value)


def states(g, n):
    """That many states, whose names say which is which."""
    half = g.add_constant("half")
    x = g.add_input("x")
    for i in range(n):
        kept = g.add("Mul", [g.add_input(f"h{i}_prev"), half], f"kept{i}")
        x = g.add("Add", [kept, x], f"h{i}_next")
        g.add_output(x)
    g.add_output(g.add("Tanh", [x], "y"))


def unnamed_states(g, n):
    """That many states, which only data flow tells."""
    half = g.add_constant("half")
    value = x = g.add_input("x")
    for i in range(n):
        kept = g.add("Mul", [g.add_input(f"a{i}"), half], f"kept{i}")
        value = g.add("Add", [kept, x if i % 2 else value], f"b{i}")
        g.add_output(value)
    g.add_output(g.add("Concat", [value, x], "y", axis=0), (2 * SIZE,))


def products(g, n):
    """A chain of matrix products, each with a matrix and a bias of its own."""
    value = g.add_input("x", (1, SIZE))
    for i in range(n // 2):
        matrix, bias = g.add_constant(f"W{i}", (SIZE, SIZE)), g.add_constant(f"B{i}")
        value = (g.add("Gemm", [value, matrix, bias], f"v{i}", transB=1) if i % 2 else
                 g.add("MatMul", [value, matrix], f"v{i}"))
        value = g.add("Tanh", [value], f"w{i}")
    g.add_output(value, (1, SIZE))


def branches(g, n):
    """That many branches of one value, added up by one node."""
    x = g.add_input("x")
    names = [g.add("Mul", [x, g.add_constant(f"c{i}")], f"v{i}") for i in range(n)]
    g.add_output(g.add("Sum", names, "y"))


def matrix_branches(g, n):
    """Products of one vector with that many matrices, joined."""
    x = g.add_input("x", (1, SIZE))
    names = [g.add("MatMul", [x, g.add_constant(f"W{i}", (SIZE, SIZE))], f"v{i}")
             for i in range(n)]
    g.add_output(g.add("Concat", names, "y", axis=1), (1, n * SIZE))


def constants(g, n):
    """That many constants, of each of which a node reads one element."""
    value = g.add_input("x")
    for i in range(n // 2):
        c = g.add_constant(f"c{i}", (32,))
        part = g.add("Slice", [c, g.add_integers(f"b{i}", [i % 8]),
                               g.add_integers(f"e{i}", [i % 8 + SIZE])], f"part{i}")
        value = g.add("Add", [value, part], f"v{i}")
    g.add_output(value)


def movement(g, n):
    """A chain of nodes that only move elements."""
    begin, middle = g.add_integers("begin", [0]), g.add_integers("middle", [1])
    end, square = g.add_integers("end", [SIZE]), g.add_integers("square", [2, SIZE // 2])
    flat = g.add_integers("flat", [SIZE])
    value = g.add_input("x")
    for i in range(n // 5):
        first = g.add("Slice", [value, begin, middle], f"first{i}")
        rest = g.add("Slice", [value, middle, end], f"rest{i}")
        turned = g.add("Concat", [rest, first], f"turned{i}", axis=0)
        folded = g.add("Reshape", [turned, square], f"folded{i}")
        value = g.add("Reshape", [folded, flat], f"v{i}")
    g.add_output(g.add("Tanh", [value], "y"))


def pieces(g, n):
    """A value cut into that many pieces, which are joined again twice as often."""
    x = g.add_input("x", (n,))
    names = [f"piece{i}" for i in range(n)]
    g.nodes.append(helper.make_node("Split", [x, g.add_integers("sizes", [1] * n)], names,
                                    axis=0))
    joined = g.add("Concat", names[::-1], "joined", axis=0)
    again = [f"again{i}" for i in range(n)]
    g.nodes.append(helper.make_node("Split", [joined, "sizes"], again, axis=0))
    g.add_output(g.add("Concat", again, "y", axis=0), (n,))


def cells(g, n):
    """A chain of recurrent layers, a tenth as many as nodes."""
    value = g.add_input("x", (1, 1, SIZE))
    for i in range(n // 10):
        weights = [g.add_constant(f"W{i}", (1, 4 * SIZE, SIZE)),
                   g.add_constant(f"R{i}", (1, 4 * SIZE, SIZE))]
        g.nodes.append(helper.make_node("LSTM", [value, *weights], [f"s{i}"],
                                        name=f"lstm{i}", hidden_size=SIZE))
        value = g.add("Squeeze", [f"s{i}", g.add_integers(f"axes{i}", [1])], f"v{i}")
    g.add_output(value, (1, 1, SIZE))


FAMILIES = [elementwise, inputs, added_inputs, outputs, states, unnamed_states, products,
            branches, matrix_branches, constants, movement, pieces, cells]


def write(family, n, folder):
    path = folder / f"{family.__name__}_{n}.onnx"
    graph = Graph()
    family(graph, n)
    graph.write(path)
    return path


def measure(path, *options, timeout=600):
    """What a compilation ends with, and the seconds that it takes of a processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = se.tool("se-compile", path, *options, timeout=timeout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return process, after.ru_utime - before.ru_utime
