# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare-disassembly.py OURS THEIRS: `se-run --disassemble` of a program
against `llvm-objdump -d -M no-aliases` of it. Every instruction that LLVM knows
must have the same mnemonic and operands, but for the style of numbers, the
names of CSRs and the rounding mode "dyn". Prints how many were compared."""

import re
import sys

CSRS = {"mhartid": 0xF14, "mstatus": 0x300, "mtvec": 0x305, "mepc": 0x341}
CSRS |= {"mcause": 0x342, "mtval": 0x343, "mcycle": 0xB00, "frm": 2, "fcsr": 3}


def normalise(text):
    """Mnemonic and operands, numbers as such; labels and comments go."""
    text = re.sub(r"<[^>]*>|#.*", "", text)
    mnemonic, *operands = re.split(r"[\s,()]+", text.strip())
    # LLVM says which accesses a fence orders; it is always all.
    if mnemonic == "fence":
        return ("fence",)
    values = []
    # LLVM names the rounding mode of the register frm; we do not.
    for operand in filter(lambda operand: operand not in ("", "dyn"), operands):
        try:
            values.append(int(operand, 0) & 0xFFFFFFFF)
        except ValueError:
            values.append(CSRS.get(operand, operand))
    return mnemonic, *values


def read(file, pattern, is_target):
    """{address: (word, instruction)}."""
    lines = {}
    for line in open(file):
        found = re.match(pattern, line)
        if not found:
            continue
        address, word, text = found.groups()
        # A target is a number without 0x.
        if is_target:
            text = re.sub(r"\b([0-9a-f]{8}) <", r"0x\1 <", text)
        lines[int(address, 16)] = (int(word, 16), text)
    return lines


def main():
    ours = read(sys.argv[1], r"([0-9a-f]{8}): ([0-9a-f]{4,8}) +(\S.*)", True)
    theirs = read(sys.argv[2], r" *([0-9a-f]+): ([0-9a-f]{4,8}) +\t(\S.*)", False)
    if ours.keys() != theirs.keys():
        odd = sorted(ours.keys() ^ theirs.keys())
        sys.exit(f"error: {len(odd)} addresses differ, the first is {odd[0]:#x}")
    compared, names = 0, set()
    for address, (word, text) in theirs.items():
        if ours[address][0] != word:
            sys.exit(f"error: {address:#x}: word {ours[address][0]:#x}")
        if "<unknown>" in text or "unimp" in text or text.startswith("."):
            continue
        if normalise(ours[address][1]) != normalise(text):
            sys.exit(f"error: {address:#x}: {ours[address][1]}; LLVM: {text}")
        compared += 1
        names.add(normalise(text)[0])
    print(f"{compared} instructions, {len(names)} mnemonics")


main()
