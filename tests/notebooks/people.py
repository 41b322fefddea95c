"""A small organisation whose people can be found again: their ids and names occur nowhere else."""

import gzip
import io
import zipfile
from pathlib import Path

import pandas as pd
from ruamel.yaml import YAML

from tests.notebooks.stubs import notebook, write_notebooks

RECORD = """\
participants: [{name: Wiebke Jähnsdorff, role: für Kläre Nußhakel, present: true}]
contributions:
  - {by: r-zx9901, section: result, text: Lob für Änne Übelackerin}
  - {section: Für Dörte Öztürk-Mahn, text: Lob für r-zx9906}
notes:
  - {section: result, text: "Jürgen Weißbrodts Quartal, siehe r-zx9917.", by: Björn Çelikoğlu}
  - {section: attention, text: "Zoë O'Tool-Färber fragt nach.", by: team lead}
strategies: [{id: s1, what: Mehr Besuche von Ömer Grüßgott, expected: Łukasz Drögemüller hilft}]
goals:
  - id: umsatz-NEXT
    title: Umsatz von Wiebke Jähnsdorff verdoppeln
    kind: revenue
    metric: bookings.won_amount
    scope: {team: nord}
    owner: Wiebke Jähnsdorff
    baseline: 7000
    target: 9000
    leading: [leads.created]
    revisions:
      - {at: 2026-07-05, by: Dörte Öztürk-Mahn, value: 8000, reason: Kläre Nußhakel fehlt}
  - id: eigenes-NEXT
    title: Eigener Umsatz
    kind: revenue
    metric: bookings.won_amount
    scope: {rep: r-zx9902}
    owner: r-zx9902
    target: 3000
obstacles: [{id: h1, what: Björn Çelikoğlu geht, counter: r-zx9918 vertritt, likelihood: high}]
support: [{id: u1, what: Zeit von Gräfin Quellnymph, owner: Gräfin Quellnymph, state: requested}]
commitments:
  - {id: c1, what: Anruf mit Ömer Grüßgott, owner: Ömer Grüßgott, due: 2026-08-01, state: open}
  - {id: c2, what: Liste, owner: Vertriebsleitung, due: 2026-11-01, evidence: liegt bei r-zx9903}
decisions: [{what: Łukasz Drögemüller führt, by: Dörte Öztürk-Mahn, at: 2026-07-05}]
ideas: [{what: Frag Änne Übelackerin, by: r-zx9905, adopted: von r-zx9906}]
experiments: [{id: e1, hypothesis: Mit r-zx9904 geht es schneller, result: Kläre Nußhakel sagt ja}]
setbacks: [{expected: Plan von r-zx9901, happened: nein, cause: Zoë O'Tool-Färber, change: mehr}]
celebrations: [{what: Sieg von r-zx9917, with: Wiebke Jähnsdorff, how: Kuchen}]
feedback: [{question: Wie war es?, answer: Gut sagt Jürgen Weißbrodt, rating: 4, by: r-zx9903}]
"""

# rep_id: (name, team, since when; the row of a later team follows)
REPS = [
    ("r-zx9901", "Jürgen Weißbrodt", "nord", "2024-01-01"),
    ("r-zx9902", "Änne Übelackerin", "nord", "2024-01-01"),
    ("r-zx9903", "Björn Çelikoğlu", "nord", "2024-01-01"),
    ("r-zx9903", "Björn Çelikoğlu", "sued", "2026-08-10"),
    ("r-zx9904", "Zoë O'Tool-Färber", "nord", "2024-01-01"),
    ("r-zx9905", "Kläre Nußhakel", "nord", "2024-01-01"),
    ("r-zx9906", "Ömer Grüßgott", "nord", "2024-01-01"),
    ("r-zx9917", "Wiebke Jähnsdorff", "sued", "2024-01-01"),
    ("r-zx9918", "Łukasz Drögemüller", "sued", "2024-01-01"),
]
STRANGER = "r-zx9999"  # owns a deal and is no rep
MANAGERS = {"nord": "Dörte Öztürk-Mahn", "sued": "Gräfin Quellnymph"}
NAMES = sorted({name for _, name, *_ in REPS} | set(MANAGERS.values()))
IDS = sorted({rep for rep, *_ in REPS} | {STRANGER})
LAST = "2026-10-05"
QUARTERS = pd.period_range("2024Q3", "2026Q3", freq="Q")
OWNERS = {
    "nord": ["r-zx9901", "r-zx9902", "r-zx9904", "r-zx9905", "r-zx9906"],
    "sued": ["r-zx9917", "r-zx9918"],
}
SHOW = """\
from qbr_lib import results
from qbr_lib.data import holders, slices
from qbr_lib.present import lists
from qbr_lib.words import in_language
data = slices.open_slice(team, quarter, as_of=as_of, workspace=workspace, overrides=overrides)
words = in_language(language)
"""
PRINT = """\
for name, frame in data.tables.items():
    print(name, frame.to_string())
print(data.history.to_string(), data.flags.to_string(), data.teams.to_string())
print(data, data.people, data.people.known)
"""
TYPED = """\
from pathlib import Path
*owners, note = Path(workspace, "typed.txt").read_text("utf-8").splitlines()
shown, note = [data.people.person(one, words) for one in owners], data.people.prose(note)
print("typed:", *shown, note, sep=" | ")
"""
NOTE = "{} Kunde, siehe {}: gut für {}!"
TYPED_TEXT = f"""\
Team Nord
Vertriebsleitung
Wiebke Jähnsdorff
r-zx9917
Drögemüller, Łukasz
{NOTE.format("Jürgen Weißbrodts", "R-ZX9917", "Änne Übelackerin")}
"""
BREAKDOWN = """\
won = data.opportunities.groupby("territory")["amount"].sum()
people = data.holders("territory").reindex(won.index).fillna(0)
few = holders.too_few(people, data.organisation.privacy)
print("territories:", *won.index[~few], sep=" | ")
"""
FAIL = """\
raise ValueError(" ".join(data.tables["reps"].to_string(header=False).split()))
"""
RESULT = """\
tables = {"typed": [{"owner": owner, "note": note} for owner in shown]}
tables |= {"reps": lists.rows_of(data.tables["reps"])}
lists.result([], data, tables, notebook="people", words=words)
"""


def tables(*, events=True):
    """Return the canonical tables; a team's deals move in the third quarter of 2026."""
    deals = pd.DataFrame(_deals())
    made = {
        "opportunities": deals,
        "reps": pd.DataFrame(
            [
                {"rep_id": rep, "name": name, "team_id": team, "joined_on": since, "role": "AE"}
                | {"manager_id": "r-zx9901", "territory": "Hessen", "ramp": "1"}
                for rep, name, team, since in REPS
            ]
        ),
        "teams": pd.DataFrame(
            [
                {"team_id": team, "name": team.title(), "manager": name}
                for team, name in MANAGERS.items()
            ]
        ),
        "accounts": deals[["account_id", "owner_id"]]
        .drop_duplicates("account_id")
        .assign(name=lambda rows: "Firma " + rows["account_id"] + ", r-zx9917"),
        "leads": deals[["created_on", "owner_id"]].assign(
            lead_id="L" + deals["opportunity_id"], source="Empfehlung Kläre Nußhakel"
        ),
        "activities": deals[["opportunity_id", "owner_id"]]
        .rename(columns={"owner_id": "rep_id"})
        .assign(
            activity_id="A" + deals["opportunity_id"], kind="call", done_on=deals["created_on"]
        ),
        "targets": pd.DataFrame(
            [
                {"quarter": "2026-Q3", "scope": scope, "scope_id": one, "kind": "revenue"}
                | {"metric": "bookings.won_amount", "value": value}
                for scope, one, value in [
                    ("team", "nord", "9000"),
                    ("rep", "r-zx9901", "3000"),
                    ("rep", "r-zx9917", "4000"),
                ]
            ]
        ),
        "forecasts": pd.DataFrame(
            [
                {"submitted_on": "2026-07-20", "quarter": "2026-Q3", "scope": scope}
                | {"scope_id": one, "category": "commit", "amount": "5000"}
                for scope, one in (("team", "nord"), ("rep", "r-zx9902"))
            ]
        ),
        "competitor_notes": pd.DataFrame(
            [
                {"noted_on": "2026-08-01", "competitor": "Kontora", "source": "Björn Çelikoğlu"}
                | {"note": "Sagt Zoë O'Tool-Färber: billiger."}
            ]
        ),
    }
    if events:
        made["opportunity_events"] = pd.DataFrame(_events(deals))
    return made


def _deals():
    """Yield a won, a lost and an open deal per owner and quarter, and a few that are odd."""
    for team, owners in OWNERS.items():
        for n, owner in enumerate(owners):
            for quarter in QUARTERS:
                for status in ("won", "lost", "open"):
                    if status == "open" and quarter != QUARTERS[-1]:
                        continue
                    key = f"{owner[-2:]}{quarter}{status}"
                    yield {
                        "opportunity_id": f"D{key}",
                        "team_id": team,
                        "owner_id": owner,
                        "status": status,
                        "created_on": quarter.start_time.date().isoformat(),
                        "closed_on": "" if status == "open" else str(quarter.end_time.date()),
                        "expected_close_on": str(quarter.end_time.date()),
                        "amount": f"{1000 + 137 * n + quarter.ordinal}.00",
                        "account_id": f"K{owner[-2:]}",
                        "territory": "Hessen"
                        if team == "nord" and n < 5
                        else f"Gebiet {owner[-2:]}",
                        "name": f"Pumpe {key} für Ömer Grüßgott",
                        "stage": "Proposal",
                        "reason": "price" if status == "lost" else "",
                    }
    odd = {"team_id": "nord", "status": "open", "created_on": "2026-08-01", "amount": "77.00"}
    yield odd | {"opportunity_id": "Dstray", "owner_id": STRANGER}
    yield odd | {"opportunity_id": "Dmoved", "owner_id": "r-zx9917", "expected_close_on": LAST}
    yield odd | {"opportunity_id": "Dfollows", "owner_id": "r-zx9903", "amount": "99.00"}
    yield odd | {"opportunity_id": "Dlast", "owner_id": "r-zx9901", "created_on": LAST}


def _events(deals):
    for number, deal in enumerate(deals.itertuples()):
        if deal.status == "open":
            yield {
                "opportunity_id": deal.opportunity_id,
                "changed_at": f"{deal.created_on} 0{number % 8}:00:00",
                "field": "amount",
                "old_value": "500.00",
                "new_value": deal.amount,
            }
    owner = {"field": "owner_id", "old_value": "r-zx9901"}
    moved = owner | {"opportunity_id": "Dmoved", "new_value": "r-zx9917"}
    yield moved | {"changed_at": "2026-08-20 09:00:00"}
    wrong = owner | {"opportunity_id": "Dlast", "new_value": "r-zx9902"}
    yield wrong | {"changed_at": f"{LAST} 09:00:00"}


def write(root: Path, people, *, events=True):
    """Write a workspace in one mode, with a notebook that prints whatever it can open."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "parameters").mkdir(exist_ok=True)
    (root / "data").mkdir(exist_ok=True)
    org = {"company": "Probe", "language": "de", "mapping": "sample", "as_of": "latest"}
    org |= {"source": {"kind": "folder", "path": "../data"}, "privacy": {"people": people}}
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(org, stream)
    for name, frame in tables(events=events).items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    (root / "typed.txt").write_text(TYPED_TEXT, encoding="utf-8")
    for quarter, following in (("2026-Q2", "2026-Q3"), ("2026-Q3", "2026-Q4")):
        path = root / "parameters" / "records" / quarter / "nord.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RECORD.replace("NEXT", following), encoding="utf-8")
    own = notebook(SHOW, PRINT, TYPED, BREAKDOWN, RESULT)
    broken = notebook(SHOW.replace("(team,", '("sued",'), BREAKDOWN, FAIL)
    write_notebooks(root, people=own, broken=broken)
    return root


def found(paths):
    """Return the ids and names of people, and the files they were found in, whatever their form."""
    wanted = {text: text.encode("utf-8") for text in (*IDS, *NAMES)}
    wanted |= {f"{text} (escaped)": text.encode("ascii", "backslashreplace") for text in NAMES}
    return {
        (text, path.name)
        for path in paths
        for content in _contents(path)
        for text, raw in wanted.items()
        if raw.lower() in content or raw in content
    }


def _contents(path):
    """Yield a file's bytes, and what is packed in it."""
    raw = path.read_bytes()
    yield raw
    if path.suffix == ".parquet":
        yield pd.read_parquet(path).to_string().encode("utf-8")
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    elif zipfile.is_zipfile(io.BytesIO(raw)):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
