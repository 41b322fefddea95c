"""The lists of deals of the shipped review: they add up to its headlines and fill deals.xlsx."""

import json

import openpyxl
import pytest

from qbr_lib.metrics import pipeline
from qbr_lib.results import read
from tests.notebooks.shipped import TEAM

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def folder(finished):
    """Return the folder of the team's workbook."""
    return finished / "build" / "2026-Q3" / TEAM


@pytest.fixture(scope="module")
def result(folder):
    """Return the result of the team's review."""
    return read(folder / "review.result.json")


def test_every_list_adds_up_to_its_headline(result):
    """Counts and sums of the listed deals are those of the measures, to the cent."""
    sums = {}
    for row in result.tables["deals"]:
        amount, n = sums.get((row["list"], row["movement"]), (0.0, 0))
        sums[row["list"], row["movement"]] = (amount + (row["amount"] or 0.0), n + 1)
    sums = {key: (round(amount, 2), n) for key, (amount, n) in sums.items()}
    told = {(row["list"], row["movement"]): row for row in result.tables["deal_lists"]}
    assert sums == {key: (row["amount"], row["deals"]) for key, row in told.items()}

    value = {name: (m.value, m.n) for name, m in result.measures.items()}
    figures = {row["key"]: row for row in result.tables["figures"]}
    assert sums["won", None] == value["bookings.won_amount"]
    assert sums["lost", None][1] == value["bookings.lost_count"][0]
    won, lost = sums["won", None][1], sums["lost", None][1]
    assert won / (won + lost) == value["conversion.win_rate"][0]
    assert sums["won", None][0] / won == pytest.approx(value["bookings.average_won_amount"][0])
    assert sums["created", None][1] == figures["created"]["value"]
    assert sums["slipped", None] == (figures["slipped"]["value"], figures["slipped"]["n"])
    bars = {key[1] for key in sums if key[0] == "pipeline"}
    assert len(bars) > 5
    for name in (name for name in value if name.startswith("pipeline.")):
        bar = name.partition(".")[2]
        if bar in pipeline.BARS:
            assert sums.get(("pipeline", bar), (0.0, 0)) == value[name], name


def test_the_sheet_holds_every_listed_deal(folder, result):
    """Row by row the file has what the result has; the manifest knows the file."""
    book = openpyxl.load_workbook(folder / "deals.xlsx")
    names = list(dict.fromkeys(row["list"] for row in result.tables["deals"]))
    assert len(book.sheetnames) == 1 + len(names)
    for name, page in zip(names, book.worksheets[1:], strict=True):
        headers = [cell.value for cell in page[5]]
        amount, number = headers.index("Betrag in €"), headers.index("Nummer im CRM")
        told = [(row[0], row[number], row[amount]) for row in page.values][5:]
        rows = [row for row in result.tables["deals"] if row["list"] == name]
        assert told == [(row["name"], row["opportunity_id"], row["amount"]) for row in rows]
    manifest = json.loads((folder.parent / "manifest.json").read_text())
    files = {name for book in manifest["workbooks"] for name in book["files"]}
    assert f"{TEAM}/deals.xlsx" in files
    assert "company/portfolio_deals.xlsx" not in files
