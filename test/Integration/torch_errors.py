# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules that `from_torch` refuses, or warns of. Needs torch."""

import collections

import torch
import torch.nn.functional as F
from torch import nn

ERRORS = {}
#: What messages must hold, by name.
EXPECTED = {}


def error(*expected):
    def add(function):
        ERRORS[function.__name__] = function
        EXPECTED[function.__name__] = expected
        return function

    return add


class Do(nn.Module):
    """A function as a module, with a layer."""

    def __init__(self, function, layer=None):
        super().__init__()
        self.function, self.layer = function, layer


class One(Do):
    def forward(self, x):
        return self.function(self, x)


class Two(Do):
    def forward(self, x, h):
        return self.function(self, x, h)


def x(*shape):
    return torch.randn(*(shape or (1, 8)))


def h():
    return torch.zeros(1, 8)


# --- states that get lost ----------------------------------------------------------------


class Keeps(nn.Module):
    """A buffer that forward changes."""

    def __init__(self, way):
        super().__init__()
        self.way, self.h, self.past = way, torch.zeros(1, 8), []
        self.register_buffer("b", torch.zeros(1, 8))
        self.queue = collections.deque(maxlen=3)
        self.W = nn.Linear(8, 8)

    def forward(self, x):
        if self.way == "attribute":
            self.h = torch.tanh(self.W(x) + self.h)
            return self.h
        if self.way == "buffer":
            self.b.mul_(0.9).add_(x)
            return self.b * 2
        if self.way == "assigned":
            self.b = self.b * 0.9 + x
            return self.b * 2
        if self.way == "list":
            self.past.append(x)
            return sum(self.past)
        self.queue.append(x)
        return sum(self.queue)


for way, name in {"attribute": "h", "buffer": "b", "assigned": "b", "list": "past",
                  "deque": "queue"}.items():
    ERRORS[f"keeps_{way}"] = lambda way=way: (Keeps(way), x(), {})
    EXPECTED[f"keeps_{way}"] = ("Keeps keeps a state of its own", f"forward changes '{name}'")


@error("the state 'h' would be lost: no output gives it back", "states=['h=']")
def state_is_not_returned():
    return Two(lambda m, x, h: m.layer(x + h)[:, :3], nn.Linear(8, 8)), (x(), h()), {}


@error("the state 'h' would be lost", "'y' [1, 8]")
def layer_behind_the_state():
    return Two(lambda m, x, h: m.layer[1](m.layer[0](x, h)),
               nn.ModuleList([nn.GRUCell(8, 8), nn.Linear(8, 8)])), (x(), h()), {}


@error("is the output 'y' the next value of 'h', or is this state lost", "states=['h=y']")
def read_out_by_hand():
    """The state has the shape of the output, and is not returned."""

    class Forgets(nn.Module):
        def __init__(self):
            super().__init__()
            self.W, self.U, self.V = (nn.Linear(8, 8) for _ in range(3))

        def forward(self, x, h):
            h = torch.tanh(self.W(x) + self.U(h))
            return torch.sigmoid(self.V(h))

    return Forgets(), (x(), h()), {}


@error("the state 'c' would be lost", "'0' [1, 1, 8], '1' [1, 1, 8]")
def one_of_two_states():
    class Half(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.LSTM(8, 8)

        def forward(self, x, h, c):
            y, (h, c) = self.layer(x, (h, c))
            return y, h

    return Half(), (x(1, 1, 8), torch.zeros(1, 1, 8), torch.zeros(1, 1, 8)), {}


@error("is not clear", "['h=1', 'c=2']", "['h=2', 'c=1']")
def states_in_another_order():
    class Swapped(nn.Module):
        def __init__(self):
            super().__init__()
            self.W = nn.Linear(8, 8)

        def forward(self, x, h, c):
            c = torch.sigmoid(self.W(x + h)) * c + x
            return x[:, :2], c, torch.tanh(c)

    return Swapped(), (x(), h(), h()), {}


@error("is not clear", "['prev=0']", "['prev=1']")
def difference():
    class Delay(nn.Module):
        def forward(self, x, prev):
            return x - prev, x

    return Delay(), (x(), h()), {}


@error("'layer': lstm: its state is the same at the start of every frame")
def zeros_for_lstm():
    def step(m, x):
        zeros = torch.zeros(1, 1, 8)
        return m.layer(x, (zeros, zeros))[0]

    return One(step, nn.LSTM(8, 8)), x(1, 1, 8), {}


@error("'layer': gru: its state is the same at the start of every frame")
def parameter_for_gru():
    class Learned(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.h0 = nn.GRU(8, 8), nn.Parameter(torch.randn(1, 1, 8))

        def forward(self, x):
            return self.layer(x, self.h0)[0]

    return Learned(), x(1, 1, 8), {}


@error("'layer': gru: its initial state is computed from this frame alone")
def frame_as_state():
    return One(lambda m, x: m.layer(x, x * 2)[0], nn.GRU(8, 8)), x(1, 1, 8), {}


@error("'layer': gru_cell: its state is the same at the start of every frame")
def cell_without_state():
    return One(lambda m, x: m.layer(x), nn.GRUCell(8, 8)), x(), {}


@error("'layer': lstm_cell: its state is the same at the start of every frame")
def zeros_for_cell():
    def step(m, x):
        state = x.new_zeros(1, 8), torch.zeros_like(x)
        for t in range(x.shape[0]):
            state = m.layer(x[t : t + 1], state)
        return state[0]

    return One(step, nn.LSTMCell(8, 8)), x(), {}


@error("'layer': linear: it computes with zeros that forward makes")
def zeros_by_hand():
    return One(lambda m, x: torch.tanh(x + m.layer(torch.zeros(1, 8))), nn.Linear(8, 8)), x(), {}


@error("mul: it computes with zeros that forward makes")
def zeros_that_leak():
    def step(m, x):
        state = torch.zeros(1, 8)
        return 0.9 * state + 0.1 * x

    return One(step), x(), {}


@error("'U': linear: it computes with zeros that forward makes or the module keeps")
def zeros_of_the_module():
    class Start(nn.Module):
        def __init__(self):
            super().__init__()
            self.U = nn.Linear(8, 8)
            self.register_buffer("h0", torch.zeros(1, 8))

        def forward(self, x):
            return torch.tanh(x + self.U(self.h0))

    return Start(), x(), {}


@error("cat: it computes with zeros that forward makes")
def zeros_beside_input():
    return One(lambda m, x: m.layer(torch.cat([x, torch.zeros(1, 8)], 1)),
               nn.Linear(16, 8)), x(), {}


class Optional(nn.Module):
    def __init__(self):
        super().__init__()
        self.W, self.U = nn.Linear(8, 8), nn.Linear(8, 8)

    def forward(self, x, h=None):
        if h is None:
            h = torch.zeros(1, 8)
        h = torch.tanh(self.W(x) + self.U(h))
        return h, h


@error("the argument 'h' of forward is not in the example", "would be lost")
def optional_state():
    return Optional(), x(), {}


# --- states that are not clear --------------------------------------------------------------


@error("is not clear", "['h=0']", "['h=1']")
def two_outputs_like_the_state():
    return Two(lambda m, x, h: (torch.tanh(x + m.layer(h)), torch.sigmoid(m.layer(h))),
               nn.Linear(8, 8)), (x(), h()), {}


@error("is 'b' a state or an input of every frame", "states=['b=y']", "states=['b=']")
def second_input():
    class Sum(nn.Module):
        def forward(self, a, b):
            return a.tanh() + b

    return Sum(), (x(), x()), {}


@error("is the first argument 'h' the frame or a state")
def state_first():
    class Reversed(nn.Module):
        def forward(self, h, x):
            return torch.tanh(h + x)

    return Reversed(), (h(), x()), {}


@error("is not clear", "'state.h=new_c'")
def names_without_order():
    class Named(nn.Module):
        def forward(self, x, state):
            return {"new_c": torch.tanh(x + state["h"]), "new_h": torch.sigmoid(x - state["c"])}

    return Named(), (x(), {"h": h(), "c": h()}), {}


@error("states: no input 'g', only x, h")
def unknown_state():
    return Two(lambda m, x, h: x + h), (x(), h()), {"states": ["g=y"]}


@error("states: no output '3', only y")
def unknown_output():
    return Two(lambda m, x, h: x + h), (x(), h()), {"states": ["h=3"]}


@error("states: 'h' has the shape [1, 8], the output '0' [1, 3]")
def state_of_another_shape():
    return Two(lambda m, x, h: (x[:, :3] + 1, h + x)), (x(), h()), {"states": ["h=0"]}


@error("states: expected a list of IN=OUT")
def states_as_text():
    return Two(lambda m, x, h: x + h), (x(), h()), {"states": "h=y"}


@error("states: expected a list of IN=OUT, got a dictionary")
def states_as_dictionary():
    return Two(lambda m, x, h: x + h), (x(), h()), {"states": {"h": "y"}}


@error("all inputs are states")
def nothing_comes_in():
    return Two(lambda m, x, h: (x + h, h)), (x(), h()), {"states": ["x=0", "h=1"]}


# --- what cannot stream ----------------------------------------------------------------------


@error("'layer' (LSTM) is bidirectional: it needs future frames")
def bidirectional():
    return One(lambda m, x: m.layer(x)[0], nn.LSTM(8, 8, bidirectional=True)), x(1, 1, 8), {}


@error("'layer': gru: 5 steps in one frame", "1 in dimension 1")
def several_steps():
    return One(lambda m, x: m.layer(x)[0], nn.GRU(8, 8, batch_first=True)), x(1, 5, 8), {}


@error("'layer': gru: 4 steps in one frame", "(batch_first is False)")
def time_is_first():
    return One(lambda m, x: m.layer(x)[0], nn.GRU(8, 8)), x(4, 1, 8), {}


@error("'layer': lstm: a batch of 3")
def batch():
    return One(lambda m, x: m.layer(x)[0], nn.LSTM(8, 8)), x(1, 3, 8), {}


@error("'layer': gru_cell: a batch of 3")
def batch_of_cells():
    return Two(lambda m, x, h: m.layer(x, h), nn.GRUCell(8, 8)), (x(3, 8), torch.zeros(3, 8)), {}


@error("'layer': instance_norm: it normalizes each channel over time")
def instance_norm():
    return One(lambda m, x: m.layer(x), nn.InstanceNorm1d(4)), x(1, 4, 2), {}


@error("'layer': batch_norm: it normalizes by statistics of the batch")
def batch_statistics():
    layer = nn.BatchNorm1d(4, track_running_stats=False)
    return One(lambda m, x: m.layer(x), layer), x(1, 4, 2), {}


@error("gives other results for a sequence than frame by frame")
def mean_over_time():
    def step(m, x):
        y, _ = m.layer(x)
        return y * torch.sigmoid(y.mean(dim=1, keepdim=True))

    return One(step, nn.GRU(8, 8, batch_first=True)), x(1, 1, 8), {}


@error("gives other results for a sequence than frame by frame")
def softmax_over_time():
    return One(lambda m, x: F.softmax(m.layer(x)[0], dim=0), nn.LSTM(8, 8)), x(1, 1, 8), {}


# --- operations ---------------------------------------------------------------------------


@error("from_torch: 3 errors", "\n  'One': sort: this operation is not supported",
       "\n  'layer': embedding", "\n  'One': fft_rfft")
def several_operations():
    def step(m, x):
        return torch.sort(x)[0] + m.layer((x > 0).long()).sum(-1) + torch.fft.rfft(x).real[:, :1]

    return One(step, nn.Embedding(2, 3)), x(), {}


@error("numbers of torch.float16 are not supported")
def half():
    return One(lambda m, x: x.half().float() * 2), x(), {}


@error("an index that depends on data")
def data_as_index():
    return One(lambda m, x: x[x > 0].sum().reshape(1)), x(), {}


@error("choose by torch.where")
def control_flow():
    return One(lambda m, x: x * 2 if x.sum() > 0 else x), x(), {}


@error("choose by torch.where")
def number_of_a_tensor():
    return One(lambda m, x: x * float(x.max())), x(), {}


@error("gives other results for the same frame")
def random_numbers():
    return One(lambda m, x: x + torch.rand(1, 8)), x(), {}


@error("gives other results for the same frame")
def dropout_in_training():
    return One(lambda m, x: F.dropout(x, 0.5, training=True)), x(), {}


@error("does not run on the example: Expected more than 1 value per channel")
def groups_of_one():
    return One(lambda m, x: m.layer(x), nn.GroupNorm(8, 8)), x(), {}


# --- the example, the module ------------------------------------------------------------


@error("does not run on the example:", "(1x5 and 8x8)")
def wrong_shape():
    return nn.Linear(8, 8), x(1, 5), {}


@error("the example does not fit forward(x, h)")
def argument_is_missing():
    return Two(lambda m, x, h: x + h), x(), {}


@error("argument 'x' of the example is int64; inputs and states are floats")
def integers():
    return One(lambda m, x: x * 2), torch.arange(8), {}


@error("the argument 'h' of forward is not in the example", "would be lost")
def none_in_example():
    return Optional(), (x(), None), {}


@error("does not run on the example:")
def no_frame():
    return Optional(), (None, h()), {}


@error("the example holds no tensor")
def no_tensor():
    return Optional(), None, {}


@error("argument 'x' of the example is no tensor but object")
def no_number():
    return One(lambda m, x: 1), (object(),), {}


@error("keeps a state of its own: forward changes 'first'")
def first_frame():
    """What the first frame leaves stays."""

    class First(nn.Module):
        def forward(self, x):
            if not hasattr(self, "first"):
                self.first = x.mean()
            return x - self.first

    return First(), x(), {}


@error("linear_dynamic: this operation is not supported")
def quantized():
    return torch.quantization.quantize_dynamic(nn.Sequential(nn.Linear(8, 8)), {nn.Linear}), x(), {}


@error("expected an nn.Module, found function")
def no_module():
    return (lambda x: x), x(), {}


@error("forward returns str")
def returns_text():
    return One(lambda m, x: (x, "text")), x(), {}


@error("the module is scripted")
def scripted():
    return torch.jit.script(nn.Linear(8, 8)), x(), {}


@error("is complex")
def complex_weights():
    layer = nn.Linear(8, 8)
    layer.register_buffer("k", torch.zeros(2, dtype=torch.complex64))
    return layer, x(), {}


@error("no shape yet")
def lazy():
    return nn.LazyLinear(8), x(), {}


@error("'no good' is no name of a network: letters, digits and _")
def name_of_network():
    return nn.Linear(8, 8), x(), {"name": "no good"}
