# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a trace and a profile tell of the stages of a network."""

import collections
import json
import re

import pytest

import onnx_models
import se
from onnx_models import Recipe

# Each layer has two stages.
RECIPE = Recipe("gru0", input=24, hidden=48, layers=2, head="gemm")
CORES, FRAMES = 8, 3
# How a target and a schedule differ in what a kernel has besides its stages.
CASES = {
    "resident": [],
    "ring": ["--schedule=resident=off"],
    "gap9": ["--target=gap9", "--schedule=resident=off"],
}


class Run:
    def __init__(self, folder, options):
        self.network = folder / "net.onnx"
        self.network.write_bytes(onnx_models.build(RECIPE).SerializeToString())
        self.options = options
        self.elf = se.compile(self.network, folder / "net.elf", f"--cores={CORES}",
                              *options)
        self.trace, self.statistics = self.run(folder, "--profile")

    def run(self, folder, *options):
        x = onnx_models.frames(RECIPE, FRAMES)
        trace, statistics = folder / "trace.json", folder / "stats.json"
        se.run(self.elf, {"x": x}, ["y"], f"--trace={trace}", f"--stats={statistics}",
               "--trace-min-stall=1", *options)
        rows, names = collections.defaultdict(list), {}
        for event in json.loads(trace.read_text())["traceEvents"]:
            if event["ph"] == "M":
                names[event["tid"]] = event["args"]["name"]
            else:
                rows[event["tid"]].append(event)
        return ({names[tid]: events for tid, events in rows.items()},
                json.loads(statistics.read_text()))

    def planned(self, folder):
        """Names of the stages in their order, from the compiler's plan."""
        text = se.compile(self.network, folder / "net.mlir", "--emit=mlir-scheduled",
                          f"--cores={CORES}", *self.options).read_text()
        stages = re.search(r"stages = \[(.*?)\]", text)[1]
        return re.findall(r'\bname = "([^"]*)"', stages)


@pytest.fixture(scope="module", params=list(CASES))
def traced(request, tmp_path_factory):
    return Run(tmp_path_factory.mktemp(request.param), CASES[request.param])


def of_category(events, category):
    found = [e for e in events if e["cat"] == category]
    return sorted(found, key=lambda e: e["ts"])


def end(event):
    return event["ts"] + event["dur"]


def kernels(events):
    return [e for e in of_category(events, "function") if e["name"].endswith("_kernel")]


@pytest.mark.parametrize("core", range(CORES))
def test_stages_in_order(traced, core, tmp_path):
    """Each frame has a slice of each stage on the cores that work on it, in the order
    of the plan, one after the other and within the kernel."""
    events = traced.trace[f"core {core}"]
    names = traced.planned(tmp_path)
    expected = {f"rnn{i}{n}" for i in range(RECIPE.layers) for n in ("", " (2)")}
    assert expected < set(names)
    runs = kernels(events)
    assert len(runs) == FRAMES
    stages = of_category(events, "stage")
    for kernel in runs:
        inside = [s for s in stages if kernel["ts"] <= s["ts"] < end(kernel)]
        for stage, following in zip(inside, [*inside[1:], None]):
            assert end(stage) <= (following["ts"] if following else end(kernel))
        found = [s["name"] for s in inside if s["name"] in names]
        # A core may have no share of a small stage.
        assert found == [n for n in names if n in found]
        assert core != 0 or found == names
        # Few instructions lie outside.
        covered = sum(s["dur"] for s in inside)
        assert covered > 0.9 * kernel["dur"]
    # What stages call, and what they wait for, lies within them.
    for event in events:
        if event["cat"] == "stage":
            continue
        for stage in stages:
            apart = end(event) <= stage["ts"] or end(stage) <= event["ts"]
            within = stage["ts"] <= event["ts"] and end(event) <= end(stage)
            around = event["ts"] <= stage["ts"] and end(stage) <= end(event)
            assert apart or within or around, (stage, event)
            assert not (within and event["name"].endswith("_kernel"))


def test_profile_adds_up(traced):
    """The profile's stages, with what is outside of them, take as long as the
    kernel; trace and profile agree; causes add up."""
    stages = traced.statistics["stages"]
    events = traced.trace["core 0"]
    total = sum(s["cycles_per_frame"] for s in stages) * FRAMES
    assert total == pytest.approx(sum(k["dur"] for k in kernels(events)))
    durations = collections.Counter()
    for event in of_category(events, "stage"):
        durations[event["name"]] += event["dur"]
    assert stages[-1]["name"] == ""
    for stage in stages[:-1]:
        cycles = stage["cycles_per_frame"]
        assert cycles * FRAMES == pytest.approx(durations.pop(stage["name"]))
        assert sum(stage["causes"].values()) == pytest.approx(cycles)
        asleep = stage["causes"]["sleep"]
        assert stage["busy_per_core"][0] == pytest.approx(cycles - asleep)
    assert not durations
    # A frame is the kernel, and what the cluster needs to start and end.
    frame = traced.statistics["cycles_per_frame"]["mean"]
    assert 0.9 * frame < total / FRAMES < frame


def test_profile_changes_nothing(traced, tmp_path):
    """Neither the cycles nor the trace."""
    trace, statistics = traced.run(tmp_path)
    assert "stages" not in statistics
    assert statistics["cycles"] == traced.statistics["cycles"]
    assert trace == traced.trace
