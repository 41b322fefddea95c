"""Can a goal be measured, and can it be reached? Judged by the data, for M and A of SMART."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from qbr_lib.data.holders import TOO_FEW
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan
from qbr_lib.goals.case import Case, Check, State, earlier
from qbr_lib.measures import NOBODY, REGISTRY, Measure, Unavailable
from qbr_lib.metrics import bookings, linearity
from qbr_lib.metrics.usual import ENOUGH_QUARTERS
from qbr_lib.outlook.current import Outlook
from qbr_lib.periods import Quarter
from qbr_lib.schema import WON

_COUNTED = ("won_count", "lost_count", "won_amount")
UNREALISTIC, STRETCH, TRIVIAL = 0.1, 0.3, 0.9  # chances to reach a target
FEWEST = 4  # earlier quarters, or changes between them, that tell anything
_BY_ITSELF = 0.2  # share of earlier changes as large as the one asked for
_COMPLETE = 0.95
_ROUNDING = 1.005  # of the best level ever: no more than that
_BEYOND = 1.1  # of the best level ever, above which what was never reached is no plan
_ROUNDED = {"ratio": 0.001, "count": 0.5, "days": 0.5, "money": 1.0}


def measurable(case: Case) -> Iterator[Check]:
    """Yield the checks of M: value, unit, baseline, change, and what is watched on the way."""
    words, now, goal = case.formats.words, case.now, case.goal
    told = {"quarter": case.formats.quarter(case.data.quarter)}
    if not isinstance(now, Measure):
        reason = words.say(now.reason, **now.details)
        state: State = "unknown" if now.reason in (NOBODY, TOO_FEW) else "fail"
        yield Check("M", "value", state, words.say("It is not measured: {reason}.", reason=reason))
    else:
        said = words.say("In {quarter} it was {value}.", value=case.amount(now.value), **told)
        yield Check("M", "value", "pass", said)
        yield from _complete(case)
        yield _baseline(case, now.value)
        yield _change(case, now.value if goal.baseline is None else goal.baseline)
    yield _unit(case)
    yield _leading(case)


def _complete(case: Case) -> Iterator[Check]:
    part, words = case.part, case.formats.words
    if isinstance(part, Unavailable) or REGISTRY[case.goal.metric].unit != "money":
        return
    won = bookings.closed(part, part.quarter, WON)
    gone = int(won["amount"].isna().sum())
    if len(won):
        text = words.count(
            "{k} of {n} deal won has no amount.", "{k} of {n} deals won have no amount.", len(won),
            k=case.formats.count(gone),
        )  # fmt: skip
        yield Check("M", "complete", "warn" if gone > (1 - _COMPLETE) * len(won) else "pass", text)


def _baseline(case: Case, value: float) -> Check:
    words, recorded = case.formats.words, case.goal.baseline
    told = {"quarter": case.formats.quarter(case.data.quarter), "value": case.amount(value)}
    if recorded is None:
        text = words.say("No baseline is recorded; in {quarter} it was {value}.", **told)
        return Check("M", "baseline", "warn", text)
    if _same(case, recorded, value):
        text = words.say("The recorded baseline is what the data says: {value}.", **told)
        return Check("M", "baseline", "pass", text)
    told["recorded"] = case.amount(recorded)
    other = next((q for q, then in case.past.items() if _same(case, recorded, then)), None)
    if other is None:
        text = words.say(
            "The recorded baseline is {recorded}; in {quarter} it was {value}.", **told
        )
    else:
        text = words.say(
            "The recorded baseline of {recorded} is that of {other}; in {quarter} it was {value}.",
            other=case.formats.quarter(other),
            **told,
        )
    return Check("M", "baseline", "fail", text)


def _same(case: Case, recorded: float, value: float) -> bool:
    return abs(recorded - value) <= _ROUNDED[REGISTRY[case.goal.metric].unit]


def _change(case: Case, base: float) -> Check:
    """Hold the change asked for against the changes from quarter to quarter so far."""
    words, target, values = case.formats.words, case.goal.current, list(case.past.values())
    if case.reaches(base, target):
        text = words.say(
            "It asks for no more than was reached: {target} after {value}.",
            target=case.amount(target),
            value=case.amount(base),
        )
        return Check("M", "change", "warn", text)
    moves = [abs(a - b) for a, b in itertools.pairwise(values)]
    if len(moves) < FEWEST:
        text = words.count(
            "Too early to say how far it moves by itself: {n} change so far is known.",
            "Too early to say how far it moves by itself: {n} changes so far are known.",
            len(moves),
        )
        return Check("M", "change", "unknown", text)
    size = abs(target - base)
    large = sum(move >= size for move in moves)
    ratio = REGISTRY[case.goal.metric].unit == "ratio"
    told = {
        "change": case.formats.points(target - base) if ratio else case.amount(size),
        "k": case.formats.count(large),
        "n": case.formats.count(len(moves)),
    }
    if large < _BY_ITSELF * len(moves):
        text = words.say(
            "More than the usual swing: "
            "{k} of {n} changes so far were as large as the {change} asked for.",
            **told,
        )
        return Check("M", "change", "pass", text)
    text = words.say(
        "One quarter cannot tell it from the usual swing: "
        "{k} of {n} changes so far were as large as the {change} asked for.",
        **told,
    )
    return Check("M", "change", "warn", text)


def _unit(case: Case) -> Check:
    words, target = case.formats.words, case.goal.current
    told = {"target": case.amount(target)}
    if target <= 0:
        return Check(
            "M", "unit", "fail", words.say("A target of {target} asks for nothing.", **told)
        )
    if REGISTRY[case.goal.metric].unit == "ratio" and target > 1 and _share_of(case):
        text = words.say("A target of {target} cannot be right: 15% are written as 0.15.", **told)
        return Check("M", "unit", "fail", text)
    return Check("M", "unit", "pass", words.say("The target is {target}.", **told))


def _share_of(case: Case) -> bool:
    return case.goal.metric.startswith(("conversion.", "leads.", "market.", "renewals.", "cycle."))


def _leading(case: Case) -> Check:
    words, leading = case.formats.words, case.goal.leading
    if not leading:
        return Check(
            "M",
            "leading",
            "fail",
            words.say("Nothing is watched on the way: a measure is missing that moves earlier."),
        )
    lost = [m for m in leading if not isinstance(case.known[m], Measure)]
    if lost:
        names = ", ".join(words.say(REGISTRY[one].name) for one in lost)
        text = words.say("Watched on the way, but not measured: {names}.", names=names)
        return Check("M", "leading", "warn", text)
    names = ", ".join(words.say(REGISTRY[one].name) for one in leading)
    return Check("M", "leading", "pass", words.say("Watched on the way: {names}.", names=names))


def achievable(case: Case, outlook: Outlook | Unavailable) -> Iterator[Check]:
    """Yield the checks of A: how likely, and whether what it takes was ever reached."""
    if case.goal.metric == bookings.METRIC and case.whole:
        yield _chance(case, outlook)
        yield _levels(case)
    else:
        yield _reached(case)


def graded(chance: float) -> State:
    """Return what a chance to reach a target means for it: neither dream nor trifle.

    >>> [graded(one) for one in (0.05, 0.2, 0.5, 0.85, 0.95)]
    ['fail', 'warn', 'pass', 'pass', 'warn']
    """
    if chance < UNREALISTIC:
        return "fail"
    return "warn" if chance < STRETCH or chance > TRIVIAL else "pass"


def _chance(case: Case, outlook: Outlook | Unavailable) -> Check:
    words = case.formats.words
    if isinstance(outlook, Unavailable):
        reason = words.say(outlook.reason, **outlook.details)
        text = words.say("How likely it is cannot be told: {reason}.", reason=reason)
        return Check("A", "chance", "unknown", text)
    if 0 < case.goal.current <= outlook.booked:
        return Check("A", "chance", "pass", words.say("It is reached already."))
    chance = outlook.chance(case.goal.current)
    return Check("A", "chance", graded(chance), _odds(chance, case.formats))


def _odds(chance: float, formats: Formats) -> str:
    """Say a chance as people do, never more exactly than it is known."""
    words, odds = formats.words, formats.often(chance)
    if chance < UNREALISTIC:
        return words.say("Unrealistic: reached in fewer than 1 of 10 such quarters.")
    if chance > TRIVIAL:
        return words.say("Hardly a goal: reached in more than 9 of 10 such quarters.")
    if chance < STRETCH:
        return words.say("A stretch: reached in about {odds} such quarters.", odds=odds)
    return words.say("Realistic: reached in about {odds} such quarters.", odds=odds)


def _reached(case: Case) -> Check:
    """Say how many earlier quarters came to the target."""
    words, values = case.formats.words, list(case.past.values())
    if len(values) < FEWEST:
        text = words.count(
            "Too early to say how likely it is: {n} earlier quarter is known.",
            "Too early to say how likely it is: {n} earlier quarters are known.",
            len(values),
        )
        return Check("A", "chance", "unknown", text)
    k = sum(case.reaches(value, case.goal.current) for value in values)
    state = graded(k / len(values))
    state = "warn" if state == "fail" and len(values) < ENOUGH_QUARTERS else state
    told = words.count(
        "{k} of {n} earlier quarter came to it.",
        "{k} of {n} earlier quarters came to it.",
        len(values),
        k=case.formats.count(k),
    )
    if state == "fail":
        told = words.say("Unrealistic: {told}", told=told)
    elif k / len(values) > TRIVIAL:
        told = words.say("Hardly a goal: {told}", told=told)
    elif state == "warn":
        told = words.say("A stretch: {told}", told=told)
    return Check("A", "chance", state, told)


def _levels(case: Case) -> Check:
    """Hold the deals, win rate and deal size that the target takes against the team's best."""
    words, formats, data = case.formats.words, case.formats, case.data
    plan = case.goal.plan or driver_plan.drivers(data, case.goal.current)
    quarters = earlier(data)
    if plan is None or len(quarters) < FEWEST:
        text = words.say("Too early to say whether what it takes was ever reached.")
        return Check("A", "levels", "unknown", text)
    decided, rate, size = _best(data, quarters)
    told = [
        (words.say("Deals to decide"), plan.decided, decided, formats.count),
        (words.say("Win rate"), plan.win_rate, rate, formats.percent),
        (
            words.say("Average deal"),
            plan.average_won_amount,
            size,
            formats.money,
        ),
    ]
    above = [value / best if best > 0 else 2.0 for _, value, best, _ in told]
    over = [one for one, ratio in zip(told, above, strict=True) if ratio > _ROUNDING]
    listed = ", ".join(
        words.say("{name} {value} ({best})", name=name, value=show(v), best=show(best))
        for name, v, best, show in over or told
    )
    if not over:
        text = words.say("It takes, with the best so far in brackets: {levels}.", levels=listed)
        return Check("A", "levels", "pass", text)
    text = words.say(
        "It takes more than ever, with the best so far in brackets: {levels}.", levels=listed
    )
    reached = any(case.reaches(value, case.goal.current) for value in case.past.values())
    return Check("A", "levels", "fail" if max(above) > _BEYOND and not reached else "warn", text)


def _best(data: Slice, quarters: list[Quarter]) -> tuple[float, float, float]:
    """Return the most deals decided in a quarter, the best win rate, the best average deal."""
    won, lost, amount = (
        np.array([0.0 if flow is None else linearity.so_far(flow, q, q.last_day) for q in quarters])
        for flow in (linearity.flow(data, f"bookings.{one}") for one in _COUNTED)
    )
    rates, sizes = won / np.maximum(won + lost, 1.0), amount / np.maximum(won, 1.0)
    return float((won + lost).max()), float(rates.max()), float(sizes.max())
