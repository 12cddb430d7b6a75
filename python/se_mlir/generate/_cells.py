# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cells of the library as parts of random networks: sizes, weights and options as their
text says."""

import dataclasses
import functools
import re

import numpy as np

from .. import cells
from ._text import Random, Text, choose_size

# What a size counts, of which a few are many.
FEW = {"a": 3, "r": 4, "i": 4, "j": 5, "m": 6, "x1": 4, "x2": 5, "h1": 3, "h2": 5, "d": 8}


@dataclasses.dataclass
class Argument:
    name: str
    shape: tuple[str, ...]  # in names of sizes
    range: tuple[float, float] | None
    optional: bool

    def sized(self, sizes: dict[str, int]) -> tuple[int, ...]:
        return tuple(_evaluate(n, sizes) for n in self.shape)


@dataclasses.dataclass
class Signature:
    name: str
    sizes: list[str]
    inputs: list[Argument]
    states: list[Argument]
    weights: list[Argument]
    outputs: int
    options: dict[str, str]  # by name: "function", "number" or "choice"


def _evaluate(expression: str, sizes: dict[str, int]) -> int:
    """Of sums and products, as in [4 * h1 * h2]."""
    total = 0
    for term in expression.split("+"):
        factors = [f.strip() for f in term.split("*")]
        total += int(np.prod([int(f) if f.isdigit() else sizes[f] for f in factors]))
    return total


def _arguments(text: str) -> list[Argument]:
    found = []
    for name, dimensions, shape, low, high, optional in re.findall(
            r"%(\w+) : tensor<([\dx?]*)xf32>(?:\[([^\]]*)\])?"
            r"(?: in \[([-\d.e]+), ([-\d.e]+)\])?( optional)?", text):
        expressions = shape.split(",") if shape else dimensions.split("x")
        found.append(Argument(name, tuple(e.strip() for e in expressions),
                              (float(low), float(high)) if low else None, bool(optional)))
    return found


def _options(name: str) -> dict[str, str]:
    """Also of the cells that this one applies, to which it hands them on."""
    text = cells.text(name)
    found = {}
    for line in text.splitlines():
        if match := re.search(r'rnn\.option = "(\w+)"', line):
            found[match[1]] = "function" if "rnn.activation" in line else "number"
        elif match := re.search(r'rnn\.choose "(\w+)"', line):
            found[match[1]] = "choice"
        elif match := re.search(r"rnn\.apply @se\.(\w+)", line):
            found |= _options(match[1])
    return found


@functools.cache
def signature(name: str) -> Signature:
    """Of a cell of the library."""
    text = cells.text(name)
    head = text[text.index("rnn.cell"):]
    head = head[:head.index(") {\n")]
    parts = re.split(r"\b(sizes|inputs|states|weights|outputs)\(", head)
    clauses = dict(zip(parts[1::2], parts[2::2]))
    return Signature(
        name, re.findall(r"\w+", clauses.get("sizes", "")),
        _arguments(clauses.get("inputs", "")), _arguments(clauses.get("states", "")),
        _arguments(clauses.get("weights", "")), clauses["outputs"].count("tensor<"),
        _options(name))


def choose_sizes(random: Random, found: Signature, most: int) -> dict[str, int]:
    return {n: choose_size(random, min(most, FEW.get(n, most))) for n in found.sizes}


NUMBERS = {"clip": (0.5, 4.0), "epsilon": (1e-5, 1e-3), "threshold": (0.5, 1.5)}
# Others let states grow without bound.
ACTIVATIONS = ["sigmoid", "tanh", "hard_sigmoid", "softsign"]


def _choose_options(random: Random, options: dict[str, str]) -> list[str]:
    chosen = []
    for name, kind in sorted(options.items()):
        if random.random() < 0.7:
            continue
        if kind == "function":
            chosen.append(f"{name} = #rnn.act<{random.choice(ACTIVATIONS)}>")
        elif kind == "number":
            low, high = NUMBERS.get(name, (0.5, 2.0))
            chosen.append(f"{name} = {random.uniform(low, high):.6f} : f32")
        else:
            chosen.append(name)
    return chosen


def apply(text: Text, name: str, sizes: dict[str, int], inputs: list[str]
          ) -> tuple[list[str], list[str]]:
    """Applies a cell of the library with weights of its own. Returns its outputs, and its
    states' next values; the states are new ones of the network."""
    random, found = text.random, signature(name)
    fixed = cells.random_weights(name, sizes, int(random.integers(1 << 32)))
    weights = []
    for argument in found.weights:
        if argument.name in fixed:
            weights.append(text.array(fixed[argument.name]))
        elif argument.optional and random.random() < 0.5:
            low, high = argument.range or (-0.25, 0.25)
            weights.append(text.constant(*argument.sized(sizes), low=low, high=high))
        else:
            break  # what is left out comes last
    states = [text.state(*s.sized(sizes)) for s in found.states]
    options = _choose_options(random, found.options)
    attributes = f" {{options = {{{', '.join(options)}}}}}" if options else ""
    shapes = _output_shapes(name, sizes)
    results = [f"v{len(text.shapes) + i}" for i in range(len(shapes) + len(states))]
    for result, shape in zip(results, shapes + [text.shapes[s] for s in states]):
        text.shapes[result] = shape

    def types(values: list[str]) -> str:
        return "(" + ", ".join(text.type(v) for v in values) + ")"

    def names(values: list[str]) -> str:
        return "(" + ", ".join(f"%{v}" for v in values) + ")"

    outputs, following = results[:len(shapes)], results[len(shapes):]
    text.lines.append(
        f"{', '.join('%' + r for r in results)} = rnn.apply @se.{name}{names(inputs)} "
        f"states{names(states)} weights{names(weights)}{attributes}\n"
        f"      : {types(inputs)}, {types(states)}, {types(weights)}\n"
        f"      -> {types(outputs)}, {types(following)}")
    return outputs, following


def _output_shapes(name: str, sizes: dict[str, int]) -> list[tuple[int, ...]]:
    """What the text does not say, but the network around the cell does."""
    weights = cells.random_weights(name, sizes, 0)
    head = cells.network(name, sizes, weights)
    head = head[head.index("rnn.network"):]
    head = head[head.index("outputs("):]
    head = head[:head.index(") {" if ") {" in head else ") attributes")]
    return [tuple(int(n) for n in shape.split("x") if n)
            for shape in re.findall(r"tensor<([\dx]*)xf32>", head)]
