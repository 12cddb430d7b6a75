# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""python -m se_mlir.evaluate: see --help."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from .. import frontends
from .._native import Error
from . import FileResult, evaluate_model, format_table, write_results
from ._measure import require


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Error(f"{message} (see {self.prog} --help)")


def _make_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m se_mlir.evaluate",
        description="Denoises recordings with a network and measures PESQ (wide "
        "band), STOI and SI-SNR, for each file and in the mean. The table goes to "
        "standard output, progress to standard error.",
    )
    parser.add_argument(
        "--model",
        action="append",
        required=True,
        metavar="FILE",
        help="network (.onnx, .mlir); twice for the two of DTLN",
    )
    parser.add_argument(
        "--noisy", required=True, metavar="DIR", help="recordings, .wav, mono, 16 kHz"
    )
    parser.add_argument(
        "--clean", required=True, metavar="DIR", help="the same without noise"
    )
    parser.add_argument(
        "--precision",
        default="fp32",
        metavar="P[,P...]",
        help="names or policies, FILE.json (default fp32); for two networks one for "
        "both, or P+P",
    )
    parser.add_argument(
        "--path",
        choices=("reference", "host", "simulator"),
        help="reference: in fp32 on the host; host: what the device computes, bit for "
        "bit, on the host (default); simulator: the compiled program",
    )
    parser.add_argument(
        "--calibration",
        action="append",
        default=[],
        metavar="PATH",
        help="for the scales of int8: sound files or folders of them; or .npy frames "
        "or statistics, FILE.json, with two networks once for each",
    )
    parser.add_argument(
        "--calibration-method",
        default="",
        metavar="METHOD",
        help="output-error (default), max, percentile, percentile:P, mse or kl",
    )
    parser.add_argument(
        "--calibration-levels",
        default="0,20",
        metavar="dB,...",
        help="levels at which sound of --calibration is run (default 0,20)",
    )
    parser.add_argument(
        "--level",
        type=float,
        default=0,
        metavar="dB",
        help="let the networks hear all so much louder (default 0)",
    )
    parser.add_argument(
        "--target",
        default="",
        help="of the simulator (default pulp-open); on the host: what the networks "
        "must fit",
    )
    parser.add_argument(
        "--cores", type=int, default=8, metavar="N", help="of the simulator (default 8)"
    )
    parser.add_argument(
        "--state",
        action="append",
        default=[],
        metavar="IN=OUT",
        help="ONNX: graph input and output that are a state",
    )
    parser.add_argument(
        "--constant",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="ONNX: value of a graph input, the same in every frame",
    )
    parser.add_argument(
        "--frontend",
        help=f"{', '.join(frontends.list_known())} or FILE.json (default: what fits the "
        "networks)",
    )
    parser.add_argument(
        "--files", type=int, metavar="N", help="take only the first N recordings"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes (default: one for each processor)",
    )
    parser.add_argument("--csv", metavar="FILE", help="write the results as CSV")
    parser.add_argument("--plot", metavar="FILE.png", help="draw the results")
    parser.add_argument(
        "--report",
        metavar="FILE.html",
        help="write a page: the compiler's report on the program (--app=denoise) in the "
        "first precision (not fp32 if there are others), and recordings to listen to",
    )
    parser.add_argument(
        "--save", metavar="DIR", help="write the denoised recordings to DIR/PRECISION"
    )
    return parser


def _read_levels(text: str) -> list[float]:
    try:
        return [float(level) for level in text.split(",")]
    except ValueError:
        raise Error(
            "--calibration-levels: expected levels in dB, such as -20,0,20, "
            f"found '{text}'"
        ) from None


def _run(arguments: list[str]) -> None:
    options = _make_parser().parse_args(arguments)
    for name in ("files", "jobs"):
        number = getattr(options, name)
        if number is not None and number < 1:
            raise Error(f"--{name}: expected a number above 0, found {number}")
    for path in (options.csv, options.plot, options.report):
        # What would stop us after the long run is found before it.
        if path and not os.path.isdir(os.path.dirname(path) or "."):
            raise Error(f"{path}: the folder is not there")
    if options.plot:
        require("matplotlib.figure")
    on_terminal = sys.stderr.isatty()

    def show(done: int, count: int, result: FileResult) -> None:
        what = f"[{done}/{count}] {result.precision or result.path} {result.file}"
        if on_terminal:
            end = "\n" if done == count else ""
            print(f"\r\x1b[K{what}", end=end, file=sys.stderr, flush=True)
        else:
            print(what, file=sys.stderr, flush=True)

    others: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        results = _evaluate(options, page if options.report else None, show)
        if options.report:
            others[options.report] = page.read_bytes()
    write_results(
        results, csv=options.csv or None, plot=options.plot or None, others=others
    )
    on_output = "-" in (options.csv, options.plot, options.report)
    print(format_table(results), file=sys.stderr if on_output else sys.stdout)


def _evaluate(
    options: argparse.Namespace,
    page: Path | None,
    show: Callable[[int, int, FileResult], None],
) -> list[FileResult]:
    return evaluate_model(
        options.model,
        options.noisy,
        options.clean,
        options.precision.split(","),
        path=options.path or "host",
        calibration=options.calibration,
        calibration_method=options.calibration_method,
        calibration_levels=_read_levels(options.calibration_levels),
        target=options.target,
        cores=options.cores,
        states=options.state,
        constants=options.constant,
        frontend=options.frontend,
        level=options.level,
        files=options.files,
        save=options.save,
        report=page,
        jobs=options.jobs,
        progress=show,
    )


def main() -> int:
    try:
        _run(sys.argv[1:])
    except Error as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
