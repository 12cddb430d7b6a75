#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How the time of an import grows with the size of a network.

For each kind of network the seconds of a processor at each size, and between sizes
the exponent of the growth: 1 where twice the nodes take twice the time, 2 where they
take four times as long.
"""

import argparse
import math
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "test" / "Integration"))

import large_networks  # noqa: E402


def measure(family, size, folder, options):
    path = large_networks.write(family, size, folder)
    seconds = []
    for _ in range(options.repeat):
        process, taken = large_networks.measure(
            path, f"--emit={options.emit}", f"--precision={options.precision}",
            "-o", "/dev/null", timeout=options.timeout)
        seconds.append(taken)
        if process.returncode:
            return min(seconds), process.stderr.strip().splitlines()[-1][:160]
    return min(seconds), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,2000,4000,8000,16000")
    parser.add_argument("--only", default="", metavar="KIND,...", help="these kinds")
    parser.add_argument("--emit", default="mlir-imported",
                        help="how far: mlir-imported, mlir-normalized, ..., elf")
    parser.add_argument("--precision", default="fp32")
    parser.add_argument("--repeat", type=int, default=1, help="the least of so many runs")
    parser.add_argument("--timeout", type=float, default=600, help="of a run, in seconds")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    families = [f for f in large_networks.FAMILIES
                if not options.only or f.__name__ in options.only.split(",")]
    print(f"user seconds of se-compile --emit={options.emit} "
          f"--precision={options.precision}, (exponents)")
    print(f"{'nodes':16}" + "".join(f"{size:>15}" for size in sizes))
    for family in families:
        print(f"{family.__name__:16}", end="", flush=True)
        before, message = None, ""
        with tempfile.TemporaryDirectory() as name:
            for size in sizes:
                try:
                    seconds, message = measure(family, size, pathlib.Path(name), options)
                except large_networks.TimeoutExpired:
                    message = f"more than {options.timeout:g} seconds at {size}"
                    break
                exponent = "" if before is None else (
                    f" ({math.log2(max(seconds, 0.001) / before) / math.log2(size / last):4.2f})")
                print(f"{f'{seconds:.2f}{exponent}':>15}", end="", flush=True)
                before, last = max(seconds, 0.001), size
        print(f"   {message}" if message else "")


if __name__ == "__main__":
    main()
