"""The record's file: what is refused, and that nothing that stands in it is ever lost."""

import multiprocessing
import os
import random
import signal
import stat
import sys
import time
from functools import partial

import pytest

from qbr_lib.errors import ParameterError, PeriodError, RecordConflict
from qbr_lib.measures import REGISTRY
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.record import Record, path_of, quarters, read, settle, store, update
from tests.unit.record.conftest import GOAL

BOOKINGS = ", ".join(sorted(name for name in REGISTRY if name.startswith("bookings.")))
UNKNOWN = [
    (
        GOAL.replace("commitments:", "comitments:"),
        (15, "comitments"),
        "'commitments'? Known: celebrations, commitments, contributions, decisions, experiments, "
        "feedback, goals, ideas, minutes, notes, obstacles, participants, setbacks, strategies, support",
    ),
    (
        GOAL.replace("owner: team\n", "ownr: team\n"),
        (7, "goals.0.ownr"),
        "'owner'? Known: baseline, drivers, id, kind, leading, metric, owner, parent, revisions, scope, "
        "target, title, verdict",
    ),
    (
        GOAL.replace("{probability", "{probabilti"),
        (13, "goals.0.revisions.0.evidence.probabilti"),
        "'probability'? Known: as_of, n, probability, text, value",
    ),
    (
        "celebrations: [{what: x, with_: y}]\n",
        (1, "celebrations.0.with_"),
        "'with'? Known: how, what, with",
    ),
]
REFUSED = [
    (
        GOAL.replace("baseline: 1840000", "baseline: 1.840.000 €"),
        (9, "goals.0.baseline"),
        "'1.840.000 €'",
        "Input should be a valid number",
    ),
    (
        GOAL.replace("target: 2116000", "target: .inf"),
        (10, "goals.0.target"),
        "'.inf'",
        "Input should be a valid number",
    ),
    (
        GOAL.replace("target: 2116000", "target: nan"),
        (10, "goals.0.target"),
        "'nan'",
        "Input should be a finite number",
    ),
    (
        GOAL.replace("due: 2026-11-06", "due: 6.11.2026"),
        (16, "commitments.0.due"),
        "'6.11.2026'",
        "a day such as 2026-10-05",
    ),
    (
        GOAL.replace("state: open", "state: opened"),
        (16, "commitments.0.state"),
        "'opened'",
        "Input should be 'open', 'done' or 'dropped'",
    ),
    (
        GOAL.replace("metric: bookings.won_amount", "metric: bookings.won_amout"),
        (5, "goals.0.metric"),
        "'bookings.won_amout'",
        f"the id of a measure: 'bookings.won_amount'? Known: {BOOKINGS}",
    ),
    (
        GOAL.replace("bookings.average_won_amount]", "bookings.average]"),
        (11, "goals.0.leading.1"),
        "'bookings.average'",
        f"the id of a measure: 'bookings.target'? Known: {BOOKINGS}",
    ),
    (
        GOAL.replace("{team: nord}", "{taem: nord}"),
        (6, "goals.0.scope.taem"),
        "'taem'",
        "'team'? Known: account, company, group, rep, team, territory",
    ),
    (
        GOAL.replace("{team: nord}", "{}"),
        (6, "goals.0.scope"),
        "{}",
        "at least one of company, group, team, rep, territory, account",
    ),
    (
        GOAL.replace("0.61", "61"),
        (13, "goals.0.revisions.0.evidence.probability"),
        "'61'",
        "Input should be less than or equal to 1",
    ),
    (
        "ideas:\n\n- x\nfeedback: [{question: x, rating: 6}]\n",
        (4, "feedback.0.rating"),
        "'6'",
        "Input should be less than or equal to 5",
    ),
    ("goals: none\n", (1, "goals"), "'none'", "Input should be a valid list"),
    ("goals:\n  - grow\n", (2, "goals.0"), "'grow'", "Input should be a mapping of keys to values"),
    (
        "obstacles:\n  - id: o\n    what: x\n    trigger: {metric: pipeline.coverage, below: 1, above: 2}\n",
        (4, "obstacles.0.trigger"),
        "{'metric': 'pipeline.coverage', 'below': '1', 'above': '2'}",
        "either 'below' or 'above', not both",
    ),
    (
        "strategies:\n  - {id: s, what: x}\n  - id: s\n    what: y\n",
        (3, "strategies.1.id"),
        "'s'",
        "an id that no other entry has",
    ),
]


def _message(call):
    with pytest.raises(ParameterError) as caught:
        call()
    return str(caught.value)


@pytest.mark.parametrize(("text", "place", "wanted"), UNKNOWN)
def test_unknown_keys(write, text, place, wanted):
    """An unknown key is told with its line and the nearest legal one."""
    line, name = place
    path = write(text)
    assert _message(lambda: read(path)) == (
        "A parameter is unknown.\n"
        f"  Where: records/2026-Q3/nord.yml, line {line}\n"
        f"  Got: '{name}'\n"
        f"  Wanted: {wanted}\n"
        f"  Edit: rename or delete '{name}'"
    )


@pytest.mark.parametrize(("text", "place", "got", "wanted"), REFUSED)
def test_refused_values(write, text, place, got, wanted):
    """A value that does not fit is told with its line and what would fit."""
    line, name = place
    path = write(text)
    assert _message(lambda: read(path)) == (
        "A parameter is refused.\n"
        f"  Where: records/2026-Q3/nord.yml, line {line}, '{name}'\n"
        f"  Got: {got}\n"
        f"  Wanted: {wanted}\n"
        f"  Edit: change '{name}' in records/2026-Q3/nord.yml"
    )


@pytest.mark.parametrize(("written", "line"), [("", 2), ("    target:\n", 10)])
def test_missing_value(write, written, line):
    """A key that must be there is named, with the line of its entry or its own."""
    path = write(GOAL.replace("    target: 2116000\n", written))
    assert _message(lambda: read(path)) == (
        "A parameter is missing.\n"
        f"  Where: records/2026-Q3/nord.yml, line {line}, 'goals.0.target'\n"
        "  Got: nothing\n"
        "  Wanted: a value\n"
        "  Edit: add 'goals.0.target' in records/2026-Q3/nord.yml"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"<<<<<<< HEAD\n{GOAL}=======\n{GOAL}>>>>>>> theirs\n",
        GOAL + "goals: []\n",
        GOAL.replace("    scope", "\tscope"),
        GOAL.encode() + b"# Gr\xf6\xdfe\n",
        GOAL + "titles: []\n",
    ],
)
def test_a_file_that_is_refused_is_not_written(write, text):
    """Nothing is written over a file that cannot be read; the message says where it stands."""
    path = write(text)
    before = path.read_bytes()
    refused = _message(lambda: read(path))
    assert "\n  Where: records/2026-Q3/nord.yml, line " in refused
    digest = store._digest(before)
    assert (
        _message(lambda: update(path, digest, lambda document: document.update(ideas=["x"])))
        == refused
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n"])
def test_an_empty_record(path, write, text):
    """No file, an empty one and one of comments are an empty record."""
    if text is not None:
        write(text)
    stored = read(path)
    assert (stored.path, stored.record) == (path, Record())
    assert (stored.digest == "") == (text is None)


def test_paths_and_cycles(tmp_path):
    """A folder's records are found by cycle, oldest first; other files are none of them."""
    (tmp_path / "parameters").mkdir()
    workspace = load_workspace(tmp_path)
    assert path_of(workspace, Quarter(2026, 3), "nord") == path_of(workspace, "2026Q3", "nord")
    for name in ("2026-Q3", "2025-Q4", "2026-Q1", "drafts", "2026Q2"):
        path = tmp_path / "parameters" / "records" / name / "nord.yml"
        path.parent.mkdir(parents=True)
        path.touch()
    (path.parent / "sued.yml").touch()
    assert quarters(workspace, "nord") == ["2025-Q4", "2026-Q1", "2026-Q3"]
    assert quarters(workspace, "sued") == []
    with pytest.raises(PeriodError, match="A quarter cannot be read"):
        path_of(workspace, "../../etc", "nord")


def test_a_change_that_changes_nothing_writes_nothing(path, write):
    """Neither a file nor its time changes; where there was none, none is made."""
    assert update(path, "", lambda document: None).digest == ""
    assert not path.exists()
    before = read(write(GOAL))
    moment = path.stat().st_mtime_ns
    assert update(path, before.digest, partial(settle, commitment_id="c1", state="open")) == before
    assert path.stat().st_mtime_ns == moment


@pytest.mark.parametrize(
    ("text", "change", "ideas"),
    [
        (
            "# c\ndecisions: [&a one]   # d\nideas: [*a]\n",
            lambda ideas: ideas.append("two"),
            ["one", "two"],
        ),
        (
            "# c\ndecisions: [&a one]   # d\nideas: [*a]\n",
            lambda ideas: ideas.__setitem__(0, "x"),
            ["x"],
        ),
        (
            "{ideas: [one], # c\n decisions: [one]} # d\n",
            lambda ideas: ideas.append("two"),
            ["one", "two"],
        ),
    ],
)
def test_unusual_yaml(write, text, change, ideas):
    """Anchors and a record in brackets are changed too, and keep their comments."""
    path = write(text)
    stored = update(path, read(path).digest, lambda document: change(document["ideas"]))
    assert [idea.what for idea in stored.record.ideas] == ideas
    assert [decision.what for decision in stored.record.decisions] == ["one"]
    assert {"# c", "# d"} <= {
        "#" + part.split("\n")[0] for part in path.read_text("utf-8").split("#")
    }


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o444])
def test_the_mode_stays(write, mode):
    """Whoever could read or write the file still can, and nobody else."""
    path = write(GOAL)
    path.chmod(mode)
    update(path, read(path).digest, partial(settle, commitment_id="c1", state="done"))
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize(("mask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_can_be_read_by_those_the_mask_allows(path, mask, mode):
    """A new file has the mode that an editor would give it."""
    before = os.umask(mask)
    try:
        update(path, "", lambda document: document.update(ideas=["x"]))
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_nothing_else_is_left_beside(tmp_path, path):
    """The lock lies under build/, and no other file under parameters/."""
    stored = update(path, "", lambda document: document.update(ideas=["x"]))
    assert stored == read(path)
    files = sorted(
        str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()
    )
    assert files == ["build/locks/2026-Q3-nord.lock", "parameters/records/2026-Q3/nord.yml"]


def test_a_linked_file_stays_a_link(tmp_path, path):
    """Where the record is a link, the file it points to is written."""
    real = tmp_path / "elsewhere.yml"
    real.write_text(GOAL, encoding="utf-8")
    path.parent.mkdir(parents=True)
    path.symlink_to(real)
    update(path, read(path).digest, partial(settle, commitment_id="c1", state="done"))
    assert path.is_symlink()
    assert real.read_text(encoding="utf-8") == GOAL.replace("state: open", "state: done")


def test_a_conflict_shows_both_versions(write):
    """What stands now and what was to be written are both told, and nothing is written."""
    path = write(GOAL)
    base = read(path)
    theirs = GOAL.replace("target: 2116000", "target: 2000000").replace(
        "owner: team\n", "owner: Süd\n"
    )
    path.write_text(theirs, encoding="utf-8")

    def change(document):
        document["goals"][0]["target"] = 2200000

    with pytest.raises(RecordConflict) as caught:
        update(path, base.digest, change)
    assert str(caught.value) == (
        "The record was changed since it was read; nothing was written.\n"
        "  Where: records/2026-Q3/nord.yml\n"
        "  Got: two versions\n"
        "    --- theirs, in the file\n"
        "    +++ mine\n"
        "    @@ -6,6 +6,6 @@\n"
        "         scope: {team: nord}\n"
        "    -    owner: Süd\n"
        "    +    owner: team\n"
        "         parent: company-revenue-2026-Q4\n"
        "         baseline: 1840000\n"
        "    -    target: 2000000\n"
        "    +    target: 2200000\n"
        "         leading: [conversion.win_rate, bookings.average_won_amount]\n"
        "  Wanted: the file as it was read\n"
        "  Edit: read the record again and repeat the change on what stands there now"
    )
    assert path.read_text(encoding="utf-8") == theirs


@pytest.mark.parametrize("now", [None, "", "# c\n", b"goals: [\n", b"\xff"])
def test_a_conflict_whatever_stands_there(write, now):
    """A file that was removed, emptied or broken in the meantime is a conflict like any other."""
    path = write(GOAL)
    base = read(path)
    path.unlink() if now is None else write(now)
    with pytest.raises(RecordConflict, match="state: done"):
        update(path, base.digest, partial(settle, commitment_id="c1", state="done"))
    assert (path.read_bytes() if now is not None else None) == (
        now.encode() if isinstance(now, str) else now
    )


def test_a_conflict_in_another_process(write):
    """Where what was read is not known, the change is shown on what stands there now."""
    path = write(GOAL)
    with pytest.raises(RecordConflict, match=r"\+  - \{id: c1, .*state: done"):
        update(path, "0" * 64, partial(settle, commitment_id="c1", state="done"))
    with pytest.raises(RecordConflict, match="The record has no such commitment"):
        update(path, "0" * 64, partial(settle, commitment_id="c9", state="done"))
    with pytest.raises(RecordConflict, match=r"KeyError\('ideas'\)"):
        update(path, "0" * 64, lambda document: document["ideas"].append("x"))


def test_a_new_file_in_between(path, write):
    """A file that appeared since there was none is not written over."""
    write(GOAL)
    with pytest.raises(RecordConflict, match="ideas"):
        update(path, "", lambda document: document.update(ideas=["x"]))
    assert path.read_text(encoding="utf-8") == GOAL


def _count(path, saves):
    """Add one so many times to what was read, and again where somebody else was faster."""
    os.fsync = lambda handle: None  # for a fall of the machine; here it would be half of the time
    for _ in range(saves):
        while True:
            stored = read(path)
            value = int(stored.record.ideas[0].what) + 1
            try:
                update(
                    path,
                    stored.digest,
                    lambda document, value=value: document.update(ideas=[value]),
                )
            except RecordConflict:
                time.sleep(random.uniform(0, 0.02))
                continue
            break


def _run(count, function, *arguments):
    """Run a function in so many fresh processes at once, and return how they ended."""
    fresh = multiprocessing.get_context("spawn")
    processes = [fresh.Process(target=function, args=arguments) for _ in range(count)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_no_update_is_lost(write):
    """Eight processes save 200 times each, and every one of the 1600 saves counts."""
    path = write("# how many\nideas: [0]   # the sum\n")
    assert _run(8, _count, path, 200) == [0] * 8
    assert path.read_text(encoding="utf-8") == "# how many\nideas: [1600]   # the sum\n"


def _add_idea(document):
    document.setdefault("ideas", []).append("Zwei Schritte")


def _save_killed_at(step, path):
    """Save in a process that is killed at the so many-th line of the store; tell whether it was."""
    digest = read(path).digest
    child = os.fork()
    if child == 0:
        left = [step]

        def trace(frame, event, _):
            if frame.f_code.co_filename != store.__file__:
                return None
            if event == "line":
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        update(path, digest, _add_idea)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _save_killed_everywhere(path, old, new):
    seen = []
    while _save_killed_at(len(seen) + 1, path):
        seen.append(path.read_bytes() if path.exists() else None)
        if old is None:
            path.unlink(missing_ok=True)
        else:
            assert stat.S_IMODE(path.stat().st_mode) == 0o640
            path.write_bytes(old)
    assert path.read_bytes() == new
    assert set(seen) == {old, new}
    assert len(seen) > 50


@pytest.mark.parametrize("before", [None, "# kept\nideas: [Ein Schritt]   # so far\n"])
def test_killed_at_any_step(path, write, before):
    """A save killed at any line leaves the old or the new file whole, and the next save works."""
    if before:
        write(before).chmod(0o640)
    old = before.encode() if before else None
    new = store._changed(old, path, _add_idea)
    assert _run(1, _save_killed_everywhere, path, old, new) == [0]
    assert [file.name for file in path.parent.iterdir()] == ["nord.yml"]


def test_folded_text(tmp_path):
    """A text folded over several lines is read as one line, also where libyaml is not asked."""
    path = tmp_path / "nord.yml"
    told = "celebrations:\n  - what: >-\n      Erster Auftrag\n      in Kiel\n"
    for mark in ("", "\ufeff"):
        path.write_text(mark + told, encoding="utf-8")
        assert read(path).record.celebrations[0].what == "Erster Auftrag in Kiel"
