# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks: the simulator computes what the host does, bit for bit.

`--cases=N` runs cases 0 to N - 1 (CI runs as many as the default says, a bench run
10,000); the case's number is its seed, so that a failure is repeated by
`pytest test_fuzz.py -k "[NUMBER]"` with enough cases. On the simulator accesses are
checked for races, transfers under way, and uninitialised reads.
"""

import json

import numpy as np

import onnx_models
import se
from onnx_models import Recipe
from test_batches import Train, write_policy

FRAMES = 2
MACS = 400_000  # at most, for the time it takes


def choose_size(random, most):
    """1 to `most`, small ones as often as large ones, few multiples of 4."""
    size = int(np.exp(random.uniform(0, np.log(most + 1))))
    if size % 4 == 0 and random.random() < 0.7:
        size += int(random.integers(1, 4))
    return min(max(size, 1), most)


def choose_recipe(random):
    while True:
        recipe = Recipe(
            cell=str(random.choice(["lstm", "gru0", "gru1", "peephole"])),
            input=choose_size(random, 600),
            hidden=choose_size(random, 600),
            layers=int(random.choice([1, 1, 2])),
            bias=bool(random.random() < 0.8),
            head=random.choice([None, "gemm", "matmul"]),
            outputs=choose_size(random, 600),
            scale=float(random.choice([1.0, 1.0, 4.0, 50.0])),
        )
        macs = onnx_models.GATES[recipe.cell] * recipe.hidden * (
            recipe.input + (2 * recipe.layers - 1) * recipe.hidden
        )
        if recipe.head:
            macs += recipe.hidden * recipe.outputs
        if macs <= MACS:
            return recipe


def choose_schedule(random):
    choices = []
    if random.random() < 0.5:
        choices.append("resident=off")
    if random.random() < 0.4:
        choices.append(f"ring={random.integers(2, 7)}")
    if random.random() < 0.4:
        choices.append(f"tile-rows={choose_size(random, 64)}")
    if random.random() < 0.3:
        choices.append(f"slot-bytes={16 * random.integers(8, 512)}")
    return ",".join(choices)


def choose_frames(random, elements):
    """Mostly normal numbers, with extremes among them."""
    frames = random.standard_normal((FRAMES, elements)) * random.choice([0.01, 1, 30])
    extremes = np.array([0.0, -0.0, 1.0, -1.0, 6e-8, -6e-5, 65504.0, -65504.0, 1e-30])
    where = random.random(frames.shape) < random.choice([0, 0.05, 0.5])
    frames[where] = random.choice(extremes, int(where.sum()))
    return frames.astype(np.float32)


def choose_precision(random, folder):
    precision = str(random.choice(["fp32", "fp16", "int8"]))
    path = folder / "policy.json"
    if precision == "fp16" and random.random() < 0.3:
        path.write_text(json.dumps({"default": "fp16", "sums": "fp16"}))
        return str(path)
    if precision != "int8":
        return precision
    policy = {
        "default": "fp16",
        "layers": {
            "*": {
                "precision": "int8",
                "input_scale": float(2.0 ** random.integers(-8, 0)),
                "weights": str(random.choice(["per-row", "per-tensor"])),
            }
        },
    }
    path.write_text(json.dumps(policy))
    return str(path)


def choose_train(random):
    """A tensor train, whose vectors share matrices."""
    sizes = [choose_size(random, most) for most in (24, 40, 24, 24, 12)]
    return Train(*sizes)


def make_network(random, folder, group):
    """A network, its input, the option for its precision, and what it is."""
    if group % 8 == 7:
        train = choose_train(random)
        path = train.write(folder / "net.mlir")
        precision = write_policy(folder, str(random.choice(["fp32", "fp16", "int8"])))
        return path, choose_frames(random, train.a * train.b), precision, train
    recipe = choose_recipe(random)
    precision = choose_precision(random, folder)
    path = folder / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path, choose_frames(random, recipe.input), precision, recipe


def test_same_bits(group, tmp_path):
    random = np.random.default_rng(group)
    model, frames, precision, recipe = make_network(random, tmp_path, group)
    options = [f"--precision={precision}"]
    expected = se.run(model, {"x": frames}, ["y"], *options)
    target = str(random.choice(["pulp-open-ddr", "gap9"]))
    cores = int(random.integers(1, 9))
    schedule = choose_schedule(random)
    what = f"{recipe} {precision} {target} cores={cores} {schedule}"
    arguments = [model, "-o", tmp_path / "net.elf", f"--target={target}",
                 f"--cores={cores}", *options]
    process = se.tool("se-compile", *arguments, f"--schedule={schedule}")
    if process.returncode:
        # A forced choice may have no room, which is one line.
        assert schedule and "does not fit" in process.stderr, f"{what}\n{process.stderr}"
        process = se.tool("se-compile", *arguments)
    assert process.returncode == 0, f"{what}\n{process.stderr}"
    found = se.run(tmp_path / "net.elf", {"x": frames}, ["y"], f"--target={target}",
                   *(["--l1-conflicts"] if random.random() < 0.5 else []))
    se.assert_same_bits(found, expected, what)


def pytest_generate_tests(metafunc):
    # Each case is a group of its own when tests are dealt to shards.
    metafunc.parametrize("group", range(metafunc.config.getoption("--cases")))
