"""Which record belongs to a team and cycle: the one people wrote, else the sample's own."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from qbr_lib.data.people import People
from qbr_lib.data.slices import Slice
from qbr_lib.errors import ParameterError, RecordConflict
from qbr_lib.formats import Formats
from qbr_lib.measures import N_
from qbr_lib.parameters import Workspace
from qbr_lib.periods import Quarter
from qbr_lib.record import Record, Stored, path_of, read, update
from qbr_lib.words import Words, in_language

_PEOPLE = ("owner", "by", "name", "with_whom", "rep")
_IDS = ("id", "goal", "parent")
_REMEMBERED = 8  # cycles: two years
_PLAIN = ("kind", "metric", "leading", "state", "likelihood")


def of(data: Slice, quarter: Quarter, language: str = "") -> Stored:
    """Return the record of a team and cycle as it may be shown; empty without one.

    The cycle is that of the review of a quarter. People are shown as `privacy.people` says, so
    this record is for reading: what is written starts from `raw`.

    The goals in it are those for the quarter after. Of the sample organisation, whose records of
    past cycles can be made again, they stand under `build/` as long as nobody wrote any.

    Parameters
    ----------
    language : {"de", "en"}
        In which the sample's texts are; empty for the organisation's.
    """
    spoken = language or data.organisation.language
    return _protected(raw(data, quarter, spoken), data.people, in_language(spoken))


def earlier(
    data: Slice, quarter: Quarter, language: str = "", cycles: int = _REMEMBERED
) -> list[tuple[Quarter, Record]]:
    """Return the records of the cycles before one, the newest first, as they may be shown."""
    quarters = [quarter.shift(-back) for back in range(1, cycles + 1)]
    found = [(before, of(data, before, language)) for before in quarters]
    return [(before, stored.record) for before, stored in found if stored.digest]


def raw(data: Slice, quarter: Quarter, language: str = "") -> Stored:
    """Return the record of a team and cycle as it was written, for commands that write it."""
    spoken = language or data.organisation.language
    own = read(place(data, quarter))
    if own.digest or data.organisation.source.kind != "sample" or data.scope != "team":
        return own
    made = data.root / "build" / "records" / f"{_version(data)}-{spoken}" / str(quarter)
    formats = Formats(in_language(spoken), data.organisation.currency)
    return _sample(data, quarter, made / f"{data.folder}.yml", formats) or own


def _protected(stored: Stored, people: People, words: Words) -> Stored:
    """Return a record whose people are shown as the organisation wants; its file stays as it is."""
    if people.mode == "named":
        return stored

    def shown(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: shown(one, key) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return [shown(one, name) for one in value]
        if not isinstance(value, str) or name in _PLAIN:
            return value
        if name in _IDS:  # a name in an id, such as calls-anna-muster, hides it as a whole
            telling = value.replace("-", " ").replace("_", " ")
            return value if people.prose(telling) == telling else _sign(value)
        return people.person(value, words) if name in _PEOPLE else people.prose(value)

    record = Record.model_validate(shown(stored.record.model_dump()))
    return replace(stored, record=record)


def place(data: Slice, quarter: Quarter) -> Path:
    """Return where people's record of a team and cycle stands or would stand."""
    return path_of(Workspace(data.root, data.organisation), quarter, data.folder)


def _version(data: Slice) -> str:
    """Name what the sample's records are made from, so that they never outlive it."""
    return f"{data.as_of.isoformat()}-{_digest(data.provenance['slice'] + _code())}"


@cache
def _code() -> str:
    library = Path(__file__).resolve().parents[1]
    parts = [*sorted(library.rglob("*.py")), *sorted(library.rglob("*.po"))]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def _sign(text: str) -> str:
    return f"id-{_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def refuse_late(quarter: Quarter, at: dt.date) -> None:
    """Refuse an agreement on a target of a quarter that was over by then.

    Raises
    ------
    ParameterError
        With the last day on which it could be agreed on.
    """
    if at > quarter.last_day:
        raise ParameterError(
            N_("A target is agreed on while its quarter runs"),
            where=f"goal for {quarter}",
            got=f"an agreement of {at.isoformat()}",
            wanted=f"a day up to {quarter.last_day.isoformat()}",
            edit=N_("give the day it was agreed on with --on, or set a goal for the next quarter"),
        )


def own(stored: Stored, path: Path) -> Stored:
    """Return a record where people's records stand, copied there if it is the sample's."""
    if stored.path == path or not stored.digest or path.exists():
        return read(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(stored.path.read_bytes())
    beside.replace(path)
    return read(path)


def _sample(data: Slice, quarter: Quarter, path: Path, formats: Formats) -> Stored | None:
    if path.is_file():
        return read(path)
    from qbr_lib.goals import sample  # it measures, and what measures is slow to import

    content = sample.record(data, quarter, formats)
    if not content:
        return None
    try:
        return update(path, "", lambda document: document.update(content))
    except RecordConflict:  # another notebook of this team made it at this moment
        return read(path)
