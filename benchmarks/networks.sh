#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The tables of docs/performance.md, "Cycles per frame": trained networks on two targets, in
# every precision. SE_BIN is the folder of the tools of a build, SE_PYTHON a Python with numpy
# and onnx; options go to networks/run.py.
set -e
exec "${SE_PYTHON:-python3}" "$(dirname "$0")/networks/run.py" "$@"
