# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recurrent layers and cells: one step of each. Parameters are torch's."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch.fx

from .. import ops
from ..builder import Value
from ._graph import Node, describe
from ._table import Context, Unsupported, handles

Operand = Any

#: Torch's gates in ONNX's order: i, f, g, o as i, o, f, g; r, z, n as z, r, n.
_LSTM_ORDER = [0, 3, 1, 2]
_GRU_ORDER = [1, 0, 2]

_LOST = (
    "its state is the same at the start of every frame, so it is lost; give none, which se-mlir "
    "keeps from frame to frame, or take it as an argument of forward and return the next one"
)
_LOST_CELL = (
    "its state is the same at the start of every frame, so it is lost; take it as an argument "
    "of forward and return the next one"
)


def _reorder(array: Operand, order: Sequence[int]) -> Operand:
    parts = np.split(np.asarray(array), len(order))
    return np.concatenate([parts[i] for i in order])


def _zeros(node: Any, path: str) -> bool:
    """Whether a node is the zeros that a layer itself starts from."""
    while isinstance(node, torch.fx.Node) and node.op.startswith("call_"):
        name = describe(node).name
        if name == "zeros":
            return node.meta.get("path", "") == path
        if name not in (
            "getitem",
            "unsqueeze",
            "contiguous",
            "expand",
            "detach",
            "clone",
        ):
            return False
        node = node.args[0]
    return False


def _list_nodes(argument: Any) -> list[Node]:
    found: list[Node] = []
    torch.fx.node.map_arg(argument, found.append)
    return found


def _check_weights(weights: Sequence[Any]) -> None:
    if any(isinstance(weight, Value) for weight in weights if weight is not None):
        raise Unsupported("weights that depend on data")


def _lstm_step(
    x: Value, h: Value, c: Value, weights: Sequence[Operand]
) -> tuple[Value, Value]:
    """`weights`: of x, of h, biases or None, projection or None."""
    w, r, b, rb, projection = weights
    w, r = (_reorder(array, _LSTM_ORDER) for array in (w, r))
    if projection is None:
        bias = None
        if b is not None:
            bias = np.concatenate([_reorder(array, _LSTM_ORDER) for array in (b, rb)])
        return ops.lstm(x, h, c, w, r, bias)
    bias = np.zeros(len(w), np.float32)
    if b is not None:
        bias = _reorder(b, _LSTM_ORDER) + _reorder(rb, _LSTM_ORDER)
    shape = h.shape
    vectors = [ops.reshape(value, (-1,)) for value in (x, h, c)]
    _, (h1, c1) = ops.apply(
        "projected_lstm", vectors[:1], vectors[1:], [w, r, bias, projection]
    )
    return ops.reshape(h1, shape), ops.reshape(c1, c.shape)


def _gru_step(x: Value, h: Value, weights: Sequence[Operand]) -> Value:
    w, r, b, rb, _ = weights
    bias = None
    if b is not None:
        bias = np.concatenate([_reorder(array, _GRU_ORDER) for array in (b, rb)])
    return ops.gru(x, h, _reorder(w, _GRU_ORDER), _reorder(r, _GRU_ORDER), bias)


def _rnn_step(function: Any, x: Value, h: Value, weights: Sequence[Operand]) -> Value:
    w, r, b, rb, _ = weights
    bias = None if b is None else np.asarray(b) + rb
    return function(ops.linear(w, x, bias) + ops.linear(r, h))


# --- layers ------------------------------------------------------------------------------


class _Layer:
    """What lstm, gru and rnn have in common: states of all layers, and the time axis."""

    def __init__(
        self, context: Context, x: Value, states: Sequence[Operand], letters: str,
        weights: Sequence[Operand], has_biases: bool, num_layers: int, bidirectional: bool,
        batch_first: bool,
    ) -> None:  # fmt: skip
        if bidirectional:
            raise Unsupported(
                "bidirectional: it needs future frames, so it cannot stream"
            )
        _check_weights(weights)
        self.context = context
        self.layers = num_layers
        per_layer = len(weights) // num_layers
        has_projection = per_layer == 2 + 2 * has_biases + 1
        self.weights = []
        for i in range(num_layers):
            own = list(weights[i * per_layer : (i + 1) * per_layer])
            projection = own.pop() if has_projection else None
            self.weights.append(
                [*own[:2], *(own[2:4] if has_biases else (None, None)), projection]
            )
        self.shape = x.shape
        self._check_input(x, batch_first)
        self.x = ops.reshape(x, (-1,))
        self.is_own = self._check_states(context, states)
        self.state_shapes = [
            np.shape(s) if not isinstance(s, Value) else s.shape for s in states
        ]
        self.states = [
            self._split(state, letter) for state, letter in zip(states, letters)
        ]

    def _check_input(self, x: Value, batch_first: bool) -> None:
        shape = x.shape if x.ndim == 3 else x.shape[:1] + (1,) + x.shape[1:]
        time = 1 if batch_first and x.ndim == 3 else 0
        if x.ndim not in (2, 3):
            raise Unsupported(f"an input of shape {list(x.shape)}")
        if shape[time] != 1:
            raise Unsupported(
                f"{shape[time]} steps in one frame; a frame is one step, so give an example "
                f"with 1 in dimension {time}"
                + ("" if batch_first or x.ndim == 2 else " (batch_first is False)")
            )
        if shape[1 - time] != 1:
            raise Unsupported(
                f"a batch of {shape[1 - time]}; the batch of a frame is 1"
            )

    def _check_states(self, context: Context, states: Sequence[Operand]) -> bool:
        """Whether the layer brings its states along."""
        arguments = context.node.args[1]
        if all(isinstance(state, Value) for state in states):
            for node in _list_nodes(arguments):
                if not context.depends_on_state(node):
                    raise Unsupported(
                        "its initial state is computed from this frame alone, so its state is "
                        "lost; give none, or take it as an argument of forward and return "
                        "the next one"
                    )
            return False
        nodes = _list_nodes(arguments)
        if len(nodes) == len(states) and all(
            _zeros(node, context.path) for node in nodes
        ):
            return True
        raise Unsupported(_LOST)

    def _split(self, state: Operand, letter: str) -> list[Value]:
        """One vector for each layer."""
        if self.is_own:
            size = np.shape(state)[-1]
            prefix = f"{self.context.path}." if self.context.path else ""
            return [
                self.context.make_state(
                    f"{prefix}{letter}{i if self.layers > 1 else ''}", (size,)
                )
                for i in range(self.layers)
            ]
        return [ops.reshape(state[i], (-1,)) for i in range(self.layers)]

    def finish(self, y: Value, after: Sequence[Sequence[Value]]) -> tuple[Value, ...]:
        if self.is_own:
            for before, now in zip(self.states, after):
                for state, value in zip(before, now):
                    self.context.keep(state, value)
        results = [ops.reshape(y, (*self.shape[:-1], y.shape[-1]))]
        for values, shape in zip(after, self.state_shapes):
            joined = ops.concat([ops.reshape(value, (1, -1)) for value in values])
            results.append(ops.reshape(joined, shape))
        return tuple(results)


@handles("lstm")
def _lstm(
    context: Context, x: Value, hx: Sequence[Operand], params: Sequence[Operand],
    has_biases: bool, num_layers: int, dropout: float, train: bool, bidirectional: bool,
    batch_first: bool,
) -> tuple[Value, ...]:  # fmt: skip
    if not isinstance(hx, (tuple, list)):
        raise Unsupported("packed sequences are not supported; a frame is one step")
    layer = _Layer(
        context, x, hx, "hc", params, has_biases, num_layers, bidirectional, batch_first
    )
    y = layer.x
    after: tuple[list[Value], list[Value]] = [], []
    for i, weights in enumerate(layer.weights):
        y, c = _lstm_step(y, layer.states[0][i], layer.states[1][i], weights)
        after[0].append(y)
        after[1].append(c)
    return layer.finish(y, after)


def _run_layers(context: Context, step: Any, x: Value, hx: Operand, *more: Any) -> Any:
    params, has_biases, num_layers, dropout, train, bidirectional, batch_first = more
    if not isinstance(params, (tuple, list)):
        raise Unsupported("packed sequences are not supported; a frame is one step")
    layer = _Layer(
        context,
        x,
        [hx],
        "h",
        params,
        has_biases,
        num_layers,
        bidirectional,
        batch_first,
    )
    y, after = layer.x, []
    for i, weights in enumerate(layer.weights):
        y = step(y, layer.states[0][i], weights)
        after.append(y)
    return layer.finish(y, [after])


@handles("gru")
def _gru(context: Context, x: Value, hx: Operand, *more: Any) -> Any:
    return _run_layers(context, _gru_step, x, hx, *more)


@handles("rnn_tanh")
def _rnn_tanh(context: Context, x: Value, hx: Operand, *more: Any) -> Any:
    return _run_layers(context, lambda *a: _rnn_step(ops.tanh, *a), x, hx, *more)


@handles("rnn_relu")
def _rnn_relu(context: Context, x: Value, hx: Operand, *more: Any) -> Any:
    return _run_layers(context, lambda *a: _rnn_step(ops.relu, *a), x, hx, *more)


# --- cells -------------------------------------------------------------------------------


def _check_cell(
    context: Context, x: Operand, states: Sequence[Operand], weights: Sequence[Operand]
) -> None:
    _check_weights(weights)
    if not all(isinstance(state, Value) for state in states):
        raise Unsupported(_LOST_CELL)
    for node in _list_nodes(context.node.args[1]):
        if not context.depends_on_state(node):
            raise Unsupported(
                "its state is computed from this frame alone, so it is lost; take it as an "
                "argument of forward and return the next one"
            )
    if not isinstance(x, Value):
        raise Unsupported("its input is the same in every frame")
    if x.ndim == 2 and x.shape[0] != 1:
        raise Unsupported(f"a batch of {x.shape[0]}; the batch of a frame is 1")


@handles("lstm_cell")
def _lstm_cell(
    context: Context, x: Operand, hx: Sequence[Operand], w: Operand, r: Operand,
    b: Operand = None, rb: Operand = None,
) -> tuple[Value, Value]:  # fmt: skip
    _check_cell(context, x, hx, [w, r, b, rb])
    return _lstm_step(x, hx[0], hx[1], [w, r, b, rb, None])


@handles("gru_cell")
def _gru_cell(
    context: Context, x: Operand, hx: Operand, w: Operand, r: Operand, b: Operand = None,
    rb: Operand = None,
) -> Value:  # fmt: skip
    _check_cell(context, x, [hx], [w, r, b, rb])
    return _gru_step(x, hx, [w, r, b, rb, None])


@handles("rnn_tanh_cell")
def _rnn_tanh_cell(
    context: Context, x: Operand, hx: Operand, w: Operand, r: Operand, b: Operand = None,
    rb: Operand = None,
) -> Value:  # fmt: skip
    _check_cell(context, x, [hx], [w, r, b, rb])
    return _rnn_step(ops.tanh, x, hx, [w, r, b, rb, None])


@handles("rnn_relu_cell")
def _rnn_relu_cell(
    context: Context, x: Operand, hx: Operand, w: Operand, r: Operand, b: Operand = None,
    rb: Operand = None,
) -> Value:  # fmt: skip
    _check_cell(context, x, [hx], [w, r, b, rb])
    return _rnn_step(ops.relu, x, hx, [w, r, b, rb, None])
