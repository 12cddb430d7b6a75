# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A cell in the making: its inputs, states and outputs, and the text between."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .._native import Error, list_names
from .._networks import Port
from ._model import Model
from ._text import (
    Array,
    Shape,
    broadcast_shapes,
    format_elements,
    format_resource,
    format_shape,
    format_type,
    is_short,
    quote,
)
from ._value import Value

_NAMES = re.compile(r"%[\w.]+")


class Cell:
    """One step of a network, written in Python.

        cell = se_mlir.Cell("leaky")
        x = cell.input("x", 40)
        h = cell.state("h", 64)
        new = ops.tanh(W @ x + decay * h)          # W [64, 40], decay [64]: NumPy arrays
        cell.next(h, new)
        cell.output("y", new)
        se_mlir.compile(cell.network(), "leaky.elf", precision="fp16")

    Parameters
    ----------
    name
        Of the network.
    """

    def __init__(self, name: str = "cell") -> None:
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            raise Error(f"'{name}' is no name of a network: letters, digits and _")
        self.name = name
        self._inputs: dict[str, Value] = {}
        self._states: dict[str, tuple[Value, Array]] = {}
        self._next: dict[str, Value] = {}
        self._outputs: dict[str, Value] = {}
        #: What each operation defines, and its text.
        self._lines: list[tuple[list[str], str]] = []
        self._constants: dict[tuple[bytes, Shape, str], Value] = {}
        self._resources: dict[str, Array] = {}
        self._layer = ""
        self._count = 0

    # --- inputs, states, outputs -----------------------------------------------------

    def input(self, name: str, shape: int | Sequence[int]) -> Value:
        """What comes in each frame."""
        self._check_name(name)
        self._inputs[name] = Value(self, self._make_argument(name), to_shape(shape))
        return self._inputs[name]

    def state(
        self, name: str, shape: int | Sequence[int], reset: ArrayLike = 0.0
    ) -> Value:
        """What the step before has left (`next`), `reset` in the first one."""
        self._check_name(name)
        shape = to_shape(shape)
        array = to_array(reset)
        if broadcast_shapes(array.shape, shape) != shape:
            raise Error(
                f"state '{name}': reset has the shape {format_shape(array.shape)}, "
                f"the state {format_shape(shape)}"
            )
        value = Value(self, self._make_argument(name), shape)
        self._states[name] = value, np.broadcast_to(array, shape)
        return value

    def next(self, state: Value, value: "Value | ArrayLike") -> None:
        """What the state is in the next step."""
        for name, (known, _) in self._states.items():
            if known is state:
                break
        else:
            raise Error(f"next: {state!r} is no state of cell '{self.name}'")
        if name in self._next:
            raise Error(f"state '{name}' has a next value already")
        self._next[name] = self._take(
            f"next value of state '{name}'", value, state.shape
        )

    def output(self, name: str, value: "Value | ArrayLike") -> None:
        """What goes out in each frame."""
        if not name or name in self._outputs:
            raise Error(
                f"output '{name}' is there already" if name else "output: no name"
            )
        self._outputs[name] = self._take(f"output '{name}'", value, None)

    def _check_name(self, name: str) -> None:
        if not name:
            raise Error("an input or state without a name")
        if name in self._inputs or name in self._states:
            raise Error(f"cell '{self.name}' has an input or a state '{name}' already")

    def _make_argument(self, name: str) -> str:
        # Numbers of the text are taken by values.
        text = re.sub(r"[^\w.]", "_", name, flags=re.ASCII)
        used = {value.text for value in self._inputs.values()}
        used |= {value.text for value, _ in self._states.values()}
        text = f"%{text}" if text[0].isalpha() else f"%_{text}"
        while text in used:
            text += "_"
        return text

    def _take(
        self, what: str, value: "Value | ArrayLike", shape: Shape | None
    ) -> Value:
        value = self.take(value)
        if value.is_bool:
            value = self.emit(
                f"arith.uitofp {value.text}",
                f"{format_type(value.shape, 'i1')} to {format_type(value.shape)}",
                value.shape,
            )
        if shape is not None and value.shape != shape:
            raise Error(
                f"{what}: expected the shape {format_shape(shape)}, "
                f"found {format_shape(value.shape)}"
            )
        return value

    # --- text ------------------------------------------------------------------------

    @contextlib.contextmanager
    def layer(self, name: str) -> Iterator[None]:
        """Gives what is computed inside this name, for reports and policies
        (docs/precision.md)."""
        before, self._layer = self._layer, name
        try:
            yield
        finally:
            self._layer = before

    def take(self, value: "Value | ArrayLike") -> Value:
        """A value of this cell as it is; a number or an array as a constant."""
        if isinstance(value, Value):
            if value.cell is not self:
                raise Error(
                    f"{value!r} belongs to another cell, '{value.cell.name}', not to "
                    f"'{self.name}'"
                )
            return value
        return self.constant(value)

    def constant(self, value: ArrayLike, name: str = "") -> Value:
        """An array as a value. Operators do this for arrays beside values."""
        array = to_array(value)
        key = array.tobytes(), array.shape, str(array.dtype)
        if key not in self._constants:
            attribute = ""
            if is_short(array):
                attribute = format_elements(array)
            else:
                resource = f"{name or 'w'}{len(self._resources)}"
                self._resources[resource] = array
                attribute = f"dense_resource<{resource}> : {format_type(array.shape)}"
            self._constants[key] = self._define(
                f"arith.constant {attribute}", array.shape, array.dtype == np.bool_
            )
        return self._constants[key]

    def emit(
        self, operation: str, types: str, shape: Shape, is_bool: bool = False
    ) -> Value:
        """One operation with one result."""
        return self._define(
            f"{operation}{self._attributes({})} : {types}", shape, is_bool
        )

    def emit_with(
        self,
        operation: str,
        attributes: dict[str, str],
        types: str,
        shapes: Sequence[Shape],
    ) -> list[Value]:
        """One operation with attributes, as text, and several results."""
        values = [self._make_value(shape) for shape in shapes]
        text = f"{operation}{self._attributes(attributes)} : {types}"
        self._lines.append(([value.text for value in values], text))
        return values

    def _attributes(self, attributes: dict[str, str]) -> str:
        entries = [
            name + (f" = {value}" if value else "")
            for name, value in attributes.items()
        ]
        if self._layer:
            entries.append(f"rnn.layer = {quote(self._layer)}")
        return f" {{{', '.join(entries)}}}" if entries else ""

    def _define(self, text: str, shape: Shape, is_bool: bool) -> Value:
        value = self._make_value(shape, is_bool)
        self._lines.append(([value.text], text))
        return value

    def _make_value(self, shape: Shape, is_bool: bool = False) -> Value:
        self._count += 1
        return Value(self, f"%{self._count - 1}", shape, is_bool)

    def _list_used(self, ends: str) -> list[str]:
        """The operations that something depends on."""
        used, kept = set(_NAMES.findall(ends)), []
        for names, text in reversed(self._lines):
            if not used.isdisjoint(names):
                used.update(_NAMES.findall(text))
                kept.append(f"{', '.join(names)} = {text}")
        return kept[::-1]

    # --- the result --------------------------------------------------------------------

    def network(self) -> Model:
        """The network of this cell, to compile, run and save."""
        for kind, names in (("input", self._inputs), ("output", self._outputs)):
            if not names:
                raise Error(f"cell '{self.name}' has no {kind}")
        missing = [name for name in self._states if name not in self._next]
        if missing:
            raise Error(
                f"cell '{self.name}': no next value of {list_names(missing)}; a state that "
                "stays as it is: cell.next(s, s)"
            )
        inputs = ", ".join(
            f"{value.text} = {quote(name)} : {format_type(value.shape)}"
            for name, value in self._inputs.items()
        )
        states = ", ".join(
            f"{value.text} = {quote(name)} : {format_type(value.shape)}"
            f" reset {format_elements(reset)}"
            for name, (value, reset) in self._states.items()
        )
        outputs = ", ".join(
            f"{quote(name)} : {format_type(value.shape)}"
            for name, value in self._outputs.items()
        )
        lines = [f"rnn.network @{self.name} inputs({inputs})"]
        if states:
            lines.append(f"    states({states})")
        lines.append(f"    outputs({outputs}) {{")
        ends = list_values(self._outputs.values())
        if states:
            ends += f" next {list_values(self._next[name] for name in self._states)}"
        body = self._list_used(ends)
        lines += [*(f"  {line}" for line in body), f"  rnn.yield {ends}", "}"]
        used = set(re.findall(r"dense_resource<(\w+)>", "\n".join(body)))
        if used:
            lines += ["{-#", "  dialect_resources: {", "    builtin: {"]
            entries = [
                f"      {resource}: {format_resource(array)}"
                for resource, array in self._resources.items()
                if resource in used
            ]
            lines += [",\n".join(entries), "    }", "  }", "#-}"]
        return Model(
            self.name,
            "\n".join(lines) + "\n",
            to_ports(self._inputs),
            to_ports(self._outputs),
            to_ports({name: value for name, (value, _) in self._states.items()}),
        )


def to_ports(values: dict[str, Value]) -> tuple[Port, ...]:
    return tuple(Port(name, value.shape or (1,)) for name, value in values.items())


def list_values(given: Iterable[Value]) -> str:
    values = list(given)
    names = ", ".join(value.text for value in values)
    return f"{names} : {', '.join(format_type(value.shape) for value in values)}"


def to_shape(shape: int | Sequence[int]) -> Shape:
    sizes = (shape,) if isinstance(shape, (int, np.integer)) else tuple(shape)
    if not all(isinstance(n, (int, np.integer)) and n > 0 for n in sizes):
        raise Error(f"expected a shape of positive sizes, found {shape!r}")
    return tuple(map(int, sizes))


def to_array(value: ArrayLike) -> Array:
    """Contiguous, float32 or bool."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise Error(f"no array: {str(error).splitlines()[0]}") from None
    if array.dtype.kind not in "fiub":
        raise Error(f"expected numbers, found {type(value).__name__} of {array.dtype}")
    if not array.size:
        raise Error(f"an array without elements, {format_shape(array.shape)}")
    # Not ascontiguousarray, which makes a vector of a number.
    return np.array(
        array, np.bool_ if array.dtype.kind == "b" else np.float32, order="C"
    )
