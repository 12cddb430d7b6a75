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
