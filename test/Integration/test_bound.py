# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""No frame takes longer than the bound that its program carries, and a deadline chooses
the clock by it. `./dev bench bound` tries many more programs."""

import json
import re

import numpy as np
import pytest

import onnx_models
import predictions
import se
from onnx_models import Recipe
from test_bad_input import expect_error

pytest.importorskip("se_mlir", reason="built without the Python package")
import random_networks  # noqa: E402

RECIPE = Recipe("gru1", input=40, hidden=64, layers=2, head="gemm")
# Far from those that the bound was fitted to.
SEEDS = (9000, 9001)
CHOICES = [(), ("--target=gap9",), ("--cores=1",), ("--nonfinite=reset",), ("--cores=4",)]


@pytest.mark.parametrize("precision", random_networks.PRECISIONS)
@pytest.mark.parametrize("kind", random_networks.KINDS)
def test_no_frame_exceeds_the_bound(kind, precision, tmp_path):
    for seed in SEEDS:
        choice = CHOICES[(seed + len(kind) + len(precision)) % len(CHOICES)]
        network = random_networks.write(kind, seed, tmp_path)
        found = predictions.measure_most(
            network.path, "x", network.frames(6, seed), precision, tmp_path,
            network.frames(60, seed + 1), *choice)
        # A bound that is far from all frames says nothing.
        assert 1 <= found.ratio < 1.9, (seed, choice, found)


@pytest.mark.parametrize("target", ["gap9", "pulp-open-ddr"])
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_bound_of_a_stream(precision, target, tmp_path):
    """Parameters flow through the ring, or come from behind L2."""
    model = se.SOURCE / "models" / "tinydenoiser_lstm256.onnx"
    frames = np.abs(np.random.default_rng(0).standard_normal((3, 257))).astype(np.float32)
    found = predictions.measure_most(model, "mag", frames, precision, tmp_path, None,
                                     f"--target={target}")
    assert 1 <= found.ratio < 1.15, found


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    path = tmp_path_factory.mktemp("bound") / "net.onnx"
    path.write_bytes(onnx_models.build(RECIPE).SerializeToString())
    return path


def read_report(network, folder, *options):
    report = folder / "report.json"
    process = se.run_tool("se-compile", network, "-o", folder / "p.elf",
                          f"--report={report}", *options)
    return json.loads(report.read_text()), process


def test_report_and_program_agree(network, tmp_path):
    report, _ = read_report(network, tmp_path, "--precision=fp16")
    bound, most = report["bound_cycles_per_frame"], report["at_most"]
    parts = [most[f"{part}_cycles"] for part in ("compute", "dma", "external")]
    assert bound == max(parts) + most["fetch_cycles"]
    assert bound > report["predicted"]["cycles_per_frame"]
    np.save(tmp_path / "x.npy", onnx_models.frames(RECIPE, 2))
    se.run_tool("se-run", tmp_path / "p.elf", "--in", f"x={tmp_path / 'x.npy'}",
                f"--stats={tmp_path / 's.json'}")
    assert json.loads((tmp_path / "s.json").read_text())["bound_cycles_per_frame"] == bound
    # The kernel of the program is the code that was counted.
    text = se.run_tool("se-compile", network, "-o", tmp_path / "p.elf", "--precision=fp16",
                       "--report").stdout
    assert f"at most: {bound} cycles per frame" in text


def test_object_has_a_bound_too(network, tmp_path):
    """It knows only code in which jumps are still long."""
    program, _ = read_report(network, tmp_path, "--precision=fp16")
    report = tmp_path / "object.json"
    se.run_tool("se-compile", network, "-o", tmp_path / "net.o", "--emit=obj",
                "--precision=fp16", f"--report={report}", "--deadline-ms=6.25")
    found = json.loads(report.read_text())
    assert found["bound_cycles_per_frame"] >= program["bound_cycles_per_frame"]
    assert found["deadline"]["mhz"] == 72


def test_no_bound_without_code(network, tmp_path):
    report = tmp_path / "report.json"
    se.run_tool("se-compile", network, "-o", tmp_path / "net.mlir", "--emit=mlir-scheduled",
                f"--report={report}")
    assert "bound_cycles_per_frame" not in json.loads(report.read_text())


def test_deadline_picks_the_lowest_point(network, tmp_path):
    report, _ = read_report(network, tmp_path, "--target=gap9")
    bound = report["bound_cycles_per_frame"]
    # In milliseconds at each clock.
    slow, fast = bound / 240e3, bound / 370e3
    for deadline, mhz, volt in ((slow * 1.001, 240, 0.65), (slow * 0.999, 370, 0.8),
                                (fast * 1.001, 370, 0.8)):
        found, process = read_report(network, tmp_path, "--target=gap9",
                                     f"--deadline-ms={deadline}")
        assert found["deadline"]["mhz"] == mhz
        assert found["deadline"]["volt"] == volt
        assert found["deadline"]["ms_at_most"] == pytest.approx(bound / mhz / 1000)
        assert re.fullmatch(rf"remark: deadline of \S+ ms is met at {mhz} MHz, {volt} V: a frame "
                            rf"takes at most {bound} cycles, \d\.\d+ ms\n", process.stderr)


def test_deadline_that_is_missed(network, tmp_path):
    report, _ = read_report(network, tmp_path, "--target=gap9")
    deadline = report["bound_cycles_per_frame"] / 370e3 * 0.999
    text = (r"deadline of \S+ ms is missed: a frame takes at most \d+ cycles, \d\.\d+ ms at "
            r"370 MHz, 0.8 V, 1\.00 times as long; bound by (compute|dma)")
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out", "--target=gap9",
                 f"--deadline-ms={deadline}",
                 text=text + ".*; what may help: --precision=fp16, mixed or int8")
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out", "--target=gap9",
                 "--deadline-ms=0.001", "--cores=1", "--precision=fp16",
                 text="--precision=mixed or int8; more cores \\(--cores=8\\)")
    # Nothing is left of a report either.
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 "--deadline-ms=0.001", f"--report={tmp_path / 'out.json'}",
                 text="deadline of 0.001 ms is missed")
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf"])
def test_deadline_that_is_none(value, network, tmp_path):
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 f"--deadline-ms={value}",
                 text="--deadline-ms: expected a number greater than 0, such as 6.25")


def test_deadline_needs_code(network, tmp_path):
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 "--emit=mlir-scheduled", "--deadline-ms=6.25",
                 text="--deadline-ms needs code: it goes with --emit=elf and obj")
