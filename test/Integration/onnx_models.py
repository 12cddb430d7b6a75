# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recurrent ONNX networks from parameters, and what they should compute.

A `Recipe` says everything about a network; `build` makes the ONNX model, with
weights that depend on the recipe alone, `evaluate` computes it in float64 by the
formulas of the ONNX specification.
"""

import dataclasses
import hashlib
from typing import Optional, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GATES = {"lstm": 4, "peephole": 4, "gru0": 3, "gru1": 3}
DEFAULTS = {
    "lstm": ("Sigmoid", "Tanh", "Tanh"),
    "peephole": ("Sigmoid", "Tanh", "Tanh"),
    "gru0": ("Sigmoid", "Tanh"),
    "gru1": ("Sigmoid", "Tanh"),
}
# Default alpha and beta, None for none.
PARAMETERS = {
    "Sigmoid": (None, None),
    "Tanh": (None, None),
    "Relu": (None, None),
    "Affine": (1.0, 0.0),
    "LeakyRelu": (0.01, None),
    "ThresholdedRelu": (1.0, None),
    "ScaledTanh": (1.0, 1.0),
    "HardSigmoid": (0.2, 0.5),
    "Elu": (1.0, None),
    "Softsign": (None, None),
    "Softplus": (None, None),
}


@dataclasses.dataclass(frozen=True)
class Recipe:
    cell: str = "lstm"  # lstm, peephole, gru0, gru1 (linear_before_reset)
    input: int = 8
    hidden: int = 5
    layers: int = 1
    bias: bool = True
    activations: Optional[Tuple[str, ...]] = None
    alpha: Optional[Tuple[float, ...]] = None
    beta: Optional[Tuple[float, ...]] = None
    clip: Optional[float] = None
    input_forget: bool = False
    # "inputs": rnnN_h_in and rnnN_h_out, rnnN_c_in and rnnN_c_out;
    # "none": the operator's own, which starts at zero;
    # "constant": it starts at a constant.
    states: str = "inputs"
    layout: int = 0
    dynamic: bool = False  # sequence length "T", otherwise 1
    # gemm (with its transposition), matmul, or nothing behind the last layer.
    head: Optional[str] = None
    outputs: int = 7  # of the head
    opset: int = 17
    scale: float = 1.0  # of the weights

    @property
    def is_lstm(self):
        return self.cell in ("lstm", "peephole")

    @property
    def state_names(self):
        """State inputs and their outputs."""
        if self.states != "inputs":
            return {}
        kinds = "hc" if self.is_lstm else "h"
        return {
            f"rnn{i}_{k}_in": f"rnn{i}_{k}_out"
            for i in range(self.layers)
            for k in kinds
        }

    def __str__(self):
        """Short, for names of tests and files: what differs from the default."""
        parts = [self.cell, f"i{self.input}", f"h{self.hidden}"]
        for field in dataclasses.fields(self)[3:]:
            value = getattr(self, field.name)
            if value != field.default:
                text = "_".join(map(str, value)) if type(value) is tuple else value
                parts.append(f"{field.name}={text}")
        return "-".join(parts)


def weights(recipe):
    """Seeded by the recipe, so that each network has its own."""
    seed = hashlib.sha256(repr(recipe).encode()).digest()
    random = np.random.default_rng(int.from_bytes(seed[:8], "little"))
    gates = GATES[recipe.cell]

    def draw(*shape, fan=None):
        limit = recipe.scale / np.sqrt(fan or recipe.hidden)
        return random.uniform(-limit, limit, shape).astype(np.float32)

    layers = []
    for i in range(recipe.layers):
        n = recipe.input if i == 0 else recipe.hidden
        h = recipe.hidden
        layer = {"W": draw(1, gates * h, n, fan=n), "R": draw(1, gates * h, h)}
        if recipe.bias:
            layer["B"] = draw(1, 2 * gates * h, fan=4)
        if recipe.cell == "peephole":
            layer["P"] = draw(1, 3 * h, fan=4)
        if recipe.states == "constant":
            layer["h"] = draw(1, 1, h, fan=1)
            if recipe.is_lstm:
                layer["c"] = draw(1, 1, h, fan=1)
        layers.append(layer)
    head = {}
    if recipe.head:
        head["W"] = draw(recipe.outputs, recipe.hidden)
        head["b"] = draw(recipe.outputs, fan=4)
    return layers, head


def frames(recipe, count, seed=0):
    random = np.random.default_rng(seed)
    return random.standard_normal((count, recipe.input)).astype(np.float32)


# ---------------------------------------------------------------------------
# ONNX
# ---------------------------------------------------------------------------


def build(recipe):
    layers, head = weights(recipe)
    nodes, initializers, inputs, outputs = [], [], [], []
    batch_first = recipe.layout == 1
    time = "T" if recipe.dynamic else 1
    hidden = recipe.hidden

    def tensor(name, array):
        initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def value(name, shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    def without(name, axes, output):
        """`name` without dimensions of size 1."""
        if recipe.opset >= 13:
            axes = tensor(f"{output}_axes", np.array(axes, np.int64))
            nodes.append(helper.make_node("Squeeze", [name, axes], [output]))
        else:
            nodes.append(helper.make_node("Squeeze", [name], [output], axes=axes))
        return output

    inputs.append(value("x", [1, time, recipe.input] if batch_first
                        else [time, 1, recipe.input]))
    x = "x"
    for i, layer in enumerate(layers):
        prefix = f"rnn{i}_"
        optional = {"B": "", "h": "", "c": "", "P": ""}
        for key in layer:
            array = layer[key]
            if key in "hc" and batch_first:
                array = array.transpose(1, 0, 2)
            optional[key] = tensor(prefix + key, array)
        results = [f"{prefix}y", "", ""]
        kinds = "hc" if recipe.is_lstm else "h"
        if recipe.states == "inputs":
            for k, kind in enumerate(kinds):
                optional[kind] = f"{prefix}{kind}_in"
                results[1 + k] = f"{prefix}{kind}_out"
                inputs.append(value(optional[kind], [1, 1, hidden]))
                outputs.append(value(results[1 + k], [1, 1, hidden]))
        operands = [x, optional["W"], optional["R"], optional["B"], "", optional["h"]]
        attributes = {"hidden_size": hidden}
        if recipe.is_lstm:
            operands += [optional["c"], optional["P"]]
            if recipe.input_forget:
                attributes["input_forget"] = 1
        elif recipe.cell == "gru1":
            attributes["linear_before_reset"] = 1
        if recipe.activations:
            attributes["activations"] = list(recipe.activations)
        if recipe.alpha:
            attributes["activation_alpha"] = list(recipe.alpha)
        if recipe.beta:
            attributes["activation_beta"] = list(recipe.beta)
        if recipe.clip is not None:
            attributes["clip"] = recipe.clip
        if recipe.layout:
            attributes["layout"] = recipe.layout
        while operands[-1] == "":
            operands.pop()
        while results[-1] == "":
            results.pop()
        kind = "LSTM" if recipe.is_lstm else "GRU"
        nodes.append(helper.make_node(kind, operands, results, f"rnn{i}", **attributes))
        x = without(results[0], [2 if batch_first else 1], f"{prefix}seq")

    width = hidden
    if recipe.head == "matmul":
        width = recipe.outputs
        nodes.append(helper.make_node(
            "MatMul", [x, tensor("head_W", head["W"].T.copy())], ["head_y"]))
        nodes.append(helper.make_node(
            "Add", ["head_y", tensor("head_b", head["b"])], ["y"]))
        shape = [1, time, width] if batch_first else [time, 1, width]
    elif recipe.head == "gemm":
        width = recipe.outputs
        x = without(x, [0 if batch_first else 1], "head_x")
        nodes.append(helper.make_node(
            "Gemm", [x, tensor("head_W", head["W"]), tensor("head_b", head["b"])],
            ["y"], transB=1))
        shape = [time, width]
    else:
        nodes.append(helper.make_node("Identity", [x], ["y"]))
        shape = [1, time, width] if batch_first else [time, 1, width]
    outputs.insert(0, value("y", shape))

    graph = helper.make_graph(nodes, "net", inputs, outputs, initializers)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", recipe.opset)],
        ir_version=8 if recipe.opset < 19 else 10,
    )
    onnx.checker.check_model(model)
    return model


# ---------------------------------------------------------------------------
# Reference
# ---------------------------------------------------------------------------


def activation(name, alpha, beta):
    """The function of the ONNX specification."""
    return {
        "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
        "Tanh": np.tanh,
        "Relu": lambda x: np.maximum(x, 0),
        "Affine": lambda x: alpha * x + beta,
        "LeakyRelu": lambda x: np.where(x >= 0, x, alpha * x),
        "ThresholdedRelu": lambda x: np.where(x > alpha, x, 0),
        "ScaledTanh": lambda x: alpha * np.tanh(beta * x),
        "HardSigmoid": lambda x: np.clip(alpha * x + beta, 0, 1),
        "Elu": lambda x: np.where(x >= 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)),
        "Softsign": lambda x: x / (1 + np.abs(x)),
        "Softplus": lambda x: np.log1p(np.exp(x)),
    }[name]


def activations(recipe):
    """Parameters are taken from the lists in the order of the functions that
    have one."""
    alphas, betas = list(recipe.alpha or ()), list(recipe.beta or ())
    functions = []
    for name in recipe.activations or DEFAULTS[recipe.cell]:
        alpha, beta = PARAMETERS[name]
        if alpha is not None and alphas:
            alpha = np.float32(alphas.pop(0)).astype(np.float64)
        if beta is not None and betas:
            beta = np.float32(betas.pop(0)).astype(np.float64)
        functions.append(activation(name, alpha, beta))
    return functions


def evaluate(recipe, x):
    """Outputs y [T, width] for frames x [T, input], all states starting from
    zero or from the recipe's constants."""
    layers, head = weights(recipe)
    functions = activations(recipe)
    clip = np.inf if recipe.clip is None else recipe.clip
    limited = lambda f: lambda v: f(np.clip(v, -clip, clip))
    f, g = limited(functions[0]), limited(functions[1])
    n = recipe.hidden
    y = x.astype(np.float64)
    for layer in layers:
        layer = {k: v.astype(np.float64)[0] for k, v in layer.items()}
        w, r = layer["W"], layer["R"]
        gates = GATES[recipe.cell]
        wb, rb = np.split(layer.get("B", np.zeros(2 * gates * n)), 2)
        h = layer.get("h", np.zeros((1, n)))[0]
        c = layer.get("c", np.zeros((1, n)))[0]
        p = np.split(layer.get("P", np.zeros(3 * n)), 3)
        out = []
        for frame in y:
            if recipe.is_lstm:
                i, o, k, m = np.split(w @ frame + r @ h + wb + rb, 4)
                i = f(i + p[0] * c)
                k = 1 - i if recipe.input_forget else f(k + p[2] * c)
                c = k * c + i * g(m)
                h = f(o + p[1] * c) * functions[2](c)
            else:
                xz, xr, xn = np.split(w @ frame + wb, 3)
                rz, rr, rn = np.split(r, 3)
                bz, br, bn = np.split(rb, 3)
                z = f(xz + rz @ h + bz)
                reset = f(xr + rr @ h + br)
                if recipe.cell == "gru1":
                    m = g(xn + reset * (rn @ h + bn))
                else:
                    m = g(xn + rn @ (reset * h) + bn)
                h = (1 - z) * m + z * h
            out.append(h)
        y = np.stack(out)
    if recipe.head:
        y = y @ head["W"].astype(np.float64).T + head["b"]
    return y
