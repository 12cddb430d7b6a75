# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""cluster.dot on the host and on the simulator, against a reference: all types,
numbers of rows and of columns, these known when compiling or not."""

import json

import numpy as np
import pytest

import se

TYPES = {"i8": np.int8, "i16": np.int16, "f16": np.float16, "f32": np.float32}
MOST = 40  # columns
X_WORDS = 80
W_WORDS = 16 * MOST + 8
OFFSET = 3  # of the vector, in elements: words of it are not aligned

PROGRAM = """
module attributes {{se.phase = "scheduled"}} {{
cluster.program @net kernel(@kernel) init(@init) reset(@init) cores {cores} state_bytes {bytes}
  inputs [#cluster.port<"x", shape = [{x}], element = f32>, #cluster.port<"w", shape = [{w}], element = f32>]
  outputs [#cluster.port<"y", shape = [{y}], element = f32>] states []
func.func @init(%arena: memref<{bytes}xi8, #cluster.space<l1>>) {{
  return
}}
func.func @kernel(%arena: memref<{bytes}xi8, #cluster.space<l1>>, %xin: memref<{x}xf32>,
    %win: memref<{w}xf32>, %y: memref<{y}xf32>) {{
  cluster.parallel cores {cores} dma_core 0 {{
  ^bb0(%core: index):
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %cx = arith.constant {x} : index
    %cw = arith.constant {w} : index
    %from = arith.constant {offset} : index
    %xbytes = arith.constant {xbytes} : index
    %xwords = memref.view %arena[%c0][] : memref<{bytes}xi8, #cluster.space<l1>> to memref<{x}xf32, #cluster.space<l1>>
    %wwords = memref.view %arena[%xbytes][] : memref<{bytes}xi8, #cluster.space<l1>> to memref<{w}xf32, #cluster.space<l1>>
    %first = arith.cmpi eq, %core, %c0 : index
    scf.if %first {{
      scf.for %i = %c0 to %cx step %c1 {{
        %v = memref.load %xin[%i] : memref<{x}xf32>
        memref.store %v, %xwords[%i] : memref<{x}xf32, #cluster.space<l1>>
      }}
      scf.for %i = %c0 to %cw step %c1 {{
        %v = memref.load %win[%i] : memref<{w}xf32>
        memref.store %v, %wwords[%i] : memref<{w}xf32, #cluster.space<l1>>
      }}
    }}
    cluster.barrier
    %x = memref.view %arena[%c0][] : memref<{bytes}xi8, #cluster.space<l1>> to {xtype}
    %w = memref.view %arena[%xbytes][] : memref<{bytes}xi8, #cluster.space<l1>> to {wtype}
    %init = arith.constant {init}
{body}
    cluster.yield
  }}
  return
}}
}}
"""


class Case:
    """A program with the dots of one type, and what it should give."""

    def __init__(self, element, cores=1, offset=OFFSET, stride=1):
        self.element = element
        self.stride = stride
        self.offset = offset
        self.cores = cores
        self.dtype = np.dtype(TYPES[element])
        self.lanes = 4 // self.dtype.itemsize
        self.is_float = element.startswith("f")
        self.sum = "f32" if self.is_float else "i32"
        self.xtype = f"memref<{X_WORDS * self.lanes}x{element}, #cluster.space<l1>>"
        self.wtype = f"memref<{W_WORDS * self.lanes}x{element}, #cluster.space<l1>>"
        self.lines, self.count, self.expected = [], 0, []

    def emit(self, text):
        self.lines.append(text)

    def dot(self, rows, columns, at, position):
        """A dot with results at `position` of the output."""
        n = self.count
        self.count += 1
        sums, types = ", ".join(["%init"] * rows), ", ".join([self.sum] * rows)
        self.emit(f"%s{n}:{rows} = cluster.dot %x[%from], %w[%{at}], {columns}, {sums}"
                  f" {{stride = {self.stride} : i64}} : {self.xtype}, {self.wtype} -> {types}")
        for r in range(rows):
            value = f"%s{n}#{r}"
            if not self.is_float:
                self.emit(f"%f{n}_{r} = arith.bitcast {value} : i32 to f32")
                value = f"%f{n}_{r}"
            self.emit(f"%r{n}_{r} = arith.constant {r} : index")
            self.emit(f"%p{n}_{r} = arith.addi {position}, %r{n}_{r} : index")
            self.emit(f"memref.store {value}, %y[%p{n}_{r}] : memref<SIZExf32>")

    def constant(self, rows, columns):
        position = len(self.expected)
        n = self.count
        self.emit(f"%columns{n} = arith.constant {columns} : index")
        self.emit(f"%at{n} = arith.constant {self.lanes} : index")
        self.emit(f"%y{n} = arith.constant {position} : index")
        self.dot(rows, f"%columns{n}", f"at{n}", f"%y{n}")
        self.expected += [(rows, columns, r) for r in range(rows)]

    def dynamic(self, rows):
        position = len(self.expected)
        n = self.count
        for name, value in [("end", MOST + 1), ("rows", rows), ("at", self.lanes),
                            ("base", position - rows)]:
            self.emit(f"%{name}{n} = arith.constant {value} : index")
        self.emit(f"scf.for %i = %c1 to %end{n} step %c1 {{")
        self.emit(f"%scaled{n} = arith.muli %i, %rows{n} : index")
        self.emit(f"%y{n} = arith.addi %scaled{n}, %base{n} : index")
        self.dot(rows, "%i", f"at{n}", f"%y{n}")
        self.emit("}")
        self.expected += [(rows, c, r) for c in range(1, MOST + 1) for r in range(rows)]

    def on(self, cores, rows, columns):
        """A dot on some of the cores; the others write 0 instead."""
        self.emit("%false = arith.constant false")
        chosen = "%false"
        for core in cores:
            self.emit(f"%number{core} = arith.constant {core} : index")
            self.emit(f"%is{core} = arith.cmpi eq, %core, %number{core} : index")
            self.emit(f"%any{core} = arith.ori {chosen}, %is{core} : i1")
            chosen = f"%any{core}"
        self.emit(f"%columns = arith.constant {columns} : index")
        self.emit(f"%at = arith.constant {self.lanes} : index")
        self.emit(f"%rows = arith.constant {rows} : index")
        self.emit("%base = arith.muli %core, %rows : index")
        self.emit(f"scf.if {chosen} {{")
        self.dot(rows, "%columns", "at", "%base")
        self.emit("} else {")
        self.emit("%zero = arith.constant 0.0 : f32")
        self.emit("scf.for %i = %c0 to %rows step %c1 {")
        self.emit("%position = arith.addi %base, %i : index")
        self.emit("memref.store %zero, %y[%position] : memref<SIZExf32>")
        self.emit("}")
        self.emit("}")
        self.expected += [(rows, columns, r) for _ in range(self.cores) for r in range(rows)]

    def text(self):
        y = len(self.expected)
        body = "\n".join(self.lines).replace("SIZE", str(y))
        return PROGRAM.format(
            x=X_WORDS, w=W_WORDS, y=y, xbytes=4 * X_WORDS, offset=self.offset,
            bytes=(4 * (X_WORDS + W_WORDS) + 15) // 16 * 16, cores=self.cores,
            init="0.5 : f32" if self.is_float else "-7 : i32",
            xtype=self.xtype, wtype=self.wtype, body=body)

    def reference(self, x, w):
        """The sums in the order and with the rounding of docs/kernels.md."""
        x, w = x.view(self.dtype), w.view(self.dtype)
        return np.array([self.sum_of(x, w, *dot) for dot in self.expected])

    def sum_of(self, x, w, rows, columns, row):
        words = -(-columns // self.lanes)
        vector = np.zeros(words * self.lanes, self.dtype)
        vector[:columns] = x[self.offset :][:columns]
        weights = w[self.lanes :].reshape(-1, self.lanes)
        weights = weights[:: self.stride][row::rows][:words]
        if not self.is_float:
            total = vector.astype(np.int64) @ weights.reshape(-1).astype(np.int64)
            return (np.array(total - 7) & 0xFFFFFFFF).astype(np.uint32).view(np.float32)
        # Products of two halves or singles are exact in double, and these sums
        # of a product and a single are rounded twice, with the same result for
        # numbers as few bits long as those of the test.
        total = np.float32(0.5)
        for xs, ws in zip(vector.reshape(-1, self.lanes), weights):
            xs, ws = xs.astype(np.float64), ws.astype(np.float64)
            if self.element == "f32":
                total = np.float32(ws[0] * xs[0] + total)
            else:
                product = np.float32(xs[0] * ws[0])
                total = np.float32(total + np.float32(xs[1] * ws[1] + product))
        return total


def words(rng, count, dtype):
    """Random words as f32 bit patterns; floats of up to 11 bits."""
    if dtype.kind == "f":
        size = count * 4 // dtype.itemsize
        numbers = rng.integers(-1024, 1024, size) * 2.0 ** rng.integers(-12, -4, size)
        return numbers.astype(dtype).view(np.float32)
    return rng.integers(0, 1 << 32, count, dtype=np.uint32).view(np.float32)


def run(case, x, w, folder, *options):
    """The outputs on the host and on the simulator, and the simulator's statistics."""
    path = folder / "dots.mlir"
    path.write_text(case.text())
    elf = se.compile(path, folder / "dots.elf")
    inputs = {"x": x.reshape(-1, X_WORDS), "w": w.reshape(-1, W_WORDS)}
    stats = folder / "stats.json"
    host = se.run(path, inputs, ["y"])["y"]
    device = se.run(elf, inputs, ["y"], f"--stats={stats}", *options)["y"]
    return host, device, json.loads(stats.read_text())


def compare(found, expected, case, what):
    same = found.view(np.uint32) == expected.view(np.uint32)
    same |= np.isnan(found) & np.isnan(expected)
    if not same.all():
        t, i = np.argwhere(~same)[0]
        rows, columns, row = case.expected[i]
        raise AssertionError(
            f"{what}: {np.count_nonzero(~same)} of {same.size} sums differ, first row "
            f"{row} of {rows} with {columns} columns: {found[t, i]!r} and {expected[t, i]!r}")


@pytest.mark.parametrize("element", TYPES)
@pytest.mark.parametrize("columns", ["constant", "dynamic"])
@pytest.mark.parametrize("stride", [1, 4])
def test_all(element, columns, stride, tmp_path):
    case = Case(element, stride=stride)
    for rows in range(1, 16 // stride + 1):
        if columns == "dynamic":
            case.dynamic(rows)
        else:
            for count in {1, 2, 3, 4, 5, 6, 7, 8, 23, 39, 40}:
                case.constant(rows, count)
    rng = np.random.default_rng(1)
    x, w = words(rng, X_WORDS, case.dtype), words(rng, W_WORDS, case.dtype)
    host, device, _ = run(case, x, w, tmp_path)
    compare(host, case.reference(x, w)[None], case, "host and reference")
    compare(device, host, case, "device and host")


@pytest.mark.parametrize(
    "element, cores",
    [("i8", [0]), ("i16", [0]), ("f16", [0]), ("f32", [0]), ("f16", [0, 4]), ("f32", [3, 7])])
@pytest.mark.parametrize("rows", [2, 5, 8])
def test_cycles(element, cores, rows, tmp_path):
    """A run of the inner loop takes a cycle for each of its 2R + 1 instructions,
    also on two cores that share an FPU."""
    frames, more = 3, 64
    cycles = [busy_cycles(element, cores, rows, words, frames, tmp_path)
              for words in (8, 8 + more)]
    for short, long in zip(*cycles):
        # Once in each loop a core may have to wait for its turn.
        once = frames * (2 * rows + 1 if len(cores) > 1 else 1)
        assert abs(long - short - frames * more * (2 * rows + 1)) <= once


def busy_cycles(element, cores, rows, words_of_row, frames, folder, *options):
    """What `cores` do, a dot each."""
    case = Case(element, cores=8, offset=0)
    case.on(cores, rows, words_of_row * case.lanes)
    x = np.zeros(frames * X_WORDS, np.float32)
    w = np.zeros(frames * W_WORDS, np.float32)
    _, _, stats = run(case, x, w, folder, *options)
    busy = [core["cycles"] for core in stats["core_cycles"] if core["hart"] in cores]
    return [sum(c.values()) - c["sleep"] - c["off"] - c["icache"] for c in busy]


def test_conflicts(tmp_path):
    """Eight cores that bank conflicts delay again and again do not get into each
    other's way at the FPUs."""
    rows, columns = 64, 256
    path = tmp_path / "linear.mlir"
    weights = np.random.default_rng(0).normal(0, 0.1, (rows, columns))
    path.write_text(
        f'rnn.network @f inputs(%x = "x" : tensor<{columns}xf32>)'
        f' outputs("y" : tensor<{rows}xf32>) {{\n'
        f"%w = arith.constant dense<\"0x{weights.astype(np.float32).tobytes().hex()}\">"
        f" : tensor<{rows}x{columns}xf32>\n"
        f"%y = rnn.matvec %w, %x : tensor<{rows}x{columns}xf32>,"
        f" tensor<{columns}xf32> -> tensor<{rows}xf32>\n"
        f"rnn.yield %y : tensor<{rows}xf32>\n}}\n"
    )
    program = se.compile(path, tmp_path / "f.elf", "--precision=fp16")
    stats, cycles = tmp_path / "stats.json", []
    for options in [], ["--l1-conflicts"]:
        se.run(program, {"x": np.ones((4, columns))}, ["y"], f"--stats={stats}", *options)
        cycles.append(json.loads(stats.read_text())["cycles_per_frame"]["min"])
    print(f"{cycles[0]} cycles, {cycles[1]} with bank conflicts")
    assert cycles[1] <= 1.075 * cycles[0]


SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 6e-8, -6e-8, 6.1e-5, -6.1e-5, 65504,
                    -65504, 1, -1], np.float16)


def test_special_halves(tmp_path):
    """Infinities, NaN, subnormal numbers and zeros: the host's emulation computes
    what the simulator does, whatever the words are."""
    case = Case("f16")
    for rows, count in [(1, 1), (2, 2), (3, 7), (8, 40), (16, 13)]:
        case.constant(rows, count)
    rng = np.random.default_rng(2)
    frames = 40

    def halves(count):
        numbers = rng.integers(0, 1 << 16, 2 * count * frames, dtype=np.uint16)
        special = rng.choice(SPECIAL, 2 * count * frames).view(np.uint16)
        # From frames of special numbers only to frames of almost none.
        rarity = np.linspace(0, 0.98, frames).repeat(2 * count)
        return np.where(rng.random(len(numbers)) < rarity, numbers, special).view(np.float32)

    host, device, _ = run(case, halves(X_WORDS), halves(W_WORDS), tmp_path)
    compare(device, host, case, "device and host")
    assert np.isfinite(host).any() and np.isnan(host).any() and np.isinf(host).any()
