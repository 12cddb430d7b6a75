# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A cell on the command line and in Python: --cell, --size, --random-weights and
--weights of se-compile and se-run, se_mlir.cells."""

import re
import zipfile

import numpy as np
import pytest

import cells_reference
import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from se_mlir import cells  # noqa: E402

SIZES = {"x": 5, "h": 6}
LSTM = ("--cell=lstm", "--size=x=5,h=6")
FRAMES = np.random.default_rng(1).uniform(-1, 1, (30, 5)).astype(np.float32)


def save_weights(file, save=np.savez, **changes):
    """Weights of the LSTM; a change of None leaves one out."""
    weights = cells.random_weights("lstm", SIZES, 3) | changes
    save(file, **{n: w for n, w in weights.items() if w is not None})
    return weights


def run_cell(*options, frames=FRAMES, name="x"):
    return se_run(options, {name: frames})


def se_run(options, inputs):
    """se-run without a program."""
    first, *rest = options
    return se.run(first, inputs, ["y"], *rest)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_weights(save, tmp_path):
    """Host, simulator and numpy agree; the file may be compressed."""
    weights = save_weights(tmp_path / "w.npz", save)
    options = (*LSTM, f"--weights={tmp_path}/w.npz")
    host = run_cell(*options)
    expected, _ = cells_reference.run("lstm", weights, FRAMES, {"h": (6,), "c": (6,)})
    se.assert_close(host, {"y": expected}, 1e-5, "numpy")
    se.run_tool("se-compile", *options, "-o", tmp_path / "n.elf")
    chip = se.run(tmp_path / "n.elf", {"x": FRAMES}, ["y"])
    se.assert_same_bits(host, chip, "host and simulator")


def test_optional_weight(tmp_path):
    """Peepholes are used if they are in the file."""
    peepholes = np.linspace(-0.5, 0.5, 18).astype(np.float32)
    weights = save_weights(tmp_path / "w.npz", P=peepholes)
    found = run_cell(*LSTM, f"--weights={tmp_path}/w.npz")
    expected, _ = cells_reference.run("lstm", weights, FRAMES, {"h": (6,), "c": (6,)})
    se.assert_close(found, {"y": expected}, 1e-5, "numpy")


def test_number_as_weight(tmp_path):
    """A weight of one element may come without its dimension."""
    weights = cells.random_weights("fast_rnn", SIZES, 1)
    np.savez(tmp_path / "w.npz", **{n: w[0] if w.size == 1 else w
                                    for n, w in weights.items()})
    found = run_cell("--cell=fast_rnn", "--size=x=5,h=6", f"--weights={tmp_path}/w.npz")
    expected, _ = cells_reference.run("fast_rnn", weights, FRAMES, {"h": (6,)})
    se.assert_close(found, {"y": expected}, 1e-5, "numpy")


@pytest.mark.parametrize("precision", ["fp16", "mixed", "int8"])
def test_random_weights(precision, tmp_path):
    """Both tools make the same network, calibrated with the same random frames."""
    options = ("--cell=gru", "--size=x=16,h=32", "--random-weights=7",
               f"--precision={precision}")
    frames = np.random.default_rng(1).uniform(-1, 1, (30, 16)).astype(np.float32)
    host = run_cell(*options, frames=frames)
    se.run_tool("se-compile", *options, "-o", tmp_path / "n.elf")
    chip = se.run(tmp_path / "n.elf", {"x": frames}, ["y"])
    se.assert_same_bits(host, chip, "host and simulator")
    other = run_cell(*(o.replace("=7", "=8") for o in options), frames=frames)
    assert not np.array_equal(host["y"], other["y"])


def test_calibration(tmp_path):
    """With recordings, these are what int8 is calibrated with."""
    options = ("--cell=gru", "--size=x=16,h=32", "--random-weights=7", "--precision=int8")
    frames = np.random.default_rng(1).uniform(-1, 1, (150, 16)).astype(np.float32)
    np.save(tmp_path / "c.npy", 0.1 * frames)
    random = run_cell(*options, frames=frames)
    given = run_cell(*options, f"--calibration={tmp_path}/c.npy", frames=frames)
    assert not np.array_equal(random["y"], given["y"])


OWN = """
rnn.cell @part inputs(%a : tensor<?xf32>) outputs(tensor<?xf32>) {
  %y = math.tanh %a : tensor<?xf32>
  rnn.yield %y : tensor<?xf32>
}
rnn.cell @mine sizes(x, h) inputs(%x : tensor<?xf32>[x]) states(%h : tensor<?xf32>[h])
    weights(%W : tensor<?x?xf32>[h, x], %d : tensor<?xf32>[h] in [0.5, 0.9])
    outputs(tensor<?xf32>) {
  %wx = rnn.matvec %W, %x : tensor<?x?xf32>, tensor<?xf32> -> tensor<?xf32>
  %dh = arith.mulf %d, %h : tensor<?xf32>
  %s = arith.addf %wx, %dh : tensor<?xf32>
  %t = rnn.apply @part(%s) states() weights()
      : (tensor<?xf32>), (), () -> (tensor<?xf32>), ()
  rnn.yield %t : tensor<?xf32> next %t : tensor<?xf32>
}
"""


@pytest.mark.parametrize("suffix", ["", ":mine"])
def test_file(suffix, tmp_path):
    """A cell that is in nobody's library; another one of the file is a part of it."""
    file = tmp_path / "own.mlir"
    file.write_text(OWN)
    weights = cells.random_weights(f"{file}{suffix}", SIZES, 2)
    assert weights["d"].min() >= 0.5 and weights["d"].max() <= 0.9
    found = run_cell(f"--cell={file}{suffix}", "--size=x=5,h=6", "--random-weights=2")
    h, expected = np.zeros(6), []
    for x in FRAMES:
        h = np.tanh(weights["W"] @ x + weights["d"] * h)
        expected.append(h)
    se.assert_close(found, {"y": np.stack(expected)}, 1e-5, "numpy")


def test_file_with_network(tmp_path):
    """Of a file with a network and known sizes, only the cell counts."""
    leaky = se.SOURCE / "examples/cells/leaky.mlir"
    found = run_cell(f"--cell={leaky}", "--random-weights=2", frames=FRAMES[:, :3])
    assert found["y"].shape == (30, 4)


WRONG = [
    (["--cell=lsmt"], "--cell: the library has no cell 'lsmt', did you mean 'lstm'?"),
    (["--cell=quite_another"], "--cell: the library has no cell 'quite_another'; se-compile "
     "--cell=help lists its cells"),
    ([*LSTM], "--cell: give either --random-weights=SEED or --weights=FILE.npz"),
    ([*LSTM, "--random-weights=1", "--weights=w.npz"],
     "--cell: give either --random-weights=SEED or --weights=FILE.npz"),
    (["--cell=lstm", "--random-weights=1"],
     "--size: cell 'lstm' needs a value for 'x', its sizes are: x, h"),
    ([*LSTM, "--size=k=3", "--random-weights=1"],
     "--size: cell 'lstm' has no size 'k', it has: x, h"),
    (["--cell=lstm", "--size=x=0,h=3", "--random-weights=1"],
     "--size: expected NAME=1 to NAME=1048576, separated by commas, found 'x=0'"),
    (["--cell=lstm", "--size=x=3,h=3,x=4", "--random-weights=1"],
     "--size: 'x' is given twice"),
    (["--cell=lstm", "--size=x=1000000,h=1000000", "--random-weights=1"],
     "--size: 'W' would have the shape [4000000, 1000000], expected 1 to 268435456 "
     "elements"),
    (["--cell=own.mlir:other", "--random-weights=1"],
     "--cell: own.mlir has no cell 'other', it has: part, mine"),
    (["--cell=two.mlir", "--random-weights=1"],
     "--cell: two.mlir has several cells (a, b), give two.mlir:NAME"),
    (["--cell=empty.mlir", "--random-weights=1"], "--cell: empty.mlir has no rnn.cell"),
    (["--cell=none.mlir", "--random-weights=1"], "cannot read 'none.mlir': "),
    (["--cell=own.mlir:part", "--random-weights=1"],
     "--cell: 'part' does not say the shape of 'a' in names of sizes, such as sizes(n) "
     "inputs(%x : tensor<?xf32>[n])"),
    ([*LSTM, "--random-weights=1", "--option=f=reloo"],
     "--option: expected NAME=FUNCTION, NAME=NUMBER or NAME, such as f=relu, found "
     "'f=reloo'"),
    ([*LSTM, "--random-weights=1", "--option=f=relu", "--option=f=tanh"],
     "--option: 'f' is given twice"),
    ([*LSTM, "--random-weights=1", "--option=clip=relu"],
     "cells/lstm.mlir:14:1: 'lstm': 'rnn.apply' op instantiate-C5: 'se.lstm' "
     "(cells/lstm.mlir:14:1): option 'clip' must be a number, such as 0.5 : f32"),
    ([*LSTM, "--random-weights=1", "--option=e=1"],
     "cells/lstm.mlir:14:1: 'lstm': 'rnn.apply' op instantiate-C5: 'se.lstm' "
     "(cells/lstm.mlir:14:1): there is no option 'e', there are clip, f, input_forget, g, h"),
    ([*LSTM, "--weights=none.npz"], "none.npz: No such file"),
    ([*LSTM, "--weights=text.npz"], "text.npz: not an .npz file"),
    ([*LSTM, "--weights=cut.npz"], "cut.npz: "),
    ([*LSTM, "--weights=flipped.npz"], "flipped.npz: W: is damaged"),
    ([*LSTM, "--weights=double.npz"], "double.npz: W: expected float32, found float64"),
    ([*LSTM, "--weights=missing.npz"],
     "cell 'lstm' needs weights that are not there: R"),
    ([*LSTM, "--weights=extra.npz"], "cell 'lstm' has no weights of these names: Q"),
    ([*LSTM, "--weights=shape.npz"],
     "weight 'W' of cell 'lstm' must have the shape [24, 5], found [24, 6]"),
    ([*LSTM, "--weights=nan.npz"], "weight 'b' has a value that is not finite"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cells")
    (folder / "own.mlir").write_text(OWN)
    (folder / "two.mlir").write_text("rnn.cell @a { rnn.yield }\nrnn.cell @b { rnn.yield }\n")
    (folder / "empty.mlir").write_text("")
    (folder / "text.npz").write_text("no archive")
    save_weights(folder / "good.npz")
    good = (folder / "good.npz").read_bytes()
    (folder / "cut.npz").write_bytes(good[:len(good) // 2])
    with zipfile.ZipFile(folder / "good.npz") as archive:
        at = archive.getinfo("W.npy").header_offset + 300
    (folder / "flipped.npz").write_bytes(
        good[:at] + bytes([good[at] ^ 255]) + good[at + 1:])
    save_weights(folder / "double.npz", W=np.zeros((24, 5)))
    save_weights(folder / "missing.npz", R=None)
    save_weights(folder / "extra.npz", Q=np.zeros(3, np.float32))
    save_weights(folder / "shape.npz", W=np.zeros((24, 6), np.float32))
    save_weights(folder / "nan.npz", b=np.full(24, np.nan, np.float32))
    return folder


@pytest.mark.parametrize("tool", ["se-compile", "se-run"])
@pytest.mark.parametrize("options,message", WRONG, ids=[m for _, m in WRONG])
def test_wrong(tool, options, message, folder, tmp_path):
    out = tmp_path / "out"
    rest = ["-o", out] if tool == "se-compile" else [f"--out=y={out}"]
    process = se.tool(tool, *options, *rest, cwd=folder)
    assert process.returncode == 1
    assert process.stderr.startswith("error: " + message), process.stderr
    assert process.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize("command", [["se-compile", "-o", "x.elf"], ["se-run"]])
def test_cell_as_network(command, folder):
    tool, *rest = command
    process = se.tool(tool, "own.mlir", *rest, cwd=folder)
    assert process.returncode == 1
    assert process.stderr == (
        "error: own.mlir:2:1: there is a cell and no network: --cell=FILE makes one around "
        "it\n")


def test_options_without_cell():
    process = se.tool("se-compile", "--size=x=3", "net.mlir", "-o", "n.elf")
    assert process.returncode == 1
    assert process.stderr == (
        "error: --size, --option, --random-weights and --weights go with --cell\n")
    process = se.tool("se-run", *LSTM, "--random-weights=1", "net.mlir")
    assert process.returncode == 1
    assert process.stderr == (
        "error: --cell takes the place of a network, found 'net.mlir' too\n")


def test_page(tmp_path):
    """The cell that docs/cells.md begins with, and the error that it shows."""
    page = (se.SOURCE / "docs/cells.md").read_text()
    cell = re.search(r"```mlir\n(// leaky.mlir\n.*?)```", page, re.DOTALL).group(1)
    (tmp_path / "leaky.mlir").write_text(cell)
    se.compile("--cell=" + str(tmp_path / "leaky.mlir"), tmp_path / "leaky.elf",
               "--size=x=40,h=64", "--random-weights=1", "--precision=fp16")
    network = """
rnn.network @net inputs(%x = "x" : tensor<40xf32>)
    states(%h = "h" : tensor<64xf32> reset dense<0.0> : tensor<64xf32>)
    outputs("y" : tensor<64xf32>) {
  %W = arith.constant dense<0.1> : tensor<64x41xf32>
  %a = arith.constant dense<0.5> : tensor<64xf32>
  %y, %h1 = rnn.apply @leaky(%x) states(%h) weights(%W, %a) : (tensor<40xf32>),
      (tensor<64xf32>), (tensor<64x41xf32>, tensor<64xf32>) -> (tensor<64xf32>), (tensor<64xf32>)
  rnn.yield %y : tensor<64xf32> next %h1 : tensor<64xf32>
}
"""
    (tmp_path / "net.mlir").write_text(cell + network)
    process = se.tool("se-compile", "net.mlir", "-o", "net.elf", cwd=tmp_path)
    assert process.returncode == 1
    shown = re.search(r"```\n(error: net.mlir.*?)```", page, re.DOTALL).group(1)
    without_places = lambda text: re.sub(r":\d+:\d+", "", " ".join(text.split()))
    assert without_places(process.stderr) == without_places(shown)


def test_list():
    """All cells, and the same in both tools and in the documentation."""
    listed = se.run_tool("se-compile", "--cell=help").stdout
    assert re.findall(r"^(\w+)$", listed, re.MULTILINE) == list(cells.names())
    assert se.run_tool("se-run", "--cell=help").stdout == listed
    page = (se.SOURCE / "docs/cells.md").read_text()
    assert f"```\n{listed}```\n" in page, (
        "docs/cells.md: replace the list by what se-compile --cell=help prints")


def test_operations_are_listed():
    """docs/cells.md has each operation of the dialect that may stand in a cell, with its
    summary in ODS."""
    ods = (se.SOURCE / "include/se/Dialect/RNN/RNNOps.td").read_text()
    summaries = dict(re.findall(r'RNN_Op<"(\w+)".*?let summary = "([^"]*)"', ods, re.DOTALL))
    # What holds cells, what is made of static cells, what a policy makes.
    for other in ("network", "cell", "observe", "lstm", "gru", "quantize", "interpolate"):
        del summaries[other]
    page = (se.SOURCE / "docs/cells.md").read_text()
    assert dict(re.findall(r"^\| `rnn\.(\w+)` \| (.*) \|$", page, re.MULTILINE)) == summaries


def test_bounds_are_stated():
    """docs/cells.md has the bounds that test_cells.py holds."""
    import test_cells

    page = (se.SOURCE / "docs/cells.md").read_text()
    stated = dict(re.findall(r"^\| (`[^|]*) \| ([\d.]+) \|$", page, re.MULTILINE))
    assert {key: float(value) for key, value in stated.items()} == {
        "`fp32`": test_cells.BOUNDS["fp32"],
        "`fp16`": test_cells.BOUNDS["fp16"],
        "`mixed`, `int8`": test_cells.BOUNDS["mixed"],
        "`layer_norm_lstm` in `fp16`": test_cells.WIDER["layer_norm_lstm", "fp16"],
        "`layer_norm_lstm` in `mixed`, `int8`": test_cells.WIDER["layer_norm_lstm", "mixed"],
        "`rwkv_channel` in `mixed`, `int8`": test_cells.WIDER["rwkv_channel", "mixed"],
    }


def test_python(tmp_path):
    """The package makes the same networks as the tools, and has their messages."""
    weights = cells.random_weights("lstm", SIZES, 9)
    assert {n: w.shape for n, w in weights.items()} == {
        "W": (24, 5), "R": (24, 6), "b": (24,)}
    text = cells.network("lstm", SIZES, weights)
    (tmp_path / "lstm.mlir").write_text(text)
    found = se_mlir.HostNetwork(tmp_path / "lstm.mlir").run({"x": FRAMES})
    tool = run_cell(*LSTM, "--random-weights=9")
    se.assert_same_bits(found, tool, "package and se-run")
    assert "rnn.cell @se.lstm sizes(x, h)" in cells.text("lstm")
    for call, message in [
        (lambda: cells.text("lsmt"), "the library has no cell 'lsmt', did you mean 'lstm'?"),
        (lambda: cells.network("lstm", {"x": 5}, weights),
         "--size: cell 'lstm' needs a value for 'h', its sizes are: x, h"),
        (lambda: cells.network("lstm", SIZES, {"W": weights["W"]}),
         "cell 'lstm' needs weights that are not there: R, b"),
        (lambda: cells.network("lstm", SIZES, weights | {"b": np.zeros(3)}),
         "weight 'b' of cell 'lstm' must have the shape [24], found [3]"),
    ]:
        with pytest.raises(se_mlir.Error) as raised:
            call()
        assert str(raised.value) == message


def test_options(tmp_path):
    """A function, a number and a choice."""
    frames = 3 * FRAMES
    w = cells.random_weights("lstm", SIZES, 4)
    options = ["f=#rnn.act<hard_sigmoid, alpha = 0.25 : f32>", "g=relu", "clip=0.5",
               "input_forget"]
    found = run_cell(*LSTM, "--random-weights=4", *(f"--option={o}" for o in options),
                     frames=frames)
    h, c, expected = np.zeros(6), np.zeros(6), []
    for x in frames:
        i, o, _, g = np.split(np.clip(w["W"] @ x + w["R"] @ h + w["b"], -0.5, 0.5), 4)
        f = lambda a: np.clip(0.25 * a + 0.5, 0, 1)
        c = (1 - f(i)) * c + f(i) * np.maximum(g, 0)
        h = f(o) * np.tanh(c)
        expected.append(h)
    se.assert_close(found, {"y": np.stack(expected)}, 1e-5, "numpy")
    (tmp_path / "lstm.mlir").write_text(cells.network("lstm", SIZES, w, options))
    package = se_mlir.HostNetwork(tmp_path / "lstm.mlir").run({"x": frames})
    se.assert_same_bits(found, package, "tool and package")


NETWORK = """
rnn.network @net inputs(%x = "x" : tensor<5xf32>)
    states(%h = "h" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>,
           %c = "c" : tensor<6xf32> reset dense<0.0> : tensor<6xf32>)
    outputs("y" : tensor<6xf32>) {
  %W = arith.constant dense<0.25> : tensor<24x5xf32>
  %R = arith.constant dense<0.125> : tensor<24x6xf32>
  %b = arith.constant dense<0.5> : tensor<24xf32>
  %y, %h1, %c1 = rnn.apply @se.lstm(%x) states(%h, %c) weights(%W, %R, %b) {OPTIONS}
      : (tensor<5xf32>), (tensor<6xf32>, tensor<6xf32>),
        (tensor<24x5xf32>, tensor<24x6xf32>, tensor<24xf32>)
      -> (tensor<6xf32>), (tensor<6xf32>, tensor<6xf32>)
  rnn.yield %y : tensor<6xf32> next %h1, %c1 : tensor<6xf32>, tensor<6xf32>
}
"""


def test_network_names_cell(tmp_path):
    """A network applies a cell of the library by its name, with options."""
    weights = {"W": np.full((24, 5), 0.25), "R": np.full((24, 6), 0.125),
               "b": np.full(24, 0.5)}
    file = tmp_path / "net.mlir"
    file.write_text(NETWORK.replace("OPTIONS", ""))
    expected, _ = cells_reference.run("lstm", weights, FRAMES, {"h": (6,), "c": (6,)})
    se.assert_close(se.run(file, {"x": FRAMES}, ["y"]), {"y": expected}, 1e-5, "numpy")
    file.write_text(NETWORK.replace("OPTIONS", "options = {clip = 0.5 : f32}"))
    h, c, clipped = np.zeros(6), np.zeros(6), []
    for x in FRAMES:
        a = np.clip(weights["W"] @ x + weights["R"] @ h + 0.5, -0.5, 0.5)
        i, o, f, g = np.split(a, 4)
        s = cells_reference.sigmoid
        c = s(f) * c + s(i) * np.tanh(g)
        h = s(o) * np.tanh(c)
        clipped.append(h)
    clipped = np.stack(clipped)
    se.assert_close(se.run(file, {"x": FRAMES}, ["y"]), {"y": clipped}, 1e-5, "numpy")
    assert np.abs(clipped - expected).max() > 0.01
