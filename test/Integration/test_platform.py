# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""--platform=gvsoc as se-run sees it: here `gvsoc` is a script, which does what
a GVSoC might do wrong."""

import os
import pathlib
import signal
import subprocess
import time

import pytest

import se
from onnx_models import Recipe
from test_bad_input import expect_error, save

SMALL = Recipe("lstm", input=3, hidden=5)


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Puts a `gvsoc` on PATH that starts a process, whose number it writes, and
    hangs. Returns a function that waits for that number."""
    folder = tmp_path / "bin"
    folder.mkdir()
    number = tmp_path / "number"
    script = folder / "gvsoc"
    script.write_text(f"#!/bin/sh\nsleep 300 &\necho $! > {number}.new\n"
                      f"mv {number}.new {number}\nwait\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def started():
        for _ in range(600):
            if number.exists():
                return int(number.read_text())
            time.sleep(0.05)
        raise AssertionError("the script did not start")

    return started


def is_running(number):
    try:
        state = pathlib.Path(f"/proc/{number}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False
    return state != "Z"


def assert_ends(number):
    for _ in range(200):
        if not is_running(number):
            return
        time.sleep(0.05)
    os.kill(number, signal.SIGKILL)
    raise AssertionError("what gvsoc started goes on")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("platform")
    network = save(SMALL, folder / "net.onnx")
    return se.compile(network, folder / "net.elf")


def make_arguments(program, folder):
    import numpy as np
    np.save(folder / "x.npy", np.zeros((1, SMALL.input), np.float32))
    return [program, "--in", f"x={folder}/x.npy", "--platform=gvsoc"]


def test_timeout_ends_all_processes(fake, program, tmp_path):
    process = se.tool("se-run", *make_arguments(program, tmp_path), "--host-timeout=2")
    assert process.returncode == 1
    assert process.stderr.startswith("error: ") and "timed out" in process.stderr
    assert len(process.stderr.splitlines()) == 1
    assert_ends(fake())


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_signal_ends_all_processes(name, fake, program, tmp_path):
    command = [se.BIN / "se-run", *map(str, make_arguments(program, tmp_path))]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    number = fake()
    process.send_signal(getattr(signal, name))
    process.communicate(timeout=60)
    assert process.returncode != 0
    assert_ends(number)


def test_too_large(fake, tmp_path):
    """Not started at all if the program does not fit the memories."""
    network = save(Recipe("lstm", input=300, hidden=160), tmp_path / "net.onnx")
    elf = se.compile(network, tmp_path / "net.elf", "--target=gap9")
    import numpy as np
    np.save(tmp_path / "x.npy", np.zeros((1, 300), np.float32))
    line = expect_error(tmp_path, "se-run", elf, "--in", f"x={tmp_path}/x.npy",
                        "--platform=gvsoc", text="made for gap9, has .* bytes at 0x10000000")
    assert "--target" in line
