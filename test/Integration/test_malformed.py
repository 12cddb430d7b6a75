# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files that are broken or mean harm: one line of error, no crash, no wait, little
memory, and nothing written but what was asked for."""

import json
import os
import re
import resource
import stat
import struct
import subprocess
import sys
import threading

import numpy as np
import onnx
import pytest
from onnx import external_data_helper

import onnx_models
import se
from onnx_models import Recipe

SMALL = Recipe("lstm", input=3, hidden=5)


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


# --- outputs -------------------------------------------------------------------


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


# --- programs ------------------------------------------------------------------

CODE, DATA = 0x1C000000, 0x1C010000
WRITE0, OPEN, WRITE, READ, EXIT = 4, 1, 5, 6, 0x18
A0, A1, T0 = 10, 11, 5


def load(register, value):
    upper = (value + 0x800) >> 12 & 0xFFFFF
    return [upper << 12 | register << 7 | 0x37,
            (value & 0xFFF) << 20 | register << 15 | register << 7 | 0x13]


def make_program(code, data, metadata=None, **changes):
    """An ELF file of one segment."""
    body = struct.pack(f"<{len(code)}I", *code).ljust(DATA - CODE, b"\0") + data
    header = {"phoff": 52, "filesz": len(body), "memsz": len(body), **changes}
    sections = b""
    if metadata is not None:
        names = b"\0.se.meta\0.names\0"
        sections = metadata + names
        at = 84 + len(body)
        table = [[0] * 10, [1, 1, 0, 0, at, len(metadata), 0, 0, 1, 0],
                 [10, 3, 0, 0, at + len(metadata), len(names), 0, 0, 1, 0]]
        header["shoff"] = at + len(sections)
        sections += b"".join(struct.pack("<10I", *row) for row in table)
    count = 0 if metadata is None else 3
    return struct.pack(
        "<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1".ljust(16, b"\0"), 2, 243, 1, CODE,
        header["phoff"], header.get("shoff", 0), 0, 52, 32, 1, 40, count,
        max(0, count - 1),
    ) + struct.pack("<8I", 1, 84, CODE, CODE, header["filesz"], header["memsz"], 7,
                    4) + body + sections


class Guest:
    """A program that makes semihosting calls, one after the other."""

    def __init__(self):
        self.code, self.data = [], b""

    def put(self, data):
        at = DATA + len(self.data)
        self.data += data.ljust(-(-len(data) // 4) * 4, b"\0")
        return at

    def call(self, number, argument):
        self.code += load(A0, number) + load(A1, argument)
        self.code += [0x01F01013, 0x00100073, 0x40705013]

    def open(self, name, mode):
        """Returns the block for the next transfer, whose handle is set."""
        name = name.encode()
        at = self.put(name + b"\0")
        self.call(OPEN, self.put(struct.pack("<3I", at, mode, len(name))))
        block = self.put(struct.pack("<3I", 0, 0, 0))
        self.code += load(T0, block) + [A0 << 20 | T0 << 15 | 2 << 12 | 0x23]
        return block

    def fill(self, block, *words):
        for i, word in enumerate(words, 1):
            at = block - DATA + 4 * i
            self.data = self.data[:at] + struct.pack("<I", word) + self.data[at + 4:]

    def write(self, name, content, mode=4):
        block = self.open(name, mode)
        self.fill(block, self.put(content), len(content))
        self.call(WRITE, block)

    def show(self, name):
        """Prints a file, or `-` if it cannot be read."""
        block = self.open(name, 0)
        buffer = self.put(b"-\0".ljust(64, b"\0"))
        self.fill(block, buffer, 60)
        self.call(READ, block)
        self.call(WRITE0, buffer)

    def save(self, path, metadata=None):
        self.call(EXIT, 0x20026)
        path.write_bytes(make_program(self.code, self.data, metadata))
        return path


def test_files_stay_in_folder(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside, inside / "sub"):
        folder.mkdir()
    (outside / "secret").write_text("secret")
    (inside / "open").write_text("open")
    (inside / "sub" / "deep").write_text("deep")
    (inside / "script").write_text("#!/bin/sh\n")
    (inside / "script").chmod(0o755)
    links = {"file": "../outside/secret", "folder": "../outside",
             "absolute": outside / "secret", "new": "../outside/new", "near": "open",
             "loop": "loop", "up": "sub/../../outside/secret", "proc": "/proc/self/root"}
    for name, target in links.items():
        (inside / name).symlink_to(target)
    os.link(outside / "secret", inside / "hard")
    os.mkfifo(inside / "fifo")

    guest = Guest()
    refused = ["../outside/secret", str(outside / "secret"), "file", "folder/secret",
               "absolute", "up", "sub/../../outside/secret", "loop", "fifo", "sub",
               f"proc/{outside}/secret", "missing"]
    for name in refused:
        guest.show(name)
    for name in ("open", "near", "sub/deep", "sub/../open", "./open"):
        guest.show(name)
    for name in [*refused[:-1], "new", "folder/new", "../new", "hard", "script"]:
        guest.write(name, b"harm")
        guest.write(name, b"harm", mode=8)
    guest.write("sub/mine", b"mine")
    guest.write("sub/mine", b" too", mode=8)
    program = guest.save(tmp_path / "guest.elf")

    process = se.tool("se-run", program, f"--files={inside}", cwd=tmp_path, timeout=60)
    assert process.returncode == 0, process.stderr
    assert process.stdout == "-" * len(refused) + "openopendeepopenopen"
    assert re.fullmatch("warning: .*guest.elf: the program was refused .*\n",
                        process.stderr)
    assert (inside / "sub" / "mine").read_text() == "mine too"
    assert (outside / "secret").read_text() == "secret"
    assert (inside / "script").read_text() == "#!/bin/sh\n"
    assert os.listdir(outside) == ["secret"]
    assert sorted(os.listdir(tmp_path)) == ["guest.elf", "inside", "outside"]
    (inside / "sub" / "mine").unlink()

    # Without a folder there is none, wherever the tool is run.
    process = se.tool("se-run", program, cwd=inside, timeout=60)
    assert process.stdout == "-" * (len(refused) + 5)
    assert "--files" in process.stderr
    assert not (inside / "sub" / "mine").exists()


METADATA = {"network": "net", "target": "pulp-open", "precision": "fp32", "cores": 1,
            "macs_per_frame": 1, "weight_bytes": 0, "inputs": [], "outputs": []}


def make_metadata(**changes):
    return json.dumps(METADATA | changes).encode()


def test_networks_have_only_their_files(tmp_path):
    """Metadata make it a network, whatever its code does."""
    (tmp_path / "open").write_text("open")
    guest = Guest()
    guest.show("open")
    guest.write("mine", b"mine")
    # Of a run over no frame.
    guest.write("se_cycles.bin", b"")
    guest.write("se_cycles.bin", b"more than there are frames")
    program = guest.save(tmp_path / "guest.elf", make_metadata())
    process = se.tool("se-run", program, f"--files={tmp_path}", cwd=tmp_path)
    assert (process.returncode, process.stdout) == (0, "-"), process.stderr
    assert sorted(os.listdir(tmp_path)) == ["guest.elf", "open"]


def test_limits_of_files(tmp_path):
    guest = Guest()
    for i in range(300):
        guest.write(f"many{i}", b"0123456789")
    program = guest.save(tmp_path / "guest.elf")
    folder = tmp_path / "files"
    folder.mkdir()
    se.run_tool("se-run", program, f"--files={folder}", "--max-file-bytes=105")
    assert sum(len(path.read_bytes()) for path in folder.iterdir()) == 100
    assert len(os.listdir(folder)) < 300


def test_limit_of_console(tmp_path):
    guest = Guest()
    text = guest.put(b"x" * 1000 + b"\0")
    start = len(guest.code)
    guest.call(WRITE0, text)
    offset = 4 * (start - len(guest.code)) & 0x1FFFFF
    guest.code.append((offset >> 20 & 1) << 31 | (offset >> 1 & 0x3FF) << 21
                      | (offset >> 11 & 1) << 20 | (offset >> 12 & 0xFF) << 12 | 0x6F)
    program = guest.save(tmp_path / "guest.elf")
    process = se.tool("se-run", program, "--max-file-bytes=5500", timeout=60)
    assert process.returncode == 1 and len(process.stdout) == 5500
    assert "printed more than 5500 bytes" in process.stderr


@pytest.mark.parametrize("changes, text", [
    ({"memsz": 100}, "bytes in the file, but 100 in memory"),
    ({"memsz": 0xFFFFFFFF}, "outside of the target's memories"),
    ({"filesz": 0xFFFFFFF0, "memsz": 0xFFFFFFF0}, "guest.elf"),
    ({"phoff": 0xFFFFFFF0}, "guest.elf"),
])
def test_segments(changes, text, tmp_path):
    path = tmp_path / "guest.elf"
    path.write_bytes(make_program([0], b"data", **changes))
    fails("se-run", path, text=text, folder=tmp_path)


def change_sections(data, kind, field, value):
    """Sets a field (its place in the header) of the sections of a kind."""
    data = bytearray(data)
    start, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    for at in range(start, start + size * count, size):
        if struct.unpack_from("<I", data, at + 4)[0] == kind:
            struct.pack_into("<I", data, at + field, value)
    return bytes(data)


SYMBOLS, STRINGS = 2, 3
OFFSET, SIZE, LINK, ENTRY = 16, 20, 24, 36


@pytest.mark.parametrize("kind, field, value", [
    (SYMBOLS, SIZE, 0xFFFFFFF0), (SYMBOLS, SIZE, 0x7FFFFFFF), (SYMBOLS, SIZE, 17),
    (SYMBOLS, OFFSET, 0xFFFFFF00), (SYMBOLS, ENTRY, 0), (SYMBOLS, ENTRY, 1),
    (SYMBOLS, LINK, 0xFFFF),
])
def test_symbol_tables(kind, field, value, elf, tmp_path):
    """A table of any claimed size: damaged symbols are no reason not to run."""
    path = tmp_path / "bad.elf"
    path.write_bytes(change_sections(elf.read_bytes(), kind, field, value))
    process = se.tool("se-run", path, "--in", f"x={tmp_path}/x.npy", timeout=30)
    assert process.returncode == 0, process.stderr
    fails("se-run", path, "--disassemble", text="bad.elf", folder=tmp_path)


HUGE = 2**62


@pytest.mark.parametrize("changes, text", [
    ({"outputs": [{"name": "y", "shape": [1, 5], "elements": HUGE}]}, "elements"),
    ({"inputs": [{"name": "x", "shape": [3], "elements": -1}]}, "elements"),
    ({"inputs": [{"name": "x", "shape": [HUGE], "elements": HUGE}]}, "shape"),
    ({"inputs": [{"name": "x", "shape": [HUGE, 4], "elements": 0}]}, "shape"),
    ({"inputs": [{"name": "x", "shape": [-1, -3], "elements": 3}]}, "shape"),
    ({"outputs": [{"name": "y", "shape": [], "elements": 1}] * 5000}, "outputs"),
    ({"target": "../pulp-open"}, "name of a target"),
    ({"target": "chip.json"}, "name of a target"),
    ({"cores": -1}, "cores"),
])
def test_metadata(changes, text, tmp_path):
    path = Guest().save(tmp_path / "bad.elf", make_metadata(**changes))
    fails("se-run", path, text=rf"bad.elf: .*{text}", folder=tmp_path)


def test_deep_metadata(tmp_path):
    path = Guest().save(tmp_path / "bad.elf", b"[" * 200_000)
    fails("se-run", path, text="bad.elf: nested more", folder=tmp_path)


def test_target_of_any_size(elf, tmp_path):
    target = json.loads((se.SOURCE / "targets/gap9.json").read_text())
    target["memories"][-1].update(base="0x20000000", size="0x70000000")
    path = tmp_path / "big.json"
    path.write_text(json.dumps(target))
    fails("se-run", elf, "--in", "x=x.npy", f"--target={path}", text="at most 512 MB",
          folder=tmp_path)


# --- nesting -------------------------------------------------------------------

DEPTHS = [150, 4000, 200_000]


def nest(before, inner, after, depth):
    return before * depth + inner + after * depth


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("text", ["[]", '{"default":}', "["])
def test_deep_json(depth, text, elf, network, tmp_path):
    half = (len(text) + 1) // 2 if len(text) < 3 else len(text) - 1
    path = tmp_path / "deep.json"
    path.write_text(nest(text[:half], "", text[half:], depth))
    for tool in (("se-compile", network, "-o", "out.elf", f"--precision={path}"),
                 ("se-compile", network, "-o", "out.elf", f"--target={path}"),
                 ("se-compile", network, "-o", "out.elf", f"--calibration={path}")):
        fails(*tool, text="nested more than 64 levels", folder=tmp_path)


DEEP_MODULES = {
    "regions": lambda d: nest("module {", "", "}", d),
    "arrays": lambda d: "module attributes {se.a = " + nest("[", "", "]", d) + "} {}",
    "elements": lambda d: "module attributes {se.a = dense<" + nest("[", "1", "]", d)
    + "> : tensor<1xi32>} {}",
    "types": lambda d: "module attributes {se.a = " + nest("tuple<", "i1", ">", d)
    + "} {}",
    "expressions": lambda d: "module attributes {se.a = affine_map<(d0) -> ("
    + nest("-(", "d0", ")", d) + ")>} {}",
    "aliases": lambda d: "#a0 = [1]\n"
    + "".join(f"#a{i + 1} = [#a{i}]\n" for i in range(d))
    + f"module attributes {{se.a = #a{d}}} {{}}",
    "places": lambda d: "module {} loc("
    + nest('callsite("f" at ', "unknown", ")", d) + ")",
}


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("kind", list(DEEP_MODULES))
def test_deep_modules(kind, depth, tmp_path):
    path = tmp_path / "deep.mlir"
    path.write_text(DEEP_MODULES[kind](depth))
    # A negation of a negation is none; too small elements do not fit.
    shallow = kind in ("expressions", "elements") and depth == 150
    text = "deep" if not shallow else ""
    fails("se-compile", path, "-o", "out.elf", text=text or "error", folder=tmp_path)
    process = se.tool("se-opt", path, "-o", tmp_path / "out.mlir", timeout=60)
    if not shallow and kind != "elements":
        assert process.returncode == 1 and "nested" in process.stderr, process.stderr
    assert process.returncode in (0, 1)


@pytest.mark.parametrize("shape", ["100000x100000x3", "9223372036854775807x3",
                                   "4294967296x4294967296x4"])
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_large_constants(shape, precision, tmp_path):
    """A constant of one value takes no room in the file."""
    path = tmp_path / "large.mlir"
    path.write_text(f"""
rnn.network @net inputs(%x = "x" : tensor<{shape}xf32>)
    outputs("y" : tensor<{shape}xf32>) {{
  %one = arith.constant dense<1.0> : tensor<{shape}xf32>
  %y = arith.addf %x, %one : tensor<{shape}xf32>
  rnn.yield %y : tensor<{shape}xf32>
}}""")
    for tool in (("se-compile", path, "-o", "out.elf"), ("se-run", path)):
        fails(*tool, f"--precision={precision}", text="large.mlir:[24]:.*(elements|tensors)",
              folder=tmp_path)


def test_damaged_bytecode(network, tmp_path):
    """Each is read or refused in one line; a crash of MLIR's reader is the latter."""
    text = se.compile(network, tmp_path / "net.mlir", "--emit=mlir-normalized")
    whole = tmp_path / "net.mlirbc"
    se.run_tool("se-opt", text, "-o", whole, "--emit-bytecode")
    random = np.random.default_rng(16)
    path, out = tmp_path / "bad.mlirbc", tmp_path / "out.mlir"
    refused = 0
    for i in range(40):
        data = np.frombuffer(whole.read_bytes(), np.uint8).copy()
        at = random.integers(4, len(data), random.integers(1, 4))
        data[at] = random.integers(0, 256, len(at))
        path.write_bytes(data.tobytes())
        process = se.tool("se-compile", path, "-o", out, "--emit=mlir-imported",
                          timeout=30)
        if process.returncode == 0:
            out.unlink()
            continue
        refused += 1
        lines = process.stderr.splitlines()
        assert process.returncode == 1 and len(lines) == 1, (i, process.stderr)
        assert lines[0].startswith("error: ") and len(lines[0]) <= 300
        assert not out.exists()
    assert refused > 15


# --- sound ---------------------------------------------------------------------


def make_wav(samples, rate=16000, kind="float"):
    data = samples.astype("<f4" if kind == "float" else "<i2").tobytes()
    width = 4 if kind == "float" else 2
    header = struct.pack("<HHIIHH", 3 if kind == "float" else 1, 1, rate,
                         rate * width & 0xFFFFFFFF, width, 8 * width)
    chunks = b"fmt " + struct.pack("<I", len(header)) + header
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def make_flac(samples, rate=16000):
    """Only the header: so many samples, of which none follows."""
    info = 4096 << 128 | 4096 << 112 | rate << 44 | 15 << 36 | samples
    return b"fLaC\x80\0\0\x22" + info.to_bytes(18, "big") + bytes(16)


SINE = np.sin(np.arange(800))


@pytest.mark.parametrize("content, text", [
    (make_wav(np.where(np.arange(800) == 7, np.nan, SINE)), "sample 7 is NaN"),
    (make_wav(np.where(np.arange(800) == 9, -np.inf, SINE)), "sample 9 is infinite"),
    (make_wav(1000 * SINE, rate=1, kind="int"), "sample rate.*found 1 Hz"),
    (make_wav(1000 * SINE, rate=2**31 - 1, kind="int"), "sound.wav"),
    (make_flac(2**36 - 1), "sound.wav"),
    (make_flac(2**27), "sound.wav"),
    (make_flac(1000, rate=1), "sound.wav"),
], ids=["nan", "infinite", "1_hz", "2_ghz", "flac_2e36", "flac_2e27", "flac_1_hz"])
def test_sound(content, text, elf, tmp_path):
    path = tmp_path / "sound.wav"
    path.write_bytes(content)
    fails("se-mix", path, "--out=noisy.wav", "--clean-out=clean.wav", text=text,
          folder=tmp_path)


def test_options_of_sound_tools(tmp_path):
    (tmp_path / "sound.wav").write_bytes(make_wav(SINE))
    mix = ("se-mix", "sound.wav", "--out=noisy.wav")
    for value in ("nan", "inf", "-inf"):
        fails(*mix, f"--snr={value}", text="--snr.*finite", folder=tmp_path)
    fails(*mix, "--snr=loud", text="--snr.*'loud'", folder=tmp_path)
    fails(*mix, "--seed=-1", text="--seed.*'-1'", folder=tmp_path)
    denoise = ("se-denoise", "a.elf", "--in=a.wav", "--out=b.wav")
    fails(*denoise, "--max-seconds=x", text="--max-seconds.*'x'", folder=tmp_path)
    fails(*denoise, "--platform=moon", text="--platform.*'moon'", folder=tmp_path)
    fails("se-run", "a.elf", "--max-cycles=x", "--cores=y", text="--max-cycles",
          folder=tmp_path)
    # Both files or none.
    fails(*mix, "--clean-out=no/clean.wav", text="no/clean.wav", folder=tmp_path)


# --- ONNX ----------------------------------------------------------------------


def test_external_data_stays_in_folder(network, tmp_path):
    """Links that lead out of the model's folder are refused; others are not."""
    folder = tmp_path / "model"
    folder.mkdir()
    model = onnx.load(network)
    external_data_helper.convert_model_to_external_data(
        model, location="weights.bin", size_threshold=0)
    onnx.save(model, folder / "net.onnx")
    weights = folder / "weights.bin"
    expected = se.compile(network, tmp_path / "a.elf").read_bytes()
    weights.rename(folder / "moved.bin")
    weights.symlink_to("moved.bin")
    assert se.compile(folder / "net.onnx", tmp_path / "b.elf").read_bytes() == expected
    (folder / "moved.bin").rename(tmp_path / "outside.bin")
    for target in ("../outside.bin", tmp_path / "outside.bin", "/dev/zero"):
        weights.unlink()
        weights.symlink_to(target)
        fails("se-compile", folder / "net.onnx", "-o", "out.elf",
              text="leads out of the folder", folder=tmp_path)
    weights.unlink()
    os.mkfifo(weights)
    fails("se-compile", folder / "net.onnx", "-o", "out.elf", text="nobody writes",
          folder=tmp_path)


def test_infinite_weights(tmp_path):
    model = onnx_models.build(SMALL)
    for tensor in model.graph.initializer:
        if tensor.name == "rnn0_W":
            values = onnx.numpy_helper.to_array(tensor).copy()
            values[0, 2, 1], values[0, 3, 0] = np.inf, -np.inf
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))
    path = tmp_path / "net.onnx"
    path.write_bytes(model.SerializeToString())
    process = se.tool("se-compile", path, "-o", tmp_path / "net.elf")
    assert process.returncode == 0
    assert "rnn0_W' holds 2 infinities" in process.stderr


# --- messages ------------------------------------------------------------------


def test_one_line(tmp_path):
    """The parser may find two errors; bytes that do not print are escaped."""
    path = tmp_path / "net.mlir"
    for text, message in (
        ('module { "a.b"(%x) : (i32) -> () "c', "net.mlir:1:"),
        ('module { \x1b[31m\xff }', "net.mlir:1:10"),
        ("module attributes {se.phase = \"" + "x" * 5000 + "\"} {}", r"\.\.\."),
        ("rnn.network @net inputs(%x = \"x\" : tensor<3xf32>) outputs(", "net.mlir:1:"),
    ):
        path.write_bytes(text.encode("latin-1"))
        fails("se-compile", path, "-o", "out.elf", text=message, folder=tmp_path)
    line = fails("se-compile", "a\x1b[31mb\x07.onnx", "-o", "out.elf",
                 text=r"a\\x1b\[31mb\\x07.onnx'.*No such file", folder=tmp_path)
    assert "\x1b" not in line
    fails("se-compile", "käse.onnx", "-o", "out.elf", text="käse.onnx'", folder=tmp_path)
    fails("se-compile", "x" * 250 + ".onnx", "-o", "y", "--cores=3",
          text=r"^error: cannot read 'xxx.*No such file", folder=tmp_path)


def test_text_that_is_none(network, elf, tmp_path):
    """Names go into reports and metadata, which are UTF-8."""
    path = tmp_path / "bad.onnx"
    path.write_bytes(network.read_bytes().replace(b"rnn0_W", b"rnn\xff_W"))
    fails("se-compile", path, "-o", "out.elf", text="not UTF-8", folder=tmp_path)
    fails("se-translate", "--import-onnx", path, "-o", "out.mlir", text="not UTF-8",
          folder=tmp_path)
    path = tmp_path / "bad.mlir"
    whole = se.compile(network, tmp_path / "net.mlir", "--emit=mlir-imported")
    path.write_bytes(whole.read_bytes().replace(b'"x"', b'"\\FF"'))
    fails("se-compile", path, "-o", "out.elf", text="not UTF-8", folder=tmp_path)
    # Names of files and of symbols are shown as well as they can be.
    odd = os.fsencode(tmp_path) + b"/odd\xff.mlir"
    os.rename(whole, odd)
    subprocess.run([se.BIN / "se-compile", odd, "-o", tmp_path / "out.elf",
                    f"--report={tmp_path}/report.json"], check=True)
    json.loads((tmp_path / "report.json").read_text())
    path = tmp_path / "bad.elf"
    path.write_bytes(re.sub(rb"\0se_dma", b"\0se_\xff\xfea", elf.read_bytes()))
    se.run_tool("se-run", path, "--in", f"x={tmp_path}/x.npy",
                f"--trace={tmp_path}/trace.json", "--profile",
                f"--stats={tmp_path}/stats.json")
    json.loads((tmp_path / "trace.json").read_text())


# --- Python --------------------------------------------------------------------


def test_python(network, elf, tmp_path):
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    from se_mlir import audio

    np.save(tmp_path / "cal.npy",
            np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32))
    out = tmp_path / "out.elf"
    for value, text in (("high", "number.*str"), (None, "number.*NoneType"),
                        (float("nan"), "NaN")):
        with pytest.raises(se_mlir.Error, match=f"metric.*{text}"):
            se_mlir.compile(network, out, precision="auto",
                            calibration=tmp_path / "cal.npy", metric=lambda _: value)
    deep = tmp_path / "deep.mlir"
    deep.write_text(DEEP_MODULES["regions"](20000))
    with pytest.raises(se_mlir.Error, match="deep.mlir"):
        se_mlir.compile(deep, out)
    (tmp_path / "nan.wav").write_bytes(make_wav(np.full(100, np.nan)))
    with pytest.raises(se_mlir.Error, match="sample 0 is NaN"):
        audio.read_wav(tmp_path / "nan.wav")
    with pytest.raises(se_mlir.Error, match="no/trace.json"):
        se_mlir.run(elf, {"x": np.zeros((1, 3))}, trace=tmp_path / "no/trace.json")
    assert not out.exists()
    link = tmp_path / "link.elf"
    link.symlink_to("target.elf")
    se_mlir.compile(network, link)
    assert link.is_symlink() and (tmp_path / "target.elf").exists()


# --- reported ------------------------------------------------------------------

MALFORMED = se.SHARED.parent / "cases" / "malformed"


@pytest.mark.skipif(not MALFORMED.is_dir(), reason="the reported files are not there")
def test_reported(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3), np.float32))
    for path in sorted(MALFORMED.iterdir()):
        if path.suffix == ".elf":
            tool = ("se-run", path, "--in", "x=x.npy")
        elif path.suffix in (".wav", ".flac"):
            tool = ("se-mix", path, "--out=noisy.wav")
        else:
            tool = ("se-compile", path, "-o", "out.elf", "--precision=fp16")
        fails(*tool, text=path.name, folder=tmp_path)
