"""What the sample organisation had planned: targets, forecasts, and the size of its markets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.data.sample.organisation import TEAMS, SampleTeam
from qbr_lib.data.sample.truths import TRUTHS
from qbr_lib.data.sample.world import LAST, Q_LAST, Random, day_number
from qbr_lib.periods import Quarter

# What was asked for on top of the mean of the last four quarters, repeated by team and quarter.
_ASKED = (1.04, 0.98, 1.06, 1.0, 1.02, 0.96)
_ROUND = -4


def quarters() -> list[Quarter]:
    """Return the quarters with targets: twelve full ones and the running one."""
    first = Quarter(2023, 4)
    return [first.shift(n) for n in range(13)]


def revenue(deals: pd.DataFrame) -> pd.DataFrame:
    """Return revenue won by team and quarter [money], zero where nothing was won."""
    won = deals.loc[deals["won"] & (deals["decided"] <= LAST)]
    day = pd.to_datetime(won["decided"], unit="D")
    quarter = day.dt.year.astype("str") + "-Q" + day.dt.quarter.astype("str")
    sums = won.assign(quarter=quarter).groupby(["team_id", "quarter"])["present_amount"].sum()
    return sums.unstack(fill_value=0.0)  # noqa: PD010 - a Series has no pivot_table


def team_targets(deals: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Return each team's revenue target by quarter.

    Targets rest on the quarters before them, as those of companies do; that of the last full
    quarter is set so that the truth's attainment holds, and so is a team's first.
    """
    won = revenue(deals)
    planted = {truth.team_id: truth.attainment for truth in TRUTHS}
    goals = {}
    for team in TEAMS:
        known: list[float] = []
        for n, quarter in enumerate(quarters()):
            key = str(quarter)
            reached = float(won.loc[team.team_id].get(key, 0.0))
            asked = _ASKED[(n + len(team.name)) % len(_ASKED)]
            goal = asked * float(np.mean(known[-4:] or [reached]))
            if day_number(quarter.last_day) > LAST:
                goal = goals.get((team.team_id, str(quarter.previous)), 0.0) * 1.03
            elif day_number(quarter.last_day) == Q_LAST:
                goal = reached / planted[team.team_id]
            if known or reached > 0:
                goals[team.team_id, key] = float(np.round(goal, _ROUND))
                known.append(reached)
    return goals


def targets(deals: pd.DataFrame) -> pd.DataFrame:
    """Return targets of all scopes and kinds; groups and company are the sums of their teams."""
    goals = team_targets(deals)
    rows: list[tuple[str, str, str, str, str, float]] = []
    group_of = {team.team_id: team.group for team in TEAMS}
    for quarter in map(str, quarters()):
        mine = {team: value for (team, q), value in goals.items() if q == quarter}
        rows += [(quarter, "team", team, "revenue", "", value) for team, value in mine.items()]
        groups = pd.Series(mine).groupby(group_of).sum()
        rows += [(quarter, "group", str(g), "revenue", "", v) for g, v in groups.items()]
        rows.append((quarter, "company", "", "revenue", "", sum(mine.values())))
        asked = pd.Series({team.team_id: _meetings(team) for team in TEAMS})
        summed = asked.groupby(group_of).sum()
        held = [("team", *one) for one in asked.items()] + [
            ("group", *one) for one in summed.items()
        ]
        rows += [
            (quarter, scope, str(one), "activity", "activity.meetings", value)
            for scope, one, value in [*held, ("company", "", float(asked.sum()))]
        ]
        for team in TEAMS:
            share = mine.get(team.team_id, 0.0) / len(team.reps)
            rows += [
                (quarter, "rep", f"{team.team_id}-r{n}", "revenue", "", round(share, -3))
                for n in range(1, len(team.reps) + 1)
                if share
            ]
        coast = mine.get("nord", 0.0)
        rows.append((quarter, "territory", "Küste", "territory", "bookings.won_amount", coast))
        rows.append((quarter, "account", "A-000", "account", "bookings.won_amount", 60_000.0))
        rows.append((quarter, "company", "", "market_share", "market.share", 0.11))
    names = ["quarter", "scope", "scope_id", "kind", "metric", "value"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(value=frame["value"].map("{:.2f}".format))


def _meetings(team: SampleTeam) -> float:
    """Return the meetings a team plans for a quarter: about one a deal it creates."""
    return float(5 * round(team.created / 5))


def forecasts(deals: pd.DataFrame, random: Random) -> pd.DataFrame:
    """Return each team's forecast of its revenue, submitted every second week."""
    won = revenue(deals)
    rows = []
    for quarter in quarters():
        for team in TEAMS:
            actual = float(won.loc[team.team_id].get(str(quarter), 0.0))
            for week in range(1, quarter.weeks, 2):
                day = quarter.week_starts(week)
                if actual and day_number(day) <= LAST:
                    spread = 0.16 * (1 - week / quarter.weeks)
                    told = actual * (1.04 + spread * random.uniform(-1, 1))
                    value = f"{told:.2f}"
                    rows.append(
                        (day.isoformat(), str(quarter), "team", team.team_id, "commit", value)
                    )
    columns = ["submitted_on", "quarter", "scope", "scope_id", "category", "amount"]
    return pd.DataFrame(rows, columns=columns)


def market(deals: pd.DataFrame) -> pd.DataFrame:
    """Return the size of each territory's market by quarter, with source and day."""
    won = revenue(deals)
    rows = []
    for n, quarter in enumerate(quarters()[:-1]):
        sizes: dict[str, float] = {}
        for team in TEAMS:
            mine = won.loc[team.team_id]
            base = float(mine[mine > 0].mean())  # a new team has no quarters to be averaged over
            sizes[team.territory] = sizes.get(team.territory, 0.0) + base * 9
        day = quarter.last_day.isoformat()
        for territory, size in sizes.items():
            value = f"{round(size * (1 + 0.006 * n), -4):.2f}"
            rows.append((str(quarter), territory, "", value, "Branchenverband (sample)", day))
    columns = ["quarter", "territory", "segment", "market_size", "source", "as_of"]
    return pd.DataFrame(rows, columns=columns)
