# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What tests of files that are broken or mean harm share."""

import os
import re
import resource
import subprocess

import numpy as np
import pytest

import onnx_models
import se
from seeds import SMALL


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def fails(*arguments, text, folder):
    """Runs a tool that must fail in one line, soon, and write nothing."""
    before = sorted(os.listdir(folder))
    # Sanitizers reserve more than any limit.
    options = {} if "sanitizers" in str(se.BIN) else {"preexec_fn": limited}
    process = subprocess.run(
        [se.BIN / arguments[0], *map(str, arguments[1:])],
        capture_output=True, timeout=60, cwd=folder, **options)
    problem = f"{' '.join(map(str, arguments))}\n{process.stderr!r}"
    assert process.returncode == 1, problem
    lines = process.stderr.decode().splitlines()
    lines = [line for line in lines if not line.startswith("calibrating ")]
    # se-translate puts the place first, as MLIR's tools do.
    assert len(lines) == 1 and re.match(r"(\S+:\d+:\d+: )?error: ", lines[0]), problem
    assert lines[0].isprintable() and len(lines[0]) <= 300, problem
    assert re.search(text, lines[0]), f"no {text!r} in: {problem}"
    assert sorted(os.listdir(folder)) == before, problem
    return lines[0]


@pytest.fixture
def network(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(SMALL).SerializeToString())
    return path


@pytest.fixture
def elf(network, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3), np.float32))
    return se.compile(network, tmp_path / "net.elf")
