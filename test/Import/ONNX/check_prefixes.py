# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_prefixes.py MODEL TOOL: imports every shorter prefix of MODEL, which
must fail with one line each."""

import pathlib
import subprocess
import sys

model, tool = pathlib.Path(sys.argv[1]), sys.argv[2]
data = model.read_bytes()
prefix, output = model.with_suffix(".prefix"), model.with_suffix(".mlir")
failures = 0
for length in range(len(data)):
    prefix.write_bytes(data[:length])
    run = subprocess.run(
        [tool, "--import-onnx", prefix, "-o", output], capture_output=True, text=True
    )
    one_line = run.stderr.count("\n") == 1 and ": error: " in run.stderr
    if run.returncode != 1 or not one_line or run.stdout or output.exists():
        failures += 1
        print(f"{length} of {len(data)} bytes: exit {run.returncode}: {run.stderr}")
sys.exit(failures > 0)
