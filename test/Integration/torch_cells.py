# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Cells as users write them, for the same tests as torch_modules.py. Needs torch."""

import torch
import torch.nn.functional as F
from torch import nn

from torch_modules import Case, Cell, Cell2, Then, TupleCell, case, x

@case
def cell_leaky():
    def step(m, x, h):
        h = torch.tanh(F.linear(x, m.W) + torch.sigmoid(m.decay) * h)
        return h @ m.V.t(), h

    return Case(Cell(step, W=(8, 12), decay=(8,), V=(5, 8)), (x(1, 12), torch.zeros(1, 8)))


@case
def cell_chunk():
    """A gated cell on vectors without a batch."""

    def step(m, x, h):
        f, c = (m.W @ x + m.U @ h + m.b).chunk(2)
        f = torch.sigmoid(f)
        h = f * h + (1 - f) * torch.tanh(c)
        return h

    return Case(Cell(step, W=(16, 12), U=(16, 8), b=(16,)), (x(12), torch.zeros(8)))


@case
def cell_lstm_by_hand():
    def step(m, x, state):
        h, c = state
        gates = torch.addmm(m.b, torch.cat([x, h], dim=1), m.W.t())
        i, f, g, o = torch.split(gates, 8, dim=-1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)

    return Case(TupleCell(step, W=(32, 20), b=(32,)),
                (x(1, 12), (torch.zeros(1, 8), torch.zeros(1, 8))))


@case
def cell_linear_attention():
    """A matrix as state."""

    def step(m, x, S):
        q, k, v = torch.einsum("gij,j->gi", m.W, x)
        S = 0.9 * S + torch.outer(v, torch.softmax(k, 0))
        return torch.einsum("ij,j->i", S, q), S

    return Case(Cell(step, W=(3, 6, 12)), (x(12), torch.zeros(6, 6)))


@case
def cell_batched_matrix():
    def step(m, x, S):
        q, k, v = F.linear(x, m.W).view(3, 2, 4).unbind(0)
        S = torch.lerp(S, v.unsqueeze(-1) * k.unsqueeze(1), torch.sigmoid(m.rate))
        return torch.matmul(S, q.unsqueeze(-1)).reshape(1, 8), S

    return Case(Cell(step, W=(24, 12), rate=(1,)), (x(1, 12), torch.zeros(2, 4, 4)))


@case
def cell_delay_line():
    """Attention over the last frames."""

    def step(m, x, past):
        past = torch.cat([past[1:], x], dim=0)
        scores = (past @ m.K.t()) @ (m.Q @ x[0]) / 3.0
        return (F.softmax(scores, dim=0).unsqueeze(1) * past).sum(0), past

    return Case(Cell(step, K=(6, 12), Q=(6, 12)), (x(1, 12), torch.zeros(5, 12)))


@case
def cell_ring_by_roll():
    def step(m, x, ring):
        ring = torch.roll(ring, -1, 0)
        ring[-1] = x
        return (ring * m.W).sum(dim=0), ring

    return Case(Cell(step, W=(4, 12)), (x(12), torch.zeros(4, 12)),
                no_onnx="the exporter drops what is set in place")


@case
def cell_mlstm():
    """Exponential gates with a running maximum."""

    class Mlstm(nn.Module):
        def __init__(self):
            super().__init__()
            self.qkv, self.gates = nn.Linear(12, 18), nn.Linear(12, 2)

        def forward(self, x, state):
            q, k, v = self.qkv(x).chunk(3, -1)
            i, f = self.gates(x).unbind(-1)
            f = F.logsigmoid(f)
            top = torch.maximum(f + state["m"], i)
            keep, new = torch.exp(f + state["m"] - top), torch.exp(i - top)
            C = keep * state["C"] + new * torch.outer(v, k)
            n = keep * state["n"] + new * k
            y = (C @ q) / torch.clamp(torch.abs(n @ q), min=1.0)
            return y, {"C": C, "n": n, "m": top}

    return Case(Mlstm(), (x(12), {"C": torch.zeros(6, 6), "n": torch.zeros(6),
                                  "m": torch.zeros(())}))


@case
def cell_spikes():
    def step(m, x, v, s):
        v = 0.9 * v * (1 - s) + F.linear(x, m.W) + F.linear(s, m.R)
        s = (v > 0.5).float()
        return s.mean(dim=-1, keepdim=True), v, s

    return Case(Cell2(step, W=(8, 12), R=(8, 8)), (x(1, 12), torch.zeros(1, 8), torch.zeros(1, 8)),
                states=("h=1", "c=2"))


@case
def cell_masks():
    """Comparisons, where, minimum and maximum."""

    def step(m, x, h):
        u = m.W @ x
        keep = (u > 0) & ~(h >= 1.0) | (u < -1)
        h = torch.where(keep, h + u, torch.minimum(h, u) * 0.5)
        return h.clamp(-2, 2).masked_fill(u.abs() < 0.1, -1.0), h * 0.7

    return Case(Cell(step, W=(8, 12)), (x(12), torch.zeros(8)), states=("h=1",))


@case
def cell_norms():
    """Layer norm by hand, softmax, root mean square."""

    def step(m, x, h):
        a = F.linear(x, m.W) + h
        mean, var = a.mean(-1, keepdim=True), a.var(-1, unbiased=False, keepdim=True)
        a = (a - mean) * torch.rsqrt(var + 1e-5) * m.gain
        b = x / x.pow(2).mean(-1, keepdim=True).add(1e-6).sqrt()
        c = F.normalize(a, dim=-1) * torch.std(x, dim=-1, keepdim=True)
        return torch.cat([b, c, a.amax(-1, keepdim=True), torch.logsumexp(a, -1, True)], -1), (
            0.5 * h + 0.5 * torch.tanh(a))

    return Case(Cell(step, W=(8, 12), gain=(8,)), (x(1, 12), torch.zeros(1, 8)))


@case
def cell_functions():
    def step(m, x, h):
        a = torch.sin(x) + torch.cos(h) * torch.exp(-x * x)
        b = torch.log1p(torch.exp(h)) - torch.expm1(-x.abs()) + torch.erf(x)
        c = torch.sqrt(x.abs() + 1) ** 3 / (1 + x ** 2) + 2 ** (-h)
        d = torch.atan(x) + torch.floor(x) - torch.round(h) + torch.reciprocal(2 + x.tanh())
        return a + b + c + d, torch.fmod(h * 0.5 + x, 1.5)

    return Case(Cell(step), (x(1, 12), torch.zeros(1, 12)), states=("h=1",),
                no_onnx="the exporter's fmod of floats is another function")


@case
def cell_slices():
    """Shapes of all kinds."""

    def step(m, x, h):
        y = x.reshape(3, 4).transpose(0, 1).flip(0)
        z = torch.stack([y[:, 0], y[..., 1], y.select(1, 2)], dim=1).permute(1, 0)
        w = z.unsqueeze(0).expand(2, 3, 4).flatten(1)[:, ::3]
        u = torch.narrow(h, 1, 2, 4).repeat(1, 2) + w.reshape(1, -1)
        turned = torch.tensor([7, 6, 5, 4, 3, 2, 1, 0])
        v = F.pad(h[:, [5, 0, 3]], (1, 4)) + h.index_select(1, turned)
        return u + v, torch.tanh(u) + 0.1 * torch.tril(torch.ones(8, 8)).mv(h[0]).unsqueeze(0)

    return Case(Cell(step), (x(1, 12), torch.zeros(1, 8)), states=("h=1",))


@case
def cell_windows():
    def step(m, x, h):
        w = h.unfold(1, 4, 2)[0].diff(dim=0).sum(0, keepdim=True).repeat(1, 2)
        v = torch.einsum("...i,...i->...", w, w)[:, None] + torch.cumprod(h, 1)
        v = v + torch.gather(h, 1, torch.tensor([[0, 0, 1, 2, 3, 7, 7, 6]])) + (4 * h).long()
        return v, torch.tanh(h + x[:, :8]) * torch.argmax(x, -1, keepdim=True)

    return Case(Cell(step), (x(1, 12), torch.zeros(1, 8)), states=("h=1",),
                no_onnx="the exporter has no diff")


@case
def cell_in_place():
    def step(m, x, h):
        a = F.linear(x, m.W)
        a += m.b
        a.mul_(0.5).tanh_()
        F.relu_(a)
        h = h.clone()
        h.mul_(0.9)
        h[:, :4] += a[:, 4:]
        return a * 2, h

    return Case(Cell(step, W=(8, 12), b=(8,)), (x(1, 12), torch.zeros(1, 8)), states=("h=1",),
                no_onnx="the exporter drops what is set in place")


@case
def cell_low_rank():
    def step(m, x, h):
        z = torch.sigmoid((x @ m.A) @ m.B + torch.baddbmm(m.b, h.unsqueeze(0), m.U)[0])
        return z * h + (1 - z) * torch.tanh(x @ m.A @ m.B)

    return Case(Cell(step, A=(12, 3), B=(3, 8), U=(1, 8, 8), b=(1, 1, 8)),
                (x(1, 12), torch.zeros(1, 8)))


@case
def cell_grouped():
    """Block-diagonal products."""

    def step(m, x, h):
        u = torch.einsum("gi,gio->go", x.view(3, 4), m.W)
        r = torch.bmm(h.view(3, 1, 3), m.R).view(3, 3)
        return torch.tanh(u + r).reshape(1, 9)

    return Case(Cell(step, W=(3, 4, 3), R=(3, 3, 3)), (x(1, 12), torch.zeros(1, 9)))


class Causal(nn.Module):
    """A convolution over the frames before."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(12, 10, 3, dilation=2)
        self.mix = nn.Conv1d(10, 6, 1)

    def forward(self, x, cache):
        window = torch.cat([cache, x], dim=2)
        return self.mix(F.elu(self.conv(window))), window[:, :, 1:]


@case
def causal_convolution():
    return Case(Causal(), (x(1, 12, 1), torch.zeros(1, 12, 4)),
                no_onnx="the exporter's dilated Conv is not the whole window")


class Grouped(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(12, 12, 4, groups=12)

    def forward(self, x, cache):
        window = torch.cat([cache, x], dim=-1)
        return self.conv(window)[..., 0], window[..., 1:]


@case
def depthwise_convolution():
    return Case(Grouped(), (x(1, 12, 1), torch.zeros(1, 12, 3)),
                no_onnx="groups are not imported from ONNX")


class TwoInputs(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn, self.out = nn.GRU(20, 9, batch_first=True), nn.Linear(9, 12)

    def forward(self, mic, far):
        return mic * torch.sigmoid(self.out(self.rnn(torch.cat([mic, far], -1))[0]))


@case
def two_inputs():
    return Case(TwoInputs(), (x(), x(1, 1, 8)))


@case
def double_precision():
    return Case(Then(nn.GRU(12, 9), 9).double(), (x().double(),))


class Attention(nn.Module):
    """Torch's own layer over the frames that are kept."""

    def __init__(self):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(12, 3, 16, batch_first=True)
        self.attention = nn.MultiheadAttention(12, 2, batch_first=True)

    def forward(self, x, past):
        past = torch.cat([past[:, 1:], x], 1)
        y, weights = self.attention(x, past, past)
        return self.layer(past)[:, -1:] + y * weights.max(), past


@case
def attention_over_past():
    return Case(Attention(), (x(), torch.zeros(1, 4, 12)),
                no_onnx="the exporter writes operators with shapes that depend on data")


@case
def pools_and_pads():
    return Case(
        nn.Sequential(
            nn.ReflectionPad1d(1), nn.AvgPool1d(2), nn.ReplicationPad1d((2, 1)), nn.MaxPool1d(3, 2),
            nn.ConstantPad1d((1, 0), 0.5), nn.Conv1d(3, 4, 2, padding=1), nn.AdaptiveAvgPool1d(3),
            nn.Flatten(),
        ),
        (x(1, 3, 14),),
        no_onnx="a convolution with padding is not imported from ONNX",
    )  # fmt: skip


class SelectiveState(nn.Module):
    """A step of Mamba, with its convolution."""

    def __init__(self, width=16, n=4, rank=2):
        super().__init__()
        self.sizes = [rank, n, n]
        self.enter, self.leave = nn.Linear(12, 2 * width), nn.Linear(width, 12)
        self.conv = nn.Conv1d(width, width, 4, groups=width)
        self.project, self.rate = nn.Linear(width, rank + 2 * n, bias=False), nn.Linear(rank, width)
        self.A_log = nn.Parameter(torch.log(torch.arange(1, n + 1).float().repeat(width, 1)))
        self.D = nn.Parameter(torch.ones(width))

    def forward(self, x, taps, state):
        x, gate = self.enter(x).chunk(2, dim=-1)
        taps = torch.cat([taps[:, :, 1:], x.unsqueeze(-1)], -1)
        x = F.silu((taps * self.conv.weight.squeeze(1)).sum(-1) + self.conv.bias)
        rate, B, C = torch.split(self.project(x), self.sizes, -1)
        rate = F.softplus(self.rate(rate))
        keep = torch.exp(torch.einsum("bd,dn->bdn", rate, -torch.exp(self.A_log)))
        state = state * keep + x.unsqueeze(-1) * torch.einsum("bd,bn->bdn", rate, B)
        y = torch.einsum("bdn,bn->bd", state, C) + self.D * x
        return self.leave(y * F.silu(gate)), taps, state


@case
def selective_state():
    return Case(SelectiveState(), (x(1, 12), torch.zeros(1, 16, 4), torch.zeros(1, 16, 4)),
                states=("taps=1", "state=2"))


class Table(nn.Module):
    """What the first call makes and all others use; arguments that are always the same."""

    def __init__(self):
        super().__init__()
        self.tables = {}

    def forward(self, x, scale, h, flag=True, prefix=None):
        if x.shape not in self.tables:
            self.tables[x.shape] = torch.linspace(0, 1, x.shape[-1])
        h = h * 0.5 + x * self.tables[x.shape] * scale
        return (h if flag and prefix is None else x).tanh()[:, :5], h


@case
def constant_arguments():
    return Case(Table(), (x(1, 12), 2.5, torch.zeros(1, 12), True, None),
                no_onnx="the exporter takes numbers for inputs")


class Deep(nn.Module):
    """A transition of several layers."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 16), nn.SiLU(), nn.Linear(16, 8))

    def forward(self, x, h):
        h = self.net(torch.cat([x, h], -1))
        return h.sum(-1, keepdim=True), h


@case
def deep_transition():
    return Case(Deep(), (x(1, 12), torch.zeros(1, 8)))
