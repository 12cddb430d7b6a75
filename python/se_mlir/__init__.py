# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles recurrent networks for multi-core RISC-V microcontrollers, and runs
and evaluates them.

    import se_mlir

    report = se_mlir.compile("net.onnx", "net.elf", precision="fp16")
    result = se_mlir.run("net.elf", {"mag": frames})
    result.outputs["mask"], result.statistics["cycles_per_frame"]

A user's mistake raises `Error`, whose text is the line that the tools print.
Arrays of frames are float32 of shape [T, elements], whatever the precision
inside. See docs/python.md.
"""

import importlib
from typing import TYPE_CHECKING, Any

from . import audio, cells, frontends, ops
from ._compile import Report, calibrate, compile
from ._native import Error
from ._native import version as __version__
from ._networks import (
    HostNetwork,
    Network,
    Port,
    Program,
    RunResult,
    Stream,
    filter_sound,
    run,
)
from .builder import Cell, Model, Value

if TYPE_CHECKING:
    from .torch_import import from_torch

__all__ = [
    "Cell",
    "Error",
    "HostNetwork",
    "Model",
    "Network",
    "Port",
    "Program",
    "Report",
    "RunResult",
    "Stream",
    "Value",
    "__version__",
    "audio",
    "calibrate",
    "cells",
    "compile",
    "evaluate",
    "filter_sound",
    "from_torch",
    "frontends",
    "ops",
    "run",
]


def __getattr__(name: str) -> Any:
    # Loaded when it is first used: not everybody wants it.
    if name == "evaluate":
        return importlib.import_module(".evaluate", __name__)
    if name == "from_torch":
        return importlib.import_module(".torch_import", __name__).from_torch
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
