# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the small ONNX models of these tests: make.py DIR NAME...

Each model is a function in one of the files cases_*.py, under its own name.
Without a NAME all are written.
"""

import importlib
import pathlib
import sys
import zlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64
CASES = {}
MODULES = [
    "cases_ops",
    "cases_operators",
    "cases_networks",
    "cases_bad",
    "cases_bad_shapes",
    "cases_bad_streaming",
    "cases_subgraphs",
    "cases_lost_states",
]


def case(function):
    CASES[function.__name__] = function
    return function


def node(op, inputs, outputs, name=None, **attributes):
    """A node; names of inputs and outputs are separated by blanks, `-` is an
    absent one."""
    split = lambda names: ["" if n == "-" else n for n in names.split()]
    name = split(outputs)[0] + "_node" if name is None else name
    return helper.make_node(op, split(inputs), split(outputs), name, **attributes)


def rand(*shape):
    """Numbers that depend on the shape alone."""
    seed = zlib.crc32(repr(shape).encode())
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def value(name, spec):
    """A ValueInfo; spec is a shape, or (element type, shape)."""
    kind, shape = spec if isinstance(spec, tuple) else (FLOAT, spec)
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes, inputs, outputs, weights=None, opset=17, name="net", domains=()):
    initializers = [
        w if isinstance(w, TensorProto) else numpy_helper.from_array(np.asarray(w), n)
        for n, w in (weights or {}).items()
    ]
    for tensor, n in zip(initializers, weights or {}):
        tensor.name = n
    graph = helper.make_graph(
        nodes,
        name,
        [value(n, s) for n, s in inputs.items()],
        [value(n, s) for n, s in outputs.items()],
        initializers,
    )
    opsets = [helper.make_opsetid("", opset)]
    opsets += [helper.make_opsetid(domain, 1) for domain in domains]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def unary(op, opset=17, shape=(1, 4), weights=None, extra="", out=None, **attributes):
    """One node that maps x of `shape` to y."""
    return model(
        [node(op, "x " + extra, "y", **attributes)],
        {"x": list(shape)},
        {"y": list(out or shape)},
        weights,
        opset,
    )


def write(directory, names):
    sys.modules.setdefault("make", sys.modules[__name__])
    sys.dont_write_bytecode = True  # several tests run this at once
    for module in MODULES:
        importlib.import_module(module)
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for name in names or CASES:
        made = CASES[name]()
        data = made if isinstance(made, bytes) else made.SerializeToString()
        (directory / f"{name}.onnx").write_bytes(data)


if __name__ == "__main__":
    write(sys.argv[1], sys.argv[2:])
