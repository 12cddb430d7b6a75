# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks that hardly fit: what lies behind L2, and sizes of memories at the edge."""

import json
import re

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_bad_input import expect_error
from test_schedule import (FRAMES, PREDICTION, Case, compile, get_steady, network,
                           write_target)
from test_targets import SUM


@pytest.mark.parametrize("l2", [0xE000, 0x14000])
@pytest.mark.parametrize("behind", [dict(nvm=0), dict(l3=0), {}])
def test_resident_behind_l2(behind, l2, tmp_path):
    """What stays in L1 needs no byte of L2 if there are memories behind it, so that fewer
    come from there: faster than if nothing stays. The bits are the same."""
    path, name, width = network(Case("gru1", 128, 1, "fp16", "gap9"))
    target = write_target("gap9", tmp_path / "little.json", l1=0x10000, l2=l2, **behind)
    x = np.random.default_rng(1).standard_normal((FRAMES, width)).astype(np.float32)
    cycles, found = [], []
    for schedule in ("", "ring=2,resident=off"):
        elf, report = compile(path, f"behind{len(cycles)}", f"--target={target}",
                              "--precision=fp16", f"--schedule={schedule}")
        cycles.append(get_steady(elf, name, width, f"--target={target}")[0])
        found.append(se.run(elf, {name: x}, ["y"], f"--target={target}"))
        if not schedule:
            stays = [b["bytes"] for b in report["buffers"] if b["name"] == "resident"]
            assert sum(stays) > 0x8000
    print(f"{cycles[0]:.0f}, without what stays {cycles[1]:.0f}")
    se.assert_same_bits(*found, "resident")
    assert cycles[0] < 0.9 * cycles[1], cycles


BEHIND = {
    # Tiles that stay are larger than a piece of the image, and end in padding.
    "large": ("gru", "x=22,h=15", "fp32", 1, "gap9", dict(l1=0x80000, l2=0xB080,
                                                          nvm=0x100000, l3=0)),
    # Neither memory behind L2 holds the image and what else L2 does not.
    "no-room": ("lstm", "x=40,h=128", "fp16", 8, "gap9", dict(l1=0x80000, l2=0x2A000,
                                                              nvm=0x28000, l3=0x10000)),
    # Only if little stays L2 holds what cannot lie in a direct l3.
    "direct": ("light_gru", "x=34,h=29", "fp32", 4, "pulp-open-ddr",
               dict(l1=0x20000, l2=0xB980, l3=0x5340)),
    # Many small tiles would keep the core busy that starts their transfers.
    "small": ("lstm", "x=80,h=87", "fp16", 8, "gap9", dict(l1=0x8000, l2=0x12540,
                                                           nvm=0x1D380, l3=0xE9C0)),
}


@pytest.mark.parametrize("kind", list(BEHIND))
def test_little_memory(kind, tmp_path):
    """Whatever fits if nothing stays in L1 fits anyway, is not slower, and computes what
    the host does."""
    cell, size, precision, cores, base, sizes = BEHIND[kind]
    target = write_target(base, tmp_path / "little.json", **sizes)
    source = [f"--cell={cell}", f"--size={size}", "--random-weights=1"]
    elements = int(size.split(",")[0].removeprefix("x="))
    frames = np.random.default_rng(1).standard_normal((8, elements)).astype(np.float32)
    np.save(tmp_path / "x.npy", frames)
    cycles, predicted, outputs = [], [], []
    for schedule in ("", "resident=off"):
        elf, report = tmp_path / "net.elf", tmp_path / "report.json"
        se.run_tool("se-compile", *source, "-o", elf, f"--target={target}",
                    f"--precision={precision}", f"--cores={cores}", f"--report={report}",
                    *([f"--schedule={schedule}"] if schedule else []))
        predicted.append(json.loads(report.read_text())["predicted"]["cycles_per_frame"])
        se.run_tool("se-run", elf, f"--target={target}", "--check", "--in",
                    f"x={tmp_path / 'x.npy'}", f"--out=y={tmp_path / 'y.npy'}",
                    f"--stats={tmp_path / 'stats.json'}")
        stats = json.loads((tmp_path / "stats.json").read_text())
        cycles.append(stats["cycles_per_frame"]["min"])
        outputs.append(np.load(tmp_path / "y.npy"))
    se.run_tool("se-run", *source, f"--precision={precision}", "--in",
                f"x={tmp_path / 'x.npy'}", f"--out=y={tmp_path / 'y.npy'}")
    expected = np.load(tmp_path / "y.npy")
    print(f"{cycles[0]} (predicted {predicted[0]}), nothing stays {cycles[1]}")
    for found in outputs:
        se.assert_same_bits({"y": found}, {"y": expected}, kind)
    assert cycles[0] <= 1.01 * cycles[1]
    assert abs(predicted[0] / cycles[0] - 1) <= PREDICTION


@pytest.mark.parametrize("l1, units", [(0x2000, 32), (0x4000, 48)])
def test_written_plan_of_large_stacks(l1, units, tmp_path):
    """Code that needs larger stacks than usual leaves less of L1, which only whoever makes
    the code knows. A plan that is written is the one of the program all the same."""
    target = write_target("pulp-open", tmp_path / "little.json", l1=l1)
    plan = tmp_path / "planned.mlir"
    size = f"x={units // 2 + 3},h={units}"
    source = ["--cell=slstm", f"--size={size}", "--random-weights=1", "--precision=fp16"]
    se.run_tool("se-compile", *source, f"--target={target}", "--emit=mlir-planned",
                "-o", plan)
    frames = np.random.default_rng(1).standard_normal((8, units // 2 + 3))
    np.save(tmp_path / "x.npy", frames.astype(np.float32))
    runs = []
    for given in (source, [plan]):
        elf, array, stats = (tmp_path / n for n in ("p.elf", "y.npy", "stats.json"))
        se.run_tool("se-compile", *given, "-o", elf, f"--target={target}")
        se.run_tool("se-run", elf, f"--target={target}", "--in", f"x={tmp_path / 'x.npy'}",
                    f"--out=y={array}", f"--stats={stats}")
        runs.append((json.loads(stats.read_text())["cycles_per_frame"], np.load(array)))
    (cycles, outputs), (again, others) = runs
    assert cycles == again
    se.assert_same_bits({"y": outputs}, {"y": others}, "plan")


EDGE = Recipe("lstm", input=40, hidden=64, head="gemm", outputs=40)
UNIT = 64  # sizes of memories are multiples of it

# The memory that is adjusted, and other sizes on gap9.
EDGES = {
    "l2": ("l2", dict(nvm=0, l3=0)),
    "l2-ring": ("l2", {}),
    "nvm": ("nvm", dict(l2=0x1C000, l3=0)),
    "l3": ("l3", dict(l2=0x1C000, nvm=0)),
}


@pytest.mark.parametrize("schedule", ["resident=off,slot-bytes=1024", ""])
@pytest.mark.parametrize("edge", list(EDGES))
def test_edge_of_memory(edge, schedule, tmp_path):
    """The smallest size that is enough is found, runs and gives the right bits; a
    unit less is an error that says what is needed."""
    level, sizes = EDGES[edge]
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(EDGE).SerializeToString())
    frames = onnx_models.frames(EDGE, FRAMES)
    expected = se.run(path, {"x": frames}, ["y"])
    file = tmp_path / "edge.json"
    options = [path, f"--target={file}", f"--schedule={schedule}"]

    def fits(units):
        write_target("gap9", file, **sizes | {level: units * UNIT})
        process = se.tool("se-compile", *options, "-o", "/dev/null",
                          "--emit=mlir-scheduled")
        assert process.returncode == 0 or "network does not fit" in process.stderr
        return process.returncode == 0

    low, high = 1, 0x80000 // UNIT
    assert not fits(low) and fits(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    assert fits(high)
    elf, report = tmp_path / "net.elf", tmp_path / "report.json"
    se.compile(*options[:1], elf, f"--report={report}", *options[1:])
    found = se.run(elf, {"x": frames}, ["y"], f"--target={file}")
    se.assert_same_bits(found, expected, edge)
    used = json.loads(report.read_text())["memory"][level]
    assert used["available_bytes"] - 2 * UNIT < used["bytes"] <= used["available_bytes"]
    assert not fits(low)
    expect_error(tmp_path, "se-compile", *options, "-o", tmp_path / "no.elf",
                 text=r"network does not fit: .*\d+ bytes")


@pytest.mark.parametrize("target", ["pulp-open", "gap9"])
def test_edge_of_l1(target, tmp_path):
    """A state as large as L1, and one that is 16 bytes larger; without a look at inputs,
    which takes a word for each core."""
    path = tmp_path / "sum.mlir"

    def write(count):
        path.write_text(SUM.format(count))

    write(1 << 20)
    options = [path, "-o", tmp_path / "sum.elf", f"--target={target}",
               "--nonfinite=propagate"]
    text = (r"memory l1 exceeded by (\d+) bytes \((\d+) needed for states and "
            r"activations, (\d+) available\)")
    numbers = re.search(text, expect_error(tmp_path, "se-compile", *options, text=text))
    excess, needed, available = map(int, numbers.groups())
    assert needed - available == excess and needed % (1 << 20) == 0
    count = available // (needed >> 20)
    write(count + 4)
    line = expect_error(tmp_path, "se-compile", *options, text=text)
    assert int(re.search(text, line)[1]) == 16
    write(count)
    se.run_tool("se-compile", *options)
    x = np.random.default_rng(0).normal(size=(3, count)).astype(np.float32)
    se.assert_same_bits(se.run(tmp_path / "sum.elf", {"x": x}, ["y"]),
                        {"y": np.cumsum(x, axis=0, dtype=np.float32)}, "sum")


@pytest.mark.parametrize("ring", ["3", "6"])
def test_edge_of_l1_with_delay_lines(ring, tmp_path):
    """What goes from frame to frame has its place in any L1: tokens of both rings, and
    where the delay lines of a front end begin."""
    model = se.SOURCE / "models" / "tinydenoiser_gru128.onnx"
    target = write_target("gap9", tmp_path / "edge.json", l1=0x10000, l2=0x40000)
    for size in range(50000, 50512, 32):
        se.run_tool("se-compile", model, "-o", "/dev/null", "--app=denoise",
                    "--precision=fp16", f"--target={target}", f"--schedule=ring={ring}",
                    f"--l1-bytes={size}", "--emit=mlir-scheduled", "--no-proof")
