# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A network as text."""

import os
import shutil
import tempfile
import weakref
from pathlib import Path

from .._networks import Port


class Model(os.PathLike[str]):
    """A network as text of the dialect `rnn`, with its weights. It stands wherever the
    package takes the path of a network: `compile`, `HostNetwork`, `run`, `calibrate`.

        model = cell.network()
        se_mlir.run(model, {"x": frames})
        se_mlir.compile(model, "net.elf", precision="fp16")
        model.save("net.mlir")                     # for the tools
    """

    def __init__(
        self,
        name: str,
        text: str,
        inputs: tuple[Port, ...],
        outputs: tuple[Port, ...],
        states: tuple[Port, ...],
    ) -> None:
        self.name = name
        #: The file.
        self.text = text
        self.inputs = inputs
        self.outputs = outputs
        #: What is kept from frame to frame.
        self.states = states
        self._path: str | None = None

    def save(self, path: str | os.PathLike[str]) -> None:
        Path(path).write_text(self.text, encoding="utf-8")

    def __fspath__(self) -> str:
        # A file as long as this object is there.
        if self._path is None or not os.path.exists(self._path):
            folder = tempfile.mkdtemp(prefix="se-mlir-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder) / f"{self.name}.mlir"
            self.save(path)
            self._path = str(path)
        return self._path

    def __repr__(self) -> str:
        def list_ports(ports: tuple[Port, ...]) -> str:
            return ", ".join(f"{port.name} {list(port.shape)}" for port in ports)

        return (
            f"<se_mlir.Model {self.name}: inputs {list_ports(self.inputs)}; "
            f"outputs {list_ports(self.outputs)}; states {list_ports(self.states)}>"
        )
