# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sound, front ends and evaluation of the Python package."""

import base64
import csv
import io
import json
import math
import subprocess
import sys
import wave

import numpy as np
import pytest

import se
from pages import Page, number

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from se_mlir import audio, evaluate, frontends  # noqa: E402

MODEL = se.SOURCE / "models/tinydenoiser_lstm128.onnx"
CORE = se.SHARED / "core"
RATE = 16000


def speech(seconds, seed):
    """Harmonics of a gliding pitch in syllables, which the measures take for
    speech."""
    random = np.random.default_rng(seed)
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = 120 + 30 * np.sin(2 * np.pi * 0.7 * t + seed)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 3 * t), 0, None)
    return (0.1 * voice * syllables + 1e-4 * random.standard_normal(len(t))).astype(
        np.float32
    )


def make_pairs(folder, count=2, seconds=1.3):
    for kind in ("noisy", "clean"):
        (folder / kind).mkdir(parents=True)
    for i in range(count):
        clean = speech(seconds, i)
        noise = 0.03 * np.random.default_rng(i + 10).standard_normal(len(clean))
        audio.write_wav(folder / f"clean/{i}.wav", clean)
        audio.write_wav(folder / f"noisy/{i}.wav", clean + noise)
    return folder


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return make_pairs(tmp_path_factory.mktemp("pairs"))


def command(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "se_mlir.evaluate", *map(str, arguments)],
        capture_output=True, text=True, timeout=300,
    )


def folders(pairs):
    return ["--noisy", pairs / "noisy", "--clean", pairs / "clean"]


# Sound.


def test_wav(tmp_path):
    samples = speech(0.2, 0)
    audio.write_wav(tmp_path / "a.wav", samples)
    read = audio.read_wav(tmp_path / "a.wav")
    assert read.dtype == np.float32 and np.abs(read - samples).max() <= 1 / 32768
    with pytest.raises(se_mlir.Error) as error:
        audio.read_wav(tmp_path / "b.wav")
    assert str(error.value).startswith(f"{tmp_path}/b.wav: ")


def test_spectrum():
    samples = speech(0.3, 1)
    padded = np.pad(samples.astype(np.float64), 256)
    window = np.zeros(512)
    window[56:456] = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    frames = np.lib.stride_tricks.sliding_window_view(padded, 512)[::100]
    expected = np.fft.rfft(frames * window)
    spectrum = audio.analyze(samples)
    assert spectrum.dtype == np.complex64 and spectrum.shape == expected.shape
    assert np.abs(spectrum - expected).max() < 1e-5
    assert np.allclose(audio.get_magnitudes(spectrum), np.abs(expected), atol=1e-5)
    assert np.abs(audio.synthesize(spectrum, len(samples)) - samples).max() < 1e-6
    with pytest.raises(ValueError):
        audio.synthesize(spectrum, len(samples) + 100)


def si_snr(estimate, reference):
    a, b = (x.astype(np.float64) - x.mean(dtype=np.float64)
            for x in (estimate, reference))
    target = (a @ b) / (b @ b) * b
    return 10 * np.log10((target @ target) / ((a - target) @ (a - target)))


def test_si_snr():
    random = np.random.default_rng(2)
    reference = random.standard_normal(4000).astype(np.float32)
    for noise in (0.1, 1, 10):
        estimate = 3 * reference + 1 + noise * random.standard_normal(4000)
        estimate = estimate.astype(np.float32)
        expected = si_snr(estimate, reference)
        assert audio.get_si_snr(estimate, reference) == pytest.approx(expected, abs=1e-4)
    assert audio.get_si_snr(reference, reference) == math.inf
    with pytest.raises(ValueError):
        audio.get_si_snr(reference, reference[1:])


# Front ends.


def test_tinydenoiser(pairs, tmp_path):
    """Program and host make the same of a recording, and what the program between
    samples makes of it, but for its first hops: that one has heard what comes before."""
    elf, app, wav = tmp_path / "net.elf", tmp_path / "app.elf", tmp_path / "out.wav"
    se_mlir.compile(MODEL, elf, precision="fp16")
    se.compile(MODEL, app, "--app=denoise", "--precision=fp16")
    noisy = pairs / "noisy/0.wav"
    se.run_tool("se-denoise", app, "--in", noisy, "--out", wav)
    denoised = audio.read_wav(wav)
    sounds = []
    for network in (se_mlir.Program(elf), se_mlir.HostNetwork(MODEL, "fp16")):
        frontend = frontends.choose([network])
        assert frontend is frontends.load("tinydenoiser")
        sounds.append(frontend.denoise(audio.read_wav(noisy), [network]))
        late = slice(4000, -400)
        assert audio.get_si_snr(denoised[late], sounds[-1][late]) > 30
    assert np.array_equal(*sounds)


class Recorder:
    """A network of DTLN that keeps its frames and gives what was computed
    elsewhere, or its input."""

    def __init__(self, elements, outputs=None):
        self.inputs = self.outputs = (se_mlir.Port("x", (1, 1, elements)),)
        self.given = outputs
        self.statistics = {}

    def reset(self):
        pass

    def run(self, inputs):
        self.frames = inputs["x"]
        return {"x": self.frames if self.given is None else self.given}


def test_dtln_without_networks():
    """A mask of ones and a second network that changes nothing: every sample is in
    four blocks."""
    samples = speech(0.21, 3)
    first = Recorder(257, np.ones(257, np.float32))
    second = Recorder(512)
    frontend = frontends.choose([first, second])
    assert frontend is frontends.load("dtln")
    found = frontend.denoise(samples, [first, second])
    assert found.dtype == np.float32 and np.abs(found - 4 * samples).max() < 1e-5


def test_dtln():
    """From the frames of the golden file to the signal that it was made of, and back
    through the front end: with its own outputs in place of the networks, and with
    the networks."""
    if not (CORE / "dtln_golden.npz").exists():
        pytest.skip(f"not there: {CORE}")
    golden = np.load(CORE / "dtln_golden.npz")
    spectrum = np.fft.rfft(golden["block_in"].astype(np.float64)) / golden["mask"]
    blocks = np.fft.irfft(spectrum, 512)
    # The first block has the samples of before, which a front end takes for 0.
    assert np.abs(blocks[0, :384]).max() < 1e-6
    signal = blocks[:, 384:].reshape(-1).astype(np.float32)
    count = len(blocks)

    def check(masks, ins, tolerance):
        for found, name in ((masks, "mag"), (ins, "block_in")):
            error = np.abs(found[:count] - golden[name]).max()
            assert error < tolerance * np.abs(golden[name]).max(), name

    frontend = frontends.load("dtln")
    # The last three blocks reach beyond the signal.
    padding = [(0, 3), (0, 0)]
    first = Recorder(257, np.pad(golden["mask"], padding))
    second = Recorder(512, np.pad(golden["block_out"], padding))
    found = frontend.denoise(signal, [first, second])
    check(first.frames, second.frames, 1e-5)
    expected = np.zeros(len(signal) + 384)
    for t, block in enumerate(golden["block_out"]):
        expected[128 * t : 128 * t + 512] += block
    assert np.abs(found - expected[384:]).max() < 1e-6

    networks = [se_mlir.HostNetwork(CORE / f"dtln_{i}.onnx") for i in (1, 2)]
    real = frontend.denoise(signal, networks)
    # Without the end, for which the golden file has no blocks.
    assert np.abs(real - found)[:-384].max() < 1e-5 * np.abs(found).max()


def test_choose():
    with pytest.raises(se_mlir.Error) as error:
        frontends.choose([Recorder(257)], "other")
    assert str(error.value) == (
        "unknown front end 'other', expected dtln, nsnet2, rnnoise, tinydenoiser or the "
        "path of a .json file"
    )
    with pytest.raises(se_mlir.Error) as error:
        frontends.choose([Recorder(42)])
    assert str(error.value) == (
        "no front end fits x [42] -> x [42]: expected [257] -> [257] and [512] -> [512] "
        "(dtln) or [161] -> [161] (nsnet2) or [257] -> [257] (tinydenoiser)"
    )
    with pytest.raises(se_mlir.Error) as error:
        frontends.choose([Recorder(257)], "dtln")
    assert "expected [257] -> [257] and [512] -> [512] (dtln)" in str(error.value)
    with pytest.raises(se_mlir.Error) as error:
        frontends.at_level(frontends.load("nsnet2"), [Recorder(161)], 6)
    assert "levels go with features that grow with the sound" in str(error.value)


def test_file(tmp_path):
    """A file of one's own, with bands: gains of ones change nothing."""
    file = tmp_path / "mine.json"
    file.write_text(
        """{"sample_rate": 16000, "hop": 64, "fft": 128,
        "window": {"shape": "hann", "samples": 128},
        "bands": {"b": {"edges": [0, 1000, 3000, 8000]}},
        "networks": [{"inputs": [["power", {"bands": "b"}, {"offset": 1}, "log"]],
                      "outputs": ["gain"]}]}"""
    )

    class Ones(Recorder):
        def __init__(self):
            super().__init__(4, np.ones(65, np.float32))
            self.outputs = (se_mlir.Port("x", (65,)),)

    network, samples = Ones(), speech(0.3, 8)
    found = frontends.choose([network], str(file)).denoise(samples, [network])
    assert np.abs(found - samples).max() < 1e-5
    assert network.frames.shape[1] == 4 and network.frames.min() >= 0


# Evaluation.


def test_measure():
    """The published packages, with the reference and the estimate in their
    places."""
    import pesq
    import pystoi

    clean = speech(1.3, 4)
    noise = np.random.default_rng(0).standard_normal(len(clean))
    noisy = (clean + 0.03 * noise).astype(np.float32)
    found = evaluate.measure(noisy, clean)
    assert found.pesq == pesq.pesq(RATE, clean, noisy, "wb") < 4
    assert found.stoi == pystoi.stoi(clean, noisy, RATE) < 1
    assert found.si_snr == audio.get_si_snr(noisy, clean)
    same = evaluate.measure(clean, clean)
    assert same.pesq > 4.6 and same.stoi > 0.999 and same.si_snr == math.inf


def test_measure_of_silence():
    """Where a measure has no value there is none, not an error and not 0."""
    short = speech(0.1, 5)
    found = evaluate.measure(short, short)
    assert math.isnan(found.pesq) and math.isnan(found.stoi)


@pytest.mark.parametrize("precision", ["fp32", "fp16"])
def test_paths(precision, pairs):
    """The simulator is as good as the host to the last digit, and the reference is
    fp32."""
    results = {}
    for path in ("reference", "host", "simulator"):
        if path == "reference" and precision != "fp32":
            continue
        results[path] = evaluate.evaluate_model(
            MODEL, pairs / "noisy", pairs / "clean", [precision], path=path,
            target="pulp-open-ddr", with_noisy=False, files=1,
        )
        assert [(r.model, r.precision, r.path, r.file) for r in results[path]] == [
            (MODEL.name, precision, path, "0.wav")
        ]

    def quality(path):
        return [(r.pesq, r.stoi, r.si_snr) for r in results[path]]

    assert quality("host") == quality("simulator")
    assert results["simulator"][0].cycles_per_frame > 1000
    assert results["host"][0].cycles_per_frame is None
    if "reference" in results:
        assert quality("reference") == quality("host")


def test_results(pairs, tmp_path):
    """What comes out is what the network does to the recording."""
    results = evaluate.evaluate_model(
        MODEL, pairs / "noisy", pairs / "clean", ["fp16", "fp32"], save=tmp_path / "out"
    )
    rows = [(r.path, r.precision, r.file) for r in results]
    assert rows == [
        ("noisy", "", "0.wav"), ("noisy", "", "1.wav"),
        ("host", "fp16", "0.wav"), ("host", "fp16", "1.wav"),
        ("host", "fp32", "0.wav"), ("host", "fp32", "1.wav"),
    ]
    network = se_mlir.HostNetwork(MODEL, "fp16")
    for result in results[:4]:
        samples = audio.read_wav(pairs / "noisy" / result.file)
        clean = audio.read_wav(pairs / "clean" / result.file)
        if result.path == "host":
            samples = frontends.choose([network]).denoise(samples, [network])
            saved = audio.read_wav(tmp_path / "out/fp16" / result.file)
            assert np.abs(saved - samples).max() <= 1 / 32768
        assert (result.pesq, result.stoi, result.si_snr) == evaluate.measure(
            samples, clean
        )
    means = evaluate.summarize(results)
    assert [(m.path, m.precision, m.file) for m in means] == [
        ("noisy", "", "mean"), ("host", "fp16", "mean"), ("host", "fp32", "mean")
    ]
    assert means[1].stoi == pytest.approx(sum(r.stoi for r in results[2:4]) / 2)


def test_calibration(pairs, tmp_path):
    """Recordings are run once and serve the network on every path."""
    options = {"calibration": pairs / "noisy", "with_noisy": False, "files": 1}
    arguments = (MODEL, pairs / "noisy", pairs / "clean", ["mixed"])
    host, simulator = (
        evaluate.evaluate_model(*arguments, path=path, **options)[0]
        for path in ("host", "simulator")
    )
    network = se_mlir.HostNetwork(MODEL, "mixed", calibration=pairs / "noisy")
    denoised = frontends.choose([network]).denoise(
        audio.read_wav(pairs / "noisy/0.wav"), [network]
    )
    quality = evaluate.measure(denoised, audio.read_wav(pairs / "clean/0.wav"))
    for result in (host, simulator):
        assert (result.pesq, result.stoi, result.si_snr) == quality
    options["calibration"] = tmp_path / "frames.npy"
    with pytest.raises(se_mlir.Error) as error:
        evaluate.evaluate_model([MODEL, MODEL], *arguments[1:], **options)
    assert str(error.value) == (
        "calibration: expected sound, or one path for each of 2 networks, found 1"
    )


DTLN_LIKE = """
rnn.network @net inputs(%x = "x" : tensor<{n}xf32>) outputs("y" : tensor<{n}xf32>) {{
  %0 = rnn.activation <{function}> %x : tensor<{n}xf32> -> tensor<{n}xf32>
  rnn.yield %0 : tensor<{n}xf32>
}}
"""


@pytest.fixture
def two_networks(tmp_path):
    models = []
    for n, function in ((257, "sigmoid"), (512, "tanh")):
        models.append(tmp_path / f"{n}.mlir")
        models[-1].write_text(DTLN_LIKE.format(n=n, function=function))
    return models


@pytest.mark.parametrize("path", ["host", "simulator"])
def test_precision_of_each_network(path, two_networks, pairs, tmp_path):
    policy = tmp_path / "second.json"
    policy.write_text('{"default": "fp32"}')
    precisions = ["fp16", f"fp16+{policy}"]
    results = evaluate.evaluate_model(
        two_networks, pairs / "noisy", pairs / "clean", precisions, path=path,
        with_noisy=False, files=1, save=tmp_path / "out",
    )
    assert [r.precision for r in results] == ["fp16", "fp16+second.json"]
    assert (tmp_path / "out/fp16+second/0.wav").exists()
    samples = audio.read_wav(pairs / "noisy/0.wav")
    clean = audio.read_wav(pairs / "clean/0.wav")
    qualities = []
    for result, each in zip(results, (("fp16", "fp16"), ("fp16", "fp32"))):
        networks = [se_mlir.HostNetwork(m, p) for m, p in zip(two_networks, each)]
        denoised = frontends.load("dtln").denoise(samples, networks)
        qualities.append(tuple(evaluate.measure(denoised, clean)))
        assert (result.pesq, result.stoi, result.si_snr) == qualities[-1]
    assert qualities[0] != qualities[1]


def test_wrong_precision_of_each_network(two_networks, pairs):
    with pytest.raises(se_mlir.Error) as error:
        evaluate.evaluate_model(
            two_networks, pairs / "noisy", pairs / "clean", ["fp16+fp16+fp32"]
        )
    assert str(error.value) == (
        "precision 'fp16+fp16+fp32': expected one for all or one for each of 2 networks, "
        "found 3"
    )


LARGE = """
rnn.network @net inputs(%x = "x" : tensor<257xf32>) outputs("y" : tensor<257xf32>) {
  %0 = rnn.broadcast %x : tensor<257xf32> -> tensor<140x257xf32>
  %s = tensor.extract_slice %x[0] [140] [1] : tensor<257xf32> to tensor<140xf32>
  %c = rnn.reshape %s : tensor<140xf32> -> tensor<140x1xf32>
  %d = rnn.broadcast %c : tensor<140x1xf32> -> tensor<140x257xf32>
  %sum = arith.addf %0, %d : tensor<140x257xf32>
  %1 = rnn.activation <tanh> %sum : tensor<140x257xf32> -> tensor<140x257xf32>
  %2 = rnn.reshape %1 : tensor<140x257xf32> -> tensor<35980xf32>
  %3 = rnn.reduce <max> %2 axes [0] : tensor<35980xf32> -> tensor<1xf32>
  %4 = rnn.broadcast %3 : tensor<1xf32> -> tensor<257xf32>
  %5 = arith.mulf %x, %4 : tensor<257xf32>
  rnn.yield %5 : tensor<257xf32>
}
"""


def test_network_for_a_larger_target(pairs, tmp_path):
    """70 KB of activations in fp16 fit gap9 alone, 140 KB in fp32 nothing, but the
    reference does not care."""
    model = tmp_path / "large.mlir"
    model.write_text(LARGE)
    arguments = (model, pairs / "noisy", pairs / "clean")
    options = {"with_noisy": False, "files": 1}
    for path, target in (("reference", ""), ("reference", "pulp-open"), ("host", "")):
        evaluate.evaluate_model(*arguments, ["fp32"], path=path, target=target, **options)
    evaluate.evaluate_model(*arguments, ["fp32", "fp16"], target="gap9", **options)
    with pytest.raises(se_mlir.Error) as error:
        evaluate.evaluate_model(*arguments, ["fp16"], target="pulp-open", **options)
    assert "memory l1 exceeded by " in str(error.value)
    assert str(error.value).endswith(" on target pulp-open")
    x = np.zeros((1, 257), np.float32)
    assert se_mlir.HostNetwork(model, "fp16", target="gap9").run({"x": x})["y"].shape == (1, 257)
    with pytest.raises(se_mlir.Error):
        se_mlir.HostNetwork(model, "fp32", target="gap9")
    np.save(tmp_path / "x.npy", x)
    run = ["--in", f"x={tmp_path}/x.npy", "--out", f"y={tmp_path}/y.npy"]
    for target, status in (("gap9", 0), ("pulp-open", 1)):
        process = se.tool("se-run", model, "--precision=fp16", f"--target={target}", *run)
        assert process.returncode == status, process.stderr
    se.run_tool("se-run", model, *run)


def test_frames_for_calibration(pairs):
    """What a front end gives its network: block t has its middle where frame t - 1 of
    `analyze` has it."""
    samples = audio.read_wav(pairs / "noisy/0.wav")
    network = se_mlir.HostNetwork(MODEL)
    frontend = frontends.choose([network])
    (frames,) = frontends.collect(frontend, [network], samples)
    expected = audio.get_magnitudes(audio.analyze(samples))
    assert np.abs(frames[1 : len(expected) + 1] - expected).max() < 1e-4
    (louder,) = frontends.collect(frontend, [network], samples, 20)
    assert np.abs(louder - 10 * frames).max() < 1e-4
    logs = frontends.load("nsnet2")
    (quiet,) = frontends.collect(logs, [Recorder(161)], samples, -20)
    (frames,) = frontends.collect(logs, [Recorder(161)], samples)
    assert np.abs(quiet - frames + 2).max() < 1e-3


def test_mean_without_missing_values(pairs):
    """A file for which a measure is not defined does not count."""
    row = evaluate.FileResult("m", "fp32", "host", "a", math.nan, 0.5, 1.0)
    other = evaluate.FileResult("m", "fp32", "host", "b", 2.0, 0.7, 3.0)
    (mean,) = evaluate.summarize([row, other])
    assert (mean.pesq, mean.stoi, mean.si_snr) == (2.0, pytest.approx(0.6), 2.0)
    (mean,) = evaluate.summarize([row])
    assert math.isnan(mean.pesq)
    table = evaluate.format_table([row]).splitlines()
    assert table[1].split() == ["fp32", "a", "-", "0.5000", "1.00"]


def test_table_of_models():
    rows = [
        evaluate.FileResult("", "", "noisy", "a", 1.0, 0.5, 1.0),
        evaluate.FileResult("m", "fp32", "reference", "a", 2.0, 0.6, 2.0),
        evaluate.FileResult("n", "int8", "host", "a", 3.0, 0.7, 3.0),
    ]
    table = evaluate.format_table(rows, files=False).splitlines()
    assert [line.split() for line in table] == [
        ["model", "precision", "file", "PESQ", "STOI", "SI-SNR/dB"],
        ["noisy", "mean", "1.000", "0.5000", "1.00"],
        ["m", "reference", "mean", "2.000", "0.6000", "2.00"],
        ["n", "int8", "mean", "3.000", "0.7000", "3.00"],
    ]


def test_command(pairs, tmp_path):
    """Table, CSV, plot and progress, in two processes."""
    table, plot = tmp_path / "q.csv", tmp_path / "q.png"
    process = command(
        "--model", MODEL, *folders(pairs), "--precision", "fp32,fp16", "--jobs", "2",
        "--csv", table, "--plot", plot,
    )
    assert process.returncode == 0, process.stderr
    progress = process.stderr.splitlines()
    assert [line.split()[0] for line in progress] == [f"[{i}/6]" for i in range(1, 7)]
    assert {line.split(" ", 1)[1] for line in progress} == {
        f"{what} {i}.wav" for what in ("noisy", "fp32", "fp16") for i in range(2)
    }

    results = evaluate.evaluate_model(
        MODEL, pairs / "noisy", pairs / "clean", ["fp32", "fp16"]
    )
    assert process.stdout == evaluate.format_table(results) + "\n"
    lines = [line.split() for line in process.stdout.splitlines()]
    assert lines[0] == ["precision", "file", "PESQ", "STOI", "SI-SNR/dB"]
    assert [line[:2] for line in lines[1:]] == [
        [what, file] for what in ("noisy", "fp32", "fp16")
        for file in ("0.wav", "1.wav", "mean")
    ]
    for mean in (3, 6, 9):
        for column in (2, 3, 4):
            values = [float(lines[mean - i][column]) for i in range(3)]
            assert values[0] == pytest.approx(sum(values[1:]) / 2, abs=0.011)

    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["file"] for row in rows] == 3 * ["0.wav", "1.wav", "mean"]
    assert [row["path"] for row in rows] == 3 * ["noisy"] + 6 * ["host"]
    by_file = [row for row in rows if row["file"] != "mean"]
    for row, result in zip(by_file, results):
        assert row["model"] == result.model and row["precision"] == result.precision
        assert float(row["pesq"]) == result.pesq
        assert float(row["stoi"]) == result.stoi
        assert float(row["si_snr"]) == result.si_snr
        assert row["cycles_per_frame"] == ""
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_command_on_simulator(pairs, tmp_path):
    process = command(
        "--model", MODEL, *folders(pairs), "--precision=fp16", "--path=simulator",
        "--files=1", "--csv", tmp_path / "q.csv",
    )
    assert process.returncode == 0, process.stderr
    lines = [line.split() for line in process.stdout.splitlines()]
    assert lines[0][-1] == "cycles/frame" and len(lines) == 5
    elf = tmp_path / "net.elf"
    se_mlir.compile(MODEL, elf, precision="fp16")
    (magnitudes,) = frontends.collect(
        frontends.load("tinydenoiser"),
        [Recorder(257)],
        audio.read_wav(pairs / "noisy/0.wav"),
    )
    cycles = se_mlir.run(elf, {"mag": magnitudes}).statistics["cycles_per_frame"]
    assert lines[3][-1] == f"{cycles['mean']:.0f}"


@pytest.fixture
def own_pairs(tmp_path):
    return make_pairs(tmp_path, seconds=0.6)


def test_wrong_options(pairs, tmp_path, monkeypatch, capsys):
    """One line and status 1."""
    from se_mlir.evaluate.__main__ import main

    good = ["--model", MODEL, *folders(pairs), "--jobs=1"]
    help_ = "(see python -m se_mlir.evaluate --help)"
    for arguments, message in (
        (good[:2], f"the following arguments are required: --noisy, --clean {help_}"),
        ([*good, "--path=board"], "argument --path: invalid choice: 'board' (choose "
         f"from 'reference', 'host', 'simulator') {help_}"),
        ([*good, "--files=0"], "--files: expected a number above 0, found 0"),
        ([*good, "--path=reference", "--precision=fp16"],
         "path reference is fp32: other precisions take host or simulator"),
        ([*good, "--precision=no.json"],
         "cannot read 'no.json': No such file or directory"),
        ([*good, "--csv", tmp_path / "no/q.csv"],
         f"{tmp_path}/no/q.csv: the folder is not there"),
        ([*good, "--frontend=no"],
         "unknown front end 'no', expected dtln, nsnet2, rnnoise, tinydenoiser or the "
         "path of a .json file"),
        (["--model", "no.onnx", *good[2:]],
         "cannot read 'no.onnx': No such file or directory"),
        (["--model", se.SOURCE / "examples/cells/leaky.mlir", *good[2:]],
         "no front end fits x [3] -> y [2]: expected [257] -> [257] and [512] -> [512] "
         "(dtln) or [161] -> [161] (nsnet2) or [257] -> [257] (tinydenoiser)"),
        ([*good, "--noisy", tmp_path], f"{tmp_path}: no .wav files in this folder"),
    ):
        monkeypatch.setattr(sys, "argv", ["evaluate", *map(str, arguments)])
        assert main() == 1
        assert capsys.readouterr() == ("", f"error: {message}\n")


def test_mistake_in_a_process(pairs):
    """An error of a worker is the command's."""
    process = command("--model", "no.onnx", *folders(pairs), "--jobs=2")
    assert process.returncode == 1 and process.stdout == ""
    lines = [x for x in process.stderr.splitlines() if not x.startswith("[")]
    assert lines == ["error: cannot read 'no.onnx': No such file or directory"]
    assert "--precision" in command("--help").stdout


def test_wrong_folders(own_pairs):
    def fails():
        with pytest.raises(se_mlir.Error) as error:
            evaluate.find_pairs(noisy, clean)
        return str(error.value)

    noisy, clean = own_pairs / "noisy", own_pairs / "clean"
    (clean / "1.wav").rename(own_pairs / "1.wav")
    assert fails() == f"{noisy}/1.wav: no partner in {clean}"
    (noisy / "1.wav").unlink()
    (own_pairs / "1.wav").rename(clean / "1.wav")
    assert fails() == f"{clean}/1.wav: no partner in {noisy}"
    (noisy / "0.wav").unlink()
    assert fails() == f"{noisy}: no .wav files in this folder"
    noisy.rmdir()
    assert fails() == f"{noisy}: not a folder"


def test_wrong_recordings(own_pairs):
    import wave

    def fails():
        """Before anything has run."""
        with pytest.raises(se_mlir.Error) as error:
            evaluate.evaluate_model(
                "no.onnx", own_pairs / "noisy", own_pairs / "clean"
            )
        return str(error.value)

    path = own_pairs / "noisy/1.wav"
    audio.write_wav(own_pairs / "clean/1.wav", speech(0.5, 0))
    samples = round(0.6 * RATE)
    assert fails() == (
        f"{own_pairs}/clean/1.wav: expected {samples} samples as in {path}, "
        f"found {RATE // 2}"
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2000))
    assert fails().startswith(f"{path}: ") and "8000" in fails()
    path.write_text("no sound")
    assert fails().startswith(f"{path}: ")


# --- a page to look at and to listen to ----------------------------------------------


def read_sounds(page):
    """The recordings in a page, and pictures, by what they are for those who cannot
    see or hear them."""
    sounds, pictures = {}, {}
    for tag, attributes in page.elements:
        if tag in ("audio", "img"):
            kind, data = attributes["src"].split(";base64,")
            content = base64.b64decode(data, validate=True)
            if tag == "audio":
                assert kind == "data:audio/wav"
                with wave.open(io.BytesIO(content)) as file:
                    assert file.getframerate() == RATE and file.getnchannels() == 1
                    sounds[attributes["aria-label"]] = np.frombuffer(
                        file.readframes(file.getnframes()), "<i2")
            else:
                assert kind == "data:image/png" and content.startswith(b"\x89PNG")
                pictures[attributes["alt"]] = content
    return sounds, pictures


def test_report_has_plan_and_sound(tmp_path):
    pairs = make_pairs(tmp_path / "pairs", count=2)
    name = "<b>&.wav"
    for kind in ("noisy", "clean"):
        (pairs / kind / "0.wav").rename(pairs / kind / name)
    report, table = tmp_path / "page.html", tmp_path / "table.csv"
    process = command("--model", MODEL, *folders(pairs), "--precision=fp32,fp16",
                      f"--report={report}", f"--csv={table}", f"--save={tmp_path}/saved")
    assert process.returncode == 0, process.stderr
    page = Page(report.read_text())
    page.check_alone()
    page.check_tables()
    sounds, pictures = read_sounds(page)
    versions = [f"{version}, {recording}" for recording in ("1.wav", name)
                for version in ("noisy", "fp32", "fp16", "clean")]
    assert sorted(sounds) == sorted(versions)
    assert sorted(pictures) == sorted(f"Spectrogram: {version}" for version in versions)
    assert len(set(pictures.values())) == len(pictures)
    for recording in ("1.wav", name):
        for version, folder in (("noisy", pairs / "noisy"), ("clean", pairs / "clean"),
                                ("fp16", tmp_path / "saved/fp16")):
            expected = audio.read_wav(folder / recording) * 32767
            assert np.abs(sounds[f"{version}, {recording}"] - expected).max() <= 1
    # The same figures as in the table of the command.
    rows = [row for row in csv.DictReader(table.open()) if row["file"] != "mean"]
    assert len(rows) == len(page.tables["quality"]) - 1
    for row, found in zip(rows, page.tables["quality"][1:]):
        assert found[:2] == [row["file"], row["precision"] or row["path"]]
        assert number(found[2]) == pytest.approx(float(row["pesq"]), abs=6e-4)
        assert number(found[4]) == pytest.approx(float(row["si_snr"]), abs=6e-3)
    # The plan is that of the program between samples in the first that is not fp32.
    se.compile(MODEL, tmp_path / "net.elf", "--app=denoise", "--precision=fp16",
               f"--report={tmp_path}/net.html")
    plan = Page((tmp_path / "net.html").read_text())
    for name, rows in plan.tables.items():
        assert page.tables[name] == rows, name
    assert any("#sound" == dict(a).get("href") for tag, a in page.elements if tag == "a")


def test_report_errors(pairs, tmp_path):
    """Before the long run, in one line, without a file."""
    page = tmp_path / "page.html"
    for options, message in (
        ([f"--report={tmp_path}/no/page.html"], "the folder is not there"),
        ([f"--report={page}", "--precision=mixed", f"--calibration={tmp_path}/x.npy"],
         "recordings of sound"),
    ):
        np.save(tmp_path / "x.npy", np.zeros((4, 257), np.float32) + 1)
        process = command("--model", MODEL, *folders(pairs), *options)
        assert process.returncode == 1 and not process.stdout
        assert process.stderr.splitlines()[-1].startswith("error: ")
        assert message in process.stderr
        assert not page.exists()


def test_compile_writes_the_report(tmp_path):
    page, text = tmp_path / "page.html", tmp_path / "report.json"
    found = se_mlir.compile(MODEL, tmp_path / "net.elf", precision="fp16", report=page)
    Page(page.read_text()).check_alone()
    se_mlir.compile(MODEL, tmp_path / "net.elf", precision="fp16", report=text)
    assert json.loads(text.read_text()) == found
