"""Random CRM histories: deals that are reopened, transferred, changed, removed and re-dated.

    python -m tests.simulation.histories --count 1000

prepares an organisation of that many groups with two teams each, holds every identity that a page
rests on against them, and prints how many were checked. Each group is one history of its own.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import tempfile
from collections import Counter
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from qbr_lib.data import slices
from qbr_lib.data.slices import Slice
from qbr_lib.data.store import Store, prepare
from qbr_lib.metrics import bookings, conversion, drivers, pipeline, portfolio, reconcile
from qbr_lib.parameters import Workspace, load_workspace
from qbr_lib.periods import Quarter

FIRST, LAST = dt.date(2025, 10, 1), dt.date(2026, 11, 10)
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
STAGES = ("Qualify", "Propose", "Negotiate")
DEALS = 24
_DAYS = (LAST - FIRST).days


def write(root: Path, count: int, seed: int, *, tidy: bool = False) -> Workspace:
    """Write a workspace of so many histories, and return it.

    Tidy ones record how they begin, keep their team, end with their removal, and change no more
    than once a day.
    """
    drawn = random.Random(seed)
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    deals: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    teams = [(f"t{g:04}{side}", f"g{g:04}") for g in range(count) for side in "ab"]
    reps = [(f"{team}-{n}", team) for team, _ in teams for n in (1, 2)]
    for g in range(count):
        owners = [rep for rep, team in reps if team in (f"t{g:04}a", f"t{g:04}b")]
        for n in range(DEALS):
            own = owners[: len(owners) // 2] if n % 2 else owners[len(owners) // 2 :]
            row, told = _deal(f"d{g:04}-{n:02}", own if tidy else owners, drawn, tidy=tidy)
            deals.append(row)
            events += told
    frames = {
        "opportunities": pd.DataFrame(deals),
        "opportunity_events": pd.DataFrame(events),
        "teams": pd.DataFrame(teams, columns=["team_id", "group"]),
        "reps": pd.DataFrame(reps, columns=["rep_id", "team_id"]),
    }
    for name, frame in frames.items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    parameters = {
        "company": "Random",
        "mapping": "sample",
        "stages": list(STAGES),
        "source": {"kind": "folder", "path": "../data"},
        "privacy": {"people": "named"},
    }
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(parameters, stream)
    return load_workspace(root)


def _deal(
    deal: str, owners: list[str], drawn: random.Random, *, tidy: bool
) -> tuple[dict, list[dict]]:
    """Return a deal's row and everything that happened to it, in order."""
    created = FIRST + dt.timedelta(days=drawn.randrange(_DAYS))
    state = {
        "amount": f"{drawn.randrange(0, 9_000_000) / 100:.2f}",
        "expected_close_on": _day(drawn).isoformat(),
        "owner_id": drawn.choice(owners),
        "stage": drawn.choice(STAGES),
        "status": "open",
        "removed": "false",
    }
    first = dict(state)
    moments = sorted(
        created + dt.timedelta(days=drawn.randrange(1 + (LAST - created).days))
        for _ in range(drawn.randrange(9))
    )
    told, closed = [], None
    begun = {"opportunity_id": deal, "changed_at": f"{created} 00:00:00", "old_value": None}
    if tidy:
        told = [begun | {"field": f, "new_value": first[f]} for f in ("stage", "expected_close_on")]
    for day in dict.fromkeys(moments) if tidy else moments:
        if tidy and state["removed"] == "true":
            break
        hour = drawn.choice(("00:00:00", "09:30:00", "09:30:00", "23:59:59"))
        for field, new in _happened(state, owners, drawn)[: 1 if tidy else None]:
            event = {"opportunity_id": deal, "changed_at": f"{day} {hour}", "field": field}
            told.append(event | {"old_value": state[field], "new_value": new})
            state[field] = new
            if field == "status":
                closed = None if new == "open" else day
    row = {"opportunity_id": deal, "created_on": created, "list_amount": first["amount"]}
    row["team_id"] = state["owner_id"].partition("-")[0]
    row |= {name: state[name] for name in ("amount", "expected_close_on", "owner_id", "stage")}
    return row | {"status": state["status"], "closed_on": closed}, told


def _happened(state: dict, owners: list[str], drawn: random.Random) -> list[tuple[str, str]]:
    """Return what changes at one moment: mostly one field, at times several."""
    if state["status"] != "open":
        return [("status", "open")] if drawn.random() < 0.3 else []
    drawn_changes = {
        "amount": lambda: f"{drawn.randrange(0, 9_000_000) / 100:.2f}",
        "expected_close_on": lambda: _day(drawn).isoformat(),
        "owner_id": lambda: drawn.choice(owners),
        "stage": lambda: drawn.choice(STAGES),
        "removed": lambda: "false" if state["removed"] == "true" else "true",
        "status": lambda: drawn.choice(("won", "lost")),
    }
    weights = [3, 4, 2, 2, 1, 3]
    names = dict.fromkeys(drawn.choices(list(drawn_changes), weights, k=drawn.choice((1, 1, 2))))
    found = [(name, drawn_changes[name]()) for name in names]
    return [(name, new) for name, new in found if new != state[name]]


def _day(drawn: random.Random) -> dt.date:
    return FIRST + dt.timedelta(days=drawn.randrange(_DAYS + 90))


def check(store: Store, workspace: Workspace, number: int) -> Counter[str]:
    """Hold one history's identities in every quarter, for its teams and its group.

    Raises
    ------
    ResultError
        Naming what does not add up, where and by how much.
    """
    counted: Counter[str] = Counter()
    quarters = [Quarter.parse(text, starts=1) for text in QUARTERS]
    for name in (f"t{number:04}a", f"t{number:04}b", f"group:g{number:04}"):
        data = slices.load(store, workspace, team=name, quarter=quarters[0])
        for quarter in quarters:
            counted.update(_checked(data.at(quarter)))
    return counted


def check_company(store: Store, workspace: Workspace) -> Counter[str]:
    """Hold the company's totals against those of all its teams, in the quarter before the last."""
    quarter = Quarter.parse(QUARTERS[-2], starts=1)
    data = slices.load(store, workspace, team="company", quarter=quarter)
    return Counter(_checked(data))


def _checked(data: Slice) -> list[str]:
    outcomes = [*bookings.measures(data), *conversion.measures(data), *pipeline.measures(data)]
    frame = reconcile.proved(data, [*outcomes, *drivers.measures(data)])
    if data.scope != "team":
        portfolio.check_sums(data, outcomes, portfolio.each(data))
        return [*frame["identity"], f"The teams add up to the {data.scope}"]
    return list(frame["identity"])


def main() -> None:
    """Check as many histories as asked for, and print what was held against what."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    counted: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        workspace = write(Path(folder) / "w", asked.count, asked.seed)
        store = prepare(workspace)
        for number in range(asked.count):
            counted.update(check(store, workspace, number))
        counted.update(check_company(store, workspace))
    print(f"{asked.count} histories, every difference 0.00:")
    for identity, times in sorted(counted.items()):
        print(f"  {identity}: {times} times")


if __name__ == "__main__":
    main()
