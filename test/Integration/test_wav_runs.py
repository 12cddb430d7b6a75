# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""se-run --wav-in, --wav-out; and what is wrong with files and options around
--app=denoise, each in one line and without a file."""

import json
import signal
import subprocess

import numpy as np
import pytest

import denoise_reference as reference
import seeds
import se

RATE = 16000
PASS = """
rnn.network @pass inputs(%x = "mag" : tensor<257xf32>) outputs("mask" : tensor<257xf32>) {
  %0 = arith.constant dense<1.0> : tensor<257xf32>
  rnn.yield %0 : tensor<257xf32>
}"""
SMALL = {"sample_rate": RATE, "hop": 4, "fft": 8, "window": {"shape": "hann", "samples": 8},
         "networks": [{"inputs": ["magnitude"], "outputs": ["gain"]}]}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A network that changes nothing, as a program; with a small front end, too."""
    folder = tmp_path_factory.mktemp("net")
    (folder / "pass.mlir").write_text(PASS)
    (folder / "small.mlir").write_text(PASS.replace("257", "5"))
    (folder / "small.json").write_text(json.dumps(SMALL))
    se.compile(folder / "pass.mlir", folder / "pass.elf", "--app=denoise")
    se.compile(folder / "pass.mlir", folder / "frames.elf")
    se.write_wav(folder / "sound.wav", reference.make_sound(1000))
    return folder


def run_sound(program, wav, out, *options):
    se.run_tool("se-run", program, f"--wav-in={wav}", f"--wav-out={out}", *options)
    return se.read_wav(out)


# --- files -------------------------------------------------------------------------


@pytest.mark.parametrize("samples", [1, 99, 100, 101, 300, 1234])
def test_sound_comes_out_where_it_was(samples, built, tmp_path):
    """On host and simulator: all samples of 16 bits, the first and the last one, too."""
    sound = reference.make_sound(samples, seed=samples)
    sound[[0, -1]] = 0.5, -1
    wav = se.write_wav(tmp_path / "in.wav", sound)
    for program, options in ((built / "pass.elf", ["--check"]),
                             (built / "pass.mlir", ["--app=denoise"])):
        found, rate = run_sound(program, wav, tmp_path / "out.wav", *options)
        assert rate == RATE and len(found) == samples
        assert (found == se.read_wav(wav)[0]).all()


@pytest.mark.parametrize("name", ["tinydenoiser", "nsnet2", "dtln", "small", "long", "gap"])
def test_impulse(name, built, tmp_path):
    """In time for every front end, whatever hop and window."""
    if name == "small":
        description = SMALL
    elif name == "long":
        description = SMALL | {"hop": 5, "sample_rate": 8000,
                               "window": {"shape": "hamming", "samples": 6}}
    elif name == "gap":
        description = SMALL | {"fft": 60, "window": {"shape": "hann", "samples": 17}}
    else:
        description = reference.load(name)
    front_end = reference.FrontEnd(description)
    file = tmp_path / "front.json"
    file.write_text(json.dumps(description))
    paths = []
    for i, use in enumerate(description["networks"]):
        x, y = front_end.elements(use["inputs"][0]), front_end.get_result(use["outputs"][0])[2]
        paths.append(tmp_path / f"{i}.mlir")
        paths[-1].write_text(f"""
rnn.network @pass{i} inputs(%x = "x" : tensor<{x}xf32>) outputs("y" : tensor<{y}xf32>) {{
  %0 = arith.constant dense<1.0> : tensor<{y}xf32>
  rnn.yield {"%x" if use["outputs"] == ["samples"] else "%0"} : tensor<{y}xf32>
}}""")
    sound = np.zeros(1000)
    sound[437] = 0.25  # of DTLN 4 blocks are added up, as it was trained
    wav = se.write_wav(tmp_path / "in.wav", sound, description["sample_rate"])
    found, rate = run_sound(paths[0], wav, tmp_path / "out.wav", *paths[1:], "--app=denoise",
                            f"--frontend={file}")
    assert rate == description["sample_rate"]
    assert np.flatnonzero(found).tolist() == [437]
    assert found[437] == (32767 if name == "dtln" else 8192)


@pytest.mark.parametrize("bits,channels", [(8, 1), (16, 2), (24, 1), (32, 1), (24, 3)])
def test_kinds_of_samples(bits, channels, built, tmp_path):
    """All become mono of 16 bits."""
    sound = reference.make_sound(700)
    if channels > 1:
        sound = np.stack([sound, *[0 * sound] * (channels - 1)], axis=1)
    wav = se.write_wav(tmp_path / "in.wav", sound, bits=bits)
    found, _ = run_sound(built / "pass.elf", wav, tmp_path / "out.wav")
    expected = sound.reshape(700, -1).mean(axis=1) * 32768
    assert np.abs(found - expected).max() <= (128 if bits == 8 else 1)


def test_samples_that_are_floats(built, tmp_path):
    """Beyond full scale they are clipped."""
    sound = 3 * reference.make_sound(700)
    assert np.abs(sound).max() > 1.2
    wav = tmp_path / "in.wav"
    wav.write_bytes(seeds.make_wav(sound, rate=RATE))
    found, _ = run_sound(built / "pass.elf", wav, tmp_path / "out.wav")
    expected = np.clip(np.round(32768 * sound), -32768, 32767)
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000])
def test_other_rates(rate, built, tmp_path):
    """A tone keeps its frequency; what comes out has the network's rate."""
    t = np.arange(rate) / rate
    wav = se.write_wav(tmp_path / "in.wav", 0.5 * np.sin(2 * np.pi * 1000 * t), rate)
    found, found_rate = run_sound(built / "pass.elf", wav, tmp_path / "out.wav")
    assert found_rate == RATE and abs(len(found) - RATE) <= 1
    middle = found[4000:12000].astype(float) / 32768
    spectrum = np.abs(np.fft.rfft(middle)) / 4000
    assert spectrum.argmax() == 500 and spectrum[500] == pytest.approx(0.5, rel=0.01)
    assert np.sum(np.delete(spectrum, range(498, 503)) ** 2) < 1e-5


def test_file_that_is_cut_off(built, tmp_path):
    """Its samples are used as far as they go."""
    sound = reference.make_sound(1000)
    whole = se.write_wav(tmp_path / "whole.wav", sound).read_bytes()
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole[: 44 + 2 * 600])
    found, _ = run_sound(built / "pass.elf", cut, tmp_path / "out.wav")
    assert len(found) == 600
    assert (found == se.read_wav(tmp_path / "whole.wav")[0][:600]).all()


def test_other_outputs_and_statistics(built, tmp_path):
    """An output besides the sound has a frame for each hop, those behind the
    recording included."""
    (tmp_path / "net.mlir").write_text(PASS.replace("257", "5").replace(
        ") {", ', "level" : tensor<5xf32>) {', 1).replace(
        "yield %0 : tensor<5xf32>", "yield %0, %x : tensor<5xf32>, tensor<5xf32>"))
    (tmp_path / "net.json").write_text(json.dumps(SMALL | {"networks": [
        {"inputs": ["magnitude"], "outputs": ["gain", "other"]}]}))
    wav = se.write_wav(tmp_path / "in.wav", reference.make_sound(21))
    options = ["--app=denoise", f"--frontend={tmp_path}/net.json"]
    program = se.compile(tmp_path / "net.mlir", tmp_path / "net.elf", *options)
    levels = []
    for i, (what, more) in enumerate(((program, []), (tmp_path / "net.mlir", options))):
        found, _ = run_sound(what, wav, tmp_path / "out.wav", *more,
                             f"--out=level={tmp_path}/level{i}.npy",
                             f"--stats={tmp_path}/stats{i}.json")
        assert len(found) == 21
        levels.append(np.load(tmp_path / f"level{i}.npy"))
        # 21 samples and 4 of delay.
        assert levels[-1].shape == (7, 5)
        assert json.loads((tmp_path / f"stats{i}.json").read_text())["frames"] == 7
    assert (levels[0] == levels[1]).all() and levels[0].any()


@pytest.mark.usefixtures("gvsoc")
def test_gvsoc_gives_the_same_file(tmp_path):
    """Of a trained network, from one program."""
    program = se.compile(se.SOURCE / "models/tinydenoiser_gru128.onnx", tmp_path / "net.elf",
                         "--app=denoise", "--precision=fp16")
    wav = se.write_wav(tmp_path / "in.wav", reference.make_sound(1150))
    for platform in ("sim", "gvsoc"):
        found, _ = run_sound(program, wav, tmp_path / f"{platform}.wav",
                             f"--platform={platform}")
        assert len(found) == 1150 and found.any()
    assert (tmp_path / "sim.wav").read_bytes() == (tmp_path / "gvsoc.wav").read_bytes()


def test_program_tells_its_rate(built):
    process = se.run_tool("se-compile", built / "small.mlir", "--app=denoise",
                          f"--frontend={built}/small.json", "--emit=mlir-scheduled", "-o", "-")
    assert "dsp.stream = #dsp.stream<sample_rate = 16000, delay = 4>" in process.stdout
    content = (built / "pass.elf").read_bytes()
    assert b'"stream":{"delay":300,"sample_rate":16000}' in content
    assert b'"stream"' not in (built / "frames.elf").read_bytes()


# --- what is wrong -----------------------------------------------------------------


def refuse(tool, arguments, message, *outputs):
    """One line, status 1, no file."""
    process = se.tool(tool, *arguments)
    assert process.returncode == 1, process.stderr
    assert process.stderr == f"error: {message}\n"
    for output in outputs:
        assert not output.exists(), output


BETWEEN = "--wav-in goes with a network between samples: compile it with --app=denoise"


@pytest.mark.parametrize("arguments,message", [
    (["frames.elf", "--wav-in=sound.wav"], "{frames.elf}: " + BETWEEN),
    (["pass.mlir", "--wav-in=sound.wav"], "pass: " + BETWEEN),
    (["pass.elf", "--wav-in=sound.wav", "--in=in=a.npy"], "give either --in or --wav-in"),
    (["pass.elf", "--in=in=a.npy"], "--wav-out goes with --wav-in"),
    (["pass.mlir", "--compare=imported,normalized", "--app=denoise", "--wav-in=sound.wav"],
     "--compare goes without --wav-in and --wav-out"),
    (["pass.elf", "pass.elf", "--wav-in=sound.wav"], "expected one program, found 2"),
    (["pass.elf", "--wav-in=sound.wav", "--out=mask=a.npy"],
     "--out mask=a.npy: the network has no such port, only out"),
    (["pass.elf", "--wav-in=none.wav"], "none.wav: No such file or directory"),
    (["pass.elf", "--wav-in=pass.mlir"], "{pass.mlir}: "),
    (["pass.mlir", "pass.mlir", "--wav-in=sound.wav"],
     "several networks go with --app=denoise"),
], ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_wrong_runs(arguments, message, built, tmp_path):
    known = {path.name: path for path in built.iterdir()}
    for name, path in known.items():
        message = message.replace("{" + name + "}", str(path))
        arguments = [str(path) if x == name else x.replace(f"={name}", f"={path}")
                     for x in arguments]
    out = tmp_path / "out.wav"
    process = se.tool("se-run", *arguments, f"--wav-out={out}")
    assert process.returncode == 1 and not out.exists()
    assert process.stderr.startswith(f"error: {message}") and process.stderr.count("\n") == 1


def test_no_sound(built, tmp_path):
    wav, out = tmp_path / "in.wav", tmp_path / "out.wav"
    se.write_wav(wav, np.zeros(0))
    refuse("se-run", [built / "pass.elf", f"--wav-in={wav}", f"--wav-out={out}"],
           f"{wav}: holds no sound", out)
    wav.write_bytes(seeds.make_wav(np.array([0, np.nan]), rate=RATE))
    process = se.tool("se-run", built / "pass.elf", f"--wav-in={wav}", f"--wav-out={out}")
    assert process.returncode == 1 and not out.exists()
    assert process.stderr.startswith(f"error: {wav}: ") and process.stderr.count("\n") == 1


def test_a_failed_run_leaves_no_file(built, tmp_path):
    """Neither new ones nor half of what was there."""
    out, level = tmp_path / "out.wav", tmp_path / "no folder/out.npy"
    out.write_text("as it was")
    sound = built / "sound.wav"
    for options, word in ((["--max-cycles=2000"], "cycles"), ([f"--out=out={level}"], "write")):
        process = se.tool("se-run", built / "pass.elf", f"--wav-in={sound}",
                          f"--wav-out={out}", *options)
        assert process.returncode == 1 and word in process.stderr
        assert process.stderr.count("\n") == 1, process.stderr
        assert out.read_text() == "as it was" and sorted(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_file(number, built, tmp_path):
    wav = se.write_wav(tmp_path / "in.wav", np.zeros(1 << 22))
    process = subprocess.Popen(
        [se.BIN / "se-run", built / "pass.elf", f"--wav-in={wav}",
         f"--wav-out={tmp_path}/out.wav", f"--stats={tmp_path}/stats.json"],
        stderr=subprocess.DEVNULL)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=1)
    process.send_signal(number)
    assert process.wait(timeout=30) != 0
    assert sorted(tmp_path.iterdir()) == [wav]


def test_wrong_applications(built, tmp_path):
    net, small, elf = built / "pass.mlir", built / "small.mlir", tmp_path / "net.elf"
    known = "dtln, nsnet2, rnnoise, tinydenoiser"

    def check(arguments, message):
        refuse("se-compile", [*arguments, "-o", elf], message, elf)

    check([net, "--app=denoiser"], "unknown --app 'denoiser', expected frames or denoise")
    check([net, "--app=denoise", "--frontend=other"],
          f"unknown front end 'other', expected {known} or the path of a .json file")
    check([net, "--app=denoise", "--frontend=./none.json"],
          "cannot read front end './none.json': No such file or directory")
    check([net, net], "several networks go with --app=denoise")
    check([small, "--app=denoise"],
          "--app=denoise: no front end fits the networks' inputs and outputs; give "
          f"--frontend=FILE.json (known: {known})")
    check([net, net, "--app=denoise", "--frontend=tinydenoiser"],
          f"{net}:2:1: front-end-C1: front end 'tinydenoiser' takes 1 network, found 2")
    check([net, "--app=denoise", "--frontend=dtln"],
          f"{net}:2:1: front-end-C1: front end 'dtln' takes 2 networks, found 1")
    check([net, "--app=denoise", "--frontend=nsnet2"],
          f"{net}:2:1: front-end-C2: front end 'nsnet2' needs a network with 1 input, [161]; "
          "found mag [257]")
    for phase in ("normalized", "legalized", "scheduled"):
        later = se.compile(net, tmp_path / f"{phase}.mlir", f"--emit=mlir-{phase}")
        check([later, "--app=denoise"],
              f"--app=denoise: the module is of phase '{phase}', a front end is added in "
              "'imported'")
        later.unlink()


# Changes of SMALL, and the end of the message.
WRONG_FILES = {
    "key": ({"bins": 5}, "unknown key, expected description, sample_rate, hop, fft, window, "
            "synthesis, bands or networks"),
    "window_key": ({"window": {"shape": "hann", "samples": 8, "size": 8}},
                   "unknown key, expected shape or samples"),
    "no_window": ({"window": None}, "missing value"),
    "window_type": ({"window": "hann"}, "expected object"),
    "shape": ({"window": {"shape": "blackman", "samples": 8}},
              "expected rectangular, hann, sqrt_hann, hamming or vorbis"),
    "window_beyond": ({"window": {"shape": "hann", "samples": 9}}, "expected 1 to fft"),
    "fft": ({"fft": 14}, "expected an even number from 4 to 8192, half of it a product of "
            "numbers from 2 to 5, such as 320, 512 or 960"),
    "fft_odd": ({"fft": 9}, "expected an even number from 4 to 8192"),
    "fft_large": ({"fft": 16384}, "expected an even number from 4 to 8192"),
    "fft_negative": ({"fft": -8}, "expected an even number from 4 to 8192"),
    "fft_type": ({"fft": "8"}, "expected integer"),
    "hop_beyond": ({"hop": 9}, "expected 1 to the samples of the window"),
    "hop_zero": ({"hop": 0}, "expected 1 to the samples of the window"),
    "hop_missing": ({"hop": None}, "missing value"),
    "rate": ({"sample_rate": 0}, "expected 1 to 768000"),
    "rate_fraction": ({"sample_rate": 44.1}, "expected integer"),
    "gap": ({"hop": 8}, "with this hop there are samples that no block holds"),
    "synthesis_key": ({"synthesis": {"shape": "hann", "samples": 8}},
                      "unknown key, expected shape or normalize"),
    "synthesis_type": ({"synthesis": {"shape": "hann", "normalize": 1}}, "expected boolean"),
    "networks": ({"networks": []}, "expected at least one"),
    "networks_type": ({"networks": {}}, "expected array"),
    "no_inputs": ({"networks": [{"inputs": [], "outputs": ["gain"]}]}, "expected at least one"),
    "only_other": ({"networks": [{"inputs": ["power"], "outputs": ["other"]}]},
                   "expected one that changes the sound: gain, complex_gain, spectrum or "
                   "samples"),
    "network_key": ({"networks": [{"inputs": ["power"], "outputs": ["gain"], "states": []}]},
                    "unknown key, expected features, inputs or outputs"),
    "source": ({"networks": [{"inputs": ["mel"], "outputs": ["gain"]}]},
               "expected magnitude, power, complex, samples, a name of the network's features"),
    "result": ({"networks": [{"inputs": ["power"], "outputs": ["mask"]}]},
               "expected gain, {\"gain\": BANDS}, complex_gain, spectrum, samples or other"),
    "step": ({"networks": [{"inputs": [["power", "ln"]], "outputs": ["gain"]}]},
             "expected log, log2, log10, sqrt or an object, such as {\"at_least\": 1e-9}"),
    "step_key": ({"networks": [{"inputs": [["power", {"more": 1}]], "outputs": ["gain"]}]},
                 "unknown key, expected at_least, at_most, exponent, scale, offset, hold"),
    "step_value": ({"networks": [{"inputs": [["power", {"scale": 1e39}]],
                                  "outputs": ["gain"]}]}, "expected a finite number"),
    **{f"silence_{i}": ({"networks": [{"inputs": [steps], "outputs": ["gain"]}]},
                        'silence has no such value: put {"at_least": NUMBER} before it')
       for i, steps in enumerate([
           ["power", "log"], ["magnitude", {"at_least": 0}, "log2"],
           ["power", {"at_least": 1e-60}, "log10"],  # 0 as a float
           ["power", {"at_least": 1}, "log", "sqrt"], ["samples", {"exponent": 0.5}],
           ["power", {"exponent": -1}], ["complex", "sqrt"],
           ["power", {"at_least": 1}, {"offset": -1}, "log"],
           ["power", {"at_least": 1}, {"scale": -1}, "log"]])},
    "empty_feature": ({"networks": [{"inputs": [[]], "outputs": ["gain"]}]},
                      "expected magnitude, power, complex or samples first"),
}

NETWORK = {"inputs": ["power"], "outputs": ["gain"]}


def with_bands(**bands):
    return {"bands": {"b": bands}, "networks": [NETWORK]}


def with_feature(*steps, source="power", **network):
    """SMALL has 5 bins."""
    bands = {"b": {"edges": [0, 1000, 3000]}}
    return {"bands": bands, "networks": [
        {"inputs": [[source, *steps]], "outputs": ["gain"], **network}]}


def with_output(*output):
    return with_feature(outputs=[list(output)])


MEL = {"scale": "mel", "count": 2, "from": 0, "to": 4000}
WRONG_FILES |= {
    "bands_type": ({"bands": []}, "expected object"),
    "bands_of_what": (with_bands(normalize=True), "missing value"),
    "bands_key": (with_bands(edges=[0, 1000], count=2), "unknown key, expected edges or scale"),
    "scale": (with_bands(**MEL | {"scale": "octave"}), "expected mel, bark or erb"),
    "count_zero": (with_bands(**MEL | {"count": 0}), "expected 1 to 512"),
    "count_large": (with_bands(**MEL | {"count": 513}), "expected 1 to 512"),
    "narrow": (with_bands(**MEL | {"count": 20}), "there are bands without a bin"),
    "from_negative": (with_bands(**MEL | {"from": -1}), "expected 0 or more"),
    "from_beyond": (with_bands(**MEL | {"from": 4000}), "expected more than 'from'"),
    "to_beyond": (with_bands(**MEL | {"to": 1e6}), "expected half of sample_rate at most"),
    "edges_few": (with_bands(edges=[0]), "expected 2 to 512 numbers"),
    "edges_falling": (with_bands(edges=[0, 2000, 1000]), "expected more than before it"),
    "edges_same": (with_bands(edges=[0, 1000, 1000, 2000]), "expected more than before it"),
    "edges_beyond": (with_bands(edges=[0, 1e6]), "expected 0 to half of sample_rate"),
    "edges_negative": (with_bands(edges=[-1, 1000]), "expected 0 to half of sample_rate"),
    "edges_type": (with_bands(edges=[0, "1000"]), "expected number"),
    "edges_narrow": (with_bands(edges=[0, 100, 200, 1000]), "there are bands without a bin"),
    "normalize_type": (with_bands(**MEL, normalize=1), "expected boolean"),
    "unknown_bands": (with_feature({"bands": "c"}), "expected a name of the front end's bands"),
    "bands_of_samples": (with_feature({"bands": "b"}, source="samples"),
                         "expected an element for each bin before it"),
    "bands_twice": (with_feature({"bands": "b"}, {"bands": "b"}),
                    "expected an element for each bin before it"),
    "gain_bands": (with_output({"gain": "c"}), "expected a name of the front end's bands"),
    "list_length": (with_feature({"scale": [1, 2]}), "expected a number for each element"),
    "list_empty": (with_feature({"offset": []}), "expected a list of numbers"),
    "elements_form": (with_feature({"elements": 3}), "expected [FIRST, COUNT]"),
    "elements_beyond": (with_feature({"elements": [3, 3]}), "there are not so many elements"),
    "elements_none": (with_feature({"elements": [5, 1]}), "there are not so many elements"),
    "dct_zero": (with_feature({"dct": 0}), "expected 1 to the number of elements"),
    "dct_large": (with_feature({"dct": 6}), "expected 1 to the number of elements"),
    "frames_none": (with_feature({"frames": []}), "expected a list of numbers"),
    "frames_many": (with_feature({"frames": [1] * 65}), "expected 64 numbers at most"),
    "hold": (with_feature({"hold": 1}), "expected 0 or more, and less than 1"),
    "follow_key": (with_feature({"follow": {"fall": 1}}), "missing value"),
    "follow_value": (with_feature({"follow": {"fall": 0, "range": 1, "start": 0}}),
                     "expected more than 0"),
    "follow_type": (with_feature({"follow": 3}), "expected object"),
    "nonstationarity": (with_feature({"nonstationarity": 1}), "expected 2 to 32"),
    "values_none": (with_feature(source={"values": []}), "expected a list of numbers"),
    "join_none": (with_feature(source={"join": []}), "expected a list of features"),
    "join_large": (with_feature(source={"join": [{"join": ["power"] * 200}] * 70}),
                   "too many elements"),
    "source_key": (with_feature(source={"sum": ["power"]}), "or an object of one key"),
    "own_feature": (with_feature(features={"a": ["b", "sqrt"], "b": ["a"]}),
                    "this feature would be made of itself"),
    "feature_known": (with_feature(features={"power": ["magnitude"]}),
                      "there is a feature of this name already"),
    "feature_unused": (with_feature(features={"a": ["power", "log"]}),
                       "silence has no such value"),
    "feature_type": (with_feature(features=[]), "expected object"),
    "silent_bands": (with_feature({"bands": "b"}, "log"), "silence has no such value"),
    "silent_frames": (with_feature({"offset": 1}, {"frames": [1, 1]}, "log"),
                      "silence has no such value"),
    "output_none": (with_output(), "expected what the output does last, such as gain"),
    "output_step": (with_output({"dct": 3}, "gain"), "no such step before a result"),
    "output_log": (with_output("log", "gain"), "silence has no such value"),
    "other_steps": (with_feature(outputs=["gain", [{"scale": 2}, "other"]]),
                    "there are no steps before other"),
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_wrong_file(name, built, tmp_path):
    changes, message = WRONG_FILES[name]
    values = {key: value for key, value in (SMALL | changes).items() if value is not None}
    file, elf = tmp_path / "front.json", tmp_path / "net.elf"
    file.write_text(json.dumps(values))
    for tool, more in (("se-compile", ["-o", elf]), ("se-run", [])):
        process = se.tool(tool, built / "small.mlir", "--app=denoise", f"--frontend={file}",
                          *more)
        assert process.returncode == 1 and not elf.exists()
        assert process.stderr.startswith(f"error: {file}: ")
        assert message in process.stderr and process.stderr.count("\n") == 1, process.stderr


@pytest.mark.parametrize("steps", [
    ["power", {"offset": 1e-9}, "log"], ["magnitude", "sqrt", {"exponent": 0.3}],
    ["power", {"at_least": 1}, {"scale": 2}, {"offset": -1.5}, {"exponent": -1}, "sqrt"],
    ["power", {"scale": -1}, {"at_least": -2}, {"offset": 3}, "log10"]])
def test_steps_with_a_value_in_silence(steps, built, tmp_path):
    """Also behind it: all outputs are finite, states in f32 too."""
    file = tmp_path / "front.json"
    file.write_text(json.dumps(SMALL | {"networks": [{"inputs": [steps],
                                                      "outputs": ["gain"]}]}))
    sound = np.concatenate([np.zeros(80), reference.make_sound(80), np.zeros(80)])
    (tmp_path / "net.mlir").write_text("""
rnn.network @net inputs(%x = "x" : tensor<5xf32>)
    states(%h = "h" : tensor<5xf32> reset dense<0.0> : tensor<5xf32>)
    outputs("y" : tensor<5xf32>) {
  %0 = arith.addf %x, %h : tensor<5xf32>
  %1 = rnn.activation <tanh> %0 : tensor<5xf32> -> tensor<5xf32>
  rnn.yield %1 : tensor<5xf32> next %1 : tensor<5xf32>
}""")
    found = se.run(tmp_path / "net.mlir", {"in": sound.reshape(-1, 4)}, ["out"],
                   "--app=denoise", f"--frontend={file}", "--nonfinite=propagate")
    assert np.isfinite(found["out"]).all() and found["out"].any()


def test_object(built, tmp_path):
    """For a firmware: a hop in, a hop out."""
    se.compile(built / "small.mlir", tmp_path / "denoiser.o", "--emit=obj", "--app=denoise",
               f"--frontend={built}/small.json")
    header = " ".join((tmp_path / "denoiser.h").read_text().split())
    assert "void denoiser_step(denoiser_state *state, const float in[4], float out[4])" in header


@pytest.mark.parametrize("text", ["", "[]", "{", '{"hop": 1, "hop": 2}', "\xff", "null",
                                  "[" * 100000])
def test_file_that_is_no_json(text, built, tmp_path):
    file = tmp_path / "front.json"
    file.write_text(text, encoding="latin-1")
    process = se.tool("se-run", built / "small.mlir", "--app=denoise", f"--frontend={file}")
    assert process.returncode == 1
    assert process.stderr.startswith(f"error: {file}: ") and process.stderr.count("\n") == 1
