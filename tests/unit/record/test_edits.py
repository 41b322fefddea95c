"""What notebooks and commands write into a record, to the letter."""

import datetime as dt
from functools import partial

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.record import (
    Commitment,
    Evidence,
    Goal,
    Note,
    Revision,
    Verdict,
    add_commitment,
    add_goal,
    add_note,
    judge,
    read,
    revise,
    settle,
    update,
)
from tests.unit.record.conftest import GOAL

DAY = dt.date(2026, 10, 5)
REVISION = Revision(at=DAY, by="team lead", value=2000000.0, reason="two reps left")
VERDICT = Verdict(
    state="just_missed",
    value=1960000.5,
    at=dt.date(2027, 1, 8),
    by="qbr grade",
    original=2116000,
    target=2000000,
    attainment=0.98,
    n=41,
    evidence=Evidence(as_of=dt.date(2026, 12, 31), text="41 deals won"),
)


def _do(path, change, **arguments):
    update(path, read(path).digest, partial(change, **arguments))
    return path.read_text(encoding="utf-8")


def test_first_entry_of_a_new_record(path):
    """A new file starts with the line that editors need, and a goal stands as people write it."""
    goal = Goal(
        id="revenue-2026-Q4",
        title="Grow revenue by 15 %",
        kind="revenue",
        metric="bookings.won_amount",
        scope={"team": "007"},
        owner="team",
        baseline=1840000.5,
        target=2116000.0,
        leading=("conversion.win_rate",),
        revisions=(
            Revision(
                at=DAY,
                by="lead",
                value=2116000,
                reason="agreed, finally",
                evidence=Evidence(probability=0.61),
            ),
        ),
    )
    assert _do(path, add_goal, goal=goal) == (
        "# yaml-language-server: $schema=../../record.schema.json\n"
        "# The record of nord for 2026-Q3: edited by hand and by the notebooks, which keep comments.\n"
        "goals:\n"
        "  - id: revenue-2026-Q4\n"
        "    title: Grow revenue by 15 %\n"
        "    kind: revenue\n"
        "    metric: bookings.won_amount\n"
        "    scope: {team: '007'}\n"
        "    owner: team\n"
        "    baseline: 1840000.5\n"
        "    target: 2116000\n"
        "    leading: [conversion.win_rate]\n"
        "    revisions:\n"
        "      - {at: 2026-10-05, by: lead, value: 2116000, reason: 'agreed, finally', evidence: {probability: 0.61}}\n"
        "    verdict: null\n"
    )
    assert read(path).record.goals == (goal,)


def test_revise(write):
    """An agreement is added after the earlier ones, and nothing else changes."""
    new = "      - {at: 2026-10-05, by: team lead, value: 2000000, reason: two reps left}\n"
    path = write(GOAL)
    text = _do(path, revise, goal_id="revenue-2026-Q4", revision=REVISION)
    assert text == GOAL.replace("    verdict:", f"{new}    verdict:")
    goal = read(path).record.goal("revenue-2026-Q4")
    assert (goal.original, goal.current, goal.adjusted) == (2116000, 2000000, True)


@pytest.mark.parametrize("before", ["", "    revisions: []\n", "    revisions:\n"])
def test_revise_for_the_first_time(write, before):
    """Without revisions so far they come before the verdict."""
    start, _, rest = GOAL.partition("    revisions:")
    rest = rest.partition("\n")[2].partition("\n")[2]
    text = _do(write(start + before + rest), revise, goal_id="revenue-2026-Q4", revision=REVISION)
    new = "    revisions:\n      - {at: 2026-10-05, by: team lead, value: 2000000, reason: two reps left}\n"
    assert text == start + new + rest


def test_judge(write):
    """A verdict takes the place of `null`; the comment on that line stays."""
    text = _do(write(GOAL), judge, goal_id="revenue-2026-Q4", verdict=VERDICT)
    assert text == GOAL.replace(
        "    verdict: null                      # written by `qbr grade`\n",
        "    verdict:                      # written by `qbr grade`\n"
        "      state: just_missed\n"
        "      value: 1960000.5\n"
        "      at: 2027-01-08\n"
        "      by: qbr grade\n"
        "      original: 2116000\n"
        "      target: 2000000\n"
        "      attainment: 0.98\n"
        "      n: 41\n"
        "      evidence: {as_of: 2026-12-31, text: 41 deals won}\n",
    )


@pytest.mark.parametrize(
    "change", [partial(judge, verdict=VERDICT), partial(revise, revision=REVISION)]
)
def test_a_judged_goal_is_not_changed(write, change):
    """A verdict is not replaced, and no target is agreed after it."""
    path = write(GOAL)
    before = _do(path, judge, goal_id="revenue-2026-Q4", verdict=VERDICT)
    with pytest.raises(ParameterError) as caught:
        _do(path, change, goal_id="revenue-2026-Q4")
    assert str(caught.value) == (
        "A goal that has its verdict is not changed.\n"
        "  Where: goal 'revenue-2026-Q4'\n"
        "  Got: a verdict in the record\n"
        "  Wanted: a goal without one\n"
        "  Edit: delete the verdict in the record's file first, if it is wrong"
    )
    assert path.read_text(encoding="utf-8") == before


def test_commitments(write):
    """A commitment is one line; settling it changes two values of that line."""
    path = write(GOAL)
    commitment = Commitment(
        id="c2", what="Call Müller & Söhne", owner="team", due=dt.date(2026, 11, 6)
    )
    text = _do(path, add_commitment, commitment=commitment)
    line = "  - {id: c2, what: Call Müller & Söhne, owner: team, due: 2026-11-06, state: open}\n"
    assert text == GOAL + line
    text = _do(path, settle, commitment_id="c1", state="done", evidence="10 calls")
    assert text == GOAL.replace("open, evidence: null", "done, evidence: 10 calls") + line
    assert _do(path, settle, commitment_id="c1", state="dropped") == text.replace("done", "dropped")


def test_add_note(write):
    """A text of several lines stands after a bar, as its writer broke them."""
    note = Note(section="why", text="Two reps left.\n\n  - one to Graz\n", by="Jörg", at=DAY)
    assert _do(write(GOAL), add_note, note=note) == GOAL + (
        "notes:\n"
        "  - section: why\n"
        "    text: |\n"
        "      Two reps left.\n"
        "\n"
        "        - one to Graz\n"
        "    by: Jörg\n"
        "    at: 2026-10-05\n"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            partial(revise, goal_id="revenue-2026-Q3", revision=REVISION),
            "The record has no such goal.\n  Got: 'revenue-2026-Q3'\n  Wanted: 'revenue-2026-Q4'? "
            "Known: revenue-2026-Q4\n  Edit: give the id of a goal of this record",
        ),
        (
            partial(settle, commitment_id="x", state="done"),
            "The record has no such commitment.\n  Got: 'x'\n  Wanted: Known: c1\n"
            "  Edit: give the id of a commitment of this record",
        ),
    ],
)
def test_unknown_ids(write, change, message):
    """An id that is not there is refused with the nearest one, and nothing is written."""
    path = write(GOAL)
    with pytest.raises(ParameterError) as caught:
        _do(path, change)
    assert str(caught.value) == message
    assert path.read_text(encoding="utf-8") == GOAL


def test_the_same_id_twice(write):
    """A second entry with the id of another is refused with the line it would have."""
    commitment = Commitment(id="c1", what="Again", owner="team", due=DAY)
    with pytest.raises(ParameterError) as caught:
        _do(write(GOAL), add_commitment, commitment=commitment)
    assert str(caught.value) == (
        "A parameter is refused.\n"
        "  Where: records/2026-Q3/nord.yml, line 17, 'commitments.1.id'\n"
        "  Got: 'c1'\n"
        "  Wanted: an id that no other entry has\n"
        "  Edit: change 'commitments.1.id' in records/2026-Q3/nord.yml"
    )
