# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks written in Python (`se_mlir.Cell`), against the same steps in NumPy."""

import gc
import math
import pathlib
import re

import numpy as np
import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")

from se_mlir import Cell, ops  # noqa: E402

RANDOM = np.random.default_rng(18)
FRAMES = 6


def weight(*shape):
    return (RANDOM.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def check(build, step, inputs, states=None, tolerance=1e-5):
    """`build(cell, *inputs, *states)` and `step(*inputs, *states)` give outputs and next
    states. Returns the model."""
    states = states or {}
    cell = Cell("net")
    values = [cell.input(name, shape) for name, shape in inputs.items()]
    kept = [cell.state(name, shape) for name, shape in states.items()]
    outputs, after = build(*values, *kept)
    for i, output in enumerate(outputs):
        cell.output(f"y{i}", output)
    for state, value in zip(kept, after, strict=True):
        cell.next(state, value)
    model = cell.network()
    frames = {name: RANDOM.standard_normal((FRAMES, *shape)).astype(np.float32)
              for name, shape in inputs.items()}
    found = se_mlir.run(model, frames).outputs
    known = [np.zeros(shape) for shape in states.values()]
    for t in range(FRAMES):
        wanted, known = step(*(frames[name][t].astype(np.float64) for name in inputs), *known)
        for i, y in enumerate(wanted):
            scale = max(1.0, np.abs(y).max())
            error = np.abs(found[f"y{i}"][t] - np.reshape(y, -1)).max()
            assert error <= tolerance * scale, f"frame {t}, output {i}: {error}"
    return model


# --- cells ---------------------------------------------------------------------------


def test_leaky(tmp_path):
    """The example of the documentation, to the end: text, host, simulator, file."""
    W, decay = weight(64, 40), RANDOM.uniform(0.5, 0.9, 64)
    cell = Cell("leaky")
    x = cell.input("x", 40)
    h = cell.state("h", 64)
    with cell.layer("rec"):
        new = ops.tanh(W @ x + decay * h)
    cell.next(h, new)
    cell.output("y", new)
    model = cell.network()
    assert (model.name, model.inputs, model.outputs, model.states) == (
        "leaky", (("x", (40,)),), (("y", (64,)),), (("h", (64,)),))

    frames = {"x": RANDOM.standard_normal((5, 40)).astype(np.float32)}
    h, wanted = np.zeros(64), []
    for frame in frames["x"]:
        h = np.tanh(W.astype(np.float64) @ frame + decay * h)
        wanted.append(h)
    host = se_mlir.HostNetwork(model)
    assert np.abs(host.run(frames)["y"] - wanted).max() < 1e-5
    for precision in ("fp32", "fp16"):
        elf = tmp_path / f"{precision}.elf"
        report = se_mlir.compile(model, elf, precision=precision)
        assert report["network"] == "leaky"
        # fp16 rounds the input before.
        assert [stage["name"] for stage in report["stages"]][-1] == "rec"
        se.assert_same_bits(se_mlir.run(elf, frames).outputs,
                            se_mlir.run(model, frames, precision=precision).outputs, precision)
    model.save(tmp_path / "leaky.mlir")
    assert (tmp_path / "leaky.mlir").read_text() == model.text
    se.assert_same_bits(se.run(tmp_path / "leaky.mlir", frames, ["y"]),
                        se_mlir.run(model, frames).outputs, "file")
    # Ten-odd lines of text, and the weights at their end.
    assert len(model.text.partition("{-#")[0].splitlines()) == 11


def test_page(tmp_path, monkeypatch):
    """The example of docs/python.md."""
    section = (se.SOURCE / "docs/python.md").read_text().partition("## A cell in Python")[2]
    code = re.search(r"```python\n(.*?)```", section, re.S)[1]
    monkeypatch.chdir(tmp_path)
    exec(code, {"frames": RANDOM.standard_normal((3, 40))})
    assert (tmp_path / "leaky.elf").exists() and (tmp_path / "leaky.mlir").exists()


def test_states_start_from_reset():
    cell = Cell()
    x, s = cell.input("x", 3), cell.state("s", 3, reset=[1, 2, 3])
    cell.next(s, s + x)
    cell.output("y", s)
    y = se_mlir.run(cell.network(), {"x": np.ones((3, 3))}).outputs["y"]
    assert y.tolist() == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]


def test_gru_by_hand():
    W, R, b = weight(21, 5), weight(21, 7), weight(21)

    def build(x, h):
        z, r = ops.split(ops.sigmoid(W[:14] @ x + R[:14] @ h + b[:14]), 2)
        n = ops.tanh(W[14:] @ x + r * (R[14:] @ h) + b[14:])
        h = (1 - z) * n + z * h
        return [h], [h]

    def step(x, h):
        a, c = W @ x + b, R @ h
        z, r = sigmoid(a[:7] + c[:7]), sigmoid(a[7:14] + c[7:14])
        h = (1 - z) * np.tanh(a[14:] + r * c[14:]) + z * h
        return [h], [h]

    check(build, step, {"x": (5,)}, {"h": (7,)})


def test_matrix_state():
    """Linear attention with a matrix as state, and its normalizer."""
    W = weight(18, 5)

    def build(x, S, n):
        q, k, v = ops.split(W @ x, 3)
        k = ops.exp(k)
        S, n = 0.9 * S + ops.outer(v, k), 0.9 * n + k
        return [S @ q / ops.maximum(abs(ops.sum(n * q)), 1.0)], [S, n]

    def step(x, S, n):
        q, k, v = np.split(W @ x, 3)
        k = np.exp(k)
        S, n = 0.9 * S + np.outer(v, k), 0.9 * n + k
        return [S @ q / max(abs(n @ q), 1)], [S, n]

    check(build, step, {"x": (5,)}, {"S": (6, 6), "n": (6,)})


def test_delay_line():
    K = weight(4, 6)

    def build(x, past):
        window = ops.concat([past[1:], x.reshape(1, 6)])
        shares = ops.softmax(ops.sum(window * x, -1))
        return [shares @ window, (K @ window.T)[0, ::2]], [window]

    def step(x, past):
        window = np.concatenate([past[1:], x[None]])
        a = np.exp((window * x).sum(-1))
        return [a / a.sum() @ window, (K @ window.T)[0, ::2]], [window]

    check(build, step, {"x": (6,)}, {"past": (5, 6)})


def test_named_cells():
    """ONNX's cells and those of the library."""
    n, k, p = 7, 5, 3
    W4, R4, b4 = weight(4 * n, k), weight(4 * n, n), weight(8 * n)
    W3, R3, b3 = weight(3 * n, n), weight(3 * n, n), weight(6 * n)
    sizes = {"x": n, "h": n, "p": p}
    V = se_mlir.cells.random_weights("projected_lstm", sizes, 1)

    def build(x, h, c, g, q, m):
        h, c = ops.lstm(x, h, c, W4, R4, b4)
        g = ops.gru(h, g, W3, R3, b3)
        (y,), (q, m) = ops.apply("projected_lstm", [g], [q, m], [V[name] for name in "WRbV"],
                                 options={"clip": 3.0, "g": "softsign"})
        return [y], [h, c, g, q, m]

    def limit(a):
        return np.clip(a, -3, 3)

    def step(x, h, c, g, q, m):
        a = W4 @ x + R4 @ h + b4[:4 * n] + b4[4 * n:]
        i, o, f, z = np.split(a, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(z)
        h = sigmoid(o) * np.tanh(c)
        a, d = W3 @ h + b3[:3 * n], R3 @ g + b3[3 * n:]
        z, r = sigmoid(a[:n] + d[:n]), sigmoid(a[n:2 * n] + d[n:2 * n])
        g = (1 - z) * np.tanh(a[2 * n:] + r * d[2 * n:]) + z * g
        i, o, f, z = np.split(V["W"] @ g + V["R"] @ q + V["b"], 4)
        z = limit(z) / (1 + np.abs(limit(z)))
        m = sigmoid(limit(f)) * m + sigmoid(limit(i)) * z
        q = V["V"] @ (sigmoid(limit(o)) * np.tanh(m))
        return [q], [h, c, g, q, m]

    states = {"h": (n,), "c": (n,), "g": (n,), "q": (p,), "m": (n,)}
    check(build, step, {"x": (k,)}, states)


def test_library_cell_without_weights():
    sizes = {"x": 4, "h": 6}
    weights = se_mlir.cells.random_weights("lstm", sizes, 3)
    cell = Cell()
    x, h, c = cell.input("x", 4), cell.state("h", 6), cell.state("c", 6)
    (y,), after = ops.apply("lstm", [x], [h, c], [weights["W"], weights["R"], None, None])
    for state, value in zip((h, c), after):
        cell.next(state, value)
    cell.output("y", y)
    frames = {"x": RANDOM.standard_normal((4, 4))}
    found = se_mlir.run(cell.network(), frames).outputs["y"]
    state = {"h": np.zeros(6), "c": np.zeros(6)}
    for t in range(4):
        i, o, f, z = np.split(weights["W"] @ frames["x"][t] + weights["R"] @ state["h"], 4)
        state["c"] = sigmoid(f) * state["c"] + sigmoid(i) * np.tanh(z)
        state["h"] = sigmoid(o) * np.tanh(state["c"])
        assert np.abs(found[t] - state["h"]).max() < 1e-5


# --- functions -----------------------------------------------------------------------

A, B, M = weight(4, 3), weight(3), weight(5, 3)


erf = np.vectorize(math.erf)


def take_softmax(a, axis):
    e = np.exp(a - a.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


#: The same text for values and arrays, with `f` for ops or NumPy.
SAME = {
    "arithmetic": lambda f, x, m: x + 1 - 2 * x / (x * x + 1) + (-x) - (3 - x) + 1 / (2 + abs(x)),
    "with arrays": lambda f, x, m: A.T @ (A @ x) * B - B / (1 + x ** 2) + np.float32(2) * x,
    "row": lambda f, x, m: x @ A.T,
    "matrices": lambda f, x, m: m @ A.T @ M[:4] + (A @ m.T) @ m,
    "constant times matrix": lambda f, x, m: M @ m.T,
    "vector times matrix": lambda f, x, m: B @ m.T + m @ B,
    "constant vector": lambda f, x, m: B @ x * B,
    "batch": lambda f, x, m: (m.reshape(2, 2, 3) @ np.stack([A[:3], A[1:]]))[1],
    "batch of vectors": lambda f, x, m: m.reshape(2, 2, 3) @ x,
    "outer": lambda f, x, m: f.outer(x, x),
    "powers": lambda f, x, m: x ** 2 + x ** 3 + abs(x) ** 0.5 + (1 + x * x) ** -0.5
    + (2 + x * x) ** -1 + abs(x) ** 1.7 + 2.0 ** x + x ** 8,
    "functions": lambda f, x, m: f.exp(x) + f.sqrt(abs(x)) + f.floor(x) + f.tanh(x)
    + f.log(1 + x * x),
    "maximum": lambda f, x, m: f.maximum(x, 0.3) + f.minimum(x, B) + f.clip(x, -0.5, 0.7),
    "remainder": lambda f, x, m: f.remainder(x, 0.7) + f.fmod(x, 0.7) + f.copysign(2.0, x),
    "where": lambda f, x, m: f.where((x > 0) & (x < 1) | (x <= -1), x, 2 * x + B),
    "truth": lambda f, x, m: 1.0 * (~(x >= 0) ^ (B > 0)) + 1.0 * (x == x) + (x != 0) * 3.0,
    "slices": lambda f, x, m: m[1:3, ::2] + m[-2:, :2] * m[0, 1] + m[..., None, 0][2, 0],
    "steps": lambda f, x, m: m.reshape(12)[1::3] + m.reshape(12)[::-3]
    + m.reshape(12)[[3, 0, 1, 2]],
    "new axis": lambda f, x, m: x[:, None] * x[None] + m[:3, ..., -1],
    "transpose": lambda f, x, m: m.T @ m + f.transpose(m.reshape(2, 2, 3), (2, 0, 1))[:, 1, 0],
    "sums": lambda f, x, m: f.sum(m, 0) + f.mean(m, 0) + f.max(m, 0) * f.min(m, 0) + f.sum(m),
    "kept": lambda f, x, m: m - f.mean(m, 1, keepdims=True) + f.max(m, (0, 1)),
    "stack": lambda f, x, m: f.stack([x, 2 * x, B], 1) + f.stack([x, x, x]),
    "split": lambda f, x, m: f.split(m, 2)[1] - f.split(m, 4)[0],
}  # fmt: skip


class Numpy:
    """NumPy by the names of ops."""

    def __getattr__(self, name):
        return getattr(np, name)


@pytest.mark.parametrize("name", SAME)
def test_like_numpy(name):
    function = SAME[name]
    check(lambda x, m: ([function(ops, x, m)], []),
          lambda x, m: ([function(Numpy(), x, m)], []), {"x": (3,), "m": (4, 3)})


def test_other_functions():
    def build(x, m):
        return [
            ops.sigmoid(x), ops.relu(x), ops.softplus(x), ops.rsqrt(x * x + 1),
            ops.activation("leaky_relu", x, 0.2), ops.activation("hard_sigmoid", x),
            ops.math("erf", x), ops.math("sin", x), ops.math("expm1", x), ops.atan2(x, m[0]),
            ops.softmax(m, 0), ops.log_softmax(m), ops.logsumexp(m, 1), ops.layer_norm(m, B, x),
            ops.linear(A, m, m[:, 0] * 0 + 1), ops.pad(x, [1], [2], 0.5), ops.take(x, [2, 0]),
            ops.concat([m, M[:, :3]], 0), ops.squeeze(x[None, :, None]), ops.swap(m, 0, 1),
            ops.broadcast_to(x, (2, 3)), ops.isnan(x / 0 * 0), ops.to_float(x > 0),
            ops.split(m, [1, 3])[1], ops.narrow(m, 1, 1, 2), ops.expand_dims(x, 1), B * 2 + x * 0,
        ], []

    def step(x, m):
        norm = (m - m.mean(1, keepdims=True)) / np.sqrt(m.var(1, keepdims=True) + 1e-5)
        return [
            sigmoid(x), np.maximum(x, 0), np.log1p(np.exp(x)), 1 / np.sqrt(x * x + 1),
            np.where(x > 0, x, 0.2 * x), np.clip(0.2 * x + 0.5, 0, 1),
            erf(x), np.sin(x), np.expm1(x), np.arctan2(x, m[0]),
            take_softmax(m, 0), np.log(take_softmax(m, 1)), np.log(np.exp(m).sum(1)), norm * B + x,
            m @ A.T + 1, np.pad(x, (1, 2), constant_values=0.5), x[[2, 0]],
            np.concatenate([m, M]), x, m.T,
            np.stack([x, x]), np.ones(3), x > 0,
            m[1:], m[:, 1:], x, B * 2,
        ], []

    check(build, step, {"x": (3,), "m": (4, 3)})


def test_numbers_without_dimensions():
    """A value of shape [], as sums give it."""

    def build(x, m, s):
        total = ops.sum(x)
        s = s + total
        return [s, ops.stack([total, s, 1.0]), x / total, total > 0], [s]

    def step(x, m, s):
        s = s + x.sum()
        return [s, np.array([x.sum(), s, 1]), x / x.sum(), x.sum() > 0], [s]

    check(build, step, {"x": (3,), "m": (2, 2)}, {"s": ()})


def test_exact_constants():
    """Numbers survive the text, also odd ones."""
    numbers = np.array([0.1, -0.0, 1e-45, 3.4028235e38, np.inf, -np.inf, 1 / 3, 1e-8, 123456789],
                       np.float32)
    long = np.tile(numbers, 3)
    for array in (numbers, long, np.float32(0.1), np.full(40, -0.0, np.float32), numbers[2:3]):
        cell = Cell()
        x = cell.input("x", 1)
        cell.output("y", cell.constant(array))
        cell.output("z", x)
        y = se_mlir.run(cell.network(), {"x": np.zeros((1, 1))}).outputs["y"]
        assert y.tobytes() == np.asarray(array).tobytes()


def test_text_holds_what_is_used():
    cell = Cell()
    x = cell.input("x", 5)
    ops.exp(weight(30, 5) @ x)
    cell.output("y", weight(20, 5) @ x)
    text = cell.network().text
    assert "exp" not in text and "30x5" not in text and text.count("0x04000000") == 1


def test_names():
    """Any text is a name of an input or a state."""
    cell = Cell()
    a, b = cell.input("a b/1", 2), cell.input("a b.1", 2)
    s = cell.state('0 "h" ä', 2)
    cell.next(s, a)
    cell.output("y\\", a + b + s)
    with cell.layer('say "x"'):
        cell.output("z", a * 2)
    model = cell.network()
    found = se_mlir.run(model, {"a b/1": [[1, 2]], "a b.1": [[3, 4]]}).outputs
    assert found["y\\"].tolist() == [[4, 6]] and found["z"].tolist() == [[2, 4]]


def test_file_lasts_as_long_as_the_model():
    cell = Cell()
    cell.output("y", cell.input("x", 2) * 2)
    model = cell.network()
    path = pathlib.Path(model)
    assert path.name == "cell.mlir" and path.read_text() == model.text
    del model
    gc.collect()
    assert not path.exists()


# --- errors --------------------------------------------------------------------------


def fails(message, build):
    cell = Cell()
    x, s = cell.input("x", 4), cell.state("s", 3)
    with pytest.raises(se_mlir.Error) as error:
        build(cell, x, s)
    assert str(error.value) == message


ERRORS = {
    "+: shapes [4], [3] do not agree": lambda c, x, s: x + s,
    "+: shapes [4], [2, 3] do not agree": lambda c, x, s: x + np.ones((2, 3)),
    "a product of a matrix [2, 3] and vectors [4]": lambda c, x, s: ops.linear(np.ones((2, 3)), x),
    "a product of [2, 3] and [4]": lambda c, x, s: np.ones((2, 3)) @ x,
    "a bias [3] of 2 outputs": lambda c, x, s: ops.linear(np.ones((2, 4)), x, s),
    "reshape: [4] has no shape [3, -1]": lambda c, x, s: x.reshape(3, -1),
    "index 4 of a dimension of 4": lambda c, x, s: x[4],
    "an empty part of a dimension of 4": lambda c, x, s: x[4:],
    "2 indices of a value of shape [4]": lambda c, x, s: x[0, 0],
    "an index is a number, a slice, None, ... or a list of numbers, found str":
        lambda c, x, s: x["a"],
    "split: a dimension of 4 has no 3 equal parts": lambda c, x, s: ops.split(x, 3),
    "split: a dimension of 4 has no parts of [1, 2]": lambda c, x, s: ops.split(x, [1, 2]),
    "axis 1 of a value with 1 dimensions": lambda c, x, s: ops.sum(x, 1),
    "concat along 0: shapes [4], [1, 4] do not agree":
        lambda c, x, s: ops.concat([x, np.ones((1, 4))]),
    "transpose: [0, 0] is no order of 1 dimensions": lambda c, x, s: ops.transpose(x, [0, 0]),
    "broadcast_to: [4] cannot be repeated to [3, 3]": lambda c, x, s: ops.broadcast_to(x, (3, 3)),
    "take: indices [5] of a dimension of 4": lambda c, x, s: ops.take(x, [5]),
    "activation: sigmoid has no parameter alpha":
        lambda c, x, s: ops.activation("sigmoid", x, 1.0),
    "expected a value of a cell, found only numbers and arrays":
        lambda c, x, s: ops.add(1, np.ones(3)),
    "expected numbers, found str of <U1": lambda c, x, s: x + "a",
    "a value is known in each frame only; choose between values by ops.where":
        lambda c, x, s: 1 if ops.sum(x) > 0 else 2,
    "lstm: W must have the shape [12, 4] with 4 inputs and 3 units, found [12, 5]":
        lambda c, x, s: ops.lstm(x, s, s, np.ones((12, 5)), np.ones((12, 3))),
    "<%x [4]> belongs to another cell, 'cell', not to 'other'":
        lambda c, x, s: Cell("other").output("y", x),
    "'a b' is no name of a network: letters, digits and _": lambda c, x, s: Cell("a b"),
    "cell 'cell' has an input or a state 'x' already": lambda c, x, s: c.state("x", 3),
    "expected a shape of positive sizes, found 0": lambda c, x, s: c.input("z", 0),
    "state 'z': reset has the shape [2], the state [3]":
        lambda c, x, s: c.state("z", 3, np.ones(2)),
    "next value of state 's': expected the shape [3], found [4]": lambda c, x, s: c.next(s, x),
    "next: <%x [4]> is no state of cell 'cell'": lambda c, x, s: c.next(x, x),
    "cell 'cell' has no output": lambda c, x, s: c.network(),
    "cell 'cell': no next value of s; a state that stays as it is: cell.next(s, s)":
        lambda c, x, s: (c.output("y", x), c.network()),
    "output 'y' is there already": lambda c, x, s: (c.output("y", x), c.output("y", x)),
}  # fmt: skip


@pytest.mark.parametrize("message", ERRORS)
def test_errors(message):
    fails(message, ERRORS[message])


def test_list_of_math():
    cell = Cell()
    x = cell.input("x", 2)
    with pytest.raises(se_mlir.Error, match="math: no function 'foo', only acos, acosh"):
        ops.math("foo", x)
    with pytest.raises(se_mlir.Error, match="activation: no function 'foo', only affine, "):
        ops.activation("foo", x)
