# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Products summed up in FP16 (`"sums": "fp16"`): host and simulator compute the same
bits as numpy, whatever the schedule, and the results are worse than with sums of FP32
by what that costs."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_batches import Train

FRAMES = 4


def write_policy(folder, sums):
    path = folder / f"{sums}.json"
    path.write_text(json.dumps({"default": "fp16", "sums": sums}))
    return f"--precision={path}"


def write_linear(folder, weights):
    """y = W x."""
    rows, columns = weights.shape
    if (weights == weights[0, 0]).all():
        text = f"{weights[0, 0]:e}"
    else:
        text = f'"0x{weights.astype(np.float32).tobytes().hex()}"'
    matrix, vector, result = (f"tensor<{n}xf32>" for n in
                              (f"{rows}x{columns}", columns, rows))
    path = folder / "linear.mlir"
    path.write_text(f"""
rnn.network @f inputs(%x = "x" : {vector}) outputs("y" : {result}) {{
  %w = arith.constant dense<{text}> : {matrix}
  %y = rnn.matvec %w, %x : {matrix}, {vector} -> {result}
  rnn.yield %y : {result}
}}
""")
    return path


def reference(weights, x):
    """By the definition of rnn.matvec. Products of halves of about 1 and their sum with
    a half are exact in float64."""
    w, x = weights.astype(np.float16), x.astype(np.float16)
    if w.shape[1] % 2:
        w, x = (np.pad(a, ((0, 0), (0, 1))) for a in (w, x))
    sums = np.zeros((2, len(x), len(w)), np.float16)
    for k in range(w.shape[1]):
        product = np.outer(x[:, k].astype(np.float64), w[:, k].astype(np.float64))
        sums[k % 2] = (sums[k % 2] + product).astype(np.float16)
    return (sums[0] + sums[1]).astype(np.float32)


@pytest.mark.parametrize("rows, columns, schedule", [
    (1, 1, ""), (1, 2, ""), (3, 7, ""), (16, 64, ""), (17, 33, ""), (70, 130, ""),
    (64, 300, "resident=off"), (33, 257, "resident=off,slot-bytes=1024"),
    (40, 600, "slot-bytes=2048,resident=off,ring=2"),
])
@pytest.mark.parametrize("kind", ["random", "equal"])
def test_linear(rows, columns, schedule, kind, tmp_path):
    random = np.random.default_rng(rows)
    # Equal weights are not streamed: the product is computed one by one.
    weights = (random.normal(0, 0.2, (rows, columns)) if kind == "random"
               else np.full((rows, columns), 0.3)).astype(np.float32)
    x = random.normal(0, 1, (FRAMES, columns)).astype(np.float32)
    path, policy = write_linear(tmp_path, weights), write_policy(tmp_path, "fp16")
    host = se.run(path, {"x": x}, ["y"], policy)
    se.assert_same_bits(host, {"y": reference(weights, x)}, "host and numpy")
    for cores in 1, 8:
        program = se.compile(path, tmp_path / "f.elf", policy, f"--cores={cores}",
                             f"--schedule={schedule}")
        se.assert_same_bits(se.run(program, {"x": x}, ["y"]), host, f"{cores} cores")


@pytest.mark.parametrize("cell", ["lstm", "gru0", "gru1", "train"])
def test_cells(cell, tmp_path):
    """Sums of FP16 lose some accuracy, but not much in so small a network."""
    if cell == "train":
        train = Train(6, 10, 7, 9, 3)
        path, size = train.write(tmp_path / "net.mlir"), train.a * train.b
    else:
        recipe = Recipe(cell=cell, input=48, hidden=40, layers=2, head="gemm")
        path, size = tmp_path / "net.onnx", recipe.input
        path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = np.random.default_rng(0).normal(0, 1, (20, size)).astype(np.float32)
    results = {}
    for sums in "fp32", "fp16":
        policy = write_policy(tmp_path, sums)
        results[sums] = se.run(path, {"x": x}, ["y"], policy)
        for schedule in "", "resident=off,slot-bytes=2048":
            program = se.compile(path, tmp_path / "f.elf", policy,
                                 f"--schedule={schedule}")
            se.assert_same_bits(se.run(program, {"x": x}, ["y"]), results[sums], sums)
    assert not np.array_equal(results["fp32"]["y"], results["fp16"]["y"])
    se.assert_close(results["fp16"], results["fp32"], 1e-2, "sums of FP16 and FP32")


def test_one_layer(tmp_path):
    """A layer's key; also two products of one vector with sums of both kinds."""
    path = tmp_path / "net.mlir"
    path.write_text("""
rnn.network @f inputs(%x = "x" : tensor<4xf32>) outputs("y" : tensor<2xf32>) {
  %a = arith.constant dense<[[0.1, 0.2, 0.3, 0.4], [1.1, 1.2, 1.3, 1.4]]> : tensor<2x4xf32>
  %b = arith.constant dense<[[0.5, 0.6, 0.7, 0.8], [0.9, 1.0, 2.1, 2.2]]> : tensor<2x4xf32>
  %0 = rnn.matvec %a, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32> loc("one")
  %1 = rnn.matvec %b, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32> loc("two")
  %2 = arith.addf %0, %1 : tensor<2xf32> loc("two")
  rnn.yield %2 : tensor<2xf32>
}
""")
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"default": "fp16", "layers": {
        "one": {"precision": "fp16", "sums": "fp16"}}}))
    option = f"--precision={policy}"
    text = se.compile(path, tmp_path / "net.legal", option,
                      "--emit=mlir-legalized").read_text()
    assert "tensor<4xf16> -> tensor<2xf16>" in text
    assert "tensor<4xf16> -> tensor<2xf32>" in text
    x = {"x": np.random.default_rng(0).normal(0, 1, (FRAMES, 4)).astype(np.float32)}
    program = se.compile(path, tmp_path / "f.elf", option)
    se.assert_same_bits(se.run(path, x, ["y"], option), se.run(program, x, ["y"]),
                        "host and simulator")
