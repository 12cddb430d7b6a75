# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calibration that holds: levels, scales for each frame, what makes bad statistics,
and policies that are judged over whole recordings."""

import json
import re
import wave

import numpy as np
import onnx
import pytest

import denoise_reference
import onnx_models
import se
from onnx import TensorProto, helper, numpy_helper
from onnx_models import Recipe

TINY = se.SOURCE / "models" / "tinydenoiser_gru128.onnx"


def write_model(folder, recipe):
    path = folder / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path


def write_sound(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16000, 0, "NONE", ""))
        file.writeframes(np.round(np.asarray(samples) * 32767).astype(np.int16).tobytes())
    return path


def noise(seconds, seed=0, gain=0.1):
    random = np.random.default_rng(seed)
    return np.clip(gain * random.standard_normal(int(16000 * seconds)), -0.9, 0.9)


def calibrate(model, folder, *options):
    """The statistics, and what the tool says."""
    saved = folder / "statistics.json"
    process = se.run_tool("se-compile", model, "-o", folder / "net.mlir",
                          "--emit=mlir-legalized", "--precision=mixed",
                          f"--save-calibration={saved}", *options)
    return json.loads(saved.read_text()), process.stderr


# --- levels ------------------------------------------------------------------------


def test_levels_of_sound(tmp_path):
    """Sound runs as it is and 20 dB louder, unless levels are given."""
    sound = write_sound(tmp_path / "a.wav", noise(2.1))
    one, _ = calibrate(TINY, tmp_path, f"--calibration={sound}", "--calibration-levels=0")
    two, _ = calibrate(TINY, tmp_path, f"--calibration={sound}")
    three, _ = calibrate(TINY, tmp_path, f"--calibration={sound}",
                         "--calibration-levels=-20,0,6.0206")
    peak = one["tensors"]["mag"]["max"]
    assert two["tensors"]["mag"]["max"] == pytest.approx(10 * peak)
    assert three["tensors"]["mag"]["max"] == pytest.approx(2 * peak, rel=1e-4)
    assert (two["frames"], three["frames"]) == (2 * one["frames"], 3 * one["frames"])
    assert two["files"] == one["files"]


def test_levels_of_frames(tmp_path):
    """.npy frames run as they are: they may be logarithms."""
    recipe = Recipe(cell="gru1", input=24, hidden=20)
    model = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 150)
    np.save(tmp_path / "x.npy", x)
    options = [f"--calibration={tmp_path}/x.npy"]
    one, text = calibrate(model, tmp_path, *options)
    assert "warning" not in text and "remark" not in text
    assert one["tensors"]["x"]["max"] == x.max() and one["frames"] == 150
    two, _ = calibrate(model, tmp_path, *options, "--calibration-levels=0,20")
    assert two["tensors"]["x"]["max"] == pytest.approx(10 * x.max())
    for text in ("loud", "0,,3", "200"):
        process = se.tool("se-compile", model, "-o", tmp_path / "o.elf",
                          "--precision=mixed", *options, f"--calibration-levels={text}")
        assert process.returncode == 1
        assert "--calibration-levels: expected levels in dB" in process.stderr


# --- scales for each frame -----------------------------------------------------------


@pytest.mark.parametrize("recipe", [
    Recipe(cell="lstm", input=12, hidden=10, head="gemm"),
    Recipe(cell="gru0", input=70, hidden=8, head="gemm"),
    Recipe(cell="gru1", input=64, hidden=8, layers=2, head="gemm"),
], ids=lambda r: f"{r.cell}-{r.input}")
@pytest.mark.parametrize("positive", [True, False], ids=["positive", "signed"])
def test_loud_and_quiet(recipe, positive, tmp_path):
    """Frames of any level are computed about as well, on host and simulator alike."""
    model = write_model(tmp_path, recipe)
    x = 0.3 * onnx_models.frames(recipe, 160)
    x = np.abs(x) if positive else x
    np.save(tmp_path / "x.npy", x)
    options = [f"--calibration={tmp_path}/x.npy", "--calibration-levels=-40,0,20"]
    statistics, _ = calibrate(model, tmp_path, *options)
    assert statistics["tensors"]["x"]["frame"] == ([0, 1] if positive else [-1, 1])
    # Bounded by operations, so the same in all frames.
    hidden = [t for n, t in statistics["tensors"].items() if "h" in n and n != "x"]
    assert hidden and not any("frame" in t for t in hidden if max(t["range"]) <= 1)
    flags = ["--precision=mixed", f"--calibration={tmp_path}/statistics.json"]
    elf = se.compile(model, tmp_path / "net.elf", *flags)

    def error(gain, *options):
        y = se.run(model, {"x": gain * x}, ["y"], *options)["y"]
        reference = se.run(model, {"x": gain * x}, ["y"])["y"]
        return np.sqrt(np.mean((y - reference) ** 2) / np.mean((reference - reference.mean(0)) ** 2))

    for gain in (0.1, 1, 10, 30):
        assert error(gain, *flags) < 0.1, gain
    quiet = error(0.1, *flags)
    assert error(0.1, *flags, "--calibration-method=max") > 1.5 * quiet
    for gain in (0.1, 10, 0):
        host = se.run(model, {"x": gain * x[:30]}, ["y"], *flags)
        se.assert_same_bits(se.run(elf, {"x": gain * x[:30]}, ["y"]), host, "device")


def test_frame_scale_in_a_policy(tmp_path):
    """A policy keeps it, and its mistakes are told."""
    recipe = Recipe(cell="lstm", input=12, hidden=10)
    model = write_model(tmp_path, recipe)
    np.save(tmp_path / "x.npy", onnx_models.frames(recipe, 120))
    policy = tmp_path / "policy.json"
    flags = [f"--calibration={tmp_path}/x.npy", "--calibration-levels=-40,0,20"]
    first = se.compile(model, tmp_path / "a.mlir", "--emit=mlir-legalized",
                       "--precision=mixed", *flags, f"--save-policy={policy}").read_text()
    # The scale is one over the peak of the frame, which the screening finds.
    assert first.count("arith.maxnumf %peaks") == 1
    assert json.loads(policy.read_text())["tensors"]["x"]["frame"] == [-1, 1]
    again = se.compile(model, tmp_path / "b.mlir", "--emit=mlir-legalized",
                       f"--precision={policy}").read_text()
    assert again.count("arith.maxnumf %peaks") == 1
    for entry in ({"range": [0, 1], "frame": [0, 2]},
                  {"range": [0, 1], "frame": [0, 0]}, {"range": [0, 1], "level": 2}):
        policy.write_text(json.dumps({"default": "mixed", "tensors": {"x": entry}}))
        process = se.tool("se-compile", model, "-o", tmp_path / "o.elf",
                          f"--precision={policy}")
        assert process.returncode == 1
        assert "tensors: 'x' must be [low, high], or" in process.stderr


def test_frame_scale_within(tmp_path):
    """Of what a recurrent layer reads, where no network input is."""
    mag = np.load(TINY.with_name("tinydenoiser_gru128_golden.npz"))["mag"].reshape(-1, 257)
    np.save(tmp_path / "speech.npy", mag)
    statistics, _ = calibrate(TINY, tmp_path, f"--calibration={tmp_path}/speech.npy",
                              "--calibration-levels=0,20")
    assert statistics["tensors"]["/Relu"]["frame"] == [0, 1]
    flags = ["--precision=mixed", f"--calibration={tmp_path}/statistics.json"]
    elves = [se.compile(TINY, tmp_path / f"{cores}.elf", *flags, f"--cores={cores}")
             for cores in (1, 8)]
    for gain in (1, 10):
        x = {"mag": gain * mag[40:80]}
        host = se.run(TINY, x, ["mask"], *flags)
        se.assert_close(host, se.run(TINY, x, ["mask"]), 0.03, str(gain))
        for elf in elves:
            se.assert_same_bits(se.run(elf, x, ["mask"]), host, elf.name)


def test_methods_of_saved_statistics(tmp_path):
    recipe = Recipe(cell="lstm", input=12, hidden=10)
    model = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 200)
    x[50] *= 50
    np.save(tmp_path / "x.npy", x)
    values, _ = calibrate(model, tmp_path, f"--calibration={tmp_path}/x.npy",
                          "--calibration-method=max")
    assert values["method"] == "max" and values["tensors"]["x"]["range"] == [x.min(), x.max()]
    best = values["tensors"]["x"]["output_error"]
    assert best["range"][1] < 0.6 * x.max(), "rare peaks are cut"
    saved = tmp_path / "statistics.json"
    flags = [f"--calibration={saved}", "--calibration-method=output-error"]
    text = saved.read_text()
    again, _ = calibrate(model, tmp_path, *flags)
    assert again["method"] == "output-error"
    assert again["tensors"]["x"]["range"] == best["range"]
    # Of a version that did not know it.
    old = json.loads(text)
    del old["tensors"]["x"]["output_error"]
    saved.write_text(json.dumps(old))
    process = se.tool("se-compile", model, "-o", tmp_path / "o.elf", "--precision=mixed",
                      *flags)
    assert process.returncode == 1
    assert "do not have what output-error needs: calibrate again" in process.stderr


# --- recordings ------------------------------------------------------------------------


@pytest.mark.parametrize("make, message", [
    (lambda p: write_sound(p, noise(1.2)), r"the recordings have 1\.2 seconds in all"),
    (lambda p: write_sound(p, np.clip(20 * noise(3), -1, 1)), "a.wav is clipped: "),
    (lambda p: write_sound(p, noise(5)) and p.write_bytes(p.read_bytes()[:100044]),
     "a.wav is cut off: 100000 of 160000 bytes of sound are there"),
    (lambda p: write_sound(p, noise(2.5)), None),
])
def test_bad_sound(make, message, tmp_path):
    make(tmp_path / "a.wav")
    _, text = calibrate(TINY, tmp_path, f"--calibration={tmp_path}/a.wav")
    warnings = [line for line in text.splitlines() if line.startswith("warning: ")]
    if message:
        assert len(warnings) == 1 and re.search(message, warnings[0])
    else:
        assert not warnings


def test_few_frames(tmp_path):
    recipe = Recipe(cell="lstm", input=6, hidden=8)
    model = write_model(tmp_path, recipe)
    np.save(tmp_path / "x.npy", onnx_models.frames(recipe, 10))
    _, text = calibrate(model, tmp_path, f"--calibration={tmp_path}/x.npy")
    assert "warning: " in text and "the recordings have 10 frames in all" in text


def test_frontends(tmp_path):
    """What becomes of sound is said; another front end has another spectrum."""
    samples = noise(2.1)
    sound = write_sound(tmp_path / "a.wav", samples)
    flags = [f"--calibration={sound}", "--calibration-levels=0"]
    _, text = calibrate(TINY, tmp_path, *flags)
    assert re.search("remark: .*sound becomes frames of front end 'tinydenoiser'", text)
    values, text = calibrate(TINY, tmp_path, *flags, "--frontend=dtln")
    assert "remark" not in text
    signal = np.pad(np.round(samples * 32767) / 32768, (384, 512))
    count = -(-(len(samples) + 384) // 128)
    blocks = np.stack([signal[128 * t : 128 * t + 512] for t in range(count)])
    assert values["frames"] == count
    assert values["tensors"]["mag"]["max"] == pytest.approx(
        np.abs(np.fft.rfft(blocks)).max(), rel=1e-5)
    process = se.tool("se-compile", TINY, "-o", tmp_path / "o.elf", "--precision=mixed",
                      *flags, "--frontend=mel")
    assert process.returncode == 1
    assert f"{sound}: unknown front end 'mel', expected dtln, nsnet2" in process.stderr


def test_louder_logarithms(tmp_path):
    """Of a front end with logarithms a level is one of the sound, up to full scale."""
    samples = np.random.default_rng(4).uniform(-0.25, 0.25, 34000).astype(np.float32)
    samples[0] = 0.25
    sound = write_sound(tmp_path / "a.wav", samples)
    (tmp_path / "logs.mlir").write_text("""
rnn.network @net inputs(%x = "x" : tensor<161xf32>) outputs("y" : tensor<2xf32>) {
  %w = arith.constant dense<0.01> : tensor<2x161xf32>
  %0 = rnn.matvec %w, %x : tensor<2x161xf32>, tensor<161xf32> -> tensor<2xf32>
  rnn.yield %0 : tensor<2xf32>
}""")
    front_end = denoise_reference.FrontEnd(denoise_reference.load("nsnet2"))
    for levels, gain in (("0", 1), ("-20", 0.1), ("60", 4)):
        values, text = calibrate(tmp_path / "logs.mlir", tmp_path, f"--calibration={sound}",
                                 f"--calibration-levels={levels}")
        assert "sound becomes frames of front end 'nsnet2'" in text
        known = []
        front_end.run(gain * np.pad(np.round(samples * 32767) / 32768, (0, 160)),
                      [lambda x: known.append(x[0]) or [np.ones(161)]])
        found = values["tensors"]["x"]
        assert found["max"] == pytest.approx(np.max(known), abs=1e-3)
        assert found["min"] == pytest.approx(np.min(known), abs=1e-2)
        assert values["frames"] == 214


def write_two_inputs(path):
    """y = tanh(W a + U h + b), with the input b:0 added."""
    random = np.random.default_rng(3)

    def tensor(name, *shape):
        return numpy_helper.from_array(
            random.standard_normal(shape).astype(np.float32), name)

    def value(name, size):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])

    nodes = [
        helper.make_node("MatMul", ["a", "W"], ["p"]),
        helper.make_node("MatMul", ["h", "U"], ["q"]),
        helper.make_node("Add", ["p", "q"], ["r"]),
        helper.make_node("Add", ["r", "b:0"], ["s"]),
        helper.make_node("Tanh", ["s"], ["y"]),
        helper.make_node("Identity", ["y"], ["h_out"]),
    ]
    graph = helper.make_graph(
        nodes, "two", [value("a", 5), value("b:0", 4), value("h", 4)],
        [value("y", 4), value("h_out", 4)], [tensor("W", 5, 4), tensor("U", 4, 4)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)
    return path


def test_folders(tmp_path):
    """Of a network with several inputs, and with a name like that of an input."""
    model = write_two_inputs(tmp_path / "two.onnx")
    random = np.random.default_rng(4)
    for number in range(2):
        folder = tmp_path / "recordings" / f"snr={5 * number}"
        folder.mkdir(parents=True)
        for name, size in (("a", 5), ("b_0", 4)):
            np.save(folder / f"{name}.npy",
                    random.standard_normal((60, size)).astype(np.float32))
    first = tmp_path / "recordings" / "snr=0"
    state = "--state=h=h_out"
    one, _ = calibrate(model, tmp_path, f"--calibration={first}", state)
    named, _ = calibrate(model, tmp_path, state,
                         f"--calibration=a={first}/a.npy,b:0={first}/b_0.npy")
    assert one["tensors"] == named["tensors"]
    both, _ = calibrate(model, tmp_path, f"--calibration={tmp_path}/recordings", state)
    assert both["frames"] == 120
    (first / "b_0.npy").unlink()
    process = se.tool("se-compile", model, "-o", tmp_path / "o.elf", "--precision=mixed",
                      f"--calibration={first}", state)
    assert process.returncode == 1 and "a.npy, b:0.npy" in process.stderr
    # One input.
    recipe = Recipe(cell="lstm", input=6, hidden=8)
    model = write_model(tmp_path, recipe)
    folder = tmp_path / "snr=5"
    folder.mkdir()
    np.save(folder / "x.npy", onnx_models.frames(recipe, 110))
    whole, _ = calibrate(model, tmp_path, f"--calibration={folder}")
    single, _ = calibrate(model, tmp_path, f"--calibration={folder}/x.npy")
    assert whole["tensors"] == single["tensors"]


# --- whole recordings ---------------------------------------------------------------------


def write_running_mean(path, keep=0.998, size=12):
    """The input less its running mean, into a GRU: in f16 the mean may stall."""
    random = np.random.default_rng(5)
    hidden = 8

    def constant(name, value):
        return numpy_helper.from_array(np.asarray(value, np.float32), name)

    def value(name, *shape):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    nodes = [
        helper.make_node("Mul", ["mean", "keep"], ["old"], name="old"),
        helper.make_node("Mul", ["x", "take"], ["new"], name="new"),
        helper.make_node("Add", ["old", "new"], ["mean_out"], name="mean"),
        helper.make_node("Sub", ["x", "mean_out"], ["d"], name="sub"),
        helper.make_node("Mul", ["d", "small"], ["f"], name="scale"),
        helper.make_node("GRU", ["f", "W", "R", "b", "", "h"], ["seq", "h_out"],
                         hidden_size=hidden, linear_before_reset=1, name="gru"),
        helper.make_node("Squeeze", ["seq", "axes"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes, "mean",
        [value("x", 1, 1, size), value("mean", 1, 1, size), value("h", 1, 1, hidden)],
        [value("y", 1, hidden), value("mean_out", 1, 1, size),
         value("h_out", 1, 1, hidden)],
        [constant("keep", keep), constant("take", 1 - keep), constant("small", 1 / 40),
         constant("W", 0.4 * random.standard_normal((1, 3 * hidden, size))),
         constant("R", 0.3 * random.standard_normal((1, 3 * hidden, hidden))),
         constant("b", np.zeros((1, 6 * hidden))),
         numpy_helper.from_array(np.array([0, 1], np.int64), "axes")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.save(model, path)
    return path


def test_auto_over_whole_recordings(tmp_path):
    """A loss that comes late is seen: the policy holds to the end."""
    model = write_running_mean(tmp_path / "mean.onnx")
    random = np.random.default_rng(6)
    x = (8 * random.standard_normal((3000, 12)) - 70).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    policy = tmp_path / "policy.json"
    states = ["--state=mean=mean_out", "--state=h=h_out"]
    process = se.run_tool(
        "se-compile", model, "-o", tmp_path / "net.elf", "--precision=auto", *states,
        f"--calibration={tmp_path}/x.npy", f"--save-policy={policy}")
    assert re.search(r"over whole recordings: loss 0\.\d+, by quarters of their time( \d\.\d+){4}\n",
                     process.stdout)
    reference = se.run(model, {"x": x}, ["y"], *states)["y"]
    y = se.run(model, {"x": x}, ["y"], f"--precision={policy}", *states)["y"]
    loss = np.sqrt(np.sum((y - reference) ** 2.0) / np.sum(reference**2.0))
    assert loss < 0.05
    last = slice(2250, None)
    late = np.sqrt(np.sum((y[last] - reference[last]) ** 2.0) / np.sum(reference[last] ** 2.0))
    assert late < 0.06


def test_ranges_that_are_left(tmp_path):
    """Once for each tensor, with the file where it goes farthest."""
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    from se_mlir.evaluate._ranges import warn_of_ranges

    quiet = write_sound(tmp_path / "quiet.wav", noise(2.5, gain=0.02))
    loud = write_sound(tmp_path / "loud.wav", noise(1, seed=1, gain=0.2))
    louder = write_sound(tmp_path / "louder.wav", noise(1, seed=1, gain=0.3))
    statistics = tmp_path / "statistics.json"
    with pytest.warns() as caught:
        se_mlir.calibrate(TINY, quiet, output=statistics, levels=[0], method="max")
        warn_of_ranges([str(TINY)], [str(statistics)], [quiet, loud, louder], (), None)
    found = [str(w.message) for w in caught if "reaches" in str(w.message)]
    assert len(found) == 1, "states of the GRU are bounded"
    assert re.search(r"'mag' reaches [\d.]+ in louder.wav, 1\d\.\d times its calibrated "
                     "range", found[0])
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        se_mlir.calibrate(TINY, quiet, output=statistics, levels=[0, 25], method="max")
        warn_of_ranges([str(TINY)], [str(statistics)], [quiet, loud, louder], (), None)


def test_states_that_grow(tmp_path):
    """A state that nothing bounds is seen to leave its range."""
    se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
    from se_mlir import _native

    recipe = Recipe(cell="gru1", input=8, hidden=12, head="gemm",
                    activations=("Sigmoid", "Relu"), scale=0.3)
    model = write_model(tmp_path, recipe)
    x = np.abs(onnx_models.frames(recipe, 300))
    np.save(tmp_path / "short.npy", x[:5])
    np.save(tmp_path / "long.npy", 3 * x)
    short, long = json.loads(_native.observe(
        str(model), [str(tmp_path / "short.npy"), str(tmp_path / "long.npy")], []))
    assert "x" in short and set(short) == set(long)
    assert short["x"][1] == x[:5].max()
    states = set(short) - {"x"}
    assert states and all(long[s][1] > 1.25 * short[s][1] for s in states)
    with pytest.raises(se_mlir.Error, match="found what is no array"):
        se_mlir.HostNetwork(model).run({"x": [[1.0, 2.0], [3.0]]})


def make_integrator(folder):
    """An LSTM whose c only grows: forget gates near 1, inputs that are positive."""
    random = np.random.default_rng(3)
    inputs, hidden = 8, 16
    shapes = {"W": (1, 4 * hidden, inputs), "R": (1, 4 * hidden, hidden),
              "B": (1, 8 * hidden)}
    weights = {name: random.uniform(-0.25, 0.25, shape).astype(np.float32)
               for name, shape in shapes.items()}
    weights["B"][0, 2 * hidden:3 * hidden] += 4  # i, o, f, c
    weights["fc"] = random.standard_normal((hidden, 4)).astype(np.float32)
    weights["axes"] = np.array([1])
    ports = {name: [1, 1, size] for name, size in
             (("x", inputs), ("h", hidden), ("c", hidden), ("h_next", hidden),
              ("c_next", hidden), ("y", 4))}
    infos = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
             for name, shape in ports.items()}
    nodes = [
        helper.make_node("LSTM", ["x", "W", "R", "B", "", "h", "c"],
                         ["all", "h_next", "c_next"], hidden_size=hidden, name="lstm"),
        helper.make_node("Squeeze", ["all", "axes"], ["flat"]),
        helper.make_node("MatMul", ["flat", "fc"], ["y"], name="fc"),
    ]
    graph = helper.make_graph(
        nodes, "net", [infos[n] for n in ("x", "h", "c")],
        [infos[n] for n in ("y", "h_next", "c_next")],
        [numpy_helper.from_array(array, name) for name, array in weights.items()])
    path = folder / "net.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)],
                                ir_version=8), path)
    return path


@pytest.mark.parametrize("precision", ["mixed", "int8"])
def test_state_beyond_its_recordings(precision, tmp_path):
    """The recordings show all inputs, but not how far the state gets in the end."""
    model = make_integrator(tmp_path)
    x = np.random.default_rng(4).uniform(0, 2, (400, 1, 1, 8)).astype(np.float32)
    x[0] = 2
    np.save(tmp_path / "short.npy", x[:10])
    states = ["--state", "h=h_next", "--state", "c=c_next"]
    expected = se.run(model, {"x": x}, ["y"], *states)["y"]
    options = [f"--precision={precision}", f"--calibration=x={tmp_path}/short.npy", *states]
    found = se.run(model, {"x": x}, ["y"], *options)
    program = se.compile(model, tmp_path / "net.elf", *options)
    se.assert_same_bits(found, se.run(program, {"x": x}, ["y"]), "host and simulator")
    assert np.abs(found["y"] - expected).max() < 0.05 * np.abs(expected).max()
