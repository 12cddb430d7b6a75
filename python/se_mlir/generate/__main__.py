# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""python -m se_mlir.generate"""

import argparse
import difflib
import pathlib
import sys
from collections.abc import Callable, Sequence

from .. import cells as library
from . import network, rules


def names(what: str, known: Sequence[str]) -> Callable[[str], list[str]]:
    """Reads names that are separated by commas."""
    def read(text: str) -> list[str]:
        for name in text.split(","):
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"did you mean '{near[0]}'?" if near else \
                    f"expected one of {', '.join(known)}"
                raise argparse.ArgumentTypeError(f"unknown {what} '{name}', {hint}")
        return text.split(",")
    return read


def at_least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a number from {least} on, "
                                             f"found '{text}'")
        return int(text)
    return read


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> "None":  # type: ignore[override]
        print(f"error: {message}", file=sys.stderr)
        sys.exit(1)


def main() -> int:
    parser = Parser(prog="python -m se_mlir.generate", allow_abbrev=False,
                    description="Writes a random network, to look for bugs with.")
    parser.add_argument("--seed", type=at_least(0), required=True, metavar="N",
                        help="the same seed gives the same network")
    parser.add_argument("--rules", type=names("rule", rules()), metavar="NAME,...",
                        help=f"what it grows by, of {', '.join(rules())} (default: all)")
    parser.add_argument("--cells", type=names("cell", library.names()), metavar="NAME,...",
                        help="cells of the library that it may have (default: all)")
    parser.add_argument("--most", type=at_least(8), default=40, metavar="N",
                        help="about the largest number of a vector's elements (default 40)")
    parser.add_argument("-o", dest="output", default="-", metavar="FILE.mlir",
                        help="where to write it (default: standard output)")
    options = parser.parse_args()
    text = network(options.seed, options.rules, options.cells, options.most).text
    if options.output == "-":
        sys.stdout.write(text)
        return 0
    try:
        pathlib.Path(options.output).write_text(text)
    except OSError as error:
        parser.error(f"{options.output}: {error.strerror}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
