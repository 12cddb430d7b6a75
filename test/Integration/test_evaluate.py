# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Evaluation of networks by the Python package."""

import csv
import math
import sys
import wave

import numpy as np
import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from recordings import (  # noqa: E402,F401
    MODEL, RATE, Recorder, command, folders, make_pairs, pairs, speech)
from se_mlir import audio, evaluate, frontends  # noqa: E402


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
