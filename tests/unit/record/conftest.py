"""A record's file in a workspace of its own."""

import pytest

GOAL = """\
goals:
  - id: revenue-2026-Q4
    title: Grow revenue by 15 % in 2026-Q4
    kind: revenue                      # revenue, account, activity, territory, market_share
    metric: bookings.won_amount
    scope: {team: nord}
    owner: team
    parent: company-revenue-2026-Q4
    baseline: 1840000
    target: 2116000
    leading: [conversion.win_rate, bookings.average_won_amount]
    revisions:                         # append only; the first target stays
      - {at: 2026-10-05, by: team lead, value: 2116000, reason: agreed in the review, evidence: {probability: 0.61, as_of: 2026-10-05}}
    verdict: null                      # written by `qbr grade`
commitments:
  - {id: c1, what: Win-back calls to the ten largest lost accounts, owner: team, due: 2026-11-06, state: open, evidence: null}
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "parameters" / "records" / "2026-Q3" / "nord.yml"


@pytest.fixture
def write(path):

    def write(text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write
