"""What was planted into the sample organisation's last full quarter, one truth per team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cause = Literal[
    "record_deal",
    "too_few_new_deals",
    "lost_to_one_competitor",
    "smaller_deals_through_mix",
    "slipped_deals",
    "bottleneck_in_one_stage",
    "beat_through_activity",
    "too_early_to_say",
]


@dataclass(frozen=True)
class Truth:
    """A planted cause.

    Parameters
    ----------
    team_id : str
        Whose quarter it explains.
    cause : str
        What was planted.
    figure : str
        The headline figure of `metrics.usual` that must show it, empty where none does.
    place : str
        Where that figure must stand against the team's usual range.
    attainment : float
        Revenue won ÷ target that the targets were set for.
    finding : str
        What a reader must be able to find.
    """

    team_id: str
    cause: Cause
    figure: str
    place: str
    attainment: float
    finding: str


TRUTHS: tuple[Truth, ...] = (
    Truth("nord", "too_few_new_deals", "created", "below", 0.92, "a fifth fewer deals created"),
    Truth(
        "ost", "beat_through_activity", "created", "above", 1.06, "more meetings, more new deals"
    ),
    Truth("berlin", "too_early_to_say", "", "too_early", 0.78, "too few deals to say anything"),
    Truth("west", "bottleneck_in_one_stage", "days", "above", 1.02, "deals wait in Proposal"),
    Truth("sued", "lost_to_one_competitor", "win_rate", "below", 0.92, "losses to Kontora"),
    Truth("rhein-main", "smaller_deals_through_mix", "average", "below", 0.91, "more Service"),
    Truth("grosskunden", "record_deal", "", "", 1.10, "one deal of 1.12 million"),
    Truth("behoerden", "slipped_deals", "slipped", "above", 0.89, "large deals moved to 2026-Q4"),
)
