# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The model of energy: counts of the simulator times a target's table."""

import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from test_bad_input import expect_error

# The MACs of a frame: gates of two layers, and the head.
RECIPE = Recipe("gru1", input=40, hidden=64, layers=2, head="gemm")
UNITS = {
    "core_cycle": "core_cycles", "idle_cycle": "idle_core_cycles",
    "fpu_operation": "fpu_operations", "simd_operation": "simd_operations",
    "l1_access": "l1_accesses", "l2_access": "l2_accesses", "dma_byte": "dma_bytes",
    "external_byte": "external_bytes", "nvm_byte": "nvm_bytes"}


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("energy") / "net.onnx"
    path.write_bytes(onnx_models.build(RECIPE).SerializeToString())
    return path


def measure(network, folder, *options, frames=4, run=()):
    elf, array, statistics = folder / "p.elf", folder / "x.npy", folder / "s.json"
    se.compile(network, elf, *options)
    np.save(array, onnx_models.frames(RECIPE, frames))
    process = se.run_tool("se-run", elf, "--in", f"x={array}", f"--stats={statistics}", *run)
    return json.loads(statistics.read_text()), process.stdout


def read_target(name):
    return json.loads((se.SOURCE / "targets" / f"{name}.json").read_text())


@pytest.mark.parametrize("target", ["gap9", "pulp-open", "pulp-open-ddr"])
def test_energy_is_counts_times_coefficients(target, network, tmp_path):
    found, text = measure(network, tmp_path, f"--target={target}", run=["--energy"])
    points = read_target(target)["operating_points"]
    assert len(found["energy_model"]) == len(points)
    cycles = found["cycles_per_frame"]["mean"]
    for point, model in zip(points, found["energy_model"]):
        assert (model["mhz"], model["volt"]) == (point["mhz"], point["volt"])
        table = point["energy"]
        milliseconds = cycles / (1000 * point["mhz"])
        expected = {key: table[key]["pj"] * found["activity_per_frame"][count] * 1e-6
                    for key, count in UNITS.items()}
        expected["leakage"] = table["leakage"]["mw"] * milliseconds
        # The cycle counter is read a cycle or two off the program's own figure.
        assert model["uj_by_coefficient"] == pytest.approx(expected, rel=2e-3)
        assert model["uj_per_frame"] == pytest.approx(sum(expected.values()), rel=2e-3)
        assert model["mw"] == pytest.approx(model["uj_per_frame"] / milliseconds, rel=2e-3)
        assert model["sources"] == {key: entry["source"] for key, entry in table.items()}
        cores = 8 + 1 + 1
        rest = table["leakage"]["mw"] + cores * point["mhz"] * table["idle_cycle"]["pj"] * 1e-3
        average = (model["uj_per_frame"] + (6.25 - milliseconds) * rest) / 6.25
        assert model["average_mw_of_6.25_ms"] == pytest.approx(average, rel=2e-3)
        assert f"model of energy at {point['mhz']:g} MHz" in text
        for entry in table.values():
            assert entry["source"] in text


def test_all_coefficients_of_our_targets_are_marked():
    """None was looked up in a table of a publication, so all say that they are assumed."""
    for path in (se.SOURCE / "targets").glob("*.json"):
        for point in json.loads(path.read_text())["operating_points"]:
            assert all(entry["source"].startswith("assumption: ")
                       for entry in point["energy"].values())


def test_counts_are_those_of_frames(network, tmp_path):
    """More frames: the same counts for each, whatever start and files take."""
    few, _ = measure(network, tmp_path, "--precision=fp16", frames=4)
    many, _ = measure(network, tmp_path, "--precision=fp16", frames=16)
    a, b = few["activity_per_frame"], many["activity_per_frame"]
    for key in a:
        # The first frame finds cold caches, so it fetches lines and waits for them.
        slack = {"l2_accesses": 0.6, "core_cycles": 0.1, "idle_core_cycles": 0.2}
        assert a[key] == pytest.approx(b[key], rel=slack.get(key, 0.01)), key
    cores = a["core_cycles"] + a["idle_core_cycles"]
    assert cores == pytest.approx(10 * few["cycles_per_frame"]["mean"], rel=2e-3)


def test_operations_are_those_of_the_precision(network, tmp_path):
    """Products of halves are two to an FPU operation, those of bytes four to a packed
    one of integers."""
    counts, macs = {}, None
    calibration = tmp_path / "c.npy"
    np.save(calibration, onnx_models.frames(RECIPE, 60))
    for precision in ("fp32", "fp16", "int8"):
        options = [f"--calibration=x={calibration}"] if precision == "int8" else []
        found, _ = measure(network, tmp_path, f"--precision={precision}", *options)
        counts[precision], macs = found["activity_per_frame"], found["macs_per_frame"]
    assert macs <= counts["fp32"]["fpu_operations"] < 1.3 * macs
    assert macs / 2 <= counts["fp16"]["fpu_operations"] < macs
    assert macs / 4 <= counts["int8"]["simd_operations"] < macs / 2
    assert counts["int8"]["fpu_operations"] < counts["fp16"]["fpu_operations"] / 4
    assert counts["int8"]["l1_accesses"] < counts["fp16"]["l1_accesses"]


def test_idle_cores(network, tmp_path):
    """One core alone works, and seven rest."""
    one, _ = measure(network, tmp_path, "--precision=fp16", "--cores=1")
    counts, cycles = one["activity_per_frame"], one["cycles_per_frame"]["mean"]
    assert counts["idle_core_cycles"] > 7 * cycles
    assert counts["core_cycles"] >= cycles


def test_conflicts_change_no_counts_but_cycles(network, tmp_path):
    usual, _ = measure(network, tmp_path, "--precision=fp16")
    slow, _ = measure(network, tmp_path, "--precision=fp16", run=["--l1-conflicts"])
    for key in ("fpu_operations", "simd_operations", "l1_accesses"):
        a, b = usual["activity_per_frame"][key], slow["activity_per_frame"][key]
        assert b == pytest.approx(a, rel=0.02), key


def test_bytes_by_memory(tmp_path):
    """Parameters that do not fit L2 come from the memory of the level they lie in."""
    target = read_target("gap9")
    memories = {memory["level"]: memory for memory in target["memories"]}
    memories["l2"]["size"] = "0x30000"
    recipe = Recipe("gru1", input=40, hidden=256, layers=1, head="gemm")
    model = tmp_path / "net.onnx"
    model.write_bytes(onnx_models.build(recipe).SerializeToString())
    frames = tmp_path / "x.npy"
    np.save(frames, onnx_models.frames(recipe, 4))
    found = {}
    for level, other in (("nvm", "l3"), ("l3", "nvm")):
        target["name"] = f"only-{level}"
        target["memories"] = [m for k, m in memories.items() if k != other]
        path = tmp_path / f"{level}.json"
        path.write_text(json.dumps(target))
        elf = se.compile(model, tmp_path / "p.elf", f"--target={path}", "--precision=fp16")
        se.run_tool("se-run", elf, "--in", f"x={frames}", f"--target={path}",
                    f"--stats={tmp_path / 's.json'}")
        found[level] = json.loads((tmp_path / "s.json").read_text())["activity_per_frame"]
    assert found["nvm"]["nvm_bytes"] > 100_000
    assert found["nvm"]["external_bytes"] == 0
    assert found["l3"]["external_bytes"] == pytest.approx(found["nvm"]["nvm_bytes"], rel=0.2)
    assert found["l3"]["nvm_bytes"] == 0


def test_target_without_table(network, tmp_path):
    """Files from before the table remain valid."""
    target = read_target("pulp-open")
    target["name"] = "old"
    for point in target["operating_points"]:
        del point["energy"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(target))
    found, _ = measure(network, tmp_path, f"--target={path}", run=[f"--target={path}"])
    assert "energy_model" not in found
    assert found["activity_per_frame"]["core_cycles"] > 0
    expect_error(tmp_path, "se-run", tmp_path / "p.elf", "--in", f"x={tmp_path / 'x.npy'}",
                 f"--target={path}", "--energy",
                 text="--energy: target old has no table of energy")


def test_energy_goes_with_a_program(network, tmp_path):
    np.save(tmp_path / "x.npy", onnx_models.frames(RECIPE, 1))
    expect_error(tmp_path, "se-run", network, "--in", f"x={tmp_path / 'x.npy'}", "--energy",
                 text="--energy goes with a program")


def test_energy_leaves_the_output_alone(network, tmp_path):
    """An output on the console is not mixed with lines for people."""
    elf = se.compile(network, tmp_path / "p.elf")
    np.save(tmp_path / "x.npy", onnx_models.frames(RECIPE, 1))
    process = se.tool("se-run", elf, "--in", f"x={tmp_path / 'x.npy'}", "--stats=-", "--energy")
    assert process.returncode == 0
    assert json.loads(process.stdout)["frames"] == 1
    assert process.stderr.startswith("model of energy")
