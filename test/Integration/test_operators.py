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
COARSE_IN_HALF = {"rounding", "functions", "integers", "comparisons", "rounded",
                  "fused_rounded", "reductions"}


def reference_steps(path, graph):
    """ONNX's own definitions, for what ONNX Runtime does not implement yet."""
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(str(path))
    shapes = {i.name: [d.dim_value for d in i.type.tensor_type.shape.dim]
              for i in onnx.load(path).graph.input}
    known = {n: np.zeros(shapes[n], np.float32) for n in graph.states}
    names = [*graph.outputs, *graph.states.values()]
    results = {n: [] for n in graph.outputs}
    for t in range(operators.FRAMES):
        feeds = {n: x[t] for n, x in graph.inputs.items()} | known
        values = dict(zip(names, evaluator.run(names, feeds)))
        known = {n: values[out] for n, out in graph.states.items()}
        for n in graph.outputs:
            results[n].append(np.asarray(values[n], np.float32).reshape(-1))
    return {n: np.stack(x) for n, x in results.items()}


def evaluate(path, graph):
    from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as Missing

    try:
        # The optimizer would round activations where weights are dequantized.
        return se.onnx_steps(path, graph.inputs, list(graph.outputs), graph.states,
                             optimize=False)
    except Missing:
        return reference_steps(path, graph)


# A program has at most 16 inputs and 16 outputs, and a case up to 9.
MANY_PORTS = 7


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Networks, inputs and expected outputs of a group, made once. Several cases
    share a network."""
    made = {}

    def graphs(group, opset):
        graph = operators.Graph(opset)
        for name, function, since, until, _ in operators.CASES[group]:
            if since <= opset <= until:
                if max(len(graph.inputs), len(graph.outputs)) >= MANY_PORTS:
                    yield graph
                    graph = operators.Graph(opset)
                graph.add(name, function)
        if graph.outputs:
            yield graph

    def build(group, opset):
        if (group, opset) not in made:
            made[group, opset] = []
            for graph in graphs(group, opset):
                path = tmp_path_factory.mktemp("net") / f"{group}{opset}.onnx"
                onnx.save(graph.model(), path)
                made[group, opset].append((path, graph, evaluate(path, graph)))
        if not made[group, opset]:
            pytest.skip(f"opset {opset} has none of these operators")
        return made[group, opset]

    return build


def options(graph):
    """Which inputs are states, and that the others are none."""
    return [f"--state={i}={o}" for i, o in graph.states.items()] + [
        f"--state={i}=" for i in graph.inputs
    ]


def differences(got, graph, expected, tolerance, what):
    """One line for each output that is further away than its case allows."""
    limits = {name: limit for rows in operators.CASES.values()
              for name, _, _, _, limit in rows if limit}
    problems = []
    for output, case in graph.outputs.items():
        try:
            se.assert_close(got, {output: expected[output]},
                            max(tolerance, limits.get(case, 0)), what)
        except AssertionError as error:
            problems.append(str(error))
    return problems


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("opset", [13, 17, 21, NEWEST])
def test_host(built, group, opset):
    problems = []
    for path, graph, expected in built(group, opset):
        got = se.run(path, graph.inputs, list(graph.outputs), *options(graph))
        problems += differences(got, graph, expected, 1e-5, f"opset {opset}")
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("group", GROUPS)
def test_simulator(built, group, tmp_path):
    """Bit for bit as the host."""
    for path, graph, _ in built(group, NEWEST):
        host = se.run(path, graph.inputs, list(graph.outputs), *options(graph))
        program = se.compile(path, tmp_path / "net.elf", *options(graph))
        device = se.run(program, graph.inputs, list(graph.outputs))
        se.assert_same_bits(host, device, "host and simulator")


@pytest.mark.parametrize("group", [g for g in GROUPS if g not in COARSE_IN_HALF])
def test_half(built, group, tmp_path):
    problems = []
    for path, graph, expected in built(group, NEWEST):
        program = se.compile(path, tmp_path / "net.elf", "--precision=fp16", *options(graph))
        device = se.run(program, graph.inputs, list(graph.outputs))
        problems += differences(device, graph, expected, 2e-2, "fp16")
    assert not problems, "\n".join(problems)


def frame_by_frame(g):
    """Operators on frames along a dimension without a size."""
    x, y = g.frames(8), g.frames(2, 6)
    image, square = g.frames(2, 1, 6), g.frames(4, 4)
    mask = g.node("Greater", x, g.node("ReduceMean", x, g.ints(-1), keepdims=1))
    scale, zero = g.const(0.1), g.const(2, np.int8)
    rounded = g.node("QuantizeLinear", x, scale, zero)
    return [
        g.node("Where", mask, x, g.const(0.0)),
        g.cast(g.node("And", mask, g.node("Less", x, g.const(1.0)))),
        g.node("Einsum", x, g.rand(8, 3), equation="ti,io->to"),
        g.node("Einsum", y, g.rand(2, 6, 3), equation="tgi,gio->tgo"),
        g.node("Einsum", y, y, equation="tgi,tgi->tg"),
        g.node("MatMul", y, g.node("Transpose", y, perm=[0, 2, 1])),
        g.node("MatMul", image, g.rand(2, 6, 3)),
        g.node("CumSum", x, g.const(1, np.int64)),
        g.node("Gather", x, g.ints(0, 4, 1, 5, 2, 6, 3, 7), axis=1),
        g.node("Tile", x, g.ints(1, 2)),
        g.cast(g.node("ArgMax", y, axis=-1, keepdims=0)),
    ], [
        g.node("GroupNormalization", y, g.rand(2), g.rand(2), num_groups=1),
        g.node("InstanceNormalization", y, g.rand(2), g.rand(2)),
        g.node("MaxPool", y, kernel_shape=[3], strides=[2], pads=[1, 0]),
        g.node("AveragePool", image, kernel_shape=[1, 2], strides=[1, 2]),
        g.node("GlobalAveragePool", y),
        g.node("Pad", x, g.ints(0, 2, 0, 1), mode="reflect"),
        g.node("Trilu", square),
        g.node("Resize", y, None, g.const([1, 1, 2]), mode="nearest"),
        g.node("DequantizeLinear", rounded, scale, zero),
        g.node("ReduceLogSumExp", y, g.ints(1, 2), keepdims=0),
        g.node("Gelu", x),
    ]


@pytest.mark.parametrize("part", [0, 1])
def test_dynamic_time(part, tmp_path):
    """A network over all frames, as exporters with dynamic axes write it."""
    import onnxruntime

    graph = operators.Graph(21)
    graph.add("time", lambda g: frame_by_frame(g)[part])
    used = set().union(*(node.input for node in graph.nodes))
    graph.infos = [info for info in graph.infos if info.name in used]
    graph.inputs = {n: x for n, x in graph.inputs.items() if n in used}
    path = tmp_path / "net.onnx"
    onnx.save(graph.model(), path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    results = session.run(list(graph.outputs), graph.inputs)
    expected = {n: np.asarray(y, np.float32).reshape(operators.FRAMES, -1)
                for n, y in zip(graph.outputs, results)}
    got = se.run(path, graph.inputs, list(graph.outputs), *options(graph))
    problems = differences(got, graph, expected, 1e-5, "frame by frame")
    assert not problems, "\n".join(problems)


# --- the cases that may lie beside the repository ---------------------------------

@pytest.mark.parametrize("name,arguments,model,tolerance", [
    ("opset_new", ["22"], "model", 1e-5),
    ("opset_new", ["23"], "model", 1e-5),
    ("opset_new", ["24"], "model", 1e-5),
    ("opset_new", [str(NEWEST)], "model", 1e-5),
    ("grouped_linear_einsum", [], "model", 1e-5),
    ("qdq_weights_gru", [], "model", 1e-5),
    ("qdq_weights_gru", ["weights"], "model", 1e-5),
    ("ort_optimized", [], "basic", 1e-5),
    ("ort_optimized", [], "extended", 1e-5),
    ("ort_optimized", [], "all", 1e-5),
    # ONNX Runtime rounds activations at run time; the weights are of 8 bits.
    ("quantize_dynamic_lstm", [], "model", 2e-2),
])
def test_case(name, arguments, model, tolerance, tmp_path):
    folder = se.make_case(name, tmp_path, *arguments)
    expected = {p.stem.removeprefix("expected_"): np.load(p)
                for p in folder.glob("expected_*.npy")}
    inputs = {p.stem.removeprefix("in_"): np.load(p) for p in folder.glob("in_*.npy")}
    path = folder / f"{model}.onnx"
    host = se.run(path, inputs, list(expected))
    program = se.compile(path, tmp_path / "net.elf")
    device = se.run(program, inputs, list(expected))
    half = se.compile(path, tmp_path / "half.elf", "--precision=fp16")
    se.assert_close(host, expected, tolerance, "host")
    se.assert_same_bits(host, device, "host and simulator")
    se.assert_close(se.run(half, inputs, list(expected)), expected, 2e-2, "fp16")


def test_probed_operators(tmp_path):
    """One network for each operator; convolutions along frequency are refused."""
    folder = se.make_case("ops_probe", tmp_path)
    problems = []
    for path in sorted(folder.glob("*.onnx")):
        name = path.stem
        x, expected = np.load(folder / f"{name}_in.npy"), np.load(folder / f"{name}_exp.npy")
        state = ["--state=c=c_out"] if name == "scatternd_cache" else []
        if name.startswith("conv"):
            continue
        try:
            host = se.run(path, {"x": x}, ["out"], *state)
            program = se.compile(path, tmp_path / "net.elf", *state)
            device = se.run(program, {"x": x}, ["out"])
            se.assert_close(host, {"out": expected}, 1e-5, name)
            se.assert_same_bits(host, device, name)
        except AssertionError as error:
            problems.append(f"{name}: {error}")
    assert not problems, "\n".join(problems)
