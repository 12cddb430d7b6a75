#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The table of docs/baselines.md. SE_BIN is the folder of the tools of a build;
# options go to kernels/run.py.
exec python3 "$(dirname "$0")/kernels/run.py" --simulator="$SE_BIN/se-run" \
  "$@" "$SE_BIN/../benchmarks"
