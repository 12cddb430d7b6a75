# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gates of layers in policies and in the search for one."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_calibration import RECIPES, calibrate, compile_auto, run_both, write_model

GATES = {"lstm": ["input", "output", "forget", "cell"],
         "gru0": ["update", "reset", "hidden"], "gru1": ["update", "reset", "hidden"]}


def gate_policy(layer, gates, base="fp16", precision="int8"):
    return {"default": base,
            "layers": {f"{layer}.{gate}": {"precision": precision} for gate in gates}}


@pytest.mark.parametrize("cell, gate",
                         [(cell, gate) for cell in GATES for gate in GATES[cell]])
def test_one_gate(cell, gate, tmp_path):
    """Of one layer in int8: less is lost than with all gates, more than with none, and
    the matrices of one gate are bytes."""
    recipe = Recipe(cell=cell, input=12, hidden=20, head="gemm")
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 200)
    saved = calibrate(path, [x], tmp_path)
    reference = se.run(path, {"x": x}, ["y"])["y"]
    losses, sizes = [], []
    for gates in [[], [gate], GATES[cell]]:
        policy = tmp_path / "policy.json"
        policy.write_text(json.dumps(gate_policy("rnn0", gates)))
        y = run_both(path, policy, saved, {"x": x}, ["y"], tmp_path,
                     f"--report={tmp_path}/report.json")["y"]
        losses.append(np.sqrt(np.mean((y - reference) ** 2)))
        report = json.loads((tmp_path / "report.json").read_text())
        sizes.append(report["sizes"]["parameters"]["matrices"]["bytes"])
    assert losses == sorted(losses) and losses[0] < losses[1]
    assert sizes[0] - sizes[1] == 20 * (12 + 20)
    assert sizes[0] - sizes[2] == len(GATES[cell]) * 20 * (12 + 20)


@pytest.mark.parametrize("cores", [1, 3, 8])
@pytest.mark.parametrize("cell", ["lstm", "gru1"])
def test_gates_that_stay(cell, cores, tmp_path):
    """One gate in fp32, the others as the base says."""
    recipe = Recipe(cell=cell, input=12, hidden=21, layers=2, head="gemm")
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 50)
    saved = calibrate(path, [x], tmp_path)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(gate_policy("rnn1", GATES[cell][:1], "mixed", "fp32")))
    run_both(path, policy, saved, {"x": x}, ["y"], tmp_path, f"--cores={cores}")


def test_all_gates_are_the_layer(tmp_path):
    """But for what is computed between the products, which stays fp16."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 50)
    saved = calibrate(path, [x], tmp_path)
    results, sizes = [], []
    for name in ["rnn0", "rnn0.*"]:
        policy = tmp_path / "policy.json"
        policy.write_text(json.dumps({"default": "fp16",
                                      "layers": {name: {"precision": "int8"}}}))
        results.append(run_both(path, policy, saved, {"x": x}, ["y"], tmp_path,
                                f"--report={tmp_path}/report.json")["y"])
        report = json.loads((tmp_path / "report.json").read_text())
        sizes.append(report["sizes"]["parameters"]["matrices"]["bytes"])
    assert sizes[0] == sizes[1]
    assert np.abs(results[0] - results[1]).max() < 1e-3


def test_no_such_gate(tmp_path):
    path = write_model(tmp_path, RECIPES["lstm"])
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps(gate_policy("rnn0", ["update"])))
    process = se.tool("se-compile", path, "-o", tmp_path / "net.elf",
                      f"--precision={policy}")
    assert process.returncode == 1
    assert "'rnn0.update' matches no layer of the network" in process.stderr


def test_auto_gates(tmp_path):
    """Some gates of a layer that loses too much as a whole."""
    recipe = RECIPES["gru0"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 100)
    rows = compile_auto(path, x, tmp_path, "--max-loss=1")
    (layer,) = [r for r in rows if r[4] == "rnn0"]
    rows = compile_auto(path, x, tmp_path, f"--max-loss={layer[3] * 0.98}")
    (chosen,) = [r for r in rows if r[0] == "->"]
    tried = {name for r in rows for name in r[4].split(", ")}
    assert {f"rnn0.{gate}" for gate in GATES["gru0"]} <= tried
    assert chosen[1] == min(r[1] for r in rows if r[3] <= layer[3] * 0.98)
    y = se.run(path, {"x": x}, ["y"], f"--precision={tmp_path}/policy.json")
    se.assert_same_bits(se.run(tmp_path / "net.elf", {"x": x}, ["y"]), y, "the policy")


def test_auto_with_other_names(tmp_path):
    """The search tries a name in a cell's body if it is a product's, and not that of a
    slice of a state."""
    network = tmp_path / "net.mlir"
    network.write_text("""rnn.cell @gated inputs(%x : tensor<2xf32>) states(%h : tensor<2xf32>)
    weights(%W : tensor<2x2xf32>, %R : tensor<2x2xf32>) outputs(tensor<2xf32>) {
  %0 = rnn.matvec %W, %x : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.matvec %R, %h : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32> loc("recurrent")
  %2 = arith.addf %0, %1 : tensor<2xf32>
  %a = tensor.extract_slice %h[0] [1] [1] : tensor<2xf32> to tensor<1xf32> loc("half")
  %c = tensor.concat dim(0) %a, %a : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
  %3 = arith.mulf %2, %c : tensor<2xf32>
  %4 = rnn.activation <tanh> %3 : tensor<2xf32> -> tensor<2xf32>
  rnn.yield %4 : tensor<2xf32> next %4 : tensor<2xf32>
}
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%h = "h" : tensor<2xf32> reset dense<1.0> : tensor<2xf32>) outputs("y" : tensor<2xf32>) {
  %W = arith.constant dense<[[2.0, -4.0], [1.0, 0.5]]> : tensor<2x2xf32>
  %R = arith.constant dense<[[1.0, 0.5], [0.5, 0.25]]> : tensor<2x2xf32>
  %y, %next = rnn.apply @gated(%x) states(%h) weights(%W, %R) : (tensor<2xf32>), (tensor<2xf32>), (tensor<2x2xf32>, tensor<2x2xf32>) -> (tensor<2xf32>), (tensor<2xf32>) loc("first")
  rnn.yield %y : tensor<2xf32> next %next : tensor<2xf32>
}
""")
    x = np.random.default_rng(0).standard_normal((50, 2)).astype(np.float32)
    rows = compile_auto(network, x, tmp_path, "--max-loss=0.0015")
    tried = {name for row in rows for name in row[4].split(", ")}
    assert tried == {"none", "all", "first.recurrent"}
