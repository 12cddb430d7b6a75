# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`pip install ./python` from the checkout into an environment of its own."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

import se

pytest.importorskip("se_mlir", reason="built without the Python package")

MODEL = se.SOURCE / "models/tinydenoiser_lstm128.onnx"
CODE = """
import sys
import numpy as np
import se_mlir
assert se_mlir.__file__.startswith(sys.prefix), se_mlir.__file__
folder, model = sys.argv[1:]
report = se_mlir.compile(model, folder + "/net.elf", precision="fp16")
frames = np.load(folder + "/mag.npy")
for program, options in ((folder + "/net.elf", {}), (model, {"precision": "fp16"})):
    mask = se_mlir.run(program, {"mag": frames}, **options).outputs["mask"]
    assert mask.tobytes() == np.load(folder + "/mask.npy").tobytes()
try:
    se_mlir.compile("no.onnx", "no.elf")
except se_mlir.Error as error:
    print(error)
print(se_mlir.__version__)
"""


def compilers():
    """Those of this build, so that ccache knows the results; pip takes Python's."""
    cache = (se.BIN.parent / "CMakeCache.txt").read_text()
    return {
        variable: re.search(f"^CMAKE_{name}_COMPILER:[A-Z]+=(.+)$", cache, re.M)[1]
        for variable, name in (("CC", "C"), ("CXX", "CXX"))
    }


def test_install(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment |= compilers()
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = venv / "bin/python"
    process = subprocess.run(
        [venv / "bin/pip", "install", "--disable-pip-version-check",
         se.SOURCE / "python"],
        env=environment, capture_output=True, text=True,
    )
    assert process.returncode == 0, process.stdout[-5000:] + process.stderr[-5000:]

    frames = np.random.default_rng(0).exponential(2.0, (4, 257)).astype(np.float32)
    expected = se.run(MODEL, {"mag": frames}, ["mask"], "--precision=fp16")
    np.save(tmp_path / "mag.npy", frames)
    np.save(tmp_path / "mask.npy", expected["mask"])
    process = subprocess.run(
        [python, "-c", CODE, tmp_path, MODEL],
        env=environment, cwd=tmp_path, capture_output=True, text=True,
    )
    assert process.returncode == 0, process.stderr
    version = se.run_tool("se-compile", "--version").stdout.split()[1]
    assert process.stdout.splitlines() == [
        "cannot read 'no.onnx': No such file or directory", version
    ]
    help_ = subprocess.run(
        [python, "-m", "se_mlir.evaluate", "--help"],
        env=environment, cwd=tmp_path, capture_output=True, text=True,
    )
    assert help_.returncode == 0 and "--noisy" in help_.stdout
    # Without the extra packages, one line says what is missing.
    bare = subprocess.run(
        [python, "-m", "se_mlir.evaluate", "--model", MODEL, "--noisy", tmp_path,
         "--clean", tmp_path],
        env=environment, cwd=tmp_path, capture_output=True, text=True,
    )
    assert bare.returncode == 1 and bare.stderr == (
        "error: the package pesq is not there: pip install './python[evaluate]' in a "
        "checkout of se-mlir\n"
    )
