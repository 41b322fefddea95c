"""The target slider as a person sees it: ipywidgets over the model, and its static twin."""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.core.getipython import get_ipython

from qbr_lib.controls.target import Target, opened, save
from qbr_lib.data.slices import Slice
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, records
from qbr_lib.goals.cycle import evidence
from qbr_lib.measures import REGISTRY, Unavailable
from qbr_lib.metrics import bookings
from qbr_lib.present import parts
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import Found, odds
from qbr_lib.record import Goal, Stored

_STEPS = 100


def _step(target: Target) -> float:
    """Return the widest round step that the target stands on: a browser moves it there if not."""
    step = float(10 ** int(math.log10(max(target.high / _STEPS, 1.0))))
    while step > 1 and (target.value - target.low) % step:
        step /= 10
    return step


def attended() -> bool:
    """Tell whether a person is at the other end: JupyterLab can answer a question, Voila serves.

    papermill, nbconvert and nbval execute without a way to answer.
    """
    if os.environ.get("SERVER_SOFTWARE", "").startswith("voila"):
        return True
    kernel = getattr(get_ipython(), "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))


class TargetSetter:
    """One slider for the revenue target, what it asks for, and a button that records it.

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
        self.shown = stored
        self.target = self._opened()
        self.past: list[Target] = []
        self._moving = False

    def _opened(self) -> Target:
        base = bookings.won_amount(self.data, self.data.quarter)
        goal = driver_plan.revenue_goal(self.data, self.shown.record)
        return opened(goal, self.draft, driver_plan.limits(self.data), base)

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
        facts = [(state, self.formats.money(self.target.value))]
        return parts.facts([*facts, (words.say("Asks for"), self.asks()), *self.chance()])

    def chance(self) -> list[tuple[str, str]]:
        """Return how often the target is reached, with its name; nothing without an outlook."""
        if isinstance(self.found, Unavailable) or self.target.value <= 0:
            return []
        name = REGISTRY["outlook.probability_of_target"].name
        return [(self.formats.words.say(name), odds(self.found, self.target.value, self.formats))]

    def asks(self) -> str:
        """Return in one line what the target asks for."""
        words, row = self.formats.words, driver_plan.asked(self.data, [self.target.value]).iloc[0]
        if row.isna()["won"]:
            return words.say("Without revenue in this quarter there is no growth to plan.")
        return words.say(
            "{growth} on this quarter: {won} deals to win, {decided} to decide",
            growth=self.formats.percent(row["growth"], 1, signed=True),
            won=self.formats.count(row["won"]),
            decided=self.formats.count(row["decided"]),
        )

    def view(self) -> widgets.VBox:
        """Return the widgets, bound to this setter."""
        words, step = self.formats.words, _step(self.target)
        high = math.ceil(self.target.high / step) * step
        self.target = replace(self.target, high=high)
        common = {"min": self.target.low, "max": high, "value": self.target.value}
        wide = widgets.Layout(width="36em")
        self.slider = widgets.FloatSlider(
            **common, step=step, readout=False, layout=wide, continuous_update=True
        )
        self.number = widgets.FloatText(
            value=self.target.value,
            description=words.say("Revenue goal"),
            style={"description_width": "initial"},
        )
        self.by = widgets.Text(description=words.say("Who"), placeholder=words.say("team lead"))
        self.reason = widgets.Text(description=words.say("Why"), layout=wide)
        self.told, self.state = widgets.HTML(), widgets.HTML()
        self.button = widgets.Button(description=words.say("Record"))
        self.back = widgets.Button(description=words.say("Undo"))
        for field in (self.slider, self.number):
            field.observe(self.on_move, "value")
        self.button.on_click(self.on_save)
        self.back.on_click(self.on_undo)
        self._tell()
        return widgets.VBox(
            [
                widgets.HBox([self.number, self.slider]),
                self.told,
                widgets.HBox([self.by, self.reason]),
                widgets.HBox([self.button, self.back]),
                self.state,
            ]
        )

    def on_move(self, change: Any) -> None:
        """Follow the slider or the number field; the other one follows too."""
        if self._moving:
            return
        try:
            moved = self.target.moved(float(change["new"]))
        except QbrError as err:
            self._show(self.target)
            self._tell(str(err))
            return
        if moved != self.target:
            self.past.append(self.target)
            self._show(moved)
        self._tell()

    def on_undo(self, _: Any = None) -> None:
        """Go back to where the slider stood before."""
        if self.past:
            self._show(self.past.pop())
        self._tell()

    def on_save(self, _: Any = None) -> None:
        """Record the target; a refusal or a conflict is told, and nothing is written then."""
        words = self.formats.words
        path = records.place(self.data, self.data.quarter)
        today = dt.date.today()  # when a person agrees is no matter of the data
        try:
            records.refuse_late(self.data.quarter.next, today)
            self.shown = save(
                self.target,
                self.shown,
                path,
                by=self.by.value,
                reason=self.reason.value,
                at=today,
                drivers=driver_plan.drivers(self.data, self.target.value),
                evidence=evidence(self.found, self.target.value, self.data.as_of),
            )
        except QbrError as err:
            self._tell(str(err))
            return
        self.past.clear()
        self._show(self._opened())
        self._tell(words.say("Recorded on {day}.", day=self.formats.day_long(today)))

    def _show(self, target: Target) -> None:
        self.target, self._moving = target, True
        try:
            self.slider.value = self.number.value = target.value
        finally:
            self._moving = False

    def _tell(self, message: str = "") -> None:
        words = self.formats.words
        amount = self.formats.money(self.target.value)
        chance = [f"{name}: {often}" for name, often in self.chance()]
        told = " · ".join(escape(one) for one in (self.asks(), *chance))
        self.told.value = f"<p><b>{escape(amount)}</b> · {told}</p>"
        state = message or (words.say("Not recorded yet.") if self.target.dirty else "")
        self.state.value = f'<pre role="status">{escape(state)}</pre>' if state else ""
