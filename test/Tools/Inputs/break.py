# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""break.py IN.elf OUT.elf: the only fadd.s of a program becomes illegal."""

import pathlib
import re
import sys

source, target = map(pathlib.Path, sys.argv[1:])
data = bytearray(source.read_bytes())
# fadd.s, rounding mode dyn: 0000000 rs2 rs1 111 rd 1010011, little endian.
pattern = rb"[\x53\xd3][\x70-\x7f\xf0-\xff][\x00-\xff][\x00\x01]"
found = [m.start() for m in re.finditer(pattern, data, re.DOTALL) if m.start() % 2 == 0]
if len(found) != 1:
    sys.exit(f"{len(found)} additions")
data[found[0] : found[0] + 4] = b"\xff" * 4
target.write_bytes(data)
