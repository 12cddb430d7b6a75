# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Recordings and measures of their quality."""

import importlib
import math
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import audio
from .._native import Error

Samples = NDArray[np.float32]


class Pair(NamedTuple):
    """A recording with noise and the same without."""

    noisy: Path
    clean: Path


@dataclass(frozen=True)
class FileResult:
    """A recording after a network, or, if `path` is ``noisy``, before."""

    #: File names without folders, joined with ``+``; empty before the network.
    model: str
    precision: str
    #: ``noisy`` or one of `evaluate.PATHS`.
    path: str
    #: Name of the recording, or `evaluate.MEAN`.
    file: str
    pesq: float
    stoi: float
    #: In dB.
    si_snr: float
    #: Mean over the frames, all networks together; only of the simulator.
    cycles_per_frame: float | None = None


class Quality(NamedTuple):
    """NaN where a measure is not defined, as PESQ without an utterance."""

    #: PESQ, wide band (ITU-T P.862.2), about 1.0 to 4.6.
    pesq: float
    #: STOI, 0 to 1.
    stoi: float
    #: SI-SNR in dB.
    si_snr: float


def require(name: str) -> ModuleType:
    """Imports a package that only the evaluation needs."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        raise Error(
            f"the package {name.partition('.')[0]} is not there: "
            "pip install './python[evaluate]' in a checkout of se-mlir"
        ) from None


def find_pairs(
    noisy: str | os.PathLike[str], clean: str | os.PathLike[str]
) -> list[Pair]:
    """The recordings (``*.wav``) of two folders, paired and sorted by name.

    Raises
    ------
    Error
        A folder is not there or has no recording, or one lacks its partner.
    """
    names: list[set[str]] = []
    noisy, clean = folders = Path(noisy), Path(clean)
    for folder in folders:
        if not folder.is_dir():
            raise Error(f"{folder}: not a folder")
        names.append({p.name for p in folder.iterdir() if p.suffix.lower() == ".wav"})
        if not names[-1]:
            raise Error(f"{folder}: no .wav files in this folder")
    for have, lack in ((0, 1), (1, 0)):
        for name in sorted(names[have] - names[lack]):
            raise Error(f"{folders[have] / name}: no partner in {folders[lack]}")
    return [Pair(noisy / name, clean / name) for name in sorted(names[0])]


def read_pair(pair: Pair) -> tuple[Samples, Samples]:
    """The samples of both, as many of each."""
    noisy, clean = (audio.read_wav(path) for path in pair)
    if len(noisy) != len(clean):
        raise Error(
            f"{pair.clean}: expected {len(noisy)} samples as in {pair.noisy}, "
            f"found {len(clean)}"
        )
    return noisy, clean


def measure(estimate: Samples, reference: Samples) -> Quality:
    """Compares an estimate [samples] with the reference [samples], 16 kHz."""
    pesq, pystoi = require("pesq"), require("pystoi")
    rate = audio.SAMPLE_RATE
    try:
        score = float(pesq.pesq(rate, reference, estimate, "wb"))
    except pesq.PesqError:
        score = math.nan
    with warnings.catch_warnings():
        # It warns, and returns 1e-5, if there is too little speech.
        warnings.simplefilter("error", RuntimeWarning)
        try:
            stoi = float(pystoi.stoi(reference, estimate, rate))
        except RuntimeWarning:
            stoi = math.nan
    return Quality(score, stoi, audio.get_si_snr(estimate, reference))
