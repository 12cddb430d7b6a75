# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`./dev bench paper`: its figures are those of the tools, its verdicts those of its figures."""

import csv
import json
import subprocess
import sys

import pytest

import se

pytest.importorskip("se_mlir", reason="built without the Python package")
pytest.importorskip("matplotlib", reason="the pictures need it")

BENCH = se.SOURCE / "benchmarks" / "paper" / "run.py"
MODEL = se.SOURCE / "models" / "tinydenoiser_gru128.onnx"
PLAIN = "ring=2,resident=off"


def run_bench(*arguments):
    return subprocess.run([sys.executable, BENCH, *map(str, arguments)], capture_output=True,
                          text=True, timeout=600)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """(what it prints, lines of its CSV by placement, schedule and cores, its frames)"""
    folder = tmp_path_factory.mktemp("paper")
    process = run_bench("--only=gru128", "--precisions=fp16", f"--keep={folder / 'keep'}",
                        f"--csv={folder / 'all.csv'}", f"--pictures={folder / 'pictures'}")
    assert process.returncode == 0, process.stderr
    with (folder / "all.csv").open() as file:
        rows = {(row["placement"], row["schedule"], row["cores"]): row
                for row in csv.DictReader(file)}
    assert len(list((folder / "pictures").glob("*.png"))) == 2
    return process.stdout, rows, folder / "keep" / MODEL.stem / "x.npy"


def write_external_target(path):
    """gap9 with little L2, and HyperRAM behind it, but no MRAM."""
    target = json.loads((se.SOURCE / "targets" / "gap9.json").read_text())
    target["memories"] = [m for m in target["memories"] if m["name"] != "mram"]
    target["memories"][1]["size"] = 196608
    path.write_text(json.dumps(target))
    return path


@pytest.mark.parametrize("key, options", [
    (("L2", "planner", "8"), []),
    (("L2", PLAIN, "8"), [f"--schedule={PLAIN}"]),
    (("L2", "planner", "1"), ["--cores=1"]),
    (("external", "planner", "8"), []),
], ids=lambda value: "-".join(value) if isinstance(value, tuple) else "")
def test_figures_are_those_of_the_tools(key, options, bench, tmp_path):
    _, rows, frames = bench
    row = rows[key]
    target = "gap9" if key[0] == "L2" else write_external_target(tmp_path / "external.json")
    elf, stats, report = (tmp_path / name for name in ("net.elf", "stats.json", "report.json"))
    se.compile(MODEL, elf, "--precision=fp16", f"--target={target}", f"--report={report}", *options)
    se.run_tool("se-run", elf, f"--in=mag={frames}", f"--stats={stats}")
    found, plan = json.loads(stats.read_text()), json.loads(report.read_text())
    assert float(row["cycles_per_frame"]) == found["cycles_per_frame"]["mean"]
    assert float(row["macs_per_cycle"]) == found["macs_per_cycle"]
    assert len(found["energy_model"]) == 2
    for point in found["energy_model"]:
        for name in ("ms_per_frame", "uj_per_frame", "mw"):
            assert float(row[f"{name}_at_{point['volt']}_V"]) == point[name]
    for memory in ("l1", "l2", "nvm", "l3"):
        assert int(row[f"{memory}_bytes"]) == plan["memory"][memory]["bytes"]
    assert int(row["parameter_bytes"]) == plan["sizes"]["parameters"]["bytes"]


def test_parameters_lie_where_the_placement_says(bench):
    _, rows, _ = bench
    assert len(rows) == 7
    bytes_in = {key: [int(row[f"{memory}_bytes"]) for memory in ("nvm", "l3")]
                for key, row in rows.items()}
    for (placement, _, _), (nvm, external) in bytes_in.items():
        assert (nvm > 400_000, external > 400_000) == (placement == "MRAM",
                                                       placement == "external")
        assert nvm == 0 or external == 0


def test_ratios(bench):
    text, rows, _ = bench
    cycles = {key: float(row["cycles_per_frame"]) for key, row in rows.items()}
    planned, plain = ("L2", "planner", "8"), ("L2", PLAIN, "8")
    assert float(rows[planned]["double_buffering_by_it"]) == cycles[plain] / cycles[planned] > 1
    assert float(rows[planned]["fp16_by_it"]) == 1
    assert f"| {cycles[planned]:,.0f} |" in text
    assert f"| {cycles[plain] / cycles[planned]:.2f} |" in text
    # Nothing is said of sound that nobody measured.
    assert text.startswith("No recordings")
    assert "PESQ lost" not in text


def make_claims(cycles, pesq):
    """{what: (paper, here, holds)} for made up figures, by precision; energies go by cycles."""
    sys.path[:0] = [str(se.SOURCE / "benchmarks"), str(BENCH.parent)]
    try:
        import claims
        from programs import PLACEMENTS, Program
        from tables import Measured
    finally:
        del sys.path[:2]

    def make_result(precision, cores, volts=(0.65, 0.8)):
        count = cycles[precision] * (3 if cores == 1 else 1)
        points = [{"volt": volt, "ms_per_frame": 1.0, "uj_per_frame": count, "mw": 10 * volt,
                   "average_mw_of_6.25_ms": volt} for volt in volts]
        return {"stats": {"cycles_per_frame": {"mean": count}, "energy_model": points},
                "report": {"memory": {"nvm": {"bytes": 0}},
                           "sizes": {"parameters": {"bytes": 100 * count}}}}
    programs = {Program(MODEL, precision, placement, cores=cores): make_result(precision, cores)
                for precision in cycles for placement in PLACEMENTS for cores in (1, 8)}
    programs[Program(MODEL, "fp16", "MRAM")] = {"error": "error: does not fit"}
    sound = {(MODEL, precision): (value, 0, 0) for precision, value in pesq.items()}
    lines = claims.make_claims(Measured(programs, sound)).splitlines()[2:]
    return {cells[0]: tuple(cells[1:]) for line in lines
            if (cells := [cell.strip() for cell in line.strip("|").split("|")])}


def test_verdicts():
    claims = make_claims({"fp16": 300, "int8": 100, "mixed": 200},
                         {"fp16": 2.0, "int8": 1.5, "mixed": 1.9})
    assert claims["speed-up, mixed by fp16, same memory"] == ("up to 4", "1.50", "no")
    assert claims["memory, fp16 by mixed"] == ("1.4 to 1.7", "1.50", "yes")
    assert claims["PESQ lost by mixed, mean (least to most)"] == ("0.06", "0.100 (0.100)",
                                                                  "no: more")
    assert claims["PESQ lost by int8, mean (least to most)"] == ("0.3", "0.500 (0.500)",
                                                                 "no: more")
    assert claims["networks that MRAM, on the chip, holds"][1:] == ("1 of 1; 0 in fp16",
                                                                           "yes")
    one_core = claims["energy, 1 core, fp16, by 8 cores, mixed, L2 (model)"]
    assert one_core[1:] == ("4.50", "no")
    fast = make_claims({"fp16": 1000, "int8": 100, "mixed": 200}, {})
    assert fast["speed-up, mixed by fp16, same memory"][1:] == ("5.00", "yes")
    assert fast["memory, fp16 by mixed"][1:] == ("5.00", "no: more")
    assert fast["energy, 1 core, fp16, by 8 cores, mixed, L2 (model)"][1:] == ("15.00", "yes")
    assert not any("PESQ" in what for what in fast)


def test_what_others_made_is_not_taken(tmp_path):
    (tmp_path / "made-by.json").write_text('{"se-run": "another one"}')
    process = run_bench("--only=gru128", "--precisions=fp16", f"--keep={tmp_path}")
    assert process.returncode == 1
    assert process.stderr == (
        f"{tmp_path}: made by other tools, or of other networks or recordings\n")


@pytest.mark.parametrize("arguments, message", [
    (["--docs"], "--docs needs all networks and precisions, and recordings"),
    (["--precisions=fp16,fp8"], "--precisions: unknown fp8"),
    (["--only=none"], "none of tinydenoiser_lstm256"),
    (["--noisy=."], "--noisy, --clean and --calibration go together"),
], ids=["docs", "precisions", "only", "recordings"])
def test_errors(arguments, message):
    process = run_bench(*arguments)
    assert process.returncode != 0 and message in process.stderr
    assert process.stdout == ""
