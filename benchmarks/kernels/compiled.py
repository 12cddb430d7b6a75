# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the compiler makes of the networks of run.py, as rows for its table.

compiled.py --tools=FOLDER [--gvsoc] [--only=TEXT] [--check] OUT.json

Rows are whole frames: inputs come from L2 as binary32 and outputs go there, as they
do in a program. Of small cells there is also a row of the cell's stage alone, without
what brings and converts its input, as kernels of libraries are measured (--profile); of
the matrix times vector, which is no network of its own, only that. Every
program must give the bits of the host's run; cycles are the least of the frames (of a
stage the mean of many), the code in the caches. GVSoC has the L1 of pulp-open only.
--check measures 8 cores only, and fails if a row misses what it has reached once.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "test/Integration"))
import onnx_models  # noqa: E402

FRAMES = 4
# Of stages, whose mean is taken: the first frame, without code in the caches, is one
# of many.
STAGE_FRAMES = 512
WIDTH = {"int8": 1, "fp16": 2}
# Scales of what is about 1 in magnitude.
POLICY = {"layers": {"*": {"precision": "int8", "input_scale": 0.03125,
                           "state_scale": 1 / 127}}}


def build_linear(rows, columns):
    random = np.random.default_rng(0)
    matrix = random.uniform(-0.1, 0.1, (rows, columns)).astype(np.float32)
    bias = random.uniform(-1, 1, rows).astype(np.float32)
    node = helper.make_node("Gemm", ["x", "W", "b"], ["y"], name="linear", transB=1)
    graph = helper.make_graph(
        [node], "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, columns])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, rows])],
        [numpy_helper.from_array(matrix, "W"), numpy_helper.from_array(bias, "b")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                             ir_version=8)


# MAC/cycle of 8 cores that must not be lost, without and with bank conflicts.
REACHED = {
    "matvec 64x512 int8 stage": (14.2, 13.5), "matvec 64x256 fp16 stage": (6.6, 6.4),
    "lstm 64 int8 stage": (10.5, 10), "gru 64 int8 stage": (10.5, 10),
    "lstm 64 fp16 stage": (5.6, 5.4), "gru 64 fp16 stage": (5.6, 5.4),
    "lstm 256 int8 frame": (7.7, 7.3), "lstm 256 fp16 frame": (3.85, 3.7),
}


class Kernel:
    def __init__(self, kernel, precision, target, model, macs, inputs, stage=None):
        self.kernel, self.precision, self.target = kernel, precision, target
        self.model, self.macs, self.inputs, self.stage = model, macs, inputs, stage
        self.program = f"{kernel} {precision} compiled"


def make_kernels():
    # The weights and the rest must fit L1, or come from L2.
    for rows, columns, precision in ((64, 512, "int8"), (64, 256, "fp16")):
        model = build_linear(rows, columns)
        yield Kernel(f"matvec {rows}x{columns}", precision, "pulp-open", model,
                     rows * columns, columns, "linear")
    for cell, gates in (("lstm", 4), ("gru1", 3)):
        for hidden, precision, target in (
            (64, "int8", "pulp-open"), (64, "fp16", "gap9"),
            (256, "int8", "pulp-open"), (256, "fp16", "pulp-open"),
        ):
            recipe = onnx_models.Recipe(cell, input=hidden, hidden=hidden)
            for stage in (None, "rnn0") if hidden == 64 else (None,):
                yield Kernel(f"{cell.rstrip('1')} {hidden}", precision, target,
                             onnx_models.build(recipe), 2 * gates * hidden**2, hidden,
                             stage)


def run(*command):
    done = subprocess.run([str(c) for c in command], text=True, capture_output=True,
                          timeout=600, check=False)
    if done.returncode:
        sys.exit(f"error: {' '.join(map(str, command))}:\n{done.stderr}")


def check(rows):
    by_name = {f"{r['kernel']} {r['type']} {r['code'].split(',')[0]}": r for r in rows}
    for name, limits in REACHED.items():
        for how, least in zip(("simulator", "conflicts"), limits):
            found = by_name[name]["macs"] / by_name[name]["cycles"][how]
            if found < least:
                sys.exit(f"error: {name}, {how}: {found:.2f} MAC/cycle, {least} before")


def measure(kernel, tools, gvsoc, all_cores, folder):
    model, program, stats = folder / "net.onnx", folder / "net.elf", folder / "s.json"
    onnx.save(kernel.model, str(model))
    policy = folder / "int8.json"
    policy.write_text(json.dumps(POLICY))
    frames = STAGE_FRAMES if kernel.stage else FRAMES
    precision = f"--precision={policy if kernel.precision == 'int8' else 'fp16'}"
    x = np.random.default_rng(1).standard_normal((frames, kernel.inputs))
    np.save(folder / "x.npy", x.astype(np.float32))
    io = ["--in", f"x={folder}/x.npy", "--out"]
    run(tools / "se-run", model, precision, *io, f"y={folder}/host.npy")
    platforms = {"simulator": [], "conflicts": ["--l1-conflicts"]}
    if gvsoc and kernel.target == "pulp-open" and not kernel.stage:
        platforms["gvsoc"] = ["--platform=gvsoc"]
    for cores in all_cores:
        run(tools / "se-compile", model, "-o", program, precision,
            f"--target={kernel.target}", f"--cores={cores}",
            # As kernels of libraries, which do not look at what they are given.
            "--nonfinite=propagate")
        cycles = {}
        for name, options in platforms.items():
            profile = ["--profile"] if kernel.stage else []
            run(tools / "se-run", program, f"--target={kernel.target}", *options, *profile,
                *io, f"y={folder}/device.npy", f"--stats={stats}")
            if (folder / "host.npy").read_bytes() != (folder / "device.npy").read_bytes():
                sys.exit(f"error: {kernel.program}: not the bits of the host ({name})")
            result = json.loads(stats.read_text())
            cycles[name] = result["cycles_per_frame"]["min"]
            if kernel.stage:
                cycles[name] = round(max(s["cycles_per_frame"] for s in result["stages"]
                                         if s["name"].startswith(kernel.stage)))
        code = "stage" if kernel.stage else "frame"
        yield {
            "kernel": kernel.kernel, "type": kernel.precision,
            "code": f"{code}, {kernel.target}", "cores": cores, "macs": kernel.macs,
            "weight_bytes": kernel.macs * WIDTH[kernel.precision], "cycles": cycles,
        }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", type=pathlib.Path, required=True)
    parser.add_argument("--gvsoc", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("output", type=pathlib.Path)
    args = parser.parse_args()
    if args.check and args.only:
        parser.error("--check takes all kernels, so there is no --only with it")
    rows = []
    for kernel in make_kernels():
        if args.only in kernel.program:
            with tempfile.TemporaryDirectory() as folder:
                rows += measure(kernel, args.tools, args.gvsoc,
                                (8,) if args.check else (1, 8), pathlib.Path(folder))
    if args.check:
        check(rows)
    args.output.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
