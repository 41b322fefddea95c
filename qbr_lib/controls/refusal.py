"""A refusal as the person at the slider reads it."""

from __future__ import annotations

from qbr_lib.errors import QbrError
from qbr_lib.words import Words


def refusal(err: QbrError, words: Words) -> str:
    """Return what was refused and what to do, in the reader's language; both versions if two are.

    File, field and what was typed are in front of the reader; whole messages are for commands.
    """
    said = words.say("{sentence}.", sentence=words.say(err.what))
    shown = err.got.splitlines()[1:]  # a conflict lists what stands in the file, and what does not
    edit = words.say(err.edit) if err.edit else ""
    told = words.say("{sentence}.", sentence=edit[0].upper() + edit[1:]) if edit else ""
    return "\n".join([said, *shown, told]).strip()
