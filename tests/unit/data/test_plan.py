"""The plan: sheets that people fill in, read beside a folder or a database."""

import sqlite3
from contextlib import closing

import openpyxl
import pandas as pd
import pytest

from qbr_lib.data import prepare, sources
from qbr_lib.errors import SourceError
from qbr_lib.parameters import load_workspace
from qbr_lib.start.template import SHEETS, template
from qbr_lib.words import in_language
from tests.conftest import OPPORTUNITIES, TEAMS

TARGET = ["2026-Q3", "team", "nord", "revenue", None, 184000.5]


@pytest.fixture
def planned(write_workspace):
    """Return a function that writes a workspace whose plan has the rows given."""

    def make(rows, files=None, **source):
        root = write_workspace(files, source=source | {"plan": "../plan.xlsx"})
        path = root / "plan.xlsx"
        path.write_bytes(template(SHEETS, {}, in_language("en")))
        book = openpyxl.load_workbook(path)
        for sheet, values in rows.items():
            for value in values:
                book[sheet].append(value)
        book.save(path)
        return root

    return make


def _tables(root):
    return prepare.prepare(load_workspace(root), "2026-10-05", None).tables


def test_filled_sheets_are_tables(planned):
    """A filled sheet is a raw table; headings alone, and empty rows between, count for nothing."""
    rows = {"targets": [TARGET, [None] * 6, ["2026-Q4", *TARGET[1:]]], "market": [[None] * 6]}
    root = planned(rows)
    tables = _tables(root)
    assert tables["targets"]["value"].to_list() == [184000.5, 184000.5]
    assert tables["targets"]["quarter"].to_list() == ["2026-Q3", "2026-Q4"]
    assert "market" not in tables
    with sources.open_source(load_workspace(root)) as raw:
        found = raw.connection.execute('SELECT _row FROM raw."targets"').fetchall()
    assert found == [(2,), (4,)]  # as Excel counts


def test_numbers_as_excel_holds_them(planned):
    """A number typed in Excel is a number, whatever the export's decimals are."""
    opportunities = OPPORTUNITIES.replace(".00", "").replace(".50", "")
    tables = _tables(
        planned({"targets": [TARGET]}, {"opportunities.csv": opportunities}, decimal=",")
    )
    assert tables["targets"]["value"].to_list() == [184000.5]


def test_beside_a_database(planned, tmp_path):
    """Targets from the plan, deals from the database."""
    path = tmp_path / "crm.db"
    frames = {"opportunities": OPPORTUNITIES, "teams": TEAMS}
    with closing(sqlite3.connect(path)) as database:
        for name, text in frames.items():
            rows = [line.split(",") for line in text.splitlines()]
            pd.DataFrame(rows[1:], columns=rows[0]).to_sql(name, database, index=False)
    url = f"sqlite:///{path}"
    root = planned({"targets": [TARGET]}, kind="database", url=url)
    tables = _tables(root)
    assert len(tables["opportunities"]) == 4
    assert tables["targets"]["value"].to_list() == [184000.5]
    with pytest.raises(SourceError) as caught:
        _tables(planned({"teams": [["nord"]]}, kind="database", url=url))
    assert caught.value.got == "the database and plan.xlsx"


def test_a_change_of_the_plan_is_a_change_of_the_data(planned):
    """The store is made anew when the plan changes."""
    root = planned({"targets": [TARGET]})
    before = sources.digest_of(load_workspace(root))
    planned({"targets": [[*TARGET[:5], 5]]})
    assert sources.digest_of(load_workspace(root)) != before


def test_refused(planned):
    """A plan that is not there, and a sheet that the export has a file for."""
    root = planned({})
    (root / "plan.xlsx").unlink()
    with pytest.raises(SourceError) as caught:
        _tables(root)
    assert str(caught.value) == (
        "The plan does not exist.\n"
        "  Where: org.yml, 'source.plan'\n"
        "  Got: ../plan.xlsx\n"
        "  Wanted: an Excel workbook; a relative path counts from the folder of org.yml\n"
        "  Edit: put it there, or remove 'source.plan' from org.yml"
    )
    with pytest.raises(SourceError) as caught:
        _tables(planned({"teams": [["nord"]]}))
    assert str(caught.value) == (
        "Two files give the same table.\n"
        "  Where: table teams\n"
        "  Got: teams.csv and plan.xlsx\n"
        "  Wanted: one place per table name\n"
        "  Edit: rename or remove one of them"
    )
