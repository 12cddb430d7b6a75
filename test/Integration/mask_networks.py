# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks of comparisons, masks and selections, and what they compute.

All floats are small integers, which every float type holds exactly, so that fp32 and
fp16 have the same results as numpy.
"""

import numpy as np

MOST = 64  # no float becomes larger than that

FLOAT, MASK = "f32", "i1"


def type_of(shape, kind):
    return f"tensor<{'x'.join(map(str, shape))}x{kind}>"


def literal(array):
    if array.dtype == bool:
        return str(array.tolist()).replace("T", "t").replace("F", "f")
    return str(array.astype(float).tolist())


class Value:
    def __init__(self, name, shape, kind):
        self.name, self.shape, self.kind = name, tuple(shape), kind

    @property
    def type(self):
        return type_of(self.shape, self.kind)


class Network:
    """Lines of text, and functions that compute the same."""

    def __init__(self, random, sizes=(8, 15, 16, 24, 33)):
        self.random, self.sizes = random, sizes
        self.lines, self.steps, self.values = [], [], []

    def add(self, shape, kind, text, function):
        """`text` is the op behind `%n =`; `function` takes the known arrays."""
        value = Value(f"%v{len(self.lines)}", shape, kind)
        self.lines.append(f"  {value.name} = {text}")
        self.steps.append((value, function))
        self.values.append(value)
        return value

    def binary(self, op, a, b, function, kind=None, attribute=""):
        text = f"{op} {attribute}{a.name}, {b.name} : {a.type}"
        return self.add(a.shape, kind or a.kind, text,
                        lambda v: function(v[a.name], v[b.name]))

    def constant(self, array):
        kind = MASK if array.dtype == bool else FLOAT
        text = f"arith.constant dense<{literal(array)}> : {type_of(array.shape, kind)}"
        return self.add(array.shape, kind, text, lambda v: array)

    # --- one op each ---

    def number(self, shape, value):
        return self.constant(np.full(shape, value, np.float32))

    def limit(self, x):
        """Within +-MOST, so that integers stay exact."""
        x = self.binary("arith.minimumf", x, self.number(x.shape, MOST), np.minimum)
        return self.binary("arith.maximumf", x, self.number(x.shape, -MOST), np.maximum)

    def compare(self, a, b):
        names = {"oge": np.greater_equal, "olt": np.less, "oeq": np.equal,
                 "une": np.not_equal, "ogt": np.greater, "ole": np.less_equal}
        name = str(self.random.choice(list(names)))
        return self.binary("arith.cmpf", a, b, names[name], MASK, f"{name}, ")

    def select(self, mask, a, b):
        text = f"arith.select {mask.name}, {a.name}, {b.name} : {mask.type}, {a.type}"
        return self.add(a.shape, a.kind, text,
                        lambda v: np.where(v[mask.name], v[a.name], v[b.name]))

    def combine(self, a, b):
        ops = {"arith.andi": np.logical_and, "arith.ori": np.logical_or,
               "arith.xori": np.logical_xor}
        name = str(self.random.choice(list(ops) + ["eq", "ne"]))
        if name in ops:
            return self.binary(name, a, b, ops[name])
        function = np.equal if name == "eq" else np.not_equal
        return self.binary("arith.cmpi", a, b, function, MASK, f"{name}, ")

    def to_float(self, mask):
        text = f"arith.uitofp {mask.name} : {mask.type} to {type_of(mask.shape, FLOAT)}"
        return self.add(mask.shape, FLOAT, text,
                        lambda v: v[mask.name].astype(np.float32))

    def move(self, x):
        """Reshape, transpose, slice, broadcast or concatenation."""
        count = int(np.prod(x.shape))
        kind = self.random.integers(0, 5)
        if kind == 0 and len(x.shape) == 2:
            shape = x.shape[::-1]
            text = f"rnn.transpose {x.name} [1, 0] : {x.type} -> {type_of(shape, x.kind)}"
            return self.add(shape, x.kind, text, lambda v: v[x.name].T)
        if kind <= 1:
            by = [n for n in (2, 3, 4) if count % n == 0]
            rows = int(self.random.choice(by or [1]))
            shape = (rows, count // rows) if len(x.shape) == 1 else (count,)
            text = f"rnn.reshape {x.name} : {x.type} -> {type_of(shape, x.kind)}"
            return self.add(shape, x.kind, text, lambda v: v[x.name].reshape(shape))
        if len(x.shape) == 2:
            return x
        if kind == 2 and count > 1:
            size = int(self.random.integers(1, count))
            start = int(self.random.integers(0, count - size + 1))
            text = (f"tensor.extract_slice {x.name}[{start}] [{size}] [1] : {x.type} to "
                    f"{type_of((size,), x.kind)}")
            return self.add((size,), x.kind, text,
                            lambda v: v[x.name][start : start + size])
        if kind == 3 and count <= 33:
            shape = (int(self.random.integers(2, 4)), count)
            text = f"rnn.broadcast {x.name} : {x.type} -> {type_of(shape, x.kind)}"
            return self.add(shape, x.kind, text,
                            lambda v: np.broadcast_to(v[x.name], shape))
        others = [v for v in self.values if len(v.shape) == 1 and v.kind == x.kind]
        other = others[self.random.integers(0, len(others))]
        shape = (count + other.shape[0],)
        if shape[0] > 100:
            return x
        text = (f"tensor.concat dim(0) {x.name}, {other.name} : ({x.type}, {other.type})"
                f" -> {type_of(shape, x.kind)}")
        return self.add(shape, x.kind, text,
                        lambda v: np.concatenate([v[x.name], v[other.name]]))

    def count(self, x):
        """The sum of a mask's elements, broadcast to one of the usual sizes."""
        x = self.to_float(x)
        axes = list(range(len(x.shape)))
        shape = (1,) * len(x.shape)
        text = f"rnn.reduce <sum> {x.name} axes {axes} : {x.type} -> {type_of(shape, FLOAT)}"
        total = self.add(shape, FLOAT, text,
                         lambda v: v[x.name].sum(keepdims=True).astype(np.float32))
        if len(shape) == 2:
            text = f"rnn.reshape {total.name} : {total.type} -> {type_of((1,), FLOAT)}"
            flat = total
            total = self.add((1,), FLOAT, text, lambda v: v[flat.name].reshape(1))
        size = (int(self.random.choice(self.sizes)),)
        text = f"rnn.broadcast {total.name} : {total.type} -> {type_of(size, FLOAT)}"
        one = total
        wide = self.add(size, FLOAT, text, lambda v: np.broadcast_to(v[one.name], size))
        return self.limit(wide)

    def multiply(self, x):
        """A matrix of small integers times a vector."""
        rows = int(self.random.choice(self.sizes))
        w = self.random.integers(-1, 2, (rows, x.shape[0])).astype(np.float32)
        matrix = self.constant(w)
        self.values.remove(matrix)
        text = (f"rnn.matvec {matrix.name}, {x.name} : {matrix.type}, {x.type} -> "
                f"{type_of((rows,), FLOAT)}")
        y = self.add((rows,), FLOAT, text, lambda v: w @ v[x.name])
        return self.limit(y)

    # --- the whole ---

    def pick(self, kind, shape=None, flat=False):
        """A value of this kind; of this shape if there is one, or a new constant."""
        known = [v for v in self.values
                 if v.kind == kind and (shape is None or v.shape == shape)
                 and not (flat and len(v.shape) != 1)]
        if known and (shape is None or self.random.random() < 0.8):
            return known[self.random.integers(0, len(known))]
        array = self.random.integers(-3, 4, shape or (8,)).astype(np.float32)
        return self.constant(array > 0 if kind == MASK else array)

    def grow(self):
        choice = self.random.choice(
            ["compare", "compare", "select", "mask", "combine", "move", "move mask",
             "move mask", "count", "float", "add", "multiply"])
        if choice == "compare":
            a = self.pick(FLOAT)
            self.compare(a, self.pick(FLOAT, a.shape))
        elif choice == "select":
            mask = self.pick(MASK)
            self.select(mask, self.pick(FLOAT, mask.shape), self.pick(FLOAT, mask.shape))
        elif choice == "mask":
            mask = self.pick(MASK)
            self.select(mask, self.pick(MASK, mask.shape), self.pick(MASK, mask.shape))
        elif choice == "combine":
            a = self.pick(MASK)
            self.combine(a, self.pick(MASK, a.shape))
        elif choice == "move":
            self.move(self.pick(FLOAT))
        elif choice == "move mask":
            self.move(self.pick(MASK))
        elif choice == "count":
            self.count(self.pick(MASK))
        elif choice == "float":
            self.to_float(self.pick(MASK))
        elif choice == "add":
            a = self.pick(FLOAT)
            b = self.pick(FLOAT, a.shape)
            self.limit(self.binary("arith.addf", a, b, np.add))
        else:
            self.multiply(self.pick(FLOAT, flat=True))


def make(random, ops=24):
    """The text of a network with input x and state h, and a function from frames of x
    to the frames of its outputs."""
    size = int(random.choice([8, 15, 16, 24]))
    net = Network(random)
    x, h = Value("%x", (size,), FLOAT), Value("%h", (size,), FLOAT)
    net.values += [x, h]
    net.compare(x, h)
    for _ in range(ops):
        net.grow()
    following = net.pick(FLOAT, (size,))
    if following.name == "%h":
        following = x
    masks = [v for v in net.values if v.kind == MASK][-3:]
    outputs = [net.to_float(m) for m in masks]
    outputs += [v for v in net.values if v.kind == FLOAT and v not in outputs][-2:]
    names = [f"y{i}" for i in range(len(outputs))]
    head = (
        f'rnn.network @net inputs(%x = "x" : {x.type}) states(%h = "h" : {h.type} reset '
        f"dense<0.0> : {h.type}) outputs("
        + ", ".join(f'"{n}" : {v.type}' for n, v in zip(names, outputs)) + ") {"
    )
    tail = (
        "  rnn.yield " + ", ".join(v.name for v in outputs) + " : "
        + ", ".join(v.type for v in outputs) + f" next {following.name} : {h.type}\n}}"
    )
    text = "\n".join([head, *net.lines, tail]) + "\n"

    def run(frames):
        state, results = np.zeros(size, np.float32), {n: [] for n in names}
        for frame in frames:
            known = {"%x": frame, "%h": state}
            for value, function in net.steps:
                known[value.name] = function(known)
            state = known[following.name]
            for name, value in zip(names, outputs):
                results[name].append(np.float32(known[value.name]).reshape(-1))
        return {n: np.stack(r) for n, r in results.items()}

    return text, size, names, run
