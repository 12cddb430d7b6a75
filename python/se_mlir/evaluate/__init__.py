# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How well a denoiser does on pairs of recordings: PESQ, STOI and SI-SNR.

    from se_mlir import evaluate

    results = evaluate.evaluate_model(
        "net.onnx", "noisy/", "clean/", ["fp32", "fp16"], path="host", jobs=2)
    print(evaluate.format_table(results))

`python -m se_mlir.evaluate` is the same as a command. The measures come from the
packages `pesq` and `pystoi`.
"""

from ._measure import FileResult, Pair, Quality, find_pairs, measure
from ._run import PATHS, evaluate_model
from ._tables import MEAN, format_table, summarize, write_csv, write_plot, write_results

__all__ = [
    "MEAN",
    "PATHS",
    "FileResult",
    "Pair",
    "Quality",
    "evaluate_model",
    "find_pairs",
    "format_table",
    "measure",
    "summarize",
    "write_csv",
    "write_plot",
    "write_results",
]
