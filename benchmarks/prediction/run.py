#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How far predictions are from simulated cycles: random small networks of all kinds,
and the networks of models/, in all precisions.

Prints a table, in Markdown, and the programs that are farthest off. With --docs it
becomes the table of docs/scheduling.md.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SE_BIN", ROOT / "build" / "release" / "bin"))
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "test" / "Integration"),
                str(BIN.parent / "python")]

import pages  # noqa: E402
import predictions  # noqa: E402
import random_networks  # noqa: E402

NEAR = 0.1
PAGE = "scheduling.md"


def run_random(job):
    kind, seed, precision = job
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        network = random_networks.write(kind, seed, folder)
        return kind, seed, precision, predictions.measure_network(
            network, precision, folder, seed)


def run_model(job):
    path, precision = job
    random = np.random.default_rng(0)
    frames = np.abs(random.standard_normal((60, 257))).astype(np.float32)
    with tempfile.TemporaryDirectory() as name:
        found = predictions.measure(path, "mag", frames[:4], precision, pathlib.Path(name),
                                    frames, "--target=pulp-open-ddr")
        return "models/", path.stem, precision, found


def summarize(results):
    """A line for each kind and one for each precision."""
    groups = {}
    for kind, _, precision, found in results:
        for group in (kind, precision, "all"):
            groups.setdefault(group, []).append(found.ratio)
    lines = ["| programs | number | predicted / simulated | off by, mean | 95 % of them | "
             "worst | within 10 % |", "|---|---|---|---|---|---|---|"]
    order = [*random_networks.KINDS, "models/", *random_networks.PRECISIONS, "all"]
    for group in (g for g in order if g in groups):
        ratios = np.array(groups[group])
        off = np.abs(ratios - 1)
        worst = ratios[np.argmax(np.abs(np.log(ratios)))]
        lines.append(f"| {group.replace('_', ' ')} | {len(ratios)} | {ratios.mean():.3f} | "
                     f"{100 * off.mean():.1f} % | {100 * np.percentile(off, 95):.1f} % | "
                     f"{worst:.2f} | {100 * (off <= NEAR).mean():.0f} % |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=7, metavar="N",
                        help="random networks of each kind")
    parser.add_argument("--first", type=int, default=1000, metavar="SEED",
                        help="the seed of the first")
    parser.add_argument("--json", type=pathlib.Path, help="writes each program there")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {PAGE}")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.networks)
    jobs = [(run_random, (kind, seed, precision)) for kind in random_networks.KINDS
            for seed in seeds for precision in random_networks.PRECISIONS]
    jobs += [(run_model, (path, precision)) for path in sorted((ROOT / "models").glob("*.onnx"))
             for precision in random_networks.PRECISIONS]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda job: job[0](job[1]), jobs))
    table = summarize(results)
    print(table)
    print("\nfarthest off:")
    for kind, name, precision, found in sorted(
            results, key=lambda r: -abs(np.log(r[3].ratio)))[:10]:
        print(f"  {kind} {name} {precision}: predicted {found.predicted}, "
              f"took {found.simulated:.0f}, {found.ratio:.2f}")
    if options.json:
        options.json.write_text(json.dumps(
            [[kind, name, precision, found.predicted, found.simulated]
             for kind, name, precision, found in results], indent=1))
    if options.docs:
        pages.write(PAGE, {"prediction": f"\n{table}\n\n"})


if __name__ == "__main__":
    main()
