"""What each kernel would do first, done once in the process that kernels are forked from.

To import this module is to do it. What computes and draws is named by the notebooks, not here: a
run computes nothing itself.
"""

from __future__ import annotations

import ast
import io
import json
from importlib import import_module

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qbr_lib.parameters import shipped

_ALWAYS = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "nbconvert",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "scipy.stats",
)


def _import() -> None:
    """Import what kernels always need, and what the shipped notebooks import."""
    for name in _ALWAYS:
        import_module(name)
    for path in sorted(shipped("notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
        for statement in (one for source in code for one in ast.parse(source).body):
            if isinstance(statement, ast.Import | ast.ImportFrom):
                exec(compile(ast.Module([statement], []), path.name, "exec"), {})


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
_draw()
