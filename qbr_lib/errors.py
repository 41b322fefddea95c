"""Every exception the library raises on purpose, in one tree.

QbrError
├── ParameterError      a parameter file or run parameter is refused
│   └── PeriodError     a quarter or day is malformed or outside the data
├── RecordConflict      a record was changed by someone else since it was read
├── SourceError         a file or database cannot be read as configured
├── MappingError        a mapping does not fit the raw tables, or its SQL fails
├── DataError           the data as a whole cannot be used
├── StoreError          the prepared store or history cannot be read or written
├── ResultError         a notebook's result does not fit its schema or does not add up
└── RunError            a workbook cannot be planned or executed

A message has four parts: what failed and where, what was got, what was wanted, what to edit.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class QbrError(Exception):
    """Something the user can mend; the parts of the message are kept as fields.

    Parameters
    ----------
    what : str
        What failed, as a sentence without its full stop.
    where : str
        File, table, column, line: as exact as is known.
    got, wanted : str
        What was found and what would have been accepted.
    edit : str
        What to change, as an instruction.
    """

    def __init__(
        self, what: str, *, where: str = "", got: str = "", wanted: str = "", edit: str = ""
    ) -> None:
        self.what, self.where, self.got, self.wanted, self.edit = what, where, got, wanted, edit
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the whole message, one part a line, absent parts left out."""
        parts = [("Where", self.where), ("Got", self.got), ("Wanted", self.wanted)]
        lines = [f"{self.what}."] + [f"  {name}: {text}" for name, text in parts if text]
        return "\n".join([*lines, f"  Edit: {self.edit}"] if self.edit else lines)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by fields, so that the error crosses process borders whole."""
        return (_rebuild, (type(self), self.what, self.where, self.got, self.wanted, self.edit))

    @property
    def sentence(self) -> str:
        """The message as one sentence, for a list that has one line to spare."""
        text = " ".join(self.what.split())
        return f"{text} ({' '.join(self.where.split())})." if self.where else f"{text}."


def _rebuild(
    kind: type[QbrError], what: str, where: str, got: str, wanted: str, edit: str
) -> QbrError:
    return kind(what, where=where, got=got, wanted=wanted, edit=edit)


class ParameterError(QbrError):
    """A parameter file or run parameter is refused."""


class PeriodError(ParameterError):
    """A quarter or day is malformed, or lies outside the data."""


class RecordConflict(QbrError):  # noqa: N818 - the name that callers catch
    """A record was changed by someone else since it was read; the message shows both versions."""


class SourceError(QbrError):
    """A file or database cannot be read as configured."""


class MappingError(QbrError):
    """A mapping does not fit the raw tables, or its SQL fails."""


class DataError(QbrError):
    """The data as a whole cannot be used."""


class StoreError(QbrError):
    """The prepared store or the history cannot be read or written."""


class ResultError(QbrError):
    """A notebook's result does not fit its schema, or does not add up."""


class RunError(QbrError):
    """A workbook cannot be planned or executed."""


def nearest(name: str, legal: Iterable[str]) -> str:
    """Return a hint naming the nearest legal name, with the whole choice behind it.

    >>> nearest("quater", ["quarter", "team"])
    "'quarter'? Known: quarter, team"
    """
    known = sorted(legal)
    folded = {legal_name.casefold(): legal_name for legal_name in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    listed = f"Known: {', '.join(known)}" if known else "Known: none"
    return f"'{folded[close[0]]}'? {listed}" if close else listed
