# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The page of se_mlir.evaluate, to look at and to listen to."""

import base64
import csv
import io
import json
import wave

import numpy as np
import pytest

import se
from pages import Page, number

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from recordings import MODEL, RATE, command, folders, make_pairs, pairs  # noqa: E402,F401
from se_mlir import audio  # noqa: E402


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
