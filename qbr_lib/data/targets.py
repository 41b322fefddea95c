"""Targets held against each other: a whole that is not the sum of its parts, a target of nobody."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from qbr_lib.measures import REGISTRY
from qbr_lib.parameters import Privacy

COLUMNS = ["quarter", "scope", "scope_id", "metric", "value", "parts", "n"]
_PERIOD = ["quarter", "kind", "metric"]
_REVENUE = "bookings.won_amount"


def unequal(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the targets whose parts have targets too, but of another sum.

    The parts of a team's target are those of its reps, of a group's those of its teams, of the
    company's those of its groups, or of its teams where no group has any. Which of the two is meant
    only the organisation knows, so they are named, not mended. Ratios have no sum.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Canonical tables: targets, teams, and reps where there are any.

    Returns
    -------
    DataFrame
        quarter, scope (company, group, team), scope_id, metric, value, parts (the sum) [unit of the
        metric], n (how many parts); by quarter, the widest scope first.
    """
    targets = _additive(tables.get("targets"))
    if targets.empty:
        return pd.DataFrame(columns=COLUMNS)
    found = [_of_company(targets)]
    for scope, part, whole_of in (
        ("group", "team", tables["teams"].set_index("team_id")["group"]),
        ("team", "rep", _team_of_rep(tables)),
    ):
        parts = targets.loc[targets["scope"] == part]
        parts = parts.assign(scope=scope, scope_id=parts["scope_id"].map(whole_of))
        found.append(_compared(targets, parts))
    ordered = pd.concat(found, ignore_index=True)
    return ordered.sort_values("quarter", kind="stable").reset_index(drop=True)[COLUMNS]


def shown(found: pd.DataFrame, privacy: Privacy) -> pd.DataFrame:
    """Return what `unequal` found without the sum of so few people that it tells one's target."""
    few = (found["scope"] == "team") & (found["n"] < privacy.minimum_group)
    hidden = few & (privacy.people != "named")
    return found.assign(parts=found["parts"].mask(hidden))


def of_nobody(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the targets of teams and groups that the table teams does not name.

    Returns
    -------
    DataFrame
        Rows of targets: such a target belongs to no review.
    """
    targets, teams = tables.get("targets"), tables["teams"]
    if targets is None:
        return pd.DataFrame(columns=COLUMNS)
    team, group = targets["scope"] == "team", targets["scope"] == "group"
    stray = team & ~targets["scope_id"].isin(teams["team_id"])
    stray |= group & ~targets["scope_id"].isin(teams["group"].dropna())
    return targets.loc[stray].reset_index(drop=True)


def _additive(targets: pd.DataFrame | None) -> pd.DataFrame:
    if targets is None:
        return pd.DataFrame(columns=[*COLUMNS, "kind"])
    revenue = targets["kind"] == "revenue"
    metric = targets["metric"].where(targets["metric"].notna() | ~revenue, _REVENUE)
    summed = metric.map(lambda name: name in REGISTRY and REGISTRY[name].additive)
    # The company has no id; a value keeps it in groups.
    named = targets["scope_id"].where(targets["scope"] != "company", "")
    return targets.assign(metric=metric, scope_id=named).loc[summed.astype(bool)]


def _of_company(targets: pd.DataFrame) -> pd.DataFrame:
    """Compare the company with its groups, period by period with its teams where none has any."""
    groups = targets.loc[targets["scope"] == "group"]
    told = groups.set_index(_PERIOD).index
    teams = targets.loc[targets["scope"] == "team"]
    teams = teams.loc[~teams.set_index(_PERIOD).index.isin(told)]
    parts = pd.concat([groups, teams]).assign(scope="company", scope_id="")
    return _compared(targets, parts)


def _compared(targets: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    keys = [*_PERIOD, "scope", "scope_id"]
    sums = parts.groupby(keys, as_index=False).agg(parts=("value", "sum"), n=("value", "size"))
    both = targets.merge(sums, on=keys, validate="m:1")
    return both.loc[(both["value"] - both["parts"]).abs().round(2) > 0]


def _team_of_rep(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    if "reps" not in tables:
        return pd.Series(dtype="str")
    latest = tables["reps"].sort_values("joined_on", kind="stable", na_position="first")
    return latest.drop_duplicates("rep_id", keep="last").set_index("rep_id")["team_id"]
