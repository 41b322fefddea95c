"""The roadmap of a quarter's goals: week by week, by when what, and a sheet for each person.

It computes nothing: weeks and shares are those of the goals notebook's result, the rest is
recorded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from qbr_lib.formats import DASH
from qbr_lib.measures import N_
from qbr_lib.publish.minutes import STATES, Minutes, sheet, week_near
from qbr_lib.publish.page import Sibling
from qbr_lib.record import Goal

TABLES = frozenset({"individual", "weeks", "dates"})
Row = Mapping[str, Any]
Key = tuple[str, str]  # id of a goal ("" of the plan) and its measure


@dataclass(frozen=True)
class Step:
    """What happens by a day: how the day is shown, what, what it is about, and who does it."""

    day: dt.date
    shown: str
    what: str
    about: str
    owner: str


@dataclass(frozen=True)
class Roadmap:
    """What the page is made of; the template asks for each piece.

    Parameters
    ----------
    minutes : Minutes
        The record as it may be shown, its quarter, and how to write.
    tables : mapping of str to rows
        Of the goals notebook's result: individual, weeks and dates (see `goals.roadmap`).
    """

    minutes: Minutes
    tables: Mapping[str, Sequence[Row]]

    @property
    def goals(self) -> list[Goal]:
        """The goals that are not of single people."""
        return [one for one in self.minutes.record.goals if "rep" not in one.scope]

    @property
    def people(self) -> list[str]:
        """Who has a goal of their own, as they may be shown."""
        return [*dict.fromkeys(row["person"] for row in self.tables["individual"])]

    def contributions(self, person: str) -> Iterator[tuple[str, str]]:
        """Yield a person's goals, and what each is of the team's and the company's."""
        words, formats = self.minutes.formats.words, self.minutes.formats
        for row in self.tables["individual"]:
            if row["person"] != person:
                continue
            value, told = self._value(row), row["title"] or self._name(("", row["metric"]))
            shares = [
                words.say(text, share=formats.percent(row[one]))
                for one, text in _SHARES.items()
                if row[one] is not None
            ]
            yield told, ", ".join([value, *shares])

    def columns(self, person: str) -> list[str]:
        """Return the names of what has weeks, for the whole team ("") or a person."""
        return [self._name(key) for key in self._keys(person)]

    def _keys(self, person: str) -> list[Key]:
        return [*dict.fromkeys((row["goal"], row["metric"]) for row in self._weeks(person))]

    def _weeks(self, person: str) -> list[Row]:
        return [row for row in self.tables["weeks"] if row["person"] == person]

    def _name(self, key: Key) -> str:
        """Return what a column is about: its measure, and the part of the deals."""
        scopes = {one.id: one.scope for one in self.minutes.record.goals}
        return self.minutes.measured(key[1], scopes.get(key[0], {}))

    def weeks(self, person: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the last day of each week with what is to be there by then."""
        keys, rows = self._keys(person), self._weeks(person)
        told = {(row["day"], (row["goal"], row["metric"])): self._value(row) for row in rows}
        for day in dict.fromkeys(row["day"] for row in rows):
            shown = self.minutes.formats.day(dt.date.fromisoformat(day))
            yield shown, [told.get((day, key), DASH) for key in keys]

    def _value(self, row: Row) -> str:
        return self.minutes.formats.measure(row["metric"], row["value"])

    def basis(self, person: str) -> str:
        """Say what the weeks rest on."""
        words = self.minutes.formats.words
        quarters = min(row["quarters"] for row in self._weeks(person))
        if not quarters:
            return words.say("Spread evenly: too few earlier quarters tell how they fill up.")
        return words.count(
            "If the quarter fills up as {n} quarter of the team did before.",
            "If the quarter fills up as {n} quarters of the team did before.",
            quarters,
        )

    def dates(self, person: str | None = None) -> list[Step]:
        """Return what happens by when: everything, of one person, or ("") of no single person."""
        found = [*self._promised(), *self._fixed()]
        people = set(self.people)
        if person:
            found = [one for one in found if one.owner == person]
        elif person is not None:
            found = [one for one in found if one.owner not in people]
        return sorted(found, key=attrgetter("day"))

    def _promised(self) -> Iterator[Step]:
        record, minutes = self.minutes.record, self.minutes
        for one in record.commitments:
            if one.state != "dropped":
                about = [minutes.about(one.goal), minutes.state(one.state)]
                yield self._step(one.due, one.what, about, one.owner)
        for help_ in record.support:
            if help_.due is not None and help_.state != "refused":
                about = [minutes.about(help_.goal), minutes.formats.words.say(STATES[help_.state])]
                yield self._step(help_.due, help_.what, about, help_.owner or DASH)

    def _fixed(self) -> Iterator[Step]:
        words, after = self.minutes.formats.words, self.minutes.quarter.next
        team = words.say("team")
        for part, text in _CHECKPOINTS:
            yield self._step(week_near(after, part), words.say(text), [], team)
        for row in self.tables["dates"]:
            text = words.say("The last day on which a new deal still helps in this quarter")
            about = ""
            if row["value"] is not None:
                many = self.minutes.formats.count(row["value"])
                about = words.say("until then {n} new deals a week", n=many)
            yield self._step(dt.date.fromisoformat(row["day"]), text, [about], team)

    def _step(self, day: dt.date, what: str, about: list[str], owner: str) -> Step:
        shown = self.minutes.formats.day(day)
        return Step(day, shown, what, " · ".join(one for one in about if one), owner)


_SHARES: dict[str, str] = {
    "of_team": N_("{share} of the team's goal"),
    "of_company": N_("{share} of the company goal"),
}
_CHECKPOINTS = (
    (1 / 3, N_("Checkpoint after a third of the quarter")),
    (2 / 3, N_("Checkpoint after two thirds of the quarter")),
)


def render(road: Roadmap, *, team: str, organisation: str, siblings: Sequence[Sibling] = ()) -> str:
    """Return the roadmap of a team's goals as a page; on paper each person has a sheet.

    Parameters
    ----------
    siblings : sequence of (label, address, whether it is this page)
        The pages beside it.
    """
    words, after = road.minutes.formats.words, road.minutes.quarter.next
    title = words.say("Roadmap {quarter}", quarter=str(after))
    line = words.say("Goals from the review {quarter}", quarter=str(road.minutes.quarter))
    return sheet(
        "roadmap.html.j2",
        {"road": road},
        team=team,
        title=title,
        line=line,
        organisation=organisation,
        words=words,
        siblings=siblings,
    )
