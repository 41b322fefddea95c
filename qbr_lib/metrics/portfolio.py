"""All teams of a scope beside each other, and the proof that their totals add up."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.errors import ResultError
from qbr_lib.measures import REGISTRY, Measure, Outcome
from qbr_lib.metrics import bookings, conversion, patterns, pipeline, usual
from qbr_lib.metrics.patterns import Claim
from qbr_lib.schema import LOST, UNASSIGNED, WON

_EARLY = ("too_early", float("nan"))


@dataclass(frozen=True)
class OneTeam:
    """One team of a scope: its data and what was computed from them."""

    data: Slice
    outcomes: tuple[Outcome, ...]

    @cached_property
    def known(self) -> dict[str, Measure]:
        """The measures that could be computed, by id."""
        return {m.id: m for m in self.outcomes if isinstance(m, Measure)}


def team_slices(data: Slice) -> list[Slice]:
    """Return one slice per team of the scope, cut from the scope's own tables.

    Deals keep to the teams that ever owned them, so a team's figures are those of its own review.
    """
    return [_of_team(data, team) for team in data.team_ids]


def _of_team(data: Slice, team: str) -> Slice:
    rows = data.teams.loc[data.teams["team_id"] == team]
    name = rows["name"].iloc[0] if len(rows) and pd.notna(rows["name"].iloc[0]) else team
    deals, history = data.opportunities, data.history
    own = deals["team_id"] == team
    if history is not None:
        moves = history.loc[history["field"] == "team_id"]
        touched = moves.loc[(moves["old"] == team) | (moves["new"] == team), "opportunity_id"]
        own |= deals["opportunity_id"].isin(touched)
        history = history.loc[history["opportunity_id"].isin(deals.loc[own, "opportunity_id"])]
    return dataclasses.replace(
        data,
        scope="team",
        team_ids=(team,),
        name=str(name),
        teams=rows.reset_index(drop=True),
        tables={**data.tables, "opportunities": deals.loc[own].reset_index(drop=True)},
        history=history,
    )


def each(data: Slice) -> list[OneTeam]:
    """Return the outcomes of every team of the scope, those of its own review."""
    slices = team_slices(data)
    return [
        OneTeam(
            one,
            (*bookings.measures(one), *conversion.measures(one), *pipeline.measures(one)),
        )
        for one in slices
    ]


def teams(parts: list[OneTeam]) -> pd.DataFrame:
    """Return one row per team: the additive totals, attainment and win rate.

    Returns
    -------
    DataFrame
        team_id, name, group, won_amount, won_count, lost_count, target, attainment, win_rate, low,
        high, decided, reference (own win rate of the four quarters before, NaN below 20 decided
        deals), pattern (whether chance does not explain that the rate differs from it, all teams
        judged together), series (revenue of the last eight quarters) in the organisation's order;
        unassigned deals last.
    """
    frame = pd.DataFrame([_row(part) for part in parts])
    judged = patterns.judged(
        [
            Claim("rate", "team", row.team_id, row.win_rate, row.reference, float("nan"),
                  row.chance, row.decided, favourable=row.win_rate >= row.reference)
            for row in frame.itertuples()
        ]
    )  # fmt: skip
    sure = judged.loc[judged["pattern"], "subject"]
    return frame.assign(pattern=frame["team_id"].isin(sure)).drop(columns="chance")


def _row(part: OneTeam) -> dict[str, object]:
    data, found = part.data, part.known
    known = found.get("conversion.win_rate")
    before = [data.quarter.shift(-n) for n in range(1, 5)]
    won, lost = ([len(bookings.closed(data, q, s)) for q in before] for s in (WON, LOST))
    past = [(k, k + m) for k, m in zip(won, lost, strict=True)]
    decided = sum(won) + sum(lost)
    enough = min(known.n if known else 0, decided) >= usual.ENOUGH_DEALS
    group = data.teams["group"].iloc[0] if len(data.teams) else None
    nan, value = float("nan"), {name: one.value for name, one in found.items()}
    return {
        "team_id": data.team_ids[0],
        "name": data.name,
        "group": "" if group is None or pd.isna(group) else group,
        "won_amount": value.get(bookings.METRIC, nan),
        "won_count": int(value["bookings.won_count"]),
        "lost_count": int(value["bookings.lost_count"]),
        "target": value.get("bookings.target", nan),
        "attainment": value.get("bookings.attainment", nan),
        "win_rate": known.value if known else nan,
        "low": known.low if known else nan,
        "high": known.high if known else nan,
        "decided": known.n if known else 0,
        "reference": sum(won) / decided if decided >= usual.ENOUGH_DEALS else nan,
        "chance": patterns.of_rate(int(value["bookings.won_count"]), known.n, past)
        if known is not None and enough
        else nan,
        "series": tuple(bookings.trend(data)["won"]),
    }


def heat(parts: list[OneTeam]) -> pd.DataFrame:
    """Return every team's headline figures with their class against the team's usual range.

    Returns
    -------
    DataFrame
        team_id, name, group, then the columns of `usual.table`; attainment as a further key, whose
        class compares with 100 % once the quarter is over.
    """
    rows = []
    for part in parts:
        one, reached = part.data, part.known.get("bookings.attainment")
        if one.team_ids[0] == UNASSIGNED:
            continue
        figures = usual.table(one)
        group = one.teams["group"].iloc[0] if len(one.teams) else ""
        if reached is not None:
            first = {"key": "attainment", "value": reached.value, "n": reached.n}
            graded = ("usual", _attainment_class(reached.value))
            first |= dict(zip(("place", "klass"), graded if one.over else _EARLY, strict=True))
            figures = pd.concat([pd.DataFrame([first]), figures], ignore_index=True)
        rows.append(
            figures.assign(
                team_id=one.team_ids[0], name=one.name, group=group if pd.notna(group) else ""
            )
        )
    empty = pd.DataFrame(columns=["team_id", "name", "group", *usual.COLUMNS])
    return pd.concat(rows, ignore_index=True) if rows else empty


def _attainment_class(value: float) -> float:
    if value >= 1:
        return 2.0 if value >= 1.2 else 1.0
    if value >= 0.95:
        return 0.0
    return -2.0 if value < 0.8 else -1.0


def check_sums(data: Slice, outcomes: Iterable[Outcome], parts: list[OneTeam]) -> None:
    """Prove that the scope's additive measures equal the sums of its teams, to the cent.

    Raises
    ------
    ResultError
        Naming the measure, both numbers and the difference.
    """
    whole = [m for m in outcomes if isinstance(m, Measure) and REGISTRY[m.id].additive]
    for m in whole:
        total = sum(part.known[m.id].value for part in parts if m.id in part.known)
        if round(m.value - total, 2) != 0:
            raise ResultError(
                "A total is not the sum of its teams",
                where=f"{data.name}, {data.quarter}, {m.id}",
                got=f"{m.value:.2f} against {total:.2f}",
                wanted="a difference of 0.00",
                edit="report this with the hygiene report; no page of this quarter should be used",
            )
