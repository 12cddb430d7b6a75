# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks of everything that may stand in one: layers, arithmetic, masks,
reductions, states that are matrices, rings of past frames, cells of the library.

A network grows by one rule after the other. Each reads values that are there and gives
new ones; whatever may become large is bounded, so that most numbers stay within f16.
"""

from collections.abc import Callable, Sequence

from .. import cells as library
from . import _cells
from ._kinds import ARITHMETIC, FUNCTIONS, apply_elementwise
from ._text import Network, Random, Text, choose_size

ACTIVATIONS = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "hard_sigmoid", "softplus",
               "softsign"]
COMPARISONS = ["olt", "ole", "ogt", "oge", "oeq", "une"]


class Growth(Text):
    """A network that rules make larger."""

    def __init__(self, random: Random, most: int, cells: Sequence[str]) -> None:
        super().__init__(random, choose_size(random, most))
        self.most, self.cells = most, list(cells)
        self.values = ["x"]  # floats, of one or two dimensions
        self.truths: list[str] = []
        self.following: dict[str, str] = {}  # next values by states
        if random.random() < 0.2:
            self.values.append(self.input("z", choose_size(random, most)))

    # --- what is there ---

    def choose(self, values: Sequence[str]) -> str:
        """The latest as often as all others."""
        if self.random.random() < 0.5:
            return values[-1]
        return values[int(self.random.integers(len(values)))]

    def with_rank(self, rank: int) -> list[str]:
        return [v for v in self.values if len(self.shapes[v]) == rank]

    def size(self, most: int | None = None, least: int = 1) -> int:
        return choose_size(self.random, most or self.most, least)

    def vector(self, size: int | None = None) -> str:
        """Some vector; with a size one that is made to have it."""
        x = self.choose(self.with_rank(1))
        if size is None:
            return x
        return self.fit(x, size)

    def fit(self, x: str, size: int) -> str:
        [found] = self.shapes[x]
        if found == size and self.random.random() < 0.7:
            return x
        if found == 1 and self.random.random() < 0.7:
            return self.move("broadcast", x, size)
        if found > size and self.random.random() < 0.3:
            return self.slice(x, int(self.random.integers(found - size + 1)), size)
        return self.matvec(size, x)

    def matrix(self) -> str:
        """Some matrix, if need be an outer product."""
        known = self.with_rank(2)
        if known and self.random.random() < 0.7:
            return self.choose(known)
        return self.outer(self.vector(self.size(16, 2)), self.vector(self.size(16, 2)))

    def outer(self, rows: str, columns: str) -> str:
        shape = (*self.shapes[rows], *self.shapes[columns])
        return self.op("arith.mulf", self.spread(rows, shape, 0),
                       self.spread(columns, shape, 1))

    def like(self, x: str) -> str:
        """Another value of this shape."""
        same = [v for v in self.values if self.shapes[v] == self.shapes[x]]
        if len(same) > 1 and self.random.random() < 0.6:
            return self.choose(same)
        if len(self.shapes[x]) == 1:
            return self.vector(self.shapes[x][0])
        return self.constant(*self.shapes[x])

    def mask(self, shape: tuple[int, ...] | None = None) -> str:
        known = [m for m in self.truths if shape is None or self.shapes[m] == shape]
        if known and self.random.random() < 0.7:
            return self.choose(known)
        if shape is not None and len(shape) == 2:
            return self.compare_any(self.constant(*shape))
        return self.compare_any(self.vector(shape[0] if shape else None))

    def compare_any(self, x: str) -> str:
        other = self.splat(float(self.random.choice([0.0, 0.25, -0.5])), *self.shapes[x]) \
            if self.random.random() < 0.5 else self.like(x)
        return self.compare(str(self.random.choice(COMPARISONS)), x, other)

    def bound(self, x: str) -> str:
        """Within a few units of zero."""
        kind = self.random.random()
        shape = self.shapes[x]
        if kind < 0.5:
            return self.act("tanh", x)
        if kind < 0.7:
            return self.act("softsign", x)
        low = self.op("arith.maximumf", x, self.splat(-2.0, *shape))
        return self.op("arith.minimumf", low, self.splat(2.0, *shape))

    def keep(self, x: str) -> str:
        self.values.append(x)
        return x

    # --- rules ---

    def layer(self) -> None:
        y = self.matvec(self.size(), self.vector())
        if self.random.random() < 0.7:
            y = self.op("arith.addf", y, self.constant(*self.shapes[y], low=-0.3, high=0.3))
        if self.random.random() < 0.7:
            y = self.act(str(self.random.choice(ACTIVATIONS)), y)
        self.keep(y)

    def arithmetic(self) -> None:
        x = self.choose(self.values)
        known = [x]
        # Half of them without functions, where passes find more to fuse.
        kinds = ARITHMETIC + FUNCTIONS if self.random.random() < 0.5 else ARITHMETIC[:6]
        for _ in range(int(self.random.integers(2, 9))):
            other = self.choose(known) if self.random.random() < 0.5 else self.like(x)
            x = apply_elementwise(self, str(self.random.choice(kinds)), x, other)
            known.append(x)
        self.keep(self.bound(x))

    def gate(self) -> None:
        """h' = z h + (1 - z) n, which later rules may read before it is known."""
        n = self.size()
        h = self.state(n)
        z = self.act("sigmoid", self.op("arith.addf", self.matvec(n, h), self.vector(n)))
        new = self.act("tanh", self.vector(n))
        one = self.splat(1.0, n)
        kept = self.op("arith.mulf", z, h)
        taken = self.op("arith.mulf", self.op("arith.subf", one, z), new)
        self.following[h] = self.keep(self.op("arith.addf", kept, taken))
        if self.random.random() < 0.3:
            self.keep(h)

    def truth(self) -> None:
        """Comparisons, and what becomes of their results."""
        mask = self.mask()
        for _ in range(int(self.random.integers(1, 4))):
            mask = self.change(mask)
            self.truths.append(mask)
        shape = self.shapes[mask]
        if len(shape) > 2:
            return
        if self.random.random() < 0.3:
            self.keep(self.to_float(mask))
            return
        a = self.vector(shape[0]) if len(shape) == 1 else self.constant(*shape)
        self.keep(self.select(mask, a, self.like(a)))

    def change(self, mask: str) -> str:
        shape = self.shapes[mask]
        kind = str(self.random.choice(["andi", "ori", "xori", "not", "select", "broadcast",
                                       "concat", "slice", "reshape", "transpose"]))
        if kind in ("andi", "ori", "xori"):
            return self.op(f"arith.{kind}", mask, self.mask(shape))
        if kind == "not":
            true = self.emit(f"arith.constant dense<true> : {self.type(mask)}", *shape,
                             mask=True)
            return self.op("arith.xori", mask, true)
        if kind == "select":
            return self.select(self.mask(shape), mask, self.mask(shape))
        if kind == "broadcast" and len(shape) == 1:
            if shape[0] == 1:
                return self.move("broadcast", mask, self.size())
            if self.random.random() < 0.5:
                return self.move("broadcast", mask, self.size(8, 2), *shape)
            return self.spread(mask, (shape[0], self.size(8, 2)), 0)
        if kind == "concat" and len(shape) == 1 and shape[0] < 3 * self.most:
            return self.concat(mask, self.mask((self.size(),)))
        if kind == "slice" and shape[0] > 1:
            size = int(self.random.integers(1, shape[0]))
            return self.slice(mask, int(self.random.integers(shape[0] - size + 1)), size)
        if kind == "reshape" and len(shape) == 2:
            return self.move("reshape", mask, shape[0] * shape[1])
        if kind == "transpose" and len(shape) == 2:
            return self.move("transpose", mask, shape[1], shape[0], rest=" [1, 0]")
        return mask

    def normalize(self) -> None:
        """Of a vector: its norms, layer norm, softmax."""
        x = self.vector()
        shape = self.shapes[x]
        kind = str(self.random.choice(["layer norm", "softmax", "rms", "peak", "mean"]))
        if kind == "softmax":
            self.keep(self.softmax(x))
        elif kind == "mean":
            mean = self.reduce(str(self.random.choice(["mean", "sum", "max", "min"])), x)
            self.keep(self.op("arith.subf", x,
                              self.move("broadcast", self.bound(mean), *shape)))
        elif kind == "peak":
            peak = self.reduce("max", self.op("math.absf", x))
            peak = self.op("arith.addf", peak, self.splat(0.1, 1))
            self.keep(self.op("arith.divf", x, self.move("broadcast", peak, *shape)))
        else:
            self.keep(self.scale(x, kind == "layer norm"))

    def scale(self, x: str, centered: bool) -> str:
        """By one over the root of the mean square, or of the sum of squares."""
        shape = self.shapes[x]
        if centered:
            mean = self.reduce("mean", x)
            x = self.op("arith.subf", x, self.move("broadcast", mean, *shape))
        power = self.reduce(str(self.random.choice(["mean", "sum"])),
                            self.op("arith.mulf", x, x))
        power = self.op("arith.addf", power, self.splat(0.01, 1))
        factor = self.op("math.rsqrt", power) if self.random.random() < 0.7 else \
            self.op("arith.divf", self.splat(1.0, 1), self.op("math.sqrt", power))
        return self.op("arith.mulf", x, self.move("broadcast", factor, *shape))

    def softmax(self, x: str) -> str:
        """Of a vector, or of each row of a matrix."""
        shape = self.shapes[x]
        most = self.reduce("max", x)

        def all_of(row: str) -> str:
            return self.move("broadcast", row, *shape) if len(shape) == 1 else \
                self.spread(row, shape, 0)

        powers = self.op("math.exp", self.op("arith.subf", x, all_of(most)))
        return self.op("arith.divf", powers, all_of(self.reduce("sum", powers)))

    def rows(self) -> None:
        """Reductions of a matrix, products with one, one that is turned."""
        m = self.matrix()
        rows, columns = self.shapes[m]
        kind = str(self.random.choice(["reduce", "softmax", "multiply", "turn", "flatten",
                                       "both"]))
        if kind == "reduce":
            self.keep(self.bound(self.reduce(
                str(self.random.choice(["sum", "mean", "max", "min"])), m,
                int(self.random.integers(2)))))
        elif kind == "softmax":
            self.keep(self.softmax(m))
        elif kind == "multiply":
            self.keep(self.bound(self.multiply(m, self.vector(columns))))
        elif kind == "turn":
            self.keep(self.move("transpose", m, columns, rows, rest=" [1, 0]"))
        elif kind == "flatten" and rows * columns <= 4 * self.most:
            self.keep(self.move("reshape", m, rows * columns))
        else:
            whole = self.emit(f"rnn.reduce <sum> %{m} axes [0, 1] : {self.type(m)} -> "
                              f"tensor<1x1xf32>", 1, 1)
            self.keep(self.bound(self.move("reshape", whole, 1)))

    def matrix_state(self) -> None:
        """A matrix that fades, takes up an outer product, and is read."""
        values, keys = self.size(20, 2), self.size(20, 2)
        shape = (values, keys)
        s = self.state(*shape)
        v, k, q = self.vector(values), self.vector(keys), self.vector(keys)
        kind = str(self.random.choice(["number", "constant", "rows", "columns", "all"]))
        if kind == "number":
            one = self.act("sigmoid", self.vector(1))
            decay = self.move("broadcast", one, *shape)
        elif kind == "constant":
            decay = self.constant(*shape, low=0.5, high=0.95)
        elif kind == "all":
            rate = self.op("arith.mulf", self.spread(
                self.act("softplus", self.vector(values)), shape, 0),
                self.constant(*shape, low=-1, high=-0.1))
            decay = self.op("math.exp", rate)
        else:
            axis = 0 if kind == "rows" else 1
            decay = self.spread(self.act("sigmoid", self.vector(shape[axis])), shape, axis)
        if self.random.random() < 0.3:
            # What the key finds there is taken away (the delta rule).
            found = self.multiply(s, k)
            v = self.op("arith.subf", v, self.op("arith.mulf", self.constant(
                values, low=0.1, high=0.5), self.bound(found)))
        kept = self.op("arith.mulf", decay, s)
        taken = self.outer(self.bound(v), self.bound(k))
        new = self.op("arith.addf", kept, taken)
        if self.random.random() < 0.2:
            new = self.bound(new)
        self.following[s] = new
        read = s if self.random.random() < 0.2 else new
        if self.random.random() < 0.5:
            y = self.multiply(read, q)
        else:
            y = self.reduce(str(self.random.choice(["sum", "sum", "max"])),
                            self.op("arith.mulf", read, self.spread(q, shape, 1)))
        self.keep(self.bound(y) if self.random.random() < 0.6 else y)
        if self.random.random() < 0.2:
            self.keep(new)

    def ring(self) -> None:
        """The last frames of a vector, as rows of a matrix or behind each other."""
        x = self.vector()
        [n] = self.shapes[x]
        frames = int(self.random.integers(2, 9))
        if n * frames > 8 * self.most or self.random.random() < 0.4:
            frames = max(2, min(frames, 8 * self.most // n))
            line = self.state(n * frames)
            new = self.concat(self.slice(line, n, n * (frames - 1)), x) \
                if self.random.random() < 0.7 else \
                self.concat(x, self.slice(line, 0, n * (frames - 1)))
            self.following[line] = new
            if self.random.random() < 0.5:
                start = n * int(self.random.integers(frames))
                self.keep(self.slice(line, start, n))
            else:
                self.keep(self.matvec(self.size(), new))
            return
        shape = (frames, n)
        past = self.state(*shape)
        row = self.move("reshape", x, 1, n)
        new = self.concat(self.slice(past, 1, frames - 1), row)
        self.following[past] = new
        kind = str(self.random.choice(["attend", "average", "oldest", "weigh"]))
        if kind == "attend":
            weights = self.softmax(self.multiply(new, self.bound(self.vector(n))))
            y = self.reduce("sum", self.op("arith.mulf", new, self.spread(weights, shape, 0)),
                            0)
        elif kind == "average":
            y = self.reduce(str(self.random.choice(["mean", "max"])), new, 0)
        elif kind == "oldest":
            y = self.move("reshape", self.slice(past, 0, 1), n)
        else:
            y = self.reduce("sum", self.op("arith.mulf", new, self.constant(*shape)), 0)
        self.keep(y)

    def movement(self) -> None:
        x = self.vector()
        [n] = self.shapes[x]
        kind = str(self.random.choice(["concat", "slice", "fold", "swap"]))
        if kind == "slice" and n > 1:
            size = int(self.random.integers(1, n))
            self.keep(self.slice(x, int(self.random.integers(n - size + 1)), size))
        elif kind == "fold" and (by := [d for d in (2, 3, 4, 5) if n % d == 0 and n > d]):
            rows = int(self.random.choice(by))
            self.keep(self.move("reshape", x, rows, n // rows))
        elif kind == "swap" and n > 1:
            at = int(self.random.integers(1, n))
            self.keep(self.concat(self.slice(x, at, n - at), self.slice(x, 0, at)))
        elif n <= 2 * self.most:
            self.keep(self.concat(x, self.vector(self.size())))

    def cell(self, name: str | None = None) -> None:
        """A cell of the library."""
        name = name or str(self.random.choice(self.cells))
        found = _cells.signature(name)
        sizes = _cells.choose_sizes(self.random, found, min(self.most, 24))
        inputs = [self.bound(self.vector(i.sized(sizes)[0])) for i in found.inputs]
        states = len(self.states)
        outputs, following = _cells.apply(self, name, sizes, inputs)
        self.following |= dict(zip(self.states[states:], following))
        for y in outputs:
            self.keep(self.bound(y) if len(self.shapes[y]) == 1
                      and self.random.random() < 0.5 else y)

    # --- the whole ---

    def end(self) -> Network:
        outputs = {"y": self.values[-1]}
        for name in ("y2", "y3"):
            if self.random.random() < 0.3:
                outputs[name] = self.choose(self.values[1:] or self.values)
        # Each value is an output once, and no argument is one.
        chosen: dict[str, str] = {}
        for name, value in outputs.items():
            if value in self.inputs or value in self.states or value in chosen.values():
                value = self.op("arith.mulf", value, self.splat(0.5, *self.shapes[value]))
            chosen[name] = value
        return self.finish(chosen, [self.following[s] for s in self.states])


RULES: dict[str, Callable[[Growth], None]] = {
    "layer": Growth.layer, "arithmetic": Growth.arithmetic, "gate": Growth.gate,
    "mask": Growth.truth, "norm": Growth.normalize, "rows": Growth.rows,
    "matrix-state": Growth.matrix_state, "ring": Growth.ring,
    "movement": Growth.movement, "cell": Growth.cell,
}


def grow(random: Random, rules: Sequence[str] | None = None,
         cells: Sequence[str] | None = None, most: int = 40) -> Network:
    """A network of 2 to 7 rules, none of whose vectors has many more than `most`
    elements."""
    growth = Growth(random, most, cells or library.names())
    names = list(rules or RULES)
    for _ in range(int(random.integers(2, 8))):
        RULES[str(random.choice(names))](growth)
    return growth.end()
