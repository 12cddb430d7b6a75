# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_errors.py DIR TOOL LIST: imports each DIR/bad_*.onnx and compares the
one line of output with the line of the same name in LIST."""

import pathlib
import re
import subprocess
import sys

directory, tool, listing = sys.argv[1:]
expected = dict(re.findall(r"^# (bad_\w+): (.*)$", open(listing).read(), re.M))
output = pathlib.Path(directory, "out.mlir")
failures = 0
for model in sorted(pathlib.Path(directory).glob("bad_*.onnx")):
    run = subprocess.run(
        [tool, "--import-onnx", model.name, "-o", output.name],
        cwd=directory,
        capture_output=True,
        text=True,
    )
    want = f"{model.name}:0:0: error: {expected.pop(model.stem, '(not in the list)')}\n"
    if run.returncode != 1 or run.stderr != want or run.stdout or output.exists():
        failures += 1
        print(f"{model.name}: exit {run.returncode}\n  got:  {run.stderr}  want: {want}")
for name in expected:
    failures += 1
    print(f"{name}: there is no such model")
sys.exit(failures > 0)
