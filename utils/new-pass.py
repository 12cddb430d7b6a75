#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the boilerplate of a new pass.

    utils/new-pass.py DropDeadStates "Remove states that nothing reads"
    utils/new-pass.py --library=cluster JoinBarriers "One barrier instead of two"

adds the definition to the library's .td, a source file with an empty walk, its
line in CMakeLists.txt and a lit test that runs the pass (rnn-drop-dead-states,
cluster-join-barriers) and fails until the expected output is written.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEADER = """// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""
NETWORK = """rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    outputs("y" : tensor<4xf32>) {
  rnn.yield %x : tensor<4xf32>
}
"""
FUNCTION = """func.func @kernel(%x: memref<4xf32>) {
  return
}
"""


@dataclasses.dataclass
class Library:
    folder: str  # below include/se, lib and test
    namespace: str
    prefix: str  # of the passes' names
    header: str  # of the operations that they walk over
    operation: str
    example: str
    own_folders: bool = False  # of sources, one for each pass
    # A folder of sources and tests in `folder`, and the file of definitions.
    step: str = ""


LIBRARIES = {
    **{f"rnn-{step.lower()}": Library("Dialect/RNN/Transforms", "se::rnn", "rnn",
                                      "se/Dialect/RNN/RNN.h", "se::rnn::NetworkOp", NETWORK,
                                      step=step)
       for step in ("Normalize", "Quantize", "Legalize")},
    "dsp": Library("Dialect/DSP/Transforms", "se::dsp", "dsp", "se/Dialect/RNN/RNN.h",
                   "se::rnn::NetworkOp", NETWORK, own_folders=True),
    "cluster": Library("Dialect/Cluster/Transforms", "se::cluster", "cluster",
                       "se/Dialect/Cluster/Cluster.h", "se::cluster::ParallelOp",
                       FUNCTION, own_folders=True),
    "xpulp": Library("Dialect/XPulp/Transforms", "se::xpulp", "xpulp",
                     "se/Dialect/XPulp/XPulp.h", "se::xpulp::LoopOp", FUNCTION,
                     own_folders=True),
    "schedule": Library("Schedule", "se::schedule", "se", "se/Dialect/RNN/RNN.h",
                        "se::rnn::NetworkOp", NETWORK, own_folders=True),
    "conversion": Library("Conversion", "se::conversion", "se",
                          "se/Dialect/XPulp/XPulp.h",
                          "se::xpulp::InstructionOpInterface", FUNCTION),
}


def main():
    parser = argparse.ArgumentParser(description="Writes the boilerplate of a new pass.")
    parser.add_argument("--library", choices=LIBRARIES, default="rnn-normalize",
                        help="where the pass belongs to (default: rnn-normalize)")
    parser.add_argument("name", help="class name, e.g. DropDeadStates")
    parser.add_argument("summary", help="one line without a full stop")
    arguments = parser.parse_args()
    name, summary = arguments.name, arguments.summary
    library = LIBRARIES[arguments.library]
    if not re.fullmatch(r"([A-Z][a-z0-9]+)+", name):
        sys.exit(f"error: '{name}' is not a class name such as DropDeadStates")
    words = "-".join(word.lower() for word in re.findall(r"[A-Z][a-z0-9]+", name))
    flag = f"{library.prefix}-{words}"
    sources = ROOT / "lib" / library.folder
    tests = ROOT / "test" / library.folder / library.step
    step = f"{library.step}/" if library.step else ""
    relative = step + (f"{name}/{name}.cpp" if library.own_folders else f"{name}.cpp")
    passes = ROOT / "include/se" / library.folder / f"{library.step or 'Passes'}.td"
    source, test = sources / relative, tests / f"{words}.mlir"
    table = passes.read_text()
    tables = (file.read_text() for file in passes.parent.glob("*.td"))
    if source.exists() or test.exists() or any(f'"{flag}"' in text for text in tables):
        sys.exit(f"error: there is a pass '{flag}' already")

    definition = f'''def {name} : Pass<"{flag}", "::mlir::ModuleOp"> {{
  let summary = "{summary}";
  let description = [{{
    {summary}.
  }}];
}}

'''
    passes.write_text(table.replace("#endif //", definition + "#endif //"))
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_text(f"""{HEADER}
//===- {name}.cpp - {summary} ---===//

#include "{library.header}"
#include "se/{library.folder}/Passes.h"

namespace {library.namespace} {{
#define GEN_PASS_DEF_{name.upper()}
#include "se/{library.folder}/Passes.h.inc"
}} // namespace {library.namespace}

using namespace mlir;

namespace {{
struct {name}Pass : {library.namespace}::impl::{name}Base<{name}Pass> {{
  void runOnOperation() override {{
    getOperation().walk([&]({library.operation} op) {{}});
  }}
}};
}} // namespace
""")
    cmake = sources / "CMakeLists.txt"
    text = cmake.read_text()
    cmake.write_text(text.replace(".cpp\n  LINK_LIBS",
                                  f".cpp {relative}\n  LINK_LIBS", 1))
    tests.mkdir(parents=True, exist_ok=True)
    test.write_text(f"""// RUN: se-opt %s --{flag} | FileCheck %s

// CHECK-LABEL: write what {flag} shall do
{library.example}""")
    for path in (passes, source, cmake, test):
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
