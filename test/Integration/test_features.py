# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks that compute their features themselves: fp16 and mixed are within 2e-2
of ONNX Runtime, silence, loud sound and long recordings included, because what
f16 does not hold is f32 (docs/numerics.md)."""

import functools
import subprocess
import sys

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import se

SIZE, HIDDEN, FRAMES = 16, 12, 60
TOLERANCE = 2e-2  # of full scale

CASES = {}


class Graph:
    """Nodes around one input `x` of SIZE elements; `constant`s and `state`s get
    their names from here."""

    def __init__(self):
        self.random = np.random.default_rng(5)
        self.nodes, self.constants = [], []
        self.inputs = [("x", [1, SIZE])]
        self.outputs, self.states = [], {}

    def constant(self, values, name=None):
        name = name or f"c{len(self.constants)}"
        array = np.asarray(values)
        if array.dtype != np.int64:
            array = array.astype(np.float32)
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def state(self, shape, name):
        self.inputs.append((name, shape))
        return name

    def next(self, name, value):
        """`value` is the state `name` in the next frame."""
        self.add("Identity", value, name=f"{name}_next")
        self.outputs.append((f"{name}_next", dict(self.inputs)[name]))
        self.states[name] = f"{name}_next"

    def add(self, kind, *inputs, name=None, **attributes):
        name = name or f"v{len(self.nodes)}"
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        self.nodes.append(helper.make_node(kind, names, [name], **attributes))
        return name

    def mean(self, value):
        return self.add("ReduceMean", value, axes=[-1], keepdims=1)

    def cell(self, features):
        """A GRU over the features, its h as output `y`."""
        shape = lambda *dims: self.random.uniform(-0.3, 0.3, dims)
        sequence = self.add("Unsqueeze", features, self.constant(np.array([0])))
        self.state([1, 1, HIDDEN], "h")
        self.nodes.append(helper.make_node("GRU", [
            sequence, self.constant(shape(1, 3 * HIDDEN, SIZE)),
            self.constant(shape(1, 3 * HIDDEN, HIDDEN)),
            self.constant(shape(1, 6 * HIDDEN)), "", "h",
        ], ["", "h_cell"], name="cell", hidden_size=HIDDEN, linear_before_reset=1))
        self.next("h", "h_cell")
        self.output(self.add("Reshape", "h_cell", self.constant(np.array([1, HIDDEN]))),
                    HIDDEN)

    def output(self, value, elements):
        self.add("Identity", value, name="y")
        self.outputs.insert(0, ("y", [1, elements]))

    def save(self, path):
        info = lambda ports: [helper.make_tensor_value_info(n, TensorProto.FLOAT, s)
                              for n, s in ports]
        graph = helper.make_graph(self.nodes, "features", info(self.inputs),
                                  info(self.outputs), self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        onnx.save(model, path)


def speech(random, frames, loudest=1.0):
    """Magnitudes over a large range, with digital silence in between."""
    level = np.exp(random.uniform(-8, 0, (frames, 1))) * loudest
    x = np.abs(random.standard_normal((frames, SIZE))) * level
    x[frames // 3 : frames // 2] = 0
    return x.astype(np.float32)


def case(frames=FRAMES, loudest=1.0):
    def add(build):
        CASES[build.__name__] = build, frames, loudest
        return build
    return add


@case()
def log_of_power(g):
    power = g.add("Add", g.add("Mul", "x", "x"), 1e-8)
    g.cell(g.add("Div", g.add("Sub", g.add("Log", power), -9.0), 4.0))


@case()
def decibels(g):
    log = g.add("Div", g.add("Log", g.add("Max", "x", 1e-10)), 2.302585)
    g.cell(g.add("Mul", g.add("Add", log, 5.0), 0.2))


@case(loudest=3e4)
def log_of_bands(g):
    """Powers of sound in units of 16 bits, summed up in bands: no f16."""
    bands = np.maximum(0, 1 - np.abs(np.arange(SIZE)[:, None] / 2 - np.arange(8)))
    energy = g.add("MatMul", g.add("Mul", "x", "x"), bands)
    log = g.add("Log", g.add("Add", energy, 1e-6))
    g.cell(g.add("MatMul", g.add("Mul", log, 0.1), g.random.standard_normal((8, SIZE))))


@case()
def compression(g):
    g.cell(g.add("Mul", g.add("Pow", "x", 0.3), 2.0))


@case(loudest=100.0)
def rms_norm(g):
    power = g.add("Add", g.mean(g.add("Mul", "x", "x")), 1e-8)
    g.cell(g.add("Div", "x", g.add("Sqrt", power)))


@case()
def layer_norm(g):
    g.cell(g.add("LayerNormalization", "x", g.random.uniform(0.5, 1.5, SIZE),
                 g.random.uniform(-0.5, 0.5, SIZE), axis=-1, epsilon=1e-7))


@case()
def variance(g):
    """E[x^2] - E[x]^2."""
    mean = g.mean("x")
    square = g.mean(g.add("Mul", "x", "x"))
    power = g.add("Sub", square, g.add("Mul", mean, mean))
    deviation = g.add("Sqrt", g.add("Max", power, 1e-9))
    g.cell(g.add("Div", g.add("Sub", "x", mean), deviation))


@case()
def large_constant(g):
    louder = g.add("Mul", "x", g.constant(1e5, "gain"))
    g.cell(g.add("Mul", louder, 1e-5))


@case()
def softmax(g):
    g.cell(g.add("Softmax", g.add("Mul", "x", 10.0), axis=-1))


@case(frames=4000)
def running_mean(g):
    mean = g.state([1, SIZE], "mean")
    level = g.add("Mul", g.add("Sub", g.add("Log", g.add("Add", "x", 1e-6)), 3.0), 4.34)
    mean = g.add("Add", g.add("Mul", mean, 0.999), g.add("Mul", level, 0.001))
    g.next("mean", mean)
    g.cell(g.add("Div", g.add("Sub", level, mean), 40.0))


@case(frames=4000)
def running_deviation(g):
    """Leaks that differ between elements, as m + a * (x - m)."""
    leak = g.constant(np.geomspace(1e-3, 0.5, SIZE))
    mean, square = g.state([1, SIZE], "mean"), g.state([1, SIZE], "square")
    step = lambda m, v: g.add("Add", m, g.add("Mul", leak, g.add("Sub", v, m)))
    mean = step(mean, "x")
    centered = g.add("Sub", "x", mean)
    square = step(square, g.add("Mul", centered, centered))
    g.next("mean", mean)
    g.next("square", square)
    g.cell(g.add("Div", centered, g.add("Sqrt", g.add("Add", square, 1e-8))))


@case(frames=1500)
def running_mean_of_a_mask(g):
    """Bounded, but it stalls in f16; what the mask misses adds up."""
    mask = g.add("Sigmoid", g.add("MatMul", "x", g.random.standard_normal((SIZE, SIZE))))
    mean = g.state([1, SIZE], "mean")
    mean = g.add("Add", g.add("Mul", mean, 0.998), g.add("Mul", mask, 0.002))
    g.next("mean", mean)
    g.output(g.add("Sub", mask, mean), SIZE)


@case(frames=3000)
def cumulative_mean(g):
    count, total = g.state([1, 1], "count"), g.state([1, SIZE], "total")
    count = g.add("Add", count, 1.0)
    total = g.add("Add", total, "x")
    g.next("count", count)
    g.next("total", total)
    g.cell(g.add("Sub", "x", g.add("Div", total, count)))


@case(frames=1500)
def linear_recurrent_unit(g):
    """A complex diagonal state."""
    radius = g.random.uniform(0.9, 0.9995, SIZE)
    angle = g.random.uniform(0, 3, SIZE)
    re, im = g.state([1, SIZE], "re"), g.state([1, SIZE], "im")
    a, b = g.constant(radius * np.cos(angle)), g.constant(radius * np.sin(angle))
    u = g.add("MatMul", "x", g.random.standard_normal((SIZE, SIZE)) * 0.1)
    next_re = g.add("Add", g.add("Sub", g.add("Mul", re, a), g.add("Mul", im, b)), u)
    next_im = g.add("Add", g.add("Mul", re, b), g.add("Mul", im, a))
    g.next("re", next_re)
    g.next("im", next_im)
    g.cell(g.add("MatMul", next_re, g.random.standard_normal((SIZE, SIZE)) * 0.1))


@case(frames=1500, loudest=1e3)
def energy_normalization(g):
    """(x / (eps + m)^0.98 + 2)^0.5 - 2^0.5 (PCEN)."""
    mean = g.state([1, SIZE], "mean")
    mean = g.add("Add", g.add("Mul", mean, 0.975), g.add("Mul", "x", 0.025))
    g.next("mean", mean)
    smooth = g.add("Pow", g.add("Add", mean, 1e-6), 0.98)
    root = g.add("Sqrt", g.add("Add", g.add("Div", "x", smooth), 2.0))
    g.cell(g.add("Sub", root, 2.0 ** 0.5))


@case(frames=800)
def attack_and_release(g):
    """max(x, 0.995 * m), and what is delayed by a frame."""
    peak, last = g.state([1, SIZE], "peak"), g.state([1, SIZE], "last")
    peak = g.add("Max", "x", g.add("Mul", peak, 0.995))
    g.next("peak", peak)
    g.next("last", "x")
    g.cell(g.add("Div", g.add("Sub", "x", last), g.add("Add", peak, 1e-7)))


@case()
def log_of_a_mask(g):
    weights = g.random.standard_normal((SIZE, SIZE)) * 6
    mask = g.add("Sigmoid", g.add("Sub", g.add("MatMul", "x", weights), 9.0))
    g.cell(g.add("Mul", g.add("Log", g.add("Add", mask, 1e-7)), 0.1))


@case(loudest=1e6)
def far_out_of_range(g):
    """Compared, limited and passed on as it is."""
    g.add("Identity", g.add("Clip", "x", -2.0, 7e4), name="limited")
    g.cell(g.add("Mul", "limited", 1e-5))


@functools.lru_cache(maxsize=None)
def make(name, folder):
    build, frames, loudest = CASES[name]
    graph = Graph()
    build(graph)
    path = folder / f"{name}.onnx"
    graph.save(path)
    x = speech(np.random.default_rng(9), frames, loudest)
    expected = se.onnx_steps(path, {"x": x}, ["y"], graph.states)
    return path, x, expected


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("features")


@pytest.mark.parametrize("name", CASES)
def test_fp16(name, folder):
    path, x, expected = make(name, folder)
    found = se.run(path, {"x": x}, ["y"], "--precision=fp16")
    se.assert_close(found, expected, TOLERANCE, name)


@pytest.mark.parametrize("name", CASES)
def test_device(name, folder):
    """The same bits, also where f32 and f16 meet."""
    path, x, _ = make(name, folder)
    x = x[:8]
    host = se.run(path, {"x": x}, ["y"], "--precision=fp16")
    program = se.compile(path, folder / f"{name}.elf", "--precision=fp16", "--cores=8")
    se.assert_same_bits(se.run(program, {"x": x}, ["y"]), host, name)


@pytest.mark.parametrize("name", CASES)
def test_mixed(name, folder):
    """The cell is int8, which has an error of its own; features are as exact."""
    path, x, expected = make(name, folder)
    np.save(folder / "x.npy", x)
    options = [f"--calibration={folder}/x.npy"]
    found = se.run(path, {"x": x}, ["y"], "--precision=mixed", *options)
    se.assert_close(found, expected, 5 * TOLERANCE, name)
    program = se.compile(path, folder / f"{name}.elf", "--precision=mixed", *options)
    device = se.run(program, {"x": x[:8]}, ["y"])
    se.assert_same_bits(device, {"y": found["y"][:8]}, name)


def test_lost_constants_are_named(tmp_path):
    g = Graph()
    weights = g.random.standard_normal((SIZE, SIZE))
    weights[3, 5] = 7e4
    weights[:, 2] = 1e-9
    product = g.add("MatMul", "x", g.constant(weights, "wide"))
    g.cell(g.add("Tanh", product))
    g.save(tmp_path / "net.onnx")
    process = se.run_tool("se-compile", tmp_path / "net.onnx", "-o", tmp_path / "net.elf",
                          "--precision=fp16")
    assert "warning: 'v0': constant 'wide': " in process.stderr
    assert process.stderr.count("'wide'") == 1


# Name and options.
CASES_OF_SHARED = {
    "log_eps_silence": [],
    "rms_norm_eps_silence": [],
    "fp16_constants": [],
    "ema_stuck_fp16": ["--state", "mean_in=mean_out"],
}


@pytest.mark.parametrize("precision", ["fp16", "mixed"])
@pytest.mark.parametrize("name", CASES_OF_SHARED)
def test_shared_cases(name, precision, tmp_path):
    source = se.SHARED.parent / "cases" / name
    if not source.is_dir():
        pytest.skip(f"{source} is not there")
    (tmp_path / "common.py").write_text((source.parent / "common.py").read_text())
    case_folder = tmp_path / name
    case_folder.mkdir()
    (case_folder / "make.py").write_text((source / "make.py").read_text())
    subprocess.run([sys.executable, "make.py"], cwd=case_folder, check=True,
                   capture_output=True)
    inputs = {p.stem[3:]: np.load(p) for p in case_folder.glob("in_*.npy")}
    expected = {p.stem[9:]: np.load(p) for p in case_folder.glob("expected_*.npy")}
    options = [f"--precision={precision}", *CASES_OF_SHARED[name]]
    if precision == "mixed":
        options += [f"--calibration={case_folder}/in_{n}.npy" for n in inputs]
    found = se.run(case_folder / "model.onnx", inputs, expected, *options)
    # A recurrent layer in int8 has an error of its own.
    se.assert_close(found, expected, TOLERANCE if precision == "fp16" else 5e-2, name)
