"""What the definition of a measure holds.

Names, formulas and rivals are English message ids: `words` translates them where they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["money", "ratio", "count", "days"]
Better = Literal["high", "low", "neither"]


def N_(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Definition:
    """What a measure id means.

    Parameters
    ----------
    unit : {"money", "ratio", "count", "days"}
        Money in the organisation's currency, ratio as a fraction, days as days.
    name, formula : str
        What a manager calls it; how it is computed, in one sentence.
    rivals : str
        Other definitions in use, and how they differ.
    better : {"high", "low", "neither"}
        Which direction is favourable.
    additive : bool
        Whether the teams' values add up to the company's.
    """

    unit: Unit
    name: str
    formula: str
    rivals: str = ""
    better: Better = "high"
    additive: bool = False
