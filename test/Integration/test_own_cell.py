# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/tutorials/your-own-cell.md: its commands print what it shows, its code runs, its
table holds."""

import re
import shlex

import numpy as np
import pytest

import se
import test_docs
import test_from_torch

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")

PAGE = se.SOURCE / "docs/tutorials/your-own-cell.md"
TEXT = PAGE.read_text()
#: How far cycles may be from the table before it has to be written anew.
DRIFT = 0.15


def get_code(kind):
    return re.findall(rf"^```{kind}$\n(.*?)^```$", TEXT, re.M | re.S)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What the page has made after its comparison with NumPy."""
    path = tmp_path_factory.mktemp("own-cell")
    (cell,) = get_code("mlir")
    assert cell.startswith("// cfn.mlir\n")
    (path / "cfn.mlir").write_text(cell)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(path)
        exec(get_code("python")[0], {})
    return path


def test_commands(folder):
    commands = test_docs.get_shown(PAGE)
    assert len(commands) >= 8
    for command, shown in commands:
        tool, *arguments = shlex.split(command)
        process = se.tool(tool, *arguments, cwd=folder)
        assert process.returncode == 0, f"{command}\n{process.stderr}"
        output = process.stdout + process.stderr * ("--report" in arguments)
        missing = test_docs.find_unshown(shown, output)
        assert missing is None, f"{command} does not print this and what follows: {missing}"


def test_every_phase():
    shown = " ".join(command for command, _ in test_docs.get_shown(PAGE))
    for phase in ("imported", "normalized", "legalized", "planned", "scheduled", "selected",
                  "llvm"):
        assert f"--emit=mlir-{phase} " in shown


def test_torch(folder):
    python = test_from_torch.find_python()
    code = get_code("python")[0] + get_code("python torch")[0]
    process = test_from_torch.run_python(python, code, folder)
    assert process.returncode == 0, process.stderr


def test_table(folder, monkeypatch, capsys):
    """Errors and cycles of both sizes, by the page's own code."""
    monkeypatch.chdir(folder)
    rows = {}
    for line in re.findall(r"^\| `.*$", TEXT, re.M):
        names, *numbers = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`(\w+)`", names):
            rows[name] = [float(number.replace(",", "")) for number in numbers]
    assert rows.keys() == {"fp32", "fp16", "mixed", "int8"}
    first, last = get_code("python")
    for place, (x, h, macs) in enumerate(((40, 64, 15872), (128, 256, 229376))):
        larger = first.replace('"x": 40, "h": 64', f'"x": {x}, "h": {h}')
        larger = larger.replace("(200, 40)", f"(200, {x})")
        larger = larger.replace("np.zeros(64)", f"np.zeros({h})")
        scope = {}
        exec(larger, scope)
        assert np.abs(scope["exact"]).max() <= 1.2
        capsys.readouterr()
        exec(last, scope)
        printed = capsys.readouterr().out.splitlines()
        assert len(printed) == 4
        for line in printed:
            precision, error, cycles = line.split()
            known_error, known_cycles = rows[precision][2 * place : 2 * place + 2]
            assert float(error) <= 1.3 * known_error
            assert abs(float(cycles) / known_cycles - 1) <= DRIFT, line
            if place:
                assert abs(macs / float(cycles) / rows[precision][4] - 1) <= DRIFT + 0.05
