# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the paper claims beside what is measured here.

Its figures are those of the abstract: Rusci et al., Accelerating RNN-based Speech Enhancement on a
Multi-Core MCU with Mixed FP16-INT8 Post-Training Quantization, 2022, arXiv:2210.07692.
"""

import dataclasses
import statistics

from programs import DOUBLE_BUFFERING, PLACEMENTS, Program
from quality.run import make_table
from tables import BASELINE

HOP_MS = 6.25


def spread(values, form=".2f"):
    """`LEAST to MOST`"""
    least, most = format(min(values), form), format(max(values), form)
    return least if least == most else f"{least} to {most}"


def keep(values):
    return [value for value in values if value is not None]


def claim_speed(measured):
    mixed = [Program(model, "mixed", placement) for model in measured.models
             for placement in PLACEMENTS]

    def compare(name, **changes):
        same, moved = [], []
        for program in mixed:
            other = dataclasses.replace(program, precision=BASELINE, **changes)
            if ratio := measured.get_speedup(program, other):
                is_same = measured.get_place(program) == measured.get_place(other)
                (same if is_same else moved).append(ratio)
        for where, found in (("same memory", same), ("in L2, fp16's rest in MRAM", moved)):
            if found:
                yield (f"speed-up, mixed by {name}, {where}", "up to 4", spread(found),
                       "yes" if max(found) >= 4 else "no")

    yield from compare("fp16")
    yield from compare("plain fp16", schedule=DOUBLE_BUFFERING)
    if found := keep(measured.get_speedup(Program(model, "mixed", "L2"),
                                          Program(model, BASELINE, "external"))
                     for model in measured.models):
        yield ("speed-up, mixed in L2 by fp16 in external memory", "up to 4", spread(found),
               "yes" if max(found) >= 4 else "no")
    for where, is_wanted in (("L2", True), ("memories behind L2", False)):
        if found := keep(measured.get_speedup(program, dataclasses.replace(
                program, schedule=DOUBLE_BUFFERING))
                for program in mixed if (program.placement == "L2") == is_wanted):
            yield f"speed-up over plain double buffering, mixed, {where}", "-", spread(found), "-"


def claim_memory(measured):
    if found := keep(measured.get_saving(model, "mixed") for model in measured.models):
        yield ("memory, fp16 by mixed", "1.4 to 1.7", spread(found),
               "no: less" if round(min(found), 1) < 1.4 else
               "no: more" if round(max(found), 1) > 1.7 else "yes")
    fits = {precision: sum(bool(measured.find(Program(model, precision, "MRAM")))
                           for model in measured.models) for precision in (BASELINE, "mixed")}
    yield ("networks that MRAM, on the chip, holds", "the large ones, in mixed",
           f"{fits['mixed']} of {len(measured.models)}; {fits[BASELINE]} in fp16",
           "yes" if fits["mixed"] == len(measured.models) > fits[BASELINE] else "no")


def claim_sound(measured):
    # What counts as the paper's figure, as it is rounded; mixed may lose less.
    for precision, paper, least, most in (("mixed", 0.06, -1, 0.065), ("int8", 0.3, 0.25, 0.35)):
        if found := keep(measured.get_loss(model, precision) for model in measured.models):
            mean = statistics.fmean(found)
            verdict = "no: less" if mean < least else "no: more" if mean > most else "yes"
            yield (f"PESQ lost by {precision}, mean (least to most)", f"{paper}",
                   f"{mean:.3f} ({spread(found, '.3f')})", verdict)


def claim_power(measured):
    programs = [program for model in measured.models
                if measured.find(program := Program(model, "mixed", "L2"))]
    slow = [measured.get_energy(program, 0) for program in programs]
    fast = [measured.get_energy(program, -1) for program in programs]
    if not slow:
        return
    ratios = [more["mw"] / less["mw"] for less, more in zip(slow, fast)]
    yield (f"power while computing, {fast[0]['volt']} by {slow[0]['volt']} V, mixed, L2 (model)",
           "up to 2.5", spread(ratios), "yes" if max(ratios) >= 2.5 else "no")
    longest = max(of["ms_per_frame"] for of in slow)
    yield (f"longest frame at {slow[0]['volt']} V, mixed, L2", f"{HOP_MS} ms", f"{longest:.2f} ms",
           "yes" if longest <= HOP_MS else "no")
    key = f"average_mw_of_{HOP_MS}_ms"
    yield (f"power with a frame every {HOP_MS} ms, the same (model)", "-",
           spread([more[key] / less[key] for less, more in zip(slow, fast)]), "-")


def claim_energy(measured):
    models = measured.models
    moved = keep(measured.get_energy_ratio(Program(model, "mixed", "MRAM"),
                                           Program(model, BASELINE, "external"))
                 for model in models)
    if moved:
        yield ("energy, fp16 in external memory by mixed in MRAM (model)",
               "saved", spread(moved, ".1f"),
               "yes" if min(moved) > 1 else "no")
    for precision in ("mixed", BASELINE):
        single = keep(measured.get_energy_ratio(
            Program(model, "mixed", "L2"), Program(model, precision, "L2", cores=1))
            for model in models)
        if single:
            yield (f"energy, 1 core, {precision}, by 8 cores, mixed, L2 (model)",
                   "10, of other chips", spread(single), "yes" if max(single) >= 10 else "no")


def make_claims(measured):
    rows = [row for claim in (claim_speed, claim_memory, claim_sound, claim_power, claim_energy)
            for row in claim(measured)]
    return make_table(["what", "the paper", "here", "holds"], [list(row) for row in rows])
