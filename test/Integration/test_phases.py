# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The module of each phase runs on the host and gives the same bits, so that a
disagreement is located to one pass. In FP32 all phases agree; with FP16 the
phases from `legalized` on, since rounding begins there."""

import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_models import MODELS, golden

PHASES = ["imported", "normalized", "legalized", "scheduled", "selected"]

RECIPES = [
    *(Recipe(cell, layers=2, head="gemm") for cell in onnx_models.GATES),
    Recipe("lstm", states="constant", clip=0.5, input_forget=True),
    Recipe("gru0", states="none", dynamic=True, input=33, hidden=17),
]


def check(path, x, output, precision, cores, folder):
    options = [f"--precision={precision}"]
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
