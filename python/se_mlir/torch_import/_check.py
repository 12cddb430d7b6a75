# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A converted module against torch, on random frames."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from .._native import Error
from .._networks import HostNetwork
from ..builder import Model
from ._module import Prepared, first_line

FRAMES = 7


@contextmanager
def _keep_states(module: nn.Module) -> Iterator[None]:
    """Recurrent layers that are given no state go on from that of the frame before."""
    kept: dict[tuple[int, int], Any] = {}
    calls: dict[int, int] = {}
    layers = [child for child in module.modules() if isinstance(child, nn.RNNBase)]

    def wrap(layer: nn.RNNBase) -> None:
        original = type(layer).forward

        def forward(input: Any, hx: Any = None) -> Any:
            # A layer may be called several times in a frame, with a state for each.
            number = calls[id(layer)] = calls.get(id(layer), 0) + 1
            is_own = hx is None
            if is_own:
                hx = kept.get((id(layer), number))
            output, state = original(layer, input, hx)
            if is_own:
                kept[id(layer), number] = state
            return output, state

        layer.forward = forward

    for layer in layers:
        wrap(layer)
    try:
        module.se_mlir_calls = calls
        yield
    finally:
        del module.se_mlir_calls
        for layer in layers:
            del layer.forward


def make_frames(
    prepared: Prepared, states: dict[int, int]
) -> dict[int, list[torch.Tensor]]:
    """For each input that is no state: the example, and random ones like it."""
    generator = torch.Generator().manual_seed(20)
    frames = {}
    for i, leaf in enumerate(prepared.leaves):
        if i in states:
            continue
        scale = max(float(leaf.abs().max()), 0.0) or 1.0
        made = [
            torch.randn(leaf.shape, generator=generator) * scale
            for _ in range(FRAMES - 1)
        ]
        if scale != 1.0 and float(leaf.min()) >= 0:
            # Such as magnitudes.
            made = [frame.abs() for frame in made]
        frames[i] = [leaf, *made]
    return frames


def run_torch(
    prepared: Prepared, states: dict[int, int], frames: dict[int, list[torch.Tensor]]
) -> list[list[torch.Tensor]]:
    """Frame by frame, states from zeros: all outputs of each frame."""
    results = []
    known = {i: torch.zeros_like(prepared.leaves[i]) for i in states}
    with torch.no_grad(), _keep_states(prepared.copy):
        for t in range(FRAMES):
            prepared.copy.se_mlir_calls.clear()
            leaves = tuple(
                (known[i] if i in states else frames[i][t]).clone()
                for i in range(len(prepared.leaves))
            )
            outputs = [output.clone() for output in prepared.flat(leaves)]
            known = {i: outputs[o] for i, o in states.items()}
            results.append(outputs)
    return results


def compare(
    prepared: Prepared,
    states: dict[int, int],
    model: Model,
    outputs: dict[int, str],
    tolerance: float,
) -> None:
    """A difference is an error."""
    frames = make_frames(prepared, states)
    try:
        expected = run_torch(prepared, states, frames)
    except Exception as error:
        raise Error(
            f"from_torch: {prepared.kind} does not run on random frames: {first_line(error)}"
        ) from error
    arrays = {
        prepared.names[i]: np.stack([frame.numpy().reshape(-1) for frame in values])
        for i, values in frames.items()
    }
    try:
        found = HostNetwork(model).run(arrays)
    except Error as error:
        raise Error(
            f"from_torch: {prepared.kind} cannot be compiled: {error}"
        ) from error
    for o, name in outputs.items():
        wanted = np.stack(
            [result[o].float().numpy().reshape(-1) for result in expected]
        )
        check_same(
            prepared.kind, prepared.output_names[o], found[name], wanted, tolerance
        )


def _are_close(found: np.ndarray, wanted: np.ndarray, tolerance: float) -> np.ndarray:
    """Of full scale, at least 1."""
    finite = wanted[np.isfinite(wanted)]
    scale = max(1.0, float(np.abs(finite).max()) if finite.size else 0.0)
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    with np.errstate(invalid="ignore"):
        return same | (np.abs(found - wanted) <= tolerance * scale)


def check_same(
    kind: str, name: str, found: np.ndarray, wanted: np.ndarray, tolerance: float
) -> None:
    same = _are_close(found, wanted, tolerance)
    if not same.all():
        frame, element = np.argwhere(~same)[0]
        raise Error(
            f"from_torch: {kind} gives something else than torch: output '{name}', frame "
            f"{frame}, element {element}: {found[frame, element]:.7g}, torch "
            f"{wanted[frame, element]:.7g}"
        )


# --- sequences -----------------------------------------------------------------------------


def compare_sequence(prepared: Prepared) -> None:
    """Layers that keep their state would also take many frames at once. If the module gives
    something else then, it looks at more than one frame, and cannot stream."""
    layers = [
        child for child in prepared.copy.modules() if isinstance(child, nn.RNNBase)
    ]
    frames = make_frames(prepared, {})
    ranks = {leaf.dim() for leaf in prepared.leaves}
    if layers:
        axes = [
            [d for d, n in enumerate(leaf.shape) if n == 1] for leaf in prepared.leaves
        ]
        choices = list(itertools.islice(itertools.product(*axes), 27))
    elif ranks == {3}:
        # Batch and time; nothing may look along either.
        choices = [
            (axis,) * len(prepared.leaves)
            for axis in (0, 1)
            if all(leaf.shape[axis] == 1 for leaf in prepared.leaves)
        ]
    else:
        return
    for choice in choices:
        outputs = _run_sequence(prepared, layers, frames, choice)
        if outputs is None:
            continue
        steps = run_torch(prepared, {}, frames)
        for o, name in enumerate(prepared.output_names):
            _check_sequence(prepared, name, [step[o] for step in steps], outputs[o])
        if layers:
            return


def _run_sequence(
    prepared: Prepared,
    layers: list[nn.RNNBase],
    frames: dict[int, list[torch.Tensor]],
    axes: Any,
) -> list[torch.Tensor] | None:
    """With all frames along these dimensions; None if they are not time for all layers."""
    seen: list[bool] = []

    def look(layer: Any, inputs: Any) -> None:
        x = inputs[0]
        time = 1 if layer.batch_first and x.dim() == 3 else 0
        seen.append(x.shape[time] == FRAMES and x.numel() == FRAMES * x.shape[-1])

    hooks = [layer.register_forward_pre_hook(look) for layer in layers]
    leaves = tuple(torch.cat(frames[i], axis) for i, axis in enumerate(axes))
    try:
        with torch.no_grad():
            outputs = prepared.flat(leaves)
    except Exception:
        return None
    finally:
        for hook in hooks:
            hook.remove()
    return list(outputs) if all(seen) and bool(seen) == bool(layers) else None


def _check_sequence(
    prepared: Prepared, name: str, steps: list[torch.Tensor], found: torch.Tensor
) -> None:
    one = steps[0].shape
    if found.shape == one:
        # Of the last frame, such as a final state.
        wanted, got = [steps[-1]], [found]
    else:
        axes = [
            d
            for d in range(len(one))
            if found.shape == (*one[:d], FRAMES, *one[d + 1 :]) and one[d] == 1
        ]
        if not axes:
            return
        wanted = steps
        got = [found.select(axes[0], t).reshape(one) for t in range(FRAMES)]
    for t, (a, b) in enumerate(zip(got, wanted)):
        if not _are_close(a.numpy(), b.numpy(), 1e-4).all():
            raise Error(
                f"from_torch: {prepared.kind} gives other results for a sequence than frame by "
                f"frame (output '{name}', frame {t if len(got) > 1 else FRAMES - 1}): something in "
                "it looks at other frames, so it cannot stream as it is"
            )
