"""Teams whose quarters do not change: what any claim made of them would be is noise.

The worlds differ in what makes quarters differ by themselves, and none is like the sample.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.periods import Quarter
from tests.unit.metrics.conftest import build_slice, changes_frame, typed

UNDER_REVIEW = Quarter.parse("2026-Q3", starts=1)
STAGES = ("Qualify", "Propose", "Negotiate")
PRODUCTS = {"Core": (0.5, 20_000.0, 0.0), "Plus": (0.3, 45_000.0, -0.08), "Care": (0.2, 8_000, 0.1)}
RIVALS = {"none": (0.5, 0.06), "Alpha": (0.3, -0.02), "Beta": (0.2, -0.10)}


@dataclass(frozen=True)
class World:
    """What a team's quarters are like.

    Parameters
    ----------
    deals : float
        Created a quarter.
    chance : float
        To be won, before what product and competitor add.
    days : float
        From creation to decision, on average.
    spread : float
        Of the amounts' logarithms: 0.5 is tame, 1.2 has single deals that make a quarter.
    restless : float
        How far quarters swing by themselves in number, chance and size [standard deviation].
    season : float
        How much more is created in each fourth quarter [ratio].
    """

    deals: float = 60.0
    chance: float = 0.35
    days: float = 60.0
    spread: float = 0.5
    restless: float = 0.0
    season: float = 0.0


WORLDS = {
    "steady": World(),
    "few deals": World(deals=18.0),
    "many deals": World(deals=160.0, chance=0.22, days=40.0),
    "large single deals": World(deals=45.0, spread=1.2),
    "restless": World(restless=0.15),
    "seasonal": World(season=0.3),
    "slow": World(deals=40.0, chance=0.3, days=150.0),
}


def team(world: World, seed: int, quarters: int = 12) -> Slice:
    """Return the last quarter of a team that was the same all along, with its history before."""
    return drawn_team(world, seed, quarters)[0]


def drawn_team(world: World, seed: int, quarters: int = 12) -> tuple[Slice, pd.DataFrame]:
    """Return a team and its deals as they were drawn: `chance` to be won, and all that follows."""
    drawn = np.random.default_rng(seed)
    first = UNDER_REVIEW.shift(-quarters)
    deals = pd.concat(
        [_created(world, first.shift(n - 2), drawn) for n in range(quarters + 3)], ignore_index=True
    )
    deals["opportunity_id"] = [f"d{n:05}" for n in range(len(deals))]
    begins, end = pd.Timestamp(first.first_day), pd.Timestamp(UNDER_REVIEW.last_day)
    deals = deals.loc[(deals["decided"] >= begins) & (deals["created_on"] <= end)]
    changes = changes_of(deals, end, drawn)
    rows = _rows(deals, end)
    empty = build_slice(
        changes=[],
        stages=STAGES,
        since=first.first_day.isoformat(),
        data_since=first.first_day.isoformat(),
        as_of=UNDER_REVIEW.last_day.isoformat(),
    )
    table = typed("opportunities", rows.to_dict(orient="records"))
    table["removed_on"] = pd.array([None] * len(table), dtype="datetime64[us]")
    tables = {"opportunities": table}
    return dataclasses.replace(empty, tables=tables, history=changes_frame(changes)), deals


def _created(world: World, quarter: Quarter, drawn: np.random.Generator) -> pd.DataFrame:
    more, luck, size = drawn.normal(0, world.restless, 3)
    season = 1 + world.season * (quarter.number == 4)
    n = drawn.poisson(world.deals * season * np.exp(more))
    length = (quarter.last_day - quarter.first_day).days + 1
    created = pd.Timestamp(quarter.first_day) + pd.to_timedelta(drawn.integers(0, length, n), "D")
    days = np.maximum(2, drawn.gamma(2.5, world.days / 2.5, n)).astype(int)
    product = drawn.choice(list(PRODUCTS), n, p=[share for share, _, _ in PRODUCTS.values()])
    rival = drawn.choice(list(RIVALS), n, p=[share for share, _ in RIVALS.values()])
    chance = np.full(n, world.chance + luck / 3)
    chance += np.array([PRODUCTS[p][2] for p in product]).reshape(n)
    chance += np.array([RIVALS[r][1] for r in rival]).reshape(n)
    chance = np.clip(chance, 0.02, 0.98)
    typical = np.array([PRODUCTS[p][1] for p in product]).reshape(n) * np.exp(size)
    return pd.DataFrame(
        {
            "created_on": created,
            "decided": created + pd.to_timedelta(days, "D"),
            "days": days,
            "chance": chance,
            "won": drawn.random(n) < chance,
            "amount": np.round(typical * drawn.lognormal(0, world.spread, n), 2),
            "product": product,
            "competitor": np.where(rival == "none", None, rival),
            "segment": drawn.choice(["Large", "Small"], n),
            "lead_source": drawn.choice(["Web", "Fair", "Partner"], n),
        }
    )


def _rows(deals: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    done = deals["decided"] <= end
    status = np.where(done, np.where(deals["won"], "won", "lost"), "open")
    return deals.assign(
        team_id="nord",
        status=status,
        closed_on=deals["decided"].where(done).astype("object").where(done, None),
        account_id=None,
        list_amount=deals["amount"],
    )


def changes_of(deals: pd.DataFrame, end: pd.Timestamp, drawn: np.random.Generator) -> list[tuple]:
    """Write stages at even parts of a deal's life, and planned days that move when they pass.

    The frame gets the columns stage and expected_close_on as of the end.
    """
    told, stages, planned = [], [], []
    shares = drawn.dirichlet([2.0, 2.0, 2.0], len(deals)).cumsum(axis=1)
    guesses = np.maximum(5, (deals["days"] * drawn.lognormal(0, 0.4, len(deals)))).astype(int)
    for row, share, guess in zip(deals.itertuples(), shares, guesses, strict=True):
        stage, day = STAGES[0], row.created_on + pd.Timedelta(days=int(guess))
        told.append((row.opportunity_id, row.created_on, "stage", None, stage))
        plan = day.date().isoformat()
        told.append((row.opportunity_id, row.created_on, "expected_close_on", None, plan))
        for name, part in zip(STAGES[1:], share, strict=False):
            at = row.created_on + pd.Timedelta(days=int(row.days * part), hours=10)
            if at <= min(end, row.decided):
                told.append((row.opportunity_id, at, "stage", stage, name))
                stage = name
        while day < min(end, row.decided):
            later = day + pd.Timedelta(days=int(drawn.integers(10, 60)))
            new = later.date().isoformat()
            moved = day + pd.Timedelta(hours=9)
            told.append((row.opportunity_id, moved, "expected_close_on", plan, new))
            day, plan = later, new
        stages.append(stage)
        planned.append(day)
    deals["stage"], deals["expected_close_on"] = stages, planned
    return told
