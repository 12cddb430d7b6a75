# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What stands before and after the networks: from sound to frames and back.

A front end is a JSON file, the same as for ``app="denoise"`` (docs/frontends.md), and
what it computes is the same bit by bit. Here networks stay apart from it, so that
programs of frames can be measured with sound.
"""

import functools
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native, audio
from ._compile import RESOURCES
from ._native import Error, list_names
from ._networks import Network

Samples = NDArray[np.float32]


class FrontEnd:
    """Takes the noise out of a recording with one or more networks.

    Parameters
    ----------
    name
        Of a front end of the package, or the path of a ``.json`` file.
    """

    def __init__(self, name: str | os.PathLike[str]) -> None:
        self._native = _native.FrontEnd(os.fspath(name), RESOURCES)
        self.name: str = self._native.name
        #: In Hz, of all samples.
        self.sample_rate: int = self._native.sample_rate
        self.hop: int = self._native.hop
        #: Of each network, the elements of its inputs.
        self.inputs: list[list[int]] = self._native.inputs
        #: Of each network, the elements of its outputs (0: any number) and what they
        #: are, such as ``gain`` or ``other``.
        self.outputs: list[list[tuple[int, str]]] = self._native.outputs
        #: Whether what the first network takes grows with the sound.
        self.is_linear: bool = self._native.is_linear

    @functools.cached_property
    def _parts(self) -> list[_native.HostNetwork]:
        """What stands before each network, and behind the last one."""
        return [self._native.make_part(n) for n in range(len(self.inputs) + 1)]

    def fits(self, networks: Sequence[Network]) -> bool:
        """Whether the networks have such inputs and outputs."""
        return len(networks) == len(self.inputs) and all(
            [p.elements for p in network.inputs] == inputs
            and len(network.outputs) == len(outputs)
            and all(
                elements in (0, p.elements)
                for p, (elements, _) in zip(network.outputs, outputs)
            )
            for network, inputs, outputs in zip(networks, self.inputs, self.outputs)
        )

    def denoise(self, samples: ArrayLike, networks: Sequence[Network]) -> Samples:
        """From a recording [samples] at ``sample_rate`` to one of the same length,
        clipped to +-1. The networks start from their reset values."""
        sound = np.asarray(samples, np.float32).reshape(-1)
        # As many zeros behind it as it takes to have all of it out.
        delay = self._native.delay
        frames = np.zeros((-(-(len(sound) + delay) // self.hop), self.hop), np.float32)
        frames.reshape(-1)[: len(sound)] = sound
        known = [frames]
        for n, network in enumerate(networks):
            features = self._run(n, known)
            network.reset()
            results = network.run({p.name: x for p, x in zip(network.inputs, features)})
            for port, (elements, kind) in zip(network.outputs, self.outputs[n]):
                if kind != "other":
                    y = np.asarray(results[port.name], np.float32)
                    y = np.broadcast_to(y, (len(frames), elements))
                    known.append(np.ascontiguousarray(y))
        (found,) = self._run(len(networks), known)
        return found.reshape(-1)[delay:][: len(sound)]

    def _run(self, part: int, values: list[Samples]) -> list[Samples]:
        self._parts[part].reset()
        arrays, _ = self._parts[part].run(values, len(values[0]))
        return [np.asarray(array).reshape(len(values[0]), -1) for array in arrays]


class _Louder:
    """A network that gets `gain` times what it is given, in a front end that does
    not know of it."""

    def __init__(self, network: Network, gain: float, kinds: Sequence[str]) -> None:
        self._network = network
        self._gain = np.float32(gain)
        self._kinds = kinds

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float32]]:
        louder = {k: self._gain * np.asarray(v, np.float32) for k, v in inputs.items()}
        outputs = self._network.run(louder)
        return {
            name: v / self._gain if kind in ("spectrum", "samples") else v
            for (name, v), kind in zip(outputs.items(), self._kinds)
        }


def at_level(
    frontend: FrontEnd, networks: Sequence[Network], level: float
) -> list[Network]:
    """The networks as if all sound were `level` dB louder, before and after which it
    is what it was, so that nothing is clipped."""
    if not frontend.is_linear:
        raise Error(
            f"front end '{frontend.name}': levels go with features that grow with the "
            "sound"
        )
    gain = 10 ** (level / 20)
    return [
        _Louder(network, gain, [kind for _, kind in outputs])
        for network, outputs in zip(networks, frontend.outputs)
    ]


class _Recorder:
    """A network that keeps the frames it gets."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.frames: list[NDArray[np.float32]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._network, name)

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float32]]:
        if len(inputs) != 1:
            raise Error("networks of several inputs are calibrated with .npy files")
        (frames,) = inputs.values()
        self.frames.append(np.asarray(frames, np.float32))
        return self._network.run(inputs)


def collect(
    frontend: FrontEnd, networks: Sequence[Network], samples: Samples, level: float = 0
) -> list[NDArray[np.float32]]:
    """The frames [T, elements] that each network gets for a recording [samples] that is
    `level` dB louder: what to calibrate it with. Of features that do not grow with the
    sound, up to full scale."""
    recorders = [_Recorder(network) for network in networks]
    if not level:
        frontend.denoise(samples, recorders)
    elif frontend.is_linear:
        frontend.denoise(samples, at_level(frontend, recorders, level))
    else:
        peak = max(float(np.abs(samples).max(initial=0)), 1e-30)
        gain = np.float32(min(10 ** (level / 20), 1 / peak))
        frontend.denoise(gain * samples, recorders)
    return [np.concatenate(recorder.frames) for recorder in recorders]


def list_known() -> list[str]:
    """The names of the package's front ends, sorted."""
    return _native.list_front_ends(RESOURCES)


#: A front end by name or path; each is read and compiled once.
load = functools.lru_cache(FrontEnd)


def choose(networks: Sequence[Network], name: str | None = None) -> FrontEnd:
    """The front end of this name or file, or else the one of the package for sound of
    16 kHz that fits the networks.

    Raises
    ------
    Error
        There is none of this name, or none whose networks have these ports.
    """
    known = [load(n) for n in ([name] if name else list_known())]
    if not name:
        known = [f for f in known if f.sample_rate == audio.SAMPLE_RATE]
    for frontend in known:
        if frontend.fits(networks):
            return frontend
    ports = "; ".join(
        list_names([f"{p.name} [{p.elements}]" for p in network.inputs], 60)
        + " -> "
        + list_names([f"{p.name} [{p.elements}]" for p in network.outputs], 60)
        for network in networks
    )

    def describe(frontend: FrontEnd) -> str:
        sizes = [
            ", ".join(f"[{n}]" for n in inputs)
            + " -> "
            + ", ".join(f"[{n}]" if n else "any" for n, _ in outputs)
            for inputs, outputs in zip(frontend.inputs, frontend.outputs)
        ]
        return f"{' and '.join(sizes)} ({frontend.name})"

    expected = " or ".join(describe(frontend) for frontend in known)
    raise Error(f"no front end fits {ports}: expected {expected}")
