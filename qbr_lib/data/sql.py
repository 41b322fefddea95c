"""SQL quoting, and what a failure of SQL may tell."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"""((?:Conversion Error|invalid input)[^'"\n]*)(['"]).*\2""")
_LINE = re.compile(r"Original Line:.*?\n(?=Expected Number|\n|Possible fixes)", re.DOTALL)
_BARE = re.compile(r"(Invalid Input Error): (?!CSV Error).*", re.DOTALL)


def quoted(name: str) -> str:
    """Return an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def without_values(message: str) -> str:
    """Return a database's message without the values it quotes: they may be somebody's name.

    >>> without_values("Conversion Error: Could not convert string 'O'Neill' to INT32 in owner")
    "Conversion Error: Could not convert string '…' to INT32 in owner"
    """
    bare = _BARE.sub(r"\1: a value does not fit", _LINE.sub("", message))
    return _QUOTED.sub(r"\1'…'", bare)
