"""Causes and points of attention in words: what happened, whether it is a pattern, who decides."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.metrics.causes import PARTS, part_of
from qbr_lib.metrics.explained import Explained
from qbr_lib.metrics.patterns import LEVEL
from qbr_lib.metrics.usual import ENOUGH_DEALS
from qbr_lib.present import parts, sentences, win_rates
from qbr_lib.present.figure import Shown
from qbr_lib.present.sentences import Known
from qbr_lib.words import Words

# What a claim says, by kind and name; the last of a kind stands for every other name.
_SAID: dict[tuple[str, str], str] = {
    ("figure", "created"): N_("{value} deals were created instead of the usual {usual}"),
    ("figure", "average"): N_("Won deals brought {value} on average instead of the usual {usual}"),
    ("figure", "win_rate"): N_("The win rate was {value} instead of the usual {usual}"),
    ("figure", "slipped"): N_("{value} slipped instead of the usual {usual}"),
    ("figure", "days"): N_("Wins took {value} instead of the usual {usual}"),
    ("driver", "volume"): N_("{value} deals were decided instead of {usual} the quarter before"),
    ("driver", "win_rate"): N_("The win rate was {value} instead of {usual} the quarter before"),
    ("driver", "deal_size"): N_("Won deals brought {value} instead of {usual} the quarter before"),
    ("driver", "mix"): N_("The mix of what was sold changed"),
    ("rate", "competitor"): N_("Against {subject} {value} were won instead of the usual {usual}"),
    ("rate", ""): N_("{subject}: {value} were won instead of the usual {usual}"),
    ("stage", "days"): N_("Deals stayed {value} in {subject} instead of the usual {usual}"),
    ("stage", ""): N_("{value} went on from {subject} instead of the usual {usual}"),
    ("figure", ""): N_("{name}: {value} instead of the usual {usual}"),
}
_ASKED: dict[str, str] = {
    "volume": N_("Where do the next deals come from, and who opens them?"),
    "win_rate": N_("What do the lost deals have in common, and what do we change?"),
    "size": N_("Do we want these deals, and at this price?"),
    "slipped": N_("What is the next step of each?"),
    "time": N_("What holds the deals up, and who clears it?"),
    "overdue": N_("New day, or close them?"),
    "stale": N_("Revive them, or close them?"),
    "quality": N_("Who mends the rows in the CRM, and by when?"),
    "commitments": N_("What stands in the way, and does it still matter?"),
    "goals": N_("What do we learn from it for the next goals?"),
}
_ROLES: dict[str, str] = {
    "lead": N_("team lead"),
    "owners": N_("owners of the deals"),
    "data": N_("sales operations"),
    "team": N_("whole team"),
}
_RATES = ("win_rate", "conversion")


def phrase(claim: pd.Series, formats: Formats) -> str:
    """Return a claim as the beginning of a sentence, without its full stop."""
    kind, name = str(claim["kind"]), str(claim["name"])
    text = _SAID.get((kind, name)) or _SAID[kind, ""]
    known, subject = REGISTRY.get(name), str(claim["subject"])
    if kind == "rate":
        text = text if subject else _SAID["rate", ""]
        subject = win_rates.named(subject, name, formats)
    return formats.words.say(
        text,
        name=formats.words.say(known.name) if known else name,
        subject=subject,
        value=_written(kind, name, float(claim["value"]), formats),
        usual=_written(kind, name, float(claim["usual"]), formats),
    )


def _written(kind: str, name: str, value: float, formats: Formats) -> str:
    if pd.isna(value):
        return DASH
    if kind == "rate" or name in _RATES:
        return formats.percent(value)
    if name in ("average", "deal_size"):
        return formats.money(value)
    if name == "slipped":
        return formats.money_short(value)
    return formats.days(value) if name == "days" else formats.count(value)


def finding(explained: Explained, measures: Known, formats: Formats) -> str:
    """Return the headline of the section on causes: the heaviest cause, or that it is too early."""
    words = formats.words
    if sentences.decided(measures) < ENOUGH_DEALS:
        return words.say("Too few deals to say why the quarter came out as it did")
    if explained.causes.empty:
        return words.say("What made the quarter cannot be read from this data")
    return phrase(explained.causes.iloc[0], formats)


def lines(explained: Explained, formats: Formats, n: int = 3) -> list[str]:
    """Return the heaviest causes as sentences, each with its verdict: pattern or usual swing."""
    words, told = formats.words, []
    for _, row in explained.causes.head(n).iterrows():
        verdict = N_("{text}: within the usual swing.")
        if _unusual(row, explained):
            verdict = N_("{text}: unusual, but chance may explain it.")
        if row["pattern"]:
            verdict = N_("{text}: a pattern.")
        elif pd.isna(row["chance"]):
            verdict = N_("{text}: too early to say whether that is a pattern.")
        line = words.say(verdict, text=phrase(row, formats))
        told.append(" ".join(filter(None, [line, _part(row, explained, formats)])))
    return told


def lead(explained: Explained, measures: Known, formats: Formats) -> list[str]:
    """Return what stands below the headline: its verdict and its worth, then further patterns."""
    words, causes = formats.words, explained.causes
    if causes.empty or sentences.decided(measures) < ENOUGH_DEALS:
        return []
    first, others = causes.iloc[0], causes.iloc[1:]
    told = " ".join(filter(None, [_verdict(first, explained, words), _worth(first, formats)]))
    further = [
        words.say("{text}: a pattern.", text=phrase(row, formats))
        for _, row in others.loc[others["pattern"].astype(bool)].iterrows()
    ]
    rest = further[:2]
    if not further and explained.judged["chance"].notna().any():
        rest = [words.say("Nothing else stands out.")]
    return [" ".join(filter(None, [told, _part(first, explained, formats)])), *rest]


def _unusual(claim: pd.Series, explained: Explained) -> bool:
    """Tell whether a figure stands outside its usual range; that alone is no pattern."""
    mine = explained.figures.loc[explained.figures["key"] == claim["name"], "place"]
    alone = bool(claim["chance"] <= LEVEL)  # a pattern, if it were the only claim
    return alone or (claim["kind"] == "figure" and bool(mine.isin(["above", "below"]).any()))


def _verdict(claim: pd.Series, explained: Explained, words: Words) -> str:
    if claim["pattern"]:
        return words.say("This is a pattern.")
    if pd.isna(claim["chance"]):
        return words.say("Whether that is a pattern, it is too early to say.")
    if _unusual(claim, explained):
        return words.say("That is unusual, but chance may explain it.")
    return words.say("That lies within the usual swing.")


def _worth(claim: pd.Series, formats: Formats) -> str:
    """Say what a cause cost or brought, empty where that is unknown."""
    money = float(claim["money"])
    if not abs(money) > 0:
        return ""
    amount = formats.money_about(abs(money))
    if money < 0:
        return formats.words.say("It cost about {amount}.", amount=amount)
    return formats.words.say("It brought about {amount}.", amount=amount)


def _part(row: pd.Series, explained: Explained, formats: Formats) -> str:
    """Name the part of the deals behind a pattern of the whole team, empty where none is."""
    part = part_of(explained.judged, str(row["cause"]), favourable=bool(row["favourable"]))
    if part is None or row["kind"] in PARTS or not row["pattern"]:
        return ""
    return formats.words.say("{text}.", text=phrase(part, formats))


def attention_finding(listed: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of the section on what needs attention."""
    if listed.empty:
        return formats.words.say("Nothing asks for attention")
    return formats.words.count(
        "{n} point needs attention", "{n} points need attention", len(listed)
    )


def attention(listed: pd.DataFrame, explained: Explained, formats: Formats) -> Shown:
    """Return what needs attention, each point with its money, who is asked, and the question."""
    if listed.empty:
        return parts.text(formats.words.say("Nothing in the data asks for attention."))
    points = [_point(row, explained.causes, formats) for row in listed.itertuples()]
    return parts.findings(points)


def questions(listed: pd.DataFrame, explained: Explained, formats: Formats) -> list[str]:
    """Return the three heaviest points as questions to decide, one a line."""
    words, causes = formats.words, explained.causes
    lines = [
        _ask(row, words)
        if row.key == "cause"  # it stands beside this list as the first of what happened
        else words.say(
            "{what}: {question}", what=_title(row, causes, formats), question=_ask(row, words)
        )
        for row in listed.head(3).itertuples()
    ]
    return lines or [words.say("Nothing in the data asks for a decision.")]


def _point(row: Any, causes: pd.DataFrame, formats: Formats) -> parts.Finding:
    words = formats.words
    tag = words.say("agreed") if row.key in ("commitments", "goals") else DASH
    if pd.notna(row.money):
        write = formats.money_about if row.key in ("cause", "quality") else formats.money_short
        tag = write(abs(row.money))
    return parts.Finding(
        _title(row, causes, formats),
        _ask(row, words),
        tag,
        alert=row.key == "cause",
        aside=words.say(_ROLES[row.owner]),
    )


def _ask(row: Any, words: Words) -> str:
    text = _ASKED[row.subject if row.key == "cause" else row.key]
    return words.say(text)


def _title(row: Any, causes: pd.DataFrame, formats: Formats) -> str:
    words, n = formats.words, int(row.n)
    if row.key == "cause":
        return phrase(causes.loc[causes["cause"] == row.subject].iloc[0], formats)
    match row.key:
        case "overdue":
            return words.count(
                "{n} deal with a passed closing day", "{n} deals with a passed closing day", n
            )
        case "slipped":
            return words.count("{n} slipped deal", "{n} slipped deals", n)
        case "stale":
            return words.count(
                "{n} open deal older than deals that still close",
                "{n} open deals older than deals that still close",
                n,
            )
        case "commitments":
            return words.count("{n} commitment is overdue", "{n} commitments are overdue", n)
        case "goals":
            return words.count("{n} goal was not met", "{n} goals were not met", n)
    return words.say("Bad rows could move the revenue")
