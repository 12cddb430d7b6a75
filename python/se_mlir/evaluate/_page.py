# Part of se-mlir, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sound to listen to, in the page that the compiler writes of a program."""

import base64
import html
import io
import math
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import audio
from ._measure import FileResult, Pair, require

# Places that the compiler leaves (include/se/Report/Page.h).
SECTIONS_MARK = "<!-- more sections -->"
LINKS_MARK = "<!-- more links -->"
#: A page that is mailed should not have more.
MOST_RECORDINGS = 3
MOST_SECONDS = 10.0
#: From the loudest on that a spectrogram shows, in dB.
DYNAMICS = 70.0
#: Of a spectrogram.
COLOURS = 48

Samples = NDArray[np.float32]


class Take(NamedTuple):
    """A recording in one of its versions."""

    title: str
    samples: Samples
    #: None for what is without noise.
    result: FileResult | None


def _as_wav(samples: Samples) -> str:
    """As a data: address, 16 bit."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, audio.SAMPLE_RATE, 0, "NONE", ""))
        scaled = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
        sound.writeframes(scaled.tobytes())
    return "data:audio/wav;base64," + base64.b64encode(file.getvalue()).decode()


def _power(samples: Samples) -> NDArray[np.float32]:
    """In dB, [bins, frames]."""
    return np.asarray(20 * np.log10(np.abs(audio.analyze(samples).T) + 1e-6), np.float32)


def _as_picture(power: NDArray[np.float32], loudest: float) -> str:
    # A palette makes small files. Pillow comes with matplotlib.
    share = np.clip((power[::-1] - loudest) / DYNAMICS + 1, 0, 1)
    image = require("PIL.Image").fromarray(np.uint8(share * (COLOURS - 1)))
    colours = require("matplotlib").colormaps["inferno"](np.linspace(0, 1, COLOURS))
    image.putpalette(np.uint8(np.round(255 * colours[:, :3])).tobytes())
    file = io.BytesIO()
    image.save(file, format="png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def _show(value: float, digits: int) -> str:
    return "\u2013" if math.isnan(value) else f"{value:.{digits}f}"


def _measures(result: FileResult | None) -> str:
    if result is None:
        return "what it should sound like"
    return (
        f"PESQ {_show(result.pesq, 2)}, STOI {_show(result.stoi, 3)}, "
        f"SI-SNR {_show(result.si_snr, 1)} dB"
    )


def _recording(name: str, takes: Sequence[Take]) -> str:
    """Spectrograms and players beside each other."""
    most = int(MOST_SECONDS * audio.SAMPLE_RATE)
    powers = [_power(take.samples[:most]) for take in takes]
    loudest = max(float(power.max()) for power in powers)
    parts = [f"<h3>{html.escape(name)}</h3>\n<div class=\"sounds\">"]
    for take, power in zip(takes, powers):
        what = html.escape(f"{take.title}, {name}")
        parts.append(
            f'<figure><img src="{_as_picture(power, loudest)}" '
            f'alt="Spectrogram: {what}">'
            f'<audio controls preload="metadata" aria-label="{what}" '
            f'src="{_as_wav(take.samples[:most])}"></audio>'
            f"<figcaption><b>{html.escape(take.title)}</b>: "
            f"{html.escape(_measures(take.result))}</figcaption></figure>\n"
        )
    parts.append("</div>\n")
    return "".join(parts)


def _table(results: Sequence[FileResult]) -> str:
    """All measures, also those of recordings that are not to be heard."""
    heads = ["Recording", "Version", "PESQ", "STOI", "SI-SNR / dB"]
    kinds = ["name", "text", "number", "number", "number"]
    rows = []
    for result in results:
        cells = [
            result.file, _title(result), _show(result.pesq, 3), _show(result.stoi, 4),
            _show(result.si_snr, 2),
        ]
        first = f'<th scope="row" class="name">{html.escape(cells[0])}</th>'
        rest = "".join(
            f'<td class="{kind}">{html.escape(cell)}</td>'
            for kind, cell in zip(kinds[1:], cells[1:])
        )
        rows.append(f"<tr>{first}{rest}</tr>\n")
    header = "".join(
        f'<th scope="col" class="{kind}">{head}</th>' for kind, head in zip(kinds, heads)
    )
    return (
        '<div class="scroll" role="region" tabindex="0" aria-labelledby="quality-caption">'
        '<table id="quality"><caption id="quality-caption">Measures of quality</caption>'
        f"<thead><tr>{header}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>\n"
    )


def _title(result: FileResult) -> str:
    return result.precision or result.path


def add_sound(
    page: str,
    pairs: Sequence[Pair],
    results: Sequence[FileResult],
    folders: dict[str, Path],
) -> bytes:
    """The page with a section of sound.

    Parameters
    ----------
    page
        As the compiler wrote it.
    pairs
        The recordings, of which the first ones are to be heard.
    results
        Of all recordings and versions.
    folders
        By the precision of results, where the denoised recordings lie.
    """
    texts = []
    for pair in pairs[:MOST_RECORDINGS]:
        takes = []
        for result in results:
            if result.file == pair.noisy.name:
                folder = folders.get(result.precision)
                path = folder / result.file if folder else pair.noisy
                takes.append(Take(_title(result), audio.read_wav(path), result))
        takes.append(Take("clean", audio.read_wav(pair.clean), None))
        texts.append(_recording(pair.noisy.name, takes))
    note = (
        f"Recordings before and after, at most {MOST_RECORDINGS} of them and "
        f"{MOST_SECONDS:g} seconds of each. Spectrograms are from 0 to 8 kHz, over "
        f"{DYNAMICS:g} dB. PESQ (wide band), STOI and SI-SNR compare with the clean "
        "recording, over its whole length."
    )
    section = (
        '<section id="sound" aria-labelledby="sound-title">'
        f'<h2 id="sound-title">Sound</h2><p class="note">{note}</p>\n'
        f"{''.join(texts)}{_table(results)}</section>\n"
    )
    assert page.count(SECTIONS_MARK) == page.count(LINKS_MARK) == 1
    return (
        page.replace(SECTIONS_MARK, section)
        .replace(LINKS_MARK, '<a href="#sound">Sound</a>')
        .encode()
    )
