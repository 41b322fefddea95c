"""The first promise, at the end of a run: a portfolio's totals are the sums of its teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qbr_lib.formats import Formats
from qbr_lib.measures import REGISTRY
from qbr_lib.results import Result, read
from qbr_lib.schema import UNASSIGNED


def fault(portfolio: Result, parts: Mapping[str, Sequence[Path]], formats: Formats) -> str | None:
    """Return the first additive measure that is not the sum of the teams, as a sentence.

    Parameters
    ----------
    portfolio : Result
        Of the company or a group.
    parts : mapping of str to sequence of Path
        Each team's result files. Deals without a known team have none: they count through the row
        "unassigned" of the portfolio's table "teams", and what it does not tell is not compared.
    formats : Formats
        For the numbers of the sentence.
    """
    teams = [_values(paths) for paths in parts.values()]
    unassigned = _unassigned(portfolio)
    for measure_id, measure in portfolio.measures.items():
        if not REGISTRY[measure_id].additive or not any(measure_id in team for team in teams):
            continue
        rest = _of_row(unassigned, measure_id)
        if rest is None:
            continue
        total = round(sum(team.get(measure_id, 0.0) for team in teams) + rest, 2)
        difference = round(measure.value - total, 2)
        if difference:
            number = formats.cents if measure.unit == "money" else formats.count
            return formats.words.say(
                "{measure} is {whole} in the portfolio and {sum} in the teams, "
                "a difference of {difference}.",
                measure=measure_id,
                whole=number(measure.value),
                sum=number(total),
                difference=number(difference),
            )
    return None


def _values(paths: Sequence[Path]) -> dict[str, float]:
    """Return a team's values; a measure of several notebooks counts once."""
    values: dict[str, float] = {}
    for path in paths:
        for measure_id, measure in read(path).measures.items():
            values.setdefault(measure_id, measure.value)
    return values


def _unassigned(portfolio: Result) -> Mapping[str, Any] | None:
    rows = portfolio.tables.get("teams", [])
    return next((row for row in rows if UNASSIGNED in (row.get("team_id"), row.get("team"))), None)


def _of_row(row: Mapping[str, Any] | None, measure_id: str) -> float | None:
    """Return what the unassigned deals add; None where their row does not tell."""
    if row is None:
        return 0.0
    value = row.get(measure_id, row.get(measure_id.rpartition(".")[2]))
    return float(value) if value is not None else None
