"""What asks for a workbook to be executed again, and what does not."""

import shutil

import pytest

from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.run import cache, make_plan
from tests.notebooks.stubs import notebook, write_notebooks, write_team_file, write_workspace


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Write a workspace of two teams with notebooks of its own."""
    root = write_workspace(tmp_path_factory.mktemp("cache") / "w", groups={"sued": "Süden"})
    write_notebooks(root, portfolio=notebook(), review=notebook())
    return root


@pytest.fixture
def root(template, tmp_path):
    """Return a copy to change."""
    return shutil.copytree(template, tmp_path / "w")


def planned(root, publisher="", **chosen):
    """Return the inputs of each workbook by folder, and the workbooks."""
    place = load_workspace(root)
    store = stores.prepare(place)
    quarter = slices.check_quarter(store, place.organisation, "2026-Q3")
    plan = make_plan(place, store, quarter=quarter, notebooks=("review", "portfolio"), **chosen)
    inputs = cache.Inputs(plan, publisher)
    return {book.folder: inputs.of(book) for book in plan.workbooks}, plan.workbooks


def edit(path, old, new):
    """Replace a text of a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def record(root, quarter, team):
    """Write a record."""
    path = root / "parameters" / "records" / quarter / f"{team}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("minutes: 60\n", encoding="utf-8")


ALL, SUED = ("nord", "sued", "company", "group-sueden"), ("sued", "company", "group-sueden")


@pytest.mark.parametrize(
    ("change", "names", "folders"),
    [
        (lambda root: edit(root / "data/opportunities.csv", "o-sued,sued,won,2026-07-10,2026-05-01,100", "o-sued,sued,won,2026-07-10,2026-05-01,101"), {"deals", "teams"}, SUED),
        (lambda root: record(root, "2026-Q3", "sued"), {"record", "teams"}, SUED),
        (lambda root: record(root, "2026-Q1", "sued"), {"record", "teams"}, SUED),
        (lambda root: record(root, "2026-Q4", "sued"), set(), ()),
        (lambda root: write_team_file(root, team="sued", overrides={"stages": ["New"]}), {"parameters", "teams"}, SUED),
        (lambda root: write_team_file(root, team="sued", language="de"), {"language", "teams"}, SUED),
        (lambda root: edit(root / "data/teams.csv", "Nord", "North"), {"organisation", "page", "teams"}, ALL),
        (lambda root: edit(root / "parameters/org.yml", "Probe", "Prove"), {"parameters", "page", "teams"}, ALL),
        (lambda root: edit(root / "notebooks/2_review.ipynb", "A stub", "Another"), {"notebook", "teams"}, ALL),
        (lambda root: write_notebooks(root, portfolio=notebook(), review=notebook(), more=notebook()), {"page", "teams"}, ALL),
        (lambda root: edit(root / "data/opportunities.csv", "2026-10-05", "2026-10-06"), {"day", "deals", "teams", "organisation"}, ALL),
        (lambda root: (root / "parameters/README").write_text("x"), set(), ()),
    ],
    ids=[
        "a deal", "a record", "an earlier record", "a later record", "overrides", "a language",
        "a team's name", "a parameter", "a notebook", "one notebook more", "another day", "nothing",
    ],
)  # fmt: skip
def test_what_a_change_reaches(root, change, names, folders):
    """Each change reaches the workbooks that show it, is named, and reaches no other."""
    before, _ = planned(root)
    change(root)
    after, books = planned(root)
    told = {
        book.folder: set(cache.why(book, cache.Kept(before[book.folder], {}), after[book.folder]))
        - {cache.FILES}
        for book in books
    }
    assert tuple(folder for folder in told if told[folder]) == folders
    assert set().union(*told.values()) == names


def test_who_makes_the_page(root):
    """A page made by other code is another page."""
    (one, _), (other, _) = planned(root), planned(root, publisher="other:page")
    assert {name for name in one["nord"] if one["nord"][name] != other["nord"][name]} == {"page"}


def test_proven_totals(root):
    """A portfolio that could not be held against its teams is made again once it can be."""
    _, books = planned(root)
    place = load_workspace(root)
    store = stores.prepare(place)
    plan = make_plan(place, store, quarter=slices.check_quarter(store, place.organisation, ""))
    inputs = cache.Inputs(plan)
    assert inputs.of(books[-1]) != inputs.of(books[-1], proven=True)
    assert inputs.of(books[0]) == inputs.of(books[0], proven=True)


def test_files_must_be_whole(root):
    """A file that was changed or is gone is made again; a cut-off memory of it as well."""
    inputs, books = planned(root)
    book, now = books[0], inputs["nord"]
    path = book.output / "review.html"
    for folder in (path.parent, book.kept.parent, book.cache.parent):
        folder.mkdir(parents=True)
    path.write_text("page")
    book.kept.write_text("{}")
    files = {"nord/review.html": cache._file(path)}
    book.cache.write_bytes(cache.content(now, files, ["a warning"]))
    kept = cache.read(book)
    assert cache.why(book, kept, now) == ()
    assert cache.cached(book, kept).warnings == ("a warning",)
    path.write_text("pages")
    assert cache.why(book, kept, now) == ("files",)
    path.unlink()
    assert cache.why(book, kept, now) == ("files",)
    book.cache.write_bytes(book.cache.read_bytes()[:50])
    assert cache.why(book, cache.read(book), now) == ("new",)


def test_the_library_is_hashed_whole(tmp_path, monkeypatch):
    """Any file of the library counts, also a template or a catalogue; compiled ones do not."""
    monkeypatch.setattr(cache, "_LIBRARY", tmp_path)
    (tmp_path / "__pycache__").mkdir()
    seen = set()
    for name in ("a.py", "b.j2", "c.po", "__pycache__/a.pyc"):
        (tmp_path / name).write_text("x")
        cache.library.cache_clear()
        seen.add(cache.library())
    cache.library.cache_clear()
    assert len(seen) == 3
