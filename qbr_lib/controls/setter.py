"""The target as a person sets it: a slider, what it takes, what lies behind it; and its twin."""

from __future__ import annotations

import datetime as dt
import math
import os
from functools import partial
from html import escape
from typing import Any, NamedTuple

import ipywidgets as widgets
from IPython.core.getipython import get_ipython

from qbr_lib.controls.board import BoardView
from qbr_lib.controls.levers import Board
from qbr_lib.controls.slider import Slider
from qbr_lib.controls.target import Target, opened, save
from qbr_lib.data.slices import Slice
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, reached, records, smart, units
from qbr_lib.goals.cycle import evidence
from qbr_lib.goals.requirement import Requirement, requirement
from qbr_lib.goals.whatif import WhatIf
from qbr_lib.measures import REGISTRY, Unavailable
from qbr_lib.metrics import bookings
from qbr_lib.present import alignment as aligned
from qbr_lib.present import levers as levered
from qbr_lib.present import parts
from qbr_lib.present import requirement as takes
from qbr_lib.present import smart as judged
from qbr_lib.present.figure import Shown
from qbr_lib.present.outlook import Found, odds
from qbr_lib.record import Drivers, Evidence, Goal, Stored

_STEPS = 100


class State(NamedTuple):
    """What stands on the screen: the target, and the levers where there are any."""

    target: Target
    board: Board | None


def _step(high: float) -> float:
    """Return a round step, of which a hundred to a thousand reach the upper end."""
    return float(10 ** int(math.log10(max(high / _STEPS, 1.0))))


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
        self.shown = stored
        self.target = self._opened()
        self.past: list[State] = []
        self._moving = False
        self._need: Requirement | None = None
        self.board: BoardView | None = None

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
        plan = self.plan()
        if row.isna()["won"] or plan is None:
            return words.say("Without revenue in this quarter there is no growth to plan.")
        moved = self._moved()
        return words.say(
            "{growth} on this quarter: {won} deals to win, {decided} to decide",
            growth=self.formats.percent(row["growth"], 1, signed=True),
            won=self.formats.count(plan.decided * plan.win_rate if moved else row["won"]),
            decided=self.formats.count(plan.decided if moved else row["decided"]),
        )

    def plan(self) -> Drivers | None:
        """Return what the target consists of: win rate and size as set, else as they were."""
        return driver_plan.drivers(self.data, self.target.value, **self._moved())

    def _moved(self) -> dict[str, float]:
        """Return the win rate and the size that do not stand as usual."""
        board = self.now.board
        if board is None:
            return {}
        return {n: board.value(n) for n in ("win_rate", "size") if n in board.moved_names}

    def _evidence(self) -> Evidence | None:
        """Return the chance as usual, and in words how the levers stand."""
        told, board = evidence(self.found, self.target.value, self.data.as_of), self.now.board
        if told is None or board is None or not board.moved_names:
            return told
        levers = [levered.named(n, board.value(n), self.formats) for n in board.moved_names]
        return told.model_copy(update={"text": ", ".join(levers)})

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
            step=_step(target.high),
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
        how = self._how()
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

    def _how(self) -> list[widgets.Widget]:
        """Return what opens under "How?": the levers; nothing where no outlook can be moved."""
        need = self._requirement()
        if isinstance(self.found, Unavailable) or need is None:
            return []
        board = Board(WhatIf(self.found), self.target.value, need)
        past, most = reached.past(self.data), reached.capacity(self.data)
        self.board = BoardView(board, past, most, self.formats, self.on_levers)
        self.checked = widgets.HTML()
        inside = widgets.VBox([self.board.view(), self.checked])
        inside.layout.display = "none"
        self.how = widgets.ToggleButton(description=self.formats.words.say("How?"))

        def unfold(change: Any) -> None:
            inside.layout.display = "flex" if change["new"] else "none"
            self._check()

        self.how.observe(unfold, "value")
        return [self.how, inside]

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
            self.slider.error = str(err)
            return
        self._show(moved)
        self._tell()

    def on_levers(self) -> None:
        """Follow the levers; where they say what the target is, so does the slider."""
        board = self.now.board
        if board is not None and board.solve == "target":
            low, high = self.target.low, self.target.high
            self._show(self.target.moved(min(max(board.solved, low), high)))
        self._tell()

    def on_undo(self, _: Any = None) -> None:
        """Go back to where slider and levers stood before."""
        if self.past:
            self._go_to(self.past.pop())
        self._tell()

    @property
    def now(self) -> State:
        """What stands on the screen."""
        return State(self.target, self.board.board if self.board is not None else None)

    def _go_to(self, state: State) -> None:
        self._show(state.target)
        if self.board is not None and state.board is not None:
            self.board.show(state.board)
        self.last = self.now

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
                drivers=self.plan(),
                evidence=self._evidence(),
            )
        except QbrError as err:
            self._tell(str(err))
            return
        self._show(self._opened())
        self.past, self.last = [], self.now
        self.saved = self.now
        self._tell(words.say("Recorded on {day}.", day=self.formats.day_long(today)))

    def _show(self, target: Target) -> None:
        self.target, self._moving = target, True
        try:
            self.slider.value = target.value
        finally:
            self._moving = False

    def _tell(self, message: str = "") -> None:
        words, value = self.formats.words, self.target.value
        chance = [f"{name}: {often}" for name, often in self.chance()]
        lines = [" · ".join([*chance, self.asks()])]
        lines += takes.sentences(self._requirement(), value, self.formats)
        amount = f"<b>{escape(self.formats.money(value))}</b>"
        told = "".join(f"<p style='margin:0 0 8px'>{escape(line)}</p>" for line in lines)
        self.told.value = f'<div role="status"><p>{amount}</p>{told}</div>'
        if self.board is not None:
            self.board.target(value)
            self._check()
        if self.now != self.last:
            self.past.append(self.last)
            self.last = self.now
        state = message or (words.say("Not recorded yet.") if self.dirty else "")
        self.state.value = f'<pre role="status">{escape(state)}</pre>' if state else ""

    @property
    def dirty(self) -> bool:
        """Whether target or levers stand elsewhere than when they were recorded or opened."""
        return self.target.dirty or self.now != self.saved

    def _check(self) -> None:
        """Judge the target rule by rule, and split it; only while that is looked at."""
        if not self.how.value:
            return
        known = driver_plan.revenue_goal(self.data, self.shown.record) or self.draft
        goal = known.model_copy(update={"target": self.target.value, "revisions": ()})
        others = [one for one in self.shown.record.goals if one.id != goal.id]
        record = self.shown.record.model_copy(update={"goals": (goal, *others)})
        found = smart.checks(self.data, record, self.found, self.formats, only=goal.id)
        share = units.proposal(self.data, self.target.value)
        told = judged.lines(found, self.formats) + aligned.split(share, self.formats)
        self.checked.value = told.html
