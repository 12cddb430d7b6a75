#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The table of docs/performance.md, "Banks and port": cycles of trained networks where banks of L1
# serve one access a cycle and all share the port to L2. SE_BIN is the folder of the tools of a
# build, SE_PYTHON a Python with numpy and onnx; options go to port/run.py.
set -e
exec "${SE_PYTHON:-python3}" "$(dirname "$0")/port/run.py" "$@"
