# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Comparisons, masks, selections: host, 1 and 8 cores have the same bits as numpy."""

import numpy as np
import pytest

import mask_networks
import se

FRAMES = 5
CASES = se.SHARED.parent / "cases" / "masks"


def calibrate(folder, x):
    np.save(folder / "calibration.npy", x)
    return f"--calibration={folder}/calibration.npy"


def check(folder, path, x, outputs, precision, expected=None):
    """The same bits everywhere, and those that are expected."""
    options = [f"--precision={precision}"]
    if precision in ("mixed", "int8"):
        options.append(calibrate(folder, x))
    host = se.run(path, {"x": x}, outputs, *options)
    for cores in (1, 8):
        elf = se.compile(path, folder / f"{cores}.elf", *options, f"--cores={cores}")
        found = se.run(elf, {"x": x}, outputs)
        se.assert_same_bits(found, host, f"{precision}, {cores} cores")
    if expected is not None:
        se.assert_same_bits(host, expected, f"{precision} and numpy")
    return host


@pytest.mark.parametrize("group", range(24))
def test_random(group, tmp_path):
    random = np.random.default_rng(group)
    text, size, outputs, run = mask_networks.make(random)
    path = tmp_path / "net.mlir"
    path.write_text(text)
    x = random.integers(-3, 4, (FRAMES, size)).astype(np.float32)
    precision = ["fp32", "fp16", "mixed", "int8"][group % 4]
    # int8 rounds results, and mixed vectors.
    expected = run(x) if precision in ("fp32", "fp16") else None
    check(tmp_path, path, x, outputs, precision, expected)


CELL = """
rnn.cell @gate inputs(%x : tensor<12xf32>, %open : tensor<12xi1>)
    states(%h : tensor<12xf32>) outputs(tensor<12xf32>, tensor<12xi1>) {
  %next = arith.select %open, %x, %h : tensor<12xi1>, tensor<12xf32>
  %same = arith.cmpf oeq, %next, %h : tensor<12xf32>
  rnn.yield %next, %same : tensor<12xf32>, tensor<12xi1> next %next : tensor<12xf32>
}
rnn.network @net inputs(%x = "x" : tensor<12xf32>)
    states(%h = "h" : tensor<12xf32> reset dense<0.0> : tensor<12xf32>)
    outputs("y" : tensor<12xf32>, "z" : tensor<12xf32>) {
  %one = arith.constant dense<1.0> : tensor<12xf32>
  %zero = arith.constant dense<0.0> : tensor<12xf32>
  %open = arith.cmpf ogt, %x, %zero : tensor<12xf32>
  %y, %same, %next = rnn.apply @gate(%x, %open) states(%h) weights()
      : (tensor<12xf32>, tensor<12xi1>), (tensor<12xf32>), ()
      -> (tensor<12xf32>, tensor<12xi1>), (tensor<12xf32>)
  %z = arith.select %same, %one, %zero : tensor<12xi1>, tensor<12xf32>
  rnn.yield %y, %z : tensor<12xf32>, tensor<12xf32> next %next : tensor<12xf32>
}
"""


@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed"])
def test_masks_of_cells(precision, tmp_path):
    """A mask goes into a cell, and one comes out."""
    path = tmp_path / "net.mlir"
    path.write_text(CELL)
    x = np.random.default_rng(1).integers(-3, 4, (8, 12)).astype(np.float32)
    y, z, h = [], [], np.zeros(12, np.float32)
    for frame in x:
        following = np.where(frame > 0, frame, h)
        y.append(following)
        z.append((following == h).astype(np.float32))
        h = following
    expected = {"y": np.stack(y), "z": np.stack(z)}
    check(tmp_path, path, x, ["y", "z"], precision, expected)


def gated_cell(random, size=16):
    """A cell whose candidate is x + 0.5 or sigmoid(x), by the sign of x: a mask of
    sums of products, which a long loop may compute in one half and need in the other."""
    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) / 4).astype(np.float32)

    def vector(rows):
        return (random.standard_normal(rows) / 4).astype(np.float32)

    n, dense = f"tensor<{size}xf32>", mask_networks.literal
    constants = "\n".join(
        f"  %{name} = arith.constant dense<{dense(array)}> : "
        f"{mask_networks.type_of(array.shape, 'f32')}"
        for name, array in {
            "Wi": matrix(size, 40), "bi": vector(size), "Wz": matrix(size, size),
            "bz": vector(size), "Wh": matrix(size, size), "bh": vector(size)}.items()
    )
    square = f"tensor<{size}x{size}xf32>"
    return f"""
rnn.network @net inputs(%x = "x" : tensor<40xf32>)
    states(%h = "h" : {n} reset dense<0.0> : {n}) outputs("y" : {n}) {{
{constants}
  %zero = arith.constant dense<0.0> : {n}
  %half = arith.constant dense<0.5> : {n}
  %one = arith.constant dense<1.0> : {n}
  %in = rnn.linear %Wi, %x, %bi : tensor<{size}x40xf32>, tensor<40xf32>, {n} -> {n} loc("front")
  %z0 = rnn.linear %Wz, %in, %bz : {square}, {n}, {n} -> {n} loc("update")
  %z = rnn.activation <sigmoid> %z0 : {n} -> {n}
  %c0 = rnn.linear %Wh, %in, %bh : {square}, {n}, {n} -> {n} loc("candidate")
  %positive = arith.cmpf oge, %c0, %zero : {n}
  %high = arith.addf %c0, %half : {n}
  %low = rnn.activation <sigmoid> %c0 : {n} -> {n}
  %c = arith.select %positive, %high, %low : tensor<{size}xi1>, {n}
  %k = arith.subf %one, %z : {n}
  %kept = arith.mulf %k, %h : {n}
  %new = arith.mulf %z, %c : {n}
  %next = arith.addf %kept, %new : {n}
  rnn.yield %next : {n} next %next : {n}
}}
"""


@pytest.mark.parametrize("size", [16, 64])
@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed", "int8"])
def test_mask_of_sums(precision, size, tmp_path):
    random = np.random.default_rng(size)
    path = tmp_path / "net.mlir"
    path.write_text(gated_cell(random, size))
    x = random.standard_normal((FRAMES, 40)).astype(np.float32)
    reference = se.run(path, {"x": x}, ["y"])
    found = check(tmp_path, path, x, ["y"], precision)
    tolerance = {"fp32": 0, "fp16": 3e-3}.get(precision, 5e-2)
    se.assert_close(found, reference, tolerance, precision)


@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed", "int8"])
@pytest.mark.parametrize("name", ["concat_of_masks", "select_by_compare"])
def test_shared_case(name, precision, tmp_path):
    path = CASES / f"{name}.mlir"
    if not path.exists():
        pytest.skip(f"no {path}")
    outputs = ["y"] if name == "concat_of_masks" else ["y", "z"]
    x = np.random.default_rng(3).integers(-3, 4, (FRAMES, 16)).astype(np.float32)
    x = x[:, :8] if name == "concat_of_masks" else x
    found = check(tmp_path, path, x, outputs, precision)
    expected = se.run(path, {"x": x}, outputs)
    tolerance = {"fp32": 0, "fp16": 2e-3}.get(precision, 1e-2)
    se.assert_close(found, expected, tolerance, precision)


# --- what is decided by a state ---------------------------------------------------

COUNTERS = {
    # Every fourth frame: a comparison.
    "wrap": ("""
  %k1 = arith.addf %k, %one : tensor<1xf32>
  %full = arith.cmpf oge, %k1, %four : tensor<1xf32>
  %k2 = arith.select %full, %zero, %k1 : tensor<1xi1>, tensor<1xf32>""",
             lambda k, x: (k + 1) % 4, lambda k: k == 0),
    # The same by a remainder.
    "remainder": ("""
  %k1 = arith.addf %k, %one : tensor<1xf32>
  %k2 = arith.remf %k1, %four : tensor<1xf32>""",
                  lambda k, x: (k + 1) % 4, lambda k: k == 0),
    # A phase of quarters.
    "phase": ("""
  %k0 = arith.addf %k, %quarter : tensor<1xf32>
  %whole = math.floor %k0 : tensor<1xf32>
  %k2 = arith.subf %k0, %whole : tensor<1xf32>""",
              lambda k, x: (k + 0.25) % 1, lambda k: k == 0),
    # Frames since the first element was large: less than 3 of them.
    "hold": ("""
  %x0 = tensor.extract_slice %x[0] [1] [1] : tensor<16xf32> to tensor<1xf32>
  %loud = arith.cmpf ogt, %x0, %one : tensor<1xf32>
  %k1 = arith.addf %k, %one : tensor<1xf32>
  %k2 = arith.select %loud, %zero, %k1 : tensor<1xi1>, tensor<1xf32>""",
             lambda k, x: 0 if x[0] > 1 else k + 1, lambda k: k < 3),
}


def counter_network(kind):
    lines = COUNTERS[kind][0]
    least = "2.5" if kind == "hold" else "0.125"
    return f"""
rnn.network @net inputs(%x = "x" : tensor<16xf32>)
    states(%k = "k" : tensor<1xf32> reset dense<0.0> : tensor<1xf32>,
           %h = "h" : tensor<16xf32> reset dense<0.0> : tensor<16xf32>)
    outputs("y" : tensor<16xf32>) {{
  %zero = arith.constant dense<0.0> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<1xf32>
  %four = arith.constant dense<4.0> : tensor<1xf32>
  %quarter = arith.constant dense<0.25> : tensor<1xf32>
  %least = arith.constant dense<{least}> : tensor<16xf32>{lines}
  %all = rnn.broadcast %k2 : tensor<1xf32> -> tensor<16xf32>
  %tick = arith.cmpf olt, %all, %least : tensor<16xf32>
  %next = arith.select %tick, %x, %h : tensor<16xi1>, tensor<16xf32>
  rnn.yield %next : tensor<16xf32> next %k2, %next : tensor<1xf32>, tensor<16xf32>
}}
"""


@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed", "int8"])
@pytest.mark.parametrize("kind", COUNTERS)
def test_counters_stay_exact(kind, precision, tmp_path):
    """What is decided by floats is decided by the same floats in int8: no frame is
    taken late or left out. Rounded to integers, 4 counts as 3.9999."""
    path = tmp_path / "net.mlir"
    path.write_text(counter_network(kind))
    x = np.random.default_rng(7).standard_normal((60, 16)).astype(np.float32)
    x[:, 0] = np.where(np.arange(60) % 9 == 0, 2, -2)
    _, step, ticks = COUNTERS[kind]
    k, h, expected = 0, np.zeros(16, np.float32), []
    for frame in x:
        k = step(k, frame)
        h = frame if ticks(k) else h
        expected.append(h)
    found = check(tmp_path, path, x, ["y"], precision)
    tolerance = {"fp32": 0, "fp16": 1e-3}.get(precision, 1e-2)
    se.assert_close(found, {"y": np.stack(expected)}, tolerance, precision)
