"""Notebooks executed in parallel: what fails stays apart, what is done is whole."""

import dataclasses
import hashlib
import json
import os
import time
from pathlib import Path

import nbformat
import pytest
from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.errors import RunError
from qbr_lib.parameters import load_workspace
from qbr_lib.results import read
from qbr_lib.run import execute, make_plan, run

from tests.notebooks.stubs import notebook, page, show, write_notebooks, write_workspace

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernels")]

TEAMS = (
    "nord", "sued", "bad value", "refused", "silent", "stranger", "dead", "no page", "leaves", "old"
)  # fmt: skip
BEHAVIOUR = """\
if team == "bad value":
    raise ValueError("amount is 'tausend'\\nand more")
if team == "refused":
    from qbr_lib.errors import PeriodError
    raise PeriodError("The quarter lies outside the data", where="parameter 'quarter'", got="x")
if team == "dead":
    import os
    os.kill(os.getpid(), 9)
if team == "leaves":
    raise SystemExit(0)
"""
OUTPUT = """\
import os, sys, warnings
warnings.warn("careful", stacklevel=1)
print(workspace, os.getcwd(), sys.executable)
"""
END = """\
from IPython.display import Markdown, display
if team == "silent":
    display(Markdown("nothing"))
else:
"""


def _plan(root, **chosen):
    workspace = load_workspace(root)
    store = stores.prepare(workspace)
    quarter = slices.check_quarter(store, workspace.organisation, "2026-Q3")
    return make_plan(workspace, store, quarter=quarter, **chosen)


def _review():
    inner = show(team="'nord' if team == 'stranger' else team").splitlines()
    indented = "\n".join(f"    {line}" for line in inner).replace("    Display(", "    display(Display(")
    return notebook(BEHAVIOUR, OUTPUT, END + indented + ")")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run ten teams, each with its own fate, two at a time, in a folder with braces in its name."""
    root = write_workspace(tmp_path_factory.mktemp("run") / "a {b} ä", teams=TEAMS, language="de")
    write_notebooks(root, review=_review())
    old = root / "build" / "2026-Q3" / "bad-value"
    old.mkdir(parents=True)
    for name in ("review.ipynb", "review.html", "review.result.json"):
        (old / name).write_text("last good")
    done = root / "build" / "2026-Q3" / "nord"
    done.mkdir()
    (done / "review.failed.ipynb").write_text("an earlier failure")
    events = []
    plan = _plan(root, notebooks=("review",))
    before = time.monotonic()
    outcomes = run(plan, jobs=2, publish_page=page, on_event=events.append)
    print(f"{len(outcomes)} workbooks in {time.monotonic() - before:.1f} s")
    return root / "build" / "2026-Q3", {o.workbook.team: o for o in outcomes}, events


@pytest.mark.parametrize(
    ("team", "state", "reason"),
    [
        ("nord", "done", None),
        ("bad value", "failed", "Cell 3 failed: ValueError: amount is 'tausend'."),
        ("refused", "failed", "The quarter lies outside the data (parameter 'quarter')."),
        ("silent", "failed", "The last cell shows no result."),
        (
            "stranger",
            "failed",
            "The result is another workbook's (review, last cell, team: nord instead of stranger).",
        ),
        (
            "dead",
            "killed",
            "The process was killed in cell 3, most often because memory ran out.",
        ),
        ("no page", "failed", "The page cannot be made: ValueError: the template is broken."),
        ("leaves", "failed", "The last cell shows no result."),
    ],
)
def test_each_fate(ran, team, state, reason, monkeypatch):
    """Each fate has its state and one sentence; none stops another team."""
    _, outcomes, _ = ran
    outcome = outcomes[team]
    assert outcome.state == state
    assert outcome.reason == reason
