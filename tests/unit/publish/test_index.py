"""The first page of a quarter: order, what failed, and what of it is old."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup

from qbr_lib.formats import Formats
from qbr_lib.publish.index import IndexRow, render
from qbr_lib.words import in_language

HOSTILE = '"><script>alert(1)</script>'
DAY = dt.date(2026, 10, 5)


def row(name, **changes):
    """Return a team's finished review."""
    given = {
        "group": "",
        "notebook": "review",
        "state": "done",
        "reason": None,
        "won": 920.0,
        "target": 1000.0,
        "page": "nord/review.html",
        "failed": None,
    }
    return IndexRow(name, **(given | changes))


FAILED = {"state": "failed", "reason": "A file is missing.", "failed": "nord/review.failed.ipynb"}


def index(*rows, organisation="Probe", language="en"):
    """Return the index with these rows, as text."""
    formats = Formats(in_language(language), "EUR")
    return render(organisation, "2026-Q3", DAY, rows, formats=formats)


def soup(*rows, **options):
    """Return the index with these rows, parsed."""
    return BeautifulSoup(index(*rows, **options), "lxml")


def test_rows_keep_their_order_under_their_groups():
    """Company first, then each group's heading once, over its teams."""
    found = soup(
        row("Probe", total=True),
        row("Nord", group="Nordost"),
        row("Ost", group="Nordost"),
        row("Süd", group="Südwest"),
    )
    heads = [th.find(string=True) for th in found.select("tbody th")]
    assert heads == ["Probe", "Nordost", "Nord", "Ost", "Südwest", "Süd"]
    assert [tr["class"] for tr in found.select("tbody tr")][:3] == [
        ["subtotal"],
        ["group"],
        ["row"],
    ]


def test_numbers_are_formatted_and_links_lead_to_pages():
    """Revenue, target and attainment stand as text; the name leads to the page."""
    found = soup(row("Nord")).select_one("tbody tr")
    assert [td.get_text() for td in found.select("td.right")] == ["€920", "€1,000", "92%"]
    assert found.a["href"] == "nord/review.html"


@pytest.mark.parametrize(
    ("won", "target", "shown"),
    [(None, 1000.0, "–"), (5.0, None, "–"), (5.0, 0.0, "–"), (0.0, 1000.0, "0%")],
)
def test_unknown_is_a_dash(won, target, shown):
    """Without both numbers there is no attainment, and nothing is divided by zero."""
    cells = soup(row("Nord", won=won, target=target)).select("tbody td.right")
    assert cells[2].get_text() == shown


def test_failures_are_named_with_their_reason():
    """The banner counts what failed and gives one sentence each; the notebook is linked."""
    found = soup(row("Nord", **FAILED), row("Ost"))
    banner = found.find(class_="qbr-banner").get_text(" ")
    assert "1 workbook has failed." in banner
    assert "Nord" in banner
    assert "A file is missing." in banner
    assert "Ost" not in banner
    assert found.select_one("td.alert a")["href"] == "nord/review.failed.ipynb"
    assert found.select_one("td.alert").get_text() == "failed"


def test_an_earlier_page_is_said_to_be_earlier():
    """A page that an earlier run left behind is not passed off as today's."""
    assert "earlier run" in soup(row("Nord", **FAILED)).select_one("tbody .comment").get_text()
    gone = soup(row("Nord", **FAILED | {"page": None})).select_one("tbody tr")
    assert "earlier run" not in gone.get_text()
    assert gone.th.a is None


def test_without_failure_there_is_no_banner():
    """A quarter without a fault needs no warning."""
    assert soup(row("Nord"), row("Ost", state="cached")).find(class_="qbr-banner") is None


def test_a_team_has_one_row_with_all_its_pages():
    """Review, goals and follow-up of one folder share a row; only what is not done is named."""
    found = soup(
        row("Nord", folder="nord"),
        row("Nord", folder="nord", notebook="goals", won=None, target=None, page="nord/goals.html"),
        row("Nord", folder="nord", notebook="follow_up", page=None, state="missing"),
        row("Nord", folder="nord-2"),
    )
    rows = found.select("tbody tr")
    assert len(rows) == 2
    links = [link["href"] for link in rows[0].select(".comment a")]
    assert links == ["nord/review.html", "nord/goals.html"]
    assert rows[0].select("td")[-1].get_text() == "Follow-up: not run"
    assert rows[1].select("td")[-1].get_text() == "done"


def test_what_was_not_run_has_not_failed():
    """A run of the follow-ups alone leaves the other pages out without calling them failed."""
    found = soup(row("Nord", state="missing", page=None))
    assert found.find(class_="qbr-banner") is None
    assert found.select_one("tbody td:last-child").get_text() == "not run"


@pytest.mark.parametrize("state", ["killed", "timed_out", "failed"])
def test_every_bad_state_is_named(state):
    """Whatever kept a workbook from its end is in the banner and coloured."""
    found = soup(row("Nord", state=state, reason="r"))
    assert found.find(class_="qbr-banner") is not None
    assert found.select_one("td.alert") is not None


def test_hostile_names_stay_text():
    """Names, groups and reasons are shown, not run."""
    given = {"group": HOSTILE, "notebook": HOSTILE, "page": HOSTILE, "failed": HOSTILE}
    bad = row(HOSTILE, **given, state="failed", reason=HOSTILE)
    text = index(bad, organisation=HOSTILE)
    assert "<script" not in text
    assert BeautifulSoup(text, "lxml").select_one("tbody tr.row th a").get_text() == HOSTILE


@pytest.mark.parametrize("language", ["de", "en"])
def test_there_is_one_h1_and_no_request(language):
    """One headline, the language said, nothing to load."""
    found = soup(row("Nord"), language=language)
    assert len(found.find_all("h1")) == 1
    assert found.html["lang"] == language
    loaded = [tag.get("src") or tag.get("href") for tag in found.select("[src], link[href]")]
    assert [address for address in loaded if not address.startswith("data:")] == []


def test_the_same_rows_give_the_same_bytes():
    """Nothing of the clock is on the page."""
    assert index(row("Nord")).encode() == index(row("Nord")).encode()


@pytest.mark.parametrize(("language", "wanted"), [("en", "Group"), ("de", "Gruppe")])
def test_a_group_is_called_one(language, wanted):
    """The company's page covers all teams, a group's is that of a group."""
    rows = (row("Probe", notebook="portfolio", total=True),
            row("Nordost", notebook="portfolio", group="Nordost", total=True))  # fmt: skip
    comments = [one.text for one in soup(*rows, language=language).select("tbody .comment")]
    assert comments == ["All teams" if language == "en" else "Alle Teams", wanted]


def test_the_lists_of_deals_are_linked():
    """A team with lists of deals leads to them; others do not pretend to."""
    with_deals, without = soup(row("Nord", deals="nord/deals.xlsx"), row("Ost")).select("tbody th")
    assert [a["href"] for a in with_deals.select("a")] == ["nord/review.html", "nord/deals.xlsx"]
    assert with_deals.select(".comment a")[0].get_text() == "Deals as Excel"
    assert without.select(".comment a") == []


def test_roadmap_and_minutes_are_linked():
    """A team that has them leads to them, before its lists of deals."""
    made = {"minutes": "m.html", "roadmap": "r.html"}
    books = (row("Nord", deals="nord/deals.xlsx"), row("Nord", notebook="goals", **made))
    found = soup(*books).select("tbody .comment a")
    assert [(a.get_text(), a["href"]) for a in found[-3:]] == [
        ("Roadmap", "r.html"),
        ("Minutes of the meeting", "m.html"),
        ("Deals as Excel", "nord/deals.xlsx"),
    ]


def test_names_keep_their_direction():
    """A name from right to left does not turn what stands beside it, nor does a reason."""
    found = soup(row("שלום", **FAILED | {"reason": "שלום 7"}), organisation="שלום")
    assert len(found.select(".qbr-banner bdi")) == 2
    assert found.select_one("tbody th bdi") is not None
    assert found.select_one("footer").get_text().startswith("\u2068שלום\u2069 · ")
