"""Definitions of the measures of what will happen."""

from __future__ import annotations

from qbr_lib.measures.definition import N_, Definition

_RANGE = N_(
    "Value below which the revenue of the quarter ends with a chance of 10 % (low end), 50 % "
    "(middle, the median) or 90 % (high end). Open deals are won by rates per stage, planned day, "
    "age and week of the quarter; new deals come as in the last 13 weeks; 10,000 paths share a "
    "shock. The result is averaged, as logarithms, with pacing (chain ladder and "
    "Bornhuetter–Ferguson) and the seasonal naive, each weighed by its past error, then moved and "
    "widened by what past weeks showed."
)
_RIVALS = N_(
    "Open amount × win rate, which reckons with every open deal being decided in time; the amount "
    "booked ÷ the share of days passed; the sum of what salespeople commit."
)

OUTLOOK: dict[str, Definition] = {
    "outlook.p10": Definition("money", N_("Outlook: low end"), _RANGE, _RIVALS),
    "outlook.p50": Definition("money", N_("Outlook: middle"), _RANGE, _RIVALS),
    "outlook.p90": Definition("money", N_("Outlook: high end"), _RANGE, _RIVALS),
    "outlook.probability_of_target": Definition(
        "ratio",
        N_("Chance of the target"),
        N_("Share of the outlook's values that reach the target, between 2 % and 98 %."),
        N_("Coverage of three times the gap, or 1 ÷ win rate, which knows only enough or not."),
    ),
    "outlook.skill": Definition(
        "ratio",
        N_("Outlook against last year's figure"),
        N_(
            "1 − CRPS ÷ that of the seasonal naive with its own past errors, over all weeks of the "
            "whole quarters before, each forecast as on its day. Below 0 the naive is used."
        ),
        N_("Mean absolute error, which does not judge ranges."),
    ),
}
