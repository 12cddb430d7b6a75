# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cells that ONNX spells out in primitive operators, as exporters do for modules of
one's own, take as many cycles as the operator that names them."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from spelled_cells import Net

INPUT, HIDDEN, OUTPUT = 48, 96, 24


def split(net, gates):
    return net.op("Split", gates, outputs=4, axis=1)


def slices(net, gates):
    def cut(k):
        bounds = [net.constant([at], np.int64) for at in (k * HIDDEN, (k + 1) * HIDDEN, 1)]
        return net.op("Slice", gates, *bounds)
    return [cut(k) for k in range(4)]


def gathers(net, gates):
    rows = net.op("Reshape", gates, net.constant([1, 4, HIDDEN], np.int64))
    return [net.op("Gather", rows, net.constant(k, np.int64), axis=1) for k in range(4)]


def joint(net, x, h):
    return net.sum(net.dense(x, INPUT, 4 * HIDDEN), net.dense(h, HIDDEN, 4 * HIDDEN))


def apart(net, x, h):
    return [net.sum(net.dense(x, INPUT, HIDDEN), net.dense(h, HIDDEN, HIDDEN)) for _ in range(4)]


def together(net, x, h):
    both = net.op("Concat", x, h, axis=1)
    return net.dense(both, INPUT + HIDDEN, 4 * HIDDEN)


STYLES = {"split": (joint, split), "slices": (joint, slices), "gathers": (joint, gathers),
          "a layer for each gate": (apart, None), "one vector": (together, split)}


def spell(style):
    make, cut = STYLES[style]
    net = Net(3)
    x, h, c = net.input(1, INPUT), net.input(1, HIDDEN), net.input(1, HIDDEN)
    gates = make(net, x, h)
    i, f, g, o = cut(net, gates) if cut else gates
    fresh = net.op("Mul", net.op("Sigmoid", i), net.op("Tanh", g))
    c_new = net.sum(net.op("Mul", net.op("Sigmoid", f), c), fresh)
    h_new = net.op("Mul", net.op("Sigmoid", o), net.op("Tanh", c_new))
    net.state(h, h_new)
    net.state(c, c_new)
    net.output(net.dense(h_new, HIDDEN, OUTPUT), 1, OUTPUT)
    return net.finish().model, x


def count(model, name, precision, folder):
    path = folder / "net.onnx"
    path.write_bytes(model.SerializeToString())
    # Of the range of h, so that products with both may share a scale.
    x = np.random.default_rng(0).uniform(-1, 1, (200, INPUT)).astype(np.float32)
    np.save(folder / "x.npy", x)
    np.save(folder / "few.npy", x[:8])
    elf = se.compile(path, folder / "net.elf", f"--precision={precision}",
                     f"--calibration={name}={folder}/x.npy")
    se.run_tool("se-run", elf, f"--in={name}={folder}/few.npy", f"--stats={folder}/stats.json")
    return json.loads((folder / "stats.json").read_text())["cycles_per_frame"]["min"]


@pytest.mark.parametrize("precision", ["fp16", "int8"])
def test_as_fast_as_named(precision, tmp_path):
    named = onnx_models.build(Recipe("lstm", input=INPUT, hidden=HIDDEN, outputs=OUTPUT,
                                     head="gemm"))
    expected = count(named, "x", precision, tmp_path)
    found = {style: count(*spell(style), precision, tmp_path) for style in STYLES}
    slow = {style: cycles for style, cycles in found.items() if cycles > 1.02 * expected}
    assert not slow, f"named: {expected}"
