"""A team's inputs are hashed by content: what others do in a quarter moves no page but theirs."""

import pandas as pd
import pytest

from qbr_lib.data import fingerprint
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter

TEAMS = ("a", "b", "c", "d")
MONTHS = pd.date_range("2025-01-10", "2026-10-10", freq="MS")


def export():
    """Return deals of four teams over two years, enough for all that is known of a company."""
    rows = [
        {
            "opportunity_id": f"{team}-{number}-{n}",
            "team_id": team,
            "status": "won" if (n + number) % 3 else "lost",
            "created_on": day - pd.Timedelta(days=40 + 7 * n),
            "closed_on": day + pd.Timedelta(days=4),
            "amount": f"{100 + number}.00",
            "product": f"p{n}",
        }
        for team in TEAMS
        for number, day in enumerate(MONTHS)
        for n in range(3)
    ]
    return pd.DataFrame(rows)


def hashes(write_workspace, deals, quarter="2026-Q3"):
    """Return the hashes of each team's slice, and of what all share."""
    teams = "team_id,name,group\n" + "".join(f"{team},{team},G\n" for team in TEAMS)
    text = deals.to_csv(index=False)
    place = load_workspace(write_workspace({"opportunities.csv": text, "teams.csv": teams}))
    store = stores.prepare(place)
    own = {team: fingerprint.of_slices(store, [team]) for team in TEAMS}
    return own, fingerprint.of_shared(store, Quarter.parse(quarter), whole=False)


def change(deals, month, column, value):
    """Return the deals with one changed that team a won in a month."""
    at = deals["opportunity_id"].str.startswith("a") & (deals["status"] == "won")
    at &= deals["closed_on"].dt.strftime("%Y-%m") == month
    changed = deals.copy()
    changed.loc[at.idxmax(), column] = value
    assert not changed.equals(deals)
    return changed


@pytest.mark.parametrize("month", ["2026-07", "2026-10"], ids=["under review", "after it"])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "lost"),
        ("status", "open"),
        ("amount", "1.00"),
        ("product", "new"),
        ("opportunity_id", "other"),
    ],
)
def test_a_deal_is_its_teams_own(write_workspace, month, column, value):
    """Whatever changes of a deal in the quarter under review or later, only its team's hash does."""
    before = hashes(write_workspace, export())
    deals = change(export(), month, column, value)
    if value == "open":
        deals["closed_on"] = deals["closed_on"].where(deals["status"] != "open")
    after = hashes(write_workspace, deals)
    assert after[1] == before[1]
    assert [team for team in TEAMS if after[0][team] != before[0][team]] == ["a"]


def test_a_deal_more_is_its_teams_own(write_workspace):
    """A deal that is new in the quarter changes its team's hash alone."""
    deals = export()
    born = pd.Timestamp("2026-07-15")
    more = deals.loc[deals["opportunity_id"] == "a-18-1"]
    more = more.assign(opportunity_id="more", created_on=born)
    before, after = (hashes(write_workspace, frame) for frame in (deals, pd.concat([deals, more])))
    assert after[1] == before[1]
    assert [team for team in TEAMS if after[0][team] != before[0][team]] == ["a"]


def test_what_is_shared_is_known(write_workspace):
    """A rate of an earlier quarter reaches all teams through the priors, and their hash tells it."""
    before, after = (
        hashes(write_workspace, deals)
        for deals in (export(), change(export(), "2026-04", "status", "lost"))
    )
    assert after[1] != before[1]
    assert after[0]["b"] == before[0]["b"]


def test_the_newest_day_kept_is_nothing_new(write_workspace):
    """The snapshot that a run keeps of the newest day asks for no other store; an export does."""
    place = load_workspace(write_workspace())
    store = stores.prepare(place)
    assert stores.keep_snapshot(place, store) is not None
    for day in (None, store.as_of.isoformat()):
        assert stores.prepare(place, as_of=day).folder == store.folder
    write_workspace({"teams.csv": "team_id,name,group\nnord,N,\nsued,S,\n"})
    assert stores.prepare(place).folder != store.folder
