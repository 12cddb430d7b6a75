# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""States that hold the last frames. They lie in rings, so what is wrong shows only
after as many frames as a ring has places: against numpy, which copies; the host against
the simulator, one core against eight; and every schedule is proved."""

import dataclasses
import json

import numpy as np
import pytest

import se

TOLERANCE = {"fp32": 1e-5, "fp16": 4e-3, "int8": 0.08}


@dataclasses.dataclass
class Line:
    slots: int
    width: int
    front: bool = False

    @property
    def type(self):
        return f"tensor<{self.slots}x{self.width}xf32>"

    def push(self, frames, x):
        old = frames[:-1] if self.front else frames[1:]
        return np.concatenate([[x], old] if self.front else [old, [x]])


LINES = {
    "behind": [Line(4, 8)],
    "front": [Line(4, 8, front=True)],
    "odd width": [Line(5, 7)],
    "odd width, front": [Line(3, 13, front=True)],
    "one element": [Line(9, 1)],
    "two slots": [Line(2, 16)],
    "several": [Line(4, 6), Line(7, 9, front=True), Line(4, 6), Line(4, 10, front=True)],
}


def dense(array):
    return np.array2string(array.astype(np.float32), separator=", ", threshold=10**9,
                           floatmode="unique", max_line_width=100)


class Network:
    """Of each line: a weighted sum over its frames, as a causal convolution by channels
    has it, its product with the newest frame, as attention has it, the oldest frame of
    the frame before, and a layer that reads all of it."""

    def __init__(self, lines, seed):
        random = np.random.default_rng(seed)
        self.lines = lines
        self.inputs = sum(line.width for line in lines)
        self.taps = [random.uniform(-1, 1, (n.slots, n.width)).astype(np.float32) for n in lines]
        self.dense = [random.uniform(-1, 1, (3, n.slots * n.width)).astype(np.float32)
                      for n in lines]

    def write(self, path):
        body, states, next_values, outputs, values = [], [], [], [], []
        start = 0
        for k, line in enumerate(self.lines):
            n, w = line.slots, line.width
            whole, row, flat, all_ = (f"tensor<{s}xf32>" for s in (f"{n}x{w}", f"1x{w}", w, n * w))
            old = 0 if line.front else 1
            parts = [f"%x{k}", f"%o{k}"] if line.front else [f"%o{k}", f"%x{k}"]
            kept = f"tensor<{n - 1}x{w}xf32>"
            types = [row, kept] if line.front else [kept, row]
            body += [
                f"%i{k} = tensor.extract_slice %x[{start}] [{w}] [1] : "
                f"tensor<{self.inputs}xf32> to {flat}",
                f"%x{k} = rnn.reshape %i{k} : {flat} -> {row}",
                f"%o{k} = tensor.extract_slice %s{k}[{old}, 0] [{n - 1}, {w}] [1, 1] : "
                f"{whole} to {kept}",
                f"%l{k} = tensor.concat dim(0) {', '.join(parts)} : ({', '.join(types)}) -> {whole}",
                f"%t{k} = arith.constant dense<{dense(self.taps[k])}> : {whole}",
                f"%m{k} = arith.mulf %l{k}, %t{k} : {whole}",
                f"%a{k} = rnn.reduce <sum> %m{k} axes [0] : {whole} -> {row}",
                f"%b{k} = rnn.matvec %l{k}, %i{k} : {whole}, {flat} -> tensor<{n}xf32>",
                f"%c{k} = tensor.extract_slice %s{k}[{n - 1 if line.front else 0}, 0] [1, {w}] "
                f"[1, 1] : {whole} to {row}",
                f"%w{k} = arith.constant dense<{dense(self.dense[k])}> : tensor<3x{n * w}xf32>",
                f"%f{k} = rnn.reshape %l{k} : {whole} -> {all_}",
                f"%d{k} = rnn.matvec %w{k}, %f{k} : tensor<3x{n * w}xf32>, {all_} -> tensor<3xf32>",
            ]
            for letter, kind in zip("abcd", (row, f"tensor<{n}xf32>", row, "tensor<3xf32>")):
                outputs.append(f'"{letter}{k}" : {kind}')
                values.append((f"%{letter}{k}", kind))
            states.append(f'%s{k} = "s{k}" : {whole} reset dense<0.0> : {whole}')
            next_values.append((f"%l{k}", whole))
            start += w
        names, kinds = zip(*values)
        next_names, next_kinds = zip(*next_values)
        lines = "\n  ".join(body)
        path.write_text(
            f'rnn.network @lines inputs(%x = "x" : tensor<{self.inputs}xf32>)\n'
            f'    states({", ".join(states)})\n    outputs({", ".join(outputs)}) {{\n  {lines}\n'
            f'  rnn.yield {", ".join(names)} : {", ".join(kinds)}\n'
            f'    next {", ".join(next_names)} : {", ".join(next_kinds)}\n}}\n')
        return path

    def run(self, x):
        states = [np.zeros((n.slots, n.width)) for n in self.lines]
        found = {}
        for frame in x.astype(np.float64):
            start = 0
            for k, line in enumerate(self.lines):
                new = frame[start:start + line.width]
                start += line.width
                oldest = states[k][-1 if line.front else 0]
                states[k] = line.push(states[k], new)
                for name, y in (("a", (states[k] * self.taps[k]).sum(0)), ("b", states[k] @ new),
                                ("c", oldest), ("d", self.dense[k] @ states[k].ravel())):
                    found.setdefault(f"{name}{k}", []).append(y)
        return {name: np.array(frames, np.float32) for name, frames in found.items()}


@pytest.mark.parametrize("precision", TOLERANCE)
@pytest.mark.parametrize("name", LINES)
def test_delay_lines(name, precision, tmp_path):
    network = Network(LINES[name], len(name))
    path = network.write(tmp_path / "net.mlir")
    x = np.random.default_rng(1).uniform(-1, 1, (25, network.inputs)).astype(np.float32)
    expected = network.run(x)
    outputs = list(expected)
    np.save(tmp_path / "calibration.npy", np.random.default_rng(2).uniform(
        -1, 1, (200, network.inputs)).astype(np.float32))
    options = [f"--precision={precision}"]
    if precision == "int8":
        options.append(f"--calibration=x={tmp_path}/calibration.npy")
    planned = se.compile(path, tmp_path / "planned.mlir", "--emit=mlir-planned", *options)
    # A layer reads vectors by words, and slots of an odd number of bytes begin anywhere.
    if precision in ("fp32", "fp16") or all(line.width % 4 == 0 for line in network.lines):
        assert "plan.push" in planned.read_text()
    host = se.run(path, {"x": x}, outputs, *options)
    se.assert_close(host, expected, TOLERANCE[precision], "host and numpy")
    for cores in (8, 1):
        scheduled = se.compile(path, tmp_path / "scheduled.mlir", "--emit=mlir-scheduled",
                               f"--cores={cores}", *options)
        se.run_tool("se-opt", scheduled, "--se-verify-schedule", "-o", tmp_path / "proved.mlir")
        elf = se.compile(path, tmp_path / "net.elf", f"--cores={cores}", *options)
        se.assert_same_bits(se.run(elf, {"x": x}, outputs), host, f"{cores} cores and the host")


def test_nothing_is_copied(tmp_path):
    """Twice as many frames in a line that only its first frame and its last are read
    from take no more time."""
    cycles = []
    for slots in (8, 16):
        path = tmp_path / "net.mlir"
        path.write_text(f"""
rnn.network @line inputs(%x = "x" : tensor<1x64xf32>)
    states(%s = "s" : tensor<{slots}x64xf32> reset dense<0.0> : tensor<{slots}x64xf32>)
    outputs("y" : tensor<1x64xf32>) {{
  %0 = tensor.extract_slice %s[1, 0] [{slots - 1}, 64] [1, 1]
      : tensor<{slots}x64xf32> to tensor<{slots - 1}x64xf32>
  %1 = tensor.concat dim(0) %0, %x
      : (tensor<{slots - 1}x64xf32>, tensor<1x64xf32>) -> tensor<{slots}x64xf32>
  %2 = tensor.extract_slice %s[0, 0] [1, 64] [1, 1]
      : tensor<{slots}x64xf32> to tensor<1x64xf32>
  %3 = arith.addf %2, %x : tensor<1x64xf32>
  rnn.yield %3 : tensor<1x64xf32> next %1 : tensor<{slots}x64xf32>
}}
""")
        elf = se.compile(path, tmp_path / "net.elf")
        np.save(tmp_path / "x.npy", np.ones((20, 64), np.float32))
        se.run_tool("se-run", elf, f"--in=x={tmp_path}/x.npy", f"--stats={tmp_path}/stats.json")
        cycles.append(json.loads((tmp_path / "stats.json").read_text())
                      ["cycles_per_frame"]["min"])
    # Constants of one instruction or two tell them apart.
    assert abs(cycles[0] - cycles[1]) <= 20


def test_room(tmp_path):
    """Lines of two slots take half as much again as copies: what fits as copies still
    fits."""
    wide, row = "tensor<2x1024xf32>", "tensor<1x1024xf32>"
    body, states = [], []
    for k in range(4):
        x = f"%t{k - 1}" if k else "%x"
        body += [f"%o{k} = tensor.extract_slice %s{k}[1, 0] [1, 1024] [1, 1] : {wide} to {row}",
                 f"%l{k} = tensor.concat dim(0) %o{k}, {x} : ({row}, {row}) -> {wide}",
                 f"%r{k} = rnn.reduce <sum> %l{k} axes [0] : {wide} -> {row}",
                 f"%t{k} = rnn.activation <tanh> %r{k} : {row} -> {row}"]
        states.append(f'%s{k} = "s{k}" : {wide} reset dense<0.0> : {wide}')
    lines = "\n  ".join(body)
    path = tmp_path / "net.mlir"
    path.write_text(
        f'rnn.network @net inputs(%x = "x" : {row}) states({", ".join(states)})\n'
        f'    outputs("y" : {row}) {{\n  {lines}\n  rnn.yield %t3 : {row}\n'
        f'    next %l0, %l1, %l2, %l3 : {", ".join([wide] * 4)}\n}}\n')
    se.compile(path, tmp_path / "net.elf", "--precision=fp16")
