# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Scan, Loop and If against ONNX Runtime, which gets the whole sequence; inputs that
are constants; files that end in .ONNX."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import se

FRAMES, N, H = 12, 5, 7
FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
RANDOM = np.random.default_rng(3)


def info(name, shape, kind=FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def op(kind, inputs, outputs, **attributes):
    return helper.make_node(kind, inputs.split(), outputs.split(), **attributes)


def weights(**shapes):
    return {
        n: (RANDOM.standard_normal(s) / np.sqrt(s[0])).astype(np.float32)
        for n, s in shapes.items()
    }


def make(nodes, inputs, outputs, constants):
    graph = helper.make_graph(
        nodes,
        "net",
        inputs,
        outputs,
        [numpy_helper.from_array(np.asarray(w), n) for n, w in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


# Cells: nodes from `xt` and states to `yt` and next states.

GRU = (
    [
        op("MatMul", "xt Wz", "az"), op("MatMul", "h Rz", "bz"),
        op("Add", "az bz", "sz"), op("Sigmoid", "sz", "z"),
        op("MatMul", "xt Wn", "an"), op("MatMul", "h Rn", "bn"),
        op("Add", "an bn", "sn"), op("Tanh", "sn", "n"),
        op("Sub", "h n", "d"), op("Mul", "z d", "zd"), op("Add", "n zd", "h_next"),
        op("Identity", "h_next", "yt"),
    ],
    {"h": (1, H)},
    weights(Wz=(N, H), Rz=(H, H), Wn=(N, H), Rn=(H, H)),
)
LSTM = (
    [
        op("MatMul", "xt W", "a"), op("MatMul", "h R", "b"), op("Add", "a b", "g"),
        op("Split", "g", "i f n o", axis=1),
        op("Sigmoid", "i", "si"), op("Sigmoid", "f", "sf"), op("Sigmoid", "o", "so"),
        op("Tanh", "n", "tn"), op("Mul", "sf c", "kept"), op("Mul", "si tn", "fresh"),
        op("Add", "kept fresh", "c_next"), op("Tanh", "c_next", "tc"),
        op("Mul", "so tc", "h_next"), op("Identity", "h_next", "yt"),
    ],
    {"h": (1, H), "c": (1, H)},
    weights(W=(N, 4 * H), R=(H, 4 * H)),
)
# A branch inside, which a number of the outer graph picks.
MEAN = (
    [
        op("Mul", "h rate", "a"), op("Sub", "one rate", "other"), op("Mul", "xw other", "b"),
        op("Add", "a b", "h_next"),
        op("If", "wide", "yt",
           then_branch=helper.make_graph([op("Sub", "xw h_next", "t")], "t", [], [info("t", (1, H))]),
           else_branch=helper.make_graph([op("Identity", "xw", "t")], "e", [], [info("t", (1, H))])),
    ],
    {"h": (1, H)},
    weights(Wx=(N, H)) | {"rate": np.float32(0.9), "one": np.float32(1), "wide": np.array(True)},
)
MEAN[0].insert(0, op("MatMul", "xt Wx", "xw"))
CELLS = {"gru": GRU, "lstm": LSTM, "mean": MEAN}


def scan(cell, batch_first=False, initial=0.0):
    """x [T, 1, N], or [1, T, N], to y."""
    nodes, states, constants = CELLS[cell]
    body = helper.make_graph(
        nodes,
        "body",
        [info(s, shape) for s, shape in states.items()] + [info("xt", (1, N))],
        [info(s + "_next", shape) for s, shape in states.items()] + [info("yt", (1, H))],
    )
    axis = int(batch_first)
    names = [f"{s}0" for s in states]
    node = helper.make_node(
        "Scan", [*names, "x"], [*(f"{s}T" for s in states), "y"], name="cell", body=body,
        num_scan_inputs=1, scan_input_axes=[axis], scan_output_axes=[axis],
    )
    start = {n: np.full(shape, initial, np.float32) for n, shape in zip(names, states.values())}
    shape = [1, "T"] if batch_first else ["T", 1]
    return make([node], [info("x", [*shape, N])], [info("y", [*shape, H])], constants | start)


def loop(cell, initial=0.0, listed=False):
    """x [T, 1, N]; the step picks its frame. `listed`: results are appended to a
    sequence, as by PyTorch's scripts."""
    nodes, states, constants = CELLS[cell]
    body = helper.make_graph(
        [op("Gather", "x step", "xt", axis=0), *nodes, op("Identity", "go", "on")],
        "body",
        [info("step", [], INT64), info("go", [], BOOL)]
        + [info(s, shape) for s, shape in states.items()],
        [info("on", [], BOOL)]
        + [info(s + "_next", shape) for s, shape in states.items()]
        + [info("yt", (1, H))],
    )
    names = [f"{s}0" for s in states]
    start = {n: np.full(shape, initial, np.float32) for n, shape in zip(names, states.values())}
    finals = [*(f"{s}T" for s in states), "y"]
    before, behind = [], []
    if listed:
        sequence = lambda name: helper.make_tensor_sequence_value_info(name, FLOAT, None)
        body.node.append(op("SequenceInsert", "list yt", "longer"))
        body.input.append(sequence("list"))
        body.output.pop()
        body.output.append(sequence("longer"))
        before = [op("SequenceEmpty", "", "empty")]
        behind = [op("ConcatFromSequence", "all", "y", axis=0, new_axis=1)]
        names, finals = [*names, "empty"], [*finals[:-1], "all"]
    nodes = [
        op("Shape", "x", "shape"),
        op("Gather", "shape zero", "steps", axis=0),
        *before,
        helper.make_node("Loop", ["steps", "true", *names], finals, name="cell", body=body),
        *behind,
    ]
    start |= {"zero": np.array(0), "true": np.array(True)}
    return make(nodes, [info("x", ["T", 1, N])], [info("y", ["T", 1, H])], constants | start)


def counting_loop(cell, initial=0.0):
    """As TensorFlow's converter writes it: the body counts, and tests the count."""
    model = loop(cell, initial)
    graph = model.graph
    node = next(n for n in graph.node if n.op_type == "Loop")
    body = node.attribute[0].g
    body.node[0].input[1] = "time"
    body.node[-1].CopyFrom(op("Less", "time_next steps", "on"))
    body.node.insert(1, op("Add", "time one_step", "time_next"))
    body.input.insert(2, info("time", [], INT64))
    body.output.insert(1, info("time_next", [], INT64))
    node.input[0], node.input[1] = "most", "any"
    node.input.insert(2, "zero")
    node.output.insert(0, "count")
    graph.node.insert(2, op("Less", "zero steps", "any"))
    for name, number in ("most", 2**31 - 1), ("one_step", 1):
        graph.initializer.append(numpy_helper.from_array(np.array(number), name))
    onnx.checker.check_model(model)
    return model


def run_whole(model, **inputs):
    import onnxruntime

    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, inputs)[0]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("initial", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["scan", "scan, batch first", "loop", "loop, listed",
                                  "loop, counting"])
def test_loops_over_time(kind, cell, initial, tmp_path):
    first = kind == "scan, batch first"
    model = counting_loop(cell, initial) if kind.endswith("counting") else (
        loop(cell, initial, kind.endswith("listed"))
        if kind.startswith("loop")
        else scan(cell, first, initial)
    )
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    x = RANDOM.standard_normal((FRAMES, N)).astype(np.float32)
    expected = run_whole(model, x=x.reshape((1, FRAMES, N) if first else (FRAMES, 1, N)))
    result = se.run(path, {"x": x}, ["y"])
    se.assert_close(result, {"y": expected.reshape(FRAMES, H)}, 1e-5, kind)


def rated():
    """A rate that picks a branch, and a gain for each element."""
    branch = lambda kind: helper.make_graph([op(kind, "x", "t")], kind, [], [info("t", (1, N))])
    nodes = [
        op("Equal", "sr rate", "is_16k"),
        op("If", "is_16k", "a", then_branch=branch("Tanh"), else_branch=branch("Sigmoid")),
        op("Mul", "a gain", "y"),
    ]
    inputs = [info("x", (1, N)), info("sr", [], INT64), info("gain", [N])]
    return make(nodes, inputs, [info("y", (1, N))], {"rate": np.array(16000)})


@pytest.mark.parametrize("rate", [8000, 16000])
def test_constant_inputs(rate, tmp_path):
    """On the host, in a program and in the package; the file's name in capitals."""
    path = tmp_path / "NET.ONNX"
    path.write_bytes(rated().SerializeToString())
    gain = np.arange(1, N + 1, dtype=np.float32)
    x = RANDOM.standard_normal((FRAMES, 1, N)).astype(np.float32)
    expected = np.stack([run_whole(rated(), x=f, sr=np.array(rate), gain=gain)[0] for f in x])
    options = ["--constant", f"sr={rate}", "--constant", "gain=1,2,3,4,5"]
    results = [se.run(path, {"x": x}, ["y"], *options)]
    program = se.compile(path, tmp_path / "net.elf", *options)
    results.append(se.run(program, {"x": x}, ["y"]))
    for result in results:
        se.assert_close(result, {"y": expected}, 1e-5, str(rate))


def test_constants_in_python(tmp_path):
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    path = tmp_path / "net.onnx"
    path.write_bytes(rated().SerializeToString())
    constants = ["sr=16000", "gain=2"]
    x = RANDOM.standard_normal((FRAMES, 1, N)).astype(np.float32)
    host = se_mlir.HostNetwork(path, constants=constants)
    assert [port.name for port in host.inputs] == ["x"]
    expected = np.stack([2 * np.tanh(f)[0] for f in x])
    se.assert_close(host.run({"x": x}), {"y": expected}, 1e-5, "host")
    np.save(tmp_path / "x.npy", x.reshape(FRAMES, N))
    se_mlir.calibrate(path, [tmp_path / "x.npy"], constants=constants)
    se_mlir.compile(path, tmp_path / "net.elf", constants=constants)
    with pytest.raises(se_mlir.Error, match="--constant sr=VALUE"):
        se_mlir.HostNetwork(path)
    with pytest.raises(se_mlir.Error, match="--constant expects NAME=VALUE, found 'sr'"):
        se_mlir.HostNetwork(path, constants=["sr"])


def test_constants_need_onnx(tmp_path):
    path = tmp_path / "net.mlir"
    path.write_text("module {}\n")
    process = se.tool("se-compile", path, "-o", tmp_path / "net.elf", "--constant", "a=1")
    assert process.returncode == 1
    assert process.stderr == "error: --constant goes with an ONNX file\n"


def test_reported_scan(tmp_path):
    folder = se.make_case("scan_lstm_cell", tmp_path)
    x, y = np.load(folder / "in_x.npy"), np.load(folder / "expected_y.npy")
    se.assert_close(se.run(folder / "model.onnx", {"x": x}, ["y"]), {"y": y}, 1e-5, "scan")


@pytest.mark.parametrize("argument", ["", "forward"])
def test_recurrence_inside_a_frame_is_named_so(argument, tmp_path):
    folder = se.make_case("intra_frame_gru", tmp_path, *filter(None, [argument]))
    process = se.tool("se-translate", "--import-onnx", folder / "model.onnx")
    assert process.returncode == 1
    assert "future" not in process.stderr
    assert "the sequence has 33 steps inside one frame" in process.stderr
