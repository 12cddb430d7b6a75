#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The tables of docs/quality.md: sound and bytes of trained networks in every precision. SE_BIN is
# the folder of the tools of a build, SE_PYTHON the Python of the tests; options go to
# quality/run.py, which needs recordings with and without noise.
set -e
PYTHONPATH=$SE_BIN/../python exec "${SE_PYTHON:-python3}" "$(dirname "$0")/quality/run.py" "$@"
