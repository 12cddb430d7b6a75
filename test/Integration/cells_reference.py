# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The cells of the library in numpy, from the equations in their files' comments.

A step is a function of the weights w, the input x and the states s, both by name; it
returns the output and the next states in the order of the cell's. All is float64."""

import math

import numpy as np

STEPS = {}


def step(function):
    STEPS[function.__name__] = function
    return function


def sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def softplus(a):
    return np.logaddexp(0, a)


def relu(a):
    return np.maximum(a, 0)


def log_sigmoid(a):
    return -softplus(-a)


def parts(a, count):
    return np.split(a, count)


def positive(a):
    """minGRU's g."""
    return np.where(a >= 0, a + 0.5, sigmoid(a))


def normalize(a, gain, bias):
    return (a - a.mean()) / np.sqrt(a.var() + 1e-5) * gain + bias


# LSTM and its relatives


@step
def lstm_gates(w, a, s):
    i, o, f, g = parts(a, 4)
    pi, po, pf = parts(w["P"], 3) if "P" in w else (0, 0, 0)
    c = sigmoid(f + pf * s["c"]) * s["c"] + sigmoid(i + pi * s["c"]) * np.tanh(g)
    return sigmoid(o + po * c) * np.tanh(c), [c]


@step
def lstm(w, x, s):
    h, (c,) = lstm_gates(w, w["W"] @ x + w["R"] @ s["h"] + w["b"], s)
    return h, [h, c]


STEPS["peephole_lstm"] = lstm


@step
def coupled_lstm(w, x, s):
    f, o, g = parts(w["W"] @ x + w["R"] @ s["h"] + w["b"], 3)
    f = sigmoid(f)
    c = f * s["c"] + (1 - f) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, [h, c]


@step
def projected_lstm(w, x, s):
    m, (c,) = lstm_gates(w, w["W"] @ x + w["R"] @ s["h"] + w["b"], s)
    h = w["V"] @ m
    return h, [h, c]


@step
def multiplicative_lstm(w, x, s):
    m = (w["Wm"] @ x) * (w["Rm"] @ s["h"])
    return lstm(w, x, {"h": m, "c": s["c"]})


@step
def tt_matvec(w, x, s):
    g1, g2 = w["G1"], w["G2"]
    matrix = x.reshape(g1.shape[1], g2.shape[2])
    return np.einsum("mik,knj,ij->mn", g1, g2, matrix).reshape(-1), []


@step
def tt_lstm(w, x, s):
    a = (tt_matvec({"G1": w["W1"], "G2": w["W2"]}, x, {})[0]
         + tt_matvec({"G1": w["R1"], "G2": w["R2"]}, s["h"], {})[0] + w["b"])
    h, (c,) = lstm_gates({}, a, s)
    return h, [h, c]


@step
def layer_norm(w, a, s):
    return normalize(a, w["gain"], w["bias"]), []


@step
def layer_norm_lstm(w, x, s):
    a = (normalize(w["W"] @ x, w["gw"], w["bw"])
         + normalize(w["R"] @ s["h"], w["gr"], w["br"]))
    i, o, f, g = parts(a, 4)
    c = sigmoid(f) * s["c"] + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(normalize(c, w["gc"], w["bc"]))
    return h, [h, c]


# GRU and its relatives


@step
def gru(w, x, s):
    h = s["h"]
    (zx, rx, nx), (zh, rh, nh) = parts(w["W"] @ x, 3), parts(w["R"] @ h, 3)
    bz, br = parts(w["b"], 2)
    z, r = sigmoid(zx + zh + bz), sigmoid(rx + rh + br)
    n = np.tanh(nx + w["bn"] + r * (nh + w["br"]))
    h = (1 - z) * n + z * h
    return h, [h]


@step
def gru_before(w, x, s):
    h = s["h"]
    (zx, rx, nx), (zh, rh) = parts(w["W"] @ x, 3), parts(w["R"] @ h, 2)
    bz, br = parts(w["b"], 2)
    z, r = sigmoid(zx + zh + bz), sigmoid(rx + rh + br)
    n = np.tanh(nx + w["Rn"] @ (r * h) + w["bn"])
    h = (1 - z) * n + z * h
    return h, [h]


@step
def minimal_gru(w, x, s):
    h = s["h"]
    fx, nx = parts(w["W"] @ x + w["b"], 2)
    f = sigmoid(fx + w["R"] @ h)
    n = np.tanh(nx + w["Rn"] @ (f * h))
    h = (1 - f) * h + f * n
    return h, [h]


@step
def light_gru(w, x, s):
    z, n = parts(w["W"] @ x + w["R"] @ s["h"] + w["b"], 2)
    z = sigmoid(z)
    h = z * s["h"] + (1 - z) * relu(n)
    return h, [h]


@step
def min_gru(w, x, s):
    z, n = parts(w["W"] @ x + w["b"], 2)
    z = sigmoid(z)
    h = (1 - z) * s["h"] + z * positive(n)
    return h, [h]


@step
def min_lstm(w, x, s):
    f, i, n = parts(w["W"] @ x + w["b"], 3)
    f, i = sigmoid(f), sigmoid(i)
    h = f / (f + i) * s["h"] + i / (f + i) * positive(n)
    return h, [h]


@step
def layer_norm_gru(w, x, s):
    h = s["h"]
    z, r = parts(sigmoid(normalize(w["W"] @ x, w["gw"], w["bw"])
                         + normalize(w["R"] @ h, w["gr"], w["br"])), 2)
    n = np.tanh(normalize(w["Wn"] @ x, w["gn"], w["bn"])
                + r * normalize(w["Rn"] @ h, w["gm"], w["bm"]))
    h = (1 - z) * n + z * h
    return h, [h]


@step
def ugrnn(w, x, s):
    g, n = parts(w["W"] @ x + w["R"] @ s["h"] + w["b"], 2)
    g = sigmoid(g)
    h = g * s["h"] + (1 - g) * np.tanh(n)
    return h, [h]


@step
def skip_rnn(w, x, s):
    update = 1.0 if s["w"][0] < 0.5 else 0.0
    new, _ = gru(w, x, {"h": s["h"]})
    h = update * new + (1 - update) * s["h"]
    d = sigmoid(w["wp"] @ h + w["bp"])
    wait = 1 - d if update else s["w"] - np.minimum(d, s["w"])
    return h, [h, wait]


# Simple recurrences


@step
def sru(w, x, s):
    fx, rx, n = parts(w["W"] @ x, 3)
    vf, vr = parts(w["v"], 2)
    bf, br = parts(w["b"], 2)
    f, r = sigmoid(fx + vf * s["c"] + bf), sigmoid(rx + vr * s["c"] + br)
    c = f * s["c"] + (1 - f) * n
    return r * c + (1 - r) * x, [c]


@step
def qrnn(w, x, s):
    z, f, o = parts(w["W"] @ x + w["V"] @ s["p"] + w["b"], 3)
    f = sigmoid(f)
    c = f * s["c"] + (1 - f) * np.tanh(z)
    return sigmoid(o) * c, [x, c]


@step
def ind_rnn(w, x, s):
    h = relu(w["W"] @ x + w["u"] * s["h"] + w["b"])
    return h, [h]


@step
def fast_rnn(w, x, s, f=np.tanh):
    h = w["alpha"] * f(w["W"] @ x + w["R"] @ s["h"] + w["b"]) + w["beta"] * s["h"]
    return h, [h]


@step
def fast_grnn(w, x, s):
    a = w["W"] @ x + w["R"] @ s["h"]
    bz, bn = parts(w["b"], 2)
    z, n = sigmoid(a + bz), np.tanh(a + bn)
    h = (w["zeta"] * (1 - z) + w["nu"]) * n + z * s["h"]
    return h, [h]


# State spaces


def complex_of(w, name):
    return w[name + "r"] + 1j * w[name + "i"]


@step
def lru(w, x, s):
    state = complex_of(w, "A") * (s["sr"] + 1j * s["si"]) + complex_of(w, "B") @ x
    y = (complex_of(w, "C") @ state).real + w["D"] * x
    return y, [state.real, state.imag]


@step
def s5(w, x, s):
    a, states = lru(w, x, s)
    return a * 0.5 * (1 + np.vectorize(math.erf)(a / math.sqrt(2))), states


@step
def s4d(w, x, s):
    state = complex_of(w, "A") * (s["sr"] + 1j * s["si"]) + x[:, None]
    y = (complex_of(w, "C") * state).real.sum(1) + w["D"] * x
    return y, [state.real, state.imag]


@step
def mamba(w, x, s):
    d = softplus(w["Wd"] @ (w["W"] @ x) + w["bd"])
    state = np.exp(d[:, None] * w["A"]) * s["S"] + np.outer(d * x, w["WB"] @ x)
    return state @ (w["WC"] @ x) + w["D"] * x, [state]


@step
def lmu(w, x, s):
    u = w["ex"] @ x + w["eh"] @ s["h"] + w["em"] @ s["m"]
    m = w["A"] @ s["m"] + w["B"] @ u
    h = np.tanh(w["Wx"] @ x + w["Wh"] @ s["h"] + w["Wm"] @ m)
    return h, [h, m]


# Linear attention


@step
def gla(w, x, s):
    a = sigmoid(w["Wb"] @ (w["Wa"] @ x) + w["b"]) ** (1 / 16)
    state = s["S"] * a + np.outer(w["Wv"] @ x, w["Wk"] @ x)
    return state @ (w["Wq"] @ x), [state]


@step
def retnet(w, x, s):
    heads, size, _ = s["S"].shape
    q, k, v = (( w[n] @ x).reshape(heads, size) for n in ("Wq", "Wk", "Wv"))
    state = w["gamma"][:, None, None] * s["S"] + np.einsum("av,ak->avk", v, k)
    return np.einsum("avk,ak->av", state, q).reshape(-1), [state]


@step
def gated_deltanet(w, x, s):
    q, k = ((w[n] @ x) / np.sqrt(((w[n] @ x) ** 2).sum() + 1e-6) for n in ("Wq", "Wk"))
    v = w["Wv"] @ x
    a = np.exp(-w["A"] * softplus(w["wa"] @ x + w["ba"]))
    b = sigmoid(w["wb"] @ x)
    state = a * s["S"] @ (np.eye(len(k)) - b * np.outer(k, k)) + b * np.outer(v, k)
    return state @ q, [state]


@step
def rwkv_time(w, x, s):
    r, k, v = (w[m] * x + (1 - w[m]) * s["last"] for m in ("mr", "mk", "mv"))
    r, k, v = sigmoid(w["Wr"] @ r), w["Wk"] @ k, w["Wv"] @ v
    # Without the common factor exp(p) of a and b.
    a, b = s["a"] * np.exp(s["p"]), s["b"] * np.exp(s["p"])
    out = (a + np.exp(w["u"] + k) * v) / (b + np.exp(w["u"] + k))
    p = np.maximum(s["p"] - w["decay"], k)
    a = (np.exp(-w["decay"]) * a + np.exp(k) * v) * np.exp(-p)
    b = (np.exp(-w["decay"]) * b + np.exp(k)) * np.exp(-p)
    return w["Wo"] @ (r * out), [x, a, b, p]


@step
def rwkv_channel(w, x, s):
    r, k = (w[m] * x + (1 - w[m]) * s["last"] for m in ("mr", "mk"))
    return sigmoid(w["Wr"] @ r) * (w["Wv"] @ relu(w["Wk"] @ k) ** 2), [x]


@step
def slstm(w, x, s):
    z, i, f, o = parts(w["W"] @ x + w["R"] @ s["h"] + w["b"], 4)
    m = np.maximum(log_sigmoid(f) + s["m"], i)
    keep, new = np.exp(log_sigmoid(f) + s["m"] - m), np.exp(i - m)
    c, n = keep * s["c"] + new * np.tanh(z), keep * s["n"] + new
    h = sigmoid(o) * c / n
    return h, [h, c, n, m]


@step
def mlstm(w, x, s):
    q, k, v, o = parts(w["W"] @ x + w["b"], 4)
    i, f = w["w"] @ x + w["g"]
    m = np.maximum(log_sigmoid(f) + s["m"], i)
    keep, new = np.exp(log_sigmoid(f) + s["m"] - m), np.exp(i - m)
    state, n = keep * s["C"] + new * np.outer(v, k), keep * s["n"] + new * k
    return sigmoid(o) * (state @ q) / np.maximum(np.abs(n @ q), np.exp(-m)), [state, n, m]


# Continuous time and spikes


@step
def cfc(w, x, s):
    z = 1.7159 * np.tanh(0.6666667 * (w["Wx"] @ x + w["Wh"] @ s["h"] + w["bz"]))
    f, g, t = parts(w["W"] @ z + w["b"], 3)
    t = sigmoid(t)
    h = (1 - t) * np.tanh(f) + t * np.tanh(g)
    return h, [h]


@step
def ltc(w, x, s):
    inputs = w["wx"] * sigmoid(w["sx"] * (x - w["mx"]))
    own = w["wh"] * sigmoid(w["sh"] * (s["h"] - w["mh"]))
    n = (w["cm"] * s["h"] + w["leak"] * w["rest"] + (inputs * w["ex"]).sum(1)
         + (own * w["eh"]).sum(1))
    h = n / (w["cm"] + w["leak"] + inputs.sum(1) + own.sum(1))
    return h, [h]


@step
def gsu(w, x, s):
    a = w["W"] @ x + w["R"] @ s["h"]
    bf, ba = parts(w["b"], 2)
    f = sigmoid(a + bf)
    c = w["scale"] * (f * s["c"] + (1 - f) * (a + ba)) + w["shift"]
    h = (c >= 0).astype(float)
    return h, [h, c]


@step
def lif(w, x, s):
    v = w["decay"] * s["v"] * (1 - s["s"]) + w["W"] @ x + w["R"] @ s["s"] + w["b"]
    spikes = (v >= 1).astype(float)
    return spikes, [v, spikes]


def run(name, weights, frames, states, **options):
    """Outputs of all frames, and the states after each, by name; `states` has the
    shapes of states by name."""
    w = {n: a.astype(np.float64) for n, a in weights.items()}
    now = {n: np.zeros(shape) for n, shape in states.items()}
    outputs, trace = [], {n: [] for n in states}
    for x in frames.astype(np.float64):
        y, after = STEPS[name](w, x, now, **options)
        now = dict(zip(states, after))
        outputs.append(y.reshape(-1))
        for n in states:
            trace[n].append(np.asarray(now[n]).reshape(-1))
    return np.stack(outputs), {n: np.stack(values) for n, values in trace.items()}
