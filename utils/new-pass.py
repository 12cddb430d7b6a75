#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the boilerplate of a new pass on the rnn dialect.

    utils/new-pass.py DropDeadStates "Remove states that nothing reads"

adds the definition to Passes.td, a source file with an empty walk, its line in
CMakeLists.txt and a lit test that runs the pass (rnn-drop-dead-states) and
fails until the expected output is written.
"""

import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TABLE = ROOT / "include/se/Dialect/RNN/Transforms/Passes.td"
SOURCES = ROOT / "lib/Dialect/RNN/Transforms"
TESTS = ROOT / "test/Dialect/RNN/Transforms"
HEADER = """// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""


def main():
    parser = argparse.ArgumentParser(
        description="Writes the boilerplate of a new pass on the rnn dialect.")
    parser.add_argument("name", help="class name, e.g. DropDeadStates")
    parser.add_argument("summary", help="one line without a full stop")
    arguments = parser.parse_args()
    name, summary = arguments.name, arguments.summary
    if not re.fullmatch(r"([A-Z][a-z0-9]+)+", name):
        sys.exit(f"error: '{name}' is not a class name such as DropDeadStates")
    flag = "rnn-" + "-".join(
        word.lower() for word in re.findall(r"[A-Z][a-z0-9]+", name))
    source, test = SOURCES / f"{name}.cpp", TESTS / f"{flag[4:]}.mlir"
    table = TABLE.read_text()
    if source.exists() or test.exists() or f'"{flag}"' in table:
        sys.exit(f"error: there is a pass '{flag}' already")

    definition = f'''def {name} : Pass<"{flag}", "::mlir::ModuleOp"> {{
  let summary = "{summary}";
  let description = [{{
    {summary}.
  }}];
}}

'''
    TABLE.write_text(table.replace("#endif //", definition + "#endif //"))
    source.write_text(f"""{HEADER}
//===- {name}.cpp - {summary} ---===//

#include "se/Dialect/RNN/RNN.h"
#include "se/Dialect/RNN/Transforms/Passes.h"

namespace se::rnn {{
#define GEN_PASS_DEF_{name.upper()}
#include "se/Dialect/RNN/Transforms/Passes.h.inc"
}} // namespace se::rnn

using namespace mlir;
using namespace se::rnn;

namespace {{
struct {name}Pass : se::rnn::impl::{name}Base<{name}Pass> {{
  void runOnOperation() override {{
    getOperation().walk([&](NetworkOp network) {{}});
  }}
}};
}} // namespace
""")
    cmake = SOURCES / "CMakeLists.txt"
    text = cmake.read_text()
    cmake.write_text(text.replace(".cpp\n  LINK_LIBS",
                                  f".cpp {name}.cpp\n  LINK_LIBS", 1))
    TESTS.mkdir(parents=True, exist_ok=True)
    test.write_text(f"""// RUN: se-opt %s --{flag} | FileCheck %s

// CHECK-LABEL: write what {flag} shall do
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {{
  rnn.yield %x : tensor<4xf32>
}}
""")
    for path in (TABLE, source, cmake, test):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
