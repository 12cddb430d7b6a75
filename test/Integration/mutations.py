# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Changes to the text of a schedule that a scheduler's mistakes would look like.

`systematic` yields one `Mutant` for each place and kind of mistake, `random_ones`
single small changes anywhere in the kernel.
"""

import dataclasses
import re

WAIT = re.compile(r"( *)(%\w+) = cluster.dma_wait (%[\w#]+) : <(dma|external)>$")
START = re.compile(
    r"( *)(%\w+) = cluster.dma_start (%\w+)\[(%\w+)\] to (%\w+)\[(%\w+)\], (%\w+) : "
)
ROWS = re.compile(r"( *)scf.for %\w+ = (%\w+) to (%\w+) step %\w+ \{$")

IN_USE = "which a transfer may still be|which another may still be"
CORES = "with no barrier between"
INCOMPLETE = "nothing has written byte|has replaced what byte|has not replaced byte"
OUTSIDE = "is outside of|reads elements .* of a memref of"
OTHER_DATA = "does not find the data here"
VIEWS = "through a view of bytes"


@dataclasses.dataclass
class Mutant:
    name: str
    text: str
    proof: str  # what the proof says, if it is none of the accepted ones


def indentation(line):
    return len(line) - len(line.lstrip())


class Schedule:
    """The lines of a module; of the kernel alone what is found."""

    def __init__(self, text):
        self.lines = text.split("\n")
        find = lambda what: next(i for i, l in enumerate(self.lines) if what in l)
        self.begin = find("func.func @net_kernel")
        self.end = find("func.func @net_reset_states")
        self.init = find("func.func @net_init_stream")
        self.body = next(
            i for i in range(self.begin, self.end) if "^bb0" in self.lines[i]
        ) + 1
        # The slots: those that init fills, and the free one.
        places = [START.match(l) for l in self.lines[self.init:]]
        slots = {self.constant(m[6]) for m in places
                 if m and m[5] == "%arg0" and m[7] != self.resident_bytes()}
        end = next(l for l in self.lines[self.init:] if "cluster.yield" in l)
        slots |= {self.constant(v) for v in re.findall(r"%c\d+\w*", end)[:1]}
        self.slots = sorted(slots)
        self.slot_bytes = self.slots[1] - self.slots[0]

    def resident_bytes(self):
        """What init waits for is not of the ring."""
        for i in range(self.init, len(self.lines)):
            start = START.match(self.lines[i])
            if start and "dma_wait " + start[2] + " " in self.lines[i + 1]:
                return start[7]
        return None

    def constant(self, name):
        return int(next(
            re.search(r"constant (-?\d+)", l)[1] for l in self.lines[self.init:]
            if l.strip().startswith(f"{name} = arith.constant")))

    def find(self, pattern, engine=None):
        found = [(i, pattern.match(self.lines[i])) for i in range(self.begin, self.end)]
        return [(i, m) for i, m in found if m and (not engine or engine in self.lines[i])]

    def is_barrier(self, i):
        return self.lines[i].strip() == "cluster.barrier"

    def barriers(self):
        return [i for i in range(self.begin, self.end) if self.is_barrier(i)]

    def end_of_block(self, i):
        """The terminator of the block of line i."""
        depth = indentation(self.lines[i])
        return next(j for j in range(i, self.end) if indentation(self.lines[j]) == depth
                    and ".yield" in self.lines[j])

    def edit(self, changes):
        """The text with lines replaced: a dictionary from number to lines."""
        out = []
        for i, line in enumerate(self.lines):
            out += changes.get(i, [line])
        return "\n".join(out)

    def next_slot(self, indent, slot, result, first, count, bytes):
        """Lines that compute the slot behind `slot` in a ring."""
        return [
            f"{indent}%mz = arith.constant {bytes} : index",
            f"{indent}%mfirst = arith.constant {first} : index",
            f"{indent}%mend = arith.constant {first + count * bytes} : index",
            f"{indent}%msum = arith.addi {slot}, %mz : index",
            f"{indent}%mwraps = arith.cmpi eq, %msum, %mend : index",
            f"{indent}{result} = arith.select %mwraps, %mfirst, %msum : index",
        ]


def late_waits(s):
    """The position is computed; nobody waits before it is used."""
    rings = {"dma": (s.slots[0], len(s.slots), s.slot_bytes)}
    outer = [s.constant(START.match(l)[6]) for l in s.lines[s.init:]
             if "-> <external>" in l]
    if outer:
        rings["external"] = (0, len(outer), outer[1])
    for i, wait in s.find(WAIT):
        # The slot before it in the ring is the one that is filled next.
        start = next(m for j, m in s.find(START) if j > i and f"<{wait[4]}>" in s.lines[j])
        indent = wait[1]
        last = s.end_of_block(i)
        yield Mutant(
            f"{wait[4]} wait late",
            s.edit({
                i: s.next_slot(indent, start[6], wait[2], *rings[wait[4]]),
                last: [f"{indent}%mlate = cluster.dma_wait {wait[3]} : <{wait[4]}>",
                       s.lines[last]],
            }), IN_USE)


def dropped_barriers(s):
    for i in s.barriers():
        yield Mutant("no barrier", s.edit({i: []}), f"{IN_USE}|{CORES}")


def early_starts(s):
    """The barrier stands behind the start of the transfer, not before it."""
    for i in s.barriers():
        if not WAIT.match(s.lines[i - 1]):
            continue
        depth = indentation(s.lines[i])
        behind = next(j for j in range(i, s.end) if indentation(s.lines[j]) == depth
                      and (" = memref.view" in s.lines[j] or ".yield" in s.lines[j]))
        yield Mutant("start before the barrier",
                     s.edit({i: [], behind: [s.lines[i], s.lines[behind]]}), IN_USE)


def wrong_slots(s):
    for i, start in s.find(START):
        change = lambda slot: s.lines[i].replace(f"[{start[6]}]", f"[{slot}]")
        wait = [m for j, m in s.find(WAIT) if j < i and m[4] in s.lines[i].split("->")[1]][-1]
        if start[5] != "%arg0":
            yield Mutant("slot of L2 reused too early",
                         s.edit({i: [change(wait[2])]}), IN_USE)
            continue
        yield Mutant("into the slot that is read",
                     s.edit({i: [change(wait[2])]}), IN_USE)
        if len(s.slots) > 2:
            yield Mutant(
                "into the slot in flight",
                s.edit({i: s.next_slot(start[1], wait[2], "%mslot", s.slots[0],
                                       len(s.slots), s.slot_bytes)
                        + [change("%mslot")]}), IN_USE)


def wrong_sizes(s):
    for i, start in s.find(START):
        change = f"], {start[7]} :", "], %mbytes :"
        for name, operation, proof in (
            ("short", "subi", INCOMPLETE),
            ("long", "addi", f"{OUTSIDE}|{IN_USE}|{INCOMPLETE}"),
        ):
            yield Mutant(
                f"4 bytes too {name}",
                s.edit({i: [
                    f"{start[1]}%mfour = arith.constant 4 : index",
                    f"{start[1]}%mbytes = arith.{operation} {start[7]}, %mfour : index",
                    s.lines[i].replace(*change)]}), proof)
    for i in range(s.init, len(s.lines)):
        start = START.match(s.lines[i])
        if start and start[5] == "%arg0":
            yield Mutant(
                "only a word at first",
                s.edit({i: [f"{start[1]}%mfour = arith.constant 4 : index",
                            s.lines[i].replace(f"], {start[7]} :", "], %mfour :")]}),
                INCOMPLETE)


def wrong_rows(s):
    loops = [(i, m) for i, m in s.find(ROWS) if m[3][1].isdigit()]
    for i, rows in loops:
        yield Mutant(
            "a row too many",
            s.edit({i: [f"{rows[1]}%mone = arith.constant 1 : index",
                        f"{rows[1]}%mrows = arith.addi {rows[3]}, %mone : index",
                        s.lines[i].replace(f" to {rows[3]} ", " to %mrows ")]}),
            f"{CORES}|{OUTSIDE}|{OTHER_DATA}")


def missing_first(s):
    """The transfer that ends the frame brings only the first word of the next
    frame's first tile."""
    last = s.find(WAIT, "<dma>")[-1][0]
    for i, start in s.find(START):
        if i > last and start[5] == "%arg0":
            yield missing_first_at(s, last, i, start)


def missing_first_at(s, step, i, start):
    row = next(re.match(r" *%\w+ = arith.muli (%\w+), %c2 :", s.lines[j])
               for j in range(step, i) if re.search(r"muli %\w+, %c2 :", s.lines[j]))[1]
    ind = start[1]
    return Mutant(
        "next frame without its first tile",
        s.edit({i: [
            f"{ind}%mzero = arith.constant 0 : index",
            f"{ind}%mfour = arith.constant 4 : index",
            f"{ind}%mfirst = arith.cmpi eq, {row}, %mzero : index",
            f"{ind}%mbytes = arith.select %mfirst, %mfour, {start[7]} : index",
            s.lines[i].replace(f"], {start[7]} :", "], %mbytes :")]}),
        f"{INCOMPLETE}|{OTHER_DATA}")


def overlaps(s):
    """A copy of a state lies where the state lies."""
    position = {}
    for i in range(s.begin, s.end):
        view = re.match(r" *(%view\w*) = memref.view %arg0\[(%\w+)\]", s.lines[i])
        if view and view[1] not in position:
            position[view[1]] = i, view[2]
    for i in range(s.begin, s.end - 1):
        pair = "\n".join(s.lines[i:i + 2])
        copy = re.match(r" *%\w+ = memref.load (%view\w*)\[.*\n *memref.store %\w+, "
                        r"(%view\w*)\[", pair)
        if not copy:
            continue
        # Both where the one lies that is declared first.
        (_, place), (line, old) = sorted([position[copy[1]], position[copy[2]]])
        yield Mutant("one buffer for two",
                     s.edit({line: [s.lines[line].replace(f"[{old}]", f"[{place}]")]}),
                     f"{CORES}|{VIEWS}|{OTHER_DATA}")


def systematic(text):
    s = Schedule(text)
    for kind in (late_waits, dropped_barriers, early_starts, wrong_slots, wrong_sizes,
                 wrong_rows, missing_first, overlaps):
        counts = {}
        for mutant in kind(s):
            counts[mutant.name] = counts.get(mutant.name, 0) + 1
            mutant.name += f" {counts[mutant.name]}"
            yield mutant


def scopes(s):
    """For each line of the kernel the index values that it may use."""
    visible, stack = {}, [[]]
    depth = indentation(s.lines[s.body])
    for i in range(s.body, s.end):
        line = s.lines[i]
        level = (indentation(line) - depth) // 2
        del stack[max(level, 0) + 1:]
        while len(stack) <= level:
            stack.append([])
        visible[i] = [v for names in stack for v in names]
        if re.match(r" *%\w+ = (arith\.\w+ .*: index|cluster.dma_wait)", line):
            if "cmpi" not in line:
                stack[-1].append(line.split()[0])
    return visible


def random_ones(text, random):
    """Endless single changes: of a constant, of an operand, of an operation, of the
    order of two lines."""
    s = Schedule(text)
    visible = scopes(s)
    while True:
        i = random.randrange(s.body, s.end - 4)
        line = s.lines[i]
        kind = random.choice(["constant", "operand", "delete", "swap"])
        if kind == "constant":
            value = re.search(r"arith.constant (\d+) : index", line)
            if not value:
                continue
            old = int(value[1])
            new = random.choice([old + 1, old - 1, old + 4, old - 4, old * 2, 0, old + 16])
            changed = [line.replace(f"constant {old} ", f"constant {new} ")]
            if new == old:
                continue
        elif kind == "operand":
            uses = [m for m in re.finditer(r"%\w+", line) if m[0] in visible[i]]
            if not uses or " = arith.constant" in line or "yield" in line:
                continue
            use, other = random.choice(uses), random.choice(visible[i])
            if other == use[0]:
                continue
            changed = [line[:use.start()] + other + line[use.end():]]
        elif kind == "delete":
            whole = re.match(r" *(cluster.barrier|memref.store )", line)
            binary = re.match(r"( *%\w+ = arith.)(addi|subi|muli|minui|divui|remui|ceildivui) "
                              r"(%\w+), %\w+( : index)", line)
            if not whole and not binary:
                continue
            changed = [] if whole else [f"{binary[1]}maxui {binary[3]}, {binary[3]}{binary[4]}"]
        else:
            below = s.lines[i + 1]
            if indentation(below) != indentation(line) or below.strip() == "}" \
                    or "yield" in below or line.rstrip().endswith("{") \
                    or below.rstrip().endswith("{") or line.strip().startswith("}"):
                continue
            names = re.match(r" *(%\w+) =", line)
            if names and re.search(rf"{re.escape(names[1])}\b", below):
                continue
            order = s.edit({i: [below], i + 1: [line]})
            yield Mutant(f"lines {i} and {i + 1} swapped", order, "")
            continue
        name = f"line {i}: {line.strip()} -> {' '.join(c.strip() for c in changed)}"
        yield Mutant(name, s.edit({i: changed}), "")
