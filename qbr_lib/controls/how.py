"""What opens under "How?": the levers behind a target, its checks, and its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import ipywidgets as widgets

from qbr_lib.controls.board import BoardView
from qbr_lib.controls.levers import Board
from qbr_lib.controls.parts import SplitView
from qbr_lib.controls.split import Split
from qbr_lib.data.slices import Slice
from qbr_lib.formats import Formats
from qbr_lib.goals import reached, shares
from qbr_lib.goals.requirement import Requirement
from qbr_lib.goals.shares import Divisible
from qbr_lib.goals.whatif import WhatIf
from qbr_lib.measures import Unavailable
from qbr_lib.present import levers
from qbr_lib.present.alignment import withheld
from qbr_lib.present.outlook import Found
from qbr_lib.record import Goal, Record


class Behind(NamedTuple):
    """What stands under "How?": levers and parts where there are any, and whether parts count."""

    board: Board | None = None
    split: Split | None = None
    recorded: bool = False

    @property
    def moved(self) -> dict[str, float]:
        """The win rate and the size that do not stand as usual."""
        if self.board is None:
            return {}
        moved = self.board.moved_names
        return {name: self.board.value(name) for name in ("win_rate", "size") if name in moved}

    def chance(self, formats: Formats) -> str:
        """Say the chance of the target as set and as usual; nothing where nothing is moved."""
        if self.board is None or not self.board.moved_names:
            return ""
        usual = self.board.whatif.found.chance(self.board.target)
        return formats.words.say(
            "Chance of the target: {chance} with what is set below, {usual} as usual",
            chance=formats.often(self.board.chance),
            usual=formats.often(usual),
        )

    def told(self, formats: Formats) -> str:
        """Return in words how the levers stand that do not stand as usual."""
        if self.board is None:
            return ""
        moved = self.board.moved_names
        return ", ".join(levers.named(one, self.board.value(one), formats) for one in moved)


class How:
    """The levers, the checks and the parts of a target; folded until a person asks.

    Parameters
    ----------
    need : Requirement or None
        What targets take; without one there are no levers.
    changed : callable
        Called after a person changed anything, or opened it.
    """

    def __init__(
        self,
        data: Slice,
        found: Found,
        need: Requirement | None,
        formats: Formats,
        changed: Callable[[], None],
    ) -> None:
        self.data, self.found, self.need = data, found, need
        self.formats, self._changed = formats, changed
        told = [shares.divisible(data, by, found) for by in ("rep", "territory")]
        self.choices = [one for one in told if isinstance(one, Divisible)]
        self.why = None if self.choices else shares.divisible(data)
        self.board: BoardView | None = None
        self.split: SplitView | None = None
        self.checked = widgets.HTML()
        self.toggle = widgets.ToggleButton(description=formats.words.say("How?"))

    def opened(self, goal: Goal, record: Record, amount: float) -> list[widgets.Widget]:
        """Return the widgets for a goal as the record has it, or for one that is proposed."""
        inside: list[widgets.Widget] = []
        if self.need is not None and not isinstance(self.found, Unavailable):
            board = Board(WhatIf(self.found), amount, self.need)
            past, most = reached.past(self.data), reached.capacity(self.data)
            self.board = BoardView(board, past, most, self.formats, self._changed)
            inside.append(self.board.view())
        inside.append(self.checked)
        inside.append(self._parts(goal, record, amount))
        fold = widgets.VBox(inside)
        fold.layout.display = "none"

        def unfold(change: Any) -> None:
            fold.layout.display = "flex" if change["new"] else "none"
            self._look(at=bool(change["new"]))
            self._changed()

        self._look(at=False)
        self.toggle.observe(unfold, "value")
        return [self.toggle, fold]

    def _parts(self, goal: Goal, record: Record, amount: float) -> widgets.Widget:
        title = self.formats.words.say("How the target is split")
        if isinstance(self.why, Unavailable):
            return widgets.HTML(withheld(title, self.why, self.formats).html)
        split = self._split(goal, record, amount)
        self.split = SplitView(
            split, self.choices, self.formats, self._changed, recorded=bool(split.by_hand)
        )
        return widgets.VBox([widgets.HTML(f"<h3>{title}</h3>"), self.split.view()])

    def _split(self, goal: Goal, record: Record, amount: float) -> Split:
        """Return the parts that are recorded, else those proposed to whom it is usually split."""
        for known in self.choices:
            by_hand = shares.recorded(goal, known, record)
            if len(by_hand) > 1:  # a goal on one territory alone is no split
                return Split(known, amount, by_hand=by_hand)
        return Split(self.choices[0], amount)

    def _look(self, *, at: bool) -> None:
        """Let views follow only while a person looks at them."""
        if self.board is not None:
            self.board.looked_at = at
            self.board.show(self.board.board)
        if self.split is not None:
            self.split.looked_at = at
            self.split.show(self.split.split)

    @property
    def open(self) -> bool:
        """Whether a person looks at it."""
        return bool(self.toggle.value)

    @property
    def now(self) -> Behind:
        """What stands there."""
        board = self.board.board if self.board is not None else None
        if self.split is None:
            return Behind(board)
        return Behind(board, self.split.split, bool(self.split.record.value))

    def show(self, behind: Behind) -> None:
        """Show another state."""
        if self.board is not None and behind.board is not None:
            self.board.show(behind.board)
        if self.split is not None and behind.split is not None:
            self.split.show(behind.split, recorded=behind.recorded)

    def again(self, goal: Goal, record: Record) -> None:
        """Show the parts as they are recorded now."""
        if self.split is not None:
            self.split.show(self._split(goal, record, goal.current))

    def target(self, amount: float) -> None:
        """Follow another target."""
        if self.board is not None:
            self.board.target(amount)
        if self.split is not None:
            self.split.target(amount)
