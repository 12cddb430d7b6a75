# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""examples/firmware: a main of its own that calls a compiled network."""

import dataclasses
import json
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


def run_both(folder, networks, x, options, widths, link_options=()):
    """The outputs of a firmware that runs both, each at its own rate."""
    objects = []
    for name, (path, cores, l1) in zip(("first", "second"), networks):
        objects.append(folder / f"{name}.o")
        se.compile(
            path, objects[-1], "--emit=obj", f"--cores={cores}", f"--l1-bytes={l1}",
            *options, *link_options,
        )
    frames = ", ".join("{" + ", ".join(f"{v.hex()}f" for v in map(float, f)) + "}" for f in x)
    main = MAIN.format(
        count=len(x), inputs=x.shape[1], frames=frames, first=widths[0], second=widths[1]
    )
    linked = build_firmware(folder, main, objects, *link_options)
    assert linked.returncode == 0, linked.stderr
    lines = se.run_tool(
        "se-run", "--check", folder / "firmware.elf",
        *(o for o in link_options if o.startswith("--target")),
    ).stdout.splitlines()
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


# Objects for other targets than the script's.

SYMBOL = "undefined symbol: __se_script_for_"


def make_target(folder, **changes):
    """A description of pulp-open with changes, under its own name."""
    description = json.loads((se.SOURCE / "targets/pulp-open.json").read_text())
    l1 = changes.pop("l1", None)
    description.update(changes)
    if l1:
        description["memories"][0]["size"] = l1
    path = folder / "chip.json"
    path.write_text(json.dumps(description))
    return str(path)


def link_two(folder, options, script_options):
    """Links the example as two networks, each with options of its own."""
    objects = []
    for name, more in zip(("first", "second"), options):
        objects.append(folder / f"{name}.o")
        se.compile(se.SOURCE / "examples/cells/leaky.mlir", objects[-1], "--emit=obj",
                   "--l1-bytes=4000", *more)
    main = MAIN.format(count=1, inputs=3, frames="{1, 2, 3}", first=2, second=2)
    return build_firmware(folder, main, objects, *script_options)


def errors(linked):
    assert linked.returncode != 0
    return [line for line in linked.stderr.splitlines() if "error:" in line]


@pytest.mark.parametrize("script", ["pulp-open", "gap9"])
def test_objects_of_two_targets(script, tmp_path):
    other = "pulp_open_cores_8_controller_1_l1_65536"
    if script == "pulp-open":
        other = "gap9_cores_8_controller_1_l1_131072"
    linked = link_two(
        tmp_path, (["--target=gap9"], ["--target=pulp-open"]), [f"--target={script}"])
    (error,) = errors(linked)
    assert error.endswith(f"{SYMBOL}target_{other}")
    guilty = "first.o" if script == "pulp-open" else "second.o"
    assert f"{guilty}:(" in linked.stderr


@pytest.mark.parametrize(
    "changes, facts",
    [
        ({"cores": 4}, "cores_4_controller_1_l1_65536"),
        ({"controller_core": False}, "cores_8_controller_0_l1_65536"),
        ({"l1": "0x8000"}, "cores_8_controller_1_l1_32768"),
    ],
    ids=["cores", "controller", "l1"],
)
def test_objects_of_two_descriptions_of_a_target(changes, facts, tmp_path):
    """A name is not all that must be the same."""
    chip = make_target(tmp_path, **changes)
    (error,) = errors(link_two(tmp_path, ([], [f"--target={chip}"]), []))
    assert error.endswith(f"{SYMBOL}target_pulp_open_{facts}")


def test_objects_of_two_stacks(tmp_path):
    (error,) = errors(link_two(tmp_path, ([], ["--core-stack=2048"]), []))
    assert error.endswith(f"{SYMBOL}core_stack_2048")


def test_two_networks_of_another_target(tmp_path):
    """With one target and one stack they link and run, whatever their --cores."""
    path = tmp_path / "net.onnx"
    recipe = onnx_models.Recipe(cell="gru1", input=6, hidden=10)
    wide = tmp_path / "wide.onnx"
    onnx.save(onnx_models.build(recipe), path)
    onnx.save(onnx_models.build(dataclasses.replace(recipe, hidden=12)), wide)
    x = onnx_models.frames(recipe, 4)
    options = ["--target=gap9", "--core-stack=1536"]
    found = run_both(
        tmp_path, [(path, 2, 9000), (wide, 8, 20000)], x, [], (10, 12), options)
    expected = se.run(wide, {"x": x[::2]}, ["y"], "--target=gap9")
    se.assert_same_bits({"y": found[1]}, expected, "the second of two")


# Where the state lies.

PLACED = """
#include "net.h"
#include "se/runtime.h"

#define BYTES sizeof(net_state)
SE_L1 static net_state in_l1;
SE_L1 static char bytes[BYTES + 16] __attribute__((aligned(16)));
static net_state in_l2;
static float x[3], y[2];

int main(void) {{
  net_state on_stack;
  /* One that the compiler cannot see through. */
  net_state *volatile places[] = {{&in_l1, &in_l2, &on_stack, (void *)bytes}};
  (void)places;
  net_state *volatile state = (net_state *)(void *)({place});
  net_init(state);
  net_step(state, x, y);
  se_puts("done\\n");
  return 0;
}}
"""


def run_placed(folder, place):
    objects = [folder / "net.o"]
    se.compile(se.SOURCE / "examples/cells/leaky.mlir", objects[0], "--emit=obj")
    linked = build_firmware(folder, PLACED.format(place=place), objects)
    assert linked.returncode == 0, linked.stderr
    return subprocess.run(
        [se.BIN / "se-run", "--check", folder / "firmware.elf"],
        capture_output=True, text=True,
    )


@pytest.mark.parametrize("place", ["&in_l1", "bytes + 16"])
def test_state_in_l1(place, tmp_path):
    result = run_placed(tmp_path, place)
    assert (result.returncode, result.stdout) == (0, "done\n"), result.stderr


@pytest.mark.parametrize(
    "place", ["&in_l2", "&on_stack", "bytes + 4", "0", "0x10010000 - 16", "0x10010000"],
    ids=["l2", "stack", "misaligned", "null", "over-the-end", "behind"],
)
def test_state_outside_l1(place, tmp_path):
    result = run_placed(tmp_path, place)
    assert result.returncode != 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("error: net_init: the state at 0x")
    assert "must lie in L1, aligned to 16 (SE_L1 of se/runtime.h)" in line
    assert "status 125" in result.stderr


# Sound, hop by hop.

STREAM = """
#include "net.h"
#include "se/runtime.h"
#include "se/stream.h"

SE_L1 static net_state state;
static float buffers[SE_STREAM_FLOATS(net_hop, net_delay)];
static float sound[{count}][net_hop] = {{{hops}}};

static void process(const float *in, float *out) {{ net_process(&state, in, out); }}

int main(void) {{
  static float out[net_hop];
  se_stream stream;
  net_init(&state);
  se_stream_init(&stream, process, net_hop, net_delay, buffers);
  for (int t = 0; t < {count}; ++t) {{
    se_stream_exchange(&stream, sound[t], out);
    for (int i = 0; i < net_hop; ++i) {{
      uint32_t word;
      memcpy(&word, &out[i], sizeof word);
      se_puthex(word);
      se_putc(i + 1 < net_hop ? ' ' : '\\n');
    }}
    se_stream_poll(&stream);
  }}
  return net_sample_rate == 16000 && stream.missed == 0 ? 0 : 1;
}}
"""


def test_stream(tmp_path):
    """The hops of se/stream.h are those of the network, one later."""
    model = se.SOURCE / "models/tinydenoiser_gru128.onnx"
    options = ("--app=denoise", "--precision=fp16")
    se.compile(model, tmp_path / "net.o", "--emit=obj", "--l1-bytes=50000", *options)
    x = np.random.default_rng(3).uniform(-0.5, 0.5, (6, 100)).astype(np.float32)
    hops = ", ".join("{" + ", ".join(f"{float(v).hex()}f" for v in hop) + "}" for hop in x)
    linked = build_firmware(tmp_path, STREAM.format(count=len(x), hops=hops),
                            [tmp_path / "net.o"])
    assert linked.returncode == 0, linked.stderr
    lines = se.run_tool("se-run", "--check", tmp_path / "firmware.elf").stdout.splitlines()
    found = np.array([[int(word, 16) for word in line.split()] for line in lines], np.uint32)
    expected = se.run(model, {"in": x}, ["out"], *options)["out"]
    assert np.abs(expected).max() > 1e-3
    assert not found[0].any()
    assert np.array_equal(found[1:], expected[:-1].view(np.uint32))
