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
