"""The review of every sample team, in both languages: plain words up to the appendix, and few."""

import ast
import json
import re

import pytest
from bs4 import BeautifulSoup

from qbr_lib.data.sample.truths import TRUTHS
from qbr_lib.parameters import shipped
from qbr_lib.present import figure
from qbr_lib.present.figure import Shown
from tests.catalogue.test_plain_words import METHODS

MOST = 750  # words; five minutes of speech
CELLS = [
    "".join(cell["source"])
    for cell in json.loads((shipped("notebooks") / "1_review.ipynb").read_text("utf-8"))["cells"]
    if cell["cell_type"] == "code"
]
FOREIGN = {
    "de": re.compile(r"\b(the|and|with|were|quarter|of|not|for|deals won)\b"),
    "en": re.compile(r"\b(der|die|das|und|mit|wurde|nicht|Quartal|Abschlussquote)\b"),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return a workspace in which the sample is prepared once."""
    return tmp_path_factory.mktemp("words")


def _main_page(names):
    """Return what the cells before the appendix show; what speaks no language runs only once."""
    page, first = [], "data" not in names
    given = {name: names[name] for name in ("team", "workspace", "language")}
    for source in CELLS:
        if not first and not re.search("formats|words|language", source):
            continue
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        names.update(given)
        shown = last and eval(compile(ast.Expression(last.value), "cell", "eval"), names)
        if isinstance(shown, Shown):
            if "qbr-appendix" in shown.html:
                return "".join(page)
            page.append(shown.html)
    return pytest.fail("no appendix")


@pytest.mark.parametrize("team", [truth.team_id for truth in TRUTHS])
def test_plain_and_short(team, root, monkeypatch):
    """No method is named in texts, tables and pictures; read aloud it takes five minutes."""
    monkeypatch.setattr(figure, "picture", lambda *_, **__: "<svg/>")  # their texts are catalogued
    names = {"team": team, "workspace": str(root)}
    for language, foreign in FOREIGN.items():
        names["language"] = language
        page = BeautifulSoup(_main_page(names), "lxml")
        assert len(page.find_all("h2")) >= 6
        texts = [*page.stripped_strings, *(one["alt"] for one in page.find_all("img"))]
        assert [text for text in texts if METHODS.search(text) or foreign.search(text)] == []
        assert 300 < len(_spoken(page)) <= MOST


def _spoken(page):
    """Return the words read aloud: without tables, folded parts and pictures."""
    for silent in page.find_all(["details", "table", "style"]):
        silent.clear()
    return page.get_text(" ").split()
