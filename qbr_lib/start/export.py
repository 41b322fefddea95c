"""What the files of an export show about how they are written: a proposal for the source's keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from qbr_lib.data.files import load_file
from qbr_lib.data.sources import files_of
from qbr_lib.data.sql import quoted
from qbr_lib.parameters import UNDECIDED, Source
from qbr_lib.start.cells import DAY_FIRST, MONTH_FIRST, Evidence, evidence
from qbr_lib.start.letters import CANDIDATES, delimiter_of, encoding_of

_TEXT = (".csv", ".txt", ".tsv")
_TYPED = "\x1f"  # stands for the point of numbers that a file holds as numbers: no evidence
_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True)
class Reading:
    """One file and what it shows.

    Parameters
    ----------
    name, stem : str
        The file's name; the key it has under `source.files`.
    rows : int
        Over all its tables.
    evidence : tuple of Evidence
        Of all its columns.
    """

    name: str
    stem: str
    rows: int
    evidence: tuple[Evidence, ...]

    def of(self, key: str) -> list[Evidence]:
        """Return the evidence on a key, what most cells show first."""
        found = [piece for piece in self.evidence if piece.key == key]
        return sorted(found, key=lambda piece: -piece.cells)


@dataclass(frozen=True)
class Statement:
    """A key of the source with the value that a file gives it.

    Parameters
    ----------
    key, value : str, str or list of str
        `UNDECIDED` where the file allows several values.
    file : str
        Which file shows it.
    shown : Evidence
        By what.
    choices : tuple of mapping
        The keys and values that a person may choose from where nothing is decided.
    """

    key: str
    value: Any
    file: str
    shown: Evidence
    choices: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Proposal:
    """What an export proposes for `source`.

    Parameters
    ----------
    statements : tuple of Statement
        For all files.
    files : mapping of str to tuple of Statement
        What differs for one file, by its key under `source.files`.
    """

    statements: tuple[Statement, ...]
    files: Mapping[str, tuple[Statement, ...]]


def propose(folder: Path) -> Proposal:
    """Read every cell of an export and say how it is written, as far as it proves that.

    Raises
    ------
    SourceError
        If the folder holds no tables or a file is none.
    """
    readings = sorted((read(path) for path in files_of(folder)), key=lambda one: -one.rows)
    settled = {one.stem: {s.key: s for s in _settled(one, readings)} for one in readings}
    common = {
        key: _common(key, [keys[key] for keys in settled.values() if key in keys])
        for key in ("encoding", "delimiter", "decimal", "thousands", "date_formats")
    }
    if common["decimal"] and common["decimal"].value == UNDECIDED:
        common["thousands"] = None  # its choices name both
    statements = tuple(statement for statement in common.values() if statement is not None)
    files = {stem: tuple(_differing(keys, common)) for stem, keys in settled.items()}
    return Proposal(statements, {k: v for k, v in files.items() if v})


def read(path: Path) -> Reading:
    """Read one file: encoding and delimiter from its bytes, the rest from its cells."""
    found: list[Evidence] = []
    options = Source(kind="folder", path=".").model_copy(update={"decimal": _TYPED})
    if path.suffix.lower() in _TEXT:
        encoding, word = encoding_of(path)
        usable = "latin-1" if encoding == UNDECIDED else encoding or "utf-8"
        delimiter = delimiter_of(path, usable)
        options = options.model_copy(update={"encoding": usable, "delimiter": delimiter})
        if encoding:
            found.append(Evidence("encoding", encoding, 0, "", word))
        if delimiter:
            found.append(Evidence("delimiter", delimiter, 0, "", ""))
    rows = 0
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("CREATE SCHEMA raw")
        for name, _ in load_file(connection, path, options, None):
            found += evidence(connection, name)
            counted = connection.execute(f"SELECT count(*) FROM raw.{quoted(name)}").fetchone()
            rows += int(counted[0]) if counted else 0
    return Reading(path.name, path.stem, rows, tuple(found))


def _settled(one: Reading, readings: Sequence[Reading]) -> Iterator[Statement]:
    for key in ("encoding", "delimiter"):
        for piece in one.of(key):
            choices = [{key: name} for name in CANDIDATES] if piece.value == UNDECIDED else []
            yield Statement(key, piece.value, one.name, piece, tuple(choices))
    yield from _numbers(one, readings)
    yield from _dates(one, readings)


def _numbers(one: Reading, readings: Sequence[Reading]) -> Iterator[Statement]:
    pieces = one.of("decimal")
    own = {piece.value for piece in pieces if piece.value}
    proven = own or {piece.value for other in readings for piece in other.of("decimal")} - {""}
    groups = one.of("thousands")
    if pieces and len(proven) == 1:
        decimal = proven.pop()
        shown = next((piece for piece in pieces if piece.value == decimal), pieces[0])
        yield Statement("decimal", decimal, one.name, shown)
        groups += [p for p in pieces if not p.value and _OTHER[decimal] in p.example]
        for piece in groups[:1]:
            yield Statement("thousands", piece.value or _OTHER[decimal], one.name, piece)
    elif pieces:
        choices = tuple({"decimal": point, "thousands": _OTHER[point]} for point in _OTHER)
        yield Statement("decimal", UNDECIDED, one.name, pieces[-1], choices)
    elif groups:  # "1'054" alone
        yield Statement("thousands", groups[0].value, one.name, groups[0])


def _dates(one: Reading, readings: Sequence[Reading]) -> Iterator[Statement]:
    forms = list(dict.fromkeys(piece.value for piece in one.of("date_formats")))
    if not forms:
        return
    shown, orders = one.of("date_formats")[0], dict[str, str]()
    for separator in {form[2] for form in forms if "%1" in form}:
        proven = _orders([one], separator) or _orders(readings, separator)
        if len(proven) != 1:
            choices = tuple(
                {"date_formats": _resolved(forms, {separator: order} | orders)}
                for order in (DAY_FIRST, MONTH_FIRST)
            )
            asked = next(p for p in one.of("order") if p.value.startswith(separator))
            yield Statement("date_formats", UNDECIDED, one.name, asked, choices)
            return
        orders[separator] = proven.pop()
    yield Statement("date_formats", _resolved(forms, orders), one.name, shown)


def _orders(readings: Iterable[Reading], separator: str) -> set[str]:
    values = {piece.value for one in readings for piece in one.of("order")}
    return {value[1:] for value in values if value[0] == separator} - {""}


def _resolved(forms: Sequence[str], orders: Mapping[str, str]) -> list[str]:
    """Return formats with days and months in place.

    Those with two digits for the year come first: "%Y" reads "26" as the year 26.
    """
    written = []
    for form in forms:
        order = orders.get(form[2], DAY_FIRST)
        written.append(form.replace("%1", order[:2]).replace("%2", order[2:]))
    return sorted(written, key=lambda form: "%Y" in form)


def _common(key: str, given: Sequence[Statement]) -> Statement | None:
    """Return what holds for all files: what the largest says; of formats all that agree with it."""
    decided = [statement for statement in given if statement.value != UNDECIDED]
    if not decided or key != "date_formats":
        return next(iter(decided or given), None)
    first, forms = decided[0], list(decided[0].value)
    for statement in decided[1:]:
        if not _clash(statement.value, forms):
            forms += [form for form in statement.value if form not in forms]
    return Statement(key, _resolved(forms, {}), first.file, first.shown)


def _clash(some: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether two lists of formats read the same days in different ways."""
    swapped = {form[3:5] + form[2] + form[:2] for form in others}
    return any(form[:5] in swapped for form in some)


def _differing(
    keys: Mapping[str, Statement], common: Mapping[str, Statement | None]
) -> Iterator[Statement]:
    for key, statement in keys.items():
        general = common[key]
        if general is None or statement is general or statement.value == general.value:
            continue
        within = key == "date_formats" and UNDECIDED not in (statement.value, general.value)
        if not (within and not _clash(statement.value, general.value)):
            yield statement
    own, general = keys.get("decimal"), common["thousands"]
    if own and general and own.value == general.value and "thousands" not in keys:
        yield Statement("thousands", "", own.file, own.shown)
