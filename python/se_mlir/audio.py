# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sound files, the spectra around TinyDenoiser, SI-SNR: the same code as in the
tools, all of it for mono sound of 16 kHz with full scale at +-1."""

import os

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native

#: Samples per second.
SAMPLE_RATE = _native.sample_rate
#: Bins of a spectrum: 0 to 8 kHz.
NUM_BINS = _native.num_bins


def _contiguous(values: ArrayLike) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, np.float32)


def _parts(spectrum: ArrayLike) -> NDArray[np.float32]:
    """Real and imaginary parts, [T, 257, 2]."""
    return np.ascontiguousarray(spectrum, np.complex64)[..., np.newaxis].view(
        np.float32
    )


def read_wav(
    path: str | os.PathLike[str], *, any_rate: bool = False
) -> NDArray[np.float32]:
    """Reads sound, float32 [samples]: WAV or another format of libsndfile.

    With `any_rate` the mean of all channels, resampled to 16 kHz; without, an
    `Error` if the file is not mono with 16 kHz.
    """
    return np.asarray(_native.read_wav(os.fspath(path), any_rate))


def write_wav(path: str | os.PathLike[str], samples: ArrayLike) -> None:
    """Writes samples [samples] with 16 bit; values beyond +-1 are clipped."""
    _native.write_wav(os.fspath(path), _contiguous(samples))


def analyze(signal: ArrayLike) -> NDArray[np.complex64]:
    """The spectra of a signal [samples], complex64 [T, 257] with T = 1 +
    samples // 100: a Hann window of 400 samples in an FFT of 512, every 100
    samples; frame t is centred on sample 100 t."""
    parts = np.asarray(_native.analyze(_contiguous(signal)))
    return parts.view(np.complex64)[..., 0]


def get_magnitudes(spectrum: ArrayLike) -> NDArray[np.float32]:
    """The absolute values [T, 257]: the input of TinyDenoiser."""
    return np.asarray(_native.get_magnitudes(_parts(spectrum)))


def synthesize(spectrum: ArrayLike, num_samples: int) -> NDArray[np.float32]:
    """The signal [num_samples] of spectra as from `analyze`, clipped to +-1."""
    return np.asarray(_native.synthesize(_parts(spectrum), num_samples))


def get_si_snr(estimate: ArrayLike, reference: ArrayLike) -> float:
    """The scale-invariant signal-to-noise ratio, in dB, of an estimate [samples]
    of a reference [samples]."""
    return _native.get_si_snr(_contiguous(estimate), _contiguous(reference))
