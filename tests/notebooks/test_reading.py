"""A review is read aloud in five minutes: what stands before the appendix is short."""

import ast
import json
import shutil

import pytest
from bs4 import BeautifulSoup

from qbr_lib.parameters import shipped
from qbr_lib.present import figure
from tests.conftest import ROOT

pytestmark = pytest.mark.kernel
MOST = 750  # words; five minutes of speech
TEAMS = ("nord", "ost", "berlin", "west", "sued", "rhein-main", "grosskunden", "behoerden")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Return a workspace of the sample organisation."""
    root = tmp_path_factory.mktemp("reading")
    (root / "parameters").mkdir()
    shutil.copy(ROOT / "parameters" / "org.yml", root / "parameters")
    return root


def shown(workspace, team, language):
    """Return what the cells of the review display, run here since no picture is looked at."""
    cells = json.loads((shipped("notebooks") / "1_review.ipynb").read_text(encoding="utf-8"))
    names, pieces = {}, []
    for cell in cells["cells"]:
        if cell["cell_type"] != "code":
            continue
        code = ast.parse("".join(cell["source"]))
        last = code.body.pop() if isinstance(code.body[-1], ast.Expr) else None
        exec(compile(code, "review", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= {"team": team, "language": language, "workspace": str(workspace)}
        if last is not None:
            made = eval(compile(ast.Expression(last.value), "review", "eval"), names)
            pieces.append(getattr(made, "html", ""))
    return "".join(pieces)


def spoken(html):
    """Return the words before the appendix, without tables, folded parts and pictures."""
    page = BeautifulSoup(html, "lxml")
    for after in page.find(class_="qbr-appendix").find_all_next(True):
        after.clear()
    for silent in page.find_all(["details", "table", "style"]):
        silent.clear()
    return page.get_text(" ").split()


@pytest.mark.parametrize("number", range(len(TEAMS)), ids=TEAMS)
def test_read_aloud_in_five_minutes(number, workspace, monkeypatch):
    """The page of each sample team, in German and English by turns, has at most 750 words."""
    monkeypatch.setattr(figure, "_pictures", lambda *_: "")
    said = spoken(shown(workspace, TEAMS[number], ("de", "en")[number % 2]))
    assert 300 < len(said) <= MOST
