#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The bound of se-compile --deadline-ms against the longest of many hops of noise, speech and
silence, with nothing and with all in the way that a chip has.

Prints a table, in Markdown. With --docs it becomes that of docs/deadline.md.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ["SE_BIN"])
sys.path.insert(0, str(ROOT / "benchmarks"))

import pages  # noqa: E402

PAGE = "deadline.md"
WAYS = {"plain": [], "banks and port": ["--l1-conflicts", "--l2-port"]}


def run(*command):
    done = subprocess.run([BIN / command[0], *map(str, command[1:])], capture_output=True,
                          text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])


def read_speech(folder):
    """Samples of all recordings, 16 kHz."""
    parts = []
    for file in sorted(folder.glob("*.wav")):
        with wave.open(str(file), "rb") as sound:
            data = np.frombuffer(sound.readframes(sound.getnframes()), "<i2")
        parts.append(data / 32768)
    return np.concatenate(parts)


def make_hops(count, hop, speech):
    """A third each of noise, from quiet to loud, of silence, and of speech."""
    random = np.random.default_rng(0)
    part = count // 3
    noise = random.standard_normal((part, hop)) * np.logspace(-4, 0, part)[:, None]
    rest = count - 2 * part
    spoken = np.resize(speech, rest * hop).reshape(rest, hop)
    return np.clip(np.concatenate([noise, np.zeros((part, hop)), spoken]), -1, 1)


def measure(job):
    """(bound, {way: longest of all hops}) of a program."""
    model, target, precision, options = job
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        calibration = [] if precision.startswith("fp") else [
            f"--calibration={options.speech}"]
        run("se-compile", model, "-o", folder / "net.elf", "--app=denoise",
            f"--precision={precision}", f"--target={target}", "--deadline-ms=1000",
            f"--report={folder / 'report.json'}", *calibration)
        report = json.loads((folder / "report.json").read_text())
        hop = round(report["hop_ms"] * 16)
        np.save(folder / "x.npy", make_hops(options.hops, hop, read_speech(options.speech)
                                            ).astype(np.float32))
        longest = {}
        for way, more in WAYS.items():
            run("se-run", folder / "net.elf", f"--in=in={folder / 'x.npy'}",
                f"--stats={folder / 'stats.json'}", *more)
            stats = json.loads((folder / "stats.json").read_text())
            longest[way] = stats["cycles_per_frame"]["max"]
        return report["deadline"]["worst_case_cycles"], longest


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "models", metavar="FOLDER",
                        help="ONNX files of TinyDenoiser (models/)")
    parser.add_argument("--speech", type=pathlib.Path, required=True, metavar="FOLDER",
                        help="recordings, .wav, mono, 16 kHz, 16 bits")
    parser.add_argument("--hops", type=int, default=10000)
    parser.add_argument("--only", default="", metavar="WORDS",
                        help="networks whose names have one of these")
    parser.add_argument("--docs", action="store_true", help=f"rewrites the table of {PAGE}")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    jobs = [(model, target, precision, options)
            for model in sorted(options.models.glob("*.onnx"))
            if any(word in model.stem for word in options.only.split(","))
            for target, precision in (("pulp-open", "fp16"), ("gap9", "mixed"))
            # What `pulp-open` does not hold.
            if target == "gap9" or "256" not in model.stem]
    if not jobs:
        sys.exit(f"no network in {options.models}")
    lines = [f"| network | bound | longest of {options.hops:,} hops | with banks and port | "
             "bound by that |", "|---" * 5 + "|"]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for (model, target, precision, _), (bound, longest) in zip(jobs, pool.map(measure, jobs)):
            most = max(longest.values())
            lines.append(f"| {model.stem}, {precision}, `{target}` | {bound:,} | "
                         f"{longest['plain']:,} | {longest['banks and port']:,} | "
                         f"{bound / most:.3f} |")
            print(lines[-1], file=sys.stderr, flush=True)
            if most > bound:
                sys.exit("the bound does not hold")
    table = "\n".join(lines) + "\n"
    print(table)
    if options.docs:
        pages.write(PAGE, {"deadline": table})


if __name__ == "__main__":
    main()
