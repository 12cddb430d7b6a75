#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cycles of every cell of the library, in every precision: simulated, predicted, and the
bound (bounds.py). Weights are random.

Prints a table, in Markdown. With --docs it becomes the table of docs/performance.md, or with
--only rows of it.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "test" / "Integration"),
                str(BIN.parent / "python")]

import bounds  # noqa: E402
import pages  # noqa: E402
import test_cells  # noqa: E402
from se_mlir import cells  # noqa: E402

PAGE = "performance.md"
TARGET = "--target=pulp-open-ddr"


def measure(job):
    """(cycles of a warm frame, predicted, bound), or None if the chip is too small."""
    name, size, precision = job
    sizes = test_cells.get_sizes(name, size)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        network, elf = folder / "cell.mlir", folder / "cell.elf"
        network.write_text(cells.network(name, sizes, cells.random_weights(name, sizes, seed=1)))
        (port, elements), = re.findall(
            r'inputs\(%\w+ = "(\w+)" : tensor<(\d+)xf32>\)', network.read_text())
        random = np.random.default_rng(3)
        for file, frames in (("calibration", 200), ("x", 12)):
            np.save(folder / f"{file}.npy", random.uniform(
                -1, 1, (frames, int(elements))).astype(np.float32))
        options = [network, f"--precision={precision}", TARGET]
        if precision in ("mixed", "int8"):
            options.append(f"--calibration={port}={folder / 'calibration.npy'}")

        def run(*command):
            return subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True)
        process = run("se-compile", *options, "-o", elf)
        if process.returncode:
            assert "does not fit" in process.stderr, f"{job}: {process.stderr}"
            return job, None
        planned = run("se-compile", *options, "--emit=mlir-planned", "-o", "-").stdout
        process = run("se-run", elf, f"--in={port}={folder / 'x.npy'}",
                      f"--out=y={folder / 'y.npy'}", f"--stats={folder / 'stats.json'}")
        assert process.returncode == 0, f"{job}: {process.stderr}"
        stats = json.loads((folder / "stats.json").read_text())
        return job, (stats["cycles_per_frame"]["min"], stats["predicted_cycles_per_frame"],
                     bounds.get(planned, precision))


def replace_rows(old, new):
    """Rows of `old` whose cell `new` has, in the table of the same size, are those of it."""
    rows, size = {}, None
    for line in new.splitlines():
        size = line.split("|")[1] if "units" in line else size
        if line.startswith("| `"):
            rows[size, line.split("|")[1]] = line
    lines = []
    for line in old.splitlines():
        size = line.split("|")[1] if "units |" in line else size
        key = size, line.split("|")[1] if line.startswith("| `") else ""
        lines.append(rows.get(key, line))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", default="61,256", help="units, such as 16,61 (%(default)s)")
    parser.add_argument("--precisions", default="fp32,fp16,mixed,int8", help="(%(default)s)")
    parser.add_argument("--only", default="", help="cells, such as gru,lstm")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {PAGE}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    precisions = options.precisions.split(",")
    names = options.only.split(",") if options.only else cells.names()
    jobs = [(n, s, p) for n in names for s in sizes for p in precisions]
    results = {}
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for done, (job, found) in enumerate(pool.map(measure, jobs), 1):
            results[job] = found
            print(f"\r{done} of {len(jobs)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    lines = []
    for size in sizes:
        lines += [f"| {size} units | " + " | ".join(precisions) + " |",
                  "|---" * (len(precisions) + 1) + "|"]
        for name in names:
            fields = []
            for precision in precisions:
                found = results[name, size, precision]
                fields.append(f"{found[0]:,} ({found[0] / found[2]:.2f})" if found else "-")
            lines.append(f"| `{name}` | " + " | ".join(fields) + " |")
        lines.append("")
    found = [f for f in results.values() if f]
    off = np.array([abs(f[1] / f[0] - 1) for f in found])
    lines += [f"{len(found)} of {len(jobs)} programs fit. Predictions are off by "
              f"{100 * off.mean():.1f} % in the mean,",
              f"{100 * (off <= 0.15).mean():.0f} % of them by at most 15 %, "
              f"the worst by {100 * off.max():.0f} %."]
    table = "\n".join(lines) + "\n"
    print(table)
    if options.docs:
        if options.only:
            _, old, _ = pages.split(PAGE, "cells")
            table = replace_rows(old, table)
        pages.write(PAGE, {"cells": table})


if __name__ == "__main__":
    main()
