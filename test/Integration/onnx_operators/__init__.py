# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small graphs of one ONNX operator each, which test_operators.py compares with
ONNX Runtime. The files of this folder are the tables."""

import zlib

import numpy as np
from onnx import TensorProto, helper, numpy_helper

CASES = {}
FRAMES = 6


def case(group, since=13, until=99, tolerance=None):
    """Registers a function that builds a graph; it gives back its outputs. It is
    built for opsets from `since` to `until`."""

    def register(function):
        CASES.setdefault(group, []).append(
            (function.__name__, function, since, until, tolerance)
        )
        return function

    return register


class Graph:
    """Builds one network out of several cases, whose names get a prefix."""

    def __init__(self, opset):
        self.opset = opset
        self.nodes, self.weights, self.infos = [], [], []
        self.inputs, self.outputs, self.states = {}, {}, {}
        self.prefix, self.tolerance = "", None
        self.domains = set()

    def random(self, what):
        return np.random.default_rng(zlib.crc32(f"{self.prefix}{what}".encode()))

    def name(self, hint):
        return f"{self.prefix}{hint}{len(self.nodes) + len(self.weights) + len(self.infos)}"

    def frames(self, *shape):
        """Frames along a first dimension without a size."""
        name = self.input(*shape)
        info = self.infos[-1].type.tensor_type.shape.dim
        info.insert(0, type(info[0])(dim_param="frames"))
        return name

    def input(self, *shape, scale=1.0, offset=0.0, frames=None):
        """A frame of normal numbers, or of `frames`, which are repeated."""
        name = self.name("in")
        if frames is None:
            values = self.random(name).standard_normal((FRAMES, *shape)) * scale + offset
            # Zeros and ties are where operators differ.
            values[0] = np.round(values[0])
            values[1] = offset
        else:
            values = np.resize(np.array(frames, np.float64), (FRAMES, *shape))
        self.inputs[name] = values.astype(np.float32)
        self.infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def state(self, *shape):
        """A state, to be given its next value by `next`."""
        name = self.name("state_in")
        self.infos.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def next(self, state, value):
        out = self.node("Identity", value, out=state.replace("state_in", "state_out"))
        self.states[state] = out

    def const(self, value, dtype=np.float32):
        name = self.name("w")
        array = np.array(value, dtype, order="C")
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def ints(self, *values):
        return self.const(values, np.int64)

    def rand(self, *shape, scale=1.0):
        return self.const(self.random(f"w{len(self.weights)}").standard_normal(shape) * scale)

    def node(self, op, *inputs, out=None, count=1, domain="", **attributes):
        """A node, whose inputs are names or None; gives back its result, or a
        list of `count` results."""
        results = [out or self.name(op)] if count == 1 else [
            f"{self.name(op)}_{i}" for i in range(count)
        ]
        self.domains.add(domain)
        self.nodes.append(
            helper.make_node(op, [i or "" for i in inputs], results,
                             name=self.name("node"), domain=domain, **attributes)
        )
        return results[0] if count == 1 else results

    def cast(self, x, to=TensorProto.FLOAT):
        return self.node("Cast", x, to=to)

    def finite(self, x):
        """`x` with 7 for NaN and 9 for infinities."""
        x = self.node("Where", self.node("IsNaN", x), self.const(7.0), x)
        return self.node("Where", self.node("IsInf", x), self.const(9.0), x)

    def add(self, name, function):
        self.prefix = f"{name}."
        results = function(self)
        for i, result in enumerate([results] if isinstance(results, str) else results):
            self.outputs[self.node("Identity", result, out=f"{name}.{i}")] = name

    def model(self):
        values = [helper.make_empty_tensor_value_info(n)
                  for n in [*self.outputs, *self.states.values()]]
        graph = helper.make_graph(self.nodes, "operators", self.infos, values, self.weights)
        opsets = [helper.make_opsetid("", self.opset)]
        opsets += [helper.make_opsetid(d, 1) for d in sorted(self.domains) if d]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)


# The tables register themselves.
from . import arithmetic, choice, movement, normal, product, quantized  # noqa: E402,F401
