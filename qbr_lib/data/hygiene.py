"""What is wrong with the data without making it unusable: the list to mend in the CRM."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data.history import History
from qbr_lib.data.validate import Checked
from qbr_lib.measures import N_
from qbr_lib.schema import OPEN, UNASSIGNED, WON

FLAGS: dict[str, str] = {
    "missing_amount": N_("no amount"),
    "negative_amount": N_("negative amount"),
    "missing_created": N_("no creation day"),
    "overdue": N_("planned closing day has passed"),
    "unknown_team": N_("team is not in the table teams"),
    "unknown_owner": N_("owner is not in the table reps"),
    "no_rate": N_("no exchange rate by that day"),
    "event_without_deal": N_("history of a deal that is not in the export"),
    "history_gap": N_("the history skips a change"),
    "history_contradicts_deal": N_("the last recorded change disagrees with the deal"),
    "closing_changed": N_("closed more than once"),
}
COLUMNS = ["flag", "opportunity_id", "team_id", "line", "detail", "money"]

EVENTS = "opportunity_events"
# What the absence of a table or column makes impossible: (table, column or None, what).
IMPOSSIBLE: tuple[tuple[str, str | None, str], ...] = (
    (EVENTS, None, N_("pipeline bridge and slipped deals")),
    ("opportunities", "expected_close_on", N_("overdue deals and the pipeline of a quarter")),
    ("opportunities", "created_on", N_("deals created and days to a decision")),
    ("opportunities", "amount", N_("revenue and deal size")),
    ("opportunities", "reason", N_("reasons for wins and losses")),
    ("opportunities", "competitor", N_("win rate by competitor")),
    ("targets", None, N_("target and attainment")),
    ("accounts", None, N_("account names beside the deals")),
    ("reps", None, N_("teams by owner, and deals that moved between teams")),
    ("leads", None, N_("leads and their conversion")),
    ("activities", None, N_("activities")),
    ("forecasts", None, N_("accuracy of the forecasts")),
    ("market", None, N_("market share")),
    ("competitor_notes", None, N_("notes on competitors")),
    ("fx_rates", None, N_("amounts in other currencies")),
)


def impossible(checked: Checked, history: History) -> list[tuple[str, str]]:
    """Return (what is missing, what it makes impossible) for each absent table or column."""
    missing = []
    for table, column, what in IMPOSSIBLE:
        if table == EVENTS:
            missing += _of_history(checked, history, what)
        elif table not in checked.tables:
            missing.append((table, what))
        elif column and column not in checked.columns[table]:
            missing.append((f"{table}.{column}", what))
    return missing


def _of_history(checked: Checked, history: History, what: str) -> list[tuple[str, str]]:
    if history.kind is None:
        return [("opportunity_events or opportunity_snapshots", what)]
    if history.since is None:
        return [("opportunity_events.expected_close_on", what)]
    if history.kind == "events" and "amount" not in set(checked.tables[EVENTS]["field"]):
        return [("opportunity_events.amount", N_("amounts raised and lowered"))]
    return []


def flags(
    deals: pd.DataFrame,
    checked: Checked,
    history: History,
    rate: pd.Series,
    *,
    as_of: dt.date,
) -> pd.DataFrame:
    """Return one row per deal and flag: the deals that are kept but want mending.

    Parameters
    ----------
    deals : DataFrame
        As of the day, with `team_id` resolved, `removed_on`, and `team_as_exported`.
    rate : Series
        Exchange rates as `currency.rates` returns them.
    """
    given = checked.columns["opportunities"]
    living = deals["removed_on"].isna()
    running = (deals["status"] == OPEN) & living
    tests = {
        "negative_amount": deals["amount"] < 0,
        "unknown_team": deals["team_id"] == UNASSIGNED,
        "no_rate": rate.isna(),
    }
    if "amount" in given:
        counts = running | (deals["status"] == WON)
        tests["missing_amount"] = deals["amount"].isna() & counts & rate.notna()
    if "created_on" in given:
        tests["missing_created"] = deals["created_on"].isna()
    if "expected_close_on" in given:
        tests["overdue"] = running & (deals["expected_close_on"] < pd.Timestamp(as_of))
    if "reps" in checked.tables and "owner_id" in given:
        known = deals["owner_id"].isin(checked.tables["reps"]["rep_id"])
        tests["unknown_owner"] = ~known
    pieces = [_rows(deals, test & living, name) for name, test in tests.items()]
    told = history.contradictions.merge(deals, on="opportunity_id", how="left", validate="m:1")
    moved = told.assign(line=told["_row"], money=told["amount"])[COLUMNS]
    found = pd.concat([*pieces, moved], ignore_index=True)
    rank = found["flag"].map({name: n for n, name in enumerate(FLAGS)})
    ordered = found.assign(_rank=rank).sort_values(["_rank", "opportunity_id"], kind="stable")
    return ordered[COLUMNS].reset_index(drop=True)


def _rows(deals: pd.DataFrame, test: pd.Series, flag: str) -> pd.DataFrame:
    rows = deals.loc[test]
    detail = rows["team_as_exported"] if flag == "unknown_team" else pd.Series("", index=rows.index)
    detail = rows["owner_id"] if flag == "unknown_owner" else detail
    named = {
        "flag": flag,
        "line": rows["_row"],
        "detail": detail.fillna(""),
        "money": rows["amount"],
    }
    return rows.assign(**named)[COLUMNS]
