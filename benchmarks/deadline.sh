#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The table of docs/deadline.md: the bound of networks between samples, and the longest of many
# hops. SE_BIN is the folder of the tools of a build, SE_PYTHON a Python with numpy; options go to
# deadline/run.py.
set -e
exec "${SE_PYTHON:-python3}" "$(dirname "$0")/deadline/run.py" "$@"
