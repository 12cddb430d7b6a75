# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX networks whose cells are spelled out in primitive operators, and whose inputs
and outputs have names that say nothing."""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclasses.dataclass
class Made:
    model: onnx.ModelProto
    frames: dict  # shape of each input that is no state
    outputs: list  # that are no states
    states: dict  # input: output


class Net:
    """Builds a network layer by layer. Each layer takes a value and returns one."""

    def __init__(self, seed=0):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights = [], {}
        self.inputs, self.outputs, self.states = {}, {}, {}
        self.count = 0

    def name(self):
        self.count += 1
        return f"v{self.count}"

    def weight(self, *shape):
        name = f"w{len(self.weights)}"
        scale = 1 / np.sqrt(shape[-1]) if shape else 1
        self.weights[name] = (self.random.standard_normal(shape) * scale).astype(np.float32)
        return name

    def constant(self, value, dtype=np.float32):
        name = f"w{len(self.weights)}"
        self.weights[name] = np.array(value, dtype)
        return name

    def op(self, kind, *inputs, outputs=1, **attributes):
        names = [self.name() for _ in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def input(self, *shape):
        name = self.name()
        self.inputs[name] = list(shape)
        return name

    def output(self, value, *shape):
        """A value of its own, so that a layer's result can be one as well."""
        self.outputs[value] = list(shape)
        return value

    def state(self, old, new):
        self.outputs[new] = self.inputs[old]
        self.states[old] = new

    def dense(self, x, n, m, bias=True):
        inputs = [x, self.weight(m, n)] + ([self.weight(m)] if bias else [])
        return self.op("Gemm", *inputs, transB=1)

    def sum(self, first, *others):
        for other in others:
            first = self.op("Add", first, other)
        return first

    # Layers on [1, n].

    def lstm_step(self, x, n, hid, h, c, peepholes=False, bare=False, forget=True):
        """The next h and c."""
        gates = self.sum(self.dense(x, n, 4 * hid), self.dense(h, hid, 4 * hid, bias=False))
        i, f, g, o = self.op("Split", gates, outputs=4, axis=1)
        if peepholes:
            i = self.sum(i, self.op("Mul", c, self.weight(hid)))
            f = self.sum(f, self.op("Mul", c, self.weight(hid)))
        fresh = self.op("Mul", self.op("Sigmoid", i), self.op("Tanh", g))
        c_new = self.sum(self.op("Mul", self.op("Sigmoid", f), c) if forget else c, fresh)
        if peepholes:
            o = self.sum(o, self.op("Mul", c_new, self.weight(hid)))
        squashed = c_new if bare else self.op("Tanh", c_new)
        return self.op("Mul", self.op("Sigmoid", o), squashed), c_new

    def lstm(self, x, n, hid, **options):
        h, c = self.input(1, hid), self.input(1, hid)
        h_new, c_new = self.lstm_step(x, n, hid, h, c, **options)
        self.state(h, h_new)
        self.state(c, c_new)
        return h_new

    def gru(self, x, n, hid, after=True):
        h = self.input(1, hid)
        zr = self.op("Sigmoid", self.sum(self.dense(x, n, 2 * hid), self.dense(h, hid, 2 * hid)))
        z, r = self.op("Split", zr, outputs=2, axis=1)
        recurrent = (
            self.op("Mul", r, self.dense(h, hid, hid))
            if after
            else self.dense(self.op("Mul", r, h), hid, hid)
        )
        g = self.op("Tanh", self.sum(self.dense(x, n, hid), recurrent))
        keep = self.op("Mul", z, h)
        fresh = self.op("Mul", self.op("Sub", self.constant(1.0), z), g)
        h_new = self.sum(fresh, keep)
        self.state(h, h_new)
        return h_new

    def rnn(self, x, n, hid):
        h = self.input(1, hid)
        h_new = self.op("Tanh", self.sum(self.dense(x, n, hid), self.dense(h, hid, hid)))
        self.state(h, h_new)
        return h_new

    def mean(self, x, n, rate=0.9):
        """A running mean, subtracted."""
        m = self.input(1, n)
        m_new = self.sum(
            self.op("Mul", m, self.constant(rate)), self.op("Mul", x, self.constant(1 - rate))
        )
        self.state(m, m_new)
        return self.op("Sub", x, m_new)

    def conv(self, x, n, m, taps=3, residual=False):
        """A causal convolution over time: the last frames are a cache [1, n, taps - 1]."""
        cache = self.input(1, n, taps - 1)
        frame = self.op("Unsqueeze", x, self.constant([2], np.int64))
        window = self.op("Concat", cache, frame, axis=2)
        ends = [self.constant([k], np.int64) for k in (1, taps, 2)]
        self.state(cache, self.op("Slice", window, *ends))
        y = self.op("Conv", window, self.weight(m, n, taps), self.weight(m))
        y = self.op("Tanh", self.op("Squeeze", y, self.constant([2], np.int64)))
        return self.sum(x, y) if residual and n == m else y

    def finish(self, inputs=None, outputs=None, shuffle=False):
        """The ports in the order given, or in that of their making, or in any."""
        inputs = list(inputs or self.inputs)
        outputs = list(outputs or self.outputs)
        if shuffle:
            self.random.shuffle(inputs)
            self.random.shuffle(outputs)
        info = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        graph = helper.make_graph(
            self.nodes,
            "net",
            [info(n, self.inputs[n]) for n in inputs],
            [info(n, self.outputs[n]) for n in outputs],
            [numpy_helper.from_array(w, n) for n, w in self.weights.items()],
        )
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8
        )
        onnx.checker.check_model(model)
        return Made(
            model,
            {n: s for n, s in self.inputs.items() if n not in self.states},
            [n for n in outputs if n not in self.states.values()],
            dict(self.states),
        )
