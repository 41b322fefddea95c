"""What the CRM recorded of each deal: stages, amounts, planned days, owners, closings."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.data.sample.organisation import STAGES, TEAMS
from qbr_lib.data.sample.world import LAST, Q_FIRST, Q_LAST, Random

Event = tuple[str, int, int, str, str, str]
_REDATED_LATE = 0.12
_LOST_BY = (0.22, 0.5, 0.8)  # of the deals lost, by the end of each stage but the last


def record(deals: pd.DataFrame, random: Random) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the deals with their present state, and the events that led there.

    Returns
    -------
    tuple of DataFrame
        Deals with stage, planned, present_amount, owner_id, status, removed; events with
        opportunity_id, day, second, field, old_value, new_value in the order they happened.
    """
    n = len(deals)
    draws = random.random((n, 8))
    events: list[Event] = []
    present = []
    for row, draw in zip(deals.itertuples(), draws, strict=True):
        state = _one(row, draw, events)
        present.append(state)
    columns = ["opportunity_id", "day", "second", "field", "old_value", "new_value"]
    told = pd.DataFrame(events, columns=columns)
    told = told.sort_values(["day", "second", "opportunity_id"], kind="stable")
    states = pd.DataFrame(present, index=deals.index)
    return deals.drop(columns="owner_id").join(states), told.reset_index(drop=True)


def _one(row: object, draw: np.ndarray, events: list[Event]) -> dict[str, object]:
    deal = str(row.opportunity_id)  # type: ignore[attr-defined]
    created, decided = int(row.created), int(row.decided)  # type: ignore[attr-defined]
    end = min(decided, LAST)
    second = 28_800 + int(draw[0] * 36_000)
    stage = _stages(row, draw, created, decided, end, second, events)
    amount = _amount(row, draw, created, decided, end, second, events)
    planned = _planned(row, draw, created, decided, end, second, events)
    owner = _owner(row, draw, created, end, second, events)
    status, removed = "open", False
    if decided <= LAST:
        status = "won" if row.won else "lost"  # type: ignore[attr-defined]
        if draw[6] < 0.012 and decided - created > 30:
            _reopened(deal, decided, second, events)
        events.append((deal, decided, 64_000 + second % 9_000, "status", "open", status))
    elif draw[6] < 0.02 and LAST - created > 60:
        removed = True
        events.append((deal, LAST - int(draw[5] * 50), second, "removed", "false", "true"))
    return {
        "stage": stage if status == "open" else "",
        "present_amount": amount,
        "planned": planned,
        "owner_id": owner,
        "status": status,
        "removed": removed,
    }


def _stages(
    row: object,
    draw: np.ndarray,
    created: int,
    decided: int,
    end: int,
    second: int,
    events: list[Event],
) -> str:
    """Move a deal through the stages; a lost one stops in one of them.

    One that waits does so in Proposal, or in Negotiation if it was there before the quarter.
    """
    waits = int(row.waits)  # type: ignore[attr-defined]
    days = min(decided - created - waits, 160)
    stop = len(STAGES) - 1 if row.won else int(np.searchsorted(_LOST_BY, draw[6]))  # type: ignore[attr-defined]
    current = STAGES[0]
    for place, share in enumerate((0.2, 0.45, 0.75), start=1):
        day = created + max(1, round(days * share))
        if place > STAGES.index("Proposal") and day >= Q_FIRST:
            day += waits
        if place <= stop and day < end:
            events.append((row.opportunity_id, day, second, "stage", current, STAGES[place]))  # type: ignore[attr-defined]
            current = STAGES[place]
    return current


def _amount(
    row: object,
    draw: np.ndarray,
    created: int,
    decided: int,
    end: int,
    second: int,
    events: list[Event],
) -> float:
    first, last = float(row.first_amount), float(row.amount)  # type: ignore[attr-defined]
    day = created + max(1, int((min(decided - created, 120)) * (0.3 + 0.5 * draw[1])))
    if first == last or day >= end:
        return first if day >= end and decided > LAST else last
    events.append((row.opportunity_id, day, second + 60, "amount", f"{first:.2f}", f"{last:.2f}"))  # type: ignore[attr-defined]
    return last


def _planned(
    row: object,
    draw: np.ndarray,
    created: int,
    decided: int,
    end: int,
    second: int,
    events: list[Event],
) -> int:
    """Plan a closing day at creation and move it whenever it is about to pass."""
    days = min(decided - created, 110)
    planned = created + max(5, int(days * (0.92 + 0.5 * draw[2])))
    first = planned
    late = draw[3] < _REDATED_LATE
    while planned < end:
        day = min(planned + (9 if late else -2), end)
        day = max(day, created + 1)
        if day >= end:
            break
        later = planned + 14 + int(40 * draw[4])
        later = max(later, day + 3)
        events.append(
            (row.opportunity_id, day, second + 120, "expected_close_on", _d(planned), _d(later))
        )  # type: ignore[attr-defined]
        planned = later
    if _slips(row, first, decided) and Q_FIRST <= planned <= Q_LAST:
        day = min(max(created + 2, Q_LAST - 12), end - 1)
        later = Q_LAST + 20 + int(30 * draw[4])
        events.append(
            (row.opportunity_id, day, second + 180, "expected_close_on", _d(planned), _d(later))
        )  # type: ignore[attr-defined]
        planned = later
    return planned


def _slips(row: object, first: int, decided: int) -> bool:
    late = decided > Q_LAST + 5 and first <= Q_LAST
    return row.team_id == "behoerden" and late and row.amount > 20_000  # type: ignore[attr-defined]


def _owner(
    row: object, draw: np.ndarray, created: int, end: int, second: int, events: list[Event]
) -> str:
    owner = str(row.owner_id)  # type: ignore[attr-defined]
    day = created + 10
    if draw[7] > 0.025 or day >= end:
        return owner
    team = next(t for t in TEAMS if t.team_id == row.team_id)  # type: ignore[attr-defined]
    if draw[7] < 0.004:  # a few move to the team next door
        others = [
            t for t in TEAMS if t.group == team.group and t is not team and t.team_id != "berlin"
        ]
        team = others[0] if others else team
    successor = f"{team.team_id}-r{1 + int(draw[5] * len(team.reps))}"
    if successor != owner:
        events.append((row.opportunity_id, day, second + 240, "owner_id", owner, successor))  # type: ignore[attr-defined]
    return successor


def _reopened(deal: str, decided: int, second: int, events: list[Event]) -> None:
    events.append((deal, decided - 20, second, "status", "open", "lost"))
    events.append((deal, decided - 12, second, "status", "lost", "open"))


def _d(day: int) -> str:
    return str(np.datetime64(day, "D"))
