"""The pages around the sliders: who is listed, what is said when there is nothing to show."""

import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from qbr_lib.app.teams import Served
from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.run import make_plan
from tests.notebooks.stubs import write_team_file, write_workspace

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Write a workspace of three teams, one of which speaks German."""
    base = tmp_path_factory.mktemp("app")
    groups = {"nord": "Küste", "sued": "<b>Süd</b>"}
    root = write_workspace(base / "w", teams=("nord", "sued", "west"), groups=groups)
    write_team_file(root, team="nord", language="de")
    return root


def served(root, folder=Path(), teams=("nord", "sued")):
    """Return what serves some teams."""
    place = load_workspace(root, {"language": "en"})
    store = stores.prepare(place)
    quarter = slices.check_quarter(store, place.organisation, "2026-Q3")
    return Served(
        make_plan(place, store, quarter=quarter, teams=teams, notebooks=["goals"]), folder
    )


def notebook(*outputs):
    """Return an executed notebook with these outputs."""
    cell = nbformat.v4.new_code_cell(outputs=[*outputs], execution_count=3)
    return nbformat.v4.new_notebook(cells=[cell])


def shown(**data):
    """Return an output."""
    return nbformat.v4.new_output("display_data", data)


def soup(html):
    """Return a page as a browser sees it."""
    return BeautifulSoup(html, "lxml")


def test_a_notebook_for_each_team_named(root, tmp_path):
    """Each holds its team's parameters as a run would hand them over, and no other team's."""
    served(root, tmp_path).write()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["nord.ipynb", "sued.ipynb"]
    for team, language in (("nord", "de"), ("sued", "en")):
        cells = nbformat.read(tmp_path / f"{team}.ipynb", as_version=4).cells
        (given,) = [c.source for c in cells if "injected-parameters" in c.metadata.get("tags", ())]
        values = {}
        exec(given, values)
        told = {name: values[name] for name in ("team", "quarter", "workspace", "language")}
        assert told == {
            "team": team,
            "quarter": "2026-Q3",
            "workspace": str(root),
            "language": language,
        }


def test_the_list(root):
    """Groups and teams are named as they are typed; each leads to its own page."""
    page = soup(served(root).listed())
    assert [head.get_text() for head in page.main.find_all("h2")] == ["Küste", "<b>Süd</b>"]
    links = {link.get_text(): link["href"] for link in page.main.find_all("a")}
    assert links == {"Nord": "/teams/nord", "Sued": "/teams/sued"}
    assert (page.html["lang"], page.h1.get_text()) == ("en", "Set the goals for 2026-Q4")


def test_opening_and_closing_make_a_page(root):
    """What is sent first says at once what happens, in the team's language; the end closes it."""
    app = served(root)
    page = soup(app.opening("nord") + "<main>here</main>" + app.closing("nord"))
    assert page.html["lang"] == "de"
    assert page.find(role="status").h1.get_text() == "Ziele für 2026-Q4"
    assert page.find(class_="sheet").main.get_text() == "here"
    assert page.find("meta", attrs={"http-equiv": "Content-Security-Policy"}) is None


def test_a_widget_stands_where_it_was_shown(root):
    """Its model comes to the page unchanged, whatever is in it; scripts of outputs do not."""
    model = {"model_id": "</script><b>", "version_major": 2, "version_minor": 0}
    outputs = [
        shown(**{"text/html": "<p>before</p><script>alert(1)</script>"}),
        shown(**{WIDGET: model, "text/plain": "Slider"}),
        shown(**{"text/html": "<p>after</p>"}),
    ]
    page = soup(served(root).inside(notebook(*outputs), "sued"))
    (script,) = page.find_all("script")
    assert json.loads(script.string)["data"][WIDGET] == model
    place = script.find_parent(class_="qbr-widget")
    assert "before" in place.find_previous_sibling("p").get_text()
    assert "after" in place.find_next_sibling("p").get_text()
    assert page.find("b") is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("KeyError", "'x'", "Cell 3 failed: KeyError: 'x'."),
        (
            "RunError",
            "The team is unknown.\n  Where: parameter\n  Got: y",
            "The team is unknown (parameter).",
        ),
    ],
)
def test_a_failed_notebook_gives_a_sentence(root, name, value, told):
    """A cell that failed is named without its traceback; nothing else of the page is shown."""
    error = nbformat.v4.new_output("error", ename=name, evalue=value, traceback=["secret"])
    page = soup(served(root).inside(notebook(shown(**{"text/html": "<p>x</p>"}), error), "sued"))
    assert page.main.get_text() == told
    assert page.h1.get_text() == "The goals cannot be shown"


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (403, "This page opens only with its full address"),
        (404, "There is no such page"),
        (500, "This page cannot be shown"),
    ],
)
def test_a_refusal_is_a_page(root, status, title):
    """It names no team and holds no script."""
    page = soup(served(root).refused(status))
    assert page.h1.get_text() == title
    assert "Nord" not in page.get_text()
    assert page.find("script") is None
