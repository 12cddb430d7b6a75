# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A second chooser of tilings (docs/tutorials/tiling-pass.md) in place of the usual one."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

BEFORE = ["--rnn-read-layers", "--se-attach-target", "--rnn-inline-cells", "--rnn-store-masks", "--cse",
          "--se-choose-tiling"]
AFTER = ["--se-schedule", "--se-verify-schedule", "--cse", "--cluster-chain-dots",
         "--verify-phase=phase=scheduled enter"]
RECIPES = {
    "gru": Recipe("gru1", input=90, hidden=128, layers=2, head="gemm"),
    "lstm": Recipe("lstm", input=40, hidden=100, layers=1),
    "small": Recipe("gru0", input=33, hidden=17, layers=2, head="gemm"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_largest_tiles(name, tmp_path):
    recipe = RECIPES[name]
    model = tmp_path / "net.onnx"
    model.write_bytes(onnx_models.build(recipe).SerializeToString())
    legalized = se.compile(model, tmp_path / "legalized.mlir", "--precision=fp16",
                           "--emit=mlir-legalized")
    programs = {}
    for chooser, passes in (("usual", []), ("largest", ["--largest-tiles"])):
        scheduled, report = tmp_path / f"{chooser}.mlir", tmp_path / f"{chooser}.json"
        se.run_tool("largest-tiles-opt", legalized, *BEFORE, *passes, *AFTER, "-o", scheduled)
        elf = se.compile(scheduled, tmp_path / f"{chooser}.elf", f"--report={report}")
        programs[chooser] = elf, json.loads(report.read_text())
    x = {"x": onnx_models.frames(recipe, 8)}
    outputs = {chooser: se.run(elf, x, ["y"]) for chooser, (elf, _) in programs.items()}
    se.assert_same_bits(outputs["usual"], outputs["largest"], "another tiling")
    # The usual one is what se-compile makes.
    whole = se.compile(model, tmp_path / "whole.elf", "--precision=fp16")
    se.assert_same_bits(outputs["usual"], se.run(whole, x, ["y"]), "passes one by one")
    ring = programs["largest"][1]["ring"]
    assert ring["slots"] == 2 and ring["slot_bytes"] > 25000
    stages = programs["largest"][1]["stages"]
    assert all(stage["resident_bytes"] == 0 for stage in stages)
    assert np.sum([stage["tiles"] for stage in stages]) > 0
