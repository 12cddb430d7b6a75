# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A user's mistake: one line that begins with `error`, exit status 1, and no
output file, neither whole nor in part."""

import os
import re

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import onnx_models
import se
from onnx_models import Recipe

SMALL = Recipe("lstm", input=3, hidden=5)


def save(recipe_or_model, path):
    model = recipe_or_model
    if isinstance(model, Recipe):
        model = onnx_models.build(model)
    path.write_bytes(model.SerializeToString())
    return path


def expect_error(folder, *arguments, text, warnings=0):
    """Runs a tool that must fail as described, and leave `folder` as it is."""
    before = sorted(os.listdir(folder))
    process = se.tool(*arguments)
    assert process.returncode == 1, process.stderr
    lines = process.stderr.splitlines()
    problem = f"{' '.join(map(str, arguments))}\n{process.stderr}"
    assert len(lines) == 1 + warnings, problem
    assert re.match(r"(se-\w+: )?error: ", lines[-1]), problem
    assert re.search(text, lines[-1]), f"no {text!r} in: {problem}"
    assert process.stdout == ""
    assert sorted(os.listdir(folder)) == before, problem
    return lines[-1]


@pytest.fixture
def network(tmp_path):
    return save(SMALL, tmp_path / "net.onnx")


@pytest.fixture
def elf(network, tmp_path):
    return se.compile(network, tmp_path / "net.elf")


# --- files ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["no.onnx", "no.mlir", "no/net.onnx"])
def test_missing_file(name, tmp_path):
    path = tmp_path / name
    output = tmp_path / "out"
    expect_error(tmp_path, "se-compile", path, "-o", output,
                 text=re.escape(name) + ".*No such file")
    expect_error(tmp_path, "se-run", path, text=re.escape(name) + ".*No such file")


def test_missing_program(tmp_path):
    expect_error(tmp_path, "se-run", tmp_path / "no.elf", text="no.elf.*No such file")


def test_directory(tmp_path):
    expect_error(tmp_path, "se-compile", tmp_path, "-o", tmp_path / "out",
                 text="[Ii]s a directory")


def test_missing_file_translate(tmp_path):
    expect_error(tmp_path, "se-translate", "--import-onnx", tmp_path / "no.onnx",
                 "-o", tmp_path / "out", text="no.onnx.*No such file|No such file")


@pytest.mark.parametrize("emit", ["elf", "obj", "asm", "llvm", "mlir-imported",
                                  "mlir-scheduled", "mlir-llvm"])
def test_unwritable_output(emit, network, tmp_path):
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "no" / "out.x",
                 f"--emit={emit}", text="no/out.*No such file")
    # A directory cannot be written, not even by root.
    (tmp_path / "folder.o").mkdir()
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "folder.o",
                 f"--emit={emit}", text="folder")


def test_unwritable_frames(elf, network, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3), np.float32))
    for program in (elf, network):
        expect_error(tmp_path, "se-run", program, "--in", f"x={tmp_path}/x.npy",
                     "--out", f"y={tmp_path}/no/y.npy", text="no/y.npy.*No such file")
        expect_error(tmp_path, "se-run", program, "--in", f"x={tmp_path}/x.npy",
                     "--stats", f"{tmp_path}/no/stats.json",
                     text="no/stats.json.*No such file")


# --- ONNX ----------------------------------------------------------------------


def test_truncated(network, tmp_path):
    """No prefix of the file compiles, crashes, or leaves a file."""
    data = network.read_bytes()
    path = tmp_path / "cut.onnx"
    output = tmp_path / "out.mlir"
    lengths = sorted({0, 1, 2, len(data) - 1, *range(3, len(data), 61)})
    imported = []
    for length in lengths:
        path.write_bytes(data[:length])
        process = se.tool("se-compile", path, "-o", output, "--emit=mlir-imported")
        lines = process.stderr.splitlines()
        if process.returncode == 0:
            imported.append(length)
            output.unlink()
            continue
        assert process.returncode == 1, f"{length} bytes: {process.stderr}"
        assert len(lines) == 1 and lines[0].startswith("error: "), (
            f"{length} bytes: {process.stderr}"
        )
        assert not output.exists(), length
    # The last field is the opset import; a file cut there has none.
    assert not imported


def test_not_onnx(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(np.random.default_rng(0).bytes(1000))
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out", text="net.onnx")
    path.write_text("not a network")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out", text="net.onnx")


def one_node(node, inputs, outputs, initializers=(), opsets=(("", 17),)):
    value = lambda name, shape: helper.make_tensor_value_info(
        name, TensorProto.FLOAT, shape)
    graph = helper.make_graph(
        [node], "net", [value(n, s) for n, s in inputs.items()],
        [value(n, s) for n, s in outputs.items()],
        [numpy_helper.from_array(a, n) for n, a in dict(initializers).items()])
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid(*o) for o in opsets], ir_version=8)


@pytest.mark.parametrize("op, domain", [("Hardmax", ""), ("NoSuchOp", ""),
                                        ("FusedLSTM", "com.example")])
def test_unknown_op(op, domain, tmp_path):
    node = helper.make_node(op, ["x"], ["y"], "the_node", domain=domain)
    model = one_node(node, {"x": [1, 4]}, {"y": [1, 4]},
                     opsets=[("", 17), ("com.example", 1)])
    path = save(model, tmp_path / "net.onnx")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out",
                 text=f"the_node.*{op}")


@pytest.mark.parametrize("direction", ["reverse", "bidirectional"])
def test_no_streaming_meaning(direction, tmp_path):
    model = onnx_models.build(SMALL)
    node = next(n for n in model.graph.node if n.op_type == "LSTM")
    node.attribute.append(helper.make_attribute("direction", direction))
    path = save(model, tmp_path / "net.onnx")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out",
                 text=f"rnn0.*LSTM.*{direction}")


def with_weight(name, array):
    model = onnx_models.build(SMALL)
    for tensor in model.graph.initializer:
        if tensor.name == name:
            tensor.CopyFrom(numpy_helper.from_array(array, name))
    return model


@pytest.mark.parametrize("name, shape", [
    ("rnn0_W", (1, 20, 4)), ("rnn0_W", (1, 19, 3)), ("rnn0_W", (20, 3)),
    ("rnn0_R", (1, 20, 4)), ("rnn0_R", (2, 20, 5)), ("rnn0_B", (1, 20)),
])
def test_wrong_shapes(name, shape, tmp_path):
    path = save(with_weight(name, np.zeros(shape, np.float32)), tmp_path / "net.onnx")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out", text="rnn0")


def test_wrong_type(tmp_path):
    weight = np.zeros((1, 20, 3), np.int32)
    path = save(with_weight("rnn0_W", weight), tmp_path / "net.onnx")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out", text="rnn0")


def test_wrong_shapes_gemm(tmp_path):
    node = helper.make_node("Gemm", ["x", "w"], ["y"], "product")
    model = one_node(node, {"x": [1, 4]}, {"y": [1, 3]},
                     {"w": np.zeros((5, 3), np.float32)})
    path = save(model, tmp_path / "net.onnx")
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out", text="product")


def test_nan_weights(tmp_path):
    """A warning that names the weight; the network compiles."""
    weight = np.zeros((1, 20, 3), np.float32)
    weight[0, 2, 1] = np.nan
    path = save(with_weight("rnn0_W", weight), tmp_path / "net.onnx")
    process = se.tool("se-compile", path, "-o", tmp_path / "out.elf")
    lines = process.stderr.splitlines()
    assert process.returncode == 0 and (tmp_path / "out.elf").exists()
    assert len(lines) == 1 and lines[0].startswith("warning: ")
    assert "rnn0_W" in lines[0] and "NaN" in lines[0]


# --- memory --------------------------------------------------------------------


def test_larger_than_l2(tmp_path):
    """The message says by how many bytes."""
    path = save(Recipe("lstm", input=257, hidden=256), tmp_path / "net.onnx")
    line = expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out.elf",
                        text=r"l2.* by \d+ bytes")
    parameters = 4 * 256 * (257 + 256 + 1) * 4
    over = int(re.search(r"by (\d+) bytes", line)[1])
    l2 = 0x190000
    # Code and stacks come on top of the parameters.
    assert parameters - l2 < over < parameters - l2 + 100_000
    # It fits in half the bytes.
    se.compile(path, tmp_path / "half.elf", "--precision=fp16")


def test_larger_than_l1(tmp_path):
    """States and activations of more than 64 KB."""
    node = helper.make_node("MatMul", ["x", "w"], ["y"], "product")
    model = one_node(node, {"x": [1, 20000]}, {"y": [1, 1]},
                     {"w": np.zeros((20000, 1), np.float32)})
    path = save(model, tmp_path / "net.onnx")
    line = expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out.elf",
                        text=r"l1 exceeded by \d+ bytes")
    over, needed, available = map(
        int, re.search(r"by (\d+) bytes \((\d+) .* (\d+) available", line).groups())
    assert over == needed - available and needed >= 80000 and available < 65536


# --- frames --------------------------------------------------------------------


@pytest.mark.parametrize("array, text", [
    (np.zeros((2, 4), np.float32), r"\[frames, 3\].*\[2, 4\]"),
    (np.zeros(6, np.float32), r"\[frames, 3\].*\[6\]"),
    (np.zeros((2, 2, 3), np.float32), r"\[frames, 3\].*\[2, 2, 3\]"),
    (np.float32(1), r"\[frames, 3\].*\[\]"),
    (np.zeros((2, 3)), "float32.*float64"),
    (np.zeros((2, 3), np.int16), "float32.*int16"),
    (np.zeros((2, 3), ">f4"), "float32.*big-endian"),
    (np.asfortranarray(np.zeros((2, 3), np.float32)), "C order.*Fortran"),
])
@pytest.mark.parametrize("device", ["sim", "host"])
def test_frames(array, text, device, elf, network, tmp_path):
    np.save(tmp_path / "x.npy", array)
    expect_error(tmp_path, "se-run", elf if device == "sim" else network,
                 "--in", f"x={tmp_path}/x.npy", "--out", f"y={tmp_path}/y.npy",
                 text="x.npy.*" + text)


@pytest.mark.parametrize("device", ["sim", "host"])
def test_frame_files(device, elf, network, tmp_path):
    program = elf if device == "sim" else network
    x = tmp_path / "x.npy"
    out = ["--out", f"y={tmp_path}/y.npy"]
    expect_error(tmp_path, "se-run", program, "--in", f"x={x}", *out,
                 text="x.npy.*No such file")
    np.save(x, np.zeros((2, 3), np.float32))
    whole = x.read_bytes()
    for length in (0, 5, 7, 9, 60, len(whole) - 5, len(whole) - 1):
        x.write_bytes(whole[:length])
        expect_error(tmp_path, "se-run", program, "--in", f"x={x}", *out, text="x.npy")
    x.write_bytes(whole)
    expect_error(tmp_path, "se-run", program, *out, text="missing --in x=")
    expect_error(tmp_path, "se-run", program, "--in", f"z={x}", *out, text="z.*only x")
    expect_error(tmp_path, "se-run", program, "--in", f"{x}", *out, text="NAME=FILE")
    expect_error(tmp_path, "se-run", program, "--in", f"x={x}", "--in", f"x={x}", *out,
                 text="twice")
    expect_error(tmp_path, "se-run", program, "--in", f"x={x}",
                 "--out", f"q={tmp_path}/q.npy", text="q.*only y")


# --- options -------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["se-opt", "se-translate", "se-compile", "se-run",
                                  "se-reduce", "se-lsp-server"])
def test_unknown_option(tool, network, tmp_path):
    process = se.tool(tool, "--no-such-option", network)
    assert process.returncode == 1
    assert "no-such-option" in process.stderr
    if tool in ("se-compile", "se-run", "se-reduce", "se-translate"):
        expect_error(tmp_path, tool, "--no-such-option", network, "-o",
                     tmp_path / "out", text="no-such-option")


@pytest.mark.parametrize("option, text", [
    ("--precision=fp8", "fp8.*fp32, fp16, int8, mixed, auto .* or a policy"),
    ("--cores=0", "cores must be 1 to 8.*found 0"),
    ("--cores=9", "cores must be 1 to 8.*found 9"),
    ("--emit=exe", "emit.*exe"),
    ("--emit=mlir-", "emit.*mlir-"),
    ("--emit=mlir-nothing", "emit.*mlir-nothing"),
    ("--target=no-such-chip", "no-such-chip"),
    ("--app=toaster", "app.*toaster"),
    ("--state=nonsense", "state.*IN=OUT.*nonsense"),
    ("--state=no=rnn0_h_out", "'?no'?"),
])
def test_bad_value(option, text, network, tmp_path):
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out", option,
                 text=text)


@pytest.mark.parametrize("text, message", [
    ("{", "policy.json: "),
    ('{"layer": {}}', "policy.json: unknown key 'layer', expected default, layers, tensors, "),
    ('{"default": "int4"}', "policy.json: 'default' must be"),
    ('{"layers": {"rnn0": {"precision": "int8", "input_scale": -1}}}',
     "policy.json: layers: 'rnn0': 'input_scale' must be a positive number"),
    ('{"layers": {"rnn0": {"precision": "int8"}}}',
     "policy.json: layers: 'rnn0': layer 'rnn0': no scale for tensor 'x': give --calibration, or 'input_scale'"),
    ('{"layers": {"rnn9": {"precision": "fp32"}}}',
     "policy.json: layers: 'rnn9' matches no layer"),
    (None, "cannot read '.*policy.json'"),
])
def test_bad_policy(text, message, network, tmp_path):
    path = tmp_path / "policy.json"
    if text is not None:
        path.write_text(text)
    precision = f"--precision={path}"
    expect_error(tmp_path, "se-compile", network, "-o", tmp_path / "out", precision,
                 text=message)
    expect_error(tmp_path, "se-run", network, precision, text=message)


def test_no_scales(tmp_path):
    """Of a layer that int8 pays for; a smaller one stays fp16 and needs none."""
    path = tmp_path / "net.onnx"
    recipe = Recipe(cell="lstm", input=32, hidden=32)
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    message = "int8: layer 'rnn0': no scale for tensor 'x': give --calibration"
    for tool, *rest in (("se-compile", "-o", tmp_path / "out"), ("se-run",)):
        expect_error(tmp_path, tool, path, *rest, "--precision=int8", text=message)


def test_no_arguments(tmp_path):
    for tool in ("se-compile", "se-run"):
        process = se.tool(tool)
        assert process.returncode == 1 and process.stderr


# --- MLIR ----------------------------------------------------------------------


@pytest.mark.parametrize("text, message", [
    ("rnn.network @net inputs(", "expected"),
    ("rnn.nonsense", "nonsense"),
    ("", "expected one rnn.network, found 0|no"),
    ("module attributes {se.phase = \"never\"} {}", "se.phase"),
])
def test_bad_mlir(text, message, tmp_path):
    path = tmp_path / "net.mlir"
    path.write_text(text)
    expect_error(tmp_path, "se-compile", path, "-o", tmp_path / "out.elf", text=message)
    expect_error(tmp_path, "se-run", path, text=message)


def test_corrupt_elf(elf, network, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3), np.float32))
    data = elf.read_bytes()
    cut = tmp_path / "cut.elf"
    for length in (4, 51, 52, 100, len(data) // 2, len(data) - 1):
        cut.write_bytes(data[:length])
        expect_error(tmp_path, "se-run", cut, "--in", f"x={tmp_path}/x.npy", text="cut.elf")
