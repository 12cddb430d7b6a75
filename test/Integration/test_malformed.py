# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks and sound that are broken or mean harm: one line of error, no crash, no
wait, little memory, and nothing written."""

import json
import os
import re
import struct
import subprocess

import numpy as np
import onnx
import pytest
from onnx import external_data_helper

import onnx_models
import se
from malformed import SMALL, elf, fails, network
from seeds import make_flac, make_metadata, make_program, make_wav

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


def test_json_of_objects(network, tmp_path):
    """Each is seven characters of text, and some kilobytes in memory."""
    path = tmp_path / "many.json"
    path.write_text("[" + '{"":0},' * 3_000_000 + "0]")
    for option in ("precision", "target", "calibration"):
        fails("se-compile", network, "-o", "out.elf", f"--{option}={path}",
              text="many.json: .*more than 131072 objects", folder=tmp_path)
    meta = tmp_path / "many.elf"
    meta.write_bytes(make_program(b"[" + b'{"":0},' * 1_000_000 + b"0]"))
    fails("se-run", meta, text="many.elf: .*objects", folder=tmp_path)
    meta.write_bytes(make_program(b"[" + b"0," * 20_000_000 + b"0]"))
    fails("se-run", meta, text="many.elf: .*larger than 32 MB", folder=tmp_path)


def test_many_memories(network, tmp_path):
    """Each is compared with all others."""
    target = json.loads((se.SOURCE / "targets" / "pulp-open.json").read_text())
    target["memories"] += [{"name": f"m{i}", "level": "l3", "base": 64, "size": 64,
                            "bytes_per_cycle": 1, "latency": None} for i in range(100_000)]
    path = tmp_path / "target.json"
    path.write_text(json.dumps(target))
    fails("se-compile", network, "-o", "out.elf", f"--target={path}",
          text="target.json: memories: more than 64", folder=tmp_path)


def test_many_tensors(network, tmp_path):
    """Each has a histogram, which is larger than its text."""
    tensor = {"range": [0, 1], "min": 0, "max": 1,
              "histogram": {"limit": 1, "first": 0, "counts": []}}
    path = tmp_path / "calibration.json"
    path.write_text(json.dumps({"method": "kl", "frames": 1, "files": [],
                                "tensors": {f"t{i}": tensor for i in range(60_000)}}))
    fails("se-compile", network, "-o", "out.elf", "--precision=int8",
          f"--calibration={path}", text="calibration.json: .*more than 8192",
          folder=tmp_path)


def test_long_header(elf, tmp_path):
    """Of an array with many dimensions."""
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (" + b"1," * 50_000_000
    header += b"), }\n"
    path = tmp_path / "long.npy"
    path.write_bytes(b"\x93NUMPY\2\0" + struct.pack("<I", len(header)) + header
                     + bytes(4))
    fails("se-run", elf, "--in", f"x={path}", text="long.npy: a header of", folder=tmp_path)


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


def test_large_tensors(tmp_path):
    """Tensors within the limits, of which the proof of the schedule notes each byte."""
    path = tmp_path / "large.mlir"
    path.write_text("""
rnn.network @net inputs(%x = "x" : tensor<16384x16384xf32>)
    outputs("y" : tensor<16384x16384xf32>) {
  %y = math.absf %x : tensor<16384x16384xf32>
  rnn.yield %y : tensor<16384x16384xf32>
}""")
    fails("se-run", path, text="large.mlir:2:.*buffers of .* MB", folder=tmp_path)


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


SINE = np.sin(np.arange(800))


@pytest.mark.parametrize("content, text", [
    (make_wav(np.where(np.arange(800) == 7, np.nan, SINE)), "sample 7 is NaN"),
    (make_wav(np.where(np.arange(800) == 9, -np.inf, SINE)), "sample 9 is infinite"),
    (make_wav(1000 * SINE, rate=1, kind="int"), "sample rate.*found 1 Hz"),
    (make_wav(1000 * SINE, rate=2**31 - 1, kind="int"), "sound.wav"),
    (make_flac(2**36 - 1), "sound.wav"),
    (make_flac(2**27), "sound.wav"),
    (make_flac(1000, rate=1), "sound.wav"),
    (b"\xff\xff\0\0" + make_wav(SINE)[4:], "MPEG is not read"),
    (b"ID3" + make_wav(SINE)[3:], "MPEG is not read"),
], ids=["nan", "infinite", "1_hz", "2_ghz", "flac_2e36", "flac_2e27", "flac_1_hz",
        "mpeg", "id3"])
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


@pytest.mark.parametrize("part, name", [
    (b"\x0a\x00", "nodes"), (b"\x0a\x04\x0a\x00\x12\x00", "names"),
    (b"\x0a\x02\x2a\x00", "attributes"), (b"\x98\x06\x01", "unknown"),
])
def test_many_parts(part, name, tmp_path):
    """Messages of two bytes, of which each takes hundreds in memory."""
    path = tmp_path / "many.onnx"
    graph = part * (48_000_000 // len(part))
    size = len(graph)
    length = bytes(size >> s & 0x7F | 0x80 for s in (0, 7, 14)) + bytes([size >> 21])
    path.write_bytes(b"\x3a" + length + graph)
    fails("se-compile", path, "-o", "out.elf", text="many.onnx", folder=tmp_path)


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


# --- se-opt --------------------------------------------------------------------


@pytest.mark.parametrize("text, options, message", [
    # Of the parser, of its second error too, of a verifier, of a pass.
    ('module { "a.b"(%x) : (i32) -> () "c', [], ":1:"),
    ("module { \x1b[31m\xff }", [], ":1:10: error"),
    ("func.func @f() {\n  arith.nonsense\n}", [], ":2:3: error: .*nonsense"),
    ("func.func @f() -> i32 {\n  return\n}", [], ":2:3: error"),
    ("module {}", ["--verify-phase=legalized", "--se-schedule"], "error"),
    ('module {\n  "a.b"() : () -> ()\n}', [], "unregistered dialect"),
])
def test_opt_says_one_line(text, options, message, tmp_path):
    path = tmp_path / "net.mlir"
    path.write_bytes(text.encode("latin-1"))
    fails("se-opt", path, "-o", "out.mlir", *options, text=message, folder=tmp_path)


def test_opt_reads_as_asked(tmp_path):
    """What a file may hold is what the options say."""
    path = tmp_path / "net.mlir"
    path.write_text('module {\n  "a.b"() : () -> ()\n}')
    assert "a.b" in se.run_tool("se-opt", path, "--allow-unregistered-dialect").stdout
    path.write_text("module {}\n// -----\nmodule {\n  oops\n}")
    process = se.tool("se-opt", path, "--split-input-file")
    # As mlir-opt prints it: with the line of the source.
    assert process.returncode == 1 and "\n  oops\n  ^" in process.stderr


@pytest.mark.parametrize("kind", ["regions", "arrays", "places"])
def test_parts_of_a_file(kind, tmp_path):
    """Each is looked at, not only the first."""
    path = tmp_path / "split.mlir"
    path.write_text("module {}\n// -----\n" + DEEP_MODULES[kind](200_000))
    fails("se-opt", path, "--split-input-file", "-o", "out.mlir",
          text="split.mlir.*nested", folder=tmp_path)


@pytest.mark.parametrize("terms", [20_000, 60_000])
def test_long_expressions(terms, tmp_path):
    """The parser takes a time that is the square of the terms."""
    path = tmp_path / "sum.mlir"
    path.write_text("module attributes {se.a = affine_map<(d0, d1) -> ("
                    + " + ".join(f"d{i % 2} floordiv {i + 2}" for i in range(terms))
                    + ")>} {}")
    for tool in ("se-compile", "se-opt"):
        start = os.times()
        fails(tool, path, "-o", "out.elf", text="sum.mlir", folder=tmp_path)
        end = os.times()
        assert end.children_user - start.children_user < 10


# --- lists of names ------------------------------------------------------------


def test_lists_of_names(tmp_path):
    """Of many names a few are told, and how many there are besides."""
    count = 300
    port = lambda i: {"name": f"port_{i}_of_many", "shape": [1], "elements": 1}
    meta = json.loads(make_metadata())
    meta["inputs"] = meta["outputs"] = [port(i) for i in range(count)]
    path = tmp_path / "net.elf"
    path.write_bytes(make_program(json.dumps(meta).encode()))
    more = r"port_0_of_many, port_1_of_many.* and 2\d\d more$"
    for option in ("--out", "--in"):
        line = fails("se-run", path, option, "q=x.npy", text=more, folder=tmp_path)
        assert "..." not in line
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    with pytest.raises(se_mlir.Error, match=more):
        se_mlir.run(path, {"q": np.zeros((1, 1))})


# --- Python --------------------------------------------------------------------


class Unwilling:
    def __float__(self):
        raise ValueError("no number")


def test_python(network, elf, tmp_path):
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    from se_mlir import audio

    np.save(tmp_path / "cal.npy",
            np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32))
    out = tmp_path / "out.elf"
    for value, text in (("high", "number.*str"), (None, "number.*NoneType"),
                        (float("nan"), "NaN"), (1j, "number.*complex"),
                        ([1.0], "number.*list"), (np.zeros(2), "number.*ndarray"),
                        (Unwilling(), "number.*Unwilling")):
        with pytest.raises(se_mlir.Error, match=f"metric.*{text}"):
            se_mlir.compile(network, out, precision="auto",
                            calibration=tmp_path / "cal.npy", metric=lambda _: value)
    with pytest.raises(se_mlir.Error, match="metric.*function, found float"):
        se_mlir.compile(network, out, precision="auto", calibration=tmp_path / "cal.npy",
                        metric=0.5)
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
