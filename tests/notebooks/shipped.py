"""The shipped notebooks run over one team of the sample organisation."""

import hashlib
from pathlib import Path

from qbr_lib.cli import overview, pages
from qbr_lib.data import sample, slices
from qbr_lib.data import store as stores
from qbr_lib.formats import Formats
from qbr_lib.parameters import load_workspace
from qbr_lib.run import make_plan, run
from qbr_lib.words import in_language

TEAM = "grosskunden"
AS_OF = "2026-10-05"
ORG = f"""\
company: Muster Messtechnik
language: de
as_of: {AS_OF}
source: {{kind: folder, path: ../data}}
mapping: sample
opportunity_url: https://crm.example/deals/{{opportunity_id}}
"""

GOALS = """\
goals:
  - id: revenue-{quarter}
    title: Umsatz in {quarter} steigern
    kind: revenue
    metric: bookings.won_amount
    scope: {{team: grosskunden}}
    owner: Teamleitung
    baseline: 4000000
    target: 4600000
    leading: [leads.created, conversion.win_rate, bookings.average_won_amount]
    revisions:
      - {{at: 2026-07-05, by: Teamleitung, value: 4600000, reason: im Rückblick vereinbart}}
    verdict: {verdict}
  - {{id: share, title: Marktanteil, kind: market_share, metric: market.share,
     scope: {{team: grosskunden}}, owner: Team, target: 0.1, leading: [bookings.won_amount]}}
obstacles:
  - {{id: o1, what: Preisdruck, likelihood: high, counter: Nachlass nur mit Freigabe,
     trigger: {{metric: conversion.win_rate, below: 0.9}}}}
commitments:
  - {{id: c1, what: Verlorene Kunden anrufen, owner: Team, due: 2026-08-02, state: done}}
  - {{id: c2, what: Referenzbesuche, owner: Teamleitung, due: 2026-10-01}}
support:
  - {{id: s1, what: Produktschulung, state: promised}}
"""
VERDICT = "{state: just_missed, value: 4300000, at: 2026-10-05, by: qbr grade, attainment: 0.93}"


def tables():
    """Make the tables of one team of the sample organisation."""
    made = sample.tables()
    deals = made["opportunities"]
    made["opportunities"] = deals.loc[deals["team_id"] == TEAM]
    made["teams"] = made["teams"].loc[made["teams"]["team_id"] == TEAM].assign(group="")
    known = set(made["opportunities"]["opportunity_id"])
    for name in ("opportunity_events", "activities", "leads"):
        made[name] = made[name].loc[made[name]["opportunity_id"].isin(known)]
    made.pop("opportunity_snapshots")
    return made


def write(root, frames):
    """Write a workspace of these tables and return its folder."""
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "parameters" / "org.yml").write_text(ORG, encoding="utf-8")
    for cycle, quarter, verdict in (
        ("2026-Q2", "2026-Q3", VERDICT),
        ("2026-Q3", "2026-Q4", "null"),
    ):
        record = root / "parameters" / "records" / cycle / f"{TEAM}.yml"
        record.parent.mkdir(parents=True)
        record.write_text(GOALS.format(quarter=quarter, verdict=verdict), encoding="utf-8")
    (root / "history").mkdir()  # the key is random, and the only input that two of these differ in
    (root / "history" / ".pseudonym-key").write_text("k" * 64, encoding="utf-8")
    for name, frame in frames.items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    return root


def run_all(root):
    """Run everything there is in a workspace."""
    workspace = load_workspace(root)
    store = stores.prepare(workspace, refresh=True)
    quarter = slices.check_quarter(store, workspace.organisation, "2026-Q3")
    plan = make_plan(workspace, store, quarter=quarter)
    outcomes = run(plan, jobs=2, publish=pages.files)
    assert {outcome.reason for outcome in outcomes} == {None}
    organisation = workspace.organisation
    overview.write_index(plan, Formats(in_language(organisation.language), organisation.currency))


def hashes(root: Path):
    """Return the hash of every file that a reader gets."""
    folder = root / "build" / "2026-Q3"
    found = {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.*")
        if path.suffix in (".html", ".json", ".ipynb", ".xlsx")
        if path.name != "manifest.json"  # says how long each took
    }
    # Four notebooks, two files of deals, the minutes, the roadmap, the index.
    assert len(found) == 3 * 4 + 5
    return found
