# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks of one kind each: a state space, a rotation, a matrix as state, arithmetic of
single elements.

They are small so that little of a frame is inner loops: what a stage has around them,
and the instruction caches, decide how long it takes.
"""

from ._text import Network, Random, Text, choose_size


def state_space(random: Random) -> Network:
    """s' = exp(-d a) s + d b x and y = sum(c s'), where d, b and c come from the input."""
    channels, states = choose_size(random, 40, 2), choose_size(random, 16, 2)
    cell = Text(random, choose_size(random, 40))
    shape = (channels, states)
    s = cell.state(*shape)
    u = cell.matvec(channels, "x")
    d = cell.act("softplus", cell.matvec(channels, "x"))
    b, c = cell.matvec(states, "x"), cell.matvec(states, "x")
    rate = cell.op("arith.mulf", cell.spread(d, shape, 0),
                   cell.constant(*shape, low=-1, high=-0.1))
    kept = cell.op("arith.mulf", cell.op("math.exp", rate), s)
    fed = cell.op("arith.mulf", d, u)
    fed = cell.op("arith.mulf", cell.spread(fed, shape, 0), cell.spread(b, shape, 1))
    following = cell.op("arith.addf", kept, fed)
    y = cell.reduce("sum", cell.op("arith.mulf", following, cell.spread(c, shape, 1)))
    if random.random() < 0.5:
        y = cell.op("arith.mulf", y, cell.act("sigmoid", cell.matvec(channels, "x")))
    if random.random() < 0.7:
        y = cell.matvec(choose_size(random, 20), y)
    return cell.finish({"y": y}, [following])


def rotation(random: Random) -> Network:
    """A complex state that is turned, as in a linear recurrent unit."""
    n, inputs = choose_size(random, 120, 4), choose_size(random, 40)
    cell = Text(random, inputs)
    re, im = cell.state(n), cell.state(n)
    a, b = cell.constant(n), cell.constant(n)
    u = cell.matvec(n, "x")
    turned = cell.op("arith.subf", cell.op("arith.mulf", a, re), cell.op("arith.mulf", b, im))
    real = cell.op("arith.addf", turned, u)
    imaginary = cell.op("arith.addf", cell.op("arith.mulf", a, im),
                        cell.op("arith.mulf", b, re))
    outputs = choose_size(random, 40)
    y = cell.op("arith.addf", cell.matvec(outputs, real), cell.matvec(outputs, imaginary))
    if random.random() < 0.5:
        y = cell.op("arith.mulf", y, cell.matvec(outputs, "x"))
    if random.random() < 0.5:
        y = cell.matvec(choose_size(random, 16), y)
    return cell.finish({"y": y}, [real, imaginary])


def matrix_state(random: Random) -> Network:
    """A matrix that fades and takes up outer products, read by a vector."""
    keys, values = choose_size(random, 24, 2), choose_size(random, 32, 2)
    cell = Text(random, choose_size(random, 32))
    shape = (values, keys)
    s = cell.state(*shape)
    k, v, q = (cell.matvec(n, "x") for n in (keys, values, keys))
    if random.random() < 0.5:
        k = cell.act(str(random.choice(["sigmoid", "elu", "relu"])), k)
    gate = cell.act("sigmoid", cell.matvec(keys, "x"))
    kept = cell.op("arith.mulf", cell.spread(gate, shape, 1), s)
    taken = cell.op("arith.mulf", cell.spread(k, shape, 1), cell.spread(v, shape, 0))
    following = cell.op("arith.addf", kept, taken)
    y = cell.reduce(str(random.choice(["sum", "sum", "max"])),
                    cell.op("arith.mulf", following, cell.spread(q, shape, 1)))
    if random.random() < 0.7:
        y = cell.matvec(choose_size(random, 16), y)
    return cell.finish({"y": y}, [following])


ARITHMETIC = ["mul", "mul", "add", "sub", "maximum", "minimum", "decay", "limit", "select",
              "sigmoid", "tanh", "relu", "leaky_relu", "hard_sigmoid"]
FUNCTIONS = ["exp", "sqrt", "log", "div", "softplus", "elu", "softsign", "absf"]


def apply_elementwise(cell: Text, kind: str, a: str, b: str) -> str:
    """A word of the lists above, of values of one shape."""
    shape = cell.shapes[a]
    if kind in ("mul", "add", "sub", "maximum", "minimum"):
        return cell.op(f"arith.{kind}f", a, b)
    if kind == "decay":
        return cell.op("arith.mulf", cell.constant(*shape), a)
    if kind == "limit":
        return cell.op("arith.minimumf", cell.op("arith.maximumf", a,
                                                 cell.splat(-1.5, *shape)),
                       cell.splat(1.5, *shape))
    if kind == "select":
        return cell.select(cell.compare("olt", a, b), a, b)
    if kind in ("sqrt", "log"):
        value = cell.op("arith.addf", cell.op("math.absf", a), cell.splat(0.1, *shape))
        return cell.op(f"math.{kind}", value)
    if kind == "exp":
        return cell.op("math.exp", cell.act("tanh", a))
    if kind == "div":
        divisor = cell.op("arith.addf", cell.op("arith.mulf", b, b),
                          cell.splat(1.0, *shape))
        return cell.op("arith.divf", a, divisor)
    if kind == "absf":
        return cell.op("math.absf", a)
    return cell.act(kind, a)


def elementwise(random: Random, functions: bool | None = None) -> Network:
    """Arithmetic of single elements, in half of them with functions, and a matrix behind."""
    n = choose_size(random, 300)
    cell = Text(random, n)
    s = cell.state(n)
    values = ["x", s]
    kinds = list(ARITHMETIC)
    if random.random() < 0.5 if functions is None else functions:
        kinds += FUNCTIONS
    for _ in range(random.integers(2, 10)):
        a, b = (str(v) for v in random.choice(values, 2))
        values.append(apply_elementwise(cell, str(random.choice(kinds)), a, b))
    following = cell.act("tanh", values[-1]) if random.random() < 0.7 else \
        cell.op("arith.minimumf", cell.op("arith.maximumf", values[-1], cell.splat(-2.0, n)),
                cell.splat(2.0, n))
    y = cell.matvec(choose_size(random, 24), following)
    return cell.finish({"y": y}, [following])
