#!/usr/bin/env python3
# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a front end costs: cycles of Fourier transforms in fp32, and of whole hops.

Forward is a window, a transform and magnitudes, back is a transform, a window and
overlap-add with a hop of a quarter; of both the cycles beyond those of a network that copies
as many numbers. Whole hops are the networks of --models with the front end that fits them,
and RNNoise with random weights, beside the networks alone, on noise. Of bands and features
of 48 kHz, what they take beyond power spectra. Prints tables, in Markdown; with --docs they
become those of docs/performance.md.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "test" / "Integration")]

import pages  # noqa: E402
import test_rnnoise  # noqa: E402


BIN = pathlib.Path(os.environ["SE_BIN"])
PAGE = "performance.md"
FEATURES = ("powers", "22 bands of RNNoise", "42 features of RNNoise", "40 bands of Mel",
            "40 bands of Mel, logarithm")
SIZES = (64, 128, 256, 320, 480, 512, 960, 1024)
TARGETS = ("pulp-open", "gap9")
FRAMES = 6  # the first ones find caches that are empty


def run(tool, *arguments):
    process = subprocess.run([BIN / tool, *arguments], capture_output=True, text=True)
    return process.stderr.strip().splitlines()[-1] if process.returncode else ""


def measure(folder, source, inputs, *options):
    """Cycles of a warm frame; a message if there are none."""
    stats = folder / "stats.json"
    arguments = []
    for name, elements in inputs.items():
        frames = np.random.default_rng(0).uniform(-1, 1, (FRAMES, elements))
        np.save(folder / f"{name}.npy", np.abs(frames).astype(np.float32))
        arguments.append(f"--in={name}={folder / name}.npy")
    problem = run("se-compile", source, "-o", folder / "net.elf", *options) or run(
        "se-run", folder / "net.elf", *arguments, f"--stats={stats}")
    return problem or json.loads(stats.read_text())["cycles_per_frame"]["min"]


def write(n, way):
    """A network around a transform of n samples, or around copies."""
    bins, hop = n // 2 + 1, n // 4
    t = lambda size: f"tensor<{size}xf32>"
    state = lambda name, size: f'%{name} = "{name}" : {t(size)} reset dense<0.5> : {t(size)}'
    window = ", ".join(f"{0.5 - 0.5 * np.cos(2 * np.pi * i / n):.9e}" for i in range(n))
    lines = [f"%w = arith.constant dense<[{window}]> : {t(n)}"]
    if way in ("forward", "copy forward"):
        inputs, states = {"x": n}, [state("s", n), state("m", bins)]
        if way == "forward":
            lines += [f"%0 = arith.mulf %s, %w : {t(n)}",
                      f"%re, %im = dsp.rfft %0 : {t(n)} -> {t(bins)}",
                      f"%1 = arith.mulf %re, %re : {t(bins)}",
                      f"%2 = arith.mulf %im, %im : {t(bins)}",
                      f"%3 = arith.addf %1, %2 : {t(bins)}",
                      f"%next = math.sqrt %3 fastmath<nnan, ninf> : {t(bins)}"]
        else:
            lines.append(f"%next = tensor.extract_slice %s[0] [{bins}] [1] : {t(n)} to {t(bins)}")
        result, nexts, types = "%m", "%x, %next", f"{t(n)}, {t(bins)}"
        out = bins
    else:
        inputs, out = {"r": bins, "i": bins}, hop
        states = [state("re", bins), state("im", bins), state("sum", n - hop)]
        if way == "back":
            lines += [f"%0 = dsp.irfft %re, %im : {t(bins)} -> {t(n)}",
                      f"%y = arith.mulf %0, %w : {t(n)}",
                      f"%1 = tensor.extract_slice %y[0] [{n - hop}] [1] : {t(n)} to {t(n - hop)}",
                      f"%2 = arith.addf %sum, %1 : {t(n - hop)}",
                      f"%3 = tensor.extract_slice %2[{hop}] [{n - 2 * hop}] [1] : "
                      f"{t(n - hop)} to {t(n - 2 * hop)}",
                      f"%4 = tensor.extract_slice %y[{n - hop}] [{hop}] [1] : {t(n)} to {t(hop)}",
                      f"%next = tensor.concat dim(0) %3, %4 : ({t(n - 2 * hop)}, {t(hop)}) -> "
                      f"{t(n - hop)}",
                      f"%out = tensor.extract_slice %2[0] [{hop}] [1] : {t(n - hop)} to {t(hop)}"]
        else:
            lines += [f"%out = tensor.extract_slice %re[0] [{hop}] [1] : {t(bins)} to {t(hop)}",
                      f"%next = arith.negf %sum : {t(n - hop)}"]
        result, nexts = "%out", "%r, %i, %next"
        types = f"{t(bins)}, {t(bins)}, {t(n - hop)}"
    ports = ", ".join(f'%{name} = "{name}" : {t(size)}' for name, size in inputs.items())
    body = "\n  ".join(lines)
    return inputs, f"""rnn.network @transform inputs({ports}) states({', '.join(states)})
    outputs("y" : {t(out)}) {{
  {body}
  rnn.yield {result} : {t(out)} next {nexts} : {types}
}}
"""


def measure_transform(job):
    n, way = job
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        inputs, text = write(n, way)
        (folder / "net.mlir").write_text(text)
        cycles = measure(folder, folder / "net.mlir", inputs)
        return cycles if isinstance(cycles, int) else sys.exit(f"{n}, {way}: {cycles}")


def write_features(folder, kind):
    """A front end of 48 kHz whose features are the spectrum's powers, and more by `kind`,
    and a network that only keeps them."""
    rnnoise = json.loads((ROOT / "frontends" / "rnnoise.json").read_text())
    mel = {"scale": "mel", "count": 40, "from": 0, "to": 20000}
    features = {"powers": "power", "22 bands of RNNoise": ["power", {"bands": "opus"}],
                "42 features of RNNoise": rnnoise["networks"][0]["inputs"][0],
                "40 bands of Mel": ["power", {"bands": "mel"}],
                "40 bands of Mel, logarithm": ["power", {"bands": "mel"}, {"at_least": 1e-6},
                                               "log"]}
    sizes = {"powers": 481, "22 bands of RNNoise": 22, "42 features of RNNoise": 42}
    use = {"features": rnnoise["networks"][0]["features"] if "42" in kind else {},
           "inputs": [features[kind]], "outputs": ["gain", "other"]}
    rnnoise |= {"bands": rnnoise["bands"] | {"mel": mel}, "networks": [use]}
    (folder / "front.json").write_text(json.dumps(rnnoise))
    x = f"tensor<{sizes.get(kind, 40)}xf32>"
    (folder / "net.mlir").write_text(f"""
rnn.network @net inputs(%x = "x" : {x}) states(%s = "s" : {x} reset dense<0.5> : {x})
    outputs("gain" : tensor<481xf32>, "y" : {x}) {{
  %one = arith.constant dense<1.0> : tensor<481xf32>
  rnn.yield %one, %s : tensor<481xf32>, {x} next %x : {x}
}}
""")


def measure_features(job):
    kind, precision = job
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_features(folder, kind)
        cycles = measure(folder, folder / "net.mlir", {"in": 480}, "--app=denoise",
                         f"--frontend={folder}/front.json", f"--precision={precision}")
        return cycles if isinstance(cycles, int) else sys.exit(f"{kind}: {cycles}")


def write_rnnoise(folder):
    return test_rnnoise.write_rnnoise(folder / "rnnoise.mlir", test_rnnoise.make_weights())


def measure_rnnoise(job):
    """Calibrated with noise, which does for cycles."""
    target, precision, app = job
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        options = [f"--target={target}", f"--precision={precision}", f"--app={app}"]
        random = np.random.default_rng(1)
        if app == "denoise":
            options.append("--frontend=rnnoise")
            frames = random.uniform(-1, 1, (200, 480))
        else:
            frames = random.normal(size=(200, 42))
        if precision in ("mixed", "int8"):
            np.save(folder / "frames.npy", frames.astype(np.float32))
            options.append(f"--calibration={folder}/frames.npy")
        inputs = {"in": 480} if app == "denoise" else {"x": 42}
        return measure(folder, write_rnnoise(folder), inputs, *options)


def measure_hop(job):
    model, target, precision, app, recordings = job
    options = [f"--target={target}", f"--precision={precision}", f"--app={app}"]
    if precision == "mixed":
        options.append(f"--calibration={recordings}")
    # The shipped networks take 257 magnitudes, 16 kHz with a hop of 100 samples.
    inputs = {"in": 100} if app == "denoise" else {"mag": 257}
    with tempfile.TemporaryDirectory() as name:
        return measure(pathlib.Path(name), model, inputs, *options)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--docs", action="store_true", help=f"rewrites the tables of {PAGE}")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "models",
                        help="folder of networks for TinyDenoiser's front end (default: models)")
    parser.add_argument("--recordings", type=pathlib.Path,
                        help="folder of sound to calibrate with; without it fp16 only")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    precisions = ["fp16", "mixed"] if options.recordings else ["fp16"]
    models = sorted(options.models.glob("*.onnx"))
    transforms = [(n, way) for n in SIZES
                  for way in ("forward", "copy forward", "back", "copy back")]
    hops = [(m, t, p, a, options.recordings) for m in models for t in TARGETS
            for p in precisions for a in ("frames", "denoise")]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        cycles = dict(zip(transforms, pool.map(measure_transform, transforms)))
        whole = dict(zip(hops, pool.map(measure_hop, hops)))
        rnnoise = [(t, p, a) for t in TARGETS for p in ("fp32", "fp16", "mixed")
                   for a in ("frames", "denoise")]
        of_rnnoise = dict(zip(rnnoise, pool.map(measure_rnnoise, rnnoise)))
        features = [(k, p) for k in FEATURES for p in ("fp32", "fp16")]
        of_features = dict(zip(features, pool.map(measure_features, features)))
    lines = ["| samples | window, transform, magnitudes | transform, window, overlap-add |",
             "|---|---|---|"]
    for n in SIZES:
        ways = [cycles[n, way] - cycles[n, f"copy {way}"] for way in ("forward", "back")]
        lines.append(f"| {n} | " + " | ".join(f"{c:,}" for c in ways) + " |")
    first = "\n".join(lines) + "\n"
    lines = ["| network | target | precision | network alone | whole hop | more |",
             "|---|---|---|---|---|---|"]
    pairs = {(m.stem, t, p): [whole[m, t, p, a, r] for a in ("frames", "denoise")]
             for m, t, p, _, r in hops}
    pairs |= {("RNNoise", t, p): [of_rnnoise[t, p, a] for a in ("frames", "denoise")]
              for t, p, _ in rnnoise}
    for (model, target, precision), pair in pairs.items():
        row = f"| {model} | {target} | {precision} | "
        if all(isinstance(c, int) for c in pair):
            lines.append(row + f"{pair[0]:,} | {pair[1]:,} | {pair[1] / pair[0] - 1:.1%} |")
        else:
            print(f"{model}, {target}, {precision}: {pair}", file=sys.stderr)
            lines.append(row + "does not fit | | |")
    second = "\n".join(lines) + "\n"
    lines = ["| features of 48 kHz | fp32 | fp16 |", "|---|---|---|"]
    for kind in FEATURES[1:]:
        more = [of_features[kind, p] - of_features["powers", p] for p in ("fp32", "fp16")]
        lines.append(f"| {kind} | " + " | ".join(f"{c:,}" for c in more) + " |")
    third = "\n".join(lines) + "\n"
    print(first, third, second, sep="\n")
    if options.docs:
        pages.write(PAGE, {"transforms": first, "features": third, "hops": second})


if __name__ == "__main__":
    main()
