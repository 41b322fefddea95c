"""Why a workbook came to no result, in one sentence for the manifest and the index."""

from __future__ import annotations

from qbr_lib import errors
from qbr_lib.formats import Formats
from qbr_lib.words import Words

_LONGEST = 200
_WHERE = "Where: "


def cell(name: str, value: str, number: int | None, words: Words) -> str:
    """Name the cell by the number Jupyter shows, and what it raised."""
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.QbrError):
        return _sentence(_own(value))
    text = f"{name}: {_first_line(value)}" if value else name
    return _sentence(words.say("Cell {n} failed: {error}", n=number, error=text))


def killed(number: int, words: Words) -> str:
    """Say that the kernel was gone."""
    return words.say(
        "The process was killed in cell {n}, most often because memory ran out.", n=number
    )


def memory(number: int, limit: int, formats: Formats) -> str:
    """Say that the workbook took more memory than it may."""
    return formats.words.say(
        "Cell {n} took more than {limit} MiB of memory.", n=number, limit=formats.count(limit)
    )


def other_library(words: Words) -> str:
    """Say that a worker would make another page."""
    return words.say("The worker has another version of the library.")


def lost(words: Words) -> str:
    """Say that the process that drives the kernel was gone, twice."""
    return words.say("The process was killed, most often because memory ran out.")


def away(words: Words) -> str:
    """Say that nothing is known of what others were to execute."""
    return words.say("The workers that had it were lost, or their scheduler was.")


def timeout(number: int, limit: float, formats: Formats) -> str:
    """Say which cell was running when the time was over."""
    return formats.words.say(
        "Cell {n} was still running after {limit} seconds.", n=number, limit=formats.count(limit)
    )


def no_kernel(err: Exception, words: Words) -> str:
    """Say that no kernel could be started."""
    return _sentence(words.say("The kernel did not start: {error}", error=_first_line(str(err))))


def no_result(words: Words) -> str:
    """Say that the notebook ran, but to no end."""
    return words.say("The last cell shows no result.")


def full(words: Words) -> str:
    """Say that the disk is full."""
    return words.say("The disk is full; the last good files are untouched.")


def unwritable(err: OSError, words: Words) -> str:
    """Say which file could not be written."""
    name = str(err.filename or "").rpartition("/")[2]
    text = ": ".join(filter(None, (name, err.strerror or str(err))))
    return _sentence(words.say("A file cannot be read or written: {error}", error=text))


def unexpected(err: Exception, words: Words) -> str:
    """Say what broke while the page was made."""
    text = f"{type(err).__name__}: {_first_line(str(err))}"
    return _sentence(words.say("The page cannot be made: {error}", error=text))


def _own(message: str) -> str:
    """Return what and where of one of our own messages, which stand on lines of their own."""
    lines = [line.strip() for line in message.splitlines()]
    where = [line.removeprefix(_WHERE) for line in lines if line.startswith(_WHERE)]
    what = lines[0].rstrip(".")
    return f"{what} ({where[0]})" if where else what


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _sentence(text: str) -> str:
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
    return short if short.endswith((".", "!", "?", "…")) else f"{short}."
