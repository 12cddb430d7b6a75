# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Functions of the values of a `Cell`. Shapes follow NumPy; numbers and arrays beside
values become constants.

    from se_mlir import Cell, ops

    z, r = ops.split(ops.sigmoid(W @ x + R @ h + b), 2)
    h1 = ops.where(z > 0.5, h, ops.tanh(r * h))
"""

from ._native import Error
from .builder._elementwise import (
    absolute,
    activation,
    add,
    atan2,
    broadcast_to,
    clip,
    compare,
    copysign,
    divide,
    exp,
    floor,
    fmod,
    isnan,
    log,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    math,
    maximum,
    minimum,
    multiply,
    negative,
    power,
    relu,
    remainder,
    rsqrt,
    sigmoid,
    softplus,
    sqrt,
    subtract,
    tanh,
    to_float,
    where,
)
from .builder._movement import (
    concat,
    expand_dims,
    get_item,
    narrow,
    pad,
    reshape,
    split,
    squeeze,
    stack,
    swap,
    take,
    transpose,
)
from .builder._products import linear, matmul, outer
from .builder._recurrent import apply, gru, lstm
from .builder._reductions import (
    layer_norm,
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    normalize,
    reduce,
    softmax,
    sum,
)

__all__ = [name for name in globals() if not name.startswith("_") and name != "builder"]
