"""The deals a review names: which, in what order, under what name and link."""

import itertools
import math

import pytest

from qbr_lib.deal_lists import LISTS
from qbr_lib.metrics import bookings, deals, flows, pipeline, usual


def _won(number, day, amount, **more):
    given = {"opportunity_id": f"w{number}", "status": "won", "closed_on": day, "amount": amount}
    return given | {"created_on": "2025-01-01"} | more


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("won", ["w2", "w1", "w3", "w4"]),
        ("lost", ["l1"]),
        ("open", ["o2", "o1", "o3"]),
        ("overdue", ["o1"]),
    ],
)
def test_which_and_in_what_order(make_slice, what, wanted):
    """Largest first, equal ones by id, those without an amount last; of the team and quarter."""
    made = {"created_on": "2026-01-01"}
    data = make_slice(
        [
            _won(1, "2026-07-01", 100.0),
            _won(3, "2026-09-30", 100.0),
            _won(2, "2026-08-01", 300.0),
            _won(4, "2026-08-01", None),
            _won(5, "2026-06-30", 900.0),
            _won(6, "2026-10-01", 900.0),
            _won(7, "2026-08-01", 900.0, team_id="sued"),
            {"opportunity_id": "l1", "status": "lost", "closed_on": "2026-08-01", **made},
            {"opportunity_id": "o1", "expected_close_on": "2026-10-09", "amount": 5.0, **made},
            {"opportunity_id": "o2", "expected_close_on": "2026-10-10", "amount": 6.0, **made},
            {"opportunity_id": "o3", **made},
            {"opportunity_id": "o4", "removed_on": "2026-10-01", "amount": 9.0, **made},
        ],
        as_of="2026-10-10",
    )
    assert deals.top(data, what)["opportunity_id"].to_list() == wanted
    assert deals.top(data, what, 1)["opportunity_id"].to_list() == wanted[:1]


def test_slipped_deals_that_are_still_open(make_slice):
    """A deal that slipped and was won later is not named; its size is what left the quarter."""
    opens = {"created_on": "2026-05-01", "expected_close_on": "2026-11-01"}
    moves = [
        (one, "2026-09-01 12:00", "expected_close_on", "2026-09-15", "2026-11-01")
        for one in ("s1", "s2", "s3")
    ]
    data = make_slice(
        [
            {"opportunity_id": "s1", "amount": 10.0, **opens},
            {"opportunity_id": "s2", "amount": 20.0, **opens},
            {"opportunity_id": "s3", "amount": 90.0, "status": "won", "closed_on": "2026-10-05",
             **opens},
        ],
        moves,
        as_of="2026-10-10",
    )  # fmt: skip
    found = deals.slipped(data, flows.movements(data))
    assert list(zip(found["opportunity_id"], found["amount"], strict=True)) == [
        ("s2", 20.0),
        ("s1", 10.0),
    ]
    assert deals.slipped(make_slice(), flows.movements(make_slice())).empty


def test_names_and_links(make_slice):
    """An account is called by its name, a deal without one by its id; ids are safe in a link."""
    data = make_slice(
        [
            _won(1, "2026-07-01", 2.0, account_id="a1", name="Pumpe", url="https://own/1"),
            _won("/ ?", "2026-07-01", 1.0, account_id="a2"),
        ],
        tables={"accounts": [{"account_id": "a1", "name": "Werft"}]},
        opportunity_url="https://crm.example/{opportunity_id}/view",
    )
    found = deals.top(data, "won")
    assert found["account"].to_list() == ["Werft", "a2"]
    assert found["name"].to_list() == ["Pumpe", "w/ ?"]
    assert found["url"].to_list() == ["https://own/1", "https://crm.example/w%2F%20%3F/view"]


OPENS = {"created_on": "2026-05-01", "expected_close_on": "2026-09-15"}


def _quarter(make_slice, changes=(), **more):
    """Return a quarter with a win, a win without amount, a loss, a slip and an increase."""
    moves = (
        None
        if changes is None
        else [
            ("s1", "2026-09-01 12:00", "expected_close_on", "2026-09-15", "2026-11-01"),
            ("s2", "2026-09-02 12:00", "expected_close_on", "2026-09-15", "2026-12-01"),
            ("s2", "2026-08-02 12:00", "amount", "60.10", "70.10"),
        ]
    )
    open_since = {**OPENS, "expected_close_on": "2026-11-01", "stage": "Proposal"}
    rows = [
        {**OPENS, **_won(1, "2026-07-10", 100.05), "reason": "price"},
        {**OPENS, **_won(2, "2026-08-10", None)},
        {**OPENS, "opportunity_id": "l1", "status": "lost", "closed_on": "2026-08-01",
         "amount": 40.0, "reason": "timing", "stage": "Proposal"},
        {**open_since, "opportunity_id": "s1", "amount": 50.5},
        {**open_since, "opportunity_id": "s2", "amount": 70.1},
        {"opportunity_id": "n1", "created_on": "2026-08-08", "expected_close_on": "2026-09-01",
         "amount": 7.0, "stage": "Qualified"},
    ]  # fmt: skip
    return make_slice(rows, moves, as_of="2026-10-10", **more)


def _values(outcomes):
    return {one.id: (one.value, one.n) for one in outcomes if hasattr(one, "value")}


def test_lists_add_up_to_their_headlines(make_slice):
    """Counts and sums of the lists are those of the measures, to the cent."""
    data = _quarter(make_slice)
    moved = flows.movements(data)
    rows = deals.totals(deals.lists(data, moved)).to_dict(orient="records")
    sums = {(row["list"], row["movement"]): (row["amount"], row["deals"]) for row in rows}
    lists = {name: found for (name, movement), found in sums.items() if name != "pipeline"}
    assert lists == {
        "won": (100.05, 2),
        "lost": (40.0, 1),
        "created": (7.0, 1),
        "slipped": (120.6, 2),
        "overdue": (7.0, 1),
        "open": (127.6, 3),
    }
    known = _values([*bookings.measures(data), *pipeline.measures(data)])
    assert lists["won"] == known["bookings.won_amount"]
    assert lists["lost"][1] == known["bookings.lost_count"][0]
    assert lists["slipped"] == (-known["pipeline.slipped"][0], known["pipeline.slipped"][1])
    figures = usual.table(data).set_index("key")
    assert lists["created"][1] == figures.loc["created", "value"]
    bars = {bar: sums.get(("pipeline", bar), (0.0, 0)) for bar in pipeline.BARS}
    assert bars == {bar: known[f"pipeline.{bar}"] for bar in pipeline.BARS}


def test_what_a_listed_deal_says(make_slice):
    """Each names the day that matters, and its stage while open or its reason once closed."""
    data = _quarter(make_slice)
    listed = deals.lists(data, flows.movements(data))
    assert listed.columns.to_list() == deals.LISTED
    assert listed["list"].drop_duplicates().to_list() == [n for n in LISTS if n != "stale"]
    told = {
        (row.list, row.opportunity_id): (row.day.date().isoformat(), row.status, row.detail)
        for row in listed.itertuples()
    }
    assert told["won", "w1"] == ("2026-07-10", "won", "price")
    assert told["lost", "l1"] == ("2026-08-01", "lost", "timing")
    assert told["created", "n1"] == ("2026-08-08", "open", "Qualified")
    assert told["slipped", "s2"] == ("2026-11-01", "open", "Proposal")
    assert told["overdue", "n1"] == ("2026-09-01", "open", "Qualified")
    bars = listed.loc[listed["list"] == "pipeline"]
    raised = bars.loc[bars["movement"] == "increased"].iloc[0]
    assert (raised["day"].date().isoformat(), raised["amount"]) == ("2026-08-02", 10.0)
    assert listed["team"].isna().all()


def test_a_late_deal_says_how_old_it_is(make_slice):
    """Age, how often the planned day moved later, and how long nothing changed; else unknown."""
    data = _quarter(make_slice)
    rows = deals.lists(data, flows.movements(data)).set_index(["list", "opportunity_id"])
    aged = rows[["age", "pushes", "quiet"]]
    assert tuple(aged.loc["slipped", "s2"]) == (162.0, 1.0, 38.0)
    assert tuple(aged.loc["overdue", "n1"]) == (63.0, 0.0, 63.0)
    assert aged.loc[["won", "created", "open", "pipeline"]].isna().all(axis=None)
    bare = deals.lists(_quarter(make_slice, changes=None)).set_index(["list", "opportunity_id"])
    late = bare.loc[("overdue", "n1"), ["age", "pushes", "quiet"]]
    assert (late["age"], late.isna().to_list()) == (63.0, [False, True, True])


def test_only_moves_to_a_later_day_are_pushes(make_slice):
    """A planned day given first, or moved earlier, was not put off."""
    days = [None, "2026-07-10", "2026-08-10", "2026-07-20", "2026-09-01"]
    moves = [
        ("d", f"2026-07-0{n}", "expected_close_on", old, new)
        for n, (old, new) in enumerate(itertools.pairwise(days), 1)
    ]
    row = {"opportunity_id": "d", "created_on": "2026-06-01", "expected_close_on": "2026-09-01"}
    listed = deals.lists(make_slice([row], moves)).set_index("list")
    assert tuple(listed.loc["overdue", ["pushes", "quiet"]]) == (2.0, 88.0)


def test_stale_deals_are_a_list(make_slice):
    """Deals older than any that was won lately are listed, by the day of their creation."""
    old = {"opportunity_id": "z", "created_on": "2025-10-01", "amount": 9.0, "stage": "Proposal"}
    quick = [_won(n, "2026-08-01", 1.0, created_on="2026-07-20") for n in range(20)]
    data = make_slice([old, *quick])
    rows = deals.lists(data).set_index("list")
    assert tuple(rows.loc["stale", ["opportunity_id", "age"]]) == ("z", 364.0)
    assert rows.loc["stale", "day"].date().isoformat() == "2025-10-01"
    assert deals.top(data, "stale")["opportunity_id"].to_list() == ["z"]
    assert "stale" not in set(deals.lists(make_slice([old, *quick[1:]]))["list"])


def test_a_sum_of_unknown_amounts_is_unknown(make_slice):
    """Deals without any amount do not come to 0."""
    data = make_slice([{**OPENS, **_won(1, "2026-07-10", None)}])
    (row,) = deals.totals(deals.lists(data)).to_dict(orient="records")
    assert (row["list"], row["deals"], math.isnan(row["amount"])) == ("won", 1, True)


def test_lists_are_ordered(make_slice):
    """Largest first, unknown amounts last; movements in the order of the bridge."""
    data = _quarter(make_slice)
    listed = deals.lists(data, flows.movements(data))
    ids = {name: rows["opportunity_id"].to_list() for name, rows in listed.groupby("list")}
    assert (ids["won"], ids["slipped"]) == (["w1", "w2"], ["s2", "s1"])
    bars = listed.loc[listed["list"] == "pipeline", "movement"].drop_duplicates().to_list()
    assert bars == [bar for bar in pipeline.BARS if bar in bars]


def test_lists_of_a_scope_name_the_team(make_slice):
    """Where several teams are in scope each deal says whose it is."""
    data = _quarter(make_slice, scope="company", teams=("nord", "sued"))
    assert set(deals.lists(data)["team"]) == {"Nord"}


@pytest.mark.parametrize(
    ("given", "absent"),
    [
        ({"changes": None}, {"slipped", "pipeline"}),
        ({"absent": ("created_on",)}, {"created", "stale"}),
    ],
)
def test_what_is_unknown_is_no_list(make_slice, given, absent):
    """Without history there are no movements, without creation days no created deals."""
    data = make_slice([{**OPENS, **_won(1, "2026-07-10", 1.0)}], **{"changes": [], **given})
    assert absent.isdisjoint(deals.lists(data, flows.movements(data))["list"])


def test_nothing_is_an_empty_list(make_slice):
    """A quarter without a deal lists none and fails nowhere."""
    data = make_slice(changes=[])
    listed = deals.lists(data, flows.movements(data))
    assert listed.columns.to_list() == deals.LISTED
    assert (len(listed), len(deals.totals(listed))) == (0, 0)
