# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What leaves the ranges of calibration in the recordings that are evaluated."""

import json
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from .. import _native, audio, frontends
from .._networks import HostNetwork

#: How far beyond its range a tensor is worth a word.
TOLERANCE = 1.25


def _leaves(extent: list[float], known: dict[str, list[float]]) -> tuple[float, float]:
    """The value farthest outside, and how many times what calibration saw."""
    low, high = known["min"], known["max"]
    reach = max(-low, high, 1e-30)
    value = max(extent, key=abs)
    return value, abs(value) / reach


def warn_of_ranges(
    models: Sequence[str],
    statistics: Sequence[str],
    noisy: Sequence[Path],
    states: Sequence[str],
    frontend: str | None,
    level: float = 0,
) -> None:
    """Warns, once for each input and state, if it goes beyond what calibration saw,
    and says where it goes farthest. The networks run in fp32."""
    networks = [HostNetwork(model, states=states) for model in models]
    chosen = frontends.choose(networks, frontend)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames: list[list[str]] = [[] for _ in models]
        for number, sound in enumerate(noisy):
            arrays = frontends.collect(chosen, networks, audio.read_wav(sound), level)
            for i, array in enumerate(arrays):
                file = folder / f"{i}-{number}.npy"
                np.save(file, array)
                frames[i].append(str(file))
        for model, file, inputs in zip(models, statistics, frames):
            tensors = json.loads(Path(file).read_text())["tensors"]
            worst: dict[str, tuple[float, float, str]] = {}
            extents = json.loads(_native.observe(model, inputs, list(states)))
            for sound, found in zip(noisy, extents):
                for tensor, extent in found.items():
                    # A scale for each frame fits any.
                    if tensor not in tensors or "frame" in tensors[tensor]:
                        continue
                    value, ratio = _leaves(extent, tensors[tensor])
                    if ratio > max(TOLERANCE, worst.get(tensor, (0.0, 0.0, ""))[1]):
                        worst[tensor] = (value, ratio, sound.name)
            for tensor, (value, ratio, sound_name) in worst.items():
                known = tensors[tensor]
                warnings.warn(
                    f"{Path(model).name}: '{tensor}' reaches {value:.4g} in "
                    f"{sound_name}, {ratio:.3g} times its calibrated range "
                    f"[{known['min']:.4g}, {known['max']:.4g}]: calibrate with such "
                    "recordings, or with --calibration-levels",
                    stacklevel=3,
                )
