# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables of docs/paper.md, and the file of all figures, from what was measured."""

import csv
import dataclasses
import re
import textwrap

from programs import DOUBLE_BUFFERING, PLACEMENTS, Program
from quality.run import make_table

BASELINE = "fp16"
COLUMNS = 100


def get_title(model):
    """`LSTM 256` for tinydenoiser_lstm256.onnx."""
    found = re.fullmatch(r"tinydenoiser_([a-z]+)(\d+)", model.stem)
    return f"{found[1].upper()} {found[2]}" if found else model.stem


class Measured:
    """What was measured of programs ({program: report, stats or error}) and of sound
    ({(model, precision): PESQ, STOI, SI-SNR}; empty without recordings). What is not there, or
    does not fit, is None."""

    def __init__(self, programs, sound):
        self.programs, self.sound = programs, sound
        self.models = list(dict.fromkeys(program.model for program in programs))
        self.precisions = list(dict.fromkeys(program.precision for program in programs))

    def find(self, program):
        found = self.programs.get(program)
        return None if found is None or "error" in found else found

    def get_cycles(self, program):
        found = self.find(program)
        return found and found["stats"]["cycles_per_frame"]["mean"]

    def get_speedup(self, program, other):
        """How many times more cycles the other one takes."""
        less, more = self.get_cycles(program), self.get_cycles(other)
        return less and more and more / less

    def get_energy(self, program, point):
        """At an operating point of the target, from slow to fast: `uj_per_frame`, `mw`, ..."""
        found = self.find(program)
        return found and found["stats"]["energy_model"][point]

    def get_energy_ratio(self, program, other, point=0, key="uj_per_frame"):
        less, more = self.get_energy(program, point), self.get_energy(other, point)
        return less and more and more[key] / less[key]

    def get_memory(self, program):
        """{memory: bytes}"""
        found = self.find(program)
        return found and {key: of["bytes"] for key, of in found["report"]["memory"].items()}

    def get_parameters(self, model, precision):
        """Bytes, which are the same wherever they lie."""
        for placement in reversed(PLACEMENTS):
            found = self.find(Program(model, precision, placement))
            if found:
                return found["report"]["sizes"]["parameters"]["bytes"]
        return None

    def get_saving(self, model, precision):
        base, less = (self.get_parameters(model, name) for name in (BASELINE, precision))
        return base and less and base / less

    def get_loss(self, model, precision):
        """Of PESQ against fp16."""
        base, found = (self.sound.get((model, name)) for name in (BASELINE, precision))
        # Nothing has no sign.
        return base and found and round(base[0] - found[0], 3) + 0.0

    def get_place(self, program):
        memory = self.get_memory(program)
        is_short = program.placement == "L2" and memory and memory["nvm"]
        return "L2 and MRAM" if is_short else program.placement

    def list_planned(self):
        """Programs as the planner makes them, on all cores."""
        return [Program(model, precision, placement) for model in self.models
                for precision in self.precisions for placement in PLACEMENTS]


def show(value, form, scale=1):
    return "-" if value is None else format(value * scale, form)


def make_sound(measured):
    rows = []
    for model in measured.models:
        if noisy := measured.sound.get((model, "noisy")):
            rows = rows or [["noisy recordings", "", "", "", show(noisy[0], ".3f"), "",
                             show(noisy[1], ".4f")]]
        for precision in measured.precisions:
            pesq, stoi, _ = measured.sound.get((model, precision), (None, None, None))
            rows.append([get_title(model), precision,
                         show(measured.get_parameters(model, precision), ","),
                         show(measured.get_saving(model, precision), ".2f"), show(pesq, ".3f"),
                         show(measured.get_loss(model, precision), "+.3f"), show(stoi, ".4f")])
    return make_table(["network", "precision", "bytes of parameters", "fp16 by it", "PESQ",
                       "lost", "STOI"], rows)


def make_cycles(measured):
    rows = []
    for program in measured.list_planned():
        memory = measured.get_memory(program) or dict.fromkeys(("l2", "nvm", "l3"))
        found = measured.find(program)
        rows.append([
            get_title(program.model), program.precision, measured.get_place(program),
            *(show(memory[key], ",") for key in ("l2", "nvm", "l3")),
            show(measured.get_cycles(program), ",.0f"),
            show(found and found["stats"]["macs_per_cycle"], ".2f"),
            show(measured.get_speedup(program, dataclasses.replace(
                program, precision=BASELINE)), ".2f"),
            show(measured.get_speedup(program, dataclasses.replace(
                program, schedule=DOUBLE_BUFFERING)), ".2f")])
    return make_table(["network", "precision", "in", "L2", "MRAM", "external", "cycles",
                       "MAC/cycle", "fp16 by it", "plain by it"], rows)


def make_energy(measured):
    points = next(found["stats"]["energy_model"] for program in measured.programs
                  if (found := measured.find(program)))
    head = ["network", "precision", "in"]
    for point in points:
        head += [f"ms, {point['volt']} V", "uJ", "mW"]
    rows = []
    for program in measured.list_planned():
        row = [get_title(program.model), program.precision, measured.get_place(program)]
        for number in range(len(points)):
            of = measured.get_energy(program, number) or {}
            row += [show(of.get("ms_per_frame"), ".3f"), show(of.get("uj_per_frame"), ".1f"),
                    show(of.get("mw"), ".1f")]
        rows.append(row)
    return make_table(head, rows)


def make_single(measured):
    rows = []
    for model in measured.models:
        for precision in measured.precisions:
            eight = Program(model, precision, "L2")
            one = dataclasses.replace(eight, cores=1)
            energy = [(measured.get_energy(program, 0) or {}).get("uj_per_frame")
                      for program in (one, eight)]
            rows.append([get_title(model), precision, measured.get_place(one),
                         show(measured.get_cycles(one), ",.0f"),
                         show(measured.get_cycles(eight), ",.0f"),
                         show(measured.get_speedup(eight, one), ".2f"),
                         *(show(value, ".2f") for value in energy),
                         show(measured.get_energy_ratio(eight, one), ".2f")])
    return make_table(["network", "precision", "in", "cycles, 1 core", "8 cores", "ratio",
                       "uJ, 1 core", "8 cores", "ratio"], rows)


def make_refused(measured):
    """A list of the programs that are not possible, and what the compiler says."""
    items = []
    for program, found in measured.programs.items():
        if "error" in found:
            schedule = "double buffering" if program.schedule else "the planner's schedule"
            # Without the file's place, which is another one everywhere.
            message = re.sub(r"^error: (\S+:\d+:\d+: )?", "", found["error"])
            items.append(textwrap.fill(
                f"{get_title(program.model)}, {program.precision}, in {program.placement}, "
                f"{schedule}: {message}", COLUMNS, initial_indent="* ", subsequent_indent="  ",
                break_long_words=False, break_on_hyphens=False))
    return "\n".join(items or ["* none"])


def write_csv(measured, path):
    """A line for each program, also for those that do not fit."""
    rows = []
    for program, result in measured.programs.items():
        row = {"network": program.model.stem, "precision": program.precision,
               "placement": program.placement, "schedule": program.schedule or "planner",
               "cores": program.cores, "error": result.get("error", "")}
        if measured.find(program):
            stats, memory = result["stats"], measured.get_memory(program)
            row |= {"parameter_bytes": result["report"]["sizes"]["parameters"]["bytes"],
                    **{f"{key}_bytes": value for key, value in memory.items()},
                    "cycles_per_frame": stats["cycles_per_frame"]["mean"],
                    "predicted_cycles_per_frame": stats["predicted_cycles_per_frame"],
                    "macs_per_cycle": stats["macs_per_cycle"],
                    "fp16_by_it": measured.get_speedup(program, dataclasses.replace(
                        program, precision=BASELINE)),
                    "double_buffering_by_it": measured.get_speedup(program, dataclasses.replace(
                        program, schedule=DOUBLE_BUFFERING))}
            for point in stats["energy_model"]:
                row |= {f"{key}_at_{point['volt']}_V": point[key] for key in
                        ("ms_per_frame", "uj_per_frame", "mw", "average_mw_of_6.25_ms")}
        for name, value in zip(("pesq", "stoi", "si_snr"),
                               measured.sound.get((program.model, program.precision), ())):
            row[name] = value
        rows.append(row)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
