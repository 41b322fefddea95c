"""The privacy switch by its matrix: every output in every mode, made by the real command."""

import re
import stat

import nbformat
import pytest
from typer.testing import CliRunner

from qbr_lib import cli
from qbr_lib.data.people import PSEUDONYM
from tests.conftest import ROOT
from tests.notebooks import people

pytestmark = pytest.mark.kernel

MODES = ("off", "pseudonym", "named")
NOBODY, CODES, NAMES = "nobody", "pseudonyms", "ids and names"
# What README says: output, the files it is, and what they tell of people in each mode.
MATRIX = {
    "pages, and the names of the deals they list": (
        ("build/2026-Q3/*/*.html",),
        (NOBODY, CODES, NAMES),
    ),
    "executed notebooks, own ones that print every table": (
        ("build/2026-Q3/*/[!b]*.ipynb",),
        (NOBODY, CODES, NAMES),
    ),
    "a failed notebook with its traceback": (
        ("build/2026-Q3/*/*.failed.ipynb",),
        (NOBODY, CODES, NAMES),
    ),
    "index and manifest, why a workbook failed": (
        ("build/2026-Q3/index.html", "build/2026-Q3/manifest.json"),
        (NOBODY, CODES, NAMES),
    ),
    "results, in `build/` and in `history/results/`": (
        ("build/2026-Q3/*/*.result.json", "history/results/*/*/*.result.json"),
        (NOBODY, CODES, NAMES),
    ),
    "`build/check.json`": (("build/check.json",), (NOBODY, CODES, NAMES)),
    "`build/store/`, what notebooks open": (("build/store/**/*",), (NOBODY, CODES, NAMES)),
    "`history/snapshots/`": (("history/snapshots/*",), (NOBODY, CODES, NAMES)),
}
# What README says of what is no file: as the own notebook prints it.
SHOWN = {
    "an owner that somebody typed": (
        "roles and teams, else “a person”",
        "roles and teams, else a pseudonym",
        "as typed",
    ),
    "a figure per person": ("never", "from `minimum_group` people on", "shown"),
    "a figure per territory": (
        "from `minimum_group` people on",
        "from `minimum_group` people on",
        "shown",
    ),
}
OWN = ["people", "broken"]
ROLES = ["Team Nord", "Vertriebsleitung"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run the small organisation once in each mode, and return its folders.

    Every notebook runs where nobody is shown; elsewhere the review stands for the shipped ones.
    """
    base = tmp_path_factory.mktemp("people")
    others = {"off": ["goals", "follow_up", "portfolio"]}
    return {
        mode: _run(people.write(base / mode, mode), [*OWN, "review", *others.get(mode, ())])
        for mode in MODES
    }


def _qbr(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def _run(root, notebooks):
    """Run notebooks for one team; one process forks the kernels of three and more, in less time."""
    options = [word for name in notebooks for word in ("--notebook", name)]
    result = _qbr("run", "--workspace", root, "--team", "nord", "--jobs", 1, *options)
    assert result.exit_code == 1, result.output  # one of its own is broken
    (root / "told.txt").write_text(result.output, encoding="utf-8")
    assert _qbr("check", "--workspace", root).exit_code == 0
    return root


def _files(root, *patterns):
    found = [path for pattern in patterns for path in root.glob(pattern) if path.is_file()]
    assert found, patterns
    return found


def _printed(root, name="nord/people.ipynb"):
    """Return what the notebook printed; a kernel may send one line in several pieces."""
    cells = nbformat.read(root / "build" / "2026-Q3" / name, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    text = "".join(output.get("text", "") for output in outputs)
    return {
        name: values.split(" | ")
        for name, values in re.findall(r"^(typed|territories): \| (.*)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("output", MATRIX)
@pytest.mark.parametrize("mode", MODES)
def test_matrix(ran, output, mode):
    """An output tells of people what README says, in every byte of every file of it."""
    patterns, told = MATRIX[output]
    paths = _files(ran[mode], *patterns)
    seen, raw = people.found(paths), b"".join(path.read_bytes() for path in paths)
    coded = re.search(PSEUDONYM.encode(), raw) is not None
    assert {(True, False): NAMES, (False, True): CODES, (False, False): NOBODY}[
        bool(seen), coded
    ] == told[MODES.index(mode)], sorted(seen)


@pytest.mark.parametrize("mode", ["off", "pseudonym"])
def test_nobody_anywhere(ran, mode):
    """No id and no name is found in any file of a run, history included, nor in what it printed."""
    assert people.found(_files(ran[mode], "build/**/*", "history/**/*", "told.txt")) == set()


def test_all_are_found_where_they_are_named(ran):
    """With named the same search finds each id and each name: it can fail."""
    seen = {text for text, _ in people.found(_files(ran["named"], "build/**/*"))}
    assert {*people.IDS, *people.NAMES} <= seen


def test_typed(ran):
    """A role stays; a typed person is nobody, their one pseudonym, or as typed."""
    off, coded, named = (_printed(ran[mode])["typed"] for mode in MODES)
    assert off == [*ROLES, *["eine Person"] * 3, people.NOTE.format(*["[Person]"] * 3)]
    assert named == people.TYPED_TEXT.splitlines()
    anne, same, other, note = coded[2:]
    assert coded[:2] == ROLES
    assert anne == same != other
    assert re.fullmatch(people.NOTE.format(PSEUDONYM, anne, PSEUDONYM), note)


def test_few_people(ran):
    """What fewer than five people hold is withheld, and never a total."""
    assert {mode: _printed(ran[mode])["territories"] for mode in MODES} == {
        mode: ["Hessen"] for mode in MODES
    }
    few = {mode: _printed(ran[mode], "nord/broken.failed.ipynb") for mode in MODES}
    assert [few[mode].get("territories") for mode in MODES] == [
        None,
        None,
        ["Gebiet 17", "Gebiet 18"],
    ]


def test_the_key_stays_where_it_is(ran):
    """The key is its owner's alone and stands in no other file."""
    path = ran["pseudonym"] / "history" / ".pseudonym-key"
    key = path.read_bytes().strip()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    holding = [one for one in _files(ran["pseudonym"], "**/*") if key in one.read_bytes()]
    assert holding == [path]


def test_switched_later(ran):
    """A run that shows nobody rewrites what an earlier one kept, and names the pages it left."""
    root = people.write(ran["named"], "off")
    _run(root, OWN)
    told = (root / "told.txt").read_text(encoding="utf-8")
    assert "Dateien unter history/ verrieten mehr über Personen, als jetzt gezeigt wird" in told
    assert "Seiten aus einer Zeit, als mehr von Personen gezeigt wurde: 2026-Q3." in told
    made = ("build/store/**/*", "build/*.json", "build/2026-Q3/*.*", "build/2026-Q3/*/people.*")
    made = (*made, "build/2026-Q3/*/broken.*")
    assert people.found(_files(root, *made, "history/**/*", "told.txt")) == set()


def test_readme_says_the_same():
    """README holds the matrix cell by cell."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## People\n")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|")
    ]
    assert rows[0] == ["output", *(f"`{mode}`" for mode in MODES)]
    wanted = {name: told for name, (_, told) in MATRIX.items()} | SHOWN
    assert {row[0]: tuple(row[1:]) for row in rows[2:]} == wanted
