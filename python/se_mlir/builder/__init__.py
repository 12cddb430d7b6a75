# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks written in Python: a `Cell` gives values, functions of values make others
(`se_mlir.ops`), and the result is text of the dialect `rnn`."""

from ._cell import Cell
from ._model import Model
from ._value import Value

__all__ = ["Cell", "Model", "Value"]
