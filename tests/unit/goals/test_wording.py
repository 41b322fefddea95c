"""What titles leave open, in both languages, and what is none of it."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals.wording import quarters, said, wording
from qbr_lib.record import replaced
from qbr_lib.words import in_language


@pytest.mark.parametrize(
    ("title", "joined", "several"),
    [
        ("Umsatz und Marge steigern", "und", True),
        ("Umsatz um 10 % steigern sowie 20 Termine im Monat", "sowie", True),
        ("Raise revenue & margin", "&", True),
        ("Win 12 customers and 3 resellers", "and", True),
        ("Ersatzteile und Zubehör für 200.000 € verkaufen", "und", False),
        ("Research and development budget of 20", "and", False),
        ("Umsatz mit Meier & Söhne auf 90.000 €", "", False),
        ("Kundenbestand verdoppeln", "", False),
    ],
)
def test_two_goals_in_one_title(title, joined, several):
    """Numbers or measures on both sides are two goals; a name that joins is none."""
    found = wording(title, ["Meier & Söhne"])
    assert (found.joined, found.several) == (joined, several)


@pytest.mark.parametrize(
    ("title", "vague", "numbered"),
    [
        ("Vertrieb verbessern", "verbessern", False),
        ("Steigerung des Umsatzes in 2026-Q4", "Steigerung", False),
        ("Improve the win rate in Q4 2026", "Improve", False),
        ("More meetings", "More", False),
        ("Market share", "", False),
        ("Umsatz um 15 % steigern", "", True),
        ("Umsatz verdoppeln", "", True),
        ("Improve the win rate to 30%", "", True),
        ("Three new accounts", "", True),
        ("Jeden Bestandskunden besuchen", "", True),
    ],
)
def test_how_much_is_left_open(title, vague, numbered):
    """A direction without a number is vague; quarters and years are no numbers of a goal."""
    found = wording(title)
    assert (found.vague, found.numbered) == (vague, numbered)


@pytest.mark.parametrize(
    ("title", "passive"),
    [
        ("Umsatz soll um 15 % gesteigert werden", True),
        ("Der Umsatz wird um 15 % erhöht", True),
        ("15 Kunden werden gewonnen", True),
        ("Revenue is to be increased by 15%", True),
        ("15 customers are won", True),
        ("Das Team wird 15 Kunden gewinnen", False),
        ("Umsatz um 15 % steigern", False),
        ("Marktführer in 3 Gebieten werden", False),
        ("Der Umsatz wird im Gebiet Küste um 15 % steigen", False),
        ("Grow revenue by 15%", False),
        ("The team is ahead by 15%", False),
    ],
)
def test_nobody_acts(title, passive):
    """A passive leaves open who acts; the future of an active verb does not."""
    assert wording(title).passive == passive


def test_quarters_that_a_title_names():
    """In the ways people write them."""
    assert quarters("Q1/2027 nach 2026-Q4, 2026‑Q3") == {(2027, 1), (2026, 4), (2026, 3)}
    assert quarters("Umsatz 2026") == set()


@pytest.mark.parametrize(
    ("title", "language", "after"),
    [
        ("Umsatz auf 2,12\xa0Mio.\xa0€ steigern (+15\xa0%)", "de", "Umsatz auf 2,30\xa0Mio.\xa0€ steigern (+25\xa0%)"),
        ("Umsatz auf 2,12 Mio. € heben", "de", "Umsatz auf 2,30\xa0Mio.\xa0€ heben"),
        ("Grow revenue to €2.12M (+15%)", "en", "Grow revenue to €2.30M (+25%)"),
        ("€2,116,000 of revenue", "en", "€2,300,000 of revenue"),
        ("More revenue", "en", "More revenue"),
    ],
)  # fmt: skip
def test_a_title_follows_its_target(make_goal, title, language, after):
    """What it says of the target becomes what it says of the new one; other titles stay."""
    goal = make_goal(title=title, baseline=1_840_000.0, target=2_116_000.0)
    told = said(goal, 2_300_000.0, Formats(in_language(language), "EUR"))
    assert replaced(title, told) == after


def test_a_small_number_changes_no_other():
    """Four accounts become five; the quarter, and forty of something else, stay."""
    title = "Win deals with 4 accounts in 2026-Q4, 40 meetings, 4.5 days"
    assert (
        replaced(title, {"4": "5"}) == "Win deals with 5 accounts in 2026-Q4, 40 meetings, 4.5 days"
    )
