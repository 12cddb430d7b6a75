# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Prints a network of linear layers: make-network.py SIZE SIZE...

Layer i has sizes[i] inputs and sizes[i + 1] outputs and adds a bias. No two
parameters are equal, so that a wrong one is seen.
"""

import struct
import sys

sizes = [int(size) for size in sys.argv[1:]]
lines, resources, value = [], [], "x"


def parameter(name, shape, count):
    first = 1 + sum(len(data) for _, data in resources)
    values = [(first + k) / 1024 for k in range(count)]
    resources.append((name, values))
    type = f"tensor<{shape}xf32>"
    lines.append(f"  %{name} = arith.constant dense_resource<{name}> : {type}")
    return type


for i, (n, m) in enumerate(zip(sizes, sizes[1:])):
    weights = parameter(f"W{i}", f"{m}x{n}", m * n)
    bias = parameter(f"b{i}", f"{m}", m)
    product = f"rnn.matvec %W{i}, %{value} : {weights}, tensor<{n}xf32> -> {bias}"
    lines.append(f"  %p{i} = {product}")
    lines.append(f"  %y{i} = arith.addf %p{i}, %b{i} : {bias}")
    value = f"y{i}"

print(f'rnn.network @net inputs(%x = "x" : tensor<{sizes[0]}xf32>)')
print(f'    outputs("y" : tensor<{sizes[-1]}xf32>) {{')
print("\n".join(lines))
print(f"  rnn.yield %{value} : tensor<{sizes[-1]}xf32>\n}}")
print("{-#\n  dialect_resources: {\n    builtin: {")
print(
    ",\n".join(
        f'      {name}: "0x04000000{struct.pack(f"<{len(data)}f", *data).hex()}"'
        for name, data in resources
    )
)
print("    }\n  }\n#-}")
