#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cycles of trained networks: simulated and predicted, on two targets, with 8 cores and
with one, in every precision.

Prints tables, in Markdown. With --docs they become those of docs/performance.md.
"""

import argparse
import concurrent.futures
import json
import math
import os
import pathlib
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
TARGETS = ("pulp-open-ddr", "gap9")
PRECISIONS = ("fp32", "fp16", "mixed", "auto", "int8")
FRAMES = 12
CALIBRATION_FRAMES = 60


def find_signal(model):
    """(name, elements) of the input that is no state: the first one, as exporters have it."""
    graph = onnx.load(model, load_external_data=False).graph
    weights = {tensor.name for tensor in graph.initializer}
    port = next(value for value in graph.input if value.name not in weights)
    # A batch and frames have a size of 1, or none.
    return port.name, math.prod(max(1, dim.dim_value) for dim in port.type.tensor_type.shape.dim)


def measure(job):
    """Statistics of se-run, or the last line of what went wrong."""
    model, target, precision, cores, recordings = job
    name, elements = find_signal(model)
    random = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for file, frames in (("x", FRAMES), ("calibration", CALIBRATION_FRAMES)):
            np.save(folder / f"{file}.npy",
                    np.abs(random.standard_normal((frames, elements))).astype(np.float32))
        options = [f"--precision={precision}", f"--target={target}", f"--cores={cores}"]
        if not precision.startswith("fp"):
            # Recordings are for networks that take the default front end's spectrum.
            options.append(f"--calibration={recordings}" if recordings and name == "mag" else
                           f"--calibration={name}={folder / 'calibration.npy'}")
        for command in (
                ["se-compile", model, "-o", folder / "net.elf", *options],
                ["se-run", folder / "net.elf", f"--in={name}={folder / 'x.npy'}",
                 f"--stats={folder / 'stats.json'}"]):
            run = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True)
            if run.returncode:
                return job, run.stderr.strip().splitlines()[-1]
        return job, json.loads((folder / "stats.json").read_text())


def render(title, models, precisions, get):
    """A table of cycles, with what was predicted in brackets."""
    lines = [f"| {title} | " + " | ".join(precisions) + " |",
             "|---" * (len(precisions) + 1) + "|"]
    for model in models:
        fields = []
        for precision in precisions:
            found = get(model, precision)
            fields.append("-" if isinstance(found, str) else
                          f"{found['cycles_per_frame']['mean']:,.0f} "
                          f"({found['predicted_cycles_per_frame']:,})")
        lines.append(f"| {model.stem} | " + " | ".join(fields) + " |")
    return [*lines, ""]


def compare(path, cycles):
    """How much more cycles than those that another run wrote with --json."""
    before = json.loads(path.read_text())
    both = sorted(set(before) & set(cycles))
    change = {name: 100 * (cycles[name] / before[name] - 1) for name in both}
    total = 100 * (sum(cycles[n] for n in both) / sum(before[n] for n in both) - 1)
    print(f"{len(both)} programs against {path}: {total:+.2f} % in all")
    for name in sorted(both, key=lambda n: -change[n])[:10]:
        print(f"  {name}: {before[name]:.0f} -> {cycles[name]:.0f}, {change[name]:+.2f} %")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, nargs="+", default=[ROOT / "models"],
                        metavar="FOLDER", help="folders of ONNX files (models/)")
    parser.add_argument("--recordings", type=pathlib.Path, metavar="FOLDER",
                        help="noisy speech for the ranges of mixed, auto and int8, of networks "
                             "with an input `mag`; noise is what all others get")
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="networks whose names have one of these, such as gru,dtln")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the tables of {PAGE}")
    parser.add_argument("--json", type=pathlib.Path, help="writes the cycles there")
    parser.add_argument("--against", type=pathlib.Path, help="compares with such a file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    words = options.only.split(",")
    models = [model for folder in options.models for model in sorted(folder.glob("*.onnx"))
              if any(word in model.stem for word in words)]
    if not models:
        sys.exit(f"no network in {', '.join(map(str, options.models))}")
    alone = ("fp32", "fp16", "int8")
    jobs = [(m, t, p, 8, options.recordings) for t in TARGETS for m in models for p in PRECISIONS]
    jobs += [(m, TARGETS[0], p, 1, options.recordings) for m in models for p in alone]
    results = {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done, (job, found) in enumerate(pool.map(measure, jobs), 1):
            results[job] = found
            print(f"\r{done} of {len(jobs)}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)

    lines = []
    for target in TARGETS:
        for part in (PRECISIONS[:3], PRECISIONS[3:]):  # narrow enough to read
            lines += render(f"`{target}`, 8 cores", models, part,
                            lambda m, p: results[m, target, p, 8, options.recordings])
    lines += render(f"`{TARGETS[0]}`, 1 core", models, alone,
                    lambda m, p: results[m, TARGETS[0], p, 1, options.recordings])
    programs = {job: found for job, found in results.items() if not isinstance(found, str)}
    off = np.array([abs(found["predicted_cycles_per_frame"] / found["cycles_per_frame"]["mean"] - 1)
                    for found in programs.values()])
    lines.append(f"{len(programs)} programs. Predictions are off by {100 * off.mean():.1f} % in "
                 f"the mean, at worst by {100 * off.max():.1f} %.")
    table = "\n".join(lines) + "\n"
    print(table)
    for job, found in results.items():
        if isinstance(found, str):
            print(f"{job[0].stem}, {job[1]}, {job[2]}, {job[3]} cores: {found}", file=sys.stderr)
    cycles = {f"{m.stem} {t} {p} {n}": found["cycles_per_frame"]["mean"]
              for (m, t, p, n, _), found in programs.items()}
    if options.json:
        options.json.write_text(json.dumps(cycles, indent=1))
    if options.against:
        compare(options.against, cycles)
    if options.docs:
        pages.write(PAGE, {"networks": table})


if __name__ == "__main__":
    main()
