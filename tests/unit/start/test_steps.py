"""One next step in every state on the way to a first run."""

import openpyxl
import pytest
from typer.testing import CliRunner

from qbr_lib import cli
from qbr_lib.start import Asked, make
from tests.conftest import OPPORTUNITIES
from tests.unit.start.conftest import DEALS


def _qbr(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def _step(root):
    """Return exit code and last line of a check."""
    result = _qbr("check", "--workspace", root)
    told = result.stderr if result.exit_code else result.stdout
    return result.exit_code, told.splitlines()[-1].replace(str(root), "ROOT")


def _write(path, sheet, rows):
    book = openpyxl.load_workbook(path)
    for row in rows:
        book[sheet].append(row)
    book.save(path)


def test_from_nothing_to_a_run(root, export):
    """Each check names the next step; followed one by one they lead to a run."""
    make(Asked(root, "own"))
    steps = [_step(root)]
    for file in export.iterdir():
        (root / "export" / file.name).write_bytes(file.read_bytes())
    steps.append(_step(root))
    make(Asked(root, "own"))
    steps.append(_step(root))
    deals = root / "parameters" / "mappings" / "own" / "opportunities.yml"
    deals.write_text(DEALS, encoding="utf-8")
    steps.append(_step(root))
    make(Asked(root, "own"))
    steps.append(_step(root))
    _write(root / "plan.xlsx", "teams", [["Nord"]])
    steps.append(_step(root))
    book = openpyxl.load_workbook(root / "plan.xlsx")
    book["reps"]["C2"] = "Nord"
    book.save(root / "plan.xlsx")
    steps.append(_step(root))
    book["reps"]["C3"] = "Nord"
    book.save(root / "plan.xlsx")
    steps.append(_step(root))
    _write(root / "plan.xlsx", "targets", [["2026-Q3", "team", "Nord", "revenue", None, 5000]])
    steps.append(_step(root))
    init, run = "`qbr init ROOT --crm own`", "`qbr run --workspace ROOT`"
    assert steps == [
        (
            2,
            f"Next: put the export into ROOT/export (one file with a row per deal), then run {init}",
        ),
        (2, f"Next: run {init}: it reads how the export is written"),
        (
            2,
            "Next: write the export's columns in place of “?” in "
            f"ROOT/parameters/mappings/own/opportunities.yml, then run {init}",
        ),
        (
            2,
            f"Next: run {init}: it writes the teams it finds into plan.xlsx; or do so, in the sheet "
            "teams",
        ),
        (
            2,
            "Next: name the teams in plan.xlsx, sheet teams, and each owner's team in the sheet reps",
        ),
        (0, "Next: say in plan.xlsx, sheets teams and reps, where 4 deals without a team belong"),
        (
            0,
            "Next: say in plan.xlsx, sheets teams and reps, where 2 deals without a team belong; or "
            f"at once run {run}",
        ),
        (0, f"Next: fill the sheet targets of plan.xlsx; or at once run {run}"),
        (0, f"Next: run {run}"),
    ]


def test_undecided(root, export):
    """What the export leaves open is a choice in org.yml, in the workspace's language."""
    (export / "Deals.csv").write_text("Nr;Phase;Abschluss\n1;Offen;01.02.2026\n")
    make(Asked(root, "own", export, "de"))
    (root / "parameters" / "mappings" / "own" / "opportunities.yml").write_text("from: Deals\n")
    assert _step(root) == (
        2,
        "Nächster Schritt: in ROOT/parameters/org.yml einen Wert für date_formats wählen; die Kommentare "
        "dort sagen, was der Export zulässt",
    )


@pytest.mark.parametrize(
    ("files", "code", "step"),
    [
        (
            {"teams.csv": "id\nx\n"},
            2,
            "Next: make the export and the mapping fit as said above; README.md, “A mapping of your own”",
        ),
        (
            {"opportunities.csv": OPPORTUNITIES.replace("won", "?")},
            2,
            "Next: mend what is named above",
        ),
        (
            {
                "opportunities.csv": OPPORTUNITIES
                + "".join(f"p{n},nord,open,,,,,,,,\n" for n in range(9))
                + "o9,nord,won,,,,,,,,\n"
            },
            0,
            "Next: look at the 1 rejected row above; build/check.json lists all; or at once run "
            "`qbr run --workspace ROOT`",
        ),
        (
            {
                "opportunities.csv": OPPORTUNITIES.replace("amount", "worth").replace(
                    "list_worth", "x"
                )
            },
            0,
            "Next: name the column of the amount, which none of the export was taken for; "
            "README.md, “A mapping of your own”; or at once run `qbr run --workspace ROOT`",
        ),
        ({}, 0, "Next: run `qbr run --workspace ROOT`"),
    ],
)
def test_a_workspace_of_files(write_workspace, files, code, step):
    """A workspace without a plan: what is refused, what is rejected, what is well."""
    assert _step(write_workspace(files)) == (code, step)


def test_parameters_that_cannot_be_read(write_workspace):
    """The message says it all; no step is made up."""
    root = write_workspace()
    (root / "parameters" / "org.yml").write_text("company: [\n")
    assert _step(root)[1].startswith("  Edit: ")
