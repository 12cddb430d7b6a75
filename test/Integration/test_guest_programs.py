# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs on the simulator that are damaged or want the user's files."""

import json
import os
import re
import struct

import pytest

import se
from malformed import elf, fails, network

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


def test_many_segments(tmp_path):
    """Each is within memory, all of them are more than any memory has."""
    count, size = 60_000, 1 << 19
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1".ljust(16, b"\0"), 2, 243, 1,
                         CODE, 52, 0, 0, 52, 32, count, 40, 0, 0)
    path = tmp_path / "guest.elf"
    path.write_bytes(header + struct.pack("<8I", 1, 0, CODE, CODE, 0, size, 7, 4) * count)
    fails("se-run", path, text="guest.elf: segments of more than 512 MB", folder=tmp_path)


def test_listing_is_whole_or_none(elf, tmp_path):
    """A section that is damaged, and many that are the same bytes."""
    code = 1
    path = tmp_path / "bad.elf"
    data = bytearray(elf.read_bytes())
    start, = struct.unpack_from("<I", data, 32)
    size, count = struct.unpack_from("<HH", data, 46)
    texts = [at for at in range(start, start + size * count, size)
             if struct.unpack_from("<I", data, at + 4)[0] == code
             and struct.unpack_from("<I", data, at + 8)[0] & 4]
    struct.pack_into("<I", data, texts[-1] + SIZE, 0x7FFFFFFF)
    path.write_bytes(data)
    process = se.tool("se-run", path, "--disassemble")
    assert (process.returncode, process.stdout) == (1, ""), process.stderr
    fails("se-run", path, "--disassemble", text="bad.elf", folder=tmp_path)

    whole = elf.read_bytes()
    table = whole[start:start + size * count]
    many = table + whole[texts[0]:texts[0] + size] * 2000
    data = bytearray(whole) + many
    struct.pack_into("<I", data, 32, len(whole))
    struct.pack_into("<H", data, 48, count + 2000)
    path.write_bytes(data)
    fails("se-run", path, "--disassemble", text="bad.elf: .*overlap", folder=tmp_path)


def test_no_trace_of_a_trap(tmp_path):
    """The line says that there is none."""
    path = tmp_path / "guest.elf"
    path.write_bytes(make_program([0], b"data"))
    fails("se-run", path, "--trace=trace.json", folder=tmp_path,
          text="trap: .*; the trace is not written$")
    assert "trace" not in fails("se-run", path, text="trap: ", folder=tmp_path)


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
    ({"stream": {"sample_rate": 0, "delay": 0}}, "stream"),
    ({"stream": {"sample_rate": 16000, "delay": -1}}, "stream"),
    ({"stream": {"sample_rate": 16000, "delay": HUGE}}, "stream"),
    ({"stream": {"sample_rate": 16000}}, "stream"),
    ({"stream": 16000}, "stream"),
])
def test_metadata(changes, text, tmp_path):
    path = Guest().save(tmp_path / "bad.elf", make_metadata(**changes))
    fails("se-run", path, text=rf"bad.elf: .*{text}", folder=tmp_path)


@pytest.mark.parametrize("inputs, outputs", [
    ([0], [0]), ([4], [5]), ([4], []), ([], [4]), ([4, 4], [4])])
def test_stream_without_hops(inputs, outputs, tmp_path):
    """Whatever its metadata say, sound needs a hop in and one as long out."""
    ports = [[{"name": f"p{i}", "shape": [n], "elements": n} for i, n in enumerate(sizes)]
             for sizes in (inputs, outputs)]
    path = Guest().save(tmp_path / "bad.elf", make_metadata(
        inputs=ports[0], outputs=ports[1], stream={"sample_rate": 16000, "delay": 0}))
    wav = se.write_wav(tmp_path / "in.wav", [0] * 10)
    fails("se-run", path, f"--wav-in={wav}", f"--wav-out={tmp_path}/out.wav",
          text="bad.elf: --wav-in goes with a network between samples", folder=tmp_path)
    fails("se-denoise", path, "--in", wav, "--out", tmp_path / "out.wav",
          text="bad.elf: .* does not go from samples to samples", folder=tmp_path)
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    with pytest.raises(se_mlir.Error, match="does not go from samples to samples"):
        se_mlir.filter_sound(se_mlir.Program(path), [0.0] * 10)


@pytest.mark.parametrize("size", [None, 0, 4, 1000])
def test_sound_that_a_program_does_not_give(size, tmp_path):
    """Fewer hops than it was given, or more."""
    guest = Guest()
    if size is not None:
        guest.write("se_out0.bin", bytes(size))
    guest.write("se_cycles.bin", bytes(4 * 4))
    port = {"name": "x", "shape": [4], "elements": 4}
    path = guest.save(tmp_path / "bad.elf", make_metadata(
        inputs=[port], outputs=[port], stream={"sample_rate": 16000, "delay": 4}))
    wav = se.write_wav(tmp_path / "in.wav", [0] * 10)
    fails("se-run", path, f"--wav-in={wav}", f"--wav-out={tmp_path}/out.wav",
          text="se_out0.bin|output", folder=tmp_path)
    assert not (tmp_path / "out.wav").exists()


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
