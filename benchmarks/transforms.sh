#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The tables of docs/performance.md, "The whole hop": cycles of Fourier transforms, and of
# networks with a front end. SE_BIN is the folder of the tools of a build, SE_PYTHON a Python
# with numpy; options go to transforms/run.py.
set -e
exec "${SE_PYTHON:-python3}" "$(dirname "$0")/transforms/run.py" "$@"
