# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every cell of the library against numpy (cells_reference.py), in every precision, on
the host and on the simulator.

The sizes are those of --sizes; the whole matrix is --sizes=16,61,128,256."""

import re
import warnings

import numpy as np
import pytest

import cells_reference
import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from se_mlir import cells  # noqa: E402

NAMES = cells.names()
PRECISIONS = ("fp32", "fp16", "mixed", "int8")
# Of outputs relative to the largest: in fp32 against numpy's float64, else what is
# stated in docs/cells.md.
BOUNDS = {"fp32": 1e-5, "fp16": 5e-3, "mixed": 5e-2, "int8": 5e-2}
# Layer norm of a state whose elements are nearly equal is large in what rounding left.
WIDER = {("layer_norm_lstm", "fp16"): 5e-2, ("layer_norm_lstm", "mixed"): 0.25,
         ("layer_norm_lstm", "int8"): 0.25,
         # Squares double what is relative.
         ("rwkv_channel", "mixed"): 0.1, ("rwkv_channel", "int8"): 0.1}
# From so many units on, states that are matrices may not fit a chip.
LARGE = 128
# Outputs that are 0 or 1: a value at the threshold falls on either side of it, and then
# the states go apart. So many outputs of a hundred may differ.
SPIKES = {"gsu": 5, "lif": 5}


def get_sizes(name, size):
    """A value for each size of a cell: units, and others that make no cell too large."""
    names = re.search(r"sizes\(([^)]*)\)", cells.text(name)).group(1).split(", ")
    values = {
        "x": size // 2 + 1, "h": size, "n": max(size // 4, 2), "k": size,
        "v": size - 1, "p": size // 2, "r": 3, "a": 2, "d": max(size // 2, 2),
        "x1": 3, "x2": 4, "h1": 2, "h2": max(size // 2, 2), "m": 6, "i": 3, "j": 4,
    }
    if name == "layer_norm":
        values["n"] = size
    return {n: values[n] for n in names}


def get_states(text):
    """Shapes of the network's states by name."""
    head = text[text.index("rnn.network"):]
    head = head[:head.index("{\n")]
    return {
        name: tuple(int(n) for n in shape.split("x") if n)
        for name, shape in re.findall(r'= "(\w+)" : tensor<([\dx]*)xf32> reset', head)
    }


class Network:
    """A network around a cell with random weights."""

    def __init__(self, name, size, folder):
        self.name = name
        sizes = get_sizes(name, size)
        self.weights = cells.random_weights(name, sizes, seed=size)
        text = cells.network(name, sizes, self.weights)
        self.states = get_states(text)
        self.file = folder / f"{name}.mlir"
        self.file.write_text(text)
        self.folder = folder
        (self.input, elements), = re.findall(
            r'inputs\(%\w+ = "(\w+)" : tensor<(\d+)xf32>\)', text)
        self.elements = int(elements)
        self.statistics = None

    def frames(self, count, seed):
        values = np.random.default_rng(seed).uniform(-1, 1, (count, self.elements))
        return values.astype(np.float32)

    def reference(self, frames):
        return cells_reference.run(self.name, self.weights, frames, self.states)

    def options(self, precision):
        if precision in ("fp32", "fp16"):
            return {"precision": precision}
        if self.statistics is None:
            np.save(self.folder / "calibration.npy", self.frames(200, 7))
            self.statistics = self.folder / "statistics.json"
            se_mlir.calibrate(self.file, self.folder / "calibration.npy",
                              output=self.statistics)
        return {"precision": precision, "calibration": self.statistics}

    def on_host(self, frames, **options):
        host = se_mlir.HostNetwork(self.file, **options)
        return host.run({self.input: frames})

    def on_chip(self, frames, **options):
        # Some cells of 256 units need more L1 than a chip has.
        program = self.folder / "program.elf"
        se_mlir.compile(self.file, program, target="pulp-open-ddr", **options)
        return se_mlir.run(program, {self.input: frames}, check=True).outputs


def pytest_generate_tests(metafunc):
    if "size" in metafunc.fixturenames:
        sizes = metafunc.config.getoption("--sizes").split(",")
        metafunc.parametrize("group,size", [(n, int(s)) for n in NAMES for s in sizes])


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_cell(group, size, tmp_path):
    network = Network(group, size, tmp_path)
    frames = network.frames(20, 2)
    expected = {"y": network.reference(frames)[0]}
    too_large = []
    for precision in PRECISIONS:
        what = f"{group}, {size} units, {precision}"
        options = network.options(precision)
        host = network.on_host(frames, **options)
        if group in SPIKES:
            differ = np.mean(host["y"] != expected["y"]) * 100
            assert differ <= (0 if precision == "fp32" else SPIKES[group]), what
        else:
            bound = WIDER.get((group, precision), BOUNDS[precision])
            se.assert_close(host, expected, bound, what)
        try:
            chip = network.on_chip(frames, **options)
        except se_mlir.Error as error:
            if size < LARGE or "network does not fit" not in str(error):
                raise
            too_large.append(f"{precision}: {str(error).partition(': ')[2]}")
            continue
        se.assert_same_bits(host, chip, f"{what}: host and simulator")
    if too_large:
        pytest.skip("; ".join(too_large))


@pytest.mark.parametrize("units", [4, 16, 200])
@pytest.mark.parametrize("name", NAMES)
def test_alive(name, units, tmp_path):
    """With random weights states neither die nor explode, and outputs go on changing."""
    network = Network(name, units, tmp_path)
    outputs, states = network.reference(network.frames(150, 3))
    late = outputs[75:]
    assert 1e-2 < np.sqrt((late**2).mean()) < 1e2
    assert late.std(axis=0).mean() > 1e-3
    for state, values in states.items():
        assert 1e-3 < np.sqrt((values[75:] ** 2).mean()) < 1e2, state


@pytest.mark.parametrize("name", ["gla", "gated_deltanet", "mlstm"])
def test_constants_beside_computed_matrices(name, tmp_path):
    """A product of two computed values does not keep a layer's constants out of int8."""
    network = Network(name, 61, tmp_path)
    statistics = network.options("mixed")["calibration"]
    text = se.compile(network.file, tmp_path / "legalized.mlir", "--emit=mlir-legalized",
                      "--precision=mixed", f"--calibration={statistics}").read_text()
    products = re.findall(r"rnn\.matvec .*: tensor<[\dx]+x(\w+)>, ", text)
    assert set(products) == {"i8", "f32"}


def test_every_cell_has_a_reference():
    assert set(NAMES) == set(cells_reference.STEPS)


def test_files():
    """What is installed beside the tools is what is in them; each file says what its
    weights are."""
    folder = se.BIN.parent / "share/se-mlir/cells"
    assert sorted(f.stem for f in folder.glob("*.mlir")) == sorted(NAMES)
    for name in NAMES:
        text = cells.text(name)
        assert (se.SOURCE / "cells" / f"{name}.mlir").read_text() == text
        assert (folder / f"{name}.mlir").read_text() == text
        comment, _, cell = text.partition("\n\nrnn.cell")
        described = set(re.findall(r"\w+", " ".join(
            re.findall(r"^//   ((?:\w+(?:, )?)+)  ", comment, re.MULTILINE))))
        weights = cell[cell.find("weights("):cell.find(" outputs(")] if "weights(" in cell else ""
        for weight in re.findall(r"%(\w+) :", weights):
            assert weight in described, f"{name}: no line for {weight}"
        assert re.search(r"\b(19|20)\d\d\b", comment), f"{name}: no source"
