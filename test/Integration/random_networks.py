# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random small networks of several kinds: stacks of layers, LSTMs with peepholes and
limits, state spaces, matrices as states, arithmetic of single elements.

They are small so that little of a frame is inner loops: what a stage has around them,
and the instruction caches, decide how long it takes.
"""

import dataclasses

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

PRECISIONS = ("fp32", "fp16", "mixed", "int8")


def choose_size(random, most, least=1):
    """Small sizes as often as large ones, few multiples of 4."""
    size = int(np.exp(random.uniform(np.log(least), np.log(most + 1))))
    if size % 4 == 0 and random.random() < 0.7:
        size += int(random.integers(1, 4))
    return min(max(size, least), most)


@dataclasses.dataclass
class Network:
    path: object
    inputs: int  # elements of the input x

    def frames(self, count, seed=0):
        random = np.random.default_rng(seed)
        return random.standard_normal((count, self.inputs)).astype(np.float32)


# ---------------------------------------------------------------------------
# ONNX: layers on top of each other
# ---------------------------------------------------------------------------


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


# ---------------------------------------------------------------------------
# MLIR: cells of single operations
# ---------------------------------------------------------------------------


def tensor(*shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


class Cell:
    """Operations of a network, as text."""

    def __init__(self, random, inputs):
        self.random, self.lines, self.states = random, [], []
        self.inputs = inputs
        self.shapes = {"x": (inputs,)}

    def type(self, name):
        return tensor(*self.shapes[name])

    def emit(self, text, *shape):
        name = f"v{len(self.shapes)}"
        self.lines.append(f"%{name} = {text}")
        self.shapes[name] = shape
        return name

    def constant(self, *shape, low=-0.9, high=0.9):
        values = self.random.uniform(low, high, shape).astype("<f4")
        return self.emit(f'arith.constant dense<"0x{values.tobytes().hex().upper()}"> : '
                         f"{tensor(*shape)}", *shape)

    def splat(self, value, *shape):
        return self.emit(f"arith.constant dense<{value}> : {tensor(*shape)}", *shape)

    def op(self, kind, *operands):
        shape = self.shapes[operands[0]]
        names = ", ".join(f"%{o}" for o in operands)
        return self.emit(f"{kind} {names} : {tensor(*shape)}", *shape)

    def act(self, kind, x):
        shape = self.shapes[x]
        return self.emit(f"rnn.activation <{kind}> %{x} : {tensor(*shape)} -> "
                         f"{tensor(*shape)}", *shape)

    def matvec(self, rows, x):
        [columns] = self.shapes[x]
        limit = 1 / np.sqrt(columns)
        w = self.constant(rows, columns, low=-limit, high=limit)
        return self.emit(f"rnn.matvec %{w}, %{x} : {tensor(rows, columns)}, "
                         f"{tensor(columns)} -> {tensor(rows)}", rows)

    def spread(self, x, shape, axis):
        """A vector along an axis of a matrix."""
        flat = [1, 1]
        flat[axis] = shape[axis]
        y = self.emit(f"rnn.reshape %{x} : {self.type(x)} -> {tensor(*flat)}", *flat)
        return self.emit(f"rnn.broadcast %{y} : {tensor(*flat)} -> {tensor(*shape)}",
                         *shape)

    def reduce(self, kind, x):
        """Over the second axis."""
        rows, _ = self.shapes[x]
        y = self.emit(f"rnn.reduce <{kind}> %{x} axes [1] : {self.type(x)} -> "
                      f"{tensor(rows, 1)}", rows, 1)
        return self.emit(f"rnn.reshape %{y} : {tensor(rows, 1)} -> {tensor(rows)}", rows)

    def state(self, *shape):
        name = f"s{len(self.states)}"
        self.shapes[name] = shape
        self.states.append(name)
        return name

    def write(self, path, y, following):
        states = ", ".join(f'%{s} = "{s}" : {self.type(s)} reset dense<0.0> : '
                           f"{self.type(s)}" for s in self.states)
        names = ", ".join(f"%{f}" for f in following)
        types = ", ".join(self.type(f) for f in following)
        body = "\n  ".join(self.lines)
        path.write_text(
            f'rnn.network @cell inputs(%x = "x" : {self.type("x")})\n    states({states})\n'
            f'    outputs("y" : {self.type(y)}) {{\n  {body}\n'
            f"  rnn.yield %{y} : {self.type(y)} next {names} : {types}\n}}\n")
        return Network(path, self.inputs)


def write_state_space(random, folder):
    """s' = exp(-d a) s + d b x and y = sum(c s'), where d, b and c come from the input."""
    channels, states = choose_size(random, 40, 2), choose_size(random, 16, 2)
    inputs = choose_size(random, 40)
    cell = Cell(random, inputs)
    shape = (channels, states)
    s = cell.state(*shape)
    u = cell.matvec(channels, "x")
    d = cell.act("softplus", cell.matvec(channels, "x"))
    b, c = cell.matvec(states, "x"), cell.matvec(states, "x")
    rate = cell.op("arith.mulf", cell.spread(d, shape, 0),
                   cell.constant(*shape, low=-1, high=-0.1))
    kept = cell.op("arith.mulf", cell.op("math.exp", rate), s)
    fed = cell.op("arith.mulf", d, u)
    fed = cell.op("arith.mulf", cell.spread(fed, shape, 0), cell.spread(b, shape, 1))
    following = cell.op("arith.addf", kept, fed)
    y = cell.reduce("sum", cell.op("arith.mulf", following, cell.spread(c, shape, 1)))
    if random.random() < 0.5:
        y = cell.op("arith.mulf", y, cell.act("sigmoid", cell.matvec(channels, "x")))
    if random.random() < 0.7:
        y = cell.matvec(choose_size(random, 20), y)
    return cell.write(folder / "net.mlir", y, [following])


def write_rotation(random, folder):
    """A complex state that is turned, as in a linear recurrent unit."""
    n, inputs = choose_size(random, 120, 4), choose_size(random, 40)
    cell = Cell(random, inputs)
    re, im = cell.state(n), cell.state(n)
    a, b = cell.constant(n), cell.constant(n)
    u = cell.matvec(n, "x")
    turned = cell.op("arith.subf", cell.op("arith.mulf", a, re), cell.op("arith.mulf", b, im))
    real = cell.op("arith.addf", turned, u)
    imaginary = cell.op("arith.addf", cell.op("arith.mulf", a, im),
                        cell.op("arith.mulf", b, re))
    outputs = choose_size(random, 40)
    y = cell.op("arith.addf", cell.matvec(outputs, real), cell.matvec(outputs, imaginary))
    if random.random() < 0.5:
        y = cell.op("arith.mulf", y, cell.matvec(outputs, "x"))
    if random.random() < 0.5:
        y = cell.matvec(choose_size(random, 16), y)
    return cell.write(folder / "net.mlir", y, [real, imaginary])


def write_matrix_state(random, folder):
    """A matrix that fades and takes up outer products, read by a vector."""
    keys, values = choose_size(random, 24, 2), choose_size(random, 32, 2)
    inputs = choose_size(random, 32)
    cell = Cell(random, inputs)
    shape = (values, keys)
    s = cell.state(*shape)
    k, v, q = (cell.matvec(n, "x") for n in (keys, values, keys))
    if random.random() < 0.5:
        k = cell.act(str(random.choice(["sigmoid", "elu", "relu"])), k)
    gate = cell.act("sigmoid", cell.matvec(keys, "x"))
    kept = cell.op("arith.mulf", cell.spread(gate, shape, 1), s)
    taken = cell.op("arith.mulf", cell.spread(k, shape, 1), cell.spread(v, shape, 0))
    following = cell.op("arith.addf", kept, taken)
    y = cell.reduce(str(random.choice(["sum", "sum", "max"])),
                    cell.op("arith.mulf", following, cell.spread(q, shape, 1)))
    if random.random() < 0.7:
        y = cell.matvec(choose_size(random, 16), y)
    return cell.write(folder / "net.mlir", y, [following])


ARITHMETIC = ["mul", "mul", "add", "sub", "maximum", "minimum", "decay", "limit", "select",
              "sigmoid", "tanh", "relu", "leaky_relu", "hard_sigmoid"]
FUNCTIONS = ["exp", "sqrt", "log", "div", "softplus", "elu", "softsign", "absf"]


def write_elementwise(random, folder, functions=None):
    """Arithmetic of single elements, in half of them with functions, and a matrix behind."""
    n = choose_size(random, 300)
    cell = Cell(random, n)
    s = cell.state(n)
    values = ["x", s]
    kinds = list(ARITHMETIC)
    if random.random() < 0.5 if functions is None else functions:
        kinds += FUNCTIONS
    for _ in range(random.integers(2, 10)):
        a, b = (str(v) for v in random.choice(values, 2))
        kind = str(random.choice(kinds))
        if kind in ("mul", "add", "sub", "maximum", "minimum"):
            value = cell.op(f"arith.{kind}f", a, b)
        elif kind == "decay":
            value = cell.op("arith.mulf", cell.constant(n), a)
        elif kind == "limit":
            value = cell.op("arith.minimumf", cell.op("arith.maximumf", a,
                                                      cell.splat(-1.5, n)),
                            cell.splat(1.5, n))
        elif kind == "select":
            mask = cell.emit(f"arith.cmpf olt, %{a}, %{b} : {tensor(n)}", n)
            value = cell.emit(f"arith.select %{mask}, %{a}, %{b} : "
                              f"tensor<{n}xi1>, {tensor(n)}", n)
        elif kind in ("sqrt", "log"):
            value = cell.op("arith.addf", cell.op("math.absf", a), cell.splat(0.1, n))
            value = cell.op(f"math.{kind}", value)
        elif kind == "exp":
            value = cell.op("math.exp", cell.act("tanh", a))
        elif kind == "div":
            divisor = cell.op("arith.addf", cell.op("arith.mulf", b, b), cell.splat(1.0, n))
            value = cell.op("arith.divf", a, divisor)
        elif kind == "absf":
            value = cell.op("math.absf", a)
        else:
            value = cell.act(kind, a)
        values.append(value)
    following = cell.act("tanh", values[-1]) if random.random() < 0.7 else \
        cell.op("arith.minimumf", cell.op("arith.maximumf", values[-1], cell.splat(-2.0, n)),
                cell.splat(2.0, n))
    y = cell.matvec(choose_size(random, 24), following)
    return cell.write(folder / "net.mlir", y, [following])


KINDS = {
    "stack": write_stack,
    "peepholes": write_peepholes,
    "state_space": write_state_space,
    "rotation": write_rotation,
    "matrix_state": write_matrix_state,
    "elementwise": write_elementwise,
}


def write(kind, seed, folder):
    """The network of a kind with this seed."""
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    return KINDS[kind](random, folder)
