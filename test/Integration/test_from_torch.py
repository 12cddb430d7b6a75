# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules of PyTorch through `from_torch` and through torch's ONNX exporter, against torch.

torch belongs to another interpreter than the tests', with another NumPy: Debian's, or the
one that SE_TORCH_PYTHON names. torch_worker.py runs there."""

import json
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")

TOLERANCE = 1e-5
WORKER = pathlib.Path(__file__).with_name("torch_worker.py")


def find_python():
    """An interpreter that can import both, or why there is none."""
    reasons = []
    for python in filter(None, [os.environ.get("SE_TORCH_PYTHON"), sys.executable,
                                "/usr/bin/python3"]):
        try:
            process = subprocess.run([python, "-c", "import torch, se_mlir"],
                                     capture_output=True, text=True, timeout=120)
        except OSError as error:
            reasons.append(f"{python}: {error}")
            continue
        if process.returncode == 0:
            return python
        reasons.append(f"{python}: {process.stderr.strip().splitlines()[-1]}")
    pytest.skip(f"no interpreter with torch (Debian: python3-torch): {'; '.join(reasons)}")


def run_python(python, code, folder):
    """Runs code where torch is."""
    return subprocess.run([python, "-c", code], cwd=folder, capture_output=True, text=True,
                          timeout=300)


@pytest.fixture(scope="session")
def work(tmp_path_factory):
    """Runs the worker: what it found, and the folder of its files."""
    python, folder = find_python(), tmp_path_factory.mktemp("torch")

    def run(command, *names):
        process = subprocess.run([python, WORKER, command, folder, *names],
                                 capture_output=True, text=True, timeout=500)
        assert process.returncode == 0, process.stderr
        return json.loads((folder / f"{command}.json").read_text()), folder

    return run


@pytest.fixture(scope="session")
def modules(work):
    return work("modules")


def compare(network, arrays, inputs, outputs):
    """The largest difference, as a share of full scale or 1."""
    found = network.run({port: arrays[f"in:{name}"] for name, port in inputs.items()})
    worst = 0.0
    for place, name in enumerate(outputs):
        wanted = arrays[f"out:{place}"]
        assert np.isfinite(wanted).all()
        error = np.abs(found[name] - wanted).max() / max(1.0, np.abs(wanted).max())
        worst = max(worst, float(error))
    return worst


def test_from_torch(modules):
    """All modules, several frames in a row."""
    found, folder = modules
    assert len(found) >= 40
    wrong = []
    for name, result in found.items():
        if "error" in result:
            wrong.append(f"{name}: {result['error']}")
            continue
        arrays = np.load(folder / f"{name}.npz")
        network = se_mlir.HostNetwork(folder / f"{name}.mlir")
        inputs = {port.name: port.name for port in network.inputs}
        assert {f"in:{port}" for port in inputs} == {a for a in arrays if a.startswith("in:")}
        error = compare(network, arrays, inputs, result["outputs"])
        if not error <= TOLERANCE:
            wrong.append(f"{name}: {error:g}")
    assert not wrong, "\n".join(wrong)


def test_exporter(modules):
    """The same through ONNX, where torch's exporter can write them."""
    found, folder = modules
    wrong, count = [], 0
    for name, result in found.items():
        if not result.get("onnx"):
            continue
        arrays, onnx = np.load(folder / f"{name}.npz"), result["onnx"]
        count += 1
        try:
            network = se_mlir.HostNetwork(folder / f"{name}.onnx", states=onnx["states"])
            error = compare(network, arrays, onnx["inputs"], onnx["outputs"])
        except (se_mlir.Error, KeyError) as problem:
            wrong.append(f"{name}: {problem}")
            continue
        if not error <= TOLERANCE:
            wrong.append(f"{name}: {error:g}")
    assert count >= 40
    assert not wrong, "\n".join(wrong)


def test_states(modules):
    """What is kept has the names of the modules and arguments."""
    found, _ = modules
    expected = {
        "lstm": ["rnn.h", "rnn.c"],
        "gru_three_layers": ["rnn.h0", "rnn.h1", "rnn.h2"],
        "gru_alone": ["hx"],
        "lstm_cell": ["hx.0", "hx.1"],
        "stacked_cells": ["states.0", "states.1", "states.2.0", "states.2.1"],
        "cell_mlstm": ["state.C", "state.n", "state.m"],
        "norm_layer": [],
    }
    assert {name: found[name]["states"] for name in expected} == expected


def test_simulator(modules, tmp_path):
    """A converted module as a program: host and simulator agree."""
    _, folder = modules
    for name, precision in (("cell_linear_attention", "fp16"), ("lstm_projected", "fp32")):
        arrays = np.load(folder / f"{name}.npz")
        frames = {"x": arrays["in:x"]}
        elf = tmp_path / f"{name}.elf"
        se_mlir.compile(folder / f"{name}.mlir", elf, precision=precision)
        host = se_mlir.run(folder / f"{name}.mlir", frames, precision=precision).outputs
        se.assert_same_bits(se_mlir.run(elf, frames).outputs, host, name)


def test_layers(modules, tmp_path):
    """Layers have the names of modules, in reports and for policies."""
    _, folder = modules
    frames = np.abs(np.random.default_rng(4).standard_normal((2000, 12))).astype(np.float32)
    np.save(tmp_path / "x.npy", frames)
    model = folder / "mask.mlir"
    report = se_mlir.compile(model, tmp_path / "mask.elf", precision="mixed",
                             calibration=tmp_path / "x.npy")
    names = {stage["name"].split(" ")[0] for stage in report["stages"]}
    assert {"gru", "lstm", "out.3"} <= names
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"default": "fp16", "layers": {"lstm": {"precision": "fp32"}}}))
    frames = frames[:8]
    mixed, half, full = (se_mlir.run(model, {"x": frames}, precision=p).outputs["y"]
                         for p in (policy, "fp16", "fp32"))
    assert np.abs(mixed - half).max() > 0 and np.abs(mixed - full).max() > 0


def test_import_without_torch():
    code = "import sys, se_mlir; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_errors(work):
    """One line each (one for each operation, if several cannot be converted)."""
    found, _ = work("errors")
    assert len(found) > 40
    wrong = []
    for name, result in found.items():
        message = result["message"]
        lines = message.splitlines()
        if len(lines) != 1 and " errors; " not in lines[0]:
            wrong.append(f"{name}: {message}")
        wrong += [f"{name}: without '{part}': {message}" for part in result["expected"]
                  if part not in message]
    assert not wrong, "\n".join(wrong)


def test_page(work):
    """The code of docs/pytorch.md runs, and the page names all operations."""
    page = se.SOURCE / "docs/pytorch.md"
    count, folder = work("page", page)
    assert count >= 4
    assert (folder / "denoiser.elf").exists() and (folder / "denoiser.mlir").exists()
    known, _ = work("operations")
    assert len(known) > 200
    words = set(re.findall(r"\w+", page.read_text()))
    # What changes nothing, and torch's names of what has another one in Python.
    silent = {
        "_to_copy", "_unsafe_view", "alias", "bfloat16", "clone", "conj", "constant_pad_nd",
        "contiguous", "copy", "cpu", "data", "detach", "detach_copy", "empty_like", "fill",
        "full_like", "getitem", "half", "identity", "index", "index_put", "lift_fresh",
        "lift_fresh_copy", "linalg_vecdot", "sym_size",
        "new_empty", "new_full", "new_ones", "new_zeros", "ones_like", "positive",
        "real", "requires_grad", "resolve_conj", "setitem", "view_of", "zero", "zeros_like",
        *(name for name in known if name in ("lstm", "gru") or name.startswith("rnn_")
          or name.endswith("_cell")),
    }  # fmt: skip
    missing = set(known) - words - silent
    assert not missing, sorted(missing)
