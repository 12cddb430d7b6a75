# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the recurrent operators of ONNX can be asked for: activation functions with
parameters, clip, input_forget, initial states, peepholes, missing inputs, layout,
sequence length, several layers, opsets. Host against ONNX Runtime or, where it
lacks a feature, the formulas of the specification."""

import numpy as np
import pytest

import onnx_models
import se
from onnx_models import Recipe

FRAMES = 12

# Alpha and beta that differ from the defaults.
OTHER = {
    "Affine": (0.7, 0.1),
    "LeakyRelu": (0.2, None),
    "ThresholdedRelu": (0.3, None),
    "ScaledTanh": (0.8, 1.3),
    "HardSigmoid": (0.3, 0.4),
    "Elu": (0.6, None),
}


# ONNX Runtime takes missing parameters of these as 0. The specification says:
# those of the ONNX operators of the same name.
WITHOUT_DEFAULTS = {"Affine", "ThresholdedRelu", "ScaledTanh"}


def with_parameters(functions):
    alphas = tuple(OTHER[f][0] for f in functions if f in OTHER)
    betas = tuple(OTHER[f][1] for f in functions if f in OTHER and OTHER[f][1])
    return {"activations": functions, "alpha": alphas or None, "beta": betas or None}


def activation_recipes():
    for name in onnx_models.PARAMETERS:
        # As gate, candidate and output function, with default parameters...
        yield Recipe("lstm", activations=("Sigmoid", name, "Tanh"))
        yield Recipe("lstm", activations=("Sigmoid", "Tanh", name))
        yield Recipe("gru1", activations=(name, "Tanh"), scale=0.5)
        yield Recipe("gru0", activations=("Sigmoid", name))
        # ... and with others.
        if name in OTHER:
            yield Recipe("lstm", **with_parameters((name, "Tanh", name)), scale=0.5)
            yield Recipe("gru1", **with_parameters(("Sigmoid", name)))
            yield Recipe("gru0", **with_parameters((name, name)), scale=0.5)
    # Parameters are taken in order, by those functions that have them.
    yield Recipe("lstm", **with_parameters(("HardSigmoid", "LeakyRelu", "Affine")))
    yield Recipe("lstm", **with_parameters(("Sigmoid", "ScaledTanh", "Elu")))


RECIPES = [
    *activation_recipes(),
    # clip, small enough that it acts.
    *(Recipe(cell, clip=0.3) for cell in onnx_models.GATES),
    Recipe("lstm", clip=0.3, input_forget=True),
    Recipe("lstm", input_forget=True),
    Recipe("peephole", input_forget=True),
    # Missing optional inputs.
    *(Recipe(cell, bias=False) for cell in onnx_models.GATES),
    *(Recipe(cell, bias=False, states="none") for cell in onnx_models.GATES),
    # Initial states.
    *(Recipe(cell, states="none") for cell in onnx_models.GATES),
    *(Recipe(cell, states="constant") for cell in onnx_models.GATES),
    *(Recipe(cell, states="constant", bias=False, hidden=33) for cell in onnx_models.GATES),
    # Sequence length and layout.
    *(Recipe(cell, states=s, dynamic=True) for cell in onnx_models.GATES
      for s in ("inputs", "none", "constant")),
    *(Recipe(cell, states=s, layout=1, dynamic=d) for cell in onnx_models.GATES
      for s in ("inputs", "constant") for d in (False, True)),
    # Layers and heads.
    *(Recipe(cell, layers=3, head=head) for cell in onnx_models.GATES
      for head in ("gemm", "matmul", None)),
    # Every opset from 9 to 21.
    *(Recipe("lstm" if opset % 2 else "gru1", layers=2, head="gemm", opset=opset)
      for opset in range(9, 22)),
]


def expected(recipe, path, x):
    """Frame by frame if the states are inputs, otherwise all frames at once."""
    own = {"y": onnx_models.evaluate(recipe, x)}
    if WITHOUT_DEFAULTS & set(recipe.activations or ()) and not recipe.alpha:
        return own
    if recipe.layout == 1 or not (recipe.states == "inputs" or recipe.dynamic):
        # ONNX Runtime has no layout 1, and one frame is all a model of sequence
        # length 1 that keeps no state can see.
        return own
    if recipe.states == "inputs":
        return se.onnx_steps(path, {"x": x}, ["y"], recipe.state_names)
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    y = session.run(["y"], {"x": x[:, None, :]})[0].reshape(len(x), -1)
    return {"y": y}


@pytest.mark.parametrize("group, recipe", [(r, r) for r in RECIPES], ids=map(str, RECIPES))
def test_host(group, recipe, tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = onnx_models.frames(recipe, FRAMES)
    found = se.run(path, {"x": x}, ["y"])
    reference = expected(recipe, path, x)
    se.assert_close(found, reference, 1e-5, "host and reference")
    own = {"y": onnx_models.evaluate(recipe, x)}
    se.assert_close(reference, own, 1e-5, "ONNX Runtime and formulas")


# On the simulator the functions are the same arithmetic: one case of each.
@pytest.mark.parametrize("precision", ["fp32", "fp16"])
@pytest.mark.parametrize("group, name", [(n, n) for n in onnx_models.PARAMETERS])
def test_simulator(group, name, precision, tmp_path):
    recipe = Recipe("gru0", **with_parameters(("Sigmoid", name)), states="constant",
                    clip=2.0, head="gemm")
    path = tmp_path / "net.onnx"
    path.write_bytes(onnx_models.build(recipe).SerializeToString())
    x = onnx_models.frames(recipe, FRAMES)
    option = f"--precision={precision}"
    elf = se.compile(path, tmp_path / "net.elf", option)
    se.assert_same_bits(se.run(elf, {"x": x}, ["y"]),
                        se.run(path, {"x": x}, ["y"], option), "simulator and host")
