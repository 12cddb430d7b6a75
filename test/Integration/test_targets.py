# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Targets other than pulp-open: gap9, and files of the user's own."""

import json
import re

import numpy as np
import pytest

import onnx_models
import predictions
import se
from onnx_models import Recipe
from test_bad_input import expect_error
from test_models import MODELS, golden

RECIPE = Recipe("gru1", input=40, hidden=64, layers=2, head="gemm")


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(RECIPE).SerializeToString())
    return path


@pytest.fixture
def example():
    """The file in docs/targets.md."""
    text = (se.SOURCE / "docs" / "targets.md").read_text()
    return json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])


def write(target, path):
    path.write_text(json.dumps(target))
    return path


# --- other widths ----------------------------------------------------------------


def set_l2(key, value):
    """A change of the memory l2."""
    def change(target):
        memory = next(m for m in target["memories"] if m["name"] == "l2")
        memory[key] = value
    return change


def set_key(**keys):
    return lambda target: target.update(keys)


# What is changed of pulp-open.
WIDTHS = {
    "4_bytes": set_l2("bytes_per_cycle", 4),
    "16_bytes": set_l2("bytes_per_cycle", 16),
    "slow_l2": set_l2("latency", {"cluster": 30, "fc": 1}),
    "2_fpus": set_key(fpus=2),
    "8_fpus": set_key(fpus=8),
    "4_cores": set_key(cores=4),
    "2_cores_1_fpu": set_key(cores=2, fpus=1),
}
WIDE = Recipe("gru1", input=90, hidden=128, layers=2, head="gemm")


def measure_width(change, precision, folder):
    """The prediction, the outputs and the plan on a changed pulp-open."""
    target = json.loads((se.SOURCE / "targets" / "pulp-open.json").read_text())
    target["name"] = "changed"
    change(target)
    path = write(target, folder / "target.json")
    model = folder / "net.onnx"
    model.write_bytes(onnx_models.build(WIDE).SerializeToString())
    frames = np.random.default_rng(0).normal(size=(8, 90)).astype(np.float32)
    report = folder / "report.json"
    found = predictions.measure(model, "x", frames, precision, folder, None,
                                f"--report={report}", target=path)
    outputs = se.run(folder / "p.elf", {"x": frames}, ["y"], f"--target={path}")
    plan = [[stage[key] for key in ("tiles", "rows_per_tile", "group")]
            for stage in json.loads(report.read_text())["stages"]]
    return found, outputs, plan


@pytest.fixture(scope="module", params=["fp32", "fp16"])
def usual_width(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return request.param, *measure_width(lambda target: None, request.param, folder)


@pytest.mark.parametrize("width", WIDTHS)
def test_widths(width, usual_width, tmp_path):
    """The planner knows what a target offers from its file alone."""
    precision, usual, outputs, plan = usual_width
    assert usual.ratio == pytest.approx(1, abs=0.1), usual
    found, changed, other_plan = measure_width(WIDTHS[width], precision, tmp_path)
    assert found.ratio == pytest.approx(1, abs=0.1), found
    se.assert_same_bits(outputs, changed, width)
    change = found.simulated / usual.simulated
    assert change < 1.02 if width in ("16_bytes", "8_fpus") else change > 1.005
    if width in ("16_bytes", "4_cores", "2_cores_1_fpu"):
        assert plan != other_plan


# --- gap9 ------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(MODELS))
def test_gap9_as_pulp_open(name, tmp_path):
    """The same bits: other sizes, and memories behind L2, change no arithmetic."""
    model = golden(name)
    outputs = []
    for target in ["gap9", model.target("fp16")]:
        elf = se.compile(model.path, tmp_path / f"{target}.elf", "--precision=fp16",
                         f"--target={target}", "--cores=8")
        outputs.append(
            se.run(elf, {model.input: model.frames[:10]}, [model.output]))
    se.assert_same_bits(*outputs, "gap9 and another target")


SUM = """
rnn.network @sum inputs(%x = "x" : tensor<{0}xf32>)
    states(%s = "s" : tensor<{0}xf32> reset dense<0.0> : tensor<{0}xf32>)
    outputs("y" : tensor<{0}xf32>) {{
  %sum = arith.addf %x, %s : tensor<{0}xf32>
  rnn.yield %sum : tensor<{0}xf32> next %sum : tensor<{0}xf32>
}}
"""


def test_gap9_has_twice_the_l1(tmp_path):
    """A state that only an L1 of 128 KB holds, up to its end."""
    size = 16000
    network = tmp_path / "sum.mlir"
    network.write_text(SUM.format(size))
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 text="memory l1 exceeded by .* available.* on target pulp-open")
    elf = se.compile(network, tmp_path / "sum.elf", "--target=gap9", "--cores=8")
    x = np.random.default_rng(0).normal(size=(3, size)).astype(np.float32)
    se.assert_same_bits(se.run(elf, {"x": x}, ["y"]),
                        {"y": np.cumsum(x, axis=0, dtype=np.float32)}, "sum")



def test_gap9_statistics(network, tmp_path):
    elf = se.compile(network, tmp_path / "net.elf", "--target=gap9")
    se.run(elf, {"x": onnx_models.frames(RECIPE, 2)}, ["y"],
           f"--stats={tmp_path / 's.json'}")
    statistics = json.loads((tmp_path / "s.json").read_text())
    # The parameters are in L2, so the transfer engine has nothing to do.
    assert statistics["ext"] == {"bytes": 0, "transfers": 0, "busy_cycles": 0}
    assert statistics["ext_bytes_per_frame"] == 0
    assert statistics["ext_busy_cycles_per_frame"] == 0
    assert statistics["dma_bytes_per_frame"] > 0


# --- files -----------------------------------------------------------------------


def test_example_of_the_documentation(network, example, tmp_path):
    file = write(example, tmp_path / "small-chip.json")
    frames = {"x": onnx_models.frames(RECIPE, 5)}
    elf = se.compile(network, tmp_path / "small.elf", f"--target={file}", "--cores=4")
    small = se.run(elf, frames, ["y"], f"--target={file}")
    usual = se.run(se.compile(network, tmp_path / "net.elf"), frames, ["y"])
    se.assert_same_bits(small, usual, "small-chip and pulp-open")
    # The program knows only the name.
    expect_error(tmp_path, "se-run", elf, "--in", f"x={save_frames(tmp_path)}",
                 text="unknown target 'small-chip'; known: .* or the path of a .json")
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 f"--target={file}", "--cores=5",
                 text="--cores must be 1 to 4 for target small-chip, found 5")


def test_latency_of_a_file_counts(network, example, tmp_path):
    """The simulator takes the figures of the file."""
    cycles = []
    for latency in [15, 60]:
        example["memories"][1]["latency"]["cluster"] = latency
        file = write(example, tmp_path / "chip.json")
        elf = se.compile(network, tmp_path / "chip.elf", f"--target={file}",
                         "--cores=4")
        se.run(elf, {"x": onnx_models.frames(RECIPE, 2)}, ["y"], f"--target={file}",
               f"--stats={tmp_path / 's.json'}")
        statistics = json.loads((tmp_path / "s.json").read_text())
        cycles.append(statistics["cycles_per_frame"]["mean"])
    assert cycles[1] > cycles[0] + 100


def drop(key):
    return lambda target: target.pop(key)


def memory(**values):
    return lambda target: target["memories"][1].update(values)


MISTAKES = {
    "missing": (drop("fpus"), "missing key 'fpus'"),
    "unknown": (lambda t: t.update(gpus=1), "unknown key 'gpus'"),
    "type": (lambda t: t.update(cores="4"), "cores: expected an integer from 1 to 8"),
    "cores": (lambda t: t.update(cores=9), "cores: expected an integer from 1 to 8"),
    "level": (memory(level="l4"), r"memories\[1\].level: unknown level 'l4'"),
    "rate": (memory(bytes_per_cycle=0),
             r"memories\[1\].bytes_per_cycle: expected a number greater than 0"),
    "overlap": (memory(base="0x90000000"),
                r"memories\[2\]: memory 'flash' overlaps memory 'l2'"),
    "peripherals": (memory(base="0x1a100000"),
                    r"memories\[1\]: memory 'l2' overlaps the peripherals"),
}


@pytest.mark.parametrize("name", list(MISTAKES))
def test_mistake(name, network, example, tmp_path):
    elf = se.compile(network, tmp_path / "net.elf")
    change, text = MISTAKES[name]
    change(example)
    file = write(example, tmp_path / "chip.json")
    text = r"^error: \S*chip\.json: " + text
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 f"--target={file}", text=text)
    expect_error(tmp_path, "se-compile", "--print-linker-script",
                 f"--target={file}", text=text)
    expect_error(tmp_path, "se-run", elf, f"--target={file}", "--in",
                 f"x={save_frames(tmp_path)}", text=text)


def save_frames(folder):
    np.save(folder / "x.npy", onnx_models.frames(RECIPE, 1))
    return folder / "x.npy"


@pytest.mark.parametrize("content, text", [
    (None, "cannot read target '.*chip.json': No such file"),
    ("", r"chip\.json: \[1:0"),
    ("{", r"chip\.json: \[1:"),
    ("[]", "chip.json: expected an object"),
])
def test_no_target_in_file(content, text, network, tmp_path):
    file = tmp_path / "chip.json"
    if content is not None:
        file.write_text(content)
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out",
                 f"--target={file}", text=text)
