# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where outputs go, together or not at all; and inputs that have no end."""

import json
import os
import stat
import subprocess
import threading

import pytest

import se
from malformed import SMALL, elf, fails, network


# Tests that fail may replace an output, so none names a device of the machine.
def make_device(path, minor):
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, minor))
    except PermissionError:
        pytest.skip("only root makes devices")
    return path


@pytest.fixture
def device(tmp_path):
    """As /dev/null."""
    return make_device(tmp_path / "null", 3)


@pytest.mark.parametrize("emit", ["elf", "obj", "asm", "llvm", "mlir-imported"])
def test_output_is_device(emit, network, device, tmp_path):
    before = sorted(os.listdir(tmp_path))
    se.compile(network, device, f"--emit={emit}")
    assert stat.S_ISCHR(os.lstat(device).st_mode)
    # Nothing stands beside it, as a header would.
    assert sorted(os.listdir(tmp_path)) == before


def test_other_outputs_are_devices(elf, network, device, tmp_path):
    x = tmp_path / "x.npy"
    for program in (elf, network):
        se.run_tool("se-run", program, "--in", f"x={x}", "--out", f"y={device}",
                    f"--stats={device}")
    se.run_tool("se-run", elf, "--in", f"x={x}", f"--trace={device}")
    se.run_tool("se-translate", "--import-onnx", network, "-o", device)
    mlir = se.compile(network, tmp_path / "net.mlir", "--emit=mlir-imported")
    se.run_tool("se-opt", mlir, "-o", device)
    assert stat.S_ISCHR(os.lstat(device).st_mode)


def read_fifo(path, action):
    """What `action` writes to a FIFO."""
    os.mkfifo(path)
    content = []
    reader = threading.Thread(target=lambda: content.append(path.read_bytes()))
    reader.start()
    action(path)
    reader.join(timeout=30)
    assert stat.S_ISFIFO(os.lstat(path).st_mode)
    return content[0]


def test_output_is_fifo(elf, network, tmp_path):
    written = read_fifo(tmp_path / "a", lambda path: se.compile(network, path))
    assert written == elf.read_bytes()
    trace = read_fifo(tmp_path / "b", lambda path: se.run_tool(
        "se-run", elf, "--in", f"x={tmp_path}/x.npy", f"--trace={path}"))
    assert json.loads(trace)["traceEvents"]


@pytest.mark.parametrize("way", ["name", "link", "folder"])
def test_output_is_standard_output(way, elf, network, tmp_path):
    """`-`, and what /dev/stdout and /dev/fd/1 are."""
    (tmp_path / "stdout").symlink_to("/proc/self/fd/1")
    (tmp_path / "fd").symlink_to("/proc/self/fd")
    name = {"name": "-", "link": tmp_path / "stdout", "folder": tmp_path / "fd/1"}[way]
    tool = lambda *arguments: subprocess.run(
        [se.BIN / arguments[0], *map(str, arguments[1:])], check=True,
        capture_output=True).stdout
    assert tool("se-compile", network, "-o", name) == elf.read_bytes()
    y = tool("se-run", elf, "--in", f"x={tmp_path}/x.npy", "--out", f"y={name}")
    assert y.startswith(b"\x93NUMPY") and len(y) == 128 + 4 * 2 * SMALL.hidden
    statistics = tool("se-run", elf, "--in", f"x={tmp_path}/x.npy", f"--stats={name}")
    assert json.loads(statistics)["frames"] == 2
    # A file that it is redirected to keeps what is in it.
    log = tmp_path / "log"
    with open(log, "wb") as file:
        file.write(b"before")
        file.flush()
        subprocess.run([se.BIN / "se-compile", network, "-o", name], check=True,
                       stdout=file)
        file.seek(0, os.SEEK_END)
        file.write(b"after")
    assert log.read_bytes() == b"before" + elf.read_bytes() + b"after"


@pytest.mark.parametrize("exists", [True, False])
def test_output_is_link(exists, elf, network, tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    target, link, second = folder / "real.elf", tmp_path / "link", tmp_path / "second"
    if exists:
        target.write_text("old")
        target.chmod(0o600)
    link.symlink_to("folder/real.elf")
    second.symlink_to(link)
    se.compile(network, second)
    assert link.is_symlink() and second.is_symlink()
    assert target.read_bytes() == elf.read_bytes()
    if exists:
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert os.listdir(folder) == ["real.elf"]


def test_outputs_appear_together(elf, network, tmp_path):
    """The last cannot be written, so what was there before is as it was."""
    x = tmp_path / "x.npy"
    (tmp_path / "y.npy").write_text("old")
    trace = tmp_path / "trace.json"
    fails("se-run", elf, "--in", f"x={x}", "--out", "y=y.npy", f"--trace={trace}",
          "--stats=no/stats.json", text="no/stats.json.*No such file", folder=tmp_path)
    fails("se-run", elf, "--in", f"x={x}", "--out", "y=y.npy", "--stats=y.npy",
          text="y.npy.*another output", folder=tmp_path)
    fails("se-compile", network, "-o", "y.npy", "--report=no/report.json",
          "--save-policy=policy.json", text="no/report.json", folder=tmp_path)
    fails("se-compile", network, "-o", "no/net.elf", "--save-policy=policy.json",
          text="no/net.elf", folder=tmp_path)
    assert (tmp_path / "y.npy").read_text() == "old"


def test_full_device(network, elf, tmp_path):
    """A device is written first, since it cannot be undone."""
    full = make_device(tmp_path / "full", 7)
    fails("se-run", elf, "--in", "x=x.npy", "--out", "y=y.npy", f"--stats={full}",
          text="full.*No space left", folder=tmp_path)
    assert stat.S_ISCHR(os.lstat(full).st_mode)


# --- inputs without an end -----------------------------------------------------


@pytest.mark.parametrize("kind", ["endless", "silent"])
def test_input_without_end(kind, elf, network, tmp_path):
    if kind == "endless":
        path, text = "/dev/zero", "no regular file"
    else:
        path, text = tmp_path / "fifo", "nobody writes"
        os.mkfifo(path)
    tools = [("se-run", elf, "--in", f"x={path}"), ("se-mix", path, "--out=out.wav"),
             ("se-compile", path, "-o", "out.elf")]
    options = ["--precision", "--target", "--calibration"]
    if kind == "endless":
        tools += [("se-opt", path, "-o", "out.mlir"), ("se-run", path),
                  ("se-translate", "--import-onnx", path, "-o", "out.mlir"),
                  ("se-run", path, "--disassemble")]
    else:
        # Each waits a little.
        del options[1:]
    for arguments in tools:
        fails(*arguments, text=text, folder=tmp_path)
    for option in options:
        link = tmp_path / f"{option[2:]}.json"
        link.symlink_to(path)
        fails("se-compile", network, "-o", "out.elf", f"{option}={link}",
              text=text, folder=tmp_path)


def test_pipes(elf, network, tmp_path):
    """A FIFO that somebody writes to is an input as any other."""
    text = f"cat {network} | {se.BIN}/se-compile - --emit=mlir-imported -o -"
    piped = subprocess.run(["sh", "-c", text], check=True, capture_output=True).stdout
    named = se.compile(network, tmp_path / "net.mlir", "--emit=mlir-imported")
    assert piped == named.read_bytes()
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    content = (tmp_path / "x.npy").read_bytes()
    writer = threading.Thread(target=fifo.write_bytes, args=(content,))
    writer.start()
    se.run_tool("se-run", elf, "--in", f"x={fifo}")
    writer.join(timeout=30)
