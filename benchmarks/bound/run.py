#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How far the bound on a frame's cycles is from the longest simulated frame: random small
networks of all kinds, and the networks of models/, in all precisions.

Each program runs twice, without and with --l1-conflicts, over frames of noise of which the
first finds cold caches, and it and another one are not finite. Prints a table, in Markdown,
and the programs whose bound is nearest and farthest. With --docs it becomes the table of
docs/scheduling.md. The status is 1 if a frame exceeds its bound.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SE_BIN", ROOT / "build" / "release" / "bin"))
sys.path[:0] = [str(ROOT / "test" / "Integration"), str(BIN.parent / "python")]

import predictions  # noqa: E402
import random_networks  # noqa: E402

DOCS = ROOT / "docs" / "scheduling.md"
# What else is chosen, one after the other.
OPTIONS = [(), ("--target=gap9",), ("--cores=4",), (), ("--cores=1",), ("--nonfinite=reset",),
           ("--cores=6", "--nonfinite=propagate"), ("--cores=2",)]


def run_random(job):
    kind, seed, precision, options = job
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        network = random_networks.write(kind, seed, folder)
        found = predictions.measure_most(
            network.path, "x", network.frames(predictions.FRAMES, seed), precision, folder,
            network.frames(predictions.CALIBRATION_FRAMES, seed + 1), *options)
        return kind, seed, precision, options, found


def run_model(job):
    path, precision, options = job
    random = np.random.default_rng(0)
    frames = np.abs(random.standard_normal((60, 257))).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        found = predictions.measure_most(path, "mag", frames[:5], precision,
                                         pathlib.Path(name), frames, *options)
        return "models/", path.stem, precision, options, found


def summarize(results):
    groups = {}
    for kind, _, precision, _, found in results:
        size = "up to 5,000 cycles" if found.simulated <= 5000 else (
            "up to 20,000 cycles" if found.simulated <= 20000 else "longer")
        for group in (kind, precision, size, "all"):
            groups.setdefault(group, []).append(found.ratio)
    lines = ["| programs | number | bound / longest frame, mean | least | 95 % of them | most | "
             "within 10 % |", "|---|---|---|---|---|---|---|"]
    order = [*random_networks.KINDS, "models/", *random_networks.PRECISIONS,
             "up to 5,000 cycles", "up to 20,000 cycles", "longer", "all"]
    for group in (g for g in order if g in groups):
        ratios = np.array(groups[group])
        lines.append(f"| {group.replace('_', ' ')} | {len(ratios)} | {ratios.mean():.3f} | "
                     f"{ratios.min():.3f} | {np.percentile(ratios, 95):.2f} | "
                     f"{ratios.max():.2f} | {100 * (ratios <= 1.1).mean():.0f} % |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=8, metavar="N",
                        help="random networks of each kind")
    parser.add_argument("--first", type=int, default=5000, metavar="SEED",
                        help="the seed of the first")
    parser.add_argument("--json", type=pathlib.Path, help="writes each program there")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {DOCS.name}")
    options = parser.parse_args()
    jobs = []
    for i, kind in enumerate(random_networks.KINDS):
        for seed in range(options.first, options.first + options.networks):
            for k, precision in enumerate(random_networks.PRECISIONS):
                chosen = OPTIONS[(3 * i + 5 * seed + k) % len(OPTIONS)]
                jobs.append((run_random, (kind, seed, precision, chosen)))
    jobs += [(run_model, (path, precision, (f"--target={target}",)))
             for path in sorted((ROOT / "models").glob("*.onnx"))
             for precision in random_networks.PRECISIONS
             for target in ("pulp-open-ddr", "gap9")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda job: job[0](job[1]), jobs))
    table = summarize(results)
    print(table)
    results.sort(key=lambda result: result[-1].ratio)
    for title, some in (("nearest", results[:8]), ("farthest", results[:-9:-1])):
        print(f"\n{title}:")
        for kind, name, precision, chosen, found in some:
            print(f"  {kind} {name} {precision} {' '.join(chosen)}: at most {found.predicted}, "
                  f"took {found.simulated:.0f}, {found.ratio:.3f}")
    if options.json:
        options.json.write_text(json.dumps(
            [[*result[:4], result[-1].predicted, result[-1].simulated] for result in results],
            indent=1))
    if options.docs:
        text = DOCS.read_text()
        begin, end = "<!-- bench bound -->\n", "<!-- end of bound -->"
        pattern = re.escape(begin) + ".*?" + re.escape(end)
        new, count = re.subn(pattern, lambda _: f"{begin}\n{table}\n\n{end}", text, flags=re.S)
        if count != 1:
            sys.exit(f"{DOCS}: expected one place for the table, found {count}")
        DOCS.write_text(new)
    if results[0][-1].ratio < 1:
        sys.exit("a frame exceeds its bound")


if __name__ == "__main__":
    main()
