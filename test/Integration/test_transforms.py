# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fourier transforms and roots of what is finite against numpy, on the host and on the
simulator."""

import numpy as np
import pytest

import se

FRAMES = 3
# Halves have every radix, alone and mixed, and repeated.
SIZES = [4, 6, 8, 10, 18, 30, 50, 64, 120, 320, 480, 512, 750, 960, 1024]
# Of the largest result; at most 1.7e-7 was measured (docs/numerics.md).
BOUND = 4e-7


def write_transforms(path, n):
    """Both directions, apart from each other."""
    x, s = f"tensor<{n}xf32>", f"tensor<{n // 2 + 1}xf32>"
    path.write_text(f"""
rnn.network @transforms inputs(%x = "x" : {x}, %r = "r" : {s}, %i = "i" : {s})
    outputs("re" : {s}, "im" : {s}, "y" : {x}) {{
  %re, %im = dsp.rfft %x : {x} -> {s}
  %y = dsp.irfft %r, %i : {s} -> {x}
  rnn.yield %re, %im, %y : {s}, {s}, {x}
}}""")
    return path


def make_signals(n):
    random = np.random.default_rng(n)
    return {"x": random.standard_normal((FRAMES, n)).astype(np.float32),
            "r": random.standard_normal((FRAMES, n // 2 + 1)).astype(np.float32),
            "i": random.standard_normal((FRAMES, n // 2 + 1)).astype(np.float32)}


def get_errors(found, signals, n):
    forward = np.fft.rfft(signals["x"].astype(float))
    # numpy leaves out the imaginary parts of the first and the last bin, too.
    back = np.fft.irfft(signals["r"] + 1j * signals["i"].astype(float), n)
    spectrum = found["re"] + 1j * found["im"].astype(float)
    return (np.abs(spectrum - forward).max() / np.abs(forward).max(),
            np.abs(found["y"] - back).max() / np.abs(back).max())


@pytest.mark.parametrize("n", SIZES)
def test_transform(n, tmp_path):
    network, signals = write_transforms(tmp_path / "net.mlir", n), make_signals(n)
    outputs = ["re", "im", "y"]
    host = se.run(network, signals, outputs)
    errors = get_errors(host, signals, n)
    assert max(errors) <= BOUND, errors
    assert not host["im"][:, [0, -1]].any(), "the first and the last bin are real"
    for cores in (8, 1):
        program = se.compile(network, tmp_path / "net.elf", f"--cores={cores}")
        se.assert_same_bits(host, se.run(program, signals, outputs), f"{cores} cores")


@pytest.mark.parametrize("n", [6, 50, 320, 512])
def test_transform_in_halves(n, tmp_path):
    """In fp16 too: what comes from an input without bounds is f32."""
    network, signals = write_transforms(tmp_path / "net.mlir", n), make_signals(n)
    host = se.run(network, signals, ["re", "im", "y"], "--precision=fp16")
    errors = get_errors(host, signals, n)
    assert max(errors) <= BOUND, errors
    program = se.compile(network, tmp_path / "net.elf", "--precision=fp16")
    device = se.run(program, signals, list(host))
    se.assert_same_bits(host, device, "host and simulator")


@pytest.mark.parametrize("n", [8, 30, 480])
def test_there_and_back(n, tmp_path):
    """One behind the other, which gives the signal; of one sample every bin is 1."""
    x, s = f"tensor<{n}xf32>", f"tensor<{n // 2 + 1}xf32>"
    network = tmp_path / "net.mlir"
    network.write_text(f"""
rnn.network @net inputs(%x = "x" : {x}) outputs("re" : {s}, "y" : {x}) {{
  %re, %im = dsp.rfft %x : {x} -> {s}
  %y = dsp.irfft %re, %im : {s} -> {x}
  rnn.yield %re, %y : {s}, {x}
}}""")
    frames = np.concatenate([np.eye(n)[:1], make_signals(n)["x"]]).astype(np.float32)
    found = se.run(network, {"x": frames}, ["re", "y"])
    assert (found["re"][0] == 1).all()
    assert np.abs(found["y"] - frames).max() <= 1e-6


# --- roots -------------------------------------------------------------------------

ROWS = 65536


def write_roots(path, elements, flags="fastmath<nnan,ninf> "):
    x = f"tensor<{elements}xf32>"
    path.write_text(f"""
rnn.network @roots inputs(%x = "x" : {x}) outputs("y" : {x}) {{
  %y = math.sqrt %x {flags}: {x}
  rnn.yield %y : {x}
}}""")
    return path


def count_steps(found, x):
    """How many floats away from the nearest to the root."""
    exact = np.sqrt(x.astype(np.float64)).astype(np.float32)
    return np.abs(found.view(np.int32).astype(np.int64) - exact.view(np.int32))


@pytest.mark.parametrize("low", [1.0, 2.0**-126, 2.0**126])
def test_roots_of_two_binades(low, tmp_path):
    """All arguments from `low` to 4 `low`; of others mantissas are the same. The least
    normal numbers and the largest are among them."""
    first = np.float32(low).view(np.uint32)
    x = np.arange(first, first + (2 << 23), dtype=np.uint32).view(np.float32)
    assert np.isfinite(x).all() and len(x) == 2 << 23
    network = write_roots(tmp_path / "net.mlir", ROWS)
    found = se.run(network, {"x": x.reshape(-1, ROWS)}, ["y"])["y"].reshape(-1)
    assert count_steps(found, x).max() <= 1


def test_special_roots(tmp_path):
    """Zeros, subnormal arguments and the ends of the range, as on the simulator."""
    random = np.random.default_rng(0)
    bits = np.concatenate([
        np.arange(200), random.integers(0, 1 << 23, 3000), [(1 << 23) - 1, 1 << 23, 0x7F7FFFFF],
        random.integers(1 << 23, 0x7F800000, 893)]).astype(np.uint32)
    x = bits.view(np.float32).reshape(-1, 64)
    network = write_roots(tmp_path / "net.mlir", 64)
    host = se.run(network, {"x": x}, ["y"])
    program = se.compile(network, tmp_path / "net.elf")
    se.assert_same_bits(host, se.run(program, {"x": x}, ["y"]), "host and simulator")
    exact, found = np.sqrt(x.astype(np.float64)), host["y"].astype(np.float64)
    assert found.ravel()[0] == 0
    normal = x >= np.float32(2.0**-126)
    assert count_steps(host["y"], x)[normal].max() <= 1
    # Too small, but by less than what emitRoot says.
    assert (found <= exact * (1 + 1e-7))[~normal].all()
    assert (exact - found)[~normal].max() < 1.1e-19


def test_roots_without_the_mark_are_those_of_the_divider(tmp_path):
    """They stay exact, also of what has no root."""
    x = np.array([[0, -0.0, 2, 3, np.inf, -1, np.nan, 1e-40]], np.float32)
    network = write_roots(tmp_path / "net.mlir", 8, flags="")
    options = ("--nonfinite=propagate",)
    with np.errstate(invalid="ignore"):
        expected = {"y": np.sqrt(x)}
    host = se.run(network, {"x": x}, ["y"], *options)
    se.assert_same_bits(host, expected, "numpy")
    text = se.compile(network, tmp_path / "net.mlir.out", "--emit=mlir-selected").read_text()
    assert "math.sqrt" in text or "fsqrt" in text
    marked = write_roots(tmp_path / "marked.mlir", 8)
    text = se.compile(marked, tmp_path / "marked.out", "--emit=mlir-selected").read_text()
    assert "sqrt" not in text
