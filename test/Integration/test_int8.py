# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks in INT8 by a policy: host and simulator have the same bits, which are
those of docs/numerics.md, computed here with numpy."""

import itertools
import json

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

FRAMES = 12
INPUT_SCALE = 0.02
# Functions that numpy has the bits of.
EXACT = {
    "lstm": ("HardSigmoid", "Softsign", "Softsign"),
    "gru0": ("HardSigmoid", "Softsign"),
    "gru1": ("HardSigmoid", "Softsign"),
}
CELLS = list(EXACT)


def write_model(folder, recipe):
    path = folder / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path


def write_policy(folder, layers, default="fp16"):
    path = folder / "policy.json"
    path.write_text(json.dumps({"default": default, "layers": layers}))
    return path


def int8(**keys):
    return {"precision": "int8", "input_scale": INPUT_SCALE} | keys


# --- the numerics ----------------------------------------------------------------


def fma(a, b, c, kind=np.float32):
    """a * b + c, rounded once: the product is exact in f64, the sum is rounded to
    odd there, so that the rounding after it sees what was lost."""
    product = np.float64(a) * np.float64(b)
    c = np.float64(c)
    total = product + c
    shadow = total - product
    lost = (product - (total - shadow)) + (c - shadow)
    bits = np.atleast_1d(total).view(np.int64)
    is_even = (bits & 1) == 0
    toward = np.where((lost > 0) == (total > 0), 1, -1)
    odd = np.where((np.atleast_1d(lost) != 0) & is_even, bits + toward, bits)
    return odd.view(np.float64).astype(kind).reshape(np.shape(total))


def quantize(x, scale, zero_point=0):
    """In the type of x."""
    kind = x.dtype.type
    inverse = kind(np.float32(1) / np.float32(scale))
    p = np.clip(x * inverse, kind(-127 - zero_point), kind(127 - zero_point))
    return np.rint(p).astype(np.int64) + zero_point


class Matrix:
    def __init__(self, weights, scale, zero_point=0, per_tensor=False):
        largest = np.abs(weights).max(axis=None if per_tensor else 1)
        scales = np.broadcast_to(largest / np.float32(127), len(weights))
        scales = np.where(scales == 0, np.float32(2**-20), scales)
        self.weights, self.per_tensor = weights, per_tensor
        self.values = np.rint(weights / scales[:, None]).astype(np.int64)
        self.scale, self.zero_point = np.float32(scale), zero_point
        self.scales = scales * self.scale

    def __call__(self, x):
        """Terms of the sum: exact integers, and their scales."""
        total = self.values @ (quantize(x, self.scale, self.zero_point) - self.zero_point)
        return total, self.scales

    def rescale(self, rows, scales):
        values = self.weights[rows] / (scales / self.scale)[:, None]
        self.values[rows] = np.rint(values).astype(np.int64)
        self.scales[rows] = scales


def join(*parts):
    """One scale for rows that are added: (matrix, rows) each."""
    if any(matrix.per_tensor for matrix, _ in parts):
        return
    all_scales = [matrix.scales[rows] for matrix, rows in parts]
    columns = [matrix.weights.shape[1] for matrix, _ in parts]
    joint = np.maximum.reduce(all_scales)
    before = sum(n * np.float64(s) ** 2 for n, s in zip(columns, all_scales))
    after = sum(columns) * np.float64(joint) ** 2
    if (joint > 8 * np.minimum.reduce(all_scales)).any() or (after > 4 * before).any():
        return
    for matrix, rows in parts:
        matrix.rescale(rows, joint)


def scale(terms, bias):
    """The bias is an integer in the product's units."""
    p, c = terms
    return (p + np.rint(bias / c).astype(np.int64)).astype(np.float32) * c


def add(terms, other, bias):
    """Products of one scale as integers, others one after the other."""
    (p1, c1), (p2, c2) = terms, other
    if (c1 == c2).all():
        return scale((p1 + p2, c1), bias)
    units = np.rint(bias / c1).astype(np.int64)
    return fma((p1 + units).astype(np.float32), c1, p2.astype(np.float32) * c2)


def hard_sigmoid(x):
    x = np.float32(x)
    y = np.float32(0.2) * x + np.float32(0.5)
    return np.clip(y, np.float32(0), np.float32(1)).astype(np.float16)


def softsign(x):
    x = np.float32(x)
    return (x / (np.float32(1) + np.abs(x))).astype(np.float16)


def evaluate(recipe, x, state_scale, zero_point=0, per_tensor=False,
             cell_type=np.float16):
    """Frames x in f32; gates are f32, all else f16."""
    layers, head = onnx_models.weights(recipe)
    n, half = recipe.hidden, np.float16
    assert len(layers) == 1 and not head
    layer = {k: v[0] for k, v in layers[0].items()}
    from_x = Matrix(layer["W"], INPUT_SCALE, zero_point, per_tensor)
    wb, rb = np.split(layer["B"], 2)
    h, c = np.zeros(n, np.float16), np.zeros(n, cell_type)
    gates, last = slice(0, 2 * n), slice(2 * n, 3 * n)
    rows = lambda terms, part: tuple(t[part] for t in terms)
    if recipe.cell == "gru0":
        # Two matrices, with a scale each if they have one for all rows.
        gates_h = Matrix(layer["R"][: 2 * n], state_scale, 0, per_tensor)
        candidate_h = Matrix(layer["R"][2 * n :], state_scale, 0, per_tensor)
        join((from_x, gates), (gates_h, slice(None)))
        join((from_x, last), (candidate_h, slice(None)))
    else:
        from_h = Matrix(layer["R"], state_scale, 0, per_tensor)
        # Behind the product, a GRU resets what the last rows give.
        joined = slice(None) if recipe.is_lstm else gates
        join((from_x, joined), (from_h, joined))
    out = []
    for frame in x:
        ax = from_x(frame)
        if recipe.is_lstm:
            z = add(ax, from_h(h), wb + rb)
            i, o, f, g = np.split(z, 4)
            if cell_type == half:
                c = fma(hard_sigmoid(i), softsign(g), hard_sigmoid(f) * c, half)
            else:
                new = (hard_sigmoid(i) * softsign(g)).astype(cell_type)
                c = fma(hard_sigmoid(f), c, new)
            h = hard_sigmoid(o) * softsign(c)
        else:
            ah = gates_h(h) if recipe.cell == "gru0" else from_h(h)
            both = (wb + rb)[gates]
            z, r = np.split(hard_sigmoid(add(rows(ax, gates), rows(ah, gates), both)), 2)
            if recipe.cell == "gru0":
                m = softsign(add(rows(ax, last), candidate_h(r * h), (wb + rb)[last]))
            else:
                m = softsign(fma(r, scale(rows(ah, last), rb[last]),
                                 scale(rows(ax, last), wb[last])))
            h = fma(z, h - m, m, half)
        out.append(h.astype(np.float32))
    return np.stack(out)


# --- tests -----------------------------------------------------------------------


def run_both(path, policy, x, folder, cores=8):
    """The host's result, after comparing the simulator's."""
    host = se.run(path, {"x": x}, ["y"], f"--precision={policy}")
    elf = se.compile(path, folder / "net.elf", f"--precision={policy}",
                     f"--cores={cores}")
    se.assert_same_bits(se.run(elf, {"x": x}, ["y"]), host, "simulator and host")
    return host


@pytest.mark.parametrize("cores", [1, 3, 8])
@pytest.mark.parametrize("cell", CELLS)
def test_numerics(cell, cores, tmp_path):
    recipe = Recipe(cell=cell, input=13, hidden=21, activations=EXACT[cell])
    path = write_model(tmp_path, recipe)
    policy = write_policy(tmp_path, {"rnn0": int8(state_scale=0.01)})
    x = onnx_models.frames(recipe, FRAMES)
    found = run_both(path, policy, x, tmp_path, cores)
    se.assert_same_bits(found, {"y": evaluate(recipe, x, 0.01)}, "tools and numpy")
    assert np.abs(found["y"]).max() > 0.1


@pytest.mark.parametrize("cell, is_integer", [("lstm", True), ("gru0", False),
                                              ("gru1", False)])
def test_state(cell, is_integer, tmp_path):
    """An LSTM's h is read by matrices only; a GRU's also as it is."""
    path = write_model(tmp_path, Recipe(cell=cell, input=4, hidden=6))
    policy = write_policy(tmp_path, {"rnn0": int8()})
    text = se.compile(path, tmp_path / "net.mlir", f"--precision={policy}",
                      "--emit=mlir-legalized").read_text()
    element = "i8" if is_integer else "f16"
    assert f'%rnn0_h_in = "rnn0_h_in" : tensor<1x1x6x{element}>' in text


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("keys, arguments", [
    ({"weights": "per-tensor"}, {"per_tensor": True}),
    ({"input_zero_point": -5}, {"zero_point": -5}),
    ({"cell_state": "fp32"}, {"cell_type": np.float32}),
    # No half has this inverse, so x is quantized in f32.
    ({"state_scale": 1e-5}, None),
])
def test_keys(cell, keys, arguments, tmp_path):
    recipe = Recipe(cell=cell, input=13, hidden=21, activations=EXACT[cell])
    path = write_model(tmp_path, recipe)
    policy = write_policy(tmp_path, {"rnn*": int8(**keys)})
    x = onnx_models.frames(recipe, FRAMES)
    found = run_both(path, policy, x, tmp_path)
    if arguments is not None:
        # The state's scale is known: its values are within -1 to 1.
        expected = evaluate(recipe, x, np.float32(1) / np.float32(127), **arguments)
        se.assert_same_bits(found, {"y": expected}, "tools and numpy")


@pytest.mark.parametrize("cell", CELLS)
def test_close_to_fp32(cell, tmp_path):
    recipe = Recipe(cell=cell, input=24, hidden=32, layers=2, head="gemm")
    path = write_model(tmp_path, recipe)
    # The second layer reads a state of the first: its scale is known.
    policy = write_policy(tmp_path, {"rnn0": int8(input_scale=0.03),
                                     "rnn?": {"precision": "int8"}})
    x = onnx_models.frames(recipe, 30)
    found = run_both(path, policy, x, tmp_path)
    expected = {"y": onnx_models.evaluate(recipe, x)}
    se.assert_close(found, expected, 4e-2, "int8 and reference")


def test_uniform(tmp_path):
    """A policy without layers is its default."""
    recipe = Recipe(cell="gru1", input=9, hidden=10, head="gemm")
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, FRAMES)
    for default in ("fp16", "fp32"):
        policy = write_policy(tmp_path, {}, default)
        se.assert_same_bits(
            se.run(path, {"x": x}, ["y"], f"--precision={policy}"),
            se.run(path, {"x": x}, ["y"], f"--precision={default}"), default)


def test_mixed(tmp_path):
    """Every precision next to every other."""
    recipe = Recipe(input=24, hidden=20, layers=3, head="gemm")
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, FRAMES)
    expected = {"y": onnx_models.evaluate(recipe, x)}
    kinds = [int8(input_scale=0.03), {"precision": "fp16", "cell_state": "fp32"},
             {"precision": "fp32"}]
    for order in itertools.permutations(kinds):
        layers = {f"rnn{i}": kind for i, kind in enumerate(order)}
        found = run_both(path, write_policy(tmp_path, layers), x, tmp_path)
        se.assert_close(found, expected, 4e-2, str(layers))


def test_gvsoc(gvsoc, tmp_path):
    recipe = Recipe(input=17, hidden=16)
    path = write_model(tmp_path, recipe)
    policy = write_policy(tmp_path, {"rnn0": int8(input_zero_point=9)})
    x = onnx_models.frames(recipe, 3)
    run_both(path, policy, x, tmp_path)
    elf = tmp_path / "net.elf"
    here = se.run(elf, {"x": x}, ["y"])
    there = se.run(elf, {"x": x}, ["y"], "--platform=gvsoc")
    se.assert_same_bits(there, here, "GVSoC and simulator")


def test_quantize(tmp_path):
    """Every half, infinities and NaN among them, and singles: what the tools make of
    them, what numpy does."""
    halves = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)
    random = np.random.default_rng(1)
    singles = random.integers(0, 1 << 32, 1 << 16, np.uint32).view(np.float32)
    x = np.concatenate([halves, singles]).reshape(-1, 1024)
    for kind, scale, zero_point in [
        ("f16", 0.02, 0), ("f16", 3.0, -100), ("f32", 0.02, 0), ("f32", 1e-6, 127),
    ]:
        cast = "" if kind == "f32" else (
            "  %h = arith.truncf %x : tensor<1024xf32> to tensor<1024xf16>\n")
        path = tmp_path / "net.mlir"
        path.write_text(f"""module attributes {{se.phase = "legalized"}} {{
rnn.network @net inputs(%x = "x" : tensor<1024xf32>) outputs("y" : tensor<1024xf32>) {{
{cast}  %q = rnn.quantize %{"h" if cast else "x"} scale {scale:e} zero_point {zero_point}
    : tensor<1024x{kind}> -> tensor<1024xi8>
  %y = arith.sitofp %q : tensor<1024xi8> to tensor<1024xf32>
  rnn.yield %y : tensor<1024xf32>
}}
}}""")
        with np.errstate(all="ignore"):
            values = x.astype(np.float16 if cast else np.float32)
            wanted = quantize(np.where(np.isnan(values), np.inf, values), scale, zero_point)
        elf = se.compile(path, tmp_path / "net.elf")
        for program in (path, elf):
            found = se.run(program, {"x": x}, ["y"])
            expected = {"y": wanted.astype(np.float32)}
            se.assert_same_bits(found, expected, f"{kind}, scale {scale}")


def test_product_wraps(tmp_path):
    """A sum beyond 32 bits keeps its low bits, in phase legalized as written."""
    columns, most = 3, 32767
    path = tmp_path / "net.mlir"
    path.write_text(f"""module attributes {{se.phase = "legalized"}} {{
rnn.network @net inputs(%x = "x" : tensor<1xf32>) outputs("y" : tensor<2xf32>) {{
  %W = arith.constant dense<{most}> : tensor<2x{columns}xi16>
  %all = rnn.broadcast %x : tensor<1xf32> -> tensor<{columns}xf32>
  %q = rnn.quantize %all scale 1.0 : tensor<{columns}xf32> -> tensor<{columns}xi16>
  %p = rnn.matvec %W, %q : tensor<2x{columns}xi16>, tensor<{columns}xi16> -> tensor<2xi32>
  %y = arith.sitofp %p : tensor<2xi32> to tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}}
}}""")
    x = np.float32([[most], [-most], [1]])
    total = np.int64(x) * most * columns
    assert np.abs(total).max() >= 1 << 31
    expected = {"y": np.repeat(total.astype(np.int32).astype(np.float32), 2, axis=1)}
    elf = se.compile(path, tmp_path / "net.elf")
    for program in (path, elf):
        se.assert_same_bits(se.run(program, {"x": x}, ["y"]), expected, program.name)


def test_prediction_with_rests(tmp_path):
    """The prediction holds where last words are not full and loops are divided."""
    recipe = Recipe(cell="lstm", input=61, hidden=63, layers=2)
    path = write_model(tmp_path, recipe)
    policy = write_policy(tmp_path, {"*": int8(state_scale=2.0**-7)})
    target = "--target=pulp-open-ddr"
    program = se.compile(path, tmp_path / "net.elf", f"--precision={policy}", target)
    stats = tmp_path / "stats.json"
    x = onnx_models.frames(recipe, 12)
    se.run(program, {"x": x}, ["y"], target, f"--stats={stats}")
    result = json.loads(stats.read_text())
    cycles, count = result["cycles_per_frame"], result["frames"]
    warm = (cycles["mean"] * count - cycles["max"]) / (count - 1)
    assert 0.9 <= result["predicted_cycles_per_frame"] / warm <= 1.1, cycles
