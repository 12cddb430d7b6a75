# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_includes.py FOLDER: which part of the project includes which, in its folders
`include/se` and `lib`. A part is a folder of them.
"""

import pathlib
import re
import sys

# What the files of a part may not include; "*" is all that is not named after "but".
RULES = {
    "Dialect": "Simulator",
    "Conversion": "Simulator",
    "ISA": "* but ISA",
    "Audio": "* but Audio Support",
    "Support": "* but Support",
}
INCLUDE = re.compile(r"^\s*#?\s*include\s+[\"<](?P<path>[^\">]+)[\">]", re.MULTILINE)


def part(root, file, included):
    """The part in which a file lies that `file` includes, or None."""
    if found := re.match(r"se/(\w+)/", included):
        return found[1]
    # Beside the file, or by a path of dots.
    beside = (file.parent / included).resolve()
    for tree in (root / "include/se", root / "lib"):
        if beside.is_relative_to(tree):
            return beside.relative_to(tree).parts[0]
    return None


def is_forbidden(rule, included):
    everything, _, allowed = rule.partition("* but ")
    return included not in allowed.split() if allowed else included in everything.split()


root = pathlib.Path(sys.argv[1]).resolve()
problems, seen = [], set()
for folder in ("include/se", "lib"):
    for file in sorted((root / folder).rglob("*")):
        if file.suffix not in (".h", ".cpp", ".td"):
            continue
        own = file.relative_to(root / folder).parts[0]
        seen.add(own)
        if own not in RULES:
            continue
        for found in INCLUDE.finditer(file.read_text()):
            other = part(root, file, found["path"])
            if other and is_forbidden(RULES[own], other):
                problems.append(
                    f"{file.relative_to(root)}: {own} may not include {other}: {found['path']}"
                )
problems += [f"no folder {own}, for which there is a rule" for own in RULES.keys() - seen]
print("\n".join(sorted(problems)), end="\n" if problems else "")
sys.exit(bool(problems))
