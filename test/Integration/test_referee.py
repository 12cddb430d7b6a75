# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random small cells on 8 cores: GVSoC takes as long as the simulator, within
1 percent, and computes the same bits. In small cells cores that share an FPU meet
again and again, and a wait is a large part of a frame.

`--cells=N` tries N of them; the cell's number is its seed.
"""

import numpy as np
import pytest

import onnx_models
import se
from test_batches import write_policy
from test_fuzz import choose_size
from onnx_models import Recipe

FRAMES = 12
WARM = 4  # frames until the caches hold what they will
NEAR = 0.01


def constant(name, values):
    values = np.asarray(values, np.float32)
    shape = "x".join(map(str, values.shape))
    return (f'  %{name} = arith.constant dense<"0x{values.tobytes().hex().upper()}"> '
            f": tensor<{shape}xf32>\n")


def write_elementwise(random, path):
    """A cell of products, sums, limits and activations of single elements, some of them
    with a matrix behind; returns how many inputs it has."""
    n = choose_size(random, 300)
    v = f"tensor<{n}xf32>"
    lines, values = [], ["x", "s"]
    for i in range(int(random.integers(2, 9))):
        lines.append(constant(f"c{i}", random.uniform(-0.9, 0.9, n)))
        a, b = random.choice(values, 2)
        op = random.choice(["mulf", "addf", "subf", "maximumf", "minimumf", "decay",
                            "sigmoid", "tanh"])
        if op in ("sigmoid", "tanh"):
            lines.append(f"  %v{i} = rnn.activation <{op}> %{a} : {v} -> {v}\n")
        elif op == "decay":
            lines.append(f"  %v{i} = arith.mulf %c{i}, %{a} : {v}\n")
        else:
            lines.append(f"  %v{i} = arith.{op} %{a}, %{b} : {v}\n")
        values.append(f"v{i}")
    last = values[-1]
    out = choose_size(random, 24)
    lines.append(constant("half", np.full(n, 0.5)))
    lines.append(constant("W", random.standard_normal((out, n)) / np.sqrt(n)))
    text = "".join(lines) + f"""  %next = rnn.activation <tanh> %{last} : {v} -> {v}
  %y = rnn.matvec %W, %next : tensor<{out}x{n}xf32>, {v} -> tensor<{out}xf32>
  rnn.yield %y : tensor<{out}xf32> next %next : {v}
"""
    path.write_text(
        f'rnn.network @cell inputs(%x = "x" : {v}) states(%s = "s" : {v} reset '
        f'dense<0.0> : {v}) outputs("y" : tensor<{out}xf32>) {{\n{text}}}\n')
    return n


def write_network(random, folder):
    if random.random() < 0.5:
        path = folder / "net.mlir"
        return path, write_elementwise(random, path)
    recipe = Recipe(cell=str(random.choice(["lstm", "gru0", "gru1", "peephole"])),
                    input=choose_size(random, 64), hidden=choose_size(random, 64),
                    head=random.choice([None, "gemm"]), outputs=choose_size(random, 24))
    path = folder / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path, recipe.input


def cycles(elf, inputs, platform, folder):
    """Of each frame, and the outputs."""
    np.save(folder / "x.npy", inputs)
    se.run_tool("se-run", elf, "--in", f"x={folder}/x.npy", "--out",
                f"y={folder}/y.npy", f"--platform={platform}",
                f"--stats={folder}/stats.json")
    import json
    statistics = json.loads((folder / "stats.json").read_text())
    return statistics["cycles_per_frame"], np.load(folder / "y.npy")


@pytest.mark.usefixtures("gvsoc")
def test_small_cells(cell, tmp_path):
    random = np.random.default_rng(1000 + cell)
    path, elements = write_network(random, tmp_path)
    inputs = random.standard_normal((FRAMES, elements)).astype(np.float32)
    precision = str(random.choice(["fp32", "fp16", "int8"]))
    elf = se.compile(path, tmp_path / "net.elf", "--cores=8",
                     f"--precision={write_policy(tmp_path, precision)}")
    here, outputs = cycles(elf, inputs, "sim", tmp_path)
    there, expected = cycles(elf, inputs, "gvsoc", tmp_path)
    se.assert_same_bits({"y": outputs}, {"y": expected}, f"cell {cell}")
    assert here["mean"] == pytest.approx(there["mean"], rel=NEAR), (precision, path.name)


def pytest_generate_tests(metafunc):
    metafunc.parametrize("cell", range(metafunc.config.getoption("--cells")))
