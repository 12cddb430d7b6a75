# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small networks take as long as the plan says, within 10 percent: a planner that is
wrong about them chooses wrongly. `./dev bench prediction` tries many more."""

import numpy as np
import pytest

import predictions
import se

pytest.importorskip("se_mlir", reason="built without the Python package")
import random_networks  # noqa: E402
from random_networks import Cell, Network, Stack  # noqa: E402

NEAR = 0.1


def peepholes(folder):
    """Three layers with peepholes and limits."""
    stack = Stack(np.random.default_rng(1), 18)
    stack.recurrent("LSTM", 33, peepholes=True, clip=0.9)
    stack.recurrent("LSTM", 14, peepholes=True, input_forget=1)
    stack.recurrent("LSTM", 9, clip=3.0)
    stack.linear(5, "Tanh")
    return Network(stack.write(folder / "net.onnx"), 18)


def deep(folder):
    """Seven small layers, whose code no cache holds."""
    stack = Stack(np.random.default_rng(2), 12)
    stack.linear(26, "Relu")
    stack.recurrent("LSTM", 19)
    stack.recurrent("GRU", 11)
    stack.recurrent("LSTM", 7)
    stack.recurrent("GRU", 13, linear_before_reset=1)
    stack.linear(70, "Softplus")
    stack.linear(3)
    return Network(stack.write(folder / "net.onnx"), 12)


def state_space(folder):
    """exp(-d a) s + d b x, read by c."""
    cell = Cell(np.random.default_rng(3), 15)
    shape = (22, 6)
    s = cell.state(*shape)
    d = cell.act("softplus", cell.matvec(22, "x"))
    b, c = cell.matvec(6, "x"), cell.matvec(6, "x")
    rate = cell.op("arith.mulf", cell.spread(d, shape, 0),
                   cell.constant(*shape, low=-1, high=-0.1))
    kept = cell.op("arith.mulf", cell.op("math.exp", rate), s)
    fed = cell.op("arith.mulf", cell.spread(cell.op("arith.mulf", d, cell.matvec(22, "x")),
                                            shape, 0), cell.spread(b, shape, 1))
    following = cell.op("arith.addf", kept, fed)
    y = cell.reduce("sum", cell.op("arith.mulf", following, cell.spread(c, shape, 1)))
    return cell.write(folder / "net.mlir", cell.matvec(7, y), [following])


def matrix_state(folder):
    """An outer product is added to a matrix that fades."""
    cell = Cell(np.random.default_rng(4), 13)
    shape = (21, 10)
    s = cell.state(*shape)
    k = cell.act("sigmoid", cell.matvec(10, "x"))
    gate = cell.act("sigmoid", cell.matvec(10, "x"))
    v, q = cell.matvec(21, "x"), cell.matvec(10, "x")
    following = cell.op(
        "arith.addf", cell.op("arith.mulf", cell.spread(gate, shape, 1), s),
        cell.op("arith.mulf", cell.spread(k, shape, 1), cell.spread(v, shape, 0)))
    y = cell.reduce("sum", cell.op("arith.mulf", following, cell.spread(q, shape, 1)))
    return cell.write(folder / "net.mlir", cell.matvec(4, y), [following])


def elementwise(folder):
    """A chain of arithmetic, limits and gates, and a long row behind it."""
    cell = Cell(np.random.default_rng(5), 210)
    s = cell.state(210)
    kept = cell.op("arith.mulf", cell.constant(210), s)
    taken = cell.op("arith.mulf", cell.act("sigmoid", "x"), "x")
    mixed = cell.op("arith.addf", kept, taken)
    other = cell.op("arith.subf", s, cell.constant(210))
    following = cell.op("arith.minimumf", cell.op("arith.maximumf", mixed, other),
                        cell.splat(1.5, 210))
    return cell.write(folder / "net.mlir", cell.matvec(3, following), [following])


@pytest.mark.parametrize("precision", random_networks.PRECISIONS)
@pytest.mark.parametrize("write", [peepholes, deep, state_space, matrix_state, elementwise],
                         ids=lambda f: f.__name__)
def test_small(write, precision, tmp_path):
    found = predictions.measure_network(write(tmp_path), precision, tmp_path)
    assert found.ratio == pytest.approx(1, abs=NEAR), found


def light(folder):
    """One layer, which is one tile if its parameters flow."""
    stack = Stack(np.random.default_rng(6), 7)
    stack.recurrent("GRU", 8)
    return Network(stack.write(folder / "net.onnx"), 7)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("write", [light, peepholes, matrix_state], ids=lambda f: f.__name__)
def test_small_streams(write, precision, tmp_path):
    """A step of a stage that is one tile has no loop to enter."""
    network = write(tmp_path)
    found = predictions.measure(network.path, "x", network.frames(6), precision, tmp_path,
                                None, "--schedule=resident=off")
    assert found.ratio == pytest.approx(1, abs=NEAR), found


def test_random(tmp_path):
    """Most of any networks; a function whose code depends on its argument may be off."""
    found = []
    for kind in random_networks.KINDS:
        folder = tmp_path / kind
        folder.mkdir()
        network = random_networks.write(kind, 7000, folder)
        for precision in ("fp16", "int8"):
            found.append((kind, precision,
                          predictions.measure_network(network, precision, folder)))
    ratios = np.array([f.ratio for _, _, f in found])
    assert abs(ratios.mean() - 1) <= 0.05, found
    assert (np.abs(ratios - 1) <= NEAR).mean() >= 0.8, found


def test_fewer_cores(tmp_path):
    """Up to 4 cores have an FPU each."""
    network = peepholes(tmp_path)
    for cores in (1, 3):
        found = predictions.measure(network.path, "x", network.frames(6), "fp16", tmp_path,
                                    None, f"--cores={cores}")
        assert found.ratio == pytest.approx(1, abs=NEAR), (cores, found)


TIMING = se.SHARED.parent / "cases" / "timing"
CASES = ["pred_or_dev_c06_ssm", "pred_or_dev_s04_lstm127_lin257",
         "pred_or_dev_s07_lstm_peep_clip", "pred_or_dev_s09_deep", "fpu_pairs_c11_int8",
         "fpu_pairs_m1_int8"]


@pytest.mark.parametrize("precision", random_networks.PRECISIONS)
@pytest.mark.parametrize("name", CASES)
def test_shared_cases(name, precision, tmp_path):
    folder = TIMING / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is not there")
    [model] = folder.glob("model.*")
    found = predictions.measure(model, "x", np.load(folder / "in_x.npy")[:8], precision,
                                tmp_path, np.load(folder / "cal_x.npy"))
    assert found.ratio == pytest.approx(1, abs=NEAR), found
