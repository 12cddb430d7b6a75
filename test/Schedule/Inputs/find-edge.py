# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The bytes that a network needs of one memory: find-edge.py NETWORK OPTION OPTIONS...

Starts with OPTION=0 and adds what the error says until the network fits. The
last sum must be the edge: one byte less does not fit, and says so.
"""

import re
import subprocess
import sys

from choices import choose_passes

network, option, *others = sys.argv[1:]


def schedule(bytes):
    passes = [*choose_passes([f"{option}={bytes}", *others]), "-o", "/dev/null"]
    run = subprocess.run(["se-opt", network, *passes], capture_output=True, text=True)
    if run.returncode == 0:
        return 0
    errors = [line for line in run.stderr.splitlines() if "error:" in line]
    assert run.returncode == 1 and len(errors) == 1, run.stderr
    found = re.search(r"memory (l\d|nvm) exceeded by (\d+) bytes", errors[0])
    assert found, errors
    return int(found[2])


total = steps = 0
while missing := schedule(total):
    total += missing
    steps += 1
    assert steps < 10, "the errors do not say what would fit"
assert schedule(total - 1) == 1, "one byte less fits, or is not what lacks"
print(f"{option} {total} in {steps}")
