# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The same ELF on GVSoC, the PULP project's simulator, gives the same bits."""

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_batches import Train, write_policy
from test_models import MODELS, golden

pytestmark = pytest.mark.usefixtures("gvsoc")


def check(model, name, frames, output, folder, *options):
    elf = se.compile(model, folder / "program.elf", *options)
    here = se.run(elf, {name: frames}, [output])
    there = se.run(elf, {name: frames}, [output], "--platform=gvsoc")
    se.assert_same_bits(there, here, "GVSoC and simulator")
    assert np.abs(here[output]).max() > 0


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("cell, cores", [("lstm", 8), ("gru0", 3), ("gru1", 1),
                                         ("peephole", 8)])
def test_cells(cell, cores, precision, tmp_path):
    recipe = Recipe(cell, input=17, hidden=16, head="gemm")
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    check(path, "x", onnx_models.frames(recipe, 3), "y", tmp_path,
          f"--precision={precision}", f"--cores={cores}")


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_batch(precision, tmp_path):
    train = Train(13, 17, 11, 6, 5)
    check(train.write(tmp_path / "net.mlir"), "x", train.frames(), "y", tmp_path,
          f"--precision={write_policy(tmp_path, precision)}")


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("name", list(MODELS))
def test_models(name, precision, tmp_path):
    """Networks that fit L2: GVSoC's pulp-open has no other memory."""
    model = golden(name)
    if model.target(precision) != "pulp-open":
        pytest.skip("does not fit L2")
    check(model.path, model.input, model.frames[:2], model.output, tmp_path,
          f"--precision={precision}")
