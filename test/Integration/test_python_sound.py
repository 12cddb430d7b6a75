# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sound and front ends of the Python package."""

import math

import numpy as np
import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from recordings import CORE, MODEL, Recorder, pairs, speech  # noqa: E402,F401
from se_mlir import audio, frontends  # noqa: E402


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
