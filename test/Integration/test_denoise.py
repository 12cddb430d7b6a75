# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks between samples (--app=denoise) against numpy in float64: the front ends of
the project and others, around small random networks and trained ones."""

import functools
import json

import numpy as np
import pytest

import denoise_reference as reference
import se

# In dB, of what is computed against float64.
FP32, FP16 = 60, 45
HOPS = 40
GRU = se.SOURCE / "models/tinydenoiser_gru128.onnx"


def feature(source, *steps):
    return [source, *steps] if steps else source


def describe(hop, fft, window, networks, shape="hann", rate=16000, **more):
    return {"sample_rate": rate, "hop": hop, "fft": fft,
            "window": {"shape": shape, "samples": window},
            "networks": [{"inputs": i, "outputs": o} for i, o in networks], **more}


LOG_POWER = feature("power", {"at_least": 1e-6}, "log", {"offset": 5}, {"scale": 0.2})
FRONT_ENDS = {
    **{name: reference.load(name) for name in ("tinydenoiser", "dtln", "nsnet2", "rnnoise")},
    # A window shorter than the transform, which the hop does not divide.
    "logarithm": describe(70, 320, 240, [([LOG_POWER], ["gain"])], shape="hamming"),
    # Several inputs and outputs.
    "several": describe(
        40, 96, 80, [([feature("magnitude", {"exponent": 0.3}), "complex", "samples"],
                      ["other", "complex_gain", "other"])], shape="vorbis", rate=48000),
    "spectrum": describe(16, 60, 32, [(["complex"], ["spectrum"])], shape="sqrt_hann"),
    # Samples without overlap: no state but the network's.
    "samples": describe(64, 64, 64, [(["samples"], ["samples"])], shape="rectangular"),
    "windowed_samples": describe(16, 64, 64, [(["samples"], ["samples"])]),
    # One network behind the other; what the second one sees was changed by the first.
    "three": describe(
        50, 100, 100,
        [([feature("magnitude", "sqrt")], ["gain"]),
         (["samples"], ["samples", "other"]),
         ([feature("power", {"at_least": 1e-3}, "log2"),
           feature("magnitude", {"at_least": 0.01}, "log10")], ["gain", "complex_gain"])],
        shape="sqrt_hann", synthesis={"shape": "vorbis"}),
    # Hops of more than half of the window, and nothing divided.
    "long_hop": describe(100, 150, 150, [(["magnitude"], ["gain"])], shape="hamming",
                         synthesis={"shape": "rectangular", "normalize": False}),
    # Logarithms of Mel bands, and a gain for each.
    "mel": describe(
        80, 256, 240, [([feature("power", {"bands": "m"}, {"at_least": 1e-4}, "log",
                                 {"scale": 0.2})], [[{"hold": 0.7}, {"gain": "m"}]])],
        bands={"m": {"scale": "mel", "count": 24, "from": 60, "to": 7600, "normalize": True}}),
    # Every step, features of features, two kinds of bands.
    "steps": describe(
        60, 120, 120,
        [([{"join": [feature("c", {"frames": [1, 0.5, 0, -0.25]}), {"values": [1, -2]},
                     feature("c", {"elements": [2, 5]}, {"frames": [0.3]}),
                     {"join": [feature("c", {"nonstationarity": 2}, {"at_most": 8})]}]},
           feature("e", "sqrt", {"scale": [0.1 * i for i in range(9)]}, {"at_most": 2})],
          ["other", [{"at_least": 0.2}, {"gain": "e"}]]),
         ([feature("magnitude", {"bands": "e"}, {"follow": {"fall": 0.1, "range": 10, "start": 1}},
                   {"nonstationarity": 5}, {"at_most": 50})],
          [[{"frames": [0.5, 0.5]}, "gain"]])],
        bands={"b": {"scale": "bark", "count": 12, "from": 0, "to": 8000},
               "e": {"scale": "erb", "count": 9, "from": 200, "to": 7000}}),
    "hop_of_one": describe(1, 6, 5, [(["magnitude"], ["gain"])], shape="hamming"),
}
FRONT_ENDS["steps"]["networks"][0]["features"] = {
    "c": feature("levels", {"follow": {"fall": 0.7, "range": 3, "start": -1}}, {"dct": 8},
                 {"offset": [0.5, *[0] * 7]}),
    "levels": feature("power", {"bands": "b"}, {"offset": 1e-3}, "log10"),
    "e": feature("power", {"bands": "e"}),
}
each_front_end = pytest.mark.parametrize("name", FRONT_ENDS)


class Case:
    """A front end as a file, random networks, sound, and what should come out."""

    def __init__(self, name, folder):
        self.file = folder / f"{name}.json"
        self.file.write_text(json.dumps(FRONT_ENDS[name]))
        front_end, self.networks, functions = reference.make_networks(
            folder, FRONT_ENDS[name])
        self.hop = front_end.hop
        hops = HOPS + 2 * front_end.window // front_end.hop
        sound = reference.make_sound(hops * self.hop)
        self.inputs = {"in": sound.reshape(-1, self.hop)}
        expected, others = front_end.run(sound.astype(float), functions)
        self.expected = expected.reshape(-1, self.hop)
        # Their names, in order, made different as the compiler does.
        self.others, taken = {}, {"out"}
        kinds = [(i, kind) for use in FRONT_ENDS[name]["networks"]
                 for i, kind in enumerate(use["outputs"])]
        for (i, _), values in zip((k for k in kinds if k[1] == "other"), others, strict=True):
            output, number = f"y{i}", 2
            while output in taken:
                output, number = f"y{i}_{number}", number + 1
            taken.add(output)
            self.others[output] = values

    @property
    def outputs(self):
        return ["out", *self.others]

    @property
    def options(self):
        return ["--app=denoise", f"--frontend={self.file}"]

    def run(self, *options):
        """On the host; networks behind the first are options, too."""
        return se.run(self.networks[0], self.inputs, self.outputs, *self.networks[1:],
                      *self.options, *options)

    def compile(self, output, *options):
        return se.compile(self.networks[0], output, *self.networks[1:], *self.options,
                          *options)

    def check(self, found, least):
        snr = reference.get_snr(found["out"], self.expected)
        assert snr >= least, f"{snr:.1f} dB"
        for output, values in self.others.items():
            snr = reference.get_snr(found[output], values)
            assert snr >= least, f"{output}: {snr:.1f} dB"


@pytest.mark.parametrize("precision,least", [("fp32", FP32), ("fp16", FP16)])
@each_front_end
def test_front_end(name, precision, least, tmp_path):
    """numpy, host, simulator with 8 cores and with 1."""
    case = Case(name, tmp_path)
    host = case.run(f"--precision={precision}")
    case.check(host, least)
    for cores in (8, 1):
        program = case.compile(tmp_path / f"{cores}.elf", f"--precision={precision}",
                               f"--cores={cores}")
        device = se.run(program, case.inputs, case.outputs)
        se.assert_same_bits(host, device, f"host and {cores} cores")


@pytest.mark.parametrize("name", ["three", "logarithm"])
def test_modules_of_each_phase(name, tmp_path):
    """They keep rate and delay, and give the same sound."""
    case = Case(name, tmp_path)
    wav = se.write_wav(tmp_path / "in.wav", case.inputs["in"].reshape(-1)[:1000])

    def run(what, *options):
        out = tmp_path / "out.wav"
        se.run_tool("se-run", what, *options, f"--wav-in={wav}", f"--wav-out={out}")
        return out.read_bytes()

    options = ["--precision=fp16"]
    expected = run(case.networks[0], *case.networks[1:], *case.options, *options)
    for phase in ("imported", "normalized", "legalized", "planned", "scheduled", "selected"):
        module = case.compile(tmp_path / f"{phase}.mlir", f"--emit=mlir-{phase}", *options)
        assert run(module, *options) == expected, phase
        program = se.compile(module, tmp_path / "net.elf", *options)
        assert run(program) == expected, phase


# --- trained networks --------------------------------------------------------------


class Trained:
    """An ONNX network as a function, by ONNX Runtime."""

    def __init__(self, path):
        import onnxruntime

        self.path = path
        self.session = onnxruntime.InferenceSession(
            str(path), providers=["CPUExecutionProvider"])
        self.frame, *self.states = self.session.get_inputs()
        self.known = [np.zeros(self.shape(x), np.float32) for x in self.states]

    @staticmethod
    def shape(port):
        return [d if isinstance(d, int) else 1 for d in port.shape]

    def __call__(self, inputs):
        feeds = {self.frame.name: inputs[0].astype(np.float32).reshape(self.shape(self.frame))}
        feeds |= {x.name: value for x, value in zip(self.states, self.known)}
        result, *self.known = self.session.run(None, feeds)
        return [result.astype(float).reshape(-1)]


def check_trained(paths, description, precision, least, *options):
    front_end = reference.FrontEnd(description)
    sound = reference.make_sound(100 * front_end.hop)
    expected, _ = front_end.run(sound.astype(float), [Trained(p) for p in paths])
    inputs = {"in": sound.reshape(-1, front_end.hop)}
    host = se.run(paths[0], inputs, ["out"], *paths[1:], "--app=denoise",
                  f"--precision={precision}", *options)
    snr = reference.get_snr(host["out"].reshape(-1), expected)
    assert snr >= least, f"{snr:.1f} dB"
    return inputs, host


MODELS = sorted((se.SOURCE / "models").glob("*.onnx"))


@pytest.mark.parametrize("precision,least", [("fp32", FP32), ("fp16", FP16)])
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_shipped_models(path, precision, least):
    check_trained([path], FRONT_ENDS["tinydenoiser"], precision, least)


def test_shipped_model_on_the_simulator(tmp_path):
    inputs, host = check_trained([GRU], FRONT_ENDS["tinydenoiser"], "fp16", FP16)
    program = se.compile(GRU, tmp_path / "net.elf", "--app=denoise", "--precision=fp16")
    se.assert_same_bits(host, se.run(program, inputs, ["out"]), "host and simulator")


@pytest.mark.parametrize("precision,least", [("fp32", FP32), ("fp16", FP16)])
def test_dtln(precision, least, tmp_path):
    """Two networks with transforms between them."""
    paths = [se.SHARED / "core" / f"dtln_{i}.onnx" for i in (1, 2)]
    if not all(path.exists() for path in paths):
        pytest.skip("the networks of DTLN are not there")
    inputs, host = check_trained(paths, FRONT_ENDS["dtln"], precision, least)
    if precision == "fp16":
        program = se.compile(paths[0], tmp_path / "net.elf", paths[1], "--app=denoise",
                             "--precision=fp16", "--target=pulp-open-ddr")
        se.assert_same_bits(host, se.run(program, inputs, ["out"]), "host and simulator")


# --- frames that are not sound -----------------------------------------------------

GOOD, BAD, AFTER = 20, 8, 200  # hops


def make_bad(kind, hop=100):
    t = np.arange(BAD * hop)
    return {"nan": np.full(len(t), np.nan), "infinity": np.full(len(t), np.inf),
            "one_nan": np.where(t == 3 * hop + 1, np.nan, 0.1),
            "loud": np.full(len(t), 1e30), "square": np.where(t // 16 % 2, 1.0, -1.0),
            "silence": np.zeros(len(t))}[kind].astype(np.float32).reshape(BAD, hop)


@functools.lru_cache(maxsize=None)
def run_with(kind, nonfinite):
    """A trained network over sound with something bad in it."""
    sound = reference.make_sound((GOOD + BAD + AFTER) * 100).reshape(-1, 100)
    sound[GOOD : GOOD + BAD] = make_bad(kind)
    return se.run(GRU, {"in": sound}, ["out"], "--app=denoise", "--precision=fp16",
                  f"--nonfinite={nonfinite}")["out"]


@pytest.mark.parametrize("nonfinite", ["zero-frame", "reset", "propagate"])
@pytest.mark.parametrize("kind", ["nan", "infinity", "one_nan", "loud", "square"])
def test_bad_sound_does_not_last(kind, nonfinite):
    """In the end it is as if there had been silence, which is not bad."""
    found, expected = run_with(kind, nonfinite), run_with("silence", "zero-frame")
    assert np.isfinite(found).all() and np.abs(found).max() <= 1
    assert np.abs(expected[-50:]).max() > 0.01, "nothing to compare"
    snr = reference.get_snr(found[-50:], expected[-50:])
    assert snr > 25, f"{snr:.1f} dB"


def test_hours_of_silence():
    """Sums of squares that are 0 have a root, and no state leaves its range."""
    quiet = np.zeros((2000, 100), np.float32)
    sound = reference.make_sound(40000).reshape(-1, 100)
    options = ("--app=denoise", "--precision=fp16", "--nonfinite=propagate")
    found = se.run(GRU, {"in": np.concatenate([quiet, sound])}, ["out"], *options)["out"]
    assert np.isfinite(found).all()
    assert np.abs(found[100:2000]).max() < 1e-6, "no sound from nothing"
    expected = se.run(GRU, {"in": sound}, ["out"], *options)["out"]
    assert reference.get_snr(found[-50:], expected[-50:]) > 25


@pytest.mark.parametrize("kind", ["nan", "infinity", "one_nan", "loud"])
def test_bad_sound_is_clipped(kind):
    """Without zero-frame NaN is taken as the least sample."""
    bad = make_bad(kind)
    options = ("--app=denoise", "--precision=fp16", "--nonfinite=propagate")
    found = se.run(GRU, {"in": bad}, ["out"], *options)
    clipped = np.where(np.isnan(bad), -1, np.clip(bad, -1, 1))
    expected = se.run(GRU, {"in": clipped}, ["out"], *options)
    se.assert_same_bits(found, expected, kind)


# --- calibration -------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["mixed", "int8"])
def test_calibration_in_hops(precision, tmp_path):
    """Hops of a recording, as loud as full scale at most."""
    sound = reference.make_sound(16000, seed=3)
    wav = tmp_path / "sound.wav"
    se.write_wav(wav, sound)
    saved = tmp_path / "saved.json"
    program = tmp_path / "net.elf"
    process = se.run_tool(
        "se-compile", GRU, "-o", program, "--app=denoise", f"--precision={precision}",
        f"--calibration={wav}", f"--save-calibration={saved}")
    assert "becomes the spectrum" not in process.stderr, process.stderr
    values = json.loads(saved.read_text())
    assert values["frames"] == 2 * 163, "two levels of 160 hops and of those that come late"
    low, high = (values["tensors"]["history"][key] for key in ("min", "max"))
    assert max(-low, high) == pytest.approx(1, abs=1e-4), "20 dB more would be clipped"
    inputs = {"in": sound[:10000].reshape(-1, 100)}
    device = se.run(program, inputs, ["out"])
    host = se.run(GRU, inputs, ["out"], "--app=denoise", f"--precision={precision}",
                  f"--calibration={wav}")
    se.assert_same_bits(host, device, "host and simulator")
    exact = se.run(GRU, inputs, ["out"], "--app=denoise")["out"]
    assert reference.get_snr(device["out"], exact) > 20


@pytest.mark.parametrize("inputs", [
    "", '%x = "x" : tensor<4xf32>, %z = "z" : tensor<4xf32>', '%x = "x" : tensor<0xf32>'])
def test_calibration_of_what_is_no_stream(inputs, tmp_path):
    """An attribute that a person wrote to a network without a hop."""
    (tmp_path / "net.mlir").write_text(f"""
rnn.network @net inputs({inputs}) states(%h = "h" : tensor<4xf32> reset dense<1.0> :
    tensor<4xf32>) outputs("y" : tensor<4xf32>)
    attributes {{dsp.stream = #dsp.stream<sample_rate = 16000, delay = 4>}} {{
  %w = arith.constant dense<0.5> : tensor<4x4xf32>
  %y = rnn.matvec %w, %h : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32>
  %0 = rnn.activation <tanh> %y : tensor<4xf32> -> tensor<4xf32>
  rnn.yield %0 : tensor<4xf32> next %0 : tensor<4xf32>
}}""")
    wav = se.write_wav(tmp_path / "sound.wav", reference.make_sound(8000))
    process = se.tool("se-compile", tmp_path / "net.mlir", "-o", tmp_path / "net.elf",
                      "--precision=mixed", f"--calibration={wav}")
    assert process.returncode == 1 and process.stderr.count("\n") == 1, process.stderr
    assert not (tmp_path / "net.elf").exists()
    if "<0x" not in inputs:  # of which no program is made
        se.compile(tmp_path / "net.mlir", tmp_path / "net.o", "--emit=obj")
        header = (tmp_path / "net.h").read_text()
        assert "net_step" in header and "net_delay" not in header


def test_calibration_wants_the_rate_of_the_network(tmp_path):
    wav = tmp_path / "sound.wav"
    se.write_wav(wav, reference.make_sound(8000), rate=8000)
    process = se.tool("se-compile", GRU, "-o", tmp_path / "net.elf", "--app=denoise",
                      "--precision=mixed",
                      f"--calibration={wav}")
    assert process.returncode == 1 and not (tmp_path / "net.elf").exists()
    assert process.stderr == (f"error: {wav}: expected a sample rate of 16000 Hz, "
                              "found 8000 Hz\n")
