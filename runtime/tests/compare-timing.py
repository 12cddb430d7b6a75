# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the rows "name: cycles" that timing programs print.

compare-timing.py --simulator=se-run (--gvsoc | --expected=FILE) [--option=O...] PROGRAM...

With --gvsoc the same programs run there, and a row that deviates by more than
5 % is an error; exit 77 without gvsoc. With --expected each line "program |
row | cycles" of the file must be met exactly. --option goes to the simulator. --markdown prints a table.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

TOLERANCE = 0.05


def read_rows(text):
    rows = {}
    for line in text.splitlines():
        name, colon, value = line.rpartition(": ")
        if colon and value.lstrip("-").isdigit():
            if name in rows:
                sys.exit(f"error: the row '{name}' occurs twice")
            rows[name] = int(value)
    if not rows:
        sys.exit("error: no rows in the output:\n" + text)
    return rows


def run(command, folder):
    done = subprocess.run(
        command,
        cwd=folder,
        timeout=300,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        sys.exit(f"error: {' '.join(command)}: status {done.returncode}\n{done.stdout}")
    return read_rows(done.stdout)


def run_gvsoc(program, folder):
    options = ["--target=pulp-open", "--work-dir", folder, "--binary", program]
    return run(["gvsoc", *options, "run"], folder)


def compare(program, simulator, referee, markdown):
    if simulator.keys() != referee.keys():
        sys.exit(f"error: {program}: the rows differ")
    wrong = []
    for name, theirs in referee.items():
        ours = simulator[name]
        deviation = (ours - theirs) / theirs if theirs else float(ours != theirs)
        percent = f"{100 * deviation:+.1f} %" if ours != theirs else "0"
        if markdown:
            print(f"| {name} | {theirs} | {ours} | {percent} |")
        if abs(deviation) > TOLERANCE:
            wrong.append(f"{program}: {name}: {ours}, on GVSoC {theirs} ({percent})")
    return wrong


def check(file, rows):
    wrong = []
    for line in pathlib.Path(file).read_text().splitlines():
        if not line.strip():
            continue
        program, name, cycles = (part.strip() for part in line.split("|"))
        found = rows.get(program, {}).get(name)
        if found != int(cycles):
            wrong.append(f"{program}: {name}: {found}, expected {cycles}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulator", required=True)
    parser.add_argument("--gvsoc", action="store_true")
    parser.add_argument("--expected")
    parser.add_argument("--option", action="append", default=[])
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("programs", nargs="+")
    args = parser.parse_args()
    if args.gvsoc and not shutil.which("gvsoc"):
        print("gvsoc is not on PATH")
        sys.exit(77)

    wrong, rows = [], {}
    for program in map(pathlib.Path, args.programs):
        program = program.resolve()
        with tempfile.TemporaryDirectory() as folder:
            rows[program.stem] = run([args.simulator, *args.option, str(program)], folder)
            if args.gvsoc:
                theirs = run_gvsoc(str(program), folder)
                if args.markdown:
                    print(f"\n`{program.stem}`\n")
                    print("| row | GVSoC | simulator | deviation |\n|---|---|---|---|")
                ours = rows[program.stem]
                wrong += compare(program.stem, ours, theirs, args.markdown)
    if args.expected:
        wrong += check(args.expected, rows)
    print(sum(map(len, rows.values())), "rows")
    if wrong:
        sys.exit("\n".join(wrong))


main()
