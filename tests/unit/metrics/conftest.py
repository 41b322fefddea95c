"""Slices made by hand: a few deals and changes, everything else filled in."""

import datetime as dt
import functools

import pandas as pd
import pytest

from qbr_lib.data.slices import Slice
from qbr_lib.parameters import Organisation
from qbr_lib.periods import Quarter
from qbr_lib.schema import TABLES

DTYPES = {
    "text": "str",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us]",
    "money": "float64",
    "number": "float64",
    "boolean": "boolean",
}


def typed(name, rows):
    """Return a canonical table from rows that give only what matters."""
    columns = {}
    for column in TABLES[name].columns:
        given = [row.get(column.name) for row in rows]
        if column.type in ("date", "timestamp"):
            given = [None if value is None else pd.Timestamp(value) for value in given]
        columns[column.name] = pd.array(given, dtype=DTYPES[column.type])
    return pd.DataFrame(columns)


def changes_frame(changes):
    """Return a history from (opportunity_id, at, field, old, new), sorted as the store sorts it."""
    moments = [(one[0], pd.Timestamp(one[1]), *one[2:]) for one in changes]
    told = sorted(moments, key=lambda one: one[:2])
    names = ["opportunity_id", "at", "field", "old", "new"]
    kinds = dict.fromkeys(names, "str") | {"at": "datetime64[us]"}
    columns = zip(*told, strict=True) if told else [[]] * len(names)
    return pd.DataFrame(
        {
            name: pd.array(list(one), dtype=kinds[name])
            for name, one in zip(names, columns, strict=True)
        }
    )


@functools.cache
def _probe():
    return Organisation(company="Probe")


def _organisation(**given):
    return Organisation(company="Probe", **given) if given else _probe()


def build_slice(
    deals=(),
    changes=None,
    *,
    quarter="2026-Q3",
    as_of=None,
    scope="team",
    teams=("nord",),
    name=None,
    groups=None,
    kind="events",
    since="2020-01-01",
    data_since="2020-01-01",
    absent=(),
    tables=None,
    **organisation,
):
    parameters = _organisation(**organisation)
    under_review = Quarter.parse(quarter, starts=parameters.fiscal_year_starts)
    defaults = {"team_id": teams[0] if teams else "nord", "status": "open"}
    opportunities = typed("opportunities", [defaults | dict(deal) for deal in deals])
    removed = [pd.Timestamp(dict(deal).get("removed_on")) for deal in deals]
    opportunities["removed_on"] = pd.array(removed, dtype="datetime64[us]")
    given = {key: typed(key, rows) for key, rows in (tables or {}).items()}
    columns = {key: frozenset(TABLES[key].names) for key in given}
    columns["opportunities"] = frozenset(TABLES["opportunities"].names) - set(absent)
    rows = [
        {"team_id": one, "name": one.title(), "group": (groups or {}).get(one)} for one in teams
    ]
    return Slice(
        scope=scope,
        team_ids=tuple(teams),
        name=name or (teams[0] if scope == "team" and teams else scope),
        quarter=under_review,
        as_of=dt.date.fromisoformat(as_of) if as_of else under_review.last_day,
        organisation=parameters,
        tables={"opportunities": opportunities} | given,
        columns=columns,
        history=None if changes is None else changes_frame(changes),
        history_kind=None if changes is None else kind,
        history_since=dt.date.fromisoformat(since) if since and changes is not None else None,
        data_since=dt.date.fromisoformat(data_since) if data_since else None,
        flags=pd.DataFrame(columns=["opportunity_id", "flag", "detail"], dtype="str"),
        hygiene={},
        provenance={},
        teams=typed("teams", rows)[["team_id", "name", "group", "territory"]],
    )


@pytest.fixture(scope="session")
def make_slice():
    """Return a function that makes a slice from a few deals and changes."""
    return build_slice


@pytest.fixture(scope="session")
def values():
    """Return a function that gives the measures found, by the last part of their id."""

    def of(outcomes):
        return {one.id.split(".")[1]: getattr(one, "value", None) for one in outcomes}

    return of


@pytest.fixture(scope="session")
def reasons():
    """Return a function that gives reason and details of what is unavailable, by short id."""

    def of(outcomes):
        missing = [one for one in outcomes if not hasattr(one, "value")]
        return {one.id.split(".")[1]: (one.reason, dict(one.details)) for one in missing}

    return of
