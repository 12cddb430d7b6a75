# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Time grows as the network does: four times the nodes take about four times as long, where
something quadratic would take sixteen times as long. What cannot fit is refused at once."""

import pytest

import large_networks

SMALL, LARGE = 4000, 16000
# Sixteen is the square of the ratio of sizes, and four the ratio.
MOST = 8
# What starting a tool takes, and the least that a ratio can be made of.
LEAST = 0.1


def measure(path, *options):
    """The least of three runs, which other work on the machine disturbs least."""
    runs = [large_networks.measure(path, *options, timeout=120) for _ in range(3)]
    for process, _ in runs:
        assert process.returncode == 0, process.stderr
    return max(min(seconds for _, seconds in runs), LEAST)


def check(family, folder, *options):
    times = [measure(large_networks.write(family, size, folder), "-o", "/dev/null", *options)
             for size in (SMALL, LARGE)]
    assert times[1] < MOST * times[0], f"{family.__name__}: {times} seconds"


@pytest.mark.parametrize("family", large_networks.FAMILIES, ids=lambda f: f.__name__)
def test_import(family, tmp_path):
    check(family, tmp_path, "--emit=mlir-imported")
