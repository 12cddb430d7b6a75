# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The generated matrix: cell x input x hidden x precision x cores.

Each case: the program on the simulator gives the same bits as the host with one
core. Hence any number of cores gives the same bits. Each network besides: the
host with several cores, single steps with the states carried by hand, and in
FP32 ONNX Runtime.
"""

import collections
import functools
import itertools
import random

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

CELLS = ["lstm", "gru0", "gru1", "peephole"]
INPUTS = [1, 3, 8, 17, 257]
HIDDEN = [1, 5, 16, 33, 128]
PRECISIONS = ["fp32", "fp16"]
CORES = [1, 3, 8]
FACTORS = [CELLS, INPUTS, HIDDEN, PRECISIONS, CORES]

FRAMES = 5

Network = collections.namedtuple("Network", "cell input hidden precision")


def covering(factors=FACTORS, strength=3, atleast=150):
    """Cases in which any `strength` factors occur in every combination of their
    values (greedy, deterministic)."""
    cases = list(itertools.product(*factors))
    random.Random(1).shuffle(cases)

    def combinations(case):
        return set(itertools.combinations(enumerate(case), strength))

    open_ = set().union(*map(combinations, cases))
    chosen = []
    while open_:
        best = max(cases, key=lambda case: len(combinations(case) & open_))
        open_ -= combinations(best)
        chosen.append(best)
        cases.remove(best)
    chosen += cases[: max(0, atleast - len(chosen))]
    return sorted(chosen)


def pytest_generate_tests(metafunc):
    everything = metafunc.config.getoption("--matrix") == "all"
    cases = list(itertools.product(*FACTORS)) if everything else covering()
    if "case" in metafunc.fixturenames:
        metafunc.parametrize(
            "group, case",
            [(case[:3], case) for case in cases],
            ids=["-".join(map(str, case)) for case in cases],
        )
    elif "network" in metafunc.fixturenames:
        networks = list(dict.fromkeys(Network(*case[:4]) for case in cases))
        metafunc.parametrize(
            "group, network",
            [(network[:3], network) for network in networks],
            ids=["-".join(map(str, network)) for network in networks],
        )


@functools.lru_cache(maxsize=None)
def folder():
    import atexit
    import pathlib
    import shutil
    import tempfile

    path = pathlib.Path(tempfile.mkdtemp(prefix="se-matrix-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path


@functools.lru_cache(maxsize=None)
def model(cell, inputs, hidden):
    """Path and recipe of the network, and its frames."""
    recipe = Recipe(cell=cell, input=inputs, hidden=hidden)
    path = folder() / f"{recipe}.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path, recipe, onnx_models.frames(recipe, FRAMES)


@functools.lru_cache(maxsize=None)
def host(network, cores=1):
    path, recipe, x = model(*network[:3])
    return se.run(
        path, {"x": x}, ["y"], f"--precision={network.precision}", f"--cores={cores}"
    )


def test_simulator_equals_host(group, case):
    *network, cores = case
    network = Network(*network)
    path, recipe, x = model(*network[:3])
    elf = folder() / "program.elf"
    se.compile(path, elf, f"--precision={network.precision}", f"--cores={cores}")
    found = se.run(elf, {"x": x}, ["y"])
    se.assert_same_bits(found, host(network), f"simulator, {cores} cores, and host")
    assert np.abs(found["y"]).max() > 0


def test_host_cores(group, network):
    for cores in (3, 8):
        se.assert_same_bits(host(network, cores), host(network), f"host, {cores} cores")


def test_steps_equal_one_run(group, network):
    """With the states as plain inputs and outputs (--state NAME=), one process
    for each frame. What fp16 computes from an input is f32, because it knows no bounds
    of it, as it does of states."""
    path, recipe, x = model(*network[:3])
    states = recipe.state_names
    plain = [f"--state={name}=" for name in ["x", *states]]
    known = {name: np.zeros((1, recipe.hidden), np.float32) for name in states}
    steps = []
    for t in range(3):
        found = se.run(
            path,
            {"x": x[t : t + 1]} | known,
            ["y", *states.values()],
            f"--precision={network.precision}",
            *plain,
        )
        known = {name: found[output] for name, output in states.items()}
        steps.append(found["y"])
    whole = {"y": host(network)["y"][: len(steps)]}
    found = {"y": np.concatenate(steps)}
    if network.precision == "fp32":
        se.assert_same_bits(found, whole, "steps and one run")
    else:
        se.assert_close(found, whole, 5e-3, "steps and one run")
    # The states matter: the same frame alone gives something else.
    assert recipe.hidden < 5 or (host(network)["y"][0] != whole["y"][1]).any()


def test_equals_onnxruntime(group, network):
    path, recipe, x = model(*network[:3])
    expected = se.onnx_steps(path, {"x": x}, ["y"], recipe.state_names)
    tolerance = 1e-5 if network.precision == "fp32" else 2e-2
    se.assert_close(host(network), expected, tolerance, "host and ONNX Runtime")
    # ONNX Runtime and our own reference, which other tests rely on.
    if network.precision == "fp32":
        own = {"y": onnx_models.evaluate(recipe, x)}
        se.assert_close(expected, own, 1e-5, "ONNX Runtime and reference")


def test_covering():
    """The subset in CI: at least 150 cases, every value of each factor with every
    value of each other (in fact of any two others)."""
    cases = covering()
    assert len(cases) >= 150 and len(set(cases)) == len(cases)
    for a, b, c in itertools.combinations(range(len(FACTORS)), 3):
        found = {(case[a], case[b], case[c]) for case in cases}
        assert found == set(itertools.product(FACTORS[a], FACTORS[b], FACTORS[c]))
