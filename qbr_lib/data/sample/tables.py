"""The sample organisation as canonical tables of text, exactly as a CSV export would hold them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from qbr_lib.data.sample import journal, world
from qbr_lib.data.sample.organisation import (
    ACCOUNT_HEADS,
    ACCOUNT_TAILS,
    ACTIVITY_KINDS,
    LAST_DAY,
    LAST_FULL_QUARTER,
    SEGMENTS,
    SOURCES,
    TEAMS,
)
from qbr_lib.data.sample.plans import forecasts, market, targets
from qbr_lib.data.sample.world import LAST, Q_FIRST, Q_LAST, Random
from qbr_lib.errors import StoreError
from qbr_lib.schema import TABLES

DEFAULT_SEED = 20261111
Frames = dict[str, pd.DataFrame]
_SHARE_FOREIGN = 0.01


def tables(seed: int = DEFAULT_SEED) -> Frames:
    """Make every canonical table; the same seed gives the same tables.

    Returns
    -------
    dict of str to DataFrame
        All columns as text, empty where missing.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    deals, events = journal.record(world.deals(random), random)
    made: Frames = {
        "opportunities": _opportunities(deals, random),
        "opportunity_events": _events(events),
        "accounts": _accounts(),
        "reps": _reps(),
        "teams": _teams(),
        "leads": _leads(deals, random),
        "activities": _activities(deals, random),
        "targets": targets(deals),
        "forecasts": forecasts(deals, random),
        "market": market(deals),
        "competitor_notes": _notes(),
        "fx_rates": _rates(),
    }
    made["opportunity_snapshots"] = _snapshots(made["opportunities"])
    return {name: made[name] for name in TABLES if name in made}


def write(folder: Path) -> list[Path]:
    """Write the sample organisation as CSV files.

    Raises
    ------
    StoreError
        If a file of one of these names exists with other content.
    """
    made = {folder / f"{name}.csv": frame for name, frame in tables().items()}
    for path, frame in made.items():
        text = frame.to_csv(index=False, lineterminator="\n")
        if path.exists() and path.read_text(encoding="utf-8") != text:
            raise StoreError(
                "The sample would overwrite a file",
                where=path.name,
                got="a file with other content",
                wanted="an empty folder, or the sample's own files",
                edit="name another folder",
            )
    folder.mkdir(parents=True, exist_ok=True)
    for path, frame in made.items():
        frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return list(made)


def iso(days: pd.Series | np.ndarray) -> pd.Series:
    """Return day numbers as ISO days."""
    return pd.Series(np.asarray(days, dtype="int64").astype("datetime64[D]").astype(str))


def _opportunities(deals: pd.DataFrame, random: Random) -> pd.DataFrame:
    over = deals["status"] != "open"
    n = len(deals)
    foreign = random.random(n) < _SHARE_FOREIGN
    currency = np.where(foreign, np.where(random.random(n) < 0.5, "CHF", "USD"), "EUR")
    reason = np.where(deals["status"] == "won", deals["won_reason"], deals["lost_reason"])
    account = deals["account"].astype(int)
    frame = pd.DataFrame(
        {
            "opportunity_id": deals["opportunity_id"],
            "team_id": deals["team_id"],
            "status": deals["status"],
            "closed_on": iso(deals["decided"]).where(over.to_numpy(), ""),
            "created_on": iso(deals["created"]),
            "expected_close_on": iso(deals["planned"]),
            "name": [
                f"{account_name(a)}, {p}" for a, p in zip(account, deals["product"], strict=True)
            ],
            "account_id": [f"A-{a:03d}" for a in account],
            "owner_id": deals["owner_id"],
            "stage": deals["stage"],
            "amount": deals["present_amount"].map("{:.2f}".format),
            "list_amount": deals["first_amount"].map("{:.2f}".format),
            "currency": currency,
            "lead_source": deals["lead_source"],
            "product": deals["product"],
            "segment": deals["segment"],
            "territory": deals["territory"],
            "competitor": np.where(over, deals["competitor"], ""),
            "reason": np.where(over, reason, ""),
            "forecast_category": np.where(over, "", _category(deals["stage"])),
            "is_renewal": np.where(random.random(n) < 0.12, "true", "false"),
            "url": "",
        }
    )
    return pd.concat([_flawed(frame), _unusable()], ignore_index=True)


def _category(stage: pd.Series) -> pd.Series:
    named = {"Negotiation": "commit", "Proposal": "best_case"}
    return stage.map(named).astype("str").fillna("pipeline")


def _flawed(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave the flaws that a real export has and that are kept: no amount, stray owners, teams."""
    running = frame.index[frame["status"] == "open"]
    made = frame.copy()
    made.loc[running[5:9], "amount"] = ""
    made.loc[running[20:23], "owner_id"] = "left-the-company"
    stray = pd.DataFrame([made.loc[running[30]], made.loc[running[31]]])
    stray = stray.assign(
        opportunity_id=["D-X0001", "D-X0002"], team_id="austria", owner_id="", amount="18000.00"
    )
    return pd.concat([made, stray], ignore_index=True)


def _unusable() -> pd.DataFrame:
    """Return rows that must be rejected, each for another reason."""
    base = dict.fromkeys(TABLES["opportunities"].names, "")
    base |= {"team_id": "nord", "status": "lost", "created_on": "2026-07-20", "amount": "4000.00"}
    rows = [
        {"opportunity_id": "D-E0001", "closed_on": "2026-07-02"},
        {"opportunity_id": "D-E0002", "closed_on": "2026-08-12", "amount": "ca. 4.000"},
        {"opportunity_id": "D-E0003"},
        {"opportunity_id": "D-E0004", "closed_on": "12.08.2026"},
        {"opportunity_id": "D-E0005", "closed_on": "2026-08-14"},
        {"opportunity_id": "D-E0005", "closed_on": "2026-08-15"},
    ]
    return pd.DataFrame([base | row for row in rows])


def _events(events: pd.DataFrame) -> pd.DataFrame:
    moment = events["day"].to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    at = pd.Series(moment + events["second"].to_numpy().astype("timedelta64[s]"))
    return pd.DataFrame(
        {
            "opportunity_id": events["opportunity_id"],
            "changed_at": at.dt.strftime("%Y-%m-%d %H:%M:%S"),
            "field": events["field"],
            "old_value": events["old_value"],
            "new_value": events["new_value"],
        }
    )


def _snapshots(opportunities: pd.DataFrame) -> pd.DataFrame:
    """Return the open deals as of the newest day: a table that agrees with the events."""
    names = [name for name in TABLES["opportunity_snapshots"].names if name != "taken_on"]
    running = opportunities.loc[opportunities["status"] == "open", names]
    return running.assign(taken_on=LAST_DAY.isoformat())[["taken_on", *names]]


def account_name(number: int) -> str:
    """Return an invented account's name."""
    head = ACCOUNT_HEADS[number % len(ACCOUNT_HEADS)]
    return f"{head} {ACCOUNT_TAILS[number // len(ACCOUNT_HEADS) % len(ACCOUNT_TAILS)]}"


def _accounts() -> pd.DataFrame:
    numbers = range(400)
    return pd.DataFrame(
        {
            "account_id": [f"A-{n:03d}" for n in numbers],
            "name": [account_name(n) for n in numbers],
            "segment": [SEGMENTS[n % len(SEGMENTS)] for n in numbers],
            "industry": [SEGMENTS[n % len(SEGMENTS)] for n in numbers],
            "territory": [TEAMS[n % len(TEAMS)].territory for n in numbers],
            "owner_id": [f"{TEAMS[n % len(TEAMS)].team_id}-r1" for n in numbers],
        }
    )


def _reps() -> pd.DataFrame:
    rows = [
        {
            "rep_id": f"{team.team_id}-r{n}",
            "name": name,
            "team_id": team.team_id,
            "role": "Account Executive",
            "manager_id": f"{team.team_id}-r1",
            "territory": team.territory,
            "joined_on": "2026-01-05" if team.team_id == "berlin" else "2022-01-03",
            "left_on": "",
            "ramp": "0.5" if team.team_id == "berlin" else "1",
        }
        for team in TEAMS
        for n, name in enumerate(team.reps, start=1)
    ]
    return pd.DataFrame(rows)


def _teams() -> pd.DataFrame:
    rows = [
        {
            "team_id": t.team_id,
            "name": t.name,
            "manager": t.reps[0],
            "territory": t.territory,
            "group": t.group,
        }
        for t in TEAMS
    ]
    return pd.DataFrame(rows)


def _leads(deals: pd.DataFrame, random: Random) -> pd.DataFrame:
    n = len(deals)
    before = deals["created"].to_numpy() - random.integers(2, 20, n)
    linked = pd.DataFrame(
        {
            "created_on": iso(before),
            "source": deals["lead_source"].to_numpy(),
            "team_id": deals["team_id"].to_numpy(),
            "converted_on": iso(deals["created"]),
            "opportunity_id": deals["opportunity_id"].to_numpy(),
        }
    )
    picked = random.integers(0, n, 2 * n)
    idle = pd.DataFrame(
        {
            "created_on": iso(before[picked]),
            "source": random.choice(list(SOURCES), 2 * n),
            "team_id": deals["team_id"].to_numpy()[picked],
            "converted_on": "",
            "opportunity_id": "",
        }
    )
    both = pd.concat([linked, idle], ignore_index=True)
    ids = [f"L-{k:06d}" for k in range(1, len(both) + 1)]
    return both.assign(lead_id=ids, owner_id="")[list(TABLES["leads"].names)]


def _activities(deals: pd.DataFrame, random: Random) -> pd.DataFrame:
    span = np.minimum(deals["decided"], LAST) - deals["created"]
    busy = (deals["team_id"] == "ost") & (deals["created"] >= Q_FIRST - 20)
    busy &= deals["created"] <= Q_LAST
    counts = random.poisson(np.where(busy, 5.6, 3.2))
    at = np.repeat(np.arange(len(deals)), counts)
    n = len(at)
    day = deals["created"].to_numpy()[at] + (random.random(n) * (span.to_numpy()[at] + 1)).astype(
        int
    )
    return pd.DataFrame(
        {
            "activity_id": [f"T-{k:06d}" for k in range(1, n + 1)],
            "rep_id": deals["owner_id"].to_numpy()[at],
            "kind": random.choice(ACTIVITY_KINDS, n, p=[0.35, 0.3, 0.1, 0.25]),
            "done_on": iso(np.minimum(day, LAST)),
            "opportunity_id": deals["opportunity_id"].to_numpy()[at],
            "account_id": [f"A-{a:03d}" for a in deals["account"].to_numpy()[at]],
        }
    )


def _notes() -> pd.DataFrame:
    quarter = str(LAST_FULL_QUARTER)
    rows = [
        ("2026-07-14", "Kontora", f"Cut list prices for sensors by 8 % in {quarter}.", "customer"),
        ("2026-08-03", "Kontora", "Opened an office in Munich with six people.", "trade press"),
        ("2026-09-10", "Velanta", "Delivery times rose to fourteen weeks.", "customer"),
    ]
    return pd.DataFrame(rows, columns=["noted_on", "competitor", "note", "source"])


def _rates() -> pd.DataFrame:
    days = pd.date_range("2023-01-01", LAST_DAY, freq="QS")
    rows = [
        (currency, day.date().isoformat(), f"{base + 0.01 * (n % 4):.4f}")
        for currency, base in (("CHF", 1.03), ("USD", 0.90))
        for n, day in enumerate(days)
    ]
    return pd.DataFrame(rows, columns=["currency", "valid_from", "rate"])
