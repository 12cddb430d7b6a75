# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Options of the integration tests.

--matrix=all   every case of the generated matrix, not only a covering subset
--shard=K/N    the K-th of N parts of the tests, 1 <= K <= N
--mutations=N  random changes of schedules to try
--cases=N      random networks to try
--networks=N   random networks of se_mlir.generate to try
--cells=N      random cells to compare with GVSoC
--sizes=N,...  units of the library's cells
--inputs=N     files changed at random to run the tools over; --first-input=K
"""

import os
import shutil
import sys

import pytest

import se


def pytest_addoption(parser):
    group = parser.getgroup("se-mlir")
    group.addoption("--matrix", choices=["covering", "all"], default="covering")
    group.addoption("--mutations", type=int, default=40, metavar="N")
    group.addoption("--cases", type=int, default=200, metavar="N")
    group.addoption("--networks", type=int, default=24, metavar="N")
    group.addoption("--cells", type=int, default=8, metavar="N")
    group.addoption("--sizes", default="16,7", metavar="N,...")
    group.addoption("--inputs", type=int, default=200, metavar="N")
    group.addoption("--first-input", type=int, default=0, metavar="K")
    group.addoption("--shard", default="1/1", metavar="K/N", help="a part of the tests")


def pytest_configure(config):
    if not (se.BIN / "se-compile").exists():
        raise pytest.UsageError(
            f"no tools in {se.BIN}: build the project and set SE_BIN to its bin folder"
        )
    # The package se_mlir of this build, here and in processes that tests start.
    sys.path.insert(0, str(se.PACKAGE))
    os.environ["PYTHONPATH"] = str(se.PACKAGE)


def pytest_collection_modifyitems(config, items):
    part, parts = map(int, config.getoption("--shard").split("/"))
    # A network's cases stay together, because they share results.
    groups = {}
    for item in items:
        key = (item.path, item.callspec.params.get("group") if hasattr(item, "callspec")
               else item.name)
        groups.setdefault(key, len(groups))
        item.shard = groups[key] % parts + 1
    kept = [item for item in items if item.shard == part]
    config.hook.pytest_deselected(items=[i for i in items if i.shard != part])
    items[:] = kept


@pytest.fixture(scope="session")
def gvsoc():
    if shutil.which("gvsoc") is None:
        pytest.skip("gvsoc is not on PATH")
