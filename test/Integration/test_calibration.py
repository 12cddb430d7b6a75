# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Calibration from recordings, and the policies int8 and mixed: statistics against
numpy, host against simulator, signals that are nothing like the recordings."""

import functools
import json
import re
import wave

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

METHODS = ["output-error", "max", "percentile", "percentile:99", "mse", "kl"]
POLICIES = ["mixed", "int8"]
RECIPES = {
    "lstm": Recipe(cell="lstm", input=12, hidden=20, layers=2, head="gemm"),
    "gru0": Recipe(cell="gru0", input=12, hidden=20, head="gemm"),
    "gru1": Recipe(cell="gru1", input=7, hidden=9, layers=2, head="matmul"),
    # States that nothing bounds.
    "relu": Recipe(cell="gru1", input=8, hidden=12, head="gemm",
                   activations=("Sigmoid", "Relu"), scale=0.3),
}
TINY = se.SOURCE / "models" / "tinydenoiser_gru128.onnx"


def write_model(folder, recipe):
    path = folder / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    return path


def calibrate(path, recordings, folder, *options):
    """The file of statistics."""
    arguments = []
    for i, frames in enumerate(recordings):
        np.save(folder / f"recording{i}.npy", np.ascontiguousarray(frames, np.float32))
        arguments.append(f"--calibration={folder}/recording{i}.npy")
    saved = folder / "statistics.json"
    process = se.run_tool("se-compile", path, "-o", folder / "net.mlir",
                          "--emit=mlir-legalized", "--precision=mixed",
                          *arguments, f"--save-calibration={saved}", *options)
    for i, frames in enumerate(recordings):
        assert (f"calibrating {i + 1}/{len(recordings)}: {folder}/recording{i}.npy, "
                f"{len(frames)} frames" in process.stderr)
    return saved


def run_both(path, policy, statistics, inputs, outputs, folder, *options):
    """The host's results, after comparing the simulator's."""
    flags = [f"--precision={policy}", f"--calibration={statistics}"]
    host = se.run(path, inputs, outputs, *flags)
    elf = se.compile(path, folder / "net.elf", *flags, *options)
    se.assert_same_bits(se.run(elf, inputs, outputs), host, "simulator and host")
    return host


# --- statistics ------------------------------------------------------------------


def test_statistics(tmp_path):
    """Against what fp32 gives for the tensors that are outputs."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    recordings = [onnx_models.frames(recipe, 40), 3 * onnx_models.frames(recipe, 25)]
    values = json.loads(calibrate(path, recordings, tmp_path).read_text())
    assert values["frames"] == 65
    assert [name.rsplit("/")[-1] for name in values["files"]] == [
        "recording0.npy", "recording1.npy"]
    # Each recording starts from the reset values.
    states = {k: v for k, v in recipe.state_names.items()}
    expected = [onnx_models.evaluate(recipe, x) for x in recordings]
    tensors = values["tensors"]
    x = np.concatenate([r.reshape(-1) for r in recordings])
    assert tensors["x"]["min"] == pytest.approx(x.min())
    assert tensors["x"]["max"] == pytest.approx(x.max())
    assert tensors["x"]["range"] == [tensors["x"]["min"], tensors["x"]["max"]]
    histogram = tensors["x"]["histogram"]
    assert sum(histogram["counts"]) == x.size
    width = 2 * histogram["limit"] / 2048
    counts, _ = np.histogram(x, 2048, (-histogram["limit"], histogram["limit"]))
    first = histogram["first"]
    assert histogram["counts"] == counts[first : first + len(histogram["counts"])].tolist()
    assert width < 0.02
    for name in states:
        assert name in tensors
    y = np.concatenate([np.asarray(e["y"] if isinstance(e, dict) else e).reshape(-1)
                        for e in expected])
    named = [t for t in tensors.values()
             if t["min"] == pytest.approx(y.min(), rel=1e-4)
             and t["max"] == pytest.approx(y.max(), rel=1e-4)]
    assert named, f"no tensor from {y.min()} to {y.max()}"


@pytest.mark.parametrize("method", METHODS)
def test_methods(method, tmp_path):
    """The range of a tensor with an outlier, which is in the IR, too."""
    recipe = Recipe(cell="lstm", input=24, hidden=20)
    path = write_model(tmp_path, recipe)
    random = np.random.default_rng(1)
    x = random.standard_normal((1000, 24)).astype(np.float32)
    x[17, 3] = 60
    saved = calibrate(path, [x], tmp_path, f"--calibration-method={method}")
    values = json.loads(saved.read_text())
    assert values["method"] == ("percentile:99.99" if method == "percentile" else method)
    low, high = values["tensors"]["x"]["range"]
    if method == "max":
        assert (low, high) == (x.min(), 60)
    elif method == "mse":
        assert high > 50, "one large error is worse than many small ones"
    else:
        assert 2 < high < 30, "the outlier is cut off"
    if "frame" in values["tensors"]["x"]:
        assert method == "output-error"
        return
    # With a zero point if that makes the scale smaller by a quarter.
    scale, span = max(-low, high) / 127, (high - low) / 254
    scale = span if span <= 0.75 * scale else scale
    text = (tmp_path / "net.mlir").read_text()
    found = float(re.search(r"rnn.quantize %\w+ scale (\S+) .*x24xf32>", text)[1])
    assert found == pytest.approx(scale, rel=1e-6)


def test_saved_statistics(tmp_path):
    """Can be used again, by another method, and edited."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 50)
    saved = calibrate(path, [x], tmp_path)
    first = (tmp_path / "net.mlir").read_text()

    def scales(text):
        """Of all that is quantized; names of constants differ."""
        return re.findall(r"scale (\S+ (?:zero_point \S+)?)", text)

    def compile(statistics, *options):
        return scales(se.compile(path, tmp_path / "again.mlir", "--emit=mlir-legalized",
                                 "--precision=mixed", f"--calibration={statistics}",
                                 *options).read_text())

    first = scales(first)
    assert len(first) > 3 and compile(saved) == first
    assert compile(saved, "--calibration-method=percentile:90") != first
    values = json.loads(saved.read_text())
    values["tensors"]["x"]["range"] = [-12.7, 12.7]
    edited = tmp_path / "edited.json"
    edited.write_text(json.dumps(values))
    assert "1.000000e-01 " in compile(edited)
    # A policy may hold the ranges.
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"default": "mixed", "tensors": {
        k: v["range"] for k, v in values["tensors"].items()}}))
    again = se.compile(path, tmp_path / "policy.mlir", "--emit=mlir-legalized",
                       f"--precision={policy}").read_text()
    assert scales(again) == compile(edited)


def test_sound_and_folders(tmp_path):
    """A folder of sound gives what its files give one by one."""
    folder = tmp_path / "sounds"
    folder.mkdir()
    random = np.random.default_rng(2)
    for i in range(2):
        with wave.open(str(folder / f"{i}.wav"), "wb") as file:
            file.setparams((1, 2, 16000, 0, "NONE", ""))
            file.writeframes(random.integers(-3000, 3000, 8000, np.int16).tobytes())
    (folder / "notes.txt").write_text("not a recording")

    def get(*paths):
        saved = tmp_path / "statistics.json"
        se.run_tool("se-compile", TINY, "-o", tmp_path / "net.mlir",
                    "--emit=mlir-legalized", "--precision=mixed",
                    *(f"--calibration={p}" for p in paths),
                    f"--save-calibration={saved}")
        return json.loads(saved.read_text())

    whole = get(folder)
    assert whole == get(folder / "0.wav", folder / "1.wav")
    assert whole["frames"] == 2 * 2 * 83, "two files at two levels, 80 hops and 3 late ones"
    assert whole["tensors"]["mag"]["min"] >= 0
    assert set(whole["tensors"]) > {"mag", "rnn0_h_in", "rnn1_h_in"}


def test_silence_is_warned_of(tmp_path):
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    np.save(tmp_path / "zero.npy", np.zeros((5, 12), np.float32))
    process = se.run_tool("se-compile", path, "-o", tmp_path / "net.elf",
                          "--precision=mixed", f"--calibration={tmp_path}/zero.npy")
    assert "warning: " in process.stderr
    assert "tensor 'x' is 0 in all 5 frames" in process.stderr


# --- errors ----------------------------------------------------------------------


@pytest.fixture
def network(tmp_path):
    return write_model(tmp_path, RECIPES["lstm"])


def save(path, array):
    np.save(path, np.asarray(array, np.float32))


@pytest.mark.parametrize("make, message", [
    (lambda p: save(p, np.zeros((0, 12))), "there is no frame in it"),
    (lambda p: save(p, np.zeros((4, 11))),
     r"expected shape \[frames, 12\] for x, found \[4, 11\]"),
    (lambda p: save(p, [[0] * 12, [0] * 7 + [np.nan] + [0] * 4]),
     "element 7 of x in frame 1 is NaN"),
    (lambda p: save(p, [[np.inf] + [0] * 11]), "element 0 of x in frame 0 is infinite"),
    (lambda p: p.write_text("x"), "frames.npy"),
    (lambda p: None, "No such file"),
    (lambda p: p.mkdir(), "has no .wav, .flac or .npy file"),
])
def test_bad_recordings(make, message, network, tmp_path):
    path = tmp_path / "frames.npy"
    make(path)
    expect_error(network, tmp_path, f"--calibration={path}", text=message)


@pytest.mark.parametrize("options, message", [
    ([], r"mixed: layer 'rnn0': no scale for tensor 'x': give --calibration"),
    (["--calibration-method=min"], "unknown method 'min'"),
    (["--calibration=STATISTICS", "--calibration=STATISTICS"],
     "goes with no other file"),
    (["--calibration=MODEL"], "net.onnx"),
    (["--calibration=FRAMES", "--save-calibration=/no/such/folder/x.json"],
     "cannot write '/no/such/folder/x.json'"),
    (["--calibration=x=FRAMES,z=FRAMES"], "z=.*the network has no such port"),
    (["--calibration=SOUND"], r"sound becomes frames of a front end .*tinydenoiser \[257\]"),
])
def test_bad_options(options, message, network, tmp_path):
    frames = onnx_models.frames(RECIPES["lstm"], 110)
    saved = calibrate(network, [frames], tmp_path)
    (tmp_path / "net.mlir").unlink()
    places = {"STATISTICS": saved, "MODEL": network, "SOUND": tmp_path / "sound.wav",
              "FRAMES": tmp_path / "recording0.npy"}
    for name, place in places.items():
        options = [o.replace(name, str(place)) for o in options]
    if "method" in str(options):
        options = [*options, f"--calibration={places['FRAMES']}"]
    expect_error(network, tmp_path, *options, text=message)


def test_overflow(tmp_path):
    """Frames that take the network itself beyond f32."""
    path = tmp_path / "net.mlir"
    path.write_text("""rnn.network @square inputs(%x = "x" : tensor<8xf32>)
        outputs("y" : tensor<8xf32>) {
      %0 = arith.mulf %x, %x : tensor<8xf32>
      rnn.yield %0 : tensor<8xf32>
    }""")
    save(tmp_path / "frames.npy", np.full((4, 8), 3e38))
    expect_error(path, tmp_path, f"--calibration={tmp_path}/frames.npy",
                 text="tensor '.*' is not finite in frame 0")


def test_other_network(network, tmp_path):
    """Statistics of another network have no range for a tensor of this one."""
    frames = onnx_models.frames(RECIPES["relu"], 4)
    other = tmp_path / "other"
    other.mkdir()
    saved = calibrate(write_model(other, RECIPES["relu"]), [frames], other)
    values = json.loads(saved.read_text())
    del values["tensors"]["x"]
    saved.write_text(json.dumps(values))
    expect_error(network, tmp_path, f"--calibration={saved}",
                 text="no scale for tensor 'x'")


def test_chosen_precision(tmp_path, network):
    """A module whose precision has been chosen."""
    module = tmp_path / "fp16.mlir"
    se.compile(network, module, "--precision=fp16", "--emit=mlir-legalized")
    frames = tmp_path / "frames.npy"
    save(frames, np.zeros((2, 12)))
    expect_error(module, tmp_path, f"--calibration={frames}",
                 text="phase 'legalized' cannot be calibrated")


def expect_error(network, folder, *options, text):
    output = folder / "out.elf"
    process = se.tool("se-compile", network, "-o", output, "--precision=mixed", *options)
    # Recordings of a few frames get a warning.
    errors = [l for l in process.stderr.splitlines()
              if not l.startswith(("calibrating", "warning: "))]
    assert process.returncode == 1 and len(errors) == 1, process.stderr
    assert re.search(text, errors[0]), process.stderr
    assert not output.exists()


# --- policies --------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", RECIPES)
def test_policies(name, policy, tmp_path):
    """Simulator and host have the same bits, any number of cores, and results are
    near those of fp32."""
    recipe = RECIPES[name]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 60)
    saved = calibrate(path, [x], tmp_path)
    results = [
        run_both(path, policy, saved, {"x": x}, ["y"], tmp_path, f"--cores={cores}")
        for cores in (1, 8)
    ]
    se.assert_same_bits(results[0], results[1], "1 and 8 cores")
    reference = se.run(path, {"x": x}, ["y"])
    se.assert_close(results[0], reference, 0.1, policy)
    error = np.abs(results[0]["y"] - reference["y"]).max()
    assert error > 1e-5, "integers leave a trace"


@pytest.mark.parametrize("cell_state", ["fp16", "fp32", "int16"])
def test_cell_state(cell_state, tmp_path):
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 60)
    saved = calibrate(path, [x], tmp_path)
    policy = tmp_path / "policy.json"
    policy.write_text(json.dumps({"default": "mixed", "cell_state": cell_state}))
    text = se.compile(path, tmp_path / "net.mlir", "--emit=mlir-legalized",
                      f"--precision={policy}", f"--calibration={saved}").read_text()
    element = {"fp16": "f16", "fp32": "f32", "int16": "i16"}[cell_state]
    assert f'%rnn0_c_in = "rnn0_c_in" : tensor<1x1x20x{element}>' in text
    host = run_both(path, policy, saved, {"x": x}, ["y"], tmp_path)
    se.assert_close(host, se.run(path, {"x": x}, ["y"]), 0.05, cell_state)


def test_int8_covers_all(tmp_path):
    """All matrices; what leaves the network is no integer."""
    recipe = Recipe(cell="lstm", input=12, hidden=20, layers=2, head="gemm", outputs=40)
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 60)
    saved = calibrate(path, [x], tmp_path)
    flags = ["--precision=int8", f"--calibration={saved}"]
    text = se.compile(path, tmp_path / "net.mlir", "--emit=mlir-legalized",
                      *flags).read_text()
    matvecs = [l for l in text.splitlines() if "rnn.matvec" in l]
    assert len(matvecs) == 5 and all("i32>" in l for l in matvecs)
    found = se.run(path, {"x": x}, ["y"], *flags)
    assert len(np.unique(found["y"])) > 255
    se.assert_close(found, se.run(path, {"x": x}, ["y"]), 0.05, "int8")


@functools.cache
def get_statistics(folder):
    random = np.random.default_rng(3)
    magnitudes = random.exponential(0.5, (200, 257)) * random.exponential(1, (200, 1))
    return calibrate(TINY, [magnitudes], folder)


@pytest.fixture(scope="module")
def tiny_statistics(tmp_path_factory):
    return get_statistics(tmp_path_factory.mktemp("tiny"))


def signal(kind, frames):
    random = np.random.default_rng(4)
    if kind == "silence":
        return np.zeros((frames, 257), np.float32)
    if kind == "noise":
        return np.abs(random.standard_normal((frames, 257)) * 10).astype(np.float32)
    if kind == "spikes":
        return (random.random((frames, 257)) > 0.999).astype(np.float32) * 1e4
    # A square wave of 250 Hz at full scale: harmonics of 1 / n, window of 400.
    line = np.zeros(257, np.float32)
    for harmonic in range(1, 32, 2):
        line[8 * harmonic] = 127 / harmonic
    return np.tile(line, (frames, 1))


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("kind", ["silence", "noise", "spikes", "square"])
def test_any_signal(kind, policy, tiny_statistics, tmp_path):
    """Frames of what calibration has never seen, then silence: masks stay masks, and
    the network comes back to what it does in silence."""
    x = np.concatenate([signal(kind, 1000), signal("silence", 1000)])
    flags = [f"--precision={policy}", f"--calibration={tiny_statistics}"]
    y = se.run(TINY, {"mag": x}, ["mask"], *flags)["mask"]
    assert np.isfinite(y).all() and y.min() >= 0 and y.max() <= 1
    rest = se.run(TINY, {"mag": x[-1000:]}, ["mask"], *flags)["mask"][-100:]
    reference = se.run(TINY, {"mag": x}, ["mask"])["mask"]
    # The fp32 network itself may remember; the integers do not remember more.
    remembered = np.abs(reference[-100:] - reference[-1]).max()
    assert np.abs(y[-100:] - rest).max() <= remembered + 0.1


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", RECIPES)
def test_no_drift(name, policy, tmp_path):
    """10,000 frames: simulator and host have the same bits to the end, and the
    last are as near to fp32 as the first."""
    recipe = RECIPES[name]
    path = write_model(tmp_path, recipe)
    x = np.tile(onnx_models.frames(recipe, 500), (20, 1))
    saved = calibrate(path, [x[:500]], tmp_path)
    y = run_both(path, policy, saved, {"x": x}, ["y"], tmp_path)["y"]
    reference = se.run(path, {"x": x}, ["y"])["y"]
    error = np.sqrt(np.mean((y - reference) ** 2, axis=1))
    assert np.isfinite(y).all()
    assert error[-500:].mean() < 1.05 * error[500:1000].mean() + 1e-6


@pytest.mark.parametrize("policy", POLICIES)
def test_trained_network(policy, tiny_statistics, tmp_path):
    random = np.random.default_rng(5)
    x = (random.exponential(0.5, (300, 257)) *
         random.exponential(1, (300, 1))).astype(np.float32)
    y = run_both(TINY, policy, tiny_statistics, {"mag": x}, ["mask"], tmp_path)["mask"]
    reference = se.run(TINY, {"mag": x}, ["mask"])["mask"]
    error = np.sqrt(np.mean((y - reference) ** 2, axis=1))
    assert error.mean() < {"mixed": 0.01, "int8": 0.05}[policy]


# --- search ----------------------------------------------------------------------


def compile_auto(path, frames, folder, *options):
    """The printed table, and the policy."""
    save(folder / "frames.npy", frames)
    process = se.run_tool("se-compile", path, "-o", folder / "net.elf",
                          "--precision=auto", f"--calibration={folder}/frames.npy",
                          f"--save-policy={folder}/policy.json",
                          f"--report={folder}/report.json", *options)
    lines = process.stdout.splitlines()[1:-1]
    rows = [re.match(r"(..) +(\d+) +(\d+) +([0-9.]+) +(.*)", line) for line in lines]
    # Lines of trends stand between them.
    return [(r[1].strip(), int(r[2]), int(r[3]), float(r[4]), r[5]) for r in rows if r]


def test_auto(tmp_path):
    """The table's figures are those of what the policy makes."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 100)
    rows = compile_auto(path, x, tmp_path, "--max-loss=0.01")
    cycles = [r[1] for r in rows]
    assert cycles == sorted(cycles)
    (chosen,) = [r for r in rows if r[0] == "->"]
    assert chosen[3] <= 0.01
    assert all(r[1] >= chosen[1] for r in rows if r[3] <= 0.01)
    (fp16,) = [r for r in rows if r[4] == "none"]
    assert fp16[3] < 1e-3 and fp16[1] >= chosen[1]
    assert min(r[2] for r in rows) < 0.7 * fp16[2]

    report = json.loads((tmp_path / "report.json").read_text())
    assert report["predicted"]["cycles_per_frame"] == chosen[1]
    policy = tmp_path / "policy.json"
    y = se.run(path, {"x": x}, ["y"], f"--precision={policy}")["y"]
    reference = se.run(path, {"x": x}, ["y"])["y"]
    loss = np.sqrt(np.sum((y - reference) ** 2.0) / np.sum(reference**2.0))
    assert loss == pytest.approx(chosen[3], abs=6e-5)
    elf = tmp_path / "net.elf"
    se.assert_same_bits(se.run(elf, {"x": x}, ["y"]), {"y": y}, "simulator and host")


def test_auto_without_bound(tmp_path):
    """The fastest of all is chosen, whatever it loses."""
    recipe = RECIPES["gru0"]
    path = write_model(tmp_path, recipe)
    rows = compile_auto(path, onnx_models.frames(recipe, 50), tmp_path, "--max-loss=1",
                        "--search-frames=20")
    (chosen,) = [r for r in rows if r[0] == "->"]
    assert chosen[1] == min(r[1] for r in rows)
    assert chosen[4] != "none" and "all" in [r[4] for r in rows]


def test_auto_takes_fp32(tmp_path):
    """If not even fp16 is good enough."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 100)
    rows = compile_auto(path, x, tmp_path, "--max-loss=0")
    (chosen,) = [r for r in rows if r[0] == "->"]
    assert chosen[3] == 0 and "; fp32: " in chosen[4]
    y = se.run(path, {"x": x}, ["y"], f"--precision={tmp_path}/policy.json")
    se.assert_same_bits(y, se.run(path, {"x": x}, ["y"]), "all in fp32")


@pytest.mark.parametrize("options, message", [
    ([], "--precision=auto needs recordings: give --calibration"),
    (["--calibration=STATISTICS"], "needs recordings, not their statistics"),
])
def test_bad_search(options, message, network, tmp_path):
    frames = onnx_models.frames(RECIPES["lstm"], 4)
    saved = calibrate(network, [frames], tmp_path)
    options = [o.replace("STATISTICS", str(saved))
               .replace("FRAMES", f"{tmp_path}/recording0.npy") for o in options]
    process = se.tool("se-compile", network, "-o", tmp_path / "out.elf",
                      "--precision=auto", *options)
    assert process.returncode == 1 and re.search(message, process.stderr)
    assert not (tmp_path / "out.elf").exists()


def test_sizes(tmp_path):
    """Of the report, against what the recipe says."""
    recipe = RECIPES["lstm"]
    path = write_model(tmp_path, recipe)
    x = onnx_models.frames(recipe, 20)
    saved = calibrate(path, [x], tmp_path)
    i, n, out = recipe.input, recipe.hidden, recipe.outputs
    recurrent = 4 * n * (i + n) + 4 * n * (n + n)
    biases = 2 * 4 * n + out

    def sizes(precision):
        report = tmp_path / "report.json"
        se.compile(path, tmp_path / "net.elf", f"--precision={precision}",
                   f"--calibration={saved}", f"--report={report}")
        return json.loads(report.read_text())["sizes"]

    for precision, width in (("fp32", 4), ("fp16", 2)):
        parameters = sizes(precision)["parameters"]
        assert parameters["matrices"] == {
            "elements": recurrent + out * n, "bytes": width * (recurrent + out * n)}
        assert parameters["vectors"]["elements"] == biases
        assert parameters["scales"]["bytes"] == 0
        assert parameters[f"{precision}_bytes"] == width * (recurrent + out * n + biases)
    mixed = sizes("mixed")
    assert mixed["parameters"]["matrices"]["bytes"] == recurrent + 2 * out * n
    assert mixed["states"] == {"elements": 4 * n, "bytes": 2 * n + 2 * 2 * n}
    assert 0 < mixed["parameters"]["scales"]["elements"] <= 2 * 2 * 4 * n
    # The head is too small for int8 to pay (--rnn-weigh-layers).
    assert sizes("int8")["parameters"]["matrices"]["bytes"] == recurrent + 2 * out * n


@pytest.mark.parametrize("precision", ["mixed", "int8", "auto"])
def test_what_does_not_fit_is_found_first(precision, tmp_path):
    """States and activations that no precision makes small enough: said before the
    recordings run."""
    path = tmp_path / "net.mlir"
    kind = "tensor<40000xf32>"
    path.write_text(f"""
rnn.network @net inputs(%x = "x" : tensor<4xf32>)
    states(%h = "h" : {kind} reset dense<0.0> : {kind}, %g = "g" : {kind} reset dense<0.0> : {kind})
    outputs("y" : tensor<2xf32>) {{
  %W = arith.constant dense<[[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 0.5, 1.0]]> : tensor<2x4xf32>
  %0 = rnn.matvec %W, %x : tensor<2x4xf32>, tensor<4xf32> -> tensor<2xf32>
  %1 = arith.addf %h, %g : {kind}
  rnn.yield %0 : tensor<2xf32> next %1, %h : {kind}, {kind}
}}
""")
    np.save(tmp_path / "x.npy", np.ones((50, 4), np.float32))
    process = se.tool("se-compile", path, "-o", tmp_path / "n.elf",
                      f"--precision={precision}", f"--calibration={tmp_path}/x.npy")
    assert process.returncode == 1 and "calibrating" not in process.stderr
    assert re.search(r"net.mlir:2:1: network does not fit: memory l1 exceeded by \d+ bytes "
                     r"\(\d+ needed for states and activations even in int8, \d+ available\) "
                     r"on target pulp-open\n$", process.stderr)
