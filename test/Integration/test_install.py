# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`cmake --install`: tools that need no build folder, and another project that links
the dialects."""

import re
import shutil
import subprocess

import numpy as np
import pytest

import se

BUILD = se.BIN.parent
MODEL = se.SOURCE / "models/tinydenoiser_gru128.onnx"
CELL = se.SOURCE / "examples/cells/leaky.mlir"


def check(*command, **options):
    process = subprocess.run([str(c) for c in command], capture_output=True, text=True,
                             timeout=600, **options)
    assert process.returncode == 0, f"{command}\n{process.stdout}\n{process.stderr}"
    return process.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("install") / "prefix"
    check("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


def can_hide():
    command = ["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none",
               str(BUILD)]
    return shutil.which("unshare") and subprocess.run(command, capture_output=True,
                                                      check=False).returncode == 0


def without_build(*command):
    """Runs a command for which the build folder is empty, where the system lets us."""
    if not can_hide():
        return check(*command)
    script = f'mount -t tmpfs none "{BUILD}" && exec "$@"'
    return check("unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", *command)


def test_files(prefix):
    """The package of another user says nothing of this build."""
    found = {str(p.relative_to(prefix)) for p in prefix.rglob("*") if p.is_file()}
    for name in ("bin/se-compile", "bin/se-run", "share/se-mlir/targets/pulp-open.json",
                 "include/se/Dialect/RNN/RNNOps.td", "include/se/Dialect/RNN/RNNOps.h.inc",
                 "include/se/Dialect/RNN/RNN.h"):
        assert name in found
    assert not (prefix / "se_mlir").exists()
    configuration = [p for p in prefix.rglob("*.cmake")]
    assert {p.name for p in configuration} >= {"SeMlirConfig.cmake", "SeMlirTargets.cmake",
                                               "SeMlirConfigVersion.cmake"}
    for path in configuration:
        text = path.read_text()
        for folder in (BUILD, se.SOURCE):
            assert str(folder) not in text, path
        assert not re.search("-Werror|Precompiled|fuse-ld|se_options", text), path


def test_tools(prefix, tmp_path):
    frames = np.random.default_rng(0).exponential(2.0, (3, 257)).astype(np.float32)
    np.save(tmp_path / "mag.npy", frames)
    expected = se.run(MODEL, {"mag": frames}, ["mask"], "--precision=fp16")
    tools = prefix / "bin"
    without_build(tools / "se-compile", MODEL, "-o", tmp_path / "net.elf",
                  "--precision=fp16")
    for program, options in ((tmp_path / "net.elf", []), (MODEL, ["--precision=fp16"])):
        without_build(tools / "se-run", program, "--in", f"mag={tmp_path}/mag.npy",
                      "--out", f"mask={tmp_path}/mask.npy", *options)
        assert np.load(tmp_path / "mask.npy").tobytes() == expected["mask"].tobytes()
    assert "leaky" in without_build(tools / "se-opt", CELL, "--rnn-fuse-gates")


def test_other_project(prefix, tmp_path):
    """examples/out-of-tree, with the compiler of this build and no other option."""
    cache = (BUILD / "CMakeCache.txt").read_text()

    def setting(name):
        return re.search(f"^{name}:[A-Z]+=(.*)$", cache, re.M)[1]

    build = tmp_path / "build"
    check("cmake", "-S", se.SOURCE / "examples/out-of-tree", "-B", build, "-G", "Ninja",
          f"-DCMAKE_PREFIX_PATH={prefix}",
          f"-DCMAKE_CXX_COMPILER={setting('CMAKE_CXX_COMPILER')}",
          f"-DCMAKE_C_COMPILER={setting('CMAKE_C_COMPILER')}")
    check("cmake", "--build", build)
    output = check(build / "list-cells", CELL)
    assert output.splitlines() == [
        "leaky: 1 states, 2 weights", "  rnn.matvec", "  arith.mulf", "  arith.addf",
        "  rnn.activation", "  rnn.yield"]


def test_other_version(prefix, tmp_path):
    """Another version than was asked for is refused where it is looked for."""
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.25)\nproject(other LANGUAGES C CXX)\n"
        "find_package(SeMlir 99.0 REQUIRED)\n")
    process = subprocess.run(
        ["cmake", "-S", tmp_path, "-B", tmp_path / "build",
         f"-DCMAKE_PREFIX_PATH={prefix}"], capture_output=True, text=True, timeout=600)
    assert process.returncode != 0 and 'requested version "99.0"' in process.stderr
