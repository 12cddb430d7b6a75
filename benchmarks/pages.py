# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables of docs/ that benchmarks write, each between its two marks:

    <!-- bench NAME -->
    | network | cycles |
    ...
    <!-- end of NAME -->
"""

import pathlib

DOCS = pathlib.Path(__file__).resolve().parents[1] / "docs"


def split(page, name):
    """What of docs/`page` stands before the table `name`, the table, and what stands behind."""
    begin, end = f"<!-- bench {name} -->\n", f"<!-- end of {name} -->\n"
    text = (DOCS / page).read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"docs/{page}: expected {begin.strip()} and {end.strip()} once")
    before, rest = text.split(begin)
    table, behind = rest.split(end)
    return before + begin, table, end + behind


def write(page, tables):
    """Puts {name: Markdown} into docs/`page`."""
    for name, table in tables.items():
        before, _, behind = split(page, name)
        (DOCS / page).write_text(before + table.strip("\n") + "\n" + behind)
