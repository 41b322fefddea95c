"""Goals to start from: one of each kind that the team's data can measure, with its baseline."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals.kinds import evaluate, measured
from qbr_lib.goals.wording import shortened
from qbr_lib.measures import (
    N_,
    NO_LEADING,
    NO_TERRITORIES,
    NONE_YET,
    REGISTRY,
    Measure,
    Unavailable,
)
from qbr_lib.metrics import bookings
from qbr_lib.outlook.current import TARGET, Outlook
from qbr_lib.parameters import Kind
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal
from qbr_lib.schema import WON

GROWTH = 0.15
_YEAR = 4
_SOBER = 0.5
_COLUMN = {"account": "account_id", "territory": "territory"}
Found = Outlook | Unavailable | None
Option = tuple[str, dict[str, str], float | None]  # metric, scope, the plan's figure if any
_PLAIN = N_("{name}: {value} in {quarter}")
_TITLES: dict[str, str] = {
    bookings.METRIC: N_("Win {value} of revenue in {quarter}"),
    "bookings.won_count": N_("Win {value} deals in {quarter}"),
    "bookings.won_accounts": N_("Win deals with {value} accounts in {quarter}"),
    "activity.meetings": N_("Hold {value} meetings with customers in {quarter}"),
    "market.share": N_("Reach a market share of {value} in {quarter}"),
}
# What moves before the goal does; kept are those that the data can measure.
LEADING: dict[Kind, tuple[str, ...]] = {
    "revenue": ("leads.created", "conversion.win_rate", "bookings.average_won_amount"),
    "account": ("bookings.created_count", "activity.meetings"),
    "activity": ("activity.calls", "leads.created"),
    "territory": ("bookings.won_count", "conversion.win_rate"),
    "market_share": ("bookings.won_amount", "conversion.win_rate"),
}

_INSTEAD = ("bookings.created_count", "conversion.win_rate")


def propose(
    data: Slice, formats: Formats, found: Found = None, *, growth: float | None = None
) -> list[Goal]:
    """Return goals for the quarter after the one under review, at most one of each kind.

    Parameters
    ----------
    data : Slice
        Of one team.
    formats : Formats
        The language of the titles.
    found : Outlook, optional
        Of the quarter that the goals are for.
    growth : float, optional
        [ratio] What the goals ask above their baselines where the table `targets` names no figure.

    Returns
    -------
    list of Goal
        Kinds without anything to measure are left out. The revenue is that of the plan (`targets`),
        else what grows as asked, else what is reached in six of ten such quarters, since the last
        quarter's figure may be a whim; `GROWTH` where nothing of that is known. The other kinds
        change as much, growing by no more than half, and those that are no revenue never fall. The
        baseline is the quarter under review.
    """
    first = _goal(data, "revenue", formats, growth, found)
    if growth is None:
        growth = GROWTH
    if first is not None and first.baseline:
        planned = first.target / first.baseline - 1
        growth = planned if planned <= _SOBER else growth  # not after an odd quarter
    made = [first, *(_goal(data, kind, formats, growth) for kind in list(LEADING)[1:])]
    return [_beneath(goal, first) for goal in made if goal is not None]


def _beneath(goal: Goal, whole: Goal | None) -> Goal:
    """Return a goal as part of the revenue goal where it is about all of the team's revenue."""
    if whole is None or goal.parent or goal.metric != whole.metric or goal.id == whole.id:
        return goal
    same = goal.baseline == whole.baseline and goal.target == whole.target
    return goal.model_copy(update={"parent": whole.id}) if same else goal


def _goal(
    data: Slice, kind: Kind, formats: Formats, growth: float | None, found: Found = None
) -> Goal | None:
    options = _scopes(data, kind, data.quarter.next, None if growth is not None else _likely(found))
    asked = GROWTH if growth is None else growth
    made = (_of_option(data, kind, formats, asked, option) for option in options)
    return next((goal for goal in made if isinstance(goal, Goal)), None)


def refused(data: Slice, goals: list[Goal], formats: Formats) -> dict[Kind, Unavailable]:
    """Return why no goal of a kind is proposed, of the kinds that have none among these goals."""
    taken, found = {goal.kind for goal in goals}, dict[Kind, Unavailable]()
    for kind in (one for one in LEADING if one not in taken):
        options = _scopes(data, kind, data.quarter.next, None)
        made = (_of_option(data, kind, formats, GROWTH, option) for option in options)
        why = next((one for one in made if isinstance(one, Unavailable)), None)
        found[kind] = why or Unavailable(bookings.METRIC, NO_TERRITORIES)  # no part to be about
    return found


def _of_option(
    data: Slice, kind: Kind, formats: Formats, growth: float, option: Option
) -> Goal | Unavailable:
    """Return the goal on one thing that a kind can be about, or why there is none."""
    after, team, (metric, scope, planned) = data.quarter.next, data.team_ids[0], option
    draft = Goal(
        id=f"{kind.replace('_', '-')}-{after}",
        title="-",
        kind=kind,
        metric=metric,
        scope={"team": team, **scope},
        owner=formats.words.say("team"),
        parent=_parent(data, kind, metric, after),
        target=1.0,
        leading=_leading(data, kind),
    )
    baseline = evaluate(data, draft, data.quarter)
    if isinstance(baseline, Unavailable):
        return baseline
    if planned is None and baseline.value <= 0:
        return Unavailable(metric, NONE_YET, {"quarter": str(data.quarter)})
    if not draft.leading:
        return Unavailable(metric, NO_LEADING)
    value = _whole(metric, baseline.value)
    growth = growth if metric == bookings.METRIC else max(growth, 0.0)
    asked = round(value * (1 + growth), 6)  # 90 + 15 % is 103.5, not a trifle less
    target = _whole(metric, asked) if planned is None else planned
    goal = draft.model_copy(update={"baseline": value, "target": target})
    return goal.model_copy(update={"title": titled(data, goal, formats)})


def _likely(found: Found) -> float | None:
    """Return what is reached in six of ten such quarters, to two digits [money], None if 0."""
    if not isinstance(found, Outlook) or (level := found.level(TARGET)) <= 0:
        return None
    return float(f"{level:.1e}")


def revenue(data: Slice, formats: Formats, found: Found = None) -> Goal:
    """Return the proposed goal on revenue; without any revenue yet, one of 0 to start from."""
    made = _goal(data, "revenue", formats, None, found)
    if made is not None and made.metric == bookings.METRIC:
        return made
    after = data.quarter.next
    return Goal(
        id=f"revenue-{after}",
        title=formats.words.say("Revenue in {quarter}", quarter=str(after)),
        kind="revenue",
        metric=bookings.METRIC,
        scope={"team": data.team_ids[0]},
        owner=formats.words.say("team"),
        parent=_parent(data, "revenue", bookings.METRIC, after),
        target=0.0,
        leading=LEADING["revenue"],
    )


def _scopes(data: Slice, kind: Kind, after: Quarter, likely: float | None) -> Iterator[Option]:
    """Yield what a goal of a kind can be about: metric, scope, and the plan's figure if any."""
    rows = _planned(data, kind, after)
    for row in rows.itertuples():
        metric = row.metric if pd.notna(row.metric) else bookings.METRIC
        scope = {} if row.scope == "team" else {str(row.scope): str(row.scope_id)}
        ours = row.scope == "team" or row.scope_id in _won_with(data, _COLUMN[kind]).index
        if metric in REGISTRY and ours:
            yield metric, scope, float(row.value)
    match kind:
        case "revenue":
            yield bookings.METRIC, {}, likely
            yield "bookings.won_count", {}, None  # of deals without amounts
        case "activity":
            yield "activity.meetings", {}, None
            yield "activity.done", {}, None
        case "market_share":
            yield "market.share", {}, None
        case "account":
            yield "bookings.won_accounts", {}, None
        case "territory":
            yield from ((bookings.METRIC, {kind: one}, None) for one in _largest(data, kind))


def _planned(data: Slice, kind: Kind, after: Quarter) -> pd.DataFrame:
    """Return the plan's rows of a kind for the team or a part of it."""
    if "targets" not in data.tables:
        return pd.DataFrame(columns=["scope", "scope_id", "metric", "value"])
    rows = data.tables["targets"]
    mine = (rows["scope"] == "team") & (rows["scope_id"] == data.team_ids[0])
    part = rows["scope"] == kind
    return rows.loc[(rows["quarter"] == str(after)) & (rows["kind"] == kind) & (mine | part)]


def _largest(data: Slice, column: str) -> list[str]:
    """Return the value of a column that brought most revenue in a year; none where none did."""
    sums = _won_with(data, column)
    return [str(sums.idxmax())] if len(sums) and sums.max() > 0 else []


def _won_with(data: Slice, column: str) -> pd.Series:
    """Return the revenue won in a year by the values of a column [money]."""
    quarters = [data.quarter.shift(-back) for back in range(_YEAR)]
    won = pd.concat([bookings.closed(data, quarter, WON) for quarter in quarters])
    return won.groupby(column)["amount"].sum()


def _name_of(data: Slice, scope: dict[str, str]) -> str:
    """Return what a reader calls the part of a team that a goal is about; empty for the team."""
    for what, value in scope.items():
        if what == "account" and "accounts" in data.tables:
            accounts = data.tables["accounts"].set_index("account_id")["name"]
            return str(accounts.get(value, value))
        if what in ("account", "territory"):
            return value
    return ""


def _leading(data: Slice, kind: Kind) -> tuple[str, ...]:
    """Return what of a kind moves before the goal and can be measured; else what stands in."""
    known = tuple(one for one in LEADING[kind] if _is_known(data, one))
    return known or tuple(one for one in _INSTEAD if _is_known(data, one))[:1]


def _is_known(data: Slice, metric: str) -> bool:
    return isinstance(measured(data, metric), Measure)


def _parent(data: Slice, kind: Kind, metric: str, after: Quarter) -> str | None:
    stated = company_target(data, after, kind, metric) is not None
    return f"company-{kind.replace('_', '-')}-{after}" if stated else None


def company_target(
    data: Slice, quarter: Quarter, kind: Kind = "revenue", metric: str = bookings.METRIC
) -> float | None:
    """Return what the company asks for in a quarter, None where it asks for nothing.

    In the unit of the metric; without further arguments the revenue [money].
    """
    goals = [
        goal.value
        for goal in data.organisation.company_goals
        if (goal.quarter, goal.kind, goal.metric) == (str(quarter), kind, metric)
    ]
    if goals or "targets" not in data.tables:
        return goals[0] if goals else None
    rows = data.tables["targets"]
    same = rows["metric"].fillna(bookings.METRIC) == metric
    mine = (rows["scope"] == "company") & (rows["kind"] == kind) & same
    values = rows.loc[mine & (rows["quarter"] == str(quarter)), "value"]
    return float(values.iloc[0]) if len(values) else None


def _whole(metric: str, value: float) -> float:
    """Round as people agree on goals: whole money and counts, rates to a tenth of a percent."""
    unit = REGISTRY[metric].unit
    if unit == "ratio":
        return round(value, 3)
    return float(math.ceil(value)) if unit == "count" else float(round(value))


def titled(data: Slice, goal: Goal, formats: Formats) -> str:
    """Return a title for a goal that says what, how much and until when."""
    words, base, after = formats.words, goal.baseline or 0.0, data.quarter.next
    money, part = goal.metric == bookings.METRIC, _name_of(data, goal.scope)
    told = {
        "quarter": str(after),
        "value": shortened(goal.metric, goal.current, formats),
        "change": formats.percent(goal.current / base - 1, 0, signed=True) if base > 0 else "",
        "part": part,
        "name": words.say(REGISTRY[goal.metric].name),
    }
    if part:
        text = N_("Win {value} in {part} in {quarter}")
        text = N_("Win {value} with {part} in {quarter}") if goal.kind == "account" else text
        return words.say(text if money else N_("{name} in {part}: {value} in {quarter}"), **told)
    if money and base > 0 and 0 < round(goal.current / base - 1, 3) <= 1:
        return words.say("Grow revenue to {value} in {quarter} ({change})", **told)
    return words.say(_TITLES.get(goal.metric, _PLAIN), **told)
