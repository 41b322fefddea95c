"""A table whose numbers can be typed, each field with a name a screen reader says."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets

_HERE = Path(__file__).parent


class Grid(anywidget.AnyWidget):
    """A table: names left, then texts and fields; what is typed comes back in `typed`.

    Parameters
    ----------
    label : str
        What a screen reader calls it.
    head : list of str
        The columns' titles, that of the names first.
    rows : list of dict
        id, name, and cells: a text, or a field as {value, label}.
    typed : list
        Row (id), column (counted from 0 after the names), text, and how often something was typed.
    answered : int
        The last of these that was answered.
    """

    _esm = _HERE / "grid.js"
    _css = _HERE / "grid.css"
    label = traitlets.Unicode().tag(sync=True)
    head: traitlets.List[str] = traitlets.List().tag(sync=True)
    rows: traitlets.List[dict[str, object]] = traitlets.List().tag(sync=True)
    error = traitlets.Unicode().tag(sync=True)
    typed = traitlets.List(["", 0, "", 0]).tag(sync=True)
    answered = traitlets.Int().tag(sync=True)
