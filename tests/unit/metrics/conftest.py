"""Slices made by hand: a few deals and changes, everything else filled in."""

import datetime as dt

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
    frame = pd.DataFrame(rows, columns=list(TABLES[name].names) if not len(rows) else None)
    columns = {}
    for column in TABLES[name].columns:
        given = frame.get(column.name, pd.Series(None, index=frame.index, dtype="object"))
        if column.type in ("date", "timestamp"):
            given = pd.to_datetime(given)
        columns[column.name] = given.astype(DTYPES[column.type])
    return pd.DataFrame(columns, index=frame.index)


def changes_frame(changes):
    """Return a history from (opportunity_id, at, field, old, new), sorted as the store sorts it."""
    names = ["opportunity_id", "at", "field", "old", "new"]
    frame = pd.DataFrame(list(changes), columns=names)
    texts = {name: frame[name].astype("str") for name in names if name != "at"}
    frame = frame.assign(**texts, at=pd.to_datetime(frame["at"], format="ISO8601").astype("datetime64[us]"))
    return frame.sort_values(["opportunity_id", "at"], kind="stable").reset_index(drop=True)


def _make_slice(
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
    parameters = Organisation(company="Probe", **organisation)
    under_review = Quarter.parse(quarter, starts=parameters.fiscal_year_starts)
    defaults = {"team_id": teams[0] if teams else "nord", "status": "open"}
    opportunities = typed("opportunities", [defaults | dict(deal) for deal in deals])
    removed = [dict(deal).get("removed_on") for deal in deals]
    opportunities["removed_on"] = pd.to_datetime(pd.Series(removed, dtype="object")).astype(
        "datetime64[us]"
    )
    given = {key: typed(key, rows) for key, rows in (tables or {}).items()}
    columns = {key: frozenset(TABLES[key].names) for key in given}
    columns["opportunities"] = frozenset(TABLES["opportunities"].names) - set(absent)
    rows = [{"team_id": one, "name": one.title(), "group": (groups or {}).get(one)} for one in teams]
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
        history_since=None if changes is None else dt.date.fromisoformat(since),
        data_since=dt.date.fromisoformat(data_since) if data_since else None,
        flags=pd.DataFrame(columns=["opportunity_id", "flag", "detail"], dtype="str"),
        hygiene={},
        provenance={},
        teams=typed("teams", rows)[["team_id", "name", "group", "territory"]],
    )


@pytest.fixture(scope="session")
def make_slice():
    """Return a function that makes a slice from a few deals and changes."""
    return _make_slice


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
