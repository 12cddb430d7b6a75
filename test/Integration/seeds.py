# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Small valid files of every kind that is read: what fuzzing starts from.

As a script: `seeds.py FOLDER` writes them to FOLDER/KIND/NAME, for the targets of
fuzz/.
"""

import io
import json
import pathlib
import struct
import sys
import tempfile

import numpy as np

import onnx_models
import onnx_operators
import se
from onnx_models import Recipe

SMALL = Recipe("lstm", input=3, hidden=5)
RECIPES = {
    "lstm": SMALL,
    "gru0": Recipe("gru0", input=2, hidden=3, head="gemm", outputs=2),
    "gru1": Recipe("gru1", input=2, hidden=3, layers=2),
    "peephole": Recipe("peephole", input=2, hidden=2, head="matmul", outputs=2),
    "constant": Recipe("lstm", input=2, hidden=2, states="constant"),
    "dynamic": Recipe("gru1", input=2, hidden=2, dynamic=True, states="none"),
}
PHASES = ["imported", "normalized", "legalized", "scheduled", "selected", "llvm"]
RATE = 16000


def onnx_seeds():
    for name, recipe in RECIPES.items():
        yield name, onnx_models.build(recipe).SerializeToString()
    opset = 20
    for group, cases in onnx_operators.CASES.items():
        for name, function, since, until, _ in cases:
            if since <= opset <= until:
                graph = onnx_operators.Graph(opset)
                graph.add(name, function)
                yield f"{group}-{name}", graph.model().SerializeToString()


def npy_seeds():
    for version in ((1, 0), (2, 0)):
        file = io.BytesIO()
        np.lib.format.write_array(
            file, np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3), version)
        yield f"version{version[0]}", file.getvalue()
    file = io.BytesIO()
    np.save(file, np.zeros((2, 1, 3), np.float32))
    yield "three", file.getvalue()


def npz_seeds():
    """Weights of an LSTM of 3 inputs and 2 units."""
    shapes = {"W": (8, 3), "R": (8, 2), "b": (8,)}
    weights = {n: np.linspace(-1, 1, np.prod(s), dtype=np.float32).reshape(s)
               for n, s in shapes.items()}
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, **weights)
        yield save.__name__, file.getvalue()


def cell_seeds():
    """Cells of the library with these two sizes only."""
    for path in sorted((se.SOURCE / "cells").glob("*.mlir")):
        if b"sizes(x, h) " in path.read_bytes():
            yield path.stem, path.read_bytes()


def policy_seeds():
    layers = {
        "default": "fp16",
        "layers": {
            "rnn0": {"precision": "int8", "input_scale": 0.02, "input_zero_point": -3,
                     "state_scale": 0.01, "cell_state": "int16", "weights": "per-row"},
            "r*": {"precision": "int8", "input_scale": 0.02, "weights": "per-tensor"},
            "head": {"precision": "fp16", "sums": "fp16"},
        },
        "tensors": {"x": {"range": [-1.5, 2.25]},
                    "rnn0_h_in": {"range": [-1, 1], "frame": [-1, 0.5]}},
    }
    yield "layers", json.dumps(layers, indent=1).encode()
    for default in ("fp32", "int8", "mixed"):
        yield default, json.dumps({"default": default}).encode()


def frontend_seeds():
    for path in sorted((se.SOURCE / "frontends").glob("*.json")):
        yield path.name, path.read_bytes()
    yield "all.json", json.dumps({
        "sample_rate": 48000, "hop": 30, "fft": 60, "window": {"shape": "vorbis", "samples": 60},
        "synthesis": {"shape": "hamming", "normalize": True},
        "networks": [{"inputs": [["complex", {"scale": 2}, {"offset": 1e-3}], "samples",
                                 ["power", {"at_least": 1e-9}, "log", {"exponent": 0.5}]],
                      "outputs": ["complex_gain", "other"]},
                     {"inputs": [["magnitude", "sqrt", "log2"]], "outputs": ["spectrum"]}],
    }).encode()
    yield "bands.json", json.dumps({
        "sample_rate": 16000, "hop": 30, "fft": 60, "window": {"shape": "hann", "samples": 60},
        "bands": {"m": {"scale": "mel", "count": 4, "from": 10, "to": 8000, "normalize": True},
                  "b": {"scale": "bark", "count": 3, "from": 0, "to": 6000},
                  "e": {"scale": "erb", "count": 2, "from": 0, "to": 7000},
                  "h": {"edges": [0, 500.5, 8000]}},
        "networks": [{
            "features": {"c": ["power", {"bands": "m"}, {"follow": {"fall": 1, "range": 2,
                                                                   "start": -1}}, {"dct": 3}],
                         "d": ["c", {"elements": [1, 2]}, {"frames": [1, -1]}, {"hold": 0.5}]},
            "inputs": [{"join": ["c", "d", {"values": [1, 2]}, ["c", {"nonstationarity": 3}]]},
                       ["magnitude", {"bands": "h"}, {"scale": [1, 2, 3]}, {"at_most": 9}]],
            "outputs": [[{"hold": 0.6}, {"gain": "b"}], "other"]}],
    }).encode()


def target_seeds():
    for path in sorted((se.SOURCE / "targets").glob("*.json")):
        yield path.stem, path.read_bytes()


def make_wav(samples, rate=RATE, kind="float", channels=1):
    data = samples.astype("<f4" if kind == "float" else "<i2").tobytes()
    width = (4 if kind == "float" else 2) * channels
    header = struct.pack("<HHIIHH", 3 if kind == "float" else 1, channels, rate,
                         rate * width & 0xFFFFFFFF, width, 8 * width // channels)
    chunks = b"fmt " + struct.pack("<I", len(header)) + header
    chunks += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def make_flac(samples, rate=RATE):
    """Only the header: so many samples, of which none follows."""
    info = 4096 << 128 | 4096 << 112 | rate << 44 | 15 << 36 | samples
    return b"fLaC\x80\0\0\x22" + info.to_bytes(18, "big") + bytes(16)


def sound_seeds():
    sine = np.sin(np.arange(400) / 7)
    yield "float.wav", make_wav(sine)
    yield "int.wav", make_wav(20000 * sine, kind="int")
    yield "stereo.wav", make_wav(20000 * sine, kind="int", channels=2)
    yield "8khz.wav", make_wav(20000 * sine, rate=8000, kind="int")
    yield "header.flac", make_flac(200)
    big = (20000 * sine).astype(">i2").tobytes()
    yield "sound.au", b".snd" + struct.pack(">IIIII", 24, len(big), 3, RATE, 1) + big
    # The rate is a number of 80 bits.
    common = struct.pack(">hIh", 1, 400, 16) + b"\x40\x0c\xfa\0\0\0\0\0\0\0"
    chunks = b"COMM" + struct.pack(">I", len(common)) + common
    chunks += b"SSND" + struct.pack(">III", 8 + len(big), 0, 0) + big
    yield "sound.aiff", b"FORM" + struct.pack(">I", 4 + len(chunks)) + b"AIFF" + chunks


def make_program(metadata):
    """An ELF of one instruction, a jump to itself, and metadata."""
    base, code = 0x1C010000, struct.pack("<I", 0x0000006F)
    names = b"\0.text\0.se.meta\0.shstrtab\0"
    text_at = 52 + 32
    meta_at = text_at + len(code)
    names_at = meta_at + len(metadata)
    sections_at = (names_at + len(names) + 3) // 4 * 4
    header = b"\x7fELF\1\1\1" + bytes(9) + struct.pack(
        "<HHIIIIIHHHHHH", 2, 243, 1, base, 52, sections_at, 0, 52, 32, 1, 40, 4, 3)
    segment = struct.pack("<8I", 1, text_at, base, base, 4, 4, 5, 4)
    section = lambda *fields: struct.pack("<10I", *fields)
    body = header + segment + code + metadata + names
    return body.ljust(sections_at, b"\0") + bytes(40) + b"".join([
        section(1, 1, 6, base, text_at, 4, 0, 0, 4, 0),
        section(7, 1, 0, 0, meta_at, len(metadata), 0, 0, 1, 0),
        section(16, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)])


def make_metadata():
    port = lambda name, *shape: {"name": name, "shape": list(shape),
                                 "elements": int(np.prod(shape)), "element": "f32"}
    return json.dumps({
        "network": "net", "target": "pulp-open", "precision": "fp32", "cores": 8,
        "macs_per_frame": 160, "weight_bytes": 720, "state_bytes": 64,
        "predicted_cycles_per_frame": 900, "worst_case_cycles": 1000, "inputs": [port("x", 1, 3)],
        "outputs": [port("y", 1, 5)], "states": [port("h", 1, 5)]}).encode()


def module_seeds():
    """The chunks of the lit tests of the dialects, for their parsers and printers."""
    for path in sorted((se.SOURCE / "test" / "Dialect").rglob("*.mlir")):
        for i, chunk in enumerate(path.read_text().split("// -----")):
            lines = [l for l in chunk.split("\n") if not l.lstrip().startswith("//")]
            text = "\n".join(lines).strip() + "\n"
            if 20 < len(text) < 3000:
                yield f"{path.parent.name}-{path.stem}-{i}", text.encode()


def compiled_seeds(folder):
    """What only the tools write: modules of each phase, statistics, programs."""
    network = folder / "net.onnx"
    network.write_bytes(onnx_models.build(SMALL).SerializeToString())
    made = {"mlir": {}, "bytecode": {}, "calibration": {}, "program": {}}
    for phase in PHASES:
        path = se.compile(network, folder / "net.mlir", f"--emit=mlir-{phase}", "--cores=2")
        made["mlir"][phase] = path.read_bytes()
        code = folder / "net.mlirbc"
        se.run_tool("se-opt", path, "-o", code, "--emit-bytecode")
        made["bytecode"][phase] = code.read_bytes()
    np.save(folder / "cal.npy", np.random.default_rng(0).normal(size=(20, 3)).astype("f4"))
    statistics = folder / "calibration.json"
    elf = se.compile(network, folder / "net.elf", "--precision=int8", "--cores=2",
                     f"--calibration={folder}/cal.npy", f"--save-calibration={statistics}")
    made["calibration"]["lstm"] = statistics.read_bytes()
    made["program"]["lstm"] = elf.read_bytes()
    made["program"]["tiny"] = make_program(make_metadata())
    made["mlir"]["leaky"] = (se.SOURCE / "examples/cells/leaky.mlir").read_bytes()
    return made


def make(folder):
    """Kind: name: content."""
    return {
        "onnx": dict(onnx_seeds()),
        "npy": dict(npy_seeds()),
        "npz": dict(npz_seeds()),
        "cell": dict(cell_seeds()),
        "policy": dict(policy_seeds()),
        "target": dict(target_seeds()),
        "frontend": dict(frontend_seeds()),
        "sound": dict(sound_seeds()),
        "module": dict(module_seeds()),
        **compiled_seeds(folder),
    }


def write(folder):
    with tempfile.TemporaryDirectory(prefix="se-seeds-") as scratch:
        for kind, files in make(pathlib.Path(scratch)).items():
            place = folder / kind
            place.mkdir(parents=True, exist_ok=True)
            for name, content in files.items():
                (place / name).write_bytes(content)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
