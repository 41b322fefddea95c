"""The levers behind a target as a person sees them: one slider each, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import ipywidgets as widgets

from qbr_lib.controls.levers import UNITS, Board, Name
from qbr_lib.controls.slider import Slider
from qbr_lib.errors import QbrError
from qbr_lib.formats import Formats

_STEPS = 60


class BoardView:
    """Sliders over a board; the board they show is `board`.

    Parameters
    ----------
    changed : callable
        Called after a lever was moved.
    """

    def __init__(self, board: Board, formats: Formats, changed: Callable[[], None]) -> None:
        self.board, self.formats, self._changed = board, formats, changed
        self._following = False
        self.sliders: dict[Name, Slider] = {name: self._slider(name) for name in board.names}
        self.reset = widgets.Button(description=formats.words.say("As usual"))
        self.reset.on_click(self.on_reset)
        self.told = widgets.HTML()
        self.tell()

    def view(self) -> widgets.VBox:
        """Return the widgets."""
        return widgets.VBox([*self.sliders.values(), self.told, self.reset])

    def _slider(self, name: Name) -> Slider:
        low, high = self.board.bounds(name)
        unit, value = UNITS[name], self.board.value(name)
        slider = Slider(
            self._label(name),
            partial(self._write, name),
            partial(self.formats.read, unit),
            value=value,
            min=low,
            max=high,
            step=(high - low) / _STEPS,
            exact=self.formats.words.say("exact value"),
        )
        slider.observe(partial(self.on_move, name), "value")
        return slider

    def _label(self, name: Name) -> str:
        words = self.formats.words
        names: dict[Name, str] = {
            "win_rate": words.say("Win rate"),
            "size": words.say("Average won deal"),
            "new": words.say("New deals a week"),
            "days": words.say("Days to a decision"),
            "activities": words.say("Activities a week"),
        }
        usual = self._write(name, self.board.usual(name))
        return words.say("{what}, usually {usual}", what=names[name], usual=usual)

    def _write(self, name: Name, value: float) -> str:
        if UNITS[name] == "count":
            return self.formats.number(value, 1)
        return self.formats.unit_value(UNITS[name], value)

    def on_move(self, name: Name, change: Any) -> None:
        """Follow a slider; where another one goes with it, that one follows too."""
        if self._following:
            return
        try:
            self.board = self.board.moved(name, float(change["new"]))
        except QbrError as err:
            self._follow()
            self.sliders[name].error = str(err)
            return
        self._follow()
        self.tell()
        self._changed()

    def on_reset(self, _: Any = None) -> None:
        """Let every lever stand where it usually does."""
        self.board = Board(self.board.whatif, self.board.target, self.board.activities)
        self._follow()
        self.tell()
        self._changed()

    def target(self, amount: float) -> None:
        """Tell the chance of another target."""
        self.board = self.board.at(amount)
        self.tell()

    def _follow(self) -> None:
        self._following = True
        try:
            for name, slider in self.sliders.items():
                slider.value = self.board.value(name)
        finally:
            self._following = False

    def tell(self) -> None:
        """Say what the levers come to."""
        words, formats = self.formats.words, self.formats
        chance = formats.often(self.board.chance)
        if self.board.moved_names:
            usual = formats.often(self.board.whatif.found.chance(self.board.target))
            text = words.say(
                "Chance of the target with these: {chance}; as usual: {usual}.",
                chance=chance,
                usual=usual,
            )
        else:
            text = words.say("As usual, the chance of the target is {chance}.", chance=chance)
        self.told.value = f'<p role="status">{escape(text)}</p>'
