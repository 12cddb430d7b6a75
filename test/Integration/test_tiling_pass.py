# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A second chooser of tilings (docs/tutorials/tiling-pass.md) in place of the usual one."""

import json
import random
import re

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

BEFORE = ["--rnn-read-layers", "--se-attach-target", "--rnn-inline-cells", "--rnn-store-masks", "--cse",
          "--se-form-delay-lines", "--se-form-stages", "--se-fuse-reductions",
          "--se-strip-elements", "--se-pair-elements", "--se-choose-tiling",
          "--verify-phase=phase=planned enter"]
AFTER = ["--se-split-stages", "--se-place-buffers", "--se-schedule", "--se-verify-schedule", "--cse", "--cluster-chain-dots",
         "--verify-phase=phase=scheduled enter"]
RECIPES = {
    "gru": Recipe("gru1", input=90, hidden=128, layers=2, head="gemm"),
    "lstm": Recipe("lstm", input=40, hidden=100, layers=1),
    "small": Recipe("gru0", input=33, hidden=17, layers=2, head="gemm"),
}


def legalize(name, folder):
    recipe = RECIPES[name]
    model = folder / "net.onnx"
    model.write_bytes(onnx_models.build(recipe).SerializeToString())
    return recipe, model, se.compile(model, folder / "legalized.mlir", "--precision=fp16",
                                     "--emit=mlir-legalized")


@pytest.mark.parametrize("name", RECIPES)
def test_largest_tiles(name, tmp_path):
    recipe, model, legalized = legalize(name, tmp_path)
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


STAGE = re.compile(r"elements (\d+)([^<]*)tiled <register_tile = (\d+), panel_bytes = (\d+)[^>]*>")


def test_on_the_host(tmp_path):
    """The host has room for any network, whatever chip and tiling a module is for."""
    recipe, _, legalized = legalize("small", tmp_path)
    x = {"x": onnx_models.frames(recipe, 4)}
    expected = se.run(legalized, x, ["y"])
    tiled, small = tmp_path / "tiled.mlir", tmp_path / "small.mlir"
    se.run_tool("se-opt", legalized, *BEFORE, "-o", tiled)
    se.run_tool("se-opt", legalized, "--se-attach-target=target=gap9 l1-bytes=16", "-o", small)
    for module in (tiled, small):
        se.assert_same_bits(se.run(module, x, ["y"]), expected, module.name)
    np.save(tmp_path / "x.npy", x["x"])
    process = se.tool("se-run", small, "--target=pulp-open", "--in", f"x={tmp_path}/x.npy")
    assert process.returncode == 1
    assert process.stderr == ("error: the module is for target gap9, "
                              "found --target=pulp-open\n")


def change(text, choose):
    """Another tiling of the same stages."""
    def change_stage(match):
        elements, group, panel = int(match[1]), int(match[3]), int(match[4])
        groups = -(-elements // group)
        tile = min(groups, choose.choice([1, 2, 3, 4, 8, choose.randint(1, groups)]))
        blocks, keeps = choose.choice([1, 1, 2, 3, 5]), choose.random() < 0.5
        if keeps:
            tile = min(tile, 8)
        tiles = -(-groups // tile) * blocks
        resident = choose.choice([0, 0, 1, tiles - 1])
        return (f"elements {elements}{match[2]}tiled <register_tile = {group}, "
                f"panel_bytes = {panel}, tile = {tile}, k_blocks = {blocks}, "
                f"keeps_sums = {str(keeps).lower()}, resident = {resident}>")
    text, stages = STAGE.subn(change_stage, text)
    assert stages
    ring = f"slots = {choose.choice([2, 3, 4])}, slot_bytes = {16 * choose.randint(300, 1600)}"
    return re.sub(r"slots = \d+, slot_bytes = \d+", ring, text)


@pytest.mark.parametrize("name", RECIPES)
def test_any_tiling(name, tmp_path):
    """Tilings that nobody would choose are refused in one line, or proved and right."""
    recipe, model, legalized = legalize(name, tmp_path)
    chosen, other, scheduled = (tmp_path / n for n in ("chosen.mlir", "other.mlir", "s.mlir"))
    se.run_tool("se-opt", legalized, *BEFORE, "-o", chosen)
    x = {"x": onnx_models.frames(recipe, 4)}
    expected = se.run(se.compile(model, tmp_path / "whole.elf", "--precision=fp16"), x, ["y"])
    text = chosen.read_text()
    choose = random.Random(name)
    right = 0
    for _ in range(12):
        other.write_text(change(text, choose))
        process = se.tool("se-opt", other, *AFTER, "-o", scheduled)
        if process.returncode:
            assert process.returncode == 1 and process.stderr.count("\n") == 1
            assert re.search("error: (tiling of stage|plan.stream|memory l)", process.stderr)
            continue
        elf = se.compile(scheduled, tmp_path / "other.elf")
        se.assert_same_bits(se.run(elf, x, ["y"]), expected, "another tiling")
        right += 1
    assert right >= 2


LOOP = """module attributes {{se.phase = "planned"}} {{
rnn.network @net inputs(%x = "x" : tensor<40xf32>) outputs("y" : tensor<40xf32>)
    attributes {{plan.stream = #plan.stream<slots = 0, slot_bytes = 0>}} {{
  %w = arith.constant dense<{weights}> : tensor<40x40xf32>
  %v = plan.stage "in" depth 0 elements 40 tiled <register_tile = 1> : tensor<40xf32> {{
  ^bb0(%i: index):
    %0 = plan.read %x[%i] : tensor<40xf32>
    plan.yield %0 : f32
  }}
  %y = plan.stage "sum" depth 1 elements 40
      tiled <register_tile = 1, tile = 40, resident = 1> {split} : tensor<40xf32> {{
  ^bb0(%i: index):
    %d = plan.dot %w[%i], %v[0] : tensor<40x40xf32>, tensor<40xf32> -> f32
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c4 = arith.constant 4 : index
    %z = arith.constant 0.0 : f32
    %s = scf.for %k = %c0 to %c4 step %c1 iter_args(%a = %z) -> f32 {{
      %e = plan.read %v[%k] : tensor<40xf32>
      %f = math.fma %e, %d, %a : f32
      scf.yield %f : f32
    }}
    plan.yield %s : f32
  }}
  rnn.yield %y : tensor<40xf32>
}}
}}
"""


def test_split_by_hand(tmp_path):
    """A loop of the second half may need a sum of the first."""
    weights = [[((7 * row + 3 * column) % 11 - 5) / 4 for column in range(40)] for row in range(40)]
    x = {"x": np.random.default_rng(0).standard_normal((3, 40)).astype(np.float32)}
    outputs = []
    for split in ("", "split"):
        module = tmp_path / f"net{split}.mlir"
        module.write_text(LOOP.format(weights=weights, split=split))
        outputs.append(se.run(se.compile(module, tmp_path / f"net{split}.elf"), x, ["y"]))
    se.assert_same_bits(outputs[0], outputs[1], "split and whole")
    assert np.abs(outputs[0]["y"]).max() > 1
