# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recordings with and without noise, and the command that evaluates networks with them."""

import subprocess
import sys

import numpy as np
import pytest
import se
import se_mlir
from se_mlir import audio

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
