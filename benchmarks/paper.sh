#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The tables and pictures of docs/paper.md: what the paper that this project reproduces claims, and
# what is measured here. SE_BIN is the folder of the tools of a build, SE_PYTHON the Python of the
# tests; options go to paper/run.py.
set -e
PYTHONPATH=$SE_BIN/../python exec "${SE_PYTHON:-python3}" "$(dirname "$0")/paper/run.py" "$@"
