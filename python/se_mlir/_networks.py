# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks that run: on the host, on the simulator, on GVSoC."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _native
from ._compile import RESOURCES, Paths, format_levels, to_list
from ._native import Error, list_names

Floats = NDArray[np.float32]
Statistics = dict[str, Any]


class Port(NamedTuple):
    """An input or output of a network."""

    name: str
    #: Of one frame.
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """Values in one frame."""
        return prod(self.shape)


def _to_ports(ports: Sequence[_native.Port]) -> tuple[Port, ...]:
    return tuple(Port(port.name, tuple(port.shape)) for port in ports)


def _format_shape(shape: tuple[int, ...]) -> str:
    return "[" + ", ".join(map(str, shape)) + "]"


def _to_frames(
    inputs: Mapping[str, ArrayLike], ports: Sequence[Port]
) -> tuple[list[Floats], int]:
    """The arrays in the order of the ports, contiguous, and how many frames."""
    names = list_names([port.name for port in ports])
    for name in inputs:
        if all(port.name != name for port in ports):
            raise Error(f"the network has no input '{name}', only {names}")
    arrays: list[Floats] = []
    for port in ports:
        expected = f"shape [frames, {port.elements}]"
        if port.name not in inputs:
            raise Error(f"input '{port.name}' is missing, {expected}")
        try:
            array = np.asarray(inputs[port.name])
        except (ValueError, TypeError) as error:
            raise Error(
                f"input '{port.name}': expected {expected}, found what is no array: "
                f"{str(error).splitlines()[0]}"
            ) from None
        if array.dtype.kind not in "fiu":
            raise Error(f"input '{port.name}': expected float32, found {array.dtype}")
        if array.ndim == 0 or prod(array.shape[1:]) != port.elements:
            raise Error(
                f"input '{port.name}': expected {expected}, "
                f"found {_format_shape(array.shape)}"
            )
        if arrays and len(array) != len(arrays[0]):
            raise Error(
                f"input '{port.name}': expected {len(arrays[0])} frames as in "
                f"'{ports[0].name}', found {len(array)}"
            )
        arrays.append(np.ascontiguousarray(array, np.float32))
    return arrays, len(arrays[0]) if arrays else 0


def _to_outputs(
    arrays: Sequence[_native.Array], ports: Sequence[Port]
) -> dict[str, Floats]:
    return {port.name: np.asarray(array) for port, array in zip(ports, arrays)}


class Stream(NamedTuple):
    """What a network between samples is to its surroundings: a frame is a hop."""

    #: Samples a second, of the first input and the first output.
    sample_rate: int
    #: Samples from an input to the output that belongs to it, besides the hop.
    delay: int


def _to_stream(stream: tuple[int, int] | None) -> Stream | None:
    return None if stream is None else Stream(*stream)


def filter_sound(network: "HostNetwork | Program", samples: ArrayLike) -> Floats:
    """Sound [samples] through a network of ``app="denoise"``, from its reset values:
    as many samples, in time with those.

    Raises
    ------
    Error
        The network does not go from samples to samples.
    """
    sizes = [port.elements for port in (*network.inputs, *network.outputs[:1])]
    takes_hops = len(sizes) == 2 and sizes[0] == sizes[1] > 0
    if network.stream is None or not takes_hops:
        raise Error("the network does not go from samples to samples: app='denoise'")
    signal = np.asarray(samples, np.float32).ravel()
    hop, delay = network.inputs[0].elements, network.stream.delay
    hops = np.zeros((-(-(len(signal) + delay) // hop), hop), np.float32)
    hops.ravel()[: len(signal)] = signal
    network.reset()
    result = network.run({network.inputs[0].name: hops})[network.outputs[0].name]
    return result.ravel()[delay : delay + len(signal)]


class Network(Protocol):
    """What `HostNetwork` and `Program` have in common."""

    @property
    def inputs(self) -> tuple[Port, ...]: ...
    @property
    def outputs(self) -> tuple[Port, ...]: ...
    @property
    def statistics(self) -> Statistics: ...
    def reset(self) -> None: ...
    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, Floats]: ...


class HostNetwork:
    """A network compiled for this machine. It computes what the device computes,
    bit for bit.

    Parameters
    ----------
    model
        ``.onnx``, or ``.mlir`` or ``.mlirbc`` of any phase up to ``selected``;
        several with ``app="denoise"``.
    precision
        A name or a policy by layer, ``FILE.json`` (docs/precision.md).
    app, frontend, calibration, calibration_method, calibration_levels, nonfinite
        As for `compile`.
    target
        It is an error if the network does not fit this target; by default none.
        The results are the same.
    cores
        Cores to play, as threads, 1 to 8. The results are the same.
    states
        ONNX only: ``IN=OUT`` each, a graph input and output that are a state.
    constants
        ONNX only: ``NAME=VALUE`` each, a graph input that is always the same.
    """

    def __init__(
        self,
        model: Paths,
        precision: str | os.PathLike[str] = "fp32",
        *,
        app: str = "frames",
        frontend: str = "",
        calibration: Paths = (),
        calibration_method: str = "",
        calibration_levels: Sequence[float] | None = None,
        nonfinite: str = "",
        target: str | os.PathLike[str] = "",
        cores: int = 1,
        states: Sequence[str] = (),
        constants: Sequence[str] = (),
    ) -> None:
        self._native = _native.HostNetwork(
            to_list(model),
            app,
            os.fspath(precision),
            to_list(calibration),
            calibration_method,
            format_levels(calibration_levels),
            frontend,
            nonfinite,
            os.fspath(target),
            cores,
            list(states),
            list(constants),
            RESOURCES,
        )
        self.inputs: tuple[Port, ...] = _to_ports(self._native.inputs)
        self.outputs: tuple[Port, ...] = _to_ports(self._native.outputs)
        #: With ``app="denoise"``.
        self.stream: Stream | None = _to_stream(self._native.stream)
        #: Of the last run: ``frames``, ``host_seconds``.
        self.statistics: Statistics = {}

    def reset(self) -> None:
        """Gives the states their reset values."""
        self._native.reset()

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, Floats]:
        """Runs T frames, from the states that the last run left.

        Parameters
        ----------
        inputs
            For each input its frames, float32 [T, elements] or [T, ...] with
            that product.

        Returns
        -------
        dict
            For each output its frames, float32 [T, elements].
        """
        arrays, frames = _to_frames(inputs, self.inputs)
        outputs, statistics = self._native.run(arrays, frames)
        self.statistics = json.loads(statistics)
        return _to_outputs(outputs, self.outputs)


class Program:
    """A compiled network in an ELF file, which runs on the simulator or on GVSoC.

    Parameters
    ----------
    path
        What `compile` wrote.
    platform
        ``sim``, the built-in simulator, or ``gvsoc``, if it is on ``PATH``.
    target
        To simulate another target than the program was compiled for.
    check
        Simulator: end at a race on L1 or a read of memory that was never written.
    profile
        Simulator: statistics of each stage of the network.
    trace
        Simulator: where to write a trace for Perfetto.
    max_cycles
        Give up after so many cycles.
    host_timeout
        GVSoC: give up after so many seconds.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        platform: Literal["sim", "gvsoc"] = "sim",
        target: str | os.PathLike[str] = "",
        check: bool = False,
        profile: bool = False,
        trace: str | os.PathLike[str] = "",
        max_cycles: int = 10**11,
        host_timeout: int = 600,
    ) -> None:
        if platform not in ("sim", "gvsoc"):
            raise Error(f"unknown platform '{platform}', expected sim or gvsoc")
        self._native = _native.Program(os.fspath(path))
        self._on_gvsoc = platform == "gvsoc"
        self._target = os.fspath(target)
        self._check = check
        self._profile = profile
        self._trace = os.fspath(trace)
        self._max_cycles = max_cycles
        self._host_timeout = host_timeout
        #: As compiled.
        self.network: str = self._native.network
        self.target: str = self._native.target
        self.precision: str = self._native.precision
        self.cores: int = self._native.cores
        self.inputs: tuple[Port, ...] = _to_ports(self._native.inputs)
        self.outputs: tuple[Port, ...] = _to_ports(self._native.outputs)
        #: With ``app="denoise"``.
        self.stream: Stream | None = _to_stream(self._native.stream)
        #: Of the last run: the keys of ``se-run --stats`` (docs/simulator.md).
        self.statistics: Statistics = {}

    def reset(self) -> None:
        """Does nothing: each run starts the program anew."""

    def run(self, inputs: Mapping[str, ArrayLike]) -> dict[str, Floats]:
        """Runs T frames from the reset values of the states; arrays are as for
        `HostNetwork.run`."""
        arrays, frames = _to_frames(inputs, self.inputs)
        outputs, statistics = self._native.run(
            arrays,
            frames,
            self._on_gvsoc,
            self._target,
            self._check,
            self._profile,
            self._trace,
            self._max_cycles,
            self._host_timeout,
            RESOURCES,
        )
        self.statistics = json.loads(statistics)
        return _to_outputs(outputs, self.outputs)


@dataclass(frozen=True)
class RunResult:
    """What a run leaves."""

    #: For each output its frames, float32 [T, elements].
    outputs: dict[str, Floats]
    #: As ``se-run --stats`` writes them; on the host ``frames`` and
    #: ``host_seconds``.
    statistics: Statistics


def run(
    program: str | os.PathLike[str],
    inputs: Mapping[str, ArrayLike],
    platform: Literal["sim", "gvsoc", "host"] | None = None,
    **options: Any,
) -> RunResult:
    """Runs a program or a network over T frames from its reset values.

    Parameters
    ----------
    program
        An ELF file for ``sim`` and ``gvsoc``; for ``host`` a network.
    inputs
        For each input its frames, float32 [T, elements].
    platform
        By default ``sim`` for an ELF file, otherwise ``host``.
    options
        Of `HostNetwork` or `Program`.
    """
    is_network = _native.is_host_program(os.fspath(program))
    platform = platform or ("host" if is_network else "sim")
    if is_network != (platform == "host"):
        raise Error(
            f"{os.fspath(program)}: "
            + (
                f"a network runs on the host; compile it for platform '{platform}'"
                if is_network
                else "a compiled program runs on platform sim or gvsoc"
            )
        )
    network: Network = (
        HostNetwork(program, **options)
        if platform == "host"
        else Program(program, platform=platform, **options)
    )
    return RunResult(network.run(inputs), network.statistics)
