"""The deals a review names: which, in what order, under what name and link."""

import pytest

from qbr_lib.metrics import deals, flows


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


@pytest.mark.parametrize(
    ("best", "earlier", "is_record"),
    [(9.0, [8.0] * 4, True), (8.0, [8.0] * 4, False), (9.0, [8.0] * 3, False), (9.0, [], False)],
)
def test_record(make_slice, best, earlier, is_record):
    """Larger than all before, and not where the quarter holds more than a fifth of all wins."""
    past = [_won(n, "2026-02-01", amount) for n, amount in enumerate(earlier, 1)]
    later = _won("later", "2026-10-05", 99.0)
    data = make_slice([_won(0, "2026-08-01", best), *past, later], as_of="2026-10-10")
    assert deals.record(data)["opportunity_id"].to_list() == ["w0"] * is_record
