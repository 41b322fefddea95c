"""The sample organisation: seeded, made on demand, with planted truths a workbook must find."""

from qbr_lib.data.sample.organisation import LAST_FULL_QUARTER, TEAMS, SampleTeam
from qbr_lib.data.sample.tables import DEFAULT_SEED, tables, write
from qbr_lib.data.sample.truths import TRUTHS, Truth

__all__ = [
    "DEFAULT_SEED",
    "LAST_FULL_QUARTER",
    "TEAMS",
    "TRUTHS",
    "SampleTeam",
    "Truth",
    "tables",
    "write",
]
