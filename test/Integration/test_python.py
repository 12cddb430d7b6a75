# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Python package against the tools, bit for bit and message for message."""

import ast
import itertools
import json
import logging
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest

import onnx_models
import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")

LEAKY = se.SOURCE / "examples/cells/leaky.mlir"
LSTM = se.SOURCE / "models/tinydenoiser_lstm128.onnx"
MASK = np.load(se.SOURCE / "models/tinydenoiser_lstm128_golden.npz")
FRAMES = np.random.default_rng(5).uniform(-2, 2, (20, 3)).astype(np.float32)
PRECISIONS = ["fp32", "fp16"]


@pytest.mark.parametrize("emit", ["elf", "obj", "asm", "llvm", "mlir-selected"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_compile(emit, precision, tmp_path):
    """The file and the report are those of se-compile."""
    tool, package = tmp_path / "tool", tmp_path / "package"
    report = tmp_path / "report.json"
    options = [f"--precision={precision}", "--cores=4", "--schedule=ring=3", "--name=leak"]
    se.compile(LEAKY, tool, f"--emit={emit}", f"--report={report}", *options)
    found = se_mlir.compile(
        LEAKY, package, precision=precision, cores=4, schedule="ring=3", emit=emit,
        name="leak",
    )
    assert package.read_bytes() == tool.read_bytes()
    assert found == json.loads(report.read_text())
    assert found["predicted"]["cycles_per_frame"] > 0


def test_early_phase(tmp_path):
    """Before the plan is made there is no report."""
    assert se_mlir.compile(LEAKY, tmp_path / "x.mlir", emit="mlir-imported") == {}


@pytest.mark.parametrize("precision", PRECISIONS)
def test_run(precision, tmp_path):
    """Host and simulator give what se-run gives, the simulator the same cycles."""
    elf, stats = tmp_path / "net.elf", tmp_path / "stats.json"
    se_mlir.compile(LSTM, elf, precision=precision, target="pulp-open-ddr")
    frames = {"mag": MASK["mag"][:12]}
    expected = se.run(elf, frames, ["mask"], f"--stats={stats}")
    simulated = se_mlir.run(elf, frames, check=True)
    se.assert_same_bits(simulated.outputs, expected, "package and se-run")
    statistics = json.loads(stats.read_text())
    for values in (simulated.statistics, statistics):
        assert values.pop("host_seconds") > 0
    assert simulated.statistics == statistics
    assert simulated.statistics["frames"] == 12

    host = se_mlir.run(LSTM, frames, precision=precision)
    se.assert_same_bits(host.outputs, expected, "host and se-run")
    assert host.statistics["frames"] == 12
    assert simulated.outputs["mask"].shape == (12, 257)


def test_gvsoc(gvsoc, tmp_path):
    elf = tmp_path / "net.elf"
    se_mlir.compile(LEAKY, elf)
    found = se_mlir.run(elf, {"x": FRAMES}, "gvsoc")
    se.assert_same_bits(found.outputs, se_mlir.run(elf, {"x": FRAMES}).outputs, "gvsoc")
    assert found.statistics["cycles_per_frame"]["mean"] > 0


def test_host_network():
    """States go on from run to run until they are reset; cores change nothing."""
    network = se_mlir.HostNetwork(LEAKY, cores=3)
    assert network.inputs == (("x", (3,)),) and network.outputs == (("y", (2,)),)
    whole = se.run(LEAKY, {"x": FRAMES}, ["y"])["y"]
    for _ in range(2):
        parts = [network.run({"x": part})["y"] for part in (FRAMES[:7], FRAMES[7:])]
        assert np.concatenate(parts).tobytes() == whole.tobytes()
        network.reset()


def test_inputs_are_converted():
    """Any shape with the right number of elements, any real type, any strides."""
    expected = se_mlir.run(LEAKY, {"x": FRAMES}).outputs["y"]
    wide = np.repeat(FRAMES.astype(np.float64), 2, axis=1)[:, ::2]
    for frames in (FRAMES.reshape(-1, 1, 3), wide, FRAMES.tolist()):
        found = se_mlir.run(LEAKY, {"x": frames}).outputs["y"]
        assert found.tobytes() == expected.tobytes()


def test_calibrate(tmp_path, capfd):
    """Statistics and what is made of them, as the tools do it."""
    recordings, saved = tmp_path / "recordings", tmp_path / "tool.json"
    recordings.mkdir()
    for i, part in enumerate((MASK["mag"][:60], MASK["mag"][60:])):
        np.save(recordings / f"{i}.npy", part)
    precision = "--precision=mixed"
    flags = [f"--calibration={recordings}", "--calibration-method=percentile:99.9"]
    se.compile(LSTM, tmp_path / "tool.elf", precision, *flags,
               f"--save-calibration={saved}")

    seen = []
    method, statistics = "percentile:99.9", tmp_path / "package.json"
    found = se_mlir.calibrate(
        LSTM, recordings, method=method, output=statistics,
        progress=lambda *arguments: seen.append(arguments),
    )
    assert statistics.read_bytes() == saved.read_bytes()
    assert found == json.loads(saved.read_text()) and found["frames"] == 120
    assert seen == [(i, 2, str(recordings / f"{i}.npy")) for i in range(2)]
    assert se_mlir.calibrate(LSTM, saved) == found

    frames = {"mag": MASK["mag"][:8]}
    expected = se.run(tmp_path / "tool.elf", frames, ["mask"])
    files = [recordings / "0.npy", recordings / "1.npy"]
    for options in (
        {"calibration": saved},
        {"calibration": files, "calibration_method": method},
    ):
        se_mlir.compile(LSTM, tmp_path / "net.elf", precision="mixed", **options)
        same = (tmp_path / "net.elf").read_bytes()
        assert same == (tmp_path / "tool.elf").read_bytes()
        host = se_mlir.HostNetwork(LSTM, "mixed", **options).run(frames)
        se.assert_same_bits(host, expected, "package and se-run")
    assert capfd.readouterr() == ("", "")


def test_errors_of_calibrate(tmp_path):
    np.save(tmp_path / "a.npy", MASK["mag"])
    np.save(tmp_path / "b.npy", MASK["mag"][:, :8])
    for recordings, options in (
        ("a.npy", {"method": "no"}), ("b.npy", {}), ("no.npy", {}),
    ):
        with pytest.raises(se_mlir.Error) as error:
            se_mlir.calibrate(LSTM, tmp_path / recordings, **options)
        flags = [f"--calibration-{k}={v}" for k, v in options.items()]
        lines = tool_error(
            "se-compile", LSTM, "-o", tmp_path / "x.elf", "--precision=mixed",
            f"--calibration={tmp_path / recordings}", *flags,
        ).splitlines()
        assert f"error: {error.value}" == lines[-1]
    for levels in ("0,20", 5, ["loud"]):
        with pytest.raises(se_mlir.Error, match="^calibration_levels: expected numbers in dB"):
            se_mlir.compile("net.onnx", "net.elf", calibration_levels=levels)
    with pytest.raises(se_mlir.Error, match="^no recordings to calibrate with$"):
        se_mlir.calibrate(LSTM, [])

    def stop(*arguments):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        se_mlir.calibrate(LSTM, tmp_path / "a.npy", progress=stop)


def test_program(tmp_path):
    elf = tmp_path / "net.elf"
    se_mlir.compile(LEAKY, elf, precision="fp16", cores=2, target="gap9")
    program = se_mlir.Program(elf, profile=True, trace=tmp_path / "trace.json")
    found = (program.network, program.target, program.precision, program.cores)
    assert found == ("leaky_net", "gap9", "fp16", 2)
    assert program.inputs == (("x", (3,)),) and program.outputs == (("y", (2,)),)
    # Each run starts anew.
    first, second = (program.run({"x": FRAMES})["y"] for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert program.statistics["stages"]
    assert json.loads((tmp_path / "trace.json").read_text())


def tool_error(name, *arguments):
    process = se.tool(name, *arguments)
    assert process.returncode == 1
    return process.stderr


@pytest.fixture
def bad_network(tmp_path):
    path = tmp_path / "bad.mlir"
    path.write_text(LEAKY.read_text().replace("rnn.activation <tanh>", "math.erf"))
    return path


MISTAKES = {
    "no-file": (["no.onnx"], {}),
    "cores": ([LEAKY, "--cores=9"], {"cores": 9}),
    "precision": ([LEAKY, "--precision=no.json"], {"precision": "no.json"}),
    "target": ([LEAKY, "--target=no"], {"target": "no"}),
    "emit": ([LEAKY, "--emit=exe"], {"emit": "exe"}),
    "schedule": ([LEAKY, "--schedule=ring=9"], {"schedule": "ring=9"}),
    "state": ([LSTM, "--state=h"], {"states": ["h"]}),
    "no-such-state": ([LSTM, "--state=h=g"], {"states": ["h=g"]}),
    "state-of-mlir": ([LEAKY, "--state=h=g"], {"states": ["h=g"]}),
    "too-large": (
        [se.SOURCE / "models/tinydenoiser_lstm256.onnx"],
        {},
    ),
    "no-scales": ([LSTM, "--precision=int8"], {"precision": "int8"}),
    "no-recording": (
        [LSTM, "--precision=int8", "--calibration=no.npy"],
        {"precision": "int8", "calibration": "no.npy"},
    ),
    "stack": ([LSTM, "--core-stack=64"], {"core_stack": 64}),
}


def test_what_f16_cannot_hold(tmp_path):
    """A warning of the host's network and of the program alike."""
    x = np.zeros((4, 3), np.float32)
    x[2, 1] = 1e6
    program = tmp_path / "net.elf"
    se_mlir.compile(LEAKY, program, precision="fp16")
    for run in (se_mlir.HostNetwork(LEAKY, "fp16").run,
                lambda frames: se_mlir.run(program, frames)):
        with pytest.warns(UserWarning, match="input 'x' reaches 1.000e.06.* at most 65504"):
            run({"x": x})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        se_mlir.HostNetwork(LEAKY).run({"x": x})


@pytest.mark.parametrize("arguments, options", MISTAKES.values(), ids=MISTAKES)
def test_errors_of_compile(arguments, options, tmp_path, capfd):
    """The exception says what the tool prints, and nothing else is printed."""
    output = tmp_path / "net.elf"
    with pytest.raises(se_mlir.Error) as error:
        se_mlir.compile(arguments[0], output, **options)
    assert not output.exists()
    assert f"error: {error.value}\n" == tool_error(
        "se-compile", *arguments, "-o", output
    )
    assert "\n" not in str(error.value)
    assert capfd.readouterr() == ("", "")


def test_errors_have_places(bad_network, tmp_path, capfd):
    expected = tool_error("se-compile", bad_network, "-o", tmp_path / "x.elf")
    assert f"{bad_network}:" in expected
    for act in (
        lambda: se_mlir.compile(bad_network, tmp_path / "x.elf"),
        lambda: se_mlir.HostNetwork(bad_network),
    ):
        with pytest.raises(se_mlir.Error) as error:
            act()
        assert f"error: {error.value}\n" == expected
    assert capfd.readouterr() == ("", "")


def test_errors_of_run(tmp_path):
    elf = tmp_path / "net.elf"
    se_mlir.compile(LEAKY, elf)
    frames = tmp_path / "x.npy"
    np.save(frames, FRAMES)
    for arguments, act in (
        ([tmp_path / "no.elf"], lambda: se_mlir.Program(tmp_path / "no.elf")),
        ([frames], lambda: se_mlir.HostNetwork(frames)),
        ([LEAKY, "--cores=0"], lambda: se_mlir.HostNetwork(LEAKY, cores=0)),
        (
            [elf, "--in", f"x={frames}", "--max-cycles=100"],
            lambda: se_mlir.run(elf, {"x": FRAMES}, max_cycles=100),
        ),
        (
            [elf, "--in", f"x={frames}", "--target=no"],
            lambda: se_mlir.run(elf, {"x": FRAMES}, target="no"),
        ),
    ):
        with pytest.raises(se_mlir.Error) as error:
            act()
        assert f"error: {error.value}\n" == tool_error("se-run", *arguments)


def test_wrong_inputs():
    network = se_mlir.HostNetwork(LEAKY)
    for inputs, message in (
        ({}, "input 'x' is missing, shape [frames, 3]"),
        ({"x": FRAMES, "z": FRAMES}, "the network has no input 'z', only x"),
        ({"x": FRAMES[:, :2]}, "input 'x': expected shape [frames, 3], found [20, 2]"),
        ({"x": np.float32(1)}, "input 'x': expected shape [frames, 3], found []"),
        ({"x": FRAMES + 1j}, "input 'x': expected float32, found complex64"),
        ({"x": ["a"]}, "input 'x': expected float32, found <U1"),
    ):
        with pytest.raises(se_mlir.Error) as error:
            network.run(inputs)
        assert str(error.value) == message


def test_different_numbers_of_frames(tmp_path):
    path = tmp_path / "add.mlir"
    path.write_text(
        """rnn.network @add inputs(%a = "a" : tensor<2xf32>, %b = "b" : tensor<2xf32>)
    outputs("y" : tensor<2xf32>) {
  %y = arith.addf %a, %b : tensor<2xf32>
  rnn.yield %y : tensor<2xf32>
}
"""
    )
    network = se_mlir.HostNetwork(path)
    a, b = FRAMES[:4, :2], FRAMES[4:8, :2]
    assert (network.run({"b": b, "a": a})["y"] == a + b).all()
    with pytest.raises(se_mlir.Error) as error:
        network.run({"a": a, "b": b[:3]})
    assert str(error.value) == "input 'b': expected 4 frames as in 'a', found 3"


def test_platforms(tmp_path):
    elf = tmp_path / "net.elf"
    se_mlir.compile(LEAKY, elf)
    for program, platform, message in (
        (LEAKY, "sim", "a network runs on the host; compile it for platform 'sim'"),
        (elf, "host", "a compiled program runs on platform sim or gvsoc"),
    ):
        with pytest.raises(se_mlir.Error) as error:
            se_mlir.run(program, {"x": FRAMES}, platform)
        assert str(error.value) == f"{program}: {message}"
    with pytest.raises(se_mlir.Error) as error:
        se_mlir.Program(elf, platform="board")
    assert str(error.value) == "unknown platform 'board', expected sim or gvsoc"


def test_states(tmp_path):
    """A state that only its caller knows."""
    import onnx
    from onnx import TensorProto, helper

    def value(name):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3])

    path = tmp_path / "sum.onnx"
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "before"], ["after"], name="add"),
         helper.make_node("Identity", ["after"], ["y"], name="copy")],
        "sum", [value("x"), value("before")], [value("y"), value("after")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)],
                          ir_version=8),
        path,
    )
    found = se_mlir.run(path, {"x": FRAMES}, states=["before=after"]).outputs
    assert (found["y"] == np.cumsum(FRAMES, axis=0, dtype=np.float32)).all()
    elf = tmp_path / "net.elf"
    se_mlir.compile(path, elf, states=["before=after"])
    simulated = se_mlir.run(elf, {"x": FRAMES}).outputs
    se.assert_same_bits(simulated, found, "simulator and host")


def test_remarks(tmp_path, caplog):
    caplog.set_level(logging.INFO, "se_mlir")
    se_mlir.compile(LEAKY, tmp_path / "a.elf")
    assert not caplog.records
    se_mlir.compile(LEAKY, tmp_path / "b.elf", remarks=True)
    lines = se.run_tool("se-compile", LEAKY, "-o", tmp_path / "c.elf", "--remarks")
    assert [f"remark: {record.getMessage()}" for record in caplog.records] == (
        lines.stderr.splitlines()
    )
    assert caplog.records


def test_threads():
    """Networks run side by side."""
    network = se_mlir.HostNetwork(LSTM)
    expected = network.run({"mag": MASK["mag"]})["mask"]
    results = {}

    def work(i):
        results[i] = se_mlir.run(LSTM, {"mag": MASK["mag"]}).outputs["mask"]

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(found.tobytes() == expected.tobytes() for found in results.values())


def test_lock_is_released():
    """Python goes on while a network runs."""
    network = se_mlir.HostNetwork(LSTM)
    frames = np.tile(MASK["mag"], (20, 1))
    gate, ran = threading.Lock(), []

    def wait():
        with gate:
            ran.append(True)

    interval = sys.getswitchinterval()
    gate.acquire()
    thread = threading.Thread(target=wait)
    thread.start()
    try:
        # From here on nobody is made to give the interpreter's lock away.
        sys.setswitchinterval(1000)
        gate.release()
        network.run({"mag": frames})
        assert ran
    finally:
        sys.setswitchinterval(interval)
        thread.join()


@pytest.mark.parametrize(
    "modules", list(itertools.permutations(["onnx", "onnxruntime", "se_mlir"]))
)
def test_beside_other_modules(modules, tmp_path):
    """ONNX's own modules bring their own protobuf."""
    code = f"""
import {', '.join(modules)}
import numpy as np
model = onnx.load({str(LSTM)!r})
onnx.checker.check_model(model)
onnxruntime.InferenceSession({str(LSTM)!r}, providers=["CPUExecutionProvider"])
se_mlir.HostNetwork({str(LSTM)!r}).run({{"mag": np.ones((2, 257))}})
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)


def test_stub():
    """The stub names all there is in the native module, and nothing else."""
    from se_mlir import _native

    stub = ast.parse((se.SOURCE / "python/se_mlir/_native.pyi").read_text())

    def members(body):
        names = {}
        for node in body:
            if isinstance(node, ast.ClassDef):
                names[node.name] = set(members(node.body))
            elif isinstance(node, ast.FunctionDef):
                names[node.name] = {a.arg for a in node.args.args} - {"self"}
            elif isinstance(node, ast.AnnAssign):
                names[node.target.id] = set()
        return names

    described = members(stub.body)
    present = {name for name in dir(_native) if not name.startswith("__")}
    assert set(described) == present
    for name, expected in described.items():
        value = getattr(_native, name)
        if isinstance(value, type) and name != "Error":
            found = {m for m in vars(value) if not m.startswith("__")}
            assert found == {m for m in expected if not m.startswith("__")}, name
        elif callable(value) and name != "Error":
            signature = value.__doc__.splitlines()[0].split("->")[0]
            assert all(f"{argument}:" in signature for argument in expected), name
            assert signature.count(": ") == len(expected), name


def test_version():
    text = se.run_tool("se-compile", "--version").stdout
    assert f"se-mlir {se_mlir.__version__} " in text


# --- search ----------------------------------------------------------------------


def test_search(tmp_path):
    """By a metric of one's own: what it forbids is not chosen."""
    recipe = onnx_models.Recipe(cell="gru0", input=12, hidden=20, head="gemm")
    model = tmp_path / "net.onnx"
    model.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = onnx_models.frames(recipe, 40)
    np.save(tmp_path / "x.npy", x)
    exact = se_mlir.HostNetwork(model).run({"x": x})["y"]
    seen = []

    def metric(network):
        loss = float(np.abs(network.run({"x": x})["y"] - exact).max())
        seen.append(loss)
        return loss

    options = {"precision": "auto", "calibration": tmp_path / "x.npy"}
    policies = []
    for bound in (1.0, None):
        # fp16 alone, the first trial, loses a little.
        bound = bound or 1.5 * seen[0]
        policy = tmp_path / "policy.json"
        se_mlir.compile(model, tmp_path / "net.elf", metric=metric, max_loss=bound,
                        save_policy=policy, **options)
        policies.append(json.loads(policy.read_text())["layers"])
        y = se_mlir.HostNetwork(model, policy).run({"x": x})["y"]
        assert np.abs(y - exact).max() <= bound
        result = se_mlir.run(tmp_path / "net.elf", {"x": x})
        assert (result.outputs["y"] == y).all()
    assert len(policies[0]) > len(policies[1])
    assert len(seen) >= 6

    def broken(network):
        raise ValueError("no idea")

    with pytest.raises(ValueError, match="no idea"):
        se_mlir.compile(model, tmp_path / "net.elf", metric=broken, **options)
    with pytest.raises(se_mlir.Error, match="auto is a search that se-compile does"):
        se_mlir.HostNetwork(model, "auto")


def test_sound(tmp_path):
    """A network between samples: host, program and the tools make the same of a sound."""
    model = se.SOURCE / "models/tinydenoiser_gru128.onnx"
    se_mlir.compile(model, tmp_path / "net.elf", app="denoise", precision="fp16")
    host = se_mlir.HostNetwork(model, "fp16", app="denoise", frontend="tinydenoiser")
    program = se_mlir.Program(tmp_path / "net.elf")
    assert host.stream == program.stream == se_mlir.Stream(16000, 300)
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, 777).astype(np.float32)
    sounds = [se_mlir.filter_sound(network, samples) for network in (host, program, host)]
    assert all(np.array_equal(sound, sounds[0]) for sound in sounds)
    assert sounds[0].shape == samples.shape and np.abs(sounds[0]).max() > 1e-3
    se_mlir.audio.write_wav(tmp_path / "in.wav", samples)
    se.run_tool("se-run", tmp_path / "net.elf", f"--wav-in={tmp_path / 'in.wav'}",
                f"--wav-out={tmp_path / 'out.wav'}")
    rounded = se_mlir.audio.read_wav(tmp_path / "in.wav")
    found = se_mlir.audio.read_wav(tmp_path / "out.wav")
    assert np.abs(found - se_mlir.filter_sound(host, rounded)).max() < 2**-15
    with pytest.raises(se_mlir.Error, match="samples to samples"):
        se_mlir.filter_sound(se_mlir.HostNetwork(model, "fp16"), samples)
    with pytest.raises(se_mlir.Error, match="unknown --app 'echo'"):
        se_mlir.HostNetwork(model, app="echo")
