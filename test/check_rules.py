# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_rules.py ERRORS.mlir OPS.td...: every rule `(op-Cn)` of the descriptions has
a negative test, which names it, and every rule that a test names is described.
"""

import re
import sys

tests = open(sys.argv[1]).read()
ops = "".join(open(path).read() for path in sys.argv[2:])
described = {rule.replace("_", "-")
             for rule in re.findall(r"\* \(([\w-]+-C\d+)\)", ops)}
# The name of a case: @op_Cn..., as a rule.
named = {name.replace("_", "-") for name in re.findall(r"[@\"](\w+?_C\d+)", tests)}
expected = {rule.replace("_", "-")
            for rule in re.findall(r"expected-error.*\{\{.*?\b([\w-]+-C\d+):", tests)}

problems = [f"rule {rule} has no negative test" for rule in sorted(described - named)]
problems += [f"rule {rule} is not described" for rule in sorted(named - described)]
problems += [
    f"no test of {rule} expects its message"
    # linear-C1 refers to the rules of rnn.matvec and has no message of its own.
    for rule in sorted(described - expected - {"linear-C1"})
]
if not described:
    problems.append(f"{' and '.join(sys.argv[2:])} has no rules")
print("\n".join(problems), end="\n" if problems else "")
sys.exit(bool(problems))
