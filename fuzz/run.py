#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs the fuzz targets, each for some minutes, and prints a table. The exit status is
1 if something was found; the file that repeats it is told.

usage: run.py --bin FOLDER --seeds FOLDER --work FOLDER [--minutes N] [--seed N] [--only TARGET]

The work folder keeps the corpus of each target, which the next run starts from.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import resource
import subprocess
import sys

# Name: folders of seeds, options, and about how many files are tried in a minute on a
# core. A file that is longer than its parser's stack is deep would be MLIR's find, which
# the tools read in a process of their own for.
TARGETS = {
    "onnx": (["onnx"], ["-max_len=8192"], 25_000),
    "module": (["module", "mlir"], ["-max_len=2048", "-dict=module.dict"], 40_000),
    "npy": (["npy"], ["-max_len=1024"], 2_000_000),
    "npz": (["npz"], ["-max_len=4096"], 1_500_000),
    "policy": (["policy"], ["-max_len=2048", "-dict=json.dict"], 1_500_000),
    "calibration": (["calibration"], ["-max_len=8192", "-dict=json.dict"], 1_000_000),
    "target": (["target"], ["-max_len=4096", "-dict=json.dict"], 600_000),
    "frontend": (["frontend"], ["-max_len=4096", "-dict=json.dict"], 1_000_000),
    "program": (["program"], ["-max_len=65536"], 25_000),
    "sound": (["sound"], ["-max_len=8192"], 20_000),
}
HERE = pathlib.Path(__file__).resolve().parent
# MLIR's library, which has no sanitizer, uses memory that inline functions of LLVM in
# our code have marked as unused.
ENVIRONMENT = {"ASAN_OPTIONS": "allow_user_poisoning=0:detect_leaks=0"}
PROGRESS = re.compile(r"^#(\d+)\s+(\w+)\s+cov: (\d+)", re.MULTILINE)
# What tells about a find where nobody can look at its file.
ERRORS = re.compile(r"^(?: +#\d+ .*|.*ERROR: .*|\*\*\* .*|SUMMARY: .*|.*Assertion.*)$",
                    re.MULTILINE)


def run(name, options):
    folders, flags, runs = TARGETS[name]
    corpus = options.work / name
    corpus.mkdir(parents=True, exist_ok=True)
    finds = options.work / "finds" / name
    finds.mkdir(parents=True, exist_ok=True)
    log = options.work / f"{name}.txt"
    flags = [f.replace("-dict=", f"-dict={HERE}/") for f in flags]
    known = HERE / "finds" / name
    command = [
        options.bin / f"se-fuzz-{name}",
        f"-runs={round(runs * options.minutes)}" if options.seed
        else f"-max_total_time={round(60 * options.minutes)}",
        # Addresses get into what is tried next, by comparisons.
        f"-seed={options.seed}", "-reload=0", "-timeout=10", "-rss_limit_mb=2560",
        "-print_final_stats=1", f"-artifact_prefix={finds}/", *flags, corpus,
        *(options.seeds / folder for folder in folders), *([known] if known.exists() else []),
    ]
    with open(log, "w") as file:
        status = subprocess.run(
            ["setarch", "--addr-no-randomize", *command], stdout=file, stderr=file,
            env={**os.environ, **ENVIRONMENT},
            # Room for what is nested as deep as the longest file can be.
            preexec_fn=lambda: resource.setrlimit(
                resource.RLIMIT_STACK, (64 << 20, resource.getrlimit(resource.RLIMIT_STACK)[1])),
        ).returncode
    text = log.read_text(errors="replace")
    states = PROGRESS.findall(text)
    started = next((int(c) for _, word, c in states if word == "INITED"), 0)
    count = re.search(r"number_of_executed_units: (\d+)", text)
    last = max((int(c) for _, _, c in states), default=0)
    found = re.findall(r"Test unit written to (\S+)", text)
    if status and not found:
        found = [f"status {status}, see {log}"]
    return {"name": name, "count": int(count[1]) if count else int(states[-1][0]) if states else 0,
            "start": started, "new": last - started, "found": found, "log": log,
            "errors": ERRORS.findall(text)[:20]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    for name in ("bin", "seeds", "work"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0,
                        help="the same seed tries the same files, from the same corpus: as "
                             "many as a core tries in these minutes (default: another one "
                             "each time)")
    parser.add_argument("--only", choices=TARGETS, action="append")
    options = parser.parse_args()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda name: run(name, options), options.only or TARGETS))
    print(f"{'target':12} {'runs':>9} {'coverage':>9} {'new':>6} {'finds':>6}")
    for result in results:
        print(f"{result['name']:12} {result['count']:9} {result['start']:9} "
              f"{result['new']:6} {len(result['found']):6}")
    for result in results:
        for path in result["found"]:
            print(f"found by {result['name']}: {path}, output: {result['log']}")
            print("".join(f"    {line}\n" for line in result["errors"]), end="")
    sys.exit(any(result["found"] for result in results))


if __name__ == "__main__":
    main()
