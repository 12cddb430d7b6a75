#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The table of docs/performance.md, "Cells of the library": cycles of each, its bound,
# and what was predicted. SE_BIN is the folder of the tools of a build, SE_PYTHON a Python
# with numpy that finds se_mlir; options go to cells/run.py.
set -e
exec "${SE_PYTHON:-python3}" "$(dirname "$0")/cells/run.py" "$@"
