# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""RNNoise between samples (frontends/rnnoise.json): bands, cepstrum, network and gains
against numpy in float64, with random weights and with the published ones."""

import numpy as np
import pytest

import denoise_reference as reference
import se
from cells_reference import sigmoid
from test_trained_cells import load, write_rnnoise

HOP, RATE = 480, 48000
# In dB, against float64.
FP32, FP16 = 60, 45
OPTIONS = ("--app=denoise", "--frontend=rnnoise")
CELLS = {"vad": (24, 24), "noise": (90, 48), "denoise": (114, 96)}


def make_weights(seed=5):
    """Random ones of the published shapes."""
    random = np.random.default_rng(seed)
    draw = lambda *shape: np.clip(random.normal(0, 256 / np.sqrt(shape[-1]), shape), -128, 127)
    bias = lambda size: np.clip(random.normal(0, 64, size), -128, 127)
    layers = {"input_dense": (24, 42), "denoise_output": (22, 96), "vad_output": (1, 24)}
    weights = {}
    for name, (rows, columns) in layers.items():
        weights |= {f"{name}.weight_ih": draw(rows, columns), f"{name}.bias": bias(rows)}
    for name, (inputs, units) in CELLS.items():
        weights |= {f"{name}_gru.weight_ih": draw(3 * units, inputs),
                    f"{name}_gru.weight_hh": draw(3 * units, units),
                    f"{name}_gru.bias": bias(3 * units)}
    # The features reach 20, and what would drown in them is to be seen.
    weights["input_dense.weight_ih"] /= 4
    return {name: np.round(w) for name, w in weights.items()}


class Network:
    """Gains and voice activity of 42 features, frame after frame."""

    def __init__(self, weights):
        self.weights = {n: w.astype(float) / 256 for n, w in weights.items()}
        self.states = {name: np.zeros(units) for name, (_, units) in CELLS.items()}

    def dense(self, name, x):
        return self.weights[f"{name}.weight_ih"] @ x + self.weights[f"{name}.bias"]

    def gru(self, name, x):
        w, r, b = (self.weights[f"{name}_gru.{k}"] for k in ("weight_ih", "weight_hh", "bias"))
        h, n = self.states[name], len(self.states[name])
        sums = w @ x + b
        z, reset = np.split(sigmoid(sums[: 2 * n] + r[: 2 * n] @ h), 2)
        new = np.maximum(0, sums[2 * n :] + r[2 * n :] @ (reset * h))
        self.states[name] = z * h + (1 - z) * new
        return self.states[name]

    def __call__(self, inputs):
        x, = inputs
        first = np.tanh(self.dense("input_dense", x))
        vad = self.gru("vad", first)
        noise = self.gru("noise", np.concatenate([first, vad, x]))
        denoise = self.gru("denoise", np.concatenate([vad, noise, x]))
        return [sigmoid(self.dense("denoise_output", denoise)),
                sigmoid(self.dense("vad_output", vad))]


def get_weights(kind):
    return make_weights() if kind == "random" else load("rnnoise_v01_int8")


each_weights = pytest.mark.parametrize("kind", ["random", "published"])


@pytest.mark.parametrize("precision,least", [("fp32", FP32), ("fp16", FP16)])
@each_weights
def test_rnnoise(kind, precision, least, tmp_path):
    """numpy, host, simulator with 8 cores and with 1."""
    weights = get_weights(kind)
    net = write_rnnoise(tmp_path / "net.mlir", weights)
    sound = reference.make_sound(100 * HOP, rate=RATE)
    expected, (vad,) = reference.FrontEnd(reference.load("rnnoise")).run(
        sound.astype(float), [Network(weights)])
    inputs, options = {"in": sound.reshape(-1, HOP)}, (*OPTIONS, f"--precision={precision}")
    host = se.run(net, inputs, ["out", "vad"], *options)
    assert host["out"].std() > 1e-3 and vad.std() > 1e-3, "nothing to compare"
    for found, known in ((host["out"].reshape(-1), expected), (host["vad"], vad)):
        snr = reference.get_snr(found, known)
        assert snr >= least, f"{snr:.1f} dB"
    short = {"in": inputs["in"][:25]}
    host = se.run(net, short, ["out", "vad"], *options)
    for cores in (8, 1):
        program = se.compile(net, tmp_path / f"{cores}.elf", *options, f"--cores={cores}")
        se.assert_same_bits(host, se.run(program, short, ["out", "vad"]), f"{cores} cores")


@each_weights
def test_gains_of_ones(kind, tmp_path):
    """Where all gains are 1 the sound comes out as it was, but for what is above the
    last band."""
    weights = get_weights(kind)
    weights["denoise_output.weight_ih"] = 0 * weights["denoise_output.weight_ih"]
    weights["denoise_output.bias"] = np.full(22, 127 * 256)
    net = write_rnnoise(tmp_path / "net.mlir", weights)
    t = np.arange(60 * HOP) / RATE
    sound = (0.3 * np.sin(2 * np.pi * 997 * t) + 0.2 * np.sin(2 * np.pi * 8100 * t)).astype("f4")
    found = se.run(net, {"in": sound.reshape(-1, HOP)}, ["out"], *OPTIONS)["out"].reshape(-1)
    assert reference.get_snr(found[HOP:], sound[:-HOP].astype(float)) > 60


@pytest.mark.parametrize("precision,least", [("mixed", 25), ("int8", 15)])
def test_calibrated(precision, least, tmp_path):
    """Bands are no layers of the network: they stay as exact as they are."""
    net = write_rnnoise(tmp_path / "net.mlir", make_weights())
    sound = reference.make_sound(100 * HOP, rate=RATE)
    wav = tmp_path / "sound.wav"
    se.write_wav(wav, sound, rate=RATE)
    inputs, options = {"in": sound.reshape(-1, HOP)[:30]}, (
        *OPTIONS, f"--precision={precision}", f"--calibration={wav}")
    exact = se.run(net, inputs, ["out"], *OPTIONS)["out"]
    host = se.run(net, inputs, ["out"], *options)
    snr = reference.get_snr(host["out"], exact.astype(float))
    assert snr >= least, f"{snr:.1f} dB"
    program = se.compile(net, tmp_path / "net.elf", *options)
    se.assert_same_bits(host, se.run(program, inputs, ["out"]), "host and simulator")


def test_silence_and_bad_sound(tmp_path):
    """Silence has features, and what is no sound does not last."""
    net = write_rnnoise(tmp_path / "net.mlir", make_weights())
    sound = reference.make_sound(120 * HOP, rate=RATE).reshape(-1, HOP)
    results = {}
    for kind, bad in (("silence", 0), ("nan", np.nan), ("loud", 1e30)):
        frames = sound.copy()
        frames[20:28] = bad
        out = se.run(net, {"in": frames}, ["out"], *OPTIONS, "--nonfinite=propagate",
                     "--precision=fp16")["out"]
        assert np.isfinite(out).all()
        results[kind] = out[-40:]
    for kind in ("nan", "loud"):
        assert reference.get_snr(results[kind], results["silence"].astype(float)) > 25
