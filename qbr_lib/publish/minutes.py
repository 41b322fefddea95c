"""The minutes of a review: what a team agreed on, from its record alone, on one printed page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from qbr_lib.formats import DASH, Formats
from qbr_lib.measures import N_, REGISTRY
from qbr_lib.periods import Quarter
from qbr_lib.publish.page import Sibling, frame, template
from qbr_lib.record import Goal, Obstacle, Record, Revision
from qbr_lib.words import Words
from qbr_lib.words.names import inline, isolated

STATES: dict[str, str] = {
    "requested": N_("requested"),
    "promised": N_("promised"),
    "given": N_("given"),
    "refused": N_("refused"),
    "open": N_("open"),
    "done": N_("done"),
    "dropped": N_("dropped"),
}
_TOLD = ("participants", "decisions", "goals", "commitments", "support", "obstacles")


@dataclass(frozen=True)
class Minutes:
    """What the page is made of; the template asks for each piece.

    Parameters
    ----------
    record : Record
        As it may be shown.
    quarter : Quarter
        Under review; goals are for the one after it.
    formats : Formats
        Language and currency.
    """

    record: Record
    quarter: Quarter
    formats: Formats

    @property
    def empty(self) -> bool:
        """Whether nothing of a meeting is recorded."""
        return not any(getattr(self.record, name) for name in _TOLD)

    @property
    def there(self) -> list[str]:
        """Who took part, with what they were there for."""
        return [
            f"{one.name} ({one.role})" if one.role else one.name
            for one in self.record.participants
            if one.present is not False
        ]

    @property
    def missing(self) -> list[str]:
        """Who was invited and did not come."""
        return [one.name for one in self.record.participants if one.present is False]

    def goal(self, goal_id: str | None) -> str:
        """Return the title of the goal an entry serves, "" where it names none."""
        return next((one.title for one in self.record.goals if one.id == goal_id), goal_id or "")

    def about(self, goal_id: str | None) -> str:
        """Return in short what the goal an entry serves is about, "" where it names none."""
        goal = next((one for one in self.record.goals if one.id == goal_id), None)
        return goal_id or "" if goal is None else self.measured(goal.metric, goal.scope)

    def measured(self, metric: str, scope: Mapping[str, str]) -> str:
        """Return the name of a measure, with the part of the deals that it is taken of."""
        part = [value for what, value in scope.items() if what in ("territory", "account")]
        return ", ".join([self.formats.words.say(REGISTRY[metric].name), *part])

    def value(self, goal: Goal, value: float | None) -> str:
        """Return a goal's value in its own unit."""
        return DASH if value is None else self.formats.measure(goal.metric, value)

    def agreements(self, goal: Goal) -> list[str]:
        """Return each agreement on a goal's target: when, who, from which value to which, why."""
        before = [goal.original, *(one.value for one in goal.revisions)]
        return [
            self._agreement(goal, old, one)
            for old, one in zip(before, goal.revisions, strict=False)
        ]

    def _agreement(self, goal: Goal, old: float, revision: Revision) -> str:
        words, day = self.formats.words, self.formats.day(revision.at)
        if revision.value == old:
            return words.say(
                "{day}, {name}: {reason}", day=day, name=revision.by, reason=revision.reason
            )
        return words.say(
            "{day}, {name}: from {old} to {new}, {reason}",
            day=day,
            name=revision.by,
            old=self.value(goal, old),
            new=self.value(goal, revision.value),
            reason=revision.reason,
        )

    def sign(self, obstacle: Obstacle) -> str:
        """Return what shows that an obstacle has come, "" where nothing was agreed on."""
        trigger, words = obstacle.trigger, self.formats.words
        if trigger is None:
            return ""
        limit, text = trigger.below, N_("{measure} below {limit}")
        if limit is None:
            limit, text = trigger.above or 0.0, N_("{measure} above {limit}")
        measure, told = REGISTRY[trigger.metric].name, self.formats.measure(trigger.metric, limit)
        condition = words.say(text, measure=words.say(measure), limit=told)
        return words.say("seen by: {condition}", condition=condition)

    def state(self, name: str) -> str:
        """Return how far something is."""
        return self.formats.words.say(STATES[name])

    def day(self, day: dt.date | None) -> str:
        """Return a day, a dash where none was agreed on."""
        return DASH if day is None else self.formats.day(day)

    @property
    def checkpoints(self) -> list[tuple[str, str]]:
        """Day and occasion: after about a third and two thirds of the quarter, and its review."""
        words, after = self.formats.words, self.quarter.next
        day = self.formats.day_long
        return [
            (day(week_near(after, 1 / 3)), words.say("after a third of the quarter")),
            (day(week_near(after, 2 / 3)), words.say("after two thirds of the quarter")),
            (
                words.say("from {day} on", day=day(after.next.first_day)),
                words.say("review of {quarter}", quarter=str(after)),
            ),
        ]


def week_near(quarter: Quarter, part: float) -> dt.date:
    """Return the first day of the week that begins nearest to a part of a quarter."""
    days = (quarter.next.first_day - quarter.first_day).days * part
    starts = [quarter.week_starts(week) for week in range(1, quarter.weeks + 1)]
    return min(starts, key=lambda day: abs((day - quarter.first_day).days - days))


def render(
    minutes: Minutes,
    *,
    team: str,
    organisation: str,
    where: str,
    siblings: Sequence[Sibling] = (),
) -> str:
    """Return the minutes of a team's review as a page.

    Parameters
    ----------
    where : str
        The file of the record, which an empty page names.
    siblings : sequence of (label, address, whether it is this page)
        The pages beside it.
    """
    words, quarter = minutes.formats.words, minutes.quarter
    title = words.say("Minutes of the meeting")
    line = words.say("Review {quarter}, goals {next}", quarter=str(quarter), next=str(quarter.next))
    return sheet(
        "minutes.html.j2",
        {"minutes": minutes, "where": where},
        team=team,
        title=title,
        line=line,
        organisation=organisation,
        words=words,
        siblings=siblings,
    )


def sheet(
    name: str,
    given: Mapping[str, object],
    *,
    team: str,
    title: str,
    line: str,
    organisation: str,
    words: Words,
    siblings: Sequence[Sibling],
) -> str:
    """Return a page made of a record: a template filled, with team, title and line at its foot.

    Parameters
    ----------
    name : str
        Of the template.
    given : mapping
        What it is filled with besides.
    """
    own = {"team": team, "title": title, "line": line, "say": words.say}
    body = template(name).render(**given, **own, inline=lambda text: Markup(inline(text)))
    return frame(
        body,
        title=f"{isolated(team)} · {title}",
        organisation=organisation,
        words=words,
        siblings=siblings,
        footer=" · ".join([isolated(team), title, line]),
    )
