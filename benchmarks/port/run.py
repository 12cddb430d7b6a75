#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a chip is likely to take: cycles of trained networks where each bank of L1 serves one
access a cycle (--l1-conflicts) and the port to L2 is shared (--l2-port), with code in L2 and L1.

Prints a table, in Markdown. With --docs it becomes that of docs/performance.md.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import onnx

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
sys.path.insert(0, str(ROOT / "benchmarks"))

import pages  # noqa: E402

PAGE = "performance.md"
FRAMES = 10
RUNS = {"": [], "banks": ["--l1-conflicts"], "port": ["--l2-port"],
        "both": ["--l1-conflicts", "--l2-port"]}


def measure(job):
    """{run: mean cycles of a frame}, or the last line of what went wrong."""
    model, target, precision, place = job
    graph = onnx.load(model, load_external_data=False).graph
    port = graph.input[0]
    elements = port.type.tensor_type.shape.dim[-1].dim_value
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        frames = np.abs(np.random.default_rng(0).standard_normal((60, elements)))
        np.save(folder / "calibration.npy", frames.astype(np.float32))
        np.save(folder / "x.npy", frames[:FRAMES].astype(np.float32))
        options = [f"--precision={precision}", f"--target={target}", f"--schedule=code={place}"]
        if not precision.startswith("fp"):
            options.append(f"--calibration={port.name}={folder / 'calibration.npy'}")
        elf, stats, result = folder / "net.elf", folder / "stats.json", {}
        commands = {None: ["se-compile", model, "-o", elf, *options]}
        for name, more in RUNS.items():
            commands[name] = ["se-run", elf, f"--in={port.name}={folder / 'x.npy'}",
                              f"--stats={stats}", *more]
        for name, (tool, *arguments) in commands.items():
            done = subprocess.run([BIN / tool, *arguments], capture_output=True, text=True)
            if done.returncode:
                return job, done.stderr.strip().splitlines()[-1]
            if name is not None:
                result[name] = json.loads(stats.read_text())["cycles_per_frame"]["mean"]
        return job, result


def describe(changes):
    """{(place, run): percents} as a table of means and ranges."""
    yield "| of all programs | alone | banks | port | both |"
    yield "|---" * 5 + "|"
    for place in ("l2", "l1"):
        all_runs = [changes[place, run] for run in RUNS]
        means = " | ".join(f"{statistics.fmean(found):+.1f} %" for found in all_runs if found)
        ranges = " | ".join(f"{min(found):+.1f} to {max(found):+.1f}"
                            for found in all_runs if found)
        yield f"| code in {place.upper()}, mean | {means} |"
        yield f"| from least to most | {ranges} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, nargs="+", default=[ROOT / "models"],
                        metavar="FOLDER", help="folders of ONNX files (models/)")
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="networks whose names have one of these, such as gru,dtln")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {PAGE}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    models = [model for folder in options.models for model in sorted(folder.glob("*.onnx"))
              if any(word in model.stem for word in options.only.split(","))]
    if not models:
        sys.exit(f"no network in {', '.join(map(str, options.models))}")
    jobs = [(model, target, precision, place) for model in models
            for target in ("pulp-open-ddr", "gap9") for precision in ("fp16", "mixed", "int8")
            for place in ("l2", "l1")]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        results = list(pool.map(measure, jobs))
    lines = ["| network | code in | cycles | banks | port | both |", "|---" * 6 + "|"]
    base, changes = {}, collections.defaultdict(list)
    for (model, target, precision, place), found in results:
        name = f"{model.stem}, {precision}, `{target}`"
        if isinstance(found, str):
            print(f"{name}: {found}", file=sys.stderr)
            continue
        # All against code in L2 on a chip without limits, which is what GVSoC models.
        first = base.setdefault(name, found[""])
        fields = [f"{found['']:,.0f}"] + [
            f"{100 * (found[run] / first - 1):+.1f} %" for run in ("banks", "port", "both")]
        for run in RUNS:
            changes[place, run].append(100 * (found[run] / first - 1))
        lines.append(f"| {name if place == 'l2' else ''} | {place.upper()} | "
                     f"{' | '.join(fields)} |")
    lines += ["", *describe(changes)]
    table = "\n".join(lines)
    print(table)
    if options.docs:
        pages.write(PAGE, {"port": table})


if __name__ == "__main__":
    main()
