# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""examples/firmware: a main of its own that calls a compiled network."""

import subprocess

import numpy as np
import pytest

import se

FRAMES = np.array([[1, 0, -1], [0.5, 0.25, 0], [-2, 1, 3], [0, 0, 0]], np.float32)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_firmware(precision, tmp_path):
    program = tmp_path / "firmware.elf"
    subprocess.run(
        [se.SOURCE / "examples/firmware/build.sh", se.BIN.parent, program, precision],
        check=True,
    )
    lines = se.run_tool("se-run", "--check", program).stdout.splitlines()
    words = [[int(word, 16) for word in line.split()[:2]] for line in lines]
    host = se.run(
        se.SOURCE / "examples/cells/leaky.mlir",
        {"x": FRAMES},
        ["y"],
        f"--precision={precision}",
    )
    assert words == host["y"].view(np.uint32).tolist()
