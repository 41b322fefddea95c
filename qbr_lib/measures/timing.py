"""Definitions of the measures of time, coverage and forecasts."""

from __future__ import annotations

from qbr_lib.measures.definition import N_, Definition

TIMING: dict[str, Definition] = {
    "cycle.won_within_60_days": Definition(
        "ratio",
        N_("Won within 60 days"),
        N_(
            "Chance that a deal is won by the 60th day after its creation, from all deals that "
            "were open at some time in the last four quarters; those still open count with the "
            "age they have reached, those created earlier from then on (Aalen–Johansen)."
        ),
        N_("The share of quick ones among the won deals, which leaves out lost and open deals."),
    ),
    "pipeline.stale_amount": Definition(
        "money",
        N_("Stale deals"),
        N_(
            "Amount of the open deals so old that, by the last four quarters, the chance that "
            "they are still won lies below the threshold stale_chance."
        ),
        N_("Open for longer than a fixed number of days, or without a change for so long."),
        better="low",
    ),
    "pipeline.required_coverage": Definition(
        "ratio",
        N_("Coverage needed"),
        N_(
            "1 ÷ the median share of the open amount at the coverage week that earlier whole "
            "quarters won from then on; deals that joined later count as won too."
        ),
        N_("1 ÷ the win rate, which leaves out slipped and added deals; or three times, by habit."),
        better="neither",
    ),
    "accuracy.signed_error": Definition(
        "ratio",
        N_("Forecast error"),
        N_(
            "(Forecast − revenue won) ÷ revenue won; the last commit submitted by the start of the "
            "coverage week, else the first one after it."
        ),
        N_(
            "Forecast ÷ revenue won; 1 − the size of the error ÷ revenue won, or ÷ forecast. "
            "Without its sign an error does not say whether the forecast was too high."
        ),
        better="neither",
    ),
}
