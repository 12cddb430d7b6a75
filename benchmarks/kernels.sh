#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The table of docs/baselines.md: hand-written kernels, and what the compiler makes
# of the same networks. SE_BIN is the folder of the tools of a build, SE_PYTHON a
# Python with numpy and onnx; options go to kernels/run.py.
set -e
folder=$(dirname "$0")/kernels
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
only= gvsoc=
for option; do
  case $option in
    --only=*) only=$option ;;
    --gvsoc) gvsoc=$option ;;
  esac
done
"${SE_PYTHON:-python3}" "$folder/compiled.py" --tools="$SE_BIN" $gvsoc $only "$rows"
python3 "$folder/run.py" --simulator="$SE_BIN/se-run" --rows="$rows" "$@" \
  "$SE_BIN/../benchmarks"
