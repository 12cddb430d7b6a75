# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The library of recurrent cells, and networks around one cell (docs/cells.md).

    from se_mlir import cells

    weights = cells.random_weights("lstm", {"x": 40, "h": 64}, seed=1)
    text = cells.network("lstm", {"x": 40, "h": 64}, weights)
    pathlib.Path("lstm.mlir").write_text(text)
    se_mlir.compile("lstm.mlir", "lstm.elf", precision="fp16")
"""

import os
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from . import _native

Floats = npt.NDArray[np.float32]


def names() -> tuple[str, ...]:
    """The cells of the library, sorted."""
    return tuple(_native.cell_names())


def text(name: str) -> str:
    """The file of a cell: its equations, source, sizes and weights, and its body."""
    return _native.cell_text(name)


def _format_sizes(sizes: Mapping[str, int]) -> str:
    return ",".join(f"{name}={size}" for name, size in sizes.items())


def random_weights(
    cell: str | os.PathLike[str], sizes: Mapping[str, int], seed: int
) -> dict[str, Floats]:
    """Weights with which the cell's state neither dies nor explodes, the same as those
    of ``se-compile --random-weights``.

    Parameters
    ----------
    cell
        A name in the library, ``FILE.mlir``, or ``FILE.mlir:NAME``.
    sizes
        A number for each size that the cell leaves open.
    seed
        From 0 to 2**64 - 1.
    """
    arrays = _native.cell_weights(os.fspath(cell), _format_sizes(sizes), seed)
    return {name: np.array(array, np.float32) for name, array in arrays}


def network(
    cell: str | os.PathLike[str],
    sizes: Mapping[str, int],
    weights: Mapping[str, npt.ArrayLike],
    options: Sequence[str] = (),
) -> str:
    """The text of a network around a cell: its inputs, its states, which start from
    zero, and its output ``y`` (or ``y1``, ``y2``, ...).

    Parameters
    ----------
    cell, sizes
        As for `random_weights`.
    weights
        An array for each weight, by its name in the cell's text. Optional ones may be
        missing.
    options
        Of what the cell's text calls by name: ``NAME=FUNCTION`` (``f=relu``),
        ``NAME=NUMBER``, or ``NAME`` of a choice.
    """
    arrays = {
        name: np.require(array, np.float32, "C") for name, array in weights.items()
    }
    return _native.cell_network(
        os.fspath(cell), _format_sizes(sizes), arrays, list(options)
    )
