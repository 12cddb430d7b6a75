#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sound of trained networks in every precision, as `python -m se_mlir.evaluate` measures it,
and the bytes they take.

Prints tables, in Markdown. With --docs they become those of docs/quality.md.
"""

import argparse
import collections
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from se_mlir import HostNetwork, audio, frontends

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
DOCS = ROOT / "docs" / "quality.md"
# It holds all networks, so that what is compared differs in its precision only.
TARGET = "pulp-open-ddr"
ALONE = ("fp32", "fp16", "int8", "mixed")
PER_TENSOR = "mixed, one scale for each matrix"


def find_networks(folders):
    """{name: [file...]}: NAME_1 and NAME_2 are the two networks of NAME."""
    networks = collections.defaultdict(list)
    for file in sorted(file for folder in folders for file in folder.glob("*.onnx")):
        pair = re.fullmatch(r"(.*)_[12]", file.stem)
        is_pair = pair and all((file.parent / f"{pair[1]}_{n}.onnx").exists() for n in (1, 2))
        networks[pair[1] if is_pair else file.stem].append(file)
    return networks


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr.strip().splitlines()[-1]}")
    return done.stdout


def write_calibration(files, recordings, folder):
    """The frames that each network gets for the recordings, FOLDER/NAME.npy."""
    networks = [HostNetwork(str(file)) for file in files]
    frontend = frontends.choose(networks)
    arrays = [frontends.collect(frontend, networks, audio.read_wav(str(file)))
              for file in sorted(recordings.glob("*.wav"))]
    for file, frames in zip(files, zip(*arrays)):
        np.save(folder / f"{file.stem}.npy", np.concatenate(frames))


def compile_all(files, precisions, folder):
    """Compiles all and returns {precision: [report of each network]}. A search leaves its
    policies as FOLDER/NAME.auto.json."""
    reports = {}
    for precision in precisions:
        reports[precision] = []
        for file in files:
            command = [BIN / "se-compile", file, "-o", folder / "net.elf", f"--target={TARGET}",
                       f"--precision={precision}", f"--report={folder / 'report.json'}"]
            if not precision.startswith("fp"):
                command.append(f"--calibration={folder / file.stem}.npy")
            if precision == "auto":
                command.append(f"--save-policy={folder / file.stem}.auto.json")
            run(*command)
            reports[precision].append(json.loads((folder / "report.json").read_text()))
    return reports


def measure(files, policies, options, level=0):
    """{(name, file): (PESQ, STOI, SI-SNR)} of the recordings and of their mean, `policies` being
    {name: precision or policy}. Without a network the name is `noisy`."""
    with tempfile.TemporaryDirectory() as folder:
        table = pathlib.Path(folder) / "table.csv"
        run(sys.executable, "-m", "se_mlir.evaluate", *(f"--model={file}" for file in files),
            f"--noisy={options.noisy}", f"--clean={options.clean}",
            f"--calibration={options.calibration}", f"--precision={','.join(policies.values())}",
            f"--level={level}", f"--csv={table}")
        rows = list(csv.DictReader(table.open()))
    # They come in their order, some by another name.
    found = dict.fromkeys(row["precision"] for row in rows if row["path"] != "noisy")
    names = dict(zip(found, policies, strict=True))
    return {(names.get(row["precision"], "noisy"), row["file"]):
            tuple(float(row[name]) for name in ("pesq", "stoi", "si_snr")) for row in rows}


def compare(found, measure_index):
    """Mean and worst of what mixed has more than fp16, in the recordings."""
    files = {file for _, file in found} - {"mean"}
    more = [found["mixed", file][measure_index] - found["fp16", file][measure_index]
            for file in files]
    return np.mean(more), min(more)


def make_table(head, rows):
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|",
                      *(f"| {' | '.join(row)} |" for row in rows)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, nargs="+", default=[ROOT / "models"],
                        metavar="FOLDER", help="folders of ONNX files (models/)")
    for name, text in (("noisy", "recordings with noise"), ("clean", "the same without"),
                       ("calibration", "other recordings, for the scales of int8")):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, metavar="FOLDER",
                            help=text)
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="networks whose names have one of these, such as gru,dtln")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the tables of {DOCS.name}")
    options = parser.parse_args()
    networks = {name: files for name, files in find_networks(options.models).items()
                if any(word in name for word in options.only.split(","))}
    if not networks:
        sys.exit(f"no network in {', '.join(map(str, options.models))}")

    sound, levels, parameters, buffers = [], [], [], []
    for name, files in networks.items():
        print(name, file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            per_tensor = folder / "per-tensor.json"
            per_tensor.write_text('{"default": "mixed", "weights": "per-tensor"}')
            write_calibration(files, options.calibration, folder)
            reports = compile_all(files, ("fp16", "mixed", "int8", "auto"), folder)
            auto = "+".join(str(folder / f"{file.stem}.auto.json") for file in files)
            policies = {**{name: name for name in ALONE}, PER_TENSOR: str(per_tensor), "auto": auto}
            found = measure(files, policies, options)
        if not sound:
            sound.append(("noisy recordings", "", found["noisy", "mean"]))
        sound += [(f"`{name}`", precision, found[precision, "mean"])
                  for precision in policies]
        louder = measure(files, {name: name for name in ("fp16", "mixed")}, options, level=20)
        pesq, plain, loud = compare(found, 0), compare(found, 2), compare(louder, 2)
        levels.append([f"`{name}`", *(f"{value:+.3f}" for value in pesq),
                       *(f"{value:+.2f}" for value in (*plain, *loud))])
        for n, file in enumerate(files):
            short = file.stem.removeprefix("tinydenoiser_")  # for lines of 100 columns
            size = {precision: {kind: of["bytes"] for kind, of in report[n]["sizes"].items()}
                    for precision, report in reports.items()}
            of = {precision: kinds["parameters"] for precision, kinds in size.items()}
            parameters.append([short, f"{of['fp16']:,}", *(
                text for precision in ("mixed", "int8", "auto")
                for text in (f"{of[precision]:,}", f"{of['fp16'] / of[precision]:.2f}"))])
            buffers.append([short, *(
                f"{size[precision][kind]:,}"
                for kind, shown in (("activations", ("fp16", "mixed", "int8")),
                                    ("states", ("fp16", "mixed")))
                for precision in shown)])

    tables = {
        "sound": make_table(
            ["network", "precision", "PESQ", "STOI", "SI-SNR [dB]"],
            [[name, precision, f"{pesq:.3f}", f"{stoi:.4f}", f"{snr:.2f}"]
             for name, precision, (pesq, stoi, snr) in sound]),
        "levels": make_table(
            ["network", "PESQ, mean", "worst", "SI-SNR, mean", "worst",
             "SI-SNR at +20 dB, mean", "worst"], levels),
        "parameters": make_table(
            ["network", "fp16", "mixed", "", "int8", "", "auto", ""], parameters),
        "buffers": make_table(
            ["network", "activations: fp16", "mixed", "int8", "states: fp16", "mixed"], buffers),
    }
    print("\n\n".join(tables.values()))
    if options.docs:
        text = DOCS.read_text()
        for name, table in tables.items():
            begin, end = f"<!-- bench quality: {name} -->\n", f"<!-- end of {name} -->"
            before, rest = text.split(begin)
            text = before + begin + table + "\n" + end + rest.split(end, 1)[1]
        DOCS.write_text(text)


if __name__ == "__main__":
    main()
