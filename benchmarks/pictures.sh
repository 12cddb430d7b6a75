#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The pictures of README.md, from the sound and the program of `./dev demo`. They
# go to build/pictures; --out=docs/pictures renews those of the repository. SE_BIN is the
# folder of the tools of a build, SE_PYTHON a Python with numpy and matplotlib.
set -e
cd "$(dirname "$0")/.."
./dev demo
PYTHONPATH=$SE_BIN/../python exec "${SE_PYTHON:-python3}" benchmarks/pictures/draw.py "$@"
