# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Models that come quantized."""

import numpy as np
from onnx import TensorProto as TP
from onnx import helper

from . import case

MICROSOFT = "com.microsoft"


def quantized(g, shape, dtype=np.int8, low=None, high=None):
    info = np.iinfo(dtype)
    values = g.random(f"q{shape}").integers(
        info.min if low is None else low, info.max if high is None else high, shape)
    return g.const(values, dtype)


def weights(name, dtype, shape, scale_shape, since=13, zero=None, **attributes):
    def build(g):
        scale = g.const(g.random("s").uniform(0.01, 0.03, scale_shape))
        inputs = [quantized(g, shape, dtype, -100, 100) if np.iinfo(dtype).min < 0
                  else quantized(g, shape, dtype, 0, 200), scale]
        if zero is not None:
            inputs.append(g.const(np.full(scale_shape, zero), dtype))
        w = g.node("DequantizeLinear", *inputs, **attributes)
        return g.node("MatMul", g.input(1, shape[0]), w)

    build.__name__ = name
    case("dequantized", since)(build)


weights("int8_tensor", np.int8, (6, 4), (), zero=0, axis=0)
weights("int8_columns", np.int8, (6, 4), (4,), zero=3)
weights("int8_rows", np.int8, (6, 4), (6,), zero=0, axis=0)
weights("int8_negative_axis", np.int8, (6, 4), (4,), zero=-5, axis=-1)
weights("uint8_columns", np.uint8, (6, 4), (4,), zero=128)
weights("int32", np.int32, (6, 4), (4,))
weights("int16", np.int16, (6, 4), (4,), since=21, zero=7)
weights("uint16", np.uint16, (6, 4), (), since=21, zero=100)
weights("blocks", np.int8, (6, 4), (3, 4), since=21, zero=1, axis=0, block_size=2)
weights("blocks_uneven", np.int8, (7, 4), (3, 4), since=21, zero=1, axis=0, block_size=3)


@case("dequantized", since=21)
def int4(g):
    values = g.random("q").integers(-8, 8, (6, 4))
    packed = values.reshape(-1).astype(np.uint8) & 15
    tensor = helper.make_tensor(g.name("w"), TP.INT4, (6, 4),
                                (packed[::2] | packed[1::2] << 4).tobytes(), raw=True)
    g.weights.append(tensor)
    w = g.node("DequantizeLinear", tensor.name, g.const([0.1, 0.2, 0.3, 0.1]))
    return g.node("MatMul", g.input(1, 6), w)


@case("dequantized")
def quantized_at_import(g):
    """Both operators on weights."""
    scale, zero = g.const(0.02), g.const(3, np.int8)
    q = g.node("QuantizeLinear", g.rand(6, 4), scale, zero)
    return g.node("MatMul", g.input(1, 6), g.node("DequantizeLinear", q, scale, zero))


@case("rounded")
def activations(g):
    """Rounded and saturated as the model says, in the way between the pair too."""
    x = g.input(1, 4, scale=3.0)
    results = []
    for dtype, zero, scale in ((np.int8, 0, 0.03), (np.int8, -7, 0.01), (np.uint8, 128, 0.02),
                               (np.uint8, 0, 0.25)):
        s, z = g.const(scale), g.const(zero, dtype)
        q = g.node("QuantizeLinear", x, s, z)
        results.append(g.node("DequantizeLinear", g.node("Reshape", q, g.ints(2, 2)), s, z))
    q = g.node("QuantizeLinear", x, g.const(0.1))
    return results + [g.node("DequantizeLinear", q, g.const(0.1))]


@case("rounded")
def activations_by_channel(g):
    x, s = g.input(2, 3, scale=2.0), g.const([0.5, 0.25, 0.125])
    z = g.const([0, 1, -2], np.int8)
    return g.node("DequantizeLinear", g.node("QuantizeLinear", x, s, z), s, z)


@case("rounded", since=21)
def sixteen_bits(g):
    x, s, z = g.input(1, 8), g.const(0.0005), g.const(5, np.int16)
    return g.node("DequantizeLinear", g.node("QuantizeLinear", x, s, z), s, z)


@case("rounded")
def integer_products(g):
    """QOperator format, and MatMulInteger on what the model rounds."""
    s, z = g.const(0.05), g.const(3, np.uint8)
    ws, wz = g.const(0.02), g.const(1, np.int8)
    x = g.node("QuantizeLinear", g.input(1, 6), s, z)
    w = quantized(g, (6, 4), np.int8, -100, 100)
    product = g.cast(g.node("MatMulInteger", x, w, z, wz))
    # No sum lies between two steps.
    t, u = g.const(0.0973), g.const(100, np.uint8)
    y = g.node("QLinearMatMul", x, s, z, w, ws, wz, t, u)
    return [g.node("Mul", product, g.const(0.001)), g.node("DequantizeLinear", y, t, u)]


# ONNX Runtime rounds these at run time, to 8 bits; the compiler does not.
ROUNDED = 0.03


@case("dynamic", tolerance=ROUNDED)
def dynamic_matmul(g):
    x, ws = g.input(1, 16), g.const(g.random("s").uniform(0.005, 0.01, 4))
    q, scale, zero = g.node("DynamicQuantizeLinear", x, count=3)
    product = g.node("MatMulInteger", q, quantized(g, (16, 4)), zero, g.const(0, np.int8))
    return g.node("Mul", g.cast(product), g.node("Mul", scale, ws))


@case("dynamic", tolerance=ROUNDED)
def dynamic_matmul_one_scale(g):
    x = g.input(1, 16)
    q, scale, zero = g.node("DynamicQuantizeLinear", x, count=3)
    product = g.node("MatMulInteger", q, quantized(g, (16, 4), np.uint8), zero,
                     g.const(128, np.uint8))
    return g.node("Mul", g.node("Mul", scale, g.const(0.01)), g.cast(product))


@case("dynamic", tolerance=ROUNDED)
def fused_dynamic_matmul(g):
    x, ws = g.input(1, 16), g.const(g.random("s").uniform(0.005, 0.01, 4))
    return g.node("DynamicQuantizeMatMul", x, quantized(g, (16, 4)), ws,
                  g.const(np.zeros(4), np.int8), g.rand(4), domain=MICROSOFT)


@case("dynamic", tolerance=ROUNDED)
def matmul_integer_to_float(g):
    x, ws = g.input(1, 16), g.const(g.random("s").uniform(0.005, 0.01, 4))
    q, scale, zero = g.node("DynamicQuantizeLinear", x, count=3)
    return g.node("MatMulIntegerToFloat", q, quantized(g, (16, 4)), scale, ws, zero,
                  g.const(np.zeros(4), np.int8), g.rand(4), domain=MICROSOFT)


def dynamic_lstm(name, dtype, by_column, zero):
    def build(g):
        size, hidden = 8, 16
        h, c = g.state(1, 1, hidden), g.state(1, 1, hidden)
        shape = (1, 4 * hidden) if by_column else (1,)
        scale = lambda: g.const(g.random("s").uniform(0.002, 0.003, shape))
        zeros = lambda: g.const(np.full(shape, zero), dtype)
        y, hn, cn = g.node(
            "DynamicQuantizeLSTM", g.input(1, 1, size), quantized(g, (1, size, 4 * hidden), dtype),
            quantized(g, (1, hidden, 4 * hidden), dtype), g.rand(1, 8 * hidden, scale=0.2), None,
            h, c, None, scale(), zeros(), scale(), zeros(), count=3, domain=MICROSOFT,
            hidden_size=hidden)
        g.next(h, hn)
        g.next(c, cn)
        return y

    build.__name__ = name
    case("dynamic", tolerance=ROUNDED)(build)


dynamic_lstm("lstm_int8", np.int8, False, 0)
dynamic_lstm("lstm_uint8", np.uint8, False, 128)
dynamic_lstm("lstm_int8_columns", np.int8, True, 0)


@case("dequantized")
def gru_of_dequantized_weights(g):
    """With a state, and one scale for each row of the gates."""
    size, hidden = 6, 8
    h = g.state(1, 1, hidden)

    def dequantized(*shape):
        scale = g.const(g.random(f"s{shape}").uniform(0.003, 0.006, shape[1]))
        zero = g.const(np.zeros(shape[1]), np.int8)
        return g.node("DequantizeLinear", quantized(g, shape), scale, zero, axis=1)

    y, hn = g.node("GRU", g.input(1, 1, size), dequantized(1, 3 * hidden, size),
                   dequantized(1, 3 * hidden, hidden), g.rand(1, 6 * hidden), None, h, count=2,
                   hidden_size=hidden, linear_before_reset=1)
    g.next(h, hn)
    return y


@case("fused_rounded")
def linear_operators(g):
    """What ONNX Runtime's optimizer makes of pairs of activations."""
    # No sum or product lies between two steps.
    s, z, t, u = g.const(0.0513), g.const(3, np.int8), g.const(0.0391), g.const(-5, np.int8)
    a = g.node("QuantizeLinear", g.input(1, 6), s, z, domain=MICROSOFT)
    b = g.node("QuantizeLinear", g.input(1, 6), t, u, domain=MICROSOFT)
    results = [g.node(op, a, s, z, b, t, u, t, z, domain=MICROSOFT)
               for op in ("QLinearAdd", "QLinearMul")]
    results += [g.node(op, a, s, z, t, u, domain=MICROSOFT)
                for op in ("QLinearSigmoid", "QLinearLeakyRelu")]
    return [g.node("DequantizeLinear", r, t, zero, domain=MICROSOFT)
            for r, zero in zip(results, (z, z, u, u))]


@case("fused_rounded")
def linear_gemm(g):
    s, z = g.const(0.05), g.const(3, np.uint8)
    a = g.node("QuantizeLinear", g.input(1, 6), s, z, domain=MICROSOFT)
    w, ws, wz = quantized(g, (4, 6)), g.const([0.01, 0.02, 0.015, 0.01]), g.const(
        np.zeros(4), np.int8)
    bias = g.const([100, -200, 300, 50], np.int32)
    return g.node("QGemm", a, s, z, w, ws, wz, bias, domain=MICROSOFT, transB=1, alpha=1.0)


@case("fused_rounded")
def linear_softmax_and_pools(g):
    s, z, t, u = g.const(0.0625), g.const(3, np.uint8), g.const(1 / 256), g.const(0, np.uint8)
    a = g.node("QuantizeLinear", g.input(1, 2, 6), s, z, domain=MICROSOFT)
    results = [
        (g.node("QLinearSoftmax", a, s, z, t, u, domain=MICROSOFT, axis=-1, opset=13), t, u),
        (g.node("QLinearGlobalAveragePool", a, s, z, s, z, domain=MICROSOFT), s, z),
        (g.node("QLinearConcat", s, z, a, s, z, a, s, z, domain=MICROSOFT, axis=1), s, z),
    ]
    return [g.node("DequantizeLinear", *r, domain=MICROSOFT) for r in results]
