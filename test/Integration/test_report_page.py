# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""se-compile --report=FILE.html: the page says what the report and se-run say."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe
from pages import Page, number

RECIPE = Recipe("gru1", input=40, hidden=64, layers=2, head="gemm")
FRAMES = 4


def random_frames(count, elements, seed=1):
    """Those of the page: std::mt19937_64 of the seed's complement, from -1 to 1."""
    mask = (1 << 64) - 1
    state = [~seed & mask]
    for i in range(1, 312):
        state.append((6364136223846793005 * (state[-1] ^ (state[-1] >> 62)) + i) & mask)
    values = []
    while len(values) < count * elements:
        for i in range(312):
            x = (state[i] & ~0x7FFFFFFF & mask) | (state[(i + 1) % 312] & 0x7FFFFFFF)
            state[i] = state[(i + 156) % 312] ^ (x >> 1) ^ (0xB5026F5AA96619E9 * (x & 1))
        for x in state:
            x ^= (x >> 29) & 0x5555555555555555
            x ^= (x << 17) & 0x71D67FFFEDA60000
            x ^= (x << 37) & 0xFFF7EEE000000000
            x ^= x >> 43
            values.append((x >> 11) * 2.0**-52 - 1)
    return np.array(values[: count * elements], np.float32).reshape(count, elements)


class Compiled:
    def __init__(self, folder, *options):
        model, self.elf = folder / "net.onnx", folder / "net.elf"
        model.write_bytes(onnx_models.build(RECIPE).SerializeToString())
        self.folder, self.file = folder, folder / "net.html"
        se.compile(model, self.elf, *options, f"--report={self.file}")
        se.compile(model, self.elf, *options, f"--report={folder}/net.json")
        self.report = json.loads((folder / "net.json").read_text())
        self.page = Page(self.file.read_text())
        self.frames = random_frames(FRAMES, RECIPE.input)

    def run(self, frames):
        np.save(self.folder / "x.npy", self.frames[:frames])
        se.run_tool("se-run", self.elf, "--in", f"x={self.folder}/x.npy", "--profile",
                    f"--stats={self.folder}/stats.json")
        return json.loads((self.folder / "stats.json").read_text())


TARGETS = {"pulp-open": ["--precision=fp16"],
           "gap9": ["--precision=fp16", "--target=gap9", "--cores=4"],
           "ring": ["--precision=fp32", "--l1-bytes=30000"]}


@pytest.fixture(scope="module", params=TARGETS)
def compiled(request, tmp_path_factory):
    return Compiled(tmp_path_factory.mktemp("page"), *TARGETS[request.param])


def test_page_stands_alone(compiled):
    compiled.page.check_alone()
    compiled.page.check_tables()
    # Two pictures of the timeline and the map of L1.
    assert sum(tag == "svg" for tag, _ in compiled.page.elements) == 3


def test_stages_are_those_of_report_and_run(compiled):
    page, report, run = compiled.page, compiled.report, compiled.run(FRAMES)
    keys = {"Compute": "compute_cycles", "DMA": "dma_cycles", "MACs": "macs"}
    for stage in report["stages"]:
        for title, key in keys.items():
            assert number(page.column("stage-cycles", title)[stage["name"]]) == stage[key]
        assert page.column("stage-cycles", "Bound")[stage["name"]] == stage["bound"]
        for title, key in {"In L1 / B": "resident_bytes", "From L2 / B": "l2_bytes",
                           "Code / B": "code_bytes"}.items():
            assert number(page.column("stage-bytes", title)[stage["name"]]) == stage[key]
    simulated = page.column("stage-cycles", "Simulated")
    assert run["stages"]
    for stage in run["stages"]:
        name = stage["name"] or "outside of stages"
        assert number(simulated[name]) == pytest.approx(stage["cycles_per_frame"], abs=0.051)
    # All others were in the plan, and have no code of their own.
    assert sum(text != "–" for text in simulated.values()) == len(run["stages"])


def test_deadline_and_energy_are_those_of_the_run(compiled):
    page, run = compiled.page, compiled.run(FRAMES)
    cycles = run["cycles_per_frame"]
    assert f"{round(cycles['mean']):,} " in page.texts["div"]
    rows = page.tables["deadline-table"][1:]
    assert len(rows) == len(compiled.report["operating_points"])
    for row, point in zip(rows, compiled.report["operating_points"]):
        assert row[0].startswith(f"{point['mhz']:g} MHz")
        assert number(row[2]) == pytest.approx(cycles["mean"] / point["mhz"] / 1e3, abs=6e-4)
        assert number(row[3]) == pytest.approx(cycles["max"] / point["mhz"] / 1e3, abs=6e-4)
        assert number(row[4]) == compiled.report["hop_ms"] == 6.25
    energy = page.tables["energy-points"][1:]
    assert len(energy) == len(run["energy_model"])
    for row, model in zip(energy, run["energy_model"]):
        found = [number(text) for text in row[1:]]
        wanted = [model["uj_per_frame"], model["mw"], model["average_mw_of_hop"]]
        assert found == pytest.approx(wanted, abs=0.0051)
    parts = [number(row[2]) for row in page.tables["energy-parts"][1:]]
    wanted = run["energy_model"][0]["uj_by_coefficient"]
    assert sorted(parts) == pytest.approx(sorted(wanted.values()), abs=6e-4)
    assert any("a model, not a measurement" in text for text in page.texts["p"])


def test_lanes_add_up_to_the_frame(compiled):
    page = compiled.page

    def total(frames):
        cycles = compiled.run(frames)["cycles_per_frame"]
        return round(cycles["mean"] * frames)

    third = total(3) - total(2)
    lanes = page.tables["lanes"][1:]
    for name, *parts, sum_of_all, _, _ in lanes:
        cycles = [number(text) for text in parts if text]
        assert sum(cycles) == number(sum_of_all) == third, name
        assert all(part >= 0 for part in cycles), name
    cores = [row[0] for row in lanes if row[0].startswith("core ")]
    assert len(cores) == compiled.report["cores"] + 1
    # Stalls by cause, and what is left of them.
    for row, lane in zip(page.tables["causes"][1:], lanes):
        assert row[0] == lane[0]
        assert sum(map(number, row[1:])) == third
    spans = [[number(text) for text in row[2:]] for row in page.tables["spans"][1:]]
    assert all(end - begin == cycles for begin, end, cycles in spans)
    assert all(a[1] <= b[0] for a, b in zip(spans, spans[1:]))
    assert spans[-1][1] <= third


def test_transfers_are_those_of_the_run(compiled):
    """Less what comes between frames, ahead of the next one."""
    in_a_frame = compiled.run(4)["dma"]["bytes"] - compiled.run(3)["dma"]["bytes"]
    lanes = [row for row in compiled.page.tables["lanes"][1:] if row[0].startswith("DMA")]
    found = sum(number(row[7]) for row in lanes)
    assert 0.7 * in_a_frame <= found <= in_a_frame


def test_map_of_l1(compiled):
    page, report = compiled.page, compiled.report
    rows = page.tables["buffers"][1:]
    assert len(rows) == len(report["buffers"])
    for row, buffer in zip(rows, report["buffers"]):
        begin = buffer["offset_bytes"]
        assert row[0] == buffer["name"]
        assert [int(text, 16) for text in row[1:3]] == [begin, begin + buffer["bytes"]]
        assert number(row[3]) == buffer["bytes"]
    hints = sum(tag == "rect" and attributes["class"].startswith("buffer ")
                for tag, attributes in page.elements)
    assert hints == len(rows)
    for row in page.tables["memories"][1:]:
        entry = report["memory"][row[0].split(",")[0].lower()]
        assert number(row[2]) == entry["bytes"] and number(row[3]) == entry["available_bytes"]


def test_layers(compiled):
    rows = compiled.page.tables["layers"][1:]
    assert len(rows) == len(compiled.report["layers"]) == 3
    for row, layer in zip(rows, compiled.report["layers"]):
        assert row[0] == ", ".join(layer["names"])
        assert row[1] == ", ".join(layer["weights"])
        assert [number(row[3]), number(row[4])] == [layer["elements"], layer["bytes"]]
    assert sum(layer["elements"] for layer in compiled.report["layers"]) == (
        compiled.report["sizes"]["parameters"]["matrices"]["elements"])


def test_layers_have_losses_from_recordings(tmp_path):
    model, elf, recording = tmp_path / "net.onnx", tmp_path / "net.elf", tmp_path / "x.npy"
    model.write_bytes(onnx_models.build(RECIPE).SerializeToString())
    np.save(recording, onnx_models.frames(RECIPE, 200))
    common = [f"--calibration={recording}", f"--report={tmp_path}/net.html"]
    statistics = tmp_path / "statistics.json"
    se.compile(model, elf, "--precision=mixed", f"--save-calibration={statistics}", *common)
    page = Page((tmp_path / "net.html").read_text())
    tensors = json.loads(statistics.read_text())["tensors"]
    errors = {name: text for name, text in page.column("layers", "Error by tensor").items()}
    weights = page.column("layers", "Weights")
    assert "int8" in weights.values()
    for layer, text in errors.items():
        assert bool(text) == (weights[layer] == "int8"), layer
        for entry in text.split(", ") if text else []:
            tensor, error = entry.rsplit(" ", 1)
            assert number(error) == pytest.approx(
                tensors[tensor]["output_error"]["error"], abs=6e-5)
    output = se.run_tool("se-compile", model, "-o", elf, "--precision=auto",
                         "--max-loss=0.5", *common).stdout
    page = Page((tmp_path / "net.html").read_text())
    for layer, loss in page.column("layers", "Loss in int8").items():
        # A line of the search: cycles, bytes, loss, layers.
        found = re.findall(rf" (0\.\d+) +{re.escape(layer)}$", output, re.MULTILINE)
        assert [loss] == found, output


def test_hostile_names(tmp_path):
    name = "<script>alert('&')</script>"
    layer = '\\"><img src=x onerror=alert(1)>'
    text = f"""
rnn.network @"{name}" inputs(%x = "</h1>" : tensor<4xf32>) outputs("y" : tensor<4xf32>) {{
  %w = arith.constant dense<0.5> : tensor<4x4xf32>
  %0 = rnn.matvec %w, %x : tensor<4x4xf32>, tensor<4xf32> -> tensor<4xf32> loc("{layer}")
  %1 = rnn.activation <tanh> %0 : tensor<4xf32> -> tensor<4xf32> loc("{layer}")
  rnn.yield %1 : tensor<4xf32>
}}
"""
    model = tmp_path / "<b>.mlir"
    model.write_text(text)
    page_file = tmp_path / "page.html"
    se.compile(model, tmp_path / "net.elf", f"--report={page_file}")
    page = Page(page_file.read_text())
    page.check_alone()
    page.check_tables()
    assert all(tag not in ("script", "img", "b") for tag, _ in page.elements)
    assert sum(tag == "h1" for tag, _ in page.elements) == 1
    assert '"><img src=x onerror=alert(1)>' in page.column("stage-cycles", "Bound")


def test_hop_of_a_program_between_samples(tmp_path):
    """Its deadline is its own hop, here 4 samples at 2 kHz, in all that is said of it."""
    (tmp_path / "net.mlir").write_text("""
rnn.network @pass inputs(%x = "mag" : tensor<5xf32>) outputs("mask" : tensor<5xf32>) {
  %0 = arith.constant dense<1.0> : tensor<5xf32>
  rnn.yield %0 : tensor<5xf32>
}""")
    (tmp_path / "front.json").write_text(json.dumps(
        {"sample_rate": 2000, "hop": 4, "fft": 8, "window": {"shape": "hann", "samples": 8},
         "networks": [{"inputs": ["magnitude"], "outputs": ["gain"]}]}))
    net, elf = tmp_path / "net.mlir", tmp_path / "net.elf"
    options = ["--app=denoise", f"--frontend={tmp_path}/front.json"]
    se.compile(net, elf, *options, f"--report={tmp_path}/net.json")
    report = json.loads((tmp_path / "net.json").read_text())
    point = report["operating_points"][0]
    assert report["hop_ms"] == 2
    assert point["percent_of_hop"] == pytest.approx(point["ms_per_frame"] * 50)
    assert point["percent_of_6.25_ms"] == pytest.approx(point["ms_per_frame"] * 16)
    text = se.run_tool("se-compile", net, "-o", elf, *options, "--report").stdout
    assert f"{point['percent_of_hop']:.1f} % of 2 ms\n" in text
    se.compile(net, elf, *options, f"--report={tmp_path}/net.html")
    page = Page((tmp_path / "net.html").read_text())
    assert page.column("deadline-table", "Hop / ms") == {"72 MHz": "2"}
    np.save(tmp_path / "x.npy", random_frames(FRAMES, 4))
    run = se.run_tool("se-run", elf, "--in", f"in={tmp_path}/x.npy", "--energy",
                      f"--stats={tmp_path}/stats.json")
    assert "with a frame every 2 ms" in run.stdout
    model = json.loads((tmp_path / "stats.json").read_text())["energy_model"][0]
    assert model["average_mw_of_hop"] > model["average_mw_of_6.25_ms"]
    assert number(page.column("energy-points", "Mean power / mW")["72 MHz"]) == pytest.approx(
        model["average_mw_of_hop"], abs=0.0051)


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# In the page: says how wide it is, and what colours are.
PROBE = """<script>
addEventListener("load", () => parent.postMessage([
  innerWidth, document.documentElement.scrollWidth, document.body.scrollWidth,
  getComputedStyle(document.body).backgroundColor].join(), "*"));
</script></body>"""
# Around it: a frame may be narrower than a window.
FRAME = """<!DOCTYPE html><title>none</title><script>
addEventListener("message", event => document.title = event.data);
</script><iframe src="page.html" style="width:{width}px;height:900px;border:0"></iframe>"""


@pytest.mark.skipif(not CHROMIUM, reason="Debian's package chromium is not there")
@pytest.mark.parametrize("width", [400, 1200])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_page_in_a_browser(compiled, width, scheme, tmp_path):
    text = compiled.file.read_text()
    (tmp_path / "page.html").write_text(text.replace("</body>", PROBE))
    (tmp_path / "frame.html").write_text(FRAME.format(width=width))
    process = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path}/profile", "--window-size=1300,1000",
         f"--blink-settings=preferredColorScheme={int(scheme == 'light')}",
         "--virtual-time-budget=5000", "--dump-dom", f"file://{tmp_path}/frame.html"],
        capture_output=True, text=True, timeout=120)
    title = process.stdout.split("<title>")[1].split("</title>")[0]
    inner, document, body, *colour = title.split(",")
    assert int(inner) == width
    # The page itself does not scroll sideways, only what is in it.
    assert int(document) <= width and int(body) <= width
    brightness = sum(int("".join(filter(str.isdigit, part))) for part in colour)
    assert (brightness > 384) == (scheme == "light"), colour
    assert "CONSOLE" not in process.stderr, process.stderr
