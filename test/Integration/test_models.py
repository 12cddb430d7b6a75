# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Trained networks over real speech: every ONNX file of models/ and, where it is
there, of ../shared/models (SE_SHARED names another place)."""

import functools
from pathlib import Path

import numpy as np
import onnx
import pytest

import se

# L2 of pulp-open holds 1.6 MB; what is larger goes to pulp-open-ddr.
L2_BYTES = 1_500_000
FP32, FP16 = 1e-5, 2e-2
FRAMES = 100


def find(folder, pattern="*.onnx"):
    return sorted(folder.glob(pattern)) if folder.is_dir() else []


OURS = {p.name: p for d in (se.SHARED / "ours", se.SOURCE / "models") for p in find(d)}
CORE = {p.name: p for p in find(se.SHARED / "core")}
STRETCH = {p.name: p for p in find(se.SHARED / "stretch")}
MODELS = OURS | CORE


class Golden:
    """A network, its inputs over 100 frames and what it should give."""

    def __init__(self, path):
        self.path = path
        graph = onnx.load(path).graph
        constants = {i.name for i in graph.initializer}
        inputs = [i.name for i in graph.input if i.name not in constants]
        outputs = [o.name for o in graph.output]
        # In these networks the first input and output are the frame.
        self.input, self.output = inputs[0], outputs[0]
        self.states = dict(zip(inputs[1:], outputs[1:]))
        archive, x, y = self.find_golden(path)
        self.expected = None
        if archive.exists():
            values = np.load(archive)
            self.frames = values[x][:FRAMES]
            if y:
                self.expected = values[y][:FRAMES]
        else:
            # Magnitudes as large as those of speech.
            random = np.random.default_rng(0)
            self.frames = random.exponential(2.0, (FRAMES, 257)).astype(np.float32)
        self.parameters = sum(
            int(np.prod(i.dims)) for i in graph.initializer
        )

    @staticmethod
    def find_golden(path):
        folder, name = path.parent, path.stem
        if name.startswith("dtln"):
            keys = ("mag", "mask") if name == "dtln_1" else ("block_in", "block_out")
            return folder / "dtln_golden.npz", *keys
        if folder.name == "core":
            archive = folder / "tinydenoiser_lstm256_r16_golden.npz"
            keys = {
                "tinydenoiser_lstm256_r16_dense": "mask_dense",
                "tt_denoiser_rank_16": "mask_tt_graph",
            }
            return archive, "mag", keys.get(name)
        archives = [d / f"{name}_golden.npz" for d in (folder, se.SHARED / "ours")]
        return next(filter(Path.exists, archives), archives[0]), "mag", "mask"

    @property
    def inputs(self):
        return {self.input: self.frames}

    def target(self, precision):
        size = self.parameters * (4 if precision == "fp32" else 2)
        return "pulp-open" if size < L2_BYTES else "pulp-open-ddr"


@functools.lru_cache(maxsize=None)
def golden(name):
    return Golden(MODELS[name])


@functools.lru_cache(maxsize=None)
def reference(name):
    model = golden(name)
    found = se.onnx_steps(model.path, model.inputs, [model.output], model.states)
    if model.expected is not None:
        # Golden files and ONNX Runtime agree, or the test is wrong.
        se.assert_close(found, {model.output: model.expected}, FP32, "ONNX Runtime")
    return found


@functools.lru_cache(maxsize=None)
def host(name, precision):
    model = golden(name)
    return se.run(
        model.path, model.inputs, [model.output], f"--precision={precision}"
    )


def simulate(name, precision, folder, cores=8):
    model = golden(name)
    elf = se.compile(
        model.path,
        folder / "program.elf",
        f"--precision={precision}",
        f"--target={model.target(precision)}",
        f"--cores={cores}",
    )
    return se.run(elf, model.inputs, [model.output])


each_model = pytest.mark.parametrize(
    "group, name", [(name, name) for name in MODELS], ids=list(MODELS)
)
each_precision = pytest.mark.parametrize("precision", ["fp32", "fp16"])


def test_present():
    """Says what is missing, so that nobody takes a skipped test for a passed
    one."""
    missing = [
        str(d) for d in (se.SHARED / "ours", se.SHARED / "core") if not find(d)
    ]
    if missing:
        pytest.skip(f"not there: {', '.join(missing)}")


@each_precision
@each_model
def test_host(group, name, precision):
    model = golden(name)
    assert len(model.frames) == FRAMES
    found = host(name, precision)
    tolerance = FP32 if precision == "fp32" else FP16
    se.assert_close(found, reference(name), tolerance, "host and ONNX Runtime")
    if model.expected is not None:
        expected = {model.output: model.expected}
        se.assert_close(found, expected, tolerance, "host and golden file")


@each_precision
@each_model
def test_simulator(group, name, precision, tmp_path):
    found = simulate(name, precision, tmp_path)
    se.assert_same_bits(found, host(name, precision), "simulator and host")
    tolerance = FP32 if precision == "fp32" else FP16
    se.assert_close(found, reference(name), tolerance, "simulator and ONNX Runtime")


@pytest.mark.parametrize(
    "group, name", [(name, name) for name in STRETCH], ids=list(STRETCH)
)
def test_stretch(group, name, tmp_path):
    """Imports, or ends with one clear line."""
    output = tmp_path / "out.mlir"
    process = se.tool("se-translate", "--import-onnx", STRETCH[name], "-o", output)
    if process.returncode == 0:
        assert output.exists()
        return
    lines = process.stderr.strip().splitlines()
    errors = [line for line in lines if "error:" in line]
    assert process.returncode == 1 and len(errors) == 1 and lines[-1] == errors[0]
    assert not output.exists()
