# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks, to look for bugs with (docs/debugging.md).

    from se_mlir import generate

    network = generate.network(seed=7)
    pathlib.Path("net.mlir").write_text(network.text)

or `python -m se_mlir.generate --seed=7 -o net.mlir`. The same seed gives the same network
with the same version of this package.
"""

from collections.abc import Sequence

import numpy as np

from .. import cells as _library
from ._grammar import RULES as _RULES
from ._grammar import grow
from ._kinds import elementwise, matrix_state, rotation, state_space
from ._text import Network, Text, choose_size

__all__ = ["Network", "Text", "choose_size", "elementwise", "grow", "matrix_state",
           "network", "rotation", "rules", "state_space"]


def rules() -> tuple[str, ...]:
    """What a network grows by."""
    return tuple(_RULES)


def network(seed: int, rules: Sequence[str] | None = None,
            cells: Sequence[str] | None = None, most: int = 40) -> Network:
    """A random network.

    Parameters
    ----------
    seed
        From 0 on.
    rules
        Of `rules()`; all of them if nothing is given.
    cells
        Cells of the library that may be part of it; all of them if nothing is given.
    most
        Elements of a vector, or not many more.
    """
    for what, given, known in (("rule", rules, tuple(_RULES)),
                               ("cell", cells, _library.names())):
        for name in given or ():
            if name not in known:
                raise ValueError(f"unknown {what} '{name}', expected one of "
                                 f"{', '.join(known)}")
    return grow(np.random.default_rng(seed), rules, cells, most)
