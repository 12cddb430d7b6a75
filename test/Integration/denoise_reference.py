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
# Of Hz, and back.
SCALES = {
    "mel": (lambda f: 2595 * np.log10(1 + f / 700), lambda z: 700 * (10 ** (z / 2595) - 1)),
    "bark": (lambda f: 26.81 * f / (1960 + f) - 0.53, lambda z: 1960 * (z + 0.53) / (26.28 - z)),
    "erb": (lambda f: 21.4 * np.log10(1 + 0.00437 * f),
            lambda z: (10 ** (z / 21.4) - 1) / 0.00437),
}
STEPS = {"log": np.log, "log2": np.log2, "log10": np.log10, "sqrt": np.sqrt}
STEPS_WITH_VALUE = {"at_least": np.maximum, "at_most": np.minimum, "exponent": np.power,
                    "scale": np.multiply, "offset": np.add}


def load(name):
    return json.loads((se.SOURCE / "frontends" / f"{name}.json").read_text())


def make_window(shape, samples):
    return SHAPES[shape](np.arange(samples) / samples, samples)


def make_bands(bands, rate, fft):
    """Weights [bands, bins], and those for features."""
    if "edges" in bands:
        edges = np.array(bands["edges"], float)
        edges = np.concatenate([edges[:1], edges, edges[-1:]])
    else:
        there, back = SCALES[bands["scale"]]
        edges = back(np.linspace(there(bands["from"]), there(bands["to"]), bands["count"] + 2))
        edges[[0, -1]] = bands["from"], bands["to"]
    hertz = np.arange(fft // 2 + 1) * rate / fft
    rows = []
    for low, middle, high in zip(edges, edges[1:], edges[2:]):
        row = np.zeros(len(hertz))
        rise, fall = (low <= hertz) & (hertz < middle), (middle <= hertz) & (hertz < high)
        row[rise] = (hertz[rise] - low) / (middle - low)
        row[fall] = (high - hertz[fall]) / (high - middle)
        rows.append(row)
    weights = np.stack(rows)
    if bands.get("normalize", False):
        return weights, weights / weights.sum(1, keepdims=True)
    return weights, weights


def follow(x, fall, range, start):  # noqa: A002 - the names of the file
    """As the published code of RNNoise does it: one element behind the other."""
    largest, last, result = start, start, []
    for value in x:
        last = max(value, last - fall, largest - range)
        largest = max(largest, last)
        result.append(last)
    return np.array(result)


def transform_cosine(x, count):
    n, i = len(x), np.arange(count)[:, None]
    matrix = np.cos(np.pi * i * (np.arange(n) + 0.5) / n) * np.sqrt(2 / n)
    matrix[0] /= np.sqrt(2)
    return matrix @ x


def measure_nonstationarity(frames):
    distances = np.sum((frames[:, None] - frames) ** 2, 2)
    distances[np.diag_indices(len(frames))] = np.inf
    return np.array([distances.min(1).mean()])


class FrontEnd:
    def __init__(self, description):
        self.description = description
        self.rate = description["sample_rate"]
        self.hop, self.fft = description["hop"], description["fft"]
        self.window = description["window"]["samples"]
        self.bins = self.fft // 2 + 1
        self.bands = {name: make_bands(bands, self.rate, self.fft)
                      for name, bands in description.get("bands", {}).items()}
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
        self.reset()

    def reset(self):
        self.past = {}

    def elements(self, feature, use=None):
        """Of an input."""
        self.reset()
        spectrum = np.ones(self.bins, complex)
        found = len(self.make_feature(feature, np.ones(self.fft), spectrum, use or {}, ()))
        self.reset()
        return found

    def get_result(self, output):
        """Steps, what it does, and the number of its elements, 0 for any."""
        *steps, result = output if isinstance(output, list) else [output]
        if isinstance(result, dict):
            bands = self.bands[result["gain"]][0]
            return steps, "gain", len(bands), bands
        elements = {"gain": self.bins, "samples": self.fft, "other": 0}
        return steps, result, elements.get(result, 2 * self.bins), None

    def get_frames(self, place, x, count):
        """The last ones, the newest first."""
        frames = self.past.setdefault(place, [np.zeros(len(x))] * count)
        frames.insert(0, x)
        return np.stack(frames[:count])

    def apply(self, steps, x, place):
        """`place` tells steps with memory apart."""
        for i, step in enumerate(steps):
            if isinstance(step, str):
                x = STEPS[step](x)
                continue
            (name, value), = step.items()
            if name in STEPS_WITH_VALUE:
                x = STEPS_WITH_VALUE[name](x, value)
            elif name == "hold":
                x = np.maximum(x, value * self.past.get((place, i), 0 * x))
                self.past[place, i] = x
            elif name == "frames":
                x = value @ self.get_frames((place, i), x, len(value))
            elif name == "follow":
                x = follow(x, **value)
            elif name == "elements":
                x = x[value[0] :][: value[1]]
            elif name == "bands":
                x = self.bands[value][1] @ x
            elif name == "dct":
                x = transform_cosine(x, value)
            else:
                assert name == "nonstationarity"
                x = measure_nonstationarity(self.get_frames((place, i), x, value))
        return x

    def make_feature(self, feature, block, spectrum, use, place):
        """A named one is computed wherever it is used."""
        source, *steps = feature if isinstance(feature, list) else [feature]
        if isinstance(source, dict):
            (name, value), = source.items()
            x = np.array(value, float) if name == "values" else np.concatenate(
                [self.make_feature(part, block, spectrum, use, (*place, i))
                 for i, part in enumerate(value)])
        elif source in use.get("features", {}):
            x = self.make_feature(use["features"][source], block, spectrum, use,
                                  (*place, source))
        else:
            x = {"magnitude": lambda: np.abs(spectrum), "power": lambda: np.abs(spectrum) ** 2,
                 "complex": lambda: np.concatenate([spectrum.real, spectrum.imag]),
                 "samples": lambda: block}[source]()
        return self.apply(steps, x, place)

    def run(self, samples, networks):
        """`networks` map a list of inputs to a list of outputs, frame after frame.
        Whole hops of sound, and the outputs of kind "other", [T, elements] each."""
        self.reset()
        frames = len(samples) // self.hop
        past = np.concatenate([np.zeros(self.fft - self.hop),
                               np.clip(samples[: frames * self.hop], -1, 1)])
        sound, others = np.zeros(len(past)), []
        for t in range(frames):
            block = past[t * self.hop :][: self.fft] * self.analysis
            spectrum, known = np.fft.rfft(block), []
            for n, (use, network) in enumerate(
                    zip(self.description["networks"], networks, strict=True)):
                outputs = network([
                    self.make_feature(f, block, spectrum, use, (n, "input", i))
                    for i, f in enumerate(use["inputs"])])
                for i, (output, y) in enumerate(zip(use["outputs"], outputs, strict=True)):
                    steps, kind, _, bands = self.get_result(output)
                    y = self.apply(steps, y, (n, "output", i))
                    if bands is not None:
                        y = y @ bands
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
        results = [front_end.get_result(y) for y in use["outputs"]]
        self.kinds = [kind for _, kind, _, _ in results]
        self.inputs = [draw(units, front_end.elements(x, use)) for x in use["inputs"]]
        self.recurrent = 0.5 * draw(units, units)
        # Other outputs are of any size.
        self.outputs = [draw(elements or 7, units) for _, _, elements, _ in results]
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
