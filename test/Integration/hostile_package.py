# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Python package over files that were changed at random: `hostile_package.py
SHARED FOLDER`, in a process of its own, since it may crash. FOLDER has a folder
NUMBER-KIND for each file; a line of JSON is written for each."""

import contextlib
import io
import json
import os
import pathlib
import sys
import time
import warnings

import numpy as np

import hostile_runs
import se_mlir
from se_mlir import audio


def call(number, kind, file, shared, folder):
    """What a user does with such a file."""
    out, net = folder / "out", shared / "net.onnx"
    other = number % 2
    if kind in ("onnx", "mlir", "schedule", "bytecode"):
        if other:
            se_mlir.HostNetwork(file)
        else:
            se_mlir.compile(file, out, emit="mlir-legalized")
    elif kind == "npy":
        if other:
            se_mlir.calibrate(net, [file])
        else:
            se_mlir.compile(net, out, precision="int8", calibration=file,
                            emit="mlir-legalized")
    elif kind == "policy":
        se_mlir.compile(net, out, precision=file, emit="mlir-legalized")
    elif kind == "calibration":
        se_mlir.compile(net, out, precision="int8", calibration=file, emit="mlir-legalized")
    elif kind == "target":
        se_mlir.compile(net, out, target=file, emit="mlir-scheduled")
    elif kind == "sound":
        audio.read_wav(file, any_rate=bool(other))
    else:
        program = se_mlir.Program(file, max_cycles=100_000)
        frames = {p.name: np.zeros((1, min(p.elements, 4096)), np.float32)
                  for p in program.inputs}
        program.run(frames)


def try_one(number, kind, file, shared, folder):
    """What is wrong with what happened, or nothing; and whether it was accepted."""
    before = set(os.listdir(folder))
    try:
        call(number, kind, file, shared, folder)
    except se_mlir.Error as error:
        text = str(error)
        if len(text.splitlines()) != 1 or not text.isprintable():
            return f"an error of several lines: {text!r}", False
        if len(text) > hostile_runs.get_most(text):
            return f"an error of {len(text)} characters: {text[:200]}", False
        if set(os.listdir(folder)) != before:
            return f"leaves {sorted(os.listdir(folder))}", False
        return "", False
    except Exception as error:
        return f"{type(error).__name__}: {error}", False
    return "", True


def main(shared, folder):
    warnings.simplefilter("ignore")
    # A program that was changed may print anything.
    results = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for place in sorted(folder.iterdir(), key=lambda p: int(p.name.split("-")[0])):
        number, kind = place.name.split("-")
        file = next(place.iterdir())
        start = time.process_time()
        print(json.dumps({"number": int(number), "kind": kind}), file=results, flush=True)
        with contextlib.redirect_stdout(io.StringIO()):
            problem, accepted = try_one(int(number), kind, file, shared, place)
        print(json.dumps({"problem": problem, "accepted": accepted,
                          "seconds": time.process_time() - start}), file=results, flush=True)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
