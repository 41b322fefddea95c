"""The parts of the page over all teams."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.present import folds, parts, sentences, tables
from qbr_lib.present.charts import forest, heat_map, marks
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.review import FIGURES, value_text
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column
from qbr_lib.schema import UNASSIGNED
from qbr_lib.words import Words

ENOUGH = 20
_TOTALS = {  # with the list of deals behind each
    "bookings.won_amount": "won",
    "conversion.win_rate": "won",
    "bookings.average_won_amount": "won",
    "pipeline.slipped": "slipped",
}
SHORT: dict[str, str] = {
    "attainment": N_("Target"),
    "won": N_("Sales"),
    "average": N_("Size"),
    "win_rate": N_("Rate"),
    "created": N_("New"),
    "days": N_("Days"),
    "slipped": N_("Slips"),
}
_THOUSANDS = 10_000.0  # an amount that charts show in thousands
LABELS: dict[str, str] = {"attainment": N_("Target reached"), **FIGURES}


def _name(row: Mapping[Hashable, Any], formats: Formats) -> str:
    unassigned = row["team_id"] == UNASSIGNED
    return formats.words.say("Without a team") if unassigned else str(row["name"])


def answer(data: Slice, measures: Known, rows: pd.DataFrame, formats: Formats) -> Shown:
    """Return the scope's quarter in one look: result, teams on target, what to look at."""
    words = formats.words
    figures = [_total(key, measures, formats, over=data.over) for key in _TOTALS if key in measures]
    return parts.glance(
        sentences.answer(measures, data, formats),
        figures,
        left_title=words.say("What happened"),
        left=[_teams_on_target(rows, formats)],
        right_title=words.say("To look at first"),
        right=_furthest(rows, formats, over=data.over),
    )


def _total(key: str, measures: Known, formats: Formats, *, over: bool) -> parts.Glance:
    words, found = formats.words, measures[key]
    name = words.say(REGISTRY[key].name)
    base, url = words.count("{n} deal", "{n} deals", found.n), folds.anchor(_TOTALS[key])
    money = found.unit == "money"
    value = abs(found.value) if key == "pipeline.slipped" else found.value  # no bridge here
    text = formats.money_short(value) if money else formats.measure(key, value)
    goal = measures.get("bookings.target")
    if key != "bookings.won_amount" or goal is None or not goal.value:
        return parts.Glance(name, text, "", "", "", base=base, url=url)
    share = formats.percent(found.value / goal.value, 0)
    verdict = words.say("{percent} of target", percent=share)
    mark = marks.glance_bullet(found.value, goal.value, alt=verdict)
    told = words.say("Target {amount}", amount=formats.money_short(goal.value))
    missed = over and found.value < goal.value
    return parts.Glance(name, text, mark, verdict, told, missed, base, url)


def _teams_on_target(rows: pd.DataFrame, formats: Formats) -> str:
    words = formats.words
    judged = rows.loc[rows["attainment"].notna()]
    if judged.empty:
        return words.say("No team has a recorded target.")
    met = int((judged["attainment"] >= 1).sum())
    return words.count(
        "{met} of {n} team reached its target.",
        "{met} of {n} teams reached their target.",
        len(judged),
        met=formats.count(met),
    )


def _furthest(rows: pd.DataFrame, formats: Formats, *, over: bool) -> list[str]:
    """Name the teams whose gap to target is largest in money, at most three."""
    words = formats.words
    short = rows.assign(gap=rows["target"] - rows["won_amount"])
    short = short.loc[short["gap"] > 0].sort_values("gap", ascending=False).head(3)
    text = N_("{team}: {amount} short of target") if over else N_("{team}: {amount} to go")
    lines = [
        words.say(text, team=name, amount=formats.money_short(gap))
        for name, gap in zip(short["name"], short["gap"], strict=True)
    ]
    return lines or [words.say("No team is short of its target.")]


def why_finding(frame: pd.DataFrame, formats: Formats) -> str:
    """Return how many teams have a figure outside their usual range."""
    words = formats.words
    outside = frame.loc[frame["place"].isin(["above", "below"]), "team_id"].nunique()
    if frame["low"].notna().sum() == 0:
        return words.say("Too early to say what is usual")
    return words.count(
        "{n} team has a figure outside its usual range",
        "{n} teams have a figure outside their usual range",
        outside,
    )


def team_table(rows: pd.DataFrame, data: Slice, formats: Formats) -> Shown:
    """Return every team's revenue against its target, in the organisation's order."""
    words = formats.words
    table = tables.Table(
        (
            Column("name", words.say("Team")),
            Column("won", words.say("Revenue"), "right", main=True),
            Column("bullet", words.say("on target")),
            Column("reached", words.say("Attainment"), "right"),
            Column("series", words.say("8 quarters")),
            Column("decided", words.say("Won of decided"), "right"),
        )
    ).titled(
        words.say("Every team beside its target"),
        words.say("Revenue won; in the organisation's order, no ranking"),
    )
    groups = list(dict.fromkeys(rows["group"]))
    for group in groups:
        mine = rows.loc[rows["group"] == group]
        for row in mine.to_dict(orient="records"):
            table = table.row(**_team_cells(row, formats, over=data.over))
        if len(groups) > 1 and group:
            table = table.row(
                "subtotal",
                name=str(group),
                won=_won(mine, formats),
                decided=_decided(mine, formats),
            )
    return table.row(
        "sum",
        name=data.name,
        won=_won(rows, formats),
        decided=_decided(rows, formats),
    ).show()


def _team_cells(row: dict[Hashable, Any], formats: Formats, *, over: bool) -> dict[str, Cell | str]:
    reached, series, known = row["attainment"], row["series"], pd.notna(row["attainment"])
    share = formats.percent(reached, 0) if known else DASH
    won = value_text("won", row["won_amount"], formats)
    bullet = marks.bullet(row["won_amount"], row["target"], alt=share) if known else ""
    drawn = len(series) > 1 and pd.notna(row["won_amount"])
    counts = {"won": formats.count(row["won_count"]), "n": formats.count(row["decided"])}
    return {
        "name": _name(row, formats),
        "won": won,
        "bullet": Cell(html=bullet),
        "reached": Cell(share, alert=bool(known and over and reached < 1)),
        "series": Cell(html=marks.sparkline(series, alt=won)) if drawn else "",
        "decided": formats.words.say("{won} of {n}", **counts),
    }


def _won(rows: pd.DataFrame, formats: Formats) -> str:
    return value_text("won", float(rows["won_amount"].sum(min_count=1)), formats)


def _decided(rows: pd.DataFrame, formats: Formats) -> str:
    won, n = (formats.count(float(rows[name].sum())) for name in ("won_count", "decided"))
    return formats.words.say("{won} of {n}", won=won, n=n)


def heat(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return teams by measures, coloured by the distance from each team's own usual range."""
    words = formats.words
    if frame.empty:
        return parts.text(words.say("Without teams there is nothing to compare."))
    labels = {key: words.say(LABELS[key]) for key in SHORT if key in set(frame["key"])}
    told = [*zip(frame["key"], frame["value"], strict=True)]
    cells = frame.assign(
        team=frame["name"],
        measure=frame["key"],
        label=frame["key"].map(labels),
        short=[words.say(SHORT[key]) for key in frame["key"]],
        text=[_cell(key, value, formats) for key, value in told],
        too_early=frame["place"] == "too_early",
    )
    texts = frame.assign(text=[_long(key, value, formats) for key, value in told])
    texts = texts.pivot_table("text", "team_id", "key", aggfunc="first").fillna(DASH)
    names = frame.drop_duplicates("team_id").set_index("team_id")["name"]
    return figure(
        partial(heat_map.heat_map, cells, formats=formats),
        title=_deviations(frame, words),
        subtitle=words.say(
            "Amounts in {unit}; colour: distance from the team's own usual range, for the target "
            "from 100 %",
            unit=formats.scale(_THOUSANDS).unit,
        ),
        alt=words.say("Matrix of {n} teams by their figures.", n=formats.count(len(names))),
        data=Table(
            (words.say("Team"), *labels.values()),
            [(name, *texts.loc[team, list(labels)]) for team, name in names.items()],
        ),
        words=words,
        wide=heat_map.size(cells),
        half=heat_map.size(cells, narrow=True),
        key=heat_map.key(words),
    )


def _deviations(frame: pd.DataFrame, words: Words) -> str:
    if (frame["place"] == "too_early").all():
        return words.say("Too early to say what is usual")
    return words.count(
        "{n} strong deviation from what is usual for a team",
        "{n} strong deviations from what is usual for a team",
        int((frame["klass"].abs() == 2).sum()),
    )


def _cell(key: str, value: float, formats: Formats) -> str:
    if pd.isna(value):
        return DASH
    if key in ("won", "slipped", "average"):
        shortened = value / formats.scale(_THOUSANDS).divisor
        return formats.number(shortened, 1 if key == "average" else 0)
    return formats.percent(value, 0) if key in ("attainment", "win_rate") else formats.count(value)


def _long(key: str, value: float, formats: Formats) -> str:
    return formats.percent(value, 0) if key == "attainment" else value_text(key, value, formats)


def win_rates(rows: pd.DataFrame, formats: Formats) -> Shown:
    """Return every team's win rate with the values that so few deals leave possible."""
    words = formats.words
    known = rows.loc[(rows["decided"] > 0) & (rows["team_id"] != UNASSIGNED)]
    if known.empty:
        return parts.text(words.say("No deal was won or lost."))
    drawn = known.rename(columns={"win_rate": "rate", "won_count": "won"})
    drawn = drawn.assign(too_early=known["decided"] < ENOUGH)
    counts = zip(drawn["name"], drawn["rate"], drawn["won"], drawn["decided"], strict=True)
    return figure(
        partial(
            forest.win_rates,
            drawn,
            formats=formats,
            reference_label=words.say("Line: own rate of the four quarters before"),
        ),
        title=words.say("Win rate of each team"),
        subtitle=words.say("Won of decided deals; line: possible values at this number of deals"),
        alt=words.say(
            "Win rates of {n} teams with their possible values.", n=formats.count(len(drawn))
        ),
        data=Table(
            (words.say("Team"), words.say("Win rate"), words.say("Won"), words.say("Decided")),
            [
                (name, formats.percent(rate), formats.count(won), formats.count(decided))
                for name, rate, won, decided in counts
            ],
        ),
        words=words,
        wide=forest.size(drawn),
        half=forest.size(drawn, narrow=True),
    )
