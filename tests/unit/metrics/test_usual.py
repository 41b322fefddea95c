"""What is usual for a team: the range holds as often as it says, and too early means too early."""

import math

import numpy as np
import pandas as pd
import pytest

from qbr_lib.metrics import usual


@pytest.mark.parametrize("n", [9, 12, 30])
def test_the_range_holds_in_eight_of_ten(n):
    """Of quarters that are like those before, 8 in 10 or more lie inside, whatever their shape."""
    random = np.random.default_rng(n)
    for draw in (random.normal, random.exponential, random.standard_cauchy):
        values = draw(size=(4000, n + 1))
        ranges = [usual.range_of(list(row[:-1])) for row in values]
        inside = [one.low <= row[-1] <= one.high for one, row in zip(ranges, values, strict=True)]
        share = float(np.mean(inside))
        noise = 3 * math.sqrt(0.8 * 0.2 / 4000)
        assert 0.8 - noise <= share <= 0.8 + 2 / (n + 1) + noise


@pytest.mark.parametrize(
    ("value", "better", "place", "klass"),
    [
        (15.0, "high", "usual", 0.0),
        (20.1, "high", "above", 1.0),
        (25.1, "high", "above", 2.0),
        (9.9, "high", "below", -1.0),
        (4.9, "high", "below", -2.0),
        (4.9, "low", "below", 2.0),
        (20.1, "low", "above", -1.0),
        (99.0, "neither", "above", 0.0),
    ],
)
def test_place_and_class(value, better, place, klass):
    """Outside is class 1, outside by more than half the range class 2; the sign says which way."""
    known = usual.Range(10.0, 20.0)
    assert usual.place(value, known) == place
    assert usual.klass(value, known, better) == klass
    assert usual.place(value, None) == "too_early"
    assert math.isnan(usual.klass(value, None, better))


def _quarters(n, *, deals, first=(2023, 3)):
    """Return n quarters with so many won deals each, the last of them 2026-Q3 or earlier."""
    rows = []
    for back in range(n):
        year, month = first[0] + (first[1] + back - 1) // 4, 3 * ((first[1] + back - 1) % 4) + 1
        for number in range(deals):
            rows.append(
                {"opportunity_id": f"{year}-{month}-{number}", "status": "won",
                 "created_on": f"{year}-{month:02d}-01", "closed_on": f"{year}-{month:02d}-10",
                 "amount": 100.0 + back}
            )  # fmt: skip
    return rows


@pytest.mark.parametrize(("n", "place"), [(9, "too_early"), (10, "above"), (13, "above")])
def test_nine_earlier_quarters_are_enough(make_slice, n, place):
    """Eight quarters before the one under review are too early; from nine on there is a range."""
    first = (2026 - (n - 2) // 4 - ((n - 2) % 4 > 1), (3 - (n - 1)) % 4 or 4)
    rows = _quarters(n, deals=2, first=first)
    assert rows[-1]["closed_on"] == "2026-07-10"
    found = usual.table(make_slice(rows)).set_index("key")
    assert found["place"]["won"] == place
    assert found["n"]["won"] == 2
    assert "win_rate" in found.index
    assert found["place"]["win_rate"] == "too_early"  # two decided deals, whatever came before


def test_a_quarter_under_way_is_not_compared(make_slice):
    """Sums of a quarter that is not over say nothing yet, nor does an average of its few deals."""
    rows = _quarters(13, deals=2, first=(2023, 3))
    data = make_slice(rows, as_of="2026-08-01")
    rows = usual.table(data).set_index("key")
    assert rows.loc[["won", "created"], ["previous", "year_ago", "middle"]].isna().all(axis=None)
    assert rows.loc["average", ["previous", "year_ago", "middle"]].isna().all()
    places = rows["place"]
    assert (places["won"], places["created"], places["average"]) == (
        "too_early",
        "too_early",
        "too_early",
    )


def test_a_win_rate_under_way_has_no_usual_range(make_slice):
    """The range is that of whole quarters: of fewer deals a rate leaves it more often by luck."""
    rows = _quarters(13, deals=40)
    for number, row in enumerate(rows):
        row["status"] = "won" if number % 4 else "lost"
    for day, place in (("2026-09-29", "too_early"), ("2026-09-30", "usual")):
        rate = usual.table(make_slice(rows, as_of=day)).set_index("key").loc["win_rate"]
        assert (rate["place"], rate["previous"], rate["chance"]) == (place, 0.75, 1.0)


def test_cohorts_are_compared_at_one_age(make_slice):
    """Of ten deals created two are won by day 60, of older ones two more later: all are usual."""
    rows = []
    for back, first in enumerate(pd.date_range("2023-07-01", "2026-07-01", freq="QS")):
        for number in range(10):
            days = (50, 50, 200, 200)[number] if number < 4 else None
            closed = first + pd.Timedelta(days=days) if days else None
            shut = closed is not None and closed <= pd.Timestamp("2026-09-30")
            rows.append({"opportunity_id": f"{back}-{number}", "created_on": first}
                        | ({"status": "won", "closed_on": closed} if shut else {}))  # fmt: skip
    definitions = {"win_rate": "created_cohort"}
    for day in ("2026-08-25", "2026-09-30"):
        data = make_slice(rows, as_of=day, definitions=definitions)
        rate = usual.table(data).set_index("key").loc["win_rate"]
        assert (rate["value"], rate["previous"], rate["middle"]) == (0.2, 0.2, 0.2)


def test_before_and_series(make_slice):
    """The quarter before, the year before, and the last quarters with gaps where none was."""
    rows = _quarters(6, deals=1, first=(2025, 2))
    row = usual.table(make_slice(rows), quarters=8).set_index("key").loc["won"]
    assert (row["previous"], row["year_ago"], row["value"]) == (104.0, 101.0, 105.0)
    assert list(row["series"])[2:] == [100.0, 101.0, 102.0, 103.0, 104.0, 105.0]
    assert all(math.isnan(value) for value in row["series"][:2])
