# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes traces of a program and compares them with its statistics.

check-trace.py SE-RUN PROGRAM FUNCTION
FUNCTION: a kernel of the program, of which every cluster core has slices.
"""

import collections
import json
import pathlib
import subprocess
import sys
import tempfile

NO_STALLS = ("issue", "off")


def expect(condition, text):
    if not condition:
        sys.exit("error: " + text)


def load(simulator, program, folder, *options):
    trace, statistics = folder / "trace.json", folder / "statistics.json"
    command = [simulator, program, f"--trace={trace}", f"--stats={statistics}"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)
    data = json.loads(trace.read_text())
    names, rows = {}, collections.defaultdict(list)
    for event in data["traceEvents"]:
        if event["ph"] == "M":
            names[event["tid"]] = event["args"]["name"]
        else:
            expect(event["ph"] == "X", "an event that is no slice")
            rows[event["tid"]].append(event)
    expect(set(rows) <= set(names), "a row without a name")
    slices = {names[row]: events for row, events in rows.items()}
    return slices, json.loads(statistics.read_text())


def check_nesting(name, events):
    """Slices of a row are apart or one within the other."""
    open_ends = []
    for event in sorted(events, key=lambda e: (e["ts"], -e["dur"])):
        end = event["ts"] + event["dur"]
        while open_ends and open_ends[-1] <= event["ts"]:
            open_ends.pop()
        expect(not open_ends or end <= open_ends[-1], f"{name}: {event} overlaps")
        expect(not name.startswith("DMA") or not open_ends, f"{name}: nested slices")
        if event["dur"]:
            open_ends.append(end)


def check_stalls(core, events, statistics):
    cycles = collections.Counter()
    for event in events:
        if event["cat"] == "stall":
            cycles[event["name"]] += event["dur"]
    for cause, count in statistics["cycles"].items():
        if cause not in NO_STALLS:
            found = cycles[cause]
            expect(found == count, f"core {core}: {cause}: {found}, not {count}")


def main():
    simulator, program, function = sys.argv[1:]
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        slices, statistics = load(simulator, program, folder, "--trace-min-stall=1")
        for name, events in slices.items():
            check_nesting(name, events)
        *cores, _ = statistics["core_cycles"]
        for core, of_core in enumerate(cores):
            events = slices[f"core {core}"]
            check_stalls(core, events, of_core)
            called = any(e["name"] == function for e in events)
            expect(called, f"core {core}: no slice of {function}")
        expect("main" in {e["name"] for e in slices["fabric controller"]}, "no main")
        dma = [e for n, events in slices.items() if n.startswith("DMA") for e in events]
        moved = sum(e["args"]["bytes"] for e in dma)
        expect(moved == statistics["dma"]["bytes"], f"{moved} bytes by DMA")
        expect(len(dma) == statistics["dma"]["commands"], f"{len(dma)} DMA commands")

        begin, end = statistics["cycles"] // 3, statistics["cycles"] // 2
        window = [f"--trace-from={begin}", f"--trace-to={end}"]
        part, same = load(simulator, program, folder, *window)
        expect(same["cycles"] == statistics["cycles"], "a trace changes the cycles")
        events = [e for events in part.values() for e in events]
        expect(events, "no slices in the window")
        for e in events:
            expect(
                begin <= e["ts"] and e["ts"] + e["dur"] <= end, f"{e} is outside"
            )
        short = [e for e in events if e["cat"] == "stall" and begin < e["ts"]]
        expect(
            all(e["dur"] >= 4 for e in short if e["ts"] + e["dur"] < end),
            "a stall that is too short",
        )
    print(len(dma), "transfers;", sum(map(len, slices.values())), "slices")


main()
