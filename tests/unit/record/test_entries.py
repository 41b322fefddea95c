"""What people may write in the sections around the goals."""

import datetime as dt

import pytest
from pydantic import ValidationError

from qbr_lib.record import Celebration, Experiment, Feedback, Participant, Record, Share, read


def test_plain_text_is_the_one_thing_that_matters(write):
    """Where an entry has one mandatory text, the text alone is enough."""
    record = read(
        write(
            "participants: [Ana, {name: Ben, present: yes}]\n"
            "decisions:\n  - Hire one rep\n"
            "ideas: [Two-step demo]\n"
            "celebrations: [First deal in Graz]\n"
            "feedback: [Shorter next time]\n"
        )
    ).record
    assert record.participants == (Participant(name="Ana"), Participant(name="Ben", present=True))
    assert [entry.what for entry in (*record.decisions, *record.ideas)] == [
        "Hire one rep",
        "Two-step demo",
    ]
    assert record.celebrations == (Celebration(what="First deal in Graz"),)
    assert record.feedback == (Feedback(question="Shorter next time"),)


def test_quotes_make_no_difference(write):
    """Text, numbers and days read the same with and without quotes, and keep what was written."""
    quoted = read(write("experiments: [{id: '007', hypothesis: '12.50', starts: '2026-10-05'}]\n"))
    plain = read(write("experiments: [{id: 007, hypothesis: 12.50, starts: 2026-10-05}]\n"))
    wanted = Experiment(id="007", hypothesis="12.50", starts=dt.date(2026, 10, 5))
    assert quoted.record.experiments == plain.record.experiments == (wanted,)


def test_empty_values_count_as_left_out(write):
    """A section or key with nothing behind it is as if it were not there."""
    record = read(
        write("goals:\nfeedback:\n  - question: Useful?\n    rating:\n    by: ~\n")
    ).record
    assert record == Record(feedback=(Feedback(question="Useful?"),))


def test_with_whom(write):
    """`with` and `with_whom` are the same key of a celebration."""
    record = read(write("celebrations: [{what: a, with: all}, {what: a, with_whom: all}]\n")).record
    assert record.celebrations == (Celebration(what="a", with_whom="all"),) * 2


def test_a_number_is_no_day():
    """Eight digits are a day, never seconds since 1970."""
    entry = {"id": "e", "hypothesis": "h", "starts": "20261005"}
    assert Experiment.model_validate(entry).starts == dt.date(2026, 10, 5)
    with pytest.raises(ValidationError, match="a day such as 2026-10-05"):
        Experiment.model_validate(entry | {"starts": "1791158400"})


def test_a_share_is_a_part():
    """A share counts some of all; more than all, or some of none, is refused."""
    entry = {"id": "e", "hypothesis": "h"}
    read_back = Experiment.model_validate(entry | {"tried": {"of": "52", "reached": "31"}})
    assert read_back.tried == Share(of=52, reached=31)
    with pytest.raises(ValidationError, match="'reached' up to 'of', 3"):
        Experiment.model_validate(entry | {"tried": {"of": 3, "reached": 4}})
    with pytest.raises(ValidationError, match="greater than 0"):
        Experiment.model_validate(entry | {"tried": {"of": 0, "reached": 0}})


def test_who_contributes_may_stay_unnamed(write):
    """A contribution needs no author; the meeting may say how long it is."""
    record = read(write("minutes: 60\ncontributions: [{section: why, text: Zu spät}]\n")).record
    assert (record.minutes, record.contributions[0].by) == (60, None)
    with pytest.raises(ValidationError, match="greater than or equal to 30"):
        Record(minutes=29)
