# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From PyTorch to a network (docs/pytorch.md). Only this package imports torch."""

from collections.abc import Sequence
from typing import Any

try:
    import torch
except ImportError as error:
    from .._native import Error

    raise Error(
        f"from_torch needs PyTorch, which cannot be imported: {error}"
    ) from None

from ..builder import Model
from ._check import compare, compare_sequence
from ._convert import Converter
from ._graph import capture
from ._module import Prepared
from ._states import find_states


def from_torch(
    module: "torch.nn.Module",
    example: Any,
    states: Sequence[str] = (),
    *,
    name: str = "",
    tolerance: float = 1e-5,
) -> Model:
    """Converts a module, one call of which is one frame.

        model = se_mlir.from_torch(net, torch.zeros(1, 1, 257))
        se_mlir.compile(model, "net.elf", precision="fp16")

    Parameters
    ----------
    module
        Is copied and converted as in ``eval()``, in float32.
    example
        What forward takes in one frame: a tensor, a tuple of all arguments, or a dictionary
        by names. Sequences have one step, batches one element. States belong to it.
    states
        Which arguments of forward are states, if it is not clear: ``IN=OUT``, with names of
        arguments (``h``; ``hx.0`` in a tuple) and outputs (``1``; ``1.0`` in a tuple);
        ``IN`` alone, a state whose output is to be found; ``IN=``, no state.
    name
        Of the network, by default that of the module's class.
    tolerance
        How far results may be from torch's, as a share of the largest magnitude, at least 1.

    Returns
    -------
    Model
        It stands wherever the package takes the path of a network. States start from
        zeros. Outputs that are states are not among its outputs, unless there is no other.

    Raises
    ------
    Error
        Something is not supported, a state would be lost, results differ from torch's, or
        torch gives something else for several frames at once.
    """
    prepared = Prepared(module, example)
    graph = capture(prepared)
    pairs = find_states(prepared, graph, states)
    converter = Converter(prepared, graph, pairs, name)
    model = converter.convert()
    compare(prepared, pairs, model, converter.outputs, tolerance)
    if not pairs:
        compare_sequence(prepared)
    return model
