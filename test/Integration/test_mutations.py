# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Schedules with a mistake: the proof refuses them, and the simulator's checks find
the mistake in a run, whatever the timing. What the proof accepts runs without a
finding, and computes what any order of the cores and transfers would."""

import json
import subprocess
import random
import re

import pytest

import mutations
import onnx_models
import se
from onnx_models import Recipe

FRAMES = 3


def changed_target(name, **sizes):
    """A target with other sizes of memories."""
    target = json.loads((se.SOURCE / "targets" / f"{name}.json").read_text())
    for memory in target["memories"]:
        if memory["level"] in sizes:
            memory["size"] = hex(sizes[memory["level"]])
    return target


SMALL = Recipe("lstm", input=4, hidden=8, layers=2, head="gemm")
LARGE = Recipe("lstm", input=4, hidden=16, layers=2)
# Name: network, target, choices.
SCHEDULES = {
    "ring2": (SMALL, changed_target("pulp-open"), "ring=2,tile-rows=2,resident=off"),
    "ring3": (Recipe("gru1", input=4, hidden=8, layers=2), changed_target("pulp-open"),
              "ring=3,tile-rows=2,resident=off"),
    "parts": (Recipe("lstm", input=12, hidden=8), changed_target("pulp-open"),
              "ring=2,slot-bytes=256,resident=off"),
    "l2ring": (LARGE, changed_target("gap9", l2=0x12800),
               "ring=2,tile-rows=2,resident=off"),
    "resident": (LARGE, changed_target("pulp-open", l1=0x4000), "ring=2,tile-rows=2"),
}


def strip(program):
    """The bytes of an ELF without what only debuggers read: locations differ."""
    stripped = program.with_suffix(".stripped")
    subprocess.run(["llvm-objcopy-22", "--strip-all", program, stripped], check=True)
    return stripped.read_bytes()


class Case:
    def __init__(self, name, folder):
        self.folder = folder
        recipe, target, choices = SCHEDULES[name]
        self.target = folder / "target.json"
        self.target.write_text(json.dumps(target))
        network = folder / "net.onnx"
        network.write_bytes(onnx_models.build(recipe).SerializeToString())
        # Without the loops for bad frames, which a run does not enter.
        options = (f"--target={self.target}", f"--schedule={choices}", "--cores=2",
                   "--nonfinite=propagate")
        path = se.compile(network, folder / "net.mlir", "--emit=mlir-scheduled", *options)
        self.text = path.read_text()
        self.x = {"x": onnx_models.frames(recipe, FRAMES)}
        # A schedule as text is the same program.
        direct = se.compile(network, folder / "net.elf", *options)
        again = se.compile(path, folder / "again.elf", f"--target={self.target}")
        assert strip(direct) == strip(again)
        self.expected = se.run(direct, self.x, ["y"])

    def compile(self, mutant, *options):
        path = self.folder / "mutant.mlir"
        path.write_text(mutant.text)
        return se.tool("se-compile", path, "-o", self.folder / "mutant.elf",
                       f"--target={self.target}", *options)

    def prove(self, mutant):
        """The proof's one line, or nothing if it accepts the mutant."""
        process = self.compile(mutant)
        if process.returncode == 0:
            return ""
        message = process.stderr
        line = re.fullmatch(r"error: .*mutant\.mlir:\d+:\d+: (.*)\n", message)
        assert line, (mutant.name, message)
        return line[1]

    def finding(self, mutant):
        """What a run without a proof finds; empty and outputs if nothing."""
        process = self.compile(mutant, "--no-proof")
        assert process.returncode == 0, (mutant.name, process.stderr)
        try:
            return "", se.run(self.folder / "mutant.elf", self.x, ["y"],
                              "--max-cycles=10000000")
        except AssertionError as error:
            return str(error).strip().split("\n")[-1], None

    def check_accepted(self, mutant):
        """A mutant that the proof accepts: the host, where transfers take no time,
        finds the same."""
        finding, outputs = self.finding(mutant)
        assert not finding, (mutant.name, finding)
        host = se.run(self.folder / "mutant.mlir", self.x, ["y"])
        se.assert_same_bits(outputs, host, mutant.name)
        return outputs


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    made = {}

    def get(name):
        if name not in made:
            made[name] = Case(name, tmp_path_factory.mktemp(name))
        return made[name]

    return get


# What the proof accepts because nothing is wrong with it, and a run finds the same.
EQUIVALENT = {
    # The step of the last loop has a barrier behind all that the copies read.
    ("ring2", "no barrier 4"),
    # The first tile of the loop behind it flows, which has a barrier of its own.
    ("resident", "no barrier 1"),
    ("resident", "no barrier 3"),
    # No other tile lies behind the tile, neither in memory nor in the slot.
    ("l2ring", "4 bytes too long 3"),
    # The tiles do not fill their slots.
    ("parts", "4 bytes too long 1"),
    ("resident", "4 bytes too long 1"),
    # A branch that is not taken.
    ("l2ring", "only a word at first 1"),
}
# What the proof accepts because every order of cores and transfers gives the same,
# though it is another network: rows are computed one after the other, each from
# the states that the rows before have already overwritten. Only a comparison of
# results can tell.
OTHER_FUNCTION = {("parts", "one buffer for two 1")}
# What a run cannot tell from a correct schedule, because the bytes that are missing
# are there: those of the tile that was in the slot before. Outputs are wrong.
STALE = {
    ("ring2", "4 bytes too short 3"),
    ("l2ring", "4 bytes too short 3"),
    ("l2ring", "4 bytes too short 4"),
    ("l2ring", "4 bytes too short 5"),
    ("parts", "4 bytes too short 2"),
    *((name, f"next frame without its first tile {i}") for name in SCHEDULES
      for i in (1, 2)),
} - EQUIVALENT
# What a run cannot tell because it only leaves its buffer: the transfer reads behind
# the end of the stream what lies there, and writes it where nothing lies.
OUTSIDE_UNSEEN = {("ring2", "4 bytes too long 3"), ("parts", "4 bytes too long 2")}
# A row that is no output's overwrites what lies behind the outputs in L2.
CRASHES = {("ring2", "a row too many 6")}


@pytest.mark.parametrize("name", SCHEDULES)
def test_mistakes(name, cases):
    case = cases(name)
    wrong = []
    for mutant in mutations.systematic(case.text):
        key = name, mutant.name
        is_same = lambda: se.same_bits(outputs, case.expected)
        proof = case.prove(mutant)
        if not proof:
            outputs = case.check_accepted(mutant)
            if key not in EQUIVALENT | OTHER_FUNCTION or is_same() != (key in EQUIVALENT):
                wrong.append(f"{mutant.name}: accepted")
            continue
        if not re.search(mutant.proof, proof):
            wrong.append(f"{mutant.name}: the proof says {proof}")
        finding, outputs = case.finding(mutant)
        if key in STALE:
            good = not finding and not is_same()
        elif key in OUTSIDE_UNSEEN:
            good = not finding and is_same()
        else:
            good = re.match("error: (race|uninitialised read): ", finding)
            if key in CRASHES:
                good = good or re.search("the program ended with status|trap: core fc",
                                         finding)
        if not good:
            wrong.append(f"{mutant.name}: the run says {finding or 'nothing'}")
    assert not wrong, "\n".join(wrong)


# What the proof accepts has one result, whatever the order of cores and transfers.
# It may be another network: a change of an operand may be a change of the function.
def test_random_changes(cases, request):
    count = request.config.getoption("--mutations")
    names = list(SCHEDULES)
    accepted = same = 0
    for i in range(count):
        case = cases(names[i % len(names)])
        source = random.Random(i)
        mutant = next(mutations.random_ones(case.text, source))
        if case.prove(mutant):
            continue
        accepted += 1
        same += se.same_bits(case.check_accepted(mutant), case.expected)
    print(f"{count} changes: {accepted} accepted, {same} of them compute the same")
    assert 0 < accepted < count
