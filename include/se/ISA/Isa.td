// Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The instruction table: every instruction of the pulp-open cores that the
// project knows, with its encoding, its semantics and its cost.

include "IsaBase.td"
include "IsaRV32.td"
include "IsaRVC.td"
include "IsaFloat.td"
include "IsaXpulpScalar.td"
include "IsaXpulpSimd.td"
