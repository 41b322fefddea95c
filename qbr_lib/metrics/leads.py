"""Leads that came in during the quarter, and how many of them became deals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import NO_CONVERSIONS, NO_LEADS, NO_NEW_LEADS, Measure, Outcome, Unavailable
from qbr_lib.metrics.bookings import quarters_since
from qbr_lib.metrics.conversion import wilson

SOURCES = ["source", "leads", "converted", "low", "high", "leads_before", "converted_before"]


def created(data: Slice) -> pd.DataFrame:
    """Return the teams' leads that came in during the quarter under review, one row each."""
    rows = data.tables["leads"]
    within = rows["created_on"].between(*data.quarter.span)
    return rows.loc[within & rows["team_id"].isin(data.team_ids)]


def measures(data: Slice) -> list[Outcome]:
    """Return the number of new leads, and the share of them that has become a deal so far."""
    ids = ("leads.created", "leads.conversion")
    if "leads" not in data.tables:
        return [Unavailable(one, NO_LEADS) for one in ids]
    rows = created(data)
    if not data.has("leads", "converted_on"):
        told = Measure(ids[0], float(len(rows)), len(rows))
        return [told, Unavailable(ids[1], NO_CONVERSIONS)]
    counted = Measure(ids[0], float(len(rows)), len(rows))
    if rows.empty:
        return [counted, Unavailable(ids[1], NO_NEW_LEADS, {"quarter": str(data.quarter)})]
    converted = int(rows["converted_on"].notna().sum())
    low, high = wilson(converted, len(rows))
    return [counted, Measure(ids[1], converted / len(rows), len(rows), low, high)]


def by_source(data: Slice) -> pd.DataFrame:
    """Return how many leads of each source became deals, beside the same in earlier quarters.

    Earlier leads have had longer to become deals. So they count as they stood as many days after
    the end of their quarter (before it, if that of the review still runs) as the data is now.

    Returns
    -------
    DataFrame
        source (missing as NaN), leads, converted, low, high (possible rates) of the quarter;
        leads_before, converted_before of the earlier whole quarters of the table; most leads
        first, only sources of the quarter.
    """
    rows = data.tables["leads"]
    rows = rows.loc[rows["team_id"].isin(data.team_ids)]
    spans = _spans(data, rows["created_on"].min())
    place = np.searchsorted(spans["first"], rows["created_on"], side="right") - 1
    rows = rows.assign(now=place == len(spans) - 1).loc[place >= 0]
    span = spans.iloc[place[place >= 0]].set_index(rows.index)
    rows = rows.loc[rows["created_on"] <= span[["last", "until"]].min(axis=1)]
    converted = rows["converted_on"] <= span["until"].loc[rows.index]
    parts = pd.DataFrame({"leads": 1, "converted": converted.astype("int64")}, index=rows.index)
    now, before = (
        parts.loc[side].groupby(rows["source"].loc[side], dropna=False).sum().reset_index()
        for side in (rows["now"], ~rows["now"])
    )
    told = now.merge(before, on="source", how="left", suffixes=("", "_before"), validate="1:1")
    told = told.fillna({"leads_before": 0, "converted_before": 0})
    told = told.astype({"leads_before": "int64", "converted_before": "int64"})
    bounds = [wilson(c, n) for c, n in zip(told["converted"], told["leads"], strict=True)]
    told = told.assign(low=[low for low, _ in bounds], high=[high for _, high in bounds])
    ordered = told.sort_values(["leads", "source"], ascending=[False, True], kind="stable")
    return ordered[SOURCES].reset_index(drop=True)


def _spans(data: Slice, began: pd.Timestamp) -> pd.DataFrame:
    """Return first and last day of the whole quarters, and until when a lead's fate counts."""
    quarters = quarters_since(data, began)
    whole = quarters[:1] + [one for one in quarters[1:] if pd.Timestamp(one.first_day) >= began]
    lag = pd.Timestamp(data.as_of) - pd.Timestamp(data.quarter.last_day)
    spans = pd.DataFrame([one.span for one in whole[::-1]], columns=["first", "last"])
    return spans.assign(until=spans["last"] + lag)
