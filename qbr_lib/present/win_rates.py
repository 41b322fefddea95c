"""Win rates by part: the chart of the one that matters, its sentence, and all tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_
from qbr_lib.present import parts, tables
from qbr_lib.present.charts import forest
from qbr_lib.present.figure import Shown, Table, figure
from qbr_lib.present.tables import Cell, Column

_MOST_ROWS, _MANY, _LISTED = 8, 50, 60
_FIRST = ("competitor", "product", "segment", "lead_source", "size", "territory")
_TITLES: dict[str, tuple[str, str]] = {
    "competitor": (N_("Win rate by competitor"), N_("No competitor stands out")),
    "product": (N_("Win rate by product"), N_("No product stands out")),
    "segment": (N_("Win rate by segment"), N_("No segment stands out")),
    "lead_source": (N_("Win rate by origin"), N_("No origin stands out")),
    "size": (N_("Win rate by deal size"), N_("No deal size stands out")),
    "territory": (N_("Win rate by territory"), N_("No territory stands out")),
}
_SIZES = {"small": N_("small deals"), "medium": N_("medium deals"), "large": N_("large deals")}


def named(value: object, column: str, formats: Formats) -> str:
    """Return what a part of the deals is called."""
    say = formats.words.say
    if pd.isna(value) or value == "":
        return say("No competitor") if column == "competitor" else say("No entry")
    return say(_SIZES[str(value)]) if column == "size" else str(value)


def percent(value: float, formats: Formats) -> str:
    """Return a rate without decimals, an unknown one as a dash."""
    return DASH if pd.isna(value) else formats.percent(value, 0)


def span(low: float, high: float, formats: Formats) -> str:
    """Return the values a rate may have."""
    if pd.isna(low):
        return DASH
    say = formats.words.say
    return say("{low} to {high}", low=formats.percent(low, 0), high=formats.percent(high, 0))


def _of(won: int, decided: int, formats: Formats) -> str:
    counts = {"won": formats.count(won), "decided": formats.count(decided)}
    return formats.words.say("{won} of {decided}", **counts)


def patterns_of(judged: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
    """Return the claims of one kind and name that are patterns, the largest first."""
    rows = judged.loc[(judged["kind"] == kind) & (judged["name"] == name)]
    return rows.loc[rows["pattern"].astype(bool)]


def chart(known: Mapping[str, pd.DataFrame], judged: pd.DataFrame, formats: Formats) -> Shown:
    """Return the win rates by one column: the one with a pattern, else by competitor or product.

    Parameters
    ----------
    known : mapping of str to DataFrame
        What `metrics.rates.tables` returns.
    judged : DataFrame
        All claims of the workbook, from `metrics.patterns.judged`.
    """
    words = formats.words
    if not known:
        return parts.text(words.say("The win rate cannot be broken down."))
    column = _chosen(known, judged)
    frame, patterns = known[column], patterns_of(judged, "rate", column)
    drawn = _drawn(frame, column, patterns, formats)
    title, alone = _TITLES[column]
    if not len(_judged(judged, column)):
        title = words.say(title)
    elif len(patterns):
        first = patterns.iloc[0]
        title = N_("More deals won than usual: {name}")
        if not first["favourable"]:
            title = N_("Fewer deals won than usual: {name}")
        title = words.say(title, name=named(first["subject"], column, formats))
    else:
        title = words.say(alone)
    more = len(frame) - len(drawn)
    note = words.count("{n} more is in the appendix.", "{n} more are in the appendix.", more)
    return figure(
        partial(
            forest.win_rates,
            drawn,
            formats=formats,
            reference_label=words.say("Tick: own earlier quarters"),
        ),
        title=title,
        subtitle=words.say(_TITLES[column][0]) + "; " + words.say("line: possible values"),
        note=note if more > 0 else "",
        alt=words.say("Win rates of {n} parts with their possible values.", n=len(drawn)),
        data=_numbers(frame, column, formats),
        words=words,
        wide=forest.size(drawn),
        half=forest.size(drawn, narrow=True),
    ) + parts.text(_sentence(frame, column, judged, formats))


def _judged(judged: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the claims of a column for which enough is known, patterns first, then by money."""
    rows = judged.loc[(judged["kind"] == "rate") & (judged["name"] == column)]
    return rows.loc[rows["chance"].notna()]


def _chosen(known: Mapping[str, pd.DataFrame], judged: pd.DataFrame) -> str:
    patterns = judged.loc[(judged["kind"] == "rate") & judged["pattern"].astype(bool), "name"]
    return next(name for name in (*patterns, *_FIRST, *known) if name in known)


def _drawn(
    frame: pd.DataFrame, column: str, patterns: pd.DataFrame, formats: Formats
) -> pd.DataFrame:
    subjects = frame["value"].fillna("").isin(patterns["subject"])
    top = frame["decided"].rank(method="first", ascending=False) <= _MOST_ROWS
    shown = frame.assign(pattern=subjects).loc[top | subjects]
    return pd.DataFrame(
        {
            "name": [named(value, column, formats) for value in shown["value"]],
            "group": "",
            "rate": shown["rate"],
            "low": shown["low"],
            "high": shown["high"],
            "won": shown["won"],
            "decided": shown["decided"],
            "reference": shown["before"],
            "too_early": shown["early"],
            "pattern": shown["pattern"],
        }
    )


def _numbers(frame: pd.DataFrame, column: str, formats: Formats) -> Table:
    say = formats.words.say
    head = (say("Part"), say("Win rate"), say("Won"), say("possible values"), say("before"))
    rows = [
        (
            named(row.value, column, formats),
            DASH if row.early else percent(row.rate, formats),
            _of(row.won, row.decided, formats),
            span(row.low, row.high, formats),
            percent(row.before, formats),
        )
        for row in frame.head(_LISTED).itertuples()
    ]
    return Table(head, rows)


def _sentence(frame: pd.DataFrame, column: str, judged: pd.DataFrame, formats: Formats) -> str:
    """Say the largest fact of a column, and whether it is more than chance."""
    say = formats.words.say
    claims = _judged(judged, column)
    if (frame["won"] == frame["decided"]).all():
        return say("No lost deal is recorded in the quarter, so rates cannot be compared.")
    if claims.empty:
        return say("It is too early to compare the parts with earlier quarters.")
    claim = claims.iloc[0]
    row = frame.loc[frame["value"].fillna("") == claim["subject"]].iloc[0]
    told = {
        "name": named(row["value"], column, formats),
        "won": formats.count(row["won"]),
        "decided": formats.count(row["decided"]),
        "rate": formats.percent(claim["value"], 0),
        "usual": formats.percent(claim["usual"], 0),
    }
    fact = N_("{name}: {won} of {decided} won, {rate} instead of the usual {usual}.")
    if column == "competitor" and claim["subject"]:
        fact = N_("We won {won} of {decided} against {name}, {rate} instead of the usual {usual}.")
    if claim["pattern"]:
        worth = formats.money_about(abs(claim["money"])) if pd.notna(claim["money"]) else ""
        about = say("The difference was worth about {amount}.", amount=worth) if worth else ""
        sure = say("Chance does not explain this.")
        return " ".join(filter(None, [say(fact, **told), sure, about]))
    if row["decided"] < _MANY:
        return say(fact, **told) + " " + say("With so few deals, chance alone can explain it.")
    return say(fact, **told) + " " + say("This is within the usual swing of this team.")


def all_tables(known: Mapping[str, pd.DataFrame], judged: pd.DataFrame, formats: Formats) -> Shown:
    """Return the win rates by every column, for the appendix."""
    words = formats.words
    if not known:
        return parts.text(words.say("The win rate cannot be broken down."))
    columns = (
        Column("name", words.say("Part")),
        Column("rate", words.say("Win rate"), "right", main=True),
        Column("won", words.say("Won"), "right"),
        Column("usual", words.say("before"), "right"),
        Column("change", words.say("Difference"), "right"),
        Column("steady", words.say("Cautious rate"), "right"),
        Column("verdict", words.say("Compared with usual")),
    )
    shown = Shown("", "")
    for column in sorted(known, key=_FIRST.index):
        table = tables.Table(columns).titled(words.say(_TITLES[column][0]))
        claims = _judged(judged, column).set_index("subject")
        for row in known[column].head(_LISTED).itertuples():
            subject = "" if pd.isna(row.value) else row.value
            claim = claims.loc[subject] if subject in claims.index else None
            table = table.row(**_cells(row, column, claim, formats))
        more = len(known[column]) - _LISTED
        left = words.count("{n} more had fewer deals.", "{n} more had fewer deals each.", more)
        shown += table.noted(left if more > 0 else "").show()
    return shown


def _cells(
    row: pd.Series, column: str, claim: pd.Series | None, formats: Formats
) -> dict[str, Cell | str]:
    say = formats.words.say
    found = claim is not None and bool(claim["pattern"])
    verdict = say("pattern") if found else say("as usual")
    before = _of(row.won_before, row.decided_before, formats)
    known = not row.early and pd.notna(row.difference_low)
    apart = formats.points_between(row.difference_low, row.difference_high) if known else ""
    difference = formats.points(row.difference) if known else DASH
    return {
        "name": named(row.value, column, formats),
        "rate": Cell(
            DASH if row.early else percent(row.rate, formats), span(row.low, row.high, formats)
        ),
        "won": _of(row.won, row.decided, formats),
        "usual": Cell(percent(row.before, formats), before if row.decided_before else ""),
        "change": Cell(difference, apart),
        "steady": percent(row.steady, formats),
        "verdict": Cell(
            say("too early") if claim is None else verdict,
            alert=found and not claim["favourable"],
            bold=found,
        ),
    }
