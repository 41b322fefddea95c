"""Three cycles by the real commands: goals set in one review are graded in the next."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from qbr_lib import cli
from qbr_lib.measures.outlook import OUTLOOK
from qbr_lib.record import read
from tests.notebooks import shipped

pytestmark = pytest.mark.kernel
ID = "revenue-2026-Q1"


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """Walk one team of the sample through its cycles; return the workspace and what was said."""
    root = shipped.write(tmp_path_factory.mktemp("cycles") / "w", shipped.tables())
    shutil.rmtree(root / "parameters" / "records")
    told = {}

    def qbr(name, *arguments):
        given = [*map(str, arguments), "--workspace", str(root), "--language", "en"]
        outcome = CliRunner().invoke(cli.app, given)
        assert outcome.exit_code == 0, outcome.output
        told[name] = outcome.output

    def run(name, quarter, as_of, *notebooks):
        asked = [part for one in notebooks for part in ("--notebook", one)]
        before = _bytes(root / "parameters")
        qbr(name, "run", "--quarter", quarter, "--as-of", as_of, *asked)
        told["changed"] = told.get("changed", False) or _bytes(root / "parameters") != before
        folder = root / "build" / quarter / shipped.TEAM
        told[name] = {one: (folder / f"{one}.html").read_text("utf-8") for one in notebooks}
        told[f"{name} manifest"] = json.loads((folder.parent / "manifest.json").read_text())

    run("first", "2025-Q4", "2026-01-05", "review")
    qbr("draft", "goals", "--quarter", "2025-Q4", "--as-of", "2026-01-05", "--draft")
    who = ["--team", shipped.TEAM, "--goal", ID, "--by", "team lead", "--reason", "two deals moved"]
    setting = ["--set", "3000000", "--on", "2026-02-16", "--as-of", "2026-02-16"]
    qbr("set", "goals", "--quarter", "2025-Q4", *who, *setting)
    qbr("weekly", "weekly", "--as-of", "2026-02-16")
    told["follow-up"] = (root / "build" / "2025-Q4" / shipped.TEAM / "follow_up.html").read_text(
        "utf-8"
    )
    run("ungraded", "2026-Q1", "2026-04-07", "review")
    told["before"] = (
        root / "parameters" / "records" / "2025-Q4" / f"{shipped.TEAM}.yml"
    ).read_bytes()
    qbr("early", "grade", "--as-of", "2026-02-16")
    qbr("dry", "grade", "--as-of", "2026-04-07", "--dry-run")
    qbr("grade", "grade", "--as-of", "2026-04-07")
    run("graded", "2026-Q1", "2026-04-07", "review")
    qbr("again", "goals", "--quarter", "2026-Q1", "--as-of", "2026-04-07", "--draft")
    qbr("second", "grade", "--as-of", "2026-07-06")
    run("third", "2026-Q2", "2026-07-06", "review", "goals")
    run("late", "2026-Q1", "2026-07-06", "goals", "follow_up")
    run("skipped", "2026-Q3", "2026-10-05", "review")
    return root, told


def _bytes(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _measures(root, quarter, notebook="review"):
    path = root / "build" / quarter / shipped.TEAM / f"{notebook}.result.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    return data["measures"], data["unavailable"], data["tables"]


def test_a_first_cycle_is_ordinary(walked):
    """Without an earlier record there is nothing to grade, and no warning."""
    root, told = walked
    assert "No goals to grade yet" in told["first"]["review"]
    assert "qbr-banner" not in told["first"]["review"].partition("<body")[2]
    assert [book["warnings"] for book in told["first manifest"]["workbooks"]] == [[]]
    assert "goals.graded" in _measures(root, "2025-Q4")[1]


def test_goals_are_set_and_followed_up(walked):
    """The draft holds five kinds; the follow-up shows the adjusted target beside the first."""
    root, told = walked
    record = read(root / "parameters" / "records" / "2025-Q4" / f"{shipped.TEAM}.yml").record
    assert len({goal.kind for goal in record.goals}) == 5
    goal = record.goal(ID)
    assert (goal.current, goal.adjusted) == (3_000_000.0, True)
    evidence = goal.revisions[-1].evidence
    assert 0.02 <= evidence.probability <= 0.98
    assert evidence.as_of.isoformat() == "2026-02-16"
    assert "> €3,000,000" in told["set"]
    assert "first target" in told["follow-up"]
    measures, unavailable, _ = _measures(root, "2025-Q4", "follow_up")
    assert measures["goals.recorded"]["value"] == 5
    assert set(measures) | set(unavailable) >= {"goals.on_course", "loop.commitments_kept"}
    assert set(OUTLOOK) <= set(measures)


def test_an_outlook_is_given_and_graded(walked):
    """The goals page has the range of the coming quarter; the next review says what it came to."""
    root, told = walked
    measures, unavailable, _ = _measures(root, "2026-Q2", "goals")
    assert set(OUTLOOK) <= measures.keys() - unavailable.keys()
    low, middle, high = (measures[f"outlook.{one}"]["value"] for one in ("p10", "p50", "p90"))
    assert low < middle < high
    assert "8 of 10 cases" in told["third"]["goals"]
    assert "On the day before the quarter began, the outlook was" in told["graded"]["review"]


@pytest.mark.parametrize("notebook", ["goals", "follow_up"])
def test_a_quarter_that_is_over_has_no_outlook(walked, notebook):
    """Its pages say so in the outlook's place; every measure has the reason."""
    root, told = walked
    measures, unavailable, _ = _measures(root, "2026-Q1", notebook)
    assert {unavailable[one] for one in OUTLOOK} == {"2026-Q2 is over"}
    assert not set(OUTLOOK) & set(measures)
    assert "No outlook: 2026-Q2 is over" in told["late"][notebook]


def test_until_it_is_graded_the_review_says_so(walked):
    """A banner on the page and a warning in the manifest name the command."""
    _, told = walked
    assert "have no verdict" in told["ungraded"]["review"]
    warnings = [book["warnings"] for book in told["ungraded manifest"]["workbooks"]]
    assert any("qbr grade" in line for lines in warnings for line in lines)


def test_verdicts_come_from_the_data(walked):
    """Not before the quarter is over, not by a dry run; then with value, targets and evidence."""
    root, told = walked
    assert "0 goals judged" in told["early"]
    assert told["dry"] == told["grade"]
    path = root / "parameters" / "records" / "2025-Q4" / f"{shipped.TEAM}.yml"
    verdict = read(path).record.goal(ID).verdict
    won = _measures(root, "2026-Q1")[0]["bookings.won_amount"]["value"]
    assert (verdict.value, verdict.target) == (won, 3_000_000.0)
    assert verdict.evidence.as_of.isoformat() == "2026-04-07"
    assert path.read_bytes() != told["before"]


def test_the_next_review_opens_with_the_grades(walked):
    """Original and adjusted target and verdict of every goal stand on the page."""
    root, told = walked
    page = told["graded"]["review"]
    assert "have no verdict" not in page
    assert "€3,000,000" in page
    rows = {row["id"]: row for row in _measures(root, "2026-Q1")[2]["goals"]}
    assert rows[ID]["original"] != rows[ID]["target"] == 3_000_000.0
    assert {row["state"] for row in rows.values()} <= {
        "met",
        "just_missed",
        "missed",
        "not_gradable",
    }
    graded = _measures(root, "2026-Q2")[0]["goals.graded"]
    assert graded["n"] == 5


def test_a_skipped_quarter_is_ordinary(walked):
    """Nobody set goals in the third cycle: the fourth review says so and goes on."""
    _, told = walked
    assert "No goals to grade yet" in told["skipped"]["review"]
    assert "No revenue goal is agreed yet" in told["third"]["goals"]


def test_runs_change_no_byte_under_parameters(walked):
    """Only the commands that set and grade goals wrote there."""
    root, told = walked
    assert told["changed"] is False
    files = sorted(p.relative_to(root).as_posix() for p in (root / "parameters").rglob("*.yml"))
    team = shipped.TEAM
    assert files == [
        "parameters/org.yml",
        f"parameters/records/2025-Q4/{team}.yml",
        f"parameters/records/2026-Q1/{team}.yml",
    ]


def test_results_of_each_run_are_kept(walked):
    """Every run's result stands under history/, the weekly one too."""
    root, _ = walked
    kept = {path.name for path in (root / "history" / "results" / "2025-Q4").rglob("*.json")}
    assert kept == {"review-2026-01-05.result.json", "follow_up-2026-02-16.result.json"}
