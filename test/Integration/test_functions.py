# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every function of math and arith that a network may have: host and simulator have
the same bits, which are right within the bounds of docs/numerics.md."""

import json
import math
import subprocess

import numpy as np
import pytest

import se

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-30, -1e-42, 3e38,
           -3e38, np.inf, -np.inf, np.nan]


def erf(x):
    return np.vectorize(math.erf)(x)


def erfc(x):
    return np.vectorize(math.erfc)(x)


def half_away(x):
    return np.trunc(x + np.copysign(0.5, x))


# Name: (reference in f64, range of arguments, largest error relative to 1 + |result|).
UNARY = {
    "math.absf": (np.abs, 1e3, 0),
    "math.acos": (np.arccos, 1, 1e-6),
    "math.acosh": (lambda x: np.arccosh(x), 1e3, 1e-6),
    "math.asin": (np.arcsin, 1, 1e-6),
    "math.asinh": (np.arcsinh, 1e3, 1e-6),
    "math.atan": (np.arctan, 1e3, 2e-6),
    "math.atanh": (np.arctanh, 1, 1e-6),
    "math.ceil": (np.ceil, 1e3, 0),
    "math.cos": (np.cos, 1e3, 1e-6),
    "math.cosh": (np.cosh, 20, 1e-6),
    "math.erf": (erf, 5, 1e-6),
    "math.erfc": (erfc, 5, 1e-6),
    "math.exp": (np.exp, 20, 1e-6),
    "math.exp2": (np.exp2, 20, 2e-6),
    "math.expm1": (np.expm1, 20, 1e-6),
    "math.floor": (np.floor, 1e3, 0),
    "math.log": (np.log, 1e3, 1e-6),
    "math.log10": (np.log10, 1e3, 1e-6),
    "math.log1p": (np.log1p, 1e3, 1e-6),
    "math.log2": (np.log2, 1e3, 1e-6),
    "math.round": (half_away, 1e3, 0),
    "math.roundeven": (np.rint, 1e3, 0),
    "math.rsqrt": (lambda x: 1 / np.sqrt(x), 1e3, 1e-6),
    "math.sin": (np.sin, 1e3, 1e-6),
    "math.sinh": (np.sinh, 20, 1e-6),
    "math.sqrt": (np.sqrt, 1e3, 1e-7),
    "math.tan": (np.tan, 1.5, 1e-5),
    "math.tanh": (np.tanh, 20, 1e-6),
    "math.trunc": (np.trunc, 1e3, 0),
    "arith.negf": (np.negative, 1e3, 0),
}
BINARY = {
    "math.atan2": (np.arctan2, 1e3, 2e-6),
    "math.copysign": (np.copysign, 1e3, 0),
    "math.powf": (np.power, 4, 1e-5),
    "arith.addf": (np.add, 1e3, 1e-7),
    "arith.divf": (np.divide, 1e3, 1e-7),
    "arith.maximumf": (np.maximum, 1e3, 0),
    "arith.minimumf": (np.minimum, 1e3, 0),
    "arith.maxnumf": (np.fmax, 1e3, 0),
    "arith.minnumf": (np.fmin, 1e3, 0),
    "arith.remf": (np.fmod, 1e3, 0),
}
PREDICATES = {"math.isnan": np.isnan, "math.isinf": np.isinf, "math.isfinite": np.isfinite}


def arguments(random, most, count):
    values = random.uniform(-most, most, count)
    values[: count // 4] *= 1e-3
    values[-len(SPECIAL):] = SPECIAL
    return random.permutation(values).astype(np.float32)


def run_everywhere(folder, text, inputs, precision):
    path = folder / "net.mlir"
    path.write_text(text)
    # Functions have values for infinity and NaN, which a network usually never sees.
    options = [f"--precision={precision}", "--nonfinite=propagate"]
    host = se.run(path, inputs, ["y"], *options)
    elf = se.compile(path, folder / "net.elf", *options, "--cores=8")
    se.assert_same_bits(se.run(elf, inputs, ["y"]), host, precision)
    return host["y"]


def check(found, exact, tolerance, name, x):
    exact = exact.reshape(found.shape)
    if name in ("math.sin", "math.cos", "math.tan"):
        # A number beyond all that f32 resolves has no angle, but a result in range.
        large = np.abs(x) > 1e30
        assert name == "math.tan" or (np.abs(found[large & ~np.isinf(x)]) < 1.01).all()
        found = np.where(large, 0, found)
        exact = np.where(large, 0, exact)
    with np.errstate(all="ignore"):
        rounded = exact.astype(np.float32)
    assert (np.isnan(found) == np.isnan(rounded)).all(), f"{name}: NaN\n{found}\n{exact}"
    infinite = np.isinf(rounded)
    # A result beyond what the approximations reach, or infinity for infinity.
    assert (found[infinite] == rounded[infinite]).all(), name
    finite = np.isfinite(rounded)
    error = np.abs(found[finite] - exact[finite]) / (1 + np.abs(exact[finite]))
    assert not finite.any() or error.max() <= tolerance, f"{name}: {error.max():.3g}"


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("name", [*UNARY, *BINARY])
def test_function(name, precision, tmp_path):
    random = np.random.default_rng(0)
    function, most, tolerance = {**UNARY, **BINARY}[name]
    x = arguments(random, most, 128).reshape(2, 64)
    z = arguments(random, most, 128).reshape(2, 64)
    inputs = {"x": x} if name in UNARY else {"x": x, "z": z}
    operands = "%x" if name in UNARY else "%x, %z"
    ports = ", ".join(f'%{n} = "{n}" : tensor<64xf32>' for n in inputs)
    text = f"""
rnn.network @net inputs({ports}) outputs("y" : tensor<64xf32>) {{
  %y = {name} {operands} : tensor<64xf32>
  rnn.yield %y : tensor<64xf32>
}}
"""
    found = run_everywhere(tmp_path, text, inputs, precision)
    if precision != "fp32":
        return
    with np.errstate(all="ignore"):
        exact = function(*(np.float64(v) for v in inputs.values()))
    if name == "math.powf":
        exact[np.isnan(z) | np.isnan(x)] = np.nan  # numpy's 1 is no better
        exact[np.isnan(x) & (z == 0)] = 1
        exact[np.isneginf(x) & (np.floor(z) != z)] = np.nan  # as of finite ones
        found = np.where(np.abs(exact) < 1.2e-38, exact, found)  # 0 for subnormals
    check(found, exact, tolerance, name, x)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("name", PREDICATES)
def test_predicate(name, precision, tmp_path):
    x = arguments(np.random.default_rng(0), 1e3, 64).reshape(1, 64)
    x[np.abs(x) > 1e37] = np.inf  # also in f16
    text = f"""
rnn.network @net inputs(%x = "x" : tensor<64xf32>) outputs("y" : tensor<64xf32>) {{
  %is = {name} %x : tensor<64xf32>
  %y = arith.uitofp %is : tensor<64xi1> to tensor<64xf32>
  rnn.yield %y : tensor<64xf32>
}}
"""
    found = run_everywhere(tmp_path, text, {"x": x}, precision)
    assert (found == PREDICATES[name](x)).all()


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_clamp(precision, tmp_path):
    x = np.linspace(-3, 3, 64, dtype=np.float32).reshape(1, 64)
    text = """
rnn.network @net inputs(%x = "x" : tensor<64xf32>) outputs("y" : tensor<64xf32>) {
  %low = arith.constant dense<-1.0> : tensor<64xf32>
  %high = arith.constant dense<2.0> : tensor<64xf32>
  %y = math.clampf %x to [%low, %high] : tensor<64xf32>
  rnn.yield %y : tensor<64xf32>
}
"""
    found = run_everywhere(tmp_path, text, {"x": x}, precision)
    assert np.abs(found - np.clip(x, -1, 2)).max() <= (0 if precision == "fp32" else 2e-3)


def test_remainder_is_exact(tmp_path):
    """Over all exponents, subnormal numbers included."""
    random = np.random.default_rng(2)
    bits = random.integers(0, 1 << 32, (2, 8, 256), dtype=np.uint64).astype(np.uint32)
    x, z = bits.view(np.float32)
    text = """
rnn.network @net inputs(%x = "x" : tensor<256xf32>, %z = "z" : tensor<256xf32>)
    outputs("y" : tensor<256xf32>) {
  %y = arith.remf %x, %z : tensor<256xf32>
  rnn.yield %y : tensor<256xf32>
}
"""
    # Neighbouring exponents, and quotients that are whole numbers.
    z[1] = x[1] * np.float32(0.37)
    z[2] = x[2] / np.float32(4)
    x[3], z[3] = x[3] * np.float32(2.0**-100), z[3] * np.float32(2.0**-126)
    found = run_everywhere(tmp_path, text, {"x": x, "z": z}, "fp32")
    with np.errstate(all="ignore"):
        expected = np.fmod(x, z)
    se.assert_same_bits({"y": found}, {"y": expected}, "remainder")


MOVEMENTS = {
    "insert": (
        "%y = tensor.insert_slice %b into %a[1, 2] [2, 3] [1, 1] : "
        "tensor<2x3xf32> into tensor<4x6xf32>", "tensor<4x6xf32>"),
    "insert row": (
        "%r = rnn.reshape %b : tensor<2x3xf32> -> tensor<6xf32>\n"
        "%y = tensor.insert_slice %r into %a[3, 0] [1, 6] [1, 1] : "
        "tensor<6xf32> into tensor<4x6xf32>", "tensor<4x6xf32>"),
    "extract row": (
        "%y = tensor.extract_slice %a[2, 0] [1, 6] [1, 1] : "
        "tensor<4x6xf32> to tensor<6xf32>", "tensor<6xf32>"),
    "collapse": (
        "%y = tensor.collapse_shape %a [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>",
        "tensor<24xf32>"),
    "expand": (
        "%y = tensor.expand_shape %a [[0], [1, 2]] output_shape [4, 2, 3] : "
        "tensor<4x6xf32> into tensor<4x2x3xf32>", "tensor<4x2x3xf32>"),
}


@pytest.mark.parametrize("name", MOVEMENTS)
def test_movement(name, tmp_path):
    line, kind = MOVEMENTS[name]
    random = np.random.default_rng(0)
    a = random.standard_normal((3, 4, 6)).astype(np.float32)
    b = random.standard_normal((3, 2, 3)).astype(np.float32)
    text = f"""
rnn.network @net inputs(%a = "a" : tensor<4x6xf32>, %b = "b" : tensor<2x3xf32>)
    outputs("y" : {kind}, "z" : tensor<2x3xf32>) {{
  {line}
  rnn.yield %y, %b : {kind}, tensor<2x3xf32>
}}
"""
    expected = {"collapse": a, "expand": a, "extract row": a[:, 2]}.get(name)
    if expected is None:
        expected = a.copy()
        if name == "insert":
            expected[:, 1:3, 2:5] = b
        else:
            expected[:, 3] = b.reshape(3, 6)
    found = run_everywhere(tmp_path, text, {"a": a, "b": b}, "fp32")
    assert (found == expected.reshape(3, -1)).all()


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_zeros_of_both_signs(precision, tmp_path):
    """maxnumf and minnumf take -0 for less than +0, on the host as on the chip."""
    network = tmp_path / "net.mlir"
    network.write_text("""
rnn.network @net inputs(%x = "x" : tensor<4xf32>, %y = "y" : tensor<4xf32>)
    outputs("most" : tensor<4xf32>, "least" : tensor<4xf32>) {
  %0 = arith.maxnumf %x, %y : tensor<4xf32>
  %1 = arith.minnumf %x, %y : tensor<4xf32>
  rnn.yield %0, %1 : tensor<4xf32>, tensor<4xf32>
}
""")
    inputs = {"x": np.array([[0.0, -0.0, -0.0, 1.0]], np.float32),
              "y": np.array([[-0.0, 0.0, -0.0, 2.0]], np.float32)}
    expected = {"most": np.array([[0.0, 0.0, -0.0, 2.0]], np.float32),
                "least": np.array([[-0.0, -0.0, -0.0, 1.0]], np.float32)}
    option = f"--precision={precision}"
    program = se.compile(network, tmp_path / "net.elf", option)
    se.assert_same_bits(se.run(network, inputs, expected, option), expected, "host")
    se.assert_same_bits(se.run(program, inputs, expected), expected, "simulator")


# Name: (reference in f64, largest error in units of the last place).
HALVES = {
    "math.exp": (np.exp, 1.05),
    "math.log": (np.log, 1.6),
    "math.sqrt": (np.sqrt, 0.63),
}


def halves(name, columns):
    """The function of x rounded to f16."""
    return f"""
module attributes {{se.phase = "legalized"}} {{
  rnn.network @net inputs(%x = "x" : tensor<{columns}xf32>)
      outputs("y" : tensor<{columns}xf32>) {{
    %0 = arith.truncf %x : tensor<{columns}xf32> to tensor<{columns}xf16>
    %1 = {name} %0 : tensor<{columns}xf16>
    %y = arith.extf %1 : tensor<{columns}xf16> to tensor<{columns}xf32>
    rnn.yield %y : tensor<{columns}xf32>
  }}
}}
"""


@pytest.mark.parametrize("name", HALVES)
def test_all_halves(name, tmp_path):
    """Arithmetic on f16, for all arguments within so much of its last place."""
    function, tolerance = HALVES[name]
    columns = 512
    network = tmp_path / "net.mlir"
    network.write_text(halves(name, columns))
    x = np.arange(1 << 16).astype(np.uint16).view(np.float16).astype(np.float32)
    inputs = {"x": x.reshape(-1, columns)}
    expected = {"y": np.zeros_like(inputs["x"])}
    found = se.run(network, inputs, expected)
    program = se.compile(network, tmp_path / "net.elf")
    assert "in pairs" in subprocess.run(
        [se.BIN / "se-compile", network, "--emit=mlir-planned", "-o", "-"],
        capture_output=True, text=True, check=True).stdout
    se.assert_same_bits(se.run(program, inputs, expected), found, "simulator")
    y = found["y"].ravel().astype(np.float64)
    with np.errstate(all="ignore"):
        right = function(x.astype(np.float64))
        rounded = right.astype(np.float16)
    assert (np.isnan(y) == np.isnan(right)).all()
    infinite = np.isinf(rounded)
    assert (y[infinite] == rounded[infinite]).all()
    finite = np.isfinite(rounded)
    place = np.spacing(np.maximum(np.abs(rounded[finite]), np.float16(2**-14))).astype(np.float64)
    places = np.abs(y[finite] - right[finite]) / place
    worst = places.argmax()
    print(f"{name}: {places[worst]:.3f} at {x[finite][worst]:g}")
    assert places[worst] < tolerance


@pytest.mark.parametrize("name", HALVES)
def test_cycles_of_halves(name, tmp_path):
    """Of one of eight cores for an element, more than a negation takes."""
    columns = 4096
    x = np.random.default_rng(0).uniform(0.5, 2, (2, columns)).astype(np.float32)
    cycles = {}
    for operation in ("arith.negf", name):
        network = tmp_path / "net.mlir"
        network.write_text(halves(operation, columns))
        program = se.compile(network, tmp_path / "net.elf")
        stats = tmp_path / "stats.json"
        se.run(program, {"x": x}, ["y"], f"--stats={stats}")
        cycles[operation] = json.loads(stats.read_text())["cycles_per_frame"]["min"]
    each = (cycles[name] - cycles["arith.negf"]) * 8 / columns
    print(f"{name}: {each:.1f}")
    assert 4 < each < 12.1
