"""What the title of a goal leaves open, by rules on German and English words.

Rules find what is written, not what is meant: what they report is a question to the author.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import NBSP, Formats
from qbr_lib.goals.case import Case, Check
from qbr_lib.measures import REGISTRY
from qbr_lib.record import Goal

_JOINED = re.compile(r"\s(?:und|and|sowie|&)\s", re.IGNORECASE)
# A verb that asks for a direction and leaves open how far.
_VAGUE = re.compile(
    r"\b(verbesser\w*|steiger\w*|erhöh\w*|optimier\w*|ausbau\w*|ausweit\w*|stärk\w*|förder\w*"
    r"|vorantreib\w*|intensivier\w*|senk\w*|reduzier\w*|unterstütz\w*|mehr|besser\w*|weniger"
    r"|improv\w*|increas\w*|grow\w*|boost\w*|optimi[sz]\w*|strengthen\w*|enhanc\w*|driv(?:e|ing)"
    r"|support\w*|rais(?:e|ing)|reduc\w*|lower\w*|better|more|fewer|less)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(umsatz|marge|abschlussquote|leads?\b|termine?\b|marktanteil|pipeline|rabatt|kunden"
    r"|\brevenue|margin|win rate|conversion|meetings?\b|market share|discount|customers|\bcalls\b)",
    re.IGNORECASE,
)
_PERIOD = re.compile(r"\b(?:FY)?\d{4}[-‑/ ]?Q[1-4]\b|\bQ[1-4](?:[-‑/ ]?\d{2,4})?\b|\b20\d\d\b")
_COUNTED = re.compile(
    r"\d|\b(zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|hundert|tausend|jede\w*|alle\w*"
    r"|\w*doppel\w*|halbier\w*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|hundred"
    r"|thousand|every|each|all|double|twice|halve)\b",
    re.IGNORECASE,
)
# Participles are lower-case, which tells them from German nouns such as Gebiet.
_PARTICIPLE = (
    r"\w*ge\w+t|\w*(?:er|be|ver|ent)\w+t|\w+iert"
    r"|\w*ge(?:wonnen|hoben|schlossen|halten|funden|schrieben|sprochen|rufen|nommen|bracht)"
)
_PASSIVE = re.compile(
    rf"\b(?:wird|werden)\b.*\b(?:{_PARTICIPLE})\s*[.!]?$|\b(?:{_PARTICIPLE})\s+(?:wird|werden)\b"
    r"|\b(?:is|are|be|being|been)\b(?:\s+\w+ly)?"
    r"\s+(?:\w+[^e\W]ed|won|held|kept|made|sold|brought|cut|built|given|driven|grown|met)\b"
)
_QUARTER = re.compile(r"\b(\d{4})[-‑/ ]?Q([1-4])\b|\bQ([1-4])[-‑/ ]?(\d{4})\b", re.IGNORECASE)


class Wording(NamedTuple):
    """What a title leaves open; an empty text where nothing is.

    Parameters
    ----------
    joined : str
        The word that joins two goals.
    several : bool
        Whether both sides of it have a number or a measure of their own, so that they are two.
    vague : str
        The word that names a direction without saying how far.
    numbered : bool
        Whether any number stands in it; quarters and years are none.
    passive : bool
        Whether it leaves open who acts.
    """

    joined: str
    several: bool
    vague: str
    numbered: bool
    passive: bool


def wording(title: str, names: Iterable[str] = ()) -> Wording:
    """Return what a title leaves open.

    Parameters
    ----------
    names : iterable of str
        Names that may stand in it, such as an account Meier & Söhne; their words join no goals.

    >>> wording("Steigerung von Umsatz und Marge")
    Wording(joined='und', several=True, vague='Steigerung', numbered=False, passive=False)
    >>> wording("Win 12 customers in 2026-Q4")
    Wording(joined='', several=False, vague='', numbered=True, passive=False)
    """
    plain = title
    for name in sorted(filter(None, names), key=len, reverse=True):
        plain = plain.replace(name, "…")
    sides = _JOINED.split(plain)
    told = _PERIOD.sub("", plain)
    numbered, vague = bool(_COUNTED.search(told)), _VAGUE.search(plain)
    own = [bool(_MEASURE.search(side)) for side in sides]
    counted = [bool(_COUNTED.search(_PERIOD.sub("", side))) for side in sides]
    joined = _JOINED.search(plain)
    return Wording(
        joined=joined.group().strip() if joined else "",
        several=len(sides) > 1 and (sum(own) > 1 or sum(counted) > 1),
        vague=vague.group() if vague and not numbered else "",
        numbered=numbered,
        passive=bool(_PASSIVE.search(plain)),
    )


def quarters(title: str) -> set[tuple[int, int]]:
    """Return the quarters that a title names, as year and number.

    >>> quarters("Umsatz Q1 2027 statt 2026-Q4") == {(2027, 1), (2026, 4)}
    True
    """
    found = _QUARTER.findall(title)
    return {(int(a or d), int(b or c)) for a, b, c, d in found}


def shortened(metric: str, value: float, formats: Formats) -> str:
    """Return a target as a title says it: money in short."""
    if REGISTRY[metric].unit == "money":
        return formats.money_short(value)
    return formats.measure(metric, value)


def said(goal: Goal, value: float, formats: Formats) -> dict[str, str]:
    """Return what a goal's title may say of its target, and what it says of another one."""
    shows: list[Callable[[float], str]] = [
        partial(shortened, goal.metric, formats=formats),
        partial(formats.measure, goal.metric),
    ]
    if base := goal.baseline:
        shows.append(lambda one: formats.percent(one / base - 1, 0, signed=True))
    told = {show(goal.current): show(value) for show in shows}
    return told | {_typed(old): new for old, new in told.items()}


def _typed(text: str) -> str:
    """Return a number as people type it, with ordinary spaces."""
    return text.replace(NBSP, " ")


def titled(case: Case) -> Iterator[Check]:
    """Yield what the title of a goal names and leaves open, as checks of the letter S."""
    words, goal = case.formats.words, case.goal
    found = wording(goal.title, _names(case.data, goal))
    told = {"word": found.joined}
    if found.several:
        text = words.say("“{word}” joins two goals in one title: make two of it.", **told)
        yield Check("S", "one", "fail", text)
    elif found.joined:
        text = words.say("“{word}” may join two goals in one title.", **told)
        yield Check("S", "one", "warn", text)
    else:
        yield Check("S", "one", "pass", words.say("The title names one goal."))
    if found.vague:
        text = words.say("“{word}” does not say by how much.", word=found.vague)
        yield Check("S", "wording", "fail", text)
    elif not found.numbered:
        target = case.amount(goal.current)
        text = words.say("The title names no number; the target is {target}.", target=target)
        yield Check("S", "wording", "warn", text)
    elif outdated := _outdated(goal, case.formats):
        told = {"title": outdated, "target": shortened(goal.metric, goal.current, case.formats)}
        text = words.say("The title still says {title}; the target is {target}.", **told)
        yield Check("S", "wording", "warn", text)
    elif found.passive:
        yield Check("S", "wording", "warn", words.say("The title does not say who acts."))
    else:
        yield Check("S", "wording", "pass", words.say("The title says how much."))


def _outdated(goal: Goal, formats: Formats) -> str:
    """Return the earlier target that a title still says, "" where it says none."""
    earlier = (goal.original, *(one.value for one in goal.revisions[:-1]))
    said = [shortened(goal.metric, one, formats) for one in earlier]
    now, title = _typed(shortened(goal.metric, goal.current, formats)), _typed(goal.title)
    return next((one for one in said if _typed(one) in title and now not in title), "")


def _names(data: Slice, goal: Goal) -> list[str]:
    """Return the names of accounts and of what the goal is about, longest matches first."""
    accounts = data.tables.get("accounts", pd.DataFrame({"name": []}))["name"].dropna()
    return [*goal.scope.values(), *(one for one in accounts if one in goal.title), data.name]
