"""How a text file is encoded and delimited, read from its bytes."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from qbr_lib.parameters import UNDECIDED

CANDIDATES = ("cp1252", "mac_roman", "cp1250", "cp850")  # where two fit alike, the first
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_QUOTES, _SIGNS = "“”„‚‘’«»‹›…–—•\xa0", "€£¥§©®™°²³µ½¼¾±×·ªº%"
_RECORDS = 200


def encoding_of(path: Path) -> tuple[str | None, str]:
    """Return a file's encoding and a word that shows it.

    A byte order mark decides, then strict UTF-8, then which candidate turns the words with foreign
    letters into words: "José", not "JosŽ". General detectors weigh languages instead, and fail on
    exports whose foreign letters stand in a few names.

    Returns
    -------
    tuple of (str or None, str)
        None for plain ASCII, which every candidate reads alike; `UNDECIDED` where no candidate
        makes words.
    """
    words: Counter[bytes] = Counter()
    with path.open("rb") as stream:
        start = stream.read(4)
        for mark, name in _MARKS.items():
            if start.startswith(mark):
                return name, ""
        stream.seek(0)
        for line in stream:
            if not line.isascii():
                words.update(_WORD.findall(line))
    if not words:
        return None, ""
    if _share(words, "utf-8") >= 0:
        return "utf-8", _shown(words, "utf-8")
    shares = {name: _share(words, name) for name in CANDIDATES}
    best = max(CANDIDATES, key=lambda name: shares[name])
    return (best if shares[best] > 1 / 2 else UNDECIDED), _shown(words, best)


def delimiter_of(path: Path, encoding: str) -> str | None:
    """Return the delimiter that cuts the first records into most fields, all alike; else None."""
    widths = {}
    for delimiter in ",;\t|":
        with path.open(encoding=encoding, errors="replace", newline="") as stream:
            records = [
                len(row) for row in islice(csv.reader(stream, delimiter=delimiter), _RECORDS)
            ]
        alike = sum(width == records[0] for width in records) if records else 0
        widths[delimiter] = records[0] if records and alike >= 0.95 * len(records) else 0
    best = max(widths, key=lambda delimiter: widths[delimiter])
    return best if widths[best] > 1 else None


def _share(words: Mapping[bytes, int], encoding: str) -> float:
    """Return the share of words that an encoding makes sense of; -1 where it cannot decode one."""
    good = 0
    for word, n in words.items():
        try:
            good += n * _is_word(word.decode(encoding))
        except UnicodeDecodeError:
            return -1
    return good / sum(words.values())


def _is_word(text: str) -> bool:
    core = text.strip(_QUOTES)
    core = core.rstrip(_SIGNS).replace("’", "") if len(core) > 1 else core
    if not core or core in _SIGNS:
        return True
    foreign = sum(not letter.isascii() for letter in core)
    mixed = not (core.islower() or core.istitle() or core.isupper())
    lone = len(core) == 1 and core.isupper()
    return core.isalpha() and not mixed and not lone and (foreign <= 3 or 2 * foreign <= len(core))


def _shown(words: Counter[bytes], encoding: str) -> str:
    """Return the most frequent word, one with letters around the foreign one where there is any."""
    ranked = sorted(words, key=lambda word: (len(word) < 3, -words[word], word))
    return ranked[0].decode(encoding, errors="replace")
