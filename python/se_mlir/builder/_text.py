# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Types, numbers and constants as MLIR writes them."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Shape = tuple[int, ...]
#: float32 or bool.
Array = NDArray[Any]

#: Constants with more elements stand at the end of the file.
_MOST_IN_LINE = 16


def quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def to_physical(shape: Shape) -> Shape:
    """A number is a tensor of one element."""
    return shape or (1,)


def format_type(shape: Shape, element: str = "f32") -> str:
    return f"tensor<{''.join(f'{n}x' for n in to_physical(shape))}{element}>"


def format_types(shapes: Sequence[Shape]) -> str:
    return "(" + ", ".join(map(format_type, shapes)) + ")"


def format_float(number: float | np.floating) -> str:
    value = np.float32(number)
    if not np.isfinite(value):
        return f"0x{int(value.view(np.uint32)):08X}"
    if value == 0 or 1e-3 <= abs(value) < 1e6:
        return np.format_float_positional(value, unique=True, trim="0")
    return np.format_float_scientific(value, unique=True, trim="0")


def _format_nested(array: Array) -> str:
    if array.ndim == 0:
        if array.dtype == np.bool_:
            return "true" if array else "false"
        return format_float(float(array))
    return "[" + ", ".join(map(_format_nested, array)) + "]"


def is_short(array: Array) -> bool:
    return array.dtype == np.bool_ or array.size <= _MOST_IN_LINE or is_splat(array)


def is_splat(array: Array) -> bool:
    """Whether all elements are the same, bit for bit."""
    if array.dtype == np.bool_:
        return bool((array == array.flat[0]).all())
    bits = np.ascontiguousarray(array).view(np.uint32)
    return bool((bits == bits.flat[0]).all())


def format_elements(array: Array) -> str:
    """The attribute of a constant, in line."""
    element = "i1" if array.dtype == np.bool_ else "f32"
    array = array.reshape(to_physical(array.shape))
    kind = format_type(array.shape, element)
    if is_splat(array):
        return f"dense<{_format_nested(array.reshape(-1)[0:1].reshape(()))}> : {kind}"
    if is_short(array):
        return f"dense<{_format_nested(array)}> : {kind}"
    return f'dense<"0x{array.astype("<f4").tobytes().hex().upper()}"> : {kind}'


def format_resource(array: Array) -> str:
    """What stands in a file's resources: alignment, then bytes."""
    return f'"0x04000000{array.astype("<f4").tobytes().hex().upper()}"'


def broadcast_shapes(a: Shape, b: Shape) -> Shape | None:
    """NumPy's rule; None if it does not hold."""
    try:
        return tuple(np.broadcast_shapes(a, b))
    except ValueError:
        return None


def format_shape(shape: Shape) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"
