# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tools as functions, for tests."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import wave

import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SE_BIN", SOURCE / "build" / "bin"))
PACKAGE = BIN.parent / "python"
# Networks that may not lie in the repository; absent on other people's machines.
SHARED = pathlib.Path(os.environ.get("SE_SHARED", SOURCE.parent / "shared")) / "models"


def tool(name, *arguments, **options):
    """Runs a tool and returns the finished process, whatever its status."""
    options.setdefault("timeout", 300)
    return subprocess.run(
        [BIN / name, *map(str, arguments)], capture_output=True, text=True, **options
    )


def run_tool(name, *arguments):
    """Runs a tool, which must succeed."""
    process = tool(name, *arguments)
    assert process.returncode == 0, (
        f"{name} {' '.join(map(str, arguments))}\n"
        f"status {process.returncode}\n{process.stderr}"
    )
    return process


def compile(model, output, *options):
    run_tool("se-compile", model, "-o", output, *options)
    return output


def run(program, inputs, outputs, *options):
    """Runs a program or a network over frames; inputs is a dictionary of arrays
    [T, ...], outputs a list of names. Returns the outputs, [T, elements]."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="se-test-"))
    try:
        arguments = []
        for i, (name, frames) in enumerate(inputs.items()):
            np.save(folder / f"in{i}.npy", np.ascontiguousarray(frames, np.float32))
            arguments += ["--in", f"{name}={folder}/in{i}.npy"]
        for i, name in enumerate(outputs):
            arguments += ["--out", f"{name}={folder}/out{i}.npy"]
        run_tool("se-run", "--check", program, *arguments, *options)
        return {n: np.load(folder / f"out{i}.npy") for i, n in enumerate(outputs)}
    finally:
        shutil.rmtree(folder)


def write_wav(path, samples, rate=16000, bits=16):
    """Sound of integers, [T] or [T, channels], from -1 to 1."""
    samples = np.atleast_2d(np.asarray(samples, np.float64).T).T
    full = 1 << (bits - 1)
    values = np.clip(np.round(samples * full), -full, full - 1).astype("<i4")
    # Integers of 8 bits have no sign.
    values = (values + 128).astype("<u1") if bits == 8 else values
    data = values.reshape(-1, 1).view("u1")[:, : bits // 8].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setparams((samples.shape[1], bits // 8, rate, 0, "NONE", ""))
        file.writeframes(data)
    return path


def read_wav(path):
    """Samples of 16 bits, and their rate."""
    with wave.open(str(path), "rb") as file:
        assert file.getnchannels() == 1 and file.getsampwidth() == 2
        data = file.readframes(file.getnframes())
        return np.frombuffer(data, "<i2"), file.getframerate()


def assert_same_bits(a, b, what):
    """Equal bit for bit; two NaN are equal whatever their payload."""
    assert a.keys() == b.keys()
    for name in a:
        x, y = a[name], b[name]
        assert x.shape == y.shape, f"{what}: {name}: {x.shape} and {y.shape}"
        same = (x.view(np.uint32) == y.view(np.uint32)) | (np.isnan(x) & np.isnan(y))
        if not same.all():
            first = np.argwhere(~same)[0]
            at = tuple(first)
            raise AssertionError(
                f"{what}: {name}: {np.count_nonzero(~same)} of {same.size} elements "
                f"differ, first in frame {first[0]} at {first[1]}: "
                f"{x[at]!r} and {y[at]!r}"
            )


def same_bits(a, b):
    return all(a[n].tobytes() == b[n].tobytes() for n in b)


def assert_close(a, b, tolerance, what):
    """Equal within `tolerance` of full scale, the largest magnitude of b."""
    for name in b:
        x = a[name].reshape(b[name].shape).astype(np.float64)
        y = b[name].astype(np.float64)
        assert np.isfinite(x).all(), f"{what}: {name} is not finite"
        scale = np.abs(y).max()
        error = np.abs(x - y).max() / (scale if scale > 0 else 1.0)
        assert error <= tolerance, (
            f"{what}: {name}: error {error:.3g} of full scale, more than {tolerance:g}"
        )


def make_case(name, folder, *arguments):
    """Writes the networks of a reported case, which brings a script, into a copy.
    Returns the copy; skips the test on machines that lack the case."""
    import pytest

    cases = SHARED.parent / "cases"
    if not (cases / name).is_dir():
        pytest.skip("the reported networks are not there")
    shutil.copy(cases / "common.py", folder)
    shutil.copytree(cases / name, folder / name)
    subprocess.run([sys.executable, "make.py", *arguments], cwd=folder / name, check=True)
    return folder / name


def onnx_steps(path, inputs, outputs, states, optimize=True):
    """ONNX Runtime frame by frame. inputs are arrays [T, ...], states maps state
    inputs to outputs, which start at zero. Returns outputs as [T, elements]. Without
    `optimize` the graph is computed as it stands."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if not optimize:
        options.graph_optimization_level = (
            onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        )
    session = onnxruntime.InferenceSession(
        str(path), options, providers=["CPUExecutionProvider"]
    )
    shapes = {
        i.name: [d if isinstance(d, int) else 1 for d in i.shape]
        for i in session.get_inputs()
    }
    known = {n: np.zeros(shapes[n], np.float32) for n in states}
    names = [*outputs, *states.values()]
    results = {n: [] for n in outputs}
    for t in range(len(next(iter(inputs.values())))):
        feeds = {n: x[t].reshape(shapes[n]) for n, x in inputs.items()} | known
        values = dict(zip(names, session.run(names, feeds)))
        known = {n: values[out] for n, out in states.items()}
        for n in outputs:
            results[n].append(values[n].reshape(-1))
    return {n: np.stack(x) for n, x in results.items()}
