# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cases that may not lie in the repository; absent on other people's machines."""

import shutil
import subprocess
import sys

import pytest

import se

CASES = se.SHARED.parent / "cases"


def make(name, folder):
    """Runs the case's make.py in a copy below `folder`; returns the copy."""
    if not (CASES / name).exists():
        pytest.skip("no ../shared/cases")
    shutil.copytree(CASES / name, folder / name)
    shutil.copy(CASES / "common.py", folder)
    subprocess.run([sys.executable, folder / name / "make.py"], check=True)
    return folder / name
