"""The deals behind a headline: how many are shown, what they add up to, where the rest is."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from qbr_lib.formats import Formats
from qbr_lib.metrics.deals import LISTED
from qbr_lib.present import folds
from qbr_lib.words import in_language

FORMATS = Formats(in_language("en"), "EUR")
DEAL = {
    "list": "won",
    "name": "Pump",
    "account": "Werft",
    "status": "won",
    "day": pd.Timestamp("2026-07-10"),
    "amount": 1000.0,
    "url": "https://crm.example/1",
}


def listed(*rows):
    """Return lists of deals that give only what matters."""
    told = [{"opportunity_id": f"o{n}", **DEAL, **row} for n, row in enumerate(rows)]
    return pd.DataFrame(told).reindex(columns=LISTED)


def soup(shown):
    """Return the HTML of a piece, parsed."""
    return BeautifulSoup(shown.html, "lxml")


def cells(row):
    """Return the texts of a row's cells."""
    return [cell.get_text(" ") for cell in row.find_all(["th", "td"])]


def test_a_list_is_folded_under_its_count_and_sum():
    """The summary tells how many deals there are and what they come to."""
    found = soup(folds.behind(listed({}, {"amount": 500.0}), FORMATS, "won")).details
    assert found.summary.get_text() == "Deals won (2) €1,500"
    assert "open" not in found.attrs
    rows = found.tbody.find_all("tr")
    assert cells(rows[0]) == ["Pump Werft", "10 Jul 2026", "–", "€1,000"]
    assert cells(rows[-1]) == ["Sum of all 2 deals", "", "", "€1,500"]
    assert rows[0].a["href"] == "https://crm.example/1"
    assert folds.behind(listed({}), FORMATS, "won").text == "Deals won (1): €1,000"


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (
            {"age": 200, "pushes": 3, "quiet": 9},
            "put off 3 times · 200 days old · unchanged for 9 days",
        ),
        ({"age": 1, "pushes": 1, "quiet": 0}, "put off once · 1 day old"),
        ({"age": 30}, "30 days old"),
        ({}, ""),
    ],
)
def test_a_late_deal_says_how_late(known, told):
    """Below its stage stands how often it was put off, its age, and how long nothing changed."""
    row = {"list": "overdue", "status": "open", "detail": "Proposal", **known}
    found = soup(folds.behind(listed(row), FORMATS, "overdue")).tbody.find("tr")
    assert cells(found)[2].replace("\N{NO-BREAK SPACE}", " ") == f"Proposal {told}".strip()


def test_an_address_leads_into_the_fold():
    """What the address names lies within the fold, so that following it opens the fold."""
    found = soup(folds.behind(listed({}), FORMATS, "won")).details
    assert f"#{found.div['id']}" == folds.anchor("won")
    assert soup(folds.pointer("won", FORMATS)).a["href"] == folds.anchor("won")


@pytest.mark.parametrize(
    ("sheet", "href", "rest"),
    [
        ("deals.xlsx", "deals.xlsx", "and 5 more deals in deals.xlsx"),
        ("", None, "and 5 more deals in the lists of the teams"),
    ],
)
def test_a_long_list_is_cut_and_says_so(sheet, href, rest):
    """The page shows 25; the sum is that of all, and where the rest stands is linked."""
    found = soup(folds.behind(listed(*[{}] * 30), FORMATS, "won", sheet=sheet))
    assert len(found.tbody.find_all("tr")) == 25 + 1
    assert cells(found.tbody.find_all("tr")[-1])[-1] == "€30,000"
    assert found.find(class_="note").get_text() == rest
    assert [a["href"] for a in found.select(".note a")] == ([href] if href else [])


def test_cents_show_where_a_list_needs_them():
    """Whole amounts stand in whole units; one cent in the list shows them in all of it."""
    rows = soup(folds.behind(listed({}, {"amount": 0.5}), FORMATS, "won")).tbody.find_all("tr")
    assert [cells(row)[-1] for row in rows] == ["€1,000.00", "€0.50", "€1,000.50"]


def test_states_are_told_where_they_differ():
    """A list of deals of several states says each one's; other lists need not."""
    row = {"detail": "price", "status": "lost"}
    mixed = soup(folds.behind(listed({**row, "list": "created"}), FORMATS, "created"))
    assert cells(mixed.tbody.tr)[2] == "lost · price"
    plain = soup(folds.behind(listed({**row, "list": "lost"}), FORMATS, "lost"))
    assert cells(plain.tbody.tr)[2] == "price"


def test_unknown_values_are_dashes():
    """A deal without amount, day or link is listed all the same."""
    row = {"amount": float("nan"), "day": pd.NaT, "url": None, "account": None}
    found = soup(folds.behind(listed(row), FORMATS, "won")).tbody.tr
    assert cells(found) == ["Pump", "–", "–", "–"]
    assert found.a is None


def test_an_unknown_sum_is_a_dash():
    """Deals without any amount do not come to 0."""
    found = soup(folds.behind(listed({"amount": float("nan")}), FORMATS, "won"))
    assert found.summary.get_text() == "Deals won (1) –"
    assert cells(found.tbody.find_all("tr")[-1])[-1] == "–"


def test_the_team_is_named_where_several_are_in_scope():
    """A deal of a team says whose it is; one without a team says that in words."""
    rows = [{"team": "Nord"}, {"team": "unassigned"}]
    found = soup(folds.behind(listed(*rows), FORMATS, "won")).select(".comment")
    assert [one.get_text() for one in found] == ["Werft · Nord", "Werft · Without a team"]


def test_movements_fold_bar_by_bar():
    """Each bar has its deals with their sign, the two levels without; 10 of each are shown."""
    base = {"list": "pipeline", "status": "open", "detail": "Proposal"}
    rows = [
        {**base, "movement": "opening"},
        *[{**base, "movement": "won", "amount": -10.0}] * 12,
    ]
    shown = folds.movements(listed(*rows), FORMATS)
    outer = soup(shown).details
    assert outer.summary.get_text() == "Deals behind each movement"
    inner = outer.find_all("details")
    told = [fold.summary.get_text() for fold in inner]
    assert told == ["Open at the start (1) €1,000", "Won (12) −€120"]
    assert [fold.div["id"] for fold in inner] == ["list-pipeline-opening", "list-pipeline-won"]
    assert len(inner[1].tbody.find_all("tr")) == 10 + 1


def test_nothing_leaves_nothing():
    """A list without a deal and a quarter without a bridge leave no fold."""
    assert folds.behind(listed({}), FORMATS, "lost", "open").html == ""
    assert folds.movements(listed({}), FORMATS).html == ""
    assert folds.behind(listed(), FORMATS, "won").html == ""


def test_tables_of_a_result():
    """The result holds every deal with ISO days, and each list's count, sum and currency."""
    found = folds.tables(listed({}, {"amount": None}), FORMATS)
    assert [row["amount"] for row in found["deals"]] == [1000.0, None]
    assert found["deals"][0]["day"].startswith("2026-07-10")
    assert "team" not in found["deals"][0]
    total = {"list": "won", "movement": None, "deals": 2, "amount": 1000.0, "currency": "EUR"}
    assert found["deal_lists"] == [total]


def test_names_stay_text():
    """A script as a name is shown; a name from right to left keeps to itself."""
    rows = [{"name": "<script>alert(1)</script>", "account": "שלום", "url": "javascript:alert(1)"}]
    shown = folds.behind(listed(*rows), FORMATS, "won")
    assert "<script" not in shown.html
    found = soup(shown).tbody.tr
    assert found.a is None
    assert found.bdi is not None
