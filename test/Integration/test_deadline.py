# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""se-compile --deadline-ms: the bound holds for other inputs, whatever is in the way, and
is no more than a tenth too large."""

import json
import re

import numpy as np
import pytest

import se
from test_bad_input import expect_error

WAYS = [[], ["--l1-conflicts"], ["--l2-port"], ["--l1-conflicts", "--l2-port"]]
CELLS = {
    "gru": "x=61,h=61", "lstm": "x=128,h=128", "minimal_gru": "x=16,h=16",
    "mlstm": "x=61,h=61", "layer_norm_gru": "x=61,h=61", "gla": "x=61,k=16,v=16,r=8",
    "light_gru": "x=61,h=61", "s4d": "x=61,n=8", "lif": "x=61,h=61", "cfc": "x=61,h=61,k=32",
}
GRU = se.SOURCE / "models" / "tinydenoiser_gru128.onnx"


def compile_bound(folder, network, *options):
    """The program and its bound."""
    elf, report = folder / "net.elf", folder / "report.json"
    se.run_tool("se-compile", *network, "-o", elf, "--deadline-ms=1000", f"--report={report}",
                *options)
    return elf, json.loads(report.read_text())


def find_longest(folder, elf, frames, *options):
    (name, array), = frames.items()
    np.save(folder / "x.npy", array.astype(np.float32))
    stats = folder / "stats.json"
    se.run_tool("se-run", elf, "--in", f"{name}={folder / 'x.npy'}", f"--stats={stats}",
                *options)
    return json.loads(stats.read_text())["cycles_per_frame"]["max"]


def make_frames(elements, seed):
    """Sound of several kinds: noise at two levels, silence, hardly anything, full scale."""
    random = np.random.default_rng(seed)
    frames = random.standard_normal((24, elements))
    frames[4:8] *= 30
    frames[8:12] = 0
    frames[12:14] = 1e-30
    frames[14:17] = np.sign(frames[14:17])
    frames[20, :3] = np.inf
    return frames


def check(folder, elf, bound, name, elements, seed):
    longest = max(find_longest(folder, elf, {name: make_frames(elements, seed)}, *way)
                  for way in WAYS)
    assert 0 < longest <= bound <= 1.10 * longest


@pytest.mark.parametrize("precision", ["fp16", "int8"])
@pytest.mark.parametrize("cell", CELLS)
def test_bound_holds(tmp_path, cell, precision):
    elf, report = compile_bound(tmp_path, [f"--cell={cell}"], "--random-weights=1",
                                f"--size={CELLS[cell]}", f"--precision={precision}")
    elements = int(re.search(r"\d+", CELLS[cell])[0])
    check(tmp_path, elf, report["deadline"]["worst_case_cycles"], "x", elements, 7)


@pytest.mark.parametrize("options", [["--precision=fp16"], ["--precision=fp16", "--cores=1"],
                                     ["--precision=fp16", "--app=denoise"],
                                     ["--precision=fp16", "--schedule=code=l1"],
                                     ["--precision=fp32", "--target=gap9"]])
def test_networks_that_stream(tmp_path, options):
    elf, report = compile_bound(tmp_path, [GRU], *options)
    is_sound = "--app=denoise" in options
    check(tmp_path, elf, report["deadline"]["worst_case_cycles"],
          "in" if is_sound else "mag", 100 if is_sound else 257, 3)


def test_lowest_clock(tmp_path):
    elf, report = compile_bound(tmp_path, [GRU], "--precision=fp16", "--target=gap9")
    deadline = report["deadline"]
    assert (deadline["mhz"], deadline["volt"]) == (240, 0.65)
    cycles = deadline["worst_case_cycles"]
    # Between what both points take only the faster one will do.
    between = cycles / 300e3
    process = se.run_tool("se-compile", GRU, "-o", elf, "--precision=fp16", "--target=gap9",
                          f"--deadline-ms={between}")
    assert "is met at 370 MHz, 0.8 V" in process.stderr


def test_python_and_page(tmp_path):
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    elf, page = tmp_path / "net.elf", tmp_path / "net.html"
    report = se_mlir.compile(GRU, elf, precision="fp16", deadline_ms=6.25, report=page)
    _, other = compile_bound(tmp_path, [GRU], "--precision=fp16")
    cycles = report["deadline"]["worst_case_cycles"]
    assert cycles == other["deadline"]["worst_case_cycles"]
    assert report["deadline"]["deadline_ms"] == 6.25
    assert f"a frame takes at most {cycles:,} cycles" in page.read_text()
    with pytest.raises(se_mlir.Error, match="deadline of 0.5 ms is missed"):
        se_mlir.compile(GRU, elf, precision="fp16", deadline_ms=0.5)


def test_program_knows_its_bound(tmp_path):
    """se-run compares, and says when it does not hold."""
    elf, report = compile_bound(tmp_path, ["--cell=gru"], "--random-weights=1",
                                "--size=x=16,h=16", "--precision=fp16")
    bound = report["deadline"]["worst_case_cycles"]
    np.save(tmp_path / "x.npy", make_frames(16, 1).astype(np.float32))
    run = ["se-run", elf, "--in", f"x={tmp_path / 'x.npy'}", f"--stats={tmp_path / 's.json'}"]
    assert "warning" not in se.run_tool(*run).stderr
    assert json.loads((tmp_path / "s.json").read_text())["worst_case_cycles"] == bound
    # The same program without it takes as long.
    se.run_tool("se-compile", "--cell=gru", "-o", tmp_path / "other.elf", "--random-weights=1",
                "--size=x=16,h=16", "--precision=fp16")
    ways = [find_longest(tmp_path, file, {"x": make_frames(16, 1)})
            for file in (elf, tmp_path / "other.elf")]
    assert ways[0] == ways[1] and "worst_case" not in (tmp_path / "stats.json").read_text()
    text = f'"worst_case_cycles":{bound}'.encode()
    content = elf.read_bytes()
    assert content.count(text) == 1
    elf.write_bytes(content.replace(text, text[:-len(str(bound))] + b"9".ljust(len(str(bound)))))
    assert re.search(r"warning: .*net.elf: frame 0 took [\d,]+ cycles, more than the 9 of its "
                     r"worst case\n", se.run_tool(*run).stderr)


def test_missed(tmp_path):
    elf = tmp_path / "net.elf"
    common = ["se-compile", GRU, "-o", elf, "--precision=fp16"]
    expect_error(tmp_path, *common, "--deadline-ms=1",
                 text=r"the deadline of 1 ms is missed: a frame takes at most [\d,]+ cycles, "
                 r"1\.\d+ ms at 72 MHz, .* bound by dma; what helps: fewer bytes")
    expect_error(tmp_path, *common, "--deadline-ms=1", "--cores=1",
                 text=r"bound by compute; what helps: more cores \(--cores=8\)")
    expect_error(tmp_path, *common, "--deadline-ms=0", text="expected a time above 0")
    expect_error(tmp_path, *common, "--deadline-ms=nan", text="expected a time above 0")
    expect_error(tmp_path, *common, "--deadline-ms=5", "--emit=mlir-legalized",
                 text="phase 'legalized' comes before the plan is made")


def test_objects_have_one_too(tmp_path):
    _, report = compile_bound(tmp_path, [GRU], "--precision=fp16")
    obj, text = tmp_path / "net.o", tmp_path / "object.json"
    se.run_tool("se-compile", GRU, "-o", obj, "--emit=obj", "--precision=fp16",
                "--deadline-ms=1000", f"--report={text}")
    bound = json.loads(text.read_text())["deadline"]["worst_case_cycles"]
    assert f"enum {{ net_worst_case_cycles = {bound} }};" in obj.with_suffix(".h").read_text()
    # Its stacks are larger, which leaves less to parameters that stay.
    assert 1 < bound / report["deadline"]["worst_case_cycles"] < 1.1
