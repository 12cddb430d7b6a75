# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Vectors of a batch that share a matrix: recurrent layers whose matrices are tensor
trains of two cores. Numpy against host against simulator."""

import dataclasses
import json

import numpy as np
import pytest

import se

FRAMES = 3


@dataclasses.dataclass
class Train:
    """A gated layer, h' = (1 - z) tanh(p) + z h with [z, p] = W x + U h, whose W is a
    tensor train [2 * s * t, a * b] of rank r, and U one of [2 * s * t, s * t]."""

    a: int  # W x: x is [a, b]
    b: int
    s: int
    t: int
    r: int

    def matrices(self):
        random = np.random.default_rng(self.a + 7 * self.b + 31 * self.s)
        result = {}
        for name, rows, columns in (("W", self.a, self.b), ("U", self.s, self.t)):
            first = random.standard_normal((self.r * self.s, columns))
            second = random.standard_normal((2 * self.t, rows * self.r))
            result[name] = (first / np.sqrt(columns), second / np.sqrt(rows * self.r))
        return {n: [m.astype(np.float32) for m in pair] for n, pair in result.items()}

    def multiply(self, pair, x):
        """[F, rows * columns] times the train."""
        first, second = (m.astype(np.float64) for m in pair)
        y = x.reshape(-1, first.shape[1]) @ first.T  # [rows, r * s]
        y = y.T.reshape(self.r, self.s, -1).transpose(1, 2, 0).reshape(self.s, -1)
        return (y @ second.T).T.reshape(-1)  # [2 * t * s]

    def evaluate(self, frames):
        n, h, outputs = self.s * self.t, np.zeros(self.s * self.t), []
        matrices = self.matrices()
        for x in frames.astype(np.float64):
            both = self.multiply(matrices["W"], x) + self.multiply(matrices["U"], h)
            z, p = 1 / (1 + np.exp(-both[:n])), np.tanh(both[n:])
            h = (1 - z) * p + z * h
            outputs.append(h)
        return np.array(outputs, np.float32)

    def write(self, path):
        n, r, s, t = self.s * self.t, self.r, self.s, self.t

        def constant(name, values):
            text = values.astype("<f4").tobytes().hex().upper()
            return f'%{name} = arith.constant dense<"0x{text}"> : {tensor(*values.shape)}'

        def tensor(*shape):
            return f"tensor<{'x'.join(map(str, shape))}xf32>"

        lines = []

        def emit(name, text):
            lines.append(f"%{name} = {text}")

        def train(name, x, rows, columns):
            first, second = self.matrices()[name]
            lines.append(constant(f"{name}1", first))
            lines.append(constant(f"{name}2", second))
            v = name.lower()
            shapes = [tensor(rows, columns), tensor(rows, r * s), tensor(r * s, rows),
                      tensor(r, s, rows), tensor(s, rows, r), tensor(s, rows * r),
                      tensor(s, 2 * t), tensor(2 * t, s), tensor(2 * n)]
            emit(f"{v}0", f"rnn.reshape %{x} : {tensor(rows * columns)} -> {shapes[0]}")
            steps = [f"rnn.matvec %{name}1, %{v}0 : {tensor(*first.shape)}, {shapes[0]}",
                     f"rnn.transpose %{v}1 [1, 0] : {shapes[1]}",
                     f"rnn.reshape %{v}2 : {shapes[2]}",
                     f"rnn.transpose %{v}3 [1, 2, 0] : {shapes[3]}",
                     f"rnn.reshape %{v}4 : {shapes[4]}",
                     f"rnn.matvec %{name}2, %{v}5 : {tensor(*second.shape)}, {shapes[5]}",
                     f"rnn.transpose %{v}6 [1, 0] : {shapes[6]}",
                     f"rnn.reshape %{v}7 : {shapes[7]}"]
            for k, step in enumerate(steps):
                emit(f"{v}{k + 1}", f"{step} -> {shapes[k + 1]}")

        train("W", "x", self.a, self.b)
        train("U", "h", self.s, self.t)
        whole, half = tensor(2 * n), tensor(n)
        emit("sum", f"arith.addf %w8, %u8 : {whole}")
        for name, offset, kind in (("z", 0, "sigmoid"), ("p", n, "tanh")):
            emit(f"{name}0", f"tensor.extract_slice %sum[{offset}] [{n}] [1] : {whole} to {half}")
            emit(name, f"rnn.activation <{kind}> %{name}0 : {half} -> {half}")
        lines.append(f"%one = arith.constant dense<1.0> : {half}")
        emit("keep", f"arith.subf %one, %z : {half}")
        emit("new", f"arith.mulf %keep, %p : {half}")
        emit("old", f"arith.mulf %z, %h : {half}")
        emit("next", f"arith.addf %new, %old : {half}")
        body = "\n  ".join(lines)
        path.write_text(
            f'rnn.network @train inputs(%x = "x" : {tensor(self.a * self.b)})\n'
            f'    states(%h = "h" : {half} reset dense<0.0> : {half})\n'
            f'    outputs("y" : {half}) {{\n  {body}\n'
            f"  rnn.yield %next : {half} next %next : {half}\n}}\n"
        )
        return path

    def frames(self):
        random = np.random.default_rng(1)
        return random.standard_normal((FRAMES, self.a * self.b)).astype(np.float32)


TRAINS = [Train(4, 8, 8, 4, 2), Train(3, 5, 7, 3, 1), Train(16, 16, 16, 16, 2),
          Train(1, 20, 6, 5, 3), Train(9, 1, 5, 11, 4), Train(13, 17, 11, 6, 5)]


def write_policy(folder, precision):
    if precision != "int8":
        return precision
    layer = {"precision": "int8", "input_scale": 0.03, "state_scale": 0.01}
    (folder / "policy.json").write_text(json.dumps({"layers": {"*": layer}}))
    return folder / "policy.json"


@pytest.mark.parametrize("precision, tolerance", [("fp32", 1e-5), ("fp16", 5e-3),
                                                  ("int8", 0.1)])
@pytest.mark.parametrize("train", TRAINS, ids=lambda t: "x".join(
    map(str, dataclasses.astuple(t))))
def test_trains(train, precision, tolerance, tmp_path):
    network = train.write(tmp_path / "net.mlir")
    x = {"x": train.frames()}
    policy = f"--precision={write_policy(tmp_path, precision)}"
    host = se.run(network, x, ["y"], policy)
    se.assert_close(host, {"y": train.evaluate(x["x"])}, tolerance, "numpy")
    for options in [(), ("--cores=1",), ("--cores=3", "--schedule=resident=off"),
                    ("--schedule=resident=off,tile-rows=3,ring=2",)]:
        elf = tmp_path / "net.elf"
        process = se.tool("se-compile", network, "-o", elf, policy, "--remarks", *options)
        assert process.returncode == 0, process.stderr
        # Cores of three rows or less are dealt by elements.
        others = [line for line in process.stderr.splitlines()
                  if "element by element" in line and "rows are too few" not in line]
        assert not others
        se.assert_same_bits(se.run(elf, x, ["y"], "--check"), host, str(options))


@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
def test_parts(precision, tmp_path):
    """Rows in parts: sums of all vectors go on from part to part."""
    train = Train(13, 17, 11, 6, 5)
    network = train.write(tmp_path / "net.mlir")
    x = {"x": train.frames()}
    policy = f"--precision={write_policy(tmp_path, precision)}"
    process = se.tool("se-compile", network, "-o", tmp_path / "net.elf", policy,
                      "--schedule=resident=off,slot-bytes=512",
                      f"--report={tmp_path}/report.json")
    assert process.returncode == 0, process.stderr
    stages = json.loads((tmp_path / "report.json").read_text())["stages"]
    assert any(s["parts_per_row"] > 1 and s["vectors"] > 1 for s in stages)
    se.assert_same_bits(se.run(tmp_path / "net.elf", x, ["y"], "--check"),
                        se.run(network, x, ["y"], policy), "parts")


@pytest.mark.parametrize("precision, most", [("fp32", 39_500), ("fp16", 18_500),
                                             ("int8", 14_700)])
def test_cycles(precision, most, tmp_path):
    """As fast as other products (98,304 MACs), and as predicted."""
    train = Train(16, 16, 16, 16, 4)
    network = train.write(tmp_path / "net.mlir")
    policy = f"--precision={write_policy(tmp_path, precision)}"
    elf = se.compile(network, tmp_path / "net.elf", policy,
                     f"--report={tmp_path}/report.json")
    se.run(elf, {"x": np.tile(train.frames(), (4, 1))}, ["y"],
           f"--stats={tmp_path}/stats.json")
    cycles = json.loads((tmp_path / "stats.json").read_text())["cycles_per_frame"]["mean"]
    report = json.loads((tmp_path / "report.json").read_text())
    predicted = report["predicted"]["cycles_per_frame"]
    assert cycles <= most
    assert abs(predicted / cycles - 1) <= 0.15, f"predicted {predicted}, took {cycles}"


def test_two_kinds_of_products(tmp_path):
    """A sum of a product of a batch and of one of a vector: the elements are no pairs of
    rows and vectors, which a remark tells."""
    network = tmp_path / "net.mlir"
    network.write_text("""rnn.network @both
    inputs(%x = "x" : tensor<3x4xf32>, %v = "v" : tensor<5xf32>) outputs("y" : tensor<6xf32>) {
  %W = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32>
  %V = arith.constant dense<[[1.0, 2.0, 3.0, 4.0, 0.5], [5.0, 6.0, 7.0, 8.0, -1.0],
    [0.0, 2.0, 1.0, 4.0, 0.5], [5.0, 6.0, -7.0, 8.0, 1.0], [1.0, 2.5, 3.0, 4.0, 0.5],
    [1.0, -2.0, 3.0, 4.0, 0.5]]> : tensor<6x5xf32>
  %0 = rnn.matvec %W, %x : tensor<2x4xf32>, tensor<3x4xf32> -> tensor<3x2xf32>
  %1 = rnn.reshape %0 : tensor<3x2xf32> -> tensor<6xf32>
  %2 = rnn.matvec %V, %v : tensor<6x5xf32>, tensor<5xf32> -> tensor<6xf32>
  %3 = arith.addf %1, %2 : tensor<6xf32>
  rnn.yield %3 : tensor<6xf32>
}
""")
    random = np.random.default_rng(2)
    inputs = {"x": random.standard_normal((FRAMES, 3, 4)).astype(np.float32),
              "v": random.standard_normal((FRAMES, 5)).astype(np.float32)}
    elf = tmp_path / "net.elf"
    process = se.tool("se-compile", network, "-o", elf, "--remarks")
    assert ("this product is computed element by element: the elements of its stage are "
            "not all pairs of a row and a vector of a batch") in process.stderr
    w = np.array([[1, 2, 3, 4], [5, 6, 7, 8]], np.float32)
    v = np.array([[1, 2, 3, 4, .5], [5, 6, 7, 8, -1], [0, 2, 1, 4, .5], [5, 6, -7, 8, 1],
                  [1, 2.5, 3, 4, .5], [1, -2, 3, 4, .5]], np.float32)
    expected = (inputs["x"] @ w.T).reshape(FRAMES, 6) + inputs["v"] @ v.T
    found = se.run(elf, inputs, ["y"], "--check")
    se.assert_close(found, {"y": expected.astype(np.float32)}, 1e-5, "numpy")
    se.assert_same_bits(found, se.run(network, inputs, ["y"]), "host")
