# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""cluster.dot on the host and on the simulator, against a reference: all types,
numbers of rows and columns, constant and dynamic."""

import json

import numpy as np
import pytest

import se

TYPES = {"i8": np.int8, "i16": np.int16, "f16": np.float16, "f32": np.float32}
COLUMNS = 40  # the most
ROWS = range(1, 17)
X_WORDS = COLUMNS + 2
W_WORDS = 16 * COLUMNS + 8


def dot(element, rows, columns, start, at, result, indent):
    """The lines of one cluster.dot whose sums start from %init and are stored from
    element `result` of the output on."""
    sum_type = "i32" if element.startswith("i") else "f32"
    space = "#cluster.space<l1>"
    lanes = 4 // np.dtype(TYPES[element]).itemsize
    x = f"memref<{X_WORDS * lanes}x{element}, {space}>"
    w = f"memref<{W_WORDS * lanes}x{element}, {space}>"
    sums = ", ".join(["%init"] * rows)
    types = ", ".join([sum_type] * rows)
    lines = [f"%s:{rows} = cluster.dot %x[{start}], %w[{at}], {columns}, {sums} : {x}, {w} -> {types}"]
    for r in range(rows):
        value = f"%s#{r}"
        if sum_type == "i32":
            lines.append(f"%f{r} = arith.bitcast {value} : i32 to f32")
            value = f"%f{r}"
        lines.append(f"%r{r} = arith.constant {r} : index")
        lines.append(f"%p{r} = arith.addi {result}, %r{r} : index")
        lines.append(f"memref.store {value}, %y[%p{r}] : memref<?xf32>")
    return [indent + line for line in lines]
