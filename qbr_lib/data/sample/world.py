"""The deals of the sample organisation and everything that happened to them.

Each deal is drawn once: when it was created, how large it is, when and how it is decided, and how
its planned closing day moved. The planted truths change these draws for the last full quarter only.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from qbr_lib.data.sample.organisation import (
    COMPETITORS,
    FIRST_DAY,
    LAST_DAY,
    LAST_FULL_QUARTER,
    LOST_REASONS,
    PRODUCTS,
    SEGMENTS,
    SOURCES,
    TEAMS,
    WON_REASONS,
    SampleTeam,
)
from qbr_lib.periods import Quarter

Random = np.random.Generator
_BEGIN = Quarter(2023, 2)
_BERLIN_BEGINS = Quarter(2026, 1)
_NEVER = 600
_RECORD = 1_120_000.0


def day_number(day: dt.date) -> int:
    """Return a day as days since 1970, the unit of all arithmetic here."""
    return (day - dt.date(1970, 1, 1)).days


LAST, FIRST = day_number(LAST_DAY), day_number(FIRST_DAY)
Q_FIRST, Q_LAST = day_number(LAST_FULL_QUARTER.first_day), day_number(LAST_FULL_QUARTER.last_day)


def deals(random: Random) -> pd.DataFrame:
    """Return one row per deal: days as numbers, first and last amount, who wins."""
    frame = pd.concat([_team(team, random) for team in TEAMS], ignore_index=True)
    frame = frame.loc[(frame["decided"] >= FIRST) & (frame["created"] <= LAST)]
    frame = frame.sort_values(["created", "team_id", "_draw"], kind="stable").reset_index(drop=True)
    frame["opportunity_id"] = [f"D-{n:05d}" for n in range(1, len(frame) + 1)]
    return _record(_opening(frame)).drop(columns="_draw")


def _team(team: SampleTeam, random: Random) -> pd.DataFrame:
    created = _created(team, random)
    n = len(created)
    decided, waits = _decided(team, created, random)
    in_quarter = (decided >= Q_FIRST) & (decided <= Q_LAST)
    product = _products(team, in_quarter, random)
    competitor = random.choice(list(COMPETITORS), n, p=list(COMPETITORS.values()))
    chance = np.full(n, team.win_rate)
    if team.team_id == "sued":
        more = in_quarter & (random.random(n) < 0.45)
        competitor = np.where(more, "Kontora", competitor)
        chance = np.where(in_quarter & (competitor == "Kontora"), 0.10, chance)
    won = random.random(n) < chance
    amounts = np.array([PRODUCTS[p] for p in product]) * team.size
    first = np.round(amounts * random.lognormal(-0.07, 0.38, n), -2)
    changed = random.random(n) < 0.3
    amount = np.where(changed, np.round(first * random.uniform(0.82, 1.15, n), -2), first)
    reps = [f"{team.team_id}-r{k + 1}" for k in range(len(team.reps))]
    return pd.DataFrame(
        {
            "team_id": team.team_id,
            "territory": team.territory,
            "created": created,
            "decided": decided,
            "waits": waits,
            "won": won,
            "product": product,
            "competitor": competitor,
            "first_amount": first,
            "amount": amount,
            "owner_id": random.choice(reps, n),
            "segment": random.choice(SEGMENTS, n),
            "lead_source": random.choice(list(SOURCES), n, p=list(SOURCES.values())),
            "lost_reason": random.choice(list(LOST_REASONS), n, p=list(LOST_REASONS.values())),
            "won_reason": random.choice(list(WON_REASONS), n, p=list(WON_REASONS.values())),
            "account": random.integers(0, 400, n),
            "_draw": np.arange(n),
        }
    )


def _created(team: SampleTeam, random: Random) -> np.ndarray:
    """Return the creation days: spread over each quarter, about as many in each."""
    days = []
    quarter = _BERLIN_BEGINS if team.team_id == "berlin" else _BEGIN
    while quarter.first_day <= LAST_DAY:
        factor = 1.0 + random.uniform(-0.08, 0.08)
        if team.team_id == "nord" and quarter in (LAST_FULL_QUARTER, LAST_FULL_QUARTER.previous):
            factor = 0.78 if quarter == LAST_FULL_QUARTER else 0.95
        if team.team_id == "ost" and quarter == LAST_FULL_QUARTER:
            factor = 1.28
        length = (quarter.last_day - quarter.first_day).days + 1
        n = round(team.created * factor)
        days.append(day_number(quarter.first_day) + random.integers(0, length, n))
        quarter = quarter.next
    return np.sort(np.concatenate(days))


def _decided(
    team: SampleTeam, created: np.ndarray, random: Random
) -> tuple[np.ndarray, np.ndarray]:
    """Return the days of the decisions, and how long a stage holds the deals up [days]."""
    n = len(created)
    days = np.maximum(6, random.gamma(4.0, team.days / 4.0, n)).astype(int)
    days = np.where(random.random(n) < 0.03, _NEVER, days)
    decided, waits = _season(created + days, random), np.zeros(n, dtype=int)
    if team.team_id == "west":
        late = (decided >= Q_FIRST - 35) & (decided <= Q_LAST) & (random.random(n) < 0.85)
        waits = np.where(late, 36, 0)
    decided = decided + waits
    if team.team_id == "behoerden":
        late = (decided >= Q_LAST - 50) & (decided <= Q_LAST) & (random.random(n) < 0.8)
        decided = np.where(late, decided + 56, decided)
    return decided, waits


def _season(decided: np.ndarray, random: Random) -> np.ndarray:
    """Move a part of the decisions towards the end of their quarter, as sales quarters go."""
    stamps = pd.to_datetime(decided, unit="D")
    ends = np.asarray((stamps.to_period("Q").end_time.normalize() - pd.Timestamp(0)).days)
    late = random.random(len(decided)) < 0.22
    pulled = ends - random.integers(0, 18, len(decided))
    return np.where(late, np.maximum(decided, pulled), decided)


def _products(team: SampleTeam, in_quarter: np.ndarray, random: Random) -> np.ndarray:
    product = random.choice(list(PRODUCTS), len(in_quarter), p=team.mix)
    if team.team_id == "rhein-main":
        cheaper = in_quarter & (product != "Service") & (random.random(len(in_quarter)) < 0.42)
        product = np.where(cheaper, "Service", product)
    if team.team_id == "ost":  # its usual products, lest luck with them explains the quarter
        usual = np.repeat(
            list(PRODUCTS), np.ceil(np.array(team.mix) * in_quarter.sum()).astype(int)
        )
        drawn = np.random.default_rng(int(in_quarter.sum())).permutation(usual)
        product[in_quarter] = drawn[: in_quarter.sum()]
    return product


def _opening(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the very first day see a closing, so that the first quarter is whole."""
    first = frame.index[(frame["team_id"] == "nord") & (frame["decided"] > FIRST)][0]
    frame.loc[first, "decided"] = FIRST
    return frame


def _record(frame: pd.DataFrame) -> pd.DataFrame:
    """Make one of the key-account team's deals of the last full quarter the largest of all."""
    mine = (frame["team_id"] == "grosskunden") & frame["decided"].between(Q_FIRST + 60, Q_LAST)
    best = frame.loc[mine & frame["won"], "amount"].idxmax()
    frame.loc[best, ["first_amount", "amount"]] = [980_000.0, _RECORD]
    return frame
