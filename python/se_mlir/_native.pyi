# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The C++ side (python/native). Arrays are contiguous, float32;
statistics and reports are JSON. Errors that are the user's become `Error`."""

import sys
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

if sys.version_info >= (3, 12):
    from collections.abc import Buffer
else:
    from typing_extensions import Buffer

# Contiguous.
_Floats = NDArray[np.float32]

version: str
sample_rate: int
num_bins: int

class Error(RuntimeError): ...

class Array(Buffer, Protocol): ...

class Port:
    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> list[int]: ...
    @property
    def elements(self) -> int: ...

def compile(
    model: str, output: str, precision: str, calibration: Sequence[str], method: str,
    levels: str, frontend: str, target: str, cores: int,
    states: Sequence[str], schedule: str, emit: str, core_stack: int,
    remarks: bool, max_loss: float, metric: Callable[[str], float] | None,
    policy: str, resources: str,
) -> str: ...
def calibrate(
    model: str, recordings: Sequence[str], method: str, levels: str, frontend: str,
    output: str,
    states: Sequence[str], progress: Callable[[int, int, str], object] | None,
) -> str: ...
def is_host_program(path: str) -> bool: ...

class HostNetwork:
    def __init__(
        self, model: str, precision: str, calibration: Sequence[str], method: str,
        levels: str, frontend: str, cores: int, states: Sequence[str],
    ) -> None: ...
    @property
    def inputs(self) -> list[Port]: ...
    @property
    def outputs(self) -> list[Port]: ...
    def run(
        self, inputs: Sequence[_Floats], num_frames: int
    ) -> tuple[list[Array], str]: ...
    def reset(self) -> None: ...

class Program:
    def __init__(self, path: str) -> None: ...
    @property
    def network(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def precision(self) -> str: ...
    @property
    def cores(self) -> int: ...
    @property
    def inputs(self) -> list[Port]: ...
    @property
    def outputs(self) -> list[Port]: ...
    def run(
        self, inputs: Sequence[_Floats], num_frames: int, on_gvsoc: bool, target: str,
        check: bool, profile: bool, trace: str, max_cycles: int, host_timeout: int,
        resources: str,
    ) -> tuple[list[Array], str]: ...

def read_wav(path: str, any_rate: bool) -> Array: ...
def write_wav(path: str, samples: _Floats) -> None: ...
def analyze(signal: _Floats) -> Array: ...
def get_magnitudes(spectrum: _Floats) -> Array: ...
def synthesize(spectrum: _Floats, num_samples: int) -> Array: ...
def get_si_snr(estimate: _Floats, reference: _Floats) -> float: ...
