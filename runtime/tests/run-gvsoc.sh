#!/bin/sh
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a program on GVSoC in the current folder; exit 77 means skipped.
command -v gvsoc >/dev/null || {
  echo "gvsoc is not on PATH"
  exit 77
}
# A wild access can make the model hang, so it gets a limit of host time.
exec timeout 100 gvsoc --target=pulp-open --work-dir . --binary "$1" run
