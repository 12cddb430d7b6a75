# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Divisions by one value for a row, for several dividends, and by constants are products
with a reciprocal, corrected: the quotients are those of a division."""

import numpy as np
import pytest

import se

ROWS, COLUMNS = 8, 64
CONSTANTS = [3.0, 41.0, 0.7, 4.0, 1e30, 1e-30, 61.0, -7.0]


def write(path):
    row, vector = f"tensor<{ROWS}x{COLUMNS}xf32>", f"tensor<{ROWS}x1xf32>"
    body = [f"%a = rnn.broadcast %s : {vector} -> {row}", f"%y = arith.divf %x, %a : {row}",
            f"%u = arith.divf %x, %z : {row}", f"%v = arith.divf %a, %z : {row}"]
    outputs = {"y": "%y", "u": "%u", "v": "%v"}
    for k, constant in enumerate(CONSTANTS):
        body += [f"%c{k} = arith.constant dense<{constant:.9e}> : {row}",
                 f"%d{k} = arith.divf %x, %c{k} : {row}"]
        outputs[f"d{k}"] = f"%d{k}"
    names = ", ".join(f'"{name}" : {row}' for name in outputs)
    lines = "\n  ".join(body)
    path.write_text(
        f'rnn.network @divide inputs(%x = "x" : {row}, %s = "s" : {vector}, %z = "z" : {row})\n'
        f'    states() outputs({names}) {{\n  {lines}\n'
        f'  rnn.yield {", ".join(outputs.values())} : {", ".join([row] * len(outputs))}\n}}\n')
    return path, list(outputs)


def divide(x, s, z):
    with np.errstate(all="ignore"):
        a = np.broadcast_to(s[..., None], x.shape)
        found = {"y": x / a, "u": x / z, "v": a / z}
        for k, constant in enumerate(CONSTANTS):
            found[f"d{k}"] = x / np.float32(constant)
    return {name: y.reshape(len(x), -1) for name, y in found.items()}


def run(path, x, s, z, outputs, folder):
    inputs = {"x": x, "s": s, "z": z}
    host = se.run(path, inputs, outputs, "--nonfinite=propagate")
    elf = se.compile(path, folder / "net.elf", "--nonfinite=propagate")
    se.assert_same_bits(se.run(elf, inputs, outputs), host, "simulator and host")
    return host


def test_quotients(tmp_path):
    """Of random numbers and of whole ones, where x * (1 / x) may be less than 1."""
    path, outputs = write(tmp_path / "net.mlir")
    random = np.random.default_rng(0)
    shape = (20, ROWS, COLUMNS)

    def numbers(shape):
        scale = 2.0 ** random.integers(-20, 20, shape)
        return (random.uniform(-1, 1, shape) * scale).astype(np.float32)
    x, s, z = numbers(shape), numbers(shape[:2]), numbers(shape)
    x[10:] = random.integers(1, 200, x[10:].shape)
    s[10:] = random.integers(1, 200, s[10:].shape)
    z[10:] = random.integers(1, 200, z[10:].shape)
    se.assert_same_bits(run(path, x, s, z, outputs, tmp_path), divide(x, s, z), "quotients")


@pytest.mark.parametrize("value", [0.0, np.inf, -np.inf, np.nan, 1e-40, -1e-45, 3e38])
def test_special(value, tmp_path):
    """Nothing is NaN, infinite or zero that is not so behind a division; of divisors below
    2^-126 the largest quotients are not exact."""
    path, outputs = write(tmp_path / "net.mlir")
    values = np.array([0, 1, -2, 1e-40, 3e38, np.inf, np.nan, 1e-30], np.float32)
    x = np.broadcast_to(np.resize(values, COLUMNS), (1, ROWS, COLUMNS)).astype(np.float32)
    s = np.full((1, ROWS), value, np.float32)
    z = np.full((1, ROWS, COLUMNS), value, np.float32)
    found = run(path, x, s, z, outputs, tmp_path)
    for name, expected in divide(x, s, z).items():
        assert (np.isnan(found[name]) == np.isnan(expected)).all(), name
        exact = np.abs(expected) < 1e30
        assert (found[name][exact & (expected == 0)] == 0).all(), name
        if abs(value) >= 2.0**-126 or value == 0:
            assert (np.isinf(found[name]) == np.isinf(expected)).all(), name
