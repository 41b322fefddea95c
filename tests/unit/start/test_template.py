"""The plan's workbook: its headings, help and choices, and what is filled in."""

import openpyxl
import pytest

from qbr_lib.schema import TABLES
from qbr_lib.start.template import SHEETS, is_empty, template
from qbr_lib.words import in_language


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a plan and opens it as Excel would."""

    def write(sheets=SHEETS, rows=None, language="en"):
        path = tmp_path / "plan.xlsx"
        path.write_bytes(template(sheets, rows or {}, in_language(language)))
        return path, openpyxl.load_workbook(path)

    return write


def test_headings_and_help(written):
    """Every sheet has the canonical columns, frozen, each with a line of help."""
    path, book = written(language="de")
    assert book.sheetnames == list(SHEETS)
    for sheet in book:
        names = [cell.value for cell in sheet[1]]
        assert names == list(TABLES[sheet.title].names)
        assert all(cell.comment.text for cell in sheet[1])
        assert sheet.freeze_panes == "A2"
        assert sheet.column_dimensions["A"].width >= 14
    assert book["targets"]["A1"].comment.text == "Das Geschäftsquartal, etwa 2026-Q3."
    assert is_empty(path)


def test_choices(written):
    """Cells with few legal values offer these, a rep's team those of the sheet teams."""
    _, book = written()
    offered = {
        f"{sheet.title} {rule.sqref}": rule.formula1
        for sheet in book
        for rule in sheet.data_validations.dataValidation
    }
    assert offered == {
        "targets B2:B2001": '"company,group,team,rep,territory,account"',
        "targets D2:D2001": '"revenue,account,activity,territory,market_share"',
        "reps C2:C2001": "teams!$A$2:$A$500",
    }
    assert not written(sheets=("reps",))[1]["reps"].data_validations.dataValidation


def test_what_is_known_is_filled_in(written):
    """Teams and owners stand as text, whatever they are called; such a plan is not empty."""
    rows = {"teams": [{"team_id": "=1+1", "group": None}, {"team_id": "Süd", "group": "D"}]}
    path, book = written(rows=rows)
    assert [[cell.value for cell in row[:1]] for row in book["teams"].iter_rows(min_row=2)] == [
        ["=1+1"],
        ["Süd"],
    ]
    assert book["teams"]["A2"].data_type == "s"
    assert book["teams"]["E3"].value == "D"
    assert not is_empty(path)
