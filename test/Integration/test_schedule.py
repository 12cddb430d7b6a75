# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a schedule promises, in simulated cycles: transfers hide behind compute or
the other way round, the report predicts what the simulator counts, cores pay off.

    python test/Integration/test_schedule.py [--all] [PART-OF-A-NAME...]

prints the table that the tests assert on (SE_BIN names the tools' folder).
"""

import dataclasses
import functools
import itertools
import json
import re
import subprocess
import sys

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_bad_input import expect_error
from test_matrix import covering, folder
from test_targets import SUM

# Cycles per frame against the larger of compute alone and transfers alone.
OVERLAP = 1.08
# Predicted against simulated cycles.
PREDICTION = 0.10
# Share of a frame in which the engine that is the bound is busy.
BUSY = 0.96
# 8 cores against one. Scalar code waits for FPUs that two cores share, which
# keeps it from the 7.6 that are wanted.
SPEEDUP = {"fp32": 6.5, "fp16": 6.0}
# A program that has all parameters in L1 against ideal transfers.
RESIDENT = 0.04

FRAMES = 5


@dataclasses.dataclass(frozen=True)
class Case:
    cell: str
    hidden: int
    layers: int
    precision: str
    target: str
    model: str = ""  # a file of ../shared instead

    def __str__(self):
        name = self.model or f"{self.cell}_{self.hidden}x{self.layers}"
        return f"{name}-{self.precision}-{self.target}"


def find_shared():
    names = ["tinydenoiser_lstm128", "tinydenoiser_lstm256"]
    return [n for n in names if (se.SHARED / "ours" / f"{n}.onnx").exists()]


def get_cases(everything):
    precisions, targets = ["fp16", "fp32"], ["pulp-open-ddr", "gap9"]
    shared = [Case("", 0, 0, p, t, model)
              for model in find_shared() for p in precisions for t in targets]
    if everything:
        grid = itertools.product(
            ["lstm", "gru1"], [64, 128, 256, 512], [1, 2], precisions, targets)
        return [Case(*values) for values in grid] + shared
    return [
        Case("lstm", 64, 1, "fp16", "pulp-open"),
        Case("gru1", 64, 2, "fp32", "gap9"),
        Case("gru1", 128, 1, "fp32", "pulp-open-ddr"),
        Case("lstm", 128, 2, "fp16", "gap9"),
        Case("gru1", 256, 2, "fp16", "gap9"),
        Case("lstm", 256, 1, "fp32", "pulp-open-ddr"),
        Case("gru1", 256, 1, "fp32", "gap9"),
        Case("lstm", 512, 1, "fp16", "gap9"),
    ] + [c for c in shared if (c.precision, c.target) in
         [("fp16", "pulp-open-ddr"), ("fp32", "gap9")]]


def pytest_generate_tests(metafunc):
    everything = metafunc.config.getoption("--matrix") == "all"
    if "case" in metafunc.fixturenames:
        cases = get_cases(everything)
        metafunc.parametrize("group, case", [(str(c), c) for c in cases],
                             ids=[str(c) for c in cases])
    elif "choice" in metafunc.fixturenames:
        choices = get_choices(everything)
        metafunc.parametrize("choice", choices,
                             ids=["-".join(map(str, c)) for c in choices])


# ---------------------------------------------------------------------------
# Measuring
# ---------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def network(case):
    """Path, name of the input, and frames."""
    if case.model:
        return se.SHARED / "ours" / f"{case.model}.onnx", "mag", 257
    recipe = Recipe(case.cell, input=257, hidden=case.hidden, layers=case.layers,
                    head="gemm", outputs=257)
    path = folder() / f"{recipe}.onnx"
    if not path.exists():
        path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path, "x", recipe.input


@functools.lru_cache(maxsize=None)
def load_target(name):
    return json.loads((se.SOURCE / "targets" / f"{name}.json").read_text())


def write_target(name, path, **sizes):
    """A copy of a target with other sizes of memories; 0 removes one."""
    target = json.loads(json.dumps(load_target(name)))
    for level, size in sizes.items():
        memory = next(m for m in target["memories"] if m["level"] == level)
        memory["size"] = size
        if size == 0:
            target["memories"].remove(memory)
    path.write_text(json.dumps(target))
    return path


def compile(path, name, *options):
    """The program and its report."""
    elf, report = folder() / f"{name}.elf", folder() / f"{name}.json"
    se.compile(path, elf, f"--report={report}", *options)
    return elf, json.loads(report.read_text())


def simulate(elf, name, width, count, *options):
    """The statistics of a run over `count` frames."""
    random = np.random.default_rng(0)
    frames, statistics = folder() / "frames.npy", folder() / "statistics.json"
    np.save(frames, random.exponential(1.0, (count, width)).astype(np.float32))
    se.run_tool("se-run", elf, "--in", f"{name}={frames}", f"--stats={statistics}",
                *options)
    return json.loads(statistics.read_text())


def get_steady(elf, name, width, *options):
    """Cycles, and busy cycles of both engines, of a frame behind the first two."""
    few, many = (simulate(elf, name, width, count, *options)
                 for count in (2, FRAMES))
    def mean(get):
        return (get(many) - get(few)) / (FRAMES - 2)
    return (mean(lambda s: s["cycles_per_frame"]["mean"] * s["frames"]),
            mean(lambda s: s["dma"]["busy_cycles"]),
            mean(lambda s: s["ext"]["busy_cycles"]))


@dataclasses.dataclass(repr=False)
class Measurement:
    predicted: int
    simulated: float
    compute: float  # transfers take no time
    dma: float  # busy cycles
    external: float
    report: dict

    @property
    def transfers(self):
        return max(self.dma, self.external)

    @property
    def overlap(self):
        return self.simulated / max(self.compute, self.transfers)

    def __repr__(self):
        expected = self.report["predicted"]
        return (f"predicted {self.predicted} simulated {self.simulated:.0f} "
                f"ratio {self.predicted / self.simulated:.3f} | compute "
                f"{expected['compute_cycles']} {self.compute:.0f} "
                f"{expected['compute_cycles'] / self.compute:.3f} | dma "
                f"{expected['dma_cycles']} {self.dma:.0f} | external "
                f"{expected['external_cycles']} {self.external:.0f} | "
                f"overlap {self.overlap:.3f}")


@functools.lru_cache(maxsize=None)
def measure(case):
    path, name, width = network(case)
    options = [f"--precision={case.precision}"]
    elf, report = compile(path, case, f"--target={case.target}", *options)
    simulated, dma, external = get_steady(elf, name, width)
    ideal = ["--ideal-dma"]
    if external:
        # The same tiles from an L2 that holds them all.
        target = write_target(case.target, folder() / "target-wide.json", l2=0x4000000)
        ring = report["ring"]
        elf, _ = compile(
            path, "wide", f"--target={target}", *options,
            f"--schedule=ring={ring['slots']},slot-bytes={ring['slot_bytes']}")
        ideal.append(f"--target={target}")
    compute = simulate(elf, name, width, 2, *ideal)["cycles_per_frame"]["min"]
    return Measurement(report["predicted"]["cycles_per_frame"], simulated, compute,
                       dma, external, report)


# ---------------------------------------------------------------------------
# Tests of cycles
# ---------------------------------------------------------------------------


def test_overlap(group, case):
    """A frame takes little more than the longer of compute and transfers."""
    found = measure(case)
    assert found.overlap <= OVERLAP, found


def test_prediction(group, case):
    found = measure(case)
    assert abs(found.predicted / found.simulated - 1) <= PREDICTION, found


def test_engine_is_busy(group, case):
    """The engine that is the bound has no pause."""
    found = measure(case)
    if found.transfers <= found.compute:
        # A frame never takes less than its transfers.
        assert found.transfers <= found.simulated * 1.001, found
        return
    # If both take about as long, each waits for the other now and then.
    if found.transfers > 1.1 * found.compute:
        assert found.transfers / found.simulated >= BUSY, found


@pytest.mark.parametrize("schedule", ["ring=3", "ring=4", "ring=6", "ring=3,slot-bytes=8192",
                                      "ring=6,slot-bytes=4096"])
@pytest.mark.parametrize("model", ["lstm128", "gru128"])
def test_prediction_of_choices(model, schedule):
    """Where the engine is the bound, rings differ by how long it waits: not at all with
    the transfer before, and while cores fetch the code of another stage."""
    options = ["--target=pulp-open-ddr", f"--schedule={schedule}"]
    elf, report = compile(se.SOURCE / "models" / f"tinydenoiser_{model}.onnx", "choice",
                          "--precision=fp16", *options)
    cycles, _, _ = get_steady(elf, "mag", 257, options[0])
    predicted = report["predicted"]["cycles_per_frame"]
    print(f"{predicted} predicted, {cycles:.0f} simulated")
    assert abs(predicted / cycles - 1) <= 0.01


def test_statistics_have_prediction():
    path, name, width = network(Case("gru1", 64, 1, "fp16", "gap9"))
    elf, report = compile(path, "statistics", "--target=gap9", "--precision=fp16")
    statistics = simulate(elf, name, width, 1)
    expected = report["predicted"]["cycles_per_frame"]
    assert statistics["predicted_cycles_per_frame"] == expected > 0


def test_resident(tmp_path):
    """With a larger L1 all parameters stay there: not slower than ideal transfers,
    which come with steps, and nothing but inputs and outputs is transferred."""
    case = Case("lstm", 128, 1, "fp16", "pulp-open")
    path, name, width = network(case)
    target = write_target(case.target, tmp_path / "large.json", l1=0x100000)
    elf, report = compile(path, "resident", f"--target={target}", "--precision=fp16")
    assert report["ring"]["slots"] == 0
    assert all(s["l2_bytes"] == 0 for s in report["stages"])
    cycles, dma, _ = get_steady(elf, name, width, f"--target={target}")
    ports = 4 * (width + case.hidden) / 8  # bytes per cycle
    assert ports <= dma <= 1.5 * ports + 100
    ideal = measure(case).compute
    print(f"resident {cycles:.0f}, ideal transfers {ideal:.0f}")
    assert cycles <= ideal * (1 + RESIDENT), (cycles, ideal)


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
    network = [f"--cell={cell}", f"--size={size}", "--random-weights=1"]
    elements = int(size.split(",")[0].removeprefix("x="))
    frames = np.random.default_rng(1).standard_normal((8, elements)).astype(np.float32)
    np.save(tmp_path / "x.npy", frames)
    cycles, predicted, outputs = [], [], []
    for schedule in ("", "resident=off"):
        elf, report = tmp_path / "net.elf", tmp_path / "report.json"
        se.run_tool("se-compile", *network, "-o", elf, f"--target={target}",
                    f"--precision={precision}", f"--cores={cores}", f"--report={report}",
                    *([f"--schedule={schedule}"] if schedule else []))
        predicted.append(json.loads(report.read_text())["predicted"]["cycles_per_frame"])
        se.run_tool("se-run", elf, f"--target={target}", "--check", "--in",
                    f"x={tmp_path / 'x.npy'}", f"--out=y={tmp_path / 'y.npy'}",
                    f"--stats={tmp_path / 'stats.json'}")
        stats = json.loads((tmp_path / "stats.json").read_text())
        cycles.append(stats["cycles_per_frame"]["min"])
        outputs.append(np.load(tmp_path / "y.npy"))
    se.run_tool("se-run", *network, f"--precision={precision}", "--in",
                f"x={tmp_path / 'x.npy'}", f"--out=y={tmp_path / 'y.npy'}")
    expected = np.load(tmp_path / "y.npy")
    print(f"{cycles[0]} (predicted {predicted[0]}), nothing stays {cycles[1]}")
    for found in outputs:
        se.assert_same_bits({"y": found}, {"y": expected}, kind)
    assert cycles[0] <= 1.01 * cycles[1]
    assert abs(predicted[0] / cycles[0] - 1) <= PREDICTION


def test_cores(group, case):
    """8 cores against one, where compute is the bound."""
    found = measure(case)
    if 1.25 * found.transfers > found.compute:
        pytest.skip("transfers count")
    path, name, width = network(case)
    elf, _ = compile(path, "one", f"--target={case.target}", "--cores=1",
                     f"--precision={case.precision}")
    # One core is so slow that transfers do not count.
    one = simulate(elf, name, width, 2)["cycles_per_frame"]["min"]
    print(f"{case}: {one} / {found.simulated:.0f} = {one / found.simulated:.2f}")
    assert one / found.simulated >= SPEEDUP[case.precision], found


# ---------------------------------------------------------------------------
# The same bits, whatever the schedule
# ---------------------------------------------------------------------------

# Everything that may be forced, and targets whose memories want other places:
# small has 8 KB of L1 for parameters, and 24 KB of L2 for them.
CHOICES = {
    "cores": [1, 2, 3, 4, 5, 6, 7, 8],
    "ring": ["", "ring=2", "ring=3", "ring=4", "ring=5", "ring=6"],
    "rows": ["", "tile-rows=1", "tile-rows=3", "tile-rows=8", "tile-rows=all"],
    "slot": ["", "slot-bytes=1024", "slot-bytes=2048", "slot-bytes=8192"],
    "resident": ["resident=on", "resident=off"],
    "target": ["pulp-open-ddr", "gap9", "small"],
    "precision": ["fp32", "fp16"],
    "cell": ["lstm", "gru0"],
}


def get_choices(everything):
    values = list(CHOICES.values())
    return list(itertools.product(*values)) if everything else covering(
        values, strength=2, atleast=0)


def get_recipe(cell):
    return Recipe(cell, input=11, hidden=19, layers=2, head="gemm", outputs=13)


@functools.lru_cache(maxsize=None)
def host(cell, precision):
    """Path, frames, and the outputs of the host."""
    recipe = get_recipe(cell)
    path = folder() / f"{recipe}.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    frames = onnx_models.frames(recipe, FRAMES)
    return path, frames, se.run(path, {"x": frames}, ["y"], f"--precision={precision}")


def test_larger_stacks(tmp_path):
    """A network whose code needs more than the usual stacks is planned again, with
    less of L1 for it."""
    recipe = Recipe("lstm", input=97, hidden=96, layers=6, head="gemm")
    path = tmp_path / "deep.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = {"x": onnx_models.frames(recipe, FRAMES)}
    sizes = {}
    for target in ("gap9", "pulp-open-ddr"):
        elf = se.compile(path, tmp_path / f"{target}.elf", f"--target={target}")
        names = subprocess.run(["llvm-nm-22", elf], check=True, text=True,
                               capture_output=True).stdout
        size = re.search(r"(\w+) A __se_core_stack_size", names)[1]
        sizes[target] = int(size, 16)
        se.assert_same_bits(se.run(elf, x, ["y"], f"--target={target}"),
                            se.run(path, x, ["y"]), target)
    assert sizes["gap9"] > sizes["pulp-open-ddr"] == 448


@functools.lru_cache(maxsize=None)
def choose_target(name):
    if name != "small":
        return name
    return write_target("gap9", folder() / "small.json", l1=0x4000, l2=0x16000)


def test_same_bits(choice, tmp_path):
    """On the simulator, which also looks for races, as on the host. A choice that
    has no room is told in a line."""
    cores, ring, rows, slot, resident, target, precision, cell = choice
    path, frames, expected = host(cell, precision)
    rows = rows.replace("all", str(get_recipe(cell).hidden))
    schedule = ",".join(filter(None, [ring, rows, slot, resident]))
    arguments = [path, "-o", tmp_path / "net.elf", f"--target={choose_target(target)}",
                 f"--precision={precision}", f"--cores={cores}",
                 f"--schedule={schedule}"]
    process = se.tool("se-compile", *arguments)
    if process.returncode:
        # Long tiles in a slot or an L1 that is too small for them.
        assert rows or ring or slot
        expect_error(tmp_path, "se-compile", *arguments,
                     text="network does not fit: (a (tile|ring) of .* bytes|memory l1 "
                          "exceeded by .* needed for a ring of [2-6] slots)")
        return
    found = se.run(tmp_path / "net.elf", {"x": frames}, ["y"],
                   f"--target={choose_target(target)}")
    se.assert_same_bits(found, expected, schedule)


# ---------------------------------------------------------------------------
# At the edge of memories
# ---------------------------------------------------------------------------

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


def main(arguments):
    everything = "--all" in arguments
    words = [a for a in arguments if not a.startswith("-")]
    cases = [c for c in get_cases(everything)
             if not words or any(w in str(c) for w in words)]
    width = max(len(str(c)) for c in cases)
    for case in cases:
        print(f"{case!s:{width}}  {measure(case)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])


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
