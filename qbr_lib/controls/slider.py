"""A slider with a name and a field for exact values; ipywidgets' own has no accessible name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from qbr_lib.errors import QbrError

_HERE = Path(__file__).parent


class Slider(anywidget.AnyWidget):
    """A value between two bounds, moved by mouse and keys or typed.

    Parameters
    ----------
    label : str
        What a screen reader and the page call it.
    write, read : callable
        The value as text in the page's language; the value of a text that was typed, which may
        raise a QbrError: it is shown then, and the value stays.
    **traits
        value, min, max, step.
    """

    _esm = _HERE / "slider.js"
    _css = _HERE / "slider.css"
    value = traitlets.Float().tag(sync=True)
    min = traitlets.Float().tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(1.0).tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    exact = traitlets.Unicode().tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    disabled = traitlets.Bool(default_value=False).tag(sync=True)
    typed = traitlets.List(["", 0]).tag(sync=True)
    answered = traitlets.Int().tag(sync=True)

    def __init__(
        self, label: str, write: Callable[[float], str], read: Callable[[str], float], **traits: Any
    ) -> None:
        self._write, self._read = write, read
        super().__init__(label=label, shown=write(traits["value"]), **traits)
        self.observe(self._moved, "value")
        self.observe(self._entered, "typed")

    def _moved(self, change: Any) -> None:
        self.error, self.shown = "", self._write(float(change["new"]))

    def _entered(self, change: Any) -> None:
        text, count = change["new"]
        try:
            value = self._read(str(text))
        except QbrError as err:
            self.error = f"{err.what}."  # in the reader's language, as `read` says it
        else:
            if value == self.value:
                self.error, self.shown = "", self._write(value)
            self.value = value
        self.answered = count
