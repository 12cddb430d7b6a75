# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the cluster's port to L2 costs (se-run --l2-port), and code that lies in L1."""

import json
import re
import subprocess

import numpy as np
import pytest

import se
from test_bad_input import expect_error

FRAMES = np.random.default_rng(0).standard_normal((6, 96)).astype(np.float32)


def build(folder, place, *options, l1=16384):
    """A GRU whose parameters flow through 16 KB of L1."""
    return se.compile("--cell=gru", folder / f"{place}.elf", "--size=x=96,h=96",
                      "--random-weights=1", "--precision=fp16", f"--l1-bytes={l1}",
                      f"--schedule=code={place}", *options)


def measure(folder, elf, *options):
    """Output, and cycles of a frame."""
    stats = folder / "stats.json"
    outputs = se.run(elf, {"x": FRAMES}, ["y"], f"--stats={stats}", *options)
    return outputs["y"], json.loads(stats.read_text())["cycles_per_frame"]["mean"]


def get_code_address(elf):
    """Where the kernel lies."""
    symbols = subprocess.run(["llvm-nm-22", elf], capture_output=True, text=True, check=True)
    (line,) = [line for line in symbols.stdout.splitlines() if line.endswith(" gru_kernel")]
    return int(line.split()[0], 16)


def test_streams_pay_for_what_else_comes(tmp_path):
    # Instructions come between the tiles, each line behind 256 cycles of bursts.
    elf = build(tmp_path, "l2")
    plain, cycles = measure(tmp_path, elf)
    shared, more = measure(tmp_path, elf, "--l2-port")
    np.testing.assert_array_equal(plain, shared)
    assert more > 1.02 * cycles
    # Where the engine takes no time, only the lines themselves are in the way.
    _, ideal = measure(tmp_path, elf, "--ideal-dma")
    _, alone = measure(tmp_path, elf, "--ideal-dma", "--l2-port")
    assert ideal <= alone < 1.02 * ideal


@pytest.mark.parametrize("cores", [1, 8])
def test_code_in_l1(tmp_path, cores):
    option = f"--cores={cores}"
    far = build(tmp_path, "l2", option)
    near = build(tmp_path, "l1", option)
    assert get_code_address(far) >= 0x1c000000
    assert 0x10000000 <= get_code_address(near) < 0x10010000
    there, far_cycles = measure(tmp_path, far)
    there_shared, far_shared = measure(tmp_path, far, "--l2-port")
    here, near_cycles = measure(tmp_path, near)
    here_shared, near_shared = measure(tmp_path, near, "--l2-port")
    for outputs in (there_shared, here, here_shared):
        np.testing.assert_array_equal(there, outputs)
    # Its lines do not wait for the stream.
    assert near_shared / near_cycles - 1 < 0.5 * (far_shared / far_cycles - 1)


def test_room_is_what_the_code_takes(tmp_path):
    # The plan's bytes and the code share what the network may use.
    report = tmp_path / "report.json"
    elf = build(tmp_path, "l1", f"--report={report}")
    used = json.loads(report.read_text())["memory"]["l1"]["bytes"]
    headers = subprocess.run(["llvm-readelf-22", "-S", elf], capture_output=True, text=True,
                             check=True).stdout
    sections = re.findall(r" (\.l1\.\w+) +(?:PROGBITS|NOBITS) +\w+ +\w+ +(\w+)", headers)
    size = {name: int(size, 16) for name, size in sections}
    assert size[".l1.text"] > 1000 and size[".l1.data"] > 0
    assert sum(size.values()) <= used <= 16384
    # Planned again with what it takes, a first estimate being larger.
    assert used - sum(size.values()) < 256


def test_auto_keeps_parameters(tmp_path):
    # In 16 KB parameters would have to flow for it, in all of L1 none.
    assert get_code_address(build(tmp_path, "auto")) >= 0x1c000000
    roomy = build(tmp_path, "auto", l1=60000)
    small = se.compile("--cell=gru", tmp_path / "small.elf", "--size=x=16,h=16",
                       "--random-weights=1", "--schedule=code=auto")
    assert get_code_address(small) < 0x10010000
    assert get_code_address(roomy) >= 0x1c000000  # 110 KB of weights


def test_a_plan_may_leave_more_than_it_says(tmp_path):
    module = tmp_path / "planned.mlir"
    build_options = ["--cell=gru", "--size=x=16,h=16", "--random-weights=1"]
    se.compile(*build_options[:1], module, *build_options[1:], "--emit=mlir-planned",
               "--schedule=code=l1", "--l1-bytes=12000")
    text = module.read_text()
    assert "code_bytes = " in text
    # Somebody fills L1, and leaves hardly anything to the code.
    start = text.index("code_bytes = ")
    end = text.index(">", start)
    reserved = int(text[start + len("code_bytes = "):end])
    available = text.index("l1_bytes = ")
    stop = text.index(",", available)
    room = int(text[available + len("l1_bytes = "):stop])
    module.write_text(text[:available] + f"l1_bytes = {room + reserved - 16}" +
                      text[stop:start] + "code_bytes = 16" + text[end:])
    # There is room beside the plan all the same.
    elf = se.compile(module, tmp_path / "net.elf")
    assert get_code_address(elf) < 0x10010000


def test_a_plan_that_leaves_too_little(tmp_path):
    # Parameters that flow take all of L1 but less than a tile, and somebody wants the code
    # there as well.
    module = tmp_path / "planned.mlir"
    se.compile("--cell=gru", module, "--size=x=200,h=200", "--random-weights=1",
               "--schedule=slot-bytes=2048", "--emit=mlir-planned")
    text = module.read_text()
    room = int(re.search(r"l1_bytes = (\d+)>", text)[1])
    module.write_text(text.replace(f"l1_bytes = {room}>",
                                   f"l1_bytes = {room - 16}, code_bytes = 16>"))
    expect_error(tmp_path, "se-compile", module, "-o", tmp_path / "net.elf",
                 text=r"the code takes \d+ bytes of L1, where the plan leaves \d+: give "
                 r"plan.stream code_bytes = \d+")


def test_gvsoc_cannot_fetch_it(tmp_path):
    elf = build(tmp_path, "l1")
    np.save(tmp_path / "x.npy", FRAMES)
    expect_error(tmp_path, "se-run", elf, "--in", f"x={tmp_path}/x.npy", "--platform=gvsoc",
                 text="has code in L1, which GVSoC cannot fetch; compile with --schedule=code=l2")
