# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs hand-written kernels and prints what they take, as one table.

run.py --simulator=SE_RUN [--gvsoc] [--only=TEXT] [--json=OUT.json]
       [--rows=IN.json]... FOLDER

FOLDER holds the programs that benchmarks/CMakeLists.txt builds; their results
are compared with those of Python. Each runs without and with conflicts on the
banks of L1, with --gvsoc there, too; --only takes those with this text in their
names. --rows adds rows of other sources: a list
of objects like those that --json writes,

  {"kernel": "lstm 64", "type": "int8", "code": "plain C", "cores": 8,
   "macs": 32768, "weight_bytes": 32768,
   "cycles": {"simulator": 49378, "conflicts": 49400, "gvsoc": 49378}}

of which "gvsoc" and "conflicts" may be missing. The table says, of a step
without conflicts unless noted:

  MAC/cycle   multiplications of the products / cycles
  /DMA        cycles / (weight bytes / 8): how far from the time that the DMA
              engine takes to bring the weights to L1
  /issue      cycles / (2 * MACs / lanes / cores): one load of a word of
              weights and one dot product for each word, and nothing else;
              lanes are the numbers in a word (int8 4, fp16 and int16 2)
"""

import argparse
import json
import math
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

# Numbers in a word; the programs here have the first two types.
LANES = {"int8": 4, "fp16": 2, "int16": 2, "fp32": 1}
TYPES = ("int8", "fp16")


class Numbers:
    """The generator of bench.h: int8 of a linear congruential generator."""

    def __init__(self):
        self.state = 1

    def take(self, count):
        values = []
        for _ in range(count):
            self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
            byte = self.state >> 24
            values.append(byte - 256 if byte > 127 else byte)
        return values


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def to_half(x):
    return struct.unpack("e", struct.pack("e", x))[0]


def to_int8(x):
    """Of -1..1, as 127ths."""
    return int(math.copysign(math.floor(abs(x) * 127 + 0.5), x))


class Matvec:
    """matvec.c. Sums are exact in both types: integers below 2^24."""

    def __init__(self, precision, group):
        self.precision = precision
        self.program = f"matvec_{precision}_{group}"
        self.columns = 512 if precision == "int8" else 256
        self.kernel = f"matvec 64x{self.columns}"
        self.code = f"{group} rows at a time"
        self.macs = 64 * self.columns

    def check(self, output):
        numbers = Numbers()
        weights = [numbers.take(self.columns) for _ in range(64)]
        vector = numbers.take(self.columns)
        want = [dot(row, vector) for row in weights]
        if self.precision == "int8":
            return output == want
        found = [struct.unpack("f", struct.pack("i", bits))[0] for bits in output]
        return found == want


class Cell:
    """cell.c: two steps, in double precision but for the stored vectors."""

    def __init__(self, cell, hidden, precision, method):
        self.cell, self.hidden, self.precision = cell, hidden, precision
        self.program = f"{cell}{hidden}_{precision}_{method}"
        self.kernel = f"{cell} {hidden}"
        self.gates = 3 if cell == "gru" else 4
        self.macs = 2 * self.gates * hidden * hidden
        in_l1 = self.macs * (4 // LANES[precision]) <= 32768
        place = "L1" if in_l1 else "L2"
        if method == "plain":
            self.code = f"C, {place}"
        else:
            self.code = f"intrinsics, {place}"

    def step(self, matrices, bias, x, h, state):
        n, half = self.hidden, self.precision == "fp16"
        scale = 1.0 if half else 1 / 32768
        rows = self.gates * n
        a = [dot(matrices[i], x) * scale + bias[i] for i in range(rows)]
        b = [dot(matrices[rows + i], h) * scale + bias[rows + i] for i in range(rows)]

        def sigmoid(value):
            return 1 / (1 + math.exp(-value))

        hidden = []
        for i in range(n):
            if self.cell == "gru":
                r = sigmoid(a[i] + b[i])
                z = sigmoid(a[n + i] + b[n + i])
                new = math.tanh(a[2 * n + i] + r * b[2 * n + i])
                state[i] = new + z * (state[i] - new)
                value = state[i]
            else:
                i_, f, g, o = (a[k * n + i] + b[k * n + i] for k in range(4))
                state[i] = sigmoid(f) * state[i] + sigmoid(i_) * math.tanh(g)
                value = sigmoid(o) * math.tanh(state[i])
            hidden.append(to_half(value) if half else to_int8(value))
        return hidden

    def check(self, output):
        numbers = Numbers()
        n, half = self.hidden, self.precision == "fp16"
        rows = 2 * self.gates * n
        matrices = [numbers.take(n) for _ in range(rows)]
        bias = [value / 128 for value in numbers.take(rows)]
        x = numbers.take(n)
        if half:
            matrices = [[value / 512 for value in row] for row in matrices]
            x = [value / 128 for value in x]
        h, state = [0] * n, [0.0] * n
        for _ in range(2):
            h = self.step(matrices, bias, x, h, state)
        if half:
            return len(output) == n and all(
                abs(a / 16384 - b) <= 2e-3 for a, b in zip(output, h)
            )
        # A value near a tie may be rounded the other way, in step 1, too.
        return len(output) == n and all(abs(a - b) <= 1 for a, b in zip(output, h))


def make_kernels():
    kernels = [Matvec(p, group) for p in TYPES for group in (4, 8)]
    for method in ("plain", "intrinsics"):
        for cell, hidden in (("lstm", 64), ("gru", 64), ("lstm", 256), ("gru", 256)):
            if method == "plain" or (cell, hidden) != ("gru", 256):
                kernels += [Cell(cell, hidden, p, method) for p in TYPES]
    return kernels


def run(command, folder):
    """The output as {cores: (cycles, output)}."""
    done = subprocess.run(
        command,
        cwd=folder,
        timeout=600,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}:\n{done.stdout}")
    results = {}
    for line in done.stdout.splitlines():
        kind, *values = line.split() or [""]
        if kind == "cycles":
            output = []
            results[int(values[0])] = (int(values[1]), output)
        elif kind == "output":
            output += map(int, values)
    return results


def measure(kernel, args):
    program = pathlib.Path(args.folder).resolve() / f"{kernel.program}.elf"
    platforms = {
        "simulator": [args.simulator, program],
        "conflicts": [args.simulator, "--l1-conflicts", program],
    }
    if args.gvsoc:
        options = ["--target=pulp-open", "--work-dir", ".", "--binary", program]
        platforms["gvsoc"] = ["gvsoc", *options, "run"]
    rows = {}
    correct = {}
    for platform, command in platforms.items():
        with tempfile.TemporaryDirectory() as folder:
            for cores, (cycles, output) in run(command, folder).items():
                key = tuple(output)
                if key not in correct:
                    correct[key] = kernel.check(output)
                if not correct[key]:
                    sys.exit(
                        f"error: {kernel.program}: wrong results on {cores} "
                        f"cores ({platform})"
                    )
                row = rows.setdefault(
                    cores,
                    {
                        "kernel": kernel.kernel,
                        "type": kernel.precision,
                        "code": kernel.code,
                        "cores": cores,
                        "macs": kernel.macs,
                        "weight_bytes": kernel.macs * 4 // LANES[kernel.precision],
                        "cycles": {},
                    },
                )
                row["cycles"][platform] = cycles
    if sorted(rows) != [1, 8]:
        sys.exit(f"error: {kernel.program}: no results")
    return list(rows.values())


def read_rows(file):
    """Rows of another source."""
    try:
        rows = json.loads(pathlib.Path(file).read_text())
        for row in rows:
            for key in ("kernel", "type", "code", "cores", "macs", "weight_bytes"):
                row[key]
            row["cycles"]["simulator"], LANES[row["type"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        sys.exit(f"error: {file}: {type(error).__name__}: {error}")
    return rows


def print_table(rows):
    print(
        "| kernel | type | code | cores | cycles | MAC/cycle | /DMA | /issue "
        "| conflict | MAC/cycle | GVSoC |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        cycles, macs = row["cycles"], row["macs"]
        dma = row["weight_bytes"] / 8
        issue = 2 * macs / LANES[row["type"]] / row["cores"]
        plain, conflicts = cycles["simulator"], cycles.get("conflicts")
        cells = [row["kernel"], row["type"], row["code"], row["cores"], plain]
        cells += [f"{macs / plain:.2f}", f"{plain / dma:.2f}", f"{plain / issue:.2f}"]
        cells += [conflicts, f"{macs / conflicts:.2f}"] if conflicts else ["", ""]
        cells.append(cycles.get("gvsoc", ""))
        print("| " + " | ".join(map(str, cells)) + " |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--gvsoc", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--json")
    parser.add_argument("--rows", action="append", default=[])
    parser.add_argument("folder")
    args = parser.parse_args()
    if args.gvsoc and not shutil.which("gvsoc"):
        sys.exit("error: gvsoc is not on PATH")
    kernels = [k for k in make_kernels() if args.only in k.program]
    if not kernels:
        sys.exit(f"error: no program has '{args.only}' in its name")
    rows = [row for file in args.rows for row in read_rows(file)]
    rows += [row for kernel in kernels for row in measure(kernel, args)]
    rows.sort(key=lambda row: (row["kernel"], row["type"], row["cores"]))
    print_table(rows)
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(rows, indent=1) + "\n")


main()
