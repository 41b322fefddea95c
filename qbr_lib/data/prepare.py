"""The organisation's data as of a day: every step from the source to typed, dated, owned deals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from qbr_lib.data import currency, history, hygiene, mapping, ownership, rollback, validate
from qbr_lib.data.sources import open_source
from qbr_lib.errors import DataError, PeriodError
from qbr_lib.parameters import Workspace
from qbr_lib.schema import OPEN, PAST_EVENTS, TABLES

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


def prepare(workspace: Workspace, as_of: str, own_snapshots: pd.DataFrame | None) -> Prepared:
    """Read, map, check and roll back the organisation's data.

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
    with open_source(workspace) as raw:
        mapped = mapping.apply(raw, workspace)
        checked = validate.check(raw.connection, mapped, workspace.organisation)
    latest = newest_day(checked.tables, refuse_outlier=as_of == "latest")
    day = latest if as_of == "latest" else dt.date.fromisoformat(as_of)
    exported = checked.tables["opportunities"]
    snapshots = _all_snapshots(checked.tables.get("opportunity_snapshots"), own_snapshots, latest)
    told = history.build(
        exported,
        checked.tables.get("opportunity_events"),
        snapshots,
        day=day,
        latest=latest,
        rejected=checked.rejected["id"],
    )
    deals = rollback.roll_back(exported, told, day, latest=latest)
    if deals.empty:
        raise PeriodError(
            "Nothing had happened by the day asked for",
            where="'as_of'",
            got=day.isoformat(),
            wanted=f"a day on which a deal existed; the newest is {latest.isoformat()}",
            edit="choose a later 'as_of'",
        )
    changes = history.cut(told.changes, day)
    rate = currency.rates(
        deals, checked.tables.get("fx_rates"), workspace.organisation.currency, as_of=day
    )
    deals = currency.convert(deals, rate)
    changes = currency.convert_changes(changes, deals, rate)
    deals, changes = _owned(deals, changes, checked)
    told = history.History(changes, told.kind, told.since, told.contradictions)
    tables = _until(checked.tables, day) | {"opportunities": deals}
    closed = deals["closed_on"].min()
    return Prepared(
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
        data_since=None if pd.isna(closed) else closed.date(),
    )


def _owned(
    deals: pd.DataFrame, changes: pd.DataFrame, checked: validate.Checked
) -> tuple[pd.DataFrame, pd.DataFrame]:
    teams = checked.tables["teams"]
    team, moves = ownership.team_changes(deals, changes, checked.tables.get("reps"))
    moves = moves.assign(
        old=ownership.known_teams(moves["old"], teams),
        new=ownership.known_teams(moves["new"], teams),
    )
    moves = moves.loc[moves["old"] != moves["new"]]
    resolved = ownership.known_teams(team, teams).astype("str")
    owned = deals.assign(team_as_exported=deals["team_id"], team_id=resolved)
    both = pd.concat([changes, moves], ignore_index=True) if len(moves) else changes
    return owned, both.sort_values(["opportunity_id", "at"], kind="stable").reset_index(drop=True)


def _all_snapshots(
    given: pd.DataFrame | None, own: pd.DataFrame | None, latest: dt.date
) -> pd.DataFrame | None:
    """Return the source's and the kept snapshots; the source wins where both have a day."""
    if own is None or own.empty:
        return given
    older = own.loc[own["taken_on"] < pd.Timestamp(latest)]
    if given is None or given.empty:
        return older
    return pd.concat(
        [given, older.loc[~older["taken_on"].isin(given["taken_on"])]], ignore_index=True
    )


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
