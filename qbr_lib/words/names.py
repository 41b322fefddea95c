"""Names that people gave, set into the project's own texts and pages without disturbing them.

A name may be written from right to left, may turn the direction of what follows, or may be one
word of hundreds of letters. Each keeps its direction to itself and breaks where a line ends.
"""

from __future__ import annotations

import re
import unicodedata
from html import escape

_TURNING = frozenset(("R", "AL", "AN", "LRE", "RLE", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"))
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_LONG_WORD = re.compile(r"[^\s-]{36,}|[^\s._-]{25,}")  # ids such as a_b.c_d stay whole for longer


def turns(text: str) -> bool:
    """Tell whether a text holds letters or marks that change the direction of reading."""
    if text.isascii():
        return False
    return any(unicodedata.bidirectional(letter) in _TURNING for letter in text)


def isolated(text: str) -> str:
    """Return a text that keeps its direction to itself within a sentence.

    >>> isolated("Pumpe"), isolated("שלום")
    ('Pumpe', '\u2068שלום\u2069')
    """
    return f"{_FIRST_STRONG}{text}{_POP}" if turns(text) else text


def inline(text: str) -> str:
    """Return a text as inline HTML: escaped, its direction kept to itself, long words breakable.

    >>> inline("<b>"), inline("שלום")
    ('&lt;b&gt;', '<bdi>שלום</bdi>')
    """
    pieces = []
    end = 0
    for word in _LONG_WORD.finditer(text):
        pieces.append(escape(text[end : word.start()]))
        pieces.append(f'<span class="long">{escape(word[0])}</span>')
        end = word.end()
    safe = "".join([*pieces, escape(text[end:])])
    return f"<bdi>{safe}</bdi>" if turns(text) else safe
