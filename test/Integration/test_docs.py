# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The pages that people read: lines that fit, links that lead somewhere, options,
passes, files and operators that are there, words that the glossary explains."""

import functools
import itertools
import pathlib
import re
import shlex

import pytest

import se

COLUMNS = 100
DOCS = se.SOURCE / "docs"
GLOSSARY = DOCS / "glossary.md"
FOLDERS = ("benchmarks", "docs", "examples", "include", "lib", "models", "python", "runtime",
           "targets", "test", "tools", "unittests", "utils")
PAGES = sorted({*se.SOURCE.glob("*.md"),
                *(page for folder in FOLDERS for page in (se.SOURCE / folder).rglob("*.md"))})

TOOLS = ("se-compile", "se-run", "se-opt", "se-reduce", "se-translate", "se-mix",
         "se-denoise")
INPUTS = {".onnx", ".mlir", ".elf", ".npy", ".json", ".wav"}
CODE_SUFFIXES = {".h", ".cpp", ".c", ".S", ".td", ".py", ".in", ".mlir", ".test", ".cmake", ".sh"}
OUTPUT = re.compile("-o|--(report|stats|trace|out|save-[a-z]+)")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
LINK = re.compile(r"\]\(\s*([^)\s]+)(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def name(page):
    return str(page.relative_to(se.SOURCE))


each_page = pytest.mark.parametrize("page", PAGES, ids=name)
each_doc = pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name)
# In CONTRIBUTING.md the reader adds what is not there, CHANGELOG.md tells of the past.
each_present = pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name not in ("CONTRIBUTING.md", "CHANGELOG.md")],
    ids=name)


def get_prose(page):
    """Without blocks of code."""
    return FENCE.sub("", page.read_text())


def get_spans(page):
    """Inline code."""
    return [re.sub(r"\s+", " ", span) for span in CODE.findall(get_prose(page))]


@functools.cache
def get_anchors(page):
    """Of headings, as GitHub makes them."""
    anchors = set()
    for heading in re.findall(r"^#+ +(.*?) *$", get_prose(page), re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        number = 0
        while anchor + (f"-{number}" if number else "") in anchors:
            number += 1
        anchors.add(anchor + (f"-{number}" if number else ""))
    return anchors


@functools.cache
def get_options(tool):
    process = se.tool(tool, "--help-hidden")
    assert process.returncode == 0, process.stderr
    found = set(re.findall(r"^ *-{1,2}([a-zA-Z][\w-]*)", process.stdout, re.MULTILINE))
    return {f"--{option}" for option in found}


@functools.cache
def get_known_options():
    """Of all tools, of `dev`, of the package's evaluation and of the benchmarks."""
    options = set()
    for tool in TOOLS:
        options |= get_options(tool)
    scripts = [se.SOURCE / "dev", se.SOURCE / "test/Integration/conftest.py",
               *(se.SOURCE / "benchmarks").rglob("*.sh"),
               *(se.SOURCE / "benchmarks").rglob("*.py"),
               *(se.SOURCE / "python/se_mlir").rglob("*.py")]
    for script in scripts:
        options |= set(OPTION.findall(script.read_text()))
    return options


def test_pages_are_found():
    assert se.SOURCE / "README.md" in PAGES and GLOSSARY in PAGES


@each_page
def test_lines_fit(page):
    long = [f"{name(page)}:{number}: {len(line)} columns"
            for number, line in enumerate(page.read_text().splitlines(), 1)
            if len(line) > COLUMNS]
    assert not long, "\n".join(long)


@each_page
def test_lists_are_meant(page):
    """A sentence that is wrapped before `1.` or `-` would become a list."""
    item = re.compile(r" *(?:[*+-]|\d+[.)]) ")
    is_list, surprises = True, []
    for line in get_prose(page).splitlines():
        if not line or line.startswith(("#", "|", "<")):
            is_list = True
        elif item.match(line):
            if not is_list:
                surprises.append(line)
            is_list = True
        else:
            is_list = line.endswith((".", ":")) or (is_list and line.startswith(" "))
    assert not surprises, surprises


@each_page
def test_links_lead_somewhere(page):
    broken = []
    text = CODE.sub("", get_prose(page))
    targets = LINK.findall(text) + re.findall(r"""(?:src|href)=["']([^"']+)""", text)
    for link in targets:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            broken.append(f"{link}: no such file")
        elif anchor and target.suffix == ".md" and anchor not in get_anchors(target):
            broken.append(f"{link}: no such heading")
    assert not broken, "\n".join(broken)


@each_present
def test_options_exist(page):
    """Also those without a command before them; not those of other programs."""
    lines = [line for block in FENCE.findall(page.read_text())
             for line in re.sub(r"\\\n", " ", block).splitlines()]
    unknown = set()
    for code in [*get_spans(page), *lines]:
        if re.match(r"(\$ )?(--|\[|(\S*/)?(se-[a-z]+|dev)\b|\S*python3? -m se_mlir)", code.strip()):
            unknown |= set(OPTION.findall(code)) - get_known_options()
    assert not unknown, sorted(unknown)


@each_present
def test_commands_have_their_options(page):
    """What a block of code gives to a tool, that tool knows."""
    wrong = []
    for block in FENCE.findall(page.read_text()):
        # A command that another one runs is a command too.
        text = re.sub(r"\\\n", " ", block)
        text = re.sub(r'--command="([^"]*)"(.*)', r"--command\2\n\1", text)
        for line in text.splitlines():
            found = re.match(r"(?:\$ )?(?:\S*/)?(se-[a-z]+) (.*)", line)
            if found and found[1] in TOOLS:
                arguments = re.sub(r" # .*", "", found[2])
                wrong += [f"{found[1]}: {option}" for option in OPTION.findall(arguments)
                          if option not in get_options(found[1])]
    assert not wrong, wrong


@each_present
def test_examples_run(page, tmp_path):
    """Commands on files that are in the project, or that the page's commands before
    them have made."""
    for folder in ("models", "examples"):
        (tmp_path / folder).symlink_to(se.SOURCE / folder)
    for block in FENCE.findall(page.read_text()):
        for line in re.sub(r"\\\n", " ", block).splitlines():
            found = re.match(r"(?:\$ )?(?:\S*/)?(se-[a-z]+ .*)", line)
            if not found:
                continue
            tool, *arguments = shlex.split(found[1], comments=True)
            if any(re.search("(^|=)/", argument) for argument in arguments):
                continue
            inputs = set()
            for before, argument in itertools.pairwise([tool, *arguments]):
                value = argument.rpartition("=")[2]
                if (pathlib.Path(value).suffix in INPUTS or value.endswith("/")) and not (
                        OUTPUT.match(argument) or OUTPUT.fullmatch(before)):
                    inputs.add(value)
                elif OUTPUT.fullmatch(before):
                    (tmp_path / value).parent.mkdir(parents=True, exist_ok=True)
            if tool in TOOLS and inputs and all((tmp_path / file).exists() for file in inputs):
                process = se.tool(tool, *arguments, cwd=tmp_path)
                assert process.returncode == 0, f"{found[1]}\n{process.stderr}"


def get_shown(page):
    """Of blocks that begin with `$ COMMAND`: each command, and what it shows of the output."""
    shown = []
    for block in FENCE.findall(page.read_text()):
        for line in block.splitlines()[1:-1]:
            if line.startswith("$ "):
                shown.append((line[2:], []))
            elif block.splitlines()[1].startswith("$ "):
                shown[-1][1].append(line)
    return shown


def find_unshown(shown, output):
    """The first line that `output` does not have in this place. A line `...` stands for any
    lines, `...` in a line for anything; values may have other names."""
    def normalize(text):
        return re.sub(r"%[\w#:]+", "%", text)

    def match(line, pattern):
        return re.fullmatch(".*".join(map(re.escape, pattern.split("..."))), line)

    lines, position = normalize(output).splitlines(), 0
    for chunk in normalize("\n".join(shown)).split("\n...\n"):
        chunk = [line for line in chunk.splitlines() if line != "..."]
        while not all(map(match, lines[position:position + len(chunk)], chunk)):
            position += 1
        if position + len(chunk) > len(lines):
            return chunk[0]
        position += len(chunk)
    return None


def test_tour_shows_what_the_tools_print(tmp_path):
    (tmp_path / "examples").symlink_to(se.SOURCE / "examples")
    commands = get_shown(DOCS / "tour.md")
    assert len(commands) > 5
    for command, shown in commands:
        tool, *arguments = shlex.split(command)
        process = se.tool(tool, *arguments, cwd=tmp_path)
        assert process.returncode == 0, f"{command}\n{process.stderr}"
        missing = find_unshown(shown, process.stdout)
        assert missing is None, f"{command} does not print this and what follows: {missing}"


def test_tour_has_every_phase():
    help = se.run_tool("se-compile", "--help").stdout
    phases = re.search(r"PHASE one of ((?:\w+, )*\w+)", help)[1].split(", ")
    assert "imported" in phases and "llvm" in phases
    tour, picture = (DOCS / "tour.md").read_text(), (DOCS / "pictures/tour.svg").read_text()
    missing = [phase for phase in phases
               if f"--emit=mlir-{phase} " not in tour or f">{phase}</text>" not in picture]
    assert not missing, missing


def test_find_unshown():
    output = "a %1 b\nc %x:2 d e\nf\ng"
    assert find_unshown(["a %7 b", "...", "f"], output) is None
    assert find_unshown(["...", "c ... e", "f", "..."], output) is None
    assert find_unshown(["f", "...", "a %1 b"], output) == "a % b"
    assert find_unshown(["...", "c ... d", "..."], output) == "c ... d"
    assert find_unshown(["a %1 b", "f"], output) == "a % b"
    assert find_unshown(["g", "f"], output) == "g"


@each_present
def test_passes_and_files_exist(page):
    passes = get_options("se-opt") | {f"--{tool.name}" for tool in se.BIN.iterdir()}
    names = {path.name for folder in FOLDERS for path in (se.SOURCE / folder).rglob("*.*")}
    missing = []
    for span in get_spans(page):
        found = re.fullmatch(r"(?:--)?((?:rnn|se)-[a-z0-9-]+)", span)
        if found and f"--{found[1]}" not in passes:
            missing.append(span)
        if (re.fullmatch(rf"({'|'.join(FOLDERS)})/[\w./*-]+", span)
                and not any(se.SOURCE.glob(span.rstrip("/")))):
            missing.append(span)
        # What is written like our files: not `net.h`, not `vfmac.h`.
        if re.fullmatch(r"[A-Z]\w*[a-z]\w*\.(h|cpp|td)|test_\w+\.py", span) and span not in names:
            missing.append(span)
    assert not missing, missing


def test_comments_cite_pages_of_ours():
    """The repository stands alone: code names no page that is not in it."""
    pages = {page.relative_to(se.SOURCE) for page in PAGES}
    names = {page.name for page in PAGES}
    sources = [source for folder in (*FOLDERS, "cmake", "fuzz", "python")
               for source in (se.SOURCE / folder).rglob("*")
               if source.suffix in CODE_SUFFIXES]
    assert len(sources) > 300
    missing = []
    for source in sources:
        for page in re.findall(r"(?<![\w./{}%-])([a-z][\w/-]*/)?([a-z][\w-]*\.md)\b",
                               source.read_text(errors="replace")):
            if pathlib.Path("".join(page)) not in pages and (page[0] or page[1] not in names):
                missing.append(f"{name(source)}: {''.join(page)}")
    assert not missing, "\n".join(missing)


def test_operators_are_listed():
    sources = "".join(path.read_text() for path in (se.SOURCE / "lib/Import/ONNX").glob("*.cpp"))
    operators = set(re.findall(r'table\["(\w+)"\]', sources))
    assert len(operators) > 100
    missing = operators - set(re.findall(r"\w+", (DOCS / "onnx.md").read_text()))
    assert not missing, sorted(missing)


def test_index_has_every_page():
    links = {(DOCS / link.partition("#")[0]).resolve()
             for link in LINK.findall((DOCS / "README.md").read_text())}
    missing = set(DOCS.rglob("*.md")) - links - {DOCS / "README.md"}
    assert not missing, sorted(map(name, missing))


@functools.cache
def get_entries():
    """Of the glossary: the text of each heading."""
    parts = re.split(r"^## (.*)\n", GLOSSARY.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_glossary():
    headings = re.findall(r"^## (.*)", GLOSSARY.read_text(), re.MULTILINE)
    assert len(headings) > 80
    assert headings == sorted(set(headings), key=lambda heading: heading.lower())
    without = [heading for heading, text in get_entries().items() if not LINK.search(text)]
    assert not without, f"without a page to read more: {without}"


# Words that a page explains by a link where it uses them: ours, and those of the
# field that every page is about.
LINKED = {"bit exact", "calibration", "cell", "cluster", "DMA engine", "fabric controller",
          "frame", "GVSoC", "K block", "matvec", "packed panel", "register tile", "ring", "slot",
          "stage", "tile", "warm frame", "zero point"}
# In other meanings these are words of everybody.
COMMON = {"field", "floor", "loss", "pair", "peak", "plan", "port", "root", "section", "turn"}


@each_doc
def test_words_of_ours_are_linked(page):
    if page == GLOSSARY:
        return
    links = {anchor for path, _, anchor in (link.partition("#")
                                            for link in LINK.findall(get_prose(page)))
             if (page.parent / path).resolve() == GLOSSARY}
    # Code, links and headings are no uses.
    text = re.sub(r"\[[^\]]*\]\([^)]*\)|^#.*", "", CODE.sub("", get_prose(page)),
                  flags=re.MULTILINE)
    missing = []
    # A register tile is no tile.
    for heading, entry in sorted(get_entries().items(), key=lambda item: -len(item[0])):
        initial = re.escape(heading[0].upper() + heading[1:])
        use = rf"\b{re.escape(heading)}s?\b|(?:^|[.:*|-] ){initial}s?\b"
        is_used = re.search(use, text, re.MULTILINE)
        text = re.sub(use, "", text, flags=re.MULTILINE)
        is_ours = heading in LINKED or entry.startswith("*Ours")
        if (is_used and is_ours and heading not in COMMON
                and heading.lower().replace(" ", "-") not in links):
            missing.append(heading)
    assert not missing, f"not linked to the glossary: {missing}"


def test_linked_words_have_entries():
    assert LINKED | COMMON <= get_entries().keys()
