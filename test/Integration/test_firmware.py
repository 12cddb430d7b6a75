# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""examples/firmware: a main of its own that calls a compiled network."""

import subprocess

import numpy as np
import onnx
import pytest

import cases
import onnx_models
import se

FRAMES = np.array([[1, 0, -1], [0.5, 0.25, 0], [-2, 1, 3], [0, 0, 0]], np.float32)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_firmware(precision, tmp_path):
    program = tmp_path / "firmware.elf"
    subprocess.run(
        [se.SOURCE / "examples/firmware/build.sh", se.BIN.parent, program, precision],
        check=True,
    )
    lines = se.run_tool("se-run", "--check", program).stdout.splitlines()
    words = [[int(word, 16) for word in line.split()[:2]] for line in lines]
    host = se.run(
        se.SOURCE / "examples/cells/leaky.mlir",
        {"x": FRAMES},
        ["y"],
        f"--precision={precision}",
    )
    assert words == host["y"].view(np.uint32).tolist()


# Two networks in one firmware.

MAIN = """
#include "first.h"
#include "second.h"
#include "se/runtime.h"

SE_L1 static first_state first;
static second_state second __attribute__((section(".l1"), aligned(16)));
static const float frames[{count}][{inputs}] = {{{frames}}};

static void print(const float *values, int count) {{
  for (int i = 0; i < count; ++i) {{
    uint32_t word;
    memcpy(&word, &values[i], sizeof word);
    se_puthex(word);
    se_putc(i + 1 < count ? ' ' : '\\n');
  }}
}}

int main(void) {{
  static float x[{first}], y[{second}];
  first_init(&first);
  second_init(&second);
  for (int t = 0; t < {count}; ++t) {{
    first_step(&first, frames[t], x);
    print(x, {first});
    /* At half the rate; and one of them starts anew, while what the other has
       under way goes on. */
    if (t % 2 == 0) {{
      second_step(&second, frames[t], y);
      print(y, {second});
    }}
    if (t == {count} / 2)
      first_reset(&first);
  }}
  return 0;
}}
"""


def build_firmware(folder, main, objects, *options):
    """Links `main` with objects in `folder`."""
    share = se.BIN.parent / "share/se-mlir"
    (folder / "main.c").write_text(main)
    subprocess.run(
        ["clang-22", "--target=riscv32-unknown-elf",
         "-march=rv32imc_zicsr_zfinx_zhinx", "-mabi=ilp32", "-O2", "-ffreestanding",
         "-nostdlibinc", "-Wall", "-Wextra", "-Werror", f"-I{share}/runtime/include",
         f"-I{folder}", "-c", folder / "main.c", "-o", folder / "main.o"],
        check=True,
    )
    script = se.run_tool("se-compile", "--print-linker-script", *options).stdout
    (folder / "script.ld").write_text(script)
    return subprocess.run(
        ["ld.lld-22", "--nmagic", "--gc-sections", "-T", folder / "script.ld",
         folder / "main.o", *objects, share / "runtime/libse_runtime.a",
         "-o", folder / "firmware.elf"],
        capture_output=True, text=True,
    )


def run_both(folder, networks, x, options, widths):
    """The outputs of a firmware that runs both, each at its own rate."""
    objects = []
    for name, (path, cores, l1) in zip(("first", "second"), networks):
        objects.append(folder / f"{name}.o")
        se.compile(
            path, objects[-1], "--emit=obj", f"--cores={cores}", f"--l1-bytes={l1}", *options
        )
    frames = ", ".join("{" + ", ".join(f"{v.hex()}f" for v in map(float, f)) + "}" for f in x)
    main = MAIN.format(
        count=len(x), inputs=x.shape[1], frames=frames, first=widths[0], second=widths[1]
    )
    linked = build_firmware(folder, main, objects)
    assert linked.returncode == 0, linked.stderr
    lines = se.run_tool("se-run", "--check", folder / "firmware.elf").stdout.splitlines()
    rows = [np.array([int(w, 16) for w in line.split()], np.uint32) for line in lines]
    first = [row.view(np.float32) for row in rows if len(row) == widths[0]]
    second = [row.view(np.float32) for row in rows if len(row) == widths[1]]
    return np.stack(first), np.stack(second)


def check_both(folder, paths, x, port, precision, l1):
    expected = []
    for path, frames in zip(paths, (x, x[::2])):
        half = len(x) // 2 + 1 if path == paths[0] else len(frames)
        parts = [
            se.run(path, {"x": part}, [port], f"--precision={precision}")[port]
            for part in (frames[:half], frames[half:])
            if len(part)
        ]
        expected.append(np.concatenate(parts))
    widths = [e.shape[1] for e in expected]
    for cores in ((8, 8), (1, 8), (4, 3)):
        networks = [(p, c, b) for p, c, b in zip(paths, cores, l1)]
        found = run_both(folder, networks, x, [f"--precision={precision}"], widths)
        for name, a, b in zip(("first", "second"), found, expected):
            se.assert_same_bits({name: a}, {name: b}, f"{cores} cores")


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("l1", [(28000, 28000), (12000, 11000)], ids=["stay", "flow"])
def test_two_networks(precision, l1, tmp_path):
    """Both graphs have one name, and parameters of both stay in L1 or are under
    way when the other one runs."""
    recipes = [
        onnx_models.Recipe(cell="lstm", input=24, hidden=20, layers=2, head="matmul"),
        onnx_models.Recipe(cell="gru1", input=24, hidden=31, layers=2),
    ]
    paths = []
    for i, recipe in enumerate(recipes):
        paths.append(tmp_path / f"{i}.onnx")
        model = onnx_models.build(recipe)
        model.graph.name = "main_graph"
        onnx.save(model, paths[-1])
    x = onnx_models.frames(recipes[0], 7)
    check_both(tmp_path, paths, x, "y", precision, l1)


def test_two_networks_do_not_fit(tmp_path):
    """Each takes what L1 has left unless it is told otherwise."""
    recipe = onnx_models.Recipe(cell="lstm", input=64, hidden=64)
    path = tmp_path / "net.onnx"
    onnx.save(onnx_models.build(recipe), path)
    objects = [tmp_path / "first.o", tmp_path / "second.o"]
    for target in objects:
        se.compile(path, target, "--emit=obj")
    linked = build_firmware(
        tmp_path,
        MAIN.format(count=1, inputs=64, frames="{0}", first=64, second=64),
        objects,
    )
    assert linked.returncode != 0
    assert "will not fit in region 'l1'" in linked.stderr


def test_case_of_two_networks(tmp_path):
    folder = cases.make("two_networks_one_firmware", tmp_path)
    random = np.random.default_rng(0)
    x = random.standard_normal((6, 6)).astype(np.float32)
    paths = [folder / "vad.onnx", folder / "denoiser.onnx"]
    for path in paths:
        se.compile(path, path.with_suffix(".o"), "--emit=obj")
        assert f"void {path.stem}_init(" in path.with_suffix(".h").read_text()
    check_both(tmp_path, paths, x, "out", "fp16", (28000, 28000))
