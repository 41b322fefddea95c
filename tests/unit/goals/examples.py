"""An example of every verdict of every rule, in both languages: read it before changing a text.

`python -m tests.unit.goals.examples` writes `examples.md` beside it; a test holds the two together.
"""

import dataclasses
from pathlib import Path

import pandas as pd

from qbr_lib.goals import driver_plan, smart
from qbr_lib.measures import NO_WIN_YET, Unavailable
from qbr_lib.record import Goal, Record
from tests.unit.goals import test_smart as known
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

FILE = Path(__file__).with_suffix(".md")
# Every rule with the verdicts it can give.
RULES = {
    "metric": "pass warn fail",
    "scope": "pass fail unknown",
    "owner": "pass fail",
    "one": "pass warn fail",
    "wording": "pass warn fail",
    "value": "pass fail unknown",
    "complete": "pass warn",
    "baseline": "pass warn fail",
    "change": "pass warn unknown",
    "unit": "pass fail",
    "leading": "pass warn fail",
    "chance": "pass warn fail unknown",
    "levels": "pass warn fail unknown",
    "parent": "pass warn fail",
    "share": "pass warn",
    "parts": "pass warn fail",
    "alone": "pass warn fail",
    "quarter": "pass warn fail unknown",
    "checkpoints": "pass fail",
    "lead": "pass warn fail unknown",
}
TITLES = {"en": "Grow revenue by 15% in 2026-Q4", "de": "Umsatz in 2026-Q4 um 15 % steigern"}
# Titles by language, where the title is what is judged.
BAD = {
    ("one", "fail"): {"en": "Improve revenue and margin", "de": "Umsatz und Marge verbessern"},
    ("one", "warn"): {"en": "Parts and service: €2M", "de": "Teile und Service: 2 Mio. €"},
    ("wording", "fail"): {"en": "Improve revenue", "de": "Umsatz verbessern"},
}
REVISED = {
    "title": "Umsatz auf 2,12 Mio. € / revenue to €2.12M in 2026-Q4",
    "revisions": [{"at": "2026-11-05", "by": "lead", "reason": "less", "value": 2_000_000.0}],
}


def _goal(language, given):
    titled = {"title": TITLES[language], "parent": "company-revenue-2026-Q4"}
    figures = {"baseline": 1_840_000.0, "target": 2_116_000.0, "leading": known.LEADING}
    whose = {"kind": "revenue", "metric": "bookings.won_amount", "scope": {"team": "nord"}}
    owner = {"owner": {"en": "the team", "de": "das Team"}[language]}
    return Goal(**({"id": "revenue"} | titled | figures | whose | owner | given))


def _data(**given):
    tables = {"leads": known.LEADS, "targets": [known.PLAN]}
    deals = given.pop("deals", None) or known._deals()
    return build_slice(deals, tables=tables, data_since="2023-10-01", **given)


def _slow():
    """Return deals of which one in three is won within a quarter."""
    slow, fast = known._deals(days=120), known._deals(days=40)
    return [two if n % 3 == 0 else one for n, (one, two) in enumerate(zip(slow, fast, strict=True))]


def _situations():
    """Yield slices with goals, and the chance that the outlook gives, as the rules meet them."""
    data = _data()
    for given, beside, rule, state, _ in known.FAILURES:
        bad = BAD.get((rule, state)) if "title" in given else None
        yield data, given, beside, known._likely(0.55), rule, bad
    for chance in (0.02, 0.2, 0.55, 0.98):
        yield data, {}, {}, known._likely(chance), "chance", None
    yield data, REVISED, {}, known._likely(0.55), "wording", None
    plan = driver_plan.drivers(data, 1_800_000.0)
    yield data, {"target": 1_800_000.0, "drivers": plan}, {}, known._likely(0.55), "levels", None
    for day in ("2026-11-20", "2026-12-20", "2027-01-05"):
        late = dataclasses.replace(data, as_of=pd.Timestamp(day).date())
        yield late, {}, {}, known._likely(0.55), "", None
    blank = [closing(n, "2026-08-02", None, created_on="2026-07-01") for n in range(90000, 90003)]
    yield _data(deals=[*known._deals(), *blank]), {}, {}, known._likely(0.55), "complete", None
    few = _data(deals=[closing(1, "2026-08-01", 100.0)])
    yield few, {}, {}, Unavailable("outlook.p10", NO_WIN_YET), "", None
    yield _data(deals=_slow()), {}, {}, known._likely(0.55), "lead", None


def gallery():
    """Return the texts by letter, rule and state: pairs of English and German."""
    found = {}
    for data, given, beside, outlook, rule, bad in _situations():
        told = []
        for formats in (known.ENGLISH, known.GERMAN):
            language = formats.words.language
            more = given | ({"title": bad[language]} if bad else {})
            goals = [_goal(language, more), *([_goal(language, beside)] if beside else [])]
            frame = smart.checks(data, Record(goals=goals), outlook, formats)
            told.append(
                frame.loc[
                    (frame["goal"] == goals[0].id) & (frame["rule"].isin([rule]) | (rule == ""))
                ]
            )
        for english, german in zip(*(one.itertuples() for one in told), strict=True):
            pairs = found.setdefault((english.letter, english.rule, english.state), {})
            pairs[english.text] = german.text
    return found


def written():
    """Return the gallery as the text of its file."""
    order = {rule: n for n, rule in enumerate(RULES)}
    states = ["pass", "warn", "fail", "unknown"]
    lines = [
        "# What every rule says of a goal",
        "",
        "| | rule | verdict | English | Deutsch |",
        "|---|---|---|---|---|",
    ]
    rows = sorted(gallery().items(), key=lambda one: (order[one[0][1]], states.index(one[0][2])))
    for (letter, rule, state), pairs in rows:
        lines += [f"| {letter} | {rule} | {state} | {en} | {de} |" for en, de in pairs.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
