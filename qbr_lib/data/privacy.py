"""The privacy switch: what of people leaves `prepare`, so that nothing after it can tell more.

`off` empties every column that names a person and drops the rows that exist per person;
`pseudonym` writes pseudonyms into them; `named` changes nothing. Teams are resolved before, so the
figures of a team are the same in all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from qbr_lib.data.people import NOBODY, PSEUDONYM, People, normal, pseudonym, signed
from qbr_lib.parameters import Privacy
from qbr_lib.schema import TABLES

if TYPE_CHECKING:  # it calls this module
    from qbr_lib.data.prepare import Prepared

Frames = Mapping[str, pd.DataFrame]

# Every column that names a person. A rep's territory says who it is, so `off` empties it as well.
PERSONS: dict[str, tuple[str, ...]] = {
    "opportunities": ("owner_id",),
    "opportunity_snapshots": ("owner_id",),
    "accounts": ("owner_id",),
    "reps": ("rep_id", "name", "manager_id"),
    "teams": ("manager",),
    "leads": ("owner_id",),
    "activities": ("rep_id",),
}
_TELLING = {"reps": ("territory",)}
SCOPED = ("targets", "forecasts")
_GROUPS = ("company", "group", "team", "territory", "account")  # any other scope is one person's
_EVENTS = "opportunity_events"
_NO_PROSE = ("teams", "fx_rates", _EVENTS, *SCOPED)  # labels of the organisation, and codes


def prose_columns(table: str) -> list[str]:
    """Return a table's columns of free text, in which somebody's name may stand."""
    apart = (*PERSONS.get(table, ()), "url", "currency", "quarter")
    return [
        column.name
        for column in TABLES[table].columns
        if table not in _NO_PROSE and column.type == "text" and column.values == ()  # noqa: PD011
        if not column.name.endswith("_id") and column.name not in apart
    ]


def pseudonyms(tables: Frames, key: bytes) -> dict[str, str]:
    """Return the pseudonym of every person of the data, by each id and name they go by there."""
    ids = set(tables["reps"]["rep_id"]) if "reps" in tables else set()
    names = _names(tables)
    return {
        text: pseudonym(text if text in ids else names.get(normal(text), text), key)
        for text in _persons_of(tables)
    }


def _names(tables: Frames) -> dict[str, str]:
    """Return reps' ids by name (`normal`), of the names that are one rep's only."""
    if "reps" not in tables:
        return {}
    rows = tables["reps"][["rep_id", "name"]].dropna()
    rows = rows.assign(name=rows["name"].map(normal)).drop_duplicates()
    rows = rows.drop_duplicates("name", keep=False)
    return dict(zip(rows["name"], rows["rep_id"], strict=True))


def _persons_of(tables: Frames) -> set[str]:
    """Return every id and name that stands where a person should."""
    columns = [
        tables[table][name] for table in PERSONS if table in tables for name in PERSONS[table]
    ]
    if _EVENTS in tables:
        owners = tables[_EVENTS].loc[tables[_EVENTS]["field"] == "owner_id"]
        columns += [owners["old_value"], owners["new_value"]]
    for table in SCOPED:
        if table in tables:
            columns.append(tables[table].loc[~tables[table]["scope"].isin(_GROUPS), "scope_id"])
    return {text for column in columns for text in column.dropna().unique()}


def recognised(owners: pd.Series, tables: Frames, key: bytes) -> pd.Series:
    """Return owners with the pseudonyms of an earlier run resolved; unknown ones are missing."""
    coded = owners.str.fullmatch(PSEUDONYM).fillna(False).astype(bool)
    if not coded.any():
        return owners
    ids = set(tables["opportunities"]["owner_id"].dropna())
    back = {code: text for text, code in pseudonyms(tables, key).items() if text in ids}
    return owners.where(~coded, owners.map(back)).astype("str")


def people_of(privacy: Privacy, codes: Mapping[str, str], key: bytes) -> People:
    """Return how people are shown in texts; those of the data are known by keyed hashes only."""
    known = {}
    for text, code in codes.items():
        plain = normal(text)
        first, _, last = plain.rpartition(" ")
        for form in {plain, f"{last} {first}".strip()}:  # "Müller, Anna" as well
            known[signed(form, key)] = code if privacy.people == "pseudonym" else NOBODY
    return People(privacy.people, dict(sorted(known.items())), key=lambda: key)


def protect(data: Prepared, privacy: Privacy, key: bytes) -> Prepared:
    """Return the organisation's data with people as the organisation shows them.

    Parameters
    ----------
    data : Prepared
        As read, teams resolved; not changed.
    privacy : Privacy
        The organisation's.
    key : bytes
        Of the pseudonyms; unused with `named`.
    """
    if privacy.people == "named":
        return data
    codes = pseudonyms(data.tables, key)
    cover = Cover(people_of(privacy, codes, key), codes, key)
    told = data.history
    return replace(
        data,
        tables={name: cover.table(name, frame) for name, frame in data.tables.items()},
        history=replace(
            told,
            changes=cover.changes(told.changes, "old", "new"),
            contradictions=cover.flags(told.contradictions),
        ),
        columns={name: cover.given(name, columns) for name, columns in data.columns.items()},
        rejected=cover.rejected(data.rejected),
        flags=cover.flags(data.flags),
        people=cover.people,
    )


@dataclass(frozen=True)
class Cover:
    """Replaces the people of frames.

    Parameters
    ----------
    people : People
        How they are shown in texts.
    codes : mapping of str to str
        As `pseudonyms` returns them.
    key : bytes
        For whoever is not among them.
    """

    people: People
    codes: Mapping[str, str]
    key: bytes

    @property
    def off(self) -> bool:
        """Whether nobody is shown."""
        return self.people.mode == "off"

    def persons(self, column: pd.Series) -> pd.Series:
        """Return what stands for the persons of a column: nothing, or their pseudonyms."""
        if self.off:
            return column.mask(column.notna()).astype("str")
        code = {
            one: self.codes.get(one) or pseudonym(one, self.key) for one in column.dropna().unique()
        }
        return column.map(code).astype("str")

    def prose(self, column: pd.Series) -> pd.Series:
        """Return free texts without the people that stand in them."""
        last = {normal(text).rpartition(" ")[2] for text in self.codes}
        last |= {f"{word}{ending}" for word in last for ending in ("s", "'s", "’s")}
        texts = column.dropna().unique()
        suspect = [text for text in texts if not last.isdisjoint(normal(text).split())]
        changed = {text: self.people.prose(text) for text in suspect}
        return column.replace(changed) if changed else column

    def table(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a canonical table."""
        if name == _EVENTS:
            return self.changes(frame, "old_value", "new_value")
        if name in SCOPED:
            theirs = ~frame["scope"].isin(_GROUPS)
            covered = self.persons(frame["scope_id"].where(theirs))
            kept = frame.assign(scope_id=frame["scope_id"].where(~theirs, covered))
            return kept.loc[~theirs].reset_index(drop=True) if self.off else kept
        persons = {column: self.persons(frame[column]) for column in PERSONS.get(name, ())}
        if self.off:
            persons |= {column: self.persons(frame[column]) for column in _TELLING.get(name, ())}
        prose = {c: self.prose(frame[c]) for c in prose_columns(name) if c not in persons}
        return frame.assign(**persons, **prose)

    def changes(self, frame: pd.DataFrame, old: str, new: str) -> pd.DataFrame:
        """Return changes; those of the owner are dropped where nobody is shown."""
        owner = frame["field"] == "owner_id"
        if self.off:
            return frame.loc[~owner].reset_index(drop=True)
        covered = {
            name: frame[name].where(~owner, self.persons(frame[name].where(owner)))
            for name in (old, new)
        }
        return frame.assign(**covered)

    def flags(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return flags, whose detail may name an owner."""
        stray = frame["flag"] == "unknown_owner"
        detail = self.prose(frame["detail"].where(~stray, self.persons(frame["detail"])))
        both = detail.str.startswith("owner_id: ").fillna(False).astype(bool)
        return frame.assign(detail=detail.mask(both, "owner_id").fillna("").astype("str"))

    def rejected(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rejected rows, whose raw value may be a person."""
        rep = frame["table"] == "reps"
        places = zip(frame["table"], frame["column"], strict=True)
        named = pd.Series(
            [column in PERSONS.get(table, ()) for table, column in places],
            index=frame.index,
            dtype="bool",
        )
        value = self.prose(frame["value"].astype("str"))
        return frame.assign(
            id=frame["id"].where(~rep, self.persons(frame["id"].astype("str"))),
            value=value.mask(named, self.persons(value)),
        )

    def given(self, name: str, columns: frozenset[str]) -> frozenset[str]:
        """Return the columns that a table still has."""
        return columns - {*PERSONS.get(name, ()), *_TELLING.get(name, ())} if self.off else columns
