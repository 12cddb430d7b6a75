# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""small_target.py FILE: writes a target like pulp-open with 48 KB of L2."""

import json
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[3]
target = json.loads((root / "targets/pulp-open.json").read_text())
target["name"] = "small"
target["memories"][1]["size"] = 48 << 10
pathlib.Path(sys.argv[1]).write_text(json.dumps(target))
