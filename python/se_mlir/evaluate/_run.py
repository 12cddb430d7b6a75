# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs networks over recordings, one after the other or in several processes."""

import functools
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import _native, audio, frontends
from .._compile import Paths, calibrate, compile, to_list
from .._native import Error
from .._networks import HostNetwork, Network, Program
from ._measure import FileResult, Pair, find_pairs, measure, read_pair, require
from ._page import add_sound
from ._ranges import warn_of_ranges

#: Where a network runs: ``reference``, in fp32 on the host; ``host``, the model
#: of the device on the host, bit-exact; ``simulator``, the program itself.
PATHS = ("reference", "host", "simulator")


class _Denoiser(NamedTuple):
    """How to take the noise out; small, for it is sent to processes."""

    #: Networks; for the simulator ELF files.
    models: tuple[str, ...]
    #: One for each model.
    precisions: tuple[str, ...]
    path: str
    #: That networks on the host must fit; empty for none.
    target: str
    #: Files of statistics, one for each model, or none.
    calibration: tuple[str, ...]
    states: tuple[str, ...]
    constants: tuple[str, ...]
    frontend: str | None
    #: In dB, how much louder the networks hear all.
    level: float = 0


class _Job(NamedTuple):
    pair: Pair
    #: None: measures the noisy recording.
    denoiser: _Denoiser | None
    #: What the result says.
    model: str
    precision: str
    path: str
    #: Where to write the result; None: nowhere.
    save: Path | None


@functools.lru_cache(maxsize=1)
def _load(denoiser: _Denoiser) -> tuple[frontends.FrontEnd, Sequence[Network]]:
    networks: Sequence[Network] = [
        Program(model)
        if denoiser.path == "simulator"
        else HostNetwork(
            model,
            precision,
            calibration=denoiser.calibration[i : i + 1],
            # fp32 is what others are compared with, whether it fits or not.
            target="" if precision == "fp32" else denoiser.target,
            states=denoiser.states,
            constants=denoiser.constants,
        )
        for i, (model, precision) in enumerate(
            zip(denoiser.models, denoiser.precisions)
        )
    ]
    return frontends.choose(networks, denoiser.frontend), networks


def _run(job: _Job) -> FileResult:
    samples, clean = read_pair(job.pair)
    cycles = None
    if job.denoiser:
        frontend, networks = _load(job.denoiser)
        if job.denoiser.level:
            louder = frontends.at_level(frontend, networks, job.denoiser.level)
            samples = frontend.denoise(samples, louder)
        else:
            samples = frontend.denoise(samples, networks)
        if job.denoiser.path == "simulator":
            cycles = sum(n.statistics["cycles_per_frame"]["mean"] for n in networks)
    if job.save:
        audio.write_wav(job.save, samples)
    quality = measure(samples, clean)
    return FileResult(
        job.model, job.precision, job.path, job.pair.noisy.name, *quality, cycles
    )


def _run_all(jobs: list[_Job], processes: int) -> Iterator[tuple[int, FileResult]]:
    """Results with the numbers of their jobs, in the order of completion."""
    if processes <= 1 or len(jobs) <= 1:
        for number, job in enumerate(jobs):
            yield number, _run(job)
        return
    # LLVM has threads, which a forked process would not have.
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"))
    try:
        futures = {pool.submit(_run, job): n for n, job in enumerate(jobs)}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _find_sounds(paths: list[str]) -> list[Path]:
    """The sound files in folders, and those that are named."""
    sounds: list[Path] = []
    for path in map(Path, paths):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        sounds += [file for file in files if file.suffix.lower() in (".wav", ".flac")]
    return sounds


def _calibrate(
    models: Sequence[str],
    paths: list[str],
    method: str,
    levels: Sequence[float],
    states: Sequence[str],
    constants: Sequence[str],
    frontend: str | None,
    stack: ExitStack,
) -> tuple[str, ...]:
    """Runs recordings; returns files of statistics, which live as long as `stack`."""
    if not paths:
        return ()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    recordings = [[path] for path in paths] if len(models) > 1 else [paths]
    sounds = _find_sounds(paths)
    if sounds:
        # What the networks get for them.
        networks = [
            HostNetwork(model, states=states, constants=constants) for model in models
        ]
        chosen = frontends.choose(networks, frontend)
        recordings = [[] for _ in models]
        for number, sound in enumerate(sounds):
            samples = audio.read_wav(sound)
            for level in levels:
                frames = frontends.collect(chosen, networks, samples, level)
                for i, array in enumerate(frames):
                    file = folder / f"{i}-{number}-{sound.stem}{level:+g}dB.npy"
                    np.save(file, array)
                    recordings[i].append(str(file))
    elif len(recordings) != len(models):
        raise Error(
            f"calibration: expected sound, or one path for each of {len(models)} "
            f"networks, found {len(paths)}"
        )
    files = tuple(str(folder / f"{i}.json") for i in range(len(models)))
    for model, inputs, file in zip(models, recordings, files):
        calibrate(model, inputs, method=method, output=file, states=states, constants=constants)
    return files


def _split_precision(text: str, models: Sequence[str]) -> tuple[str, ...]:
    """The precision of each network, from one for all or `P+P`."""
    parts = text.split("+")
    if len(models) == 1 or len(parts) == 1:
        return (text,) * len(models)
    if len(parts) != len(models):
        raise Error(
            f"precision '{text}': expected one for all or one for each of "
            f"{len(models)} networks, found {len(parts)}"
        )
    return tuple(parts)


def _compile_page(
    models: Sequence[str],
    precisions: Sequence[str],
    calibration: list[str],
    method: str,
    levels: Sequence[float],
    target: str,
    cores: int,
    states: Sequence[str],
    constants: Sequence[str],
    frontend: str | None,
    folder: Path,
) -> str:
    """The page of the program between samples, with all networks in it."""
    if len(set(precisions)) > 1:
        raise Error("report: a program has one precision for all networks")
    sounds = _find_sounds(calibration)
    if calibration and not sounds:
        raise Error("report: expected recordings of sound to calibrate with")
    compile(
        list(models),
        folder / "program.elf",
        app="denoise",
        frontend=frontend or "",
        precision=precisions[0],
        calibration=[str(sound) for sound in sounds],
        calibration_method=method,
        calibration_levels=levels if sounds else None,
        target=target or "pulp-open",
        cores=cores,
        states=states,
        constants=constants,
        report=folder / "page.html",
    )
    return (folder / "page.html").read_text()


def evaluate_model(
    models: Paths,
    noisy: str | os.PathLike[str],
    clean: str | os.PathLike[str],
    precisions: Paths = ("fp32",),
    *,
    path: str = "host",
    calibration: Paths = (),
    calibration_method: str = "",
    calibration_levels: Sequence[float] = (0, 20),
    target: str | os.PathLike[str] = "",
    cores: int = 8,
    states: Sequence[str] = (),
    constants: Sequence[str] = (),
    frontend: str | None = None,
    level: float = 0,
    files: int | None = None,
    with_noisy: bool = True,
    save: str | os.PathLike[str] | None = None,
    report: str | os.PathLike[str] | None = None,
    jobs: int = 1,
    progress: Callable[[int, int, FileResult], None] | None = None,
) -> list[FileResult]:
    """Denoises recordings and measures the result.

    Parameters
    ----------
    models
        One network, or those of a front end that takes several, in their order.
    noisy, clean
        Folders of recordings (16 kHz, mono, ``.wav``) with the same names.
    precisions
        Names or policies, ``FILE.json`` (docs/precision.md). For several networks
        one for all, or one for each, joined with ``+``: ``"fp16+second.json"``.
    path
        One of `PATHS`. ``reference`` takes no `precisions` but fp32.
    calibration, calibration_method
        For the scales of int8, as for `se_mlir.compile`; the recordings run once.
    calibration_levels
        In dB, the levels at which sound is run for that.
        For several networks one path each, in their order.
    target
        What the simulator simulates, by default ``pulp-open``. On the host a
        network that does not fit it is an error (fp32 excepted), by default none.
    cores
        Of the simulator.
    states
        ONNX only: ``IN=OUT`` each.
    constants
        ONNX only: ``NAME=VALUE`` each.
    frontend
        A name or file for `se_mlir.frontends.choose`; by default what fits.
    level
        In dB: the networks hear all so much louder.
    files
        Take only so many recordings, the first by name.
    with_noisy
        Measure the noisy recordings, too.
    save
        A folder for the denoised recordings, one folder for each precision.
    report
        Where to write a page: what `se_mlir.compile` writes of the program between
        samples, with the first recordings to listen to. The program is that of the
        first precision, other than fp32 if there are others.
    jobs
        Processes. With more than one, a script needs ``if __name__ ==
        "__main__"`` around the call.
    progress
        Is told after each recording of how many are done, how many there are,
        and of the result.

    Returns
    -------
    list of FileResult
        By precision, and then by name; the noisy recordings first.

    Raises
    ------
    Error
        A model, folder or recording is not what it should be.
    """
    for package in ("pesq", "pystoi", *(["matplotlib"] if report else [])):
        require(package)
    if path not in PATHS:
        raise Error(f"unknown path '{path}', expected {', '.join(PATHS)}")
    if path == "reference" and to_list(precisions) != ["fp32"]:
        raise Error("path reference is fp32: other precisions take host or simulator")
    names = tuple(to_list(models))
    label = "+".join(Path(name).name for name in names)
    splits = [_split_precision(text, names) for text in to_list(precisions)]
    pairs = find_pairs(noisy, clean)[:files]
    for pair in pairs:
        read_pair(pair)
    with ExitStack() as stack:
        statistics = _calibrate(
            names,
            to_list(calibration),
            calibration_method,
            calibration_levels,
            states,
            constants,
            frontend,
            stack,
        )
        if statistics:
            noisy_files = [pair.noisy for pair in pairs]
            warn_of_ranges(names, statistics, noisy_files, states, frontend, level)
        page = ""
        kept: dict[str, Path] = {}
        if report is not None:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            page = _compile_page(
                names,
                # fp32 is what others are compared with, whether it fits or not.
                next((each for each in splits if {*each} != {"fp32"}), splits[0]),
                to_list(calibration),
                calibration_method,
                calibration_levels,
                os.fspath(target),
                cores,
                states,
                constants,
                frontend,
                scratch,
            )
        tasks: list[_Job] = []
        if with_noisy:
            tasks += [_Job(pair, None, "", "", "noisy", None) for pair in pairs]
        for parts in splits:
            # A policy is known by its file.
            each = parts if len(set(parts)) > 1 else parts[:1]
            shown = "+".join(Path(part).name for part in each)
            programs = names
            if path == "simulator":
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                programs = tuple(str(folder / f"{i}.elf") for i in range(len(names)))
                for i, (name, program) in enumerate(zip(names, programs)):
                    compile(
                        name,
                        program,
                        precision=parts[i],
                        calibration=statistics[i : i + 1],
                        target=target or "pulp-open",
                        cores=cores,
                        states=states,
                        constants=constants,
                    )
            denoiser = _Denoiser(
                programs,
                parts,
                path,
                os.fspath(target) if path == "host" else "",
                statistics,
                tuple(states),
                tuple(constants),
                frontend,
                level,
            )
            results = None
            if save is not None or report is not None:
                root = scratch if save is None else Path(save)
                results = root / "+".join(Path(part).stem for part in each)
                results.mkdir(parents=True, exist_ok=True)
                kept[shown] = results
            for pair in pairs:
                wav = results / pair.noisy.name if results else None
                tasks.append(_Job(pair, denoiser, label, shown, path, wav))
        done: dict[int, FileResult] = {}
        # The noisy recordings come last: what is wrong with a model shows at once.
        order = sorted(range(len(tasks)), key=lambda i: tasks[i].denoiser is None)
        for number, result in _run_all([tasks[i] for i in order], jobs):
            done[order[number]] = result
            if progress:
                progress(len(done), len(tasks), result)
        measured = [done[number] for number in range(len(tasks))]
        if report is not None:
            content = add_sound(page, pairs, measured, kept)
            _native.write_files([os.fspath(report)], [content])
    return measured
