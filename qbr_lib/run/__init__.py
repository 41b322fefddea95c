"""Which workbooks, how they are executed, and what happened."""

from qbr_lib.run.execute import Event, run
from qbr_lib.run.outcome import Outcome, Publisher
from qbr_lib.run.plan import Plan, Workbook, make_plan

__all__ = ["Event", "Outcome", "Plan", "Publisher", "Workbook", "make_plan", "run"]
