# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Schedules a network in several ways and proves each: schedule-all.py NETWORK OPTIONS..."""

import subprocess
import sys

from choices import choose_passes

network, *all_options = sys.argv[1:]
for options in all_options:
    passes = [*choose_passes(options.split()), "-o", "/dev/null"]
    if subprocess.run(["se-opt", network, *passes]).returncode:
        sys.exit(f"with {options}")
