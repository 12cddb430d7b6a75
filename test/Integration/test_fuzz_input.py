# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Files that were changed at random, through the tools, the Python package, and the
targets of fuzz/.

`--inputs=N` runs the tools over inputs 0 to N - 1 (`--first-input=K`: from K on); the
number is the seed, so `--first-input=K --inputs=1` repeats one. `-s` shows the table.
"""

import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys

import pytest

import hostile_runs
import se
import seeds
from hostile_runs import Inputs

FINDS = se.BIN.parent / "fuzz" / "finds"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    made = Inputs(tmp_path_factory.mktemp("seeds"))
    (made.folder / "sound.wav").write_bytes(dict(seeds.sound_seeds())["int.wav"])
    return made


def keep(result):
    """Saves what was found; returns how to repeat it."""
    run = result.run
    folder = FINDS / f"tools-{run.number}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / run.name).write_bytes(run.content)
    text = f"{run}\n{result.problem}\n"
    (folder / "what.txt").write_text(text)
    return f"{folder}: {text}"


def test_tools(inputs, request):
    first = request.config.getoption("--first-input")
    count = request.config.getoption("--inputs")
    hostile_runs.limit()
    found, results = [], []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = lambda number: hostile_runs.execute(inputs.make(number))
        for result in pool.map(work, range(first, first + count)):
            result.run.content = result.run.content if result.problem else None
            results.append(result)
            if result.problem:
                found.append(keep(result))
                print(found[-1], flush=True)
    print("", *hostile_runs.table(results), sep="\n")
    assert not found, "\n".join(found)
    # The inputs are such that both happens.
    accepted = sum(result.status == 0 for result in results)
    assert count < 100 or 0.1 * count < accepted < 0.9 * count


def run_package(inputs, folder):
    """Results of hostile_package.py, in order; and how it ended."""
    process = subprocess.run(
        [sys.executable, se.SOURCE / "test/Integration/hostile_package.py", inputs.folder,
         folder], capture_output=True, text=True, timeout=1200,
        preexec_fn=hostile_runs.limit)
    lines = [json.loads(line) for line in process.stdout.splitlines()]
    return list(zip(lines[::2], lines[1::2])), lines[-1], process


def test_package(inputs, request, tmp_path):
    pytest.importorskip("se_mlir", reason="built without the Python package")
    first = request.config.getoption("--first-input")
    count = request.config.getoption("--inputs") // 10
    found, accepted = [], 0
    for begin in range(first, first + count, 100):
        folder = tmp_path / str(begin)
        for number in range(begin, min(begin + 100, first + count)):
            run = inputs.make(number)
            place = folder / f"{number}-{run.kind}"
            place.mkdir(parents=True)
            (place / run.name).write_bytes(run.content)
        results, last, process = run_package(inputs, folder)
        accepted += sum(result["accepted"] for _, result in results)
        found += [f"package, {what}: {result['problem']}" for what, result in results
                  if result["problem"]]
        found += [f"package, {what}: took {result['seconds']:.1f} s"
                  for what, result in results if result["seconds"] > hostile_runs.SECONDS]
        if process.returncode:
            found.append(f"package, {last}: ended with status {process.returncode}: "
                         f"{process.stderr[-500:]}")
        shutil.rmtree(folder)
    print(f"package: {count} inputs, {accepted} accepted, {len(found)} finds")
    assert not found, "\n".join(found)
    assert 0 < accepted < count


# The folders of seeds.py that each target starts from.
CORPORA = {"onnx": ["onnx"], "module": ["module", "mlir"], "npy": ["npy"],
           "npz": ["npz"], "policy": ["policy"], "calibration": ["calibration"], "target": ["target"],
           "frontend": ["frontend"], "program": ["program"], "sound": ["sound"]}


@pytest.mark.parametrize("target", CORPORA)
def test_targets(target, inputs, request, tmp_path):
    """The fuzz targets over their seeds, a few changes of each, and all that was once
    found."""
    program = se.BIN / f"se-fuzz-{target}"
    if not program.exists():
        pytest.skip("built without the fuzz targets")
    source = random.Random(target)
    kinds = {kind: (kind if kind != "module" else "mlir") for kind in CORPORA[target]}
    for kind, like in kinds.items():
        for name, content in inputs.seeds[kind]:
            (tmp_path / name).write_bytes(content)
    for i in range(request.config.getoption("--inputs")):
        content, _ = inputs.change(source.choice(list(kinds.values())), source)
        (tmp_path / f"changed{i}").write_bytes(content)
    finds = se.SOURCE / "fuzz" / "finds" / target
    process = subprocess.run([program, tmp_path, *([finds] if finds.exists() else [])],
                             capture_output=True, timeout=1200)
    text = process.stderr.decode(errors="replace")
    assert process.returncode == 0, text[-2000:]
    assert int(process.stdout.split()[0]) >= request.config.getoption("--inputs")
