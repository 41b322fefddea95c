"""The parts of the page over all teams."""

from __future__ import annotations

from functools import partial

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.present import folds, parts, sentences, tables
from qbr_lib.present.charts import forest, heat_map, marks
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.review import FIGURES, value_text
from qbr_lib.present.sentences import Known
from qbr_lib.present.tables import Cell, Column
from qbr_lib.schema import UNASSIGNED

ENOUGH = 20
_TOTALS = {  # with the list of deals behind each
    "bookings.won_amount": "won",
    "conversion.win_rate": "won",
    "bookings.average_won_amount": "won",
    "pipeline.slipped": "slipped",
}
SHORT: dict[str, str] = {
    "attainment": N_("Target"),
    "won": N_("Revenue"),
    "average": N_("Average"),
    "win_rate": N_("Win rate"),
    "created": N_("Created"),
    "days": N_("Days"),
    "slipped": N_("Slipped"),
}
LABELS: dict[str, str] = {"attainment": N_("Target reached"), **FIGURES}


def _name(row: object, formats: Formats) -> str:
    team = getattr(row, "team_id")  # noqa: B009 - rows of a frame carry no types
    name = str(getattr(row, "name"))  # noqa: B009
    return formats.words.say("Without a team") if team == UNASSIGNED else name


def answer(data: Slice, measures: Known, rows: pd.DataFrame, formats: Formats) -> Shown:
    """Return the scope's quarter in one look: result, teams on target, what to look at."""
    words = formats.words
    figures = [_total(key, measures, formats) for key in _TOTALS if key in measures]
    return parts.glance(
        sentences.answer(measures, data, formats),
        figures,
        left_title=words.say("What happened"),
        left=[_teams_on_target(rows, formats)],
        right_title=words.say("To look at first"),
        right=_furthest(rows, formats),
    )


def _total(key: str, measures: Known, formats: Formats) -> parts.Glance:
    words, found = formats.words, measures[key]
    name = words.say(REGISTRY[key].name)
    base, url = words.count("{n} deal", "{n} deals", found.n), folds.anchor(_TOTALS[key])
    if key == "bookings.won_amount":
        goal = measures.get("bookings.target")
        if goal is not None and goal.value:
            share = formats.percent(found.value / goal.value, 0)
            verdict = words.say("{percent} of target", percent=share)
            mark = marks.glance_bullet(found.value, goal.value, alt=verdict)
            told = words.say("Target {amount}", amount=formats.money_short(goal.value))
            short = formats.money_short(found.value)
            missed = found.value < goal.value
            return parts.Glance(name, short, mark, verdict, told, missed, base, url)
    text = (
        formats.money_short(found.value)
        if found.unit == "money"
        else formats.measure(key, found.value)
    )
    return parts.Glance(name, text, "", "", "", base=base, url=url)


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


def _furthest(rows: pd.DataFrame, formats: Formats) -> list[str]:
    """Name the teams whose gap to target is largest in money, at most three."""
    words = formats.words
    short = rows.assign(gap=rows["target"] - rows["won_amount"])
    short = short.loc[short["gap"] > 0].sort_values("gap", ascending=False).head(3)
    lines = [
        words.say(
            "{team}: {amount} short of target", team=row.name, amount=formats.money_short(row.gap)
        )
        for row in short.itertuples(index=False)
    ]
    return lines or [words.say("No team with a target missed it.")]


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
        for row in mine.itertuples():
            table = _team_row(table, row, formats)
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


def _team_row(table: tables.Table, row: object, formats: Formats) -> tables.Table:
    attainment, target = row.attainment, row.target  # type: ignore[attr-defined]
    known = pd.notna(attainment)
    share = formats.percent(attainment, 0) if known else "\N{EN DASH}"
    won = float(row.won_amount)  # type: ignore[attr-defined]
    text = formats.money(won) if pd.notna(won) else "\N{EN DASH}"
    series = row.series  # type: ignore[attr-defined]
    return table.row(
        name=_name(row, formats),
        won=text,
        bullet=Cell(html=marks.bullet(won, target, alt=share)) if known else "",
        reached=Cell(share, alert=bool(known and attainment < 1)),
        series=Cell(html=marks.sparkline(series, alt=text))
        if len(series) > 1 and pd.notna(won)
        else "",
        decided=formats.words.say(
            "{won} of {n}",
            won=formats.count(row.won_count),  # type: ignore[attr-defined]
            n=formats.count(row.decided),  # type: ignore[attr-defined]
        ),
    )


def _won(rows: pd.DataFrame, formats: Formats) -> str:
    total = float(rows["won_amount"].sum(min_count=1))
    return formats.money(total) if pd.notna(total) else "\N{EN DASH}"


def _decided(rows: pd.DataFrame, formats: Formats) -> str:
    won, n = (formats.count(float(rows[name].sum())) for name in ("won_count", "decided"))
    return formats.words.say("{won} of {n}", won=won, n=n)


def heat(frame: pd.DataFrame, formats: Formats) -> Shown:
    """Return teams by measures, coloured by the distance from each team's own usual range."""
    words = formats.words
    order = [key for key in SHORT if key in set(frame["key"])]
    drawn = frame.loc[frame["key"].isin(order)]
    cells = pd.DataFrame(
        {
            "team": drawn["name"],
            "group": drawn["group"],
            "measure": drawn["key"],
            "label": [words.say(LABELS[key]) for key in drawn["key"]],
            "short": [words.say(SHORT[key]) for key in drawn["key"]],
            "text": [
                _cell(key, value, formats)
                for key, value in zip(drawn["key"], drawn["value"], strict=True)
            ],
            "klass": drawn["klass"],
            "too_early": drawn["place"] == "too_early",
        }
    )
    strong = int((drawn["klass"].abs() == 2).sum())
    names = list(dict.fromkeys(drawn["name"]))
    table = Table(
        (words.say("Team"), *(words.say(LABELS[key]) for key in order)),
        [
            (
                name,
                *(
                    _long(key, drawn.loc[(drawn["name"] == name) & (drawn["key"] == key)], formats)
                    for key in order
                ),
            )
            for name in names
        ],
    )
    return figure(
        partial(heat_map.heat_map, cells, formats=formats),
        title=words.count(
            "{n} strong deviation from what is usual for a team",
            "{n} strong deviations from what is usual for a team",
            strong,
        ),
        subtitle=words.say(
            "Colour: distance from the team's own usual range; for the target, from 100 %"
        ),
        alt=words.say("Matrix of {n} teams by their figures.", n=formats.count(len(names))),
        data=table,
        words=words,
        wide=heat_map.size(cells),
        half=heat_map.size(cells, narrow=True),
        key=heat_map.key(words),
    )


def _cell(key: str, value: float, formats: Formats) -> str:
    if pd.isna(value):
        return "\N{EN DASH}"
    if key == "attainment":
        return formats.percent(value, 0)
    if key in ("won", "slipped"):
        return formats.number(value / 1000)
    if key == "average":
        return formats.number(value / 1000, 1)
    return formats.percent(value, 0) if key == "win_rate" else formats.count(value)


def _long(key: str, rows: pd.DataFrame, formats: Formats) -> str:
    if rows.empty:
        return "\N{EN DASH}"
    value = float(rows["value"].iloc[0])
    return formats.percent(value, 0) if key == "attainment" else value_text(key, value, formats)


def win_rates(rows: pd.DataFrame, formats: Formats) -> Shown:
    """Return every team's win rate with the values that so few deals leave possible."""
    words = formats.words
    known = rows.loc[(rows["decided"] > 0) & (rows["team_id"] != UNASSIGNED)]
    if known.empty:
        return parts.text(words.say("No deal was won or lost."))
    drawn = pd.DataFrame(
        {
            "name": known["name"],
            "group": known["group"],
            "rate": known["win_rate"],
            "low": known["low"],
            "high": known["high"],
            "won": known["won_count"],
            "decided": known["decided"],
            "reference": known["reference"],
            "too_early": known["decided"] < ENOUGH,
        }
    )
    table = Table(
        (words.say("Team"), words.say("Win rate"), words.say("Won"), words.say("Decided")),
        [
            (
                row.name,
                formats.percent(row.rate),
                formats.count(row.won),
                formats.count(row.decided),
            )
            for row in drawn.itertuples(index=False)
        ],
    )
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
        data=table,
        words=words,
        wide=forest.size(drawn),
        half=forest.size(drawn, narrow=True),
    )
