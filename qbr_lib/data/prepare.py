"""The organisation's data as of a day: every step from the source to typed, dated, owned deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from qbr_lib.data import (
    currency,
    endings,
    history,
    holders,
    hygiene,
    mapping,
    ownership,
    priors,
    privacy,
    rollback,
    targets,
    unusable,
    validate,
)
from qbr_lib.data.people import People, key_of
from qbr_lib.data.sources import open_source
from qbr_lib.errors import DataError, PeriodError
from qbr_lib.parameters import COMPANY, GROUP, Workspace
from qbr_lib.schema import OPEN, PAST_EVENTS, TABLES, UNASSIGNED

_FAR = pd.Timedelta(days=366)
_FEW = 5


@dataclass(frozen=True)
class Prepared:
    """What the store is written from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables up to `as_of`; `opportunities` as of that day.
    history : History
        Changes up to `as_of`, moves between teams among them.
    columns, files, rows_in : mapping
        As in `validate.Checked`.
    rejected, flags : DataFrame
        The hygiene report.
    impossible : list of (str, str)
        What is missing, and what that makes impossible.
    as_of, latest : date
        The day asked for, and the newest day of the data.
    data_since : date or None
        The first closing day.
    unusable : DataFrame
        The rejected deals (`unusable.deals`).
    holders : DataFrame
        How many people hold what (`holders.count`).
    priors : DataFrame
        How far win rates differ (`priors.of_quarters`).
    endings : DataFrame
        How soon the organisation's deals end (`endings.of`).
    unequal : DataFrame
        Targets that are not the sum of their parts (`targets.unequal`), seen before people go.
    people : People
        How people are shown in what others typed.
    """

    tables: Mapping[str, pd.DataFrame]
    history: history.History
    columns: Mapping[str, frozenset[str]]
    files: Mapping[str, str]
    rows_in: Mapping[str, int]
    rejected: pd.DataFrame
    flags: pd.DataFrame
    impossible: list[tuple[str, str]]
    as_of: dt.date
    latest: dt.date
    data_since: dt.date | None
    unusable: pd.DataFrame
    holders: pd.DataFrame
    priors: pd.DataFrame
    endings: pd.DataFrame
    unequal: pd.DataFrame
    people: People = field(default_factory=People)


def prepare(workspace: Workspace, as_of: str, own_snapshots: pd.DataFrame | None) -> Prepared:
    """Read, map, check and roll back the organisation's data; people as `privacy` says.

    Parameters
    ----------
    workspace : Workspace
        Names the source and the mapping.
    as_of : str
        A day such as "2026-10-05", or "latest".
    own_snapshots : DataFrame or None
        Snapshots that earlier runs kept under `history/`.

    Raises
    ------
    QbrError
        If anything is refused; nothing has been written then.
    """
    checked = read(workspace)
    latest = newest_day(checked.tables, refuse_outlier=as_of == "latest")
    day = latest if as_of == "latest" else dt.date.fromisoformat(as_of)
    deals, told, rate = _state(checked, workspace, own_snapshots, day=day, latest=latest)
    tables = _until(checked.tables, day) | {"opportunities": deals}
    tables |= ownership.of_people(tables)
    organisation, closed = workspace.organisation, deals["closed_on"].min()
    starts, since = organisation.fiscal_year_starts, None if pd.isna(closed) else closed.date()
    data = Prepared(
        tables=tables,
        history=told,
        columns=checked.columns,
        files=checked.files,
        rows_in=checked.rows_in,
        rejected=_rejected_until(checked.rejected, day),
        flags=hygiene.flags(deals, checked, told, rate, as_of=day),
        impossible=hygiene.impossible(checked, told),
        as_of=day,
        latest=latest,
        data_since=since,
        unusable=unusable.deals(checked, organisation.currency, day=day, latest=latest),
        holders=holders.count(deals, tables["teams"], as_of=day, starts=starts),
        priors=priors.of_quarters(deals, since=since, as_of=day, starts=starts),
        endings=endings.of(deals, since=since, as_of=day, starts=starts),
        unequal=targets.shown(targets.unequal(tables), organisation.privacy),
    )
    named = organisation.privacy.people == "named"
    key = b"" if named else key_of(workspace.history)
    return privacy.protect(data, organisation.privacy, key)


def read(workspace: Workspace) -> validate.Checked:
    """Read, map and check the export as it is: it tells every person, so it stays in memory.

    Raises
    ------
    QbrError
        If anything is refused.
    """
    with open_source(workspace) as raw:
        mapped = mapping.apply(raw, workspace)
        checked = validate.check(raw.connection, mapped, workspace.organisation)
    _refuse_reserved(checked.tables["teams"]["team_id"])
    return checked


def _refuse_reserved(ids: pd.Series) -> None:
    """Refuse a team whose id names all of them, those of a group, or deals without a team."""
    taken = [one for one in ids if one in (COMPANY, UNASSIGNED) or one.startswith(GROUP)]
    if taken:
        raise DataError(
            "A team's id means something else",
            where="teams, team_id",
            got=", ".join(map(repr, taken[:5])),
            wanted=f"another id than {COMPANY}, {UNASSIGNED} and {GROUP}…",
            edit="give the team another id in the export or the mapping; its name may stay",
        )


def _state(
    checked: validate.Checked,
    workspace: Workspace,
    own_snapshots: pd.DataFrame | None,
    *,
    day: dt.date,
    latest: dt.date,
) -> tuple[pd.DataFrame, history.History, pd.Series]:
    """Return the deals as of a day, in one currency and with teams; their history; the rates."""
    tables, exported = checked.tables, checked.tables["opportunities"]
    key = key_of(workspace.history, make=False)
    snapshots = _all_snapshots(tables, own_snapshots, latest, key)
    present = ownership.present(exported, tables, latest)
    told = history.build(
        exported.assign(team_id=present),
        tables.get("opportunity_events"),
        snapshots,
        day=day,
        latest=latest,
        rejected=checked.rejected["id"],
    )
    deals = rollback.roll_back(exported, told, day, latest=latest)
    _refuse_nothing(deals, exported["created_on"], day, latest)
    seen = ownership.watched(exported, snapshots if told.kind == "snapshots" else None, tables)
    now = present.set_axis(exported["opportunity_id"]).reindex(seen.index)
    seen = seen.assign(team=rollback.value_at(told.changes, "team_id", day, now)[0])
    currency_of, rates = workspace.organisation.currency, tables.get("fx_rates")
    rate = currency.rates(deals, rates, currency_of, as_of=day)
    currency.refuse_unknown(deals, rate, currency_of)
    deals = currency.convert(deals, rate)
    changes = currency.convert_changes(history.cut(told.changes, day), deals, rate)
    deals, changes = ownership.assign(deals, changes, tables, seen)
    return deals, replace(told, changes=changes), rate


def _refuse_nothing(deals: pd.DataFrame, began: pd.Series, day: dt.date, latest: dt.date) -> None:
    if deals.empty or pd.Timestamp(day) < began.min():  # some deals have no day of creation
        raise PeriodError(
            "Nothing had happened by the day asked for",
            where="'as_of'",
            got=day.isoformat(),
            wanted=f"a day on which a deal existed; the newest is {latest.isoformat()}",
            edit="choose a later 'as_of'",
        )


def _all_snapshots(
    tables: Mapping[str, pd.DataFrame], own: pd.DataFrame | None, latest: dt.date, key: bytes
) -> pd.DataFrame | None:
    """Return the source's and the kept snapshots; the source wins where both have a day."""
    given = tables.get("opportunity_snapshots")
    if own is None or own.empty:
        return given
    older = own.loc[own["taken_on"] < pd.Timestamp(latest)]
    if given is not None:
        older = older.loc[~older["taken_on"].isin(given["taken_on"])]
    if older.empty:
        return given
    older = older.assign(owner_id=privacy.recognised(older["owner_id"], tables, key))
    both = [frame for frame in (given, older) if frame is not None and len(frame)]
    told = ownership.with_teams(pd.concat(both, ignore_index=True), tables)
    known = ownership.known_teams(told["team_id"], tables["teams"])
    return told.assign(team_id=known.where(told["team_id"].notna()).astype("str"))


def _until(tables: Mapping[str, pd.DataFrame], day: dt.date) -> dict[str, pd.DataFrame]:
    """Return every table without the rows that came to be after a day."""
    end = pd.Timestamp(day) + history.DAY
    kept = {}
    for name, frame in tables.items():
        column = TABLES[name].happened
        rows = frame if column is None else frame.loc[frame[column].isna() | (frame[column] < end)]
        if name == "leads":  # a conversion later than the day has not happened
            later = rows["converted_on"] >= end
            rows = rows.assign(
                converted_on=rows["converted_on"].mask(later),
                opportunity_id=rows["opportunity_id"].mask(later),
            )
        kept[name] = rows.drop(columns="_row").reset_index(drop=True)
    return kept


def _rejected_until(rejected: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    happened = pd.to_datetime(rejected["happened"])
    return rejected.loc[happened.isna() | (happened < pd.Timestamp(day) + history.DAY)]


def newest_day(tables: Mapping[str, pd.DataFrame], *, refuse_outlier: bool) -> dt.date:
    """Return the newest day on which anything happened: the meaning of `as_of: latest`.

    Raises
    ------
    DataError
        If a handful of rows lies more than a year after everything else, or nothing is dated.
    """
    found = [
        _dated(tables[table], table, column) for table, column in PAST_EVENTS if table in tables
    ]
    days = pd.concat(found, ignore_index=True).sort_values("day", kind="stable")
    if days.empty:
        raise DataError(
            "No row carries a day on which something happened",
            where="opportunities",
            got="no created_on, no closed_on",
            wanted="at least one readable day",
            edit="map created_on and closed_on, or check 'date_formats' in org.yml",
        )
    newest = days.iloc[-1]
    rest = days.iloc[: -min(_FEW, max(1, len(days) // 100))]
    if refuse_outlier and len(rest) and newest["day"] - rest["day"].iloc[-1] > _FAR:
        raise DataError(
            "The newest day of the data is far from all others",
            where=f"{newest['table']}.{newest['column']}, {newest['id']}",
            got=newest["day"].date().isoformat(),
            wanted=f"a day near {rest['day'].iloc[-1].date()}, the newest of the others",
            edit="mend that day in the CRM, or set 'as_of' in org.yml",
        )
    return newest["day"].date()


def _dated(frame: pd.DataFrame, table: str, column: str) -> pd.DataFrame:
    rows = frame.loc[frame[column].notna()]
    if table == "opportunities" and column == "closed_on":
        rows = rows.loc[rows["status"] != OPEN]
    days = rows[column].dt.normalize()
    named = {
        "day": days,
        "table": table,
        "column": column,
        "id": rows[TABLES[table].columns[0].name],
    }
    return pd.DataFrame(named).sort_values("day", kind="stable").tail(_FEW * 100)
