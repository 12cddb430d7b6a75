# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""se-reduce makes networks small that fail, and python -m se_mlir.generate makes them."""

import re
import subprocess
import sys

import pytest

import se

se_mlir = pytest.importorskip("se_mlir", reason="built without the Python package")
from se_mlir import cells, generate  # noqa: E402

COMPILE = "se-compile {} -o /dev/null"


def reduce(path, command, *options):
    """What is left, as lines."""
    output = path.with_suffix(".small.mlir")
    process = se.run_tool("se-reduce", path, "-o", output, f"--command={command}", *options)
    assert re.fullmatch(r"reduced from \d+ operations to \d+\n", process.stderr)
    return output.read_text().strip().splitlines()


def plant(text, line):
    """Puts an operation on the first vector behind what computes it, for all who read
    it later."""
    name, kind = re.search(r"%(v\d+) = rnn.matvec .* -> (tensor<\d+xf32>)", text).groups()
    at = text.index("\n", text.index(f"%{name} = "))
    rest = re.sub(rf"%{name}\b", "%planted", text[at:])
    return text[:at] + f"\n  %planted = {line.format(x='%' + name, t=kind)}" + rest


@pytest.mark.parametrize("seed", [24, 30])
def test_refused_operation(seed, tmp_path):
    """A network of dozens of operations, of which one cannot be compiled."""
    path = tmp_path / "net.mlir"
    text = generate.network(seed, ["layer", "gate", "mask", "norm", "ring"]).text
    path.write_text(plant(text, "math.cbrt {x} : {t}"))
    before = len(path.read_text().splitlines())
    found = reduce(path, COMPILE, "--message='math.cbrt' cannot be compiled")
    # The module, the network, a constant or an argument, and what ends them.
    assert before > 25 and len(found) <= 7, found
    assert sum("math.cbrt" in line for line in found) == 1
    assert "tensor<1xf32>" in "".join(found)
    process = se.tool("se-compile", path.with_suffix(".small.mlir"), "-o", "/dev/null")
    assert "'math.cbrt' cannot be compiled" in process.stderr


def test_phases_that_differ(tmp_path):
    """What rounds in fp16: an operation or two."""
    path = tmp_path / "net.mlir"
    path.write_text(generate.network(3, ["layer", "arithmetic"]).text)
    found = reduce(path, "se-run --compare=normalized,legalized --precision=fp16 {}",
                   "--message=differs")
    assert len(found) <= 7, found


def test_status_of_a_crash(tmp_path):
    """Without a message, the command ends in the same way; here it kills itself if there
    is a product, and ends with another status if there is not."""
    path = tmp_path / "net.mlir"
    path.write_text(generate.network(5, ["layer", "rows"]).text)
    found = reduce(path, "if grep -q rnn.matvec {}; then kill -ABRT $$; fi; exit 3")
    assert sum("rnn.matvec" in line for line in found) == 1 and len(found) <= 8, found
    # Sizes are as small as can be.
    assert "tensor<1x1xf32>" in "".join(found)


def test_states_and_outputs(tmp_path):
    """A matrix that is a state of a cell stays, and nothing else."""
    path = tmp_path / "net.mlir"
    sizes = {"x": 3, "v": 5, "k": 4, "r": 2}
    path.write_text(cells.network("gla", sizes, cells.random_weights("gla", sizes, 1)))
    normalized = se.compile(path, tmp_path / "normalized.mlir", "--emit=mlir-normalized")
    found = reduce(normalized, "grep -q 'states(.*tensor<[0-9]*x[0-9]*xf32>' {} && exit 3; exit 0",
                   "--timeout=5")
    assert len(found) <= 7 and not any("rnn.matvec" in line for line in found), found
    assert re.search(r"states\(%\w+ = \"S\" : tensor<1x1xf32>", found[1])


REFUSED = [
    (["--command=true {}"], "--command: succeeds on net.mlir, so there is nothing to keep"),
    (["--command=false"], "--command: expected {} where the file's name belongs"),
    (["--command=false {}", "--message=word"],
     "--message: the command does not print 'word' on net.mlir"),
    (["--command=sleep 9; false {}", "--timeout=1"],
     "--command: does not end within 1 seconds on net.mlir"),
    ([], "expected FILE.mlir and --command=\"...\" (see se-reduce --help)"),
]


@pytest.mark.parametrize("options, message", REFUSED)
def test_nothing_to_keep(options, message, tmp_path):
    (tmp_path / "net.mlir").write_text(generate.network(1, ["layer"]).text)
    process = se.tool("se-reduce", "net.mlir", "-o", "small.mlir", *options, cwd=tmp_path)
    assert (process.returncode, process.stderr) == (1, f"error: {message}\n")
    assert not (tmp_path / "small.mlir").exists()


def test_input_that_cannot_be_read(tmp_path):
    for name, text in (("none.mlir", None), ("bad.mlir", "rnn.network {"),
                       ("net.onnx", "")):
        if text is not None:
            (tmp_path / name).write_text(text)
        process = se.tool("se-reduce", name, "--command=false {}", cwd=tmp_path)
        assert process.returncode == 1 and process.stdout == ""
        [line] = process.stderr.splitlines()
        assert line.startswith("error: ") and name in line


# --- the generator as a program ---


def run_generator(*arguments):
    return subprocess.run([sys.executable, "-m", "se_mlir.generate", *arguments],
                          capture_output=True, text=True)


def test_generator(tmp_path):
    """The same network as in Python, each time."""
    path = tmp_path / "net.mlir"
    process = run_generator("--seed=7", "-o", str(path))
    assert process.returncode == 0, process.stderr
    assert path.read_text() == generate.network(7).text == run_generator("--seed=7").stdout
    assert generate.network(8).text != generate.network(7).text


def test_every_rule_and_cell(tmp_path):
    """Each alone makes networks that compile."""
    path = tmp_path / "net.mlir"
    for rule in generate.rules():
        path.write_text(generate.network(2, [rule]).text)
        se.compile(path, "/dev/null", "--emit=mlir-legalized")
    for name in cells.names():
        path.write_text(generate.network(4, ["cell"], [name]).text)
        assert f"@se.{name}(" in path.read_text()
        se.compile(path, "/dev/null", "--emit=mlir-normalized")


def test_grammar():
    """In many networks everything occurs that may stand in one."""
    text = "".join(generate.network(seed).text for seed in range(150))
    for part in ("arith.cmpf", "arith.andi", "arith.ori", "arith.xori", "tensor.concat",
                 "xi1>, tensor", "math.rsqrt", "math.exp", "rnn.reduce <max>",
                 "rnn.reduce <mean>", "rnn.transpose", "tensor.extract_slice", "options = {"):
        assert part in text, part
    missing = [name for name in cells.names() if f"@se.{name}(" not in text]
    assert len(missing) <= len(cells.names()) // 4, missing


@pytest.mark.parametrize("arguments, message", [
    (["--seed=1", "--rules=rings"], "argument --rules: unknown rule 'rings', did you mean "
     "'ring'?"),
    (["--seed=1", "--cells=lsmt"], "argument --cells: unknown cell 'lsmt', did you mean "
     "'lstm'?"),
    (["--seed=-1"], "argument --seed: expected a number from 0 on, found '-1'"),
    (["--seed=1", "-o", "/none/net.mlir"], "/none/net.mlir: No such file or directory"),
    ([], "the following arguments are required: --seed"),
])
def test_wrong_arguments(arguments, message):
    process = run_generator(*arguments)
    assert (process.returncode, process.stderr) == (1, f"error: {message}\n")
