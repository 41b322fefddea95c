"""Which workbooks, how they are executed, and what happened."""

from qbr_lib.run.execute import Event, run
from qbr_lib.run.plan import Plan, Workbook, make_plan
from qbr_lib.run.workbook import Outcome, Publisher

__all__ = ["Event", "Outcome", "Plan", "Publisher", "Workbook", "make_plan", "run"]
