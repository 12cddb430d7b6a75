# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The tables of onnx_operators/ against ONNX Runtime, frame by frame with states: on
the host for several opsets, on the simulator for the newest."""

import numpy as np
import onnx
import pytest

import onnx_operators as operators
import se

NEWEST = onnx.defs.onnx_opset_version()
GROUPS = list(operators.CASES)
# Rounding at places that differ, or arithmetic that f16 is too coarse for.
COARSE_IN_HALF = {"rounding", "functions", "integers", "comparisons", "rounded", "reductions"}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Network, inputs and ONNX Runtime's outputs of a group, made once."""
    made = {}

    def build(group, opset):
        if (group, opset) not in made:
            graph = operators.Graph(opset)
            for name, function, since, until, tolerance in operators.CASES[group]:
                if since <= opset <= until:
                    graph.add(name, function)
            path = None
            expected = {}
            if graph.outputs:
                path = tmp_path_factory.mktemp("net") / f"{group}{opset}.onnx"
                onnx.save(graph.model(), path)
                expected = se.onnx_steps(path, graph.inputs, list(graph.outputs), graph.states)
            made[group, opset] = path, graph, expected
        path, graph, expected = made[group, opset]
        if path is None:
            pytest.skip(f"opset {opset} has none of these operators")
        return path, graph, expected

    return build


def options(graph):
    return [f"--state={i}={o}" for i, o in graph.states.items()]


def check(got, graph, expected, tolerance, what):
    limits = {name: limit for rows in operators.CASES.values()
              for name, _, _, _, limit in rows if limit}
    problems = []
    for output, case in graph.outputs.items():
        try:
            se.assert_close(got, {output: expected[output]},
                            max(tolerance, limits.get(case, 0)), what)
        except AssertionError as error:
            problems.append(str(error))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("opset", [13, 17, 21, NEWEST])
def test_host(built, group, opset):
    path, graph, expected = built(group, opset)
    got = se.run(path, graph.inputs, list(graph.outputs), *options(graph))
    check(got, graph, expected, 1e-5, f"opset {opset}")


@pytest.mark.parametrize("group", GROUPS)
def test_simulator(built, group, tmp_path):
    """Bit for bit as the host."""
    path, graph, expected = built(group, NEWEST)
    host = se.run(path, graph.inputs, list(graph.outputs), *options(graph))
    program = se.compile(path, tmp_path / "net.elf", *options(graph))
    device = se.run(program, graph.inputs, list(graph.outputs))
    check(device, graph, expected, 1e-5, "simulator")
    se.assert_same_bits(host, device, "host and simulator")


@pytest.mark.parametrize("group", [g for g in GROUPS if g not in COARSE_IN_HALF])
def test_half(built, group, tmp_path):
    path, graph, expected = built(group, NEWEST)
    program = se.compile(path, tmp_path / "net.elf", "--precision=fp16", *options(graph))
    device = se.run(program, graph.inputs, list(graph.outputs))
    check(device, graph, expected, 2e-2, "fp16")
