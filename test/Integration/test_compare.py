# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""se-run --compare: the first value that two phases of a network disagree on."""

import json
import re

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

ALL = "imported,normalized,legalized,planned,scheduled,selected"

LINE = re.compile(
    r"frame (?P<frame>\d+): '(?P<name>[^']+)' differs, first at \[(?P<at>\d+)\]: "
    r"(?P<a>\S+) in (?P<first>\w+), (?P<b>\S+) in (?P<second>\w+); (?P<count>\d+) of "
    r"(?P<elements>\d+) elements, by at most (?P<largest>\S+)\n")

# Two layers and a state. The numbers of the first are exact in fp16.
NETWORK = """
rnn.network @net inputs(%x = "x" : tensor<2xf32>)
    states(%s = "sum" : tensor<2xf32> reset dense<0.0> : tensor<2xf32>)
    outputs("y" : tensor<2xf32>, "z" : tensor<2xf32>) {
  %a = arith.constant dense<[[0.5, 0.25], [1.0, 2.0]]> : tensor<2x2xf32>
  %b = arith.constant dense<[[0.3, 0.0], [0.0, 0.7]]> : tensor<2x2xf32>
  %0 = rnn.matvec %a, %x {rnn.layer = "front"} : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %1 = rnn.activation <relu> %0 {rnn.layer = "front"} : tensor<2xf32> -> tensor<2xf32>
  %2 = rnn.matvec %b, %1 {rnn.layer = "back"} : tensor<2x2xf32>, tensor<2xf32> -> tensor<2xf32>
  %3 = arith.addf %1, %s : tensor<2xf32>
  rnn.yield %2, %1 : tensor<2xf32>, tensor<2xf32> next %3 : tensor<2xf32>
}
"""
X = np.array([[0, 0], [0.5, 0.25], [1, 2]], np.float32)


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "net.mlir"
    path.write_text(NETWORK)
    np.save(tmp_path / "x.npy", X)
    return path


def compare(path, phases, *options):
    return se.tool("se-run", path, f"--compare={phases}", *options)


def find(path, phases, *options):
    """What differs."""
    process = compare(path, phases, *options)
    assert process.returncode == 1 and "error" not in process.stderr, process.stderr
    found = LINE.fullmatch(process.stdout)
    assert found, process.stdout
    return found


@pytest.mark.parametrize("cell", ["lstm", "gru0", "peephole"])
def test_all_agree(cell, tmp_path):
    """With the phases after them left plain, on one core, and on 8 as they are."""
    path = tmp_path / "net.onnx"
    recipe = Recipe(cell, layers=2, head="gemm", input=9, hidden=13)
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    np.save(tmp_path / "x.npy", onnx_models.frames(recipe, 4))
    process = compare(path, ALL, "--cores=8", f"--in=x={tmp_path}/x.npy")
    assert process.returncode == 0, process.stdout + process.stderr
    assert process.stdout == "4 frames: all outputs and states agree\n"
    found = find(path, "normalized,selected", "--precision=fp16")
    assert found["first"] == "normalized" and found["second"] == "selected"


def test_first_value(network, tmp_path):
    """The second layer rounds, from the second frame on."""
    found = find(network, "normalized,selected", "--precision=fp16",
                 f"--in=x={tmp_path}/x.npy", f"--dump={tmp_path}/dump")
    assert (found["frame"], found["name"]) == ("1", "back")
    files = sorted(f.name for f in (tmp_path / "dump").iterdir())
    assert files == ["back.normalized.npy", "back.selected.npy"]
    a, b = (np.load(tmp_path / "dump" / f) for f in files)
    matrix = np.diag(np.array([0.3, 0.7], np.float32))
    front = X @ np.array([[0.5, 0.25], [1, 2]], np.float32).T
    np.testing.assert_array_equal(a, front @ matrix)
    rounded = matrix.astype(np.float16).astype(np.float32)
    np.testing.assert_allclose(b, front @ rounded, rtol=1e-6)
    differ = a[1] != b[1]
    at = int(found["at"])
    assert at == np.argmax(differ) and int(found["count"]) == differ.sum()
    assert int(found["elements"]) == 2
    assert (np.float32(found["a"]), np.float32(found["b"])) == (a[1, at], b[1, at])
    assert float(found["largest"]) == pytest.approx(np.abs(a[1] - b[1]).max(), rel=1e-2)


def test_state(network, tmp_path):
    """A state that no output shows."""
    network.write_text(NETWORK.replace(
        "%3 = arith.addf %1, %s : tensor<2xf32>",
        "%3 = rnn.activation <tanh> %x : tensor<2xf32> -> tensor<2xf32>").replace(
        "0.3, 0.0], [0.0, 0.7", "0.5, 0.0], [0.0, 0.25"))
    found = find(network, "normalized,selected", "--precision=fp16",
                 f"--in=x={tmp_path}/x.npy")
    assert (found["frame"], found["name"]) == ("1", "sum")
    assert float(found["a"]) == pytest.approx(np.tanh(X[1, int(found["at"])]), rel=1e-6)


def test_policy(network, tmp_path):
    """Only the layer that a policy rounds differs."""
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"default": "fp32",
                                  "layers": {"back": {"precision": "fp16"}}}))
    found = find(network, "imported,legalized", f"--precision={policy}")
    assert found["name"] == "back"


def test_tolerance(network):
    options = ("--precision=fp16", "--seed=3")
    assert compare(network, "normalized,selected", "--tolerance=0.01", *options) \
        .returncode == 0
    assert compare(network, "normalized,selected", "--tolerance=1e-6", *options) \
        .returncode == 1
    # What has its types already agrees to the last bit.
    assert compare(network, "legalized,selected", *options).returncode == 0


def test_seed(network):
    lines = {compare(network, "normalized,selected", "--precision=fp16",
                     f"--seed={seed}").stdout for seed in (1, 1, 2)}
    assert len(lines) == 2


def test_later_phase(network, tmp_path):
    """Of a module that has a phase, values have no names, but outputs have."""
    text = se.compile(network, tmp_path / "legalized.mlir", "--emit=mlir-legalized",
                      "--precision=fp16")
    process = compare(text, "legalized,planned,selected", "--cores=3")
    assert process.returncode == 0, process.stdout + process.stderr


WRONG = [
    (["--compare=legalised,selected"], "--compare: unknown phase 'legalised', did you mean "
     "'legalized'?"),
    (["--compare=first,second"], "--compare: unknown phase 'first', expected one of "
     "imported, normalized, legalized, planned, scheduled, selected, llvm"),
    (["--compare=selected,legalized"], "--compare: phase 'legalized' does not come after "
     "phase 'selected'"),
    (["--compare=legalized"], "--compare: expected PHASE,PHASE such as "
     "normalized,legalized, found 'legalized'"),
    (["--compare=legalized,llvm"], "--compare: phase 'llvm' is the device's code"),
    (["--compare=legalized,selected", "--tolerance=2"], "--tolerance: expected a share "
     "from 0 to 1, such as 0.01"),
    (["--compare=legalized,selected", "--stats=s.json"], "--compare goes without --stats"),
    (["--compare=legalized,selected", "--in=u=u.npy"], "--in u=u.npy: the network has no "
     "such port, only x"),
    (["--dump=d"], "--dump, --tolerance and --seed go with --compare"),
]


@pytest.mark.parametrize("options, message", WRONG)
def test_wrong(options, message, network):
    process = se.tool("se-run", network, *options)
    assert process.returncode == 1 and process.stdout == ""
    [line] = process.stderr.splitlines()
    assert line.startswith(f"error: {message}"), line


def test_outputs(network, tmp_path):
    """Those of the last phase."""
    options = ["--precision=fp16", f"--in=x={tmp_path}/x.npy", f"--out=y={tmp_path}/y.npy"]
    find(network, "normalized,selected", *options)
    expected = se.run(network, {"x": X}, ["y"], "--precision=fp16")
    se.assert_same_bits({"y": np.load(tmp_path / "y.npy")}, expected, "selected")


def test_too_late(network, tmp_path):
    text = se.compile(network, tmp_path / "planned.mlir", "--emit=mlir-planned")
    process = compare(text, "legalized,selected")
    assert process.returncode == 1
    assert "is in phase 'planned' already, which comes after 'legalized'" in process.stderr
    elf = se.compile(network, tmp_path / "net.elf")
    process = compare(elf, "legalized,selected")
    assert process.returncode == 1
    assert "--compare goes with a network" in process.stderr
