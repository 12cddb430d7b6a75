# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks of se_mlir.generate: all phases agree on the host, bit for bit where
they have to, and the simulator computes what the host does.

`--networks=N` runs those with the seeds 0 to N - 1 (CI runs as many as the default says,
`./dev bench fuzz` 10,000). A failure is repeated by `pytest test_generated.py
-k "[SEED]"` with enough networks, and made small by se-reduce (docs/debugging.md).
"""

import json

import numpy as np
import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from se_mlir import cells, generate  # noqa: E402
from test_fuzz import choose_schedule  # noqa: E402

# From `legalized` on a phase has the types of the precision; before, all are f32.
ROUNDED = ["legalized", "planned", "scheduled", "selected"]
PHASES = ["imported", "normalized", *ROUNDED]


# Nothing that rounding decides.
SMOOTH = [rule for rule in generate.rules() if rule != "mask"]
DECIDING = ("gsu", "lif", "skip_rnn")


def pytest_generate_tests(metafunc):
    networks = metafunc.config.getoption("--networks")
    seeds = range(networks if metafunc.function is test_same_bits else networks // 4)
    metafunc.parametrize("group", seeds)


def choose_precision(random, folder):
    precision = str(random.choice(["fp32", "fp16", "sums", "mixed", "int8"]))
    if precision != "sums":
        return precision
    path = folder / "policy.json"
    path.write_text(json.dumps({"default": "fp16", "sums": "fp16"}))
    return path


def save(folder, frames):
    """The arguments that name the frames of all inputs."""
    for name, array in frames.items():
        np.save(folder / f"{name}.npy", array)
    return [f"{name}={folder}/{name}.npy" for name in frames]


def calibrate(network, model, folder, seed):
    """Statistics, which the tools need not make again."""
    recordings = folder / "recordings"
    recordings.mkdir()
    names = ",".join(save(recordings, network.frames(40, seed)))
    se.run_tool("se-compile", model, "-o", folder / "calibrated.mlir",
                "--emit=mlir-legalized", "--precision=mixed", f"--calibration={names}",
                f"--save-calibration={folder}/statistics.json")
    return f"--calibration={folder}/statistics.json"


def test_same_bits(group, tmp_path):
    network = generate.network(group, most=(16, 40, 40, 120)[group % 4])
    model = tmp_path / "net.mlir"
    model.write_text(network.text)
    random = np.random.default_rng([group, 1])
    precision = choose_precision(random, tmp_path)
    options = [f"--precision={precision}"]
    if precision in ("mixed", "int8"):
        options.append(calibrate(network, model, tmp_path, group + 1))
    cores = int(random.integers(1, 9))
    frames = network.frames(3, group)

    # The first and the last, and one of those between.
    first, *middle, last = PHASES if precision == "fp32" else ROUNDED
    phases = f"{first},{random.choice(middle)},{last}"
    inputs = [a for name in save(tmp_path, frames) for a in ("--in", name)]
    results = {name: tmp_path / f"{name}.out.npy" for name in network.outputs}
    writes = [f"--out={name}={file}" for name, file in results.items()]
    process = se.tool("se-run", model, f"--compare={phases}", f"--cores={cores}", *options,
                      *inputs, *writes)
    what = f"seed {group}, {precision}"
    assert process.returncode == 0, f"{what}\n{process.stdout}{process.stderr}"

    target = str(random.choice(["pulp-open-ddr", "gap9"]))
    schedule = choose_schedule(random)
    what += f", {target}, {cores} cores, {schedule}"
    arguments = [model, "-o", tmp_path / "net.elf", f"--target={target}",
                 f"--cores={cores}", *options]
    process = se.tool("se-compile", *arguments, f"--schedule={schedule}")
    if process.returncode and schedule and "does not fit" in process.stderr:
        # A forced choice may have no room, which is one line.
        process = se.tool("se-compile", *arguments)
    assert process.returncode == 0, f"{what}\n{process.stderr}"
    expected = {name: np.load(file) for name, file in results.items()}
    found = se.run(tmp_path / "net.elf", frames, network.outputs, f"--target={target}",
                   *(["--l1-conflicts"] if random.random() < 0.5 else []))
    se.assert_same_bits(found, expected, what)


def test_rounding(group, tmp_path):
    """What rewrites arithmetic changes no more than its rounding."""
    network = generate.network(group, SMOOTH, [n for n in cells.names() if n not in DECIDING])
    model = tmp_path / "net.mlir"
    model.write_text(network.text)
    process = se.tool("se-run", model, "--compare=imported,normalized,legalized",
                      "--tolerance=1e-3", f"--seed={group}")
    assert process.returncode == 0, f"seed {group}\n{process.stdout}{process.stderr}"
