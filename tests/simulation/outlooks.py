"""How often outlooks hold: sample organisations of other seeds, and teams of another generator.

    python -m tests.simulation.outlooks --seeds 20 --first 101 --teams 12

prints how often ranges held, with their interval by team and quarter, how good the chances were
and how many alarms were needless. Targets are the sample's own, and of drawn teams the naive figure.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from qbr_lib.data import slices, store
from qbr_lib.data.sample.tables import tables
from qbr_lib.data.slices import Slice
from qbr_lib.outlook import backtest, current, scores
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from tests.simulation import daily
from tests.simulation.worlds import UNDER_REVIEW

STAGES = ["Qualified", "Needs analysed", "Proposal", "Negotiation"]
JUDGED = 8  # quarters of a drawn team, the last ones
WEEKS = (0, 3, 6, 9, 11)  # at which an export of the day is opened


def organisation(seed: int, root: Path) -> Iterator[Slice]:
    """Yield the teams of the sample organisation of another seed, opened from its files."""
    (root / "data").mkdir(parents=True)
    (root / "parameters").mkdir()
    for name, frame in tables(seed).items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    org = {"company": "Probe", "mapping": "sample", "stages": STAGES}
    org |= {"source": {"kind": "folder", "path": "../data"}}
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(org, stream)
    place = load_workspace(root)
    prepared = store.prepare(place)
    quarter = store.check_quarter(prepared, place.organisation, "")
    for team in prepared.teams["team_id"]:
        yield slices.load(prepared, place, team=team, quarter=quarter)


def of_sample(seed: int) -> pd.DataFrame:
    """Return every week of all teams of a sample organisation, as `looked_back` does."""
    with tempfile.TemporaryDirectory() as folder:
        found = [backtest.looked_back(one) for one in organisation(seed, Path(folder) / "w")]
    rows = pd.concat(found, ignore_index=True)
    return rows.assign(team=f"{seed}-" + rows["team"])


def of_world(name: str, seed: int, judged: int = JUDGED) -> pd.DataFrame:
    """Return the weeks of a drawn team's last quarters.

    Planned days without their changes are known of the export's own day alone, so that each
    week's export is opened for itself; else one export tells all weeks.
    """
    world = daily.WORLDS[name]
    if world.told == "plans":
        return _opened(daily.Drawn(world, seed), judged).assign(team=f"{seed}")
    rows = backtest.looked_back(daily.team(world, seed))
    kept = sorted(rows["quarter"].unique())[-judged:]
    return rows.loc[rows["quarter"].isin(kept)].assign(team=f"{seed}")


def _opened(drawn: daily.Drawn, judged: int) -> pd.DataFrame:
    rows = []
    for quarter in (UNDER_REVIEW.shift(-n) for n in range(judged)):
        for week in WEEKS:
            day = pd.Timestamp(quarter.first_day) + pd.Timedelta(days=7 * week - 1)
            found = current.outlook(drawn.as_of(day), quarter)
            assert isinstance(found, current.Outlook)
            rows.append(_row(found, quarter, week, drawn.won_in(quarter)))
    return pd.DataFrame(rows)


def _row(found: current.Outlook, quarter: Quarter, week: int, actual: float) -> dict[str, object]:
    row = {"quarter": str(quarter), "week": week, "actual": actual, "learnt": found.learnt}
    for share, (low, high) in backtest.RANGES.items():
        row |= {f"low_{share}": found.at(low), f"high_{share}": found.at(high)}
    return row


def held(rows: pd.DataFrame) -> dict[int, scores.Coverage]:
    """Return how often each range held, the weeks of one team and quarter as one."""
    cluster = rows["team"] + rows["quarter"]
    return {
        share: scores.coverage(rows[f"low_{share}"], rows[f"high_{share}"], rows["actual"], cluster)
        for share in backtest.RANGES
    }


def line(name: str, rows: pd.DataFrame) -> str:
    """Return what rows come to on one line; the chances where they tell any."""
    rows = rows.loc[(rows["week"] >= 0) & (rows["learnt"] >= backtest.FEWEST)]
    found = held(rows)
    ranges = ", ".join(
        f"{share} %: {one.share:.1%} ({one.low:.1%} to {one.high:.1%})"
        for share, one in found.items()
    )
    text = f"{name}: {found[80].clusters} quarters, {len(rows)} outlooks; held {ranges}"
    if "chance" not in rows:
        return text
    told = backtest.verdict(rows)
    better = ", ".join(f"{way} {value:.2f}" for way, value in told.brier_skill.items())
    share = told.needless / max(told.alarms, 1)
    return (
        f"{text}; skill {told.skill:.2f}; chances better than {better}; "
        f"needless {told.needless} of {told.alarms} alarms ({share:.1%})"
    )


def main() -> None:
    """Judge the sample's other seeds and every world, a line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="sample organisations")
    parser.add_argument("--first", type=int, default=101)
    parser.add_argument("--teams", type=int, default=12, help="teams of each world")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("worlds", nargs="*", default=list(daily.WORLDS))
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.jobs) as pool:
        seeds = range(asked.first, asked.first + asked.seeds)
        if found := list(pool.map(of_sample, seeds)):
            print(line("sample", pd.concat(found, ignore_index=True)), flush=True)
        for name in asked.worlds if asked.teams else ():
            seeds = range(asked.first, asked.first + asked.teams)
            found = list(pool.map(partial(of_world, name), seeds))
            print(line(name, pd.concat(found, ignore_index=True)), flush=True)


if __name__ == "__main__":
    main()
