"""What a page says of win rates: facts always, a pattern only where it was judged one."""

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics.patterns import TOO_EARLY, Claim, judged
from qbr_lib.present import win_rates
from qbr_lib.words import in_language

NAN = float("nan")


@pytest.fixture
def english():
    """Return English formats in euro."""
    return Formats(in_language("en"), "EUR")


def rates(*rows):
    """Return a frame of win rates from value, won, decided, won and decided before."""
    frame = pd.DataFrame(rows, columns=["value", "won", "decided", "won_before", "decided_before"])
    rate, before = frame["won"] / frame["decided"], frame["won_before"] / frame["decided_before"]
    return frame.assign(
        rate=rate, low=rate - 0.1, high=rate + 0.1, before=before, difference=rate - before,
        difference_low=rate - before - 0.1, difference_high=rate - before + 0.1,
        steady=rate, early=frame["decided"] < 8,
    )  # fmt: skip


KONTORA = rates(("Kontora", 8, 38, 60, 180), (NAN, 18, 44, 70, 200), ("Alto", 1, 4, 3, 9))
KNOWN = {"competitor": KONTORA, "product": rates(("Pumpe", 27, 86, 133, 389))}


def claim(chance, column="competitor", subject="Kontora", money=-120_400.0):
    """Return a claim that fewer were won."""
    return Claim("rate", column, subject, 8 / 38, 1 / 3, money, chance, 38, favourable=False)


def test_few_deals_may_be_chance(english):
    """What happened is said, and that chance alone can explain it."""
    shown = win_rates.chart(KNOWN, judged([claim(0.2)]), english)
    assert shown.text.startswith("No competitor stands out\nWin rate by competitor; line: ")
    assert shown.text.endswith(
        "We won 8 of 38 against Kontora, 21% instead of the usual 33%. "
        "With so few deals, chance alone can explain it."
    )


def test_many_deals_may_swing(english):
    """With many deals it is the team's usual swing."""
    known = {"product": rates(("Pumpe", 80, 380, 60, 180))}
    shown = win_rates.chart(known, judged([claim(0.2, "product", "Pumpe")]), english)
    assert "Pumpe: 80 of 380 won, 21% instead" in shown.text
    assert shown.text.endswith("This is within the usual swing of this team.")


def test_a_pattern_is_called_one_with_its_worth(english):
    """A pattern chooses the column, gives the title, and its worth is rounded as an estimate."""
    both = judged([claim(0.2), claim(0.0001, "product", "Pumpe")])
    shown = win_rates.chart(KNOWN, both, english)
    assert shown.text.startswith("Fewer deals won than usual: Pumpe")
    assert shown.text.endswith(
        "Chance does not explain this. The difference was worth about €120,000."
    )
    without = win_rates.chart(KNOWN, judged([claim(0.0001, money=NAN)]), english)
    assert without.text.endswith("Chance does not explain this.")


def test_too_early(english):
    """Without enough earlier deals nothing is compared, and no part is said to be usual."""
    shown = win_rates.chart(KNOWN, judged([claim(TOO_EARLY)]), english)
    assert shown.text.startswith("Win rate by competitor\n")
    assert shown.text.endswith("It is too early to compare the parts with earlier quarters.")


def test_no_loss_on_record(english):
    """Without a lost deal the record is named as the reason."""
    known = {"product": rates(("Pumpe", 30, 30, 10, 20))}
    assert win_rates.chart(known, judged([]), english).text.endswith(
        "No lost deal is recorded in the quarter, so rates cannot be compared."
    )


def test_nothing_to_break_down(english):
    """A quarter without closings, or a source without such columns."""
    assert win_rates.chart({}, judged([]), english).text == "The win rate cannot be broken down."


def test_only_the_largest_are_drawn(english):
    """Eight parts are drawn, all stand in the numbers, and the note says how many more there are."""
    many = {"product": rates(*((f"P{n}", 5, 30 - n, 10, 30) for n in range(10)))}
    shown = win_rates.chart(many, judged([]), english)
    assert "2 more are in the appendix." in shown.text
    assert "P9" in shown.text


def test_tables_for_the_appendix(english):
    """Every column has its table; a part with too few deals has no rate."""
    shown = win_rates.all_tables(KNOWN, judged([claim(0.0001)]), english)
    lines = shown.text.splitlines()
    assert lines[0] == "Win rate by competitor"
    assert next(line for line in lines if line.startswith("Kontora")).endswith("pattern")
    assert next(line for line in lines if line.startswith("No competitor")).endswith("early")
    assert next(line for line in lines if line.startswith("Alto")).split()[1] == "–"
    assert "Win rate by product" in lines


def test_hundreds_of_values_do_not_fill_the_page(english):
    """Sixty rows of the most decided; how many are left out is said."""
    many = rates(*((f"P{n:03}", 4, 9, 40, 90) for n in range(300)))
    shown = win_rates.all_tables({"product": many}, judged([]), english)
    assert "P059" in shown.text
    assert "P060" not in shown.text
    assert "240 more had fewer deals each." in shown.text
    assert "P060" not in win_rates.chart({"product": many}, judged([]), english).html
