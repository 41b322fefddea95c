"""What the measures of one team's review cost: `python -m tests.bench.review`.

A machine's speed changes from minute to minute, so the time is told as a ratio to a fixed piece of
work measured in turn with it: the median of alternating runs, in CPU time of this process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import (
    activity,
    bookings,
    contributors,
    conversion,
    cycle,
    deals,
    drivers,
    duel,
    explained,
    flows,
    leads,
    market,
    pipeline,
    quality,
    reconcile,
    renewals,
    rhythm,
)
from tests.simulation.worlds import World, team

RUNS = 7
WORLD = World(deals=215.0, chance=0.25)  # about 3,000 deals over twelve quarters


def review(data: Slice) -> None:
    """Compute everything that the measure cells and the appendix of a review ask for."""
    found = [*bookings.measures(data), *conversion.measures(data), *cycle.measures(data)]
    found += [*leads.measures(data), *activity.measures(data), *market.measures(data)]
    found += [*renewals.measures(data), *pipeline.measures(data), *rhythm.gather(data).outcomes]
    found += drivers.measures(data)
    reconcile.proved(data, found)
    told, moved = explained.explain(data), flows.movements(data)
    deals.lists(data, moved)
    deals.slipped(data, moved)
    duel.duel(data, moved, {})
    quality.bounds(data, moved)
    bookings.trend(data)
    conversion.reasons(data, "lost")
    contributors.drills(data, data.quarter.previous)
    if told.drivers is not None:
        contributors.behind(data, told.drivers, drivers.largest(told.drivers))


def reference() -> None:
    """Do the fixed work: group and sort a frame, and a loop of plain Python."""
    drawn = np.random.default_rng(1)
    frame = pd.DataFrame({"key": drawn.integers(0, 500, 400_000), "value": drawn.random(400_000)})
    frame.sort_values("value").groupby("key")["value"].agg(["sum", "median"])
    counts: dict[int, int] = {}
    for number in range(1_000_000):
        counts[number % 997] = counts.get(number % 997, 0) + 1


def seconds(work: Callable[[], None]) -> float:
    """Return the CPU time of one run."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> None:
    """Print the medians of alternating runs and their ratio."""
    data = team(WORLD, seed=1)
    review(data)  # the first run imports and compiles
    pairs = [(seconds(lambda: review(data)), seconds(reference)) for _ in range(RUNS)]
    own, fixed = (statistics.median(side) for side in zip(*pairs, strict=True))
    ratio = statistics.median(one / other for one, other in pairs)
    print(f"{len(data.opportunities)} deals, {len(data.history)} changes, {RUNS} runs in turn")
    print(f"review {own:.2f} s, reference {fixed:.2f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
