#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What each elementwise operation of a cell costs: cycles of one of 8 cores for an element,
with what it loads besides its first operand.

max(op(s), t), of two states with 1,024 numbers between 0.1 and 1, is simulated with the operation and without.
Calibration tells fp16 their range. Prints a table, in Markdown. With --docs it becomes the table
of docs/cells.md.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
sys.path.insert(0, str(ROOT / "benchmarks"))

import pages  # noqa: E402

PAGE = "cells.md"
ELEMENTS = 1024
CORES = 8
T = f"tensor<{ELEMENTS}xf32>"
MASK = f"tensor<{ELEMENTS}xi1>"

UNARY = ["arith.negf", "math.absf", "math.ceil", "math.floor", "math.round", "math.roundeven",
         "math.trunc", "math.sqrt", "math.rsqrt", "math.exp", "math.exp2", "math.expm1",
         "math.log", "math.log2", "math.log10", "math.log1p", "math.sin", "math.cos", "math.tan",
         "math.sinh", "math.cosh", "math.tanh", "math.asin", "math.acos", "math.atan",
         "math.asinh", "math.atanh", "math.erf", "math.erfc"]
BINARY = ["arith.addf", "arith.subf", "arith.mulf", "arith.divf", "arith.remf",
          "arith.maximumf", "arith.minimumf", "arith.maxnumf", "arith.minnumf",
          "math.copysign", "math.powf", "math.atan2"]
ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu, alpha = 0.1 : f32", "hard_sigmoid", "softsign",
               "softplus", "elu", "scaled_tanh, alpha = 1.7 : f32, beta = 0.6 : f32",
               "thresholded_relu, alpha = 0.2 : f32",
               "affine, alpha = 0.5 : f32, beta = 0.2 : f32"]

OPERATIONS = {
    **{name: f"%a = {name} %s : {T}" for name in UNARY},
    **{name: f"%a = {name} %s, %t : {T}" for name in BINARY},
    "math.fma": f"%a = math.fma %s, %t, %s : {T}",
    "arith.cmpf and arith.select": f"%m = arith.cmpf ogt, %s, %t : {T}\n"
                                   f"  %a = arith.select %m, %s, %t : {MASK}, {T}",
    **{f"rnn.activation <{name.split(',')[0]}>": f"%a = rnn.activation <{name}> %s : {T} -> {T}"
       for name in ACTIVATIONS},
}


def write(body):
    ports = ", ".join(f'%{name} = "{name}" : {T}' for name in "xz")
    states = ", ".join(f'%{name} = "{name}" : {T} reset dense<0.5> : {T}' for name in "st")
    return f"""rnn.network @op inputs({ports}) states({states}) outputs("y" : {T}) {{
  {body}
  %y = arith.maxnumf %a, %t : {T}
  rnn.yield %y : {T} next %x, %z : {T}, {T}
}}
"""


def measure(job):
    body, precision = job
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "op.mlir").write_text(write(body))
        arguments = []
        for port in "xz":
            frames = random.uniform(0.1, 1, (100, ELEMENTS)).astype(np.float32)
            np.save(folder / f"{port}.npy", frames)
            np.save(folder / f"{port}_few.npy", frames[:4])
            arguments.append(f"{port}={folder / port}.npy")
        for command in (["se-compile", folder / "op.mlir", f"--precision={precision}",
                         f"--cores={CORES}", "-o", folder / "op.elf",
                         "--calibration=" + ",".join(arguments)],
                        ["se-run", folder / "op.elf", f"--stats={folder / 'stats.json'}",
                         *(f"--in={port}={folder / port}_few.npy" for port in "xz")]):
            run = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True)
            if run.returncode:
                sys.exit(f"{body}: {run.stderr.strip()}")
        return json.loads((folder / "stats.json").read_text())["cycles_per_frame"]["min"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {PAGE}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    precisions = ["fp32", "fp16"]
    nothing = f"%a = rnn.reshape %s : {T} -> {T}"
    jobs = [(body, p) for body in (nothing, *OPERATIONS.values()) for p in precisions]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        cycles = dict(zip(jobs, pool.map(measure, jobs)))
    lines = ["| operation | " + " | ".join(precisions) + " |", "|---" * 3 + "|"]
    for name, body in OPERATIONS.items():
        cost = [(cycles[body, p] - cycles[nothing, p]) * CORES / ELEMENTS for p in precisions]
        lines.append(f"| `{name}` | " + " | ".join(f"{c:.1f}" for c in cost) + " |")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.docs:
        pages.write(PAGE, {"operations": table})


if __name__ == "__main__":
    main()
