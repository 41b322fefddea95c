"""A measure is a number with its id, count and interval; or it is unavailable, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qbr_lib.measures.definition import Unit
from qbr_lib.measures.registry import REGISTRY


@dataclass(frozen=True)
class Measure:
    """One number of one team and quarter.

    Parameters
    ----------
    id : str
        A key of `REGISTRY`.
    value : float
        In the unit of the registry; never NaN.
    n : int
        How many deals (or other items) stand behind it.
    low, high : float or None
        95 % interval, where the measure has one.
    """

    id: str
    value: float
    n: int
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse unknown ids and values that are no number: those are `Unavailable`."""
        if self.id not in REGISTRY:
            raise KeyError(self.id)
        if not math.isfinite(self.value):
            message = f"{self.id} is {self.value}; return Unavailable instead"
            raise ValueError(message)

    @property
    def unit(self) -> Unit:
        """The unit the registry gives the id."""
        return REGISTRY[self.id].unit


@dataclass(frozen=True)
class Unavailable:
    """A measure that cannot be given, and why.

    Parameters
    ----------
    id : str
        A key of `REGISTRY`.
    reason : str
        A message id, such as "needs {tables}".
    details : mapping
        What fills the braces of the reason.
    """

    id: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)


Outcome = Measure | Unavailable
