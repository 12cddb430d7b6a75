# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs of the tools, as users call them, over files that were changed at random; and
what must hold of each of them (docs/safety.md)."""

import dataclasses
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import threading
import time

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import changed_input
import mutations
import onnx_models
import se
import seeds
from onnx_models import Recipe

SECONDS = 10
MEGABYTES = 2048
LINE = 300
# A list of all that an ONNX network has and that is not supported, or that may be its
# states, is a longer line.
LIST_LINE = 4300


def get_most(line):
    """Characters that a line of this kind may have."""
    is_list = "errors: " in line or "say it with --state " in line
    return LIST_LINE if is_list else LINE


ERROR = re.compile(r"(.*:\d+:\d+: )?error: ")
BESIDE = re.compile(r"(.*:\d+:\d+: )?(warning|remark): |calibrating \d")
# How often each kind of file is chosen.
WEIGHTS = {"onnx": 5, "npy": 2, "policy": 2, "calibration": 2, "target": 2, "mlir": 4,
           "npz": 1, "cell": 3, "frontend": 1, "schedule": 1, "bytecode": 2, "program": 4,
           "sound": 3}
SUFFIX = {"onnx": "onnx", "npy": "npy", "npz": "npz", "policy": "json",
          "calibration": "json", "target": "json", "frontend": "json", "mlir": "mlir",
          "cell": "mlir",
          "schedule": "mlir", "bytecode": "mlirbc", "program": "elf"}


@dataclasses.dataclass
class Run:
    """A command over the file `name`, in a folder of its own."""

    number: int
    kind: str
    name: str
    content: bytes
    command: list
    outputs: list

    def __str__(self):
        return f"input {self.number} ({self.kind}): {' '.join(self.command)}"


@dataclasses.dataclass
class Result:
    run: Run
    status: int
    seconds: float
    megabytes: float
    problem: str = ""


def mask_network():
    """What se-denoise runs: 257 gains for 257 bins."""
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 257])
    weights = [numpy_helper.from_array(np.ones(shape, np.float32) / 257, name)
               for name, shape in (("a", (257, 2)), ("b", (2, 257)))]
    nodes = [helper.make_node("MatMul", ["x", "a"], ["h"], "down"),
             helper.make_node("MatMul", ["h", "b"], ["z"], "up"),
             helper.make_node("Sigmoid", ["z"], ["y"], "gains")]
    graph = helper.make_graph(nodes, "mask", [value("x")], [value("y")], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


class Inputs:
    """Makes runs; `folder` keeps what they share, which is valid."""

    def __init__(self, folder):
        self.folder = folder
        self.seeds = {kind: list(files.items()) for kind, files in seeds.make(folder).items()}
        self.seeds["mlir"] += self.seeds["module"]
        self.metadata = seeds.make_metadata()
        (folder / "net.onnx").write_bytes(onnx_models.build(seeds.SMALL).SerializeToString())
        (folder / "net.mlir").write_bytes(dict(self.seeds["mlir"])["imported"])
        onnx.save(mask_network(), folder / "mask.onnx")
        np.save(folder / "x.npy", np.zeros((2, 3), np.float32))
        se.compile(folder / "net.onnx", folder / "plain.elf", "--cores=2")
        se.compile(folder / "mask.onnx", folder / "mask.elf", "--app=denoise", "--cores=2")
        recipe = Recipe("lstm", input=4, hidden=8, layers=2, head="gemm")
        (folder / "large.onnx").write_bytes(onnx_models.build(recipe).SerializeToString())
        path = se.compile(folder / "large.onnx", folder / "schedule.mlir", "--cores=2",
                          "--emit=mlir-scheduled", "--nonfinite=propagate",
                          "--schedule=ring=2,tile-rows=2,resident=off")
        self.schedule = path.read_text()

    def change(self, kind, source):
        """A changed file and what the seed is called."""
        if kind == "schedule":
            return next(mutations.random_ones(self.schedule, source)).text.encode(), kind
        name, content = source.choice(self.seeds[kind])
        if kind == "program" and source.random() < 0.3:
            return seeds.make_program(changed_input.change_text(self.metadata, source)), "tiny"
        if kind == "onnx":
            return changed_input.change_model(content, source), name
        if kind in ("policy", "calibration", "target", "frontend", "mlir", "cell"):
            return changed_input.change_text(content, source), name
        return changed_input.change_bytes(content, source), name

    def commands(self, kind, file):
        """Pairs of a command and its outputs."""
        shared = lambda name: str(self.folder / name)
        net, x = shared("net.onnx"), "x=" + shared("x.npy")
        frames = ["--in", x, "--out", "y=y.npy"]
        if kind == "onnx":
            yield ["se-compile", file, "-o", "o.mlir", "--emit=mlir-imported"], ["o.mlir"]
            yield ["se-translate", "--import-onnx", file, "-o", "o.mlir"], ["o.mlir"]
            yield (["se-compile", file, "-o", "o.mlir", "--emit=mlir-legalized",
                    "--precision=fp16"], ["o.mlir"])
            yield (["se-compile", file, "-o", "o.elf", "--report=r.json", "--cores=2"],
                   ["o.elf", "r.json"])
            yield ["se-run", file, *frames], ["y.npy"]
        elif kind == "npy":
            yield (["se-run", shared("plain.elf"), "--in", f"x={file}", "--out", "y=y.npy",
                    "--stats=s.json", "--max-cycles=3000000"], ["y.npy", "s.json"])
            yield (["se-compile", net, "-o", "o.mlir", "--precision=int8",
                    "--emit=mlir-legalized", f"--calibration={file}",
                    "--save-calibration=c.json"], ["o.mlir", "c.json"])
        elif kind == "npz":
            yield (["se-compile", "--cell=lstm", "--size=x=3,h=2", f"--weights={file}", "-o",
                    "o.elf"], ["o.elf"])
            yield (["se-run", "--cell=lstm", "--size=x=3,h=2", f"--weights={file}", *frames],
                   ["y.npy"])
        elif kind == "cell":
            yield (["se-compile", f"--cell={file}", "--size=x=3,h=2", "--random-weights=1",
                    "-o", "o.elf"], ["o.elf"])
            yield ["se-run", f"--cell={file}", "--size=x=3,h=2", "--random-weights=1",
                   *frames], ["y.npy"]
            yield ["se-opt", file, "-o", "o.mlir", "--canonicalize"], ["o.mlir"]
        elif kind in ("policy", "calibration"):
            options = ([f"--precision={file}"] if kind == "policy" else
                       ["--precision=int8", f"--calibration={file}"])
            yield (["se-compile", net, "-o", "o.mlir", "--emit=mlir-legalized", *options],
                   ["o.mlir"])
            yield (["se-compile", net, "-o", "o.mlir", "--emit=mlir-legalized", *options,
                    "--save-policy=p.json"], ["o.mlir", "p.json"])
            more = "" if kind == "policy" else "int8 calibration="
            yield ["se-opt", shared("net.mlir"), "-o", "o.mlir",
                   f"--se-pipeline=to=legalized precision={more}{file}"], ["o.mlir"]
        elif kind == "frontend":
            yield ["se-compile", shared("mask.onnx"), "-o", "o.mlir", "--emit=mlir-normalized",
                   "--app=denoise", f"--frontend={file}"], ["o.mlir"]
        elif kind == "target":
            yield ["se-compile", net, "-o", "o.mlir", "--emit=mlir-scheduled",
                   f"--target={file}"], ["o.mlir"]
            yield ["se-compile", net, "-o", "o.elf", f"--target={file}", "--cores=1"], ["o.elf"]
            yield ["se-run", shared("plain.elf"), *frames, f"--target={file}",
                   "--max-cycles=1000000"], ["y.npy"]
        elif kind in ("mlir", "bytecode"):
            yield ["se-opt", file, "-o", "o.mlir"], ["o.mlir"]
            yield ["se-opt", file, "-o", "o.mlirbc", "--emit-bytecode"], ["o.mlirbc"]
            yield ["se-compile", file, "-o", "o.mlir", "--emit=mlir-legalized"], ["o.mlir"]
            yield ["se-compile", file, "-o", "o.elf"], ["o.elf"]
            yield ["se-run", file, *frames], ["y.npy"]
        elif kind == "schedule":
            yield ["se-compile", file, "-o", "o.elf"], ["o.elf"]
            yield ["se-opt", file, "-o", "o.mlir", "--canonicalize"], ["o.mlir"]
        elif kind == "program":
            yield ["se-run", file, *frames, "--max-cycles=200000"], ["y.npy"]
            yield (["se-run", file, *frames, "--max-cycles=20000", "--trace=t.json",
                    "--profile", "--stats=s.json"], ["y.npy", "t.json", "s.json"])
            yield ["se-run", file, "--max-cycles=20000", "--check"], []
            yield ["se-run", "--disassemble", file], []
            yield ["se-denoise", file, "--in", shared("sound.wav"), "--out=o.wav"], ["o.wav"]
        elif kind == "sound":
            yield ["se-mix", file, "--out=n.wav", "--clean-out=c.wav"], ["n.wav", "c.wav"]
            yield (["se-denoise", shared("mask.elf"), "--in", file, "--out=o.wav",
                    "--picture=o.png"], ["o.wav", "o.png"])
            yield (["se-compile", shared("mask.onnx"), "-o", "o.mlir", "--precision=int8",
                    "--emit=mlir-legalized", f"--calibration={file}"], ["o.mlir"])

    def make(self, number):
        """The same for a number whenever it is made."""
        source = random.Random(number)
        kind = source.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        content, name = self.change(kind, source)
        suffix = SUFFIX.get(kind) or name.rsplit(".", 1)[1]
        file = f"in.{suffix}"
        command, outputs = source.choice(list(self.commands(kind, file)))
        return Run(number, kind, file, content, command, outputs)


def limit():
    """What this process and all that it starts may take. The tests look closer; this
    only protects the machine."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if "sanitizers" not in str(se.BIN):
        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, resource.RLIM_INFINITY))


def check_text(run, status, text):
    """What is wrong with the text of the standard error, or nothing."""
    try:
        lines = text.decode().splitlines()
    except UnicodeDecodeError:
        return "what it says is not UTF-8"
    for line in lines:
        if len(line) > get_most(line):
            return f"a line of {len(line)} characters: {line[:200]}"
        if not line.isprintable():
            return f"a line that does not print: {line!r}"
    errors = [line for line in lines if ERROR.match(line)]
    others = [line for line in lines if not ERROR.match(line) and not BESIDE.match(line)]
    if others:
        return f"says besides: {others[0]}"
    if len(errors) != (status == 1):
        return f"{len(errors)} errors with status {status}: {errors[:2]}"
    return ""


def check(run, status, seconds, megabytes, text, printed, found):
    if status not in (0, 1):
        return f"ended with status {status}: {text[-300:]!r}"
    if seconds > SECONDS:
        return f"took {seconds:.1f} s"
    if megabytes > MEGABYTES:
        return f"took {megabytes:.0f} MB"
    expected = {run.name, *(run.outputs if status == 0 else [])}
    if found != expected:
        return f"status {status} leaves {sorted(found)}"
    is_program = run.kind == "program" and "--disassemble" not in run.command
    if status and printed and not is_program:
        return f"fails, but prints {printed[:100]!r}"
    return check_text(run, status, text)


def execute(run):
    folder = tempfile.mkdtemp(prefix="se-hostile-")
    try:
        with open(os.path.join(folder, run.name), "wb") as file:
            file.write(run.content)
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            process = subprocess.Popen([se.BIN / run.command[0], *run.command[1:]],
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       cwd=folder)
            # Of a machine that does other work too.
            timer = threading.Timer(6 * SECONDS, process.kill)
            timer.start()
            _, code, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = status = os.waitstatus_to_exitcode(code)
            wall = time.monotonic() - start
            seconds = usage.ru_utime + usage.ru_stime
            if wall > 5 * SECONDS:
                seconds = wall
            out.seek(0)
            err.seek(0)
            problem = check(run, status, seconds, usage.ru_maxrss / 1024,
                            err.read(1 << 20), out.read(1 << 10), set(os.listdir(folder)))
        return Result(run, status, seconds, usage.ru_maxrss / 1024, problem)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(results):
    """Lines: for each kind of file and tool, what happened."""
    groups = {}
    for result in results:
        groups.setdefault((result.run.kind, result.run.command[0]), []).append(result)
    yield (f"{'input':12} {'tool':13} {'runs':>6} {'accepted':>8} {'refused':>8} "
           f"{'finds':>6} {'s':>6} {'MB':>6}")
    for (kind, tool), some in [*sorted(groups.items()), (("all", ""), results)]:
        count = lambda test: sum(map(test, some))
        yield (f"{kind:12} {tool:13} {len(some):6} {count(lambda r: r.status == 0):8} "
               f"{count(lambda r: r.status == 1):8} {count(lambda r: bool(r.problem)):6} "
               f"{max(r.seconds for r in some):6.2f} {max(r.megabytes for r in some):6.0f}")
