# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Which pass an option belongs to."""


def choose_passes(options):
    """Passes that schedule and prove, with `options` of target and planner mixed."""
    planner = ("ring", "slot-bytes", "tile-rows", "resident")
    plan = [option for option in options if option.startswith(planner)]
    target = [option for option in options if option not in plan]
    if not any(option.startswith("dma-core") for option in target):
        target.append("dma-core=0")
    return [
        f"--se-attach-target={' '.join(target)}",
        "--se-form-stages",
        "--se-pair-elements",
        f"--se-choose-tiling={' '.join(plan)}",
        "--se-split-stages",
        "--se-place-buffers",
        "--se-schedule",
        "--se-verify-schedule",
    ]
