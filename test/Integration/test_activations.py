# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sigmoid, tanh and softplus on f16 for every argument, in pairs and one by one, on the
host and on the simulator; and how long they take."""

import json

import numpy as np
import pytest

import se

BITS = np.arange(65536, dtype=np.uint16)
ALL = BITS.view(np.float16).astype(np.float32)
NUMBERS = ~np.isnan(ALL)
ERROR = 5e-4
FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-np.clip(x, -700, 700))),
    "tanh": np.tanh,
}


def network(folder, elements, function, times=1):
    """y is `function` of x, `times` times, in f16 whatever x may be."""
    half = "{rnn.floats = #rnn.floats<f16>}"
    kind = f"tensor<{elements}xf32>"
    lines = [
        f"%v{i + 1} = rnn.activation <{function}> %v{i} {half} : {kind} -> {kind}"
        for i in range(times)
    ]
    path = folder / f"{function}{elements}_{times}.mlir"
    path.write_text(
        f'rnn.network @f inputs(%v0 = "x" : {kind}) outputs("y" : {kind}) {{\n'
        + "\n".join(lines)
        + f"\nrnn.yield %v{times} : {kind}\n}}\n"
    )
    return path


def run(path, elements, folder):
    """For every f16, on host and simulator, which must agree."""
    inputs = {"x": ALL.reshape(-1, elements)}
    options = ["--precision=fp16", "--nonfinite=propagate"]
    host = se.run(path, inputs, ["y"], *options)
    program = se.compile(path, folder / "f.elf", *options)
    se.assert_same_bits(host, se.run(program, inputs, ["y"]), "host and simulator")
    return {"y": host["y"].reshape(1, -1)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_all_arguments(function, tmp_path):
    pairs = run(network(tmp_path, 4096, function), 4096, tmp_path)
    singles = run(network(tmp_path, 1, function), 1, tmp_path)
    se.assert_same_bits(pairs, singles, "pairs and single elements")
    y = pairs["y"][0].astype(np.float64)
    assert (y[~NUMBERS] == 1).all(), "NaN is not the upper limit"
    x, y = ALL[NUMBERS].astype(np.float64), y[NUMBERS]
    error = np.abs(y - FUNCTIONS[function](x))
    worst = error.argmax()
    assert error[worst] <= ERROR, f"{error[worst]:.3g} at {x[worst]:g}"
    least = 0 if function == "sigmoid" else -1
    assert y.min() == least and y.max() == 1
    assert (np.diff(y[np.argsort(x, kind="stable")]) >= 0).all(), "not monotone"
    assert (y[x == 0] == (0.5 if function == "sigmoid" else 0)).all()
    assert (y[x == np.inf] == 1).all() and (y[x == -np.inf] == least).all()
    if function == "tanh":
        infinity = 0x7C00
        assert (pairs["y"][0, : infinity + 1] == -pairs["y"][0, 32768:][: infinity + 1]).all()


def test_all_arguments_of_softplus(tmp_path):
    """Within 1.7 of the last place, however small the result is; NaN stays NaN."""
    pairs = run(network(tmp_path, 4096, "softplus"), 4096, tmp_path)
    singles = run(network(tmp_path, 1, "softplus"), 1, tmp_path)
    se.assert_same_bits(pairs, singles, "pairs and single elements")
    y = pairs["y"][0].astype(np.float64)
    assert np.isnan(y[~NUMBERS]).all()
    x, y = ALL[NUMBERS].astype(np.float64), y[NUMBERS]
    assert y[x == np.inf] == np.inf and y[x == -np.inf] == 0
    finite = np.isfinite(x)
    x, y = x[finite], y[finite]
    exact = np.logaddexp(0, x)
    binade = np.floor(np.log2(np.maximum(exact, 2.0**-14)))
    places = np.abs(y - exact) / 2.0 ** (binade - 10)
    worst = places.argmax()
    print(f"{places[worst]:.2f} of the last place at {x[worst]:g}")
    assert places[worst] < 1.7
    order = np.argsort(x, kind="stable")
    assert (np.diff(y[order]) / 2.0 ** (binade[order][1:] - 10) >= -1).all()


@pytest.mark.parametrize("function", [*FUNCTIONS, "softplus"])
def test_cycles(function, tmp_path):
    """Of one function of one element on one of eight busy cores: what a chain of
    five takes longer than one. Both fit the instruction cache of a core."""
    elements, more = 4096, 4
    cycles = []
    for times in (1, 1 + more):
        path = network(tmp_path, elements, function, times)
        program = se.compile(path, tmp_path / "f.elf", "--precision=fp16")
        x = np.random.default_rng(0).normal(0, 3, (2, elements))
        stats = tmp_path / "stats.json"
        se.run(program, {"x": x}, ["y"], f"--stats={stats}")
        cycles.append(json.loads(stats.read_text())["cycles_per_frame"]["min"])
    each = (cycles[1] - cycles[0]) * 8 / (elements * more)
    print(f"{function}: {each:.2f} cycles for each element and core")
    assert 4 < each <= 12
