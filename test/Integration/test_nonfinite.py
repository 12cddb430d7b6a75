# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Frames with inputs that are infinite or NaN (docs/numerics.md)."""

import numpy as np
import onnx
import pytest

import cases
import onnx_models
import se

FRAMES = 40
BAD = 12

RECIPES = {
    # Resident in L1.
    "relu_gru": onnx_models.Recipe(
        cell="gru1", input=12, hidden=16, activations=("Sigmoid", "Relu"), head="matmul"
    ),
    "lstm": onnx_models.Recipe(cell="lstm", input=9, hidden=6, head="matmul"),
    # Parameters flow.
    "wide_lstm": onnx_models.Recipe(cell="lstm", input=65, hidden=96, layers=2),
}
VALUES = {
    "nan": np.nan,
    "negative_nan": np.float32(np.frombuffer(np.uint32(0xFFC00001).tobytes(), np.float32)[0]),
    "infinity": np.inf,
    "minus_infinity": -np.inf,
}


@pytest.fixture(scope="module", params=RECIPES)
def network(request, tmp_path_factory):
    recipe = RECIPES[request.param]
    path = tmp_path_factory.mktemp("nonfinite") / f"{request.param}.onnx"
    onnx.save(onnx_models.build(recipe), path)
    return path, recipe


def calibration(folder, recipe):
    np.save(folder / "cal.npy", onnx_models.frames(recipe, 30, seed=7))
    return f"--calibration={folder}/cal.npy"


def options_of(precision, folder, recipe):
    options = [f"--precision={precision}"]
    return options + ([calibration(folder, recipe)] if precision in ("int8", "mixed") else [])


@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed", "int8"])
def test_zero_frame(network, precision, tmp_path):
    """A bad frame is one of zeros: on the host, and on 1, 3 and 8 cores."""
    path, recipe = network
    x = onnx_models.frames(recipe, FRAMES)
    zeros = x.copy()
    zeros[BAD] = 0
    options = options_of(precision, tmp_path, recipe)
    expected = se.run(path, {"x": zeros}, ["y"], *options)
    assert np.isfinite(expected["y"]).all()
    programs = {
        cores: se.compile(path, tmp_path / f"{cores}.elf", f"--cores={cores}", *options)
        for cores in (1, 3, 8)
    }
    for i, (name, value) in enumerate(VALUES.items()):
        bad = x.copy()
        # The first, the last and one in between: shares of different cores.
        bad[BAD, (0, recipe.input - 1, recipe.input // 2, 1)[i]] = value
        host = se.run(path, {"x": bad}, ["y"], *options)
        se.assert_same_bits(host, expected, f"{name} on the host")
        for cores, program in programs.items():
            device = se.run(program, {"x": bad}, ["y"])
            se.assert_same_bits(device, expected, f"{name} on {cores} cores")


@pytest.mark.parametrize("precision", ["fp32", "mixed"])
def test_reset(network, precision, tmp_path):
    """Behind a bad frame, which is computed as zeros, all starts anew."""
    path, recipe = network
    x = onnx_models.frames(recipe, FRAMES)
    zeros = x.copy()
    zeros[BAD] = 0
    bad = x.copy()
    bad[BAD] = np.inf
    options = options_of(precision, tmp_path, recipe)
    before = se.run(path, {"x": zeros[: BAD + 1]}, ["y"], *options)["y"]
    after = se.run(path, {"x": zeros[BAD + 1 :]}, ["y"], *options)["y"]
    expected = {"y": np.concatenate([before, after])}
    options.append("--nonfinite=reset")
    host = se.run(path, {"x": bad}, ["y"], *options)
    se.assert_same_bits(host, expected, "host")
    for cores in (1, 8):
        program = se.compile(path, tmp_path / "r.elf", f"--cores={cores}", *options)
        se.assert_same_bits(se.run(program, {"x": bad}, ["y"]), expected, f"{cores} cores")


def test_propagate(tmp_path):
    """What is not screened stays in the states for good."""
    recipe = RECIPES["relu_gru"]
    path = tmp_path / "net.onnx"
    onnx.save(onnx_models.build(recipe), path)
    x = onnx_models.frames(recipe, FRAMES)
    x[BAD, 3] = np.nan
    options = ["--precision=fp32", "--nonfinite=propagate"]
    host = se.run(path, {"x": x}, ["y"], *options)
    device = se.run(se.compile(path, tmp_path / "p.elf", *options), {"x": x}, ["y"])
    se.assert_same_bits(host, device, "host and simulator")
    assert np.isfinite(host["y"][:BAD]).all() and np.isnan(host["y"][BAD:]).all()


SEVERAL = """
rnn.network @net inputs(%a = "a" : tensor<2x5xf32>, %b = "b" : tensor<1xf32>, %u = "u" : tensor<3xf32>)
    states(%s = "s" : tensor<2x5xf32> reset dense<0.5> : tensor<2x5xf32>)
    outputs("y" : tensor<2x5xf32>, "a_again" : tensor<2x5xf32>, "z" : tensor<1xf32>) {
  %0 = rnn.broadcast %b : tensor<1xf32> -> tensor<2x5xf32>
  %1 = arith.addf %a, %0 : tensor<2x5xf32>
  %2 = arith.addf %1, %s : tensor<2x5xf32>
  rnn.yield %2, %a, %b : tensor<2x5xf32>, tensor<2x5xf32>, tensor<1xf32> next %2 : tensor<2x5xf32>
}
"""


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("port", ["a", "b"])
def test_all_inputs(port, precision, tmp_path):
    """One input that is not finite makes all of them zeros, also where they go
    to an output as they are; one that nothing reads does not count."""
    path = tmp_path / "net.mlir"
    path.write_text(SEVERAL)
    random = np.random.default_rng(0)
    x = {
        "a": random.standard_normal((9, 2, 5)).astype(np.float32),
        "b": random.standard_normal((9, 1)).astype(np.float32),
        "u": np.full((9, 3), np.nan, np.float32),
    }
    good = {name: frames.copy() for name, frames in x.items()}
    good["a"][4] = good["b"][4] = 0
    x[port][4].flat[-1] = -np.inf
    names = ["y", "a_again", "z"]
    expected = se.run(path, good, names, f"--precision={precision}")
    assert not expected["a_again"][4].any() and expected["a_again"][3].all()
    for cores in (1, 8):
        program = se.compile(
            path, tmp_path / "n.elf", f"--precision={precision}", f"--cores={cores}"
        )
        se.assert_same_bits(se.run(program, x, names), expected, f"{cores} cores")
    host = se.run(path, x, names, f"--precision={precision}")
    se.assert_same_bits(host, expected, "host")


def test_large_values_are_finite(tmp_path):
    """What is infinite only in f16 is no bad frame."""
    path = tmp_path / "net.mlir"
    path.write_text(SEVERAL)
    x = {
        "a": np.full((3, 2, 5), 3e38, np.float32),
        "b": np.full((3, 1), 1e-42, np.float32),
        "u": np.zeros((3, 3), np.float32),
    }
    for precision in ("fp32", "fp16"):
        host = se.run(path, x, ["a_again", "z"], f"--precision={precision}")
        # What only passes is not rounded.
        assert (host["a_again"] == x["a"].reshape(3, 10)).all()


WIDE = """
rnn.network @net inputs(%x = "x" : tensor<8000xf32>) outputs("y" : tensor<8000xf32>) {
  %0 = rnn.reduce <max> %x axes [0] : tensor<8000xf32> -> tensor<1xf32>
  %1 = rnn.broadcast %0 : tensor<1xf32> -> tensor<8000xf32>
  %2 = arith.subf %x, %1 : tensor<8000xf32>
  rnn.yield %2 : tensor<8000xf32>
}
"""


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_no_room_for_copies(precision, tmp_path):
    """Inputs that L1 does not hold twice are looked at where they lie."""
    path = tmp_path / "net.mlir"
    path.write_text(WIDE)
    x = np.random.default_rng(0).standard_normal((3, 8000)).astype(np.float32)
    good = x.copy()
    good[1] = 0
    x[1, 7999] = np.inf
    expected = se.run(path, {"x": good}, ["y"], f"--precision={precision}")
    program = se.compile(path, tmp_path / "n.elf", f"--precision={precision}")
    se.assert_same_bits(se.run(program, {"x": x}, ["y"]), expected, "simulator")


def test_mistakes(tmp_path):
    path = tmp_path / "net.mlir"
    path.write_text(SEVERAL)
    process = se.tool("se-compile", path, "-o", tmp_path / "x.elf", "--nonfinite=ignore")
    assert process.returncode == 1 and process.stderr == (
        "error: --nonfinite: expected zero-frame, reset or propagate, found 'ignore'\n"
    )
    late = tmp_path / "late.mlir"
    se.run_tool("se-compile", path, "-o", late, "--emit=mlir-scheduled")
    for tool, *rest in (("se-compile", "-o", tmp_path / "x.elf"), ("se-run",)):
        process = se.tool(tool, late, *rest, "--nonfinite=reset")
        assert process.returncode == 1
        assert process.stderr.startswith("error: --nonfinite: this was decided when ")
    assert not (tmp_path / "x.elf").exists()


def test_case(tmp_path):
    """ONNX Runtime's Relu forgets a NaN; so does every precision here."""
    folder = cases.make("nan_poisons_relu_gru", tmp_path)
    x = np.load(folder / "in_x.npy")
    expected = np.load(folder / "expected_vad.npy").reshape(len(x), -1)
    for precision, tolerance in (("fp32", 1e-5), ("fp16", 2e-2)):
        host = se.run(folder / "model.onnx", {"x": x}, ["vad"], f"--precision={precision}")
        program = se.compile(
            folder / "model.onnx", tmp_path / "c.elf", f"--precision={precision}"
        )
        se.assert_same_bits(host, se.run(program, {"x": x}, ["vad"]), "host and simulator")
        assert np.isfinite(host["vad"]).all()
        # Long after the frame that is zeros here and NaN there.
        error = np.abs(host["vad"][100:] - expected[100:]).max()
        assert error < tolerance



@pytest.mark.parametrize("precision", ["fp32", "fp16", "mixed"])
def test_what_f16_cannot_hold(precision, tmp_path):
    """A finite input that becomes infinite inside is told: nothing else shows it."""
    recipe = RECIPES["lstm"]
    path = tmp_path / "net.onnx"
    onnx.save(onnx_models.build(recipe), path)
    x = onnx_models.frames(recipe, 5)
    x[3, 2] = -3e5
    options = [f"--precision={precision}"]
    if precision == "mixed":
        # The first matrix stays fp16 and is shown what is to come.
        np.save(tmp_path / "loud.npy", x)
        options += [f"--calibration={tmp_path}/loud.npy", "--calibration-levels=0"]
    elf = se.compile(path, tmp_path / "net.elf", *options)
    np.save(tmp_path / "x.npy", x)
    for command in ([elf], [path, *options]):
        process = se.tool("se-run", *command, "--in", f"x={tmp_path}/x.npy",
                          "--out", f"y={tmp_path}/y.npy")
        assert process.returncode == 0, process.stderr
        lines = [line for line in process.stderr.splitlines() if "infinite" in line]
        if precision == "fp16":
            assert len(lines) == 1 and "x.npy: input 'x' reaches 3.000e+05" in lines[0]
            assert "of at most 65504" in lines[0]
        else:
            assert not lines
        y = np.load(tmp_path / "y.npy")
        if precision != "fp16":
            expected = onnx_models.evaluate(recipe, x)
            se.assert_close({"y": y}, {"y": expected}, 0.05, precision)


def test_what_f16_can_hold(tmp_path):
    recipe = RECIPES["lstm"]
    path = tmp_path / "net.onnx"
    onnx.save(onnx_models.build(recipe), path)
    x = onnx_models.frames(recipe, 5)
    x[3, 2] = 65504
    np.save(tmp_path / "x.npy", x)
    process = se.tool("se-run", path, "--precision=fp16", "--in", f"x={tmp_path}/x.npy")
    assert process.returncode == 0 and process.stderr == ""
