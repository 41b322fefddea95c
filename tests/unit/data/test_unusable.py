"""What is kept of rejected deals: whose they are, what is known of them, and nothing more."""

import pandas as pd
import pytest

from qbr_lib.data import slices
from qbr_lib.data.prepare import prepare
from qbr_lib.parameters import load_workspace
from tests.conftest import OPPORTUNITIES

FINE = "o9{n},nord,won,2026-07-{day:02d},2026-05-01,2026-07-15,Pumpe,r1,,10.00,10.00\n"
MANY = OPPORTUNITIES + "".join(FINE.format(n=n, day=1 + n % 28) for n in range(80))
BAD = """\
b1,nord,won,2026-07-01,2026-05-01,,Geheim,r1,,viel,1.00
b2,nord,won,2026-04-01,2026-05-01,2026-08-01,Geheim,r1,,5.00,1.00
b3,sued,lost,,2026-05-01,,Geheim,r2,,6.00,1.00
b4,nord,maybe,,2026-05-01,,Geheim,r1,,7.00,1.00
b5,,won,,2026-05-01,,Geheim,,,8.00,1.00
b6,nord,won,2026-07-01,2026-05-01,,Geheim,r1,,3.00,1.00
b6,nord,won,2026-07-02,2026-05-01,,Geheim,r1,,4.00,1.00
"""


def _rows(frame):
    told = frame[["status", "closed_on", "amount", "fault"]].astype("str")
    return [tuple(row) for row in told.fillna("nan").to_numpy()]


@pytest.fixture
def root(write_workspace):
    return write_workspace({"opportunities.csv": MANY + BAD}, language="en")


def test_a_slice_holds_its_own_rejected_deals(root):
    """Unreadable values are missing, a day that cannot be right too; an id counts once."""
    found = slices.open_slice("nord", "2026-Q3", workspace=root).tables["unusable"]
    assert _rows(found) == [
        ("won", "2026-07-01", "nan", "unreadable"),
        ("won", "nan", "5.0", "closed_before_created"),
        ("nan", "nan", "7.0", "unreadable"),
        ("won", "2026-07-02", "4.0", "repeated"),
    ]
    (other,) = slices.open_slice("sued", "2026-Q3", workspace=root).tables["unusable"]["amount"]
    assert other == 6.0


def test_no_id_name_or_person_is_kept(root):
    """A slice tells of rejected deals what bounds need, and none of the other teams' at all."""
    data = slices.open_slice("nord", "2026-Q3", workspace=root)
    assert list(data.tables["unusable"]) == [
        *("team_id", "status", "created_on", "closed_on", "expected_close_on", "amount", "fault"),
    ]
    everything = "\n".join(frame.to_csv() for frame in data.tables.values())
    assert "Geheim" not in everything
    assert "b3" not in everything


def test_who_names_no_team_counts_for_the_company(root):
    """A rejected row without a team is of no team's page, but its number is told."""
    team = slices.open_slice("nord", "2026-Q3", workspace=root)
    company = slices.open_slice("company", "2026-Q3", workspace=root)
    assert team.hygiene["without_team"] == 1
    assert sorted(company.tables["unusable"]["amount"].dropna()) == [4.0, 5.0, 6.0, 7.0, 8.0]


def test_as_of_an_earlier_day(root):
    """What closed later was open then, and its closing day is not told."""
    place = load_workspace(root)
    then = prepare(place, "2026-07-01", None).unusable
    assert then.loc[then["amount"] == 4.0, "status"].tolist() == ["open"]
    assert then["closed_on"].max() == pd.Timestamp("2026-07-01")


def test_amounts_are_in_the_organisations_currency(write_workspace):
    """Foreign money is converted as any deal's is; without a rate it is missing."""
    header, *rows = (MANY + BAD).splitlines()
    text = "\n".join([header + ",currency", *(row + ",CHF" for row in rows)]) + "\n"
    rates = "currency,valid_from,rate\nCHF,2026-01-01,2.00\n"
    root = write_workspace({"opportunities.csv": text, "fx_rates.csv": rates})
    found = slices.open_slice("sued", "2026-Q3", workspace=root).tables["unusable"]
    assert found["amount"].tolist() == [12.0]
