# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Run by an interpreter that has torch, which the tests' own need not have.

    python torch_worker.py modules FOLDER [NAME...]   each of torch_modules.py and torch_cells.py: a
                                                      network, an ONNX model, torch's results
    python torch_worker.py errors FOLDER              messages of torch_errors.py
    python torch_worker.py operations FOLDER          names that from_torch knows
    python torch_worker.py page FOLDER PAGE           runs the Python code of a page
"""

import json
import os
import pathlib
import re
import sys
import warnings

import numpy as np
import se_mlir
import torch

FRAMES = 8


def flatten(tree):
    if isinstance(tree, dict):
        return [leaf for entry in tree.values() for leaf in flatten(entry)]
    if isinstance(tree, (tuple, list)):
        return [leaf for entry in tree for leaf in flatten(entry)]
    return [tree] if isinstance(tree, torch.Tensor) else []


def find_layers(module):
    return [child for child in module.modules() if isinstance(child, torch.nn.RNNBase)]


def run_steps(case, states, frames):
    """Frame by frame; a layer without a given state goes on from the frame before. This is
    a second opinion: it takes nothing of se_mlir but which outputs are states."""
    module, kept = case.module, {}

    def keep(layer, inputs, result):
        kept[layer] = result[1]

    def give(layer, inputs):
        # Given none, it gets that of the frame before.
        return (inputs[0], kept[layer]) if len(inputs) == 1 and layer in kept else None

    hooks = []
    for layer in find_layers(module):
        hooks += [layer.register_forward_hook(keep), layer.register_forward_pre_hook(give)]
    leaves = flatten(case.example)
    known = {i: torch.zeros_like(leaves[i]) for i in states}
    results = []
    for t in range(FRAMES):
        given = iter([known[i] if i in states else frames[i][t] for i in range(len(leaves))])

        def rebuild(tree):
            if isinstance(tree, dict):
                return {key: rebuild(entry) for key, entry in tree.items()}
            if isinstance(tree, (tuple, list)):
                return type(tree)(rebuild(entry) for entry in tree)
            return next(given).clone() if isinstance(tree, torch.Tensor) else tree

        with torch.no_grad():
            outputs = [o.clone() for o in flatten(module(*rebuild(case.example)))]
        known = {i: outputs[o] for i, o in states.items()}
        results.append(outputs)
    for hook in hooks:
        hook.remove()
    return results


def convert(name, make, folder):
    torch.manual_seed(3)
    case = make()
    case.module.eval()
    model = se_mlir.from_torch(case.module, case.example, case.states)
    model.save(folder / f"{name}.mlir")
    case.module.float()
    case.example = tuple(_to_float(case.example))

    from se_mlir.torch_import._graph import capture
    from se_mlir.torch_import._module import Prepared
    from se_mlir.torch_import._states import find_states

    prepared = Prepared(case.module, case.example)
    states = find_states(prepared, capture(prepared), case.states)
    generator = torch.Generator().manual_seed(8)
    frames = {}
    for i, leaf in enumerate(prepared.leaves):
        if i not in states:
            made = 1.5 * torch.randn(FRAMES, *leaf.shape, generator=generator)
            frames[i] = made.abs() if leaf.min() >= 0 else made
    results = run_steps(case, states, frames)
    outputs = [o for o in range(len(results[0])) if o not in states.values()] or [0]
    arrays = {f"in:{prepared.names[i]}": f.reshape(FRAMES, -1).numpy() for i, f in frames.items()}
    for place, o in enumerate(outputs):
        wanted = [r[o].float().reshape(-1) for r in results]
        arrays[f"out:{place}"] = torch.stack(wanted).numpy()
    np.savez(folder / f"{name}.npz", **arrays)
    onnx = None
    if not case.no_onnx:
        ins = [n.replace(".", "_") for n in prepared.names]
        outs = [f"out{o}" for o in range(len(results[0]))]
        # The exporter takes a dictionary at the end for names of arguments.
        torch.onnx.export(case.module, (*case.example, {}), str(folder / f"{name}.onnx"),
                          input_names=ins, output_names=outs, opset_version=14)
        onnx = {
            # If all outputs are states, the importer keeps the one that is named last.
            "states": [f"{ins[i]}={outs[o]}" for i, o in states.items()][::-1],
            "inputs": {n: ins[i] for i, n in enumerate(prepared.names) if i not in states},
            "outputs": [outs[o] for o in outputs],
        }
    return {"outputs": [port.name for port in model.outputs], "no_onnx": case.no_onnx,
            "onnx": onnx, "states": [port.name for port in model.states]}


def _to_float(tree):
    return [
        {k: v for k, v in entry.items()} if isinstance(entry, dict)
        else type(entry)(_to_float(entry)) if isinstance(entry, (tuple, list))
        else entry.float() if isinstance(entry, torch.Tensor) else entry
        for entry in tree
    ]


def main(command, folder, *names):
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    folder = pathlib.Path(folder).absolute()
    found = {}
    if command == "modules":
        import torch_cells  # noqa: F401
        import torch_modules

        for name in names or torch_modules.MODULES:
            try:
                found[name] = convert(name, torch_modules.MODULES[name], folder)
            except Exception as error:
                found[name] = {"error": f"{type(error).__name__}: {error}"}
    elif command == "operations":
        from se_mlir.torch_import._table import HANDLERS

        found = [name for name in HANDLERS if not name.startswith("aten.")]
    elif command == "page":
        code = re.findall(r"^```python$(.*?)^```$", pathlib.Path(*names).read_text(), re.M | re.S)
        os.chdir(folder)
        exec("".join(code), {"__name__": "page"})
        found = len(code)
    else:
        import torch_errors

        for name, make in torch_errors.ERRORS.items():
            torch.manual_seed(0)
            module, example, options = make()
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                try:
                    model = se_mlir.from_torch(module, example, **options)
                    message = f"no error: {model}"
                except se_mlir.Error as error:
                    message = str(error)
                except Exception as error:
                    message = f"{type(error).__name__}: {error}"
            found[name] = {"message": message, "expected": torch_errors.EXPECTED[name],
                           "warnings": [str(w.message) for w in caught]}
    (folder.absolute() / f"{command}.json").write_text(json.dumps(found))


main(*sys.argv[1:])
