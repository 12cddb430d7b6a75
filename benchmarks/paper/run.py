#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the paper claims, measured: TinyDenoisers in four precisions with parameters in three
memories, their cycles, bytes, sound and modelled energy.

Prints tables, in Markdown. With --docs they and the pictures become those of docs/paper.md.
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The other benchmarks are what this one is made of.
sys.path.insert(0, str(ROOT / "benchmarks"))

import claims  # noqa: E402
import figures  # noqa: E402
import pages  # noqa: E402
import programs  # noqa: E402
import tables  # noqa: E402
from programs import DOUBLE_BUFFERING, PLACEMENTS, Program  # noqa: E402
from quality.run import measure as measure_sound  # noqa: E402

NETWORKS = ("tinydenoiser_lstm256", "tinydenoiser_gru256", "tinydenoiser_lstm128",
            "tinydenoiser_gru128")
PRECISIONS = ("fp16", "int8", "mixed", "auto")


def make_stamp(options):
    """What results depend on."""
    tools = {tool: hashlib.sha256((programs.BIN / tool).read_bytes()).hexdigest()
             for tool in ("se-compile", "se-run")}
    folders = (options.models, options.noisy, options.clean, options.calibration)
    return {**tools, "folders": [str(folder and folder.resolve()) for folder in folders]}


class Results:
    """What was measured, by key. In a folder that is kept, another run takes what is there."""

    def __init__(self, folder, options):
        self.folder = folder
        made_by, stamp = folder / "made-by.json", make_stamp(options)
        if made_by.exists() and json.loads(made_by.read_text()) != stamp:
            sys.exit(f"{folder}: made by other tools, or of other networks or recordings")
        made_by.write_text(json.dumps(stamp))

    def get(self, key, measure):
        file = self.folder / (re.sub(r"[^\w.+-]", "_", key) + ".result.json")
        if not file.exists():
            found = measure()
            part = file.with_suffix(".part")
            part.write_text(json.dumps(found))
            part.replace(file)
        return json.loads(file.read_text())


def plan_programs(models, precisions):
    """Those that every network is made into."""
    for model in models:
        for precision in precisions:
            for placement in PLACEMENTS:
                for schedule in ("", DOUBLE_BUFFERING):
                    yield Program(model, precision, placement, schedule)
            yield Program(model, precision, "L2", cores=1)


def measure_all(models, options, folder):
    """({program: result}, {(model, precision): (PESQ, STOI, SI-SNR)}); precision may be
    `noisy`."""
    results = Results(folder, options)
    policies = {}

    def prepare(model):
        work = folder / model.stem
        programs.write_frames(model, options.noisy, work)
        policies[model] = programs.find_policies(model, options.precisions, options.calibration,
                                                 work)

    def simulate(program):
        arguments = policies[program.model].get(program.precision,
                                                [f"--precision={program.precision}"])
        frames = folder / program.model.stem / "x.npy"
        with tempfile.TemporaryDirectory() as work:
            return results.get(program.key, lambda: programs.measure(
                program, arguments, frames, pathlib.Path(work) / "net"))

    def listen(job):
        model, precision = job
        policy = folder / model.stem / "auto.json" if precision == "auto" else precision

        def measure():
            found = measure_sound([model], {precision: str(policy)}, options)
            return {name: values for (name, file), values in found.items() if file == "mean"}
        return results.get(f"{model.stem}-{precision}-sound", measure)

    def report(name, done, jobs):
        print(f"\r{name}: {done} of {jobs} ", end="", file=sys.stderr, flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        def work(name, function, jobs):
            found = {}
            for job, result in zip(jobs, pool.map(function, jobs)):
                found[job] = result
                report(name, len(found), len(jobs))
            print(file=sys.stderr)
            return found

        work("calibration and search", prepare, models)
        measured = work("programs", simulate, list(plan_programs(models, options.precisions)))
        sound = {}
        if options.noisy:
            heard = work("sound", listen, [(m, p) for m in models for p in options.precisions])
            sound = {(model, name): values for (model, _), found in heard.items()
                     for name, values in found.items()}
    return measured, sound


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "models", metavar="FOLDER",
                        help="ONNX files of the networks (models/)")
    for name, text in (("noisy", "recordings with noise"), ("clean", "the same without"),
                       ("calibration", "other recordings, for the scales of int8")):
        parser.add_argument(f"--{name}", type=pathlib.Path, metavar="FOLDER", help=text)
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="networks whose names have one of these, such as gru,lstm256")
    parser.add_argument("--precisions", default=",".join(PRECISIONS), metavar="NAMES",
                        help=f"some of {','.join(PRECISIONS)} (all)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER",
                        help="keeps what is measured there, and does not measure it again")
    parser.add_argument("--csv", type=pathlib.Path, metavar="FILE", help="one line a program")
    parser.add_argument("--pictures", type=pathlib.Path, metavar="FOLDER", help="draws pictures")
    parser.add_argument("--docs", action="store_true",
                        help="rewrites the tables and pictures of paper.md")
    options = parser.parse_args()
    sound = (options.noisy, options.clean, options.calibration)
    if any(sound) and not all(sound):
        parser.error("--noisy, --clean and --calibration go together")
    names = options.precisions.split(",")
    if unknown := set(names) - set(PRECISIONS):
        parser.error(f"--precisions: unknown {', '.join(sorted(unknown))}")
    options.precisions = [name for name in PRECISIONS if name in names]
    options.files = [file for name in NETWORKS
                     if any(word in name for word in options.only.split(","))
                     and (file := options.models / f"{name}.onnx").exists()]
    if not options.files:
        parser.error(f"none of {', '.join(NETWORKS)} in {options.models}")
    if options.docs and (len(options.files), len(options.precisions), all(sound)) != (
            len(NETWORKS), len(PRECISIONS), True):
        parser.error("--docs needs all networks and precisions, and recordings")
    return options


def main():
    options = parse_options()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        measured = tables.Measured(*measure_all(options.files, options, folder))
    if not options.noisy:
        print("No recordings: networks get noise, int8 is calibrated with noise, and nothing is "
              "said of sound.\n")
    written = {"claims": claims.make_claims(measured), "sound": tables.make_sound(measured),
               "cycles": tables.make_cycles(measured), "energy": tables.make_energy(measured),
               "one core": tables.make_single(measured),
               "not possible": tables.make_refused(measured)}
    print("\n\n".join(written.values()))
    if options.csv:
        tables.write_csv(measured, options.csv)
    if options.docs:
        pages.write("paper.md", {f"paper: {name}": table for name, table in written.items()})
    for folder in filter(None, (options.pictures, options.docs and ROOT / "docs" / "pictures")):
        figures.draw_all(measured, folder)


if __name__ == "__main__":
    main()
