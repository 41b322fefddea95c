"""Causes and points of attention in words: what happened, whether it is a pattern, who decides."""

from __future__ import annotations

from typing import Any

import pandas as pd

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.metrics.causes import PARTS, part_of
from qbr_lib.metrics.explained import Explained
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
    ("rate", "not given"): N_(
        "Of the deals without an entry {value} were won instead of the usual {usual}"
    ),
    ("stage", "days"): N_("Deals stayed {value} in {subject} instead of the usual {usual}"),
    ("stage", ""): N_("{value} went on from {subject} instead of the usual {usual}"),
    ("figure", ""): N_("{name}: {value} instead of the usual {usual}"),
}
_ASKED: dict[str, str] = {
    "volume": N_("Where do the next deals come from, and who opens them?"),
    "win_rate": N_("What do the lost deals have in common, and what do we change?"),
    "size": N_("Do we want these deals, and at this price?"),
    "slipped": N_("What comes next for each?"),
    "time": N_("What holds the deals up, and who clears it?"),
    "overdue": N_("New day, or close them?"),
    "stale": N_("Revive them, or close them?"),
    "quality": N_("Who mends the rows in the CRM, and by when?"),
    "commitments": N_("What stands in the way, and does it still matter?"),
    "goals": N_("What do we learn from it for the next goals?"),
}
_ROLES: dict[str, str] = {
    "lead": N_("team lead"),
    "owners": N_("deal owners"),
    "data": N_("sales operations"),
    "team": N_("whole team"),
}
_AGREED = ("commitments", "goals")
_RATES = ("win_rate", "conversion")
# Where a cause stands: said behind it, as a sentence of its own, and of two causes alike.
_STANDS: dict[str, tuple[str, str]] = {
    "pattern": (N_("{text}: a pattern."), N_("This is a pattern.")),
    "usual": (N_("{text}: within the usual swing."), N_("That lies within the usual swing.")),
    "outside": (
        N_("{text}: outside the usual range, but no pattern."),
        N_("That lies outside the usual range, but chance alone can explain it."),
    ),
    "early": (
        N_("{text}: too early to say whether that is a pattern."),
        N_("Whether that is a pattern, it is too early to say."),
    ),
}
_BOTH: dict[str, str] = {
    "usual": N_("Both lie within the usual swing."),
    "early": N_("Whether that is a pattern, it is too early to say."),
}


def phrase(claim: pd.Series, formats: Formats) -> str:
    """Return a claim as the beginning of a sentence, without its full stop."""
    kind, name, subject = (str(claim[field]) for field in ("kind", "name", "subject"))
    text = _SAID.get((kind, name)) or _SAID[kind, ""]
    if kind == "rate":
        text = text if subject else _SAID[kind, "not given"]
        subject = win_rates.named(subject, name, formats)
    known = REGISTRY.get(name)
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


def lines(explained: Explained, formats: Formats) -> list[str]:
    """Return the two heaviest causes as sentences, and where they stand."""
    say, rows = formats.words.say, [row for _, row in explained.causes.head(2).iterrows()]
    stands = [_stand(row, explained) for row in rows]
    both = _BOTH.get(stands[0]) if len(rows) == 2 and stands[0] == stands[1] else None
    told = []
    for row, stand in zip(rows, stands, strict=True):
        text = N_("{text}.") if both else _STANDS[stand][0]
        line = say(text, text=phrase(row, formats))
        told.append(" ".join(filter(None, [line, _part(row, explained, formats)])))
    return [*told, say(both)] if both else told


def lead(explained: Explained, measures: Known, formats: Formats) -> list[str]:
    """Return what stands below the headline: its verdict and its worth, then further patterns."""
    words, causes = formats.words, explained.causes
    if causes.empty or sentences.decided(measures) < ENOUGH_DEALS:
        return []
    first = causes.iloc[0]
    verdict = _STANDS[_stand(first, explained)][1]
    told = [words.say(verdict), _worth(first, formats), _part(first, explained, formats)]
    further = [
        words.say("{text}: a pattern.", text=phrase(row, formats))
        for _, row in _further(explained).iterrows()
    ]
    alone = explained.judged["pattern"].sum() <= bool(first["pattern"])
    if alone and causes["chance"].notna().any():
        further = [words.say("Otherwise no pattern shows.")]
    return [" ".join(filter(None, told)), *further[:2]]


def _further(explained: Explained) -> pd.DataFrame:
    """Return the patterns beside the heaviest cause: the other causes', then further figures."""
    causes, judged = explained.causes, explained.judged
    told = causes.set_index(["kind", "name"]).index
    figures = judged.loc[(judged["kind"] == "figure") & (judged["name"] != "won")]
    figures = figures.loc[~pd.MultiIndex.from_frame(figures[["kind", "name"]]).isin(told)]
    rows = pd.concat([causes.iloc[1:], figures])
    return rows.loc[rows["pattern"].astype(bool)]


def _stand(claim: pd.Series, explained: Explained) -> str:
    """Return where a cause stands; a figure may leave its usual range and still be no pattern."""
    if claim["pattern"]:
        return "pattern"
    if pd.isna(claim["chance"]):
        return "early"
    figures = explained.figures
    beyond = figures.loc[figures["place"].isin(["above", "below"]), "key"]
    return "outside" if claim["kind"] == "figure" and claim["name"] in set(beyond) else "usual"


def _worth(claim: pd.Series, formats: Formats) -> str:
    """Say what a cause cost or brought; empty where that is unknown, or slipped and not lost."""
    say, money = formats.words.say, float(claim["money"])
    if not abs(money) > 0 or claim["name"] == "slipped":
        return ""
    amount = formats.money_about(abs(money))
    if claim["name"] == "created":
        return say(
            "At this quarter's win rate and deal size that is about {amount}.", amount=amount
        )
    if money < 0:
        return say("It cost about {amount}.", amount=amount)
    return say("It brought about {amount}.", amount=amount)


def _part(row: pd.Series, explained: Explained, formats: Formats) -> str:
    """Name the single deal that made a cause, or the part of the deals behind a pattern."""
    say, deal = formats.words.say, explained.alone
    if deal is not None and row["cause"] == explained.causes["cause"].iloc[0]:
        amount = formats.money_short(float(deal["amount"]))
        return say("One deal, {name}, alone brought {amount}.", name=deal["name"], amount=amount)
    part = part_of(explained.judged, str(row["cause"]), favourable=bool(row["favourable"]))
    if part is None or row["kind"] in PARTS or not row["pattern"]:
        return ""
    return say("{text}.", text=phrase(part, formats))


def attention_finding(listed: pd.DataFrame, formats: Formats) -> str:
    """Return the headline of the section on what needs attention."""
    if listed.empty:
        return formats.words.say("Nothing asks for attention")
    return formats.words.count(
        "{n} point needs attention", "{n} points need attention", len(listed)
    )


def attention(listed: pd.DataFrame, explained: Explained, formats: Formats) -> Shown:
    """Return what needs attention, each point with its money, who is asked, and the question."""
    points = [_point(row, explained.causes, formats) for row in listed.itertuples()]
    return parts.findings(points) if points else Shown("", "")


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
    tag = words.say(N_("agreed") if row.key in _AGREED else N_("without an amount"))
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
            return words.count("{n} slipped deal, still open", "{n} slipped deals, still open", n)
        case "stale":
            return words.count("{n} stale deal", "{n} stale deals", n)
        case "commitments":
            return words.count("{n} commitment is overdue", "{n} commitments are overdue", n)
        case "goals":
            return words.count("{n} goal was not met", "{n} goals were not met", n)
    return words.say("Bad rows could move the revenue")
