"""Published answers on rival definitions and on differences of shares; PROVENANCE.md says whose."""

import json
from pathlib import Path

import pytest

from qbr_lib.goals.learning import difference
from qbr_lib.metrics import duel
from qbr_lib.metrics.flows import movements
from qbr_lib.record import Experiment

KNOWN = json.loads((Path(__file__).parent / "preparation.json").read_text(encoding="utf-8"))


def test_created_and_closed_win_rate(make_slice):
    """Side by side: 30 % of the decided deals, 3 % of the created ones."""
    known = KNOWN["created_and_closed_win_rate"]
    ends = [(one, n) for one in ("won", "lost", "open") for n in range(known[one])]
    deals = []
    for born, closed, quarter in (("2026-07-02", "2026-08-01", 3), ("2026-04-02", "2026-05-01", 2)):
        deals += [
            {
                "opportunity_id": f"{quarter}-{status}-{n}",
                "status": status,
                "created_on": born,
                "closed_on": None if status == "open" else closed,
            }
            for status, n in ends
        ]
    data = make_slice(deals)
    told = duel.duel(data, movements(data), {}).set_index(["measure", "variant"])["now"]
    assert told["win_rate", "win_rate"] == known["closed"]
    assert told["win_rate", "created"] == known["created"]


@pytest.mark.parametrize("known", KNOWN["newcombe"], ids=lambda known: f"{known['a']}/{known['n']}")
def test_difference_of_shares(known):
    """The difference of two shares and its interval equal the published ones."""
    shares = {
        "tried": {"reached": known["a"], "of": known["n"]},
        "compared": {"reached": known["b"], "of": known["m"]},
    }
    found = difference(Experiment(id="e", hypothesis="h", **shares))
    wanted = tuple(known[name] for name in ("difference", "low", "high"))
    assert tuple(round(value, known["digits"]) for value in found) == wanted
