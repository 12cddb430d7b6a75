# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""States whose inputs and outputs have names that say nothing: data flow pairs them
rightly, frame by frame as in ONNX Runtime, or the error lists the possibilities."""

import itertools
import re

import numpy as np
import onnx
import pytest

import se
from spelled_cells import Net

FRAMES = 8


def check(made, folder, *options):
    """Imports, runs and compares. Returns the messages of the import."""
    path = folder / "net.onnx"
    path.write_bytes(made.model.SerializeToString())
    text = se.run_tool("se-translate", "--import-onnx", path, *options)
    states = re.search(r" states\((.*?)\) outputs", text.stdout, re.S)
    found = set(re.findall(r'%\S+ = "([^"]+)"', states[1] if states else ""))
    assert found == set(made.states), text.stderr
    random = np.random.default_rng(1)
    inputs = {
        n: random.standard_normal((FRAMES, *shape)).astype(np.float32)
        for n, shape in made.frames.items()
    }
    outputs = made.outputs or [
        re.search(r'outputs\("([^"]+)"', text.stdout)[1]  # a state is the only one
    ]
    expected = se.onnx_steps(path, inputs, outputs, made.states)
    results = se.run(path, inputs, outputs, *options)
    se.assert_close(results, expected, 1e-5, "host")
    return text.stderr


def refuse(made, folder):
    """The import ends with one line, which offers the right pairs among others, and
    these options work."""
    path = folder / "net.onnx"
    path.write_bytes(made.model.SerializeToString())
    process = se.tool("se-translate", "--import-onnx", path)
    assert process.returncode == 1 and process.stdout == ""
    assert process.stderr.count("\n") == 1, process.stderr
    for old, new in made.states.items():
        assert f"--state {old}={new}" in process.stderr, process.stderr
    options = [o for pair in made.states.items() for o in ("--state", "=".join(pair))]
    options += [o for name in made.frames for o in ("--state", f"{name}=")]
    check(made, folder, *options)


def lstm_ports():
    return [
        (ins, outs)
        for ins in itertools.permutations(range(3))
        for outs in itertools.permutations(range(3))
    ]


@pytest.mark.parametrize("ins, outs", lstm_ports()[::5], ids=str)
def test_lstm_in_any_order(ins, outs, tmp_path):
    net = Net()
    x = net.input(1, 6)
    h = net.lstm(x, 6, 9)
    net.output(net.dense(h, 9, 4), 1, 4)
    inputs, outputs = list(net.inputs), list(net.outputs)
    made = net.finish([inputs[i] for i in ins], [outputs[i] for i in outs])
    assert "remark" in check(made, tmp_path)


def one_lstm(**options):
    net = Net()
    h = net.lstm(net.input(1, 6), 6, 9, **options)
    net.output(net.dense(h, 9, 9), 1, 9)
    return net


def one_gru(after):
    """The frame, the output and the state have one shape."""
    net = Net()
    h = net.gru(net.input(1, 8), 8, 8, after)
    net.output(net.op("Sigmoid", net.dense(h, 8, 8)), 1, 8)
    return net


def mask(cell):
    """The output is the frame times a mask, so it could be an update of it."""
    net = Net()
    x = net.input(1, 8)
    h = getattr(net, cell)(x, 8, 5)
    net.output(net.op("Mul", x, net.op("Sigmoid", net.dense(h, 5, 8))), 1, 8)
    return net


def stacked(*cells, size=7, first=6, last=4):
    net = Net()
    x, n = net.input(1, first), first
    for cell in cells:
        x, n = getattr(net, cell)(x, n, size), size
    net.output(net.dense(x, n, last), 1, last)
    return net


def caches(taps, residual=False):
    """Convolutions over time whose caches have one shape; with two taps it is also
    the shape of the frame."""
    net = Net()
    x = net.input(1, 5)
    for _ in range(3):
        x = net.conv(x, 5, 5, taps, residual)
    net.output(x, 1, 5)
    return net


def running_means(width):
    """Of a layer's result; with the frame's width both do the same in the sum."""
    net = Net()
    x = net.input(1, 6)
    if width != 6:
        x = net.dense(x, 6, width)
    a, b = net.mean(x, width, 0.9), net.mean(x, width, 0.99)
    y = net.op("Concat", net.mean(a, width, 0.5), b, axis=1)
    net.output(net.dense(y, 2 * width, 3), 1, 3)
    return net


def caches_like_frames():
    """With two taps the cache is the last frame, and has its shape."""
    net = Net()
    x, axis = net.input(1, 5, 1), net.constant([2], np.int64)
    y = net.conv(net.conv(net.op("Squeeze", x, axis), 5, 5, 2), 5, 5, 2)
    net.output(net.op("Unsqueeze", y, axis), 1, 5, 1)
    return net


def packed():
    """All four states of two LSTMs in one tensor."""
    net = Net()
    x, state = net.input(1, 6), net.input(1, 4, 5)
    axis, shape = net.constant([1], np.int64), net.constant([1, 5], np.int64)
    parts = [net.op("Reshape", p, shape) for p in net.op("Split", state, outputs=4, axis=1)]
    h1, c1 = net.lstm_step(x, 6, 5, parts[0], parts[2])
    h2, c2 = net.lstm_step(h1, 5, 5, parts[1], parts[3])
    new = [net.op("Unsqueeze", n, axis) for n in (h1, h2, c1, c2)]
    net.output(net.dense(h2, 5, 5), 1, 5)
    net.state(state, net.op("Concat", *new, axis=1))
    return net


def reshaped():
    """States pass through reshapes and copies on their way in and out."""
    net = Net()
    x, h, c = net.input(1, 6), net.input(1, 1, 7), net.input(1, 1, 7)
    inner = [
        net.op("Identity", net.op("Reshape", s, net.constant([1, 7], np.int64))) for s in (h, c)
    ]
    h_new, c_new = net.lstm_step(x, 6, 7, *inner)
    axis = net.constant([0], np.int64)
    net.output(net.dense(h_new, 7, 7), 1, 7)
    net.state(c, net.op("Identity", net.op("Unsqueeze", c_new, axis)))
    net.state(h, net.op("Unsqueeze", net.op("Identity", h_new), axis))
    return net


def feedback():
    """The first layer reads what the second one gave in the last frame."""
    net = Net()
    x, h1, h2 = net.input(1, 6), net.input(1, 7), net.input(1, 7)
    z = [net.op("Sigmoid", net.dense(x, 6, 7)) for _ in range(2)]
    g = net.op("Tanh", net.sum(net.dense(x, 6, 7), net.dense(h2, 7, 7)))
    h1n = net.sum(net.op("Mul", z[0], h1), g)
    g = net.op("Tanh", net.sum(net.dense(h1n, 7, 7)))
    h2n = net.sum(net.op("Mul", z[1], h2), g)
    net.state(h1, h1n)
    net.state(h2, h2n)
    net.output(net.dense(h2n, 7, 3), 1, 3)
    return net


def cell_alone():
    """There is no output but the states."""
    net = Net()
    net.lstm(net.input(1, 6), 6, 9)
    return net


RIGHT = {
    "lstm": lambda: one_lstm(),
    "lstm with peepholes": lambda: one_lstm(peepholes=True),
    "lstm without tanh of c": lambda: one_lstm(bare=True),
    "lstm without forget gate": lambda: one_lstm(forget=False),
    "gru, reset after": lambda: one_gru(True),
    "gru, reset before": lambda: one_gru(False),
    "mask, lstm": lambda: mask("lstm"),
    "mask, gru": lambda: mask("gru"),
    "mask, rnn": lambda: mask("rnn"),
    "two lstms": lambda: stacked("lstm", "lstm"),
    "three lstms": lambda: stacked("lstm", "lstm", "lstm", last=7),
    "lstm and gru": lambda: stacked("lstm", "gru"),
    "two rnns": lambda: stacked("rnn", "rnn"),
    "rnn and lstm": lambda: stacked("rnn", "lstm"),
    "caches": lambda: caches(4),
    "caches with residuals": lambda: caches(3, residual=True),
    "caches of one frame": lambda: caches(2),
    "caches like frames": caches_like_frames,
    "running means": lambda: running_means(7),
    "packed": packed,
    "reshaped": reshaped,
    "feedback": feedback,
    "cell alone": cell_alone,
}


@pytest.mark.parametrize("name", RIGHT)
def test_pairs_are_right(name, tmp_path):
    check(RIGHT[name]().finish(), tmp_path)


@pytest.mark.parametrize("name", RIGHT)
def test_pairs_are_right_in_any_order(name, tmp_path):
    check(RIGHT[name]().finish(shuffle=True), tmp_path)


def same_width():
    """h and the frame do the same: both are multiplied by a matrix."""
    net = Net()
    h = net.lstm(net.input(1, 6), 6, 6)
    net.output(net.dense(h, 6, 4), 1, 4)
    return net


def residual():
    """y = x + V h': as good an update of x as h' is one of h."""
    net = Net()
    x = net.input(1, 6)
    net.output(net.sum(x, net.dense(net.rnn(x, 6, 5), 5, 6)), 1, 6)
    return net


def two_alike():
    """Two states that are only added up."""
    net = Net()
    x, a, b = net.input(1, 6), net.input(1, 7), net.input(1, 7)
    both = net.sum(net.dense(a, 7, 7), net.dense(b, 7, 7), net.dense(x, 6, 7))
    net.state(a, net.op("Tanh", both))
    net.state(b, net.op("Sigmoid", both))
    net.output(net.dense(net.states[b], 7, 3), 1, 3)
    return net


def output_feedback():
    """The last output is an input; or is it a second input of every frame?"""
    net = Net()
    x, last = net.input(1, 6), net.input(1, 4)
    h = net.gru(net.op("Concat", x, last, axis=1), 10, 7)
    y = net.op("Tanh", net.dense(h, 7, 4))
    net.state(last, y)
    net.output(net.dense(h, 7, 2), 1, 2)
    return net


def spikes():
    """mem' = 0.9 mem - spike + W x, spike' = step(mem')."""
    net = Net()
    x, mem, spike = net.input(1, 6), net.input(1, 7), net.input(1, 7)
    left = net.op("Sub", net.op("Mul", mem, net.constant(0.9)), spike)
    mem_new = net.sum(left, net.dense(x, 6, 7))
    net.state(mem, mem_new)
    net.state(spike, net.op("Sigmoid", mem_new))
    net.output(net.dense(net.states[spike], 7, 3), 1, 3)
    return net


def means_of_the_frame():
    return running_means(6)


UNCLEAR = [same_width, residual, two_alike, output_feedback, spikes, means_of_the_frame]


@pytest.mark.parametrize("build", UNCLEAR, ids=lambda build: build.__name__)
@pytest.mark.parametrize("shuffle", [False, True])
def test_unclear_pairs_are_listed(build, shuffle, tmp_path):
    refuse(build().finish(shuffle=shuffle), tmp_path)


def test_lost_h(tmp_path):
    """The next h is not given out, so h is an input of every frame: a warning."""
    net = Net()
    x, h, c = net.input(1, 6), net.input(1, 9), net.input(1, 9)
    h_new, c_new = net.lstm_step(x, 6, 9, h, c)
    net.state(c, c_new)
    net.output(net.dense(h_new, 9, 4), 1, 4)
    messages = check(net.finish(), tmp_path)
    assert f"warning: input '{h}' [1, 9] has the shape of state '{c}', but no" in messages
    assert "warning" not in check(net.finish(), tmp_path, "--state", f"{h}=")


@pytest.mark.parametrize("seed", range(40))
def test_never_wrong(seed, tmp_path):
    """Random layers in random widths, ports in any order: right or refused."""
    net = Net(seed)
    choose = net.random.choice
    n = int(choose([4, 5, 6]))
    x = net.input(1, n)
    first = x, n
    for _ in range(int(choose([1, 2, 3]))):
        kind = str(choose(["lstm", "gru", "rnn", "mean", "conv", "conv2"]))
        m = int(choose([4, 5]))
        if kind == "mean":
            x = net.mean(x, n)
            continue
        taps = {"conv": 3, "conv2": 2}.get(kind)
        x = net.conv(x, n, m, taps, residual=True) if taps else getattr(net, kind)(x, n, m)
        n = m
    last = int(choose([3, first[1]]))
    y = net.dense(x, n, last)
    if last == first[1]:
        y = net.op(str(choose(["Mul", "Add", "Max"])), first[0], net.op("Sigmoid", y))
    net.output(y, 1, last)
    made = net.finish(shuffle=bool(seed % 2))
    path = tmp_path / "net.onnx"
    path.write_bytes(made.model.SerializeToString())
    if se.tool("se-translate", "--import-onnx", path).returncode == 0:
        check(made, tmp_path)
    else:
        refuse(made, tmp_path)


@pytest.mark.parametrize("name", ["swapped_states_by_place", "caches_greedy_pairing"])
def test_reported_cases(name, tmp_path):
    folder = se.make_case(name, tmp_path)
    path = folder / "model.onnx"
    graph = onnx.load(path).graph
    frame, output = graph.input[0].name, graph.output[0].name
    x, y = (np.load(next(folder.glob(f"{kind}_*.npy"))) for kind in ("in", "expected"))
    se.assert_close(se.run(path, {frame: x}, [output]), {output: y}, 1e-5, name)


def test_dtln_without_names(tmp_path):
    """Both stages keep their packed states; a remark names only those of the second."""
    for stage, remarks in (1, 0), (2, 1):
        path = se.SHARED / "core" / f"dtln_{stage}.onnx"
        if not path.exists():
            pytest.skip("DTLN is not there")
        process = se.run_tool("se-translate", "--import-onnx", path, "-o", tmp_path / "x.mlir")
        assert process.stderr.count("remark") == remarks
        assert "warning" not in process.stderr
        header = (tmp_path / "x.mlir").read_text().splitlines()[1]
        assert header.count("reset") == 1, header[:500]
