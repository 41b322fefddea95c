"""What each kernel would do first, done once in the process that kernels are forked from.

To import this module is to do it. What computes and draws is named by the notebooks, not here: a
run computes nothing itself.
"""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qbr_lib.formats import Formats
from qbr_lib.parameters import shipped
from qbr_lib.words import LANGUAGES, in_language

_ALWAYS = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "nbconvert",
    "pandas.core.arrays.arrow.extension_types",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "qbr_lib.goals.sample",
    "scipy.stats",
    "tornado.platform.asyncio",
)


@contextmanager
def _without(*modules: str) -> Iterator[None]:
    """Let modules count as not installed, for as long as this lasts."""
    sys.modules.update(dict.fromkeys(modules, cast("Any", None)))
    try:
        yield
    finally:
        for module in modules:
            del sys.modules[module]


def _import() -> None:
    """Import what kernels always need, and what the shipped notebooks import.

    jsonschema would build a grammar of addresses, which no notebook's schema asks for: two of the
    five seconds that all of this took. A kernel of a run has nobody who debugs it.
    """
    with _without("rfc3987_syntax", "debugpy"):
        for name in _ALWAYS:
            import_module(name)
    import_module("matplotlib.backends").backend_registry.list_all()  # each kernel asks for it
    for path in sorted(shipped("notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        for statement in (one for source in code for one in ast.parse(source).body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                exec(compile(ast.Module([statement], []), path.name, "exec"), {})


def _speak() -> None:
    """Say a number and a day in each language: catalogues and locales are read."""
    for language in LANGUAGES:
        words = in_language(language)
        words.count("{n} deal", "{n} deals", 2)
        formats = Formats(words, "EUR")
        formats.money(1.0)
        formats.day_long(dt.date.min)


def _draw() -> None:
    """Draw a chart as pages show it and one as a notebook does: fonts and styles are found."""
    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 4.0, 9.0, 16.0], "k": list("abab")})

    def chart(*, narrow: bool, ax: Axes) -> object:  # noqa: ARG001 - as charts are called
        return sns.lineplot(frame, x="x", y="y", hue="k", ax=ax)

    import_module("qbr_lib.present.figure").picture(chart, (384, 300), narrow=True)
    sheet = Figure()
    chart(narrow=False, ax=sheet.add_subplot())
    sheet.savefig(io.BytesIO(), format="png")


_import()
_speak()
_draw()
