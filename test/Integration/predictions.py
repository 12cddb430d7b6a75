# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How long the plan says that a frame takes, and how long it takes on the simulator."""

import dataclasses
import json

import numpy as np

import se

FRAMES = 8  # the first one finds caches that are empty
CALIBRATION_FRAMES = 100


@dataclasses.dataclass
class Prediction:
    predicted: int
    simulated: float  # a warm frame

    @property
    def ratio(self):
        return self.predicted / self.simulated


def measure(model, name, frames, precision, folder, calibration=None, *options,
            target=None):
    """Compiles a model with one input of this name, and runs it over frames, the first
    of which does not count. `calibration` are frames for mixed and int8, `target` is a
    file."""
    elf, array, statistics = (folder / n for n in ("p.elf", "x.npy", "stats.json"))
    options = [f"--precision={precision}", *options]
    if target:
        options.append(f"--target={target}")
    if precision in ("mixed", "int8"):
        np.save(folder / "calibration.npy", calibration)
        options.append(f"--calibration={name}={folder}/calibration.npy")
    se.compile(model, elf, *options)
    np.save(array, frames)
    run = ["--in", f"{name}={array}", f"--stats={statistics}"]
    if target:
        run.append(f"--target={target}")
    se.run_tool("se-run", elf, *run)
    found = json.loads(statistics.read_text())
    cycles, count = found["cycles_per_frame"], found["frames"]
    warm = (cycles["mean"] * count - cycles["max"]) / (count - 1)
    return Prediction(found["predicted_cycles_per_frame"], warm)


def measure_network(network, precision, folder, seed=0):
    """One of random_networks."""
    return measure(network.path, "x", network.frames(FRAMES, seed), precision, folder,
                   network.frames(CALIBRATION_FRAMES, seed + 1))
