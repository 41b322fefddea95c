"""Targets beside the sum of their parts, and those that belong to nobody."""

import io

import pandas as pd
import pytest

from qbr_lib.data import check, slices, targets
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.words import in_language
from tests.conftest import TEAMS

HEADER = "quarter,scope,scope_id,kind,metric,value\n"
REPS = "rep_id,team_id,joined_on\nr1,nord,\nr2,sued,\nr3,sued,2026-01-01\nr3,nord,2026-07-01\n"


def _tables(*rows):
    texts = {"targets": HEADER + "".join(f"{row}\n" for row in rows), "teams": TEAMS, "reps": REPS}
    frames = {name: pd.read_csv(io.StringIO(text), dtype="str") for name, text in texts.items()}
    frames["targets"]["value"] = frames["targets"]["value"].astype("float64")
    return frames


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (["team,nord,revenue,,100", "rep,r1,revenue,,60"], [("team", "nord", 100, 60)]),
        (["team,nord,revenue,,100", "rep,r1,revenue,,60", "rep,r3,revenue,,40"], []),
        (["team,nord,revenue,,100", "rep,r2,revenue,,60"], []),
        (
            ["team,nord,revenue,,100", "rep,r1,revenue,bookings.won_amount,60"],
            [("team", "nord", 100, 60)],
        ),
        (
            ["group,Nordost,revenue,,90", "team,nord,revenue,,100"],
            [("group", "Nordost", 90, 100)],
        ),
        (
            ["company,,revenue,,150", "team,nord,revenue,,100", "team,sued,revenue,,40"],
            [("company", "", 150, 140)],
        ),
        (["company,,revenue,,150", "group,Nordost,revenue,,150", "team,sued,revenue,,40"], []),
        (
            [
                "team,nord,market_share,market.share,0.5",
                "rep,r1,market_share,market.share,0.2",
            ],
            [],
        ),
        (
            [
                "team,nord,activity,bookings.won_count,5",
                "rep,r1,activity,bookings.won_count,4",
            ],
            [("team", "nord", 5, 4)],
        ),
        (["team,nord,revenue,,100"], []),
        ([], []),
    ],
    ids=[
        "a rep's is less",
        "a rep who moved adds up",
        "another team's rep",
        "the metric by name",
        "teams of a group",
        "teams of the company",
        "groups before teams",
        "ratios",
        "counts",
        "no parts",
        "no targets",
    ],
)
def test_parts_that_do_not_add_up(rows, wanted):
    """A target whose parts sum to something else is named with both numbers; ratios are no sums."""
    found = targets.unequal(_tables(*(f"2026-Q3,{row}" for row in rows)))
    told = found[["scope", "scope_id", "value", "parts"]].itertuples(index=False, name=None)
    assert list(told) == wanted


def test_quarters_are_kept_apart():
    """A team's target of one quarter is not held against a rep's of another."""
    tables = _tables("2026-Q3,team,nord,revenue,,100", "2026-Q4,rep,r1,revenue,,60")
    assert targets.unequal(tables).empty


def test_without_the_tables():
    """Without targets there is nothing to say, without reps nothing of a team's parts."""
    tables = _tables("2026-Q3,team,nord,revenue,,100", "2026-Q3,rep,r1,revenue,,60")
    assert targets.unequal({"teams": tables["teams"]}).empty
    assert targets.of_nobody({"teams": tables["teams"]}).empty
    assert targets.unequal({name: tables[name] for name in ("targets", "teams")}).empty


def test_the_report_names_them(write_workspace):
    """`qbr check` says in both languages what does not add up and whose targets nobody has."""
    rows = ["team,nord,revenue,,100", "rep,r1,revenue,,60"]
    rows += ["team,west,revenue,,70", "group,Nordwest,revenue,,80"]
    text = HEADER + "".join(f"2026-Q3,{row}\n" for row in rows)
    files = {"targets.csv": text, "reps.csv": REPS}
    root = write_workspace(files, currency="EUR", privacy={"people": "named"})
    report = check.check(load_workspace(root))
    english, german = ("\n".join(report.lines(in_language(one))) for one in ("en", "de"))
    assert (
        "Targets unlike the sum of their parts: 1\n"
        "  2026-Q3: nord €100, its parts €60\n"
        "Targets of teams or groups that do not exist: 2\n"
        "  west, Nordwest\n"
    ) in english
    assert (
        "Ziele, die nicht der Summe ihrer Teile entsprechen: 1\n"
        "  2026-Q3: nord 100\u00a0€, die Teile 60\u00a0€\n"
        "Ziele von Teams oder Gruppen, die es nicht gibt: 2\n"
        "  west, Nordwest\n"
    ) in german
    told = report.to_json()
    assert [row["parts"] for row in told["targets_unequal"]] == [60.0]
    assert [row["scope_id"] for row in told["targets_of_nobody"]] == ["west", "Nordwest"]


def test_the_sum_of_few_people_is_theirs(write_workspace):
    """Without names the report still says that a team's target differs, not by how much."""
    text = HEADER + "2026-Q3,team,nord,revenue,,100\n2026-Q3,rep,r1,revenue,,60\n"
    root = write_workspace({"targets.csv": text, "reps.csv": REPS}, currency="EUR")
    report = check.check(load_workspace(root))
    told = "\n".join(report.lines(in_language("en")))
    assert "2026-Q3: nord, unlike its people's" in told
    assert "60" not in told.partition("Targets unlike")[2].partition("Won, lost")[0]
    assert report.to_json()["targets_unequal"][0]["parts"] is None


def test_a_part_s_target_is_the_team_s_that_holds_it(write_workspace):
    """One deal in another team's territory or with its account brings none of its targets."""
    header = "opportunity_id,team_id,status,closed_on,created_on,amount,territory,account_id\n"
    deals = (
        "o1,nord,won,2026-07-10,2026-05-01,100,Küste,a\n"
        "o2,sued,won,2026-08-10,2026-05-01,5,Küste,a\n"
        "o3,sued,won,2026-09-30,2026-07-01,70,Heide,b\n"
    )
    teams = "team_id,name,territory\nnord,Nord,Küste\nsued,Süd,\n"
    rows = "".join(
        f"2026-Q4,{scope},{name},{kind},bookings.won_amount,50\n"
        for scope, name, kind in (
            ("territory", "Küste", "territory"),
            ("territory", "Heide", "territory"),
            ("account", "a", "account"),
            ("account", "b", "account"),
        )
    )
    files = {"opportunities.csv": header + deals, "teams.csv": teams, "targets.csv": HEADER + rows}
    place = load_workspace(write_workspace(files))
    made = stores.prepare(place)
    quarter = slices.check_quarter(made, place.organisation, "2026-Q3")
    held = {
        team: set(
            slices.load(made, place, team=team, quarter=quarter).tables["targets"]["scope_id"]
        )
        for team in ("nord", "sued")
    }
    assert held == {"nord": {"Küste"}, "sued": {"Heide", "b"}}
