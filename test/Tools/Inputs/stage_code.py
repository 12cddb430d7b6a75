# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""stage_code.py DWARF REPORT: compares the code of stages in the output of
llvm-dwarfdump --debug-info with code_bytes of a report."""

import collections
import json
import pathlib
import re
import sys

dump, report = (pathlib.Path(name).read_text() for name in sys.argv[1:])
expected = collections.Counter()
for entry in re.split(r"\n\s*\n", dump):
    stage = re.search(r'DW_AT_abstract_origin\s*\(0x[0-9a-f]+ "stage (.*)"\)', entry)
    if "DW_TAG_inlined_subroutine" not in entry or not stage:
        continue
    ranges = re.findall(r"\[(0x[0-9a-f]+), (0x[0-9a-f]+)\)", entry)
    ranges += re.findall(r"DW_AT_low_pc\s*\((\w+)\)\s*DW_AT_high_pc\s*\((\w+)\)", entry)
    expected[stage[1]] += sum(int(end, 16) - int(begin, 16) for begin, end in ranges)
stages = json.loads(report)["stages"]
for stage in stages:
    name, found = stage["name"], stage["code_bytes"]
    if found != expected[name] or not found:
        sys.exit(f"{name}: {found} bytes, expected {expected[name]}")
print(len(stages), "stages alike")
