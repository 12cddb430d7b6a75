# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From a network to a program."""

import functools
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, cast

from . import _native

if TYPE_CHECKING:
    from ._networks import HostNetwork

#: Target descriptions and runtime.
RESOURCES = str(Path(__file__).parent / "share" / "se-mlir")

Predicted = TypedDict(
    "Predicted",
    {
        "cycles_per_frame": int,
        "compute_cycles": int,
        "dma_cycles": int,
        "external_cycles": int,
        "bound": str,
        "macs_per_cycle": float,
    },
)
OperatingPoint = TypedDict(
    "OperatingPoint",
    {
        "mhz": float,
        "volt": float | None,
        "ms_per_frame": float,
        "percent_of_6.25_ms": float,
        "percent_of_hop": float,
    },
)


class Ring(TypedDict):
    slots: int
    slot_bytes: int
    l2_slots: int


class Memory(TypedDict):
    bytes: int
    available_bytes: int


class Report(TypedDict, total=False):
    """What the planner decided and expects of a frame; docs/report.md has the
    keys. Empty if the compilation ended before a plan was made."""

    network: str
    target: str
    precision: str
    cores: int
    macs_per_frame: int
    predicted: Predicted
    hop_ms: float
    operating_points: list[OperatingPoint]
    ring: Ring
    memory: dict[str, Memory]
    instruction_caches: dict[str, int]
    sizes: dict[str, Any]
    layers: list[dict[str, Any]]
    stages: list[dict[str, Any]]
    buffers: list[dict[str, Any]]


#: One path or several.
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


def to_list(paths: Paths) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def format_levels(levels: Sequence[float] | None) -> str:
    """As for --calibration-levels."""
    if levels is None:
        return ""
    try:
        if isinstance(levels, str):
            raise TypeError
        return ",".join(f"{float(level):g}" for level in levels)
    except (TypeError, ValueError):
        raise _native.Error(
            f"calibration_levels: expected numbers in dB, such as [0, 20], got {levels!r}"
        ) from None


def calibrate(
    model: Paths,
    recordings: Paths,
    *,
    app: str = "frames",
    method: str = "",
    levels: Sequence[float] | None = None,
    frontend: str = "",
    output: str | os.PathLike[str] | None = None,
    states: Sequence[str] = (),
    constants: Sequence[str] = (),
    progress: Callable[[int, int, str], object] | None = None,
) -> dict[str, Any]:
    """Runs a network in fp32 over recordings, for the scales of int8.

    Parameters
    ----------
    model
        ``.onnx``, ``.mlir`` or ``.mlirbc``; several with ``app="denoise"``.
    app
        ``frames`` or ``denoise``, as for `compile`.
    recordings
        ``.npy`` files, float32 [T, elements], or sound files (16 kHz, mono), which
        become frames by `frontend`; folders of them;
        ``NAME=FILE.npy,NAME=FILE.npy`` for several inputs, or folders with a file
        ``NAME.npy`` for each. Or statistics that were saved, ``FILE.json``.
    method
        How ranges are chosen: ``output-error``, ``max``, ``percentile``,
        ``percentile:P``, ``mse`` or ``kl`` (docs/precision.md); by default as in the
        statistics, or ``output-error``.
    levels
        In dB, the levels at which the recordings are run; by default 0 and 20 for
        sound, 0 for ``.npy`` files.
    frontend
        What makes frames of sound: ``tinydenoiser`` (default) or ``dtln``, the frames
        of its first network. With ``app="denoise"`` the front end, as for `compile`.
    output
        Where to save the statistics, for the option `calibration` of `compile`.
    states
        ONNX only: ``IN=OUT`` each.
    constants
        ONNX only: ``NAME=VALUE`` each.
    progress
        Is told of each recording before it runs: number from 0, count, name.

    Returns
    -------
    dict
        The statistics of all tensors, as in the saved file.
    """
    text = _native.calibrate(
        to_list(model),
        app,
        to_list(recordings),
        method,
        format_levels(levels),
        frontend,
        "" if output is None else os.fspath(output),
        list(states),
        list(constants),
        progress,
        RESOURCES,
    )
    return cast(dict[str, Any], json.loads(text))


def _measure(
    metric: Callable[["HostNetwork"], float],
    model: Paths,
    app: str,
    frontend: str,
    states: Sequence[str],
    constants: Sequence[str],
    policy: str,
) -> float:
    """The loss of a policy, given as text."""
    from ._networks import HostNetwork

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "policy.json"
        file.write_text(policy)
        network = HostNetwork(
            model, file, app=app, frontend=frontend, states=states, constants=constants
        )
        return metric(network)


def compile(
    model: Paths,
    output: str | os.PathLike[str],
    *,
    app: str = "frames",
    frontend: str = "",
    precision: str | os.PathLike[str] = "fp32",
    calibration: Paths = (),
    calibration_method: str = "",
    calibration_levels: Sequence[float] | None = None,
    nonfinite: str = "",
    target: str | os.PathLike[str] = "pulp-open",
    cores: int | None = None,
    states: Sequence[str] = (),
    constants: Sequence[str] = (),
    schedule: str = "",
    emit: str = "elf",
    name: str = "",
    core_stack: int = 0,
    l1_bytes: int = 0,
    deadline_ms: float | None = None,
    remarks: bool = False,
    max_loss: float = 0.05,
    metric: Callable[["HostNetwork"], float] | None = None,
    save_policy: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
) -> Report:
    """Compiles a network, as `se-compile` does.

    Parameters
    ----------
    model
        ``.onnx``, ``.mlir`` or ``.mlirbc``; several with ``app="denoise"``.
    output
        The file to write; with ``emit="obj"`` a C header is written beside it.
    app
        ``frames``, the network alone, or ``denoise``, sound in and out
        (docs/frontends.md).
    frontend
        With ``app="denoise"`` what stands around the networks, a name or
        ``FILE.json``; by default the one that fits. Otherwise as for `calibrate`.
    precision
        A name or a policy by layer, ``FILE.json`` (docs/precision.md).
    calibration
        For the scales of int8: recordings or statistics, as for `calibrate`.
    calibration_method, calibration_levels
        As for `calibrate`.
    nonfinite
        What becomes of a frame with an input that is infinite or NaN:
        ``zero-frame`` (by default: it is taken as zeros), ``reset`` (that, and then
        all states are reset) or ``propagate`` (docs/numerics.md).
    target
        ``pulp-open``, ``pulp-open-ddr``, ``gap9`` or a description file.
    cores
        Cores of the cluster to use; by default all of the target.
    states
        ONNX only: ``IN=OUT`` each, a graph input and output that are a state.
    constants
        ONNX only: ``NAME=VALUE`` each, a graph input that is always the same; several
        elements are separated by commas.
    schedule
        Choices of the planner that are forced (docs/scheduling.md).
    emit
        ``elf``, ``obj``, ``asm``, ``llvm`` or ``mlir-PHASE``.
    name
        What the network is called: its symbols and those in the header begin
        with it. By default the output's name for ``obj``, ``asm`` and ``llvm``,
        otherwise that in the model.
    core_stack
        Bytes of each core's stack in L1; 0: as many as the code takes.
    l1_bytes
        L1 that the network may use, where others need the rest; 0: all that
        stacks and runtime leave.
    deadline_ms
        What a frame may take in the worst case, which is simulated. The report names
        the lowest operating point that is fast enough; there must be one
        (docs/deadline.md).
    remarks
        Log a remark for each stage of the network. Remarks go to the logger
        ``se_mlir``, level INFO, warnings to the module `warnings`.
    max_loss
        With the precision ``auto``: the bound of the loss, by default of what outputs
        differ from those of fp32, root mean square, relative.
    metric
        With ``auto``: the loss of a policy, from the network for the host with it.
    save_policy
        Where to write the policy that was used, with all ranges.
    report
        Where to write the report: ``FILE.html``, a page for people with a frame that
        is simulated; other names, what is returned, as JSON (docs/report.md).

    Returns
    -------
    Report
        What the planner decided and how many cycles it expects.

    Raises
    ------
    Error
        The network cannot be read, has an operation that is not supported, or
        does not fit the target. There is no file then.
    """
    measure = None
    if metric is not None:
        if not callable(metric):
            raise _native.Error(
                f"metric: expected a function, found {type(metric).__name__}"
            )
        measure = functools.partial(
            _measure, metric, model, app, frontend, states, constants
        )
    text = _native.compile(
        to_list(model),
        app,
        os.fspath(output),
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
        schedule,
        emit,
        name,
        core_stack,
        l1_bytes,
        deadline_ms,
        remarks,
        max_loss,
        measure,
        "" if save_policy is None else os.fspath(save_policy),
        "" if report is None else os.fspath(report),
        RESOURCES,
    )
    return cast(Report, json.loads(text))
