# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules of PyTorch: what `from_torch` and torch's ONNX exporter are tried on, with the
cells of torch_cells.py. Needs torch."""

import dataclasses

import torch
import torch.nn.functional as F
from torch import nn

MODULES = {}


@dataclasses.dataclass
class Case:
    module: nn.Module
    example: tuple
    states: tuple = ()
    #: Why torch's exporter cannot write it, if so.
    no_onnx: str = ""


def case(function):
    MODULES[function.__name__] = function
    return function


def x(*shape):
    return torch.randn(*(shape or (1, 1, 12)))


class Then(nn.Module):
    """A recurrent layer between two others, without its state."""

    def __init__(self, layer, size, inputs=12):
        super().__init__()
        self.fc0, self.rnn, self.fc1 = nn.Linear(inputs, 12), layer, nn.Linear(size, 7)

    def forward(self, x):
        y, _ = self.rnn(torch.relu(self.fc0(x)))
        return torch.sigmoid(self.fc1(y))


class Step(nn.Module):
    """A function as a module, with weights by name."""

    def __init__(self, function, **weights):
        super().__init__()
        self.function = function
        for name, shape in weights.items():
            weight = torch.randn(*shape) / max(shape[-1], 1) ** 0.5
            setattr(self, name, nn.Parameter(weight))


class Stateless(Step):
    def forward(self, x):
        return self.function(self, x)


class Cell(Step):
    def forward(self, x, h):
        return self.function(self, x, h)


class Cell2(Step):
    def forward(self, x, h, c):
        return self.function(self, x, h, c)


class TupleCell(Step):
    def forward(self, x, state):
        return self.function(self, x, state)


# --- layers ----------------------------------------------------------------------------

for name, layer in {
    "lstm": lambda: nn.LSTM(12, 9, batch_first=True),
    "lstm_time_first": lambda: nn.LSTM(12, 9),
    "lstm_two_layers": lambda: nn.LSTM(12, 9, 2, batch_first=True, dropout=0.3),
    "lstm_no_bias": lambda: nn.LSTM(12, 9, bias=False, batch_first=True),
    "gru": lambda: nn.GRU(12, 9, batch_first=True),
    "gru_three_layers": lambda: nn.GRU(12, 9, 3),
    "gru_no_bias": lambda: nn.GRU(12, 9, bias=False),
    "rnn_tanh": lambda: nn.RNN(12, 9, batch_first=True),
    "rnn_relu": lambda: nn.RNN(12, 9, 2, nonlinearity="relu"),
    "rnn_no_bias": lambda: nn.RNN(12, 9, bias=False),
}.items():
    MODULES[name] = lambda layer=layer: Case(Then(layer(), 9), (x(),))


@case
def lstm_projected():
    return Case(Then(nn.LSTM(12, 9, 2, proj_size=5), 5), (x(),),
                no_onnx="the exporter has no projections")


@case
def lstm_projected_no_bias():
    return Case(Then(nn.LSTM(12, 9, proj_size=5, bias=False, batch_first=True), 5), (x(),),
                no_onnx="the exporter has no projections")


@case
def lstm_alone():
    return Case(nn.LSTM(12, 8), (x(), (torch.zeros(1, 1, 8), torch.zeros(1, 1, 8))))


@case
def gru_alone():
    return Case(nn.GRU(12, 8, 2, batch_first=True), (x(), torch.zeros(2, 1, 8)))


@case
def lstm_cell():
    return Case(nn.LSTMCell(12, 8), (x(1, 12), (torch.zeros(1, 8), torch.zeros(1, 8))))


@case
def gru_cell():
    return Case(nn.GRUCell(12, 8), (x(1, 12), torch.zeros(1, 8)))


@case
def gru_cell_no_bias():
    return Case(nn.GRUCell(12, 12, bias=False), (x(1, 12), torch.zeros(1, 12)))


@case
def rnn_cell_tanh():
    return Case(nn.RNNCell(12, 8), (x(1, 12), torch.zeros(1, 8)))


@case
def rnn_cell_relu():
    return Case(nn.RNNCell(12, 8, nonlinearity="relu"), (x(1, 12), torch.zeros(1, 8)))


class Mask(nn.Module):
    """A denoiser: normalization, two kinds of layers, a residual, a mask."""

    def __init__(self):
        super().__init__()
        self.norm = nn.LayerNorm(12)
        self.gru = nn.GRU(12, 12, batch_first=True)
        self.lstm = nn.LSTM(12, 10, batch_first=True)
        self.out = nn.Sequential(nn.Linear(10, 16), nn.PReLU(), nn.Dropout(0.4),
                                 nn.Linear(16, 12), nn.Sigmoid())

    def forward(self, x):
        y = self.norm(torch.log(x + 1e-3))
        y = y + self.gru(y)[0]
        return x * self.out(self.lstm(y)[0])


@case
def mask():
    return Case(Mask(), (x().abs(),))


class Explicit(nn.Module):
    """States of layers go in and out."""

    def __init__(self):
        super().__init__()
        self.lstm, self.gru = nn.LSTM(12, 6, 2), nn.GRU(6, 12)

    def forward(self, x, h, c, g):
        y, (h, c) = self.lstm(x, (h, c))
        y, g = self.gru(y, g)
        return y + x, h, c, g


@case
def explicit_states():
    return Case(Explicit(), (x(), torch.zeros(2, 1, 6), torch.zeros(2, 1, 6),
                             torch.zeros(1, 1, 12)))


class Stacked(nn.Module):
    """Cells in a list, states in a list."""

    def __init__(self):
        super().__init__()
        self.cells = nn.ModuleList([nn.GRUCell(12, 9), nn.GRUCell(9, 9), nn.LSTMCell(9, 5)])

    def forward(self, x, states):
        a = self.cells[0](x, states[0])
        b = self.cells[1](a, states[1])
        h, c = self.cells[2](b, states[2])
        return h * 2, [a, b, (h, c)]


@case
def stacked_cells():
    zeros = [torch.zeros(1, n) for n in (9, 9, 5, 5)]
    return Case(Stacked(), (x(1, 12), [zeros[0], zeros[1], (zeros[2], zeros[3])]))


# --- layers without a state --------------------------------------------------------------

ACTIVATIONS = [
    nn.ReLU(), nn.ReLU6(), nn.Sigmoid(), nn.Tanh(), nn.Hardtanh(-0.5, 0.7), nn.Hardsigmoid(),
    nn.Hardswish(), nn.SiLU(), nn.Mish(), nn.GELU(), nn.ELU(0.7), nn.SELU(), nn.CELU(0.6),
    nn.LeakyReLU(0.2), nn.PReLU(12), nn.RReLU(), nn.Softplus(), nn.Softsign(), nn.Tanhshrink(),
    nn.Softshrink(0.3), nn.Hardshrink(0.3), nn.LogSigmoid(), nn.Softmax(-1), nn.LogSoftmax(-1),
    nn.Softmin(-1), nn.Identity(), nn.Dropout(0.5), nn.AlphaDropout(0.5),
]  # fmt: skip
# Two in a module.
for layers in zip(ACTIVATIONS[::2], ACTIVATIONS[1::2]):
    name = "_".join(type(layer).__name__.lower() for layer in layers)
    MODULES[name] = lambda layers=layers: Case(
        nn.Sequential(nn.Linear(12, 12), layers[0], nn.Linear(12, 12), layers[1]), (3 * x(1, 12),))


@case
def glu():
    return Case(nn.Sequential(nn.Linear(12, 12), nn.GLU(-1), nn.Linear(6, 5)), (x(1, 12),))


@case
def thresholds():
    layers = nn.Softplus(2.0, 1.0), nn.Linear(12, 12), nn.Threshold(0.1, -2.0)
    return Case(nn.Sequential(*layers), (x(1, 12),), no_onnx="the exporter has no thresholds")


def norm(layer, *shape, no_onnx=""):
    layer.eval()
    for parameter in layer.parameters():
        nn.init.normal_(parameter, 1, 0.3)
    for name, buffer in layer.named_buffers():
        if name in ("running_mean", "running_var"):
            nn.init.uniform_(buffer, 0.3, 2)
    return Case(layer, (x(*shape),), no_onnx=no_onnx)


MODULES |= {
    "norm_layer": lambda: norm(nn.LayerNorm(12), 1, 12),
    "norm_layer_2d": lambda: norm(nn.LayerNorm([3, 4], elementwise_affine=False), 1, 3, 4),
    "norm_batch": lambda: norm(nn.BatchNorm1d(12), 1, 12),
    "norm_batch_3d": lambda: norm(nn.BatchNorm1d(12), 1, 12, 1),
    "norm_batch_plain": lambda: norm(nn.BatchNorm1d(12, affine=False), 1, 12),
    "norm_group": lambda: norm(nn.GroupNorm(3, 12), 1, 12,
                               no_onnx="the exporter wants three dimensions"),
    "norm_group_3d": lambda: norm(nn.GroupNorm(3, 12), 1, 12, 2),
    "norm_instance_tracked": lambda: norm(
        nn.InstanceNorm1d(12, affine=True, track_running_stats=True), 1, 12, 1),
}


@case
def bilinear():
    return Case(Stateless(lambda m, x: F.bilinear(x, torch.tanh(x), m.W, m.b), W=(5, 12, 12),
                          b=(5,)), (x(1, 12),), no_onnx="the exporter has no bilinear")
