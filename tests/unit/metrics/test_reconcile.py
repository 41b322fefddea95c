"""What must add up within a workbook, and what is said where it does not."""

import dataclasses

import pytest

from qbr_lib.errors import ResultError
from qbr_lib.metrics import bookings, drivers, pipeline, reconcile

PLAN = "expected_close_on"
DAYS = ["2025-08-03", "2026-05-04", "2026-08-05", "2026-08-06"]
DEALS = [
    {
        "opportunity_id": f"d{n}",
        "status": "won",
        "created_on": "2025-01-01",
        "closed_on": day,
        PLAN: day,
        "amount": 10.1 + n,
        "owner_id": owner,
    }
    for n, (day, owner) in enumerate(zip(DAYS, ["r1", "r1", "r1", None], strict=True))
]
OPEN = {
    "opportunity_id": "d9",
    "created_on": "2025-01-01",
    PLAN: "2026-12-01",
    "amount": 7.0,
    "owner_id": "r2",
}
CHANGES = [("d9", "2026-08-20 10:00", PLAN, "2026-09-01", "2026-12-01")]


@pytest.fixture
def told(make_slice):
    """Return a slice with everything that can be proved, and its measures."""
    data = make_slice([*DEALS, OPEN], CHANGES)
    return data, [*bookings.measures(data), *pipeline.measures(data), *drivers.measures(data)]


def test_everything_adds_up(told):
    """Bridge, won, both comparisons and the owners, those without an owner among them."""
    frame = reconcile.proved(*told)
    assert frame["identity"].tolist() == [
        reconcile.BRIDGE,
        reconcile.WON_BOTH,
        reconcile.DRIVERS,
        reconcile.YEAR,
        reconcile.OWNERS,
    ]
    assert frame["whole"].tolist() == pytest.approx([0.0, 25.2, 14.1, 15.1, 25.2])
    assert frame["parts"].tolist() == pytest.approx([0.0, 25.2, 14.1, 15.1, 25.2])
    assert frame["difference"].tolist() == [0.0] * 5


@pytest.mark.parametrize(
    ("measure", "identity", "difference"),
    [
        ("pipeline.slipped", reconcile.BRIDGE, -0.01),
        ("bookings.won_amount", reconcile.WON_BOTH, 0.01),
        ("drivers.volume", reconcile.DRIVERS, -0.01),
        ("drivers.on_year_ago.mix", reconcile.YEAR, -0.01),
    ],
)
def test_one_cent_is_named(told, measure, identity, difference):
    """A cent more in one measure stops the notebook with the identity, both numbers and the cent."""
    data, outcomes = told
    dearer = [
        dataclasses.replace(one, value=one.value + 0.01) if one.id == measure else one
        for one in outcomes
    ]
    wrong = reconcile.table(data, dearer).set_index("identity").loc[identity]
    assert wrong["difference"] == difference
    with pytest.raises(ResultError) as refused:
        reconcile.proved(data, dearer)
    assert str(refused.value) == str(
        ResultError(
            "What must add up does not",
            where=f"nord, 2026-Q3: {identity}",
            got=f"{wrong['whole']:.2f} against {wrong['parts']:.2f}",
            wanted=f"a difference of 0.00, not {difference:.2f}",
            edit="report this with the hygiene report; no page of this quarter should be used",
        )
    )


def test_owners_are_proved_apart(told):
    """A cent that a closing lost on its way shows against the owners' sum."""
    data, outcomes = told
    alone = [dataclasses.replace(one, value=one.value - 0.01) for one in outcomes if
             one.id == "bookings.won_amount"]  # fmt: skip
    frame = reconcile.table(data, alone)
    assert frame["identity"].tolist() == [reconcile.OWNERS]
    assert frame["difference"].tolist() == [-0.01]


def test_only_what_is_known(make_slice):
    """Without owners, history and amounts there is nothing to prove, and nothing is wrong."""
    data = make_slice(absent=("owner_id",))
    assert reconcile.proved(data, []).empty
    bare = make_slice([DEALS[2]], absent=("amount",))
    outcomes = [*bookings.measures(bare), *pipeline.measures(bare), *drivers.measures(bare)]
    assert reconcile.proved(bare, outcomes).empty
