"""Everything a reader sees as text, in German and English."""

from qbr_lib.words.catalogue import LANGUAGES, Language, Words, in_language

__all__ = ["LANGUAGES", "Language", "Words", "in_language"]
