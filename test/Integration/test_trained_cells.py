# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trained networks, of which only the weights are there, built of the library's cells:
equal to their golden files where there are any, otherwise to numpy."""

import numpy as np
import pytest

import cells_reference
import se
from cells_reference import sigmoid

FOLDER = se.SHARED / "weights"


def load(name):
    if not (FOLDER / f"{name}.npz").exists():
        pytest.skip("no ../shared/models/weights")
    return dict(np.load(FOLDER / f"{name}.npz"))


def tensor(shape):
    return "tensor<" + "".join(f"{n}x" for n in shape) + "f32>"


class Writer:
    """The text of a network, operation by operation."""

    def __init__(self, **inputs):
        self.inputs = inputs
        self.shapes = {n: (size,) for n, size in inputs.items()}
        self.states, self.next, self.lines = {}, {}, []

    def new(self, text, shape):
        name = f"v{len(self.shapes)}"
        self.shapes[name] = shape
        self.lines.append(f"  %{name} = {text}")
        return name

    def of(self, *names):
        return ", ".join(tensor(self.shapes[n]) for n in names)

    def constant(self, array):
        array = np.ascontiguousarray(array, "<f4")
        return self.new(
            f'arith.constant dense<"0x{array.tobytes().hex().upper()}"> : '
            f"{tensor(array.shape)}", array.shape)

    def linear(self, weight, bias, x, function=None):
        w, b = self.constant(weight), self.constant(bias)
        size = (len(bias),)
        y = self.new(f"rnn.linear %{w}, %{x}, %{b} : {self.of(w, x, b)} -> {tensor(size)}",
                     size)
        if function is None:
            return y
        return self.new(f"rnn.activation <{function}> %{y} : {tensor(size)} -> {tensor(size)}",
                        size)

    def concat(self, *names):
        shape = (sum(self.shapes[n][0] for n in names),)
        operands = ", ".join(f"%{n}" for n in names)
        return self.new(f"tensor.concat dim(0) {operands} : ({self.of(*names)}) -> "
                        f"{tensor(shape)}", shape)

    def cell(self, cell, x, states, weights, size, options=""):
        """Applies a cell of the library; `states` gives their sizes by name."""
        for name, length in states.items():
            self.shapes[name] = (length,)
            self.states[name] = length
        constants = [self.constant(w) for w in weights]
        result = f"v{len(self.shapes)}"
        self.shapes[result] = (size,)
        for name in states:
            self.next[name] = f"{result}_{name}"
            self.shapes[self.next[name]] = self.shapes[name]
        names = ", ".join(f"%{n}" for n in (result, *(self.next[n] for n in states)))
        args = lambda list: ", ".join(f"%{n}" for n in list)
        self.lines.append(
            f"  {names} = rnn.apply @se.{cell}(%{x}) states({args(states)}) "
            f"weights({args(constants)}) {options}\n"
            f"      : ({self.of(x)}), ({self.of(*states)}), ({self.of(*constants)}) -> "
            f"({tensor((size,))}), ({self.of(*states)})")
        return result

    def write(self, file, **outputs):
        inputs = ", ".join(f'%{n} = "{n}" : {tensor((s,))}' for n, s in self.inputs.items())
        states = ", ".join(f'%{n} = "{n}" : {tensor((s,))} reset dense<0.0> : {tensor((s,))}'
                           for n, s in self.states.items())
        names = ", ".join(f'"{n}" : {self.of(v)}' for n, v in outputs.items())
        values, after = list(outputs.values()), list(self.next.values())
        join = lambda list: ", ".join(f"%{n}" for n in list)
        file.write_text("\n".join([
            f"rnn.network @net inputs({inputs}) states({states}) outputs({names}) {{",
            *self.lines,
            f"  rnn.yield {join(values)} : {self.of(*values)} next {join(after)} : "
            f"{self.of(*after)}", "}", ""]))
        return file


def check_chip(file, inputs, outputs, folder, precision="fp16"):
    """Host and simulator have the same bits. Returns them."""
    options = [f"--precision={precision}"]
    se.compile(file, folder / "n.elf", "--target=pulp-open-ddr", *options)
    chip = se.run(folder / "n.elf", inputs, outputs)
    host = se.run(file, inputs, outputs, *options)
    se.assert_same_bits(host, chip, "host and simulator")
    return host


def write_rnnoise(file, weights):
    """Integers of -128 to 127 by name, as in rnnoise_v01_int8."""
    weights = {n: w.astype(np.float32) / 256 for n, w in weights.items()}
    net = Writer(x=42)

    def gru(name, x, size):
        w, r, b = (weights[f"{name}_gru.{n}"] for n in ("weight_ih", "weight_hh", "bias"))
        return net.cell("gru_before", x, {f"{name}_h": size},
                        [w, r[:2 * size], r[2 * size:], b[:2 * size], b[2 * size:]], size,
                        "{options = {g = #rnn.act<relu>}}")

    def dense(name, x, function):
        return net.linear(weights[f"{name}.weight_ih"], weights[f"{name}.bias"], x, function)

    first = dense("input_dense", "x", "tanh")
    vad = gru("vad", first, 24)
    noise = gru("noise", net.concat(first, vad, "x"), 48)
    denoise = gru("denoise", net.concat(vad, noise, "x"), 96)
    return net.write(file, gains=dense("denoise_output", denoise, "sigmoid"),
                     vad=dense("vad_output", vad, "sigmoid"))


@pytest.mark.parametrize("recording", ["p232_116", "p257_062"])
def test_rnnoise(recording, tmp_path):
    """RNNoise v0.1 against its golden rows."""
    file = write_rnnoise(tmp_path / "rnnoise.mlir", load("rnnoise_v01_int8"))
    rows = load("rnnoise_v01_golden")[recording]
    inputs = {"x": rows[:, :42]}
    expected = {"gains": rows[:, 42:64], "vad": rows[:, 64:]}
    found = se.run(file, inputs, ["gains", "vad"])
    se.assert_close(found, expected, 1e-5, "golden rows")
    half = check_chip(file, inputs, ["gains", "vad"], tmp_path)
    se.assert_close(half, found, 2e-2, "fp16")


def write_spiking(file, weights, model, sizes):
    inputs, units = sizes
    net = Writer(x=inputs)
    value = "x"
    for layer in (0, 1):
        part = lambda name: weights[f"{model}.sequence_model.layers.{layer}.cell.{name}"]
        norm = lambda name: part(f"batchnorm.{name}").astype(np.float64)
        scale = norm("weight") / np.sqrt(norm("running_var") + 1e-5)
        shift = norm("bias") - norm("running_mean") * scale
        value = net.cell("gsu", value, {f"h{layer}": units, f"c{layer}": units},
                         [part("weight_ih"), part("weight_hh"), part("bias_ih"), scale, shift],
                         units)
    y = net.linear(weights[f"{model}.fc_output_layer.weight"],
                   weights[f"{model}.fc_output_layer.bias"], value)
    return net.write(file, y=y)


def test_spiking(tmp_path):
    """Spiking-FullSubNet S, the model of the full band: each spike in its frame."""
    file = write_spiking(tmp_path / "fsn.mlir", load("spiking_fsn_s"), "fb_model", (64, 240))
    golden = load("spiking_fsn_s_golden")
    inputs, expected = {"x": golden["fb_in"].T}, {"y": golden["fb_out"].T}
    se.assert_close(se.run(file, inputs, ["y"]), expected, 1e-5, "golden file")
    check_chip(file, inputs, ["y"], tmp_path)


@pytest.mark.parametrize("part,inputs,outputs", [(0, 38, 24), (1, 94, 64), (2, 158, 128)])
def test_spiking_subbands(part, inputs, outputs, tmp_path):
    model = f"sb_model.sb_models.{part}"
    file = write_spiking(tmp_path / "fsn.mlir", load("spiking_fsn_s"), model, (inputs, 160))
    frames = np.random.default_rng(1).normal(size=(10, inputs)).astype(np.float32)
    assert check_chip(file, {"x": frames}, ["y"], tmp_path)["y"].shape == (10, outputs)


def run_and_compare(net, y, step, size, tmp_path):
    """Of 40 frames, in fp32; `step` is a numpy function of a frame."""
    file = net.write(tmp_path / "net.mlir", y=y)
    frames = np.random.default_rng(1).normal(size=(40, size)).astype(np.float32)
    expected = {"y": np.stack([step(x.astype(np.float64)) for x in frames])}
    se.assert_close(se.run(file, {"x": frames}, ["y"]), expected, 1e-5, "numpy")
    se.assert_close(check_chip(file, {"x": frames}, ["y"], tmp_path), expected, 2e-2, "fp16")


def test_keyword_lstm(tmp_path):
    """LSTM with peepholes and projection, from a TensorFlow kernel: gates i, j, f, o."""
    raw = {n.rsplit(".", 1)[-1]: w for n, w in load("LSTM_S").items()}
    w = load("LSTM_S")
    kernel, bias = w["lstm.rnn.lstm_cell.kernel"], w["lstm.rnn.lstm_cell.bias"].copy()
    project = w["lstm.rnn.lstm_cell.projection.kernel"]
    units, size = project.shape
    inputs = kernel.shape[0] - size
    bias[2 * units:3 * units] += 1
    order = lambda a: np.concatenate([np.split(a, 4, axis=-1)[i] for i in (0, 3, 2, 1)], -1)
    matrix = order(kernel).T
    net = Writer(x=inputs)
    h = net.cell("projected_lstm", "x", {"h": size, "c": units},
                 [matrix[:, :inputs], matrix[:, inputs:], order(bias), project.T,
                  np.concatenate([raw[f"w_{g}_diag"] for g in "iof"])], size)
    y = net.linear(w["W_o"].T, w["b_o"], h)
    state = {"h": np.zeros(size), "c": np.zeros(units)}

    def step(x):
        i, j, f, o = np.split(np.concatenate([x, state["h"]]) @ kernel + bias, 4)
        c = state["c"]
        c = (sigmoid(f + raw["w_f_diag"] * c) * c
             + sigmoid(i + raw["w_i_diag"] * c) * np.tanh(j))
        h = (sigmoid(o + raw["w_o_diag"] * c) * np.tanh(c)) @ project
        state.update(h=h, c=c)
        return h @ w["W_o"] + w["b_o"]

    run_and_compare(net, y, step, inputs, tmp_path)


def test_keyword_basic_lstm(tmp_path):
    w = load("Basic_LSTM_S")
    kernel = w["lstm.rnn.basic_lstm_cell.kernel"]
    bias = w["lstm.rnn.basic_lstm_cell.bias"].copy()
    units = len(bias) // 4
    inputs = kernel.shape[0] - units
    bias[2 * units:3 * units] += 1
    order = lambda a: np.concatenate([np.split(a, 4, axis=-1)[i] for i in (0, 3, 2, 1)], -1)
    matrix = order(kernel).T
    net = Writer(x=inputs)
    h = net.cell("lstm", "x", {"h": units, "c": units},
                 [matrix[:, :inputs], matrix[:, inputs:], order(bias)], units)
    y = net.linear(w["W_o"].T, w["b_o"], h)
    state = {"h": np.zeros(units), "c": np.zeros(units)}

    def step(x):
        i, j, f, o = np.split(np.concatenate([x, state["h"]]) @ kernel + bias, 4)
        c = sigmoid(f) * state["c"] + sigmoid(i) * np.tanh(j)
        h = sigmoid(o) * np.tanh(c)
        state.update(h=h, c=c)
        return h @ w["W_o"] + w["b_o"]

    run_and_compare(net, y, step, inputs, tmp_path)


def test_keyword_gru(tmp_path):
    """TensorFlow's GRU: gates r, u, reset before the product."""
    w = load("GRU_S")
    cell = "rnn.multi_rnn_cell.cell_0.gru_cell"
    gates, gate_bias = w[f"{cell}.gates.kernel"], w[f"{cell}.gates.bias"]
    candidate, bias = w[f"{cell}.candidate.kernel"], w[f"{cell}.candidate.bias"]
    units = len(bias)
    inputs = len(gates) - units
    swap = lambda a: np.concatenate([a[..., units:], a[..., :units]], -1)
    net = Writer(x=inputs)
    h = net.cell("gru_before", "x", {"h": units},
                 [np.concatenate([swap(gates)[:inputs], candidate[:inputs]], 1).T,
                  swap(gates)[inputs:].T, candidate[inputs:].T, swap(gate_bias), bias], units)
    y = net.linear(w["W_o"].T, w["b_o"], h)
    state = {"h": np.zeros(units)}

    def step(x):
        h = state["h"]
        r, u = np.split(sigmoid(np.concatenate([x, h]) @ gates + gate_bias), 2)
        c = np.tanh(np.concatenate([x, r * h]) @ candidate + bias)
        state["h"] = u * h + (1 - u) * c
        return state["h"] @ w["W_o"] + w["b_o"]

    run_and_compare(net, y, step, inputs, tmp_path)


def test_fast_rnn(tmp_path):
    """Two layers of FastRNN with a sigmoid."""
    w = load("fastrnn_raw")
    scalars = [(0.371637, 0.892619), (0.393828, 0.968985)]
    net, value = Writer(x=32), "x"
    layers = []
    for i, (alpha, beta) in enumerate(scalars):
        matrix = w[f"combinedWMatrix{i}"].reshape(16, -1)
        bias = w[f"combinedBMatrix{i}"]
        value = net.cell("fast_rnn", value, {f"h{i}": 16},
                         [matrix[:, 16:], matrix[:, :16], bias, [alpha], [beta]], 16,
                         "{options = {f = #rnn.act<sigmoid>}}")
        layers.append([matrix, bias, alpha, beta, np.zeros(16)])
    y = net.linear(w["fcW"].reshape(13, 16), w["fcB"], value)

    def step(x):
        for layer in layers:
            matrix, bias, alpha, beta, h = layer
            x = alpha * sigmoid(matrix @ np.concatenate([h, x]) + bias) + beta * h
            layer[4] = x
        return w["fcW"].reshape(13, 16) @ x + w["fcB"]

    run_and_compare(net, y, step, 32, tmp_path)


def test_nnse(tmp_path):
    """NNSE: gates i, j, f, o; integers by powers of two."""
    w = load("nnse_int8")
    layers = ["fc0", "lstm1", "fc2", "fc3"]
    weight = {n: 2.0**-q for n, q in zip(layers, (5, 5, 5, 6))}
    shift = {n: 2.0**-q for n, q in zip(layers, (14, 14, 15, 13))}
    real = {n: a * (shift if n.endswith("bias") else weight)[n.split(".")[0]]
            for n, a in w.items() if n.split(".")[0] in layers}
    order = lambda a: np.concatenate([np.split(a, 4)[i] for i in (0, 3, 2, 1)])
    net = Writer(x=432)
    a = net.linear(real["fc0.weight"], real["fc0.bias"], "x", "tanh")
    h = net.cell("lstm", a, {"h": 72, "c": 72},
                 [order(real[f"lstm1.{n}"]) for n in ("weight_ih", "weight_hh", "bias")], 72)
    b = net.linear(real["fc2.weight"], real["fc2.bias"], h, "tanh")
    y = net.linear(real["fc3.weight"], real["fc3.bias"], b, "sigmoid")
    state = {"h": np.zeros(72), "c": np.zeros(72)}

    def step(x):
        x = np.tanh(real["fc0.weight"] @ x + real["fc0.bias"])
        lstm = {"W": order(real["lstm1.weight_ih"]), "R": order(real["lstm1.weight_hh"]),
                "b": order(real["lstm1.bias"])}
        h, (h1, c1) = cells_reference.lstm(lstm, x, state)
        state.update(h=h1, c=c1)
        x = np.tanh(real["fc2.weight"] @ h + real["fc2.bias"])
        return sigmoid(real["fc3.weight"] @ x + real["fc3.bias"])

    run_and_compare(net, y, step, 432, tmp_path)
