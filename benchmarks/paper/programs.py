# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Programs of a network: where their parameters lie, and what the simulator counts of them."""

import dataclasses
import json
import os
import pathlib
import subprocess

import numpy as np
from se_mlir import audio

from networks.run import find_signal

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
TARGET = "gap9"
FRAMES = 12
CALIBRATION_FRAMES = 60
# What a library does: weights go through L1 in two slots, nothing of them stays.
DOUBLE_BUFFERING = "ring=2,resident=off"

# Which memories behind L2 a placement has: the planner decides by room, so the room is changed.
# For L2 it is the target as it is: what L2 does not hold goes to the next memory.
PLACEMENTS = {"external": ("l3",), "MRAM": ("nvm",), "L2": None}
# Of L2, for placements behind it: about what the tiles that stay in L1 (init copies them from
# L2), a ring, code and stacks take. With less, slots are so small that tables of tiles grow.
L2_BEFORE = 192 << 10


@dataclasses.dataclass(frozen=True)
class Program:
    """What one program is made of. `schedule` may be empty."""

    model: pathlib.Path
    precision: str
    placement: str
    schedule: str = ""
    cores: int = 8

    @property
    def key(self):
        return "-".join([self.model.stem, self.precision, self.placement, str(self.cores),
                         *filter(None, [self.schedule])])


class Failed(Exception):
    """The last line that a tool printed."""


def run(tool, *arguments):
    done = subprocess.run([BIN / tool, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise Failed((done.stderr.strip().splitlines() or [f"{tool} failed"])[-1])


def write_frames(model, recordings, folder):
    """What the network gets, FOLDER/x.npy: magnitudes from the middle of the first recording, or
    noise. FOLDER/noise.npy is for calibration without recordings."""
    _, elements = find_signal(model)
    folder.mkdir(exist_ok=True)
    noise = np.abs(np.random.default_rng(0).standard_normal((CALIBRATION_FRAMES, elements)))
    frames = noise[:FRAMES]
    if recordings:
        sound = audio.read_wav(str(min(recordings.glob("*.wav"))))
        magnitudes = audio.get_magnitudes(audio.analyze(sound))
        frames = magnitudes[len(magnitudes) // 2:][:FRAMES]
    for name, array in (("x", frames), ("noise", noise)):
        np.save(folder / f"{name}.npy", array.astype(np.float32))


def find_policies(model, precisions, calibration, folder):
    """{precision: options of se-compile} for those with int8. What calibration and search found
    for the target is in files of FOLDER: no program does it again."""
    source = calibration or f"{find_signal(model)[0]}={folder / 'noise.npy'}"
    statistics, policy = folder / "calibration.json", folder / "auto.json"
    wanted = [precision for precision in precisions if not precision.startswith("fp")]
    if wanted and not statistics.exists():
        run("se-compile", model, "-o", folder / "net.elf", "--precision=int8",
            f"--target={TARGET}", f"--calibration={source}", f"--save-calibration={statistics}")
    if "auto" in wanted and not policy.exists():
        # The search runs recordings, so statistics do not suffice.
        run("se-compile", model, "-o", folder / "net.elf", "--precision=auto",
            f"--target={TARGET}", f"--calibration={source}", f"--save-policy={policy}")
    return {precision: [f"--precision={policy}"] if precision == "auto" else
            [f"--precision={precision}", f"--calibration={statistics}"] for precision in wanted}


def write_target(placement, folder):
    """What --target takes: the target with the memories of a placement only, or its name."""
    behind = PLACEMENTS[placement]
    if behind is None:
        return TARGET
    target = json.loads((ROOT / "targets" / f"{TARGET}.json").read_text())
    target["memories"] = [memory for memory in target["memories"]
                          if memory["level"] in ("l1", "l2", *behind)]
    next(m for m in target["memories"] if m["level"] == "l2")["size"] = L2_BEFORE
    file = folder / "target.json"
    file.write_text(json.dumps(target))
    return file


def measure(program, options, frames, folder):
    """{"report": of se-compile, "stats": of se-run}, or {"error": a line} if it does not fit."""
    name, _ = find_signal(program.model)
    folder.mkdir()
    try:
        run("se-compile", program.model, "-o", folder / "net.elf",
            f"--target={write_target(program.placement, folder)}", f"--cores={program.cores}",
            f"--report={folder / 'report.json'}", *options,
            *([f"--schedule={program.schedule}"] if program.schedule else []))
        run("se-run", folder / "net.elf", f"--in={name}={frames}",
            f"--stats={folder / 'stats.json'}")
    except Failed as error:
        return {"error": str(error)}
    return {key: json.loads((folder / f"{key}.json").read_text()) for key in ("report", "stats")}
