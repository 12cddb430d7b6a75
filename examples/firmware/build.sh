#!/bin/bash
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds the example firmware: build.sh BUILD_FOLDER OUTPUT.elf [PRECISION]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1 out=$2 precision=${3:-fp32}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
share=$build/share/se-mlir

"$build/bin/se-compile" "$here/../cells/leaky.mlir" --emit=obj \
  --precision="$precision" -o "$work/leaky_net.o"
clang-22 --target=riscv32-unknown-elf -march=rv32imc_zicsr_zfinx_zhinx \
  -mabi=ilp32 -O2 -ffreestanding -nostdlibinc -Wall -Wextra -Werror \
  -I"$share/runtime/include" -I"$work" -c "$here/main.c" -o "$work/main.o"
"$build/bin/se-compile" --print-linker-script > "$work/script.ld"
ld.lld-22 --nmagic --gc-sections -T "$work/script.ld" "$work/main.o" \
  "$work/leaky_net.o" "$share/runtime/libse_runtime.a" -o "$out"
