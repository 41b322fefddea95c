"""Gettext catalogues: English is the message id, German stands in `locale/de/…/qbr.po`.

The `.po` file is the only source. It is compiled in memory when a language is first asked for, so
no compiled copy can fall behind it.
"""

from __future__ import annotations

import functools
import gettext
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from qbr_lib.words.names import isolated

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = ("de", "en")
LOCALES = Path(__file__).parent / "locale"


@dataclass(frozen=True)
class Words:
    """The text of one language.

    Parameters
    ----------
    language : {"de", "en"}
        As in the parameters.
    """

    language: Language

    def say(self, message: str, /, **parts: Any) -> str:
        """Return a message in this language, its braces filled.

        >>> in_language("de").say("Revenue won")
        'Umsatz gewonnen'
        """
        text = _translations(self.language).gettext(message)
        return text.format(**_apart(parts)) if parts else text

    def count(self, one: str, many: str, n: int, /, **parts: Any) -> str:
        """Return the singular or plural form for `n`; `{n}` may stand in it.

        >>> in_language("de").count("{n} deal", "{n} deals", 2562)
        '2.562 Deals'
        """
        text = _translations(self.language).ngettext(one, many, n)
        whole = format_decimal(n, format="#,##0", locale=self.language)
        return text.format(n=whole, **_apart(parts))


def _apart(parts: dict[str, Any]) -> dict[str, Any]:
    """Return what fills the braces of a message so that no name turns the words around it."""
    return {key: isolated(part) if isinstance(part, str) else part for key, part in parts.items()}


def in_language(language: str) -> Words:
    """Return the words of a language.

    Raises
    ------
    ValueError
        If the language is neither "de" nor "en".
    """
    for known in LANGUAGES:
        if language == known:
            return Words(known)
    message = f"language {language!r}: wanted one of {', '.join(LANGUAGES)}"
    raise ValueError(message)


@functools.cache
def _translations(language: Language) -> gettext.NullTranslations:
    path = LOCALES / language / "LC_MESSAGES" / "qbr.po"
    if not path.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
