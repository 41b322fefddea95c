"""Leads that came in during the quarter, and how many of them became deals."""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import NO_LEADS, NO_NEW_LEADS, Measure, Outcome, Unavailable
from qbr_lib.metrics.conversion import wilson


def created(data: Slice) -> pd.DataFrame:
    """Return the teams' leads that came in during the quarter under review, one row each."""
    rows, quarter = data.tables["leads"], data.quarter
    day = rows["created_on"]
    within = (day >= pd.Timestamp(quarter.first_day)) & (day <= pd.Timestamp(quarter.last_day))
    return rows.loc[within & rows["team_id"].isin(data.team_ids)]


def measures(data: Slice) -> list[Outcome]:
    """Return the number of new leads, and the share of them that has become a deal so far."""
    ids = ("leads.created", "leads.conversion")
    if "leads" not in data.tables:
        return [Unavailable(one, NO_LEADS) for one in ids]
    rows = created(data)
    counted = Measure(ids[0], float(len(rows)), len(rows))
    if rows.empty:
        return [counted, Unavailable(ids[1], NO_NEW_LEADS, {"quarter": str(data.quarter)})]
    converted = int(rows["converted_on"].notna().sum())
    low, high = wilson(converted, len(rows))
    return [counted, Measure(ids[1], converted / len(rows), len(rows), low, high)]
