# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Values of a cell, with Python's operators."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Union

import numpy.typing as npt

from .._native import Error

if TYPE_CHECKING:
    from ._cell import Cell

#: What may stand beside a value: numbers and arrays become constants.
Operand = Union["Value", npt.ArrayLike]


class Value:
    """A tensor that a cell computes in each frame. `shape` is known; elements are floats,
    or truth values (what a comparison gives). Operators follow NumPy: `+ - * / **`
    repeat sizes of 1, `@` is a product of matrices and vectors, `x[1:3]` is a part."""

    # NumPy leaves `array @ value` to `value`.
    __array_ufunc__ = None
    __hash__ = object.__hash__

    def __init__(
        self, cell: "Cell", text: str, shape: tuple[int, ...], is_bool: bool = False
    ) -> None:
        self.cell = cell
        #: Its name in the text.
        self.text = text
        self.shape = shape
        self.is_bool = is_bool

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def element(self) -> str:
        return "i1" if self.is_bool else "f32"

    def __repr__(self) -> str:
        return f"<{self.text} {list(self.shape)}{' of truth values' * self.is_bool}>"

    def __add__(self, other: Operand) -> "Value":
        return ops.add(self, other)

    def __radd__(self, other: Operand) -> "Value":
        return ops.add(other, self)

    def __sub__(self, other: Operand) -> "Value":
        return ops.subtract(self, other)

    def __rsub__(self, other: Operand) -> "Value":
        return ops.subtract(other, self)

    def __mul__(self, other: Operand) -> "Value":
        return ops.multiply(self, other)

    def __rmul__(self, other: Operand) -> "Value":
        return ops.multiply(other, self)

    def __truediv__(self, other: Operand) -> "Value":
        return ops.divide(self, other)

    def __rtruediv__(self, other: Operand) -> "Value":
        return ops.divide(other, self)

    def __pow__(self, other: Operand) -> "Value":
        return ops.power(self, other)

    def __rpow__(self, other: Operand) -> "Value":
        return ops.power(other, self)

    def __matmul__(self, other: Operand) -> "Value":
        return ops.matmul(self, other)

    def __rmatmul__(self, other: Operand) -> "Value":
        return ops.matmul(other, self)

    def __neg__(self) -> "Value":
        return ops.negative(self)

    def __abs__(self) -> "Value":
        return ops.absolute(self)

    def __lt__(self, other: Operand) -> "Value":
        return ops.compare("<", self, other)

    def __le__(self, other: Operand) -> "Value":
        return ops.compare("<=", self, other)

    def __gt__(self, other: Operand) -> "Value":
        return ops.compare(">", self, other)

    def __ge__(self, other: Operand) -> "Value":
        return ops.compare(">=", self, other)

    def __eq__(self, other: object) -> "Value":  # type: ignore[override]
        return ops.compare("==", self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> "Value":  # type: ignore[override]
        return ops.compare("!=", self, other)  # type: ignore[arg-type]

    def __and__(self, other: Operand) -> "Value":
        return ops.logical_and(self, other)

    __rand__ = __and__

    def __or__(self, other: Operand) -> "Value":
        return ops.logical_or(self, other)

    __ror__ = __or__

    def __xor__(self, other: Operand) -> "Value":
        return ops.logical_xor(self, other)

    __rxor__ = __xor__

    def __invert__(self) -> "Value":
        return ops.logical_not(self)

    def __getitem__(self, index: Any) -> "Value":
        return ops.get_item(self, index)

    def __len__(self) -> int:
        if not self.shape:
            raise Error("a number has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator["Value"]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        raise Error(
            "a value is known in each frame only; choose between values by ops.where"
        )

    @property
    def T(self) -> "Value":
        return ops.transpose(self)

    def reshape(self, *shape: int) -> "Value":
        return ops.reshape(self, shape)


# Its functions take values.
from .. import ops  # noqa: E402
