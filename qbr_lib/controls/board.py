"""The levers behind a target as a person sees them: one slider each, and what they come to."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any, cast

import ipywidgets as widgets
import pandas as pd

from qbr_lib.controls.levers import Board, Solve
from qbr_lib.controls.refusal import refusal
from qbr_lib.controls.slider import Slider
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats
from qbr_lib.goals.whatif import UNITS, Name
from qbr_lib.measures import N_
from qbr_lib.present import levers as told

_STEPS = 60
_SOLVES: dict[Solve, str] = {"chance": N_("the chance"), "target": N_("the target")}


class BoardView:
    """Sliders over a board; the board they show is `board`.

    Parameters
    ----------
    past : DataFrame
        What the team's quarters were like, as `reached.past` returns it.
    most : float
        Activities of the team's best weeks; NaN unknown.
    changed : callable
        Called after a person moved a lever or chose what is worked out.
    """

    def __init__(
        self,
        board: Board,
        past: pd.DataFrame,
        most: float,
        formats: Formats,
        changed: Callable[[], None],
    ) -> None:
        self.board, self.formats, self._changed = board, formats, changed
        self.past, self.most = past, most
        self._following, self.looked_at = False, True
        words = formats.words
        self.sliders: dict[Name, Slider] = {name: self._slider(name) for name in board.names}
        self.choice = widgets.Dropdown(
            description=words.say("Worked out from the others"),
            options=[(self._called(one), one) for one in board.solves],
            value=board.solve,
            style={"description_width": "initial"},
            layout=widgets.Layout(width="max-content"),
        )
        self.choice.observe(self.on_choose, "value")
        self.reset = widgets.Button(description=words.say("As usual"))
        self.reset.on_click(self.on_reset)
        self.told = widgets.HTML()
        self.tell()

    def view(self) -> widgets.VBox:
        """Return the widgets."""
        return widgets.VBox([self.choice, *self.sliders.values(), self.told, self.reset])

    def _called(self, what: Solve) -> str:
        return self.formats.words.say(_SOLVES.get(what) or told.NAMES[cast("Name", what)])

    def _slider(self, name: Name) -> Slider:
        low, high = self.board.bounds(name)
        slider = Slider(
            self._label(name),
            partial(told.write, name, formats=self.formats),
            partial(self.formats.read, UNITS[name]),
            value=self.board.value(name),
            min=low,
            max=high,
            step=(high - low) / _STEPS,
            exact=self.formats.words.say("exact value"),
        )
        slider.observe(partial(self.on_move, name), "value")
        return slider

    def _label(self, name: Name) -> str:
        words = self.formats.words
        usual = told.write(name, self.board.usual(name), self.formats)
        what = words.say(told.NAMES[name])
        return words.say("{what}, usually {usual}", what=what, usual=usual)

    def on_move(self, name: Name, change: Any) -> None:
        """Follow a slider; where another one goes with it, that one follows too."""
        if self._following:
            return
        try:
            self._set(self.board.moved(name, float(change["new"])))
        except QbrError as err:
            self.show(self.board)
            self.sliders[name].error = refusal(err, self.formats.words)

    def on_choose(self, change: Any) -> None:
        """Work out what a person chose."""
        if not self._following:
            self._set(self.board.solving(change["new"]))

    def on_reset(self, _: Any = None) -> None:
        """Let every lever stand where it usually does, and work out the chance."""
        self._set(Board(self.board.whatif, self.board.target, self.board.need))

    def _set(self, board: Board) -> None:
        self.show(board)
        self._changed()

    def target(self, amount: float) -> None:
        """Follow another target."""
        if amount != self.board.target:
            self.board = self.board.at(amount)
            if self.looked_at:
                self.show(self.board)

    def show(self, board: Board) -> None:
        """Show another board."""
        self.board, self._following = board, True
        try:
            self.choice.value = board.solve
            for name, slider in self.sliders.items():
                slider.value = board.value(name)
                own = ("new", "activities") if board.solve == "new" else (board.solve,)
                slider.disabled = name in own
        finally:
            self._following = False
        self.tell()

    def tell(self) -> None:
        """Say what the levers come to, and whether the team ever had it so."""
        lines = [self._result(), *self._ever()]
        text = "".join(f"<p style='margin:0 0 6px'>{escape(line)}</p>" for line in lines)
        self.told.value = f'<div role="status">{text}</div>'

    def _result(self) -> str:
        board, formats, words = self.board, self.formats, self.formats.words
        if board.solve == "target":
            amount = formats.money(board.solved)
            return words.say("With these, 7 of 10 such quarters reach {amount}.", amount=amount)
        if board.solve != "chance":
            name = cast("Name", board.solve)
            value, target = board.value(name), board.target
            if math.isnan(board.solved):
                return told.beyond(name, value, target, board.reached, formats)
            return told.solved(name, value, board.usual(name), target, formats)
        chance = formats.often(board.chance)
        if not board.moved_names:
            return words.say("As usual, the chance of the target is {chance}.", chance=chance)
        return words.say(
            "Chance of the target with these: {chance}; as usual: {usual}.",
            chance=chance,
            usual=formats.often(board.whatif.found.chance(board.target)),
        )

    def _ever(self) -> list[str]:
        """Say whether what is set or worked out was ever there."""
        board = self.board
        wanted: dict[Name, float] = {}
        wanted |= {name: board.value(name) for name in board.moved_names if name != "activities"}
        lines = told.ever(self.past, wanted, self.formats)
        if "activities" in board.moved_names:
            lines.append(told.capacity(board.value("activities"), self.most, self.formats))
        return [line for line in lines if line]
