"""Time, stale deals and coverage as a page tells them, in both languages and with things missing."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics import cycle, pipeline, rhythm
from qbr_lib.present import sentences, timing
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_ageing import deal, wins
from tests.unit.metrics.test_coverage import history

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")
GOAL = {
    "quarter": "2026-Q3",
    "scope": "team",
    "scope_id": "nord",
    "kind": "revenue",
    "value": 1000.0,
}
DUE = deal("due", "2026-06-01", expected_close_on="2026-09-15", amount=500.0)
PAST = history(20.0, 30.0, 40.0, 50.0)


def told(formats, deals, changes=(), **given):
    """Return a slice's rhythm, its measures, the slice and the formats, as the page passes them."""
    data = build_slice(deals, changes, **given)
    found = rhythm.gather(data)
    outcomes = [*pipeline.measures(data), *cycle.measures(data), *found.outcomes]
    return found, sentences.known(outcomes), data, formats


def plain(text):
    """Return a text with ordinary spaces and without marks of direction."""
    return " ".join(
        text.replace("\N{FIRST STRONG ISOLATE}", "")
        .replace("\N{POP DIRECTIONAL ISOLATE}", "")
        .split()
    )


@pytest.mark.parametrize(
    ("deals", "goals", "formats", "expected"),
    [
        (
            [*PAST, DUE],
            [GOAL],
            ENGLISH,
            "Coverage 0.5× at the start of week 3; the last 4 quarters needed 2.5× (1.8× to 4.0×).",
        ),
        (
            [*PAST, DUE],
            [GOAL],
            GERMAN,
            "Pipeline-Deckung 0,5× zu Beginn der Woche 3; die letzten 4 Quartale brauchten 2,5× (1,8× bis 4,0×).",
        ),
        (
            PAST,
            [],
            ENGLISH,
            "The last 4 quarters needed a coverage of 2.5× at the start of week 3 (1.8× to 4.0×).",
        ),
        (
            [DUE],
            [GOAL],
            ENGLISH,
            "Coverage 0.5× at the start of week 3; what is needed is not known yet.",
        ),
        ([], [], ENGLISH, ""),
    ],
    ids=["both", "German", "no target", "too early", "neither"],
)
def test_coverage_in_one_sentence(deals, goals, formats, expected):
    """What was open for the target, beside what the team's own quarters needed."""
    given = {"tables": {"targets": goals}} if goals else {}
    assert plain(timing.coverage_line(*told(formats, deals, **given))) == expected


def test_coverage_lists_the_quarters():
    """Each earlier quarter stands with what was open, what was won, and what that took."""
    text = timing.coverage(*told(ENGLISH, PAST)).text
    assert "2026\N{NON-BREAKING HYPHEN}Q2       €100               €25             4.0×" in text
    missing = timing.coverage(*told(ENGLISH, [DUE], tables={"targets": [GOAL]}))
    assert 'class="qbr-unavailable"' in missing.html
    assert "0 earlier whole quarters with an open pipeline, 4 are needed" in missing.text
    assert "what is needed is not known yet." in missing.text


@pytest.mark.parametrize(
    ("deals", "given", "expected"),
    [
        (
            [
                *wins(20),
                deal(1, "2026-07-01", amount=90_000.0),
                deal(2, "2026-07-01", amount=1_000.0),
            ],
            {},
            "2 are stale: of deals so old, fewer than 5% are still won.",
        ),
        (
            [*wins(20), deal(1, "2026-07-01", amount=None)],
            {},
            "1 is stale: of deals so old, fewer than 5% are still won.",
        ),
        (
            [*wins(20), deal(1, "2026-09-29")],
            {},
            "",
        ),
        (
            wins(3),
            {},
            "Which open deals are too old cannot be said: fewer than 20 deals were won in the last four quarters.",
        ),
        (
            wins(3),
            {"absent": ["created_on"]},
            "Which open deals are too old cannot be said: needs the column created_on of opportunities.",
        ),
    ],
    ids=["two", "without an amount", "none", "too early", "no creation days"],
)
def test_stale_deals(deals, given, expected):
    """How many are too old to be likely wins, the largest of them, and where the rest stands."""
    found, _, data, formats = told(ENGLISH, deals, **given)
    shown = timing.stale(found, data, formats)
    assert plain(shown.text.partition("\n")[0]) == expected
    assert ("#list-stale" in shown.html) == ("stale" in expected)


def test_times():
    """Open deals counted above, the deals won in the quarter alone below, each under its name."""
    found, measures, _, formats = told(ENGLISH, [*wins(20), deal(1, "2026-07-03")])
    lines = [plain(line) for line in timing.times(found, measures, formats).text.splitlines()]
    assert lines[2].startswith("All deals of the last four quarters")
    assert "Won within 60 days of creation 95% (possible 77% to 99%)" in lines
    assert not any("90 days" in line for line in lines)
    assert lines[lines.index("Only the deals won in the quarter") + 1] == "Days to win 10 days"


@pytest.mark.parametrize("formats", [ENGLISH, GERMAN], ids=["en", "de"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"changes": None},
        {"absent": ["created_on", "amount", "expected_close_on"]},
        {"as_of": "2026-08-10"},
        {"data_since": "2026-08-01"},
        {"teams": ("nord", "sued"), "scope": "company"},
        {"deals": []},
        {"deals": [], "data_since": None},
    ],
    ids=["whole", "no history", "bare", "not over", "cut", "company", "empty", "no closings"],
)
def test_the_appendix_stands_whatever_is_missing(given, formats):
    """Every piece is there or says why it is not, in either language."""
    whole = {"deals": [*PAST, DUE, *wins(20)], "changes": []} | given
    shown = timing.appendix(*told(formats, **whole))
    pieces = (
        shown.html.count("<figure")
        + shown.html.count("qbr-unavailable")
        + shown.html.count("qbr-text")
    )
    assert pieces >= 5
    assert "nan" not in shown.text.lower()
    assert "inf" not in shown.text.lower().replace("informat", "")
