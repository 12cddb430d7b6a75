# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Results as table, CSV and plot."""

import csv
import io
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from statistics import fmean
from types import MappingProxyType

from .. import _native
from .._native import Error
from ._measure import FileResult, require

#: `FileResult.file` of a mean over files.
MEAN = "mean"

_Key = tuple[str, str, str]


def _key(result: FileResult) -> _Key:
    return result.model, result.precision, result.path


def _mean(values: Iterable[float]) -> float:
    """Without NaN, the files for which a measure is not defined."""
    known = [value for value in values if not math.isnan(value)]
    return fmean(known) if known else math.nan


def summarize(results: Sequence[FileResult]) -> list[FileResult]:
    """A mean over files for each model, precision and path, in their order."""
    groups: dict[_Key, list[FileResult]] = {}
    for result in results:
        groups.setdefault(_key(result), []).append(result)
    means = []
    for key, group in groups.items():
        cycles = [r.cycles_per_frame for r in group if r.cycles_per_frame is not None]
        means.append(
            FileResult(
                *key,
                MEAN,
                _mean(r.pesq for r in group),
                _mean(r.stoi for r in group),
                _mean(r.si_snr for r in group),
                fmean(cycles) if cycles else None,
            )
        )
    return means


def _with_means(results: Sequence[FileResult]) -> list[FileResult]:
    """Each group followed by its mean."""
    rows = []
    for mean in summarize(results):
        rows += [r for r in results if _key(r) == _key(mean)] + [mean]
    return rows


def _label(result: FileResult) -> str:
    return result.precision if result.path in ("host", "simulator") else result.path


def format_table(results: Sequence[FileResult], *, files: bool = True) -> str:
    """A table for people, with a row for each file, unless `files` is false, and
    one for each mean."""
    rows = _with_means(results) if files else summarize(results)
    with_cycles = any(row.cycles_per_frame is not None for row in rows)
    with_models = len({row.model for row in rows if row.model}) > 1
    table = [["precision", "file", "PESQ", "STOI", "SI-SNR/dB"]]
    if with_models:
        table[0].insert(0, "model")
    if with_cycles:
        table[0].append("cycles/frame")

    def show(value: float | None, digits: int) -> str:
        if value is None:
            return ""
        return "-" if math.isnan(value) else f"{value:.{digits}f}"

    for row in rows:
        cells = [_label(row), row.file]
        cells += [show(row.pesq, 3), show(row.stoi, 4), show(row.si_snr, 2)]
        if with_models:
            cells.insert(0, row.model)
        if with_cycles:
            cells.append(show(row.cycles_per_frame, 0))
        table.append(cells)
    widths = [max(map(len, column)) for column in zip(*table)]
    texts = 3 if with_models else 2
    lines = [
        "  ".join(
            cell.ljust(width) if i < texts else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(cells, widths))
        ).rstrip()
        for cells in table
    ]
    return "\n".join(lines)


def _to_csv(results: Sequence[FileResult]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [f.name for f in fields(FileResult)])
    writer.writeheader()
    writer.writerows(map(asdict, _with_means(results)))
    return text.getvalue().encode()


def write_csv(path: str | os.PathLike[str], results: Sequence[FileResult]) -> None:
    """Writes the fields of `FileResult`, a row for each file and each mean."""
    write_results(results, csv=path)


def write_plot(path: str | os.PathLike[str], results: Sequence[FileResult]) -> None:
    """Draws a dot for each file and a line for the mean, for each measure."""
    write_results(results, plot=path)


def write_results(
    results: Sequence[FileResult],
    *,
    csv: str | os.PathLike[str] | None = None,
    plot: str | os.PathLike[str] | None = None,
    others: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """What `write_csv` and `write_plot` write, and `others` by their names: all
    files or none."""
    files = dict(others)
    if csv is not None:
        files[os.fspath(csv)] = _to_csv(results)
    if plot is not None:
        files[os.fspath(plot)] = _to_plot(os.fspath(plot), results)
    _native.write_files(list(files), list(files.values()))


def _to_plot(path: str, results: Sequence[FileResult]) -> bytes:
    means = summarize(results)
    with_models = len({mean.model for mean in means if mean.model}) > 1
    figure = require("matplotlib.figure").Figure(
        figsize=(3 + 2.4 * len(means), 4), layout="constrained"
    )
    panels = (
        ("pesq", "PESQ, wide band", 2),
        ("stoi", "STOI", 3),
        ("si_snr", "SI-SNR [dB]", 2),
    )
    for axes, (name, title, digits) in zip(figure.subplots(1, len(panels)), panels):
        labels = []
        for i, mean in enumerate(means):
            values = [getattr(r, name) for r in results if _key(r) == _key(mean)]
            color = "0.4" if mean.path == "noisy" else "tab:blue"
            axes.plot([i] * len(values), values, "o", color=color, ms=5, alpha=0.5)
            average = getattr(mean, name)
            axes.hlines(average, i - 0.3, i + 0.3, color=color, linewidth=3)
            model = f"{mean.model}\n" if with_models and mean.model else ""
            labels.append(f"{model}{_label(mean)}\n{average:.{digits}f}")
        axes.set_xticks(range(len(means)), labels)
        axes.set_xlim(-0.6, len(means) - 0.4)
        axes.set_title(title)
        axes.grid(axis="y", color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
    image = io.BytesIO()
    try:
        figure.savefig(image, format=os.path.splitext(path)[1][1:].lower() or "png")
    except ValueError as error:
        raise Error(f"{path}: {str(error).splitlines()[0]}") from None
    return image.getvalue()
