"""The commands: exit codes, what is printed where, and that no user sees a traceback."""

import errno
import io
import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from rich.console import Console
from typer.testing import CliRunner

from qbr_lib import cli
from qbr_lib.cli import commands, meeting, overview, pages, progress
from qbr_lib.data import store
from qbr_lib.formats import Formats
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.results import Result
from qbr_lib.run import Event, Outcome, make_plan, manifest
from qbr_lib.words import in_language
from tests.notebooks.stubs import notebook, write_notebooks, write_workspace

FORMATS = Formats(in_language("en"), "EUR")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Write a workspace with a review of its own."""
    root = write_workspace(tmp_path_factory.mktemp("cli") / "w", groups={"nord": "Küste"})
    write_notebooks(root, review=notebook())
    return root


@pytest.fixture
def fates(monkeypatch):
    """Let runs end without executing: nord as told, all others done; return what was asked for."""
    asked = {"nord": ("done", None)}

    def run(plan, *, on_event, **options):
        asked.update(options, plan=plan)
        outcomes = []
        for number, book in enumerate(plan.workbooks, start=1):
            state, reason = asked["nord"] if book.team == "nord" else ("done", None)
            outcomes.append(Outcome(book, state, 2.0, reason))
            on_event(Event("started", book, number - 1, len(plan.workbooks)))
            on_event(Event("finished", book, number, len(plan.workbooks), outcomes[-1]))
        return tuple(outcomes)

    monkeypatch.setattr(commands, "run_plan", run)
    return asked


def _qbr(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def _review(root, *arguments):
    return _qbr("run", "--workspace", root, "--notebook", "review", *arguments)


def test_done(root, fates):
    """All done is exit 0: a line a workbook, how many, and the path of the index, which exists."""
    result = _review(root)
    index = root / "build" / "2026-Q3" / "index.html"
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "1 of 2  Nord, review: 2.0 s",
        "2 of 2  Sued, review: 2.0 s",
        "2 workbooks done",
        f"Index: {index}",
    ]
    assert index.is_file()
    assert (root / "history" / "snapshots" / "2026-10-05.parquet").is_file()


def test_failed(root, fates):
    """One failed workbook is exit 1; its reason stands at the end, and the others are done."""
    fates["nord"] = ("failed", "Cell 3 failed: ValueError: x.")
    result = _review(root)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:-1] == [
        "1 of 2  Nord, review: Cell 3 failed: ValueError: x.",
        "2 of 2  Sued, review: 2.0 s",
        "1 workbook done",
        "1 workbook failed:",
        "  Nord, review: Cell 3 failed: ValueError: x.",
    ]


def test_up_to_date(root, fates):
    """Workbooks that are up to date have no line each: their number is told."""
    fates["nord"] = ("cached", None)
    assert _review(root).stdout.splitlines()[:-1] == [
        "2 of 2  Sued, review: 2.0 s",
        "1 workbook done",
        "1 workbook up to date",
    ]


def test_nothing_to_do(root, fates):
    """Where all is up to date, nothing is told of workbooks done."""
    fates["nord"] = ("cached", None)
    result = _review(root, "--team", "nord")
    assert result.stdout.splitlines()[:-1] == ["1 workbook up to date"]


def test_no_room_for_the_index(root, fates, monkeypatch):
    """What was run and cannot be told for lack of room is exit 1: nothing was refused."""

    def full(contents):
        raise OSError(errno.ENOSPC, "No space left on device", "index.html")

    monkeypatch.setattr(overview, "put", full)
    result = _review(root)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "A file cannot be read or written.",
        "  Where: index.html",
        "  Got: No space left on device",
    ]


def test_index_of_an_interrupted_run(root, fates, monkeypatch):
    """An interrupted run's index tells what the manifest tells; without one there is none."""
    folder = root / "build" / "2026-Q4"
    shutil.rmtree(folder, ignore_errors=True)

    def run(plan, **options):
        if plan.folder.is_dir():
            outcome = Outcome(plan.workbooks[0], "killed", 1.0, "It was lost.")
            manifest.write(plan, [outcome], in_language("en"))
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run_plan", run)
    assert _review(root, "--quarter", "2026-Q4").exit_code == 130
    assert not folder.exists()
    folder.mkdir()
    assert _review(root, "--quarter", "2026-Q4").exit_code == 130
    assert "It was lost." in (folder / "index.html").read_text(encoding="utf-8")


def test_json(root, fates):
    """With --json standard output is one JSON record a line and nothing else."""
    fates["nord"] = ("killed", "Why.")
    result = _review(root, "--json")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["event"] for record in records] == [*["started", "finished"] * 2, "ended"]
    assert records[1] == {
        "event": "finished",
        "team": "nord",
        "notebook": "review",
        "folder": "nord",
        "done": 1,
        "total": 2,
        "state": "killed",
        "seconds": 2.0,
        "reason": "Why.",
        "warnings": [],
        "files": {},
        "why": [],
    }
    assert (records[-1]["done"], records[-1]["failed"]) == (1, 1)
    assert records[-1]["index"].endswith("build/2026-Q3/index.html")
    assert result.exit_code == 1


def test_options(root, fates):
    """Every option reaches the plan or the run."""
    given = "--quarter 2026-Q4 --team sued --jobs 3 --as-of 2026-10-02 --language de --force"
    result = _review(root, *given.split(), "--time-limit", 30)
    assert result.exit_code == 0, result.output
    (book,) = fates["plan"].workbooks
    assert {name: book.parameters[name] for name in ("team", "quarter", "as_of", "language")} == {
        "team": "sued",
        "quarter": "2026-Q4",
        "as_of": "2026-10-02",
        "language": "de",
    }
    assert (fates["jobs"], fates["limit"], fates["force"]) == (3, 30.0, True)


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (["--team", "nrod"], "The team is unknown."),
        (["--notebook", "reveiw"], "The notebook is unknown."),
        (["--quarter", "2019-Q1"], "The quarter lies outside the data."),
        (["--as-of", "yesterday"], "A day cannot be read."),
    ],
)
def test_refused(root, fates, arguments, first):
    """What is refused is exit 2: the message on standard error, nothing on standard output."""
    result = _review(root, *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == first
    assert "Traceback" not in result.stderr
    assert "plan" not in fates


def test_refused_workspace(tmp_path):
    """A workspace that does not exist is refused and not made."""
    result = _qbr("check", "--workspace", tmp_path / "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The workspace does not exist.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--language", "fr"], ["--tema", "x"]])
def test_usage(root, arguments):
    """A wrong option is exit 2 as well."""
    assert _review(root, *arguments).exit_code == 2


def test_interrupted(root, monkeypatch):
    """An interrupted run ends with a sentence and the shell's own code for it."""

    def run(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run_plan", run)
    result = _review(root)
    assert (result.exit_code, result.stderr) == (
        130,
        "Interrupted; what was finished is kept.\n",
    )


def test_unwritable(root):
    """Where results cannot be written the run is refused before it begins, without a traceback."""
    place = root / "build" / "2026-Q4"
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(exist_ok=True)
    place.write_text("a file where a folder belongs")
    result = _review(root, "--quarter", "2026-Q4")
    place.unlink()
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    assert result.stderr.splitlines()[:3] == [
        "The results cannot be written.",
        "  Where: build/2026-Q4",
        "  Got: File exists",
    ]


def test_check(root):
    """The check prints what it counted and writes it for other programs."""
    result = _qbr("check", "--workspace", root)
    assert result.exit_code == 0
    assert "Probe, data as of 5 October 2026" in result.stdout.splitlines()
    assert json.loads((root / "build" / "check.json").read_text())["company"] == "Probe"


@pytest.mark.parametrize(
    ("name", "text", "first", "where"),
    [
        ("teams/nord.yml", "team: nrod\n", "names an unknown team", "teams/nord.yml, 'team'"),
        ("records/2026-Q3/nord.yml", "goels: []\n", "A parameter is unknown", "nord.yml, line 1"),
    ],
)
def test_check_reads_what_a_run_reads(tmp_path, name, text, first, where):
    """Team files and records are checked too: a run would refuse them."""
    root = write_workspace(tmp_path / "w")
    path = root / "parameters" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    result = _qbr("check", "--workspace", root)
    assert result.exit_code == 2
    told = result.stderr.splitlines()
    assert first in told[0]
    assert where in told[1]
    assert (result.stdout, (root / "build" / "check.json").exists()) == ("", False)


def test_check_names_records_of_nobody(tmp_path):
    """A record whose file is named like no team is on no page: a team that is gone, or a typo."""
    root = write_workspace(tmp_path / "w")
    for name in ("nord", "nrod"):
        path = root / "parameters" / "records" / "2026-Q3" / f"{name}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    result = _qbr("check", "--workspace", root)
    assert result.exit_code == 0
    told = [line for line in result.stdout.splitlines() if "is the record of no team" in line]
    assert told == ["records/2026-Q3/nrod.yml is the record of no team that there is now"]


def test_a_target_that_asks_for_nothing(root):
    """A target of 0 or less is refused before anything is written."""
    agreed = ["--team", "nord", "--goal", "g", "--by", "lead", "--reason", "typed wrong"]
    for target in ("0", "-5"):
        result = _qbr("goals", "--workspace", root, "--set", target, *agreed)
        assert result.exit_code == 2
        assert result.stderr.startswith("A target asks for nothing.\n  Where: goal 'g'\n")


def test_init(tmp_path, monkeypatch):
    """A workspace is made and told with the next step; run again, it says what it left alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "Opportunity.csv").write_text("Id,Amount\n1,2.5\n")
    result = _qbr("init", "my acme", "--crm", "salesforce", "--export", "crm")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "In my acme:",
        "  README.md",
        "  .gitignore",
        "  parameters/teams/example.txt",
        "  parameters/record.schema.json",
        "  parameters/org.yml",
        "  plan.xlsx",
        "",
        'Next: run `qbr check --workspace "my acme"`',
    ]
    again = _qbr("init", "my acme", "--crm", "salesforce")
    assert again.stdout.splitlines() == [
        "In my acme:",
        "Left as it was, since it is yours: parameters/org.yml, plan.xlsx",
        "",
        'Next: run `qbr check --workspace "my acme"`',
    ]


def test_init_in_german(tmp_path, monkeypatch):
    """All that is told is in the language asked for, and stays so when run again."""
    monkeypatch.chdir(tmp_path)
    first = _qbr("init", "w", "--crm", "own", "--language", "de")
    again = _qbr("init", "w", "--crm", "own")
    assert first.stdout.splitlines()[-1] == again.stdout.splitlines()[-1]
    assert again.stdout.splitlines() == [
        "In w:",
        "Unverändert gelassen, weil es schon da war: parameters/org.yml, plan.xlsx",
        "",
        "Nächster Schritt: den Export nach w/export legen (eine Datei mit einer Zeile je Deal), dann "
        "`qbr init w --crm own` aufrufen",
    ]


def test_init_refused(tmp_path, monkeypatch):
    """A CRM that is not known is exit 2, and no folder is made."""
    monkeypatch.chdir(tmp_path)
    result = _qbr("init", "w", "--crm", "salesfroce")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The CRM is unknown.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.5", "::", "example.org", ""])
def test_goals_are_served_to_this_machine_alone(root, host):
    """Any other address is refused with what to put in front; nothing listens."""
    result = _qbr("app", "goals", "--workspace", root, "--host", host)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("The goals are served to this machine alone.")
    assert "reverse proxy with your company's login" in result.stderr


def test_goals_without_voila(root, monkeypatch):
    """A missing Voila is named with the command that installs it."""
    monkeypatch.setattr(meeting, "find_spec", lambda name: None)
    result = _qbr("app", "goals", "--workspace", root)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "python -m pip install -e '.[app]'" in result.stderr


def test_goals_of_an_unknown_team(root):
    """A team that is not there is refused with the nearest one, before anything is served."""
    result = _qbr("app", "goals", "--workspace", root, "--team", "nrod")
    assert result.exit_code == 2
    assert result.stderr.startswith("The team is unknown.")
    assert "'nord'" in result.stderr


def test_goals_of_ones_own(root):
    """A company's own goals notebook, which knows no weeks and no people, has a page and no roadmap."""
    place = load_workspace(root)
    prepared = store.prepare(place)
    plan = make_plan(place, prepared, quarter=Quarter.parse("2026-Q3"), notebooks=["goals"])
    parts = {key: {} for key in ("measures", "tables", "unavailable", "provenance")}
    named = {"notebook": "goals", "team": "nord", "quarter": "2026-Q3", "as_of": "2026-10-05"}
    bare = Result(schema_version=1, **named, **parts)
    made = pages.files(nbformat.v4.new_notebook(), bare, plan.workbooks[0])
    assert [name for name, content in made.items() if content] == ["goals.html"]
    assert made["roadmap.html"] is None


def test_minutes(root):
    """One page a team named, its path printed; without a record it says where one belongs."""
    result = _qbr("minutes", "--workspace", root, "--team", "nord")
    path = root / "build" / "2026-Q3" / "nord" / "minutes.html"
    assert (result.exit_code, result.stdout.splitlines()) == (0, [str(path)])
    assert "parameters/records/2026-Q3/nord.yml" in path.read_text(encoding="utf-8")
    assert not (root / "parameters" / "records").exists()


def test_sample(tmp_path):
    """The sample organisation is written as CSV, one file per table."""
    result = _qbr("sample", tmp_path / "sample")
    assert result.exit_code == 0
    assert {"opportunities.csv", "teams.csv"} <= {p.name for p in (tmp_path / "sample").iterdir()}


def test_demo_elsewhere(root):
    """The demo does not touch a company's own workspace."""
    result = _qbr("demo", "--workspace", root)
    assert result.exit_code == 2
    assert result.stderr == (
        "This workspace is not the sample organisation's.\n"
        "  Where: org.yml, 'source.kind'\n"
        "  Got: 'folder'\n"
        "  Wanted: 'sample'\n"
        "  Edit: use `qbr run` here, or give --workspace an empty folder\n"
    )


def test_demo(tmp_path, monkeypatch):
    """The demo is a run of everything in a workspace of the sample organisation."""
    calls = []
    monkeypatch.setattr(commands, "_run", lambda root, **options: calls.append((root, options)))
    assert _qbr("demo", "--workspace", tmp_path, "--jobs", 1).exit_code == 0
    assert calls == [(tmp_path, {"jobs": 1, "language": None})]


def test_the_unexpected(monkeypatch, capsys):
    """A fault of our own is a sentence too; `--debug` shows where it arose."""

    def fails(**_):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(commands, "app", fails)
    monkeypatch.setattr("sys.argv", ["qbr", "check"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert capsys.readouterr().err == (
        "This should not happen: ZeroDivisionError: division by zero\n"
        "Please report it with what `qbr --debug` prints instead.\n"
    )
    monkeypatch.setattr("sys.argv", ["qbr", "--debug", "check"])
    with pytest.raises(ZeroDivisionError):
        cli.main()


def test_bar(root, fates, monkeypatch):
    """On a terminal one bar counts the workbooks and names the one in hand."""
    _review(root)
    plan = fates["plan"]
    terminal = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(progress, "Console", lambda: terminal)
    with progress.told(plan, FORMATS, as_json=False) as listener:
        listener(Event("started", plan.workbooks[1], 1, 2))
    shown = terminal.file.getvalue()
    assert "1 of 2" in shown
    assert "Sued, review" in shown


def test_weekly_in_a_first_cycle(tmp_path):
    """Data that begins in the running quarter has no cycle to follow up: said, and exit 2."""
    root = write_workspace(tmp_path / "w")
    result = _qbr("weekly", "--workspace", root, "--as-of", "2026-09-15")
    assert result.exit_code == 2
    assert result.stderr == (
        "There is no cycle to follow up yet.\n"
        "  Where: qbr weekly\n"
        "  Got: data that begins in 2026-Q3\n"
        "  Wanted: a review of 2026-Q2 in which goals for 2026-Q3 were set\n"
        "  Edit: use `qbr run`; follow up from the next quarter on\n"
    )


def test_starting_imports_nothing_that_draws_or_measures():
    """A run whose pages all stand ends before matplotlib and scipy would be there."""
    code = (
        "import sys, qbr_lib.cli; print(*{'matplotlib', 'scipy', 'statsmodels'} & {*sys.modules})"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""


def test_a_reader_who_leaves_is_no_fault_of_a_file(root):
    """`qbr ... | head -1` ends quietly."""
    command = [sys.executable, "-m", "qbr_lib", "goals", "--workspace", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        told = process.stderr.read().decode()
    assert told == ""
