"""The command `qbr backtest`: files, exit codes, refusals."""

import json

import pytest
from typer.testing import CliRunner

from qbr_lib import cli
from qbr_lib.cli import backtest
from qbr_lib.outlook import backtest as judged
from tests.notebooks.stubs import write_team_file, write_workspace


@pytest.fixture
def root(tmp_path):
    return write_workspace(tmp_path / "w", groups={"nord": "Küste", "sued": "Küste"})


def _qbr(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def test_done(root):
    """Teams, group and company: page and data are there, nothing judged from so little."""
    result = _qbr("backtest", "--workspace", root, "--jobs", 1, "--language", "de")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 6
    assert lines[-1].endswith("build/backtest/index.html")
    page = (root / "build" / "backtest" / "index.html").read_text(encoding="utf-8")
    assert "Nicht genug Quartale: 0 von 4" in page
    told = json.loads((root / "build" / "backtest" / "backtest.json").read_text(encoding="utf-8"))
    assert (told["schema"], told["failed"]) == (backtest.SCHEMA, {})
    assert told["verdicts"]["overall"]["skill"] is None
    assert told["verdicts"]["overall"]["enough"] is False
    assert {row["team"] for row in told["rows"]} <= {"nord", "sued", "group-kuste", "company"}


def test_a_team_is_judged_with_its_own_overrides(root, monkeypatch):
    """What a team file replaces holds for its outlooks too, and for no other team's."""
    seen = {}
    monkeypatch.setattr(backtest, "Pool", _Here)
    kept = judged.looked_back
    monkeypatch.setattr(
        judged,
        "looked_back",
        lambda data: (
            seen.update({data.folder: data.organisation.thresholds.stale_chance}) or kept(data)
        ),
    )
    write_team_file(root, team="nord", overrides={"thresholds": {"stale_chance": 0.11}})
    assert _qbr("backtest", "--workspace", root, "--team", "nord", "--team", "sued").exit_code == 0
    assert seen == {"nord": 0.11, "sued": 0.05}


def test_a_fault_stops_no_other(root, monkeypatch):
    """One team that fails is exit 1 with its reason; the others' page is written."""
    monkeypatch.setattr(backtest, "Pool", _Here)
    monkeypatch.setattr(backtest, "_judged", _failing(backtest._judged))
    result = _qbr("backtest", "--workspace", root, "--json")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert (records[-1]["done"], records[-1]["failed"]) == (3, 1)
    assert records[-1]["manifest"] is None  # it writes none
    failed = [one["reason"] for one in records if one.get("state") == "failed"]
    assert failed == ["ValueError: broken"]
    page = (root / "build" / "backtest" / "index.html").read_text(encoding="utf-8")
    assert "ValueError: broken" in page


@pytest.mark.parametrize(
    ("option", "said"), [("--team=nrod", "'nord'?"), ("--as-of=2026-13-01", "2026-13-01")]
)
def test_refused(root, option, said):
    """An unknown team or a day that is none: exit 2, nothing written."""
    result = _qbr("backtest", "--workspace", root, option)
    assert result.exit_code == 2
    assert said in result.output
    assert not (root / "build" / "backtest").exists()


class _Here:
    """Does the work at once, in this process."""

    def __init__(self, *_):
        pass

    def submit(self, work, *given):
        from concurrent.futures import Future

        future = Future()
        try:
            future.set_result(work(*given))
        except ValueError as err:
            future.set_exception(err)
        return future

    def end(self, *, interrupted):
        assert not interrupted


def _failing(work):
    def judged(store, place, quarter, book):
        if book.team == "nord":
            message = "broken"
            raise ValueError(message)
        return work(store, place, quarter, book)

    return judged
