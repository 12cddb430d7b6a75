# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The lit suite: `lit BUILD/test`, or `ctest -R lit` in the build folder.

import os

import lit.formats
from lit.llvm import llvm_config

config.name = "se-mlir"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "Integration"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.se_obj_root, "test")

llvm_config.with_system_environment(["HOME", "TMP", "TEMP", "TMPDIR"])
# LLVM's and MLIR's tools behind ours.
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.with_environment("PATH", config.se_tools_dir, append_path=True)
# Tests that write bytecode files beside their sources would be a nuisance.
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"

config.substitutions.append(("%python", f'"{config.python}"'))
config.substitutions.append(("%clang", config.clang or "clang-not-found"))
config.substitutions.append(("%se_source", config.se_src_root))
config.substitutions.append(("%se_resources", config.se_resource_dir))
# What se-compile makes of a test's IR, for the host and without an output file.
config.substitutions.append(
    ("%check_rules", f'"{config.python}" {config.test_source_root}/check_rules.py')
)
config.substitutions.append(
    ("%check_includes", f'"{config.python}" {config.test_source_root}/check_includes.py')
)

if config.clang:
    config.available_features.add("clang")
if os.geteuid() == 0:
    # Root may write everywhere: tests of permissions say UNSUPPORTED: root.
    config.available_features.add("root")
