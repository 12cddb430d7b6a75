# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""networks/odd.mlir against numpy, on the host and on the simulator."""

import pathlib

import numpy as np
import pytest

import onnx_models
import se

NETWORK = pathlib.Path(__file__).parent / "networks" / "odd.mlir"
FRAMES = 5


def reference(x):
    """The outputs for inputs [T, 2, 3], in float64."""
    x = x.astype(np.float64)
    zeros = np.zeros((1, 2, 3))
    delayed = np.concatenate([zeros + 0.5, x[:-1]])
    twice = np.concatenate([zeros, delayed[:-1]])
    sums = np.array([1.0, 2.0, 3.0]) + np.concatenate(
        [zeros[:, 0], np.cumsum(x[:-1, 1], axis=0)]
    )
    powers = np.exp(x - x.max(axis=2, keepdims=True))
    return {
        "x_again": x,
        "const": np.tile([4.0, 5.0], (len(x), 1)),
        "old": sums,
        "old2": sums,
        "mean": x.mean(axis=2),
        "soft": powers / powers.sum(axis=2, keepdims=True),
        "cat": np.concatenate([x, delayed], axis=1),
        "tr": twice.transpose(0, 2, 1),
    }


@pytest.mark.parametrize("cores", [1, 3, 8])
@pytest.mark.parametrize("precision,tolerance", [("fp32", 1e-6), ("fp16", 2e-3)])
def test_odd(precision, tolerance, cores, tmp_path):
    random = np.random.RandomState(0)
    x = random.randn(FRAMES, 2, 3).astype(np.float32)
    inputs = {"x": x, "unused": random.randn(FRAMES, 2)}
    expected = reference(x)
    host = se.run(NETWORK, inputs, expected, f"--precision={precision}")
    program = se.compile(
        NETWORK, tmp_path / "odd.elf", f"--precision={precision}", f"--cores={cores}"
    )
    device = se.run(program, inputs, expected)
    se.assert_same_bits(host, device, "host and simulator")
    se.assert_close(device, expected, tolerance, "numpy")


def constant(values):
    text = values.astype("<f4").tobytes().hex().upper()
    shape = "x".join(map(str, values.shape))
    return f'arith.constant dense<"0x{text}"> : tensor<{shape}xf32>'


def test_part_of_the_parameters_streams(tmp_path):
    """A row of A is wider than a slot of the ring; B is as many tiles as the
    ring has slots."""
    random = np.random.RandomState(1)
    wide, narrow = 5000, 256
    a = random.randn(3, wide).astype(np.float32)
    b = random.randn(20, narrow).astype(np.float32)
    network = tmp_path / "part.mlir"
    network.write_text(
        f"""rnn.network @part inputs(%u = "u" : tensor<{wide}xf32>, %v = "v" : tensor<{narrow}xf32>)
            outputs("p" : tensor<3xf32>, "q" : tensor<20xf32>) {{
          %A = {constant(a)}
          %B = {constant(b)}
          %p = rnn.matvec %A, %u : tensor<3x{wide}xf32>, tensor<{wide}xf32> -> tensor<3xf32>
          %q = rnn.matvec %B, %v : tensor<20x{narrow}xf32>, tensor<{narrow}xf32> -> tensor<20xf32>
          rnn.yield %p, %q : tensor<3xf32>, tensor<20xf32>
        }}"""
    )
    inputs = {"u": random.randn(FRAMES, wide), "v": random.randn(FRAMES, narrow)}
    expected = {"p": inputs["u"] @ a.T, "q": inputs["v"] @ b.T}
    host = se.run(network, inputs, expected, "--cores=8")
    device = se.run(se.compile(network, tmp_path / "part.elf"), inputs, expected)
    se.assert_close(device, expected, 1e-5, "numpy")
    se.assert_same_bits(host, device, "host and simulator")


def test_rows_of_two_lengths_in_parts(tmp_path):
    """The last parts of a record have nothing of the shorter rows."""
    recipe = onnx_models.Recipe("lstm", input=16, hidden=24)
    network = tmp_path / "net.onnx"
    network.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = {"x": onnx_models.frames(recipe, FRAMES)}
    program = se.compile(network, tmp_path / "net.elf",
                         "--schedule=ring=2,slot-bytes=1024,resident=off")
    device = se.run(program, x, ["y"])
    se.assert_close(device, {"y": onnx_models.evaluate(recipe, x["x"])}, 1e-5, "formulas")
    se.assert_same_bits(device, se.run(network, x, ["y"]), "simulator and host")
