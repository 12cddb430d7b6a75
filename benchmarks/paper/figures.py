# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Pictures of docs/paper.md: cycles, modelled energy, and sound against memory."""

import numpy as np
from matplotlib.figure import Figure

from pictures.draw import save
from programs import PLACEMENTS, Program
from tables import get_title

COLOURS = {"fp16": "#4477aa", "int8": "#ee6677", "mixed": "#228833", "auto": "#ccbb44"}
MARKERS = "osD^"


def draw_bars(measured, get, label, path):
    """A panel for each memory, a group of bars for each network. What does not fit has a cross."""
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    panels = figure.subplots(1, len(PLACEMENTS), sharey=True, squeeze=False)[0]
    places = np.arange(len(measured.models))
    width = 0.8 / len(measured.precisions)
    least = min(value for program in measured.list_planned()
                if (value := get(program)) is not None)
    for axis, placement in zip(panels, PLACEMENTS):
        for number, precision in enumerate(measured.precisions):
            values = [get(Program(model, precision, placement)) for model in measured.models]
            x = places + (number - (len(measured.precisions) - 1) / 2) * width
            axis.bar(x, [value or 0 for value in values], 0.9 * width, label=precision,
                     color=COLOURS[precision])
            missing = [at for at, value in zip(x, values) if value is None]
            axis.plot(missing, [least * 0.8] * len(missing), "x", color=COLOURS[precision])
        axis.set_title(f"parameters in {placement}".replace("external", "external memory"),
                       fontsize=9)
        axis.set_yscale("log")
        axis.set_xticks(places, [get_title(model).replace(" ", "\n") for model in measured.models])
        axis.tick_params(labelsize=8)
        for side in ("top", "right"):
            axis.spines[side].set_visible(False)
    panels[0].set_ylabel(label, fontsize=9)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), fontsize=8,
                  frameon=False)
    save(figure, path, colours=32)


def draw_quality(measured, path):
    figure = Figure(figsize=(6.4, 3.6), layout="constrained")
    axis = figure.subplots()
    for marker, model in zip(MARKERS, measured.models):
        points = [(precision, measured.get_parameters(model, precision) / 1e6,
                   measured.sound[model, precision][0]) for precision in measured.precisions]
        line = sorted((x, y) for _, x, y in points)
        axis.plot(*zip(*line), color="#bbbbbb", linewidth=0.8, zorder=1)
        for number, (precision, x, y) in enumerate(points):
            # Smaller in front of larger, for what is the same.
            axis.scatter(x, y, 60 - 14 * number, marker=marker, color=COLOURS[precision], zorder=2)
        axis.scatter([], [], marker=marker, color="#888888", label=get_title(model))
    for precision in measured.precisions:
        axis.scatter([], [], marker="s", color=COLOURS[precision], label=precision)
    axis.set_xlabel("MB of parameters", fontsize=9)
    axis.set_ylabel("PESQ, mean of the recordings", fontsize=9)
    axis.tick_params(labelsize=8)
    for side in ("top", "right"):
        axis.spines[side].set_visible(False)
    figure.legend(loc="outside right center", fontsize=8, frameon=False)
    save(figure, path, colours=32)


def draw_all(measured, folder):
    folder.mkdir(parents=True, exist_ok=True)
    draw_bars(measured, measured.get_cycles, "cycles per frame", folder / "paper-cycles.png")

    def get_uj(program):
        energy = measured.get_energy(program, 0)
        return energy and energy["uj_per_frame"]
    draw_bars(measured, get_uj, "uJ per frame (model)",
              folder / "paper-energy.png")
    if measured.sound:
        draw_quality(measured, folder / "paper-quality.png")
