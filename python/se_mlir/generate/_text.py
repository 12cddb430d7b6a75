# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The text of a network, operation by operation."""

import dataclasses

import numpy as np

Random = np.random.Generator


def choose_size(random: Random, most: int, least: int = 1) -> int:
    """Small sizes as often as large ones, few multiples of 4."""
    size = int(np.exp(random.uniform(np.log(least), np.log(most + 1))))
    if size % 4 == 0 and random.random() < 0.7:
        size += int(random.integers(1, 4))
    return min(max(size, least), most)


def tensor(*shape: int, element: str = "f32") -> str:
    return f"tensor<{''.join(f'{n}x' for n in shape)}{element}>"


@dataclasses.dataclass
class Network:
    """The text of a network with the input x, and others if it has some."""

    text: str
    inputs: dict[str, tuple[int, ...]]
    outputs: tuple[str, ...]

    def frames(self, count: int, seed: int = 0) -> dict[str, np.ndarray]:
        """Normal numbers for each input, [count, ...]."""
        random = np.random.default_rng(seed)
        return {name: random.standard_normal((count, *shape)).astype(np.float32)
                for name, shape in self.inputs.items()}


class Text:
    """Operations of a network that are put together; values go by their names."""

    def __init__(self, random: Random, inputs: int) -> None:
        self.random = random
        self.lines: list[str] = []
        self.states: list[str] = []
        self.shapes: dict[str, tuple[int, ...]] = {"x": (inputs,)}
        self.masks: set[str] = set()
        self.inputs = ["x"]

    def type(self, name: str) -> str:
        element = "i1" if name in self.masks else "f32"
        return tensor(*self.shapes[name], element=element)

    def emit(self, text: str, *shape: int, mask: bool = False) -> str:
        name = f"v{len(self.shapes)}"
        self.lines.append(f"%{name} = {text}")
        self.shapes[name] = shape
        if mask:
            self.masks.add(name)
        return name

    # --- constants ---

    def array(self, values: np.ndarray) -> str:
        data = values.astype("<f4").tobytes().hex().upper()
        return self.emit(f'arith.constant dense<"0x{data}"> : {tensor(*values.shape)}',
                         *values.shape)

    def constant(self, *shape: int, low: float = -0.9, high: float = 0.9) -> str:
        return self.array(self.random.uniform(low, high, shape))

    def splat(self, value: float, *shape: int) -> str:
        return self.emit(f"arith.constant dense<{value}> : {tensor(*shape)}", *shape)

    # --- one operation each ---

    def op(self, kind: str, *operands: str) -> str:
        """Element by element, all of one type."""
        first = operands[0]
        names = ", ".join(f"%{o}" for o in operands)
        return self.emit(f"{kind} {names} : {self.type(first)}", *self.shapes[first],
                         mask=first in self.masks)

    def act(self, kind: str, x: str) -> str:
        return self.emit(f"rnn.activation <{kind}> %{x} : {self.type(x)} -> "
                         f"{self.type(x)}", *self.shapes[x])

    def matvec(self, rows: int, x: str) -> str:
        """A constant matrix times a vector."""
        [columns] = self.shapes[x]
        limit = 1 / np.sqrt(columns)
        return self.multiply(self.constant(rows, columns, low=-limit, high=limit), x)

    def multiply(self, w: str, x: str) -> str:
        rows = self.shapes[w][0]
        return self.emit(f"rnn.matvec %{w}, %{x} : {self.type(w)}, {self.type(x)} -> "
                         f"{tensor(rows)}", rows)

    def compare(self, kind: str, a: str, b: str) -> str:
        return self.emit(f"arith.cmpf {kind}, %{a}, %{b} : {self.type(a)}",
                         *self.shapes[a], mask=True)

    def select(self, mask: str, a: str, b: str) -> str:
        return self.emit(f"arith.select %{mask}, %{a}, %{b} : {self.type(mask)}, "
                         f"{self.type(a)}", *self.shapes[a], mask=a in self.masks)

    def to_float(self, mask: str) -> str:
        shape = self.shapes[mask]
        return self.emit(f"arith.uitofp %{mask} : {self.type(mask)} to {tensor(*shape)}",
                         *shape)

    def move(self, kind: str, x: str, *shape: int, rest: str = "") -> str:
        """rnn.reshape, rnn.broadcast or rnn.transpose to a shape."""
        mask = x in self.masks
        to = tensor(*shape, element="i1" if mask else "f32")
        return self.emit(f"rnn.{kind} %{x}{rest} : {self.type(x)} -> {to}", *shape,
                         mask=mask)

    def slice(self, x: str, start: int, size: int) -> str:
        """Rows of a tensor."""
        shape = (size, *self.shapes[x][1:])
        offsets = [start] + [0] * (len(shape) - 1)
        mask = x in self.masks
        to = tensor(*shape, element="i1" if mask else "f32")
        return self.emit(f"tensor.extract_slice %{x}{offsets} {list(shape)} "
                         f"{[1] * len(shape)} : {self.type(x)} to {to}", *shape, mask=mask)

    def concat(self, *parts: str) -> str:
        """Rows behind each other."""
        first = parts[0]
        shape = (sum(self.shapes[p][0] for p in parts), *self.shapes[first][1:])
        mask = first in self.masks
        names = ", ".join(f"%{p}" for p in parts)
        types = ", ".join(self.type(p) for p in parts)
        to = tensor(*shape, element="i1" if mask else "f32")
        return self.emit(f"tensor.concat dim(0) {names} : ({types}) -> {to}", *shape,
                         mask=mask)

    def spread(self, x: str, shape: tuple[int, ...], axis: int) -> str:
        """A vector along an axis of a matrix."""
        flat = [1] * len(shape)
        flat[axis] = shape[axis]
        return self.move("broadcast", self.move("reshape", x, *flat), *shape)

    def reduce(self, kind: str, x: str, axis: int = 1) -> str:
        """Over an axis of a matrix; of a vector over its only one, which gives one
        element."""
        shape = list(self.shapes[x])
        axis = min(axis, len(shape) - 1)
        shape[axis] = 1
        y = self.emit(f"rnn.reduce <{kind}> %{x} axes [{axis}] : {self.type(x)} -> "
                      f"{tensor(*shape)}", *shape)
        if len(shape) == 1:
            return y
        del shape[axis]
        return self.move("reshape", y, *shape)

    # --- the network ---

    def input(self, name: str, *shape: int) -> str:
        self.shapes[name] = shape
        self.inputs.append(name)
        return name

    def state(self, *shape: int) -> str:
        name = f"s{len(self.states)}"
        self.shapes[name] = shape
        self.states.append(name)
        return name

    def finish(self, outputs: dict[str, str], following: list[str]) -> Network:
        """`outputs` are values by the outputs' names, `following` the next states."""
        inputs = ", ".join(f'%{n} = "{n}" : {self.type(n)}' for n in self.inputs)
        states = ", ".join(f'%{s} = "{s}" : {self.type(s)} reset dense<0.0> : '
                           f"{self.type(s)}" for s in self.states)
        states = f"\n    states({states})" if states else ""
        named = ", ".join(f'"{n}" : {self.type(v)}' for n, v in outputs.items())
        values = ", ".join(f"%{v}" for v in outputs.values())
        types = ", ".join(self.type(v) for v in outputs.values())
        rest = ", ".join(f"%{f}" for f in following)
        rest_types = ", ".join(self.type(f) for f in following)
        rest = f" next {rest} : {rest_types}" if following else ""
        body = "\n  ".join(self.lines)
        text = (f"rnn.network @cell inputs({inputs}){states}\n"
                f"    outputs({named}) {{\n  {body}\n"
                f"  rnn.yield {values} : {types}{rest}\n}}\n")
        return Network(text, {n: self.shapes[n] for n in self.inputs}, tuple(outputs))
