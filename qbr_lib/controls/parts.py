"""The parts of a target as a person sees them: a table to type in, and how they add up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from qbr_lib.controls.grid import Grid
from qbr_lib.controls.refusal import refusal
from qbr_lib.controls.split import Split
from qbr_lib.errors import QbrError
from qbr_lib.formats import DASH, Formats
from qbr_lib.goals.shares import Divisible
from qbr_lib.present import split as told
from qbr_lib.present.alignment import UNITS

_MOST, _PART = 1, 2  # columns that are typed in


class SplitView:
    """A table over a split; the split it shows is `split`.

    Parameters
    ----------
    choices : sequence of Divisible
        What it can be split to: people, territories.
    recorded : bool
        Whether the parts stand in the record: then they are recorded again with the target.
    changed : callable
        Called after a person changed the parts.
    """

    def __init__(
        self,
        split: Split,
        choices: Sequence[Divisible],
        formats: Formats,
        changed: Callable[[], None],
        *,
        recorded: bool,
    ) -> None:
        self.split, self.formats, self._changed = split, formats, changed
        self._following, self.looked_at = False, True
        words = formats.words
        self.grid = Grid(label=words.say("How the target is split"))
        self.grid.observe(self.on_typed, "typed")
        wide, own = {"description_width": "initial"}, widgets.Layout(width="max-content")
        self.to = widgets.Dropdown(
            description=words.say("Split to"),
            options=[(words.say(UNITS[one.by]), n) for n, one in enumerate(choices)],
            style=wide,
            layout=own,
        )
        self.basis = widgets.Dropdown(description=words.say("by"), style=wide, layout=own)
        self.choices = list(choices)
        self.to.observe(self.on_to, "value")
        self.basis.observe(self.on_basis, "value")
        self.fill = widgets.Button(description=words.say("Share out the rest"), layout=own)
        self.fill.on_click(lambda _: self._set(self.split.filled()))
        self.reset = widgets.Button(description=words.say("As proposed"), layout=own)
        self.reset.on_click(lambda _: self._set(self.split.proposed()))
        self.record = widgets.Checkbox(
            description=words.say("Record these parts as goals"), value=recorded, indent=False
        )
        self.record.observe(self.on_record, "value")
        self.told = widgets.HTML()
        self.show(split)

    def view(self) -> widgets.VBox:
        """Return the widgets."""
        buttons = widgets.HBox([self.fill, self.reset])
        choice = widgets.Box([self.to, self.basis], layout=widgets.Layout(flex_flow="row wrap"))
        return widgets.VBox([choice, self.grid, self.told, buttons, self.record])

    def on_typed(self, change: Any) -> None:
        """Follow what was typed; a text that is no amount is told, and nothing moves."""
        unit, column, text, count = change["new"]
        try:
            empty = not str(text).strip()
            value = None if empty and column == _MOST else self.formats.read("money", str(text))
            if column == _MOST:
                self._set(self.split.capped(unit, value))
            elif value is not None:
                self._set(self.split.moved(unit, value))
        except QbrError as err:
            self.grid.error = refusal(err, self.formats.words)
        self.grid.answered = count

    def on_basis(self, change: Any) -> None:
        """Propose by another measure."""
        if not self._following:
            self._set(self.split.by(change["new"]))

    def on_to(self, change: Any) -> None:
        """Split to others; what was typed for these is forgotten."""
        if not self._following:
            self._set(self.split.to(self.choices[change["new"]]))

    def on_record(self, _: Any) -> None:
        """Record the parts with the target from now on, or no longer."""
        if not self._following:
            self._changed()

    def _set(self, split: Split) -> None:
        self.show(split)
        self._changed()

    def target(self, amount: float) -> None:
        """Follow another target."""
        if amount != self.split.target:
            self.split = self.split.at(amount)
            if self.looked_at:
                self.show(self.split)

    def show(self, split: Split, *, recorded: bool | None = None) -> None:
        """Show another split, and whether it is recorded with the target."""
        self.split, self._following = split, True
        try:
            self.record.value = self.record.value if recorded is None else recorded
            self._choose(split)
        finally:
            self._following = False
        self.tell()

    def _choose(self, split: Split) -> None:
        self.to.value = next(n for n, one in enumerate(self.choices) if one is split.known)
        names = [(self.formats.words.say(told.BASES[one]), one) for one in split.known.bases]
        if list(self.basis.options) != names:
            self.basis.options = names
        self.basis.value = split.basis

    def tell(self) -> None:
        """Write the table, and how its parts add up."""
        split, words = self.split, self.formats.words
        unit = words.say(UNITS[split.known.by])
        head = [
            words.say("Won in a quarter"),
            words.say("At most"),
            words.say("Part"),
            words.say("Reached in"),
        ]
        self.grid.head = [unit, *head]
        self.grid.rows = [self._row(str(name), head) for name in split.parts.index]
        self.grid.error = ""
        sides = told.sides(split.target, split.sum, split.known, self.formats)
        lines = told.notes(split.known, split.together, split.problem, self.formats)
        text = "".join(f"<p style='margin:0 0 6px'>{escape(line)}</p>" for line in lines)
        self.told.value = f'<div role="status">{sides.html}{text}</div>'

    def _row(self, unit: str, head: list[str]) -> dict[str, Any]:
        split, formats = self.split, self.formats
        row = split.known.frame.loc[unit].to_dict()
        cap, chance = split.most.get(unit), float(split.chances[unit])
        part = told.exact(float(split.parts[unit]), formats)
        typed = ("" if cap is None else told.exact(cap, formats), part)
        fields = [
            {"label": f"{title}: {row['name']}", "value": value}
            for title, value in zip(head[1:3], typed, strict=True)
        ]
        often = DASH if math.isnan(chance) else formats.often(chance)
        cells = [formats.money(row["history"]), *fields, often]
        return {"id": unit, "name": str(row["name"]), "cells": cells}
