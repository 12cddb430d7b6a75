# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cycles of the tiling that se-choose-tiling chose, by its remark and by plan.report:
same-prediction.py NETWORK PIPELINE-OPTIONS...
"""

import re
import subprocess
import sys

network, *options = sys.argv[1:]
run = subprocess.run(
    ["se-opt", network, f"--se-pipeline=to=scheduled {' '.join(options)}",
     "--remarks-filter=se-choose-tiling"], capture_output=True, text=True)
assert run.returncode == 0, run.stderr
(chosen,) = re.findall(r"\[Passed\] tiling .*cycles=(\d+)", run.stderr)
(reported,) = re.findall(r"plan.report<frame = (\d+)", run.stdout)
print(chosen, "cycles chosen,", reported, "reported")
