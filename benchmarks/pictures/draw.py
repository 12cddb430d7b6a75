#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Draws what `./dev demo` has made: spectrograms before and after, and what cores and
the DMA engine do in one frame (`se-run --trace`)."""

import argparse
import io
import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

import se_mlir.audio as audio

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("SE_BIN", ROOT / "build/release/bin"))
DEMO = ROOT / "build/demo"
# Frames of the trace; the last one is drawn, whose code is in the caches.
FIRST_FRAME, FRAMES = 200, 4
# Cycles of the enlarged part of a frame.
ENLARGED = 6000
STAGE_COLOURS = ["#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377",
                 "#ee8866", "#44bb99"]
WAIT_COLOUR, DMA_COLOUR = "#e4e4e4", "#333333"


def save(figure, path, colours):
    """As a PNG with a palette, which is small."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=100)
    image = Image.open(file).convert("RGB").quantize(colours, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path}: {path.stat().st_size} bytes")


def read_power(name):
    """In dB of the loudest a recording can be, [bins, frames]."""
    spectrum = audio.analyze(audio.read_wav(DEMO / name))
    return 20 * np.log10(np.abs(spectrum.T) + 1e-6)


def draw_spectrograms(path):
    panels = {"noisy": read_power("noisy.wav"), "denoised": read_power("denoised.wav")}
    loudest = max(power.max() for power in panels.values())
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    axes = figure.subplots(len(panels), sharex=True)
    for axis, (name, power) in zip(axes, panels.items()):
        seconds = power.shape[1] / audio.SAMPLE_RATE * 100
        axis.imshow(power, origin="lower", aspect="auto", cmap="inferno", vmin=loudest - 70,
                    vmax=loudest, extent=(0, seconds, 0, audio.SAMPLE_RATE / 2000))
        axis.set_ylabel(f"{name}\nkHz")
    axes[-1].set_xlabel("seconds")
    save(figure, path, colours=48)


def trace():
    """The events of a few frames of the demo's recording."""
    frames = audio.get_magnitudes(audio.analyze(audio.read_wav(DEMO / "noisy.wav")))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        np.save(folder / "mag.npy", frames[FIRST_FRAME : FIRST_FRAME + FRAMES])
        subprocess.run(
            [BIN / "se-run", DEMO / "denoiser.elf", f"--in=mag={folder}/mag.npy",
             f"--out=mask={folder}/mask.npy", f"--trace={folder}/trace.json"], check=True)
        return json.loads((folder / "trace.json").read_text())["traceEvents"]


class Frame:
    """The last frame of a trace. Times count from its start."""

    def __init__(self, events):
        self.rows = {e["tid"]: e["args"]["name"] for e in events
                     if e["name"] == "thread_name"}
        slices = [e for e in events if e["ph"] == "X"]
        kernels = [e for e in slices if e["tid"] == 0 and e["name"].endswith("_kernel")]
        self.start, self.cycles = kernels[-1]["ts"], kernels[-1]["dur"]
        self.slices = [e for e in slices
                       if e["ts"] < self.start + self.cycles
                       and e["ts"] + e["dur"] > self.start]

    def find(self, row, wanted):
        """(start, cycles) of the slices of a row that are wanted."""
        for e in self.slices:
            if self.rows[e["tid"]] == row and wanted(e):
                start = max(e["ts"] - self.start, 0)
                yield start, min(e["ts"] + e["dur"] - self.start, self.cycles) - start

    def stages(self):
        """Names in the order of execution."""
        found = {e["name"]: None for e in self.slices
                 if e["tid"] == 0 and e.get("cat") == "stage"}
        return list(found)


def draw_frame(axis, frame, colours, begin, end):
    """Cores by the stage that they compute, grey where they wait; below, transfers."""
    cores = [name for name in frame.rows.values()
             if name.startswith("core") and list(frame.find(name, lambda e: True))]
    rows = [*cores, "DMA to L1"]
    for y, row in enumerate(rows):
        if row in cores:
            for stage, colour in colours.items():
                axis.broken_barh(
                    list(frame.find(row, lambda e: e["name"] == stage
                                    and e.get("cat") == "stage")),
                    (y - 0.4, 0.8), color=colour, linewidth=0)
            axis.broken_barh(list(frame.find(row, lambda e: e["name"] == "sleep")),
                             (y - 0.4, 0.8), color=WAIT_COLOUR, linewidth=0)
        else:
            # A gap between tiles, as far as there is a pixel for it.
            axis.broken_barh(
                [(start, cycles - (end - begin) / 800)
                 for start, cycles in frame.find(row, lambda e: e.get("cat") == "dma")],
                (y - 0.4, 0.8), color=DMA_COLOUR, linewidth=0)
    axis.set_xlim(begin, end)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    # The cluster's ninth core has no share of the loops (docs/scheduling.md).
    axis.set_yticks(range(len(rows)), [row + " (transfers)" if row == "core 8" else row
                                       for row in rows], fontsize=8)
    axis.tick_params(axis="x", labelsize=8)
    axis.xaxis.set_major_formatter(lambda x, _: f"{int(x):,}")
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)


def draw_schedule(path):
    frame = Frame(trace())
    stages = frame.stages()
    assert len(stages) <= len(STAGE_COLOURS), stages
    colours = dict(zip(stages, STAGE_COLOURS))
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    whole, part = figure.subplots(2)
    draw_frame(whole, frame, colours, 0, frame.cycles)
    whole.set_xlabel(f"one frame: {frame.cycles:,} cycles", fontsize=9)
    begin = frame.cycles // 2
    draw_frame(part, frame, colours, begin, begin + ENLARGED)
    part.set_xlabel(f"{ENLARGED:,} cycles of it", fontsize=9)
    # The input's conversion belongs to no node, and so to line 0 of the file.
    shown = [("input" if name.endswith(":0") else name, colour)
             for name, colour in colours.items()]
    shown += [("wait", WAIT_COLOUR), ("transfer of a tile", DMA_COLOUR)]
    handles = [whole.broken_barh([], (0, 0), color=colour) for _, colour in shown]
    figure.legend(handles, [name for name, _ in shown], loc="outside upper center",
                  ncols=5, fontsize=8, frameon=False)
    save(figure, path, colours=64)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/pictures",
                        metavar="FOLDER", help="where to write (default build/pictures)")
    folder = parser.parse_args().out
    folder.mkdir(parents=True, exist_ok=True)
    draw_spectrograms(folder / "spectrograms.png")
    draw_schedule(folder / "frame.png")


if __name__ == "__main__":
    main()
