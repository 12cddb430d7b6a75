# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The module of each phase runs on the host and gives the same bits, so that a
disagreement is located to one pass. In FP32 all phases agree; with FP16 the
phases from `legalized` on, since rounding begins there."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_models import MODELS, golden

PHASES = ["imported", "normalized", "legalized", "planned", "scheduled", "selected"]

RECIPES = [
    *(Recipe(cell, layers=2, head="gemm") for cell in onnx_models.GATES),
    Recipe("lstm", states="constant", clip=0.5, input_forget=True),
    Recipe("gru0", states="none", dynamic=True, input=33, hidden=17),
]


def check(path, x, output, precision, cores, folder, *others):
    options = [f"--precision={precision}", *others]
    expected = se.run(path, x, [output], *options)
    for phase in PHASES:
        text = se.compile(path, folder / f"{phase}.mlir", f"--emit=mlir-{phase}",
                          f"--cores={cores}", *options)
        # Later phases know precision and cores.
        rest = options if phase in PHASES[:2] else []
        found = se.run(text, x, [output], *rest)
        se.assert_same_bits(found, expected, f"phase {phase} and the whole")


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("cores", [1, 8])
@pytest.mark.parametrize("recipe", RECIPES, ids=map(str, RECIPES))
def test_cells(recipe, cores, precision, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = {"x": onnx_models.frames(recipe, 6)}
    check(path, x, "y", precision, cores, tmp_path)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("name", [n for n in MODELS if "128" in n or "rank_2" in n])
def test_models(name, precision, tmp_path):
    model = golden(name)
    x = {model.input: model.frames[:10]}
    check(model.path, x, model.output, precision, 8, tmp_path)


def save_frames(x, folder):
    """Frames to calibrate with; the options that name them."""
    options = []
    for name, frames in x.items():
        np.save(folder / f"{name}.npy", frames)
        options.append(f"--calibration={name}={folder}/{name}.npy")
    return options


@pytest.mark.parametrize("precision", ["mixed", "int8"])
@pytest.mark.parametrize("recipe", RECIPES[1::2], ids=map(str, RECIPES[1::2]))
def test_quantized_cells(recipe, precision, tmp_path):
    """Text keeps the names that calibration and policy go by."""
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = {"x": onnx_models.frames(recipe, 40)}
    check(path, x, "y", precision, 8, tmp_path, *save_frames(x, tmp_path))


# Two layers that have no names but their lines.
CELLS = """
rnn.cell @mix inputs(%x : tensor<6xf32>) states(%h : tensor<6xf32>)
    weights(%w : tensor<6x6xf32>, %u : tensor<6x6xf32>) outputs(tensor<6xf32>) {
  %0 = rnn.matvec %w, %x : tensor<6x6xf32>, tensor<6xf32> -> tensor<6xf32> loc("feed")
  %1 = rnn.matvec %u, %h : tensor<6x6xf32>, tensor<6xf32> -> tensor<6xf32> loc("keep")
  %2 = arith.addf %0, %1 : tensor<6xf32>
  %3 = rnn.activation <tanh> %2 : tensor<6xf32> -> tensor<6xf32>
  rnn.yield %3 : tensor<6xf32> next %3 : tensor<6xf32>
}
rnn.network @net inputs(%x = "x" : tensor<6xf32>)
    states(%h = "h" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>,
           %g = "g" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>) outputs("y" : tensor<6xf32>) {
  %a = arith.constant dense<WEIGHTS> : tensor<6x6xf32>
  %b = arith.constant dense<OTHERS> : tensor<6x6xf32>
  %y, %m = rnn.apply @mix(%x) states(%h) weights(%a, %b) : (tensor<6xf32>), (tensor<6xf32>), (tensor<6x6xf32>, tensor<6x6xf32>) -> (tensor<6xf32>), (tensor<6xf32>)
  %z, %n = rnn.apply @mix(%y) states(%g) weights(%b, %a) : (tensor<6xf32>), (tensor<6xf32>), (tensor<6x6xf32>, tensor<6x6xf32>) -> (tensor<6xf32>), (tensor<6xf32>)
  rnn.yield %z : tensor<6xf32> next %m, %n : tensor<6xf32>, tensor<6xf32>
}
"""


@pytest.fixture
def cells(tmp_path):
    random = np.random.default_rng(0)
    text = CELLS
    for key in ("WEIGHTS", "OTHERS"):
        text = text.replace(key, str(random.uniform(-1, 1, (6, 6)).round(3).tolist()))
    path = tmp_path / "net.mlir"
    path.write_text(text)
    return path, {"x": random.normal(size=(40, 6)).astype(np.float32)}


@pytest.mark.parametrize("precision", ["mixed", "int8"])
def test_layers_without_names(cells, precision, tmp_path):
    path, x = cells
    check(path, x, "y", precision, 3, tmp_path, *save_frames(x, tmp_path))


def test_policy_of_gates(cells, tmp_path):
    """A policy names a gate of a layer that has no name but its line."""
    path, x = cells
    line = 1 + path.read_text()[:path.read_text().index("%z, %n")].count("\n")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({
        "default": "fp16",
        "layers": {f"net.mlir:{line}.keep": {"precision": "int8"}}}))
    calibration = save_frames(x, tmp_path)
    check(path, x, "y", policy, 2, tmp_path, *calibration)
    other = se.run(path, x, ["y"], "--precision=fp16")["y"]
    assert (se.run(path, x, ["y"], f"--precision={policy}", *calibration)["y"] != other).any()


def test_bytecode(tmp_path):
    """A phase as bytecode is the same program."""
    recipe = RECIPES[0]
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = {"x": onnx_models.frames(recipe, 6)}
    text = se.compile(path, tmp_path / "net.mlir", "--emit=mlir-imported")
    bytecode = tmp_path / "net.mlirbc"
    se.run_tool("se-opt", text, "--emit-bytecode", "-o", bytecode)
    expected = se.run(path, x, ["y"])
    se.assert_same_bits(se.run(bytecode, x, ["y"]), expected, "bytecode")
    elf = se.compile(bytecode, tmp_path / "net.elf")
    se.assert_same_bits(se.run(elf, x, ["y"]), expected, "ELF from bytecode")
