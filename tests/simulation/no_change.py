"""What a workbook claims of teams that never change, and how often its intervals hold the truth.

    python -m tests.simulation.no_change --quarters 400

prints, for each world, in how many quarters any pattern was claimed, of which kinds, and the share
of quarters in which each 95 % interval held what the world was drawn from.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import ageing, conversion, drivers, explained
from tests.simulation.worlds import WORLDS, World, drawn_team

STEADY = ("steady", "few deals", "many deals", "large single deals", "slow")


@dataclass
class Counted:
    """What was seen of one world.

    Parameters
    ----------
    quarters, claimed : int
        Simulated; with at least one pattern.
    kinds : Counter
        Patterns by kind and name.
    held, told : Counter
        By measure: intervals that held the truth, and all of them.
    """

    quarters: int = 0
    claimed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)

    def line(self) -> str:
        """Return the world's figures on one line."""
        cover = ", ".join(
            f"{m} {self.held[m] / n:.1%} of {n}" for m, n in sorted(self.told.items())
        )
        kinds = ", ".join(f"{kind} {n}" for kind, n in self.kinds.most_common())
        return f"{self.claimed} of {self.quarters} with a claim ({kinds or 'none'}); {cover}"


def simulate(name: str, quarters: int, seed: int = 0, *, covered: bool = True) -> Counted:
    """Return what a number of quarters of a world came to, each of another team."""
    world, found = WORLDS[name], Counted()
    for number in range(quarters):
        data, deals = drawn_team(world, seed + number)
        judged = explained.explain(data).judged
        patterns = judged.loc[judged["pattern"].astype(bool)]
        found.quarters += 1
        found.claimed += len(patterns) > 0
        found.kinds.update(patterns["kind"] + " " + patterns["name"])
        if covered:
            _cover(found, data, _truths(name, world, data, deals))
    return found


def _truths(name: str, world: World, data: Slice, deals: pd.DataFrame) -> dict[str, float]:
    """Return what the intervals are to hold, of the measures that the world determines."""
    first, last = (pd.Timestamp(day) for day in (data.quarter.first_day, data.quarter.last_day))
    inside = deals.loc[deals["decided"].between(first, last)]
    truths = {"conversion.win_rate": float(inside["chance"].mean())}
    if name in STEADY:
        # Days are whole and at least two, so a deal is won within 60 if it takes less than 61.
        early = float(stats.gamma.cdf(61, 2.5, scale=world.days / 2.5))
        truths["cycle.won_within_60_days"] = float(deals["chance"].mean()) * early
        truths |= {f"drivers.{factor}": 0.0 for factor in drivers.FACTORS}
    return truths


def _cover(found: Counted, data: Slice, truths: dict[str, float]) -> None:
    outcomes = [*conversion.measures(data), *ageing.measures(data), *drivers.measures(data)]
    for one in outcomes:
        low, high = getattr(one, "low", None), getattr(one, "high", None)
        if low is not None and high is not None and np.isfinite(truths.get(one.id, np.nan)):
            found.told[one.id] += 1
            found.held[one.id] += low <= truths[one.id] <= high


def main() -> None:
    """Simulate every world, or those named, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quarters", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("worlds", nargs="*", default=list(WORLDS))
    asked = parser.parse_args()
    for name in asked.worlds:
        print(f"{name}: {simulate(name, asked.quarters, asked.seed).line()}", flush=True)


if __name__ == "__main__":
    main()
