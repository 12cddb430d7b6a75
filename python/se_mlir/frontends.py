# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What stands before and after the networks: from sound to frames and back.

A front end is an object with the methods of `Frontend`; put another one into
`FRONTENDS` to have it known by name.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import audio
from ._native import Error, list_names
from ._networks import Network

Samples = NDArray[np.float32]


class Frontend(Protocol):
    """Takes the noise out of a recording with one or more networks."""

    @property
    def elements(self) -> tuple[int, ...]:
        """Of each network, the elements of a frame of its one input and its one
        output."""

    @property
    def are_gains(self) -> tuple[bool, ...]:
        """Of each network: whether its outputs are gains, which do not grow with
        the sound."""

    def denoise(self, samples: Samples, networks: Sequence[Network]) -> Samples:
        """From a recording [samples], 16 kHz, to one of the same length. The
        networks start from their reset values."""


def _run(network: Network, frames: ArrayLike) -> NDArray[np.float32]:
    network.reset()
    outputs = network.run({network.inputs[0].name: frames})
    return outputs[network.outputs[0].name]


class TinyDenoiser:
    """|X| of a short-time Fourier transform (`audio.analyze`) into one network,
    whose output is a gain for each bin."""

    elements = (audio.NUM_BINS,)
    are_gains = (True,)

    def denoise(self, samples: Samples, networks: Sequence[Network]) -> Samples:
        spectrum = audio.analyze(samples)
        mask = _run(networks[0], audio.get_magnitudes(spectrum))
        return audio.synthesize(spectrum * mask, len(samples))


class Dtln:
    """The two networks of DTLN (Westhausen and Meyer, 2020): blocks of 512
    samples, a new one every 128, without a window. The first network turns the
    magnitudes of a block's spectrum into a mask, the second the masked block into
    the block to be overlapped and added."""

    BLOCK, SHIFT = 512, 128
    elements = (BLOCK // 2 + 1, BLOCK)
    are_gains = (True, False)

    def denoise(self, samples: Samples, networks: Sequence[Network]) -> Samples:
        before = self.BLOCK - self.SHIFT
        # As many blocks as it takes to have each sample in four of them.
        count = -(-(len(samples) + before) // self.SHIFT)
        signal = np.zeros(before + count * self.SHIFT)
        signal[before : before + len(samples)] = samples
        blocks = np.lib.stride_tricks.sliding_window_view(signal, self.BLOCK)
        spectrum = np.fft.rfft(blocks[:: self.SHIFT])
        mask = _run(networks[0], np.abs(spectrum).astype(np.float32))
        masked = np.fft.irfft(spectrum * mask, self.BLOCK)
        result = np.zeros_like(signal)
        for t, block in enumerate(_run(networks[1], masked.astype(np.float32))):
            result[t * self.SHIFT : t * self.SHIFT + self.BLOCK] += block
        return result[before : before + len(samples)].astype(np.float32)


class _Louder:
    """A network that gets `gain` times what it is given, in a front end that does
    not know of it."""

    def __init__(self, network: Network, gain: float, is_gain: bool) -> None:
        self._network = network
        self._gain = np.float32(gain)
        self._is_gain = is_gain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float32]]:
        louder = {k: self._gain * np.asarray(v, np.float32) for k, v in inputs.items()}
        outputs = self._network.run(louder)
        if self._is_gain:
            return outputs
        return {k: v / self._gain for k, v in outputs.items()}


def at_level(
    frontend: Frontend, networks: Sequence[Network], level: float
) -> list[Network]:
    """The networks as if all sound were `level` dB louder, before and after which it
    is what it was, so that nothing is clipped."""
    gain = 10 ** (level / 20)
    return [
        _Louder(network, gain, is_gain)
        for network, is_gain in zip(networks, frontend.are_gains)
    ]


class _Recorder:
    """A network that keeps the frames it gets."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.frames: list[NDArray[np.float32]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float32]]:
        (frames,) = inputs.values()
        self.frames.append(np.asarray(frames, np.float32))
        return self._network.run(inputs)


def collect(
    frontend: Frontend, networks: Sequence[Network], samples: Samples
) -> list[NDArray[np.float32]]:
    """The frames [T, elements] that each network gets for a recording [samples]: what
    to calibrate it with."""
    recorders = [_Recorder(network) for network in networks]
    frontend.denoise(samples, recorders)
    return [np.concatenate(recorder.frames) for recorder in recorders]


#: By name, for `--frontend`.
FRONTENDS: dict[str, Frontend] = {"tinydenoiser": TinyDenoiser(), "dtln": Dtln()}


def choose(networks: Sequence[Network], name: str | None = None) -> Frontend:
    """The front end of this name, or else the one that fits the networks.

    Raises
    ------
    Error
        There is none of this name, or none whose networks have these ports.
    """

    def fits(frontend: Frontend) -> bool:
        return len(frontend.elements) == len(networks) and all(
            [p.elements for p in network.inputs] == [elements]
            and [p.elements for p in network.outputs] == [elements]
            for network, elements in zip(networks, frontend.elements)
        )

    if name is not None and name not in FRONTENDS:
        raise Error(f"unknown front end '{name}', expected {', '.join(FRONTENDS)}")
    for known, frontend in FRONTENDS.items():
        if name in (None, known) and fits(frontend):
            return frontend
    ports = "; ".join(
        list_names([f"{p.name} [{p.elements}]" for p in network.inputs], 60)
        + " -> "
        + list_names([f"{p.name} [{p.elements}]" for p in network.outputs], 60)
        for network in networks
    )
    raise Error(
        f"no front end fits {ports}: expected "
        + " or ".join(
            " and ".join(f"[{n}] -> [{n}]" for n in frontend.elements) + f" ({known})"
            for known, frontend in FRONTENDS.items()
            if name in (None, known)
        )
    )
