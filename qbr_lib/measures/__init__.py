"""A number with unit, count, interval and id; the registry of ids."""

from qbr_lib.measures.definition import N_, Better, Definition, Unit
from qbr_lib.measures.outcome import Measure, Outcome, Unavailable
from qbr_lib.measures.reasons import (
    CUT_QUARTER,
    NO_AMOUNTS,
    NO_CLOSINGS,
    NO_CREATED,
    NO_CREATED_DEALS,
    NO_EARLIER,
    NO_EXPECTED,
    NO_HISTORY,
    NO_LOST,
    NO_SNAPSHOT,
    NO_TARGET,
    NO_WON,
    NOT_YET,
    TARGET_REACHED,
    ZERO_TARGET,
)
from qbr_lib.measures.registry import BRIDGE_FLOWS, REGISTRY

__all__ = [
    "BRIDGE_FLOWS",
    "CUT_QUARTER",
    "NOT_YET",
    "NO_AMOUNTS",
    "NO_CLOSINGS",
    "NO_CREATED",
    "NO_CREATED_DEALS",
    "NO_EARLIER",
    "NO_EXPECTED",
    "NO_HISTORY",
    "NO_LOST",
    "NO_SNAPSHOT",
    "NO_TARGET",
    "NO_WON",
    "N_",
    "REGISTRY",
    "TARGET_REACHED",
    "ZERO_TARGET",
    "Better",
    "Definition",
    "Measure",
    "Outcome",
    "Unavailable",
    "Unit",
]
