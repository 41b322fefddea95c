"""How many people hold what, and which figures are therefore withheld."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.data import holders
from qbr_lib.parameters import Privacy
from tests.unit.data.worlds import World

AS_OF = dt.date(2026, 10, 5)
TEAMS = pd.DataFrame({"team_id": ["nord", "sued"], "group": ["all", None]})


def _deals(*rows):
    names = ["team_id", "owner_id", "territory", "status", "created_on", "closed_on"]
    frame = pd.DataFrame(rows, columns=names).assign(account_id=None, removed_on=pd.NaT)
    days = {name: pd.to_datetime(frame[name]) for name in ("created_on", "closed_on")}
    return frame.assign(**days)


def _counted(*rows, starts=1):
    found = holders.count(_deals(*rows), TEAMS, as_of=AS_OF, starts=starts)
    keys = ["scope", "scope_id", "column", "value", "quarter"]
    return {tuple(row[:5]): row[5] for row in found[[*keys, "people"]].itertuples(index=False)}


def test_counted_by_quarter():
    """Whoever had a deal running or decided in the quarter holds its territory then."""
    people = _counted(
        ("nord", "a", "T", "won", "2026-02-01", "2026-04-30"),
        ("nord", "b", "T", "open", "2026-08-01", None),
        ("nord", "b", "T", "lost", "2026-08-01", "2026-08-02"),
        ("sued", "c", "T", "won", None, "2026-08-15"),
        ("sued", None, "T", "won", "2026-08-01", "2026-08-15"),
    )
    team = {key[4]: n for key, n in people.items() if key[:4] == ("team", "nord", "territory", "T")}
    assert team == {"2026-Q1": 1, "2026-Q2": 1, "2026-Q3": 1, "2026-Q4": 1}
    assert people["company", "", "territory", "T", "2026-Q3"] == 2
    assert people["group", "all", "territory", "T", "2026-Q3"] == 1
    assert {key[2] for key in people} == {"territory"}


def test_fiscal_quarters():
    """Quarters are the organisation's."""
    row = ("nord", "a", "T", "won", "2026-01-31", "2026-02-01")
    assert {key[4] for key in _counted(row, starts=2)} == {"2026-Q4", "2027-Q1"}


def test_nobody_is_counted():
    """Without owners nothing is known, and the columns are there all the same."""
    assert _counted(("nord", None, "T", "won", "2026-01-31", "2026-02-01")) == {}


@pytest.mark.parametrize("seed", range(3))
def test_counted_naively(seed):
    """The counts are those of counting deal by deal."""
    rows, today = [], (AS_OF - dt.date(2026, 1, 1)).days
    for deal in World(seed).deals:
        if deal[1] <= today:
            row = World(seed)._row(deal, today)
            rows.append([row[n] or None for n in ("team_id", "owner_id", "territory", "status")])
            rows[-1] += [row["created_on"], row["closed_on"] or None]
    bounds = {"2026-Q2": ("2026-04-01", "2026-06-30"), "2026-Q3": ("2026-07-01", "2026-09-30")}
    expected = {}
    for quarter, (first, last) in bounds.items():
        for territory in {row[2] for row in rows}:
            held = {
                row[1]
                for row in rows
                if row[2] == territory and row[4] <= last and (row[5] or AS_OF.isoformat()) >= first
            }
            if held:
                expected[territory, quarter] = len(held)
    found = {key[3:]: n for key, n in _counted(*rows).items() if key[0] == "company"}
    assert {key: n for key, n in found.items() if key[1] in bounds} == expected


def _few(people, mode, least=5):
    given = pd.Series(people, dtype="int64")
    told = holders.too_few(given, Privacy(people=mode, minimum_group=least))
    assert told.index.equals(given.index)
    return told[told].index.tolist()


@pytest.mark.parametrize("mode", ["off", "pseudonym"])
def test_too_few(mode):
    """Too small a group is withheld, and with it the smallest of the others."""
    assert _few({"a": 4, "b": 9, "c": 5, "d": 7}, mode) == ["a", "c"]
    assert _few({"a": 5, "b": 9}, mode) == []
    assert _few({"a": 1, "b": 2}, mode) == ["a", "b"]
    assert _few({"a": 1, "b": 9}, mode, least=1) == []
    assert _few({}, mode) == []
    assert _few({"a": 0, "b": 1}, "named") == []


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 12), max_size=8), st.integers(1, 8))
def test_no_difference_tells(people, least):
    """Neither a shown value nor the rest of the total is of fewer people than the minimum."""
    hidden = _few(people, "off", least)
    assert all(n >= least for value, n in people.items() if value not in hidden)
    shown = [value for value in people if value not in hidden]
    assert not hidden or not shown or max(people[value] for value in hidden) >= least
