# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A bound on the cycles of a network of stages (phase `planned`) on 8 cores with 4 FPUs:

    max(bytes of parameters / 8, products of constant matrices / 4, 8 or 16 in fp32, fp16, int8)
    + instructions of everything else / 8

An instruction is a load, a store, or an operation; of packed halves it serves two elements.
What a strip shares counts once for it. Functions count what they are made of.
"""

import math
import re

# Instructions of a function in f32; of f16 in pairs.
FUNCTIONS = {"math.exp": 16, "math.log": 20, "math.tanh": 40, "math.rsqrt": 6, "math.sqrt": 2,
             "arith.divf": 2, "softplus": 45, "sigmoid": 32, "tanh": 40, "quantize": 5}
PAIRED = {"math.exp": 18, "math.log": 18, "math.sqrt": 21, "rectified": 17, "interpolate": 11,
          "quantize": 8}
FREE = ("arith.constant", "arith.bitcast", "plan.yield", "scf.yield", "arith.extf")
STAGE = re.compile(r"plan\.stage \"[^\"]*\" depth \d+ elements (\d+)(?: strips (\d+))?"
                   r"(?: sums \[[^\]]*\])?( in pairs)?[^\n]*\{\n(.*?)\n    \}", re.DOTALL)
BITS = {"f32": 32, "i32": 32, "f16": 16, "i16": 16, "i8": 8}


def count(line, pairs):
    """Instructions of an operation, for one element."""
    if any(f" {free}" in line or line.startswith(free) for free in FREE) or "plan.dot" in line:
        return 0
    half = " : f16" in line or "-> f16" in line
    if pairs and half:
        for name, number in PAIRED.items():
            if name in line:
                return number / 2
        return 0.5
    for name, number in FUNCTIONS.items():
        if name in line:
            return number
    return 15 if "interpolate" in line else 1


def instructions(elements, strip, pairs, body):
    shared = per_element = 0.0
    names = {"%i"} if strip else set()  # values that differ within a strip
    trips = 1
    for line in body.split("\n"):
        line = line.strip()
        if "scf.for" in line:
            upper = re.search(r"to %(\w+) step", line)[1]
            trips = int(re.search(r"c(\d+)", upper)[1])
            continue
        if line == "}":
            trips = 1
            continue
        found = count(line, pairs) * trips
        differs = not strip
        if strip:
            place = re.search(r"plan\.read %\S*?\[([^\]]*)\]", line)
            if place:
                rest = place[1].replace(f"%i floordiv {strip}", "")
                differs = "%i" in rest or "%arg" in rest
            else:
                differs = any(re.search(re.escape(n) + r"\b", line.partition("=")[2])
                              for n in names) or "%sum" in line
            if differs and "=" in line:
                names.add(line.partition(" ")[0])
        if differs:
            per_element += found
        else:
            shared += found
    stores = 0.5 if pairs else 1
    return elements * (per_element + stores) + (elements / strip * shared if strip else 0)


def multiply(shape):
    """Elements of a tensor of a shape such as 3x4."""
    return math.prod(int(part) for part in shape.split("x"))


def get(planned, precision):
    text = planned.partition("{-#")[0]
    size = sum(multiply(shape) * BITS.get(element, 32) // 8 for shape, element in re.findall(
        r"%\w+ = arith\.constant dense[^\n]* : tensor<([\dx]+)x(\w+)>", text))
    macs = rest = 0
    for elements, strip, pairs, body in STAGE.findall(text):
        rest += instructions(int(elements), int(strip or 0), bool(pairs), body)
        for columns in re.findall(r"plan\.dot [^\n]* : tensor<\d+x(\d+)x", body):
            macs += int(elements) * int(columns)
    rate = {"fp32": 4, "fp16": 8, "mixed": 16, "int8": 16}[precision]
    return max(size / 8, macs / rate) + rest / 8
