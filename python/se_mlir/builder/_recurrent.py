# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cells that have a name: ONNX's, and those of the library."""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from .._native import Error
from ..cells import text
from ._elementwise import find_cell, format_activation, to_float
from ._movement import reshape
from ._text import Shape, format_float, format_shape, format_type, format_types, quote
from ._value import Operand, Value

#: A function, with its parameter, or a number; True for a choice.
Option = str | float | bool


def _as_vector(x: Value) -> Value:
    return reshape(to_float(x), (-1,))


def _format_functions(names: Sequence[str]) -> str:
    return (
        "["
        + ", ".join(f"#rnn.act{format_activation(n, None, None)}" for n in names)
        + "]"
    )


def lstm(
    x: Operand,
    h: Operand,
    c: Operand,
    W: Operand,
    R: Operand,
    bias: Operand | None = None,
) -> tuple[Value, Value]:
    """One step of `rnn.lstm`: the next h and c.

    Parameters
    ----------
    x, h, c
        [..., inputs], [..., units], [..., units]; one vector each.
    W, R
        [4 units, inputs], [4 units, units], gates in ONNX's order i, o, f, c.
    bias
        [8 units], of W and of R.
    """
    cell = find_cell(x, h, c)
    x, h, c, W, R = (cell.take(value) for value in (x, h, c, W, R))
    vectors = [_as_vector(value) for value in (x, h, c)]
    _check_gates("lstm", 4, vectors[0], vectors[1], W, R)
    operation = f"rnn.lstm {', '.join(v.text for v in (*vectors, W, R))}"
    if bias is not None:
        b = cell.take(bias)
        operation += f" bias({b.text} : {format_type(b.shape)})"
    types = ", ".join(format_type(v.shape) for v in (*vectors, W, R))
    state = format_type(vectors[1].shape)
    attributes = {"activations": _format_functions(["sigmoid", "tanh", "tanh"])}
    h1, c1 = cell.emit_with(
        operation, attributes, f"{types} -> {state}, {state}", [vectors[1].shape] * 2
    )
    return reshape(h1, h.shape), reshape(c1, c.shape)


def gru(
    x: Operand,
    h: Operand,
    W: Operand,
    R: Operand,
    bias: Operand | None = None,
    reset_after: bool = True,
) -> Value:
    """One step of `rnn.gru`: the next h.

    Parameters
    ----------
    x, h
        [..., inputs], [..., units]; one vector each.
    W, R
        [3 units, inputs], [3 units, units], gates in ONNX's order z, r, h.
    bias
        [6 units], of W and of R.
    reset_after
        The reset gate scales the product with R, as in PyTorch; otherwise h.
    """
    cell = find_cell(x, h)
    x, h, W, R = (cell.take(value) for value in (x, h, W, R))
    vectors = [_as_vector(value) for value in (x, h)]
    _check_gates("gru", 3, vectors[0], vectors[1], W, R)
    operation = f"rnn.gru {', '.join(v.text for v in (*vectors, W, R))}"
    if bias is not None:
        b = cell.take(bias)
        operation += f" bias({b.text} : {format_type(b.shape)})"
    types = ", ".join(format_type(v.shape) for v in (*vectors, W, R))
    attributes = {"activations": _format_functions(["sigmoid", "tanh"])}
    if reset_after:
        attributes["linear_before_reset"] = ""
    (h1,) = cell.emit_with(
        operation,
        attributes,
        f"{types} -> {format_type(vectors[1].shape)}",
        [vectors[1].shape],
    )
    return reshape(h1, h.shape)


def _check_gates(what: str, gates: int, x: Value, h: Value, W: Value, R: Value) -> None:
    n, k = h.shape[0], x.shape[0]
    for name, found, expected in (
        ("W", W.shape, (gates * n, k)), ("R", R.shape, (gates * n, n))
    ):  # fmt: skip
        if found != expected:
            raise Error(
                f"{what}: {name} must have the shape {format_shape(expected)} with {k} inputs "
                f"and {n} units, found {format_shape(found)}"
            )


def apply(
    name: str,
    inputs: Sequence[Operand],
    states: Sequence[Value],
    weights: Sequence[Operand | None],
    outputs: Sequence[Shape] | None = None,
    options: Mapping[str, Option] = {},
) -> tuple[list[Value], list[Value]]:
    """One step of a cell of the library (docs/cells.md): its outputs, its next states.

    Parameters
    ----------
    name
        As in `cells.names()`.
    inputs, states, weights
        In the order and with the shapes of the cell's text. `None` for a weight that
        is left out.
    outputs
        Shapes; by default one output like the first state.
    options
        Of what the cell's text calls by name: a function, a number, or True.
    """
    cell = find_cell(*inputs, *states)
    given = [cell.take(value) for value in inputs]
    before = [cell.take(value) for value in states]
    arrays = [cell.take(weight) for weight in weights if weight is not None]
    shapes = [state.shape for state in before]
    results = list(outputs) if outputs is not None else shapes[:1]
    attributes = {}
    if options:
        entries = [f"{key} = {_format_option(value)}" for key, value in options.items()]
        attributes["options"] = f"{{{', '.join(entries)}}}"
    missing = [i for i, weight in enumerate(weights) if weight is None]
    if missing:
        names = _get_weight_names(name)
        attributes["without"] = "[" + ", ".join(quote(names[i]) for i in missing) + "]"
    groups = [", ".join(v.text for v in values) for values in (given, before, arrays)]
    operation = (
        f"rnn.apply @se.{name}({groups[0]}) states({groups[1]}) weights({groups[2]})"
    )
    types = ", ".join(
        format_types([v.shape for v in values]) for values in (given, before, arrays)
    )
    values = cell.emit_with(
        operation,
        attributes,
        f"{types} -> {format_types(results)}, {format_types(shapes)}",
        [*results, *shapes],
    )
    return values[: len(results)], values[len(results) :]


def _get_weight_names(name: str) -> list[str]:
    header = text(name).partition("weights(")[2].partition("outputs(")[0]
    return re.findall(r"%(\w+) :", header)


def _format_option(value: Option) -> str:
    if value is True:
        return "unit"
    if isinstance(value, str):
        return f"#rnn.act{format_activation(value, None, None)}"
    return f"{format_float(np.float32(value))} : f32"
