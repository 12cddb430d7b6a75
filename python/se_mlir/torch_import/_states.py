# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which inputs are states, and which outputs are their next values."""

import re
from collections.abc import Iterator, Mapping, Sequence

import torch.fx

from .._native import Error, list_names
from ._flow import (
    count_carried,
    find_initial,
    find_layer_states,
    find_possible,
    has_layers,
    is_read_out,
)
from ._graph import Graph
from ._module import Prepared

#: What a state is called, in words between _ and digits.
_WORDS = {
    "hidden", "state", "states", "cell", "cache", "mem", "memory", "buffer", "buf", "prev",
    "previous", "past", "old", "last", "carry", "hx", "cx", "hn", "cn", "hc", "ring", "history",
    "membrane", "context", "ctx", "trace", "running", "ssm", "kv", "re", "im", "acc", "queue",
    "delay", "stats", "spk", "spike", "spikes",
}  # fmt: skip
#: Letters of papers: h, the cell c, matrices C and S, the normalizer n, the maximum m, ...
_LETTERS = set("hcsnmvrzpqkHCSNMVRZK")


def is_named_like_state(name: str) -> bool:
    words = [word for word in re.split(r"[^A-Za-z]+", name) if word]
    return any(word.lower() in _WORDS or word in _LETTERS for word in words)


def find_states(
    prepared: Prepared, graph: Graph, states: Sequence[str]
) -> dict[int, int]:
    """For each input that is a state the number of the output that is its next value."""
    missing = [name for name in prepared.missing if is_named_like_state(name)]
    if missing and not has_layers(graph):
        raise Error(
            f"from_torch: the argument '{missing[0]}' of forward is not in the example, so this "
            "state would start anew in every frame and would be lost; give it in the example"
        )
    given, frames, named = _read(prepared, states)
    used = set(given.values())
    wanted = _choose_inputs(
        prepared, graph, {*given, *frames}, named, used, bool(states)
    )
    if len(given) + len(wanted) == len(prepared.names):
        raise Error("from_torch: all inputs are states; nothing comes in with a frame")
    if not wanted:
        return given
    names = [prepared.names[i] for i in wanted]
    choices = _match(prepared, graph, wanted, used)
    if not choices:
        lost = find_lost(prepared, graph, wanted, used)
        name = (lost or names)[0]
        raise Error(
            f"from_torch: the state '{name}' would be lost: no output gives it back (outputs: "
            f"{_list_outputs(prepared)}); return its next value, or say states=['{name}='] if "
            "it is an input of every frame"
        )
    if len(choices) > 1:
        texts = " or ".join(
            str(
                [
                    f"{prepared.names[i]}={prepared.output_names[o]}"
                    for i, o in choice.items()
                ]
            )
            for choice in choices[:4]
        )
        raise Error(
            f"from_torch: which outputs are the next values of {list_names(names)} is not "
            f"clear; say states={texts}{' or others' if len(choices) > 4 else ''}"
        )
    return {**given, **choices[0]}


def _read(
    prepared: Prepared, states: Sequence[str]
) -> tuple[dict[int, int], set[int], set[int]]:
    """`IN=OUT`; `IN=`, no state; `IN`, a state whose output is to be found."""
    if isinstance(states, str):
        raise Error(f"from_torch: states: expected a list of IN=OUT, got '{states}'")
    if isinstance(states, Mapping):
        raise Error("from_torch: states: expected a list of IN=OUT, got a dictionary")
    given: dict[int, int] = {}
    frames: set[int] = set()
    wanted: set[int] = set()
    for entry in states:
        name, equals, output = str(entry).partition("=")
        if name not in prepared.names:
            raise Error(
                f"from_torch: states: no input '{name}', only {list_names(prepared.names)}"
            )
        i = prepared.names.index(name)
        if i in given or i in frames or i in wanted:
            raise Error(f"from_torch: states: '{name}' is there twice")
        if not output:
            (frames if equals else wanted).add(i)
            continue
        if output not in prepared.output_names:
            raise Error(
                f"from_torch: states: no output '{output}', only "
                f"{list_names(prepared.output_names)}"
            )
        o = prepared.output_names.index(output)
        if o in given.values():
            raise Error(f"from_torch: states: the output '{output}' is of two states")
        expected, found = prepared.leaves[i].shape, prepared.outputs[o].shape
        if expected != found:
            raise Error(
                f"from_torch: states: '{name}' has the shape {list(expected)}, the output "
                f"'{output}' {list(found)}"
            )
        given[i] = o
    return given, frames, wanted


def _get_candidates(prepared: Prepared, i: int, used: set[int]) -> list[int]:
    shape = prepared.leaves[i].shape
    return [
        o
        for o, output in enumerate(prepared.outputs)
        if o not in used and output.shape == shape and output.is_floating_point()
    ]


def _choose_inputs(
    prepared: Prepared,
    graph: Graph,
    known: set[int],
    named: set[int],
    used: set[int],
    is_told: bool,
) -> list[int]:
    """Which inputs are states: all behind the first that are nested, named like one, or the
    initial state of a recurrent layer."""
    initial = find_initial(graph)
    wanted = []
    for i, name in enumerate(prepared.names):
        if i in known:
            continue
        candidates = _get_candidates(prepared, i, used)
        if i in named or i in initial:
            wanted.append(i)
        elif i == 0:
            # The frame, unless it is called otherwise.
            if is_named_like_state(name) and candidates and not is_told:
                raise Error(
                    f"from_torch: is the first argument '{name}' the frame or a state? say "
                    f"states=['{name}='] or states=['{name}="
                    f"{prepared.output_names[candidates[0]]}']"
                )
        elif prepared.nested[i] or is_named_like_state(name):
            wanted.append(i)
        elif candidates:
            output = prepared.output_names[candidates[0]]
            raise Error(
                f"from_torch: is '{name}' a state or an input of every frame? say "
                f"states=['{name}={output}'] or states=['{name}=']"
            )
    return wanted


def find_lost(
    prepared: Prepared, graph: Graph, wanted: list[int], used: set[int]
) -> list[str]:
    """Names of states that no output can be the next value of."""
    possible, certain = find_possible(graph), find_layer_states(graph)
    taken = {*used, *(o for i, o in certain.items() if i in wanted)}
    return [
        prepared.names[i]
        for i in wanted
        if i not in certain
        and not any(
            o in possible.get(i, (o,)) for o in _get_candidates(prepared, i, taken)
        )
    ]


def _match(
    prepared: Prepared, graph: Graph, wanted: list[int], used: set[int]
) -> list[dict[int, int]]:
    """Ways to pair inputs with outputs, each with other values; more than one if it is not
    clear."""
    named = _match_names(prepared, wanted, used)
    if named is not None:
        return [named]
    certain = {
        i: o
        for i, o in find_layer_states(graph).items()
        if i in wanted and o in _get_candidates(prepared, i, used)
    }
    rest = [i for i in wanted if i not in certain]
    possible = find_possible(graph)
    choices: list[dict[int, int]] = []
    seen = set()
    for outputs in _combine(prepared, rest, {*used, *certain.values()}, []):
        if any(o not in possible.get(i, (o,)) for i, o in zip(rest, outputs)):
            continue
        values = tuple(map(_Identity, (graph.outputs[o] for o in outputs)))
        if values not in seen:
            seen.add(values)
            choices.append(certain | dict(zip(rest, outputs)))
        if len(choices) > 2000:
            break
    if not all(re.fullmatch(r"y|[\d.]+", name) for name in prepared.output_names):
        # The order of names means nothing.
        return choices
    ordered = [c for c in choices if (o := [c[i] for i in rest]) == sorted(o)]
    if len(ordered) == 1:
        # What lives on in an output may say that the order is another one.
        least = count_carried(graph, ordered[0])
        ordered += [c for c in choices if count_carried(graph, c) > least]
    if len(ordered) == 1:
        states = {*used, *ordered[0].values()}
        for i in rest:
            _refuse_read_out(prepared, graph, i, ordered[0][i], states)
    return ordered


def _refuse_read_out(
    prepared: Prepared, graph: Graph, i: int, o: int, states: set[int]
) -> None:
    """If an output has a state's shape by chance, the state may be lost."""
    output = graph.outputs[o]
    if not isinstance(output, torch.fx.Node) or not is_read_out(graph, i, output):
        return
    # Returned twice, or behind what goes out, as `return y, h`: it is meant.
    is_twice = sum(other is output for other in graph.outputs) > 1
    if is_twice or (o > 0 and states.issuperset(range(o, len(graph.outputs)))):
        return
    name, result = prepared.names[i], prepared.output_names[o]
    raise Error(
        f"from_torch: is the output '{result}' the next value of '{name}', or is this state "
        f"lost? the output is a product behind what is computed of '{name}'; return the next "
        f"value, or say states=['{name}={result}']"
    )


class _Identity:
    def __init__(self, value: object) -> None:
        self._value = value

    def __hash__(self) -> int:
        return id(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self._value is other._value


def _combine(
    prepared: Prepared, wanted: list[int], used: set[int], chosen: list[int]
) -> Iterator[list[int]]:
    if len(chosen) == len(wanted):
        yield chosen
        return
    for o in _get_candidates(prepared, wanted[len(chosen)], used):
        if o not in chosen:
            yield from _combine(prepared, wanted, used, [*chosen, o])


def _match_names(
    prepared: Prepared, wanted: list[int], used: set[int]
) -> dict[int, int] | None:
    """Outputs with the states' names, and nested states that come back nested alike."""
    outputs = {name: o for o, name in enumerate(prepared.output_names) if o not in used}
    result: dict[int, int] = {}
    groups: dict[str, list[int]] = {}
    for i in wanted:
        name = prepared.names[i]
        # All names of a dictionary or named tuple.
        tail = name.partition(".")[2] if prepared.nested[i] else name
        if name in outputs:
            result[i] = outputs[name]
        elif not tail.isdigit() and tail in outputs:
            result[i] = outputs[tail]
        elif prepared.nested[i]:
            groups.setdefault(name.partition(".")[0], []).append(i)
        else:
            return None
    for argument, members in groups.items():
        tails = {prepared.names[i].partition(".")[2]: i for i in members}
        fitting = []
        for head in {name.partition(".")[0] for name in outputs if "." in name}:
            below = {
                name.partition(".")[2]: o
                for name, o in outputs.items()
                if name.partition(".")[0] == head and "." in name
            }
            if below.keys() == tails.keys() and all(
                prepared.leaves[i].shape == prepared.outputs[below[t]].shape
                for t, i in tails.items()
            ):
                fitting.append(below)
        if len(fitting) != 1:
            return None
        result |= {i: fitting[0][tail] for tail, i in tails.items()}
    is_good = len(set(result.values())) == len(result) and all(
        prepared.leaves[i].shape == prepared.outputs[o].shape for i, o in result.items()
    )
    return result if is_good else None


def _list_outputs(prepared: Prepared) -> str:
    return ", ".join(
        f"'{name}' {list(output.shape)}"
        for name, output in zip(prepared.output_names, prepared.outputs)
    )
