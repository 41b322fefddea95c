"""The target as a person sets it: a slider, what it takes, what lies behind it; and its twin."""

from __future__ import annotations

import datetime as dt
import os
from functools import partial
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets
from IPython.core.getipython import get_ipython

from qbr_lib.controls.how import Behind, How
from qbr_lib.controls.later import Later
from qbr_lib.controls.refusal import refusal
from qbr_lib.controls.slider import Slider
from qbr_lib.controls.split import Split
from qbr_lib.controls.target import Target, opened, save
from qbr_lib.data.slices import Slice
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, records, shares, smart
from qbr_lib.goals.cycle import evidence
from qbr_lib.goals.requirement import Requirement, requirement
from qbr_lib.measures import REGISTRY, Unavailable
from qbr_lib.present import parts
from qbr_lib.present import requirement as takes
from qbr_lib.present import smart as judged
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import Found, odds
from qbr_lib.present.split import refused
from qbr_lib.record import Drivers, Evidence, Goal, Stored


class State(NamedTuple):
    """What stands on the screen: the target, and what lies behind it."""

    target: Target
    behind: Behind


def attended() -> bool:
    """Tell whether a person is at the other end: JupyterLab can answer a question, Voila serves.

    papermill, nbconvert and nbval execute without a way to answer.
    """
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return True
    kernel = getattr(get_ipython(), "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))


class TargetSetter:
    """One slider for the revenue target, its chance, what it takes, and a button that records it.

    Under "How?" stand the levers behind it.

    A headless run shows the static twin instead and never writes.

    Parameters
    ----------
    data : Slice
        Of the team, with the quarter under review.
    stored : Stored
        The record of the cycle.
    draft : Goal
        What is recorded if there is no revenue goal yet.
    found : Outlook or Unavailable
        Of the coming quarter: how likely the target is, told and recorded with it.
    formats : Formats
        Language and currency.
    """

    def __init__(
        self, data: Slice, stored: Stored, draft: Goal, found: Found, formats: Formats
    ) -> None:
        self.data, self.draft, self.found, self.formats = data, draft, found, formats
        self.shown, self.base = stored, driver_plan.base(data)
        self.target = self._opened()
        self.past: list[State] = []
        self._moving = False
        self._need: Requirement | None = None
        self.how: How | None = None
        self.later = Later()

    def _opened(self) -> Target:
        goal = driver_plan.revenue_goal(self.data, self.shown.record)
        return opened(goal, self.draft, driver_plan.limits(self.data), self.base.amount)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        if attended():
            bundle: dict[str, Any] = self.view()._repr_mimebundle_()
            return bundle
        return self.twin()._repr_mimebundle_()

    def twin(self) -> Shown:
        """Return what a page shows in place of the slider."""
        words = self.formats.words
        state = (
            words.say("Proposed, not recorded")
            if self.target.stored is None
            else words.say("As recorded")
        )
        value = self.target.value
        facts = [(state, self.formats.money(value))] if value > 0 else []
        return parts.facts([*facts, (words.say("Asks for"), self.asks()), *self.chance()])

    def chance(self) -> list[tuple[str, str]]:
        """Return how often the target is reached, with its name; nothing without an outlook."""
        if isinstance(self.found, Unavailable) or self.target.value <= 0:
            return []
        name = REGISTRY["outlook.probability_of_target"].name
        return [(self.formats.words.say(name), odds(self.found, self.target.value, self.formats))]

    def asks(self) -> str:
        """Return in one line what the target asks for."""
        row = driver_plan.asked(self.data, [self.target.value], self.base).iloc[0]
        moved = self.plan() if self.now.behind.moved else None
        return takes.asks(row, moved, self.data.quarter, self.formats)

    def plan(self) -> Drivers | None:
        """Return what the target consists of: win rate and size as set, else as they were."""
        return driver_plan.drivers(self.data, self.target.value, self.base, **self.now.behind.moved)

    def _evidence(self) -> Evidence | None:
        """Return the chance as usual, and in words how the levers stand."""
        told = evidence(self.found, self.target.value, self.data.as_of)
        text = self.now.behind.told(self.formats)
        return told.model_copy(update={"text": text}) if told and text else told

    def view(self) -> widgets.VBox:
        """Return the widgets, bound to this setter."""
        words, target = self.formats.words, self.target
        self.slider = Slider(
            words.say("Revenue goal"),
            self.formats.money,
            partial(self.formats.read, "money"),
            value=target.value,
            min=target.low,
            max=target.high,
            step=target.step,
            exact=words.say("exact value"),
        )
        self.slider.observe(self.on_move, "value")
        wide = widgets.Layout(width="100%", max_width="36em")
        self.by = widgets.Text(description=words.say("Who"), placeholder=words.say("team lead"))
        self.reason = widgets.Text(description=words.say("Why"), layout=wide)
        self.told, self.state = widgets.HTML(), widgets.HTML()
        self.button = widgets.Button(description=words.say("Record"))
        self.back = widgets.Button(description=words.say("Undo"))
        self.button.on_click(self.on_save)
        self.back.on_click(self.on_undo)
        self.how = How(self.data, self.found, self._requirement(), self.formats, self.on_behind)
        how = self.how.opened(self._goal(), self.shown.record, target.value)
        self.last = self.saved = self.now
        self._tell()
        return widgets.VBox(
            [
                self.slider,
                self.told,
                *how,
                widgets.Box([self.by, self.reason], layout=widgets.Layout(flex_flow="row wrap")),
                widgets.HBox([self.button, self.back]),
                self.state,
            ]
        )

    def _goal(self) -> Goal:
        """Return the revenue goal as recorded, else as proposed."""
        return driver_plan.revenue_goal(self.data, self.shown.record) or self.draft

    def _requirement(self) -> Requirement | None:
        if self._need is None:
            self._need = requirement(self.data, self.found)
        return self._need

    def on_move(self, change: Any) -> None:
        """Follow the slider; a value it must not take is told, and it goes back."""
        if self._moving:
            return
        try:
            moved = self.target.moved(float(change["new"]))
        except QbrError as err:
            self._show(self.target)
            self.slider.error = refusal(err, self.formats.words)
            return
        self._show(moved)
        self._tell()

    def on_behind(self) -> None:
        """Follow what stands behind; where levers say what the target is, so does the slider."""
        board = self.now.behind.board
        if board is not None and board.solve == "target":
            low, high = self.target.low, self.target.high
            self._show(self.target.moved(min(max(board.solved, low), high)))
        self._tell()

    def on_undo(self, _: Any = None) -> None:
        """Go back to where slider, levers and parts stood before."""
        if self.past:
            state = self.past.pop()
            self._show(state.target)
            if self.how is not None:
                self.how.show(state.behind)
            self.last = self.now
        self._tell()

    @property
    def now(self) -> State:
        """What stands on the screen."""
        return State(self.target, self.how.now if self.how is not None else Behind())

    def on_save(self, _: Any = None) -> None:
        """Record the target; a refusal or a conflict is told, and nothing is written then."""
        words = self.formats.words
        path = records.place(self.data, self.data.quarter)
        today = dt.date.today()  # when a person agrees is no matter of the data
        split = self.now.behind.split if self.now.behind.recorded else None
        if split is not None and split.gap < 0:
            self._tell(refused(-split.gap, self.formats))
            return
        try:
            records.refuse_late(self.data.quarter.next, today)
            self.shown = save(
                self.target,
                self.shown,
                path,
                by=self.by.value,
                reason=self.reason.value,
                at=today,
                drivers=self.plan(),
                evidence=self._evidence(),
                parts=self._parts(split),
                formats=self.formats,
            )
        except QbrError as err:
            self._tell(refusal(err, self.formats.words))
            return
        self._show(self._opened())
        if split is not None and self.how is not None:
            self.how.again(self._goal(), self.shown.record)
        self.past = []
        self.last = self.saved = self.now
        self._tell(words.say("Recorded on {day}.", day=self.formats.day_long(today)))

    def _parts(self, split: Split | None) -> list[tuple[Goal, float]]:
        if split is None:
            return []
        goal, record = self._goal(), self.shown.record
        after = self.data.quarter.next
        return shares.children(goal, split.parts, split.known, record, after, self.formats)

    def _show(self, target: Target) -> None:
        self.target, self._moving = target, True
        try:
            self.slider.value = target.value
        finally:
            self._moving = False

    def _tell(self, message: str = "") -> None:
        words, value = self.formats.words, self.target.value
        if self.how is not None:
            self.how.target(value)
            if self.how.open:  # the checks cost more than all the rest, so they come after it
                self.later(partial(self._check, self.how))
        chance = self.now.behind.chance(self.formats)
        lines = [chance] if chance else [f"{name}: {often}" for name, often in self.chance()]
        if not isinstance(self.found, Unavailable):
            money = self.formats.money(self.found.booked)
            lines = [" · ".join([*lines, words.say("booked so far: {amount}", amount=money)])]
        lines += [self.asks(), *takes.sentences(self._requirement(), value, self.formats)]
        amount = f"<b>{escape(self.formats.money(value))}</b>{escape(self._beside())}"
        text = "".join(f"<p style='margin:0 0 8px'>{escape(line)}</p>" for line in lines)
        self.told.value = f'<div role="status"><p>{amount}</p>{text}</div>'
        if self.now != self.last:
            self.past.append(self.last)
            self.last = self.now
        state = message or (words.say("Not recorded yet.") if self.dirty else "")
        self.state.value = f'<pre role="status">{escape(state)}</pre>' if state else ""

    def _beside(self) -> str:
        """Return what is agreed, where the slider stands elsewhere."""
        agreed, say = self.target.stored, self.formats.words.say
        told = say("agreed are {amount}", amount=self.formats.money(agreed or 0.0))
        return f" · {told}" if agreed is not None and self.target.dirty else ""

    @property
    def dirty(self) -> bool:
        """Whether target or levers stand elsewhere than when they were recorded or opened."""
        return self.target.dirty or self.now != self.saved

    def _check(self, how: How) -> None:
        """Judge the target rule by rule."""
        more = {"target": self.target.value, "revisions": (), "drivers": self.plan()}
        goal = self._goal().model_copy(update=more)
        others = [one for one in self.shown.record.goals if one.id != goal.id]
        record = self.shown.record.model_copy(update={"goals": (goal, *others)})
        found = smart.checks(self.data, record, self.found, self.formats, only=goal.id)
        how.checked.value = judged.lines(found, self.formats).html
