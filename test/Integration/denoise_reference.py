# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Front ends in numpy, in float64, and small networks that go with them.

Written from docs/frontends.md, not from the compiler: blocks are cut out of the whole
recording, and added up in one array.
"""

import json

import numpy as np

import se

SHAPES = {
    "rectangular": lambda x, n: np.ones(n),
    "hann": lambda x, n: 0.5 - 0.5 * np.cos(2 * np.pi * x),
    "sqrt_hann": lambda x, n: np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * x)),
    "hamming": lambda x, n: 0.54 - 0.46 * np.cos(2 * np.pi * x),
    "vorbis": lambda x, n: np.sin(np.pi / 2 * np.sin(np.pi * (x + 0.5 / n)) ** 2),
}
STEPS = {"log": np.log, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt}
STEPS_WITH_VALUE = {"at_least": np.maximum, "exponent": np.power, "scale": np.multiply,
                    "offset": np.add}


def load(name):
    return json.loads((se.SOURCE / "frontends" / f"{name}.json").read_text())


def make_window(shape, samples):
    return SHAPES[shape](np.arange(samples) / samples, samples)


class FrontEnd:
    def __init__(self, description):
        self.description = description
        self.hop, self.fft = description["hop"], description["fft"]
        self.window = description["window"]["samples"]
        self.bins = self.fft // 2 + 1
        shape = description["window"]["shape"]
        synthesis = description.get("synthesis", {})
        analysis = make_window(shape, self.window)
        back = make_window(synthesis.get("shape", shape), self.window)
        if synthesis.get("normalize", True):
            sums = np.zeros(self.hop)
            np.add.at(sums, np.arange(self.window) % self.hop, analysis * back)
            back = back / sums[np.arange(self.window) % self.hop]
        zeros = np.zeros(self.fft - self.window)
        self.analysis = np.concatenate([zeros, analysis])
        self.synthesis = np.concatenate([zeros, back])

    def elements(self, port):
        source = port[0] if isinstance(port, list) else port
        return {"magnitude": self.bins, "power": self.bins, "gain": self.bins,
                "samples": self.fft}.get(source, 2 * self.bins)

    def make_feature(self, feature, block, spectrum):
        source, *steps = feature if isinstance(feature, list) else [feature]
        x = {"magnitude": lambda: np.abs(spectrum), "power": lambda: np.abs(spectrum) ** 2,
             "complex": lambda: np.concatenate([spectrum.real, spectrum.imag]),
             "samples": lambda: block}[source]()
        for step in steps:
            if isinstance(step, str):
                x = STEPS[step](x)
            else:
                (name, value), = step.items()
                x = STEPS_WITH_VALUE[name](x, value)
        return x

    def run(self, samples, networks):
        """`networks` map a list of inputs to a list of outputs, frame after frame.
        Whole hops of sound, and the outputs of kind "other", [T, elements] each."""
        frames = len(samples) // self.hop
        past = np.concatenate([np.zeros(self.fft - self.hop),
                               np.clip(samples[: frames * self.hop], -1, 1)])
        sound, others = np.zeros(len(past)), []
        for t in range(frames):
            block = past[t * self.hop :][: self.fft] * self.analysis
            spectrum, known = np.fft.rfft(block), []
            for use, network in zip(self.description["networks"], networks, strict=True):
                outputs = network([self.make_feature(f, block, spectrum)
                                   for f in use["inputs"]])
                for kind, y in zip(use["outputs"], outputs, strict=True):
                    half = y[: self.bins] + (1j * y[self.bins :] if len(y) == 2 * self.bins
                                             else 0)
                    if kind in ("gain", "complex_gain"):
                        spectrum = spectrum * half
                    elif kind == "spectrum":
                        spectrum = half
                    elif kind == "samples":
                        block, spectrum = y, np.fft.rfft(y)
                        continue
                    else:
                        known.append(y)
                        continue
                    block = np.fft.irfft(spectrum, self.fft)
            others.append(known)
            sound[t * self.hop :][: self.fft] += block * self.synthesis
        skipped = self.fft - self.window
        sound = sound[skipped : skipped + frames * self.hop]
        return np.clip(sound, -1, 1), [np.stack(x) for x in zip(*others)]


def literal(array):
    text = array.astype("<f4").tobytes().hex().upper()
    return f'dense<"0x{text}"> : tensor<{"x".join(map(str, array.shape))}xf32>'


class Network:
    """h = tanh(sum of W x + U h), and of each output V h + b, of gains the sigmoid."""

    def __init__(self, front_end, use, seed, units=12):
        random = np.random.default_rng(seed)

        def draw(rows, columns):
            return (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype("f4")

        self.units = units
        self.kinds = use["outputs"]
        self.inputs = [draw(units, front_end.elements(x)) for x in use["inputs"]]
        self.recurrent = 0.5 * draw(units, units)
        # Other outputs are of any size.
        self.outputs = [draw(7 if y == "other" else front_end.elements(y), units)
                        for y in use["outputs"]]
        self.biases = [random.standard_normal(len(v)).astype("f4") for v in self.outputs]
        self.reset()

    def reset(self):
        self.state = np.zeros(self.units)

    def __call__(self, inputs):
        sums = self.recurrent.astype(float) @ self.state
        for weights, x in zip(self.inputs, inputs, strict=True):
            sums = sums + weights.astype(float) @ x
        self.state = np.tanh(sums)
        results = []
        for kind, weights, bias in zip(self.kinds, self.outputs, self.biases):
            y = weights.astype(float) @ self.state + bias
            results.append(1 / (1 + np.exp(-y)) if kind == "gain" else 0.5 * np.tanh(y))
        return results

    def text(self, name):
        lines = []

        def op(text):
            lines.append(f"  %v{len(lines)} = {text}")
            return f"%v{len(lines) - 1}"

        def product(weights, x):
            rows, columns = weights.shape
            matrix = op(f"arith.constant {literal(weights)}")
            return op(f"rnn.matvec {matrix}, {x} : tensor<{rows}x{columns}xf32>, "
                      f"tensor<{columns}xf32> -> tensor<{rows}xf32>")

        def add(x, y, size):
            return op(f"arith.addf {x}, {y} : tensor<{size}xf32>")

        vector = f"tensor<{self.units}xf32>"
        sums = product(self.recurrent, "%h")
        for i, weights in enumerate(self.inputs):
            sums = add(sums, product(weights, f"%x{i}"), self.units)
        state = op(f"rnn.activation <tanh> {sums} : {vector} -> {vector}")
        results = []
        for kind, weights, bias in zip(self.kinds, self.outputs, self.biases):
            size = len(weights)
            y = add(product(weights, state), op(f"arith.constant {literal(bias)}"), size)
            function = "sigmoid" if kind == "gain" else "tanh"
            y = op(f"rnn.activation <{function}> {y} : tensor<{size}xf32> -> "
                   f"tensor<{size}xf32>")
            if kind != "gain":
                half = op(f"arith.constant dense<0.5> : tensor<{size}xf32>")
                y = op(f"arith.mulf {y}, {half} : tensor<{size}xf32>")
            results.append((y, f"tensor<{size}xf32>"))
        inputs = ", ".join(f'%x{i} = "x{i}" : tensor<{w.shape[1]}xf32>'
                           for i, w in enumerate(self.inputs))
        outputs = ", ".join(f'"y{i}" : {t}' for i, (_, t) in enumerate(results))
        values, types = (", ".join(x) for x in zip(*results))
        body = "\n".join(lines)
        return (f'rnn.network @{name} inputs({inputs}) states(%h = "h" : {vector} reset '
                f"dense<0.0> : {vector}) outputs({outputs}) {{\n{body}\n"
                f"  rnn.yield {values} : {types} next {state} : {vector}\n}}\n")


def make_networks(folder, description, seed=1):
    """Files, and the same as functions."""
    front_end = FrontEnd(description)
    networks = [Network(front_end, use, seed + i)
                for i, use in enumerate(description["networks"])]
    paths = [folder / f"net{i}.mlir" for i in range(len(networks))]
    for path, network in zip(paths, networks):
        path.write_text(network.text(path.stem))
    return front_end, paths, networks


def make_sound(samples, seed=0, rate=16000):
    """Something like speech: tones that come and go, noise, silence."""
    random = np.random.default_rng(seed)
    t = np.arange(samples) / rate
    sound = 0.3 * np.sin(2 * np.pi * 440 * t) * (np.sin(2 * np.pi * 9 * t) > 0)
    sound += 0.1 * random.standard_normal(samples) * (np.sin(2 * np.pi * 5 * t) > -0.5)
    return np.clip(sound, -1, 1).astype(np.float32)


def get_snr(found, expected):
    """In dB."""
    error = np.sum((np.asarray(found, float) - expected) ** 2)
    return 10 * np.log10(np.sum(expected**2) / max(error, 1e-30))
